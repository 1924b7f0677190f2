//! Deleting what lies at a local place: first it is taken aside, by a name that nobody else has, so that whatever comes
//! to the place afterwards is never deleted with it.

use super::deletion::Removal;
use super::guard::{Guard, is_missing};
use super::local::{deletable, failed, is_in_trash};
use super::transfer::{move_tree, remove_tree};
use super::trash::Trash;
use skep_core::{PlaceKey, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How a local place is to be deleted.
pub(super) struct Way<'a> {
    pub(super) guard: &'a Guard,
    /// Where the data goes instead of being deleted.
    pub(super) trash: Option<&'a Trash>,
    pub(super) now_millis: i64,
    /// Tells this deletion apart from all others, when it is repeated, too.
    pub(super) token: &'a str,
    /// What lies at or below these places stays.
    pub(super) except: &'a [PlaceKey],
}

/// Deletes what is at `path`, or moves it to the trash. If the trash cannot take it, that is an error and the data
/// stays.
pub(super) fn delete(way: &Way<'_>, path: &Path) -> Result<Removal> {
    let target = match deletable(way.guard, path)? {
        Ok(target) => target,
        Err(Removal::Missing) => return aside_clear(way, path),
        Err(removal) => return Ok(removal),
    };
    if let Removal::Deleted = aside_clear(way, &target)? {
        // What is at the place now came after this deletion had begun.
        return Ok(Removal::Deleted);
    }
    if !way.except.is_empty() {
        return remove_but(way, &target, path).map(|()| Removal::Deleted).map_err(|e| failed("delete", path, &e));
    }
    let Some(trash) = way.trash.filter(|trash| !is_in_trash(trash, &target)) else {
        return remove(way, &target).map(|()| Removal::Deleted).map_err(|e| failed("delete", path, &e));
    };
    match trash.take(&target, path, way.now_millis) {
        Ok(place) => Ok(Removal::Trashed(place)),
        Err(e) if is_missing(&e) && fs::symlink_metadata(&target).is_err() => Ok(Removal::Missing),
        Err(e) => Err(failed("move to the trash", path, &e)),
    }
}

/// The name that `target` has while it is deleted: hidden from all who read the directory that it lies in.
fn aside_of(way: &Way<'_>, target: &Path) -> PathBuf {
    target.with_file_name(format!(".skep-deleted-{}", way.token))
}

/// Deletes what an earlier attempt took aside; says whether there was such.
fn aside_clear(way: &Way<'_>, target: &Path) -> Result<Removal> {
    let aside = aside_of(way, target);
    if fs::symlink_metadata(&aside).is_err() {
        return Ok(Removal::Missing);
    }
    remove_tree(&aside).map(|()| Removal::Deleted).map_err(|e| failed("delete", &aside, &e))
}

fn remove(way: &Way<'_>, target: &Path) -> io::Result<()> {
    let aside = aside_of(way, target);
    match move_tree(target, &aside) {
        Ok(()) => remove_tree(&aside),
        // A place that cannot be renamed, such as where a disk is mounted, is emptied as it is.
        Err(_) => remove_tree(target),
    }
}

/// Deletes, or moves to the trash, all of a tree but what somebody else has.
fn remove_but(way: &Way<'_>, target: &Path, shown: &Path) -> io::Result<()> {
    let except: Vec<PathBuf> = way.except.iter().map(|key| PathBuf::from(key.path().trim_end_matches('/'))).collect();
    let mut pending = vec![(target.to_owned(), shown.to_owned())];
    while let Some((directory, shown)) = pending.pop() {
        if except.iter().any(|kept| directory.starts_with(kept)) {
            continue;
        }
        let entries = match fs::read_dir(&directory) {
            Err(e) if is_missing(&e) => continue,
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            let Some(name) = path.file_name() else { continue };
            if except.iter().any(|kept| kept.starts_with(&path)) {
                pending.push((path.clone(), shown.join(name)));
                continue;
            }
            let gone = match way.trash.filter(|trash| !is_in_trash(trash, &path)) {
                Some(trash) => trash.take(&path, &shown.join(name), way.now_millis).map(drop),
                None => remove_tree(&path),
            };
            gone.or_else(|e| if is_missing(&e) { Ok(()) } else { Err(e) })?;
        }
    }
    Ok(())
}
