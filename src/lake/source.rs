//! One file to read from, wherever it lies.

use super::lake::LakeFile;
use super::problem::{FileProblem, ProblemKind};
use crate::warehouse::{Location, ObjectStores};
use bytes::Bytes;
use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt};
use std::fs::{File, Metadata};
use std::io;
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::PathBuf;
use std::sync::Arc;

pub(super) enum Source {
    Local(PathBuf),
    Object(Arc<dyn ObjectStore>, Key),
}

impl Source {
    pub(super) fn open(stores: &ObjectStores, location: &Location) -> Result<Self, FileProblem> {
        if location.is_file() {
            return Ok(Self::Local(PathBuf::from(location.path())));
        }
        if !ObjectStores::knows(location) {
            return Err(FileProblem::new(
                ProblemKind::Unreadable,
                format!("{location} cannot be read; files can lie in file:, s3:, gs: and abfs:"),
            ));
        }
        let (store, key) =
            stores.store(location).map_err(|e| FileProblem::new(ProblemKind::Unreadable, e.message.into_owned()))?;
        Ok(Self::Object(store, key))
    }

    pub(super) async fn head(&self, location: &Location) -> Result<LakeFile, FileProblem> {
        match self {
            Self::Local(path) => {
                let found = tokio::fs::metadata(path).await.map_err(|e| io_problem(location, &e))?;
                if found.is_file() {
                    return Ok(local_file(location.clone(), &found));
                }
                Err(FileProblem::new(ProblemKind::Unreadable, format!("{location} is no file")))
            }
            Self::Object(store, key) => {
                let found = store.head(key).await.map_err(|e| object_problem(location, &e))?;
                Ok(object_file(location.clone(), found))
            }
        }
    }

    /// Reads a range of the file that was listed as `file`, and of no other: it is compared before and with the answer.
    pub(super) async fn read(&self, file: &LakeFile, range: Range<u64>) -> Result<Bytes, FileProblem> {
        match self {
            Self::Local(path) => {
                let (path, file) = (path.clone(), file.clone());
                let read = tokio::task::spawn_blocking(move || local_read(&path, &file, range));
                read.await.map_err(|e| FileProblem::new(ProblemKind::Unreadable, format!("The read was ended: {e}")))?
            }
            Self::Object(store, key) => object_read(store.as_ref(), key, file, range).await,
        }
    }
}

pub(super) fn local_file(location: Location, found: &Metadata) -> LakeFile {
    let modified_ns = i128::from(found.mtime()) * 1_000_000_000 + i128::from(found.mtime_nsec());
    LakeFile {
        location,
        size: found.len(),
        modified_at_ms: i64::try_from(modified_ns.div_euclid(1_000_000)).unwrap_or_default(),
        etag: Some(format!("{:x}-{:x}-{:x}", found.ino(), modified_ns, found.len())),
    }
}

pub(super) fn object_file(location: Location, found: ObjectMeta) -> LakeFile {
    let modified_at_ms = found.last_modified.timestamp_millis();
    LakeFile { location, size: found.size, modified_at_ms, etag: found.e_tag }
}

fn changed(file: &LakeFile) -> FileProblem {
    FileProblem::new(
        ProblemKind::Changed,
        format!("{} is not the file that was listed ({} bytes): it was written anew", file.location, file.size),
    )
}

/// Whether what is there now is what was listed. Who listed for us may know no ETag.
fn same(listed: &LakeFile, now: &LakeFile) -> bool {
    let same_tag = match (&listed.etag, &now.etag) {
        (Some(listed), Some(now)) => listed == now,
        _ => true,
    };
    listed.size == now.size && same_tag
}

fn local_read(path: &PathBuf, file: &LakeFile, range: Range<u64>) -> Result<Bytes, FileProblem> {
    let failed = |e: io::Error| io_problem(&file.location, &e);
    // a pipe would keep us waiting
    let found = std::fs::metadata(path).map_err(failed)?;
    if !found.is_file() {
        return Err(changed(file));
    }
    let opened = File::open(path).map_err(failed)?;
    let before = opened.metadata().map_err(failed)?;
    if !same(file, &local_file(file.location.clone(), &before)) {
        return Err(changed(file));
    }
    let mut buffer = vec![0; (range.end - range.start) as usize];
    match opened.read_exact_at(&mut buffer, range.start) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Err(changed(file)),
        other => other.map_err(failed)?,
    }
    let after = opened.metadata().map_err(failed)?;
    if same(file, &local_file(file.location.clone(), &after)) { Ok(buffer.into()) } else { Err(changed(file)) }
}

async fn object_read(
    store: &dyn ObjectStore,
    key: &Key,
    file: &LakeFile,
    range: Range<u64>,
) -> Result<Bytes, FileProblem> {
    let wanted = range.end - range.start;
    let options =
        GetOptions { range: Some(GetRange::Bounded(range)), if_match: file.etag.clone(), ..GetOptions::default() };
    let answer = match store.get_opts(key, options).await {
        Ok(answer) => answer,
        Err(object_store::Error::Precondition { .. }) => return Err(changed(file)),
        Err(e @ object_store::Error::NotFound { .. }) => return Err(object_problem(&file.location, &e)),
        Err(e) => {
            // A file that became shorter has no such range, which stores say in many ways: look what is there.
            return Err(match store.head(key).await {
                Ok(now) if !same(file, &object_file(file.location.clone(), now.clone())) => changed(file),
                _ => object_problem(&file.location, &e),
            });
        }
    };
    if !same(file, &object_file(file.location.clone(), answer.meta.clone())) {
        return Err(changed(file));
    }
    let bytes = answer.bytes().await.map_err(|e| object_problem(&file.location, &e))?;
    if bytes.len() as u64 == wanted { Ok(bytes) } else { Err(changed(file)) }
}

fn io_problem(location: &Location, e: &io::Error) -> FileProblem {
    match e.kind() {
        io::ErrorKind::NotFound => FileProblem::new(ProblemKind::Vanished, format!("{location} is not there")),
        io::ErrorKind::PermissionDenied => {
            FileProblem::new(ProblemKind::Denied, format!("{location} may not be read: {e}"))
        }
        _ => FileProblem::new(ProblemKind::Unreadable, format!("Cannot read {location}: {e}")),
    }
}

fn object_problem(location: &Location, e: &object_store::Error) -> FileProblem {
    match e {
        object_store::Error::NotFound { .. } => {
            FileProblem::new(ProblemKind::Vanished, format!("{location} is not there"))
        }
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
            FileProblem::new(ProblemKind::Denied, format!("{location} may not be read: {e}"))
        }
        _ => FileProblem::new(ProblemKind::Unreadable, format!("Cannot read {location}: {e}")),
    }
}
