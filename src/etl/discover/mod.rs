//! The lake beside a table: what came, changed and went, and the table mended after it, on demand and in the background.

mod compare;
mod discovery;
mod look;
mod manage;
mod report;
mod state;

pub use manage::Round;
pub use report::{Discover, Discovered, Limits, Names};
