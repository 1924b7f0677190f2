//! The first questions about a table that is not in memory yet: those that fix its first keys do not wait.

use std::sync::Arc;

use skep::catalog::{
    Metastore, PartitionAnswer, PartitionExpr, PartitionPick, PartitionQuery, RequestScope, Settings, TableRef,
};
use skep::clock::Clock;
use skep::store::{Change, Definition, Store};
use skep::warehouse::{Warehouse, WarehouseConfig};
use skep_core::name::{DEFAULT_PARTITION, partition_name};
use skep_core::partition::Partition;
use skep_core::table::{Column, Shape, Storage, Table};

use super::basics::database;
use crate::backend::{TestStore, now_ms};

const CHANGE: Change<'static> = Change { operation: "test", by: None };

fn column(name: &str, type_name: &str) -> Column {
    Column { name: name.into(), type_name: Some(type_name.into()), comment: None }
}

fn table() -> Table {
    Table {
        catalog: "hive".into(),
        database: "d".into(),
        name: "t".into(),
        partition_keys: vec![column("ds", "string"), column("day", "date"), column("hr", "int")],
        storage: Some(Storage { shape: Arc::new(Shape::default()), location: Some("file:/w/t".into()) }),
        ..Table::default()
    }
}

/// A node that has just started.
fn fresh(store: &Store) -> Metastore {
    let warehouse = WarehouseConfig { managed_root: "file:/w".into(), ..WarehouseConfig::default() };
    let warehouse = Warehouse::new(warehouse, Arc::new(now_ms)).unwrap();
    Metastore::new(store.clone(), Arc::new(warehouse), Settings::default(), Clock::manual(now_ms()))
}

async fn filled(t: &TestStore, values: impl Iterator<Item = [String; 3]>) -> i64 {
    database(&t.store).await;
    let mut txn = t.store.write().await.unwrap();
    let id = txn.table_create(&table(), None, CHANGE, None).await.unwrap().unwrap();
    let version = txn.table_commit(id, None, CHANGE).await.unwrap();
    let partition = |values: [String; 3]| {
        let name = partition_name(&table().partition_keys, &values).unwrap();
        (name.clone(), Partition { values: values.into(), name, ..Partition::default() })
    };
    let all: std::collections::BTreeMap<String, Partition> = values.map(partition).collect();
    let all: Vec<Partition> = all.into_values().collect();
    txn.partition_add_many(id, version, Some("file:/w/t"), &all).await.unwrap();
    txn.commit().await.unwrap();
    id
}

async fn ask(metastore: &Metastore, pick: PartitionPick) -> PartitionAnswer {
    let query =
        PartitionQuery { table: TableRef::new("hive", "d", "t"), pick, limit: None, scope: RequestScope::Unlimited };
    metastore.partitions_read(&query).await.unwrap()
}

fn filter(text: &str) -> PartitionPick {
    PartitionPick::Filter(text.to_owned())
}

fn prefix(values: &[&str]) -> PartitionPick {
    PartitionPick::Prefix(values.iter().map(|value| (*value).to_owned()).collect())
}

/// Everything unusual that a value can be.
const TEXTS: &[&str] =
    &["a", "A", "b/c=d", "é", "", DEFAULT_PARTITION, "a ", "a%2F", "2020-01-01", "a\u{1}", "aa", "'", "a.b"];
const DAYS: &[&str] = &["2024-03-01", "2024-3-1", "2024-03-01 05:00:00", "2024-3-01T05:00:00", "2024-03-10", "never"];

fn questions() -> Vec<PartitionPick> {
    let mut all = Vec::new();
    for text in TEXTS.iter().filter(|text| !text.contains(['\'', '\u{1}'])) {
        for rest in ["", " and hr = 5", " and day = '2024-03-01'", " and day = '2024-03-10' and hr > 3", " or hr = 7"] {
            all.push(filter(&format!("ds = '{text}'{rest}")));
        }
        all.push(filter(&format!("DS in ('{text}', 'a', 'none') and not hr = 5")));
        let expr = format!("ds = '{text}' and hr > 3").into_bytes();
        all.push(PartitionPick::Expr(PartitionExpr { bytes: expr, ..PartitionExpr::default() }));
    }
    for text in TEXTS {
        all.extend([
            prefix(&[text]),
            prefix(&[text, "2024-3-1"]),
            prefix(&[text, "", "05"]),
            prefix(&[text, "never", "5"]),
        ]);
    }
    all.extend(["hr = 5", "day = '2024-03-01'", "ds like 'a%'", "ds > 'a'", "ds != 'a'"].map(filter));
    all
}

store_cases! {
    async fn a_cold_answer_is_the_warm_one(t: &TestStore) {
        let hours = ["5", "05", "7", "what", DEFAULT_PARTITION];
        let rows = TEXTS.iter().flat_map(|text| DAYS.iter().flat_map(move |day| hours.map(|hr| [*text, *day, hr])));
        filled(t, rows.map(|row| row.map(str::to_owned))).await;
        let warm = fresh(&t.store);
        let whole = ask(&warm, PartitionPick::All).await.bytes();
        let mut by_range = 0;
        for question in questions() {
            let wanted = ask(&warm, question.clone()).await;
            let cold = fresh(&t.store);
            let answer = ask(&cold, question.clone()).await;
            assert_eq!(answer.names(), wanted.names(), "{question:?}");
            assert_eq!(answer.has_unknown, wanted.has_unknown);
            by_range += usize::from(answer.bytes() < whole);
            // Whoever needs it all waits for what the first question began.
            assert_eq!(ask(&cold, filter("hr > 0")).await.bytes(), whole);
            assert!(cold.partition_cache_bytes() > 0);
        }
        assert!(by_range > 80, "{by_range}");
    }

    async fn look_ups_by_name_bring_a_table_into_memory(t: &TestStore) {
        let rows = (0..6000).map(|n| ["a".to_owned(), "2024-03-01".to_owned(), n.to_string()]);
        filled(t, rows).await;
        let whole = ask(&fresh(&t.store), PartitionPick::All).await.bytes();
        let named = PartitionPick::Names((0..1000).map(|n| format!("ds=a/day=2024-03-01/hr={}", n * 6)).collect());
        let cold = fresh(&t.store);
        for _ in 0..9 {
            let answer = ask(&cold, named.clone()).await;
            assert_eq!(answer.len(), 1000);
            assert!(answer.bytes() < whole / 3, "{} of {whole}", answer.bytes());
        }
        // The tenth begins it, and waits no more than the others.
        let in_memory = async {
            while ask(&cold, named.clone()).await.bytes() != whole {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_mins(1), in_memory).await.expect("the table is loaded");
        assert_eq!(ask(&cold, named).await.len(), 1000);
    }

    async fn only_few_rows_are_read_so(t: &TestStore) {
        let rows = (0..6500).map(|n| {
            let ds = if n < 6000 { "many" } else { "few" };
            [ds.to_owned(), "2024-03-01".to_owned(), n.to_string()]
        });
        filled(t, rows).await;
        let whole = ask(&fresh(&t.store), PartitionPick::All).await.bytes();
        assert!(ask(&fresh(&t.store), filter("ds = 'few'")).await.bytes() < whole / 5);
        assert_eq!(ask(&fresh(&t.store), filter("ds = 'many' and hr < 3")).await.bytes(), whole);
        // First questions at once: each is answered, and all later ones from memory.
        let cold = fresh(&t.store);
        let first = (0..8).map(|n| {
            let cold = cold.clone();
            tokio::spawn(async move { ask(&cold, filter(&format!("ds = 'few' and hr = {}", 6000 + n))).await.len() })
        });
        for answer in first.collect::<Vec<_>>() {
            assert_eq!(answer.await.unwrap(), 1);
        }
        assert_eq!(ask(&cold, filter("hr >= 0")).await.bytes(), whole);
        assert_eq!(ask(&cold, filter("ds = 'few'")).await.bytes(), whole);
    }

    async fn names_of_renamed_keys_are_not_trusted(t: &TestStore) {
        let rows = (0..20).map(|n| ["a".to_owned(), "2024-03-01".to_owned(), n.to_string()]);
        let id = filled(t, rows).await;
        let rename = async |keys: [&str; 3]| {
            let mut table = table();
            for (key, name) in table.partition_keys.iter_mut().zip(keys) {
                name.clone_into(&mut key.name);
            }
            let mut txn = t.store.write_table(id).await.unwrap();
            txn.table_commit(id, Some(Definition::of(&table)), CHANGE).await.unwrap();
            txn.commit().await.unwrap();
        };
        for (keys, text) in [
            (["other", "day", "hr"], "other = 'a'"),
            (["d", "day", "hr"], "d = 'a'"),
            (["ds", "date", "hr"], "ds = 'a' and date = '2024-03-01'"),
            (["dsx", "ds", "hr"], "dsx = 'a' and ds = '2024-03-01'"),
        ] {
            rename(keys).await;
            assert_eq!(ask(&fresh(&t.store), filter(text)).await.len(), 20, "{text}");
        }
    }
}
