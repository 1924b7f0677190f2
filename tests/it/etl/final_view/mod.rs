//! What readers of a final view see while its log changes, by metadata alone: view text → partitions → rows of a model. Every
//! read must be one that the promise explains: all that was acknowledged before it began, each event at most once, nothing
//! that was not registered. `SKEP_VIEW_READS` says how many reads (10,000); scripts/final-view.sh asks for a million.

mod book;
mod condition;
mod events;
mod lake;
mod load;
mod reader;
mod reads;

pub use book::Book;
pub use events::mix;
pub use lake::Lake;
pub use load::{DATABASE, LOG, Load, Pace, SNAPSHOTS};
pub use reader::Reader;
