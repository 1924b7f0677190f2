//! How far a snapshot is behind its log.

use skep_core::Result;
use skep_core::event_log::{ArrivalOrder, Boundary};
use skep_core::rows::RowView;
use skep_core::stats::{NUM_FILES, NUM_ROWS, TOTAL_SIZE};

use super::super::metastore::Metastore;
use super::super::partition_pages::PartitionPages;
use super::super::partition_query::{PartitionPick, PartitionQuery, PartitionReading, RequestScope};
use super::super::reference::TableRef;
use super::record::LogRecord;
use crate::store::PartitionColumns;

/// What the view reads besides the snapshot, as partitions' parameters tell it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogLag {
    pub partitions: i64,
    pub files: i64,
    pub bytes: i64,
    pub rows: i64,
    /// Partitions that do not tell their rows or their bytes.
    pub untold: i64,
    /// Milliseconds; 0 without a snapshot.
    pub snapshot_age_ms: i64,
    /// Name of the newest partition.
    pub newest: Option<String>,
}

/// The sums, while partitions are walked.
struct Walk<'r> {
    record: &'r LogRecord,
    arrival: ArrivalOrder,
    newest: Option<(Boundary, String)>,
    lag: LogLag,
}

impl Walk<'_> {
    fn take(&mut self, row: RowView<'_>) -> Result<()> {
        let values: Vec<String> = row.values().map(str::to_owned).collect();
        let place = self.arrival.boundary(&values)?;
        if self.newest.as_ref().is_none_or(|(newest, _)| self.arrival.compare(&place, newest).is_gt()) {
            self.newest = Some((place.clone(), row.name()));
        }
        let covered = self.record.shown().is_some_and(|s| self.arrival.is_covered(&place, &s.watermark));
        if covered && !self.record.late.contains(&place) {
            return Ok(());
        }
        let number = |wanted: &str| {
            let (_, text) = row.parameters().find(|(key, _)| *key == wanted)?;
            text.parse::<i64>().ok().filter(|number| *number >= 0)
        };
        let (rows, bytes) = (number(NUM_ROWS), number(TOTAL_SIZE));
        self.lag.partitions += 1;
        self.lag.files += number(NUM_FILES).unwrap_or_default();
        self.lag.bytes += bytes.unwrap_or_default();
        self.lag.rows += rows.unwrap_or_default();
        self.lag.untold += i64::from(rows.is_none() || bytes.is_none());
        Ok(())
    }

    async fn pages(&mut self, mut pages: Box<PartitionPages>) -> Result<()> {
        while let Some(page) = pages.next(PartitionColumns::All).await? {
            page.rows().into_iter().try_for_each(|row| self.take(row))?;
        }
        Ok(())
    }
}

impl Metastore {
    /// Looks at every partition of the log: a record and a list that are not of the same moment, so for people and alarms.
    pub async fn log_lag(&self, at: &TableRef, record: &LogRecord) -> Result<LogLag> {
        let query =
            PartitionQuery { table: at.clone(), pick: PartitionPick::All, limit: None, scope: RequestScope::Unlimited };
        let reading = self.partitions_stream(&query).await?;
        let arrival = ArrivalOrder::of(reading.table())?;
        let mut walk = Walk { record, arrival, newest: None, lag: LogLag::default() };
        match reading {
            PartitionReading::Held(answer) => answer.rows().into_iter().try_for_each(|row| walk.take(row))?,
            PartitionReading::Paged(pages) => walk.pages(pages).await?,
        }
        let age = record.shown().map_or(0, |s| (self.clock.now_ms() - s.at_ms).max(0));
        Ok(LogLag { snapshot_age_ms: age, newest: walk.newest.map(|(_, name)| name), ..walk.lag })
    }
}
