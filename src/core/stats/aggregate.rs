//! Statistics of many partitions as one (`get_aggr_stats_for`), semantics §9.

use std::collections::{BTreeMap, HashMap};

use super::column::{BinaryData, BooleanData, ColumnData, ColumnStatistics, Ranged, StringData};
use super::encoding::{Bytes, Float};
use super::extrapolate::{Placed, Towards, extrapolate, scale_up};
use super::hll::HyperLogLog;
use super::merge::{Bound, range_merge};

/// What a partition has.
#[derive(Debug, Clone, Copy)]
pub struct PartitionStatistics<'a> {
    pub partition_name: &'a str,
    /// Of one engine; columns not asked for are ignored.
    pub columns: &'a [ColumnStatistics],
}

/// The answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Aggregate {
    /// In the order of the request; columns without any statistics are left out.
    pub columns: Vec<ColumnStatistics>,
    /// Partitions with statistics for all requested columns.
    pub partitions_found: i64,
}

/// Aggregates over the requested partitions. Where some lack statistics for a column, its numbers are extrapolated by
/// the partitions' places in the request, as Hive does without its density function.
///
/// `partition_names` and `column_names` as requested (columns in normal form); `ndv_tuner` is
/// `metastore.stats.ndv.tuner`: 0 takes the largest count of distinct values of a partition, 1 their sum, where no
/// sketches tell better.
pub fn aggregate(
    partition_names: &[impl AsRef<str>],
    column_names: &[impl AsRef<str>],
    statistics: &[PartitionStatistics<'_>],
    ndv_tuner: f64,
) -> Aggregate {
    // A name that is asked for twice counts once.
    let mut places: HashMap<&str, usize> = HashMap::new();
    for name in partition_names {
        let place = places.len();
        places.entry(name.as_ref()).or_insert(place);
    }
    let mut wanted: BTreeMap<&str, BTreeMap<usize, &ColumnStatistics>> = BTreeMap::new();
    for name in column_names {
        wanted.entry(name.as_ref()).or_default();
    }
    for partition in statistics {
        let Some(place) = places.get(partition.partition_name) else { continue };
        for column in partition.columns {
            if let Some(found) = wanted.get_mut(column.column.as_str()) {
                found.insert(*place, column);
            }
        }
    }
    let complete = |place: &usize| wanted.values().all(|found| found.contains_key(place));
    let partitions_found = if wanted.is_empty() { 0 } else { (0..places.len()).filter(complete).count() as i64 };
    let mut columns = Vec::new();
    for name in column_names {
        // Taken out, so that a column asked for twice comes once.
        if let Some(found) = wanted.get(name.as_ref())
            && !columns.iter().any(|c: &ColumnStatistics| c.column == name.as_ref())
        {
            columns.extend(column_aggregate(found, places.len(), ndv_tuner));
        }
    }
    Aggregate { columns, partitions_found }
}

/// One column over the partitions that have it, by their places. Kinds differ after a change of the column's type:
/// the last partition's counts, others are as if they had none.
fn column_aggregate(
    found: &BTreeMap<usize, &ColumnStatistics>,
    requested: usize,
    ndv_tuner: f64,
) -> Option<ColumnStatistics> {
    let (_, last) = found.last_key_value()?;
    let same: Vec<(usize, &ColumnData)> = found
        .iter()
        .filter(|(_, statistics)| statistics.data.same_kind(&last.data))
        .map(|(place, statistics)| (*place, &statistics.data))
        .collect();
    macro_rules! of_kind {
        ($kind:ident) => {
            same.iter()
                .filter_map(
                    |(place, data)| if let ColumnData::$kind(data) = data { Some((*place, data)) } else { None },
                )
                .collect::<Vec<_>>()
        };
    }
    let data = match &last.data {
        ColumnData::Boolean(_) => ColumnData::Boolean(booleans(&of_kind!(Boolean))),
        ColumnData::Binary(_) => ColumnData::Binary(binaries(&of_kind!(Binary))),
        ColumnData::String(_) => ColumnData::String(strings(&of_kind!(String), requested)),
        ColumnData::Long(_) => ColumnData::Long(ranges(&of_kind!(Long), requested, ndv_tuner)),
        ColumnData::Date(_) => ColumnData::Date(ranges(&of_kind!(Date), requested, ndv_tuner)),
        ColumnData::Timestamp(_) => ColumnData::Timestamp(ranges(&of_kind!(Timestamp), requested, ndv_tuner)),
        ColumnData::Double(_) => ColumnData::Double(ranges(&of_kind!(Double), requested, ndv_tuner)),
        ColumnData::Decimal(_) => ColumnData::Decimal(ranges(&of_kind!(Decimal), requested, ndv_tuner)),
    };
    Some(ColumnStatistics {
        column: last.column.clone(),
        column_type: last.column_type.clone(),
        engine: last.engine.clone(),
        last_analyzed: found.values().map(|s| s.last_analyzed).max().unwrap_or_default(),
        data,
    })
}

/// Booleans and binaries are summed up over what there is, never extrapolated.
fn booleans(all: &[(usize, &BooleanData)]) -> BooleanData {
    all.iter().fold(BooleanData::default(), |sum, (_, data)| BooleanData {
        trues: sum.trues.saturating_add(data.trues),
        falses: sum.falses.saturating_add(data.falses),
        nulls: sum.nulls.saturating_add(data.nulls),
        bit_vectors: None,
    })
}

fn binaries(all: &[(usize, &BinaryData)]) -> BinaryData {
    all.iter().fold(BinaryData::default(), |sum, (_, data)| BinaryData {
        max_length: sum.max_length.max(data.max_length),
        average_length: Float(sum.average_length.0.max(data.average_length.0)),
        nulls: sum.nulls.saturating_add(data.nulls),
        bit_vectors: None,
    })
}

/// Partitions next to each other whose sketches could be united, or a single one.
struct Group<T> {
    place: f64,
    data: T,
    distinct: i64,
}

/// The sketches of all, or None where one lacks it or it is of another kind.
fn sketches<'a>(all: impl IntoIterator<Item = Option<&'a Bytes>>) -> Option<Vec<HyperLogLog>> {
    all.into_iter().map(|bytes| HyperLogLog::read(bytes?).ok()).collect()
}

fn union(sketches: &[HyperLogLog]) -> Option<HyperLogLog> {
    let (first, others) = sketches.split_first()?;
    let mut union = first.clone();
    for other in others {
        union.merge(other);
    }
    Some(union)
}

/// Groups for extrapolation: each by itself, or neighbours together where sketches tell what they have in common.
fn groups<T: Clone>(
    all: &[(usize, &T)],
    sketches: Option<&[HyperLogLog]>,
    distinct: impl Fn(&T) -> i64,
    join: impl Fn(&mut T, &T),
) -> Vec<Group<T>> {
    let Some(sketches) = sketches else {
        return all
            .iter()
            .map(|(place, data)| Group { place: *place as f64, data: (*data).clone(), distinct: distinct(data) })
            .collect();
    };
    let runs: Vec<&[(usize, &T)]> = all.chunk_by(|a, b| a.0 + 1 == b.0).collect();
    let mut rest = sketches;
    runs.into_iter()
        .filter_map(|run| {
            let (own, others) = rest.split_at(run.len());
            rest = others;
            let (first, last) = (run.first()?, run.last()?);
            let mut data = first.1.clone();
            for (_, other) in &run[1..] {
                join(&mut data, other);
            }
            let place = f64::midpoint(first.0 as f64, last.0 as f64);
            Some(Group { place, data, distinct: union(own)?.estimate() })
        })
        .collect()
}

fn place_all<T, V>(groups: &[Group<T>], value: impl Fn(&Group<T>) -> Option<V>) -> Vec<Placed<V>> {
    groups.iter().filter_map(|group| Some(Placed { place: group.place, value: value(group)? })).collect()
}

fn ranges<T: Bound + Default>(all: &[(usize, &Ranged<T>)], requested: usize, ndv_tuner: f64) -> Ranged<T> {
    if let [(_, only)] = all {
        return (*only).clone();
    }
    let sketches = sketches(all.iter().map(|(_, data)| data.bit_vectors.as_ref()));
    if all.len() < requested {
        let groups = groups(all, sketches.as_deref(), |data| data.distinct, range_merge);
        let bound = |of: fn(&Ranged<T>) -> Option<&T>, towards| {
            extrapolate(&place_all(&groups, |group| of(&group.data).cloned()), requested, towards)
        };
        let nulls = groups.iter().fold(0_i64, |sum, group| sum.saturating_add(group.data.nulls));
        return Ranged {
            low: bound(|data| data.low.as_ref(), Towards::Low),
            high: bound(|data| data.high.as_ref(), Towards::High),
            nulls: scale_up(nulls, all.len(), requested),
            distinct: distinct_extrapolate(&groups, requested),
            bit_vectors: None,
            histogram: None,
        };
    }
    let mut sum = Ranged::default();
    for (_, data) in all {
        range_merge(&mut sum, data);
    }
    if let Some(union) = sketches.as_deref().and_then(union) {
        sum.distinct = union.estimate();
        sum.bit_vectors = Some(Bytes(union.write()));
    } else {
        let least = all.iter().map(|(_, data)| data.distinct).max().unwrap_or_default();
        let most = all.iter().fold(0_i64, |sum, (_, data)| sum.saturating_add(data.distinct));
        sum.distinct = (least as f64 + (most as f64 - least as f64) * ndv_tuner) as i64;
    }
    sum
}

fn strings(all: &[(usize, &StringData)], requested: usize) -> StringData {
    if let [(_, only)] = all {
        return (*only).clone();
    }
    let join = |into: &mut StringData, data: &StringData| {
        into.max_length = into.max_length.max(data.max_length);
        into.average_length = Float(into.average_length.0.max(data.average_length.0));
        into.nulls = into.nulls.saturating_add(data.nulls);
        into.distinct = into.distinct.max(data.distinct);
    };
    let sketches = sketches(all.iter().map(|(_, data)| data.bit_vectors.as_ref()));
    if all.len() < requested {
        let groups = groups(all, sketches.as_deref(), |data| data.distinct, join);
        let nulls = groups.iter().fold(0_i64, |sum, group| sum.saturating_add(group.data.nulls));
        let lengths = place_all(&groups, |group| Some(group.data.max_length));
        let averages = place_all(&groups, |group| Some(group.data.average_length));
        return StringData {
            max_length: extrapolate(&lengths, requested, Towards::High).unwrap_or_default(),
            average_length: extrapolate(&averages, requested, Towards::High).unwrap_or_default(),
            nulls: scale_up(nulls, all.len(), requested),
            distinct: distinct_extrapolate(&groups, requested),
            bit_vectors: None,
        };
    }
    let mut sum = StringData::default();
    for (_, data) in all {
        join(&mut sum, data);
    }
    if let Some(union) = sketches.as_deref().and_then(union) {
        sum.distinct = union.estimate();
        sum.bit_vectors = Some(Bytes(union.write()));
    }
    sum
}

fn distinct_extrapolate<T>(groups: &[Group<T>], requested: usize) -> i64 {
    extrapolate(&place_all(groups, |group| Some(group.distinct)), requested, Towards::High).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::hll::tests::sketch;
    use super::*;

    fn column(name: &str, data: ColumnData) -> ColumnStatistics {
        let column_type = String::from("t");
        ColumnStatistics { column: name.into(), column_type, engine: "hive".into(), last_analyzed: 0, data }
    }

    fn long(low: i64, high: i64, distinct: i64) -> ColumnData {
        ColumnData::Long(Ranged { low: Some(low), high: Some(high), nulls: 1, distinct, ..Ranged::default() })
    }

    fn names(n: usize) -> Vec<String> {
        (0..n).map(|i| format!("p={i:03}")).collect()
    }

    /// The aggregate of column `c` where `parts` says which of `requested` partitions have what.
    fn one(requested: usize, parts: &[(usize, ColumnData)], ndv_tuner: f64) -> ColumnData {
        let names = names(requested);
        let columns: Vec<_> = parts.iter().map(|(place, data)| (*place, [column("c", data.clone())])).collect();
        let statistics: Vec<_> = columns
            .iter()
            .map(|(place, columns)| PartitionStatistics { partition_name: &names[*place], columns })
            .collect();
        let mut answer = aggregate(&names, &["c"], &statistics, ndv_tuner);
        assert_eq!(answer.partitions_found, parts.len() as i64);
        answer.columns.remove(0).data
    }

    fn range(data: &ColumnData) -> Ranged<i64> {
        let ColumnData::Long(range) = data else { panic!("not long: {data:?}") };
        range.clone()
    }

    #[test]
    fn complete_statistics_are_summed_up() {
        let parts = [(0, long(5, 9, 4)), (1, long(-1, 6, 10)), (2, long(0, 7, 6))];
        let sum = range(&one(3, &parts, 0.0));
        assert_eq!((sum.low, sum.high, sum.nulls, sum.distinct), (Some(-1), Some(9), 3, 10));
        assert_eq!(range(&one(3, &parts, 1.0)).distinct, 20);
        assert_eq!(range(&one(3, &parts, 0.5)).distinct, 15);
    }

    #[test]
    fn missing_statistics_are_extrapolated() {
        // Partition i holds 10i to 10i + 9; only 2, 5 and 7 of ten have statistics.
        let part = |i: usize| (i, long(10 * i as i64, 10 * i as i64 + 9, 10));
        let sum = range(&one(10, &[part(2), part(5), part(7)], 0.0));
        assert_eq!((sum.low, sum.high, sum.nulls, sum.distinct), (Some(0), Some(109), 10, 10));
        // One partition alone says all that is known.
        assert_eq!(range(&one(10, &[part(4)], 0.0)), range(&part(4).1));
    }

    #[test]
    fn sketches_count_what_partitions_share() {
        let part = |i: u64| {
            let bit_vectors = Some(Bytes(sketch(10, 10 * i..10 * i + 20).write()));
            (i as usize, ColumnData::Long(Ranged { distinct: 20, bit_vectors, ..Ranged::default() }))
        };
        let sum = range(&one(3, &[part(0), part(1), part(2)], 0.0));
        assert_eq!(sum.distinct, 40);
        assert_eq!(HyperLogLog::read(&sum.bit_vectors.unwrap()).unwrap().estimate(), 40);
        // Neighbours 0 to 2 at place 1 have 40, the single 5 has 20: the line falls towards the end.
        let sum = range(&one(6, &[part(0), part(1), part(2), part(5)], 0.0));
        assert_eq!((sum.distinct, sum.bit_vectors), (45, None));
    }

    #[test]
    fn an_unreadable_sketch_is_no_sketch() {
        let part = |distinct, bytes: &[u8]| {
            let bit_vectors = Some(Bytes(bytes.to_vec()));
            ColumnData::Long(Ranged { distinct, bit_vectors, ..Ranged::default() })
        };
        let good = sketch(10, 0..50).write();
        assert_eq!(range(&one(2, &[(0, part(7, &good)), (1, part(9, b"FM\x10"))], 0.0)).distinct, 9);
    }

    #[test]
    fn partitions_count_only_with_all_columns() {
        let names = names(3);
        let both = [column("a", long(1, 2, 3)), column("b", long(1, 2, 3)), column("x", long(0, 0, 0))];
        let statistics = [
            PartitionStatistics { partition_name: &names[0], columns: &both },
            PartitionStatistics { partition_name: &names[1], columns: &both[..1] },
            PartitionStatistics { partition_name: "p=other", columns: &both },
        ];
        let answer = aggregate(&names, &["b", "a", "none"], &statistics, 0.0);
        assert_eq!(answer.partitions_found, 0);
        assert_eq!(answer.columns.iter().map(|c| c.column.as_str()).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(aggregate(&names, &["a", "b"], &statistics, 0.0).partitions_found, 1);
        assert_eq!(aggregate(&names, &["a", "a"], &statistics, 0.0).columns.len(), 1);
        assert_eq!(aggregate(&names, &[] as &[&str], &statistics, 0.0), Aggregate::default());
        assert_eq!(aggregate(&[] as &[&str], &["a"], &statistics, 0.0), Aggregate::default());
    }

    #[test]
    fn a_changed_kind_starts_anew() {
        let text = ColumnData::String(StringData { max_length: 3, distinct: 5, ..StringData::default() });
        assert_eq!(one(2, &[(0, long(1, 2, 3)), (1, text.clone())], 0.0), text);
    }

    #[test]
    fn texts_take_the_longest() {
        let text = |max_length, average, distinct| {
            let average_length = Float(average);
            ColumnData::String(StringData { max_length, average_length, nulls: 2, distinct, bit_vectors: None })
        };
        assert_eq!(one(2, &[(0, text(3, 2.0, 5)), (1, text(8, 1.5, 4))], 0.9), {
            let ColumnData::String(mut sum) = text(8, 2.0, 5) else { panic!("kind") };
            sum.nulls = 4;
            ColumnData::String(sum)
        });
    }

    proptest! {
        #[test]
        fn bounds_hold_what_was_seen(parts in proptest::collection::btree_map(0_usize..40, (any::<i32>(), 0_i64..1000, 0_i64..99), 1..20)) {
            let list: Vec<_> = parts
                .iter()
                .map(|(place, (low, width, distinct))| (*place, long(i64::from(*low), i64::from(*low) + width, *distinct)))
                .collect();
            let sum = range(&one(40, &list, 0.0));
            let low = list.iter().filter_map(|(_, data)| range(data).low).min();
            let high = list.iter().filter_map(|(_, data)| range(data).high).max();
            prop_assert!(sum.low <= low && sum.high >= high, "{sum:?} for {low:?} to {high:?}");
            let distinct = list.iter().map(|(_, data)| range(data).distinct).max();
            prop_assert!(Some(sum.distinct) >= distinct);
        }
    }
}
