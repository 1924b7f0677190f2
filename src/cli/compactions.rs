//! `skep compaction …`.

use std::io;

use clap::Subcommand;
use serde_json::{Value, json};
use skep_proto::etl::v1::Severity;
use skep_proto::log::v1 as p;
use skep_proto::log::v1::compaction_service_client::CompactionServiceClient;

use super::ask::confirm;
use super::client::{ClientArgs, client};
use super::failure::Failure;
use super::moment::Moment;
use super::output::{Format, Output};
use super::partitions::partition_values;
use super::register::{finding_json, findings_print, uri};
use super::snapshots::{files_json, snapshot_fields};
use super::table_arg::TableArg;
use super::tables::Acting;

#[derive(Debug, Subcommand)]
pub enum CompactionCommand {
    /// Take the lease of a log and print what is to be done
    Begin(BeginArgs),
    /// Say that a compactor is alive
    Heartbeat {
        #[command(flatten)]
        of: Token,
        /// For so long from now, in milliseconds [default: 5 minutes]
        #[arg(long, value_name = "MS")]
        ttl_ms: Option<i64>,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Publish what was written as a snapshot and show it
    #[command(after_help = "Examples:\n  skep compaction commit web.events --token 5 --output json\n\n\
Footers are read first: schema, rows, keys that are NULL or missing. Files that are not as they must be change nothing (exit \
code 1), and the lease goes on. The same commit again gives the same snapshot.")]
    Commit {
        #[command(flatten)]
        of: Token,
        /// The files that were written [default: all that lie in the compaction's location]
        #[arg(value_name = "URI")]
        files: Vec<String>,
        /// Who acts [default: $USER]
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// End a compaction without a result
    Abort {
        #[command(flatten)]
        of: Token,
        /// Why; shown in the history
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// List the compactions of a log, the newest first
    List {
        /// DATABASE.TABLE, the log
        table: TableArg,
        /// Only aborted and expired ones
        #[arg(long)]
        abandoned: bool,
        /// With the files that those left behind
        #[arg(long)]
        files: bool,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Forget aborted and expired compactions
    Clean {
        /// DATABASE.TABLE, the log
        table: TableArg,
        /// Only of these tokens
        #[arg(long)]
        token: Vec<i64>,
        /// Their files go, too
        #[arg(long)]
        delete_files: bool,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        client: ClientArgs,
    },
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  skep compaction begin web.events --output json\n  \
skep compaction begin web.events --up-to dt=2024-01-02/hour=06\n\n\
Write the rows of `hive_query` (or `trino_query`) as Parquet files into `location`, then commit. Without anything to compact \
`token` is null.")]
pub struct BeginArgs {
    /// DATABASE.TABLE, the log
    table: TableArg,
    /// Who compacts, shown to others [default: the user and this process]
    #[arg(long, value_name = "NAME")]
    holder: Option<String>,
    /// The lease without a heartbeat, in milliseconds [default: 5 minutes]
    #[arg(long, value_name = "MS")]
    ttl_ms: Option<i64>,
    /// The last partition to fold in [default: all that are sealed]
    #[arg(long, value_name = "PARTITION")]
    up_to: Option<String>,
    /// The newest partition is complete, too
    #[arg(long)]
    seal_newest: bool,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    client: ClientArgs,
}

/// Which compaction.
#[derive(Debug, clap::Args)]
pub struct Token {
    /// DATABASE.TABLE, the log
    table: TableArg,
    /// As `begin` gave it
    #[arg(long)]
    token: i64,
}

pub async fn run(command: CompactionCommand) -> Result<(), Failure> {
    match command {
        CompactionCommand::Begin(args) => begin(args).await,
        CompactionCommand::Heartbeat { of, ttl_ms, client } => {
            let mut calls = client!(CompactionServiceClient, client.connect().await?);
            let request = p::HeartbeatCompactionRequest {
                table: Some(of.table.name()),
                token: of.token,
                ttl_ms: ttl_ms.unwrap_or_default(),
            };
            let done = calls.heartbeat_compaction(request).await?.into_inner();
            let mut output = client.output();
            let is_table = output.format() == Format::Table;
            Ok(output.record(&[expiry(done.expires_at_ms, is_table)])?)
        }
        CompactionCommand::Commit { of, files, user, client } => commit(of, files, user, client).await,
        CompactionCommand::Abort { of, reason, client } => {
            let mut calls = client!(CompactionServiceClient, client.connect().await?);
            let request = p::AbortCompactionRequest { table: Some(of.table.name()), token: of.token, reason };
            let done = calls.abort_compaction(request).await?.into_inner();
            Ok(client.output().record(&[("location", json!(done.location))])?)
        }
        CompactionCommand::List { table, abandoned, files, client } => list(&table, abandoned, files, &client).await,
        CompactionCommand::Clean { table, token, delete_files, yes, acting, client } => {
            if delete_files {
                confirm(&format!("Delete the files of abandoned compactions of {table}?"), yes)?;
            }
            let mut calls = client!(CompactionServiceClient, client.connect().await?);
            let request = p::CleanCompactionsRequest {
                table: Some(table.name()),
                tokens: token,
                delete_files,
                request_id: acting.request_id(),
                user: acting.user(),
            };
            let done = calls.clean_compactions(request).await?.into_inner();
            Ok(history_print(client.output(), &done.cleaned)?)
        }
    }
}

/// A place in the log: its values; for people joined as in a path.
pub(super) fn place_json(place: Option<&p::Boundary>, is_table: bool) -> Value {
    let Some(place) = place else { return Value::Null };
    if is_table { json!(place.values.join("/")) } else { json!(place.values) }
}

pub(super) fn status_text(status: p::CompactionStatus) -> &'static str {
    match status {
        p::CompactionStatus::Running => "running",
        p::CompactionStatus::Committed => "committed",
        p::CompactionStatus::Aborted => "aborted",
        p::CompactionStatus::Expired => "expired",
        p::CompactionStatus::Unspecified => "unknown",
    }
}

/// When a lease ends.
fn expiry(expires_at_ms: i64, is_table: bool) -> (&'static str, Value) {
    (if is_table { "expires" } else { "expires_at_ms" }, Moment::Millis(expires_at_ms).cell(is_table))
}

pub(super) fn state_json(state: &p::CompactionState) -> Value {
    let time = |ms: i64| if ms == 0 { Value::Null } else { json!(ms) };
    json!({
        "token": state.token,
        "status": status_text(state.status()),
        "holder": state.holder,
        "began_at_ms": state.began_at_ms,
        "expires_at_ms": time(state.expires_at_ms),
        "ended_at_ms": time(state.ended_at_ms),
        "snapshot": state.snapshot_id,
        "partitions": state.partitions,
        "location": state.location,
        "reason": state.reason,
    })
}

const HISTORY: [&str; 8] = ["token", "status", "holder", "began", "ended", "partitions", "location", "reason"];

fn history_row(state: &p::CompactionState, is_table: bool) -> Vec<Value> {
    let time = |ms: i64| Moment::Millis(ms).cell(is_table);
    vec![
        json!(state.token),
        json!(status_text(state.status())),
        json!(state.holder),
        time(state.began_at_ms),
        time(state.ended_at_ms),
        json!(state.partitions),
        json!(state.location),
        json!(state.reason),
    ]
}

/// Compactions as a list, if there are any.
pub(super) fn history_print(output: Output, history: &[p::CompactionState]) -> io::Result<()> {
    let is_table = output.format() == Format::Table;
    let mut lines = output.list(&HISTORY);
    for state in history {
        lines.row(&history_row(state, is_table))?;
    }
    lines.end()
}

async fn begin(args: BeginArgs) -> Result<(), Failure> {
    let channel = args.client.connect().await?;
    let up_to = match &args.up_to {
        Some(name) => Some(p::Boundary { values: partition_values(&channel, &args.table, name).await? }),
        None => None,
    };
    let user = args.acting.user();
    let holder = args.holder.unwrap_or_else(|| format!("{user}, process {}", std::process::id()));
    let request = p::BeginCompactionRequest {
        table: Some(args.table.name()),
        holder,
        ttl_ms: args.ttl_ms.unwrap_or_default(),
        up_to,
        seal_newest: args.seal_newest,
        request_id: args.acting.request_id(),
        user,
    };
    let begun = client!(CompactionServiceClient, channel).begin_compaction(request).await?.into_inner();
    let mut output = args.client.output();
    let is_table = output.format() == Format::Table;
    let Some(work) = begun.compaction else {
        if is_table {
            return Ok(output.text("nothing to compact\n")?);
        }
        return Ok(output.record(&[("token", Value::Null)])?);
    };
    let one = |input: &p::InputPartition| json!({"name": input.name, "location": input.location, "rows": input.rows, "bytes": input.bytes});
    let partitions: Vec<Value> = work.partitions.iter().map(one).collect();
    let partitions = if is_table { json!(partitions.len()) } else { json!(partitions) };
    Ok(output.record(&[
        ("token", json!(work.token)),
        ("snapshot", json!(work.snapshot_id)),
        ("location", json!(work.location)),
        expiry(work.expires_at_ms, is_table),
        ("watermark", place_json(work.watermark.as_ref(), is_table)),
        ("base", json!(work.base_snapshot_id)),
        ("base_location", json!(work.base_location)),
        ("base_rows", json!(work.base_rows)),
        ("log_version", json!(work.log_version)),
        ("partitions", partitions),
        ("hive_query", json!(work.hive_query)),
        ("trino_query", json!(work.trino_query)),
        ("horizon", json!(work.horizon)),
        ("barred_hive_query", json!(work.barred_hive_query)),
        ("barred_trino_query", json!(work.barred_trino_query)),
    ])?)
}

async fn commit(of: Token, files: Vec<String>, user: Option<String>, client: ClientArgs) -> Result<(), Failure> {
    let request = p::CommitCompactionRequest {
        table: Some(of.table.name()),
        token: of.token,
        files: files.iter().map(|file| uri(file)).collect::<Result<_, _>>()?,
        user: user.unwrap_or_else(super::register::user),
    };
    let mut calls = client!(CompactionServiceClient, client.connect().await?);
    let done = calls.commit_compaction(request).await?.into_inner();
    let mut output = client.output();
    let is_table = output.format() == Format::Table;
    let mut fields = match &done.snapshot {
        Some(snapshot) => snapshot_fields(snapshot, is_table),
        None => vec![("snapshot", Value::Null)],
    };
    fields.push(("replayed", json!(done.replayed)));
    if !is_table {
        fields.push(("files", files_json(&done.files)));
        fields.push(("findings", json!(done.findings.iter().map(finding_json).collect::<Vec<_>>())));
    }
    output.record(&fields)?;
    findings_print(&output, &done.findings)?;
    if done.snapshot.is_some() {
        return Ok(());
    }
    // For programs, whose findings are not told on standard error.
    let first = done.findings.iter().find(|finding| finding.severity() == Severity::Error && !is_table);
    let first = first.map(|first| format!("{} [{}]", first.message, first.code));
    let why = first.unwrap_or_else(|| "the files are not a snapshot".to_owned());
    Err(Failure::new(Failure::SERVER, format!("refused: {why}; the lease goes on")))
}

async fn list(table: &TableArg, abandoned: bool, with_files: bool, client: &ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(CompactionServiceClient, client.connect().await?);
    let request = p::ListCompactionsRequest { table: Some(table.name()), abandoned, with_files };
    let found = calls.list_compactions(request).await?.into_inner();
    let output = client.output();
    let is_table = output.format() == Format::Table;
    let mut columns = HISTORY.to_vec();
    if with_files {
        columns.push("files");
    }
    let mut lines = output.list(&columns);
    for one in found.compactions {
        let mut cells = history_row(&one.state.unwrap_or_default(), is_table);
        if with_files {
            let count = one.files.len() as i64 + one.files_left_out;
            cells.push(if is_table { json!(count) } else { files_json(&one.files) });
        }
        lines.row(&cells)?;
    }
    Ok(lines.end()?)
}
