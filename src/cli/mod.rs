//! The command line. `skep serve` and its like hand over to other rooms; all else is a gRPC client, which knows the
//! interface's messages and nothing of the server. `client` connects, `output` prints, `failure` ends; a noun has a file.

mod args;
mod ask;
mod changes;
mod client;
mod commands;
mod compact;
mod compactions;
mod databases;
mod discover;
mod failure;
mod heat;
mod kept;
mod logs;
mod moment;
mod output;
mod partition_days;
mod partition_stats;
mod partitions;
mod plan;
mod register;
mod snapshots;
mod status;
mod table_arg;
mod table_definition;
mod tables;
mod transfer;
mod version_changes;
mod versions;
mod views;

pub use args::{Args, Command, ConfigArgs, ConfigCommand};
pub use ask::{confirm, progress};
pub use client::ClientArgs;
pub use commands::{ClientCommand, completion, run};
pub use failure::Failure;
pub use output::{Format, Lines, Output};
pub use table_arg::TableArg;
pub use transfer::{ExportArgs, ImportArgs};
