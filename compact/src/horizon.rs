//! Which events are too old to count, and which deletions too old to be kept.

use arrow_array::cast::AsArray as _;
use arrow_array::{ArrayRef, BooleanArray, RecordBatch, Scalar, StringArray};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_ord::cmp::gt_eq;
use arrow_schema::{DataType, Schema};
use arrow_select::filter::filter_record_batch;
use skep_proto::log::v1 as p;

use crate::error::{Error, Result};

/// What the server says of old events. The time of an event is its first ranking column.
#[derive(Debug, Default)]
pub struct Horizon {
    /// Position of that column.
    time: usize,
    /// Events of the log that are older do not count.
    log: Option<Scalar<ArrayRef>>,
    /// Deletions that are older are not kept.
    tombstones: Option<Tombstones>,
}

#[derive(Debug)]
struct Tombstones {
    before: Scalar<ArrayRef>,
    /// Position of the operation column, and what in it deletes.
    operation: usize,
    deletes: Vec<String>,
}

impl Horizon {
    /// Errors: the server speaks of a column that the log has not, or of a moment that is none.
    pub fn new(work: &p::Compaction, schema: &Schema) -> Result<Self> {
        let position = |name: &str| {
            schema
                .index_of(name)
                .map_err(|_| Error::new(format!("the log has no column `{name}`, which tells what is old")))
        };
        let time = match work.ranking_columns.first() {
            Some(first) => position(first)?,
            None => 0,
        };
        let moment = |text: &str| {
            if text.is_empty() { Ok(None) } else { moment(text, schema.field(time).data_type()).map(Some) }
        };
        let tombstones = match moment(&work.horizon)? {
            Some(before) if !work.operation_column.is_empty() => Some(Tombstones {
                before,
                operation: position(&work.operation_column)?,
                deletes: work.delete_values.clone(),
            }),
            _ => None,
        };
        Ok(Self { time, log: moment(&work.base_horizon)?, tombstones })
    }

    /// The events of the log that count.
    pub fn counting(&self, batch: RecordBatch) -> Result<RecordBatch> {
        match &self.log {
            Some(from) => kept(&batch, &since(batch.column(self.time), from)?),
            None => Ok(batch),
        }
    }

    /// The rows of the snapshot, without deletions that are too old.
    pub fn without_tombstones(&self, batch: RecordBatch) -> Result<RecordBatch> {
        let Some(tombstones) = &self.tombstones else { return Ok(batch) };
        let young = since(batch.column(self.time), &tombstones.before)?;
        let operations = batch.column(tombstones.operation).as_string_opt::<i32>();
        let operations: &StringArray = operations.ok_or_else(|| Error::new("the operation column is no string"))?;
        let stays = |(operation, is_young): (Option<&str>, Option<bool>)| {
            let deletes =
                operation.is_some_and(|operation| tombstones.deletes.iter().any(|delete| delete == operation));
            Some(!deletes || is_young != Some(false))
        };
        kept(&batch, &operations.iter().zip(young.iter()).map(stays).collect())
    }
}

/// The text of a moment, as the column has moments.
fn moment(text: &str, of: &DataType) -> Result<Scalar<ArrayRef>> {
    let failed = |error: arrow_schema::ArrowError| Error::about(format!("the horizon {text:?}"), error);
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let array = cast_with_options(&StringArray::from(vec![text]), of, &options).map_err(failed)?;
    Ok(Scalar::new(array))
}

fn since(times: &ArrayRef, from: &Scalar<ArrayRef>) -> Result<BooleanArray> {
    gt_eq(times, from).map_err(|error| Error::about("the horizon", error))
}

fn kept(batch: &RecordBatch, which: &BooleanArray) -> Result<RecordBatch> {
    debug_assert_eq!(which.len(), batch.num_rows());
    filter_record_batch(batch, which).map_err(|error| Error::about("the horizon", error))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Int64Array, TimestampMicrosecondArray};
    use arrow_schema::{Field, TimeUnit};

    use super::*;

    fn ids(batch: &RecordBatch) -> Vec<i64> {
        batch.column(0).as_primitive::<arrow_array::types::Int64Type>().values().to_vec()
    }

    #[test]
    fn old_events_and_old_deletions() {
        for zone in [None, Some("UTC")] {
            let at = Field::new("at", DataType::Timestamp(TimeUnit::Microsecond, zone.map(Into::into)), true);
            let schema =
                Schema::new(vec![Field::new("id", DataType::Int64, true), at, Field::new("op", DataType::Utf8, true)]);
            let day = 86_400_000_000_i64;
            let times =
                TimestampMicrosecondArray::from(vec![0, day - 1, day, 2 * day, 2 * day]).with_timezone_opt(zone);
            let operations = StringArray::from(vec![Some("U"), None, Some("D"), Some("D"), None]);
            let columns: Vec<ArrayRef> =
                vec![Arc::new(Int64Array::from(vec![1, 2, 3, 4, 5])), Arc::new(times), Arc::new(operations)];
            let batch = RecordBatch::try_new(Arc::new(schema.clone()), columns).unwrap();
            let work = p::Compaction {
                ranking_columns: vec!["at".into()],
                base_horizon: "1970-01-02 00:00:00".into(),
                horizon: "1970-01-03 00:00:00".into(),
                operation_column: "op".into(),
                delete_values: vec!["D".into()],
                ..p::Compaction::default()
            };
            let horizon = Horizon::new(&work, &schema).unwrap();
            assert_eq!(ids(&horizon.counting(batch.clone()).unwrap()), [3, 4, 5]);
            assert_eq!(ids(&horizon.without_tombstones(batch.clone()).unwrap()), [1, 2, 4, 5]);
            let none = Horizon::new(&p::Compaction::default(), &schema).unwrap();
            assert_eq!(ids(&none.without_tombstones(none.counting(batch).unwrap()).unwrap()), [1, 2, 3, 4, 5]);
            let bad = p::Compaction { horizon: "soon".into(), ..work };
            assert!(Horizon::new(&bad, &schema).is_err());
        }
    }
}
