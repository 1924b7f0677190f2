//! `skep plan`.

use serde_json::{Value, json};
use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;
use skep_proto::etl::v1::plan_response::Item;
use skep_proto::etl::v1::plan_service_client::PlanServiceClient;

use super::client::{ClientArgs, client};
use super::failure::Failure;
use super::moment::{as_of, bytes_text};
use super::output::{Format, Lines};
use super::table_arg::TableArg;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  skep plan web.clicks --filter \"dt >= '2024-01-01' and user_id = 7\"\n  \
skep plan web.clicks --columns user_id,ms --output json\n  skep plan web.clicks --as-of '2024-01-02 06:00' --output csv\n\n\
Files are left out by what their footers told when they were registered; those of partitions that another client wrote \
are listed. What is left may have other rows, too: filter again when you read.")]
pub struct PlanArgs {
    /// DATABASE.TABLE
    table: TableArg,
    /// Rows that are wanted, in Hive's filter language over keys and columns
    #[arg(long)]
    filter: Option<String>,
    /// Columns that will be read [default: all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    columns: Vec<String>,
    /// As the table was: the number of a version, or a time in UTC
    #[arg(long, value_name = "VERSION|TIME", value_parser = as_of)]
    as_of: Option<a::AsOf>,
    #[command(flatten)]
    client: ClientArgs,
}

pub async fn run(args: PlanArgs) -> Result<(), Failure> {
    let mut calls = client!(PlanServiceClient, args.client.connect().await?);
    let request = p::PlanRequest {
        table: Some(args.table.name()),
        filter: args.filter.unwrap_or_default(),
        columns: args.columns,
        as_of: args.as_of,
    };
    let mut stream = calls.plan(request).await?.into_inner();
    let output = args.client.output();
    let format = output.format();
    let mut lines = output.list(&["uri", "partition", "bytes", "rows", "row_groups", "listed"]);
    let mut summary = None;
    while let Some(message) = stream.message().await? {
        match message.item {
            Some(Item::Batch(batch)) => batch_print(&mut lines, format, &batch)?,
            Some(Item::Summary(last)) => summary = Some(last),
            Some(Item::Head(_)) | None => {}
        }
    }
    let summary = summary.ok_or_else(|| Failure::new(Failure::SERVER, "the server's plan broke off"))?;
    lines.end()?;
    Ok(args.client.output().text(&format!("{}\n", summary_text(&summary)))?)
}

fn batch_print(lines: &mut Lines, format: Format, batch: &p::PlanBatch) -> Result<(), Failure> {
    for file in &batch.files {
        let place = usize::try_from(file.partition).unwrap_or(usize::MAX);
        let partition = batch.partitions.get(place).map(|partition| &partition.name);
        lines.row(&[
            json!(file.uri),
            json!(partition),
            json!(file.size),
            json!(file.rows),
            groups(format, &file.row_groups),
            json!(file.listed),
        ])?;
    }
    Ok(())
}

/// Objects for programs that read JSON; `OFFSET+LENGTH` for all others.
fn groups(format: Format, groups: &[p::PlanRowGroup]) -> Value {
    if format == Format::Json {
        let group = |one: &p::PlanRowGroup| json!({ "offset": one.offset, "length": one.length, "rows": one.rows });
        return json!(groups.iter().map(group).collect::<Vec<_>>());
    }
    let texts: Vec<String> = groups.iter().map(|one| format!("{}+{}", one.offset, one.length)).collect();
    json!(texts.join(" "))
}

fn summary_text(summary: &p::PlanSummary) -> String {
    let listed = match summary.files_listed {
        0 => String::new(),
        listed => format!(", {listed} of them listed"),
    };
    format!(
        "{} of {} files{listed}, in {} of {} partitions: {}, {} rows",
        summary.files_planned,
        summary.files,
        summary.partitions_planned,
        summary.partitions,
        bytes_text(summary.bytes.unsigned_abs()),
        summary.rows,
    )
}
