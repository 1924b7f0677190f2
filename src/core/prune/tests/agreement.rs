//! The index says of every row what the selector, which looks at one row at a time, says.

use proptest::prelude::*;

use super::super::{PartitionSet, Source};
use super::samples::{Numbers, set};
use crate::filter::tests::oracle::{columns, filter_and_partitions, partition_texts};
use crate::filter::{CompareOp, Expr, Filter, Selector, Truth, Value};
use crate::types::KeyType;

fn key_types() -> Vec<KeyType> {
    columns().iter().map(|column| KeyType::parse(column.type_name.as_deref().unwrap())).collect()
}

fn agrees(set: &PartitionSet, filter: &Filter, rows: &[Vec<String>]) -> Result<(), TestCaseError> {
    let verdicts = set.evaluate(filter);
    let mut selector = Selector::new(filter);
    let kept = verdicts.kept();
    let mut wanted_rows = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let wanted = selector.select(row);
        prop_assert_eq!(verdicts.verdict(at as u32), wanted, "{:?} on {:?}", filter.expr(), row);
        wanted_rows.extend(wanted.keeps().then_some(at as u32));
    }
    prop_assert_eq!(kept.len(), wanted_rows.len());
    prop_assert_eq!(kept.iter().collect::<Vec<_>>(), wanted_rows);
    Ok(())
}

/// Many rows of the oracle's values. The first `leading` keys are sorted as names are; `values` bounds how many texts
/// of each key occur.
fn many(seed: u64, count: usize, leading: usize, values: usize) -> Vec<Vec<String>> {
    let texts = partition_texts();
    let mut numbers = Numbers(seed);
    let mut rows: Vec<Vec<String>> = (0..count)
        .map(|_| {
            let pick = |texts: &Vec<&'static str>, numbers: &mut Numbers| {
                texts[numbers.below(texts.len().min(values))].to_owned()
            };
            texts.iter().map(|texts| pick(texts, &mut numbers)).collect()
        })
        .collect();
    rows.sort_by(|left, right| left[..leading].cmp(&right[..leading]));
    rows
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_set_agrees_with_the_selector((text, rows) in filter_and_partitions(), short in any::<prop::sample::Index>()) {
        // A text that its key's type cannot hold is refused.
        let Ok(filter) = Filter::parse(&text, &columns()) else { return Ok(()) };
        agrees(&set(&key_types(), &rows), &filter, &rows)?;
        // A damaged partition has too few values.
        let mut damaged = rows;
        let row = short.index(damaged.len());
        let length = short.index(damaged[row].len());
        damaged[row].truncate(length);
        agrees(&set(&key_types(), &damaged), &filter, &damaged)?;
    }

    #[test]
    fn a_merged_set_is_the_set_made_anew(
        (text, rows) in filter_and_partitions(),
        picks in prop::collection::vec(any::<(u8, prop::sample::Index)>(), 0..20),
    ) {
        // A text that its key's type cannot hold is refused.
        let Ok(filter) = Filter::parse(&text, &columns()) else { return Ok(()) };
        let parts: Vec<&[Vec<String>]> = rows.chunks(rows.len().div_ceil(3)).collect();
        let before: Vec<PartitionSet> = parts.iter().map(|part| set(&key_types(), part)).collect();
        let mut wanted = Vec::new();
        let mut sources = Vec::new();
        for (part, index) in picks {
            let at = usize::from(part) % parts.len();
            let row = index.index(parts[at].len());
            let values = &parts[at][row];
            sources.push(if part < 200 { Source::Old(at, row as u32) } else { Source::New(values) });
            wanted.push(values.clone());
        }
        let after = PartitionSet::merged(&key_types(), &before.iter().collect::<Vec<_>>(), &sources);
        prop_assert_eq!(after.len(), wanted.len());
        for (at, row) in (0..).zip(&wanted) {
            prop_assert_eq!(after.values(at).collect::<Vec<_>>(), row.iter().map(String::as_str).collect::<Vec<_>>());
        }
        agrees(&after, &filter, &wanted)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Enough rows for every form of the index and every way to evaluate.
    #[test]
    fn large_sets_agree_too(
        (text, _) in filter_and_partitions(),
        seed in any::<u64>(),
        (leading, values) in (0_usize..=8, 1_usize..12),
        count in prop_oneof![1_usize..40, 300_usize..3000],
    ) {
        let Ok(filter) = Filter::parse(&text, &columns()) else { return Ok(()) };
        let rows = many(seed, count, leading, values);
        agrees(&set(&key_types(), &rows), &filter, &rows)?;
    }
}

/// MSCK's and Spark's lists of whole partitions, long enough and short enough for an index.
#[test]
fn lists_of_combinations() {
    for (count, listed) in [(6000, 3), (3000, 20), (3000, 2500), (20, 20)] {
        let rows = many(5, count, 2, 12);
        for not in ["", "not "] {
            let list: Vec<String> = rows
                .iter()
                .filter(|row| row[2] != "__HIVE_DEFAULT_PARTITION__" && row[0] != "__HIVE_DEFAULT_PARTITION__")
                .filter(|row| row[2].parse::<i32>().is_ok())
                .step_by(count.div_ceil(listed))
                .map(|row| format!("(s = '{}' and i = {})", row[0], row[2]))
                .collect();
            let filter = Filter::parse(&format!("{not}({})", list.join(" or ")), &columns()).unwrap();
            agrees(&set(&key_types(), &rows), &filter, &rows).unwrap();
        }
    }
}

#[test]
fn a_request_may_name_the_default_partition() {
    let rows = ["none", "x", "__HIVE_DEFAULT_PARTITION__"].map(|value| vec![value.to_owned()]);
    let set = set(&[KeyType::Text], &rows);
    let is_x = Expr::compare(CompareOp::Equal, Expr::Key(0), Expr::Literal(Value::Text("x".into())));
    let filter = Filter::from_expr(is_x, vec![KeyType::Text], "none").unwrap();
    let verdicts = set.evaluate(&filter);
    let truths: Vec<Truth> = (0..3).map(|row| verdicts.truths().truth(row)).collect();
    assert_eq!(truths, [Truth::Null, Truth::True, Truth::Null]);
    assert_eq!(verdicts.truths().rows(Truth::Null).iter().collect::<Vec<_>>(), [0, 2]);
}
