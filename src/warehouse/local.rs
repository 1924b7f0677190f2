//! Directories of the local file system: made, emptied, deleted, renamed. Every function here blocks.

use super::deletion::{Moved, Removal};
use super::guard::{Guard, Verdict, is_below_mark, is_missing, mark};
use super::permission::Account;
use super::transfer::move_tree;
use super::trash::Trash;
use skep_core::Location;
use skep_core::{Error, Result};
use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::lchown;
use std::path::{Path, PathBuf};

/// What a creation made, so that it can be taken back: nothing where it was there, or is no directory of ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Created {
    /// The directories that did not exist before, parents first.
    pub(super) made: Vec<PathBuf>,
}

impl Created {
    /// Whether the directory did not exist before. HMS takes statistics only of those that did.
    pub fn newly_made(&self) -> bool {
        !self.made.is_empty()
    }

    /// Leaves out directories that are somebody's.
    pub fn retain(&mut self, is_free: impl Fn(&Location) -> bool) {
        self.made
            .retain(|path| path.to_str().and_then(|text| Location::file(text).ok()).is_some_and(|at| is_free(&at)));
    }

    /// Gives the directories that were made, parents first.
    pub fn directories(&self) -> Vec<Location> {
        self.made.iter().filter_map(|path| Location::file(path.to_str()?).ok()).collect()
    }
}

/// The error of an operation on a path, as clients read it.
pub(super) fn failed(doing: &str, path: &Path, e: &io::Error) -> Error {
    Error::meta(format!("Cannot {doing} {}: {e}", path.display()))
}

/// Makes directories one after the other. Most of them are neighbours: what was found out for one holds for the next.
pub(super) struct Maker<'a> {
    guard: &'a Guard,
    owner: Option<&'a Account>,
    /// Directories in which new ones were made, as the caller names them.
    known: HashMap<PathBuf, Ground>,
}

/// What a new directory inherits from where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    /// In a root.
    Root,
    /// In a directory that was made here: its mark stands for all below.
    Marked,
    Foreign,
}

impl<'a> Maker<'a> {
    pub(super) fn new(guard: &'a Guard, owner: Option<&'a Account>) -> Self {
        Self { guard, owner, known: HashMap::new() }
    }

    /// Makes the directory and its missing parents. Inside a root they are given to the owner where the process may do
    /// that (root may); outside the first is marked as made here, which stands for all below. Fails if something else
    /// than a directory is there; `created` has what was made, also after an error.
    pub(super) fn create(&mut self, path: &Path, created: &mut Created) -> Result<()> {
        let outcome = make_missing(path, &mut created.made).and_then(|()| self.settle(&created.made));
        outcome.map_err(|e| failed("create the directory", path, &e))
    }

    /// Owner or mark of new directories, each of which lies in the one before.
    fn settle(&mut self, made: &[PathBuf]) -> io::Result<()> {
        let Some(top) = made.first() else { return Ok(()) };
        let mut ground = self.ground(top.parent().unwrap_or(top))?;
        for (at, directory) in made.iter().enumerate() {
            // A root that was deleted may be among them.
            if self.guard.file_roots().iter().any(|root| directory.starts_with(root)) {
                ground = Ground::Root;
            }
            if ground == Ground::Foreign && mark(directory) {
                ground = Ground::Marked;
            } else if ground == Ground::Root
                && let Some(account) = self.owner
                && !self.guard.file_roots().contains(directory)
                && let Err(e) = lchown(directory, Some(account.uid), account.gids.first().copied())
            {
                tracing::debug!(path = %directory.display(), uid = account.uid, error = %e, "cannot give a directory to its user");
            }
            // The next of them lies in it, and so may later ones: what was just made is no link.
            if at + 1 < made.len() {
                self.known.insert(directory.clone(), ground);
            }
        }
        Ok(())
    }

    /// What new directories in this one are.
    fn ground(&mut self, parent: &Path) -> io::Result<Ground> {
        if let Some(known) = self.known.get(parent) {
            return Ok(*known);
        }
        let ground = if self.guard.is_in_root(parent)? {
            Ground::Root
        } else if is_below_mark(parent)? {
            Ground::Marked
        } else {
            Ground::Foreign
        };
        self.known.insert(parent.to_owned(), ground);
        Ok(ground)
    }
}

/// So often a directory is made again that others take away at the same moment.
const MAKE_ATTEMPTS: usize = 100;

/// Makes what is missing of `path`; `made` has what was made, also after an error. Nothing is asked before: nearly
/// always only the last part is missing, or its parent too.
fn make_missing(path: &Path, made: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut outcome = make(path, made);
    for _ in 0..MAKE_ATTEMPTS {
        let (Err(e), Some(parent)) = (&outcome, path.parent()) else { break };
        if e.kind() != io::ErrorKind::NotFound {
            break;
        }
        make_missing(parent, made)?;
        outcome = make(path, made);
    }
    outcome.map_err(|e| match path.ancestors().find_map(|part| Some((part, fs::metadata(part).ok()?))) {
        Some((part, found)) if !found.is_dir() => {
            io::Error::new(e.kind(), format!("{} exists and is not a directory", part.display()))
        }
        _ => e,
    })
}

/// Makes one directory, unless it is there.
fn make(path: &Path, made: &mut Vec<PathBuf>) -> io::Result<()> {
    match fs::create_dir(path) {
        Ok(()) => made.push(path.to_owned()),
        // Not all file systems say first that it is there.
        Err(e) if e.kind() != io::ErrorKind::NotFound && path.is_dir() => {}
        // Somebody else made it, and took it away again.
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists && fs::symlink_metadata(path).is_err() => {
            return Err(io::ErrorKind::NotFound.into());
        }
        Err(e) => return Err(e),
    }
    Ok(())
}

/// Takes back what was made, as far as it is still empty: the deepest first, whichever thread made it.
pub(super) fn undo(created: &[Created]) {
    let mut made: Vec<&PathBuf> = created.iter().flat_map(|created| &created.made).collect();
    made.sort_unstable_by(|a, b| b.cmp(a));
    for directory in made {
        if let Err(e) = fs::remove_dir(directory)
            && !is_missing(&e)
        {
            tracing::info!(path = %directory.display(), error = %e, "a new directory of a failed operation stays");
        }
    }
}

/// Deletes a directory that holds nothing; says whether it did.
pub(super) fn remove_if_empty(guard: &Guard, path: &Path) -> Result<bool> {
    let Ok(target) = deletable(guard, path)? else {
        return Ok(false);
    };
    match fs::remove_dir(&target) {
        Ok(()) => Ok(true),
        Err(e) if is_missing(&e) || e.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(false),
        Err(e) => Err(failed("delete the empty directory", path, &e)),
    }
}

/// Moves a directory; makes the parents of `to`. Errors: something at `to`, or `to` within `from`.
pub(super) fn rename(guard: &Guard, from: &Path, to: &Location) -> Result<Moved> {
    let target = match deletable(guard, from)? {
        Ok(target) => target,
        Err(Removal::Missing) => return Ok(Moved::Missing),
        Err(_) => return Ok(Moved::Kept),
    };
    let to_path = Path::new(to.path());
    if resolves_below(to_path, &target)? {
        return Err(Error::meta(format!("Cannot rename {} to {to}, which lies within it", from.display())));
    }
    let taken = || Error::meta(format!("Cannot rename {} to {to}: the destination already exists", from.display()));
    if fs::symlink_metadata(to_path).is_ok() {
        return Err(taken());
    }
    let Some(parent) = to_path.parent() else { return Err(taken()) };
    let mut parents = [Created::default()];
    if let Err(e) = Maker::new(guard, None).create(parent, &mut parents[0]) {
        undo(&parents);
        return Err(e);
    }
    match move_tree(&target, to_path) {
        Ok(()) => {
            // what we move out of a root stays ours; a mark too many does no harm
            if !guard.is_in_root(to_path).unwrap_or(false) {
                mark(to_path);
            }
            Ok(Moved::Moved)
        }
        Err(e) => {
            undo(&parents);
            if e.kind() == io::ErrorKind::AlreadyExists {
                return Err(taken());
            }
            if is_missing(&e) && fs::symlink_metadata(&target).is_err() {
                return Ok(Moved::Missing);
            }
            Err(failed("rename", from, &e))
        }
    }
}

/// Moves back what was moved from `to` to `from` for a commit that failed. Where somebody made `to` again meanwhile, what
/// is missing there is put into it; nothing is replaced.
pub(super) fn move_back(from: &Path, to: &Path) -> io::Result<()> {
    if fs::symlink_metadata(from).is_err() {
        return Ok(());
    }
    let mut pending = vec![(from.to_owned(), to.to_owned())];
    let mut emptied = Vec::new();
    while let Some((from, to)) = pending.pop() {
        match move_tree(&from, &to) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && from.is_dir() && to.is_dir() => {
                for entry in fs::read_dir(&from)? {
                    let name = entry?.file_name();
                    pending.push((from.join(&name), to.join(&name)));
                }
                emptied.push(from);
            }
            Err(e) if is_missing(&e) && fs::symlink_metadata(&from).is_err() => {}
            Err(e) => return Err(e),
        }
    }
    for directory in emptied.iter().rev() {
        // What is still in it is there twice, and stays in both places.
        let _ = fs::remove_dir(directory);
    }
    Ok(())
}

/// The path at which something may be deleted, or what became of it.
pub(super) fn deletable(guard: &Guard, path: &Path) -> Result<std::result::Result<PathBuf, Removal>> {
    match guard.deletable(path).map_err(|e| failed("look at", path, &e))? {
        Verdict::Yes(target) => Ok(Ok(target)),
        Verdict::Missing => Ok(Err(Removal::Missing)),
        Verdict::No(why) => {
            tracing::warn!(path = %path.display(), %why, "data is kept");
            Ok(Err(Removal::Kept(why)))
        }
    }
}

fn resolves_below(path: &Path, target: &Path) -> Result<bool> {
    let real = super::guard::resolve(path).map_err(|e| failed("look at", path, &e))?;
    Ok(real.starts_with(target))
}

pub(super) fn is_in_trash(trash: &Trash, target: &Path) -> bool {
    super::guard::resolve(trash.root()).is_ok_and(|root| target.starts_with(root))
}

#[cfg(test)]
mod tests;
