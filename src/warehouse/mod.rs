//! The warehouse: directories of databases, tables and partitions. It knows places and nothing of the catalog.
//!
//! **What is touched.** `file:` locations by the operating system's calls; object stores (`s3:`, `gs:`, `abfs:` …)
//! only within configured roots; everything else (`hdfs:` …) is stored as given and never touched: such a call
//! succeeds and does nothing.
//!
//! **What may be deleted.** Clients of a metastore are seldom authenticated, and `CREATE TABLE … LOCATION '/home/x'`
//! followed by `DROP TABLE` deletes `/home/x` in Hive. Here [`FileScope`] decides, and its default deletes inside the
//! configured roots and, elsewhere, only what this server made itself (it leaves a mark, the extended attribute `user.skep.made`, on
//! every directory that it makes outside the roots). In no scope does it delete `/`, the home directory, a root, or
//! anything that contains one of these or the trash. Symbolic links are resolved before the decision, and a link that
//! is itself the target loses the link, not what it points to.
//!
//! **When.** Directories are made before a commit ([`Warehouse::directories_create`]) and taken back with
//! [`Warehouse::directories_undo`] if it fails; deletions ([`Deletion`]) are recorded with the commit and carried out
//! afterwards. They may be repeated: what is gone already is a success. Whose a place is, and so whether it may be deleted
//! at all, the catalog's ledger decides.

mod aside;
mod config;
mod contents;
mod deletion;
mod guard;
mod key_connector;
mod key_escape;
mod key_signature;
mod layout;
mod local;

mod objects;
mod permission;
mod summary;
mod transfer;
mod trash;
#[expect(clippy::module_inception, reason = "the noun of this folder")]
mod warehouse;

pub use config::{FileScope, WarehouseConfig};
pub use deletion::{Deletion, Emptying, FileStamp, Moved, Removal};
pub use layout::{DatabasePlace, Layout};
pub use local::Created;
pub use objects::ObjectStores;
pub use skep_core::Location;
pub use summary::FilesSummary;
pub use warehouse::{NowMillis, Warehouse};
