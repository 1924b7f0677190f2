//! `skep register`, `skep publish`, `skep quarantine`.

use std::io::Write as _;

use clap::Subcommand;
use serde_json::{Value, json};
use skep_proto::etl::v1 as p;
use skep_proto::etl::v1::registration_service_client::RegistrationServiceClient;

use super::ask::progress;
use super::client::{ClientArgs, client};
use super::failure::Failure;
use super::moment::Moment;
use super::output::Format;
use super::table_arg::TableArg;
use super::table_definition::parts;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  skep register s3://lake/events/ --table web.events --create --partition-by dt,hour:int\n  \
skep register file:/lake/out/dt=2024-01-01/ --table web.events --dry-run\n  \
skep register s3://lake/raw/ --table web.raw --pattern '{dt}/{hour:int}'\n\n\
All files land in one commit, or none does. To register the same files again changes nothing."
)]
pub struct RegisterArgs {
    /// Files, or prefixes below which all files are meant (file:, s3:, gs:, abfs:)
    #[arg(required = true, value_name = "URI")]
    uris: Vec<String>,
    /// The table: DATABASE.TABLE
    #[arg(long, value_name = "NAME")]
    table: TableArg,
    /// Make the table if there is none
    #[arg(long)]
    create: bool,
    /// Keys of a new table, in order: `dt,hour:int`
    #[arg(long, value_name = "KEYS", conflicts_with = "pattern")]
    partition_by: Vec<String>,
    /// Where values stand in paths without `k=v`: `{dt}/{hour:int}`
    #[arg(long)]
    pattern: Option<String>,
    /// Where paths begin that hold values [default: the table's location]
    #[arg(long, value_name = "URI")]
    base: Option<String>,
    /// What a directory `key=` without a value means [default: as the table says, else error]
    #[arg(long, value_enum, value_name = "MEANING")]
    empty_value: Option<EmptyValue>,
    /// What may change where files and table differ
    #[arg(long, value_enum, default_value_t = Evolution::AddColumns)]
    evolution: Evolution,
    /// The files are all that their partitions have from now on
    #[arg(long)]
    replace: bool,
    /// Say what would happen and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Keep a refused batch, to be published later
    #[arg(long)]
    quarantine: bool,
    /// The same id and request again give the first report again
    #[arg(long, value_name = "ID", default_value = "")]
    request_id: String,
    #[command(flatten)]
    client: ClientArgs,
}

/// What may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Evolution {
    /// Nothing
    Strict,
    /// Columns may come
    AddColumns,
    /// Types may widen, too
    Widen,
}

impl Evolution {
    pub fn policy(self) -> p::EvolutionPolicy {
        match self {
            Self::Strict => p::EvolutionPolicy::Strict,
            Self::AddColumns => p::EvolutionPolicy::AddColumns,
            Self::Widen => p::EvolutionPolicy::Widen,
        }
    }
}

/// What an empty partition value means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum EmptyValue {
    /// NULL, as `key=__HIVE_DEFAULT_PARTITION__`
    Null,
    /// Its files are refused
    Error,
}

impl EmptyValue {
    /// Gives what requests say; nothing where the table is to say it.
    pub fn choice(given: Option<Self>) -> i32 {
        let choice = match given {
            None => p::EmptyValue::Unspecified,
            Some(Self::Null) => p::EmptyValue::Null,
            Some(Self::Error) => p::EmptyValue::Error,
        };
        choice.into()
    }
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  skep publish q00000001\n  skep publish q00000001 --without-bad-files")]
pub struct PublishArgs {
    /// Of a batch in quarantine
    quarantine_id: String,
    /// Leave out files that still have problems
    #[arg(long)]
    without_bad_files: bool,
    #[command(flatten)]
    client: ClientArgs,
}

#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
    /// List refused batches that were kept
    List(ListArgs),
    /// Forget one
    Drop(DropArgs),
}

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    #[command(flatten)]
    client: ClientArgs,
}

#[derive(Debug, clap::Args)]
pub struct DropArgs {
    quarantine_id: String,
    #[command(flatten)]
    client: ClientArgs,
}

/// A place as the server is to read it: a path of this machine is made absolute.
pub(super) fn uri(text: &str) -> Result<String, Failure> {
    if text.contains(':') {
        return Ok(text.to_owned());
    }
    let absolute = std::path::absolute(text).map_err(Failure::from)?;
    let slash = if text.ends_with('/') { "/" } else { "" };
    Ok(format!("file:{}{slash}", absolute.display().to_string().trim_end_matches('/')))
}

pub async fn run(args: RegisterArgs) -> Result<(), Failure> {
    let mode = if args.replace { p::RegisterMode::Replace } else { p::RegisterMode::Append };
    let request = p::RegisterRequest {
        table: Some(args.table.name()),
        uris: args.uris.iter().map(|text| uri(text)).collect::<Result<_, _>>()?,
        files: Vec::new(),
        create: args.create,
        partition_by: args.partition_by.iter().flat_map(|keys| parts(keys)).map(str::to_owned).collect(),
        empty_value: EmptyValue::choice(args.empty_value),
        pattern: args.pattern.unwrap_or_default(),
        base: args.base.as_deref().map(uri).transpose()?.unwrap_or_default(),
        evolution: args.evolution.policy().into(),
        mode: mode.into(),
        dry_run: args.dry_run,
        quarantine: args.quarantine,
        request_id: args.request_id,
        user: user(),
    };
    let mut calls = client!(RegistrationServiceClient, args.client.connect().await?);
    let mut stream = calls.register(request).await?.into_inner();
    let bar = progress("footers read:", None);
    let mut report = None;
    while let Some(message) = stream.message().await? {
        match message.event {
            Some(p::register_response::Event::Progress(at)) => bar.set_position(at.footers_read as u64),
            Some(p::register_response::Event::Report(came)) => report = Some(came),
            None => {}
        }
    }
    bar.finish_and_clear();
    report_print(&args.client, &report.ok_or_else(broken)?)
}

pub async fn publish(args: PublishArgs) -> Result<(), Failure> {
    let request = p::PublishRequest {
        quarantine_id: args.quarantine_id,
        without_bad_files: args.without_bad_files,
        request_id: String::new(),
        user: user(),
    };
    let mut calls = client!(RegistrationServiceClient, args.client.connect().await?);
    let mut stream = calls.publish(request).await?.into_inner();
    let mut report = None;
    while let Some(message) = stream.message().await? {
        if let Some(p::publish_response::Event::Report(came)) = message.event {
            report = Some(came);
        }
    }
    report_print(&args.client, &report.ok_or_else(broken)?)
}

pub async fn quarantine(command: QuarantineCommand) -> Result<(), Failure> {
    match command {
        QuarantineCommand::List(args) => list(args).await,
        QuarantineCommand::Drop(args) => {
            let mut calls = client!(RegistrationServiceClient, args.client.connect().await?);
            calls.drop_quarantine(p::DropQuarantineRequest { quarantine_id: args.quarantine_id }).await?;
            Ok(())
        }
    }
}

async fn list(args: ListArgs) -> Result<(), Failure> {
    let mut calls = client!(RegistrationServiceClient, args.client.connect().await?);
    let output = args.client.output();
    let is_table = output.format() == Format::Table;
    let mut lines = output.list(&["quarantine_id", "table", "time", "user", "places", "errors", "first_error"]);
    let mut page_token = String::new();
    loop {
        let page = calls.list_quarantine(p::ListQuarantineRequest { page_size: 0, page_token }).await?.into_inner();
        for batch in page.batches {
            let time = Moment::Millis(batch.at_ms).cell(is_table);
            lines.row(&[
                json!(batch.quarantine_id),
                json!(table_text(batch.table.as_ref())),
                time,
                json!(batch.user),
                json!(batch.files),
                json!(batch.errors),
                json!(batch.first.map(|first| first.message)),
            ])?;
        }
        if page.next_page_token.is_empty() {
            return Ok(lines.end()?);
        }
        page_token = page.next_page_token;
    }
}

/// Who does it, as this machine has it.
pub(super) fn user() -> String {
    std::env::var("USER").unwrap_or_default()
}

pub(super) fn broken() -> Failure {
    Failure::new(Failure::SERVER, "the server's answer ended without a report")
}

pub(super) fn table_text(table: Option<&skep_proto::admin::v1::TableName>) -> String {
    table.map(|t| format!("{}.{}", t.database, t.table)).unwrap_or_default()
}

/// Prints a report; one of a refused batch is a failure.
pub(super) fn report_print(client: &ClientArgs, report: &p::RegisterReport) -> Result<(), Failure> {
    let mut output = client.output();
    let outcome = outcome_text(report.outcome());
    let mut fields: Vec<(&str, Value)> = vec![
        ("outcome", json!(outcome)),
        ("table", json!(table_text(report.table.as_ref()))),
        ("version", json!(report.version)),
        ("table_created", json!(report.table_created)),
        ("files_added", json!(report.files_added)),
        ("files_unchanged", json!(report.files_unchanged)),
        ("files_removed", json!(report.files_removed)),
        ("partitions_added", json!(report.partitions_added)),
        ("partitions_changed", json!(report.partitions_changed)),
        ("rows", json!(report.rows)),
        ("bytes", json!(report.bytes)),
    ];
    if !report.quarantine_id.is_empty() {
        fields.push(("quarantine_id", json!(report.quarantine_id)));
    }
    let changes = report.columns.iter().map(|column| match column.old_type.as_str() {
        "" => format!("+ {} {}", column.name, column.new_type),
        old => format!("{} {old} -> {}", column.name, column.new_type),
    });
    let changes: Vec<String> = changes.collect();
    if output.format() == Format::Json {
        fields.push(("columns", json!(changes)));
        fields.push(("partitions", json!(report.partitions)));
        fields.push(("findings", json!(report.findings.iter().map(finding_json).collect::<Vec<_>>())));
        fields.push(("findings_left_out", json!(report.findings_left_out)));
        fields.push(("replayed", json!(report.replayed)));
    } else if !changes.is_empty() {
        fields.push(("columns", json!(changes.join(", "))));
    }
    output.record(&fields)?;
    findings_print(&output, &report.findings)?;
    match report.outcome() {
        p::RegisterOutcome::Refused => Err(Failure::new(Failure::SERVER, "refused: nothing was registered")),
        _ => Ok(()),
    }
}

pub(super) fn outcome_text(outcome: p::RegisterOutcome) -> &'static str {
    match outcome {
        p::RegisterOutcome::Registered => "registered",
        p::RegisterOutcome::Unchanged => "unchanged",
        p::RegisterOutcome::Refused => "refused",
        p::RegisterOutcome::Planned => "planned",
        p::RegisterOutcome::Unspecified => "unknown",
    }
}

fn severity_text(finding: &p::FileFinding) -> &'static str {
    match finding.severity() {
        p::Severity::Error => "error",
        p::Severity::Warning => "warning",
        p::Severity::Info | p::Severity::Unspecified => "info",
    }
}

pub(super) fn finding_json(finding: &p::FileFinding) -> Value {
    json!({
        "uri": finding.uri,
        "severity": severity_text(finding),
        "code": finding.code,
        "message": finding.message,
    })
}

/// For people, errors and warnings on standard error.
pub(super) fn findings_print(output: &super::output::Output, findings: &[p::FileFinding]) -> Result<(), Failure> {
    if output.format() != Format::Table {
        return Ok(());
    }
    let mut err = std::io::stderr().lock();
    for finding in findings.iter().filter(|f| f.severity() != p::Severity::Info) {
        let place = if finding.uri.is_empty() { String::new() } else { format!("{}: ", finding.uri) };
        let (severity, code) = (severity_text(finding), &finding.code);
        let message = super::output::visible(&finding.message);
        writeln!(err, "{severity}: {place}{message} [{code}]").map_err(Failure::from)?;
    }
    Ok(())
}
