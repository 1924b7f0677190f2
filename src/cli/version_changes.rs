//! `skep versions restore`, `pin`, `unpin` and `expired`.

use std::io::Write as _;

use serde_json::{Value, json};
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::version_service_client::VersionServiceClient;

use super::ask::confirm;
use super::client::{ClientArgs, client};
use super::failure::Failure;
use super::moment::{Moment, as_of, bytes_text};
use super::output::{Format, visible};
use super::table_arg::TableArg;
use super::tables::Acting;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  skep versions restore web.clicks 16 --dry-run\n  \
skep versions restore web.clicks 16\n  skep versions restore web.clicks '2024-01-02 06:00' --definition\n\n\
Partitions that went since come back, those that came go, those that changed are as they were. No file is touched: \
it is looked whether all are still there. The restoration is a version itself, and can be undone like any other.")]
pub struct RestoreArgs {
    /// DATABASE.TABLE
    table: TableArg,
    /// Number of the version, or the time (UTC) when it was the current one
    #[arg(value_name = "VERSION|TIME", value_parser = as_of)]
    version: p::AsOf,
    /// The definition goes back, too: columns, formats, properties, location; not the name
    #[arg(long)]
    definition: bool,
    /// Say what would be done and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Leave partitions as they are whose files are not all there
    #[arg(long)]
    allow_missing: bool,
    /// Do not look at files
    #[arg(long, conflicts_with = "allow_missing")]
    skip_files: bool,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    client: ClientArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  skep versions expired\n  \
skep versions expired web.clicks --delete-files\n\n\
A place is listed when no table and no partition lies there, below or around, by any version that is kept. Deleted is \
only what lies within the server's roots.")]
pub struct ExpiredArgs {
    /// DATABASE.TABLE [default: all, also dropped ones]
    table: Option<TableArg>,
    /// Delete them [default: they are only told of]
    #[arg(long)]
    delete_files: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    client: ClientArgs,
}

fn outcome_text(outcome: p::RestoreOutcome) -> &'static str {
    match outcome {
        p::RestoreOutcome::Restored => "restored",
        p::RestoreOutcome::Unchanged => "unchanged",
        p::RestoreOutcome::Refused => "refused",
        p::RestoreOutcome::Planned => "planned",
        p::RestoreOutcome::Unspecified => "",
    }
}

pub async fn restore(args: RestoreArgs) -> Result<(), Failure> {
    let mut calls = client!(VersionServiceClient, args.client.connect().await?);
    let request = p::RestoreVersionRequest {
        table: Some(args.table.name()),
        as_of: Some(args.version),
        definition: args.definition,
        dry_run: args.dry_run,
        allow_missing: args.allow_missing,
        skip_files: args.skip_files,
        request_id: args.acting.request_id(),
        user: args.acting.user(),
    };
    let report = calls.restore_version(request).await?.into_inner();
    report_print(&args.client, &report)
}

fn report_print(client: &ClientArgs, report: &p::RestoreVersionResponse) -> Result<(), Failure> {
    let mut output = client.output();
    let lists = [("+", &report.came), ("-", &report.went), ("~", &report.changed), ("!", &report.left)];
    let count = |list: &Option<p::PartitionNameList>| json!(list.as_ref().map_or(0, |list| list.count));
    let mut fields = vec![
        ("outcome", json!(outcome_text(report.outcome()))),
        ("restored_version", json!(report.restored_version)),
        ("version", json!(report.version)),
        ("definition", json!(report.redefined)),
        ("came", count(&report.came)),
        ("went", count(&report.went)),
        ("changed", count(&report.changed)),
        ("left", count(&report.left)),
        ("partitions_looked_at", json!(report.partitions_looked_at)),
        ("files_looked_at", json!(report.files_looked_at)),
    ];
    if output.format() == Format::Json {
        let names = |list: &Option<p::PartitionNameList>| json!(list.as_ref().map(|list| &list.names));
        fields.push((
            "names",
            json!({
                "came": names(&report.came), "went": names(&report.went), "changed": names(&report.changed),
                "left": names(&report.left),
            }),
        ));
        let finding = |one: &p::RestoreFinding| json!({"uri": one.uri, "code": one.code, "message": one.message, "warning": one.warning});
        fields.push(("findings", json!(report.findings.iter().map(finding).collect::<Vec<Value>>())));
        fields.push(("findings_left_out", json!(report.findings_left_out)));
        fields.push(("replayed", json!(report.replayed)));
    }
    output.record(&fields)?;
    if output.format() == Format::Table {
        for (mark, list) in lists {
            let list = list.clone().unwrap_or_default();
            let mut lines: Vec<String> = list.names.iter().map(|name| format!("{mark} {name}\n")).collect();
            let more = list.count - lines.len() as i64;
            if more > 0 {
                lines.push(format!("{mark} … and {more} more\n"));
            }
            output.text(&lines.concat())?;
        }
        findings_print(report)?;
    }
    match report.outcome() {
        p::RestoreOutcome::Refused => {
            let hint = "nothing was changed: files of that version are not there any more (--allow-missing leaves \
                        their partitions as they are)";
            Err(Failure::new(Failure::SERVER, hint))
        }
        _ => Ok(()),
    }
}

fn findings_print(report: &p::RestoreVersionResponse) -> Result<(), Failure> {
    let mut err = std::io::stderr().lock();
    for finding in &report.findings {
        let severity = if finding.warning { "warning" } else { "error" };
        let message = visible(&finding.message);
        writeln!(err, "{severity}: {}: {message} [{}]", finding.uri, finding.code).map_err(Failure::from)?;
    }
    if report.findings_left_out > 0 {
        writeln!(err, "… and {} more", report.findings_left_out).map_err(Failure::from)?;
    }
    Ok(())
}

pub async fn pin(
    table: &TableArg,
    version: Option<p::AsOf>,
    note: Option<String>,
    acting: &Acting,
    client: &ClientArgs,
) -> Result<(), Failure> {
    let mut calls = client!(VersionServiceClient, client.connect().await?);
    let request = p::PinVersionRequest {
        table: Some(table.name()),
        as_of: version,
        note: note.unwrap_or_default(),
        request_id: acting.request_id(),
        user: acting.user(),
    };
    let done = calls.pin_version(request).await?.into_inner();
    Ok(client.output().record(&[("pinned", json!(done.version))])?)
}

pub async fn unpin(table: &TableArg, version: i64, acting: &Acting, client: &ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(VersionServiceClient, client.connect().await?);
    let request = p::UnpinVersionRequest {
        table: Some(table.name()),
        version,
        request_id: acting.request_id(),
        user: acting.user(),
    };
    calls.unpin_version(request).await?;
    Ok(())
}

pub async fn expired(args: ExpiredArgs) -> Result<(), Failure> {
    let of = args.table.as_ref().map_or_else(|| "all tables".to_owned(), ToString::to_string);
    if args.delete_files {
        confirm(&format!("Delete the files that only expired versions of {of} knew?"), args.yes)?;
    }
    let mut calls = client!(VersionServiceClient, args.client.connect().await?);
    let output = args.client.output();
    let is_table = output.format() == Format::Table;
    let mut lines = output.list(&[
        "table",
        "partition",
        "location",
        "files",
        "bytes",
        if is_table { "expired" } else { "expired_ms" },
        "kept",
    ]);
    let (table, mut page_token, mut page) = (args.table.as_ref().map(TableArg::name), String::new(), 0);
    loop {
        page += 1;
        let (places, next) = if args.delete_files {
            // Each page is a request of its own.
            let id = Some(args.acting.request_id()).filter(|id| !id.is_empty());
            let request = p::DeleteExpiredRequest {
                table: table.clone(),
                page_size: 1_000,
                page_token: page_token.clone(),
                request_id: id.map(|id| format!("{id}/{page}")).unwrap_or_default(),
                user: args.acting.user(),
            };
            let done = calls.delete_expired(request).await?.into_inner();
            (done.places, done.next_page_token)
        } else {
            let request =
                p::ListExpiredRequest { table: table.clone(), page_size: 1_000, page_token: page_token.clone() };
            let found = calls.list_expired(request).await?.into_inner();
            (found.places, found.next_page_token)
        };
        for place in places {
            let name = place.table.unwrap_or_default();
            let bytes = place.bytes.map(|bytes| bytes.max(0) as u64);
            lines.row(&[
                json!(format!("{}.{}", name.database, name.table)),
                json!(place.partition),
                json!(place.location),
                json!(place.files),
                if is_table { json!(bytes.map(bytes_text)) } else { json!(bytes) },
                Moment::Millis(place.expired_ms).cell(is_table),
                json!(place.kept),
            ])?;
        }
        if next.is_empty() {
            return Ok(lines.end()?);
        }
        page_token = next;
    }
}
