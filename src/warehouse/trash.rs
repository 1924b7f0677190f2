//! Hadoop's trash: dropped data is moved to `~/.Trash/Current` followed by its full path.

use super::transfer::move_tree;
use std::ffi::OsString;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// How often a name is tried when others take it at the same moment.
const ATTEMPTS_MAX: i64 = 1000;

/// One user's trash. Nothing here empties it: as with Hadoop's local file system that is `hadoop fs -expunge`, or a
/// cron job.
#[derive(Debug)]
pub(super) struct Trash {
    root: PathBuf,
}

impl Trash {
    /// The trash in the home directory `home`.
    pub(super) fn new(home: &Path) -> Self {
        Self { root: home.join(".Trash") }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Moves `target` into the trash, under the path `shown` by which its users know it, and says where it is now.
    /// A name that is taken gets the time appended.
    pub(super) fn take(&self, target: &Path, shown: &Path, now_millis: i64) -> io::Result<PathBuf> {
        let (Some(name), Some(above)) = (shown.file_name(), shown.parent()) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let current = self.root.join("Current");
        directory_make(&current)?;
        let base = base_make(&current, above.strip_prefix("/").unwrap_or(above), now_millis)?;
        let mut place = base.join(name);
        for attempt in 0..ATTEMPTS_MAX {
            match move_tree(target, &place) {
                Ok(()) => return Ok(place),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                    place = base.join(stamped(name, now_millis + attempt));
                }
                Err(e) => return Err(e),
            }
        }
        Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("no free name for {} in the trash", shown.display())))
    }
}

/// Makes `below` within the directory `current`. Where a trashed *file* stands in the way, that part of the path gets
/// the time appended.
fn base_make(current: &Path, below: &Path, now_millis: i64) -> io::Result<PathBuf> {
    let mut base = current.join(below);
    for attempt in 0..ATTEMPTS_MAX {
        let Err(e) = directory_make(&base) else {
            return Ok(base);
        };
        let in_the_way = base.ancestors().find(|part| fs::symlink_metadata(part).is_ok());
        let Some((part, name)) = in_the_way
            .filter(|part| !part.is_dir() && part.starts_with(current))
            .and_then(|part| Some((part, part.file_name()?)))
        else {
            return Err(e);
        };
        let rest = base.strip_prefix(part).unwrap_or(Path::new("")).to_owned();
        let beside = part.with_file_name(stamped(name, now_millis + attempt));
        base = if rest.as_os_str().is_empty() { beside } else { beside.join(rest) };
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("no free name for {} in the trash", base.display())))
}

/// Makes a directory and its parents for their owner only.
fn directory_make(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn stamped(name: &std::ffi::OsStr, millis: i64) -> OsString {
    let mut stamped = name.to_owned();
    stamped.push(millis.to_string());
    stamped
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn take(trash: &Trash, path: &Path) -> PathBuf {
        trash.take(path, path, 1_700_000_000_000).unwrap()
    }

    #[test]
    fn keeps_the_full_path_and_stamps_names_that_are_taken() {
        let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let trash = Trash::new(home.path());
        let table = data.path().join("db.db/t");
        let first = home.path().join(".Trash/Current").join(table.strip_prefix("/").unwrap());
        for (n, suffix) in ["", "1700000000000", "1700000000001"].into_iter().enumerate() {
            fs::create_dir_all(&table).unwrap();
            fs::write(table.join("f"), n.to_string()).unwrap();
            let place = take(&trash, &table);
            assert_eq!(place, first.with_file_name(format!("t{suffix}")));
            assert_eq!(fs::read_to_string(place.join("f")).unwrap(), n.to_string());
            assert!(!table.exists());
        }
        let mode = fs::metadata(home.path().join(".Trash")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn a_trashed_file_in_the_way_is_stepped_around() {
        let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let trash = Trash::new(home.path());
        let path = data.path().join("x");
        fs::write(&path, "file").unwrap();
        let file = take(&trash, &path);
        fs::create_dir_all(path.join("y/z")).unwrap();
        let place = take(&trash, &path.join("y/z"));
        assert_eq!(place, file.with_file_name("x1700000000000").join("y/z"));
        assert_eq!(fs::read_to_string(file).unwrap(), "file");
    }

    #[test]
    fn what_cannot_be_moved_stays() {
        let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(home.path().join("file"), "").unwrap();
        let trash = Trash::new(&home.path().join("file"));
        assert!(trash.take(data.path(), data.path(), 1).is_err());
        assert!(data.path().is_dir());
    }
}
