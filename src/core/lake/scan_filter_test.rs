//! No file is left out that has a row which the filter keeps: random files, their facts as footers give them or less,
//! and random filters, against the filter's value for each row.

use proptest::prelude::*;

use super::block::Filled;
use super::bounds::{Bounds, Nan, text_high, text_low};
use super::facts::{ColumnFacts, FileFacts, RowGroupFacts};
use super::scan_filter::ScanFilter;
use super::statistics::statistics_of;
use crate::filter::Filter;
use crate::table::Column;
use crate::types::Value;

fn column(name: &str, type_name: &str) -> Column {
    Column { name: name.to_owned(), type_name: Some(type_name.to_owned()), comment: None }
}

fn keys() -> Vec<Column> {
    vec![column("k", "string"), column("h", "int")]
}

/// Names are spelled as nobody else spells them.
fn columns() -> Vec<Column> {
    [
        ("Id", "bigint"),
        ("s", "string"),
        ("V", "varchar(3)"),
        ("f", "float"),
        ("d", "double"),
        ("m", "decimal(12,4)"),
        ("T", "timestamp"),
        ("e", "date"),
        ("b", "boolean"),
        ("c", "char(3)"),
    ]
    .map(|(name, kind)| column(name, kind))
    .into()
}

/// How a file has a column: its type there, what its values are, what readers make of one.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Integer(&'static str),
    Text,
    /// As readers show them: cut to so many characters, or filled up with blanks.
    Cut(usize),
    Blanks(usize),
    Float,
    Double,
    Decimal(u8),
    /// Seconds that a reader's zone adds; none for a clock on the wall.
    Timestamp(Option<i64>),
    /// Without an order that footers could tell of.
    Int96,
    Date,
    Boolean,
    /// The file has it not.
    Missing,
}

impl Kind {
    fn hive_type(self) -> String {
        match self {
            Self::Integer(name) => name.to_owned(),
            Self::Text | Self::Cut(_) | Self::Blanks(_) => "string".to_owned(),
            Self::Float => "float".to_owned(),
            Self::Double => "double".to_owned(),
            Self::Decimal(scale) => format!("decimal(9,{scale})"),
            Self::Timestamp(_) | Self::Int96 => "timestamp".to_owned(),
            Self::Date => "date".to_owned(),
            Self::Boolean | Self::Missing => "boolean".to_owned(),
        }
    }

    fn shown(self, value: &Value) -> Value {
        match (self, value) {
            (Self::Cut(length), Value::Text(text)) => Value::Text(text.chars().take(length).collect()),
            (Self::Blanks(length), Value::Text(text)) => Value::Text(format!("{text:<length$}")),
            (Self::Timestamp(Some(zone)), Value::Timestamp { seconds, nanos }) => {
                Value::Timestamp { seconds: seconds + zone, nanos: *nanos }
            }
            // Rounded to milliseconds.
            (Self::Timestamp(None), Value::Timestamp { seconds, nanos }) => {
                let millis = (nanos + 500_000) / 1_000_000;
                Value::Timestamp { seconds: seconds + i64::from(millis / 1000), nanos: millis % 1000 * 1_000_000 }
            }
            (Self::Missing, _) => Value::Null,
            _ => value.clone(),
        }
    }

    fn value(self) -> BoxedStrategy<Value> {
        let text = prop_oneof!["[ab]{0,4}", "[ab]".prop_map(|last| "a".repeat(70) + &last), "[0-9]{1,2}"];
        let some = match self {
            Self::Integer(_) => (-4_i64..5).prop_map(Value::Integer).boxed(),
            Self::Text | Self::Cut(_) => text.prop_map(Value::Text).boxed(),
            Self::Blanks(_) => "[ab]{0,2}".prop_map(Value::Text).boxed(),
            Self::Float | Self::Double => {
                prop_oneof![8 => (-4_i32..5).prop_map(|n| f64::from(n) / 2.0), 1 => Just(f64::NAN), 1 => Just(-0.0)]
                    .prop_map(Value::Double)
                    .boxed()
            }
            Self::Decimal(scale) => (-40_i128..50).prop_map(move |digits| Value::Decimal { digits, scale }).boxed(),
            Self::Timestamp(_) | Self::Int96 => (0_i64..5, prop::sample::select(vec![0, 999_600_000, 1_000]))
                .prop_map(|(days, nanos)| Value::Timestamp { seconds: days * 43_200, nanos })
                .boxed(),
            Self::Date => (-3_i32..4).prop_map(Value::Date).boxed(),
            Self::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
            Self::Missing => Just(Value::Null).boxed(),
        };
        prop_oneof![1 => Just(Value::Null), 5 => some].boxed()
    }

    /// What a footer says of values.
    fn bounds(self, values: &[&Value]) -> Bounds {
        let is_nan = |value: &&&Value| matches!(value, Value::Double(f) if f.is_nan());
        let mut some: Vec<&&Value> = values.iter().filter(|value| !value.is_null() && !is_nan(value)).collect();
        some.sort_by(|one, other| one.order(other));
        let nulls = values.iter().filter(|value| value.is_null()).count() as u64;
        let is_float = matches!(self, Self::Float | Self::Double);
        let unknown =
            Bounds { nulls: Some(nulls), nan: if is_float { Nan::Perhaps } else { Nan::None }, ..Bounds::default() };
        if matches!(self, Self::Int96) {
            return unknown;
        }
        let low = some.first().map(|value| match value {
            Value::Text(text) => Value::Text(text_low(text).0),
            other => (**other).clone(),
        });
        let high = some.last().and_then(|value| match value {
            Value::Text(text) => Some(Value::Text(text_high(text)?.0)),
            other => Some((**other).clone()),
        });
        Bounds { low, high, ..unknown }
    }
}

fn kinds() -> impl Strategy<Value = Vec<Kind>> {
    let zone = -50_000_i64..50_000;
    let integer = prop::sample::select(vec!["tinyint", "int", "bigint"]).prop_map(Kind::Integer);
    let timestamp =
        prop_oneof![zone.prop_map(|z| Kind::Timestamp(Some(z))), Just(Kind::Timestamp(None)), Just(Kind::Int96)];
    let all = (
        integer,
        timestamp,
        prop_oneof![Just(Kind::Float), Just(Kind::Double)],
        prop_oneof![Just(Kind::Decimal(2)), Just(Kind::Decimal(4))],
    );
    (all, prop::collection::vec(any::<u8>(), 10)).prop_map(|((integer, timestamp, double, decimal), missing)| {
        let (float, cut, blanks) = (Kind::Float, Kind::Cut(3), Kind::Blanks(3));
        let kinds = [integer, Kind::Text, cut, float, double, decimal, timestamp, Kind::Date, Kind::Boolean, blanks];
        let of = |(kind, missing): (Kind, u8)| if missing < 40 { Kind::Missing } else { kind };
        kinds.into_iter().zip(missing).map(of).collect()
    })
}

/// A file: kinds of its columns, and row groups of rows.
#[derive(Debug, Clone)]
struct File {
    kinds: Vec<Kind>,
    groups: Vec<Vec<Vec<Value>>>,
    /// By column: whether the writer left its bounds, and its number of nulls, out.
    silent: Vec<(bool, bool)>,
}

fn file() -> impl Strategy<Value = File> {
    kinds().prop_flat_map(file_of)
}

fn file_of(kinds: Vec<Kind>) -> impl Strategy<Value = File> {
    let row: Vec<BoxedStrategy<Value>> = kinds.iter().map(|kind| kind.value()).collect();
    let groups = prop::collection::vec(prop::collection::vec(row, 1..4), 1..4);
    let silent = prop::collection::vec((prop::bool::weighted(0.15), prop::bool::weighted(0.15)), 10);
    (groups, silent).prop_map(move |(groups, silent)| File { kinds: kinds.clone(), groups, silent })
}

/// Files that one job wrote, and those of a job before it.
fn files() -> impl Strategy<Value = Vec<File>> {
    let job = || kinds().prop_flat_map(|kinds| prop::collection::vec(file_of(kinds), 1..5));
    (job(), job()).prop_map(|(one, other)| one.into_iter().chain(other).collect())
}

impl File {
    fn bounds(&self, column: usize, rows: &[Vec<Value>]) -> Bounds {
        let values: Vec<&Value> = rows.iter().map(|row| &row[column]).collect();
        let told = self.kinds[column].bounds(&values);
        let (no_bounds, no_nulls) = self.silent[column];
        Bounds {
            low: told.low.filter(|_| !no_bounds),
            high: told.high.filter(|_| !no_bounds),
            nulls: told.nulls.filter(|_| !no_nulls),
            ..told
        }
    }

    fn facts(&self) -> FileFacts {
        let there: Vec<usize> = (0..self.kinds.len()).filter(|at| !matches!(self.kinds[*at], Kind::Missing)).collect();
        let names = columns();
        let group = |(at, rows): (usize, &Vec<Vec<Value>>)| RowGroupFacts {
            offset: at as u64 * 100,
            length: 100,
            rows: rows.len() as u64,
            bounds: there.iter().map(|column| self.bounds(*column, rows)).collect(),
        };
        let all: Vec<Vec<Value>> = self.groups.iter().flatten().cloned().collect();
        let column = |column: &usize| ColumnFacts {
            name: names[*column].name.to_lowercase(),
            hive_type: self.kinds[*column].hive_type(),
            is_instant: matches!(self.kinds[*column], Kind::Timestamp(Some(_))),
            bounds: self.bounds(*column, &all),
            ..ColumnFacts::default()
        };
        let mut facts = FileFacts {
            rows: all.len() as u64,
            columns: there.iter().map(column).collect(),
            row_groups: self.groups.iter().enumerate().map(group).collect(),
        };
        facts.bound();
        facts
    }

    /// By row group, whether a row is kept.
    fn kept(&self, filter: &Filter, keys: &[Value]) -> Vec<bool> {
        let keeps = |row: &Vec<Value>| {
            let shown = row.iter().zip(&self.kinds).map(|(value, kind)| kind.shown(value));
            filter.matches_any_reading(&keys.iter().cloned().chain(shown).collect::<Vec<_>>())
        };
        self.groups.iter().map(|rows| rows.iter().any(keeps)).collect()
    }
}

fn condition() -> impl Strategy<Value = String> {
    let op = || prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">=", "<=>"]);
    let text = || prop_oneof!["[ab]{0,4}", "[ab]".prop_map(|last| "a".repeat(70) + &last), "[0-9]{1,2}"];
    let leaf = prop_oneof![
        (op(), -5_i64..6).prop_map(|(op, n)| format!("id {op} {n}")),
        (op(), text()).prop_map(|(op, t)| format!("s {op} '{t}'")),
        (op(), 0..20).prop_map(|(op, n)| format!("s {op} {n}")),
        (op(), text()).prop_map(|(op, t)| format!("v {op} '{t}'")),
        (op(), "[ab]{0,2} {0,2}").prop_map(|(op, t)| format!("c {op} '{t}'")),
        (prop::sample::select(vec!["f", "d", "m"]), op(), -5_i32..6)
            .prop_map(|(name, op, n)| format!("{name} {op} {}", f64::from(n) / 4.0)),
        (op(), 0..5, 0..24).prop_map(|(op, day, hour)| format!("t {op} '1970-01-0{} {hour:02}:00:00'", day + 1)),
        (op(), 1..5).prop_map(|(op, day)| format!("e {op} '1970-01-0{day}'")),
        any::<bool>().prop_map(|b| format!("b = {b}")),
        (op(), "[xy]").prop_map(|(op, t)| format!("k {op} '{t}'")),
        (op(), 0..3).prop_map(|(op, n)| format!("h {op} {n}")),
        (-5_i64..3, 0_i64..6).prop_map(|(low, high)| format!("id between {low} and {high}")),
        (-5_i64..6, -5_i64..6).prop_map(|(one, two)| format!("id in ({one}, {two})")),
        (text(), text()).prop_map(|(one, two)| format!("s in ('{one}', '{two}')")),
        ("[ab]{0,2}[%_.]?", prop::sample::select(vec!["s", "v"])).prop_map(|(t, name)| format!("{name} like '{t}%'")),
        prop::sample::select(vec!["id", "s", "f", "t", "m", "b"]).prop_map(|name| format!("{name} is null")),
        prop::sample::select(vec!["id", "s", "d", "e", "v"]).prop_map(|name| format!("{name} is not null")),
    ];
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|all| format!("({})", all.join(" and "))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|all| format!("({})", all.join(" or "))),
            inner.prop_map(|one| format!("not ({one})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn no_row_is_lost(text in condition(), file in file(), key in "[xy]", hour in 0_i64..3) {
        let all: Vec<Column> = keys().into_iter().chain(columns()).collect();
        let filter = Filter::parse(&text, &all).unwrap();
        let mut scan = ScanFilter::parse(&text, &keys(), &columns()).unwrap();
        let values = [key, hour.to_string()];
        let keys_of = scan.key_values(&values);
        let kept = file.kept(&filter, &keys_of);
        if kept.contains(&true) {
            let of_keys = Filter::parse(scan.partitions(), &keys()).unwrap();
            prop_assert!(of_keys.matches_any_reading(&of_keys.values(&values)), "the partition: {text}");
            prop_assert!(scan.may_keep_partition(&keys_of), "the partition by its values: {text}");
            let facts = scan.facts(&file.facts().to_text()).unwrap();
            let Some(groups) = scan.row_groups(&keys_of, &facts) else { return Err(TestCaseError::fail(text)) };
            for (at, is_kept) in kept.iter().enumerate() {
                let there = facts.row_groups.len() == 1 || groups.iter().any(|group| group.offset == at as u64 * 100);
                prop_assert!(there || !is_kept, "row group {at}: {text}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn a_block_says_of_its_files_what_they_say(text in condition(), files in files(), key in "[xy]", hour in 0_i64..3) {
        let mut scan = ScanFilter::parse(&text, &keys(), &columns()).unwrap();
        let keys_of = scan.key_values(&[key, hour.to_string()]);
        let facts: Vec<FileFacts> = files.iter().map(File::facts).collect();
        let filled = Filled::of([], 1, facts.iter().map(|facts| (1, facts)));
        for (file, number) in facts.iter().zip(&filled.numbers) {
            let block = filled.new.iter().find(|block| block.number == *number).unwrap();
            let stored = scan.facts(&block.facts.to_text()).unwrap();
            let is_kept = scan.row_groups(&keys_of, file).is_some();
            prop_assert!(scan.may_keep_file(&keys_of, &stored) || !is_kept, "{text}");
        }
        let of_files = statistics_of(&columns(), &facts.iter().collect::<Vec<_>>(), 1);
        let blocks: Vec<&FileFacts> = filled.new.iter().map(|block| &block.facts).collect();
        prop_assert_eq!(of_files, statistics_of(&columns(), &blocks, 1));
    }
}

#[test]
fn what_cannot_match_is_left_out() {
    let of = |name: &str, hive_type: &str, low: Value, high: Value| ColumnFacts {
        name: name.to_owned(),
        hive_type: hive_type.to_owned(),
        bounds: Bounds { low: Some(low), high: Some(high), nulls: Some(0), ..Bounds::default() },
        ..ColumnFacts::default()
    };
    let text = |text: &str| Value::Text(text.to_owned());
    let int = |low: i64, high: i64| of("id", "int", Value::Integer(low), Value::Integer(high));
    let group = |at: u64, low: i64, high: i64| RowGroupFacts {
        offset: at,
        length: 10,
        rows: 5,
        bounds: vec![int(low, high).bounds, of("s", "string", text("b"), text("d")).bounds],
    };
    let facts = FileFacts {
        rows: 10,
        columns: vec![int(10, 39), of("s", "string", text("b"), text("d"))],
        row_groups: vec![group(4, 10, 19), group(14, 30, 39)],
    };
    let offsets = |filter: &str| {
        let mut scan = ScanFilter::parse(filter, &keys(), &columns()).unwrap();
        let keys = scan.key_values(&["x".to_owned(), "05".to_owned()]);
        let groups = scan.row_groups(&keys, &facts)?;
        Some(groups.iter().map(|group| group.offset).collect::<Vec<_>>())
    };
    assert_eq!(offsets(""), Some(vec![4, 14]));
    assert_eq!(offsets("ID < 20"), Some(vec![4]));
    assert_eq!(offsets("id between 20 and 29"), None, "between the row groups");
    assert_eq!(offsets("id = 40"), None);
    assert_eq!(offsets("s like 'e%' or id > 39"), None);
    assert_eq!(offsets("s like 'c%' and id >= 30"), Some(vec![14]));
    assert_eq!(offsets("d > 1.0"), None, "a column that the file has not is NULL");
    assert_eq!(offsets("d is null and id = 12"), Some(vec![4]));
    assert_eq!(offsets("h = 6 or id = 40"), None);
    assert_eq!(offsets("h = 5 or id = 40"), Some(vec![4, 14]));
    // The default partition's name is a text in a file.
    assert_eq!(offsets("s = '__HIVE_DEFAULT_PARTITION__'"), Some(vec![4, 14]));
}

#[test]
fn conditions_of_keys_are_for_partitions() {
    let of = |text: &str| ScanFilter::parse(text, &keys(), &columns()).unwrap();
    assert_eq!(of("K = 'x' and id = 5 and (h = 1 or h = 2)").partitions(), "K = \"x\" and (h = 1 or h = 2)");
    assert_eq!(of("h = 1 or id = 5").partitions(), "");
    assert!(of("h = 1 and k like 'a%'").is_answered_by_partitions() && of(" ").is_answered_by_partitions());
    let scan = of("h = 1 or (h = 2 and id = 5)");
    let keeps = |hour: &str| scan.may_keep_partition(&scan.key_values(&["x".to_owned(), hour.to_owned()]));
    assert_eq!([keeps("1"), keeps("2"), keeps("3")], [true, true, false]);
}

#[test]
fn a_column_that_is_not_there_is_named() {
    let error = ScanFilter::parse("k = 'x' and nobody > 1", &keys(), &columns()).unwrap_err();
    let message = error.message.as_ref();
    assert!(message.contains("`nobody`") && message.contains("k, h, Id, s, V"), "{message}");
    let error = ScanFilter::parse("e = 5", &keys(), &columns()).unwrap_err();
    assert!(error.message.contains("at character"), "{error}");
    assert!(ScanFilter::parse("k = ", &keys(), &columns()).is_err());
}
