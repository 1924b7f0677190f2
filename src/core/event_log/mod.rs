//! Event logs: a table of events, snapshots of what they amount to, and the view that joins both (`design.md §8`).
//! What is an event log, which partitions come before which, and the text of the view. No I/O, no clock.

mod boundary;
mod definition;
mod dialect;
mod horizon;
#[cfg(test)]
mod tests;
mod trino;
mod view;

pub use boundary::{ArrivalOrder, Boundary};
pub use definition::{EVENT_LOG, EventLog, LOG_ROLE, LogPart, LogRole, Operation, SNAPSHOT_ID};
pub use dialect::Dialect;
pub use horizon::{EventTime, HORIZON_MAX_MS, HORIZON_MIN_MS};
pub use trino::{TRINO_COMMENT, TRINO_MARK, trino_type, trino_view_sql, trino_view_text};
pub use view::{
    LATE_MAX, ViewInput, ViewSnapshot, barred_query_text, compacted_view_text, final_view_text, snapshot_diff_text,
    snapshot_query_text,
};
