//! Which files lie below a prefix. A listing that fails on its way is an error, never a short list.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use futures_util::TryStreamExt as _;
use object_store::ObjectStoreExt as _;
use skep_core::lake::is_hidden_path;
use skep_core::{Error, Kind, Result};

use super::place::{Lake, Place, failed};
use crate::warehouse::Location;

/// So many files one listing may give.
const FILES_MAX: usize = 5_000_000;

/// A data file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    pub location: Location,
    /// Below the prefix that was listed.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Milliseconds since the epoch.
    pub modified_at_ms: i64,
    pub etag: Option<String>,
}

/// A file that is none of the table's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub location: Location,
    pub reason: SkipReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// Its name, or a directory's, begins with `_` or `.`.
    Hidden,
    /// No byte, and no name of a data file: a marker.
    Marker,
}

/// What lies below a prefix, by path.
#[derive(Debug, Default)]
pub struct Listing {
    pub files: Vec<FoundFile>,
    pub skipped: Vec<Skipped>,
}

impl Listing {
    fn add(
        &mut self,
        root: &Location,
        path: String,
        size: u64,
        modified_at_ms: i64,
        etag: Option<String>,
    ) -> Result<()> {
        if self.files.len() + self.skipped.len() >= FILES_MAX {
            return Err(Error::new(
                Kind::InvalidInput,
                format!("more than {FILES_MAX} files lie below {root}; name less"),
            ));
        }
        let location = root.join(&path);
        let is_marker = size == 0 && !path.to_ascii_lowercase().ends_with(".parquet");
        if is_hidden_path(&path) {
            self.skipped.push(Skipped { location, reason: SkipReason::Hidden });
        } else if is_marker {
            self.skipped.push(Skipped { location, reason: SkipReason::Marker });
        } else {
            self.files.push(FoundFile { location, path, size, modified_at_ms, etag });
        }
        Ok(())
    }

    fn sorted(mut self) -> Self {
        self.files.sort_unstable_by(|one, other| one.path.cmp(&other.path));
        self.skipped.sort_unstable_by(|one, other| one.location.cmp(&other.location));
        self
    }
}

impl Lake {
    /// All files below a prefix; `progress` is told how many it has found now and then.
    ///
    /// Errors: NotFound where there is no such place; Unavailable where the store fails.
    pub async fn list(&self, prefix: &Location, progress: impl Fn(usize) + Send + Sync + 'static) -> Result<Listing> {
        if prefix.is_file() {
            let root = prefix.clone();
            let walked = tokio::task::spawn_blocking(move || walk(&root, &progress)).await;
            return walked.map_err(|e| Error::internal(format!("the listing of {prefix} broke off: {e}")))?;
        }
        let Place { store, key } = self.place(prefix)?;
        let mut listing = Listing::default();
        let mut all = store.list(Some(&key));
        let below = format!("{}/", key.as_ref());
        while let Some(object) = all.try_next().await.map_err(|e| failed("list", prefix, &e))? {
            let path = object.location.as_ref();
            let inside = if key.is_root() { Some(path) } else { path.strip_prefix(&below) };
            let Some(path) = inside else { continue };
            let modified = object.last_modified.timestamp_millis();
            listing.add(prefix, path.to_owned(), object.size, modified, object.e_tag.clone())?;
            if listing.files.len().is_multiple_of(1_000) {
                progress(listing.files.len());
            }
        }
        Ok(listing.sorted())
    }

    /// One file by its name. Errors: NotFound.
    pub async fn look(&self, location: &Location) -> Result<FoundFile> {
        let path = location.name().to_owned();
        if location.is_file() {
            let found = tokio::fs::metadata(location.path()).await;
            let found = found.map_err(|e| local_failed(location, &e))?;
            let modified_at_ms = modified_ms(&found);
            return Ok(FoundFile { location: location.clone(), path, size: found.len(), modified_at_ms, etag: None });
        }
        let Place { store, key } = self.place(location)?;
        let found = store.head(&key).await.map_err(|e| failed("look at", location, &e))?;
        let modified_at_ms = found.last_modified.timestamp_millis();
        Ok(FoundFile { location: location.clone(), path, size: found.size, modified_at_ms, etag: found.e_tag })
    }
}

fn modified_ms(found: &fs::Metadata) -> i64 {
    let since = found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or_default()
}

pub(super) fn local_failed(location: &Location, e: &io::Error) -> Error {
    let kind = match e.kind() {
        io::ErrorKind::NotFound => Kind::NotFound,
        io::ErrorKind::PermissionDenied => Kind::InvalidOperation,
        _ => Kind::Unavailable,
    };
    Error::new(kind, format!("cannot read {location}: {e}"))
}

/// Walks a directory; links to files count as files, linked directories are not entered, so that a walk ends.
fn walk(root: &Location, progress: &dyn Fn(usize)) -> Result<Listing> {
    let mut listing = Listing::default();
    let mut pending: VecDeque<(PathBuf, String)> = VecDeque::from([(Path::new(root.path()).to_owned(), String::new())]);
    while let Some((directory, below)) = pending.pop_front() {
        let entries = fs::read_dir(&directory).map_err(|e| local_failed(root, &e))?;
        for entry in entries {
            let entry = entry.map_err(|e| local_failed(root, &e))?;
            let Ok(name) = entry.file_name().into_string() else {
                let shown = entry.path();
                return Err(Error::new(Kind::InvalidInput, format!("the name of {} is not UTF-8", shown.display())));
            };
            let path = if below.is_empty() { name } else { format!("{below}/{name}") };
            let kind = entry.file_type().map_err(|e| local_failed(root, &e))?;
            if kind.is_dir() {
                // Nothing below a hidden directory is the table's: one that is hidden is told of, not entered.
                if is_hidden_path(&path) {
                    listing.skipped.push(Skipped { location: root.join(&path), reason: SkipReason::Hidden });
                } else {
                    pending.push_back((entry.path(), path));
                }
                continue;
            }
            let found = fs::metadata(entry.path());
            match found {
                Ok(found) if found.is_file() => {
                    listing.add(root, path, found.len(), modified_ms(&found), None)?;
                }
                Ok(_) => {}
                // Gone since the directory was read.
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(local_failed(root, &e)),
            }
        }
        progress(listing.files.len());
    }
    Ok(listing.sorted())
}
