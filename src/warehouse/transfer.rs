//! Moving a directory: a rename that replaces nothing, and a copy where a rename cannot reach.

use super::guard::is_missing;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Moves `from` to `to`, which must not exist (`AlreadyExists`); the parent of `to` must. Across file systems it is a
/// copy beside `to`, then a rename, then the deletion of `from`: `to` is there wholly or not at all. What then can't be
/// deleted of `from` is logged and left.
pub(super) fn move_tree(from: &Path, to: &Path) -> io::Result<()> {
    match rename_new(from, to) {
        Err(e) if e.kind() == io::ErrorKind::CrossesDevices => {
            if fs::symlink_metadata(to).is_ok() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            copy_then_remove(from, to)
        }
        other => other,
    }
}

/// A rename that fails with `AlreadyExists` instead of replacing something.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // a file system without that flag
        Err(Errno::INVAL | Errno::NOSYS) => {
            if fs::symlink_metadata(to).is_ok() {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(from, to)
        }
        other => other.map_err(io::Error::from),
    }
}

fn copy_then_remove(from: &Path, to: &Path) -> io::Result<()> {
    let stage = stage_path(to)?;
    // what an earlier, broken attempt left
    remove_tree(&stage)?;
    copy_tree(from, &stage).and_then(|()| rename_new(&stage, to)).inspect_err(|_| {
        if let Err(e) = remove_tree(&stage) {
            tracing::warn!(path = %stage.display(), error = %e, "cannot remove a half copy");
        }
    })?;
    // all data is at its new place: to fail now would send readers back to a source that is partly gone
    if let Err(e) = remove_tree(from) {
        tracing::warn!(path = %from.display(), error = %e, "cannot remove what was copied elsewhere");
    }
    Ok(())
}

/// A name beside `to` that every reader of tables takes for hidden.
fn stage_path(to: &Path) -> io::Result<PathBuf> {
    let name = to.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut hidden = std::ffi::OsString::from(".skep-moving-");
    hidden.push(name);
    Ok(to.with_file_name(hidden))
}

/// Copies files, directories (with their permissions) and links (as links). Other kinds are refused.
fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    let mut pending = vec![(from.to_owned(), to.to_owned())];
    // a directory that may not be written to is closed only when all is in it
    let mut modes = Vec::new();
    while let Some((from, to)) = pending.pop() {
        let found = fs::symlink_metadata(&from)?;
        if found.is_symlink() {
            symlink(fs::read_link(&from)?, &to)?;
        } else if found.is_dir() {
            fs::create_dir(&to)?;
            for entry in fs::read_dir(&from)? {
                let name = entry?.file_name();
                pending.push((from.join(&name), to.join(&name)));
            }
            modes.push((to, found.permissions()));
        } else if found.is_file() {
            fs::copy(&from, &to)?;
        } else {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                format!("{} is neither a file, a directory nor a link", from.display()),
            ));
        }
    }
    modes.into_iter().rev().try_for_each(|(directory, mode)| fs::set_permissions(directory, mode))
}

/// Deletes a file, a link (not what it points to) or a directory with all in it. Nothing there is a success.
pub(super) fn remove_tree(path: &Path) -> io::Result<()> {
    let gone = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(e) => Err(e),
    };
    gone.or_else(|e| if is_missing(&e) { Ok(()) } else { Err(e) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn tree(at: &Path) {
        fs::create_dir_all(at.join("p=1/q=2")).unwrap();
        fs::write(at.join("p=1/q=2/f"), "data").unwrap();
        fs::write(at.join("_SUCCESS"), "").unwrap();
        symlink("/etc", at.join("p=1/link")).unwrap();
        fs::set_permissions(at.join("p=1"), fs::Permissions::from_mode(0o710)).unwrap();
    }

    fn check(at: &Path) {
        assert_eq!(fs::read_to_string(at.join("p=1/q=2/f")).unwrap(), "data");
        assert!(at.join("_SUCCESS").is_file());
        assert_eq!(fs::read_link(at.join("p=1/link")).unwrap(), Path::new("/etc"));
        assert_eq!(fs::metadata(at.join("p=1")).unwrap().permissions().mode() & 0o777, 0o710);
    }

    #[test]
    fn moves_and_replaces_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        tree(&from);
        move_tree(&from, &to).unwrap();
        assert!(!from.exists());
        check(&to);
        // an empty directory would be replaced by a plain rename
        fs::create_dir(&from).unwrap();
        assert_eq!(move_tree(&to, &from).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        check(&to);
    }

    #[test]
    fn copies_where_a_rename_cannot_reach() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        tree(&from);
        // the rest of an attempt that broke off
        fs::create_dir_all(dir.path().join(".skep-moving-to/old")).unwrap();
        copy_then_remove(&from, &to).unwrap();
        check(&to);
        let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["to"], "neither the source nor the half copy is left");
    }

    #[test]
    fn moves_to_another_file_system() {
        use std::os::unix::fs::MetadataExt;
        let here = tempfile::tempdir().unwrap();
        let Ok(there) = tempfile::tempdir_in("/dev/shm") else {
            return;
        };
        if fs::metadata(here.path()).unwrap().dev() == fs::metadata(there.path()).unwrap().dev() {
            return;
        }
        let (from, to) = (here.path().join("from"), there.path().join("to"));
        tree(&from);
        fs::create_dir(&to).unwrap();
        assert_eq!(move_tree(&from, &to).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        fs::remove_dir(&to).unwrap();
        move_tree(&from, &to).unwrap();
        check(&to);
        assert!(!from.exists());
    }

    #[test]
    fn a_failed_copy_leaves_the_source_and_no_target() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        tree(&from);
        let _socket = std::os::unix::net::UnixListener::bind(from.join("socket")).unwrap();
        assert_eq!(copy_then_remove(&from, &to).unwrap_err().kind(), io::ErrorKind::Unsupported);
        check(&from);
        assert!(!to.exists() && !dir.path().join(".skep-moving-to").exists());
    }

    #[test]
    fn removal_does_not_follow_links() {
        let dir = tempfile::tempdir().unwrap();
        tree(&dir.path().join("kept"));
        let gone = dir.path().join("gone");
        fs::create_dir(&gone).unwrap();
        symlink(dir.path().join("kept"), gone.join("link")).unwrap();
        symlink(dir.path().join("kept"), dir.path().join("link")).unwrap();
        for path in [&gone, &dir.path().join("link"), &gone] {
            remove_tree(path).unwrap();
            assert!(fs::symlink_metadata(path).is_err());
        }
        check(&dir.path().join("kept"));
    }
}
