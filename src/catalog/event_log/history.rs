//! Compactions that ended: what became of them, and what they left behind.

use serde::{Deserialize, Serialize};
use skep_core::{Error, Location, Result};

use super::super::caller::Caller;
use super::super::metastore::Metastore;
use super::super::places::Going;
use super::super::reference::TableRef;
use super::record::{LockedLog, LogCompaction, LogRecord, log_store};
use crate::warehouse::Deletion;

/// So many committed compactions are remembered; abandoned ones until they are cleaned up.
const COMMITTED_MAX: usize = 100;
/// So many abandoned ones at most: the oldest are forgotten, with a warning that names their places.
const ABANDONED_MAX: usize = 1_000;

/// How a compaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogOutcome {
    Committed,
    /// Its holder gave it up.
    Aborted,
    /// Its lease ran out, and another began.
    Expired,
}

/// A compaction that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEnded {
    pub token: i64,
    pub holder: String,
    pub outcome: LogOutcome,
    /// Milliseconds since the epoch.
    pub began_at_ms: i64,
    pub ended_at_ms: i64,
    pub snapshot_id: String,
    /// Where it wrote.
    pub location: String,
    /// Partitions that it read.
    pub partitions: i64,
    /// As its holder said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl LogEnded {
    /// Its files are nobody's.
    pub fn is_abandoned(&self) -> bool {
        self.outcome != LogOutcome::Committed
    }
}

impl LogRecord {
    /// Notes the end of a compaction.
    pub(super) fn end(&mut self, compaction: &LogCompaction, outcome: LogOutcome, reason: Option<String>, now_ms: i64) {
        self.ended.push(LogEnded {
            token: compaction.token,
            holder: compaction.holder.clone(),
            outcome,
            began_at_ms: compaction.began_at_ms,
            ended_at_ms: now_ms,
            snapshot_id: compaction.snapshot_id(),
            location: compaction.location.clone(),
            partitions: compaction.inputs.len() as i64,
            reason,
        });
        for (abandoned, most) in [(false, COMMITTED_MAX), (true, ABANDONED_MAX)] {
            let count = self.ended.iter().filter(|one| one.is_abandoned() == abandoned).count();
            if count > most
                && let Some(at) = self.ended.iter().position(|one| one.is_abandoned() == abandoned)
            {
                let forgotten = self.ended.remove(at);
                if abandoned {
                    tracing::warn!(
                        location = forgotten.location,
                        "an abandoned compaction is forgotten, its files are not"
                    );
                }
            }
        }
    }

    /// How the compaction of this token ended, if that is still known.
    pub fn ended_as(&self, token: i64) -> Option<&LogEnded> {
        self.ended.iter().find(|one| one.token == token)
    }
}

impl Metastore {
    /// Forgets abandoned compactions (those of these tokens; all if there are none) and gives them. Their files go only
    /// where asked for. Errors: InvalidOperation for a token that is of none.
    pub async fn compactions_clean(
        &self,
        caller: &Caller,
        at: &TableRef,
        tokens: &[i64],
        delete_files: bool,
    ) -> Result<Vec<LogEnded>> {
        let once = || self.compactions_clean_once(at, tokens, delete_files);
        let (cleaned, deletions) = self.store.retrying("compactions_clean", once).await?;
        tracing::info!(log = %at, count = cleaned.len(), delete_files, user = caller.user(), "abandoned compactions cleaned");
        self.tasks_run(deletions).await;
        Ok(cleaned)
    }

    async fn compactions_clean_once(
        &self,
        at: &TableRef,
        tokens: &[i64],
        delete_files: bool,
    ) -> Result<(Vec<LogEnded>, super::super::places::Recorded)> {
        let mut txn = self.store.write().await?;
        let LockedLog { table, mut record, .. } = self.log_lock(&mut txn, at).await?;
        for token in tokens {
            if !record.ended_as(*token).is_some_and(LogEnded::is_abandoned) {
                return Err(Error::invalid_operation(format!("compaction {token} of {at} is none that was abandoned")));
            }
        }
        let goes = |one: &LogEnded| one.is_abandoned() && (tokens.is_empty() || tokens.contains(&one.token));
        let (cleaned, left) = std::mem::take(&mut record.ended).into_iter().partition(goes);
        record.ended = left;
        log_store(&mut txn, table.id, &record).await?;
        let mut deletions = Vec::new();
        for one in cleaned.iter().filter(|_| delete_files) {
            deletions.push(Deletion::new(Location::parse(&one.location)?, false));
        }
        let decided = self.deletions_decide(&mut txn, deletions, &Going::default()).await?;
        txn.commit().await?;
        Ok((cleaned, decided.recorded))
    }
}
