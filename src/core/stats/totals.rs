//! Statistics of a table out of those of its partitions, kept up as these come and go.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::basic::{NUM_FILES, NUM_ROWS, TOTAL_SIZE};
use super::column::{ColumnData, ColumnStatistics, Ranged};
use super::merge::{Bound, merge};
use crate::table::Parameters;

/// What all partitions have together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    pub partitions: i64,
    pub files: i64,
    pub bytes: i64,
    pub rows: i64,
    /// Columns that all partitions have statistics of. Bounds are as wide as they ever were.
    pub columns: Vec<ColumnStatistics>,
}

impl Totals {
    /// A partition more. None where its numbers are not known.
    #[must_use]
    pub fn with(mut self, parameters: &Parameters, columns: &[ColumnStatistics]) -> Option<Self> {
        let [files, bytes, rows] = basic(parameters)?;
        if self.partitions == 0 {
            self = Self { columns: columns.to_vec(), ..Self::default() };
        } else {
            let columns = by_name(columns);
            self.columns.retain_mut(|all| {
                let own = columns.get(all.column.as_str()).filter(|own| own.data.same_kind(&all.data));
                own.is_some_and(|own| {
                    column_join(all, own);
                    true
                })
            });
        }
        self.partitions += 1;
        self.files = self.files.saturating_add(files);
        self.bytes = self.bytes.saturating_add(bytes);
        self.rows = self.rows.saturating_add(rows);
        Some(self)
    }

    /// A partition less, that is in it. None where its numbers are not known.
    #[must_use]
    pub fn without(mut self, parameters: &Parameters, columns: &[ColumnStatistics]) -> Option<Self> {
        let [files, bytes, rows] = basic(parameters)?;
        if self.partitions <= 1 {
            return Some(Self::default());
        }
        self.partitions -= 1;
        self.files = (self.files - files).max(0);
        self.bytes = (self.bytes - bytes).max(0);
        self.rows = (self.rows - rows).max(0);
        let columns = by_name(columns);
        for column in &mut self.columns {
            if let Some(own) = columns.get(column.column.as_str()) {
                nulls_subtract(&mut column.data, &own.data);
            }
        }
        Some(self)
    }
}

fn by_name(columns: &[ColumnStatistics]) -> HashMap<&str, &ColumnStatistics> {
    columns.iter().map(|column| (column.column.as_str(), column)).collect()
}

/// Files, bytes and rows.
fn basic(parameters: &Parameters) -> Option<[i64; 3]> {
    let number = |key: &str| parameters.get(key)?.parse::<i64>().ok().filter(|n| *n >= 0);
    Some([number(NUM_FILES)?, number(TOTAL_SIZE)?, number(NUM_ROWS)?])
}

/// Distinct values are those of the richer side, or of both where their ranges do not meet: partitions by time have
/// such columns.
fn column_join(all: &mut ColumnStatistics, own: &ColumnStatistics) {
    let sum = match (&all.data, &own.data) {
        (ColumnData::Long(a), ColumnData::Long(b))
        | (ColumnData::Date(a), ColumnData::Date(b))
        | (ColumnData::Timestamp(a), ColumnData::Timestamp(b)) => apart(a, b),
        (ColumnData::Double(a), ColumnData::Double(b)) => apart(a, b),
        (ColumnData::Decimal(a), ColumnData::Decimal(b)) => apart(a, b),
        _ => None,
    };
    merge(all, own);
    all.last_analyzed = all.last_analyzed.max(own.last_analyzed);
    let Some(sum) = sum else { return };
    match &mut all.data {
        ColumnData::Long(data) | ColumnData::Date(data) | ColumnData::Timestamp(data) => data.distinct = sum,
        ColumnData::Double(data) => data.distinct = sum,
        ColumnData::Decimal(data) => data.distinct = sum,
        ColumnData::Boolean(_) | ColumnData::String(_) | ColumnData::Binary(_) => {}
    }
}

/// The sum of distinct values of two ranges that have none in common.
fn apart<T: Bound>(a: &Ranged<T>, b: &Ranged<T>) -> Option<i64> {
    let [a_low, a_high, b_low, b_high] =
        [&a.low, &a.high, &b.low, &b.high].map(|bound| bound.as_ref().map(Bound::to_f64));
    let is_apart = a_high? < b_low? || b_high? < a_low?;
    is_apart.then(|| a.distinct.saturating_add(b.distinct))
}

fn nulls_subtract(all: &mut ColumnData, own: &ColumnData) {
    let less = *nulls_of(&mut own.clone());
    let all = nulls_of(all);
    *all = (*all - less).max(0);
}

fn nulls_of(data: &mut ColumnData) -> &mut i64 {
    match data {
        ColumnData::Boolean(data) => &mut data.nulls,
        ColumnData::String(data) => &mut data.nulls,
        ColumnData::Binary(data) => &mut data.nulls,
        ColumnData::Long(data) | ColumnData::Date(data) | ColumnData::Timestamp(data) => &mut data.nulls,
        ColumnData::Double(data) => &mut data.nulls,
        ColumnData::Decimal(data) => &mut data.nulls,
    }
}

#[cfg(test)]
mod tests {
    use super::super::column::StringData;
    use super::*;

    fn parameters(files: i64, bytes: i64, rows: i64) -> Parameters {
        [(NUM_FILES, files), (TOTAL_SIZE, bytes), (NUM_ROWS, rows)]
            .map(|(key, n)| (key.to_owned(), n.to_string()))
            .into()
    }

    fn column(name: &str, data: ColumnData) -> ColumnStatistics {
        ColumnStatistics { column: name.into(), column_type: "t".into(), engine: "hive".into(), last_analyzed: 1, data }
    }

    fn long(low: i64, high: i64, nulls: i64, distinct: i64) -> ColumnData {
        ColumnData::Long(Ranged { low: Some(low), high: Some(high), nulls, distinct, ..Ranged::default() })
    }

    fn text(nulls: i64, distinct: i64) -> ColumnData {
        ColumnData::String(StringData { nulls, distinct, max_length: 5, ..StringData::default() })
    }

    #[test]
    fn partitions_come_and_go() {
        let one = [column("id", long(1, 10, 0, 10)), column("name", text(2, 4))];
        let two = [column("id", long(11, 20, 3, 10)), column("name", text(1, 6)), column("new", text(0, 1))];
        let both = Totals::default().with(&parameters(1, 100, 10), &one).unwrap();
        let both = both.with(&parameters(2, 50, 13), &two).unwrap();
        assert_eq!((both.partitions, both.files, both.bytes, both.rows), (2, 3, 150, 23));
        // `new` is not known of all; the ranges of `id` do not meet, names may be the same ones.
        assert_eq!(both.columns, [column("id", long(1, 20, 3, 20)), column("name", text(3, 6))]);
        let again = both.clone().without(&parameters(1, 100, 10), &one).unwrap();
        assert_eq!((again.partitions, again.files, again.bytes, again.rows), (1, 2, 50, 13));
        assert_eq!(again.columns, [column("id", long(1, 20, 3, 20)), column("name", text(1, 6))]);
        assert_eq!(again.without(&parameters(2, 50, 13), &two), Some(Totals::default()));
        assert_eq!(both.with(&Parameters::new(), &one), None, "a partition that nobody counted");
    }

    #[test]
    fn ranges_that_meet_share_values() {
        let one = [column("id", long(1, 10, 0, 10))];
        let two = [column("id", long(10, 20, 0, 7))];
        let both = Totals::default().with(&parameters(1, 1, 10), &one).unwrap();
        let both = both.with(&parameters(1, 1, 10), &two).unwrap();
        assert_eq!(both.columns, [column("id", long(1, 20, 0, 10))]);
    }
}
