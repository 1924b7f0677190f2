//! A metastore over the store under test, with a database `d` and tables.

use std::sync::Arc;

use skep::catalog::{Caller, Metastore, Settings, TableCreate, TableRef};
use skep::clock::Clock;
use skep::store::{Change, StoredEvent};
use skep::warehouse::{Warehouse, WarehouseConfig};
use skep_core::partition::Partition;
use skep_core::table::{Column, Database, Serde, Shape, Storage, Table};

use crate::backend::{TestStore, now_ms};

pub struct Field {
    pub metastore: Metastore,
    pub caller: Caller,
    /// The metastore's.
    pub clock: Clock,
    _dir: tempfile::TempDir,
}

pub async fn field(store: &TestStore, change: impl FnOnce(&mut Settings)) -> Field {
    let field = field_of(store, change).await;
    field.database("d").await;
    field
}

async fn field_of(store: &TestStore, change: impl FnOnce(&mut Settings)) -> Field {
    let dir = tempfile::tempdir().unwrap();
    let config = WarehouseConfig { managed_root: format!("file:{}/wh", dir.path().display()), ..Default::default() };
    let warehouse = Warehouse::new(config, Arc::new(now_ms)).unwrap();
    let mut settings = Settings::default();
    change(&mut settings);
    let clock = Clock::manual(now_ms());
    let metastore = Metastore::new(store.store.clone(), Arc::new(warehouse), settings, clock.clone());
    metastore.bootstrap().await.unwrap();
    let caller = Caller { user: Some("ann".into()), groups: Vec::new(), ..Caller::default() };
    Field { metastore, caller, clock, _dir: dir }
}

/// A second metastore over the same store, with memories of its own.
pub async fn field_again(store: &TestStore) -> Field {
    field_of(store, |_| {}).await
}

pub fn at(table: &str) -> TableRef {
    TableRef::new("hive", "d", table)
}

fn columns(names: &[&str]) -> Vec<Column> {
    names.iter().map(|n| Column { name: (*n).to_owned(), type_name: Some("bigint".into()), comment: None }).collect()
}

pub fn table(name: &str, keys: &[&str]) -> Table {
    let shape = Shape { columns: Some(columns(&["a", "b"])), serde: Some(Serde::default()), ..Shape::default() };
    Table {
        catalog: "hive".into(),
        database: "d".into(),
        name: name.into(),
        storage: Some(Storage { shape: Arc::new(shape), location: None }),
        partition_keys: columns(keys),
        ..Table::default()
    }
}

impl Field {
    pub async fn database(&self, name: &str) {
        let database = Database { catalog: "hive".into(), name: name.into(), ..Database::default() };
        self.metastore.database_create(&self.caller, database).await.unwrap();
    }
    pub async fn table(&self, name: &str, keys: &[&str]) -> Table {
        let request = TableCreate { table: table(name, keys), ..TableCreate::default() };
        self.metastore.table_create(&self.caller, request).await.unwrap();
        (*self.metastore.table_get(&at(name)).await.unwrap()).clone()
    }
    /// Adds partitions `p=1` … `p=count`.
    pub async fn partitions(&self, table: &Table, count: usize) -> Vec<String> {
        let names: Vec<String> = (1..=count).map(|n| format!("p={n}")).collect();
        let partitions: Vec<Partition> = names
            .iter()
            .map(|name| Partition {
                name: name.clone(),
                values: vec![name[2..].to_owned()],
                storage: table.storage.clone(),
                parameters: [("numRows".to_owned(), "1".to_owned())].into(),
                ..Partition::default()
            })
            .collect();
        let mut txn = self.metastore.store().write_table(table.id).await.unwrap();
        let change = Change { operation: "test", by: None };
        let version = txn.table_commit(table.id, None, change).await.unwrap();
        txn.partition_add_many(table.id, version, table.location(), &partitions).await.unwrap();
        txn.commit().await.unwrap();
        names
    }
    pub async fn partition_list(&self, name: &str) -> Vec<Partition> {
        let mut txn = self.metastore.store().read().await.unwrap();
        let head = txn.table_head("hive", "d", name).await.unwrap().unwrap();
        txn.partition_list(head.id, head.version, None).await.unwrap()
    }
    /// All events, numbered.
    pub async fn events(&self) -> Vec<StoredEvent> {
        let last = self.metastore.store().event_number().await.unwrap();
        self.metastore.store().peek().await.unwrap().event_list(0, last, 1_000_000).await.unwrap()
    }
    pub async fn event_kinds(&self) -> Vec<String> {
        self.events().await.into_iter().map(|e| e.kind).collect()
    }
}
