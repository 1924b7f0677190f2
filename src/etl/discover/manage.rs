//! Rounds over the tables with `discover.partitions`, as Hive's `PartitionManagementTask` makes them: partitions that are
//! too old go, new ones come, those whose directory is gone go. One node at a time; a table with an error is left to the
//! next round.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use skep_core::Result;
use skep_core::table::Table;

use super::report::{Discover, Limits};
use crate::catalog::{Caller, TableRef, retention_seconds};
use crate::etl::register::registration::{Etl, Progress};
use crate::etl::register::report::{Outcome, Severity};
use crate::etl::register::request::TableName;

/// Tables at a time: Hive's pool has three threads.
const TABLES_AT_ONCE: usize = 3;
/// Of an object store nobody can tell whether a partition without files is gone or waits for its first.
const SPARED_SECONDS: i64 = 3_600;

/// What came of a round, or of one table in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    pub tables: u64,
    pub failed: u64,
    pub added: u64,
    pub dropped: u64,
    pub synced: u64,
    pub expired: u64,
}

impl Etl {
    /// A round, if it is time for one and no other node is at it.
    pub async fn partitions_manage(&self, holder: &str, interval: Duration) -> Result<Option<Round>> {
        if !self.metastore.management_claim(holder, interval).await? {
            return Ok(None);
        }
        let tables = self.metastore.tables_managed().await?;
        // All that waits is within the stream: what stood still beside it might hold the store's turn to write.
        let rounds = stream::iter(tables).map(|table| async move {
            let one = Box::pin(self.table_manage(&table)).await;
            self.metastore.management_renew(holder, false).await.map(|()| one)
        });
        let mut done = std::pin::pin!(rounds.buffer_unordered(TABLES_AT_ONCE));
        let mut round = Round::default();
        while let Some(one) = done.next().await {
            let one = one?;
            round.tables += 1;
            round.failed += one.failed;
            round.added += one.added;
            round.dropped += one.dropped;
            round.synced += one.synced;
            round.expired += one.expired;
        }
        self.metastore.management_renew(holder, true).await?;
        Ok(Some(round))
    }

    async fn table_manage(&self, table: &Table) -> Round {
        let at = TableRef::new(&table.catalog, &table.database, &table.name);
        let mut round = Round::default();
        if let Err(error) = Box::pin(self.table_manage_try(table, &at, &mut round)).await {
            tracing::warn!(table = %at, %error, "partitions could not be discovered; the next round tries again");
            round.failed = 1;
        }
        if round != Round::default() {
            tracing::info!(
                table = %at, added = round.added, dropped = round.dropped, synced = round.synced,
                expired = round.expired, "partitions were discovered"
            );
        }
        round
    }

    /// What was done before an error stays in the round's figures.
    async fn table_manage_try(&self, table: &Table, at: &TableRef, round: &mut Round) -> Result<()> {
        let caller = Caller::default();
        let now = self.clock.now_seconds();
        let kept = retention_seconds(table).unwrap_or_else(|why| {
            tracing::warn!(table = %at, why, "partitions of this table do not expire");
            None
        });
        if let Some(kept) = kept {
            round.expired = self.metastore.partitions_expire(&caller, at, now - kept).await? as u64;
        }
        let request = Discover {
            table: TableName { catalog: at.catalog.clone(), database: at.database.clone(), table: at.table.clone() },
            add: true,
            drop: true,
            sync: true,
            keep_empty: true,
            limits: Limits {
                add_newer_than_ms: kept.map(|kept| (now - kept).saturating_mul(1_000)),
                drop_made_before: Some(now - SPARED_SECONDS),
                sync_known_only: true,
            },
            ..Discover::default()
        };
        let (report, _) = self.discover(&caller, &request, None, &Progress::default()).await?;
        for finding in report.findings.iter().filter(|f| f.severity == Severity::Error).take(10) {
            tracing::warn!(table = %at, uri = finding.uri, code = finding.code, "{}", finding.message);
        }
        match report.outcome {
            Outcome::Registered => {
                round.added = report.partitions_added as u64;
                round.dropped = report.partitions_dropped as u64;
                round.synced = report.partitions_synced as u64;
            }
            Outcome::Refused => round.failed = 1,
            Outcome::Unchanged | Outcome::Planned => {}
        }
        Ok(())
    }
}
