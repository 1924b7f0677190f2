//! Transactions: states, conflicts, write ids.

use skep::catalog::{LockRequest, Metastore, Snapshot, TableRef, TransactionOpen, lock_filter};
use skep_core::Kind;
use skep_core::transaction::{DataOperation, LockKind, LockState, TransactionKind, TransactionState};

use super::locks::{component, request};

async fn open(metastore: &Metastore, count: i32) -> Vec<i64> {
    open_kind(metastore, count, TransactionKind::Default).await
}

async fn open_kind(metastore: &Metastore, count: i32, kind: TransactionKind) -> Vec<i64> {
    let request = TransactionOpen { count, kind, user: "ann".into(), host: "h".into(), agent_info: "Unknown".into() };
    metastore.transaction_open(&request).await.unwrap()
}

fn write(txn_id: i64, place: &str, operation: DataOperation) -> LockRequest {
    let mut component = component(LockKind::SharedWrite, place);
    (component.operation, component.is_transactional) = (operation, true);
    LockRequest { components: vec![component], txn_id, ..request(LockKind::SharedWrite, place) }
}

/// Ids and states.
async fn uncommitted(metastore: &Metastore) -> Vec<(i64, TransactionState)> {
    let list = metastore.transaction_list(&[]).await.unwrap();
    list.all.iter().map(|row| (row.id, row.state)).collect()
}

async fn kind_of(outcome: impl Future<Output = skep_core::Result<()>>) -> Kind {
    outcome.await.unwrap_err().kind
}

catalog_cases! {
    async fn transactions_end_once(t: &TestMetastore) {
        let m = &t.metastore;
        assert_eq!(open(m, 3).await, [1, 2, 3]);
        assert_eq!(open(m, 5000).await.len(), 1000, "a batch");
        m.transaction_commit(1).await.unwrap();
        m.transaction_commit(1).await.unwrap();
        m.transaction_abort(2).await.unwrap();
        m.transaction_abort(2).await.unwrap();
        assert_eq!(kind_of(m.transaction_commit(2)).await, Kind::TxnAborted);
        assert_eq!(kind_of(m.transaction_abort(1)).await, Kind::NoSuchTxn);
        assert_eq!(kind_of(m.transaction_commit(7777)).await, Kind::NoSuchTxn);
        assert_eq!(kind_of(m.transaction_abort(7777)).await, Kind::NoSuchTxn);
        assert_eq!(kind_of(m.lock_heartbeat(2, 0)).await, Kind::TxnAborted);
        assert_eq!(kind_of(m.lock_heartbeat(7777, 0)).await, Kind::NoSuchTxn);
        m.transaction_abort_many(&(4..=1003).collect::<Vec<_>>()).await.unwrap();
        let list = m.transaction_list(&[]).await.unwrap();
        assert_eq!((list.high_water_mark, list.all.len()), (1003, 1002));
        assert_eq!(uncommitted(m).await[..2], [(2, TransactionState::Aborted), (3, TransactionState::Open)]);
        let reader = open_kind(m, 1, TransactionKind::ReadOnly).await;
        let listed = m.transaction_list(&[TransactionKind::ReadOnly]).await.unwrap();
        assert!(listed.all.iter().all(|row| row.id != reader[0]));
        let range = m.transaction_heartbeat_range(1, 4).await.unwrap();
        assert_eq!((range.aborted, range.unknown), (vec![2, 4], vec![1]));
        m.transaction_heartbeat_range(1, i64::MAX).await.unwrap_err();
    }

    async fn a_transactions_locks_end_with_it(t: &TestMetastore) {
        let m = &t.metastore;
        let ids = open(m, 2).await;
        let of = |txn_id| LockRequest { txn_id, ..request(LockKind::Exclusive, "d.t") };
        let held = m.lock(&of(ids[0])).await.unwrap();
        assert_eq!(m.lock(&of(ids[0])).await.unwrap().state, LockState::Acquired, "not in its own way");
        let waiting = m.lock(&of(ids[1])).await.unwrap();
        assert_eq!(waiting.state, LockState::Waiting);
        assert_eq!(kind_of(m.unlock(held.lock_id)).await, Kind::TxnOpen);
        m.transaction_commit(ids[0]).await.unwrap();
        assert_eq!(m.lock_check(waiting.lock_id).await.unwrap().state, LockState::Acquired);
        assert_eq!(m.lock(&of(ids[0])).await.unwrap_err().kind, Kind::NoSuchTxn);
        m.transaction_abort(ids[1]).await.unwrap();
        assert_eq!(m.lock(&of(ids[1])).await.unwrap_err().kind, Kind::TxnAborted);
        assert!(m.lock_list(&lock_filter(None, None, None, None)).await.unwrap().is_empty());
    }

    async fn a_read_or_a_ctas_may_decline_to_wait(t: &TestMetastore) {
        let m = &t.metastore;
        let held = m.lock(&request(LockKind::Exclusive, "d.t")).await.unwrap();
        let ids = open(m, 1).await;
        let impatient = |kind, txn_id| LockRequest { txn_id, zero_wait_read: true, ..request(kind, "d.t") };
        let answer = m.lock(&impatient(LockKind::SharedRead, ids[0])).await.unwrap();
        assert_eq!(answer.state, LockState::NotAcquired);
        assert!(answer.message.unwrap().contains("Unable to acquire read lock"), "says why");
        assert_eq!(m.lock(&impatient(LockKind::SharedWrite, ids[0])).await.unwrap().state, LockState::Waiting);
        assert_eq!(m.lock(&impatient(LockKind::SharedRead, 0)).await.unwrap().state, LockState::Waiting);
        let ctas = LockRequest { exclusive_ctas: true, ..request(LockKind::ExclWrite, "d.t") };
        let answer = m.lock(&ctas).await.unwrap();
        assert_eq!(answer.state, LockState::NotAcquired);
        assert_eq!(m.lock_check(answer.lock_id).await.unwrap_err().kind, Kind::NoSuchLock, "nothing is left");
        m.unlock(held.lock_id).await.unwrap();
    }

    async fn a_silent_transaction_is_aborted(t: &TestMetastore) {
        let m = &t.metastore;
        let ids = open(m, 3).await;
        m.lock(&LockRequest { txn_id: ids[0], ..request(LockKind::Exclusive, "d.t") }).await.unwrap();
        t.clock.advance_ms(200_000);
        m.lock_heartbeat(ids[1], 0).await.unwrap();
        t.clock.advance_ms(200_000);
        assert_eq!(kind_of(m.transaction_commit(ids[0])).await, Kind::TxnAborted);
        assert_eq!(m.lock(&request(LockKind::Exclusive, "d.t")).await.unwrap().state, LockState::Acquired);
        m.locks_sweep().await.unwrap();
        assert_eq!(uncommitted(m).await, [
            (1, TransactionState::Aborted), (2, TransactionState::Open), (3, TransactionState::Aborted),
        ]);
        // In the end nothing is left of those that wrote nothing.
        m.transaction_commit(ids[1]).await.unwrap();
        t.clock.advance_ms(86_400_001);
        m.locks_sweep().await.unwrap();
        assert_eq!(uncommitted(m).await, []);
        assert_eq!(open(m, 1).await, [4]);
    }

    async fn of_two_overlapping_writes_the_second_is_aborted(t: &TestMetastore) {
        use DataOperation::{Delete, Insert, Update};
        let m = &t.metastore;
        for (first, second, clash) in [
            (("d.t", Update), ("d.t", Update), true),
            (("d.t", Update), ("d.t", Delete), true),
            (("d.t", Insert), ("d.t", Update), false),
            (("d.t", Update), ("d.t", Insert), false),
            (("d.t", Update), ("d.u", Update), false),
            (("d.t.p=1", Update), ("d.t.p=2", Update), false),
            (("d.t.p=1", Delete), ("d.t.p=1", Update), true),
        ] {
            let ids = open(m, 2).await;
            m.lock(&write(ids[0], first.0, first.1)).await.unwrap();
            m.lock(&write(ids[1], second.0, second.1)).await.unwrap();
            m.transaction_commit(ids[0]).await.unwrap();
            assert_eq!(m.transaction_conflict(ids[1]).await.unwrap(), if clash { ids[0] } else { 0 });
            let outcome = m.transaction_commit(ids[1]).await;
            assert_eq!(outcome.map_err(|e| e.kind), if clash { Err(Kind::TxnAborted) } else { Ok(()) });
            // Who begins after the commit has seen it.
            let later = open(m, 1).await;
            m.lock(&write(later[0], second.0, second.1)).await.unwrap();
            m.transaction_commit(later[0]).await.unwrap();
        }
        let ids = open(m, 2).await;
        let at = TableRef::new("hive", "d", "t");
        for id in &ids {
            m.transaction_partitions_add(*id, &at, &["p=7".into()], Update).await.unwrap();
        }
        m.transaction_commit(ids[0]).await.unwrap();
        assert_eq!(kind_of(m.transaction_commit(ids[1])).await, Kind::TxnAborted);
        assert_eq!(kind_of(m.transaction_partitions_add(ids[1], &at, &[], Update)).await, Kind::TxnAborted);
    }

    async fn write_ids_count_within_a_table(t: &TestMetastore) {
        let m = &t.metastore;
        let (a, b) = (TableRef::new("hive", "d", "A"), TableRef::new("hive", "d", "b"));
        let ids = open(m, 4).await;
        assert_eq!(m.write_id_allocate(&a, &ids[1..3], false).await.unwrap(), [(2, 1), (3, 2)]);
        assert_eq!(m.write_id_allocate(&a, &ids, false).await.unwrap(), [(1, 3), (2, 1), (3, 2), (4, 4)]);
        assert_eq!(m.write_id_allocate(&b, &[4], false).await.unwrap(), [(4, 1)]);
        assert_eq!((m.write_id_max(&a).await.unwrap(), m.write_id_max(&b).await.unwrap()), (4, 1));
        m.transaction_commit(2).await.unwrap();
        m.transaction_abort(3).await.unwrap();
        assert_eq!(m.write_id_allocate(&a, &[3], false).await.unwrap_err().kind, Kind::TxnAborted);
        let tables = ["d.a".to_owned(), "D.B".to_owned(), "d.none".to_owned()];
        let valid = m.write_ids_valid(&tables, Snapshot::Now).await.unwrap();
        assert_eq!((valid[0].high_water_mark, valid[0].min_open()), (4, Some(3)));
        assert_eq!(valid[0].invalid, [(2, true), (3, false), (4, false)]);
        assert_eq!((valid[1].high_water_mark, valid[1].invalid.as_slice()), (1, &[(1, false)][..]));
        assert_eq!((valid[2].high_water_mark, valid[2].min_open()), (0, None));
        // As one saw it who looked when transactions 3 and 4 were not there.
        let valid = m.write_ids_valid(&tables[..1], Snapshot::Transactions("2:1:1:")).await.unwrap();
        assert_eq!((valid[0].high_water_mark, valid[0].invalid.as_slice()), (3, &[(3, false)][..]));
        assert_eq!(m.write_ids_valid(&tables, Snapshot::Transactions("x")).await.unwrap_err().kind, Kind::Meta);
        assert_eq!(m.write_ids_valid(&["t".into()], Snapshot::Now).await.unwrap_err().kind, Kind::Meta);
        // What an aborted transaction wrote is never read, however long ago.
        m.transaction_abort_many(&[1, 4]).await.unwrap();
        t.clock.advance_ms(1_000_000_000);
        m.locks_sweep().await.unwrap();
        let valid = m.write_ids_valid(&tables[..1], Snapshot::Now).await.unwrap();
        assert_eq!((valid[0].high_water_mark, valid[0].invalid.as_slice()), (4, &[(2, true), (3, true), (4, true)][..]));
        let reader = open_kind(m, 1, TransactionKind::ReadOnly).await;
        assert_eq!(m.write_id_allocate(&a, &reader, false).await.unwrap_err().kind, Kind::Meta);
    }
}
