//! The primary that a node works with, and how it is told from one that was replaced.

use std::io::{Error as IoError, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::{Error, PgConnection, Row as _};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const SYNCHRONOUS_OFF: &str = "the database has synchronous_commit=off: an acknowledged write could be lost. \
     Set it to on (or local, remote_write, remote_apply) for this role or database";

/// What a connection must be before it is used.
const CHECK: &str = "select current_setting('synchronous_commit'), pg_is_in_recovery()";
/// The identity of the cluster, and the timeline that it writes. A promotion begins one with a higher number.
const TIMELINE: &str = "select (select system_identifier from pg_control_system()), \
     ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint";

/// Which history a primary writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeline {
    /// The cluster's identity, made by `initdb`.
    system: i64,
    number: i64,
}

impl Timeline {
    /// Tells whether who writes `self` was replaced by who writes `other`.
    pub fn is_older_than(self, other: Self) -> bool {
        self.system == other.system && self.number < other.number
    }
}

/// Whether the host at the other end is a primary that syncs its commits, and its timeline; none where the database does
/// not tell (services that speak Postgres's protocol over another storage).
///
/// # Errors
/// Configuration where it is none.
pub async fn check(conn: &mut PgConnection) -> Result<Option<Timeline>, Error> {
    let row = sqlx::query(CHECK).fetch_one(&mut *conn).await?;
    let synchronous: String = row.try_get(0)?;
    if row.try_get::<bool, _>(1)? {
        return Err(Error::Configuration(STANDBY.into()));
    }
    if synchronous == "off" {
        return Err(Error::Configuration(SYNCHRONOUS_OFF.into()));
    }
    match sqlx::query(TIMELINE).fetch_one(conn).await {
        Ok(row) => Ok(Some(Timeline { system: row.try_get(0)?, number: row.try_get(1)? })),
        Err(Error::Database(error)) => {
            tracing::debug!(%error, "the database does not tell its timeline");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

pub const STANDBY: &str = "the database host is a standby; a primary is needed";

/// The primary that connections were opened to. They are trusted together and given up together.
#[derive(Debug)]
pub struct Primary {
    /// Its place in the URL.
    pub host: usize,
    pub timeline: Option<Timeline>,
    /// Cancelled when it is the primary no more, or silent.
    over: CancellationToken,
    /// True while nobody knows whether it still is the primary.
    doubt: watch::Sender<bool>,
    /// Whether it has answered since somebody looked.
    has_answered: AtomicBool,
}

impl Primary {
    pub fn new(host: usize, timeline: Option<Timeline>) -> Self {
        let doubt = watch::Sender::new(false);
        Self { host, timeline, over: CancellationToken::new(), doubt, has_answered: AtomicBool::new(true) }
    }

    pub fn is_over(&self) -> bool {
        self.over.is_cancelled()
    }

    /// Ends all that is under way on its connections.
    pub fn give_up(&self) {
        self.over.cancel();
        self.doubt.send_replace(false);
    }

    /// Answers are held back from now on, until [`Self::confirm`] or [`Self::give_up`].
    pub fn doubt(&self) {
        self.doubt.send_replace(true);
    }

    /// It was asked anew, and is the primary.
    pub fn confirm(&self) {
        self.doubt.send_replace(false);
    }

    /// Tells whether it has answered since the last call.
    pub fn has_answered(&self) -> bool {
        self.has_answered.swap(false, Ordering::Relaxed)
    }

    /// Waits for an answer, for `patience` at most. An answer that comes while the primary is in doubt waits until that
    /// is settled: one that was frozen, and wakes when another has taken over, answers from the past.
    ///
    /// # Errors
    /// Io where the primary was given up or the time is over.
    pub async fn answer<T>(
        &self,
        patience: Duration,
        statement: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let answer = tokio::select! {
            biased;
            answer = statement => answer,
            () = self.over.cancelled() => return Err(gone()),
            () = tokio::time::sleep(patience) => return Err(silent(patience)),
        };
        self.has_answered.store(true, Ordering::Relaxed);
        self.settled().await?;
        answer
    }

    /// Waits until the primary is out of doubt.
    async fn settled(&self) -> Result<(), Error> {
        if *self.doubt.borrow() {
            // The sender is this value itself, so it is not gone.
            let _ = self.doubt.subscribe().wait_for(|doubt| !doubt).await;
        }
        if self.is_over() { Err(gone()) } else { Ok(()) }
    }
}

/// What is said on connections to a primary that was given up.
pub fn gone() -> Error {
    Error::Io(IoError::new(ErrorKind::ConnectionAborted, "its host fell silent, or another host has taken over"))
}

/// What is said where the database has not answered for so long.
pub fn silent(patience: Duration) -> Error {
    Error::Io(IoError::new(ErrorKind::TimedOut, format!("no answer within {patience:?}")))
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    const PATIENCE: Duration = Duration::from_mins(1);

    fn timeline(system: i64, number: i64) -> Timeline {
        Timeline { system, number }
    }

    #[test]
    fn a_promotion_is_younger_and_another_cluster_is_neither() {
        assert!(timeline(1, 1).is_older_than(timeline(1, 2)));
        assert!(!timeline(1, 2).is_older_than(timeline(1, 2)) && !timeline(1, 3).is_older_than(timeline(1, 2)));
        assert!(!timeline(2, 1).is_older_than(timeline(1, 2)), "restored elsewhere");
    }

    #[tokio::test(start_paused = true)]
    async fn a_statement_ends_with_its_primary_or_its_time() {
        let primary = Primary::new(0, None);
        let error = primary.answer(PATIENCE, pending::<Result<(), Error>>()).await.unwrap_err();
        assert!(error.to_string().contains("no answer within 60s"), "{error}");
        let (ended, ()) = tokio::join!(primary.answer(PATIENCE, pending::<Result<(), Error>>()), async {
            primary.give_up();
        });
        assert!(matches!(ended, Err(Error::Io(error)) if error.kind() == ErrorKind::ConnectionAborted));
        assert!(primary.answer(PATIENCE, ready(Ok(7))).await.is_err(), "an answer of before is not believed");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_waits_while_the_primary_is_in_doubt() {
        let primary = Primary::new(0, None);
        for is_confirmed in [true, false] {
            primary.doubt();
            let answer = primary.answer(PATIENCE, ready(Ok(7)));
            tokio::pin!(answer);
            assert!(futures_util::poll!(&mut answer).is_pending());
            if is_confirmed {
                primary.confirm();
            } else {
                primary.give_up();
            }
            assert_eq!(answer.await.ok(), is_confirmed.then_some(7));
        }
    }
}
