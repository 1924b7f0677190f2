//! The server: a Hive metastore over Postgres or SQLite. `serve` wires the rooms below it; arrows run down only
//! (ARCHITECTURE.md).

pub mod cli;
pub mod clock;
pub mod config;
pub mod rpc;
pub mod serve;
pub mod telemetry;
pub mod web;
