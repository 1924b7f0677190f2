//! `skep changes`.

use serde_json::json;
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::change_service_client::ChangeServiceClient;
use skep_proto::admin::v1::watch_changes_response::Item;

use super::client::{ClientArgs, client};
use super::failure::Failure;
use super::moment::Moment;
use super::output::Format;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  skep changes --from 0\n  skep changes --follow --database web --output json\n\n\
With --output json each change is a line. The last `cursor` that was worked off is where to go on (--from).")]
pub struct ChangesArgs {
    /// Changes after this cursor [default: 0; with --follow: the last one]
    #[arg(long, value_name = "CURSOR")]
    from: Option<i64>,
    /// Wait for more
    #[arg(long, short)]
    follow: bool,
    /// Only of this catalog
    #[arg(long)]
    catalog: Option<String>,
    /// Only of this database
    #[arg(long)]
    database: Option<String>,
    /// Only of this table; may be given several times
    #[arg(long, requires = "database")]
    table: Vec<String>,
    #[command(flatten)]
    client: ClientArgs,
}

pub async fn run(args: ChangesArgs) -> Result<(), Failure> {
    let mut calls = client!(ChangeServiceClient, args.client.connect().await?);
    let cursor = match args.from {
        Some(cursor) => cursor,
        None if args.follow => calls.get_cursor(p::GetCursorRequest {}).await?.into_inner().cursor,
        None => 0,
    };
    let request = p::WatchChangesRequest {
        cursor,
        catalog: args.catalog.unwrap_or_default(),
        database: args.database.unwrap_or_default(),
        tables: args.table,
        follow: args.follow,
    };
    let mut stream = calls.watch_changes(request).await?.into_inner();
    let output = args.client.output();
    let is_table = output.format() == Format::Table;
    let columns = ["cursor", "time", "type", "catalog", "database", "table", "version"];
    let mut lines = if args.follow || !is_table { output.feed(&columns) } else { output.list(&columns) };
    while let Some(message) = stream.message().await? {
        let Some(Item::Change(change)) = message.item else { continue };
        let time = Moment::Seconds(change.time).cell(is_table);
        lines.row(&[
            json!(change.id),
            time,
            json!(change.r#type),
            json!(change.catalog),
            json!(change.database),
            json!(change.table),
            json!(change.version),
        ])?;
    }
    Ok(lines.end()?)
}
