//! What is kept of an event log: one document, read and written under the lock of the log's table.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use skep_core::event_log::{ArrivalOrder, Boundary, EventLog, EventTime, ViewSnapshot};
use skep_core::partition::Partition;
use skep_core::table::Table;
use skep_core::{Error, Kind, Result};

use super::super::metastore::Metastore;
use super::super::reference::TableRef;
use super::history::LogEnded;
use crate::store::{DocumentKind, Txn};

/// An event log as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogRecord {
    pub log: EventLog,
    /// Ids of the tables that belong to it.
    pub snapshots_id: i64,
    pub view_id: i64,
    /// Of the compacted view, if there is one.
    #[serde(default)]
    pub compacted_view_id: Option<i64>,
    /// The snapshot that the view shows; None: the log alone.
    #[serde(default)]
    pub current: Option<String>,
    /// The snapshot that was committed or rolled back to last: what the compacted view shows, however many partitions come late.
    #[serde(default)]
    pub settled: Option<String>,
    /// Those that are kept, the oldest first; also those that were rolled back.
    #[serde(default)]
    pub snapshots: Vec<LogSnapshot>,
    /// Partitions at or before the watermark that the current snapshot does not have, in the order of arrival.
    #[serde(default)]
    pub late: Vec<Boundary>,
    #[serde(default)]
    pub compaction: Option<LogCompaction>,
    /// The last fencing token that was given.
    #[serde(default)]
    pub token: i64,
    /// Partitions whose job said that nothing more comes, although they are the newest.
    #[serde(default)]
    pub sealed: Vec<Boundary>,
    /// Compactions that ended, the oldest first.
    #[serde(default)]
    pub ended: Vec<LogEnded>,
}

/// A snapshot: the latest state of all keys in the log's partitions that `log_version` had, up to the watermark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSnapshot {
    /// The value of `snapshot_id`.
    pub id: String,
    /// The snapshot that it was made from.
    #[serde(default)]
    pub base: Option<String>,
    pub watermark: Boundary,
    pub log_version: i64,
    /// The compaction that made it.
    pub token: i64,
    /// Partitions of the log that were folded in.
    pub partitions: i64,
    /// Rows, tombstones among them; bytes of its files.
    pub rows: i64,
    pub bytes: i64,
    /// Milliseconds since the epoch.
    pub at_ms: i64,
    #[serde(default)]
    pub by: Option<String>,
    /// Kept whatever retention says.
    #[serde(default)]
    pub is_pinned: bool,
    /// It has no tombstones from before this moment, and events from before it do not count beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<String>,
    /// When the view last ceased to show it, in milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_until_ms: Option<i64>,
}

/// A compaction under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogCompaction {
    /// Greater than all before: what fences off those.
    pub token: i64,
    /// Who, as it calls itself.
    pub holder: String,
    pub began_at_ms: i64,
    pub expires_at_ms: i64,
    pub base: Option<String>,
    pub watermark: Boundary,
    pub log_version: i64,
    /// Row ids of the partitions that it reads.
    pub inputs: Vec<i64>,
    /// Where it writes.
    pub location: String,
    /// Of the snapshot that it makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub horizon: Option<String>,
}

impl LogSnapshot {
    /// As a view's text reads it.
    pub(super) fn view(&self) -> ViewSnapshot<'_> {
        ViewSnapshot { id: &self.id, watermark: &self.watermark, horizon: self.horizon.as_deref() }
    }
}

impl LogCompaction {
    /// The id of the snapshot that it makes.
    pub fn snapshot_id(&self) -> String {
        format!("s{:08}", self.token)
    }
}

impl LogRecord {
    pub fn snapshot(&self, id: &str) -> Option<&LogSnapshot> {
        self.snapshots.iter().find(|snapshot| snapshot.id == id)
    }

    /// Makes the view show another snapshot.
    pub(super) fn show(&mut self, id: Option<String>, now_ms: i64) {
        if let Some(before) = self.snapshots.iter_mut().find(|one| Some(&one.id) == self.current.as_ref()) {
            before.shown_until_ms = Some(now_ms);
        }
        self.current = id;
    }

    /// The snapshot that the compacted view shows. Records of earlier servers do not tell it.
    pub fn compacted(&self) -> Option<&LogSnapshot> {
        self.snapshot(self.settled.as_deref().or(self.current.as_deref())?)
    }

    /// The horizon of a snapshot that is begun now. It never goes back: what it barred has left no tombstone.
    pub(super) fn horizon(&self, log: &Table, now_ms: i64) -> Option<String> {
        let time = EventTime::of(&self.log, log);
        let own = self.log.tombstones_ms.zip(time).map(|(ms, time)| time.text(now_ms - ms));
        self.shown().and_then(|base| base.horizon.clone()).max(own)
    }

    /// The snapshot that the view shows.
    pub fn shown(&self) -> Option<&LogSnapshot> {
        self.snapshot(self.current.as_deref()?)
    }
}

/// What became of partitions that a snapshot covers.
#[derive(Debug, Default)]
pub(super) struct Since {
    /// Came after the snapshot's version, at or before its watermark.
    pub late: Vec<Boundary>,
    /// Names of partitions that the snapshot has and that changed or went since.
    pub changed: Vec<String>,
}

/// Whether a partition that was replaced by another row still has the same data.
pub(super) fn same_data(one: &Partition, other: &Partition) -> bool {
    let of =
        |partition: &Partition| ["numFiles", "totalSize", "numRows"].map(|key| partition.parameters.get(key).cloned());
    one.name == other.name && one.location() == other.location() && of(one) == of(other)
}

/// The locked log and its record.
pub(super) struct LockedLog {
    pub table: Table,
    pub record: LogRecord,
    pub arrival: ArrivalOrder,
}

impl Metastore {
    /// The log of this table. Errors: NotFound where the table is none.
    pub async fn log_get(&self, at: &TableRef) -> Result<LogRecord> {
        let table = self.table_get(at).await?;
        let mut txn = self.store.peek().await?;
        log_record(&mut txn, table.id).await?.ok_or_else(|| no_log(at))
    }

    /// The log of a table by its id, where it is one.
    pub async fn log_find(&self, table_id: i64) -> Result<Option<LogRecord>> {
        log_record(&mut self.store.peek().await?, table_id).await
    }

    /// All logs: their tables and records, by table.
    pub async fn log_list(&self) -> Result<Vec<(TableRef, LogRecord)>> {
        let mut txn = self.store.read().await?;
        let all = txn.document_list::<LogRecord>(DocumentKind::EventLog, "").await?;
        let id = |name: &str| name.parse::<i64>().ok();
        let ids: Vec<i64> = all.iter().filter_map(|(name, _)| id(name)).collect();
        let places = txn.table_places(&ids).await?;
        let mut found: Vec<(TableRef, LogRecord)> = Vec::with_capacity(all.len());
        for (name, record) in all {
            if let Some(place) = places.iter().find(|place| Some(place.id) == id(&name)) {
                found.push((TableRef::new(&place.catalog, &place.database, &place.name), record));
            }
        }
        found.sort_by_key(|(at, _)| at.to_string());
        Ok(found)
    }

    /// Locks the log's table and reads the record.
    pub(super) async fn log_lock(&self, txn: &mut Txn, at: &TableRef) -> Result<LockedLog> {
        let locked = txn.table_lock(&at.catalog, &at.database, &at.table).await?;
        let table = locked.ok_or_else(|| super::super::table_read::missing(at))?;
        let record = log_record(txn, table.id).await?.ok_or_else(|| no_log(at))?;
        Ok(LockedLog { arrival: ArrivalOrder::of(&table)?, table, record })
    }
}

pub(in super::super) async fn log_record(txn: &mut Txn, table_id: i64) -> Result<Option<LogRecord>> {
    txn.document_get(DocumentKind::EventLog, "", &table_id.to_string()).await
}

/// By table, the versions of logs that snapshots and compactions were made of: what came since is read from them.
pub(in super::super) async fn log_versions(txn: &mut Txn) -> Result<HashMap<i64, Vec<i64>>> {
    let all = txn.document_list::<LogRecord>(DocumentKind::EventLog, "").await?;
    let of = |record: &LogRecord| {
        let snapshots = record.snapshots.iter().map(|snapshot| snapshot.log_version);
        snapshots.chain(record.compaction.iter().map(|compaction| compaction.log_version)).collect()
    };
    Ok(all.iter().filter_map(|(name, record)| Some((name.parse().ok()?, of(record)))).collect())
}

pub(super) async fn log_store(txn: &mut Txn, table_id: i64, record: &LogRecord) -> Result<()> {
    txn.document_put(DocumentKind::EventLog, "", &table_id.to_string(), record).await
}

pub(super) fn no_log(at: &TableRef) -> Error {
    Error::new(Kind::NotFound, format!("{at} is not an event log; make it one first (skep logs create)"))
}

impl LockedLog {
    /// What happened to the partitions that a snapshot covers, since it was made.
    pub async fn since(&self, txn: &mut Txn, snapshot: &LogSnapshot) -> Result<Since> {
        let mut since = Since::default();
        let now = self.table.version;
        let (came, went) = txn.partition_changes_between(self.table.id, snapshot.log_version, now).await?;
        for partition in &came {
            let boundary = self.arrival.boundary(&partition.values)?;
            if !self.arrival.is_covered(&boundary, &snapshot.watermark) {
                continue;
            }
            match went.iter().find(|old| old.name == partition.name) {
                Some(old) if same_data(old, partition) => {}
                Some(_) => since.changed.push(partition.name.clone()),
                None => since.late.push(boundary),
            }
        }
        for old in &went {
            let boundary = self.arrival.boundary(&old.values)?;
            let is_back = came.iter().any(|new| new.name == old.name);
            if !is_back && self.arrival.is_covered(&boundary, &snapshot.watermark) {
                since.changed.push(old.name.clone());
            }
        }
        since.late.sort_by(|one, other| self.arrival.compare(one, other));
        Ok(since)
    }
}
