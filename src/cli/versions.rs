//! `skep versions …`.

use clap::Subcommand;
use serde_json::json;
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::diff_versions_response::Item;
use skep_proto::admin::v1::version_service_client::VersionServiceClient;

use super::client::{ClientArgs, client};
use super::failure::Failure;
use super::moment::{Moment, as_of};
use super::output::Format;
use super::table_arg::TableArg;
use super::table_definition::{table_json, table_text};
use super::tables::Acting;
use super::version_changes::{self, ExpiredArgs, RestoreArgs};

#[derive(Debug, Subcommand)]
pub enum VersionsCommand {
    /// List the versions of a table, the newest first
    #[command(after_help = "Examples:\n  skep versions list web.clicks --limit 20")]
    List {
        /// DATABASE.TABLE
        table: TableArg,
        /// At most so many
        #[arg(long, value_name = "COUNT")]
        limit: Option<usize>,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Show a table as it was in a version
    #[command(after_help = "Examples:\n  skep versions show web.clicks 17\n  \
skep versions show web.clicks '2024-01-02 06:00'")]
    Show {
        /// DATABASE.TABLE
        table: TableArg,
        /// Number of the version, or a time in UTC
        #[arg(value_name = "VERSION|TIME", value_parser = as_of)]
        version: p::AsOf,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Show what changed between two versions
    #[command(after_help = "Examples:\n  skep versions diff web.clicks 16 17\n  skep versions diff web.clicks 16\n\n\
A partition that changed went and came.")]
    Diff {
        /// DATABASE.TABLE
        table: TableArg,
        /// The earlier version; 0: before the table was
        from: i64,
        /// The later version [default: the newest]
        to: Option<i64>,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Make what a version was the table's new version: the undo of a bad job
    Restore(RestoreArgs),
    /// Keep a version, whatever retention says
    #[command(after_help = "Examples:\n  skep versions pin web.clicks 17 --note 'before the migration'")]
    Pin {
        /// DATABASE.TABLE
        table: TableArg,
        /// Number of the version, or a time in UTC [default: the newest]
        #[arg(value_name = "VERSION|TIME", value_parser = as_of)]
        version: Option<p::AsOf>,
        /// Why it is kept
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Let a pinned version go when its time comes
    Unpin {
        /// DATABASE.TABLE
        table: TableArg,
        /// Number of the version
        version: i64,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// List places with files that only expired versions knew, or delete these
    Expired(ExpiredArgs),
}

pub async fn run(command: VersionsCommand) -> Result<(), Failure> {
    match command {
        VersionsCommand::List { table, limit, client } => list(table, limit, client).await,
        VersionsCommand::Show { table, version, client } => show(table, version, client).await,
        VersionsCommand::Diff { table, from, to, client } => diff(table, from, to.unwrap_or_default(), client).await,
        VersionsCommand::Restore(args) => version_changes::restore(args).await,
        VersionsCommand::Pin { table, version, note, acting, client } => {
            version_changes::pin(&table, version, note, &acting, &client).await
        }
        VersionsCommand::Unpin { table, version, acting, client } => {
            version_changes::unpin(&table, version, &acting, &client).await
        }
        VersionsCommand::Expired(args) => version_changes::expired(args).await,
    }
}

async fn list(table: TableArg, limit: Option<usize>, client: ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(VersionServiceClient, client.connect().await?);
    let output = client.output();
    let is_table = output.format() == Format::Table;
    let mut lines = output.list(&[
        "version",
        if is_table { "time" } else { "time_ms" },
        "operation",
        "user",
        "request_id",
        "defines",
        "pinned",
        "note",
    ]);
    let mut left = limit.unwrap_or(usize::MAX);
    let mut request = p::ListVersionsRequest { table: Some(table.name()), ..p::ListVersionsRequest::default() };
    while left > 0 {
        request.page_size = i32::try_from(left.min(1_000)).unwrap_or(1_000);
        let page = calls.list_versions(request.clone()).await?.into_inner();
        for one in page.versions {
            let time = Moment::Millis(one.time_ms).cell(is_table);
            left -= 1;
            lines.row(&[
                json!(one.version),
                time,
                json!(one.operation),
                json!(one.user),
                json!(one.request_id),
                json!(one.defines),
                json!(one.pinned),
                json!(one.note),
            ])?;
        }
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    Ok(lines.end()?)
}

async fn show(table: TableArg, version: p::AsOf, client: ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(VersionServiceClient, client.connect().await?);
    let request = p::GetVersionRequest { table: Some(table.name()), as_of: Some(version) };
    let found = calls.get_version(request).await?.into_inner();
    let (entry, table) = (found.version.unwrap_or_default(), found.table.unwrap_or_default());
    let mut output = client.output();
    if output.format() == Format::Table {
        let by = entry.user.map(|user| format!(" by {user}")).unwrap_or_default();
        let head = format!("{:<14}  {}{by}, {}\n", "made", entry.operation, Moment::Millis(entry.time_ms).told());
        return Ok(output.text(&(head + &table_text(&table)))?);
    }
    let mut fields = table_json(&table);
    fields.extend([
        ("operation", json!(entry.operation)),
        ("time_ms", json!(entry.time_ms)),
        ("user", json!(entry.user)),
        ("request_id", json!(entry.request_id)),
    ]);
    Ok(output.record(&fields)?)
}

async fn diff(table: TableArg, from: i64, to: i64, client: ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(VersionServiceClient, client.connect().await?);
    let request = p::DiffVersionsRequest { table: Some(table.name()), from, to };
    let mut stream = calls.diff_versions(request).await?.into_inner();
    let mut lines = client.output().list(&["change", "what", "before", "after"]);
    while let Some(message) = stream.message().await? {
        match message.item {
            Some(Item::Definition(diff)) => {
                let fields = |table: Option<&p::Table>| table.map(table_json).unwrap_or_default();
                let (before, after) = (fields(diff.before.as_ref()), fields(diff.after.as_ref()));
                for (name, new) in &after {
                    let old = before.iter().find(|(known, _)| known == name).map(|(_, old)| old.clone());
                    if *name != "version" && old.as_ref() != Some(new) {
                        lines.row(&[json!("definition"), json!(name), json!(old), new.clone()])?;
                    }
                }
            }
            Some(Item::Partitions(partitions)) => {
                for (change, names) in [("went", partitions.went), ("came", partitions.came)] {
                    for name in names {
                        lines.row(&[json!(change), json!(name), json!(null), json!(null)])?;
                    }
                }
            }
            None => {}
        }
    }
    Ok(lines.end()?)
}
