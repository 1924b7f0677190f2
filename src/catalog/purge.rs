//! What time takes: events and versions that are kept long enough.

use std::time::Duration;

use skep_core::Result;

use super::event_log::log_versions;
use super::metastore::Metastore;
use crate::store::{Horizon, PlaceKind, PurgeTable};

/// So many rows go in one transaction.
const BATCH: i64 = 2_000;
/// So many tables are looked at in one statement.
const TABLES: i64 = 500;
/// The database's clock may have been set by as much between what is compared; a fail-over can do that.
const CLOCKS_MS: i64 = 3_600_000;
/// Requests may come again for seven days.
const REQUESTS_MS: i64 = 7 * 24 * 3_600_000;

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Rows that go a batch at a time.
enum Purge<'h> {
    Events { before: i64 },
    Versions { table_id: i64, horizon: &'h Horizon },
    Table { table_id: i64 },
    Requests { before: i64 },
}

impl Metastore {
    /// Purges batch by batch, each in a transaction of its own, until nothing is left; gives how many rows went, where
    /// that is counted.
    async fn purge(&self, what: Purge<'_>) -> Result<u64> {
        let what = &what;
        let mut all = 0;
        loop {
            let (purged, done) = self
                .store
                .retrying("purge", || async {
                    let mut txn = self.store.write().await?;
                    let counted = |purged| (purged, purged == 0);
                    let step = match what {
                        Purge::Events { before } => counted(txn.event_purge(*before, BATCH).await?),
                        Purge::Versions { table_id, horizon } => {
                            counted(txn.purge_before(*table_id, horizon, BATCH).await?)
                        }
                        Purge::Requests { before } => counted(txn.request_purge(*before, BATCH).await?),
                        Purge::Table { table_id } => (0, txn.purge_table(*table_id, BATCH).await?),
                    };
                    txn.commit().await?;
                    Ok(step)
                })
                .await?;
            all += purged;
            if done {
                return Ok(all);
            }
        }
    }

    /// Deletes events older than `event_ttl`; gives how many. What is left has no gaps, and ids go on. To be run every
    /// some minutes, by any number of nodes.
    pub async fn events_purge(&self) -> Result<u64> {
        let now_ms = self.store.moment(&self.clock).await?;
        let before = now_ms.saturating_sub(millis(self.settings.event_ttl));
        // Numbered first: an event may wait unnumbered for a reader that never comes.
        self.store.event_number().await?;
        self.purge(Purge::Events { before }).await
    }

    /// Forgets requests that can no longer come again. To be run every some hours, by any number of nodes.
    pub async fn requests_purge(&self) -> Result<u64> {
        let now_ms = self.store.moment(&self.clock).await?;
        self.purge(Purge::Requests { before: now_ms.saturating_sub(REQUESTS_MS) }).await
    }

    /// Forgets versions that need not be kept: those older than `retention` and those beyond `versions_max`, but the
    /// newest `versions_min`. Never what an event that is still there tells of, what was current when a transaction
    /// began that is still open, pinned versions, those that snapshots of an event log were made of. No table is locked
    /// for longer than it takes to say what goes. To be run every some hours, by any number of nodes.
    pub async fn versions_purge(&self) -> Result<u64> {
        let now_ms = self.store.moment(&self.clock).await?;
        let before = |kept: i64| now_ms.saturating_sub(kept).saturating_sub(CLOCKS_MS);
        let mut newest = before(millis(self.settings.event_ttl));
        let mut txn = self.store.read().await?;
        for needed in [txn.event_oldest_at().await?, txn.purge_open_since().await?].into_iter().flatten() {
            newest = newest.min(needed - CLOCKS_MS);
        }
        drop(txn);
        let oldest = newest.min(before(millis(self.settings.retention)));
        let mut all = self.versions_purge_live([oldest, newest]).await?;
        loop {
            let dropped = self.store.peek().await?.purge_dropped(oldest, TABLES).await?;
            if dropped.is_empty() {
                return Ok(all);
            }
            for table_id in dropped {
                self.purge(Purge::Table { table_id }).await?;
                all += 1;
            }
        }
    }

    /// Of tables that are there. Versions from before the first time go by age, those from before the second may go by
    /// their number.
    async fn versions_purge_live(&self, before_ms: [i64; 2]) -> Result<u64> {
        let (mut all, mut after) = (0, 0);
        let logs = log_versions(&mut self.store.read().await?).await?;
        loop {
            let tables = self.store.peek().await?.purge_tables(after, before_ms, TABLES).await?;
            let Some(last) = tables.last() else { return Ok(all) };
            after = last.id;
            for table in tables {
                let from = self.kept_from(&table);
                let of_log = logs.get(&table.id);
                if from <= 1 || (from <= table.swept_to && of_log.is_none()) {
                    continue;
                }
                if let Some(horizon) = self.purge_begin(table.id, from, of_log.cloned().unwrap_or_default()).await? {
                    all += self.purge(Purge::Versions { table_id: table.id, horizon: &horizon }).await?;
                    self.purge_end(table.id, from).await?;
                    self.places_purge(table.id).await?;
                }
            }
        }
    }

    /// The first version of a table that is kept by its age and number.
    fn kept_from(&self, table: &PurgeTable) -> i64 {
        let [by_age, at_most] = table.at.map(Option::unwrap_or_default);
        let beyond = |count: u32| table.version.saturating_sub(i64::from(count)).saturating_add(1);
        let by_number = if self.settings.versions_max == 0 { 0 } else { beyond(self.settings.versions_max) };
        by_age.max(by_number.min(at_most)).min(beyond(self.settings.versions_min.max(1)))
    }

    async fn purge_begin(&self, table_id: i64, from: i64, kept: Vec<i64>) -> Result<Option<Horizon>> {
        let kept = &kept;
        self.store
            .retrying("purge_begin", || async move {
                let mut txn = self.store.write().await?;
                let horizon = txn.purge_begin(table_id, from, kept.clone()).await?;
                txn.commit().await?;
                Ok(horizon)
            })
            .await
    }

    /// Earlier places of a table that no version shows any more are nobody's.
    async fn places_purge(&self, table_id: i64) -> Result<()> {
        let mut peek = self.store.read().await?;
        let mut held = peek.place_of(PlaceKind::Kept, table_id).await?;
        held.extend(peek.place_of(PlaceKind::Base, table_id).await?);
        drop(peek);
        if held.is_empty() {
            return Ok(());
        }
        self.store
            .retrying("places_purge", || async {
                let mut txn = self.store.write().await?;
                txn.tables_lock(&[table_id]).await?;
                let shown = txn.table_locations(table_id).await?;
                for place in &held {
                    let is_kept = match place.kind {
                        PlaceKind::Base => txn.base_is_used(table_id, &place.location).await?,
                        _ => shown.contains(&place.location),
                    };
                    if !is_kept {
                        txn.place_delete_at(place).await?;
                    }
                }
                txn.commit().await
            })
            .await
    }

    async fn purge_end(&self, table_id: i64, from: i64) -> Result<()> {
        self.store
            .retrying("purge_end", || async {
                let mut txn = self.store.write().await?;
                txn.version_floor_swept(table_id, from).await?;
                txn.commit().await
            })
            .await
    }
}
