//! The index says of every row what the selector, which looks at one row at a time, says.

use proptest::prelude::*;

use super::{Bits, PartitionSet, Source};
use crate::filter::tests::oracle::{columns, filter_and_partitions};
use crate::filter::{CompareOp, Expr, Filter, Selector, Truth, Value};
use crate::table::Column;
use crate::types::KeyType;

fn key_types(columns: &[Column]) -> Vec<KeyType> {
    columns.iter().map(|column| KeyType::parse(column.type_name.as_deref().unwrap())).collect()
}

fn set(rows: &[Vec<String>]) -> PartitionSet {
    let mut set = PartitionSet::new(&key_types(&columns()));
    for row in rows {
        set.push(row);
    }
    set
}

fn agrees(set: &PartitionSet, filter: &Filter, rows: &[Vec<String>]) -> Result<(), TestCaseError> {
    let verdicts = set.evaluate(filter);
    let mut selector = Selector::new(filter);
    let kept = verdicts.kept();
    for (at, row) in rows.iter().enumerate() {
        let wanted = selector.select(row);
        prop_assert_eq!(verdicts.verdict(at), wanted, "{:?} on {:?}", filter.expr(), row);
        prop_assert_eq!(kept.contains(at), wanted.keeps());
    }
    prop_assert_eq!(kept.rows().count(), kept.count());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_set_agrees_with_the_selector((text, rows) in filter_and_partitions(), short in any::<prop::sample::Index>()) {
        // A text that its key's type cannot hold is refused.
        let Ok(filter) = Filter::parse(&text, &columns()) else { return Ok(()) };
        agrees(&set(&rows), &filter, &rows)?;
        // A damaged partition has too few values.
        let mut damaged = rows;
        let row = short.index(damaged.len());
        let length = short.index(damaged[row].len());
        damaged[row].truncate(length);
        agrees(&set(&damaged), &filter, &damaged)?;
    }

    #[test]
    fn a_successor_is_the_set_made_anew(
        (text, rows) in filter_and_partitions(),
        picks in prop::collection::vec(any::<(bool, prop::sample::Index)>(), 0..20),
    ) {
        // A text that its key's type cannot hold is refused.
        let Ok(filter) = Filter::parse(&text, &columns()) else { return Ok(()) };
        let (old, new) = rows.split_at(rows.len() / 2);
        let before = set(old);
        let mut wanted = Vec::new();
        let mut sources = Vec::new();
        for (is_old, index) in picks {
            if is_old && !old.is_empty() {
                let row = index.index(old.len());
                sources.push(Source::Old(row));
                wanted.push(old[row].clone());
            } else {
                let row = &new[index.index(new.len())];
                sources.push(Source::New(row));
                wanted.push(row.clone());
            }
        }
        let after = before.successor(&sources);
        prop_assert_eq!(after.len(), wanted.len());
        for (at, row) in wanted.iter().enumerate() {
            prop_assert_eq!(after.values(at).collect::<Vec<_>>(), row.iter().map(String::as_str).collect::<Vec<_>>());
        }
        agrees(&after, &filter, &wanted)?;
        agrees(&before, &filter, old)?;
    }

    #[test]
    fn sets_of_rows(members in prop::collection::vec(any::<(bool, bool)>(), 0..200)) {
        let bits = |side: fn(&(bool, bool)) -> bool| Bits::from_rows(members.len(), |row| side(&members[row]));
        let (left, right) = (bits(|m| m.0), bits(|m| m.1));
        let combined = |op: fn(&mut Bits, &Bits), same: fn(bool, bool) -> bool| {
            let mut all = left.clone();
            op(&mut all, &right);
            all == Bits::from_rows(members.len(), |row| same(members[row].0, members[row].1))
        };
        prop_assert!(combined(Bits::intersect, |a, b| a && b));
        prop_assert!(combined(Bits::unite, |a, b| a || b));
        prop_assert!(combined(Bits::subtract, |a, b| a && !b));
        prop_assert_eq!(left.clone().complement(), bits(|m| !m.0));
        let rows: Vec<usize> = (0..members.len()).filter(|row| members[*row].0).collect();
        prop_assert_eq!(left.rows().collect::<Vec<_>>(), rows);
    }
}

fn texts(set: &PartitionSet, rows: &Bits) -> Vec<String> {
    rows.rows().map(|row| set.values(row).collect::<Vec<_>>().join("/")).collect()
}

#[test]
fn prefixes_with_wildcards() {
    let mut set = PartitionSet::new(&[KeyType::Text, KeyType::Text]);
    for row in [["1", "a"], ["1", "b"], ["2", "a"], ["", "b"]] {
        set.push(&row);
    }
    assert_eq!(texts(&set, &set.with_prefix(&["1"])), ["1/a", "1/b"]);
    assert_eq!(texts(&set, &set.with_prefix(&["", "a"])), ["1/a", "2/a"]);
    assert_eq!(texts(&set, &set.with_prefix(&["2", "b"])), [""; 0]);
    assert_eq!(set.with_prefix(&[""; 0]).count(), 4);
    assert_eq!(texts(&set, &set.with_any_value(&["2", "b"])), ["1/b", "2/a", "/b"]);
}

#[test]
fn a_request_may_name_the_default_partition() {
    let mut set = PartitionSet::new(&[KeyType::Text]);
    for value in ["none", "x", "__HIVE_DEFAULT_PARTITION__"] {
        set.push(&[value]);
    }
    let is_x = Expr::compare(CompareOp::Equal, Expr::Key(0), Expr::Literal(Value::Text("x".into())));
    let filter = Filter::from_expr(is_x, vec![KeyType::Text], "none").unwrap();
    let verdicts = set.evaluate(&filter);
    let truths: Vec<Truth> = (0..3).map(|row| verdicts.truths().truth(row)).collect();
    assert_eq!(truths, [Truth::Null, Truth::True, Truth::Null]);
}

/// A key with very many values that come and go does not grow for ever.
#[test]
fn a_worn_dictionary_is_renewed() {
    let mut set = PartitionSet::new(&[KeyType::Text]);
    let mut bytes = 0;
    for round in 0..100 {
        let rows: Vec<Vec<String>> = (0..100).map(|n| vec![format!("{round}-{n}")]).collect();
        let sources: Vec<Source<'_>> = rows.iter().map(|row| Source::New(row)).collect();
        set = set.successor(&sources);
        bytes = bytes.max(set.bytes());
        assert_eq!(set.value(99, 0), Some(rows[99][0].as_str()));
    }
    assert!(bytes < 1_000_000, "{bytes}");
}
