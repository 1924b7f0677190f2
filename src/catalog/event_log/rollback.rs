//! Showing another snapshot: back, or forward again.

use skep_core::event_log::{Boundary, LATE_MAX};
use skep_core::{Error, Result};

use super::super::caller::Caller;
use super::super::metastore::Metastore;
use super::super::reference::TableRef;
use super::record::{LockedLog, LogRecord, log_store};
use crate::store::Txn;

impl Metastore {
    /// Makes the view show this snapshot (None: the log alone) and all that came since. Errors: NotFound for a snapshot
    /// that is not kept; InvalidOperation where partitions that it has were changed or dropped since.
    pub async fn log_rollback(&self, caller: &Caller, at: &TableRef, snapshot: Option<&str>) -> Result<LogRecord> {
        self.store.retrying("log_rollback", || self.log_rollback_once(caller, at, snapshot)).await
    }

    async fn log_rollback_once(&self, caller: &Caller, at: &TableRef, snapshot: Option<&str>) -> Result<LogRecord> {
        let mut txn = self.store.write().await?;
        let locked = self.log_lock(&mut txn, at).await?;
        let late = match snapshot {
            None => Vec::new(),
            Some(id) => late_of(&mut txn, &locked, at, id).await?,
        };
        let LockedLog { table, mut record, .. } = locked;
        record.show(snapshot.map(str::to_owned), txn.moment(&self.clock).await?);
        record.settled.clone_from(&record.current);
        record.late = late;
        log_store(&mut txn, table.id, &record).await?;
        self.view_swap(&mut txn, &table, &record, caller.user()).await?;
        txn.commit().await?;
        Ok(record)
    }

    /// Says that no more comes to a partition, although it is the newest.
    pub async fn log_seal(&self, at: &TableRef, values: &[String]) -> Result<()> {
        self.store
            .retrying("log_seal", || async {
                let mut txn = self.store.write().await?;
                let LockedLog { table, mut record, arrival } = self.log_lock(&mut txn, at).await?;
                let boundary = arrival.boundary(values)?;
                let covered = record.shown().is_some_and(|s| arrival.is_covered(&boundary, &s.watermark));
                if !covered && !record.sealed.contains(&boundary) {
                    record.sealed.push(boundary);
                    log_store(&mut txn, table.id, &record).await?;
                }
                txn.commit().await
            })
            .await
    }

    /// Too many came late for the view's text to name them: it shows an older snapshot that fewer came late for, in
    /// the end none. Right in any case, only slower to read.
    pub(super) async fn log_rebase(&self, txn: &mut Txn, locked: &mut LockedLog) -> Result<()> {
        let candidates: Vec<String> = locked.record.snapshots.iter().rev().map(|s| s.id.clone()).collect();
        let before = locked.record.current.clone();
        for id in candidates {
            let Some(snapshot) = locked.record.snapshot(&id).cloned() else { continue };
            let since = locked.since(txn, &snapshot).await?;
            if since.changed.is_empty() && since.late.len() <= LATE_MAX {
                locked.record.show(Some(id), txn.moment(&self.clock).await?);
                locked.record.late = since.late;
                rebased(locked, before.as_deref());
                return Ok(());
            }
        }
        locked.record.show(None, txn.moment(&self.clock).await?);
        locked.record.late = Vec::new();
        rebased(locked, before.as_deref());
        Ok(())
    }
}

fn rebased(locked: &LockedLog, before: Option<&str>) {
    tracing::warn!(
        table = locked.table.full_name(),
        from = before,
        to = locked.record.current.as_deref(),
        "more than {LATE_MAX} partitions came late: the final view shows an older snapshot until the next compaction"
    );
}

async fn late_of(txn: &mut Txn, locked: &LockedLog, at: &TableRef, id: &str) -> Result<Vec<Boundary>> {
    let snapshot = locked.record.snapshot_named(at, id)?.clone();
    let since = locked.since(txn, &snapshot).await?;
    if let Some(name) = since.changed.first() {
        return Err(Error::invalid_operation(format!(
            "snapshot {id} of {at} has the partition {name}, which was changed or dropped since: the view would be wrong"
        )));
    }
    if since.late.len() > LATE_MAX {
        return Err(Error::invalid_operation(format!(
            "{} partitions came late for snapshot {id} of {at}; a view names at most {LATE_MAX}",
            since.late.len()
        )));
    }
    Ok(since.late)
}
