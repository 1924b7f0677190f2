//! The lease of a node that serves a Postgres alone (`store.single_node`), and the fence that all nodes' writes pass.
//!
//! One row says who holds the lease, and differs after each renewal. No clock that can be set has a say: the holder
//! trusts its memory until its own monotonic clock, read before a renewal was sent, plus the lease's time less a margin;
//! the lease is another's to end when that one saw the row unchanged for the lease's whole time, by its own monotonic
//! clock. Every write transaction of every node looks at the row first and keeps a table lock that a taker waits for: so
//! nobody writes beside a holder, and nobody becomes the holder beside a write.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use skep_core::{Error, Kind, Result};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::driver::{Arg, Conn, Row, Sql};
use super::memory::Memory;
use super::moment::clock_ms;
use super::pool::Pool;

/// Waits for the writes that are under way and keeps others waiting; readers pass.
const LOCK: Sql = Sql::per_dialect("lease_lock", "lock table node_lease in exclusive mode", "select 1");
const GET: Sql = Sql::both("lease_get", "select epoch, holder, expires_at, lease_ms from node_lease");
/// Another node's lease. Takes the lock that `LOCK` waits for, whether there is a row to lock or, as a rule, none.
const FENCE: Sql = Sql::per_dialect(
    "lease_fence",
    "select epoch, holder, expires_at, lease_ms from node_lease where holder <> '' and holder <> $1 for key share",
    "select epoch, holder, expires_at, lease_ms from node_lease where holder <> '' and holder <> $1",
);
/// The fence and `begin` in one message, for a node that never holds the lease. Where another holds it this fails by
/// a division by zero ([`FENCED`]), before the transaction that is then nobody's to end; else `begin` makes what the
/// fence locked part of its transaction.
pub(super) const BEGIN_FENCED: &str =
    "select 1 / (epoch - epoch) from node_lease where holder <> '' for key share; begin";
/// The SQLSTATE of a [`BEGIN_FENCED`] beside a holder.
pub(super) const FENCED: &str = "22012";
/// The fence within a write of one statement: a condition that is false where another node than `$1` holds the lease.
/// Its lock on the table is taken before the statement looks at anything.
macro_rules! unfenced {
    ($own:literal) => {
        concat!(" and not exists (select 1 from node_lease where holder <> '' and holder <> ", $own, " for key share)")
    };
}
pub(super) use unfenced;
const TAKE: Sql = Sql::per_dialect(
    "lease_take",
    concat!(
        "update node_lease set epoch = epoch + 1, holder = $1, lease_ms = $2, expires_at = ",
        clock_ms!(postgres),
        " + $2 returning epoch"
    ),
    concat!(
        "update node_lease set epoch = epoch + 1, holder = $1, lease_ms = $2, expires_at = ",
        clock_ms!(sqlite),
        " + $2 returning epoch"
    ),
);
/// Whatever the database's clock does, the row is another one after this. By its holder, too: a fail-over can lose an
/// epoch, and another node get its number.
const RENEW: Sql = Sql::per_dialect(
    "lease_renew",
    concat!(
        "update node_lease set expires_at = greatest(expires_at + 1, ",
        clock_ms!(postgres),
        " + $2) where epoch = $1 and holder = $3"
    ),
    concat!(
        "update node_lease set expires_at = max(expires_at + 1, ",
        clock_ms!(sqlite),
        " + $2) where epoch = $1 and holder = $3"
    ),
);
const RELEASE: Sql =
    Sql::both("lease_release", "update node_lease set holder = '', expires_at = 0 where epoch = $1 and holder = $2");
/// Ends the lease of a node that is gone, unless it has just shown that it is not.
const FREE: Sql = Sql::both(
    "lease_free",
    "update node_lease set epoch = epoch + 1, holder = '', expires_at = 0 \
     where epoch = $1 and holder = $2 and expires_at = $3",
);

pub(super) const ALL: &[&Sql] = &[&LOCK, &GET, &FENCE, &TAKE, &RENEW, &RELEASE, &FREE];

/// How a node is the only one over a Postgres.
#[derive(Debug, Clone)]
pub struct SingleNode {
    /// Who this is, for people; different at every start.
    pub holder: String,
    /// So long after its last renewal a node that is gone is in nobody's way any more.
    pub lease: Duration,
    /// Time that goes on also while the machine sleeps.
    pub monotonic: fn() -> Duration,
}

/// This node's lease, held or not.
#[derive(Debug)]
pub struct Lease {
    node: SingleNode,
    watch: Arc<Watch>,
    /// Of the lease that was taken last; 0 before the first.
    epoch: AtomicI64,
    /// Until when memory may be trusted, in milliseconds of the node's clock.
    until: AtomicU64,
    stop: CancellationToken,
    keeper: Mutex<Option<JoinHandle<()>>>,
}

/// The lease as the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    epoch: i64,
    /// Empty: nobody.
    holder: String,
    /// Another one after each renewal.
    renewal: i64,
    /// 0 where a server took it that does not tell.
    lease: Duration,
}

impl Held {
    fn read(row: &Row) -> Result<Self> {
        let lease = Duration::from_millis(u64::try_from(row.i64(3)?).unwrap_or(0));
        Ok(Self { epoch: row.i64(0)?, holder: row.string(1)?, renewal: row.i64(2)?, lease })
    }

    fn is_others(&self, own: &str) -> bool {
        !self.holder.is_empty() && self.holder != own
    }

    /// Ends it if it is still as it was seen; false where it is not.
    async fn free(&self, pool: &Pool) -> Result<bool> {
        let args = [Arg::I64(self.epoch), Arg::Text(&self.holder), Arg::I64(self.renewal)];
        let is_free = pool.alone().await?.execute(&FREE, &args).await? == 1;
        if is_free {
            tracing::warn!(holder = self.holder, "the node that held this store alone is gone: its lease is ended");
        }
        Ok(is_free)
    }
}

/// What a node saw of another's lease, and since when it has been so.
#[derive(Debug)]
pub struct Watch {
    monotonic: fn() -> Duration,
    /// At least so long a lease must stand still, whatever its row tells.
    lease: Duration,
    seen: Mutex<Option<(Held, Duration)>>,
}

impl Watch {
    pub fn new(lease: Duration, monotonic: fn() -> Duration) -> Self {
        Self { monotonic, lease, seen: Mutex::default() }
    }

    /// For how long a lease that was just read must yet stay as it is until its holder trusts its memory no more: that one
    /// sent its last renewal before the row was first seen as it is.
    fn left(&self, held: &Held) -> Duration {
        let now = (self.monotonic)();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let since = match &*seen {
            Some((before, since)) if before == held => *since,
            _ => {
                *seen = Some((held.clone(), now));
                now
            }
        };
        held.lease.max(self.lease).saturating_sub(now.saturating_sub(since))
    }

    /// What a write is told that this lease forbids.
    pub fn refusal(&self, held: &Held) -> Error {
        Error::new(
            Kind::Unavailable,
            format!(
                "the node {} holds this store alone (store.single_node); no other node may write. If it is gone, others \
                 may when its lease has not been renewed for {:?} more",
                held.holder,
                self.left(held)
            ),
        )
    }

    /// Waits until nobody holds the lease, or who does is gone. A node that renews its lease meanwhile is there: that is
    /// an error.
    pub async fn wait_free(&self, pool: &Pool) -> Result<()> {
        let mut first: Option<Held> = None;
        loop {
            let held = get(&mut pool.alone().await?).await?;
            if !held.is_others("") {
                return Ok(());
            }
            let left = self.left(&held);
            match &first {
                Some(before) if *before != held => return Err(in_use(&held)),
                Some(_) if left.is_zero() && held.free(pool).await? => return Ok(()),
                Some(_) => {}
                None => {
                    tracing::info!(holder = held.holder, ?left, "another node holds this store alone; waiting");
                    first = Some(held);
                }
            }
            tokio::time::sleep(left.clamp(POLL_MIN, POLL_MAX)).await;
        }
    }

    /// Ends a lease that was found in the way of a write, where its holder is gone.
    ///
    /// # Errors
    /// Unavailable where it may be there.
    pub async fn free(&self, pool: &Pool, held: &Held) -> Result<()> {
        if self.left(held).is_zero() && held.free(pool).await? {
            return Ok(());
        }
        Err(self.refusal(held))
    }
}

/// Between two looks at a lease.
const POLL_MIN: Duration = Duration::from_millis(10);
const POLL_MAX: Duration = Duration::from_millis(250);

/// To be called first in a write transaction: another node that is to be the only one.
pub async fn held_by_other(conn: &mut Conn, own: &str) -> Result<Option<Held>> {
    conn.first(&FENCE, &[Arg::Text(own)]).await?.map(|row| Held::read(&row)).transpose()
}

fn in_use(held: &Held) -> Error {
    Error::meta(format!(
        "the node {} holds this store alone (store.single_node) and is at work: stop it first, or set single_node to \
         false on it and on this node, so that both ask the database",
        held.holder
    ))
}

async fn get(conn: &mut Conn) -> Result<Held> {
    Held::read(&conn.one(&GET, &[]).await?)
}

impl Lease {
    pub fn new(node: SingleNode, watch: Arc<Watch>) -> Self {
        let (epoch, until) = (AtomicI64::new(0), AtomicU64::new(0));
        Self { node, watch, epoch, until, stop: CancellationToken::new(), keeper: Mutex::default() }
    }

    /// This node, as the database knows it.
    pub fn holder(&self) -> &str {
        &self.node.holder
    }

    /// Whether memory may be trusted at this moment.
    pub fn is_held(&self) -> bool {
        self.now_ms() < self.until.load(Ordering::Acquire)
    }

    fn now_ms(&self) -> u64 {
        (self.node.monotonic)().as_millis() as u64
    }

    /// Trusts memory for nine tenths of the lease: clocks run at different speeds, and times are whole milliseconds.
    fn hold(&self, sent_ms: u64) {
        let time = self.node.lease * 9 / 10;
        self.until.store(sent_ms + time.as_millis() as u64, Ordering::Release);
    }

    fn lease_ms(&self) -> i64 {
        self.node.lease.as_millis() as i64
    }

    /// Whether another node holds the lease that may be there.
    fn is_in_use(&self, held: &Held) -> bool {
        held.is_others(&self.node.holder) && !self.watch.left(held).is_zero()
    }

    /// Takes the lease if nobody has it; waits for writes of other nodes that are under way.
    async fn take(&self, pool: &Pool, memory: &Memory) -> Result<()> {
        let held = get(&mut pool.alone().await?).await?;
        if self.is_in_use(&held) {
            return Err(in_use(&held));
        }
        let mut conn = pool.write().await?;
        conn.execute(&LOCK, &[]).await?;
        let held = get(&mut conn).await?;
        if self.is_in_use(&held) {
            conn.rollback().await?;
            return Err(in_use(&held));
        }
        let sent_ms = self.now_ms();
        let row = conn.one(&TAKE, &[Arg::Text(&self.node.holder), Arg::I64(self.lease_ms())]).await?;
        let epoch = row.i64(0)?;
        conn.commit().await?;
        memory.forget();
        self.epoch.store(epoch, Ordering::Release);
        self.hold(sent_ms);
        tracing::info!(epoch, holder = self.node.holder, "this node holds the store alone");
        Ok(())
    }

    /// Makes the lease last longer; false when another node has ended it.
    async fn renew(&self, conn: &mut Conn, memory: &Memory) -> Result<bool> {
        let was_held = self.is_held();
        let sent_ms = self.now_ms();
        let epoch = self.epoch.load(Ordering::Acquire);
        let args = [Arg::I64(epoch), Arg::I64(self.lease_ms()), Arg::Text(&self.node.holder)];
        let is_ours = conn.execute(&RENEW, &args).await? == 1;
        if is_ours {
            if !was_held {
                // A server of before would have taken it for over, and written.
                memory.forget();
            }
            self.hold(sent_ms);
        }
        Ok(is_ours)
    }

    /// Takes the lease, and keeps it from now on until [`Self::release`].
    pub async fn begin(self: &Arc<Self>, pool: &Pool, memory: &Arc<Memory>) -> Result<()> {
        self.watch.wait_free(pool).await?;
        self.take(pool, memory).await?;
        let keeper = tokio::spawn(Arc::clone(self).keep(pool.clone(), Arc::clone(memory)));
        *self.keeper() = Some(keeper);
        Ok(())
    }

    /// Renews the lease; takes it anew where it was lost. A node without it goes on like one of several: it asks the
    /// database, and writes unless another node holds the lease.
    async fn keep(self: Arc<Self>, pool: Pool, memory: Arc<Memory>) {
        let period = self.node.lease / 4;
        let mut is_ours = true;
        loop {
            let turn = async {
                tokio::time::sleep(period).await;
                tokio::time::timeout(2 * period, self.turn(is_ours, &pool, &memory)).await
            };
            let Some(turn) = self.stop.run_until_cancelled(turn).await else { return };
            match turn {
                Ok(Ok(now_ours)) => {
                    if is_ours && !now_ours {
                        tracing::warn!("the lease was lost: this node asks the database until it holds it again");
                    }
                    is_ours = now_ours;
                }
                Ok(Err(error)) => tracing::warn!(%error, "the lease could not be renewed; once more soon"),
                Err(_) => tracing::warn!("the lease could not be renewed in time; once more soon"),
            }
        }
    }

    async fn turn(&self, is_ours: bool, pool: &Pool, memory: &Memory) -> Result<bool> {
        if is_ours {
            return self.renew(&mut pool.alone().await?, memory).await;
        }
        match self.take(pool, memory).await {
            Ok(()) => Ok(true),
            Err(error) if matches!(error.kind, Kind::Lost | Kind::Unavailable) => Err(error),
            // Another node is at work.
            Err(_) => Ok(false),
        }
    }

    fn keeper(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.keeper.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the lease back, so that another node need not wait for its end.
    pub async fn release(&self, pool: &Pool) {
        self.stop.cancel();
        let keeper = self.keeper().take();
        if let Some(keeper) = keeper {
            // Its end is all that matters: no renewal comes after this.
            keeper.await.unwrap_or_default();
        }
        self.until.store(0, Ordering::Release);
        let released = async {
            let epoch = self.epoch.load(Ordering::Acquire);
            let args = [Arg::I64(epoch), Arg::Text(&self.node.holder)];
            pool.alone().await?.execute(&RELEASE, &args).await
        };
        if let Err(error) = released.await {
            tracing::warn!(%error, "the lease could not be given back; it ends by itself");
        }
    }
}
