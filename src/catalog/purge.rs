//! What time takes: events and versions that are kept long enough.

use std::time::Duration;

use skep_core::Result;

use super::metastore::Metastore;

/// So many rows go in one transaction.
const BATCH: i64 = 2_000;
/// So many tables are looked at in one statement.
const TABLES: i64 = 500;
/// Clocks of nodes and database may differ by as much.
const CLOCKS_MS: i64 = 3_600_000;

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

impl Metastore {
    /// Deletes events older than `event_ttl`; gives how many. What is left has no gaps, and ids go on. To be run every
    /// some minutes, by any number of nodes.
    pub async fn events_purge(&self) -> Result<u64> {
        let before = self.clock.now_ms().saturating_sub(millis(self.settings.event_ttl));
        // Numbered first: an event may wait unnumbered for a reader that never comes.
        self.store.event_number().await?;
        let mut all = 0;
        loop {
            let purged = self
                .store
                .retrying("events_purge", || async {
                    let mut txn = self.store.write().await?;
                    let purged = txn.event_purge(before, BATCH).await?;
                    txn.commit().await?;
                    Ok(purged)
                })
                .await?;
            all += purged;
            if purged == 0 {
                return Ok(all);
            }
        }
    }

    /// Forgets what only versions older than `retention` show: partition rows, definitions, dropped tables. Never
    /// what an event that is still there tells of. To be run every some hours, by any number of nodes.
    pub async fn versions_purge(&self) -> Result<u64> {
        let kept = millis(self.settings.retention.max(self.settings.event_ttl));
        let mut before = self.clock.now_ms().saturating_sub(kept).saturating_sub(CLOCKS_MS);
        if let Some(oldest) = self.store.peek().await?.event_oldest_at().await? {
            before = before.min(oldest - CLOCKS_MS);
        }
        let mut all = 0;
        let mut after = 0;
        loop {
            let tables = self.store.peek().await?.purge_horizons(after, before, TABLES).await?;
            let Some((last, _)) = tables.last() else { break };
            after = *last;
            for (table_id, horizon) in tables {
                if let Some(horizon) = horizon {
                    all += self.versions_purge_of(table_id, horizon).await?;
                }
            }
        }
        loop {
            let dropped = self.store.peek().await?.purge_dropped(before, TABLES).await?;
            if dropped.is_empty() {
                return Ok(all);
            }
            for table_id in dropped {
                self.table_purge(table_id).await?;
                all += 1;
            }
        }
    }

    async fn versions_purge_of(&self, table_id: i64, horizon: i64) -> Result<u64> {
        let mut all = 0;
        loop {
            let purged = self
                .store
                .retrying("versions_purge", || async {
                    let mut txn = self.store.write().await?;
                    let purged = txn.purge_before(table_id, horizon, BATCH).await?;
                    txn.commit().await?;
                    Ok(purged)
                })
                .await?;
            all += purged;
            if purged == 0 {
                return Ok(all);
            }
        }
    }

    async fn table_purge(&self, table_id: i64) -> Result<()> {
        loop {
            let done = self
                .store
                .retrying("table_purge", || async {
                    let mut txn = self.store.write().await?;
                    let done = txn.purge_table(table_id, BATCH).await?;
                    txn.commit().await?;
                    Ok(done)
                })
                .await?;
            if done {
                return Ok(());
            }
        }
    }
}
