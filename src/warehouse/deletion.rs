//! What was asked of the warehouse and what became of it.

use super::location::Location;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A directory to delete once the commit that asked for it is durable. Recorded as JSON, carried out any number of
/// times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    pub location: Location,
    /// The data is not to be found in the trash (`ifPurge`, `auto.purge`; semantics §4).
    #[serde(default)]
    pub skip_trash: bool,
}

/// What became of a deletion. None of these needs a repetition; an error does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    Deleted,
    /// Moved to this path.
    Trashed(PathBuf),
    /// There was nothing.
    Missing,
    /// Still there, because it is not the server's to delete; says why, for the log.
    Kept(String),
}

/// What became of a rename.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renamed {
    /// The data lies at the new location.
    Moved,
    /// The data lies where it lay, and so the object must keep its old location: an object store, or a place that is
    /// not the server's.
    Kept,
}
