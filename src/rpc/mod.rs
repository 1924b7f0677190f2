//! The gRPC front: Skep's own interface (`proto/skep`), health and reflection. The only room that knows `skep_proto`'s
//! messages, besides the client. A handler is: convert, call the catalog, convert; `front` runs it, `error` says what
//! went wrong.

mod call_log;
mod changes;
mod commits;
mod convert;
mod cx;
mod databases;
mod discoveries;
mod error;
mod event_logs;
mod front;
mod log_compactions;
mod mutation;
mod page;
mod partition_changes;
mod partition_list;
mod partition_stats;
mod partitions;
mod plans;
mod registrations;
mod routes;
mod snapshots;
mod status;
mod table_changes;
mod tables;
mod version_restores;
mod versions;
mod views;

pub use front::{Addresses, Front, Services};
pub use routes::{Health, routes};
