//! The lake's door.

use super::problem::FileProblem;
use super::source::Source;
use crate::warehouse::{Location, ObjectStores, Warehouse};
use skep_core::Result;
use std::sync::Arc;

/// A file as a listing told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LakeFile {
    pub location: Location,
    /// Bytes.
    pub size: u64,
    /// Milliseconds since the epoch, by the clock of where it lies.
    pub modified_at_ms: i64,
    /// What changes when the content does: an object's ETag; of local files made of inode, time and size.
    pub etag: Option<String>,
}

/// How much is done at once.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Footers read at once.
    pub footers_at_once: usize,
    /// The largest footer, in bytes.
    pub footer_bytes_max: usize,
}

impl Default for Limits {
    /// 32 requests keep a store's latency hidden; footers of wide tables with many row groups have some MiB, and what
    /// is beyond 64 MiB is no footer.
    fn default() -> Self {
        Self { footers_at_once: 32, footer_bytes_max: 64 << 20 }
    }
}

/// Lists and reads what lies in file systems and object stores. Cheap to clone.
#[derive(Clone)]
pub struct Lake {
    pub(super) stores: Arc<ObjectStores>,
    pub(super) limits: Limits,
}

impl Lake {
    /// With the warehouse's object stores, so with its credentials.
    pub fn new(warehouse: &Warehouse, limits: Limits) -> Self {
        Self { stores: warehouse.objects(), limits }
    }

    /// Looks at one file; for lists that somebody else made.
    ///
    /// # Errors
    /// Vanished, Denied or Unreadable.
    pub async fn file(&self, location: &Location) -> Result<LakeFile, FileProblem> {
        Source::open(&self.stores, location)?.head(location).await
    }
}
