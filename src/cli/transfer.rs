//! `skep import` and `skep export`: the same copier with the sides exchanged.

use std::io::Write;

use clap::ValueEnum;

use super::failure::Failure;
use crate::transfer::{Address, CallError, Options, Report, transfer};

/// Where our own server listens if nobody says otherwise.
const OURS: &str = "thrift://127.0.0.1:9083";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    Text,
    Json,
}

#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  skep import thrift://old-hms:9083 --dry-run
  skep import thrift://old-hms:9083
  skep import thrift://old-hms:9083 --to thrift://skep:9083 --databases 'sales_*|hr'

It may be killed and started again at any time: it adds what lacks and ends in the same state. It exits with 0 only if
everything was copied and a last comparison of both sides found no difference. Files are never touched.")]
pub struct ImportArgs {
    /// The metastore to read, of any release since Hive 2.3
    #[arg(value_name = "THRIFT_URI")]
    pub from: Address,
    /// The metastore to write
    #[arg(long, value_name = "THRIFT_URI", default_value = OURS)]
    pub to: Address,
    #[command(flatten)]
    pub how: TransferArgs,
}

#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  skep export thrift://other-hms:9083 --dry-run
  skep export thrift://other-hms:9083 --from thrift://skep:9083 --output json

What a Hive metastore sets itself, such as the time of creation, is listed in the report as not kept. Hive makes the
directories of what is created, where they are not there.")]
pub struct ExportArgs {
    /// The metastore to write
    #[arg(value_name = "THRIFT_URI")]
    pub to: Address,
    /// The metastore to read
    #[arg(long, value_name = "THRIFT_URI", default_value = OURS)]
    pub from: Address,
    #[command(flatten)]
    pub how: TransferArgs,
}

#[derive(Debug, Clone, clap::Args)]
pub struct TransferArgs {
    /// Only these databases: `*` is any run of characters, `|` separates alternatives
    #[arg(long, value_name = "PATTERN")]
    pub databases: Option<String>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Replace also what was changed at the target later, or is another object of that name
    #[arg(long)]
    pub overwrite: bool,
    /// The user that both metastores are told [default: none]
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// The report's form, on standard output; progress goes to standard error
    #[arg(long, value_name = "FORM", default_value = "text")]
    pub output: Form,
}

impl ImportArgs {
    pub async fn run(self) -> Result<(), Failure> {
        self.how.run(self.from, self.to).await
    }
}

impl ExportArgs {
    pub async fn run(self) -> Result<(), Failure> {
        self.how.run(self.from, self.to).await
    }
}

impl TransferArgs {
    /// What is left to do is a failure that the report told of.
    async fn run(self, from: Address, to: Address) -> Result<(), Failure> {
        let Self { databases, dry_run, overwrite, user, output } = self;
        let options = Options { from, to, databases, dry_run, overwrite, user };
        let progress = |line: &str| {
            // Nobody looks if standard error is closed.
            let _ = writeln!(std::io::stderr(), "{line}");
        };
        let report = transfer(&options, Box::new(progress)).await.map_err(stopped)?;
        let text = match output {
            Form::Json => {
                let text = serde_json::to_string_pretty(&report);
                text.map_err(|error| Failure::new(Failure::SERVER, error.to_string()))? + "\n"
            }
            Form::Text => text_of(&report),
        };
        std::io::stdout().write_all(text.as_bytes())?;
        let is_good = report.complete || (dry_run && report.conflict_count == 0 && report.failure_count == 0);
        if is_good { Ok(()) } else { Err(Failure::new(Failure::SERVER, "")) }
    }
}

fn stopped(error: CallError) -> Failure {
    let code = if error.is_fatal() { Failure::UNREACHABLE } else { Failure::SERVER };
    Failure::new(code, format!("{error}; what was copied stays, and the same command goes on from there"))
}

/// The report for people.
fn text_of(report: &Report) -> String {
    let mut text = String::new();
    let mut say = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    say(format!("from {}\nto   {}\n", report.source, report.target));
    say(format!(
        "{:<26}{:>10}{:>10}{:>10}{:>10}{:>8}{:>10}",
        "", "found", "created", "altered", "unchanged", "failed", "compared"
    ));
    for (kind, count) in &report.objects {
        say(format!(
            "{kind:<26}{:>10}{:>10}{:>10}{:>10}{:>8}{:>10}",
            count.found, count.created, count.altered, count.unchanged, count.failed, count.compared
        ));
    }
    let listed = |title: &str, count: u64| format!("\n{count} {title}{}", if count == 0 { "" } else { ":" });
    say(listed("conflicts", report.conflict_count));
    for problem in &report.conflicts {
        say(format!("  {}: {}", problem.object, problem.why));
    }
    say(listed("failures", report.failure_count));
    for problem in &report.failures {
        say(format!("  {}: {}", problem.object, problem.why));
    }
    if !report.not_kept.is_empty() {
        say("\nnot kept by the target, which sets it itself:".to_owned());
    }
    for field in &report.not_kept {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        let example = &field.example;
        say(format!(
            "  {}: {} times, such as {}: {} became {}",
            field.field,
            field.count,
            example.object,
            shown(&example.source),
            shown(&example.target)
        ));
    }
    if !report.left_out.is_empty() {
        say("\nnot copied:".to_owned());
    }
    for left_out in &report.left_out {
        let count = left_out.count.map_or_else(String::new, |count| format!("{count} "));
        say(format!("  {count}{}: {}", left_out.what, left_out.why));
    }
    if report.dry_run {
        say("\nnothing was changed (--dry-run)".to_owned());
        return text;
    }
    say(listed("differences", report.difference_count));
    for difference in &report.differences {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        say(format!(
            "  {}: {}: {} at the source, {} at the target",
            difference.object,
            difference.field,
            shown(&difference.source),
            shown(&difference.target)
        ));
    }
    text
}
