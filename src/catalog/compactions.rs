//! The queue of compactions (`semantics.md §12`): asked for, shown, given up. Who works on it is Hive's own.

use skep_core::compaction::{
    Compaction, CompactionFilter, CompactionKind, CompactionOptions, CompactionOrder, CompactionState,
};
use skep_core::{Error, Kind, Result};

use super::locks::partition_normalize;
use super::metastore::Metastore;
use super::reference::TableRef;

/// A compaction to queue.
#[derive(Debug, Clone)]
pub struct CompactionRequest {
    /// As in Hive, nobody asks whether it is there.
    pub at: TableRef,
    pub partition: Option<String>,
    pub kind: CompactionKind,
    pub pool: Option<String>,
    pub run_as: Option<String>,
    pub initiator_id: Option<String>,
    pub initiator_version: Option<String>,
    pub options: CompactionOptions,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompactionAnswer {
    /// Its id.
    Initiated(i64),
    /// One of the same table or partition, whatever its kind, waits already.
    Waits(i64),
}

/// What became of a wish to give a compaction up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompactionAborted {
    Done,
    /// It does not wait any more.
    Not(CompactionState),
    Unknown,
}

/// Said in the compaction's error message.
const ABORTED_WHY: &str = "Compaction Aborted by Abort Compaction request.";
/// How long an ended compaction is shown: Hive's default.
pub(super) const COMPACTION_KEPT_MS: i64 = 7 * 86_400_000;
/// The most that one request may give up.
const ABORT_MAX: usize = 10_000;

impl Metastore {
    pub async fn compaction_request(&self, request: &CompactionRequest) -> Result<CompactionAnswer> {
        self.store.retrying("compaction_request", || self.compaction_request_once(request)).await
    }

    async fn compaction_request_once(&self, request: &CompactionRequest) -> Result<CompactionAnswer> {
        let mut txn = self.store.write().await?;
        let id = txn.compaction_next().await?;
        let at = &request.at;
        let partition = request.partition.as_deref().map(partition_normalize);
        let place = (at.catalog.as_str(), at.database.as_str(), at.table.as_str());
        if let Some(waiting) = txn.compaction_waiting(place, partition.as_deref()).await? {
            return Ok(CompactionAnswer::Waits(waiting));
        }
        let compaction = Compaction {
            id,
            catalog: at.catalog.clone(),
            database: at.database.clone(),
            table: at.table.clone(),
            partition,
            kind: request.kind,
            state: CompactionState::Initiated,
            pool: request.pool.clone(),
            run_as: request.run_as.clone(),
            initiator_id: request.initiator_id.clone(),
            initiator_version: request.initiator_version.clone(),
            error: None,
            enqueued_at: txn.moment(&self.clock).await?,
            ended_at: None,
        };
        txn.compaction_insert(&compaction, &request.options).await?;
        txn.commit().await?;
        Ok(CompactionAnswer::Initiated(id))
    }

    /// At most `limit` (0: all) in this order.
    pub async fn compaction_list(
        &self,
        filter: &CompactionFilter,
        order: &CompactionOrder,
        limit: usize,
    ) -> Result<Vec<Compaction>> {
        let mut all = self.store.peek().await?.compaction_list(filter).await?;
        order.sort(&mut all);
        if limit > 0 {
            all.truncate(limit);
        }
        Ok(all)
    }

    /// Gives compactions up that nobody has begun; tells of each what became of it.
    pub async fn compaction_abort(&self, ids: &[i64]) -> Result<Vec<(i64, CompactionAborted)>> {
        if ids.is_empty() {
            let message = "Compaction ids missing in request. No compactions to abort";
            return Err(Error::new(Kind::InvalidInput, message));
        }
        if ids.len() > ABORT_MAX {
            let message = format!("at most {ABORT_MAX} compactions can be aborted at once, not {}", ids.len());
            return Err(Error::new(Kind::InvalidInput, message));
        }
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let ids = &ids;
        self.store
            .retrying("compaction_abort", || async move {
                let mut txn = self.store.write().await?;
                let now_ms = txn.moment(&self.clock).await?;
                let mut all = Vec::with_capacity(ids.len());
                for id in ids {
                    let outcome = if txn.compaction_abort(*id, ABORTED_WHY, now_ms).await? {
                        CompactionAborted::Done
                    } else {
                        txn.compaction_state(*id).await?.map_or(CompactionAborted::Unknown, CompactionAborted::Not)
                    };
                    all.push((*id, outcome));
                }
                txn.commit().await?;
                Ok(all)
            })
            .await
    }
}
