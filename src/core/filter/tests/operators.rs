//! Every operator on every key type, with the default partition and values that the type cannot hold.

use crate::Kind;
use crate::filter::{CompareOp, Expr, Filter, LikeDialect, Reading, Truth, Value};
use crate::function::Generation;
use crate::table::Column;
use crate::types::{IntegerWidth, KeyType};

const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

fn keys(types: &[&str]) -> Vec<Column> {
    let column = |(n, type_name): (usize, &&str)| Column {
        name: ["k", "l", "m"][n].to_owned(),
        type_name: Some((*type_name).to_owned()),
        comment: None,
    };
    types.iter().enumerate().map(column).collect()
}

fn truth(type_name: &str, text: &str, value: &str) -> Truth {
    let filter =
        Filter::parse(text, &keys(&[type_name])).unwrap_or_else(|error| panic!("{type_name}: {text}: {error}"));
    filter.evaluate(&filter.values(&[value.to_owned()]), Reading::Sql)
}

/// Type, three literals in ascending order, partition values equal to each of them, values that the type cannot hold.
struct Sample {
    type_name: &'static str,
    literals: [&'static str; 3],
    values: [&'static [&'static str]; 3],
    unparsable: &'static [&'static str],
}

const SAMPLES: &[Sample] = &[
    Sample {
        type_name: "string",
        literals: ["'10'", "'9'", "'a'"],
        values: [&["10"], &["9"], &["a"]],
        unparsable: &[],
    },
    Sample {
        type_name: "varchar(5)",
        literals: ["'B'", "'a'", "'é'"],
        values: [&["B"], &["a"], &["é"]],
        unparsable: &[],
    },
    Sample {
        type_name: "char(5)",
        literals: ["'a '", "'b'", "'c   '"],
        values: [&["a", "a   "], &["b", "b "], &["c"]],
        unparsable: &[],
    },
    Sample { type_name: "binary", literals: ["'a'", "'b'", "'c'"], values: [&["a"], &["b"], &["c"]], unparsable: &[] },
    Sample {
        type_name: "tinyint",
        literals: ["-128", "5", "'127'"],
        values: [&["-128"], &["5", "05", "+5"], &["127"]],
        unparsable: &["128", "", "5.0", "x", " 5", "0x5"],
    },
    Sample {
        type_name: "smallint",
        literals: ["-300", "0.0", "300"],
        values: [&["-300"], &["0", "-0", "00"], &["300"]],
        unparsable: &["32768", "1e2"],
    },
    Sample {
        type_name: "int",
        literals: ["9", "10", "'2147483647'"],
        values: [&["9", "09"], &["10"], &["2147483647"]],
        unparsable: &["2147483648", "2024-01-01", "true"],
    },
    Sample {
        type_name: "bigint",
        literals: ["-9223372036854775808", "9223372036854775806", "9223372036854775807"],
        values: [&["-9223372036854775808"], &["9223372036854775806"], &["9223372036854775807"]],
        unparsable: &["9223372036854775808"],
    },
    Sample {
        type_name: "decimal(38,10)",
        literals: ["-1.5", "9999999999999999999999999999.0000000001", "9999999999999999999999999999.0000000002"],
        values: [
            &["-1.5", "-1.50000000000", "-15e-1"],
            &["9999999999999999999999999999.0000000001"],
            &["9999999999999999999999999999.0000000002"],
        ],
        unparsable: &["99999999999999999999999999999", "NaN", "1,5", ""],
    },
    Sample {
        type_name: "decimal(4,2)",
        literals: ["1", "1.01", "'99.99'"],
        values: [&["1", "1.0", "01.00", "1.004"], &["1.01", "1.005"], &["99.99"]],
        unparsable: &["100", "99.995"],
    },
    Sample {
        type_name: "double",
        literals: ["-1e300", "0.1", "'Infinity'"],
        values: [&["-1e300", "-1E300"], &["0.1", "1e-1", ".1"], &["Infinity"]],
        unparsable: &["inf", "nan", "x", ""],
    },
    Sample {
        type_name: "float",
        literals: ["-1", "0.1", "16777216"],
        values: [&["-1", "-1.0"], &["0.1"], &["16777216"]],
        unparsable: &["x"],
    },
    Sample {
        type_name: "date",
        literals: ["'1969-12-31'", "DATE '2024-02-29'", "2024-03-01"],
        values: [&["1969-12-31"], &["2024-02-29", "2024-2-29", "2024-02-29 10:00:00"], &["2024-03-01"]],
        unparsable: &["2023-02-29", "2024-02", "20240229", "x", ""],
    },
    Sample {
        type_name: "timestamp",
        literals: ["'2024-02-29'", "2024-02-29 00:00:00.5", "TIMESTAMP '2024-02-29 00:00:01'"],
        values: [
            &["2024-02-29", "2024-02-29 00:00:00", "2024-02-29 00:00:00.0"],
            &["2024-02-29 00:00:00.5", "2024-02-29 00:00:00.500000000"],
            &["2024-02-29 00:00:01"],
        ],
        unparsable: &["2024-02-30 00:00:00", "2024-02-29 00:00", "x"],
    },
];

fn check(sample: &Sample, text: &str, expected: [Truth; 3]) {
    for (values, expected) in sample.values.iter().zip(expected) {
        for value in *values {
            assert_eq!(truth(sample.type_name, text, value), expected, "{}: {text} on {value:?}", sample.type_name);
        }
    }
    for value in sample.unparsable.iter().chain([&NULL]) {
        assert_eq!(truth(sample.type_name, text, value), Truth::Null, "{}: {text} on {value:?}", sample.type_name);
    }
}

#[test]
fn comparisons() {
    use Truth::{False as F, True as T};
    for sample in SAMPLES {
        let [low, middle, high] = sample.literals;
        let cases = [
            ("=", [F, T, F]),
            ("==", [F, T, F]),
            ("!=", [T, F, T]),
            ("<>", [T, F, T]),
            ("<", [T, F, F]),
            ("<=", [T, T, F]),
            (">", [F, F, T]),
            (">=", [F, T, T]),
        ];
        for (op, expected) in cases {
            check(sample, &format!("K {op} {middle}"), expected);
            check(sample, &format!("not (not k {op} {middle})"), expected);
        }
        check(sample, &format!("{middle} < k"), [F, F, T]);
        check(sample, &format!("{middle} >= k"), [T, T, F]);
        check(sample, &format!("k between {low} and {middle}"), [T, T, F]);
        check(sample, &format!("k not between {middle} and {high}"), [T, F, F]);
        check(sample, &format!("k between {high} and {low}"), [F, F, F]);
        check(sample, &format!("(k) in ({low}, {high})"), [T, F, T]);
        check(sample, &format!("(k) not in ({low}, {high})"), [F, T, F]);
        check(sample, &format!("k = {low} or k = {high}"), [T, F, T]);
        check(sample, &format!("k != {low} and k <> {middle}"), [F, F, T]);
        check(sample, &format!("(struct(k)) in (struct({middle}))"), [F, T, F]);
        check(sample, &format!("not k > {low}"), [T, F, F]);
    }
}

#[test]
fn null_tests() {
    for sample in SAMPLES {
        let literal = sample.literals[0];
        let value = sample.values[0][0];
        let other = sample.values[1][0];
        let cases = [
            (format!("k = '{NULL}'"), [false, false, true]),
            (format!("'{NULL}' = k"), [false, false, true]),
            (format!("k <=> '{NULL}'"), [false, false, true]),
            ("k is null".to_owned(), [false, false, true]),
            (format!("k != '{NULL}'"), [true, true, false]),
            ("k is not null".to_owned(), [true, true, false]),
            (format!("k in ({literal}, '{NULL}')"), [true, false, true]),
            (format!("k not in ({literal}, '{NULL}')"), [false, true, false]),
            (format!("k in ('{NULL}')"), [false, false, true]),
            (format!("k = {literal} or k = '{NULL}'"), [true, false, true]),
            (format!("(struct(k)) in (struct({literal}), struct('{NULL}'))"), [true, false, true]),
        ];
        for (text, expected) in cases {
            let nulls = sample.unparsable.iter().chain([&NULL]).map(|value| (*value, expected[2]));
            for (value, expected) in [(value, expected[0]), (other, expected[1])].into_iter().chain(nulls) {
                let truth = truth(sample.type_name, &text, value);
                assert_eq!(truth, Truth::from(expected), "{}: {text} on {value:?}", sample.type_name);
            }
        }
        // Never NULL, whatever the value.
        assert_eq!(truth(sample.type_name, &format!("k <=> {literal}"), NULL), Truth::False);
        assert_eq!(truth(sample.type_name, &format!("k <=> {literal}"), value), Truth::True);
    }
}

#[test]
fn booleans() {
    for (text, on_true, on_false) in [
        ("k = true", true, false),
        ("k = 'TRUE'", true, false),
        ("k = 0", false, true),
        ("k != true", false, true),
        ("k > false", true, false),
        ("k in (true, false)", true, true),
    ] {
        assert_eq!(truth("boolean", text, "true"), Truth::from(on_true), "{text}");
        assert_eq!(truth("boolean", text, "True"), Truth::from(on_true), "{text}");
        assert_eq!(truth("boolean", text, "false"), Truth::from(on_false), "{text}");
        assert_eq!(truth("boolean", text, "yes"), Truth::Null, "{text}");
        assert_eq!(truth("boolean", text, NULL), Truth::Null, "{text}");
    }
}

#[test]
fn literals_of_other_types() {
    let cases = [
        // A text key beside a number is read as a number, beside a date it is compared by the date's text.
        ("string", "k = 5", "05", Truth::True),
        ("string", "k > 5", "10", Truth::True),
        ("string", "k > 5", "x", Truth::Null),
        ("string", "k > '5'", "10", Truth::False),
        ("string", "k = 2024-01-01", "2024-01-01", Truth::True),
        ("string", "k >= 2024-01-01", "2024-01", Truth::False),
        ("string", "k = true", "true", Truth::True),
        ("string", "k >= '2024-02'", "2024-02-01", Truth::True),
        // Numbers keep what they say beside integers.
        ("int", "k > 2.5", "2", Truth::False),
        ("int", "k >= 2.5", "3", Truth::True),
        ("int", "k = 2.5", "2", Truth::False),
        ("int", "k < 9223372036854775808", "2", Truth::True),
        ("bigint", "k = 9223372036854775807.5", "9223372036854775807", Truth::False),
        ("decimal(10,2)", "k > 1", "1.01", Truth::True),
        ("double", "k = 1", "1.0", Truth::True),
        ("double", "k = '0.0'", "-0.0", Truth::True),
        ("double", "k = 'NaN'", "NaN", Truth::True),
        ("double", "k < 'NaN'", "Infinity", Truth::True),
        ("date", "k < 2024-01-01 00:00:01", "2024-01-01", Truth::True),
        ("date", "k < '2024-01-01 00:00:01'", "2024-01-01", Truth::True),
        ("timestamp", "k > 2024-01-01", "2024-01-01 00:00:00.000000001", Truth::True),
    ];
    for (type_name, text, value, expected) in cases {
        assert_eq!(truth(type_name, text, value), expected, "{type_name}: {text} on {value}");
    }
    for (type_name, text) in [
        ("int", "k = 2024-01-01"),
        ("int", "k = true"),
        ("date", "k > 5"),
        ("timestamp", "k in ('2024-01-01', 5)"),
        ("boolean", "k = 5"),
        ("double", "k between 1 and 2024-01-01"),
        // A text that the key's type cannot hold: an engine that wants less than an error filters by itself.
        ("int", "k = 'x'"),
        ("int", "k not in (1, 'x')"),
        ("date", "k >= '2024-02'"),
    ] {
        let error = Filter::parse(text, &keys(&[type_name])).expect_err(text);
        assert_eq!(error.kind, Kind::Meta);
        assert!(error.message.contains("cannot be compared with a"), "{error}");
    }
}

#[test]
fn keys_are_found_without_case() {
    let columns = keys(&["string", "int"]);
    assert!(Filter::parse("K = 'x' and `L` = 5", &columns).is_ok());
    let error = Filter::parse("k = 'x' and Other = 5", &columns).unwrap_err();
    assert_eq!(error.kind, Kind::Meta);
    let message =
        "Specified key <Other> is not a partitioning key for the table: expected one of [k, l] (at character 13)";
    assert_eq!(error.message, message);
    let all = Filter::parse("  ", &columns).unwrap();
    assert!(all.keeps_everything() && all.matches_any_reading(&[]));
    // A column whose type is missing is text.
    let untyped = [Column { name: "k".into(), type_name: None, comment: None }];
    assert!(Filter::parse("k = '05'", &untyped).unwrap().matches_any_reading(&[Value::Text("05".into())]));
}

#[test]
fn like_is_read_both_ways() {
    // Filter, value, kept, differ.
    let cases = [
        ("k like '2024-03%'", "2024-03-01", true, true),
        ("k like '2024-03.*'", "2024-03-01", true, true),
        ("k like '%-03-%'", "2024-03-01", true, true),
        ("k like 'x'", "x", true, false),
        ("k like 'x'", "xy", false, false),
        ("k like 'a_c'", "abc", true, true),
        ("k like 'a_c'", "a_c", true, false),
        ("k like 'a.c'", "abc", true, true),
        (r"k like 'a\%'", "a%", true, false),
        (r"k like 'a\%'", "ab", false, false),
        // The whole filter is read one way, not each LIKE its own.
        ("k like 'a%' and k like '.*b'", "ab", false, false),
        ("k like 'a%' or k like '.*b'", "ab", true, false),
        ("not k like 'a%'", "ab", true, true),
        ("k not like 'a.*' and k not like 'a%'", "ab", false, false),
        // Not Java's expressions, or not in linear time: that reading matches nothing.
        ("k like '(%'", "(x", true, true),
        ("k like '(?=a)a'", "a", false, false),
        ("k like 'é.'", "éé", true, true),
        ("k like '_'", "é", true, true),
        ("k like '%'", NULL, false, false),
        ("k not like '%'", NULL, false, false),
    ];
    for (text, value, kept, differ) in cases {
        let filter = Filter::parse(text, &keys(&["string"])).unwrap();
        let values = filter.values(&[value.to_owned()]);
        assert_eq!(filter.readings().len(), 2);
        assert_eq!(filter.matches_any_reading(&values), kept, "{text} on {value}");
        assert_eq!(filter.readings_differ(&values), differ, "{text} on {value}");
    }
    assert_eq!(truth("int", "k like '0%'", "05"), Truth::False, "the value's canonical text is 5");
    assert_eq!(truth("int", "k like '5'", "05"), Truth::True);
    assert_eq!(Filter::parse("k = 'a'", &keys(&["string"])).unwrap().readings().len(), 1);
}

#[test]
fn patterns_are_bounded() {
    let likes = |count: usize| (0..count).map(|n| format!("k like 'x{n}%'")).collect::<Vec<_>>().join(" or ");
    let columns = keys(&["string"]);
    assert!(Filter::parse(&likes(256), &columns).is_ok());
    assert_eq!(Filter::parse(&likes(257), &columns).unwrap_err().kind, Kind::Meta);
    assert!(Filter::parse(&format!("k like '{}'", "x".repeat(20_000)), &columns).is_err());
    // Compiles to more than its bound: that reading matches nothing, and quickly.
    let filter = Filter::parse("k like '((a{1,500}){1,500}){1,500}'", &columns).unwrap();
    assert!(!filter.matches_any_reading(&[Value::Text("a".into())]));
    // A pattern that would backtrack for ever.
    let hostile = format!("k like '{}b' or k like '(a*)*b'", "%a".repeat(500));
    let filter = Filter::parse(&hostile, &columns).unwrap();
    assert!(!filter.matches_any_reading(&[Value::Text("a".repeat(2000))]));
}

/// Trees as serialised expressions are lowered to: casts are theirs, literals stay.
#[test]
fn serialised_expressions() {
    let int = KeyType::Integer(IntegerWidth::Int);
    let key = |n| Expr::Key(n);
    let text = |text: &str| Expr::Literal(Value::Text(text.to_owned()));
    let cast = |key: Expr, to| {
        let from = if key == Expr::Key(0) { KeyType::Text } else { int };
        key.cast(from, to, Generation::Hive4)
    };
    let like = |operand, pattern: &str| Expr::Like {
        operand: Box::new(operand),
        pattern: pattern.into(),
        dialect: LikeDialect::Sql,
    };
    let check = |expr: &Expr, values: [&str; 2], expected: Truth| {
        let filter = Filter::from_expr(expr.clone(), vec![KeyType::Text, int], "none").unwrap();
        let values = filter.values(&values.map(str::to_owned));
        assert_eq!(filter.evaluate(&values, Reading::Sql), expected, "{expr:?} on {values:?}");
    };
    let equal = |left, right| Expr::compare(CompareOp::Equal, left, right);
    check(&equal(cast(key(0), KeyType::Double), cast(key(1), KeyType::Double)), ["5.0", "05"], Truth::True);
    check(&equal(cast(key(0), int), key(1)), ["5.7", "5"], Truth::True);
    check(&equal(cast(key(0), int), key(1)), ["x", "5"], Truth::Null);
    check(
        &equal(cast(key(0), KeyType::Date), Expr::Literal(Value::Date(0))),
        ["1970-01-01 05:00:00", "5"],
        Truth::True,
    );
    check(&equal(key(0), Expr::Literal(Value::Date(0))), ["1970-01-01", "5"], Truth::True);
    check(&equal(text("5"), key(1)), ["", "05"], Truth::True);
    check(&like(key(0), "a%"), ["abc", "5"], Truth::True);
    check(&like(cast(key(1), KeyType::Text), "0%"), ["abc", "05"], Truth::False);
    check(&equal(cast(key(0), KeyType::Varchar(2)), text("ab")), ["abc", "5"], Truth::True);
    // A number has no date: that is not for us to say.
    check(&equal(cast(key(1), KeyType::Date), Expr::Literal(Value::Date(5))), ["", "5"], Truth::Unknown);
    // Both names of the default partition.
    for name in ["none", NULL] {
        check(&equal(key(1), text(NULL)), ["a", name], Truth::True);
        check(&equal(key(1), text("none")), ["a", name], Truth::True);
        check(&Expr::compare(CompareOp::NotEqual, key(1), text("none")), ["a", name], Truth::False);
        check(&equal(key(0), text("a")), [name, "5"], Truth::Null);
    }
    // Unknown is not NULL, and what decides without it decides.
    let unknown = || Expr::Unknown("udf".into());
    let is_a = || equal(key(0), text("a"));
    check(&unknown(), ["a", "5"], Truth::Unknown);
    check(&unknown().negate(), ["a", "5"], Truth::Unknown);
    check(&Expr::And(vec![unknown(), is_a()]), ["a", "5"], Truth::Unknown);
    check(&Expr::And(vec![unknown(), is_a()]), ["b", "5"], Truth::False);
    check(&Expr::And(vec![unknown(), is_a()]), ["none", "5"], Truth::Unknown);
    check(&Expr::Or(vec![is_a(), unknown()]), ["a", "5"], Truth::True);
    check(&Expr::Or(vec![unknown(), is_a()]), ["none", "5"], Truth::Unknown);
    check(&Expr::IsNull(Box::new(unknown())), ["a", "5"], Truth::Unknown);
    check(&equal(unknown(), key(0)), ["a", "5"], Truth::Unknown);
    // Conditions as values.
    check(&equal(is_a(), Expr::Literal(Value::Boolean(false))), ["b", "5"], Truth::True);
    check(&Expr::Key(0), ["a", "5"], Truth::Unknown);
    let out_of_range = Filter::from_expr(key(2), vec![KeyType::Text, int], NULL);
    assert_eq!(out_of_range.unwrap_err().kind, Kind::Meta);
}
