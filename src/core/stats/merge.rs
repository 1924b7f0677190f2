//! Merging new statistics with stored ones (`set_aggr_stats_for` with needMerge), semantics §9.

use super::column::{ColumnData, ColumnStatistics, Ranged};
use super::decimal::Decimal;
use super::encoding::{Bytes, Float};
use super::hll::HyperLogLog;

/// Merges what is stored for a column into what a client sent for it: the two describe disjoint rows. Statistics of
/// another kind cannot be merged; then the new ones stand alone. Column type, engine and time stay those sent.
///
/// Hive merges a column only if `COLUMN_STATS_ACCURATE` lists it ([`super::Accuracy::column`]) and leaves those out
/// that it does not; that is the caller's to decide.
pub fn merge(new: &mut ColumnStatistics, stored: &ColumnStatistics) {
    match (&mut new.data, &stored.data) {
        (ColumnData::Boolean(new), ColumnData::Boolean(old)) => {
            new.trues = new.trues.saturating_add(old.trues);
            new.falses = new.falses.saturating_add(old.falses);
            new.nulls = new.nulls.saturating_add(old.nulls);
            new.bit_vectors = None;
        }
        (ColumnData::Binary(new), ColumnData::Binary(old)) => {
            new.max_length = new.max_length.max(old.max_length);
            new.average_length = Float(new.average_length.0.max(old.average_length.0));
            new.nulls = new.nulls.saturating_add(old.nulls);
            new.bit_vectors = None;
        }
        (ColumnData::String(new), ColumnData::String(old)) => {
            new.max_length = new.max_length.max(old.max_length);
            new.average_length = Float(new.average_length.0.max(old.average_length.0));
            new.nulls = new.nulls.saturating_add(old.nulls);
            distinct_merge(&mut new.distinct, &mut new.bit_vectors, old.distinct, old.bit_vectors.as_ref());
        }
        (ColumnData::Long(new), ColumnData::Long(old))
        | (ColumnData::Date(new), ColumnData::Date(old))
        | (ColumnData::Timestamp(new), ColumnData::Timestamp(old)) => ranged_merge(new, old),
        (ColumnData::Double(new), ColumnData::Double(old)) => ranged_merge(new, old),
        (ColumnData::Decimal(new), ColumnData::Decimal(old)) => ranged_merge(new, old),
        (
            ColumnData::Boolean(_)
            | ColumnData::Binary(_)
            | ColumnData::String(_)
            | ColumnData::Long(_)
            | ColumnData::Date(_)
            | ColumnData::Timestamp(_)
            | ColumnData::Double(_)
            | ColumnData::Decimal(_),
            _,
        ) => {}
    }
}

/// Values that have bounds.
pub(super) trait Bound: Clone {
    fn lower(self, other: Self) -> Self;
    fn higher(self, other: Self) -> Self;
    fn to_f64(&self) -> f64;
    /// None where this kind has no such value.
    fn from_f64(value: f64) -> Option<Self>;
}

impl Bound for i64 {
    fn lower(self, other: Self) -> Self {
        self.min(other)
    }
    fn higher(self, other: Self) -> Self {
        self.max(other)
    }
    fn to_f64(&self) -> f64 {
        *self as f64
    }
    fn from_f64(value: f64) -> Option<Self> {
        // Cut off and saturated, as Java casts.
        (!value.is_nan()).then_some(value as Self)
    }
}

impl Bound for Float {
    /// NaN bounds nothing, so it yields to any number.
    fn lower(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }
    fn higher(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }
    fn to_f64(&self) -> f64 {
        self.0
    }
    fn from_f64(value: f64) -> Option<Self> {
        Some(Self(value))
    }
}

impl Bound for Decimal {
    fn lower(self, other: Self) -> Self {
        if other.compare(&self).is_lt() { other } else { self }
    }
    fn higher(self, other: Self) -> Self {
        if other.compare(&self).is_gt() { other } else { self }
    }
    fn to_f64(&self) -> f64 {
        Decimal::to_f64(self)
    }
    fn from_f64(value: f64) -> Option<Self> {
        Decimal::from_f64(value)
    }
}

fn both<T: Clone>(a: Option<T>, b: Option<&T>, choose: impl FnOnce(T, T) -> T) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(choose(a, b.clone())),
        (a, b) => a.or_else(|| b.cloned()),
    }
}

/// Widens the bounds and adds the nulls.
pub(super) fn range_merge<T: Bound>(into: &mut Ranged<T>, other: &Ranged<T>) {
    into.low = both(into.low.take(), other.low.as_ref(), T::lower);
    into.high = both(into.high.take(), other.high.as_ref(), T::higher);
    into.nulls = into.nulls.saturating_add(other.nulls);
}

fn ranged_merge<T: Bound>(new: &mut Ranged<T>, old: &Ranged<T>) {
    range_merge(new, old);
    distinct_merge(&mut new.distinct, &mut new.bit_vectors, old.distinct, old.bit_vectors.as_ref());
    // A histogram of a part of the rows would mislead; KLL sketches are not merged here.
    new.histogram = None;
}

/// The union of the sketches where both have one, else the larger number. Then no sketch is left, as one of a part of
/// the values would make later unions too small.
fn distinct_merge(distinct: &mut i64, sketch: &mut Option<Bytes>, old: i64, old_sketch: Option<&Bytes>) {
    let read = |bytes: &Bytes| HyperLogLog::read(bytes).ok();
    if let (Some(mut union), Some(other)) = (sketch.as_ref().and_then(read), old_sketch.and_then(read)) {
        union.merge(&other);
        *distinct = union.estimate();
        *sketch = Some(Bytes(union.write()));
    } else {
        *distinct = old.max(*distinct);
        *sketch = None;
    }
}

#[cfg(test)]
mod tests {
    use super::super::column::{BooleanData, StringData};
    use super::super::hll::tests::sketch;
    use super::*;

    fn statistics(data: ColumnData) -> ColumnStatistics {
        ColumnStatistics { column: "c".into(), column_type: "t".into(), engine: "hive".into(), last_analyzed: 1, data }
    }

    fn merged(new: ColumnData, stored: ColumnData) -> ColumnData {
        let mut new = statistics(new);
        merge(&mut new, &statistics(stored));
        new.data
    }

    fn long(low: Option<i64>, high: Option<i64>, distinct: i64, values: Option<std::ops::Range<u64>>) -> ColumnData {
        let bit_vectors = values.map(|values| Bytes(sketch(10, values).write()));
        ColumnData::Long(Ranged { low, high, nulls: 1, distinct, bit_vectors, histogram: Some(Bytes(vec![1])) })
    }

    #[test]
    fn bounds_widen_and_counts_add() {
        let ColumnData::Long(range) = merged(long(Some(5), None, 7, None), long(Some(-2), Some(3), 9, Some(0..9)))
        else {
            panic!("kind changed")
        };
        assert_eq!(
            range,
            Ranged { low: Some(-2), high: Some(3), nulls: 2, distinct: 9, bit_vectors: None, histogram: None }
        );
    }

    #[test]
    fn a_sketch_of_a_part_is_dropped() {
        let ColumnData::Long(range) = merged(long(None, None, 9, Some(0..9)), long(None, None, 7, None)) else {
            panic!("kind changed")
        };
        assert_eq!((range.distinct, range.bit_vectors), (9, None));
    }

    #[test]
    fn sketches_are_united() {
        let ColumnData::Long(range) = merged(long(None, None, 60, Some(0..60)), long(None, None, 60, Some(30..100)))
        else {
            panic!("kind changed")
        };
        assert_eq!(range.distinct, 100);
        assert_eq!(HyperLogLog::read(&range.bit_vectors.unwrap()).unwrap(), sketch(10, 0..100));
    }

    #[test]
    fn decimals_compare_as_numbers_and_nan_yields() {
        let decimal =
            |digits, scale| ColumnData::Decimal(Ranged { low: Some(Decimal::new(digits, scale)), ..Ranged::default() });
        assert_eq!(merged(decimal(200, 2), decimal(19, 1)), decimal(19, 1));
        let double = |low| ColumnData::Double(Ranged { low: Some(Float(low)), ..Ranged::default() });
        assert_eq!(merged(double(f64::NAN), double(1.0)), double(1.0));
    }

    #[test]
    fn texts_and_booleans() {
        let text = |max_length, average, distinct| {
            ColumnData::String(StringData {
                max_length,
                average_length: Float(average),
                nulls: 1,
                distinct,
                bit_vectors: None,
            })
        };
        let ColumnData::String(data) = merged(text(3, 2.5, 10), text(9, 1.0, 4)) else { panic!("kind changed") };
        assert_eq!((data.max_length, data.average_length, data.nulls, data.distinct), (9, Float(2.5), 2, 10));
        let boolean = ColumnData::Boolean(BooleanData { trues: i64::MAX, falses: 2, nulls: 3, bit_vectors: None });
        let ColumnData::Boolean(data) = merged(boolean.clone(), boolean.clone()) else { panic!("kind changed") };
        assert_eq!((data.trues, data.falses, data.nulls), (i64::MAX, 4, 6));
        assert_eq!(merged(boolean.clone(), text(1, 1.0, 1)), boolean);
    }
}
