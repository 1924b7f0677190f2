//! Locks: who waits for whom, in which order, and until when.

use skep::catalog::{LockAnswer, LockComponent, LockRequest, Metastore, lock_filter};
use skep_core::Kind;
use skep_core::transaction::{DataOperation, LockKind, LockLevel, LockState};

const KINDS: [LockKind; 4] = [LockKind::SharedRead, LockKind::SharedWrite, LockKind::ExclWrite, LockKind::Exclusive];

/// `d`, `d.t` or `d.t.p=1`.
pub fn component(kind: LockKind, place: &str) -> LockComponent {
    let mut parts = place.splitn(3, '.').map(str::to_owned);
    let (database, table, partition) = (parts.next().unwrap(), parts.next(), parts.next());
    let level = match (&table, &partition) {
        (None, _) => LockLevel::Database,
        (_, None) => LockLevel::Table,
        _ => LockLevel::Partition,
    };
    LockComponent {
        catalog: "hive".into(),
        database,
        table,
        partition,
        kind,
        level,
        operation: DataOperation::Unset,
        is_transactional: false,
        is_dynamic_partition_write: false,
    }
}

pub fn request(kind: LockKind, place: &str) -> LockRequest {
    LockRequest {
        components: vec![component(kind, place)],
        txn_id: 0,
        user: "ann".into(),
        host: "h".into(),
        agent_info: format!("agent of {place}"),
        zero_wait_read: false,
        exclusive_ctas: false,
    }
}

async fn lock(metastore: &Metastore, kind: LockKind, place: &str) -> LockAnswer {
    metastore.lock(&request(kind, place)).await.unwrap()
}

/// Does one who asks have to wait for one who holds?
async fn waits(metastore: &Metastore, held: (LockKind, &str), asked: (LockKind, &str)) -> bool {
    let first = lock(metastore, held.0, held.1).await;
    assert_eq!(first.state, LockState::Acquired);
    let second = lock(metastore, asked.0, asked.1).await;
    metastore.unlock(first.lock_id).await.unwrap();
    assert_eq!(metastore.lock_check(second.lock_id).await.unwrap().state, LockState::Acquired);
    metastore.unlock(second.lock_id).await.unwrap();
    second.state == LockState::Waiting
}

catalog_cases! {
    async fn the_table_of_conflicts(t: &TestMetastore) {
        // Rows: held; columns: asked. In the order of KINDS.
        let expected = ["...X", "..XX", ".XXX", "XXXX"];
        for (held, row) in KINDS.into_iter().zip(expected) {
            let mut actual = String::new();
            for asked in KINDS {
                actual.push(if waits(&t.metastore, (held, "d.t"), (asked, "d.t")).await { 'X' } else { '.' });
            }
            assert_eq!(actual, row, "{held:?} is held");
        }
    }

    async fn places_overlap_or_not(t: &TestMetastore) {
        use LockKind::{Exclusive as X, SharedRead as R, SharedWrite as W};
        let m = &t.metastore;
        for (held, asked, expected) in [
            ((X, "d.t"), (X, "d.u"), false),
            ((X, "d.t"), (X, "e.t"), false),
            ((X, "d.t"), (X, "D.T"), true),
            ((X, "d"), (X, "d.t"), true),
            ((X, "d.t"), (X, "d"), true),
            ((X, "d.t.p=1"), (X, "d.t.p=2"), false),
            ((X, "d.t.p=1"), (X, "d.t.P=1"), true),
            ((X, "d.t.p=a"), (X, "d.t.p=A"), false),
            ((X, "d.t.p=1"), (W, "d.t"), true),
            ((X, "d.t"), (R, "d.t.p=1"), true),
            // The two exceptions.
            ((X, "d.t"), (R, "d"), false),
            ((X, "d.t.p=1"), (R, "d"), false),
            ((X, "d"), (R, "d"), true),
            ((X, "d"), (R, "d.t"), true),
            ((R, "d"), (X, "d.t"), false),
            ((R, "d"), (X, "d"), true),
            ((R, "d.t"), (X, "d"), true),
            ((W, "d"), (X, "d.t"), true),
        ] {
            assert_eq!(waits(m, held, asked).await, expected, "{held:?} then {asked:?}");
        }
    }

    async fn who_asks_later_does_not_overtake(t: &TestMetastore) {
        let m = &t.metastore;
        let reader = lock(m, LockKind::SharedRead, "d.t").await;
        let writer = lock(m, LockKind::Exclusive, "d.t").await;
        let late = lock(m, LockKind::SharedRead, "d.t").await;
        assert_eq!((writer.state, late.state), (LockState::Waiting, LockState::Waiting));
        m.unlock(reader.lock_id).await.unwrap();
        assert_eq!(m.lock_check(late.lock_id).await.unwrap().state, LockState::Waiting, "the writer is first");
        assert_eq!(m.lock_check(writer.lock_id).await.unwrap().state, LockState::Acquired);
        // Who gives up while waiting makes way.
        let other = lock(m, LockKind::Exclusive, "d.t").await;
        m.unlock(writer.lock_id).await.unwrap();
        assert_eq!(m.lock_check(late.lock_id).await.unwrap().state, LockState::Acquired);
        m.unlock(other.lock_id).await.unwrap();
        m.unlock(other.lock_id).await.unwrap();
        assert_eq!(m.lock_check(other.lock_id).await.unwrap_err().kind, Kind::NoSuchLock);
    }

    async fn several_components_are_granted_at_once_or_not_at_all(t: &TestMetastore) {
        let m = &t.metastore;
        let held = lock(m, LockKind::Exclusive, "d.b").await;
        let mut two = request(LockKind::Exclusive, "d.a");
        two.components.push(component(LockKind::Exclusive, "d.b"));
        let two = m.lock(&two).await.unwrap();
        assert_eq!(two.state, LockState::Waiting);
        assert_eq!(lock(m, LockKind::SharedRead, "d.a").await.state, LockState::Waiting, "queued behind both");
        let listed = m.lock_list(&lock_filter(None, Some("B"), None, None)).await.unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!(listed[1].blocked_by, Some((held.lock_id, 1)));
        m.unlock(held.lock_id).await.unwrap();
        assert_eq!(m.lock_check(two.lock_id).await.unwrap().state, LockState::Acquired);
        m.lock(&LockRequest { components: vec![], ..request(LockKind::Exclusive, "d.a") }).await.unwrap_err();
    }

    async fn a_lock_without_heartbeat_is_over(t: &TestMetastore) {
        let m = &t.metastore;
        let beating = lock(m, LockKind::Exclusive, "d.t").await;
        let waiting = lock(m, LockKind::Exclusive, "d.t").await;
        let silent = lock(m, LockKind::Exclusive, "d.u").await;
        for _ in 0..3 {
            t.clock.advance_ms(200_000);
            m.lock_heartbeat(0, beating.lock_id).await.unwrap();
            assert_eq!(m.lock_check(waiting.lock_id).await.unwrap().state, LockState::Waiting);
        }
        // Over, whether or not it was swept.
        let shown = m.lock_list(&lock_filter(None, None, None, None)).await.unwrap();
        assert_eq!(shown.iter().map(|l| l.lock_id).collect::<Vec<_>>(), [beating.lock_id, waiting.lock_id]);
        assert_eq!(m.lock_heartbeat(0, silent.lock_id).await.unwrap_err().kind, Kind::NoSuchLock);
        assert_eq!(lock(m, LockKind::Exclusive, "d.u").await.state, LockState::Acquired);
        t.clock.advance_ms(299_999);
        m.locks_sweep().await.unwrap();
        assert_eq!(m.lock_list(&lock_filter(None, None, None, None)).await.unwrap().len(), 3);
        t.clock.advance_ms(2);
        assert_eq!(m.lock_check(waiting.lock_id).await.unwrap_err().kind, Kind::NoSuchLock);
        m.locks_sweep().await.unwrap();
        assert!(m.lock_list(&lock_filter(None, None, None, None)).await.unwrap().is_empty());
        let error = m.lock_check(waiting.lock_id).await.unwrap_err();
        assert_eq!(error.message, format!("No such lock lockid:{}", waiting.lock_id));
    }

    async fn a_lock_is_found_again_by_its_agent(t: &TestMetastore) {
        let m = &t.metastore;
        let mine = LockRequest { agent_info: "Iceberg-1b9f".into(), ..request(LockKind::Exclusive, "d.t") };
        let mine = m.lock(&mine).await.unwrap();
        lock(m, LockKind::Exclusive, "d.u").await;
        let place = Some(("hive".to_owned(), "d".to_owned()));
        let listed = m.lock_list(&lock_filter(place, Some("t"), None, None)).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].lock_id, listed[0].agent_info.as_str()), (mine.lock_id, "Iceberg-1b9f"));
        assert_eq!((listed[0].state, listed[0].acquired_at), (1, Some(t.clock.now_ms())));
    }

    async fn sixteen_lockers_never_hold_together_and_all_get_their_turn(t: &TestMetastore) {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static HOLDERS: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];
        let holders = &HOLDERS[usize::from(t.store.store.kind() == "postgres")];
        let lockers = (0..16).map(|_| {
            let m = t.metastore.clone();
            tokio::spawn(async move {
                for _ in 0..3 {
                    let mut answer = lock(&m, LockKind::Exclusive, "d.t").await;
                    while answer.state == LockState::Waiting {
                        answer = m.lock_check(answer.lock_id).await.unwrap();
                    }
                    assert_eq!(holders.fetch_add(1, Ordering::SeqCst), 0, "alone");
                    tokio::task::yield_now().await;
                    holders.fetch_sub(1, Ordering::SeqCst);
                    m.unlock(answer.lock_id).await.unwrap();
                }
            })
        });
        for locker in lockers.collect::<Vec<_>>() {
            locker.await.unwrap();
        }
        assert!(t.metastore.lock_list(&lock_filter(None, None, None, None)).await.unwrap().is_empty());
    }
}

/// Two nodes over one database: what serialises them must not be in a process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_never_grant_the_same_lock() {
    let one = crate::catalog_suite::TestMetastore::postgres().await;
    let store = skep::store::open(&one.store.options, crate::backend::now_ms).await.unwrap();
    let other = crate::backend::TestStore::again(store, &one.store);
    let other = crate::catalog_suite::TestMetastore::new(other).await;
    for round in 0..20 {
        let place = format!("d.t{round}");
        let (a, b) = tokio::join!(
            lock(&one.metastore, LockKind::Exclusive, &place),
            lock(&other.metastore, LockKind::Exclusive, &place)
        );
        let states = [a.state, b.state];
        assert_eq!(states.iter().filter(|s| **s == LockState::Acquired).count(), 1, "{a:?} {b:?}");
        assert!(a.lock_id != b.lock_id);
    }
}
