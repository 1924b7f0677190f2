//! `skep databases …`.

use std::collections::BTreeMap;

use clap::Subcommand;
use serde_json::json;
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::database_service_client::DatabaseServiceClient;
use tonic::transport::Channel;

use super::ask::confirm;
use super::client::{ClientArgs, client};
use super::failure::Failure;
use super::kept::kept_tell;
use super::moment::Moment;
use super::output::Format;
use super::table_arg::{DatabaseArg, pair};
use super::table_definition::principal_text;
use super::tables::Acting;

#[derive(Debug, Subcommand)]
pub enum DatabasesCommand {
    /// List databases
    #[command(after_help = "Examples:\n  skep databases list\n  skep databases list 'web*' --output csv")]
    List {
        /// Pattern: * stands for any text, | for or
        pattern: Option<String>,
        /// Catalog [default: the server's]
        #[arg(long)]
        catalog: Option<String>,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Show one database
    Show {
        /// DATABASE or CATALOG.DATABASE
        database: DatabaseArg,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Make a database
    #[command(after_help = "Examples:\n  skep databases create web --location s3://lake/web --comment 'Clicks'")]
    Create {
        /// DATABASE or CATALOG.DATABASE
        database: DatabaseArg,
        #[command(flatten)]
        new: DatabaseFields,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Change a database
    Alter {
        /// DATABASE or CATALOG.DATABASE
        database: DatabaseArg,
        #[command(flatten)]
        new: DatabaseFields,
        /// Property to take away
        #[arg(long, value_name = "KEY")]
        unset: Vec<String>,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Drop a database
    Drop {
        /// DATABASE or CATALOG.DATABASE
        database: DatabaseArg,
        /// Its tables and functions, too
        #[arg(long)]
        cascade: bool,
        /// The data of managed tables goes, too
        #[arg(long)]
        delete_data: bool,
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

#[derive(Debug, clap::Args)]
pub struct DatabaseFields {
    /// Where external tables lie, and all others without --managed-location
    #[arg(long, value_name = "URI")]
    location: Option<String>,
    /// Where managed tables lie
    #[arg(long, value_name = "URI")]
    managed_location: Option<String>,
    /// Description
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// Owner [default: the user]
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// Property; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    property: Vec<(String, String)>,
}

impl DatabaseFields {
    fn over(self, database: p::Database) -> p::Database {
        let mut parameters: BTreeMap<_, _> = database.parameters;
        parameters.extend(self.property);
        p::Database {
            location: self.location.unwrap_or(database.location),
            managed_location: self.managed_location.or(database.managed_location),
            description: self.comment.or(database.description),
            owner_type: if self.owner.is_some() { p::PrincipalType::User.into() } else { database.owner_type },
            owner: self.owner.or(database.owner),
            parameters,
            ..database
        }
    }
}

pub async fn run(command: DatabasesCommand) -> Result<(), Failure> {
    match command {
        DatabasesCommand::List { pattern, catalog, client } => {
            list(pattern.unwrap_or_default(), catalog.unwrap_or_default(), client).await
        }
        DatabasesCommand::Show { database, client } => show(database, client).await,
        DatabasesCommand::Create { database, new, acting, client } => {
            let given = p::Database { catalog: database.catalog, name: database.database, ..p::Database::default() };
            let request = p::CreateDatabaseRequest {
                database: Some(new.over(given)),
                request_id: acting.request_id(),
                user: acting.user(),
            };
            let mut calls = client!(DatabaseServiceClient, client.connect().await?);
            let answer = calls.create_database(request).await?.into_inner();
            Ok(client.output().record(&[("location", json!(answer.location))])?)
        }
        DatabasesCommand::Alter { database, new, unset, acting, client } => {
            let mut calls = client!(DatabaseServiceClient, client.connect().await?);
            let mut given = get(&mut calls, database).await?;
            given.parameters.retain(|key, _| !unset.contains(key));
            let request = p::AlterDatabaseRequest {
                database: Some(new.over(given)),
                request_id: acting.request_id(),
                user: acting.user(),
            };
            let answer = calls.alter_database(request).await?.into_inner();
            Ok(client.output().record(&[("location", json!(answer.location))])?)
        }
        DatabasesCommand::Drop { database, cascade, delete_data, if_exists, yes, acting, client } => {
            if delete_data {
                confirm(&format!("Drop database {} and delete its data?", database.database), yes)?;
            }
            let request = p::DropDatabaseRequest {
                catalog: database.catalog,
                name: database.database,
                cascade,
                delete_data,
                if_exists,
                request_id: acting.request_id(),
                user: acting.user(),
            };
            let mut calls = client!(DatabaseServiceClient, client.connect().await?);
            let done = calls.drop_database(request).await?.into_inner();
            kept_tell(&done.kept);
            Ok(())
        }
    }
}

async fn get(calls: &mut DatabaseServiceClient<Channel>, database: DatabaseArg) -> Result<p::Database, Failure> {
    let request = p::GetDatabaseRequest { catalog: database.catalog, name: database.database };
    Ok(calls.get_database(request).await?.into_inner().database.unwrap_or_default())
}

async fn list(pattern: String, catalog: String, client: ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(DatabaseServiceClient, client.connect().await?);
    let mut lines = client.output().list(&["catalog", "database", "owner", "location", "comment"]);
    let mut request = p::ListDatabasesRequest { catalog, pattern, ..p::ListDatabasesRequest::default() };
    loop {
        let page = calls.list_databases(request.clone()).await?.into_inner();
        for one in page.databases {
            lines.row(&[
                json!(one.catalog),
                json!(one.name),
                json!(one.owner),
                json!(one.location),
                json!(one.description),
            ])?;
        }
        if page.next_page_token.is_empty() {
            return Ok(lines.end()?);
        }
        request.page_token = page.next_page_token;
    }
}

async fn show(database: DatabaseArg, client: ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(DatabaseServiceClient, client.connect().await?);
    let found = get(&mut calls, database).await?;
    let mut output = client.output();
    let is_table = output.format() == Format::Table;
    let created = Moment::Seconds(found.create_time).cell(is_table);
    let remote = found.remote.map(|remote| json!({ "connector": remote.connector, "database": remote.database }));
    output.record(&[
        ("catalog", json!(found.catalog)),
        ("database", json!(found.name)),
        ("comment", json!(found.description)),
        ("owner", json!(found.owner)),
        ("owner_type", json!(principal_text(found.owner_type))),
        ("location", json!(found.location)),
        ("managed_location", json!(found.managed_location)),
        ("created", created),
        ("properties", json!(found.parameters)),
        ("remote", json!(remote)),
    ])?;
    Ok(())
}
