//! Whose a place is: what is placed, moved and deleted is decided here, within the transaction that changes the metadata,
//! by the ledger of places ([`crate::store::PlaceRow`]). No file is touched before such a decision is durable.
//!
//! - **Who comes.** A place that a client names may be shared with others; a default place is never somebody's: where
//!   the name's place is taken or not yet deleted, the object gets one of its own ([`claim`]).
//! - **Who goes.** What others have at, above or below the place stays ([`neighbours`]); the rest becomes a task that holds
//!   the place until it is done ([`tasks`]).
//! - **Who moves.** The intent is durable first; the directory is renamed under the row lock of its table, last before the
//!   commit that ends the intent; an intent without an owner at work is taken back ([`moves`]).
//!
//! Tables and databases that nothing else lies around are not *crowded* and pay nothing for all this but one row.

mod claim;
mod deciding;
mod ledger_fill;
mod moves;
mod neighbours;
mod partition_claim;
mod rows;
mod tasks;

pub(super) use claim::{MANAGED_PLACES, Placing, TablePlaceChange, name_apart};
pub use deciding::PlaceKept;
pub(super) use deciding::{Decided, Going};
pub(super) use moves::DirectoryMove;
pub(super) use partition_claim::DefaultPlaces;
pub(super) use rows::hold_row;
pub use tasks::{FileTask, FileTaskFigures};
pub(super) use tasks::{Recorded, TaskWatch};
