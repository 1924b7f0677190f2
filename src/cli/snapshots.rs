//! `skep snapshots …`.

use clap::Subcommand;
use serde_json::{Value, json};
use skep_proto::log::v1 as p;
use skep_proto::log::v1::snapshot_service_client::SnapshotServiceClient;

use super::ask::confirm;
use super::client::{ClientArgs, client};
use super::compactions::place_json;
use super::failure::Failure;
use super::moment::{Moment, bytes_text};
use super::output::Format;
use super::table_arg::TableArg;
use super::tables::Acting;

#[derive(Debug, Subcommand)]
pub enum SnapshotsCommand {
    /// List the snapshots of an event log, the newest first
    List {
        /// DATABASE.TABLE, the log
        table: TableArg,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Show a snapshot and its files
    Show {
        /// DATABASE.TABLE, the log
        table: TableArg,
        /// Its id [default: the one that is shown]
        snapshot: Option<String>,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Make the final view show another snapshot, and all that came since
    #[command(after_help = "Examples:\n  skep snapshots rollback web.events s00000004\n  \
skep snapshots rollback web.events --to-log\n\nIt can be rolled forth again; nothing is lost by it.")]
    Rollback {
        /// DATABASE.TABLE, the log
        table: TableArg,
        /// Its id
        #[arg(required_unless_present = "to_log", conflicts_with = "to_log")]
        snapshot: Option<String>,
        /// No snapshot: the view reads the log alone
        #[arg(long)]
        to_log: bool,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Forget snapshots that are no longer wanted
    #[command(after_help = "Examples:\n  skep snapshots expire web.events --keep 7\n  \
skep snapshots expire web.events --keep 2 --delete-files --yes\n\n\
The one that is shown, one that a compaction builds on, pinned ones, and those that were shown a moment ago stay.")]
    Expire(ExpireArgs),
    /// Show what lies between two snapshots
    Diff {
        /// DATABASE.TABLE, the log
        table: TableArg,
        /// The earlier one; 0: none
        from: String,
        /// The later one [default: the one that is shown]
        to: Option<String>,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Keep a snapshot whatever is expired
    Pin {
        /// DATABASE.TABLE, the log
        table: TableArg,
        /// Its id
        snapshot: String,
        /// It may go again
        #[arg(long)]
        remove: bool,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        client: ClientArgs,
    },
}

#[derive(Debug, clap::Args)]
pub struct ExpireArgs {
    /// DATABASE.TABLE, the log
    table: TableArg,
    /// The newest so many stay
    #[arg(long, value_name = "COUNT")]
    keep: i32,
    /// Only those made before (UTC): 2024-01-02, 2024-01-02 03:04, or milliseconds since the epoch
    #[arg(long, alias = "before-ms", value_name = "TIME", value_parser = Moment::argument)]
    before: Option<Moment>,
    /// One that the view showed within so many milliseconds stays, for those who read it [default: an hour]
    #[arg(long, value_name = "MS")]
    reader_grace_ms: Option<i64>,
    /// Their files go, too [default: they are only told of]
    #[arg(long)]
    delete_files: bool,
    /// Say what would go and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    client: ClientArgs,
}

pub async fn run(command: SnapshotsCommand) -> Result<(), Failure> {
    match command {
        SnapshotsCommand::List { table, client } => list(&table, &client).await,
        SnapshotsCommand::Show { table, snapshot, client } => show(&table, snapshot, &client).await,
        SnapshotsCommand::Rollback { table, snapshot, acting, client, .. } => {
            let mut calls = client!(SnapshotServiceClient, client.connect().await?);
            let request = p::RollbackSnapshotRequest {
                table: Some(table.name()),
                snapshot_id: snapshot.clone().unwrap_or_default(),
                request_id: acting.request_id(),
                user: acting.user(),
            };
            let done = calls.rollback_snapshot(request).await?.into_inner();
            Ok(client.output().record(&[("snapshot", json!(snapshot)), ("late", json!(done.late.len()))])?)
        }
        SnapshotsCommand::Expire(args) => expire(args).await,
        SnapshotsCommand::Diff { table, from, to, client } => diff(&table, from, to, &client).await,
        SnapshotsCommand::Pin { table, snapshot, remove, acting, client } => {
            let mut calls = client!(SnapshotServiceClient, client.connect().await?);
            let request = p::PinSnapshotRequest {
                table: Some(table.name()),
                snapshot_id: snapshot,
                unpin: remove,
                request_id: acting.request_id(),
                user: acting.user(),
            };
            calls.pin_snapshot(request).await?;
            Ok(())
        }
    }
}

/// A snapshot's fields.
pub(super) fn snapshot_fields(one: &p::Snapshot, is_table: bool) -> Vec<(&'static str, Value)> {
    let time = Moment::Millis(one.at_ms).cell(is_table);
    let bytes = if is_table { json!(bytes_text(one.bytes.max(0) as u64)) } else { json!(one.bytes) };
    vec![
        ("snapshot", json!(one.snapshot_id)),
        ("current", json!(one.current)),
        ("pinned", json!(one.pinned)),
        (if is_table { "time" } else { "at_ms" }, time),
        ("watermark", place_json(one.watermark.as_ref(), is_table)),
        ("base", json!(one.base_id)),
        ("partitions", json!(one.partitions)),
        ("rows", json!(one.rows)),
        ("bytes", bytes),
        ("log_version", json!(one.log_version)),
        ("token", json!(one.token)),
        ("user", json!(one.user)),
    ]
}

/// Files as JSON.
pub(super) fn files_json(files: &[p::SnapshotFile]) -> Value {
    let one = |file: &p::SnapshotFile| json!({"uri": file.uri, "bytes": file.size, "rows": file.rows});
    json!(files.iter().map(one).collect::<Vec<_>>())
}

async fn list(table: &TableArg, client: &ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(SnapshotServiceClient, client.connect().await?);
    let output = client.output();
    let is_table = output.format() == Format::Table;
    let names: Vec<&'static str> =
        snapshot_fields(&p::Snapshot::default(), is_table).into_iter().map(|(name, _)| name).collect();
    let mut lines = output.list(&names);
    let mut request = p::ListSnapshotsRequest { table: Some(table.name()), ..p::ListSnapshotsRequest::default() };
    loop {
        let page = calls.list_snapshots(request.clone()).await?.into_inner();
        for one in &page.snapshots {
            let cells: Vec<Value> = snapshot_fields(one, is_table).into_iter().map(|(_, value)| value).collect();
            lines.row(&cells)?;
        }
        if page.next_page_token.is_empty() {
            return Ok(lines.end()?);
        }
        request.page_token = page.next_page_token;
    }
}

async fn show(table: &TableArg, snapshot: Option<String>, client: &ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(SnapshotServiceClient, client.connect().await?);
    let request = p::GetSnapshotRequest { table: Some(table.name()), snapshot_id: snapshot.unwrap_or_default() };
    let found = calls.get_snapshot(request).await?.into_inner();
    let mut output = client.output();
    let is_table = output.format() == Format::Table;
    let mut fields = snapshot_fields(&found.snapshot.unwrap_or_default(), is_table);
    fields.push(("location", json!(found.location)));
    if !is_table {
        fields.push(("files", files_json(&found.files)));
        fields.push(("files_left_out", json!(found.files_left_out)));
        return Ok(output.record(&fields)?);
    }
    output.record(&fields)?;
    output.text("\n")?;
    let mut lines = output.list(&["file", "rows", "bytes"]);
    for file in &found.files {
        lines.row(&[json!(file.uri), json!(file.rows), json!(bytes_text(file.size.max(0) as u64))])?;
    }
    Ok(lines.end()?)
}

async fn expire(args: ExpireArgs) -> Result<(), Failure> {
    if args.delete_files && !args.dry_run {
        confirm(&format!("Expire snapshots of {} and delete their files?", args.table), args.yes)?;
    }
    let mut calls = client!(SnapshotServiceClient, args.client.connect().await?);
    let request = p::ExpireSnapshotsRequest {
        table: Some(args.table.name()),
        keep: args.keep,
        before_ms: args.before.map(Moment::millis).unwrap_or_default(),
        delete_files: args.delete_files,
        dry_run: args.dry_run,
        request_id: args.acting.request_id(),
        user: args.acting.user(),
        reader_grace_ms: args.reader_grace_ms,
    };
    let done = calls.expire_snapshots(request).await?.into_inner();
    let output = args.client.output();
    let is_table = output.format() == Format::Table;
    let mut lines = output.list(&["snapshot", if is_table { "time" } else { "at_ms" }, "rows", "bytes", "location"]);
    for expired in done.expired {
        let one = expired.snapshot.unwrap_or_default();
        lines.row(&[
            json!(one.snapshot_id),
            Moment::Millis(one.at_ms).cell(is_table),
            json!(one.rows),
            json!(one.bytes),
            json!(expired.location),
        ])?;
    }
    Ok(lines.end()?)
}

async fn diff(table: &TableArg, from: String, to: Option<String>, client: &ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(SnapshotServiceClient, client.connect().await?);
    let request = p::DiffSnapshotsRequest {
        table: Some(table.name()),
        from_id: if from == "0" { String::new() } else { from },
        to_id: to.unwrap_or_default(),
    };
    let diff = calls.diff_snapshots(request).await?.into_inner();
    let (from, to) = (diff.from.unwrap_or_default(), diff.to.unwrap_or_default());
    let mut output = client.output();
    let is_table = output.format() == Format::Table;
    let partitions = if is_table { json!(diff.partitions.join(", ")) } else { json!(diff.partitions) };
    Ok(output.record(&[
        ("from", json!(from.snapshot_id)),
        ("to", json!(to.snapshot_id)),
        ("watermark_before", place_json(from.watermark.as_ref(), is_table)),
        ("watermark_after", place_json(to.watermark.as_ref(), is_table)),
        ("rows_before", json!(from.rows)),
        ("rows_after", json!(to.rows)),
        ("bytes_before", json!(from.bytes)),
        ("bytes_after", json!(to.bytes)),
        ("partitions", partitions),
        ("partitions_left_out", json!(diff.partitions_left_out)),
        ("hive_query", json!(diff.hive_query)),
        ("trino_query", json!(diff.trino_query)),
    ])?)
}
