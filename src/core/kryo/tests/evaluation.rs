//! What Hive 4.0.1 itself answers for every expression and a table of partitions, row by row.

use std::collections::HashMap;

use super::vectors::{self, from_hex};
use crate::filter::{Reading, Truth};
use crate::function::Generation;
use crate::kryo::{ClientZone, Decoded, Node, Outcome, Style, decode, filter, prune_outcome};
use crate::name::DEFAULT_PARTITION;
use crate::table::Column;

/// The last row holds values that its keys' types cannot: Hive makes something of some of them (it cuts 99999 to a
/// smallint), here they are NULL by design, which keeps the partition and says so.
const MALFORMED_ROW: usize = 9;

pub struct Table {
    pub keys: Vec<Column>,
    rows: Vec<Vec<String>>,
}

/// The partitions that Hive was asked about.
pub fn table() -> Table {
    let mut lines = include_str!("../testdata/rows.tsv").lines().map(|line| line.split('\t').map(str::to_owned));
    let (names, types) = (lines.next().unwrap(), lines.next().unwrap());
    let key = |(name, type_name)| Column { name, type_name: Some(type_name), comment: None };
    Table { keys: names.zip(types).map(key).collect(), rows: lines.map(Iterator::collect).collect() }
}

fn node(bytes: &[u8]) -> (Node, Generation) {
    match decode(bytes) {
        Ok(Decoded::Expression(node, generation)) => (node, generation),
        other => panic!("{other:?}"),
    }
}

impl Table {
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    fn truths(&self, (node, generation): &(Node, Generation), zone: ClientZone) -> Vec<Truth> {
        let filter = filter(node, *generation, &self.keys, DEFAULT_PARTITION, zone).unwrap();
        self.rows.iter().map(|row| filter.evaluate(&filter.values(row), Reading::Sql)).collect()
    }

    /// Compares with Hive's answers, one letter a row.
    fn check(&self, name: &str, truths: &[Truth], expected: &str) {
        assert_eq!(truths.len(), expected.len(), "{name}");
        for (place, (truth, letter)) in truths.iter().zip(expected.chars()).enumerate() {
            let is_malformed = place == MALFORMED_ROW && *truth == Truth::Null;
            let row = &self.rows[place];
            assert!(letter == letter_of(*truth) || is_malformed, "{name}: {truth:?}, not {letter}, for {row:?}");
        }
    }
}

fn letter_of(truth: Truth) -> char {
    match truth {
        Truth::True => 'T',
        Truth::False => 'F',
        Truth::Null => 'N',
        Truth::Unknown => 'U',
    }
}

#[test]
fn hive_4_answers() {
    let table = table();
    let lines: Vec<_> = include_str!("../testdata/hive4.tsv").lines().skip(1).collect();
    assert!(lines.len() > 110);
    for line in lines {
        let [name, _, text, expected, hex] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let node = node(&from_hex(hex));
        let truths = table.truths(&node, ClientZone::Unknown);
        assert_eq!(node.0.print(Style::Marked), text, "{name}");
        table.check(name, &truths, expected);
    }
}

/// Hive 2.3 and 4.0 name the same expressions alike; Hive 4.0.1 answered.
fn vector_answers() -> HashMap<&'static str, &'static str> {
    let lines = include_str!("../testdata/truth.tsv").lines().skip(1);
    let mut answers: HashMap<_, _> = lines
        .map(|line| {
            let cells: Vec<_> = line.split('\t').collect();
            (cells[0], cells[2])
        })
        .collect();
    // `bi = 5` and `vc = 'x'`, which only Hive 2 wrote.
    answers.insert("init_eq_long_int", "TFFFNFFFTN");
    answers.insert("init_eq_varchar", "TFFFNTFFFF");
    answers
}

#[test]
fn vectors_answer_as_hive_does() {
    let (table, answers) = (table(), vector_answers());
    for vector in vectors::vectors() {
        let truths = table.truths(&node(&vector.bytes), ClientZone::UTC);
        table.check(vector.name, &truths, answers[vector.name]);
    }
}

/// Without the client's zone nothing is wrong, and only what a zone decides is unknown.
#[test]
fn an_unknown_zone_is_never_wrong() {
    let (table, answers) = (table(), vector_answers());
    let mut unknown = Vec::new();
    for vector in vectors::vectors() {
        let truths = table.truths(&node(&vector.bytes), ClientZone::Unknown);
        let answer = answers[vector.name];
        let letters = truths.iter().zip(answer.chars());
        let known: String =
            letters.map(|(truth, letter)| if *truth == Truth::Unknown { 'U' } else { letter }).collect();
        table.check(vector.name, &truths, &known);
        if known.contains('U') {
            unknown.push((vector.name, known));
        }
    }
    // The timestamps of Hive 2, near the constant only.
    assert_eq!(unknown, [("init_eq_ts", "UUFUNNUFUN".to_owned())]);
}

#[test]
fn names_have_no_case_and_other_columns_are_unknown() {
    let mut table = table();
    let vector = vectors::vectors().into_iter().find(|vector| vector.name == "init_or").unwrap();
    for key in &mut table.keys {
        key.name = key.name.to_uppercase();
    }
    table.check("upper case", &table.truths(&node(&vector.bytes), ClientZone::Unknown), "FTTFNFFFFF");
    table.keys[0].name = "other".to_owned();
    let truths = table.truths(&node(&vector.bytes), ClientZone::Unknown);
    assert!(truths.iter().all(|truth| *truth == Truth::Unknown));
    table.keys[0] = Column { name: "ds".to_owned(), type_name: Some("binary".to_owned()), comment: None };
    let truths = table.truths(&node(&vector.bytes), ClientZone::Unknown);
    assert!(truths.iter().all(|truth| *truth == Truth::Unknown));
}

#[test]
fn outcomes() {
    use Outcome::{Drop, Keep, KeepUnknown};
    for (truth, plain, default) in [
        (Truth::True, Keep, Keep),
        (Truth::False, Drop, Drop),
        (Truth::Null, KeepUnknown, Drop),
        (Truth::Unknown, KeepUnknown, KeepUnknown),
    ] {
        assert_eq!(prune_outcome(truth, false), plain);
        assert_eq!(prune_outcome(truth, true), default);
    }
}
