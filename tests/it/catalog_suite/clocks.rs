//! Several nodes whose own clocks are wrong: what one of them writes and another compares is of the database's clock.

use std::sync::Arc;
use std::time::Duration;

use skep::catalog::{Metastore, Settings, TransactionOpen};
use skep::clock::{Clock, system_ms};
use skep::store::{StoreOptions, open};
use skep::warehouse::{Warehouse, WarehouseConfig};
use skep_core::transaction::{LockKind, LockState, TransactionKind};
use skep_core::{Kind, Result};

use super::locks::request;
use crate::backend::{DatabaseClock, now_ms, postgres_options};

const MINUTE: i32 = 60;

/// A node whose machine's clock is wrong by so many minutes.
async fn node(options: &StoreOptions, ahead_minutes: i64) -> Metastore {
    let clock = Clock::database(system_ms() + ahead_minutes * 60_000);
    let options = StoreOptions { clock: Some(clock.clone()), ..options.clone() };
    let store = open(&options, now_ms).await.unwrap();
    let config = WarehouseConfig { managed_root: "file:/nowhere".to_owned(), ..WarehouseConfig::default() };
    let warehouse = Warehouse::new(config, Arc::new(now_ms)).unwrap();
    Metastore::new(store, Arc::new(warehouse), Settings::default(), clock)
}

async fn lock(node: &Metastore) -> (i64, LockState) {
    let answer = node.lock(&request(LockKind::Exclusive, "d.t")).await.unwrap();
    (answer.lock_id, answer.state)
}

async fn state(node: &Metastore, lock_id: i64) -> Result<LockState> {
    node.lock_check(lock_id).await.map(|answer| answer.state)
}

async fn begin(node: &Metastore) -> i64 {
    let open = TransactionOpen {
        count: 1,
        kind: TransactionKind::Default,
        user: "ann".into(),
        host: "h".into(),
        agent_info: String::new(),
    };
    node.transaction_open(&open).await.unwrap()[0]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_clock_is_wrong_ends_nothing_of_others() {
    let options = postgres_options().await;
    let right = node(&options, 0).await;
    let (held, transaction) = (lock(&right).await, begin(&right).await);
    assert_eq!(held.1, LockState::Acquired);
    assert!(right.management_claim("right", Duration::from_hours(1)).await.unwrap());
    for minutes in [6, 60 * 24 * 365, -6, -60 * 24 * 365] {
        let wrong = node(&options, minutes).await;
        wrong.locks_sweep().await.unwrap();
        let (asked, answer) = lock(&wrong).await;
        assert_eq!(answer, LockState::Waiting, "{minutes}");
        assert!(!wrong.management_claim("wrong", Duration::from_hours(1)).await.unwrap(), "{minutes}");
        // Nor does it keep its own for longer, or for less long.
        right.locks_sweep().await.unwrap();
        assert_eq!(state(&right, asked).await.unwrap(), LockState::Waiting, "{minutes}");
        wrong.unlock(asked).await.unwrap();
        wrong.lock_heartbeat(transaction, 0).await.unwrap();
        let stamped = wrong.lock_list(&skep::store::LockFilter::default()).await.unwrap();
        assert_eq!(stamped.iter().map(|row| row.lock_id).collect::<Vec<_>>(), [held.0], "{minutes}");
    }
    assert_eq!(state(&right, held.0).await.unwrap(), LockState::Acquired);
    right.lock_heartbeat(transaction, 0).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_databases_clock_ends_locks_and_transactions() {
    let mut options = postgres_options().await;
    let mut clock = DatabaseClock::of(&mut options).await;
    let (one, two) = (node(&options, 0).await, node(&options, -60).await);
    let (held, transaction) = (lock(&one).await.0, begin(&one).await);
    clock.set_ahead(4 * MINUTE).await;
    let waiting = lock(&two).await;
    assert_eq!(waiting.1, LockState::Waiting);
    two.lock_heartbeat(0, held).await.unwrap();
    clock.set_ahead(8 * MINUTE).await;
    assert_eq!(state(&two, waiting.0).await.unwrap(), LockState::Waiting);
    assert_eq!(one.lock_heartbeat(transaction, 0).await.unwrap_err().kind, Kind::TxnAborted);
    clock.set_ahead(10 * MINUTE).await;
    assert_eq!(state(&two, waiting.0).await.unwrap(), LockState::Acquired);
    assert_eq!(state(&one, held).await.unwrap_err().kind, Kind::NoSuchLock);
}

/// A fail-over to a database whose clock is an hour behind: what was renewed before it lives as long as ever from then on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_databases_clock_that_is_set_back_keeps_no_lock_for_ever() {
    let mut options = postgres_options().await;
    let mut clock = DatabaseClock::of(&mut options).await;
    let (one, two) = (node(&options, 0).await, node(&options, 0).await);
    lock(&one).await;
    let (transaction, behind) = (begin(&one).await, -60 * MINUTE);
    clock.set_ahead(behind).await;
    two.locks_sweep().await.unwrap();
    let waiting = lock(&two).await;
    clock.set_ahead(behind + 4 * MINUTE).await;
    assert_eq!(state(&two, waiting.0).await.unwrap(), LockState::Waiting);
    clock.set_ahead(behind + 6 * MINUTE).await;
    assert_eq!(state(&two, waiting.0).await.unwrap(), LockState::Acquired);
    assert_eq!(two.lock_heartbeat(transaction, 0).await.unwrap_err().kind, Kind::TxnAborted);
}

/// Times that a node writes without asking are of the database's clock, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_stamps_is_of_the_databases_clock() {
    const DAY: i32 = 24 * 60 * MINUTE;
    let mut options = postgres_options().await;
    let mut clock = DatabaseClock::of(&mut options).await;
    clock.set_ahead(400 * DAY).await;
    let (one, two) = (node(&options, -60 * 24 * 30).await, node(&options, 60 * 24 * 30).await);
    let there = || system_ms() + 400 * i64::from(DAY) * 1_000;
    for node in [&one, &two] {
        let stamp = node.store().peek().await.unwrap().now_ms();
        assert!((there() - stamp).abs() < i64::from(MINUTE) * 1_000, "{stamp}");
    }
    // Set while nodes run: whatever asks the database tells the rest.
    clock.set_ahead(-400 * DAY).await;
    one.locks_sweep().await.unwrap();
    let stamp = one.store().peek().await.unwrap().now_ms();
    assert!((system_ms() - 400 * i64::from(DAY) * 1_000 - stamp).abs() < i64::from(MINUTE) * 1_000, "{stamp}");
}

catalog_cases! {
    async fn heartbeats_from_the_future_count_from_now(t: &TestMetastore) {
        let m = &t.metastore;
        assert_eq!(lock(m).await.1, LockState::Acquired);
        let transaction = begin(m).await;
        t.clock.advance_ms(-3_600_000);
        m.locks_sweep().await.unwrap();
        let waiting = lock(m).await;
        t.clock.advance_ms(299_999);
        assert_eq!(state(m, waiting.0).await.unwrap(), LockState::Waiting);
        t.clock.advance_ms(2);
        assert_eq!(state(m, waiting.0).await.unwrap(), LockState::Acquired);
        assert_eq!(m.lock_heartbeat(transaction, 0).await.unwrap_err().kind, Kind::TxnAborted);
    }
}
