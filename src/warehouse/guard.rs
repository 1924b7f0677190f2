//! What the server may touch: the one place that decides, before anything is made or deleted.
//!
//! Links are resolved when it decides and the resolved path is used afterwards. It does not defend against someone who
//! can already write *inside* a root and swaps a directory for a link between the two; nor does Hive.

use super::config::FileScope;
use rustix::fs::{XattrFlags, getxattr, setxattr};
use skep_core::Location;
use std::io;
use std::path::{Path, PathBuf};

/// The mark on directories that this server made outside of its roots.
const MARK: &str = "user.skep.made";

/// How a location is to be treated.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// By the operating system's calls.
    File(PathBuf),
    /// A prefix in an object store, within a root.
    Objects,
    /// Not at all: such calls succeed and do nothing.
    Untouched,
}

/// Whether something may be deleted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Yes, at this path: its parents are resolved, it may itself be a link.
    Yes(PathBuf),
    /// There is nothing.
    Missing,
    /// No, and why.
    No(String),
}

/// The roots, and what must never be deleted.
#[derive(Debug)]
pub(super) struct Guard {
    scope: FileScope,
    file_roots: Vec<PathBuf>,
    object_roots: Vec<Location>,
    /// Besides the roots: home directories, the trash.
    protected: Vec<PathBuf>,
}

impl Guard {
    pub(super) fn new(scope: FileScope, roots: &[Location], protected: Vec<PathBuf>) -> Self {
        let (file, other): (Vec<&Location>, Vec<&Location>) = roots.iter().partition(|root| root.is_file());
        Self {
            scope,
            file_roots: distinct(file.into_iter().map(|root| PathBuf::from(root.path()))),
            object_roots: other.into_iter().cloned().collect(),
            protected: distinct(protected),
        }
    }

    pub(super) fn file_roots(&self) -> &[PathBuf] {
        &self.file_roots
    }

    /// How to treat `location`. In the scope `Roots` a `file:` location is looked at only inside them, and only then
    /// this reads the file system ([`Self::place_reads`]).
    pub(super) fn place(&self, location: &Location) -> io::Result<Place> {
        if location.is_file() {
            let path = PathBuf::from(location.path());
            let ours = self.scope != FileScope::Roots || self.is_in_root(&path)?;
            return Ok(if ours { Place::File(path) } else { Place::Untouched });
        }
        let ours = self.object_roots.iter().any(|root| location.is_within(root));
        Ok(if ours { Place::Objects } else { Place::Untouched })
    }

    /// Whether [`Self::place`] must read the file system for `location`.
    pub(super) fn place_reads(&self, location: &Location) -> bool {
        location.is_file() && self.scope == FileScope::Roots
    }

    /// Whether an object store location is a root or holds one.
    pub(super) fn holds_object_root(&self, location: &Location) -> bool {
        self.object_roots.iter().any(|root| root.is_within(location))
    }

    /// Whether `path`, links resolved, is a root or lies in one.
    pub(super) fn is_in_root(&self, path: &Path) -> io::Result<bool> {
        let path = resolve(path)?;
        for root in &self.file_roots {
            if path.starts_with(resolve(root)?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether everything at `path`, and `path` itself, may be deleted, moved away or emptied.
    pub(super) fn deletable(&self, path: &Path) -> io::Result<Verdict> {
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Ok(Verdict::No("it is the root of the file system".to_owned()));
        };
        let target = match std::fs::canonicalize(parent) {
            Ok(parent) => parent.join(name),
            Err(e) if is_missing(&e) => return Ok(Verdict::Missing),
            Err(e) => return Err(e),
        };
        let found = match std::fs::symlink_metadata(&target) {
            Ok(found) => found,
            Err(e) if is_missing(&e) => return Ok(Verdict::Missing),
            Err(e) => return Err(e),
        };
        let mut is_in_root = false;
        for (at, kept) in self.file_roots.iter().chain(&self.protected).enumerate() {
            let real = resolve(kept)?;
            // a link to what is protected may go, but a directory that holds it may not
            if !found.is_symlink() && real.starts_with(&target) {
                return Ok(Verdict::No(format!("it is or holds {}, which is protected", kept.display())));
            }
            is_in_root |= at < self.file_roots.len() && target.starts_with(real);
        }
        if is_in_root {
            return Ok(Verdict::Yes(target));
        }
        Ok(match self.scope {
            FileScope::Anywhere => Verdict::Yes(target),
            FileScope::Made if target.ancestors().any(is_marked) => Verdict::Yes(target),
            FileScope::Made => Verdict::No("it is outside of the configured roots and was not made here".to_owned()),
            FileScope::Roots => Verdict::No("it is outside of the configured roots".to_owned()),
        })
    }
}

/// Each path once: all are resolved for every decision.
fn distinct(paths: impl IntoIterator<Item = PathBuf>) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for path in paths {
        if !all.contains(&path) {
            all.push(path);
        }
    }
    all
}

/// Marks a directory as made here. Where the file system has no extended attributes the directory stays unmarked, and
/// so is kept when it is dropped: the safe side. Says whether it is marked.
pub(super) fn mark(directory: &Path) -> bool {
    let marked = setxattr(directory, MARK, b"1", XattrFlags::empty());
    if let Err(e) = &marked {
        tracing::warn!(path = %directory.display(), error = %e, "cannot mark a directory as made here; its data will be kept when it is dropped");
    }
    marked.is_ok()
}

/// Whether what lies in `directory`, links resolved, counts as made here.
pub(super) fn is_below_mark(directory: &Path) -> io::Result<bool> {
    Ok(resolve(directory)?.ancestors().any(is_marked))
}

fn is_marked(path: &Path) -> bool {
    // a link is not what it points to: its parents were resolved, the last part was not
    std::fs::symlink_metadata(path).is_ok_and(|found| found.is_dir())
        && getxattr(path, MARK, &mut [0_u8; 8][..]).is_ok()
}

/// `path` with all links of its existing part resolved; what does not exist yet cannot be a link.
pub(super) fn resolve(path: &Path) -> io::Result<PathBuf> {
    for existing in path.ancestors() {
        match std::fs::canonicalize(existing) {
            Ok(real) => {
                let rest = path.strip_prefix(existing).unwrap_or(Path::new(""));
                return Ok(if rest.as_os_str().is_empty() { real } else { real.join(rest) });
            }
            Err(e) if is_missing(&e) => {
                // a link that leads nowhere would be followed when it is made to lead somewhere
                if std::fs::symlink_metadata(existing).is_ok_and(|found| found.is_symlink()) {
                    return Err(io::Error::new(e.kind(), format!("{} is a dangling link", existing.display())));
                }
            }
            Err(e) => return Err(e),
        }
    }
    Ok(path.to_owned())
}

/// `path` with all links resolved, by one look where it is there; as it is where it cannot be looked at.
pub(super) fn resolve_quick(path: &Path) -> PathBuf {
    use rustix::fs::{Mode, OFlags, open};
    use std::os::fd::AsRawFd;
    let opened = open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty());
    if let Ok(opened) = opened
        && let Ok(real) = std::fs::read_link(format!("/proc/self/fd/{}", opened.as_raw_fd()))
        && real.is_absolute()
    {
        return real;
    }
    resolve(path).unwrap_or_else(|_| path.to_owned())
}

/// Whether an error says that there is nothing at a path.
pub(super) fn is_missing(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{create_dir, create_dir_all, write};
    use std::os::unix::fs::symlink;

    struct Field {
        dir: tempfile::TempDir,
        guard: Guard,
    }

    /// `root` is a root, `home` is protected, `other` is neither.
    fn field(scope: FileScope) -> Field {
        let dir = tempfile::tempdir().unwrap();
        for name in ["root/db/t", "home/x", "other/t", "outer"] {
            create_dir_all(dir.path().join(name)).unwrap();
        }
        let root = Location::file(dir.path().join("root").to_str().unwrap()).unwrap();
        let bucket = Location::parse("s3://b/wh").unwrap();
        let guard = Guard::new(scope, &[root, bucket], vec![dir.path().join("home")]);
        Field { dir, guard }
    }

    impl Field {
        fn at(&self, name: &str) -> PathBuf {
            self.dir.path().join(name)
        }
        fn verdict(&self, name: &str) -> Verdict {
            self.guard.deletable(&self.at(name)).unwrap()
        }
    }

    #[test]
    fn roots_and_what_holds_them_are_never_deleted() {
        for scope in [FileScope::Roots, FileScope::Made, FileScope::Anywhere] {
            let field = field(scope);
            assert!(matches!(field.verdict("root/db"), Verdict::Yes(_)));
            assert_eq!(field.verdict("root/none"), Verdict::Missing);
            assert_eq!(field.verdict("root/none/none"), Verdict::Missing);
            for name in ["root", "home", ""] {
                assert!(matches!(field.verdict(name), Verdict::No(_)), "{scope:?} {name}");
            }
            for path in ["/", "/tmp"] {
                assert!(matches!(field.guard.deletable(Path::new(path)).unwrap(), Verdict::No(_)), "{scope:?} {path}");
            }
        }
    }

    #[test]
    fn outside_the_roots_the_scope_decides() {
        assert!(matches!(field(FileScope::Roots).verdict("other/t"), Verdict::No(_)));
        assert!(matches!(field(FileScope::Anywhere).verdict("other/t"), Verdict::Yes(_)));
        let made = field(FileScope::Made);
        assert!(matches!(made.verdict("other/t"), Verdict::No(_)));
        mark(&made.at("other/t"));
        create_dir(made.at("other/t/p")).unwrap();
        assert!(matches!(made.verdict("other/t"), Verdict::Yes(_)));
        assert!(matches!(made.verdict("other/t/p"), Verdict::Yes(_)));
        assert!(matches!(made.verdict("other"), Verdict::No(_)));
        assert!(matches!(field(FileScope::Roots).verdict("other/t"), Verdict::No(_)));
    }

    #[test]
    fn links_do_not_lead_out_of_a_root() {
        let field = field(FileScope::Made);
        symlink(field.at("other"), field.at("root/out")).unwrap();
        assert!(matches!(field.verdict("root/out/t"), Verdict::No(_)));
        // the link itself lies in the root
        assert!(matches!(field.verdict("root/out"), Verdict::Yes(_)));
        // a root by another name is the root
        symlink(field.at("root"), field.at("alias")).unwrap();
        assert_eq!(field.verdict("alias/db"), Verdict::Yes(std::fs::canonicalize(field.at("root/db")).unwrap()));
        assert!(matches!(field.verdict("alias/../root"), Verdict::No(_)));
        assert!(!field.guard.is_in_root(&field.at("root/out/new")).unwrap());
        assert!(field.guard.is_in_root(&field.at("root/new/new")).unwrap());
        symlink(field.at("nowhere"), field.at("root/dangling")).unwrap();
        assert!(field.guard.is_in_root(&field.at("root/dangling/x")).is_err());
    }

    #[test]
    fn a_link_is_not_marked_by_what_it_points_to() {
        let field = field(FileScope::Made);
        mark(&field.at("outer"));
        symlink(field.at("outer"), field.at("other/link")).unwrap();
        assert!(matches!(field.verdict("other/link"), Verdict::No(_)));
        write(field.at("outer/f"), "x").unwrap();
        assert!(matches!(field.verdict("other/link/f"), Verdict::Yes(_)), "it lies in a directory made here");
    }

    #[test]
    fn places() {
        let at = |text: &str| Location::parse(text).unwrap();
        let here = field(FileScope::Roots);
        assert_eq!(here.guard.place(&at("/nowhere/t")).unwrap(), Place::Untouched);
        assert_eq!(here.guard.place(&at("s3a://b/wh/t")).unwrap(), Place::Objects);
        assert_eq!(here.guard.place(&at("s3a://b/wh2/t")).unwrap(), Place::Untouched);
        assert_eq!(here.guard.place(&at("hdfs://nn/wh")).unwrap(), Place::Untouched);
        let made = field(FileScope::Made);
        assert_eq!(made.guard.place(&at("/nowhere/t")).unwrap(), Place::File("/nowhere/t".into()));
    }
}
