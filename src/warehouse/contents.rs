//! The files of a directory as they are at one moment, and the deletion of just these.

use super::deletion::{Emptying, FileStamp};
use super::guard::is_missing;
use super::trash::Trash;
use futures_util::TryStreamExt;
use object_store::path::Path as Key;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};
use skep_core::{Error, Result};
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// More files are not noted for one directory: a table of more is dropped and made anew.
const FILES_MAX: usize = 200_000;

pub(super) fn too_many(location: &str) -> Error {
    Error::invalid_operation(format!(
        "{location} holds more than {FILES_MAX} files; so many cannot be deleted while the directory stays: \
         truncate partition by partition, or drop the object and make it again"
    ))
}

fn stamp_of(found: &fs::Metadata) -> String {
    format!("{}-{}.{:09}", found.ino(), found.ctime(), found.ctime_nsec())
}

fn object_stamp(object: &ObjectMeta) -> String {
    format!("{}-{}", object.e_tag.as_deref().unwrap_or_default(), object.last_modified.timestamp_millis())
}

/// Notes all files below a local directory, hidden ones and links too; none where they are too many.
pub(super) fn local_files(directory: &Path) -> io::Result<Option<Vec<FileStamp>>> {
    let (mut files, mut pending) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(below) = pending.pop() {
        let entries = match fs::read_dir(directory.join(&below)) {
            Err(e) if is_missing(&e) => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let path = below.join(entry.file_name());
            let found = match fs::symlink_metadata(entry.path()) {
                Err(e) if is_missing(&e) => continue,
                found => found?,
            };
            if found.is_dir() {
                pending.push(path);
                continue;
            }
            // What has no UTF-8 name cannot be noted, and stays.
            if let Some(path) = path.to_str() {
                files.push(FileStamp { path: path.to_owned(), stamp: stamp_of(&found) });
            }
            if files.len() > FILES_MAX {
                return Ok(None);
            }
        }
    }
    Ok(Some(files))
}

/// Deletes those of the noted files that are still the same, and the directories that they leave empty.
pub(super) fn local_delete(emptying: &Emptying, trash: Option<&Trash>, now_millis: i64) -> io::Result<()> {
    let directory = Path::new(emptying.location.path());
    let mut parents = BTreeSet::new();
    for file in &emptying.files {
        let path = directory.join(&file.path);
        let gone = match fs::symlink_metadata(&path) {
            Ok(found) if stamp_of(&found) != file.stamp => continue,
            Ok(_) => match trash {
                Some(trash) => trash.take(&path, &path, now_millis).map(drop),
                None => fs::remove_file(&path),
            },
            Err(e) => Err(e),
        };
        gone.or_else(|e| if is_missing(&e) { Ok(()) } else { Err(e) })?;
        parents.extend(
            Path::new(&file.path).ancestors().skip(1).filter(|p| !p.as_os_str().is_empty()).map(Path::to_owned),
        );
    }
    for parent in parents.iter().rev() {
        // Whatever came meanwhile keeps its directory.
        let _ = fs::remove_dir(directory.join(parent));
    }
    Ok(())
}

/// Notes all objects below a prefix; none where they are too many.
pub(super) async fn object_files(
    store: &dyn ObjectStore,
    prefix: &Key,
) -> object_store::Result<Option<Vec<FileStamp>>> {
    let mut files = Vec::new();
    let mut objects = store.list((!prefix.is_root()).then_some(prefix));
    while let Some(object) = objects.try_next().await? {
        let path = below(&object.location, prefix);
        if path.is_empty() {
            continue;
        }
        files.push(FileStamp { path: path.to_owned(), stamp: object_stamp(&object) });
        if files.len() > FILES_MAX {
            return Ok(None);
        }
    }
    Ok(Some(files))
}

fn below<'k>(key: &'k Key, prefix: &Key) -> &'k str {
    key.as_ref().strip_prefix(prefix.as_ref()).unwrap_or_default().trim_start_matches('/')
}

/// Deletes those of the noted objects that are still the same.
pub(super) async fn object_delete(
    store: &dyn ObjectStore,
    prefix: &Key,
    emptying: &Emptying,
) -> object_store::Result<()> {
    let noted: HashMap<&str, &str> =
        emptying.files.iter().map(|file| (file.path.as_str(), file.stamp.as_str())).collect();
    let mut objects = store.list((!prefix.is_root()).then_some(prefix));
    while let Some(object) = objects.try_next().await? {
        if noted.get(below(&object.location, prefix)) != Some(&object_stamp(&object).as_str()) {
            continue;
        }
        match store.delete(&object.location).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Gives the files of an answer, or says why they cannot be noted.
pub(super) fn noted(files: Option<Vec<FileStamp>>, location: &impl std::fmt::Display) -> Result<Vec<FileStamp>> {
    files.ok_or_else(|| too_many(&location.to_string()))
}
