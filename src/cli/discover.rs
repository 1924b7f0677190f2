//! `skep discover` and `skep register-dump`.

use std::io::Write as _;

use serde_json::{Value, json};
use skep_proto::etl::v1 as p;
use skep_proto::etl::v1::discovery_service_client::DiscoveryServiceClient;

use super::ask::progress;
use super::client::{ClientArgs, client};
use super::failure::Failure;
use super::output::Format;
use super::register::{
    EmptyValue, Evolution, broken, finding_json, findings_print, outcome_text, table_text, uri, user,
};
use super::table_arg::{DatabaseArg, TableArg};

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  skep discover web.events\n  skep discover web.events --add --sync\n  \
skep discover web.events --add --drop --sync --dry-run\n\n\
Without --add, --drop and --sync it only tells how table and lake differ. All changes land in one commit; a second run \
changes nothing. No file is ever deleted. A partition with a bad file is left as it is, and the others go on.")]
pub struct DiscoverArgs {
    /// The table: DATABASE.TABLE
    table: TableArg,
    /// Register partitions that are new in the lake
    #[arg(long)]
    add: bool,
    /// Drop partitions that have no file left (metadata only)
    #[arg(long)]
    drop: bool,
    /// Register what came, changed or went in partitions that are there
    #[arg(long)]
    sync: bool,
    /// Say what would be done and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Where values stand in paths without `k=v` [default: as the table was registered]
    #[arg(long)]
    pattern: Option<String>,
    /// What a directory `key=` without a value means [default: as the table says, else error]
    #[arg(long, value_enum, value_name = "MEANING")]
    empty_value: Option<EmptyValue>,
    /// What may change where files and table differ
    #[arg(long, value_enum, default_value_t = Evolution::AddColumns)]
    evolution: Evolution,
    /// With --drop: keep partitions whose directory is there, but empty
    #[arg(long)]
    keep_empty: bool,
    /// With --drop: more than half of all partitions may go
    #[arg(long)]
    allow_drop_most: bool,
    /// The table's location may be empty or not there
    #[arg(long)]
    allow_missing_location: bool,
    /// The same id and request again give the first report again
    #[arg(long, value_name = "ID", default_value = "")]
    request_id: String,
    #[command(flatten)]
    client: ClientArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  skep register-dump s3://backup/crm-2024-05-01/ --into crm\n  \
skep register-dump file:/dumps/erp --create-databases\n\n\
Folders are tables: `schema.table/`, `schema/table/` or `table/`, with `k=v` directories below where a table is \
partitioned. All tables land in one commit, or none does; the same dump again changes nothing.")]
pub struct RegisterDumpArgs {
    /// The dump's directory (file:, s3:, gs:, abfs:)
    #[arg(value_name = "URI")]
    uri: String,
    /// Put all tables into this database [default: each into its schema's]
    #[arg(long, value_name = "DATABASE")]
    into: Option<DatabaseArg>,
    /// Make databases that are not there
    #[arg(long)]
    create_databases: bool,
    /// What a directory `key=` without a value means [default: as each table says, else error]
    #[arg(long, value_enum, value_name = "MEANING")]
    empty_value: Option<EmptyValue>,
    /// What may change where files and tables differ
    #[arg(long, value_enum, default_value_t = Evolution::AddColumns)]
    evolution: Evolution,
    /// Say what would happen and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The same id and request again give the first report again
    #[arg(long, value_name = "ID", default_value = "")]
    request_id: String,
    #[command(flatten)]
    client: ClientArgs,
}

pub async fn run(args: DiscoverArgs) -> Result<(), Failure> {
    let request = p::DiscoverRequest {
        table: Some(args.table.name()),
        add: args.add,
        drop: args.drop,
        sync: args.sync,
        dry_run: args.dry_run,
        pattern: args.pattern.unwrap_or_default(),
        evolution: args.evolution.policy().into(),
        empty_value: EmptyValue::choice(args.empty_value),
        keep_empty: args.keep_empty,
        allow_drop_most: args.allow_drop_most,
        allow_missing_location: args.allow_missing_location,
        request_id: args.request_id,
        user: user(),
    };
    let mut calls = client!(DiscoveryServiceClient, args.client.connect().await?);
    let mut stream = calls.discover(request).await?.into_inner();
    let bar = progress("files listed:", None);
    let mut report = None;
    while let Some(message) = stream.message().await? {
        match message.event {
            Some(p::discover_response::Event::Progress(at)) => bar.set_position(at.files_listed as u64),
            Some(p::discover_response::Event::Report(came)) => report = Some(came),
            None => {}
        }
    }
    bar.finish_and_clear();
    report_print(&args.client, &report.ok_or_else(broken)?)
}

fn report_print(client: &ClientArgs, report: &p::DiscoverReport) -> Result<(), Failure> {
    let mut output = client.output();
    let lists = [
        ("new_partitions", &report.new_partitions),
        ("gone_partitions", &report.gone_partitions),
        ("empty_partitions", &report.empty_partitions),
        ("changed_partitions", &report.changed_partitions),
    ];
    let mut fields: Vec<(&str, Value)> = vec![
        ("outcome", json!(outcome_text(report.outcome()))),
        ("table", json!(table_text(report.table.as_ref()))),
        ("version", json!(report.version)),
        ("partitions", json!(report.partitions)),
        ("files_listed", json!(report.files_listed)),
    ];
    fields.extend(lists.iter().map(|(name, list)| (*name, json!(list.as_ref().map_or(0, |list| list.count)))));
    fields.extend([
        ("partitions_unknown", json!(report.partitions_unknown)),
        ("files_new", json!(report.files_new)),
        ("files_changed", json!(report.files_changed)),
        ("files_vanished", json!(report.files_vanished)),
        ("partitions_added", json!(report.partitions_added)),
        ("partitions_dropped", json!(report.partitions_dropped)),
        ("partitions_synced", json!(report.partitions_synced)),
        ("files_added", json!(report.files_added)),
        ("files_removed", json!(report.files_removed)),
        ("rows", json!(report.rows)),
    ]);
    if output.format() == Format::Json {
        let names = |list: &Option<p::PartitionNames>| json!(list.as_ref().map(|list| &list.names));
        let listed: serde_json::Map<String, Value> =
            lists.iter().map(|(name, list)| ((*name).to_owned(), names(list))).collect();
        fields.push(("names", Value::Object(listed)));
        fields.push(("findings", json!(report.findings.iter().map(finding_json).collect::<Vec<_>>())));
        fields.push(("findings_left_out", json!(report.findings_left_out)));
        fields.push(("replayed", json!(report.replayed)));
    }
    output.record(&fields)?;
    if output.format() == Format::Table {
        for (mark, (_, list)) in ["+", "-", "-", "~"].iter().zip(lists) {
            let list = list.clone().unwrap_or_default();
            let mut lines: Vec<String> = list.names.iter().map(|name| format!("{mark} {name}\n")).collect();
            let more = list.count - lines.len() as i64;
            if more > 0 {
                lines.push(format!("{mark} … and {more} more\n"));
            }
            output.text(&lines.concat())?;
        }
    }
    findings_print(&output, &report.findings)?;
    match report.outcome() {
        p::RegisterOutcome::Refused => Err(Failure::new(Failure::SERVER, "refused: nothing was changed")),
        _ => Ok(()),
    }
}

pub async fn register_dump(args: RegisterDumpArgs) -> Result<(), Failure> {
    let into = args.into.unwrap_or(DatabaseArg { catalog: String::new(), database: String::new() });
    let request = p::RegisterDumpRequest {
        uri: uri(&args.uri)?,
        catalog: into.catalog,
        database: into.database,
        create_databases: args.create_databases,
        evolution: args.evolution.policy().into(),
        empty_value: EmptyValue::choice(args.empty_value),
        dry_run: args.dry_run,
        request_id: args.request_id,
        user: user(),
    };
    let mut calls = client!(DiscoveryServiceClient, args.client.connect().await?);
    let mut stream = calls.register_dump(request).await?.into_inner();
    let bar = progress("footers read:", None);
    let mut report = None;
    while let Some(message) = stream.message().await? {
        match message.event {
            Some(p::register_dump_response::Event::Progress(at)) => bar.set_position(at.footers_read as u64),
            Some(p::register_dump_response::Event::Report(came)) => report = Some(came),
            None => {}
        }
    }
    bar.finish_and_clear();
    dump_print(&args.client, &report.ok_or_else(broken)?)
}

/// A line a table; what was found on standard error.
fn dump_print(client: &ClientArgs, report: &p::DumpReport) -> Result<(), Failure> {
    let columns = [
        "table",
        "outcome",
        "version",
        "table_created",
        "partitions_added",
        "partitions_changed",
        "files_added",
        "files_unchanged",
        "rows",
        "findings",
    ];
    let is_json = client.output().format() == Format::Json;
    let mut lines = client.output().list(&columns);
    for table in &report.tables {
        let findings: Vec<Value> = table.findings.iter().map(finding_json).collect();
        lines.row(&[
            json!(table_text(table.table.as_ref())),
            json!(outcome_text(table.outcome())),
            json!(table.version),
            json!(table.table_created),
            json!(table.partitions_added),
            json!(table.partitions_changed),
            json!(table.files_added),
            json!(table.files_unchanged),
            json!(table.rows),
            if is_json { json!(findings) } else { json!(findings.len()) },
        ])?;
    }
    lines.end()?;
    let output = client.output();
    findings_print(&output, &report.findings)?;
    for table in &report.tables {
        findings_print(&output, &table.findings)?;
    }
    if !report.databases_created.is_empty() && output.format() == Format::Table {
        let names = report.databases_created.join(", ");
        writeln!(std::io::stderr(), "databases made: {names}").map_err(Failure::from)?;
    }
    match report.outcome() {
        p::RegisterOutcome::Refused => Err(Failure::new(Failure::SERVER, "refused: nothing was registered")),
        _ => Ok(()),
    }
}
