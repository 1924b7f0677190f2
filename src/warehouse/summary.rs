//! How many files a place holds, for basic statistics.

use super::guard::is_missing;
use std::fs;
use std::io;
use std::path::Path;

/// What lies in a directory: files at any depth, without those that are hidden or below a hidden directory (names
/// that start with `_` or `.`), as HMS counts for `numFiles` and `totalSize`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FilesSummary {
    pub num_files: u64,
    /// In bytes.
    pub total_size: u64,
    /// Nothing at all is there, hidden or not; also where the directory does not exist.
    pub is_empty: bool,
}

impl FilesSummary {
    pub(super) fn nothing() -> Self {
        Self { is_empty: true, ..Self::default() }
    }

    pub(super) fn add(&mut self, bytes: u64) {
        self.num_files += 1;
        self.total_size = self.total_size.saturating_add(bytes);
    }
}

/// Whether Hive takes a file or directory of this name for none of the table's.
pub(super) fn is_hidden(name: &str) -> bool {
    name.starts_with(['_', '.'])
}

/// Walks `path` (a directory, or one file). Links to files count with the size of what they point to; linked
/// directories below `path` are not entered, so a walk ends and stays in the warehouse. What vanishes while we look
/// is not counted.
pub(super) fn files_summary(path: &Path) -> io::Result<FilesSummary> {
    let mut summary = FilesSummary::nothing();
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => {}
        Ok(found) => {
            summary.add(found.len());
            return Ok(FilesSummary { is_empty: false, ..summary });
        }
        Err(e) if is_missing(&e) => return Ok(summary),
        Err(e) => return Err(e),
    }
    let mut pending = vec![path.to_owned()];
    while let Some(directory) = pending.pop() {
        let entries = match fs::read_dir(&directory) {
            Err(e) if is_missing(&e) => continue,
            other => other?,
        };
        for entry in entries {
            let entry = entry?;
            summary.is_empty = false;
            if is_hidden(&entry.file_name().to_string_lossy()) {
                continue;
            }
            let kind = entry.file_type()?;
            if kind.is_dir() {
                pending.push(entry.path());
            } else if let Ok(found) = fs::metadata(entry.path())
                && found.is_file()
            {
                summary.add(found.len());
            }
        }
    }
    Ok(summary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn counts_visible_files_at_any_depth() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        assert_eq!(files_summary(&at("none")).unwrap(), FilesSummary::nothing());
        assert_eq!(files_summary(dir.path()).unwrap(), FilesSummary::nothing());
        fs::create_dir_all(at("_temporary/0")).unwrap();
        fs::write(at("_temporary/0/f"), "hidden").unwrap();
        fs::write(at(".f.crc"), "hidden").unwrap();
        let hidden_only = FilesSummary { num_files: 0, total_size: 0, is_empty: false };
        assert_eq!(files_summary(dir.path()).unwrap(), hidden_only);
        fs::create_dir_all(at("a=1/b=2")).unwrap();
        fs::write(at("a=1/b=2/f"), "12345").unwrap();
        fs::write(at("g"), "123").unwrap();
        symlink(at("g"), at("to_file")).unwrap();
        symlink(dir.path(), at("a=1/loop")).unwrap();
        symlink("/nowhere", at("dangling")).unwrap();
        let all = FilesSummary { num_files: 3, total_size: 11, is_empty: false };
        assert_eq!(files_summary(dir.path()).unwrap(), all);
        symlink(dir.path(), at("_root")).unwrap();
        assert_eq!(files_summary(&at("_root")).unwrap(), all, "the place itself may be a link, and hidden");
        assert_eq!(files_summary(&at("g")).unwrap().num_files, 1);
    }
}
