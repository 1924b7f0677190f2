//! Group commit. Writers of one lane (a table; on SQLite all writers) take turns within one database transaction as
//! long as others wait, so that the lane's lock does not cost one fsync each (`ARCHITECTURE.md`, Writing).
//!
//! The transaction is a baton: whoever holds the lane's mutex owns it. A member that is done leaves the transaction
//! open for the next in the queue and waits for the group's commit; a finisher, queued behind those who wait, commits.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use skep_core::{Error, Kind, Result};
use tokio::sync::{OwnedMutexGuard, oneshot};

use super::driver::{Conn, Sql, wanted};
use super::memory::Doubts;

const SAVEPOINT: Sql = Sql::both("savepoint", "savepoint member");
const RELEASE: Sql = Sql::both("savepoint_release", "release savepoint member");
const UNDO: Sql = Sql::both("savepoint_undo", "rollback to savepoint member");

/// A group ends after so many members: it bounds how long the first of them waits.
const GROUP_MAX: usize = 64;

/// Who shares a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LaneKey {
    /// Writers of this table.
    Table(i64),
    /// Whoever asks for Hive's locks or transactions.
    Locks,
    /// All writers (SQLite has one).
    Global,
}

/// An open transaction and the members that wait for its commit.
#[derive(Debug)]
pub struct Group {
    conn: Conn,
    /// The tables that its members change.
    doubts: Doubts,
    waiting: Vec<oneshot::Sender<Result<()>>>,
}

/// One queue of writers.
#[derive(Debug, Default)]
pub struct Lane {
    state: Arc<tokio::sync::Mutex<Option<Group>>>,
    queued: AtomicUsize,
}

/// All lanes that somebody holds.
#[derive(Debug, Default)]
pub struct Lanes(std::sync::Mutex<HashMap<LaneKey, Weak<Lane>>>);

impl Lanes {
    /// The lane of this key.
    pub fn get(&self, key: LaneKey) -> Arc<Lane> {
        let mut lanes = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(lane) = lanes.get(&key).and_then(Weak::upgrade) {
            return lane;
        }
        lanes.retain(|_, lane| lane.strong_count() > 0);
        let lane = Arc::new(Lane::default());
        lanes.insert(key, Arc::downgrade(&lane));
        lane
    }
}

/// What an error at a commit means: if the database went away, nobody knows whether it was carried out.
pub fn unknown(error: Error) -> Error {
    match error.kind {
        Kind::Lost | Kind::Unavailable => Error::new(
            Kind::Unavailable,
            "the database went away during the commit: whether the change was made is not known; look before repeating it",
        ),
        _ => error,
    }
}

/// Counts a task as queued until it is dropped, so that a cancelled one is not waited for.
struct Queued<'a>(&'a AtomicUsize);

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A turn in a lane: the open transaction, until committed or dropped (which undoes this member's part alone).
#[derive(Debug)]
pub struct Turn {
    lane: Arc<Lane>,
    /// Always there until the turn ends.
    guard: Option<OwnedMutexGuard<Option<Group>>>,
    savepoint: bool,
    /// There is no transaction: its one statement commits.
    is_once: bool,
}

impl Lane {
    /// Waits for the turn and opens the transaction, or joins the one that is open.
    pub async fn turn<F>(self: Arc<Self>, begin: impl FnOnce() -> F) -> Result<Turn>
    where
        F: Future<Output = Result<(Conn, Doubts)>>,
    {
        let mut guard = {
            self.queued.fetch_add(1, Ordering::Relaxed);
            let _queued = Queued(&self.queued);
            Arc::clone(&self.state).lock_owned().await
        };
        // Its turn may have come long after the call.
        wanted::check()?;
        let savepoint = guard.is_some();
        if let Some(group) = guard.as_mut() {
            group.conn.execute(&SAVEPOINT, &[]).await?;
        } else {
            let (conn, doubts) = begin().await?;
            wanted::check()?;
            *guard = Some(Group { conn, doubts, waiting: Vec::new() });
        }
        Ok(Turn { lane: self, guard: Some(guard), savepoint, is_once: false })
    }

    /// The turn for a write of one statement, which commits by itself; none where others are in the lane, who had
    /// better share a commit.
    pub async fn once<F>(self: Arc<Self>, begin: impl FnOnce() -> F) -> Result<Option<Turn>>
    where
        F: Future<Output = Result<(Conn, Doubts)>>,
    {
        let Ok(mut guard) = Arc::clone(&self.state).try_lock_owned() else { return Ok(None) };
        if guard.is_some() || self.queued.load(Ordering::Relaxed) > 0 {
            return Ok(None);
        }
        let (conn, doubts) = begin().await?;
        wanted::check()?;
        *guard = Some(Group { conn, doubts, waiting: Vec::new() });
        Ok(Some(Turn { lane: self, guard: Some(guard), savepoint: false, is_once: true }))
    }

    /// Commits the group that is open when the finisher's turn comes, unless a member has done so.
    async fn finish(self: Arc<Self>) {
        let mut guard = Arc::clone(&self.state).lock_owned().await;
        if let Some(group) = guard.take() {
            group.end().await.unwrap_or_default();
        }
    }
}

impl Group {
    /// Commits and tells all members.
    async fn end(mut self) -> Result<()> {
        self.doubts.sent();
        let outcome = self.conn.commit().await.map_err(unknown);
        if outcome.is_ok() {
            self.doubts.committed();
        }
        for member in self.waiting {
            // A member that is gone needs no answer.
            member.send(outcome.clone()).unwrap_or_default();
        }
        outcome
    }
}

impl Turn {
    /// The transaction's connection.
    pub fn conn(&mut self) -> Result<&mut Conn> {
        self.guard
            .as_mut()
            .and_then(|g| g.as_mut())
            .map(|group| &mut group.conn)
            .ok_or_else(|| Error::internal("the transaction is over"))
    }

    /// The member changes this table.
    pub fn table_changes(&mut self, table_id: i64) {
        if let Some(group) = self.guard.as_mut().and_then(|guard| guard.as_mut()) {
            group.doubts.add(table_id);
            if self.is_once {
                group.doubts.sent();
            }
        }
    }

    /// Makes this member's part durable, with the group.
    pub async fn commit(mut self) -> Result<()> {
        if !self.is_once {
            wanted::check()?;
        }
        if self.savepoint {
            self.conn()?.execute(&RELEASE, &[]).await?;
        }
        let Some(mut guard) = self.guard.take() else { return Err(Error::internal("the transaction is over")) };
        let others = self.lane.queued.load(Ordering::Relaxed) > 0;
        match guard.as_mut() {
            Some(group) if others && !self.is_once && group.waiting.len() < GROUP_MAX => {
                let (done, wait) = oneshot::channel();
                if group.waiting.is_empty() {
                    tokio::spawn(Arc::clone(&self.lane).finish());
                }
                group.waiting.push(done);
                drop(guard);
                wait.await.unwrap_or_else(|_| {
                    Err(Error::new(Kind::Unavailable, "the server stopped during the commit; look before repeating it"))
                })
            }
            _ => match guard.take() {
                Some(group) => group.end().await,
                None => Err(Error::internal("the transaction is over")),
            },
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(mut guard) = self.guard.take() else { return };
        if !self.savepoint {
            // The only member: the driver rolls a dropped transaction back.
            guard.take();
            return;
        }
        tokio::spawn(async move {
            let Some(group) = guard.as_mut() else { return };
            if let Err(error) = group.conn.execute(&UNDO, &[]).await {
                // The transaction is unusable: nobody's part of it is kept.
                if let Some(group) = guard.take() {
                    for member in group.waiting {
                        member.send(Err(error.clone())).unwrap_or_default();
                    }
                }
            }
        });
    }
}
