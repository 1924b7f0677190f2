//! The commands that talk to a server.

use std::io::Write as _;

use clap::{CommandFactory as _, Subcommand};
use clap_complete::Shell;

use super::args::Args;
use super::changes::{self, ChangesArgs};
use super::compact::{self, CompactArgs};
use super::compactions::{self, CompactionCommand};
use super::databases::{self, DatabasesCommand};
use super::discover::{self, DiscoverArgs, RegisterDumpArgs};
use super::failure::Failure;
use super::logs::{self, LogsCommand};
use super::partitions::{self, PartitionsCommand};
use super::plan::{self, PlanArgs};
use super::register::{self, PublishArgs, QuarantineCommand, RegisterArgs};
use super::snapshots::{self, SnapshotsCommand};
use super::status::{self, StatusArgs};
use super::tables::{self, TablesCommand};
use super::versions::{self, VersionsCommand};
use super::views::{self, ViewsCommand};

#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// Show how a server does
    Status(StatusArgs),
    /// Look at databases and change them
    #[command(subcommand)]
    Databases(DatabasesCommand),
    /// Look at tables and change them
    #[command(subcommand)]
    Tables(TablesCommand),
    /// Make views that Spark, Trino and Hive read alike
    #[command(subcommand)]
    Views(ViewsCommand),
    /// Look at partitions and change them
    #[command(subcommand)]
    Partitions(PartitionsCommand),
    /// Look at the earlier versions of a table, restore and keep them
    #[command(subcommand)]
    Versions(VersionsCommand),
    /// Register the Parquet files that a job wrote
    Register(RegisterArgs),
    /// Hold a table against what lies in the lake, and mend it
    Discover(DiscoverArgs),
    /// Register a directory of tables as a database
    RegisterDump(RegisterDumpArgs),
    /// Register a batch that was refused and kept
    Publish(PublishArgs),
    /// Look at refused batches that were kept
    #[command(subcommand)]
    Quarantine(QuarantineCommand),
    /// Make event logs and look at them
    #[command(subcommand)]
    Logs(LogsCommand),
    /// Look at the snapshots of an event log, roll back, expire
    #[command(subcommand)]
    Snapshots(SnapshotsCommand),
    /// Compact an event log on this machine
    Compact(CompactArgs),
    /// Compact an event log, step by step
    #[command(subcommand)]
    Compaction(CompactionCommand),
    /// Show which data files a query has to read
    Plan(PlanArgs),
    /// Print the log of changes
    Changes(ChangesArgs),
}

/// Runs a command against the server that it names.
pub async fn run(command: ClientCommand) -> Result<(), Failure> {
    match command {
        ClientCommand::Status(args) => status::run(args).await,
        ClientCommand::Databases(command) => databases::run(command).await,
        ClientCommand::Tables(command) => tables::run(command).await,
        ClientCommand::Views(command) => views::run(command).await,
        ClientCommand::Partitions(command) => partitions::run(command).await,
        ClientCommand::Versions(command) => versions::run(command).await,
        ClientCommand::Register(args) => register::run(args).await,
        ClientCommand::Discover(args) => discover::run(args).await,
        ClientCommand::RegisterDump(args) => discover::register_dump(args).await,
        ClientCommand::Publish(args) => register::publish(args).await,
        ClientCommand::Quarantine(command) => register::quarantine(command).await,
        ClientCommand::Logs(command) => logs::run(command).await,
        ClientCommand::Snapshots(command) => snapshots::run(command).await,
        ClientCommand::Compact(args) => compact::run(args),
        ClientCommand::Compaction(command) => compactions::run(command).await,
        ClientCommand::Plan(args) => plan::run(args).await,
        ClientCommand::Changes(args) => changes::run(args).await,
    }
}

/// Prints what a shell needs to complete these commands.
pub fn completion(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "skep", &mut script);
    std::io::stdout().write_all(&script).map_err(Failure::from)
}
