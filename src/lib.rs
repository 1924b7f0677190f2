//! The server: a Hive metastore over Postgres or SQLite. `serve` wires the rooms below it; arrows run down only
//! (ARCHITECTURE.md).

pub mod catalog;
pub mod cli;
pub mod clock;
pub mod config;
pub mod etl;
pub mod hms;
pub mod lake;
pub mod rpc;
pub mod serve;
pub mod store;
pub mod telemetry;
pub mod transfer;
pub mod warehouse;
pub mod web;
