//! One write transaction that several operations share, so that they land together or not at all. Within it every
//! operation begins and commits as ever; only the last commit is one.

use std::sync::Arc;

use skep_core::{Error, Result};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::lane::Turn;

/// The shared transaction, until it is over.
#[derive(Debug, Clone)]
pub struct Joint {
    turn: Arc<Mutex<Option<Turn>>>,
    /// Who asked for it; noted with every version that it makes.
    request_id: Option<Arc<str>>,
}

/// An operation's use of it.
#[derive(Debug)]
pub(super) struct Joined(OwnedMutexGuard<Option<Turn>>);

impl Joint {
    pub(super) fn new(turn: Turn, request_id: Option<&str>) -> Self {
        Self { turn: Arc::new(Mutex::new(Some(turn))), request_id: request_id.map(Arc::from) }
    }

    pub(super) fn request_id(&self) -> Option<Arc<str>> {
        self.request_id.clone()
    }

    /// Operations within run one after the other. One that wanted a second transaction would wait for itself: that is
    /// an error, not a wait.
    pub(super) fn join(&self) -> Result<Joined> {
        let guard = Arc::clone(&self.turn).try_lock_owned();
        guard.map(Joined).map_err(|_| Error::internal("an operation wants a second transaction within a shared one"))
    }

    /// Makes all that was done within durable.
    pub async fn commit(self) -> Result<()> {
        let turn = self.turn.lock().await.take();
        turn.ok_or_else(over)?.commit().await
    }

    /// Undoes it.
    pub async fn undo(self) {
        drop(self.turn.lock().await.take());
    }
}

impl Joined {
    pub(super) fn turn(&mut self) -> Result<&mut Turn> {
        self.0.as_mut().ok_or_else(over)
    }
}

fn over() -> Error {
    Error::internal("the shared transaction is over")
}
