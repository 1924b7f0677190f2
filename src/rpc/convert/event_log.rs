//! Event logs, their snapshots and compactions.

use skep_core::event_log::{Boundary, EventLog, LogPart, Operation};
use skep_core::partition::Partition;
use skep_core::stats::{NUM_ROWS, TOTAL_SIZE};
use skep_proto::log::v1 as p;

use super::storage::columns_out;
use super::table::name_out;
use crate::catalog::{
    CompactionWork, LogCompaction, LogEnded, LogLag, LogOutcome, LogRecord, LogSnapshot, StoredFile, TableRef,
};
use crate::etl::LogFile;

/// Names that were not given follow from the log's.
pub fn log_in(log: &p::EventLog, at: &TableRef) -> EventLog {
    let or = |given: &str, ending: &str| {
        if given.is_empty() { format!("{}_{ending}", at.table) } else { given.to_owned() }
    };
    let operation = Operation { column: log.operation_column.clone(), deletes: log.delete_values.clone() };
    EventLog {
        keys: log.key_columns.clone(),
        order: log.order_columns.clone(),
        is_order_total: log.order_is_total,
        operation: (!log.operation_column.is_empty()).then_some(operation),
        snapshot_table: or(&log.snapshot_table, "snapshots"),
        view: or(&log.view, "latest"),
        compacted_view: Some(log.compacted_view.clone()).filter(|name| !name.is_empty()),
        trino_catalog: Some(log.trino_catalog.clone()).filter(|catalog| !catalog.is_empty()),
        tombstones_ms: Some(log.tombstones_ms).filter(|ms| *ms != 0),
    }
    .normalized()
}

/// The field of a request that a part of a log is in.
pub fn part_field(part: LogPart) -> &'static str {
    match part {
        LogPart::Table => "log.table",
        LogPart::Keys => "log.key_columns",
        LogPart::Order => "log.order_columns",
        LogPart::Operation => "log.operation_column",
        LogPart::Deletes => "log.delete_values",
        LogPart::Tombstones => "log.tombstones_ms",
    }
}

pub fn log_out(at: &TableRef, log: &EventLog) -> p::EventLog {
    let operation = log.operation.clone();
    p::EventLog {
        table: Some(name_out(at)),
        key_columns: log.keys.clone(),
        order_columns: log.order.clone(),
        order_is_total: log.is_order_total,
        operation_column: operation.as_ref().map(|operation| operation.column.clone()).unwrap_or_default(),
        delete_values: operation.map(|operation| operation.deletes).unwrap_or_default(),
        snapshot_table: log.snapshot_table.clone(),
        view: log.view.clone(),
        trino_catalog: log.trino_catalog.clone().unwrap_or_default(),
        compacted_view: log.compacted_view.clone().unwrap_or_default(),
        tombstones_ms: log.tombstones_ms.unwrap_or_default(),
    }
}

pub fn boundary_out(boundary: &Boundary) -> p::Boundary {
    p::Boundary { values: boundary.0.clone() }
}

pub fn state_out(at: &TableRef, record: &LogRecord, lag: Option<LogLag>, now_ms: i64) -> p::EventLogState {
    let shown = record.shown();
    let compacted = record.compacted().filter(|_| record.log.compacted_view.is_some());
    p::EventLogState {
        log: Some(log_out(at, &record.log)),
        snapshot_id: record.current.clone().unwrap_or_default(),
        watermark: shown.map(|shown| boundary_out(&shown.watermark)),
        snapshot_at_ms: shown.map_or(0, |shown| shown.at_ms),
        snapshot_rows: shown.map_or(0, |shown| shown.rows),
        snapshot_bytes: shown.map_or(0, |shown| shown.bytes),
        snapshots: record.snapshots.len() as i64,
        late: record.late.iter().map(boundary_out).collect(),
        compacted_snapshot_id: compacted.map(|one| one.id.clone()).unwrap_or_default(),
        compacted_at_ms: compacted.map_or(0, |one| one.at_ms),
        sealed: record.sealed.iter().map(boundary_out).collect(),
        compaction: record.compaction.as_ref().map(|running| running_out(running, now_ms)),
        lag: lag.map(lag_out),
        horizon: shown.and_then(|shown| shown.horizon.clone()).unwrap_or_default(),
    }
}

fn lag_out(lag: LogLag) -> p::Lag {
    p::Lag {
        partitions: lag.partitions,
        files: lag.files,
        bytes: lag.bytes,
        rows: lag.rows,
        partitions_untold: lag.untold,
        snapshot_age_ms: lag.snapshot_age_ms,
        newest_partition: lag.newest.unwrap_or_default(),
    }
}

pub fn running_out(running: &LogCompaction, now_ms: i64) -> p::CompactionState {
    let is_over = running.expires_at_ms <= now_ms;
    let status = if is_over { p::CompactionStatus::Expired } else { p::CompactionStatus::Running };
    p::CompactionState {
        token: running.token,
        holder: running.holder.clone(),
        status: status.into(),
        began_at_ms: running.began_at_ms,
        expires_at_ms: running.expires_at_ms,
        snapshot_id: running.snapshot_id(),
        location: running.location.clone(),
        partitions: running.inputs.len() as i64,
        ..p::CompactionState::default()
    }
}

pub fn ended_out(ended: &LogEnded) -> p::CompactionState {
    let status = match ended.outcome {
        LogOutcome::Committed => p::CompactionStatus::Committed,
        LogOutcome::Aborted => p::CompactionStatus::Aborted,
        LogOutcome::Expired => p::CompactionStatus::Expired,
    };
    p::CompactionState {
        token: ended.token,
        holder: ended.holder.clone(),
        status: status.into(),
        began_at_ms: ended.began_at_ms,
        ended_at_ms: ended.ended_at_ms,
        snapshot_id: ended.snapshot_id.clone(),
        location: ended.location.clone(),
        partitions: ended.partitions,
        reason: ended.reason.clone().unwrap_or_default(),
        ..p::CompactionState::default()
    }
}

pub fn snapshot_out(snapshot: &LogSnapshot, current: Option<&str>) -> p::Snapshot {
    p::Snapshot {
        snapshot_id: snapshot.id.clone(),
        base_id: snapshot.base.clone().unwrap_or_default(),
        watermark: Some(boundary_out(&snapshot.watermark)),
        log_version: snapshot.log_version,
        token: snapshot.token,
        partitions: snapshot.partitions,
        rows: snapshot.rows,
        bytes: snapshot.bytes,
        at_ms: snapshot.at_ms,
        user: snapshot.by.clone().unwrap_or_default(),
        pinned: snapshot.is_pinned,
        current: current == Some(snapshot.id.as_str()),
        horizon: snapshot.horizon.clone().unwrap_or_default(),
    }
}

pub fn file_out(file: LogFile) -> p::SnapshotFile {
    p::SnapshotFile { uri: file.uri, size: file.size, rows: file.rows }
}

/// A file of a snapshot that lies at `place`.
pub fn stored_out(place: &str, file: &StoredFile) -> p::SnapshotFile {
    p::SnapshotFile { uri: format!("{place}/{}", file.path), size: file.size, rows: file.row_count }
}

pub fn work_out(work: CompactionWork) -> p::Compaction {
    let input = |partition: &Partition| {
        let number = |key: &str| partition.parameters.get(key)?.parse::<i64>().ok().filter(|number| *number >= 0);
        p::InputPartition {
            name: partition.name.clone(),
            location: partition.location().unwrap_or_default().to_owned(),
            rows: number(NUM_ROWS),
            bytes: number(TOTAL_SIZE),
        }
    };
    let base = work.input.base.as_ref();
    let (barred_hive_query, barred_trino_query) = work.barred.unwrap_or_default();
    let operation = work.log.operation.as_ref();
    p::Compaction {
        base_horizon: work.base.as_ref().and_then(|base| base.horizon.clone()).unwrap_or_default(),
        horizon: work.compaction.horizon.clone().unwrap_or_default(),
        operation_column: operation.map(|operation| operation.column.clone()).unwrap_or_default(),
        delete_values: operation.map(|operation| operation.deletes.clone()).unwrap_or_default(),
        barred_hive_query,
        barred_trino_query,
        token: work.compaction.token,
        snapshot_id: work.snapshot_id,
        location: work.compaction.location.clone(),
        expires_at_ms: work.compaction.expires_at_ms,
        watermark: Some(boundary_out(&work.compaction.watermark)),
        base_snapshot_id: work.base.as_ref().map(|base| base.id.clone()).unwrap_or_default(),
        base_location: base.and_then(Partition::location).unwrap_or_default().to_owned(),
        base_rows: work.base.as_ref().map_or(0, |base| base.rows),
        log_version: work.compaction.log_version,
        partitions: work.input.partitions.iter().map(input).collect(),
        hive_query: work.hive_query,
        trino_query: work.trino_query,
        ranking_columns: work.log.ranking(&work.input.log).map(str::to_owned).collect(),
        columns: columns_out(work.input.log.columns()),
        key_columns: work.log.keys,
    }
}
