//! What a compactor wrote, held against what it read, before the snapshot is published.

mod check;
mod commit;

pub use commit::{Commit, Committed, LogFile, findings_error};
