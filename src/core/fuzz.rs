//! What the fuzz targets run; also run over their corpora by a test.

use crate::filter::parse::parse;
use crate::filter::{Filter, Reading, Selector, TableFilter};
use crate::kryo::{self, ClientZone, Decoded, Style};
use crate::name::{
    DEFAULT_PARTITION, LikePattern, Pattern, escape, parse_db_name, partition_name_of, partition_name_parse, unescape,
};
use crate::stats::HyperLogLog;
use crate::table::Column;

/// A target's name (its folder in `fuzz/corpus`) and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

pub const TARGETS: &[Target] = &[
    ("filter", filter),
    ("kryo", kryo),
    ("db_name", db_name),
    ("partition_name", partition_name),
    ("pattern", pattern),
    ("sketch", sketch),
];

fn keys() -> Vec<Column> {
    let key = |(name, type_name): (&str, &str)| Column {
        name: name.to_owned(),
        type_name: Some(type_name.to_owned()),
        comment: None,
    };
    [("a", "string"), ("b", "int"), ("c", "date"), ("d", "decimal(10,2)")].map(key).into()
}

/// Values of the types, values that are none, and none.
fn rows() -> [Vec<String>; 3] {
    [["x", "5", "2024-02-29", "1.50"], ["a%", "five", "2024-02-30", "12345678901"], [DEFAULT_PARTITION; 4]]
        .map(|row| row.map(str::to_owned).into())
}

/// Looking up prepared parts and walking the tree are two ways to one answer.
fn evaluate(filter: &Filter) {
    let mut selector = Selector::new(filter);
    for row in rows() {
        let values = filter.values(&row);
        let verdict = selector.select(&row);
        assert_eq!(verdict.sql, filter.evaluate(&values, Reading::Sql));
        assert_eq!(verdict.keeps(), filter.matches_any_reading(&values));
    }
}

/// A filter text: printed, it is the same filter.
///
/// # Panics
/// If it is not, or if two ways to evaluate it differ.
pub fn filter(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(tree) = parse(text) {
        assert_eq!(parse(&tree.to_string()).as_ref(), Ok(&tree), "{tree}");
    }
    if let Ok(filter) = Filter::parse(text, &keys()) {
        evaluate(&filter);
    }
    drop(TableFilter::parse(text));
}

/// A serialised expression.
///
/// # Panics
/// If two ways to evaluate it differ.
pub fn kryo(bytes: &[u8]) {
    let Ok(Decoded::Expression(node, generation)) = kryo::decode(bytes) else { return };
    drop(node.print(Style::Marked));
    if let Ok(filter) = kryo::filter(&node, generation, &keys(), DEFAULT_PARTITION, ClientZone::Unknown) {
        evaluate(&filter);
    }
}

/// A database name: marked with its catalog, it is the same name.
///
/// # Panics
/// If it is not.
pub fn db_name(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(name) = parse_db_name(Some(text), "hive") else { return };
    let marked = match name.database.as_deref() {
        None => format!("@{}#", name.catalog),
        Some("") => format!("@{}#!", name.catalog),
        // No name of a database, and the mark of an empty one.
        Some("!") => return,
        Some(database) => format!("@{}#{database}", name.catalog),
    };
    assert_eq!(parse_db_name(Some(&marked), "other").as_ref(), Ok(&name), "{marked}");
}

/// A partition's value, and a partition's name.
///
/// # Panics
/// If a value is not the same after a name was made of it and read.
pub fn partition_name(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    drop(partition_name_parse(text));
    let escaped = escape(text);
    assert_eq!(unescape(&escaped), text);
    assert!(!escaped.contains(['/', '=']), "{escaped}");
    if !text.is_empty() {
        let name = partition_name_of([("key", text), ("other", "1")]);
        let pairs = vec![("key".to_owned(), text.to_owned()), ("other".to_owned(), "1".to_owned())];
        assert_eq!(partition_name_parse(&name).as_ref(), Ok(&pairs), "{name}");
    }
}

/// A pattern of names, and of LIKE.
pub fn pattern(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(pattern) = Pattern::new(text) {
        pattern.matches("x");
        pattern.matches(text);
    }
    LikePattern::new(text).matches(text);
}

/// A sketch of distinct values: written, it is the same sketch, and merging it with itself adds nothing.
///
/// # Panics
/// If it is not, or does.
pub fn sketch(bytes: &[u8]) {
    let Ok(sketch) = HyperLogLog::read(bytes) else { return };
    let written = sketch.write();
    assert_eq!(HyperLogLog::read(&written).map(|again| again.write()).as_ref(), Ok(&written));
    let mut merged = sketch.clone();
    merged.merge(&sketch);
    assert_eq!(merged.estimate(), sketch.estimate());
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::TARGETS;

    /// What the fuzzers found or grew from keeps being replayed, without the fuzzer.
    #[test]
    fn replay() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
        for (target, run) in TARGETS {
            let seeds: Vec<_> =
                std::fs::read_dir(corpus.join(target)).unwrap().map(|seed| seed.unwrap().path()).collect();
            assert!(seeds.len() >= 3, "{target} has no seeds");
            for seed in seeds {
                run(&std::fs::read(seed).unwrap());
            }
        }
    }
}
