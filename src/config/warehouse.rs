//! `[warehouse]`: where tables lie that name no place of their own.

use std::time::Duration;

use super::secret::Options;
use super::section::section;

section! {
    /// Roots of databases and tables, and what is done to directories.
    Warehouse in "warehouse" {
        /// Root of managed tables, a URI; a path without scheme is a local file. Relative ones are made absolute at start.
        root: String = "file:skep-data/warehouse".to_owned(),
        /// Root of external tables; not set: the same root.
        external_root: Option<String> = None,
        /// Dropped data goes to the trash when this is not 0 (Hadoop's fs.trash.interval); emptying it is not our work.
        trash_interval: Duration = Duration::ZERO,
        /// Refuse a drop whose directory this server may not write (metastore.authorization.storage.checks).
        storage_checks: bool = false,
        /// Options of object stores, under the names of the object_store crate (aws_endpoint, aws_region, …).
        object_store: Options = Options::default(),
    }
}
