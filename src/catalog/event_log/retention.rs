//! Snapshots that are kept, and those that go.

use skep_core::event_log::SNAPSHOT_ID;
use skep_core::{Error, Location, Result};

use super::super::caller::Caller;
use super::super::metastore::Metastore;
use super::super::places::Going;
use super::super::reference::TableRef;
use super::super::table_read::missing;
use super::record::{LockedLog, LogSnapshot, log_store};
use crate::store::Change;
use crate::warehouse::Deletion;

/// Which snapshots may go.
#[derive(Debug, Clone)]
pub struct SnapshotsExpire {
    pub at: TableRef,
    /// The newest so many stay.
    pub keep: usize,
    /// Only those that were made before, in milliseconds since the epoch.
    pub before_ms: i64,
    /// One that the view showed within so many milliseconds stays: who reads it has its id from the view's text.
    pub reader_grace_ms: i64,
    /// Their files, too. Without it they are only told of.
    pub delete_files: bool,
    pub dry_run: bool,
}

impl Metastore {
    /// Forgets snapshots; gives them with where their files lie. The one that is shown, the one that a compaction
    /// builds on, pinned ones and those that readers may still hold always stay.
    pub async fn snapshots_expire(
        &self,
        caller: &Caller,
        expire: &SnapshotsExpire,
    ) -> Result<Vec<(LogSnapshot, String)>> {
        let once = || self.snapshots_expire_once(caller, expire);
        let (gone, deletions) = self.store.retrying("snapshots_expire", once).await?;
        self.tasks_run(deletions).await;
        Ok(gone)
    }

    async fn snapshots_expire_once(
        &self,
        caller: &Caller,
        expire: &SnapshotsExpire,
    ) -> Result<(Vec<(LogSnapshot, String)>, super::super::places::Recorded)> {
        let mut txn = self.store.write().await?;
        let LockedLog { table, mut record, .. } = self.log_lock(&mut txn, &expire.at).await?;
        let newest = record.snapshots.len().saturating_sub(expire.keep);
        let base = record.compaction.as_ref().and_then(|c| c.base.clone());
        let read_since_ms = txn.moment(&self.clock).await?.saturating_sub(expire.reader_grace_ms);
        let stays = |at: usize, one: &LogSnapshot| {
            at >= newest
                || one.is_pinned
                || one.at_ms >= expire.before_ms
                || one.shown_until_ms.is_some_and(|until| until > read_since_ms)
                || record.current.as_ref() == Some(&one.id)
                || record.settled.as_ref() == Some(&one.id)
                || base.as_ref() == Some(&one.id)
        };
        let gone: Vec<LogSnapshot> = record
            .snapshots
            .iter()
            .enumerate()
            .filter(|(at, one)| !stays(*at, one))
            .map(|(_, one)| one.clone())
            .collect();
        let at = TableRef::new(&table.catalog, &table.database, &record.log.snapshot_table);
        let snapshots = txn.table_lock(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(&at))?;
        let names: Vec<String> = gone.iter().map(|one| format!("{SNAPSHOT_ID}={}", one.id)).collect();
        let partitions = txn.partition_by_names(snapshots.id, snapshots.version, &names).await?;
        let place = |one: &LogSnapshot| {
            let found = partitions.iter().find(|p| p.values.first() == Some(&one.id));
            found.and_then(|p| p.location()).unwrap_or_default().to_owned()
        };
        let told: Vec<(LogSnapshot, String)> = gone.iter().map(|one| (one.clone(), place(one))).collect();
        if expire.dry_run || gone.is_empty() {
            return Ok((told, Vec::new()));
        }
        record.snapshots.retain(|one| !gone.iter().any(|other| other.id == one.id));
        log_store(&mut txn, table.id, &record).await?;
        let change = Change { operation: "expire", by: caller.user() };
        let event = at.tale("DROP_PARTITION", &());
        let version = txn.table_commit_told(snapshots.id, None, change, Some(&event)).await?;
        txn.partition_remove_many(snapshots.id, version, &names).await?;
        let removed = txn.file_remove_of(snapshots.id, version, &names).await?;
        txn.block_break(snapshots.id, version, removed).await?;
        txn.statistics_delete(snapshots.id, &names, None, None).await?;
        let mut deletions = Vec::new();
        for (_, place) in told.iter().filter(|(_, place)| expire.delete_files && !place.is_empty()) {
            deletions.push(Deletion::new(Location::parse(place)?, false));
        }
        let going =
            Going { partitions_of: Some(snapshots.id), partitions: names.into_iter().collect(), ..Going::default() };
        let decided = self.deletions_decide(&mut txn, deletions, &going).await?;
        txn.commit().await?;
        Ok((told, decided.recorded))
    }

    /// Keeps a snapshot whatever retention says, or no longer.
    pub async fn snapshot_pin(&self, at: &TableRef, id: &str, is_pinned: bool) -> Result<()> {
        self.store
            .retrying("snapshot_pin", || async {
                let mut txn = self.store.write().await?;
                let LockedLog { table, mut record, .. } = self.log_lock(&mut txn, at).await?;
                let snapshot = record.snapshots.iter_mut().find(|one| one.id == id);
                snapshot.ok_or_else(|| Error::not_found(format!("{at} has no snapshot {id:?}")))?.is_pinned = is_pinned;
                log_store(&mut txn, table.id, &record).await?;
                txn.commit().await
            })
            .await
    }
}
