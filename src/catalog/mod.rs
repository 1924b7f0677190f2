//! The catalog: what may be done to catalogs, databases, tables, partitions and their statistics, by Hive's rules.
//! It speaks core's nouns, the store's transactions and the warehouse's directories; it knows no protocol.
//!
//! Every operation that writes has the same form: check the request; make directories; in one transaction lock, check
//! against the store, write, record the event; undo the directories if that failed; delete files after the commit.

mod caller;
mod catalogs;
mod constraints;
mod databases;
mod drops;
mod files;
mod locks;
mod metastore;
mod reference;
mod settings;
mod table_alter;
mod table_create;
mod table_read;
mod transactions;
mod translate;
mod validate;
mod write_ids;

pub use caller::Caller;
pub use constraints::{Constraint, ConstraintKind};
pub use databases::{DatabaseAltered, DatabaseDrop};
pub use locks::{LockAnswer, LockComponent, LockRequest, lock_filter};
pub use metastore::Metastore;
pub use reference::TableRef;
pub use settings::Settings;
pub use table_alter::{Altered, TableAlter};
pub use table_create::TableCreate;
pub use table_read::{TableMeta, TableMetaQuery};
pub use transactions::{OpenTransactions, RangeHeartbeat, TransactionOpen};
pub use write_ids::{Snapshot, ValidWriteIds};
