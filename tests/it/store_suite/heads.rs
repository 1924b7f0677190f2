//! Which version of a table is current: few statements for many questions, and never an answer older than its question.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use futures_util::future::join_all;
use skep::store::{Change, CurrentTable, Definition, NewEvent, Store, TableName, open};
use skep_core::table::Table;
use skep_core::{Kind, Result};

use super::basics::database;
use crate::backend::now_ms;

pub const CHANGE: Change<'static> = Change { operation: "test", by: None };

fn name(table: &str) -> TableName {
    TableName { catalog: "hive".to_owned(), database: "d".to_owned(), table: table.to_owned() }
}

pub fn table(name: &str) -> Table {
    Table { catalog: "hive".into(), database: "d".into(), name: name.into(), ..Table::default() }
}

/// An event that tells of the version that is made with it.
pub fn tale<'a>(kind: &'static str, of: &'a str) -> NewEvent<'a, ()> {
    NewEvent { kind, catalog: Some("hive"), database: Some("d"), table: Some(of), version: None, body: &() }
}

pub async fn create(store: &Store, name: &str) -> i64 {
    let mut txn = store.write().await.unwrap();
    let id = txn.table_create(&table(name), None, CHANGE, None).await.unwrap().unwrap();
    txn.commit().await.unwrap();
    id
}

pub async fn change(store: &Store, id: i64, definition: Option<&Table>) -> i64 {
    let mut txn = store.write_table(id).await.unwrap();
    let version = txn.table_commit(id, definition.map(Definition::of), CHANGE).await.unwrap();
    txn.commit().await.unwrap();
    version
}

pub async fn current(store: &Store, table: &str) -> Result<Option<CurrentTable>> {
    store.table_current(name(table)).await
}

/// The same database as another node would open it; SQLite has one node only.
async fn second(t: &crate::backend::TestStore) -> Store {
    match t.store.kind() {
        "postgres" => open(&t.options, now_ms).await.unwrap(),
        _ => t.store.clone(),
    }
}

store_cases! {
    async fn a_table_is_found_as_it_is(t: &TestStore) {
        database(&t.store).await;
        let id = create(&t.store, "tä'\"ble").await;
        let found = current(&t.store, "tä'\"ble").await.unwrap().unwrap();
        assert_eq!((found.head.id, found.head.version, found.definition_version), (id, 1, 1));
        change(&t.store, id, None).await;
        change(&t.store, id, Some(&table("new"))).await;
        change(&t.store, id, None).await;
        let found = current(&t.store, "new").await.unwrap().unwrap();
        assert_eq!((found.head.id, found.head.version, found.definition_version), (id, 4, 3));
        assert_eq!(current(&t.store, "tä'\"ble").await.unwrap(), None);
        let again = create(&t.store, "tä'\"ble").await;
        assert_eq!(current(&t.store, "tä'\"ble").await.unwrap().unwrap().head.id, again);
        let mut txn = t.store.write_table(id).await.unwrap();
        txn.table_drop(id, "", CHANGE, None).await.unwrap();
        txn.commit().await.unwrap();
        assert_eq!(current(&t.store, "new").await.unwrap(), None);
    }

    async fn a_write_that_was_undone_changes_nothing(t: &TestStore) {
        database(&t.store).await;
        let id = create(&t.store, "t").await;
        for _ in 0..3 {
            let mut txn = t.store.write_table(id).await.unwrap();
            txn.table_commit(id, None, CHANGE).await.unwrap();
            drop(txn);
            assert_eq!(current(&t.store, "t").await.unwrap().unwrap().head.version, 1);
        }
        change(&t.store, id, None).await;
        assert_eq!(current(&t.store, "t").await.unwrap().unwrap().head.version, 2);
    }

    // Another client's strange name is nobody else's error, and more tables than a statement takes are all found.
    async fn each_question_has_its_own_answer(t: &TestStore) {
        database(&t.store).await;
        let mut txn = t.store.write().await.unwrap();
        let mut ids = Vec::new();
        for number in 0..1100 {
            ids.push(txn.table_create(&table(&format!("t{number}")), None, CHANGE, None).await.unwrap().unwrap());
        }
        txn.commit().await.unwrap();
        let long = "x".repeat(1 << 20);
        let strange = ["a\0b", &long, "", "none"].map(name);
        let names = (0..1100).map(|number| name(&format!("t{number}")));
        let asked = names.chain(strange).map(|name| t.store.table_current(name));
        let mut answers = join_all(asked).await;
        let strange = answers.split_off(1100);
        let found: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().unwrap().head.id).collect();
        assert_eq!(found, ids);
        assert_eq!(strange[0].as_ref().unwrap_err().kind, Kind::Meta);
        assert!(strange[1..].iter().all(|answer| *answer == Ok(None)), "{strange:?}");
    }

    async fn concurrent_questions_share_statements(t: &TestStore) {
        let store = second(t).await;
        database(&t.store).await;
        for number in 0..5 {
            create(&t.store, &format!("t{number}")).await;
        }
        let before = store.table_current_statements();
        let asked = (0..2000).map(|number| {
            let store = store.clone();
            tokio::spawn(async move { current(&store, &format!("t{}", number % 5)).await })
        });
        for answer in join_all(asked).await {
            assert_eq!(answer.unwrap().unwrap().unwrap().head.version, 1);
        }
        let statements = store.table_current_statements() - before;
        assert!(statements <= 500, "{statements}");
    }

    async fn who_gives_up_harms_nobody(t: &TestStore) {
        database(&t.store).await;
        create(&t.store, "t").await;
        for _ in 0..50 {
            let quitters = (0..20).map(|_| {
                let store = t.store.clone();
                tokio::spawn(async move { current(&store, "t").await })
            });
            let quitters: Vec<_> = quitters.collect();
            let others = join_all((0..20).map(|_| current(&t.store, "t")));
            quitters.iter().for_each(tokio::task::JoinHandle::abort);
            assert!(others.await.into_iter().all(|answer| answer.unwrap().is_some()));
        }
    }

    async fn a_database_that_is_away_is_told_to_each(t: &TestStore) {
        let store = second(t).await;
        store.close().await;
        for answer in join_all((0..50).map(|number| store.table_current(name(&format!("t{number}"))))).await {
            assert_eq!(answer.unwrap_err().kind, Kind::Unavailable);
        }
    }

    async fn what_was_acknowledged_is_seen(t: &TestStore) {
        acknowledged_is_seen(&t.store, &second(t).await).await;
    }
}

/// Writers say what they have been told is done; a reader that begins afterwards must see it, whichever node it asks.
pub async fn acknowledged_is_seen(store: &Store, other: &Store) {
    const TABLES: usize = 3;
    database(store).await;
    let mut ids = Vec::new();
    for number in 0..TABLES {
        ids.push(create(store, &format!("t{number}")).await);
    }
    let acknowledged: Arc<[AtomicI64; TABLES]> = Arc::new([const { AtomicI64::new(1) }; TABLES]);
    let is_over = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> =
        [store.clone(), other.clone()].into_iter().flat_map(|store| (0..4).map(move |_| store.clone())).collect();
    let readers = readers.into_iter().enumerate().map(|(reader, store)| {
        let (acknowledged, is_over) = (Arc::clone(&acknowledged), Arc::clone(&is_over));
        tokio::spawn(async move {
            let mut seen = [1; TABLES];
            let mut at = reader;
            while !is_over.load(Ordering::SeqCst) {
                at = (at + 1) % TABLES;
                let least = acknowledged[at].load(Ordering::SeqCst).max(seen[at]);
                let version = current(&store, &format!("t{at}")).await.unwrap().unwrap().head.version;
                assert!(version >= least, "table {at}: {version} < {least}");
                seen[at] = version;
                // An answer from memory waits for nothing: others want their turn.
                tokio::task::yield_now().await;
            }
        })
    });
    let readers: Vec<_> = readers.collect();
    let writers = ids.into_iter().enumerate().flat_map(|(at, id)| [(at, id), (at, id)]).map(|(at, id)| {
        let (acknowledged, store) = (Arc::clone(&acknowledged), store.clone());
        tokio::spawn(async move {
            for number in 0..60 {
                if number % 5 == 4 {
                    // Undone within a group of others.
                    let mut txn = store.write_table(id).await.unwrap();
                    txn.table_commit(id, None, CHANGE).await.unwrap();
                    continue;
                }
                let version = change(&store, id, None).await;
                acknowledged[at].fetch_max(version, Ordering::SeqCst);
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    is_over.store(true, Ordering::SeqCst);
    for reader in readers {
        reader.await.unwrap();
    }
}
