//! `skep tables …`.

use clap::Subcommand;
use serde_json::json;
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::table_service_client::TableServiceClient;

use super::ask::confirm;
use super::client::{ClientArgs, client};
use super::failure::Failure;
use super::kept::{kept_field, kept_tell};
use super::moment::as_of;
use super::output::Format;
use super::table_arg::{DatabaseArg, TableArg};
use super::table_definition::{TableChanges, TableFields, table_json, table_text, table_type_text};

#[derive(Debug, Subcommand)]
pub enum TablesCommand {
    /// List the tables of a database
    #[command(after_help = "Examples:\n  skep tables list web\n  skep tables list web 'click*|view*' --output json")]
    List {
        /// DATABASE or CATALOG.DATABASE
        #[arg(default_value = "default")]
        database: DatabaseArg,
        /// Pattern: * stands for any text, | for or
        pattern: Option<String>,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Show one table
    #[command(after_help = "Examples:\n  skep tables show web.clicks\n  skep tables show web.clicks --as-of 17")]
    Show {
        /// DATABASE.TABLE
        table: TableArg,
        /// As it was: the number of a version, or a time in UTC
        #[arg(long, alias = "version", value_name = "VERSION|TIME", value_parser = as_of)]
        as_of: Option<p::AsOf>,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Make a table
    #[command(after_help = "Examples:\n  skep tables create web.clicks --columns 'id bigint, at timestamp' \\\n      \
--partition-by 'dt date, hour int' --external --location s3://lake/clicks")]
    Create {
        /// DATABASE.TABLE
        table: TableArg,
        #[command(flatten)]
        new: TableFields,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Change a table
    #[command(after_help = "Examples:\n  skep tables alter web.clicks --add-columns 'referrer string' \\\n      \
--property retention=30\n  skep tables alter web.clicks --rename web.clicks_raw")]
    Alter {
        /// DATABASE.TABLE
        table: TableArg,
        #[command(flatten)]
        changes: TableChanges,
        /// Columns change in all partitions, too
        #[arg(long)]
        cascade: bool,
        /// Only if the table is at this version
        #[arg(long, value_name = "NUMBER")]
        expected_version: Option<i64>,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Drop a table
    Drop {
        /// DATABASE.TABLE
        table: TableArg,
        /// The data of a managed table goes, too
        #[arg(long)]
        delete_data: bool,
        /// Past the trash
        #[arg(long)]
        purge: bool,
        /// Nothing there is no error
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

/// Who changes something, and which request it is.
#[derive(Debug, Clone, clap::Args)]
pub struct Acting {
    /// Who acts, for the log and as owner [default: $USER]
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Id of this request: the same request with the same id is done once
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

impl Acting {
    pub fn user(&self) -> String {
        self.user.clone().or_else(|| std::env::var("USER").ok()).unwrap_or_default()
    }
    pub fn request_id(&self) -> String {
        self.request_id.clone().unwrap_or_default()
    }
}

pub async fn run(command: TablesCommand) -> Result<(), Failure> {
    match command {
        TablesCommand::List { database, pattern, client } => list(database, pattern, client).await,
        TablesCommand::Show { table, as_of, client } => show(table, as_of, client).await,
        TablesCommand::Create { table, new, acting, client } => {
            let request = p::CreateTableRequest {
                table: Some(new.table(table.name())?),
                request_id: acting.request_id(),
                user: acting.user(),
            };
            let mut calls = client!(TableServiceClient, client.connect().await?);
            let done = calls.create_table(request).await?.into_inner();
            Ok(client.output().record(&[("version", json!(done.version)), ("location", json!(done.location))])?)
        }
        TablesCommand::Alter { table, changes, cascade, expected_version, acting, client } => {
            let mut calls = client!(TableServiceClient, client.connect().await?);
            let request = p::GetTableRequest { name: Some(table.name()), as_of: None };
            let old = calls.get_table(request).await?.into_inner().table.unwrap_or_default();
            let request = p::AlterTableRequest {
                name: Some(table.name()),
                // What was read is what is changed, if nobody else was faster.
                expected_version: expected_version.unwrap_or(old.version),
                table: Some(changes.over(old)?),
                cascade,
                request_id: acting.request_id(),
                user: acting.user(),
            };
            let done = calls.alter_table(request).await?.into_inner();
            Ok(client.output().record(&[("version", json!(done.version)), ("location", json!(done.location))])?)
        }
        TablesCommand::Drop { table, delete_data, purge, if_exists, yes, acting, client } => {
            if delete_data {
                confirm(&format!("Drop table {table} and delete its data?"), yes)?;
            }
            let request = p::DropTableRequest {
                name: Some(table.name()),
                delete_data,
                purge,
                if_exists,
                request_id: acting.request_id(),
                user: acting.user(),
            };
            let mut calls = client!(TableServiceClient, client.connect().await?);
            let done = calls.drop_table(request).await?.into_inner();
            kept_tell(&done.kept);
            let mut fields = vec![("dropped", json!(done.dropped))];
            fields.extend(kept_field(&done.kept));
            Ok(client.output().record(&fields)?)
        }
    }
}

async fn list(database: DatabaseArg, pattern: Option<String>, client: ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(TableServiceClient, client.connect().await?);
    let mut lines = client.output().list(&["catalog", "database", "table", "type", "owner", "comment"]);
    let mut request = p::ListTablesRequest {
        catalog: database.catalog,
        database: database.database,
        pattern: pattern.unwrap_or_default(),
        page_size: 1_000,
        ..p::ListTablesRequest::default()
    };
    loop {
        let page = calls.list_tables(request.clone()).await?.into_inner();
        for one in page.summaries {
            let name = one.name.unwrap_or_default();
            let table_type = table_type_text(one.table_type);
            lines.row(&[
                json!(name.catalog),
                json!(name.database),
                json!(name.table),
                json!(table_type),
                json!(one.owner),
                json!(one.comment),
            ])?;
        }
        if page.next_page_token.is_empty() {
            return Ok(lines.end()?);
        }
        request.page_token = page.next_page_token;
    }
}

async fn show(table: TableArg, as_of: Option<p::AsOf>, client: ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(TableServiceClient, client.connect().await?);
    let request = p::GetTableRequest { name: Some(table.name()), as_of };
    let found = calls.get_table(request).await?.into_inner().table.unwrap_or_default();
    let mut output = client.output();
    match output.format() {
        Format::Table => Ok(output.text(&table_text(&found))?),
        Format::Json | Format::Csv => Ok(output.record(&table_json(&found))?),
    }
}
