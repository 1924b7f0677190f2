//! Postgres connections between their uses. A connection whose last statement came to its end is used again without a
//! test; one in doubt is tested first, and one whose primary was given up is never used again.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::{Connection as _, Error, PgConnection};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::super::error::{convert, is_lost, lost_within};
use super::super::wanted;
use super::connection::Connection;
use super::hosts::Hosts;
use super::primary::{Primary, gone};
use super::search::{Found, connect, is_lasting, primary_find};
use super::watch;

/// A connection that rested for longer is tested before its use.
const TESTED_FOR: Duration = Duration::from_millis(500);
/// A test that takes longer is failed.
const TEST_PATIENCE: Duration = Duration::from_secs(2);
/// Connections that nobody wanted for so long are closed.
const IDLE_MAX: Duration = Duration::from_mins(10);
/// Older connections are closed: what a backend of Postgres remembers grows.
const AGE_MAX: Duration = Duration::from_mins(30);
/// What was read before the primary moved may be put into memory so much later: it is forgotten once more.
const LATE_MAX: Duration = Duration::from_mins(1);
/// Pause before the next attempt to get a connection.
const PAUSE: Duration = Duration::from_millis(100);

/// How many connections there may be, and how long who waits for what.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// One of them watches the database where there are two or more.
    pub connections_max: u32,
    /// For a connection.
    pub acquire: Duration,
    /// For the answer to a statement.
    pub statement: Duration,
}

type Moved = Box<dyn Fn() + Send + Sync>;

/// All connections of a node.
pub struct Connections {
    hosts: Hosts,
    pub(super) limits: Limits,
    /// Who has one finds a connection here or may open one.
    turns: Arc<Semaphore>,
    state: Mutex<State>,
    /// Held by whoever looks for the primary.
    search: tokio::sync::Mutex<()>,
    moved: Mutex<Vec<Moved>>,
    open: Arc<AtomicU32>,
    closed: CancellationToken,
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").field("limits", &self.limits).finish_non_exhaustive()
    }
}

struct State {
    primary: Arc<Primary>,
    idle: Vec<(Open, Instant)>,
}

/// An open connection.
pub(super) struct Open {
    pub(super) conn: PgConnection,
    pub(super) primary: Arc<Primary>,
    opened: Instant,
    _count: Count,
}

/// Counts a connection until it is dropped.
struct Count(Arc<AtomicU32>);

impl Drop for Count {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Open {
    /// Asks for a sign of life.
    pub(super) async fn ping(&mut self, patience: Duration) -> Result<(), Error> {
        self.primary.answer(patience, self.conn.ping()).await
    }

    pub(super) fn is_of(&self, primary: &Arc<Primary>) -> bool {
        Arc::ptr_eq(&self.primary, primary)
    }
}

impl Connections {
    /// Finds the primary and watches it from now on.
    ///
    /// # Errors
    /// What the hosts said, where none was the primary within the time to wait for a connection.
    pub async fn open(hosts: Hosts, limits: Limits) -> Result<Arc<Self>, Error> {
        let found = primary_find(&hosts, None, Instant::now() + limits.acquire).await?;
        let turns = limits.connections_max.saturating_sub(1).max(1);
        let primary = Arc::new(Primary::new(found.host, found.timeline));
        let all = Self {
            hosts,
            limits,
            turns: Arc::new(Semaphore::new(turns as usize)),
            state: Mutex::new(State { primary: Arc::clone(&primary), idle: Vec::new() }),
            search: tokio::sync::Mutex::default(),
            moved: Mutex::default(),
            open: Arc::default(),
            closed: CancellationToken::new(),
        };
        let first = all.opened(found.conn, primary);
        all.put(first);
        let all = Arc::new(all);
        tokio::spawn(watch::run(Arc::downgrade(&all), all.closed.clone()));
        Ok(all)
    }

    /// Calls `forget` before the first connection to a primary that writes another timeline is used: what was read of an
    /// earlier one may be lost there.
    pub fn on_move(&self, forget: Moved) {
        self.moved.lock().unwrap_or_else(PoisonError::into_inner).push(forget);
    }

    pub(super) fn primary(&self) -> Arc<Primary> {
        Arc::clone(&self.state().primary)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn opened(&self, conn: PgConnection, primary: Arc<Primary>) -> Open {
        self.open.fetch_add(1, Ordering::Relaxed);
        Open { conn, primary, opened: Instant::now(), _count: Count(Arc::clone(&self.open)) }
    }

    /// Gives a connection that is alive as far as is known. It waits while there is no primary.
    pub async fn take(self: &Arc<Self>) -> Result<Connection, Error> {
        self.take_until(self.deadline()).await
    }

    fn deadline(&self) -> Instant {
        Instant::now() + wanted::patience(self.limits.acquire)
    }

    /// Gives a connection in a transaction that `text` begins. What fails before it has begun is tried again.
    pub async fn begin(self: &Arc<Self>, text: &'static str) -> Result<Connection, Error> {
        let deadline = self.deadline();
        loop {
            let mut conn = self.take_until(deadline).await?;
            match conn.begin(text).await {
                Err(error) if is_lost(&error) && Instant::now() < deadline => {
                    convert("begin", &error);
                }
                done => return done.map(|()| conn),
            }
        }
    }

    async fn take_until(self: &Arc<Self>, deadline: Instant) -> Result<Connection, Error> {
        let turn = timeout_at(deadline, Arc::clone(&self.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| Error::PoolTimedOut)?.map_err(|_| Error::PoolClosed)?;
        let open = match self.idle_fresh() {
            Some(open) => open,
            // Boxed, as all that is rare: a future has the size of its largest part.
            None => {
                Box::pin(async {
                    tokio::select! {
                        biased;
                        open = self.open_or_test(deadline) => open,
                        () = wanted::gone() => Err(Error::PoolTimedOut),
                    }
                })
                .await?
            }
        };
        Ok(Connection::new(open, turn, Arc::clone(self)))
    }

    /// Gives the connection that was used last, if it needs no test.
    fn idle_fresh(&self) -> Option<Open> {
        let mut state = self.state();
        let rest = state.idle.last()?.1.elapsed();
        let is_fresh = rest <= TESTED_FOR && !lost_within(rest);
        state.idle.pop_if(|(open, _)| is_fresh && !open.primary.is_over()).map(|(open, _)| open)
    }

    async fn open_or_test(self: &Arc<Self>, deadline: Instant) -> Result<Open, Error> {
        loop {
            let error = match self.attempt(deadline).await {
                Ok(open) => return Ok(open),
                Err(error) => error,
            };
            if is_lasting(&error) || Instant::now() + PAUSE >= deadline || self.turns.is_closed() {
                return Err(error);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn attempt(self: &Arc<Self>, deadline: Instant) -> Result<Open, Error> {
        if let Some(mut open) = self.idle_pop() {
            match open.ping(TEST_PATIENCE).await {
                Ok(()) => return Ok(open),
                Err(error) => convert("ping", &error),
            };
            // Whatever ended it, or swallows its bytes, hardly chose this one alone.
            let others = std::mem::take(&mut self.state().idle);
            drop(others);
        }
        let primary = self.primary();
        if !primary.is_over()
            && let Ok(open) = self.connect(&primary).await
        {
            return Ok(open);
        }
        self.look(&primary, deadline).await
    }

    /// Opens one more connection to the primary; it must still be what it was.
    pub(super) async fn connect(&self, primary: &Arc<Primary>) -> Result<Open, Error> {
        let connect = connect(&self.hosts.all[primary.host], self.hosts.connect_timeout.min(TEST_PATIENCE));
        let (conn, timeline) = primary.answer(self.hosts.connect_timeout, connect).await?;
        if timeline != primary.timeline {
            return Err(gone());
        }
        Ok(self.opened(conn, Arc::clone(primary)))
    }

    /// Looks for the primary anew, unless somebody has done so since `seen` was it; gives a connection to it.
    pub(super) async fn look(self: &Arc<Self>, seen: &Arc<Primary>, deadline: Instant) -> Result<Open, Error> {
        let _search = timeout_at(deadline, self.search.lock()).await.map_err(|_| Error::PoolTimedOut)?;
        let now = self.primary();
        if !Arc::ptr_eq(&now, seen) {
            return self.connect(&now).await;
        }
        let found = primary_find(&self.hosts, seen.timeline, deadline).await?;
        if !seen.is_over() && (found.host, found.timeline) == (seen.host, seen.timeline) {
            seen.confirm();
            return Ok(self.opened(found.conn, now));
        }
        Ok(self.move_to(seen, found))
    }

    fn move_to(self: &Arc<Self>, seen: &Primary, found: Found) -> Open {
        let host = &self.hosts.all[found.host];
        tracing::info!(host = host.get_host(), port = host.get_port(), timeline = ?found.timeline, "the primary was found");
        if found.timeline.is_none() || found.timeline != seen.timeline {
            self.forget();
            let all = Arc::downgrade(self);
            tokio::spawn(async move {
                tokio::time::sleep(LATE_MAX).await;
                if let Some(all) = all.upgrade() {
                    all.forget();
                }
            });
        }
        let primary = Arc::new(Primary::new(found.host, found.timeline));
        let idle = {
            let mut state = self.state();
            state.primary = Arc::clone(&primary);
            std::mem::take(&mut state.idle)
        };
        seen.give_up();
        drop(idle);
        self.opened(found.conn, primary)
    }

    /// Calls what [`Self::on_move`] was given.
    pub fn forget(&self) {
        for forget in &*self.moved.lock().unwrap_or_else(PoisonError::into_inner) {
            forget();
        }
    }

    fn idle_pop(&self) -> Option<Open> {
        let mut state = self.state();
        while let Some((open, _)) = state.idle.pop() {
            if !open.primary.is_over() {
                return Some(open);
            }
        }
        None
    }

    /// Takes a connection back that is fit for its next use.
    pub(super) fn put(&self, open: Open) {
        let mut state = self.state();
        if self.turns.is_closed() || !open.is_of(&state.primary) || open.opened.elapsed() > AGE_MAX {
            return;
        }
        // Those below are wanted least.
        if state.idle.first().is_some_and(|(_, since)| since.elapsed() > IDLE_MAX) {
            state.idle.remove(0);
        }
        state.idle.push((open, Instant::now()));
    }

    /// Connections in all, and those that wait for work.
    pub fn size(&self) -> (u32, usize) {
        (self.open.load(Ordering::Relaxed), self.state().idle.len())
    }

    /// Ends all connections that are not in use; the others end with their use.
    pub async fn close(&self) {
        self.turns.close();
        self.closed.cancel();
        let idle = std::mem::take(&mut self.state().idle);
        for (open, _) in idle {
            // The database learns of the end in any case.
            let _ = tokio::time::timeout(TEST_PATIENCE, open.conn.close()).await;
        }
    }
}
