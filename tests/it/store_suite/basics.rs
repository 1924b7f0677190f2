//! Statements, versions, groups.

use std::sync::Arc;

use skep::store::{Change, statements_check};
use skep_core::partition::Partition;
use skep_core::table::{Catalog, Column, Database, Shape, Storage, Table};
use skep_core::{Kind, Result};

const CHANGE: Change<'static> = Change { operation: "test", by: Some("tester") };

pub async fn database(store: &skep::store::Store) -> i64 {
    let mut txn = store.write().await.unwrap();
    txn.catalog_insert(&Catalog { name: "hive".into(), ..Catalog::default() }).await.unwrap();
    txn.database_insert(&Database { catalog: "hive".into(), name: "d".into(), ..Database::default() }).await.unwrap();
    let id = txn.database_get("hive", "d").await.unwrap().unwrap().id;
    txn.commit().await.unwrap();
    id
}

fn table(name: &str) -> Table {
    let shape = Shape {
        columns: Some(vec![Column { name: "a".into(), type_name: Some("int".into()), comment: None }]),
        ..Shape::default()
    };
    Table {
        catalog: "hive".into(),
        database: "d".into(),
        name: name.into(),
        storage: Some(Storage { shape: Arc::new(shape), location: Some(format!("file:/w/{name}")) }),
        ..Table::default()
    }
}

fn partition(table: &Table, day: &str) -> Partition {
    let shape = table.storage.as_ref().unwrap().shape.clone();
    Partition {
        values: vec![day.to_owned()],
        name: format!("dt={day}"),
        storage: Some(Storage { shape, location: Some(format!("{}/dt={day}", table.location().unwrap())) }),
        parameters: [("numFiles".to_owned(), "1".to_owned())].into(),
        ..Partition::default()
    }
}

async fn add(store: &skep::store::Store, id: i64, table: &Table, day: &str) -> Result<i64> {
    let mut txn = store.write_table(id).await?;
    let version = txn.table_commit(id, None, CHANGE).await?;
    txn.partition_add_many(id, version, table.location(), &[partition(table, day)]).await?;
    txn.commit().await?;
    Ok(version)
}

store_cases! {
    async fn every_statement_fits_the_schema(t: &TestStore) {
        assert!(statements_check(&t.store).await.unwrap() > 50);
    }

    async fn a_dropped_partition_leaves_its_siblings(t: &TestStore) {
        database(&t.store).await;
        let table = table("t");
        let mut txn = t.store.write().await.unwrap();
        let id = txn.table_create(&table, None, CHANGE, None).await.unwrap().unwrap();
        txn.commit().await.unwrap();
        for day in ["2024-01-01", "2024-01-02", "a%2Fb"] {
            add(&t.store, id, &table, day).await.unwrap();
        }
        let mut txn = t.store.write_table(id).await.unwrap();
        let version = txn.table_commit(id, None, CHANGE).await.unwrap();
        assert_eq!(txn.partition_remove_many(id, version, &["dt=2024-01-01".to_owned()]).await.unwrap(), 1);
        txn.commit().await.unwrap();
        let mut read = t.store.read().await.unwrap();
        let left = read.partition_list(id, version, None).await.unwrap();
        assert_eq!(left.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["dt=2024-01-02", "dt=a%2Fb"]);
        assert_eq!(left[0].location(), Some("file:/w/t/dt=2024-01-02"));
        assert_eq!(left[0].parameters["numFiles"], "1");
        assert_eq!(left[1].values, ["a%2Fb"]);
        assert_eq!(read.partition_removed_in(id, version).await.unwrap().len(), 1);
        assert_eq!(read.partition_gone_since(id, version - 1).await.unwrap(), ["dt=2024-01-01"]);
    }

    async fn concurrent_writers_of_a_table_all_land_and_versions_are_dense(t: &TestStore) {
        database(&t.store).await;
        let table = table("t");
        let mut txn = t.store.write().await.unwrap();
        let id = txn.table_create(&table, None, CHANGE, None).await.unwrap().unwrap();
        txn.commit().await.unwrap();
        let writers = (0..40).map(|n| {
            let (store, table) = (t.store.clone(), table.clone());
            // Every fifth takes a name that is taken: it alone must fail, its group's others must not.
            tokio::spawn(async move { add(&store, id, &table, &format!("{}", if n % 5 == 0 { 0 } else { n })).await })
        });
        let mut versions = Vec::new();
        let mut refused = 0;
        for writer in writers.collect::<Vec<_>>() {
            match writer.await.unwrap() {
                Ok(version) => versions.push(version),
                Err(e) if e.kind == Kind::AlreadyExists => refused += 1,
                Err(e) => panic!("{e}"),
            }
        }
        versions.sort_unstable();
        assert_eq!(versions, (2..=34).collect::<Vec<i64>>());
        assert_eq!(refused, 7);
        let mut read = t.store.read().await.unwrap();
        assert_eq!(read.partition_count(id).await.unwrap(), 33);
        assert_eq!(read.table_head("hive", "d", "t").await.unwrap().unwrap().version, 34);
    }

    async fn an_abandoned_write_leaves_nothing(t: &TestStore) {
        database(&t.store).await;
        let mut txn = t.store.write().await.unwrap();
        txn.catalog_insert(&Catalog { name: "gone".into(), ..Catalog::default() }).await.unwrap();
        drop(txn);
        let mut txn = t.store.write().await.unwrap();
        txn.catalog_insert(&Catalog { name: "kept".into(), ..Catalog::default() }).await.unwrap();
        txn.commit().await.unwrap();
        assert_eq!(t.store.read().await.unwrap().catalog_list().await.unwrap(), ["hive", "kept"]);
    }

    async fn events_are_numbered_without_gaps_in_order(t: &TestStore) {
        let writers = (0..30).map(|n: i64| {
            let store = t.store.clone();
            tokio::spawn(async move {
                let mut txn = store.write().await.unwrap();
                let event = skep::store::NewEvent { kind: "CREATE_TABLE", catalog: Some("hive"), database: Some("d"),
                    table: None, version: Some((n, 1)), body: &n };
                txn.event_insert(&event).await.unwrap();
                if n % 3 == 0 { drop(txn); return; }
                txn.commit().await.unwrap();
                let last = store.event_number().await.unwrap();
                let events = store.read().await.unwrap().event_list(0, last, 1000).await.unwrap();
                assert!(events.iter().any(|e| e.version == Some((n, 1))), "own write's event is there");
                assert!(events.iter().enumerate().all(|(at, e)| e.id == at as i64 + 1), "gapless");
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        assert_eq!(t.store.event_number().await.unwrap(), 20);
    }

    async fn a_foreign_or_later_schema_is_refused(t: &TestStore) {
        // Opening a second time finds the schema done.
        if t.store.kind() == "postgres" {
            skep::store::open(&t.options, crate::backend::now_ms).await.unwrap();
        } else {
            let twice = skep::store::open(&t.options, crate::backend::now_ms).await.unwrap_err();
            assert!(twice.message.contains("another server"), "{twice}");
        }
    }
}
