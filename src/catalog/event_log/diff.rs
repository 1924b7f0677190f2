//! What lies between two snapshots, and where one lies.

use std::collections::HashSet;

use skep_core::event_log::{ArrivalOrder, Dialect, SNAPSHOT_ID, ViewInput, snapshot_diff_text};
use skep_core::partition::Partition;
use skep_core::{Error, Result};

use super::super::metastore::Metastore;
use super::super::reference::TableRef;
use super::super::table_read::missing;
use super::record::{LogRecord, LogSnapshot, log_record, no_log};
use crate::store::StoredFile;

/// What a later snapshot has and an earlier one has not.
#[derive(Debug, Clone)]
pub struct SnapshotDiff {
    pub from: Option<LogSnapshot>,
    pub to: LogSnapshot,
    /// Names of partitions that were folded in between, in order.
    pub partitions: Vec<String>,
    /// Gives the rows that are new or changed.
    pub hive_query: String,
    pub trino_query: String,
}

impl LogRecord {
    /// A snapshot by its id. Errors (NotFound) name those that are kept.
    pub fn snapshot_named(&self, at: &TableRef, id: &str) -> Result<&LogSnapshot> {
        self.snapshot(id).ok_or_else(|| {
            let kept: Vec<&str> = self.snapshots.iter().map(|s| s.id.as_str()).collect();
            let kept = if kept.is_empty() { "none".to_owned() } else { kept.join(", ") };
            Error::not_found(format!("{at} has no snapshot {id:?}; it has {kept}"))
        })
    }

    /// The id that is meant: the snapshot that is shown where none is named. Errors: NotFound where none is shown.
    pub fn snapshot_or_shown(&self, at: &TableRef, id: &str) -> Result<&LogSnapshot> {
        if id.is_empty() {
            return self.shown().ok_or_else(|| Error::not_found(format!("the view of {at} shows no snapshot")));
        }
        self.snapshot_named(at, id)
    }
}

impl Metastore {
    /// What lies between two snapshots; from none (`""`), all of the later one; to none, to the one that is shown.
    pub async fn snapshot_diff(&self, at: &TableRef, from: &str, to: &str) -> Result<SnapshotDiff> {
        let mut txn = self.store.read().await?;
        let table = txn.table_get(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        let record = log_record(&mut txn, table.id).await?.ok_or_else(|| no_log(at))?;
        let to = record.snapshot_or_shown(at, to)?.clone();
        let from = if from.is_empty() { None } else { Some(record.snapshot_named(at, from)?.clone()) };
        if let Some(from) = from.as_ref().filter(|from| from.log_version > to.log_version) {
            return Err(Error::new(
                skep_core::Kind::InvalidInput,
                format!("snapshot {} is later than {}; name the earlier one first", from.id, to.id),
            ));
        }
        let arrival = ArrivalOrder::of(&table)?;
        let names = |partitions: Vec<Partition>| -> HashSet<String> {
            partitions.into_iter().map(|partition| partition.name).collect()
        };
        let later = names(txn.partition_changes_between(table.id, to.log_version, table.version).await?.0);
        let between = match &from {
            Some(from) => names(txn.partition_changes_between(table.id, from.log_version, to.log_version).await?.0),
            None => HashSet::new(),
        };
        let mut partitions = Vec::new();
        for partition in txn.partition_list(table.id, table.version, None).await? {
            let place = arrival.boundary(&partition.values)?;
            let is_in = arrival.is_covered(&place, &to.watermark) && !later.contains(&partition.name);
            let was_in = from.as_ref().is_some_and(|from| arrival.is_covered(&place, &from.watermark))
                && !between.contains(&partition.name);
            if is_in && !was_in {
                partitions.push((place, partition.name));
            }
        }
        partitions.sort_by(|(one, _), (other, _)| arrival.compare(one, other));
        let input = ViewInput { log: &record.log, table: &table, snapshot: None, late: &[] };
        let earlier = from.as_ref().map(|from| from.id.as_str());
        Ok(SnapshotDiff {
            hive_query: snapshot_diff_text(input, earlier, &to.id, Dialect::Hive),
            trino_query: snapshot_diff_text(input, earlier, &to.id, Dialect::Trino),
            partitions: partitions.into_iter().map(|(_, name)| name).collect(),
            from,
            to,
        })
    }

    /// Where a snapshot of this log lies, and its files.
    pub async fn snapshot_files(
        &self,
        at: &TableRef,
        record: &LogRecord,
        id: &str,
    ) -> Result<(String, Vec<StoredFile>)> {
        let of = TableRef::new(&at.catalog, &at.database, &record.log.snapshot_table);
        let name = format!("{SNAPSHOT_ID}={id}");
        let (table, found) = self.publish_plan(&of, std::slice::from_ref(&name)).await?;
        let place = found.first().and_then(Partition::location).unwrap_or_default().to_owned();
        Ok((place, self.files(table.id, table.version, &[name]).await?))
    }
}
