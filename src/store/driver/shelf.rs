//! Postgres connections between their uses. The driver's pool tests each one that comes back by a round trip, which
//! costs as much as a small statement. A connection whose last statement came to its end needs no test: it waits here
//! for its next use, and goes back to the pool only when in doubt, or old.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, Error, Executor as _, PgConnection, PgPool, Postgres, raw_sql};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::{convert, lost_within};

/// A connection that rested for longer is tested before its use.
pub const TESTED_FOR: Duration = Duration::from_millis(500);
/// After so long a connection goes back to the pool, which ends those that are too old.
const KEPT_FOR: Duration = Duration::from_mins(5);

/// The connections of one pool.
#[derive(Debug)]
pub struct Shelf {
    pool: PgPool,
    /// As many as the pool may open: who has one finds a connection here or in the pool without further waiting.
    turns: Arc<Semaphore>,
    resting: Mutex<Vec<Resting>>,
}

#[derive(Debug)]
struct Resting {
    conn: PoolConnection<Postgres>,
    /// When it came from the pool.
    taken: Instant,
    since: Instant,
}

/// A connection in use. One that is dropped within a transaction is rolled back.
#[derive(Debug)]
pub struct Shelved {
    /// Both are there until it is dropped.
    conn: Option<PoolConnection<Postgres>>,
    turn: Option<OwnedSemaphorePermit>,
    shelf: Arc<Shelf>,
    taken: Instant,
    /// A statement is under way, was given up or failed.
    is_busy: bool,
    in_transaction: bool,
}

impl Shelf {
    pub fn new(pool: PgPool) -> Arc<Self> {
        let turns = Arc::new(Semaphore::new(pool.options().get_max_connections() as usize));
        Arc::new(Self { pool, turns, resting: Mutex::default() })
    }

    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// A connection that is alive as far as is known.
    pub async fn take(self: &Arc<Self>) -> Result<Shelved, Error> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        let wait = self.pool.options().get_acquire_timeout();
        let turn = tokio::time::timeout(wait, turn).await.map_err(|_| Error::PoolTimedOut)?;
        let turn = Some(turn.map_err(|_| Error::PoolClosed)?);
        while let Some(Resting { mut conn, taken, since }) = self.top() {
            let rest = since.elapsed();
            if rest > TESTED_FOR || lost_within(rest) {
                // One that is dead says so to those that rested with it; the pool buries it.
                if let Err(error) = conn.ping().await {
                    convert("ping", &error);
                    continue;
                }
            }
            return Ok(self.shelved(conn, turn, taken));
        }
        Ok(self.shelved(self.pool.acquire().await?, turn, Instant::now()))
    }

    fn shelved(
        self: &Arc<Self>,
        conn: PoolConnection<Postgres>,
        turn: Option<OwnedSemaphorePermit>,
        taken: Instant,
    ) -> Shelved {
        Shelved { conn: Some(conn), turn, shelf: Arc::clone(self), taken, is_busy: false, in_transaction: false }
    }

    fn top(&self) -> Option<Resting> {
        self.resting().pop()
    }

    fn resting(&self) -> MutexGuard<'_, Vec<Resting>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a connection back that is fit for its next use.
    fn put(&self, conn: PoolConnection<Postgres>, taken: Instant) {
        let since = Instant::now();
        let mut resting = self.resting();
        if self.turns.is_closed() || since.duration_since(taken) > KEPT_FOR {
            return;
        }
        // Those below are wanted least.
        if resting.first().is_some_and(|lowest| lowest.since.elapsed() > KEPT_FOR) {
            resting.remove(0);
        }
        resting.push(Resting { conn, taken, since });
    }

    /// Connections in all, and those that wait for work.
    pub fn size(&self) -> (u32, usize) {
        (self.pool.size(), self.pool.num_idle() + self.resting().len())
    }

    pub async fn close(&self) {
        self.turns.close();
        self.resting().clear();
        self.pool.close().await;
    }
}

impl Shelved {
    /// For a statement: the connection is in doubt until [`Self::done`].
    pub fn begin_use(&mut self) -> Result<&mut PgConnection, Error> {
        self.is_busy = true;
        self.conn.as_deref_mut().ok_or(Error::PoolClosed)
    }

    /// The statement came to its end.
    pub fn done(&mut self) {
        self.is_busy = false;
    }

    pub fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    /// Begins a transaction by this text.
    pub async fn begin(&mut self, text: &'static str) -> Result<(), Error> {
        // Before it is sent: whoever gives up meanwhile must not leave a transaction open.
        self.in_transaction = true;
        self.plain(text).await
    }

    pub async fn commit(&mut self) -> Result<(), Error> {
        self.plain("commit").await?;
        self.in_transaction = false;
        Ok(())
    }

    pub async fn rollback(&mut self) -> Result<(), Error> {
        self.plain("rollback").await?;
        self.in_transaction = false;
        Ok(())
    }

    async fn plain(&mut self, text: &'static str) -> Result<(), Error> {
        self.begin_use()?.execute(raw_sql(text)).await?;
        self.done();
        Ok(())
    }
}

impl Drop for Shelved {
    fn drop(&mut self) {
        let Some(conn) = self.conn.take() else { return };
        if self.in_transaction {
            let turn = self.turn.take();
            let shelf = Arc::clone(&self.shelf);
            let mut open =
                Self { conn: Some(conn), turn, shelf, taken: self.taken, is_busy: true, in_transaction: false };
            // Without a runtime the process ends, and its connections with it.
            if let Ok(runtime) = Handle::try_current() {
                runtime.spawn(async move { open.rollback().await });
            }
        } else if !self.is_busy {
            self.shelf.put(conn, self.taken);
        }
        // Else the pool looks what has become of it.
    }
}
