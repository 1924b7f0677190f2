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
/// Requests may come again for seven days.
const REQUESTS_MS: i64 = 7 * 24 * 3_600_000;

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Rows that go a batch at a time.
#[derive(Clone, Copy)]
enum Purge {
    Events { before: i64 },
    Versions { table_id: i64, horizon: i64 },
    Table { table_id: i64 },
    Requests { before: i64 },
}

impl Metastore {
    /// Purges batch by batch, each in a transaction of its own, until nothing is left; gives how many rows went, where
    /// that is counted.
    async fn purge(&self, what: Purge) -> Result<u64> {
        let mut all = 0;
        loop {
            let (purged, done) = self
                .store
                .retrying("purge", || async {
                    let mut txn = self.store.write().await?;
                    let counted = |purged| (purged, purged == 0);
                    let step = match what {
                        Purge::Events { before } => counted(txn.event_purge(before, BATCH).await?),
                        Purge::Versions { table_id, horizon } => {
                            counted(txn.purge_before(table_id, horizon, BATCH).await?)
                        }
                        Purge::Requests { before } => counted(txn.request_purge(before, BATCH).await?),
                        Purge::Table { table_id } => (0, txn.purge_table(table_id, BATCH).await?),
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
        let before = self.clock.now_ms().saturating_sub(millis(self.settings.event_ttl));
        // Numbered first: an event may wait unnumbered for a reader that never comes.
        self.store.event_number().await?;
        self.purge(Purge::Events { before }).await
    }

    /// Forgets requests that can no longer come again. To be run every some hours, by any number of nodes.
    pub async fn requests_purge(&self) -> Result<u64> {
        self.purge(Purge::Requests { before: self.clock.now_ms().saturating_sub(REQUESTS_MS) }).await
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
                    all += self.purge(Purge::Versions { table_id, horizon }).await?;
                }
            }
        }
        loop {
            let dropped = self.store.peek().await?.purge_dropped(before, TABLES).await?;
            if dropped.is_empty() {
                return Ok(all);
            }
            for table_id in dropped {
                self.purge(Purge::Table { table_id }).await?;
                all += 1;
            }
        }
    }
}
