//! The store: transactions to read and to write, with retries of what another transaction beat.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use skep_core::{Error, Kind, Result};

use super::driver::{Conn, Sql, wanted};
use super::heads::{CurrentTable, Heads, TableName};
use super::joint::Joint;
use super::lane::{Lane, LaneKey, Lanes};
use super::lease::{self, Watch};
use super::memory::{Doubts, Memory, Trust};
use super::observer::TransactionObserver;
use super::pool::Pool;
use super::txn::Txn;
use crate::clock::Clock;

/// A serialization failure is tried again so many times: for some two seconds.
const ATTEMPTS: u32 = 14;
/// The first pause before that, and the longest.
const PAUSE_FIRST: Duration = Duration::from_millis(1);
const PAUSE_MAX: Duration = Duration::from_millis(400);

/// What a lost connection undid is done again for so long. To wait for a new connection has its own time.
const LOST_PATIENCE: Duration = Duration::from_secs(10);

/// Doubles with every attempt; half of it is chance, so that two do not meet again and again.
fn backoff(attempt: u32) -> Duration {
    let whole = PAUSE_FIRST.saturating_mul(1 << attempt.min(16)).min(PAUSE_MAX);
    let chance = RandomState::new().build_hasher().finish() % 1_000;
    whole.mul_f64(0.5 + chance as f64 / 2_000.0)
}

/// The database behind the seam. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pool: Pool,
    lanes: Arc<Lanes>,
    memory: Arc<Memory>,
    heads: Arc<Heads>,
    /// Other nodes' leases.
    watch: Arc<Watch>,
    clock: Clock,
    observer: Option<Arc<dyn TransactionObserver>>,
    /// How often the database's history became another one.
    moves: Arc<AtomicU64>,
    /// The write that all of this store's transactions are parts of.
    joint: Option<Joint>,
}

const PING: Sql = Sql::both("ping", "select 1");

impl Store {
    pub(super) fn new(pool: Pool, trust: Trust, watch: Arc<Watch>, clock: Clock) -> Self {
        let memory = Memory::new(trust);
        let heads = Arc::new(Heads::new(Arc::clone(&memory)));
        let (lanes, moves) = (Arc::default(), Arc::default());
        let store = Self { pool, lanes, memory, heads, watch, clock, observer: None, moves, joint: None };
        let (memory, moves) = (Arc::clone(&store.memory), Arc::clone(&store.moves));
        store.on_move(move || {
            moves.fetch_add(1, Ordering::Release);
            memory.forget();
        });
        store
    }

    /// Calls `forget` whenever the database is another one or has lost commits, before the first answer of it is used:
    /// whatever is remembered by versions may mean another thing from then on.
    pub fn on_move(&self, forget: impl Fn() + Send + Sync + 'static) {
        if let Pool::Postgres(all) = &self.pool {
            all.on_move(Box::new(forget));
        }
    }

    /// Forgets all that is remembered: the database was found to have less than this node has seen.
    pub fn rewound(&self) {
        if let Pool::Postgres(all) = &self.pool {
            all.forget();
        }
    }

    /// Gives how often [`Self::on_move`] called. What is kept by versions is worth nothing once this is another number.
    pub fn moves(&self) -> u64 {
        self.moves.load(Ordering::Acquire)
    }

    /// Tells of every transaction from now on.
    pub(super) fn observed(self, observer: Option<Arc<dyn TransactionObserver>>) -> Self {
        Self { observer, ..self }
    }

    /// `postgres` or `sqlite`.
    pub fn kind(&self) -> &'static str {
        match self.pool {
            Pool::Postgres(_) => "postgres",
            Pool::Sqlite { .. } => "sqlite",
        }
    }

    /// The table of this name as it is now: never older than this call. Concurrent calls share a statement.
    pub async fn table_current(&self, name: TableName) -> Result<Option<CurrentTable>> {
        if self.joint.is_some() {
            return self.peek().await?.table_current(&name).await;
        }
        self.heads.ask(&self.pool, name).await
    }

    /// How many statements [`Self::table_current`] took so far.
    pub fn table_current_statements(&self) -> u64 {
        self.heads.statements()
    }

    /// For one statement.
    pub async fn peek(&self) -> Result<Txn> {
        match self.joined_txn()? {
            Some(part) => Ok(part),
            None => Ok(Txn::reading(self.pool.alone().await?, self.clock.now_ms())),
        }
    }

    /// For several statements that must see one state.
    pub async fn read(&self) -> Result<Txn> {
        match self.joined_txn()? {
            Some(part) => Ok(part),
            None => Ok(Txn::reading(self.pool.read().await?, self.clock.now_ms())),
        }
    }

    /// For a write that shares no lane with others (on SQLite there is one lane for all).
    pub async fn write(&self) -> Result<Txn> {
        let lane = match self.pool {
            Pool::Postgres(_) => Arc::new(Lane::default()),
            Pool::Sqlite { .. } => self.lanes.get(LaneKey::Global),
        };
        self.turn(lane).await
    }

    /// For a write of one table: concurrent ones are committed in groups.
    pub async fn write_table(&self, table_id: i64) -> Result<Txn> {
        let lane = match self.pool {
            Pool::Postgres(_) => self.lanes.get(LaneKey::Table(table_id)),
            Pool::Sqlite { .. } => self.lanes.get(LaneKey::Global),
        };
        self.turn(lane).await
    }

    /// For a write of one statement, of the kind that is a commit of its own ([`Txn::table_create_once`], …): it saves two
    /// of a transaction's round trips. None where the write is a part of another's, or had better be; then the caller
    /// goes the longer way, as he does if the statement finds things changed.
    pub async fn write_once(&self, table_id: Option<i64>) -> Result<Option<Txn>> {
        if !self.writes_once() {
            return Ok(None);
        }
        let fence: Arc<str> = match self.memory.trust() {
            Trust::Never => "".into(),
            Trust::Leased(own) => own.holder().into(),
            Trust::Always => return Ok(None),
        };
        let lane = table_id.map_or_else(Arc::default, |id| self.lanes.get(LaneKey::Table(id)));
        let begin = || async { Ok((self.pool.alone().await?, Doubts::new(&self.memory))) };
        let turn = lane.once(begin).await?;
        Ok(turn.map(|turn| Txn::once(turn, self.clock.now_ms(), fence)))
    }

    /// Whether [`Self::write_once`] is worth preparing for.
    pub fn writes_once(&self) -> bool {
        matches!(self.pool, Pool::Postgres(_)) && !self.is_joined()
    }

    /// For a write of Hive's locks and transactions, which take turns anyway (`Txn::lock_serialize`): concurrent ones
    /// are committed in groups.
    pub async fn write_locks(&self) -> Result<Txn> {
        let lane = match self.pool {
            Pool::Postgres(_) => self.lanes.get(LaneKey::Locks),
            Pool::Sqlite { .. } => self.lanes.get(LaneKey::Global),
        };
        self.turn(lane).await
    }

    fn joined_txn(&self) -> Result<Option<Txn>> {
        let part = |joint: &Joint| Ok(Txn::joined(joint.join()?, self.clock.now_ms(), joint.request_id()));
        self.joint.as_ref().map(part).transpose()
    }

    async fn turn(&self, lane: Arc<Lane>) -> Result<Txn> {
        if let Some(part) = self.joined_txn()? {
            return Ok(part);
        }
        let turn = lane.turn(|| self.write_begin()).await?;
        Ok(Txn::writing(turn, self.clock.now_ms()))
    }

    /// Every write of every node begins here: none passes beside a node that holds the store alone.
    async fn write_begin(&self) -> Result<(Conn, Doubts)> {
        let conn = match self.memory.trust() {
            Trust::Always => self.pool.write().await?,
            Trust::Never => match self.pool.write_fenced().await? {
                Some(conn) => conn,
                // Who is it? By now it may be nobody.
                None => self.write_fenced("").await?,
            },
            Trust::Leased(own) => self.write_fenced(own.holder()).await?,
        };
        Ok((conn, Doubts::new(&self.memory)))
    }

    /// Ends the lease of a node that is gone, once.
    async fn write_fenced(&self, own: &str) -> Result<Conn> {
        let mut is_free = false;
        loop {
            let mut conn = self.pool.write().await?;
            let Some(held) = lease::held_by_other(&mut conn, own).await? else { return Ok(conn) };
            conn.rollback().await?;
            if is_free {
                return Err(self.watch.refusal(&held));
            }
            self.watch.free(&self.pool, &held).await?;
            is_free = true;
        }
    }

    /// Makes sure that no other node is to be the only one, and that this one is if it is to be.
    pub(super) async fn lease_begin(&self) -> Result<()> {
        match self.memory.trust() {
            Trust::Always => Ok(()),
            Trust::Never => self.watch.wait_free(&self.pool).await,
            Trust::Leased(own) => own.begin(&self.pool, &self.memory).await,
        }
    }

    /// A store whose transactions are all parts of this write; versions that they make note the request.
    pub fn joined(&self, write: Txn, request_id: Option<&str>) -> Result<(Self, Joint)> {
        let joint = write.into_joint(request_id)?;
        Ok((Self { joint: Some(joint.clone()), ..self.clone() }, joint))
    }

    /// Tells whether no other node can be at work on this database.
    pub fn is_alone(&self) -> bool {
        matches!(self.memory.trust(), Trust::Always)
    }

    /// Whether what is done here is a part of something that may still fail.
    pub fn is_joined(&self) -> bool {
        self.joint.is_some()
    }

    /// Runs a named operation again when another transaction won. The operation begins and commits its own
    /// transaction and must not keep anything from a failed run. A part of a shared write is run again with the whole.
    pub async fn retrying<T, F>(&self, name: &'static str, mut operation: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        if self.joint.is_some() {
            return operation().await;
        }
        let begun = Instant::now();
        let (mut attempt, mut lost) = (1, 0);
        let outcome = loop {
            match operation().await {
                Err(error) if error.kind == Kind::Conflict && attempt < ATTEMPTS => {
                    tracing::debug!(operation = name, attempt, %error, "another transaction won; once more");
                    tokio::time::sleep(backoff(attempt)).await;
                    attempt += 1;
                }
                Err(error) if error.kind == Kind::Lost && begun.elapsed() < wanted::patience(LOST_PATIENCE) => {
                    lost += 1;
                    tracing::debug!(operation = name, %error, "the connection ended before the commit; once more");
                }
                Err(error) if error.kind == Kind::Conflict => {
                    break Err(Error::meta(format!("{name}: gave way to other writers {ATTEMPTS} times; try again")));
                }
                done => break done,
            }
        };
        if let Some(observer) = &self.observer {
            observer.transaction_finished(
                name,
                outcome.as_ref().err().map(|error| error.kind),
                begun.elapsed(),
                attempt - 1 + lost,
            );
        }
        outcome
    }

    /// Does the database answer?
    pub async fn ping(&self) -> Result<()> {
        self.pool.alone().await?.one(&PING, &[]).await.map(drop)
    }

    /// Connections in all, and idle ones.
    pub fn pool_size(&self) -> (u32, usize) {
        self.pool.size()
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }

    pub(super) async fn conn_write(&self) -> Result<Conn> {
        self.pool.write().await
    }

    pub async fn close(&self) {
        if let Trust::Leased(own) = self.memory.trust() {
            own.release(&self.pool).await;
        }
        self.pool.close().await;
    }
}
