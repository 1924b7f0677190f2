//! Random filters on random partitions against an oracle that shares nothing with what it checks: it makes the filter's
//! text from a model of its own, whose values are plain Rust numbers, tuples and strings, and evaluates the model.

use std::cmp::Ordering;
use std::fmt::Write;

use proptest::prelude::*;
use proptest::sample::select;

use crate::filter::parse::parse;
use crate::filter::{Filter, Reading, Selector, Truth};
use crate::table::Column;

const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// The table: one key of each kind.
const KEYS: [(&str, &str); 8] = [
    ("s", "string"),
    ("date", "date"), // a keyword as a name
    ("I", "int"),
    ("n", "decimal(10,2)"),
    ("f", "double"),
    ("t", "timestamp"),
    ("b", "boolean"),
    ("c", "char(4)"),
];

/// A value of the model. Numbers are in thousandths.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    Text(&'static str),
    Number(i64),
    Flag(bool),
    /// Year, month, day, seconds of the day, tenths.
    Moment((i32, u32, u32, u32, u32)),
}

/// Partition texts of each key with what they mean; none is NULL.
fn texts(key: usize) -> Vec<(&'static str, Option<Item>)> {
    let text = |text: &'static str| (text, Some(Item::Text(text)));
    let number = |text: &'static str, n: i64| (text, Some(Item::Number(n)));
    let moment = |text: &'static str, moment| (text, Some(Item::Moment(moment)));
    let mut texts = match key {
        0 => vec![
            text("a"),
            text("b"),
            text("ab"),
            text("ba"),
            text(""),
            text("5"),
            text("05"),
            text("7.5"),
            text("a_%."),
            text("é"),
        ],
        1 => vec![
            moment("2024-02-29", (2024, 2, 29, 0, 0)),
            moment("2024-3-1", (2024, 3, 1, 0, 0)),
            moment("1969-12-31", (1969, 12, 31, 0, 0)),
            ("2023-02-29", None),
            ("x", None),
        ],
        2 => vec![
            number("5", 5000),
            number("05", 5000),
            number("-3", -3000),
            number("10", 10_000),
            ("5.0", None),
            ("99999999999", None),
        ],
        3 => vec![
            number("5", 5000),
            number("5.00", 5000),
            number("7.5", 7500),
            number("-3.25", -3250),
            ("123456789", None),
            ("", None),
        ],
        4 => vec![number("5", 5000), number("5.0", 5000), number("7.5", 7500), number("-325e-2", -3250), ("x", None)],
        5 => vec![
            moment("2024-02-29 00:00:00", (2024, 2, 29, 0, 0)),
            moment("2024-02-29 00:00:01.5", (2024, 2, 29, 1, 5)),
            moment("2024-03-01", (2024, 3, 1, 0, 0)),
            ("2024-02-29 24:00:00", None),
        ],
        6 => vec![("true", Some(Item::Flag(true))), ("FALSE", Some(Item::Flag(false))), ("1", None)],
        _ => vec![
            ("a", Some(Item::Text("a"))),
            ("a  ", Some(Item::Text("a"))),
            ("b", Some(Item::Text("b"))),
            ("a b ", Some(Item::Text("a b"))),
        ],
    };
    texts.push((NULL, None));
    texts
}

/// Literals to compare each key with, as written, with what they mean.
fn literals(key: usize) -> Vec<(&'static str, Option<Item>)> {
    let text = |written: &'static str, text| (written, Some(Item::Text(text)));
    let number = |written: &'static str, n: i64| (written, Some(Item::Number(n)));
    let moment = |written: &'static str, moment| (written, Some(Item::Moment(moment)));
    let numbers = || {
        vec![
            number("5", 5000),
            number("'5'", 5000),
            number("7.5", 7500),
            number("-3.25", -3250),
            number("7", 7000),
            ("'x'", None),
        ]
    };
    match key {
        0 => vec![
            text("'a'", "a"),
            text("\"ab\"", "ab"),
            text("''", ""),
            text("'5'", "5"),
            text("'é'", "é"),
            number("5", 5000),
            number("7.50", 7500),
            text("2024-02-29", "2024-02-29"),
        ],
        1 | 5 => vec![
            moment("'2024-02-29'", (2024, 2, 29, 0, 0)),
            moment("2024-03-01", (2024, 3, 1, 0, 0)),
            moment("DATE '1969-12-31'", (1969, 12, 31, 0, 0)),
            moment("2024-02-29 00:00:01.5", (2024, 2, 29, 1, 5)),
            moment("'2024-02-29 00:00:00.5'", (2024, 2, 29, 0, 5)),
            moment("timestamp '2024-02-28 23:59:59'", (2024, 2, 28, 86_399, 0)),
            ("'2024-02'", None),
        ],
        2..=4 => numbers(),
        6 => vec![
            ("true", Some(Item::Flag(true))),
            ("False", Some(Item::Flag(false))),
            ("'TRUE'", Some(Item::Flag(true))),
            ("'x'", None),
        ],
        _ => vec![text("'a'", "a"), text("'a   '", "a"), text("'b'", "b"), text("' a'", " a")],
    }
}

fn order(left: Option<&Item>, right: Option<&Item>) -> Option<Ordering> {
    match (left?, right?) {
        (Item::Text(left), Item::Text(right)) => Some(left.cmp(right)),
        (Item::Number(left), Item::Number(right)) => Some(left.cmp(right)),
        (Item::Flag(left), Item::Flag(right)) => Some(left.cmp(right)),
        (Item::Moment(left), Item::Moment(right)) => Some(left.cmp(right)),
        // Text beside a number is read as one.
        (Item::Text(text), Item::Number(right)) => {
            Some((text.parse::<f64>().ok()? * 1000.0).total_cmp(&(*right as f64)))
        }
        other => panic!("the model compares {other:?}"),
    }
}

type Literal = (&'static str, Option<Item>);

#[derive(Debug, Clone)]
enum Model {
    Compare {
        key: usize,
        op: &'static str,
        literal: Literal,
        reversed: bool,
    },
    /// Equality with the default partition's name.
    Default {
        key: usize,
        negated: bool,
    },
    Between {
        key: usize,
        negated: bool,
        low: Literal,
        high: Literal,
    },
    In {
        key: usize,
        negated: bool,
        bracketed: bool,
        default: bool,
        list: Vec<Literal>,
    },
    Structs {
        keys: [usize; 2],
        negated: bool,
        rows: Vec<[Literal; 2]>,
    },
    Like {
        negated: bool,
        atoms: Vec<&'static str>,
    },
    IsNull {
        key: usize,
        negated: bool,
    },
    Not(Box<Model>),
    And(Vec<Model>),
    Or(Vec<Model>),
}

fn literal(key: usize) -> impl Strategy<Value = Literal> {
    select(literals(key))
}

fn condition() -> impl Strategy<Value = Model> {
    let key = 0..KEYS.len();
    let compare = (key.clone(), select(vec!["=", "==", "!=", "<>", "<", "<=", ">", ">="]), any::<bool>())
        .prop_flat_map(|(key, op, reversed)| {
            literal(key).prop_map(move |literal| Model::Compare { key, op, literal, reversed })
        });
    let default = (key.clone(), any::<bool>()).prop_map(|(key, negated)| Model::Default { key, negated });
    let between = (key.clone(), any::<bool>()).prop_flat_map(|(key, negated)| {
        (literal(key), literal(key)).prop_map(move |(low, high)| Model::Between { key, negated, low, high })
    });
    let list = (key.clone(), any::<bool>(), any::<bool>(), any::<bool>()).prop_flat_map(
        |(key, negated, bracketed, default)| {
            proptest::collection::vec(literal(key), 1..4).prop_map(move |list| Model::In {
                key,
                negated,
                bracketed,
                default,
                list,
            })
        },
    );
    let structs = ((key.clone(), key.clone()), any::<bool>()).prop_flat_map(|((a, b), negated)| {
        let row = (literal(a), literal(b)).prop_map(|(a, b)| [a, b]);
        proptest::collection::vec(row, 1..4).prop_map(move |rows| Model::Structs { keys: [a, b], negated, rows })
    });
    let atoms = select(vec!["a", "b", "%", "_", ".", ".*", "a*", "é"]);
    let like = (any::<bool>(), proptest::collection::vec(atoms, 0..4))
        .prop_map(|(negated, atoms)| Model::Like { negated, atoms });
    let null = (key, any::<bool>()).prop_map(|(key, negated)| Model::IsNull { key, negated });
    prop_oneof![5 => compare, 1 => default, 1 => between, 2 => list, 1 => structs, 2 => like, 1 => null]
}

fn model() -> impl Strategy<Value = Model> {
    condition().prop_recursive(4, 24, 4, |inner| {
        let several = || proptest::collection::vec(inner.clone(), 1..5);
        prop_oneof![
            several().prop_map(Model::And),
            several().prop_map(Model::Or),
            inner.clone().prop_map(|m| Model::Not(Box::new(m)))
        ]
    })
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

fn key_text(key: usize) -> &'static str {
    KEYS[key].0
}

fn text(model: &Model) -> String {
    let listed = |items: Vec<String>| items.join(", ");
    match model {
        Model::Compare { key, op, literal: (literal, _), reversed: false } => {
            format!("{} {op} {literal}", key_text(*key))
        }
        Model::Compare { key, op, literal: (literal, _), reversed: true } => {
            format!("{literal} {op} {}", key_text(*key))
        }
        Model::Default { key, negated } => format!("{} {} '{NULL}'", key_text(*key), if *negated { "!=" } else { "=" }),
        Model::Between { key, negated, low, high } => {
            format!("{} {}between {} and {}", key_text(*key), not(*negated), low.0, high.0)
        }
        Model::In { key, negated, bracketed, default, list } => {
            let mut items: Vec<String> = list.iter().map(|(written, _)| (*written).to_owned()).collect();
            if *default {
                items.insert(items.len() / 2, format!("\"{NULL}\""));
            }
            let key = if *bracketed { format!("({})", key_text(*key)) } else { key_text(*key).to_owned() };
            format!("{key} {}IN ({})", not(*negated), listed(items))
        }
        Model::Structs { keys: [a, b], negated, rows } => {
            let rows = rows.iter().map(|[a, b]| format!("CONST STRUCT({}, {})", a.0, b.0)).collect();
            format!("(STRUCT({},{})) {}IN ({})", key_text(*a), key_text(*b), not(*negated), listed(rows))
        }
        Model::Like { negated, atoms } => format!("s {}like '{}'", not(*negated), atoms.concat()),
        Model::IsNull { key, negated } => format!("{} is {}null", key_text(*key), not(*negated)),
        Model::Not(inner) => format!("not ({})", text(inner)),
        Model::And(children) => joined(children, " and "),
        Model::Or(children) => joined(children, " OR "),
    }
}

fn joined(children: &[Model], glue: &str) -> String {
    let mut whole = String::new();
    for (at, child) in children.iter().enumerate() {
        write!(whole, "{}({})", if at > 0 { glue } else { "" }, text(child)).unwrap();
    }
    whole
}

type Row = Vec<(&'static str, Option<Item>)>;

fn holds(model: &Model, row: &Row, reading: Reading) -> Option<bool> {
    let equal = |key: usize, literal: &Literal| order(row[key].1.as_ref(), literal.1.as_ref()).map(Ordering::is_eq);
    let negate = |negated: bool, truth: Option<bool>| truth.map(|truth| truth != negated);
    match model {
        Model::Compare { key, op, literal, reversed } => {
            let order = order(row[*key].1.as_ref(), literal.1.as_ref())?;
            let order = if *reversed { order.reverse() } else { order };
            Some(match *op {
                "=" | "==" => order.is_eq(),
                "!=" | "<>" => order.is_ne(),
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                ">" => order.is_gt(),
                _ => order.is_ge(),
            })
        }
        Model::Default { key, negated } | Model::IsNull { key, negated } => Some(row[*key].1.is_none() != *negated),
        Model::Between { key, negated, low, high } => {
            let above = order(row[*key].1.as_ref(), low.1.as_ref()).map(Ordering::is_ge);
            let below = order(row[*key].1.as_ref(), high.1.as_ref()).map(Ordering::is_le);
            negate(*negated, all([above, below]))
        }
        Model::In { key, negated, default, list, .. } => {
            let null = (*default).then(|| Some(row[*key].1.is_none()));
            negate(*negated, some(list.iter().map(|literal| equal(*key, literal)).chain(null)))
        }
        Model::Structs { keys, negated, rows } => {
            let rows = rows.iter().map(|items| all([equal(keys[0], &items[0]), equal(keys[1], &items[1])]));
            negate(*negated, some(rows))
        }
        Model::Like { negated, atoms } => {
            row[0].1.as_ref()?;
            let characters: Vec<char> = row[0].0.chars().collect();
            Some(like(&tokens(atoms, reading), &characters) != *negated)
        }
        Model::Not(inner) => negate(true, holds(inner, row, reading)),
        Model::And(children) => all(children.iter().map(|child| holds(child, row, reading))),
        Model::Or(children) => some(children.iter().map(|child| holds(child, row, reading))),
    }
}

/// Kleene's AND and OR, over all without stopping early.
fn all(items: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let items: Vec<_> = items.into_iter().collect();
    if items.contains(&Some(false)) {
        Some(false)
    } else if items.contains(&None) {
        None
    } else {
        Some(true)
    }
}

fn some(items: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let items: Vec<_> = items.into_iter().collect();
    if items.contains(&Some(true)) {
        Some(true)
    } else if items.contains(&None) {
        None
    } else {
        Some(false)
    }
}

/// One character (none: any), once or as often as one likes.
type Token = (Option<char>, bool);

fn tokens(atoms: &[&str], reading: Reading) -> Vec<Token> {
    let pattern: Vec<char> = atoms.concat().chars().collect();
    let mut tokens = Vec::new();
    for (at, c) in pattern.iter().enumerate() {
        match (reading, c) {
            (Reading::Sql, '%') => tokens.push((None, true)),
            (Reading::Sql, '_') => tokens.push((None, false)),
            (Reading::JavaRegex, '*') => {}
            (Reading::JavaRegex, c) => {
                let any = (*c != '.').then_some(*c);
                tokens.push((any, pattern.get(at + 1) == Some(&'*')));
            }
            (Reading::Sql, c) => tokens.push((Some(*c), false)),
        }
    }
    tokens
}

fn like(tokens: &[Token], text: &[char]) -> bool {
    let Some(((wanted, repeated), rest)) = tokens.split_first() else { return text.is_empty() };
    let first = text.first().is_some_and(|c| wanted.is_none_or(|wanted| wanted == *c));
    (*repeated && like(rest, text)) || (first && like(if *repeated { tokens } else { rest }, &text[1..]))
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row: Vec<_> = (0..KEYS.len()).map(|key| select(texts(key))).collect();
    proptest::collection::vec(row, 1..12)
}

/// A filter text and partitions' values, for whoever evaluates filters in another way.
pub(crate) fn filter_and_partitions() -> impl Strategy<Value = (String, Vec<Vec<String>>)> {
    let plain = |row: Row| row.into_iter().map(|(text, _)| text.to_owned()).collect();
    (model(), rows()).prop_map(move |(model, rows)| (text(&model), rows.into_iter().map(plain).collect()))
}

/// The texts of each key.
pub(crate) fn partition_texts() -> Vec<Vec<&'static str>> {
    (0..KEYS.len()).map(|key| texts(key).into_iter().map(|(text, _)| text).collect()).collect()
}

/// The partition keys of both.
pub(crate) fn columns() -> Vec<Column> {
    let column = |(name, type_name): (&str, &str)| Column {
        name: name.to_lowercase(),
        type_name: Some(type_name.to_owned()),
        comment: None,
    };
    KEYS.map(column).into()
}

fn as_truth(truth: Option<bool>) -> Truth {
    truth.map_or(Truth::Null, Truth::from)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn filters_agree_with_the_oracle(model in model(), rows in rows()) {
        let text = text(&model);
        let tree = parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let printed = tree.to_string();
        prop_assert_eq!(parse(&printed), Ok(tree.clone()), "{} printed as {}", text, printed);
        let filter = match Filter::bind(tree, &columns()) {
            Ok(filter) => filter,
            Err(error) => {
                // Of what is made here, only a text that its key's type cannot hold is refused.
                prop_assert!(error.message.contains("cannot be compared with a"), "{}: {}", text, error);
                return Ok(());
            }
        };
        let mut selector = Selector::new(&filter);
        // Twice: the second time from what the selector keeps.
        for row in rows.iter().chain(&rows) {
            let partition: Vec<String> = row.iter().map(|(text, _)| (*text).to_owned()).collect();
            let values = filter.values(&partition);
            let [sql, java_regex] = [Reading::Sql, Reading::JavaRegex].map(|reading| as_truth(holds(&model, row, reading)));
            prop_assert_eq!(filter.evaluate(&values, Reading::Sql), sql, "{} on {:?}", text, partition);
            prop_assert_eq!(filter.evaluate(&values, Reading::JavaRegex), java_regex, "{} on {:?}", text, partition);
            let verdict = selector.select(&partition);
            prop_assert_eq!((verdict.sql, verdict.java_regex), (sql, java_regex), "{} on {:?}", text, partition);
            let (by_sql, by_regex) = (sql == Truth::True, java_regex == Truth::True);
            prop_assert_eq!(filter.matches_any_reading(&values), by_sql || by_regex);
            prop_assert_eq!(filter.readings_differ(&values), by_sql != by_regex);
            prop_assert_eq!((verdict.keeps(), verdict.readings_differ()), (by_sql || by_regex, by_sql != by_regex));
        }
    }
}
