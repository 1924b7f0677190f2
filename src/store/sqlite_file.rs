//! The file of a SQLite store is one server's. It is locked as the file that it is, whatever name somebody has for it: by
//! a symbolic link, a hard link or a mount of its own it would otherwise be let in a second time.
//!
//! The lock on the file itself is `flock`'s, which on Linux knows nothing of the locks that SQLite takes (`fcntl`'s). But
//! those end when the process closes *any* descriptor of the file. So this one is opened before SQLite comes and closed
//! after it went, and a process never opens a file that a store of its own has.

use std::collections::BTreeSet;
use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use skep_core::{Error, Result};

/// A file whatever its name: device and inode.
type Identity = (u64, u64);

/// The files that stores of this process have.
static OWN: Mutex<BTreeSet<Identity>> = Mutex::new(BTreeSet::new());

fn identity(of: &Metadata) -> Identity {
    (of.dev(), of.ino())
}

/// The file of a store, as long as it is this server's.
#[derive(Debug)]
pub struct SqliteFile {
    /// Without links: SQLite names its log after it.
    path: PathBuf,
    identity: Identity,
    /// Of the file itself, and of the names that it is known by.
    locks: Vec<File>,
}

impl SqliteFile {
    /// Makes sure that no other server has the file, nor gets it as long as this lives. Makes the file where there is
    /// none.
    ///
    /// # Errors
    /// Meta names who is in the way: another server, another name of the file, the file system.
    pub fn lock(path: &Path) -> Result<Self> {
        let folder = path.parent().unwrap_or(Path::new(""));
        std::fs::create_dir_all(folder).map_err(|e| failed("make the folder", folder, &e))?;
        let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        if std::fs::metadata(path).is_ok_and(|there| own.contains(&identity(&there))) {
            return Err(in_use(path));
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o644);
        let file = options.open(path).map_err(|e| failed("open", path, &e))?;
        let about = file.metadata().map_err(|e| failed("look at", path, &e))?;
        if is_lockable(&file) {
            lock(&file, path)?;
        }
        if about.nlink() > 1 {
            return Err(Error::meta(format!(
                "the store {} is a file with {} names (hard links). SQLite looks for its newest commits by the file's \
                 name, and would lose them if a server began with another name: leave the file one name",
                path.display(),
                about.nlink()
            )));
        }
        let real = std::fs::canonicalize(path).map_err(|e| failed("look at", path, &e))?;
        let mut locks = vec![file];
        // Servers before this one lock by the name that they were given.
        for name in BTreeSet::from([real.as_path(), path]) {
            let beside = name.with_added_extension("lock");
            if is_same(&beside, &locks).map_err(|e| failed("look at", &beside, &e))? {
                continue;
            }
            let beside_file = File::create(&beside).map_err(|e| failed("write", &beside, &e))?;
            lock(&beside_file, path)?;
            locks.push(beside_file);
        }
        let identity = identity(&about);
        own.insert(identity);
        Ok(Self { path: real, identity, locks })
    }

    /// The name that SQLite is to open.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// To be called after SQLite has opened the file: is it the one that is locked?
    pub fn check(&self) -> Result<()> {
        let there = std::fs::metadata(&self.path).map_err(|e| failed("look at", &self.path, &e))?;
        if identity(&there) == self.identity {
            return Ok(());
        }
        Err(Error::meta(format!("the store {} was replaced by another file while it was opened", self.path.display())))
    }
}

impl Drop for SqliteFile {
    fn drop(&mut self) {
        let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        // First closed, then another store's of this process.
        self.locks.clear();
        own.remove(&self.identity);
    }
}

/// Whether this name is of a file that is locked already: by another name, the same lock would stand in its own way.
fn is_same(name: &Path, locks: &[File]) -> io::Result<bool> {
    let there = match std::fs::metadata(name) {
        Ok(there) => identity(&there),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    for lock in locks {
        if identity(&lock.metadata()?) == there {
            return Ok(true);
        }
    }
    Ok(false)
}

fn lock(file: &File, path: &Path) -> Result<()> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(in_use(path)),
        Err(TryLockError::Error(error)) => Err(failed("lock", path, &error)),
    }
}

/// Whether `flock` locks this file and leaves SQLite's own locks alone: not where a server at the other end of a network
/// makes both kinds one, and not on systems whose kernel does.
#[cfg(target_os = "linux")]
fn is_lockable(file: &File) -> bool {
    /// NFS, SMB, CIFS, SMB2, as in `statfs(2)`.
    const REMOTE: [u32; 4] = [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42];
    rustix::fs::fstatfs(file).is_ok_and(|about| !REMOTE.contains(&(about.f_type as u32)))
}

#[cfg(not(target_os = "linux"))]
fn is_lockable(_: &File) -> bool {
    false
}

fn in_use(path: &Path) -> Error {
    Error::meta(format!("another server uses {}; a SQLite store serves one only", path.display()))
}

fn failed(what: &str, path: &Path, error: &io::Error) -> Error {
    Error::meta(format!("cannot {what} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(path: &Path, why: &str) {
        let error = SqliteFile::lock(path).unwrap_err();
        assert!(error.message.contains(why), "{}: {error}", path.display());
    }

    #[test]
    fn a_file_is_one_servers_by_whatever_name() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir(at("folder")).unwrap();
        std::os::unix::fs::symlink(at("a.db"), at("link.db")).unwrap();
        std::os::unix::fs::symlink(dir.path(), at("folder/up")).unwrap();
        // A link to what is not there yet is followed, too.
        let first = SqliteFile::lock(&at("link.db")).unwrap();
        assert_eq!(first.path(), dir.path().canonicalize().unwrap().join("a.db"));
        first.check().unwrap();
        std::fs::hard_link(at("a.db"), at("folder/hard.db")).unwrap();
        for name in ["a.db", "link.db", "folder/hard.db", "folder/up/a.db", "folder/../a.db"] {
            refused(&at(name), "another server uses");
        }
        SqliteFile::lock(&at("b.db")).unwrap();
        drop(first);
        refused(&at("a.db"), "2 names");
        std::fs::remove_file(at("a.db")).unwrap();
        let moved = SqliteFile::lock(&at("folder/hard.db")).unwrap();
        // Another file by the name that is locked is not the file that is.
        std::fs::rename(at("folder/hard.db"), at("a.db")).unwrap();
        std::fs::write(at("folder/hard.db"), "").unwrap();
        assert!(moved.check().unwrap_err().message.contains("replaced"));
        refused(&at("a.db"), "another server uses");
    }

    #[test]
    fn a_folder_is_no_store() {
        let dir = tempfile::tempdir().unwrap();
        refused(dir.path(), "cannot open");
    }
}
