//! What was asked of the warehouse and what became of it.

use serde::{Deserialize, Serialize};
use skep_core::{Location, PlaceKey};
use std::path::PathBuf;

/// A directory to delete once the commit that asked for it is durable. Recorded as JSON, carried out any number of
/// times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deletion {
    pub location: Location,
    /// The data is not to be found in the trash (`ifPurge`, `auto.purge`; semantics §4).
    #[serde(default)]
    pub skip_trash: bool,
    /// The place as the commit found it, links resolved, and, where it is a link itself, the link's own place. Empty in
    /// what earlier servers recorded.
    #[serde(default)]
    pub keys: Vec<PlaceKey>,
    /// What lies at or below these places stays: somebody else has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<PlaceKey>,
    /// Tells it apart from all other deletions, also when it is repeated.
    #[serde(default = "token")]
    pub token: String,
}

fn token() -> String {
    use std::hash::{BuildHasher as _, Hasher as _, RandomState};
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

impl Deletion {
    /// Makes the deletion of a whole place, whose keys are found out later.
    pub fn new(location: Location, skip_trash: bool) -> Self {
        Self { location, skip_trash, keys: Vec::new(), except: Vec::new(), token: token() }
    }
}

/// Files to delete from a directory that stays, for TRUNCATE: those that lay there when it was decided, and no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emptying {
    pub location: Location,
    #[serde(default)]
    pub skip_trash: bool,
    pub files: Vec<FileStamp>,
}

/// A file as it was seen: another one that is written at its path later has another stamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStamp {
    /// Below the directory, without a slash at its beginning.
    pub path: String,
    /// Inode and time of the last change, or the entity tag and time of an object.
    pub stamp: String,
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

/// What became of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// The data lies at the new location.
    Moved,
    /// There was nothing to move.
    Missing,
    /// The data lies where it lay, and so the object must keep its old location: an object store, or a place that is
    /// not the server's.
    Kept,
}
