//! Filters that are well formed and do not fit their table: the errors say where and what was expected.

use proptest::prelude::*;

use crate::Kind;
use crate::filter::Filter;
use crate::table::Column;

fn columns() -> Vec<Column> {
    let column = |(name, type_name): (&str, &str)| Column {
        name: name.into(),
        type_name: Some(type_name.into()),
        comment: None,
    };
    let types = [
        ("s", "string"),
        ("i", "int"),
        ("n", "decimal(10,2)"),
        ("f", "double"),
        ("b", "boolean"),
        ("d", "date"),
        ("t", "timestamp"),
    ];
    types.map(column).into()
}

const KEYS: &str = "is not a partitioning key for the table: expected one of [s, i, n, f, b, d, t]";
const NUMBER: &str = "expected a number";
const FLAG: &str = "a key of type boolean cannot be compared with a number: expected true or false";
const DATE: &str = "expected a date as yyyy-mm-dd or a timestamp as yyyy-mm-dd hh:mm:ss";
const TIMESTAMP: &str = "expected a timestamp as yyyy-mm-dd hh:mm:ss[.fffffffff] or a date as yyyy-mm-dd";

/// A filter, what is said of it, and the character that it is said of.
const MISFITS: &[(&str, &str, usize)] = &[
    // Keys that are none, wherever they stand.
    ("x = 5", KEYS, 1),
    ("i = 5 and `größe` = 5", KEYS, 11),
    ("'é' = x", KEYS, 7),
    ("s = 'ü' or not (x in (1, 2))", KEYS, 17),
    ("(struct(s, X, i)) in (struct('a', 1, 2))", KEYS, 12),
    ("x is null", KEYS, 1),
    ("i = 1 and x like 'a'", KEYS, 11),
    ("i = 1 and (s = 'a' or x between 1 and 2)", KEYS, 23),
    // An unknown key is told before what does not fit, as it always was.
    ("i = 'x' and x = 5", KEYS, 13),
    // Literals that their keys cannot be compared with.
    ("i = 'x'", "a key of type int cannot be compared with a string: expected a number", 5),
    ("'x' = i", NUMBER, 1),
    ("i > ''", NUMBER, 5),
    ("i = 2024-01-01", NUMBER, 5),
    ("i = date '2024-01-01'", NUMBER, 5),
    ("s = 5 and i = true", NUMBER, 15),
    ("n < 'NaN' and n < '1,5'", NUMBER, 19),
    ("f = 1e300 or f = false", NUMBER, 18),
    ("i in (1, '2', 'x', 4)", NUMBER, 15),
    ("(i) not in (1, \"__HIVE_DEFAULT_PARTITION__\", 'x')", NUMBER, 46),
    ("i = '__HIVE_DEFAULT_PARTITION__' or i < '__HIVE_DEFAULT_PARTITION__'", NUMBER, 41),
    ("i between 1 and 'x'", NUMBER, 17),
    ("i not between 'x' and 1", NUMBER, 15),
    ("struct(s, i) in (struct('a', 1), const struct('x', 'y'))", NUMBER, 52),
    (
        "struct(i, i) in (struct(1, '__HIVE_DEFAULT_PARTITION__'), struct('__HIVE_DEFAULT_PARTITION__', 'x'))",
        NUMBER,
        96,
    ),
    ("b = 2", FLAG, 5),
    ("b != 'yes'", "expected true or false", 6),
    ("d = 5", "a key of type date cannot be compared with a number", 5),
    ("d >= '2024-02'", DATE, 6),
    ("d = '2023-02-29'", DATE, 5),
    ("not (d = 2024-02-29 and d > 'x')", DATE, 29),
    ("t = 1.5", "a key of type timestamp cannot be compared with a number", 5),
    ("t >= '2024-02'", TIMESTAMP, 6),
    ("t = ' 2024-02-29'", TIMESTAMP, 5),
    ("t = '2024-02-29 24:00:00'", TIMESTAMP, 5),
    // As in the language's other messages, characters are counted and not bytes.
    ("s = '日本😀' and i = 'x'", NUMBER, 19),
    ("s = 'a' 'b' and i = 'x'", NUMBER, 21),
    ("s like 'a%' and i = 'x'", NUMBER, 21),
    ("not not i = 'x'", NUMBER, 13),
];

#[test]
fn errors_name_the_place_and_what_was_expected() {
    for (text, message, character) in MISFITS {
        let error = Filter::parse(text, &columns()).expect_err(text);
        assert_eq!(error.kind, Kind::Meta, "{text}");
        assert!(error.message.contains(message), "{text}: {error}");
        assert!(error.message.ends_with(&format!(" (at character {character})")), "{text}: {error}");
    }
}

#[test]
fn many_keys_are_not_all_named() {
    let column = |n| Column { name: format!("k{n}"), type_name: None, comment: None };
    let columns: Vec<Column> = (0..17).map(column).collect();
    let error = Filter::parse("x = 1", &columns).unwrap_err();
    assert!(error.message.contains("[k0, k1,") && error.message.contains(", k15, …] (at"), "{error}");
}

proptest! {
    /// Whatever stands before it, the one misfit is found where it is.
    #[test]
    fn the_place_is_that_of_the_misfit(
        before in prop::collection::vec(prop::sample::select(vec![
            "s = 'é'", "i in (1, 2)", "'a' != s", "not (s like '%' or d is null)", "true = b", "n between 1 and 2.5",
            "(struct(s, i)) in (struct('a', 1), struct('__HIVE_DEFAULT_PARTITION__', 2))", "t > 2024-02-29 00:00:00.5",
            "((i = 1 or i = 2) or i = 3)", "1e3 < f", "date '2024-01-01' = d", "s = 'a' \"b\"",
        ]), 0..6),
        misfit in prop::sample::select(vec![("x = 5", 0), ("i = 'x'", 4), ("'x' < i", 0), ("d in (2024-01-01, 5)", 18)]),
        glue in prop::sample::select(vec![" and ", " or ", "\tAND not\n"]),
    ) {
        let mut text = String::new();
        for condition in &before {
            text = format!("{text}{condition}{glue}");
        }
        let place = text.chars().count() + misfit.1 + 1;
        text.push_str(misfit.0);
        for after in before {
            text = format!("{text}{glue}{after}");
        }
        let error = Filter::parse(&text, &columns()).unwrap_err();
        prop_assert!(error.message.ends_with(&format!(" (at character {place})")), "{}: {}", text, error);
    }
}
