//! The lease of a node that serves a Postgres alone (`store.single_node`), and the fence that all nodes' writes pass.
//!
//! One row says who holds the lease and until when, by the database's clock. The holder trusts its memory only until
//! its own clock, read before a renewal was sent, plus the lease's time less a margin. Every write transaction of every
//! node looks at the row first and keeps a table lock that a taker waits for: so nobody writes beside a holder, and
//! nobody becomes the holder beside a write.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use skep_core::{Error, Kind, Result};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::driver::{Arg, Conn, Row, Sql};
use super::memory::Memory;
use super::pool::Pool;

/// Milliseconds that the lease has left, by the database's clock.
macro_rules! left {
    (postgres) => {
        "expires_at - (extract(epoch from clock_timestamp()) * 1000)::bigint"
    };
    (sqlite) => {
        "expires_at - cast(unixepoch('subsec') * 1000 as integer)"
    };
}

/// Waits for the writes that are under way and keeps others waiting; readers pass.
const LOCK: Sql = Sql::per_dialect("lease_lock", "lock table node_lease in exclusive mode", "select 1");
const GET: Sql = Sql::per_dialect(
    "lease_get",
    concat!("select epoch, holder, ", left!(postgres), " from node_lease"),
    concat!("select epoch, holder, ", left!(sqlite), " from node_lease"),
);
/// Another node's lease. Takes the lock that `LOCK` waits for, whether there is a row to lock or, as a rule, none.
const FENCE: Sql = Sql::per_dialect(
    "lease_fence",
    concat!(
        "select epoch, holder, ",
        left!(postgres),
        " from node_lease where holder <> $1 and ",
        left!(postgres),
        " > 0 for key share"
    ),
    concat!("select epoch, holder, ", left!(sqlite), " from node_lease where holder <> $1 and ", left!(sqlite), " > 0"),
);
/// The fence and `begin` in one message, for a node that never holds the lease. Where another holds it this fails by
/// a division by zero ([`FENCED`]), before the transaction that is then nobody's to end; else `begin` makes what the
/// fence locked part of its transaction.
pub(super) const BEGIN_FENCED: &str = concat!(
    "select 1 / (epoch - epoch) from node_lease where holder <> '' and ",
    left!(postgres),
    " > 0 for key share; begin"
);
/// The SQLSTATE of a [`BEGIN_FENCED`] beside a holder.
pub(super) const FENCED: &str = "22012";
/// The fence within a write of one statement: a condition that is false where another node than `$1` holds the lease.
/// Its lock on the table is taken before the statement looks at anything.
macro_rules! unfenced {
    ($own:literal) => {
        concat!(
            " and not exists (select 1 from node_lease where holder <> ",
            $own,
            " and expires_at - (extract(epoch from clock_timestamp()) * 1000)::bigint > 0 for key share)"
        )
    };
}
pub(super) use unfenced;
const TAKE: Sql = Sql::per_dialect(
    "lease_take",
    "update node_lease set epoch = epoch + 1, holder = $1, \
     expires_at = (extract(epoch from clock_timestamp()) * 1000)::bigint + $2 returning epoch",
    "update node_lease set epoch = epoch + 1, holder = $1, \
     expires_at = cast(unixepoch('subsec') * 1000 as integer) + $2 returning epoch",
);
const RENEW: Sql = Sql::per_dialect(
    "lease_renew",
    concat!(
        "update node_lease set expires_at = (extract(epoch from clock_timestamp()) * 1000)::bigint + $2 \
         where epoch = $1 and ",
        left!(postgres),
        " > 0"
    ),
    concat!(
        "update node_lease set expires_at = cast(unixepoch('subsec') * 1000 as integer) + $2 where epoch = $1 and ",
        left!(sqlite),
        " > 0"
    ),
);
const RELEASE: Sql = Sql::both("lease_release", "update node_lease set holder = '', expires_at = 0 where epoch = $1");

pub(super) const ALL: &[&Sql] = &[&LOCK, &GET, &FENCE, &TAKE, &RENEW, &RELEASE];

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
    /// Of the lease that was taken last; 0 before the first.
    epoch: AtomicI64,
    /// Until when memory may be trusted, in milliseconds of the node's clock.
    until: AtomicU64,
    stop: CancellationToken,
    keeper: Mutex<Option<JoinHandle<()>>>,
}

/// Whoever holds the lease, as the database has it.
#[derive(Debug)]
struct Held {
    epoch: i64,
    holder: String,
    left: Duration,
}

impl Held {
    fn read(row: &Row) -> Result<Self> {
        let left = Duration::from_millis(u64::try_from(row.i64(2)?).unwrap_or(0));
        Ok(Self { epoch: row.i64(0)?, holder: row.text(1)?.to_owned(), left })
    }
    fn is_over(&self) -> bool {
        self.left.is_zero()
    }
}

/// To be called first in a write transaction: refuses it where another node is to be the only one.
pub async fn fence(conn: &mut Conn, lease: Option<&Lease>) -> Result<()> {
    let own = lease.map_or("", |lease| &lease.node.holder);
    let Some(row) = conn.first(&FENCE, &[Arg::Text(own)]).await? else { return Ok(()) };
    let held = Held::read(&row)?;
    Err(Error::new(
        Kind::Unavailable,
        format!(
            "the node {} holds this store alone (store.single_node); no other node may write. Its lease has {:?} left",
            held.holder, held.left
        ),
    ))
}

/// Waits until nobody holds the lease. A node that renews its lease meanwhile is there: that is an error.
pub async fn wait_free(pool: &Pool) -> Result<()> {
    let mut first: Option<Held> = None;
    loop {
        let held = get(&mut pool.alone().await?).await?;
        if held.is_over() {
            return Ok(());
        }
        let Some(before) = &first else {
            tracing::info!(holder = held.holder, left = ?held.left, "another node holds this store alone; waiting");
            tokio::time::sleep(pause(held.left)).await;
            first = Some(held);
            continue;
        };
        // Time has passed; less of it is left unless the holder lives.
        if held.epoch != before.epoch || held.left > before.left {
            return Err(in_use(&held));
        }
        tokio::time::sleep(pause(held.left)).await;
    }
}

fn pause(left: Duration) -> Duration {
    left.min(Duration::from_millis(250))
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
    pub fn new(node: SingleNode) -> Self {
        let (epoch, until) = (AtomicI64::new(0), AtomicU64::new(0));
        Self { node, epoch, until, stop: CancellationToken::new(), keeper: Mutex::default() }
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

    /// Takes the lease if nobody has it; waits for writes of other nodes that are under way.
    async fn take(&self, pool: &Pool, memory: &Memory) -> Result<()> {
        let held = get(&mut pool.alone().await?).await?;
        if !held.is_over() && held.holder != self.node.holder {
            return Err(in_use(&held));
        }
        let mut conn = pool.write().await?;
        conn.execute(&LOCK, &[]).await?;
        let held = get(&mut conn).await?;
        if !held.is_over() && held.holder != self.node.holder {
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

    /// Makes the lease last longer; false when it is over.
    async fn renew(&self, conn: &mut Conn) -> Result<bool> {
        let sent_ms = self.now_ms();
        let args = [Arg::I64(self.epoch.load(Ordering::Acquire)), Arg::I64(self.lease_ms())];
        let is_ours = conn.execute(&RENEW, &args).await? == 1;
        if is_ours {
            self.hold(sent_ms);
        }
        Ok(is_ours)
    }

    /// Takes the lease, and keeps it from now on until [`Self::release`].
    pub async fn begin(self: &Arc<Self>, pool: &Pool, memory: &Arc<Memory>) -> Result<()> {
        wait_free(pool).await?;
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
            return self.renew(&mut pool.alone().await?).await;
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
            pool.alone().await?.execute(&RELEASE, &[Arg::I64(epoch)]).await
        };
        if let Err(error) = released.await {
            tracing::warn!(%error, "the lease could not be given back; it ends by itself");
        }
    }
}
