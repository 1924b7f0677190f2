//! The server as a process: what strangers send to it, and what is left when it or its database is killed.

pub mod client;
mod cluster;
mod crash;
mod files_chaos;
mod history;
mod history_check;
mod hostile;
mod ledger;
mod log_crash;
mod metrics;
pub mod server;
mod single_node;
mod sqlite_alias;
mod writer;
