//! `skep logs …`.

use clap::Subcommand;
use serde_json::{Value, json};
use skep_proto::log::v1 as p;
use skep_proto::log::v1::event_log_service_client::EventLogServiceClient;
use tonic::transport::Channel;

use super::ask::confirm;
use super::client::{ClientArgs, client};
use super::compactions::{place_json, status_text};
use super::failure::Failure;
use super::moment::{Moment, bytes_text, parse_span_ms, span_text};
use super::output::Format;
use super::partitions::partition_values;
use super::table_arg::TableArg;
use super::tables::Acting;

#[derive(Debug, Subcommand)]
pub enum LogsCommand {
    /// Make a table of Parquet files an event log, with a final view
    Create(CreateArgs),
    /// Show a log as it stands: snapshot, lag, late partitions, compactions
    #[command(after_help = "Examples:\n  skep logs show web.events\n  skep logs show web.events -o json")]
    Show {
        /// DATABASE.TABLE
        table: TableArg,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// List all logs
    List {
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Show what the final views read beside their snapshots
    #[command(after_help = "Examples:\n  skep logs lag\n  skep logs lag web.events --output json\n\n\
Rows and bytes are what partitions tell of themselves (numRows, totalSize); `untold` counts those that do not.")]
    Lag {
        /// DATABASE.TABLE [default: all logs]
        table: Option<TableArg>,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Give a log a compacted view or take it away; say how long tombstones stay
    #[command(
        after_help = "Examples:\n  skep logs alter web.events --compacted-view events_compacted\n  \
skep logs alter web.events --no-compacted-view\n  skep logs alter web.events --tombstones 30d",
        group = clap::ArgGroup::new("what").multiple(true).required(true)
    )]
    Alter {
        /// DATABASE.TABLE
        table: TableArg,
        /// Name of a view of the last snapshot alone: fast, and as old as that
        #[arg(long, value_name = "NAME", group = "what")]
        compacted_view: Option<String>,
        /// The log has no such view
        #[arg(long, conflicts_with = "compacted_view", group = "what")]
        no_compacted_view: bool,
        /// How long deleted keys stay in snapshots, from the next compaction on: 36h, 30d, `forever`
        #[arg(long, value_name = "SPAN", value_parser = tombstones, group = "what")]
        tombstones: Option<i64>,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Make a log an ordinary table again; no data is deleted
    Drop {
        /// DATABASE.TABLE
        table: TableArg,
        /// The table of snapshots stays, as an ordinary one
        #[arg(long)]
        keep_snapshots: bool,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Say that nothing more comes to the newest partition
    #[command(after_help = "Examples:\n  skep logs seal web.events dt=2024-01-02/hour=06")]
    Seal {
        /// DATABASE.TABLE
        table: TableArg,
        /// Its name, KEY=VALUE/KEY=VALUE
        partition: String,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        client: ClientArgs,
    },
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  skep logs create web.events --key id --order ts,seq --operation op --delete D\n  \
skep logs create web.prices --key shop,item --order at --order-is-total\n\n\
The table must be partitioned by arrival (day, hour, …). The newest event of each key is what the view shows; where events \
are equal in the order columns, all other columns decide, alike in every engine."
)]
pub struct CreateArgs {
    /// DATABASE.TABLE
    table: TableArg,
    /// Columns that identify a row of the final view
    #[arg(long, required = true, value_name = "COLUMNS", value_delimiter = ',')]
    key: Vec<String>,
    /// Columns by which a later event is told from an earlier one
    #[arg(long, required = true, value_name = "COLUMNS", value_delimiter = ',')]
    order: Vec<String>,
    /// No two events of a key are equal in these columns
    #[arg(long)]
    order_is_total: bool,
    /// Column that says what an event does [default: each sets the state of its key]
    #[arg(long, value_name = "COLUMN", requires = "delete")]
    operation: Option<String>,
    /// Values of it that delete the key
    #[arg(long, value_name = "VALUES", value_delimiter = ',', requires = "operation")]
    delete: Vec<String>,
    /// Name of the final view [default: TABLE_latest]
    #[arg(long, value_name = "NAME")]
    view: Option<String>,
    /// Name of a view of the last snapshot alone: fast, and as old as that [default: none]
    #[arg(long, value_name = "NAME")]
    compacted_view: Option<String>,
    /// Name of the table of snapshots [default: TABLE_snapshots]
    #[arg(long, value_name = "NAME")]
    snapshots: Option<String>,
    /// Where snapshots are written [default: beside the log]
    #[arg(long, value_name = "URI")]
    snapshot_location: Option<String>,
    /// How long deleted keys stay in snapshots after the time of their event, the first order column: 36h, 30d. Older events do
    /// not count afterwards [default: for ever]
    #[arg(long, value_name = "SPAN", value_parser = tombstones)]
    tombstones: Option<i64>,
    /// How Trino calls this metastore's catalog; empty: the view has Hive's text alone
    #[arg(long, value_name = "NAME", default_value = "hive")]
    trino_catalog: String,
    /// Do not look into the files that are there
    #[arg(long)]
    skip_files: bool,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    client: ClientArgs,
}

/// Milliseconds of `36h` or `30d`; 0 of `forever`.
fn tombstones(text: &str) -> Result<i64, String> {
    if text == "forever" {
        Ok(0)
    } else {
        parse_span_ms(text).ok_or_else(|| format!("{text:?} is no span: write 36h, 30d, or forever"))
    }
}

type Calls = EventLogServiceClient<Channel>;

pub async fn run(command: LogsCommand) -> Result<(), Failure> {
    match command {
        LogsCommand::Create(args) => create(args).await,
        LogsCommand::Show { table, client } => show(&table, &client).await,
        LogsCommand::List { client } => list(&client).await,
        LogsCommand::Lag { table, client } => lag(table, &client).await,
        LogsCommand::Alter { table, compacted_view, no_compacted_view, tombstones, acting, client } => {
            let request = p::AlterEventLogRequest {
                table: Some(table.name()),
                compacted_view: compacted_view.or(no_compacted_view.then(String::new)),
                tombstones_ms: tombstones,
                request_id: acting.request_id(),
                user: acting.user(),
            };
            client!(EventLogServiceClient, client.connect().await?).alter_event_log(request).await?;
            Ok(())
        }
        LogsCommand::Drop { table, keep_snapshots, yes, acting, client } => {
            confirm(&format!("Drop the event log {table} with its final view? Data stays."), yes)?;
            let mut calls = client!(EventLogServiceClient, client.connect().await?);
            let request = p::DropEventLogRequest {
                table: Some(table.name()),
                keep_snapshots,
                request_id: acting.request_id(),
                user: acting.user(),
            };
            calls.drop_event_log(request).await?;
            Ok(())
        }
        LogsCommand::Seal { table, partition, acting, client } => {
            let channel = client.connect().await?;
            let values = partition_values(&channel, &table, &partition).await?;
            let request = p::SealPartitionRequest {
                table: Some(table.name()),
                partition: Some(p::Boundary { values }),
                request_id: acting.request_id(),
                user: acting.user(),
            };
            client!(EventLogServiceClient, channel).seal_partition(request).await?;
            Ok(())
        }
    }
}

async fn create(args: CreateArgs) -> Result<(), Failure> {
    let request = p::CreateEventLogRequest {
        log: Some(p::EventLog {
            table: Some(args.table.name()),
            key_columns: args.key,
            order_columns: args.order,
            order_is_total: args.order_is_total,
            operation_column: args.operation.unwrap_or_default(),
            delete_values: args.delete,
            snapshot_table: args.snapshots.unwrap_or_default(),
            view: args.view.unwrap_or_default(),
            trino_catalog: args.trino_catalog,
            compacted_view: args.compacted_view.unwrap_or_default(),
            tombstones_ms: args.tombstones.unwrap_or_default(),
        }),
        snapshot_location: args.snapshot_location.as_deref().map(super::register::uri).transpose()?.unwrap_or_default(),
        skip_files: args.skip_files,
        request_id: args.acting.request_id(),
        user: args.acting.user(),
    };
    let mut calls = client!(EventLogServiceClient, args.client.connect().await?);
    let made = calls.create_event_log(request).await?.into_inner();
    let log = made.log.unwrap_or_default();
    let database = log.table.as_ref().map(|table| table.database.clone()).unwrap_or_default();
    Ok(args.client.output().record(&[
        ("log", json!(table_text(log.table.as_ref()))),
        ("view", json!(format!("{database}.{}", log.view))),
        ("snapshots", json!(format!("{database}.{}", log.snapshot_table))),
        ("snapshot_location", json!(made.snapshot_location)),
    ])?)
}

fn table_text(table: Option<&skep_proto::admin::v1::TableName>) -> String {
    table.map(|t| format!("{}.{}", t.database, t.table)).unwrap_or_default()
}

async fn show(table: &TableArg, client: &ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(EventLogServiceClient, client.connect().await?);
    let found = calls.get_event_log(p::GetEventLogRequest { table: Some(table.name()) }).await?.into_inner();
    let (state, history) = (found.state.unwrap_or_default(), found.history);
    let (log, lag) = (state.log.clone().unwrap_or_default(), state.lag.clone().unwrap_or_default());
    let mut output = client.output();
    let is_table = output.format() == Format::Table;
    let columns = |names: &[String]| if is_table { json!(names.join(", ")) } else { json!(names) };
    let time = |ms: i64| Moment::Millis(ms).cell(is_table);
    let bytes = |bytes: i64| if is_table { json!(bytes_text(bytes.max(0) as u64)) } else { json!(bytes) };
    let places = |all: &[p::Boundary]| -> Value {
        let all: Vec<Value> = all.iter().map(|one| place_json(Some(one), is_table)).collect();
        if is_table { json!(all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")) } else { json!(all) }
    };
    let age = if is_table { json!(span_text(lag.snapshot_age_ms / 1_000)) } else { json!(lag.snapshot_age_ms) };
    let mut fields = vec![
        ("log", json!(table_text(log.table.as_ref()))),
        ("view", json!(log.view)),
        ("snapshot_table", json!(log.snapshot_table)),
        ("keys", columns(&log.key_columns)),
        ("order", columns(&log.order_columns)),
        ("order_is_total", json!(log.order_is_total)),
        ("operation", json!(log.operation_column)),
        ("deletes", columns(&log.delete_values)),
        ("snapshot", json!(state.snapshot_id)),
        (if is_table { "snapshot_time" } else { "snapshot_at_ms" }, time(state.snapshot_at_ms)),
        (if is_table { "snapshot_age" } else { "snapshot_age_ms" }, age),
        ("snapshot_rows", json!(state.snapshot_rows)),
        ("snapshot_bytes", bytes(state.snapshot_bytes)),
        ("snapshots_kept", json!(state.snapshots)),
        ("watermark", place_json(state.watermark.as_ref(), is_table)),
        ("newest_partition", json!(lag.newest_partition)),
        ("late", places(&state.late)),
        ("sealed", places(&state.sealed)),
        ("lag_partitions", json!(lag.partitions)),
        ("lag_files", json!(lag.files)),
        ("lag_bytes", bytes(lag.bytes)),
        ("lag_rows", json!(lag.rows)),
        ("lag_untold", json!(lag.partitions_untold)),
    ];
    fields.extend(options(&log, &state, is_table));
    let running = state.compaction.map(|running| super::compactions::state_json(&running));
    if is_table {
        let text =
            |running: &Value| format!("{} by {}", running["status"].as_str().unwrap_or_default(), running["holder"]);
        fields.push(("compaction", json!(running.as_ref().map(text))));
        output.record(&fields)?;
        if history.is_empty() {
            return Ok(());
        }
        output.text("\n")?;
        return Ok(super::compactions::history_print(output, &history)?);
    }
    fields.push(("compaction", json!(running)));
    fields.push(("history", json!(history.iter().map(super::compactions::state_json).collect::<Vec<_>>())));
    Ok(output.record(&fields)?)
}

/// What not every log has.
fn options(log: &p::EventLog, state: &p::EventLogState, is_table: bool) -> Vec<(&'static str, Value)> {
    let mut fields = Vec::new();
    if !log.compacted_view.is_empty() {
        let at_ms = state.compacted_at_ms;
        fields.push(("compacted_view", json!(log.compacted_view)));
        fields.push(("compacted_snapshot", json!(state.compacted_snapshot_id)));
        fields.push(if is_table {
            ("compacted_time", json!(Moment::Millis(at_ms).told()))
        } else {
            ("compacted_at_ms", json!(at_ms))
        });
    }
    let span = log.tombstones_ms;
    if span != 0 {
        fields.push(if is_table {
            ("tombstones", json!(span_text(span / 1_000)))
        } else {
            ("tombstones_ms", json!(span))
        });
    }
    if !state.horizon.is_empty() {
        fields.push(("horizon", json!(state.horizon)));
    }
    fields
}

/// All logs, page by page.
async fn states(calls: &mut Calls, with_lag: bool) -> Result<Vec<p::EventLogState>, Failure> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = p::ListEventLogsRequest { page_size: 0, page_token, with_lag };
        let page = calls.list_event_logs(request).await?.into_inner();
        all.extend(page.logs);
        if page.next_page_token.is_empty() {
            return Ok(all);
        }
        page_token = page.next_page_token;
    }
}

async fn list(client: &ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(EventLogServiceClient, client.connect().await?);
    let output = client.output();
    let is_table = output.format() == Format::Table;
    let mut lines = output.list(&["log", "view", "snapshot", "watermark", "snapshots", "late", "compaction"]);
    for state in states(&mut calls, false).await? {
        let log = state.log.unwrap_or_default();
        lines.row(&[
            json!(table_text(log.table.as_ref())),
            json!(log.view),
            json!(state.snapshot_id),
            place_json(state.watermark.as_ref(), is_table),
            json!(state.snapshots),
            json!(state.late.len()),
            json!(state.compaction.map(|running| status_text(running.status()))),
        ])?;
    }
    Ok(lines.end()?)
}

async fn lag(table: Option<TableArg>, client: &ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(EventLogServiceClient, client.connect().await?);
    let states = match table {
        Some(table) => {
            let request = p::GetEventLogRequest { table: Some(table.name()) };
            calls.get_event_log(request).await?.into_inner().state.into_iter().collect()
        }
        None => states(&mut calls, true).await?,
    };
    let output = client.output();
    let is_table = output.format() == Format::Table;
    let age = if is_table { "snapshot_age" } else { "snapshot_age_ms" };
    let mut lines = output.list(&["log", "snapshot", age, "partitions", "late", "files", "bytes", "rows", "untold"]);
    for state in states {
        let (log, lag) = (state.log.clone().unwrap_or_default(), state.lag.clone().unwrap_or_default());
        let age = match (state.snapshot_id.is_empty(), is_table) {
            (true, _) => Value::Null,
            (false, true) => json!(span_text(lag.snapshot_age_ms / 1_000)),
            (false, false) => json!(lag.snapshot_age_ms),
        };
        lines.row(&[
            json!(table_text(log.table.as_ref())),
            json!(state.snapshot_id),
            age,
            json!(lag.partitions),
            json!(state.late.len()),
            json!(lag.files),
            if is_table { json!(bytes_text(lag.bytes.max(0) as u64)) } else { json!(lag.bytes) },
            json!(lag.rows),
            json!(lag.partitions_untold),
        ])?;
    }
    Ok(lines.end()?)
}
