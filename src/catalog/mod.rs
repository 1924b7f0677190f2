//! The catalog: what may be done to catalogs, databases, tables, partitions and their statistics, by Hive's rules.
//! It speaks core's nouns, the store's transactions and the warehouse's directories; it knows no protocol.
//!
//! Every operation that writes has the same form: check the request; make directories; in one transaction lock, check
//! against the store, write, record the event; undo the directories if that failed; delete files after the commit.

mod caller;
mod catalogs;
mod changes;
mod compactions;
mod connectors;
mod constraints;
mod constraints_alter;
mod constraints_read;
mod database_cache;
mod databases;
mod drops;
mod event_detail;
mod event_fire;
mod event_log;
mod events;
mod expired;
mod files;
mod functions;
mod locks;
mod metastore;
mod partition_add;
mod partition_alter;
mod partition_beyond;
mod partition_cache;
mod partition_drop;
mod partition_drop_select;
mod partition_exchange;
mod partition_follow;
mod partition_form;
mod partition_load;
mod partition_management;
mod partition_mark;
mod partition_pages;
mod partition_pick;
mod partition_privileges;
mod partition_query;
mod partition_range;
mod partition_read;
mod partition_rename;
mod partition_walk;
mod places;
mod privileges;
mod publish;
mod purge;
mod quarantine;
mod reference;
mod registered_files;
mod remote;
mod restore;
mod restore_plan;
mod roles;
mod runtime_stats;
mod settings;
mod spark_place;
mod statistics;
mod statistics_delete;
mod statistics_update;
mod table_alter;
mod table_cache;
mod table_create;
mod table_read;
mod together;
mod totals;
mod transactions;
mod translate;
mod truncate;
mod types;
mod validate;
mod versions;
mod views;
mod write_ids;

pub use crate::store::{
    BlockBrief, ExpiredPlace, FileBrief, FoundFile, PartitionColumns, StoredBlock, StoredFile, StoredPartition,
    TableVersion, UNBLOCKED_MAX, VersionSpan,
};
pub use caller::Caller;
pub use catalogs::CatalogAltered;
pub use changes::{ChangePage, ChangeQuery, LoggedChange};
pub use compactions::{CompactionAborted, CompactionAnswer, CompactionRequest};
pub use connectors::{DataConnector, DataConnectorDrop};
pub use constraints::{Constraint, ConstraintKind, ForeignColumn, KeyColumn};
pub use constraints_read::ForeignKeyQuery;
pub use databases::{DatabaseAltered, DatabaseDrop};
pub use event_detail::EventDetail;
pub use event_fire::{EventFire, Fired};
pub use event_log::{
    CompactionBegin, CompactionCommit, CompactionInput, CompactionState, CompactionWork, LogAlter, LogCompaction,
    LogCreate, LogEnded, LogLag, LogOutcome, LogRecord, LogSnapshot, SnapshotDiff, SnapshotsExpire,
};
pub use events::{Event, EventCount, EventQuery};
pub use expired::{Expired, ExpiredPage, ExpiredQuery};
pub use locks::{LockAnswer, LockComponent, LockRequest, lock_filter};
pub use metastore::Metastore;
pub use partition_add::PartitionsAdd;
pub use partition_alter::PartitionsAlter;
pub use partition_drop::PartitionsDrop;
pub use partition_drop_select::{DropExpr, PartitionsWhich};
pub use partition_exchange::PartitionsExchange;
pub use partition_form::PartitionKey;
pub use partition_management::retention_seconds;
pub use partition_pages::{PAGE_BYTES, PAGE_ROWS, PartitionPages};
pub use partition_privileges::PartitionPrivileges;
pub use partition_query::{
    PartitionAnswer, PartitionExpr, PartitionPick, PartitionQuery, PartitionReading, RequestScope,
};
pub use partition_read::PartitionValuesQuery;
pub use partition_rename::PartitionRename;
pub use partition_walk::{PartitionWalk, WalkedPartition};
pub use places::{FileTask, FileTaskFigures, PlaceKept};
pub use privileges::{DEFAULT_AUTHORIZER, Privilege, PrivilegeObject, PrivilegeSet};
pub use publish::{Publish, Published};
pub use reference::TableRef;
pub use restore::{Restored, VersionRestore};
pub use restore_plan::{RestorePart, RestorePlan, RestoreStep};
pub use roles::{Principal, Role, RoleGrant};
pub use runtime_stats::RuntimeStat;
pub use settings::Settings;
pub use statistics_delete::{StatisticsDelete, StatisticsScope};
pub use statistics_update::{StatisticsChanged, StatisticsUpdate};
pub use table_alter::{Altered, TableAlter};
pub use table_create::TableCreate;
pub use table_read::{TableMeta, TableMetaQuery};
pub use together::{RequestKey, Together};
pub use totals::totals_claim;
pub use transactions::{OpenTransactions, RangeHeartbeat, TransactionOpen};
pub use types::NamedType;
pub use versions::AsOf;
pub use views::{ViewCreate, ViewMade};
pub use write_ids::{Snapshot, ValidWriteIds};

pub use crate::store::{Wanted, while_wanted};
