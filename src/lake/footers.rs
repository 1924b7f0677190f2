//! Many footers at once.

use super::footer::{Budget, ParquetFile};
use super::lake::{Lake, LakeFile};
use super::problem::FileProblem;
use futures_util::{Stream, StreamExt};
use skep_core::lake::FileSchema;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Schemas that are kept to be shared; files of one job have one.
const SCHEMAS_MAX: usize = 1000;

/// A file and what its footer told.
#[derive(Debug, Clone, PartialEq)]
pub struct FileRead {
    pub file: LakeFile,
    pub outcome: Result<ParquetFile, FileProblem>,
}

/// How far it is; may be looked at meanwhile.
#[derive(Debug, Default)]
pub struct Progress {
    footers_read: AtomicU64,
}

impl Progress {
    pub fn footers_read(&self) -> u64 {
        self.footers_read.load(Ordering::Relaxed)
    }
}

impl Lake {
    /// Reads the footers of `files`, some at once, and gives each as it is there: not in the order of `files`. Taken
    /// slowly, it reads slowly.
    pub fn footers<S>(&self, files: S, progress: Arc<Progress>) -> impl Stream<Item = FileRead> + Send + use<S>
    where
        S: Stream<Item = LakeFile> + Send + 'static,
    {
        let budget = Arc::new(Budget::new(self.limits.footer_bytes_max));
        let schemas: Arc<Mutex<HashSet<Arc<FileSchema>>>> = Arc::default();
        let lake = self.clone();
        let reads = files.map(move |file| {
            let (lake, budget) = (lake.clone(), Arc::clone(&budget));
            let (schemas, progress) = (Arc::clone(&schemas), Arc::clone(&progress));
            async move {
                let mut outcome = lake.footer(&file, &budget).await;
                if let Ok(read) = &mut outcome {
                    read.schema = share(&schemas, &read.schema);
                }
                progress.footers_read.fetch_add(1, Ordering::Relaxed);
                FileRead { file, outcome }
            }
        });
        reads.buffer_unordered(self.limits.footers_at_once.max(1))
    }
}

/// The schema as an earlier file had it, if one had.
fn share(schemas: &Mutex<HashSet<Arc<FileSchema>>>, schema: &Arc<FileSchema>) -> Arc<FileSchema> {
    let mut known = schemas.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(same) = known.get(schema) {
        return Arc::clone(same);
    }
    if known.len() < SCHEMAS_MAX {
        known.insert(Arc::clone(schema));
    }
    Arc::clone(schema)
}
