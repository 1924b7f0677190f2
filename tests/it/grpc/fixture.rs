//! A server with a database `d`, and its clients.

use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::change_service_client::ChangeServiceClient;
use skep_proto::admin::v1::commit_service_client::CommitServiceClient;
use skep_proto::admin::v1::database_service_client::DatabaseServiceClient;
use skep_proto::admin::v1::partition_service_client::PartitionServiceClient;
use skep_proto::admin::v1::status_service_client::StatusServiceClient;
use skep_proto::admin::v1::table_service_client::TableServiceClient;
use skep_proto::admin::v1::version_service_client::VersionServiceClient;
use tonic::transport::{Channel, Endpoint};

use crate::backend;
use crate::process::client::Client;
use crate::process::server::Server;

pub struct Field {
    pub server: Server,
    pub channel: Channel,
    pub folder: tempfile::TempDir,
}

pub async fn sqlite() -> Field {
    sqlite_with(&[]).await
}

pub async fn postgres() -> Field {
    postgres_with(&[]).await
}

/// The same with further variables.
pub async fn sqlite_with(variables: &[(&str, &str)]) -> Field {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("skep.db").display());
    field(folder, &store, variables).await
}

pub async fn postgres_with(variables: &[(&str, &str)]) -> Field {
    let options = backend::postgres_options().await;
    let schema = options.schema.clone().unwrap();
    field(tempfile::tempdir().unwrap(), &options.url, &[variables, &[("SKEP_STORE_SCHEMA", &schema)]].concat()).await
}

/// A server with a store that is called so, and these variables.
pub async fn field(folder: tempfile::TempDir, store: &str, variables: &[(&str, &str)]) -> Field {
    let server = Server::start_with(folder.path(), store, variables).unwrap();
    let channel = connect(&server).await;
    let field = Field { server, channel, folder };
    field.database("d").await;
    field
}

async fn connect(server: &Server) -> Channel {
    Endpoint::from_shared(format!("http://{}", server.api)).unwrap().connect().await.unwrap()
}

impl Field {
    /// A further connection.
    pub async fn channel_again(&self) -> Channel {
        connect(&self.server).await
    }
    pub fn databases(&self) -> DatabaseServiceClient<Channel> {
        DatabaseServiceClient::new(self.channel.clone())
    }
    pub fn tables(&self) -> TableServiceClient<Channel> {
        TableServiceClient::new(self.channel.clone())
    }
    pub fn partitions(&self) -> PartitionServiceClient<Channel> {
        PartitionServiceClient::new(self.channel.clone())
    }
    pub fn versions(&self) -> VersionServiceClient<Channel> {
        VersionServiceClient::new(self.channel.clone())
    }
    pub fn changes(&self) -> ChangeServiceClient<Channel> {
        ChangeServiceClient::new(self.channel.clone())
    }
    pub fn commits(&self) -> CommitServiceClient<Channel> {
        CommitServiceClient::new(self.channel.clone())
    }
    pub fn status(&self) -> StatusServiceClient<Channel> {
        StatusServiceClient::new(self.channel.clone())
    }
    /// A client of the Thrift port.
    pub fn thrift(&self) -> Client {
        Client::connect(self.server.address).unwrap()
    }

    pub async fn database(&self, name: &str) {
        let database = p::Database { name: name.to_owned(), ..p::Database::default() };
        let request = p::CreateDatabaseRequest { database: Some(database), ..p::CreateDatabaseRequest::default() };
        self.databases().create_database(request).await.unwrap();
    }

    pub async fn table(&self, name: &str) {
        let request = p::CreateTableRequest { table: Some(table(name)), ..p::CreateTableRequest::default() };
        self.tables().create_table(request).await.unwrap();
    }

    /// Adds partitions by their values, and gives the table's version.
    pub async fn add(&self, name: &str, values: &[[&str; 2]]) -> i64 {
        let partitions = values.iter().map(|values| partition(values)).collect();
        let request = p::AddPartitionsRequest { table: at(name), partitions, ..p::AddPartitionsRequest::default() };
        self.partitions().add_partitions(request).await.unwrap().into_inner().version
    }

    /// The names of a list, and all of its batches' sizes.
    pub async fn names(&self, request: p::ListPartitionsRequest) -> Result<Vec<String>, tonic::Status> {
        let mut stream = self.partitions().list_partitions(request).await?.into_inner();
        let mut names = Vec::new();
        while let Some(message) = stream.message().await? {
            if let Some(p::list_partitions_response::Item::Batch(batch)) = message.item {
                names.extend(batch.names);
                names.extend(batch.partitions.into_iter().map(|one| one.name));
            }
        }
        Ok(names)
    }
}

/// `d.name`.
#[expect(clippy::unnecessary_wraps, reason = "fields that are messages are optional")]
pub fn at(name: &str) -> Option<p::TableName> {
    Some(p::TableName { catalog: String::new(), database: "d".to_owned(), table: name.to_owned() })
}

pub fn column(name: &str, type_name: &str) -> p::Column {
    p::Column { name: name.to_owned(), r#type: Some(type_name.to_owned()), comment: None }
}

/// An external table of Parquet, by day and hour.
pub fn table(name: &str) -> p::Table {
    let library = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe".to_owned();
    p::Table {
        name: at(name),
        partition_keys: vec![column("dt", "string"), column("hour", "int")],
        table_type: p::TableType::External.into(),
        parameters: [("EXTERNAL".to_owned(), "TRUE".to_owned())].into(),
        storage: Some(p::Storage {
            columns: Some(p::ColumnList { columns: vec![column("id", "bigint"), column("note", "string")] }),
            serde: Some(p::Serde { library: Some(library), ..p::Serde::default() }),
            ..p::Storage::default()
        }),
        ..p::Table::default()
    }
}

pub fn partition(values: &[&str]) -> p::Partition {
    p::Partition { values: values.iter().map(|value| (*value).to_owned()).collect(), ..p::Partition::default() }
}

impl Field {
    /// The parameters of a partition.
    pub async fn partition(&self, table: &str, values: &[&str]) -> std::collections::HashMap<String, String> {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        let key = Some(p::get_partition_request::Key::Values(p::ValueList { values }));
        let request = p::GetPartitionRequest { table: at(table), key };
        let found = self.partitions().get_partition(request).await.unwrap().into_inner().partition.unwrap();
        found.parameters.into_iter().collect()
    }
}
