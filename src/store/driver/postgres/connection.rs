//! A Postgres connection in use.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use sqlx::{Connection as _, Error, Executor as _, PgConnection, raw_sql};
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use super::connections::{Connections, Open};
use super::primary::Primary;

/// A connection in doubt is closed where it is not fit again within this time.
const RECOVERY_PATIENCE: Duration = Duration::from_secs(5);

/// A connection in use. One that is dropped within a transaction is rolled back.
pub struct Connection {
    /// Both are there until it is dropped.
    open: Option<Open>,
    turn: Option<OwnedSemaphorePermit>,
    all: Arc<Connections>,
    /// A statement is under way, was given up or failed.
    is_busy: bool,
    in_transaction: bool,
    /// It is being brought back into a known state; where that fails it is closed.
    is_recovering: bool,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("in_transaction", &self.in_transaction).finish_non_exhaustive()
    }
}

impl Connection {
    pub(super) fn new(open: Open, turn: OwnedSemaphorePermit, all: Arc<Connections>) -> Self {
        Self { open: Some(open), turn: Some(turn), all, is_busy: false, in_transaction: false, is_recovering: false }
    }

    /// Gives the driver's connection for a statement, and who answers it. The connection is in doubt until [`Self::done`].
    pub fn statement(&mut self) -> Result<(&mut PgConnection, Answers), Error> {
        self.is_busy = true;
        let open = self.open.as_mut().ok_or(Error::PoolClosed)?;
        let answers = Answers { primary: Arc::clone(&open.primary), patience: self.all.limits.statement };
        Ok((&mut open.conn, answers))
    }

    /// Says that the statement came to its end.
    pub fn done(&mut self) {
        self.is_busy = false;
    }

    pub fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    pub(super) async fn begin(&mut self, text: &'static str) -> Result<(), Error> {
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
        let (conn, answers) = self.statement()?;
        answers.wait(conn.execute(raw_sql(text))).await?;
        self.done();
        Ok(())
    }

    /// Brings a connection in doubt back into a known state.
    async fn recover(&mut self) -> Result<(), Error> {
        if self.in_transaction {
            return self.rollback().await;
        }
        let (conn, answers) = self.statement()?;
        answers.wait(conn.ping()).await?;
        self.done();
        Ok(())
    }
}

/// Who answers the statements of a connection.
#[derive(Debug)]
pub struct Answers {
    primary: Arc<Primary>,
    patience: Duration,
}

impl Answers {
    /// Waits for an answer as long as the primary may be expected to give one.
    ///
    /// # Errors
    /// Io where it was given up or the time is over.
    pub async fn wait<T>(&self, statement: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.primary.answer(self.patience, statement).await
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Some(open) = self.open.take() else { return };
        if open.primary.is_over() {
            return;
        }
        if !self.is_busy && !self.in_transaction {
            self.all.put(open);
            return;
        }
        // Without a runtime the process ends, and its connections with it.
        let Ok(runtime) = Handle::try_current() else { return };
        if self.is_recovering {
            return;
        }
        let (turn, all, in_transaction) = (self.turn.take(), Arc::clone(&self.all), self.in_transaction);
        let mut doubtful = Self { open: Some(open), turn, all, is_busy: true, in_transaction, is_recovering: true };
        runtime.spawn(async move {
            // Its end is told by its state.
            let _ = tokio::time::timeout(RECOVERY_PATIENCE, doubtful.recover()).await;
        });
    }
}
