//! Facts of a partition's files as Hive's column statistics.

use crate::stats::{
    BinaryData, BooleanData, ColumnData, ColumnStatistics, DEFAULT_ENGINE, Decimal, Float, Ranged, StringData,
};
use crate::table::Column;
use crate::types::{KeyType, Value};

use super::bounds::{Bounds, Nan};
use super::facts::{COLUMNS_MAX, ColumnFacts, FileFacts};

/// What some files say of one column together.
struct Gathered {
    bounds: Bounds,
    rows: u64,
    /// The most that one file has: files of a partition mostly share their values.
    distinct: Option<u64>,
    value_bytes: Option<u64>,
}

/// Statistics of a partition (or a table without partitions) whose files are these; blocks of files stand for theirs.
/// Columns whose files do not all tell enough, booleans that are not all alike, and nested ones have none: an engine takes no statistics for unknown, but
/// wrong ones for true. `at_seconds` since the epoch is when they were gathered.
pub fn statistics_of(columns: &[Column], files: &[&FileFacts], at_seconds: i64) -> Vec<ColumnStatistics> {
    let of_column = |column: &Column| {
        let name = column.name.to_lowercase();
        let type_name = column.type_name.clone()?;
        let data = data(&type_name, &gather(&name, files)?)?;
        Some(ColumnStatistics {
            column: name,
            column_type: type_name,
            engine: DEFAULT_ENGINE.to_owned(),
            last_analyzed: at_seconds,
            data,
        })
    };
    columns.iter().filter_map(of_column).collect()
}

/// None where a file does not tell of the column.
fn gather(name: &str, files: &[&FileFacts]) -> Option<Gathered> {
    let mut all = Gathered {
        bounds: Bounds { nulls: Some(0), ..Bounds::default() },
        rows: 0,
        distinct: None,
        value_bytes: Some(0),
    };
    for file in files.iter().filter(|file| file.rows > 0) {
        let missing;
        let column = if let Some(column) = file.column(name) {
            column
        } else if file.columns.len() < COLUMNS_MAX {
            // a column that the file has not reads as null
            let bounds = Bounds { nulls: Some(file.rows), ..Bounds::default() };
            missing = ColumnFacts { bounds, value_bytes: Some(0), ..ColumnFacts::default() };
            &missing
        } else {
            return None;
        };
        column.bounds.nulls?;
        all.bounds = all.bounds.union(all.rows, &column.bounds, file.rows);
        all.rows = all.rows.saturating_add(file.rows);
        all.distinct = all.distinct.max(column.distinct);
        all.value_bytes = all.value_bytes.zip(column.value_bytes).map(|(one, two)| one.saturating_add(two));
    }
    Some(all)
}

impl Gathered {
    fn nulls(&self) -> i64 {
        signed(self.bounds.nulls.unwrap_or_default())
    }

    fn values(&self) -> u64 {
        self.rows.saturating_sub(self.bounds.nulls.unwrap_or_default())
    }

    /// An estimate of the number of distinct values: what files told, within what rows and range allow. Where nothing
    /// is told it is the range's own bound, for a zero makes engines believe in one value.
    fn distinct(&self) -> i64 {
        let most = self.values().min(self.range_size().unwrap_or(u64::MAX));
        signed(self.distinct.map_or(most, |told| told.clamp(u64::from(most > 0), most)))
    }

    /// How many values lie between the bounds, of types that can be counted.
    fn range_size(&self) -> Option<u64> {
        let (low, high) = (self.bounds.low.as_ref()?, self.bounds.high.as_ref()?);
        let (low, high) = match (low, high) {
            (Value::Integer(low), Value::Integer(high)) => (i128::from(*low), i128::from(*high)),
            (Value::Date(low), Value::Date(high)) => (i128::from(*low), i128::from(*high)),
            (Value::Decimal { digits: low, scale: low_scale }, Value::Decimal { digits: high, scale: high_scale })
                if low_scale == high_scale =>
            {
                (*low, *high)
            }
            (Value::Timestamp { .. } | Value::Double(_), _) if low == high => (0, 0),
            (Value::Text(_), _) if low == high && self.bounds.low_is_exact && self.bounds.high_is_exact => (0, 0),
            _ => return None,
        };
        high.checked_sub(low)?.checked_add(1)?.try_into().ok()
    }

    /// Bytes of the longer bound: what little is known of the longest value.
    fn length_max(&self) -> u64 {
        let length = |value: &Option<Value>| if let Some(Value::Text(text)) = value { text.len() as u64 } else { 0 };
        length(&self.bounds.low).max(length(&self.bounds.high))
    }

    /// Bytes; None where neither counts nor bounds tell.
    fn average_length(&self) -> Option<f64> {
        match (self.value_bytes, self.values()) {
            (_, 0) => Some(0.0),
            (Some(bytes), values) => Some(bytes as f64 / values as f64),
            (None, _) if self.length_max() > 0 => Some(self.length_max() as f64),
            (None, _) => None,
        }
    }

    fn ranged<T>(&self, convert: impl Fn(&Value) -> Option<T>) -> Option<Ranged<T>> {
        let side = |bound: &Option<Value>| bound.as_ref().map(&convert);
        let (low, high) = (side(&self.bounds.low), side(&self.bounds.high));
        // values of another type than the table's: nothing can be said
        if matches!(low, Some(None)) || matches!(high, Some(None)) {
            return None;
        }
        Some(Ranged {
            low: low.flatten(),
            high: high.flatten(),
            nulls: self.nulls(),
            distinct: self.distinct(),
            bit_vectors: None,
            histogram: None,
        })
    }
}

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn data(type_name: &str, all: &Gathered) -> Option<ColumnData> {
    let base = type_name.trim().to_ascii_lowercase();
    if base == "binary" {
        let average_length = Float(all.average_length()?);
        let max_length = signed((average_length.0.ceil() as u64).max(all.length_max()));
        return Some(ColumnData::Binary(BinaryData {
            max_length,
            average_length,
            nulls: all.nulls(),
            bit_vectors: None,
        }));
    }
    match KeyType::parse(type_name) {
        KeyType::Boolean => boolean(all).map(ColumnData::Boolean),
        KeyType::Integer(_) => {
            all.ranged(|v| if let Value::Integer(n) = v { Some(*n) } else { None }).map(ColumnData::Long)
        }
        KeyType::Float | KeyType::Double => {
            let mut ranged = all.ranged(|v| if let Value::Double(f) = v { Some(Float(*f)) } else { None })?;
            if all.bounds.nan == Nan::Perhaps && ranged.low.is_none() {
                ranged.high = None;
            }
            Some(ColumnData::Double(ranged))
        }
        KeyType::Decimal { .. } => all.ranged(decimal_of).map(ColumnData::Decimal),
        KeyType::Date => {
            all.ranged(|v| if let Value::Date(d) = v { Some(i64::from(*d)) } else { None }).map(ColumnData::Date)
        }
        KeyType::Timestamp => all
            .ranged(|v| if let Value::Timestamp { seconds, .. } = v { Some(*seconds) } else { None })
            .map(ColumnData::Timestamp),
        KeyType::Text if base != "string" => None,
        KeyType::Text | KeyType::Varchar(_) | KeyType::Char(_) => {
            let average_length = Float(all.average_length()?);
            let max_length = signed((average_length.0.ceil() as u64).max(all.length_max()));
            let (nulls, distinct) = (all.nulls(), all.distinct());
            Some(ColumnData::String(StringData { max_length, average_length, nulls, distinct, bit_vectors: None }))
        }
    }
}

fn decimal_of(value: &Value) -> Option<Decimal> {
    match value {
        Value::Decimal { digits, scale } => Some(Decimal::new(*digits, i16::from(*scale))),
        Value::Integer(n) => Some(Decimal::new((*n).into(), 0)),
        _ => None,
    }
}

/// Counts of true and false are known where all values are alike.
fn boolean(all: &Gathered) -> Option<BooleanData> {
    let values = signed(all.values());
    let (trues, falses) = match (&all.bounds.low, &all.bounds.high) {
        _ if values == 0 => (0, 0),
        (Some(Value::Boolean(true)), _) => (values, 0),
        (_, Some(Value::Boolean(false))) => (0, values),
        _ => return None,
    };
    Some(BooleanData { trues, falses, nulls: all.nulls(), bit_vectors: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(rows: u64, name: &str, low: Value, high: Value, nulls: u64, distinct: Option<u64>) -> FileFacts {
        let bounds = Bounds {
            low: Some(low),
            high: Some(high),
            low_is_exact: true,
            high_is_exact: true,
            nulls: Some(nulls),
            nan: Nan::None,
        };
        let column = ColumnFacts { name: name.to_owned(), bounds, distinct, ..ColumnFacts::default() };
        FileFacts { rows, columns: vec![column], row_groups: Vec::new() }
    }

    fn of(kind: &str, files: &[&FileFacts]) -> Option<ColumnData> {
        let column = Column { name: "C".into(), type_name: Some(kind.into()), comment: None };
        statistics_of(&[column], files, 7).pop().map(|statistics| statistics.data)
    }

    #[test]
    fn files_together() {
        let one = file(10, "c", Value::Integer(1), Value::Integer(5), 2, Some(4));
        let two = file(100, "c", Value::Integer(-3), Value::Integer(2), 0, Some(3));
        let lacking = file(5, "other", Value::Integer(1), Value::Integer(1), 0, None);
        let wanted = Ranged { low: Some(-3), high: Some(5), nulls: 7, distinct: 4, ..Ranged::default() };
        assert_eq!(of("bigint", &[&one, &two, &lacking]), Some(ColumnData::Long(wanted)));
        assert_eq!(of("string", &[&one]), None, "no lengths are known");
        assert_eq!(of("date", &[&one]), None, "values of another type");
        assert_eq!(of("array<int>", &[&one]), None);
        let mut untold = one.clone();
        untold.columns[0].bounds.nulls = None;
        assert_eq!(of("bigint", &[&untold, &two]), None);
        untold = one.clone();
        untold.columns[0].distinct = None;
        let Some(ColumnData::Long(ranged)) = of("bigint", &[&untold]) else { panic!() };
        assert_eq!(ranged.distinct, 5, "1 to 5 are five values");
    }

    #[test]
    fn texts_and_booleans() {
        let text = |s: &str| Value::Text(s.to_owned());
        let mut one = file(10, "c", text("a"), text("abcd"), 2, None);
        one.columns[0].value_bytes = Some(20);
        let Some(ColumnData::String(data)) = of("string", &[&one]) else { panic!() };
        assert_eq!((data.max_length, data.average_length.0, data.nulls, data.distinct), (4, 2.5, 2, 8));
        let truth = file(10, "c", Value::Boolean(true), Value::Boolean(true), 1, None);
        let Some(ColumnData::Boolean(data)) = of("boolean", &[&truth]) else { panic!() };
        assert_eq!((data.trues, data.falses, data.nulls), (9, 0, 1));
        let mixed = file(10, "c", Value::Boolean(false), Value::Boolean(true), 1, None);
        assert_eq!(of("boolean", &[&mixed]), None);
        assert_eq!(of("int", &[]), Some(ColumnData::Long(Ranged::default())), "no rows");
    }
}
