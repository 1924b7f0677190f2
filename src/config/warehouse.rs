//! `[warehouse]`: where tables lie that name no place of their own.

use std::path::PathBuf;
use std::time::Duration;

use toml::Value;

use super::secret::Options;
use super::section::section;
use super::setting::Setting;

/// Which local directories outside the roots the server may make and delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileScope {
    /// None.
    Roots,
    /// Make wherever the process may, delete only what it made.
    Made,
    /// Both wherever the process may, as Hive does.
    Anywhere,
}

const SCOPES: [(&str, FileScope); 3] =
    [("roots", FileScope::Roots), ("made", FileScope::Made), ("anywhere", FileScope::Anywhere)];

impl Setting for FileScope {
    fn parse(text: &str) -> Result<Self, String> {
        let found = SCOPES.iter().find(|(word, _)| *word == text).map(|(_, scope)| *scope);
        found.ok_or_else(|| format!("`{text}` is none of roots, made and anywhere"))
    }
    fn print(&self) -> Option<Value> {
        SCOPES.iter().find(|(_, scope)| scope == self).map(|(word, _)| Value::String((*word).to_owned()))
    }
}

section! {
    /// Roots of databases and tables, and what is done to directories.
    Warehouse in "warehouse" {
        /// Root of managed tables, a URI; a path without scheme is a local file. Relative ones are made absolute at start.
        root: String = "file:skep-data/warehouse".to_owned(),
        /// Root of external tables; not set: the same root.
        external_root: Option<String> = None,
        /// Further places, of any scheme, that are the server's to make and delete in.
        allowed_roots: Vec<String> = Vec::new(),
        /// Local directories outside the roots: roots (touch none), made (make, and delete only what was made here),
        /// anywhere (both, as Hive does).
        file_scope: FileScope = FileScope::Made,
        /// Dropped data goes to the trash when this is not 0 (Hadoop's fs.trash.interval); emptying it is not our work.
        trash_interval: Duration = Duration::ZERO,
        /// Home directory whose .Trash is used; not set: HOME.
        trash_home: Option<PathBuf> = None,
        /// Refuse a drop whose directory this server may not write (metastore.authorization.storage.checks).
        storage_checks: bool = false,
        /// Options of object stores, under the names of the object_store crate (aws_endpoint, aws_region, …).
        object_store: Options = Options::default(),
        /// A request that an object store refuses for now, or does not answer, is repeated for so long.
        object_store_retry: Duration = Duration::from_secs(30),
    }
}
