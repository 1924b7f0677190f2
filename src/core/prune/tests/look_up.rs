//! Rows by their texts, and sets of rows.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::{PartitionSet, PartitionSetBuilder, Rows, Source};
use super::samples::{Numbers, set};
use crate::name::DEFAULT_PARTITION;
use crate::types::{IntegerWidth, KeyType};

fn texts(set: &PartitionSet, rows: &Rows) -> Vec<String> {
    rows.iter().map(|row| set.values(row).collect::<Vec<_>>().join("/")).collect()
}

#[test]
fn prefixes_with_wildcards() {
    let mut set = PartitionSetBuilder::new(&[KeyType::Text, KeyType::Text]);
    for row in [["1", "a"], ["1", "b"], ["2", "a"], ["", "b"]] {
        set.push(&row);
    }
    let set = set.finish();
    assert_eq!(texts(&set, &set.with_prefix(&["1"])), ["1/a", "1/b"]);
    assert_eq!(texts(&set, &set.with_prefix(&["", "a"])), ["1/a", "2/a"]);
    assert_eq!(texts(&set, &set.with_prefix(&["2", "b"])), [""; 0]);
    assert_eq!(texts(&set, &set.with_prefix(&["3"])), [""; 0]);
    assert_eq!(set.with_prefix(&[""; 0]).len(), 4);
    assert_eq!(texts(&set, &set.with_any_value(&["2", "b"])), ["1/b", "2/a", "/b"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Every row is found by its own texts, and by no others; prefixes are as a look at each row says.
    #[test]
    fn rows_by_their_texts(
        seed in any::<u64>(),
        key_type in select(vec![
            KeyType::Text, KeyType::Char(4), KeyType::Integer(IntegerWidth::Int), KeyType::Date, KeyType::Double,
        ]),
        sorted in any::<bool>(),
        count in prop_oneof![1_usize..50, 1000_usize..2000],
        distinct in 1_usize..200,
    ) {
        let mut numbers = Numbers(seed);
        let mut text = |kind: usize| match kind {
            0 => numbers.below(distinct).to_string(),
            1 => format!("0{}", numbers.below(distinct)),
            2 => format!("2024-01-{}", numbers.below(32)),
            3 => ["a", "a  ", "", "NaN", DEFAULT_PARTITION][numbers.below(5)].to_owned(),
            _ => numbers.below(3).to_string(),
        };
        let mut rows: Vec<Vec<String>> =
            (0..count).map(|at| vec![text(at % 4), text(4), text((at + 1) % 4)]).collect();
        if sorted {
            rows.sort();
        }
        rows[count / 2].truncate(count % 4);
        let set = set(&[key_type, KeyType::Text, key_type], &rows);
        for row in rows.iter().step_by(rows.len().div_ceil(20)) {
            let same: Vec<u32> = (0..).zip(&rows).filter(|(_, other)| *other == row).map(|(at, _)| at).collect();
            prop_assert_eq!(set.find(row).collect::<Vec<_>>(), same, "{:?}", row);
            for length in 0..=row.len() {
                let mut prefix = row[..length].to_vec();
                if count % 2 == 0 && length > 1 {
                    prefix[0].clear();
                }
                let starts = |other: &Vec<String>| {
                    prefix.iter().enumerate().all(|(key, text)| text.is_empty() || other.get(key) == Some(text))
                };
                let wanted: Vec<u32> = (0..).zip(&rows).filter(|(_, other)| starts(other)).map(|(at, _)| at).collect();
                prop_assert_eq!(set.with_prefix(&prefix).iter().collect::<Vec<_>>(), wanted, "{:?}", prefix);
            }
        }
        prop_assert_eq!(set.find(&["no such text", "1", "1"]).count(), 0);
    }

    #[test]
    fn sets_of_rows(members in prop::collection::vec(any::<(bool, bool)>(), 0..200)) {
        let rows = |test: &dyn Fn(&(bool, bool)) -> bool| -> Rows {
            (0..).zip(&members).filter(|(_, member)| test(member)).map(|(row, _)| row).collect()
        };
        let (left, right) = (rows(&|m| m.0), rows(&|m| m.1));
        prop_assert_eq!(left.and(&right), rows(&|m| m.0 && m.1));
        let changed = |change: &dyn Fn(&mut Rows)| {
            let mut all = left.clone();
            change(&mut all);
            all
        };
        prop_assert_eq!(changed(&|all| all.intersect(&right)), rows(&|m| m.0 && m.1));
        prop_assert_eq!(changed(&|all| all.unite(right.clone())), rows(&|m| m.0 || m.1));
        prop_assert_eq!(changed(&|all| all.subtract(&right)), rows(&|m| m.0 && !m.1));
        prop_assert_eq!(left.complement(members.len()), rows(&|m| !m.0));
        let listed: Vec<u32> = (0..).zip(&members).filter(|(_, member)| member.0).map(|(row, _)| row).collect();
        prop_assert_eq!(left.iter().collect::<Vec<_>>(), listed.clone());
        prop_assert_eq!(left.len(), listed.len());
        prop_assert!((0..members.len() as u32).all(|row| left.contains(row) == listed.contains(&row)));
        prop_assert_eq!(Rows::from_ascending(listed), left);
    }
}

/// A key with very many values that come and go does not grow for ever.
#[test]
fn a_merged_dictionary_has_what_rows_have() {
    let mut set = set(&[KeyType::Text], &[]);
    let mut bytes = 0;
    for round in 0..100 {
        let rows: Vec<Vec<String>> = (0..100).map(|n| vec![format!("{round}-{n}")]).collect();
        let mut sources: Vec<Source<'_>> = rows.iter().map(|row| Source::New(row)).collect();
        sources.extend((0..set.len().min(50)).map(|row| Source::Old(0, row as u32)));
        set = PartitionSet::merged(&[KeyType::Text], &[&set], &sources);
        bytes = bytes.max(set.bytes());
        assert_eq!(set.value(99, 0), Some(rows[99][0].as_str()));
    }
    assert!(bytes < 10_000, "{bytes}");
}

/// Hourly partitions of four regions: about what the codes and the index need.
#[test]
fn memory() {
    let mut set = PartitionSetBuilder::new(&[KeyType::Text, KeyType::Integer(IntegerWidth::Int), KeyType::Text]);
    let count = 200_000;
    for row in 0..count {
        let region = ["ap", "eu", "sa", "us"][row % 4];
        set.push(&[&format!("day-{:06}", row / 96), &format!("{:02}", row / 4 % 24), region]);
    }
    let set = set.finish();
    assert!(set.bytes() < 7 * count, "{} bytes a row", set.bytes() as f64 / count as f64);
}
