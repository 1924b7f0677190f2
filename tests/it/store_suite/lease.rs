//! What the only node over a database remembers of its tables, and what keeps others from writing beside it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use skep::store::{SingleNode, Store, StoreOptions, open};
use skep_core::Kind;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use super::basics::database;
use super::heads::{acknowledged_is_seen, change, create, current};
use crate::backend::{DatabaseClock, now_ms, postgres_options};

/// Longer than any test takes, even on a halted machine.
const LEASE: Duration = Duration::from_hours(1);

fn alone(holder: &str, monotonic: fn() -> Duration) -> SingleNode {
    SingleNode { holder: holder.to_owned(), lease: LEASE, monotonic }
}

pub async fn single(options: &StoreOptions, holder: &str, monotonic: fn() -> Duration) -> Store {
    let options = StoreOptions { single_node: Some(alone(holder, monotonic)), ..options.clone() };
    open(&options, now_ms).await.unwrap()
}

/// A connection of its own into the same schema.
pub async fn raw(options: &StoreOptions) -> PgConnection {
    let mut conn = PgConnection::connect(&options.url).await.unwrap();
    let path = format!("set search_path to {}", options.schema.as_deref().unwrap());
    conn.execute(AssertSqlSafe(path)).await.unwrap();
    conn
}

/// Waits until somebody waits for a lock of this schema's lease.
pub async fn wait_blocked(conn: &mut PgConnection) {
    let blocked = "select count(*) from pg_locks where not granted and relation = 'node_lease'::regclass";
    while sqlx::query_scalar::<_, i64>(blocked).fetch_one(&mut *conn).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
}

pub fn still() -> Duration {
    Duration::from_secs(1)
}

async fn no_statement_for_what_is_known(store: &Store) {
    database(store).await;
    let id = create(store, "t").await;
    let asked = async || {
        let before = store.table_current_statements();
        let version = current(store, "t").await.unwrap().unwrap().head.version;
        (version, store.table_current_statements() - before)
    };
    assert_eq!(asked().await, (1, 1));
    assert_eq!(asked().await, (1, 0));
    change(store, id, None).await;
    assert_eq!(asked().await, (2, 1));
    assert_eq!(asked().await, (2, 0));
    // A write that is under way, and one that was undone.
    let mut txn = store.write_table(id).await.unwrap();
    txn.table_commit(id, None, super::heads::CHANGE).await.unwrap();
    assert_eq!(asked().await, (2, 1));
    assert_eq!(asked().await, (2, 1));
    drop(txn);
    assert_eq!(current(store, "t").await.unwrap().unwrap().head.version, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_on_sqlite_remembers() {
    no_statement_for_what_is_known(&crate::backend::sqlite().await.store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_with_the_lease_remembers() {
    let options = postgres_options().await;
    no_statement_for_what_is_known(&single(&options, "a", still).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_with_the_lease_sees_what_was_acknowledged() {
    let store = single(&postgres_options().await, "a", still).await;
    acknowledged_is_seen(&store, &store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_is_trusted_as_long_as_the_lease() {
    static NOW_MS: AtomicU64 = AtomicU64::new(0);
    let clock = || Duration::from_millis(NOW_MS.load(Ordering::SeqCst));
    let options = postgres_options().await;
    let store = single(&options, "a", clock).await;
    database(&store).await;
    create(&store, "t").await;
    let version = async || current(&store, "t").await.unwrap().unwrap().head.version;
    assert_eq!(version().await, 1);
    // As if by another node, of which this one knows nothing.
    raw(&options).await.execute("update tbl set version = 7").await.unwrap();
    assert_eq!(version().await, 1);
    let trusted = LEASE.as_millis() as u64 * 9 / 10;
    NOW_MS.store(trusted - 1, Ordering::SeqCst);
    assert_eq!(version().await, 1);
    NOW_MS.store(trusted, Ordering::SeqCst);
    assert_eq!(version().await, 7);
    NOW_MS.store(LEASE.as_millis() as u64, Ordering::SeqCst);
    assert_eq!(version().await, 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_was_given_back_is_taken_at_once() {
    let options = postgres_options().await;
    let first = single(&options, "a", still).await;
    database(&first).await;
    let id = create(&first, "t").await;
    assert!(current(&first, "t").await.unwrap().is_some());
    first.close().await;
    let second = single(&options, "b", still).await;
    change(&second, id, None).await;
    second.close().await;
    let many = open(&options, now_ms).await.unwrap();
    assert_eq!(change(&many, id, None).await, 3);
}

/// A write that looked at the lease while another node was about to take it is refused once it is taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_waits_for_who_takes_the_lease() {
    let options = postgres_options().await;
    let store = open(&options, now_ms).await.unwrap();
    database(&store).await;
    let (mut taker, mut watcher) = (raw(&options).await, raw(&options).await);
    for kept in [true, false] {
        taker.execute("begin; lock table node_lease in exclusive mode").await.unwrap();
        taker
            .execute("update node_lease set epoch = epoch + 1, holder = 'x', expires_at = 9000000000000")
            .await
            .unwrap();
        let write = tokio::spawn({
            let store = store.clone();
            async move { store.write().await.map(drop) }
        });
        wait_blocked(&mut watcher).await;
        taker.execute(if kept { "commit" } else { "rollback" }).await.unwrap();
        let outcome = write.await.unwrap();
        if kept {
            let refused = outcome.unwrap_err();
            assert!(refused.kind == Kind::Unavailable && refused.message.contains("the node x holds"), "{refused:?}");
            taker.execute("update node_lease set holder = ''").await.unwrap();
        } else {
            outcome.unwrap();
        }
    }
}

/// Who takes the lease waits for the writes that began before, and sees them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_takes_the_lease_waits_for_writes() {
    let options = postgres_options().await;
    let many = open(&options, now_ms).await.unwrap();
    database(&many).await;
    let id = create(&many, "t").await;
    let mut txn = many.write_table(id).await.unwrap();
    txn.table_commit(id, None, super::heads::CHANGE).await.unwrap();
    let taker = tokio::spawn({
        let options = options.clone();
        async move { single(&options, "a", still).await }
    });
    wait_blocked(&mut raw(&options).await).await;
    txn.commit().await.unwrap();
    let alone = taker.await.unwrap();
    assert_eq!(current(&alone, "t").await.unwrap().unwrap().head.version, 2);
    assert_eq!(many.write().await.unwrap_err().kind, Kind::Unavailable);
    change(&alone, id, None).await;
}

/// A successor waits for the whole lease by its own clock, whatever becomes of the database's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_of_the_databases_clock_ends_no_lease() {
    static NOW_MS: AtomicU64 = AtomicU64::new(0);
    static LOOKS: AtomicU64 = AtomicU64::new(0);
    let own = || Duration::from_millis(NOW_MS.load(Ordering::SeqCst));
    let successors = || {
        LOOKS.fetch_add(1, Ordering::SeqCst);
        Duration::from_millis(NOW_MS.load(Ordering::SeqCst))
    };
    let looks = async |count: u64| {
        let before = LOOKS.load(Ordering::SeqCst);
        while LOOKS.load(Ordering::SeqCst) < before + count {
            tokio::task::yield_now().await;
        }
    };
    let mut options = postgres_options().await;
    let mut clock = DatabaseClock::of(&mut options).await;
    let many = open(&options, now_ms).await.unwrap();
    database(&many).await;
    let id = create(&many, "t").await;
    let first = single(&options, "a", own).await;
    assert!(current(&first, "t").await.unwrap().is_some());
    let successor = tokio::spawn({
        let options = options.clone();
        async move { single(&options, "b", successors).await }
    });
    looks(2).await;
    let lease = LEASE.as_millis() as u64;
    for (ahead_hours, at_ms) in [(0, 0), (2, 0), (-2, lease / 2), (100_000, lease - 1)] {
        clock.set_ahead(ahead_hours * 3_600).await;
        NOW_MS.store(at_ms, Ordering::SeqCst);
        looks(2).await;
        assert!(!successor.is_finished(), "{ahead_hours} h, {at_ms} ms");
        let refused = many.write().await.unwrap_err();
        assert!(refused.kind == Kind::Unavailable && refused.message.contains("the node a holds"), "{refused:?}");
    }
    NOW_MS.store(lease, Ordering::SeqCst);
    let second = successor.await.unwrap();
    change(&second, id, None).await;
    assert_eq!(current(&first, "t").await.unwrap().unwrap().head.version, 2);
    assert_eq!(first.write().await.unwrap_err().kind, Kind::Unavailable);
}

/// Nobody starts anew where a node that was alone died: one of several ends its lease, after the whole of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_runs_ends_the_lease_of_one_that_is_gone() {
    let options = StoreOptions { lease: Duration::from_millis(100), ..postgres_options().await };
    let many = open(&options, now_ms).await.unwrap();
    let mut other = raw(&options).await;
    other
        .execute("update node_lease set epoch = 7, holder = 'x', expires_at = 9000000000000, lease_ms = 3600000")
        .await
        .unwrap();
    let refused = many.write().await.unwrap_err();
    assert!(refused.kind == Kind::Unavailable && refused.message.contains("the node x holds"), "{refused:?}");
    // By its own setting, where the row tells of no longer one.
    other.execute("update node_lease set lease_ms = 0").await.unwrap();
    let begun = std::time::Instant::now();
    let mut refusals = 0;
    while many.write().await.is_err() {
        refusals += 1;
        tokio::task::yield_now().await;
    }
    assert!(refusals > 0 && begun.elapsed() >= options.lease, "{refusals} {:?}", begun.elapsed());
    let row: (i64, String) =
        sqlx::query_as("select epoch, holder from node_lease").fetch_one(&mut other).await.unwrap();
    assert_eq!(row, (8, String::new()));
}

/// A fail-over can lose an epoch, and another node take one of the same number.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_of_the_same_epoch_is_another_holders() {
    let options = postgres_options().await;
    let many = open(&options, now_ms).await.unwrap();
    database(&many).await;
    create(&many, "t").await;
    let node = SingleNode { lease: Duration::from_secs(4), ..alone("a", skep::clock::monotonic) };
    let store = open(&StoreOptions { single_node: Some(node), ..options.clone() }, now_ms).await.unwrap();
    assert!(current(&store, "t").await.unwrap().is_some());
    let lost = "update node_lease set holder = 'b', lease_ms = 3600000; update tbl set version = 7";
    raw(&options).await.execute(lost).await.unwrap();
    let seen = async {
        while current(&store, "t").await.unwrap().unwrap().head.version != 7 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), seen).await.unwrap();
    assert_eq!(store.write().await.unwrap_err().kind, Kind::Unavailable);
}
