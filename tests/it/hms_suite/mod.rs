//! Hive's methods as a client sees them: a call over a socket, the rules, a real store, and the answer.

use std::sync::Arc;

use skep::hms::{CallObserver, CallRecord, ConnectionLimits, Dispatcher, Services, routes, serve};
use skep_thrift::call::Answer;
use skep_thrift::{Exception, Method, methods as m, types as t};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::backend::TestStore;
use crate::catalog_suite::TestMetastore;
use crate::wire::client::{BINARY, Client};

struct Deaf;

impl CallObserver for Deaf {
    fn connection_opened(&self) {}
    fn connection_closed(&self) {}
    fn connection_refused(&self) {}
    fn connection_foreign(&self) {}
    fn call_finished(&self, _: &CallRecord<'_>) {}
}

/// A server with all methods, and a connection to it that acts as `ann`.
pub struct TestClient {
    client: Client,
    pub server: TestMetastore,
}

impl TestClient {
    pub async fn new(store: TestStore) -> Self {
        let server = TestMetastore::new(store).await;
        let config = Arc::new(skep::config::Config::default());
        let services = Arc::new(Services { metastore: server.metastore.clone(), config, started_at: 0 });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let dispatcher = Arc::new(Dispatcher::new(routes(), services, Arc::new(Deaf)));
        tokio::spawn(serve(listener, dispatcher, ConnectionLimits::default(), CancellationToken::new()));
        let mut client = Self { client: Client::connect(addr, BINARY).await, server };
        let ugi = m::SetUgiArgs { user_name: Some("ann".into()), group_names: Some(vec!["staff".into()]) };
        client.ok::<m::SetUgi>(ugi).await;
        client
    }
    pub async fn answer<M: Method>(&mut self, args: M::Args) -> Answer<M::Reply> {
        self.client.call::<M>(1, &args).await
    }
    pub async fn ok<M: Method>(&mut self, args: M::Args) -> M::Reply {
        match self.answer::<M>(args).await {
            Answer::Reply(reply) => reply,
            Answer::Exception(what, why) => panic!("{} threw {what:?}: {why}", M::NAME),
            Answer::Error(code, why) => panic!("{} failed with {code}: {why}", M::NAME),
            Answer::Missing => panic!("{} answered nothing", M::NAME),
        }
    }
    pub async fn fails<M: Method>(&mut self, args: M::Args) -> (Exception, String) {
        match self.answer::<M>(args).await {
            Answer::Exception(Some(what), why) => (what, why),
            _ => panic!("{} did not throw", M::NAME),
        }
    }
    pub async fn database(&mut self, name: &str) {
        let database = t::Database { name: Some(name.into()), ..t::Database::default() };
        self.ok::<m::CreateDatabase>(m::CreateDatabaseArgs { database: Some(database) }).await;
    }
    pub async fn table(&mut self, table: t::Table) {
        self.ok::<m::CreateTable>(m::CreateTableArgs { tbl: Some(table) }).await;
    }
    pub async fn table_get(&mut self, database: &str, table: &str) -> t::Table {
        let args = m::GetTableArgs { dbname: Some(database.into()), tbl_name: Some(table.into()) };
        self.ok::<m::GetTable>(args).await
    }
}

pub fn columns(names: &[&str]) -> Vec<t::FieldSchema> {
    let column = |name: &&str| t::FieldSchema {
        name: Some((*name).into()),
        r#type: Some("string".into()),
        ..t::FieldSchema::default()
    };
    names.iter().map(column).collect()
}

/// A managed table of `d` with columns `a` and `b`.
pub fn table(name: &str, keys: &[&str]) -> t::Table {
    t::Table {
        table_name: Some(name.into()),
        db_name: Some("d".into()),
        table_type: Some("MANAGED_TABLE".into()),
        partition_keys: Some(columns(keys)),
        sd: Some(t::StorageDescriptor {
            cols: Some(columns(&["a", "b"]).into()),
            serde_info: Some(t::SerDeInfo::default()),
            ..t::StorageDescriptor::default()
        }),
        ..t::Table::default()
    }
}

pub fn transactional(name: &str, keys: &[&str]) -> t::Table {
    t::Table { parameters: Some(vec![("transactional".into(), "true".into())]), ..table(name, keys) }
}

pub fn partition(table: &str, value: &str) -> t::Partition {
    t::Partition {
        values: Some(vec![value.into()]),
        db_name: Some("d".into()),
        table_name: Some(table.into()),
        sd: table_sd(),
        ..t::Partition::default()
    }
}

fn table_sd() -> Option<t::StorageDescriptor> {
    table("", &[]).sd
}

/// Makes `on_sqlite::case` and `on_postgres::case` from one function.
macro_rules! hms_cases {
    ($(async fn $name:ident($client:ident: &mut TestClient) $body:block)+) => {
        $(async fn $name($client: &mut crate::hms_suite::TestClient) $body)+
        mod on_sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$name(&mut crate::hms_suite::TestClient::new(crate::backend::sqlite().await).await).await;
        })+ }
        mod on_postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$name(&mut crate::hms_suite::TestClient::new(crate::backend::postgres().await).await).await;
        })+ }
    };
}

mod alter;
mod compactions;
mod names;
mod privileges;
