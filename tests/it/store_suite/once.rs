//! Writes of one statement: what a transaction would do, or nothing at all.

use skep::store::{Definition, Store, TableHead, open};
use skep_core::table::Table;
use skep_core::{Kind, Location, PlaceKey, Result};
use sqlx::Executor as _;

use super::basics::database;
use super::heads::{CHANGE, change, create, current, table, tale};
use super::lease::{raw, single, still, wait_blocked};
use crate::backend::{now_ms, postgres, postgres_options, sqlite};

async fn commit_once(store: &Store, of: TableHead) -> Result<Option<i64>> {
    let Some(mut txn) = store.write_once(Some(of.id)).await? else { panic!("nobody else is at work") };
    let version = txn.table_commit_once(of, Definition::of(&table("t")), CHANGE, &tale("ALTER_TABLE", "t")).await?;
    txn.commit().await?;
    Ok(version)
}

async fn drop_once(store: &Store, of: TableHead) -> Option<i64> {
    let mut txn = store.write_once(Some(of.id)).await.unwrap().expect("nobody else is at work");
    let task = "to be done".to_owned();
    let event = tale("DROP_TABLE", "t");
    let dropped = txn.table_drop_once(of, "table:1", CHANGE, &event, Some(&task)).await.unwrap();
    txn.commit().await.unwrap();
    dropped.map(|id| id.expect("the task has an id"))
}

async fn create_once(store: &Store, name: &str) -> Option<i64> {
    let mut txn = store.write_once(None).await.unwrap().expect("nobody else is at work");
    let id = txn
        .table_create_once(&table(name), Some(&place(name)), None, CHANGE, Some(&tale("CREATE_TABLE", name)))
        .await
        .unwrap();
    txn.commit().await.unwrap();
    id
}

fn place(name: &str) -> PlaceKey {
    PlaceKey::of(&Location::parse(&format!("/wh/d.db/{name}")).unwrap())
}

/// Kinds and versions that events tell of.
async fn told(store: &Store) -> Vec<(String, Option<(i64, i64)>)> {
    store.event_number().await.unwrap();
    let events = store.peek().await.unwrap().event_list(0, i64::MAX, 100).await.unwrap();
    events.into_iter().map(|event| (event.kind, event.version)).collect()
}

async fn head(store: &Store) -> Option<TableHead> {
    current(store, "t").await.unwrap().map(|found| found.head)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_is_the_whole_write() {
    let t = postgres().await;
    let other = open(&t.options, now_ms).await.unwrap();
    database(&t.store).await;
    let id = create_once(&t.store, "t").await.unwrap();
    assert_eq!(head(&other).await, Some(TableHead { id, version: 1 }));
    assert_eq!(commit_once(&t.store, TableHead { id, version: 1 }).await.unwrap(), Some(2));
    assert_eq!(head(&other).await, Some(TableHead { id, version: 2 }));
    let task = drop_once(&t.store, TableHead { id, version: 2 }).await.unwrap();
    assert_eq!(head(&other).await, None);
    let due = other.peek().await.unwrap().file_task_due(1, 0, 10).await.unwrap();
    assert_eq!(due, [(task, 0, "\"to be done\"".to_owned())]);
    let versions = [("CREATE_TABLE", 1), ("ALTER_TABLE", 2), ("DROP_TABLE", 3)];
    assert_eq!(told(&other).await, versions.map(|(kind, version)| (kind.to_owned(), Some((id, version)))));
    // Dropped is dropped, and a name is free again.
    assert_eq!(commit_once(&t.store, TableHead { id, version: 3 }).await.unwrap(), None);
    assert_eq!(drop_once(&t.store, TableHead { id, version: 3 }).await, None);
    // Its place is not, before what is to be done there is done.
    let mut txn = t.store.write_once(None).await.unwrap().expect("nobody else is at work");
    let again = txn.table_create_once(&table("t"), Some(&place("t")), None, CHANGE, None).await;
    assert_eq!(again.unwrap_err().kind, Kind::Conflict);
    drop(txn);
    t.store.file_tasks_forget(&[task]).await.unwrap();
    assert_ne!(create_once(&t.store, "t").await.unwrap(), id);
}

/// What something else lies around goes the longer way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_alone_is_left_to_the_longer_way() {
    let t = postgres().await;
    database(&t.store).await;
    let id = create_once(&t.store, "t").await.unwrap();
    let database = t.store.peek().await.unwrap().database_get("hive", "d").await.unwrap().unwrap();
    let mut txn = t.store.write().await.unwrap();
    txn.places_crowd(&[id], &[database.id]).await.unwrap();
    txn.commit().await.unwrap();
    assert_eq!(drop_once(&t.store, TableHead { id, version: 1 }).await, None);
    assert_eq!(create_once(&t.store, "u").await, None);
    assert_eq!(head(&t.store).await, Some(TableHead { id, version: 1 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_version_is_left_as_it_is() {
    let t = postgres().await;
    database(&t.store).await;
    let id = create(&t.store, "t").await;
    change(&t.store, id, None).await;
    let mut txn = t.store.write_table(id).await.unwrap();
    txn.document_put(skep::store::DocumentKind::Constraint, &id.to_string(), "c", &1).await.unwrap();
    txn.commit().await.unwrap();
    for version in [1, 3] {
        assert_eq!(commit_once(&t.store, TableHead { id, version }).await.unwrap(), None);
        assert_eq!(drop_once(&t.store, TableHead { id, version }).await, None);
    }
    assert_eq!(head(&t.store).await, Some(TableHead { id, version: 2 }));
    assert!(told(&t.store).await.is_empty());
    let mut now = t.store.peek().await.unwrap();
    assert!(now.file_task_due(1, 0, 10).await.unwrap().is_empty());
    let kept: Option<i32> =
        now.document_get(skep::store::DocumentKind::Constraint, &id.to_string(), "c").await.unwrap();
    assert_eq!(kept, Some(1));
}

/// The condition is looked at once more when whoever held the row is done.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waited_for_another_write_sees_its_version() {
    let t = postgres().await;
    database(&t.store).await;
    let id = create(&t.store, "t").await;
    let other = open(&t.options, now_ms).await.unwrap();
    for (version, by_drop) in [(1, false), (2, true)] {
        let mut txn = other.write_table(id).await.unwrap();
        txn.table_commit(id, None, CHANGE).await.unwrap();
        let write = tokio::spawn({
            let store = t.store.clone();
            let of = TableHead { id, version };
            async move {
                if by_drop {
                    drop_once(&store, of).await.is_some()
                } else {
                    commit_once(&store, of).await.unwrap().is_some()
                }
            }
        });
        let mut watcher = raw(&t.options).await;
        // Who waits for a row holds a lock of it meanwhile.
        let waits = "select count(*) from pg_locks where locktype = 'tuple' and relation = 'tbl'::regclass";
        while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut watcher).await.unwrap() == 0 && !write.is_finished() {
            tokio::task::yield_now().await;
        }
        txn.commit().await.unwrap();
        assert!(!write.await.unwrap());
        assert_eq!(head(&t.store).await, Some(TableHead { id, version: version + 1 }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_written_beside_who_holds_the_lease() {
    let options = postgres_options().await;
    let store = open(&options, now_ms).await.unwrap();
    database(&store).await;
    let of = TableHead { id: create(&store, "t").await, version: 1 };
    let (mut taker, mut watcher) = (raw(&options).await, raw(&options).await);
    for kept in [true, false] {
        taker.execute("begin; lock table node_lease in exclusive mode").await.unwrap();
        let taken = "update node_lease set epoch = epoch + 1, holder = 'x', expires_at = 9000000000000";
        taker.execute(taken).await.unwrap();
        let write = tokio::spawn({
            let store = store.clone();
            async move { commit_once(&store, of).await }
        });
        wait_blocked(&mut watcher).await;
        taker.execute(if kept { "commit" } else { "rollback" }).await.unwrap();
        assert_eq!(write.await.unwrap().unwrap(), (!kept).then_some(2));
        if kept {
            assert_eq!(create_once(&store, "u").await, None);
            assert_eq!(drop_once(&store, of).await, None);
            taker.execute("update node_lease set holder = ''").await.unwrap();
        }
    }
    assert_eq!(head(&store).await, Some(TableHead { id: of.id, version: 2 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_holder_writes_and_remembers_no_older_state() {
    let options = postgres_options().await;
    let store = single(&options, "a", still).await;
    database(&store).await;
    let id = create_once(&store, "t").await.unwrap();
    for version in 1..5 {
        let of = TableHead { id, version };
        // Asked twice: the second answer is from memory.
        assert_eq!((head(&store).await, head(&store).await), (Some(of), Some(of)));
        assert_eq!(commit_once(&store, of).await.unwrap(), Some(version + 1));
        assert_eq!(commit_once(&store, of).await.unwrap(), None);
    }
    assert!(drop_once(&store, TableHead { id, version: 5 }).await.is_some());
    assert_eq!(head(&store).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_shares_a_transaction_goes_the_longer_way() {
    let t = postgres().await;
    database(&t.store).await;
    let id = create(&t.store, "t").await;
    let txn = t.store.write_table(id).await.unwrap();
    assert!(t.store.write_once(Some(id)).await.unwrap().is_none());
    assert!(t.store.write_once(None).await.unwrap().is_some());
    let (joined, joint) = t.store.joined(txn, None).unwrap();
    assert!(joined.write_once(None).await.unwrap().is_none());
    drop((joined, joint));
    assert!(t.store.write_once(Some(id)).await.unwrap().is_some());
    assert!(sqlite().await.store.write_once(None).await.unwrap().is_none());
}

/// Connections are handed from use to use: what one left undone must not show in the next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_is_as_new_for_its_next_user() {
    let options = skep::store::StoreOptions { connections_max: 1, ..postgres_options().await };
    let store = open(&options, now_ms).await.unwrap();
    database(&store).await;
    let id = create(&store, "t").await;
    for round in 0..20 {
        let mut txn = store.write_table(id).await.unwrap();
        txn.table_commit(id, None, CHANGE).await.unwrap();
        drop(txn);
        assert_eq!(head(&store).await, Some(TableHead { id, version: 1 }), "{round}: undone");
        // A statement that fails, in a transaction and alone.
        let mut txn = store.write().await.unwrap();
        assert!(txn.table_create(&table("t"), None, CHANGE, None).await.is_err());
        drop(txn);
        let mut txn = store.write_once(None).await.unwrap().unwrap();
        assert!(txn.table_create_once(&table("t"), None, None, CHANGE, None).await.is_err());
        drop(txn);
        // One that is given up while it waits for its answer.
        let mut txn = store.read().await.unwrap();
        futures_util::future::select(
            std::pin::pin!(txn.table_get("hive", "d", "t")),
            std::pin::pin!(tokio::task::yield_now()),
        )
        .await;
        drop(txn);
    }
    assert_eq!(store.pool_size().0, 1);
    let table: Table = store.peek().await.unwrap().table_get("hive", "d", "t").await.unwrap().unwrap();
    assert_eq!((table.id, table.version), (id, 1));
    store.close().await;
    assert!(store.peek().await.is_err());
}
