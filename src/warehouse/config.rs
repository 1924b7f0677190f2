//! What a warehouse is built from.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Which `file:` directories outside the roots the server may make and delete. Roots are always its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileScope {
    /// None: locations outside the roots are stored as given and never touched.
    Roots,
    /// Makes directories wherever the process may, as Hive does; deletes only those that it made itself.
    #[default]
    Made,
    /// Makes and deletes wherever the process may, as Hive does.
    Anywhere,
}

/// What a warehouse is built from. Locations are checked by [`super::Warehouse::new`].
#[derive(Debug, Clone, Default)]
pub struct WarehouseConfig {
    /// `metastore.warehouse.dir`: where managed tables go, and external ones unless there is `external_root`.
    pub managed_root: String,
    /// `metastore.warehouse.external.dir`.
    pub external_root: Option<String>,
    /// Further places, of any scheme, that are the server's to make and delete in.
    pub allowed_roots: Vec<String>,
    pub file_scope: FileScope,
    /// `fs.trash.interval` in minutes; above 0 dropped `file:` data goes to the trash.
    pub trash_interval_minutes: u32,
    /// Whose `.Trash` it is; the home directory of the server's user if not set.
    pub trash_home: Option<PathBuf>,
    /// `metastore.authorization.storage.checks`.
    pub storage_checks: bool,
    /// Options of object stores (`aws_region`, `google_service_account`, `azure_storage_account_name`, …) over those
    /// of the environment; each store takes those that it knows.
    pub object_store_options: BTreeMap<String, String>,
    /// How long a request that fails for now is repeated; 30 s if not set.
    pub object_store_retry: Option<Duration>,
}
