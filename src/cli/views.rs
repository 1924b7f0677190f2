//! `skep views …`.

use std::io::Read as _;

use clap::Subcommand;
use serde_json::json;
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::view_service_client::ViewServiceClient;

use super::ask::confirm;
use super::client::{ClientArgs, client};
use super::failure::Failure;
use super::output::Format;
use super::table_arg::TableArg;
use super::tables::Acting;

/// The longest definition that is read from a file; the server takes less.
const SQL_MAX: u64 = 1 << 20;

#[derive(Debug, Subcommand)]
pub enum ViewsCommand {
    /// Make a view that Spark, Trino and Hive read alike
    Create(CreateArgs),
    /// Show a view that was made so: its definition, and what each engine reads
    #[command(after_help = "Examples:\n  skep views show web.daily\n  skep views show web.daily --output json")]
    Show {
        /// DATABASE.VIEW
        view: TableArg,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Drop a view
    Drop {
        /// DATABASE.VIEW
        view: TableArg,
        /// It is no error if there is none
        #[arg(long)]
        if_exists: bool,
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
#[command(
    after_help = "Examples:\n  skep views create web.daily --sql 'SELECT dt, count(*) AS clicks FROM clicks GROUP BY dt'\n  \
skep views create web.daily --file daily.sql --replace\n\n\
The definition is held against the tables that it names before anybody sees it. It is of a language that means the same in all \
engines: SELECT [DISTINCT], JOIN … ON, WHERE, GROUP BY, HAVING, UNION ALL, queries in FROM; CASE, CAST, IN, BETWEEN, LIKE; upper, \
lower, trim, length, concat, substr, coalesce, nullif, abs, year, month, day; count, sum, min, max, avg. Names may stand in double \
quotes or backticks, texts in single quotes."
)]
pub struct CreateArgs {
    /// DATABASE.VIEW
    view: TableArg,
    /// Its definition
    #[arg(long, required_unless_present = "file", value_name = "SELECT")]
    sql: Option<String>,
    /// A file with its definition; -: standard input
    #[arg(long, conflicts_with = "sql", value_name = "PATH")]
    file: Option<String>,
    /// How Trino calls this metastore's catalog; empty: the view has Hive's text alone
    #[arg(long, value_name = "NAME", default_value = "hive")]
    trino_catalog: String,
    /// A view of this name gets the new definition
    #[arg(long)]
    replace: bool,
    /// Check, show what it would be, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    client: ClientArgs,
}

pub async fn run(command: ViewsCommand) -> Result<(), Failure> {
    match command {
        ViewsCommand::Create(args) => create(args).await,
        ViewsCommand::Show { view, client } => {
            let mut calls = client!(ViewServiceClient, client.connect().await?);
            let found = calls.get_view(p::GetViewRequest { name: Some(view.name()) }).await?.into_inner();
            show(&found.view.unwrap_or_default(), &client)
        }
        ViewsCommand::Drop { view, if_exists, yes, acting, client } => {
            confirm(&format!("Drop the view {view}?"), yes)?;
            let mut calls = client!(ViewServiceClient, client.connect().await?);
            let request = p::DropViewRequest {
                name: Some(view.name()),
                if_exists,
                request_id: acting.request_id(),
                user: acting.user(),
            };
            calls.drop_view(request).await?;
            Ok(())
        }
    }
}

async fn create(args: CreateArgs) -> Result<(), Failure> {
    let sql = match (args.sql, args.file) {
        (Some(sql), _) => sql,
        (None, file) => read(&file.unwrap_or_default())?,
    };
    let request = p::CreateViewRequest {
        name: Some(args.view.name()),
        sql,
        trino_catalog: args.trino_catalog,
        replace: args.replace,
        dry_run: args.dry_run,
        request_id: args.acting.request_id(),
        user: args.acting.user(),
    };
    let mut calls = client!(ViewServiceClient, args.client.connect().await?);
    let made = calls.create_view(request).await?.into_inner();
    show(&made.view.unwrap_or_default(), &args.client)
}

fn read(path: &str) -> Result<String, Failure> {
    let mut text = String::new();
    if path == "-" {
        std::io::stdin().take(SQL_MAX).read_to_string(&mut text)?;
    } else {
        let file = std::fs::File::open(path).map_err(|error| Failure::usage(format!("{path}: {error}")))?;
        file.take(SQL_MAX).read_to_string(&mut text)?;
    }
    Ok(text)
}

fn show(view: &p::View, client: &ClientArgs) -> Result<(), Failure> {
    let mut output = client.output();
    let name = view.name.as_ref().map(|name| format!("{}.{}", name.database, name.table)).unwrap_or_default();
    let columns = if output.format() == Format::Table {
        let all: Vec<String> = view.columns.iter().map(|c| format!("{} {}", c.name, c.r#type())).collect();
        json!(all.join(", "))
    } else {
        let one = |c: &p::Column| json!({"name": c.name, "type": c.r#type()});
        json!(view.columns.iter().map(one).collect::<Vec<_>>())
    };
    Ok(output.record(&[
        ("view", json!(name)),
        ("version", json!(view.version)),
        ("owner", json!(view.owner)),
        ("columns", columns),
        ("sql", json!(view.sql)),
        ("hive_text", json!(view.hive_text)),
        ("trino_text", json!(view.trino_text)),
        ("trino_catalog", json!(view.trino_catalog)),
    ])?)
}
