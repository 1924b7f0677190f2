//! Handlers, a file a noun. Each is three moves: convert in, call the catalog, convert out; old spellings are
//! adaptors to the newest request. A file's `routes()` is its block of the table.

pub mod catalogs;
pub mod compactions;
pub mod connectors;
pub mod constraints;
pub mod databases;
pub mod functions;
pub mod indexes;
pub mod locks;
pub mod notifications;
pub mod partition_names;
pub mod partition_reply;
pub mod partitions_add;
pub mod partitions_alter;
pub mod partitions_by;
pub mod partitions_drop;
pub mod partitions_read;
pub mod privileges;
pub mod roles;
pub mod runtime_stats;
pub mod session;
pub mod statistics;
mod table_reply;
pub mod tables;
pub mod tables_schema;
pub mod tables_write;
pub mod transactions;
pub mod types;
