//! Facts of files as Hive's column statistics.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::facts::{ColumnFacts, FileFacts};
use crate::stats::{
    BinaryData, BooleanData, ColumnData, ColumnStatistics, DEFAULT_ENGINE, Decimal, Float, Ranged, StringData,
};
use crate::types::{KeyType, Value};

/// A column over all files.
#[derive(Debug, Default)]
struct Sum<'f> {
    type_name: &'f str,
    /// Files that tell of the column.
    files: usize,
    rows: i64,
    nulls: Option<i64>,
    min: Option<Value>,
    max: Option<Value>,
    /// Bounds are known of every file.
    bounded: bool,
    distinct: i64,
    distinct_known: bool,
    bytes: Option<i64>,
}

/// Statistics of all columns that every file tells enough of. `files` are (rows, facts).
pub fn column_statistics(files: &[(i64, FileFacts)], now_seconds: i64) -> Vec<ColumnStatistics> {
    let mut sums: BTreeMap<&str, Sum<'_>> = BTreeMap::new();
    for (rows, facts) in files {
        for column in &facts.columns {
            add(sums.entry(&column.name).or_default(), column, *rows);
        }
    }
    let of = |(name, sum): (&str, Sum<'_>)| {
        let data = (sum.files == files.len()).then(|| data(&sum)).flatten()?;
        Some(ColumnStatistics {
            column: name.to_owned(),
            column_type: sum.type_name.to_owned(),
            engine: DEFAULT_ENGINE.to_owned(),
            last_analyzed: now_seconds,
            data,
        })
    };
    sums.into_iter().filter_map(of).collect()
}

fn add<'f>(sum: &mut Sum<'f>, column: &'f ColumnFacts, rows: i64) {
    if sum.files == 0 {
        *sum = Sum { nulls: Some(0), bytes: Some(0), bounded: true, distinct_known: true, ..Sum::default() };
        sum.type_name = &column.type_name;
    }
    sum.files += 1;
    sum.rows += rows;
    sum.nulls = sum.nulls.zip(column.nulls).map(|(a, b)| a + b);
    sum.bytes = sum.bytes.zip(column.bytes).map(|(a, b)| a + b);
    let key_type = KeyType::parse(sum.type_name);
    let value = |text: &Option<String>| text.as_deref().and_then(|text| Value::parse(text, key_type));
    let (min, max) = (value(&column.min), value(&column.max));
    let only_nulls = column.nulls == Some(rows);
    sum.bounded &= only_nulls || (min.is_some() && max.is_some());
    if sum.type_name != column.type_name {
        sum.bounded = false;
    }
    sum.min = extreme(sum.min.take(), min, Ordering::Less);
    sum.max = extreme(sum.max.take(), max, Ordering::Greater);
    match column.distinct {
        // Files have values in common, or not: the greatest is the least that there can be.
        Some(distinct) => sum.distinct = sum.distinct.max(distinct),
        None => sum.distinct_known = false,
    }
}

fn extreme(one: Option<Value>, other: Option<Value>, wanted: Ordering) -> Option<Value> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.order(&one) == wanted { other } else { one }),
        (one, other) => one.or(other),
    }
}

/// Distinct values where no writer told: no more than there are rows, nor than the range has integers.
fn distinct(sum: &Sum<'_>, nulls: i64) -> i64 {
    if sum.distinct_known && sum.distinct > 0 {
        return sum.distinct;
    }
    let rows = (sum.rows - nulls).max(0);
    match (&sum.min, &sum.max) {
        (Some(Value::Integer(low)), Some(Value::Integer(high))) => {
            rows.min(high.saturating_sub(*low).saturating_add(1))
        }
        (Some(Value::Date(low)), Some(Value::Date(high))) => rows.min(i64::from(*high) - i64::from(*low) + 1),
        _ => rows,
    }
}

fn data(sum: &Sum<'_>) -> Option<ColumnData> {
    let nulls = sum.nulls?;
    let values = (sum.rows - nulls).max(0);
    let distinct = distinct(sum, nulls);
    let key_type = KeyType::parse(sum.type_name);
    if key_type.is_text() {
        return text(sum, nulls, values, distinct);
    }
    if !sum.bounded {
        return None;
    }
    let long = |value: &Option<Value>| match value {
        Some(Value::Integer(n)) => Some(*n),
        Some(Value::Date(days)) => Some(i64::from(*days)),
        Some(Value::Timestamp { seconds, .. }) => Some(*seconds),
        _ => None,
    };
    let ranged = Ranged { low: long(&sum.min), high: long(&sum.max), nulls, distinct, ..Ranged::default() };
    Some(match key_type {
        KeyType::Boolean => return boolean(sum, nulls, values),
        KeyType::Integer(_) => ColumnData::Long(ranged),
        KeyType::Date => ColumnData::Date(ranged),
        KeyType::Timestamp => ColumnData::Timestamp(ranged),
        KeyType::Float | KeyType::Double => {
            let float = |value: &Option<Value>| match value {
                Some(Value::Double(n)) => Some(Float(*n)),
                _ => None,
            };
            ColumnData::Double(Ranged {
                low: float(&sum.min),
                high: float(&sum.max),
                nulls,
                distinct,
                ..Ranged::default()
            })
        }
        KeyType::Decimal { .. } => {
            let decimal = |value: &Option<Value>| match value {
                Some(Value::Decimal { digits, scale }) => Some(Decimal::new(*digits, i16::from(*scale))),
                _ => None,
            };
            let (low, high) = (decimal(&sum.min), decimal(&sum.max));
            ColumnData::Decimal(Ranged { low, high, nulls, distinct, ..Ranged::default() })
        }
        KeyType::Text | KeyType::Varchar(_) | KeyType::Char(_) => return None,
    })
}

/// Of a boolean the bounds tell only where all values are alike.
fn boolean(sum: &Sum<'_>, nulls: i64, values: i64) -> Option<ColumnData> {
    let (trues, falses) = match (&sum.min, &sum.max) {
        (Some(Value::Boolean(true)), Some(Value::Boolean(true))) => (values, 0),
        (Some(Value::Boolean(false)), Some(Value::Boolean(false))) => (0, values),
        (None, None) if values == 0 => (0, 0),
        _ => return None,
    };
    Some(ColumnData::Boolean(BooleanData { trues, falses, nulls, bit_vectors: None }))
}

fn text(sum: &Sum<'_>, nulls: i64, values: i64, distinct: i64) -> Option<ColumnData> {
    let bytes = sum.bytes?;
    let average = if values == 0 { 0.0 } else { bytes as f64 / values as f64 };
    let longest = average.ceil() as i64;
    Some(if sum.type_name == "binary" {
        ColumnData::Binary(BinaryData { max_length: longest, average_length: Float(average), nulls, bit_vectors: None })
    } else {
        ColumnData::String(StringData {
            max_length: longest,
            average_length: Float(average),
            nulls,
            distinct,
            bit_vectors: None,
        })
    })
}
