//! Reading partitions: from memory, from the store, brought forward: always the same, always the current version.

use std::collections::BTreeMap;
use std::sync::Arc;

use skep::catalog::{
    Metastore, PartitionExpr, PartitionKey, PartitionPick, PartitionQuery, PartitionValuesQuery, RequestScope,
    Settings, TableRef,
};
use skep::clock::Clock;
use skep::store::{Change, Store};
use skep::warehouse::{Warehouse, WarehouseConfig};
use skep_core::name::{DEFAULT_PARTITION, partition_name};
use skep_core::partition::Partition;
use skep_core::table::{Column, Shape, Storage, Table};
use skep_core::{Kind, Result};

use super::basics::database;
use crate::backend::{TestStore, now_ms};

const CHANGE: Change<'static> = Change { operation: "test", by: None };

pub fn metastore(store: &Store, settings: Settings) -> Metastore {
    let warehouse = WarehouseConfig { managed_root: "file:/w".into(), ..WarehouseConfig::default() };
    let warehouse = Warehouse::new(warehouse, Arc::new(now_ms)).unwrap();
    Metastore::new(store.clone(), Arc::new(warehouse), settings, Clock::manual(now_ms()))
}

fn column(name: &str, type_name: &str) -> Column {
    Column { name: name.into(), type_name: Some(type_name.into()), comment: None }
}

fn shape(columns: usize) -> Arc<Shape> {
    Arc::new(Shape {
        columns: Some((0..columns).map(|n| column(&format!("c{n}"), "int")).collect()),
        ..Shape::default()
    })
}

fn table() -> Table {
    Table {
        catalog: "hive".into(),
        database: "d".into(),
        name: "t".into(),
        partition_keys: vec![column("ds", "string"), column("hr", "int")],
        storage: Some(Storage { shape: shape(2), location: Some("file:/w/t".into()) }),
        ..Table::default()
    }
}

fn at() -> TableRef {
    TableRef::new("hive", "d", "t")
}

fn partition(ds: &str, hr: &str, number: usize) -> Partition {
    let values = vec![ds.to_owned(), hr.to_owned()];
    let name = partition_name(&table().partition_keys, &values).unwrap();
    let location = match number % 4 {
        0 => Some(format!("s3://elsewhere/{number}")),
        1 => Some(format!("file:/old/place/{name}")),
        _ => Some(format!("file:/w/t/{name}")),
    };
    Partition {
        storage: (number % 7 != 6).then(|| Storage { shape: shape(number % 3), location }),
        parameters: (0..number % 3).map(|n| (format!("k{n}é"), format!("{number}"))).collect(),
        create_time: number as i32,
        write_id: (number.is_multiple_of(2)).then_some(number as i64),
        values,
        name,
        ..Partition::default()
    }
}

async fn table_made(t: &TestStore) -> i64 {
    database(&t.store).await;
    let mut txn = t.store.write().await.unwrap();
    let id = txn.table_create(&table(), None, CHANGE, None).await.unwrap().unwrap();
    txn.commit().await.unwrap();
    id
}

async fn add(store: &Store, id: i64, partitions: &[Partition]) {
    let mut txn = store.write_table(id).await.unwrap();
    let version = txn.table_commit(id, None, CHANGE).await.unwrap();
    txn.partition_add_many(id, version, Some("file:/w/t"), partitions).await.unwrap();
    txn.commit().await.unwrap();
}

async fn remove(store: &Store, id: i64, names: &[String]) {
    let mut txn = store.write_table(id).await.unwrap();
    let version = txn.table_commit(id, None, CHANGE).await.unwrap();
    txn.partition_remove_many(id, version, names).await.unwrap();
    txn.commit().await.unwrap();
}

fn query(pick: PartitionPick, limit: Option<usize>) -> PartitionQuery {
    PartitionQuery { table: at(), pick, limit, scope: RequestScope::Asked }
}

async fn read(metastore: &Metastore, pick: PartitionPick, limit: Option<usize>) -> Result<Vec<Partition>> {
    let answer = metastore.partitions_read(&query(pick, limit)).await?;
    Ok(answer.partitions())
}

fn filter(text: &str) -> PartitionPick {
    PartitionPick::Filter(text.to_owned())
}

fn expr(bytes: &[u8], order: Option<&str>) -> PartitionPick {
    let order = order.map(str::to_owned);
    PartitionPick::Expr(PartitionExpr { bytes: bytes.to_vec(), default_partition: None, order })
}

/// Bytes of `(ds = '2020-01-01')` and `(hr > 5)` as Hive writes them.
fn kryo(name: &str) -> Vec<u8> {
    let vectors = include_str!("../../../src/core/kryo/testdata/vectors.tsv");
    let hex = vectors.lines().find(|line| line.starts_with(&format!("{name}\t4.0.1\ttyped\t"))).unwrap();
    unhex(hex.split('\t').next_back().unwrap())
}

/// Bytes of `(upper(ds) = 'A')` and `((hr % 2) = 1)`.
fn called(name: &str) -> Vec<u8> {
    let vectors = include_str!("../../../src/core/kryo/testdata/hive4.tsv");
    let hex = vectors.lines().find(|line| line.starts_with(&format!("{name}\t"))).unwrap();
    unhex(hex.split('\t').next_back().unwrap())
}

fn unhex(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

async fn names(metastore: &Metastore, pick: PartitionPick, limit: Option<usize>) -> Vec<String> {
    read(metastore, pick, limit).await.unwrap().into_iter().map(|partition| partition.name).collect()
}

/// A state of the test's own: what must be there, by name.
type Wanted = BTreeMap<String, Partition>;

/// Asks everything in both ways and compares with what must be there.
async fn check(cached: &Metastore, direct: &Metastore, wanted: &Wanted) {
    let all: Vec<Partition> = wanted.values().cloned().collect();
    let some: Vec<String> = wanted.keys().step_by(3).cloned().chain(["ds=none/hr=1".to_owned()]).rev().collect();
    for metastore in [cached, direct] {
        assert_eq!(read(metastore, PartitionPick::All, None).await.unwrap(), all);
        assert_eq!(read(metastore, PartitionPick::All, Some(3)).await.unwrap(), all[..all.len().min(3)]);
        let named: Vec<Partition> = some.iter().rev().filter_map(|name| wanted.get(name)).cloned().collect();
        assert_eq!(read(metastore, PartitionPick::Names(some.clone()), None).await.unwrap(), named);
        let which = |test: fn(&Partition) -> bool| all.iter().filter(|p| test(p)).cloned().collect::<Vec<_>>();
        let prefix = PartitionPick::Prefix(vec![String::new(), "5".into()]);
        assert_eq!(read(metastore, prefix, None).await.unwrap(), which(|p| p.values[1] == "5"));
        let after = which(|p| p.values[1].parse::<i64>().is_ok_and(|hr| hr > 3) && p.values[0].starts_with('a'));
        assert_eq!(read(metastore, filter("hr > 3 and ds like 'a%'"), None).await.unwrap(), after);
        assert_eq!(read(metastore, filter(""), None).await.unwrap(), all);
        // Functions, in a text and in what Hive's driver sends.
        let upper = which(|p| p.values[0] == "a");
        assert_eq!(read(metastore, filter("upper(ds) = 'A'"), None).await.unwrap(), upper);
        assert_eq!(read(metastore, expr(&called("upper"), None), None).await.unwrap(), upper);
        let odd = which(|p| p.values[1].parse::<i64>().is_ok_and(|hr| hr % 2 == 1));
        assert_eq!(read(metastore, filter("mod(hr, 2) = 1"), None).await.unwrap(), odd);
        let answer = metastore.partitions_read(&query(expr(&called("mod"), None), None)).await.unwrap();
        assert_eq!((answer.partitions(), answer.has_unknown), (odd, false));
    }
}

store_cases! {
    async fn every_way_of_reading_gives_the_current_version(t: &TestStore) {
        let id = table_made(t).await;
        let cached = metastore(&t.store, Settings::default());
        let direct = metastore(&t.store, Settings { cache_memory_max: 0, ..Settings::default() });
        let mut wanted = Wanted::new();
        check(&cached, &direct, &wanted).await;
        for round in 0..12_usize {
            // Some come, some go, some change: the same name with other content.
            let mut came = Wanted::new();
            for n in 0..5 {
                let ds = ["a", "b/c", "", "é"][(round + n) % 4];
                let new = partition(ds, &((round * n) % 9).to_string(), round * 5 + n);
                if !wanted.contains_key(&new.name) {
                    came.insert(new.name.clone(), new);
                }
            }
            add(&t.store, id, &came.values().cloned().collect::<Vec<_>>()).await;
            wanted.append(&mut came);
            if round % 2 == 1 {
                let gone: Vec<String> = wanted.keys().skip(round % 3).step_by(4).cloned().collect();
                remove(&t.store, id, &gone).await;
                wanted.retain(|name, _| !gone.contains(name));
            }
            if round % 3 == 1 && let Some(mut changed) = wanted.values().nth(1).cloned() {
                changed.parameters.insert("changed".into(), round.to_string());
                let mut txn = t.store.write_table(id).await.unwrap();
                let version = txn.table_commit(id, None, CHANGE).await.unwrap();
                txn.partition_remove_many(id, version, std::slice::from_ref(&changed.name)).await.unwrap();
                txn.partition_add_many(id, version, Some("file:/w/t"), std::slice::from_ref(&changed)).await.unwrap();
                txn.commit().await.unwrap();
                wanted.insert(changed.name.clone(), changed);
            }
            // Several versions may pass between two readings.
            if round % 4 != 2 {
                check(&cached, &direct, &wanted).await;
            }
        }
        check(&cached, &direct, &wanted).await;
        assert!(cached.partition_cache_bytes() > 0);
        assert!(direct.partition_cache_bytes() < 1_000, "only that it does not fit");
    }

    async fn what_a_slot_means_may_change_under_its_partitions(t: &TestStore) {
        let id = table_made(t).await;
        let cached = metastore(&t.store, Settings::default());
        let all: Vec<Partition> = (0..6).map(|n| partition("a", &n.to_string(), n)).collect();
        add(&t.store, id, &all).await;
        assert_eq!(read(&cached, PartitionPick::All, None).await.unwrap(), all);
        let mut txn = t.store.write_table(id).await.unwrap();
        let version = txn.table_commit(id, None, CHANGE).await.unwrap();
        for slot in txn.slot_list(id, version - 1).await.unwrap() {
            txn.slot_reshape(id, slot.slot, version, &shape(9)).await.unwrap();
        }
        txn.commit().await.unwrap();
        let after = read(&cached, PartitionPick::All, None).await.unwrap();
        assert_eq!(after.len(), 6);
        for storage in after.iter().filter_map(|p| p.storage.as_ref()) {
            assert_eq!(storage.shape.columns().len(), 9);
        }
    }

    async fn many_readers_and_writers_at_once_never_see_the_past(t: &TestStore) {
        let id = table_made(t).await;
        let cached = metastore(&t.store, Settings::default());
        let tasks = (0..16).map(|n: usize| {
            let (store, cached) = (t.store.clone(), cached.clone());
            tokio::spawn(async move {
                for hr in 0..4 {
                    let mine = partition(&format!("task{n}"), &hr.to_string(), 2);
                    add(&store, id, std::slice::from_ref(&mine)).await;
                    let seen = names(&cached, filter(&format!("ds = 'task{n}'")), None).await;
                    assert_eq!(seen.len(), hr + 1, "an acknowledged write is seen by the next read");
                    assert_eq!(seen.last(), Some(&mine.name));
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(names(&cached, PartitionPick::All, None).await.len(), 64);
    }

    async fn a_namesake_of_a_dropped_table_starts_empty(t: &TestStore) {
        let id = table_made(t).await;
        let cached = metastore(&t.store, Settings::default());
        add(&t.store, id, &[partition("a", "1", 2)]).await;
        assert_eq!(names(&cached, filter("hr = 1"), None).await, ["ds=a/hr=1"]);
        let mut txn = t.store.write().await.unwrap();
        txn.table_drop(id, "", CHANGE, None).await.unwrap();
        txn.commit().await.unwrap();
        assert_eq!(read(&cached, filter("hr = 1"), None).await.unwrap_err().kind, Kind::NotFound);
        let mut txn = t.store.write().await.unwrap();
        txn.table_create(&table(), None, CHANGE, None).await.unwrap().unwrap();
        txn.commit().await.unwrap();
        assert!(names(&cached, filter("hr = 1"), None).await.is_empty());
    }

    async fn expressions_keep_what_they_cannot_decide(t: &TestStore) {
        let id = table_made(t).await;
        let rows = [("2020-01-01", "5"), ("2020-01-01", "7"), ("b", "9"), ("b", "what"), ("b", DEFAULT_PARTITION)];
        add(&t.store, id, &rows.map(|(ds, hr)| partition(ds, hr, 2))).await;
        for cache_memory_max in [0, 1 << 20] {
            let metastore = metastore(&t.store, Settings { cache_memory_max, ..Settings::default() });
            let ask = async |pick| {
                let answer = metastore.partitions_read(&query(pick, None)).await.unwrap();
                (answer.names(), answer.has_unknown)
            };
            let (kept, has_unknown) = ask(expr(&kryo("eq_str"), None)).await;
            assert_eq!((kept.len(), has_unknown), (2, false));
            // A value that is no number is kept and said so; a default value goes.
            let (kept, has_unknown) = ask(expr(&kryo("gt_int"), None)).await;
            assert_eq!(kept, ["ds=2020-01-01/hr=7", "ds=b/hr=9", "ds=b/hr=what"]);
            assert!(has_unknown);
            let (kept, has_unknown) = ask(expr(&[1, 2, 3, 250], None)).await;
            assert_eq!((kept.len(), has_unknown), (5, true));
            assert_eq!(ask(expr(b"(ds='b' AND hr=9)", None)).await, (vec!["ds=b/hr=9".to_owned()], false));
            let (sorted, _) = ask(expr(b"hr >= 5", Some("1,0:-+"))).await;
            assert_eq!(sorted, ["ds=b/hr=9", "ds=2020-01-01/hr=7", "ds=2020-01-01/hr=5"]);
            for order in ["x", "2:+", "0:*", "0,1:+", "-1:+", ":"] {
                let wrong = metastore.partitions_read(&query(expr(b"", Some(order)), None)).await.unwrap_err();
                assert_eq!(wrong.kind, Kind::Meta, "{order}");
            }
        }
    }

    async fn the_bound_on_a_request_counts_what_hive_counts(t: &TestStore) {
        let id = table_made(t).await;
        add(&t.store, id, &(0..5).map(|n| partition("a", &n.to_string(), n)).collect::<Vec<_>>()).await;
        let metastore = metastore(&t.store, Settings { limit_partition_request: Some(3), ..Settings::default() });
        let ask = async |pick, limit, scope| {
            metastore.partitions_read(&PartitionQuery { table: at(), pick, limit, scope }).await.map(|a| a.len())
        };
        let refused = ask(PartitionPick::All, None, RequestScope::Asked).await.unwrap_err();
        assert_eq!(refused.kind, Kind::Meta);
        assert_eq!(refused.message, "Number of partitions scanned (=5) on table 't' exceeds limit (=3). This is \
            controlled on the metastore server by metastore.limit.partition.request");
        assert!(ask(filter("hr = 1"), Some(4), RequestScope::Asked).await.is_err());
        assert_eq!(ask(filter("hr = 1"), Some(4), RequestScope::Found).await.unwrap(), 1);
        assert_eq!(ask(PartitionPick::All, Some(3), RequestScope::Asked).await.unwrap(), 3);
        assert_eq!(ask(PartitionPick::All, None, RequestScope::Unlimited).await.unwrap(), 5);
        let four = PartitionPick::Names((0..4).map(|n| format!("ds=x/hr={n}")).collect());
        assert!(ask(four, None, RequestScope::Asked).await.is_err());
    }

    async fn a_falling_order_counts_limits_from_the_end(t: &TestStore) {
        let id = table_made(t).await;
        add(&t.store, id, &(0..5).map(|n| partition("a", &n.to_string(), n)).collect::<Vec<_>>()).await;
        for cache_memory_max in [0, 1 << 20] {
            let settings = Settings { partition_order_descending: true, cache_memory_max, ..Settings::default() };
            let metastore = metastore(&t.store, settings);
            assert_eq!(names(&metastore, PartitionPick::All, Some(2)).await, ["ds=a/hr=4", "ds=a/hr=3"]);
            assert_eq!(names(&metastore, filter("hr < 3"), Some(1)).await, ["ds=a/hr=2"]);
            assert_eq!(names(&metastore, filter("hr < 2"), None).await, ["ds=a/hr=0", "ds=a/hr=1"]);
        }
    }

    async fn one_partition_by_values_or_name(t: &TestStore) {
        let id = table_made(t).await;
        let there = partition("b/c", "", 3);
        add(&t.store, id, std::slice::from_ref(&there)).await;
        let metastore = metastore(&t.store, Settings::default());
        let get = async |key| {
            let answer = metastore.partition_get(&at(), &key).await?;
            Ok::<_, skep_core::Error>(answer.partitions().swap_remove(0))
        };
        let values = |values: &[&str]| PartitionKey::Values(values.iter().map(|v| (*v).to_owned()).collect());
        let name = |name: &str| PartitionKey::Name(name.to_owned());
        assert_eq!(get(values(&["b/c", ""])).await.unwrap(), there);
        assert_eq!(get(name("hr=__HIVE_DEFAULT_PARTITION__/ds=b%2fc")).await.unwrap(), there);
        for (key, kind) in [
            (values(&["b/c"]), Kind::Meta),
            (values(&[]), Kind::Meta),
            (name(""), Kind::Meta),
            (values(&["b/c", "1"]), Kind::NotFound),
            (name("ds=b%2Fc"), Kind::NotFound),
            (name("DS=b%2Fc/hr=__HIVE_DEFAULT_PARTITION__"), Kind::NotFound),
        ] {
            assert_eq!(get(key.clone()).await.unwrap_err().kind, kind, "{key:?}");
        }
    }

    async fn values_of_keys(t: &TestStore) {
        let id = table_made(t).await;
        let rows = [("a", "10"), ("a", "9"), ("b", "9"), ("c", "10")];
        add(&t.store, id, &rows.map(|(ds, hr)| partition(ds, hr, 2))).await;
        let metastore = metastore(&t.store, Settings::default());
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let base = PartitionValuesQuery { keys: texts(&["HR"]), distinct: true, ..PartitionValuesQuery::default() };
        let ask = async |query: PartitionValuesQuery| {
            let rows = metastore.partition_values(&at(), &query).await?;
            Ok::<_, skep_core::Error>(rows.into_iter().map(|row| row.join("/")).collect::<Vec<_>>())
        };
        assert_eq!(ask(base.clone()).await.unwrap(), ["10", "9"]);
        let every = PartitionValuesQuery { distinct: false, ..base.clone() };
        assert_eq!(ask(every).await.unwrap(), ["10", "9", "9", "10"]);
        let (keys, order) = (texts(&["ds", "hr"]), texts(&["hr"]));
        let sorted = PartitionValuesQuery { keys, order, descending: true, limit: Some(3), ..base.clone() };
        assert_eq!(ask(sorted).await.unwrap(), ["b/9", "a/9", "c/10"]);
        let filtered = PartitionValuesQuery { filter: Some("ds != 'a'".into()), keys: texts(&["ds"]), ..base.clone() };
        assert_eq!(ask(filtered).await.unwrap(), ["b", "c"]);
        for keys in [texts(&["x"]), texts(&[])] {
            let wrong = PartitionValuesQuery { keys, ..base.clone() };
            assert_eq!(ask(wrong).await.unwrap_err().kind, Kind::Meta);
        }
    }

    async fn questions_that_are_wrong(t: &TestStore) {
        table_made(t).await;
        for cache_memory_max in [0, 1 << 20] {
            let metastore = metastore(&t.store, Settings { cache_memory_max, ..Settings::default() });
            let prefix = |n: usize| PartitionPick::Prefix(vec![String::new(); n]);
            for pick in [prefix(0), prefix(3), filter("nokey = 1"), filter("hr ="), expr(b"hr =", None)] {
                assert_eq!(read(&metastore, pick.clone(), None).await.unwrap_err().kind, Kind::Meta, "{pick:?}");
            }
            let nowhere = TableRef::new("hive", "d", "none");
            let elsewhere = PartitionQuery { table: nowhere, ..query(PartitionPick::All, None) };
            assert_eq!(metastore.partitions_read(&elsewhere).await.unwrap_err().kind, Kind::NotFound);
            let text = PartitionQuery { pick: filter("hr ="), ..elsewhere };
            assert_eq!(metastore.partitions_read(&text).await.unwrap_err().kind, Kind::NotFound);
        }
    }
}
