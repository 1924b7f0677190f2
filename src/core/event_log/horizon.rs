//! How old an event may be to count. Tombstones before a snapshot's horizon are not in it, so no event from before it may
//! count any more: it could bring a deleted key back. The time of an event is its first order column.

use super::definition::{EventLog, column_of, type_of};
use super::dialect::Dialect;
use crate::table::Table;
use crate::types::{Value, calendar};

/// Tombstones stay at least and at most so long, in milliseconds: an hour, a hundred years.
pub const HORIZON_MIN_MS: i64 = 3_600_000;
pub const HORIZON_MAX_MS: i64 = 100 * 365 * 24 * HORIZON_MIN_MS;
const SECOND_MS: i64 = 1_000;

/// The type of a log's first order column, where that is a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventTime {
    Timestamp,
    Date,
}

impl EventTime {
    pub fn of(log: &EventLog, table: &Table) -> Option<Self> {
        match type_of(column_of(table, log.order.first()?)?).as_str() {
            "timestamp" => Some(Self::Timestamp),
            "date" => Some(Self::Date),
            _ => None,
        }
    }

    /// A moment (milliseconds since the epoch, UTC) as a horizon is written. Later ones are greater texts, too.
    pub fn text(self, ms: i64) -> String {
        let seconds = ms.div_euclid(SECOND_MS);
        match self {
            Self::Timestamp => calendar::format_timestamp(seconds, 0),
            Self::Date => calendar::format_date(calendar::day_of(seconds)),
        }
    }

    /// The reverse of [`Self::text`].
    pub fn value(self, text: &str) -> Option<Value> {
        match self {
            Self::Timestamp => {
                calendar::parse_timestamp(text).map(|(seconds, nanos)| Value::Timestamp { seconds, nanos })
            }
            Self::Date => calendar::parse_date(text).map(Value::Date),
        }
    }
}

/// SQL that holds for the events at or after a horizon (`operator` is `>=`), or before it (`<`). A cast, for Trino's
/// translation of Hive's texts has no literals of timestamps.
pub(super) fn horizon_term(dialect: Dialect, log: &EventLog, table: &str, operator: &str, horizon: &str) -> String {
    let column = log.order.first().map_or("", String::as_str);
    let of = if horizon.contains(':') { "TIMESTAMP" } else { "DATE" };
    format!("{}.{} {operator} CAST({} AS {of})", dialect.name(table), dialect.name(column), dialect.text(horizon))
}
