//! What parses, to what, and what the errors say.

use proptest::prelude::*;

use crate::Kind;
use crate::filter::Expr;
use crate::filter::ast::MAX_DEPTH;
use crate::filter::lex::{MAX_TEXT, MAX_TOKENS};
use crate::filter::parse::{MAX_NESTING, parse};

/// Text, and how its tree prints.
const FORMS: &[(&str, &str)] = &[
    ("", ""),
    (" \t\r\n ", ""),
    // Operators, either side, any case.
    ("a = 1", "a = 1"),
    ("a=1", "a = 1"),
    ("a == 1", "a = 1"),
    ("a <> 1", "a != 1"),
    ("a != -1", "a != -1"),
    ("1 < a", "a > 1"),
    ("1 <= a", "a >= 1"),
    ("1 > a", "a < 1"),
    ("1 >= a", "a <= 1"),
    ("'x' != a", "a != \"x\""),
    ("a <=> 'x'", "a <=> \"x\""),
    ("a LIKE 'x%'", "a like \"x%\""),
    ("a NoT lIkE 'x%'", "a not like \"x%\""),
    ("a between 1 AND 2", "a between 1 and 2"),
    ("a not between 1 and 2 and b = 3", "a not between 1 and 2 and b = 3"),
    ("a is null or b IS NOT NULL", "a is null or b is not null"),
    // IN, with and without parentheses.
    ("(a) in (1, 2)", "(a) in (1, 2)"),
    ("a in (1)", "(a) in (1)"),
    ("(a) NOT IN ('x',\"y\")", "(a) not in (\"x\", \"y\")"),
    ("(struct(a, b)) in (struct(1, 'x'))", "(struct(a, b)) in (struct(1, \"x\"))"),
    (
        "STRUCT(a,b) NOT IN (CONST STRUCT(1,2), const struct(3,4),STRUCT(5,6))",
        "(struct(a, b)) not in (struct(1, 2), struct(3, 4), struct(5, 6))",
    ),
    // Structure: precedence, flattening, NOT.
    ("a=1 or b=2 and c=3", "a = 1 or (b = 2 and c = 3)"),
    ("(a=1 or b=2) and c=3", "(a = 1 or b = 2) and c = 3"),
    ("(((a=1 or a=2) or a=3) or a=4)", "a = 1 or a = 2 or a = 3 or a = 4"),
    ("a=1 and (b=2 and (c=3 and d=4))", "a = 1 and b = 2 and c = 3 and d = 4"),
    ("((a = 1))", "a = 1"),
    ("not a = 1", "not (a = 1)"),
    ("NOT (a = 1 or b = 2)", "not (a = 1 or b = 2)"),
    ("not not a = 1", "a = 1"),
    ("not (not (a = 1))", "a = 1"),
    ("not not (not a = 1 and b = 2)", "not (a = 1) and b = 2"),
    ("not a in (1)", "(a) not in (1)"),
    // MSCK's text form of expressions.
    ("(dt='x' AND hr='1') OR (dt='y' AND hr='2')", "(dt = \"x\" and hr = \"1\") or (dt = \"y\" and hr = \"2\")"),
    // Strings: only the outer quotes are cut, neighbours are one.
    (r"a = 'it\'s'", r#"a = "it\'s""#),
    (r"a = 'back\slash'", r#"a = "back\slash""#),
    (r#"a = 'say "x"'"#, r#"a = 'say "x"'"#),
    ("a = 'x' 'y'", "a = \"x''y\""),
    (r#"a = 'x"'"y'z""#, r#"a = 'x"'"y'z""#),
    ("a = ''", "a = \"\""),
    ("a = '日本😀'", "a = \"日本😀\""),
    ("a = 'x\ty'", "a = \"x\ty\""),
    // Numbers.
    ("a = 007", "a = 7"),
    ("a = 9223372036854775807", "a = 9223372036854775807"),
    ("a = 9223372036854775808", "a = 9223372036854775808"),
    ("a = 1.50", "a = 1.5"),
    ("a = -.5", "a = -0.5"),
    ("a = 5.", "a = 5"),
    ("a = 1e3", "a = 1000"),
    ("a = 1E-2", "a = 0.01"),
    ("a > 1e300", "a > 1e300"),
    ("-1.5e+300 < a", "a > -1.5e300"),
    // Booleans.
    ("a = TRUE", "a = true"),
    ("false != a", "a != false"),
    ("(a) in (true, false)", "(a) in (true, false)"),
    // Dates and timestamps.
    ("a = 2024-02-29", "a = date '2024-02-29'"),
    ("2024-02-29<a", "a > date '2024-02-29'"),
    ("a >= DATE '2024-02-29'", "a >= date '2024-02-29'"),
    ("date \"2024-02-29\" = a", "a = date '2024-02-29'"),
    ("a = 2024-02-29 01:02:03", "a = timestamp '2024-02-29 01:02:03'"),
    ("a = TimeStamp '2024-02-29 01:02:03.50'", "a = timestamp '2024-02-29 01:02:03.5'"),
    (
        "a between 2024-01-01 and 2024-01-02 00:00:00.1",
        "a between date '2024-01-01' and timestamp '2024-01-02 00:00:00.1'",
    ),
    // Functions: either side, in brackets, alone where they answer a condition.
    ("year(a) = 2024", "year(a) = 2024"),
    ("2024 < YEAR( a )", "year(a) > 2024"),
    ("(year(a)) not in (2023, 2024)", "year(a) not in (2023, 2024)"),
    ("substring(concat(a, '-', `in`), 1, -2) like 'x%'", "substr(concat(a, \"-\", `in`), 1, -2) like \"x%\""),
    ("a rlike 'x' and not isnull(b)", "rlike(a, \"x\") and not (isnull(b))"),
    ("a not regexp 'x'", "not (rlike(a, \"x\"))"),
    ("coalesce(a, NULL, true, 1.5) is not null", "coalesce(a, null, true, 1.5) is not null"),
    (
        "date_add(a, 1) between '2024-01-01' and date '2024-02-01'",
        "date_add(a, 1) between \"2024-01-01\" and date '2024-02-01'",
    ),
    ("year(a) = year(b)", "year(a) = year(b)"),
    ("a < upper(b)", "upper(b) > a"),
    ("(isnull(a) or b = 1)", "isnull(a) or b = 1"),
    ("year = 5 and year in (5)", "year = 5 and (year) in (5)"),
    // Keys: keywords by place, digits first, back-quotes.
    ("date = '2024-01-01'", "`date` = \"2024-01-01\""),
    (
        "timestamp > 5 and in in (1) and between between 1 and 2",
        "`timestamp` > 5 and (`in`) in (1) and `between` between 1 and 2",
    ),
    ("not = 5 and not not = 5", "`not` = 5 and not (`not` = 5)"),
    ("like like 'x' or null is null", "`like` like \"x\" or `null` is null"),
    ("true = 5 and `true` = true", "`true` = 5 and `true` = true"),
    ("2024_q1 = 5", "`2024_q1` = 5"),
    ("`2024` = 5", "`2024` = 5"),
    ("`a ``b`` c` = 5", "`a ``b`` c` = 5"),
    ("(`a`) in (5)", "(a) in (5)"),
    ("PartCol = 'x'", "PartCol = \"x\""),
    ("größe = 5", "größe = 5"),
];

#[test]
fn forms_and_their_print() {
    for (text, printed) in FORMS {
        let tree = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(tree.to_string(), *printed, "{text}");
        assert_eq!(parse(printed).as_ref(), Ok(&tree), "{text} is not what it prints");
    }
}

#[test]
fn spark_s_filters_parse() {
    let filters: Vec<&str> = include_str!("spark-filters.txt").lines().filter(|line| !line.starts_with('#')).collect();
    assert!(filters.len() > 50);
    for filter in filters {
        let tree = parse(filter).unwrap_or_else(|error| panic!("{filter}: {error}"));
        assert_eq!(parse(&tree.to_string()), Ok(tree));
    }
}

#[test]
fn errors_name_the_place_and_what_was_expected() {
    let cases = [
        ("a", "character 2: expected an operator (= !="),
        ("a = ", "character 5: expected a literal, a function, found the end"),
        ("a = b", "character 5: expected a literal, found \"b\""),
        ("1 = 2", "character 5: expected a partition key, found \"2\""),
        ("'é' 1", "character 5: expected a comparison"),
        ("a = 1 b", "character 7: expected and, or, the end, found \"b\""),
        ("(a = 1", "character 7: expected and, or, ), found the end"),
        ("a = 1)", "character 6: expected and, or, the end, found \")\""),
        ("()", "character 2: expected a partition key, a literal, a function, not, (, found \")\""),
        ("a = 1 and", "found the end"),
        ("a = 'x", "character 5: the string is not closed by '"),
        (r"a = 'x\'", "character 5: the string is not closed by '"),
        ("`a = 1", "character 1: the name is not closed by `"),
        ("a ! 1", "character 3: unexpected '!'"),
        ("a = 1; drop table t", "character 6: unexpected ';'"),
        ("a = 2023-02-29", "character 5: \"2023-02-29\" is not in the calendar"),
        ("a = 2024-01-01 25:00:00", "is not in the calendar"),
        ("a = 2024-01-011", "a bare date is yyyy-mm-dd"),
        ("a = date '2023-02-29'", "character 10: expected a date as yyyy-mm-dd"),
        ("a = timestamp 'x'", "expected a timestamp as yyyy-mm-dd hh:mm:ss[.fffffffff]"),
        ("a = 1.2.3", "expected and, or, the end"),
        ("a = 1.5x", "does not begin a number"),
        ("a = 1.5e999", "does not begin a number"),
        ("a = -1e999", "a number"),
        ("a = 1e999", "expected a literal"),
        ("a = -", "unexpected '-'"),
        ("a like 5", "expected a string"),
        ("a like b", "expected a string"),
        ("a in ()", "expected a literal"),
        ("a in (1, )", "expected a literal"),
        ("a in (1 2)", "expected , or )"),
        ("a in 1", "expected (, found \"1\""),
        ("a between 1 2", "expected and"),
        ("a is 5", "expected null"),
        ("a not = 5", "expected like, rlike, between, in"),
        ("yeer(a) = 5", "character 1: there is no function `yeer` here; there are year"),
        ("year() = 5", "character 6: expected a partition key, a literal, a function, found \")\""),
        ("year(a = 5", "expected , or )"),
        ("(year(a)) = 5 and", "found the end"),
        ("struct(year(a), b) in (struct(1, 2))", "expected a partition key before this"),
        ("year(a) = b = 5", "expected and, or, the end"),
        ("struct(a, b) in (struct(1))", "the struct before this has 1 values for 2 keys"),
        ("struct(a, 5) in (struct(1, 2))", "expected a partition key before this"),
        ("struct(a) = 5", "expected in, not in"),
        ("(struct(a) in (struct(1))", "expected )"),
        ("a.b = 5", "unexpected '.'"),
    ];
    for (text, message) in cases {
        let error = parse(text).expect_err(text);
        assert_eq!(error.kind, Kind::Meta, "{text}");
        assert!(error.message.starts_with("Error parsing partition filter"), "{error}");
        assert!(error.message.contains(message), "{text}: {error}");
    }
}

#[test]
fn bounds() {
    let nested = |depth: usize| format!("{}a = 1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(MAX_NESTING)).is_ok());
    assert!(parse(&nested(MAX_NESTING + 1)).is_err());
    assert!(parse(&nested(100_000)).is_err());
    assert!(parse(&"(".repeat(100_000)).is_err());
    assert!(parse(&format!("{}a = 1", "not ".repeat(99_999))).is_ok());

    // A chain in which each OR has its own parentheses stays flat; alternating ones do not.
    let chain = (0..MAX_NESTING).fold("a = 0".to_owned(), |chain, n| format!("({chain}) or a = {n}"));
    assert!(matches!(parse(&chain), Ok(Expr::Or(children)) if children.len() == MAX_NESTING + 1));
    let alternating =
        |depth: usize| (0..depth).fold("a = 0".to_owned(), |chain, _| format!("b = 1 and (c = 2 or ({chain}))"));
    assert!(parse(&alternating(MAX_DEPTH / 2 - 1)).is_ok());
    let error = parse(&alternating(MAX_DEPTH)).unwrap_err();
    assert!(error.message.contains("nested more than"), "{error}");
    assert!(parse(&(0..MAX_DEPTH * 2).fold("a = 0".to_owned(), |c, _| format!("not ({c} or b = 1)"))).is_err());

    let list = |length: usize| format!("a in ({}1)", "1,".repeat(length - 1));
    assert!(parse(&list(MAX_TOKENS / 2 - 10)).is_ok());
    assert!(parse(&list(MAX_TOKENS / 2 + 1)).is_err());
    let error = parse(&format!("a = '{}'", "x".repeat(MAX_TEXT))).unwrap_err();
    assert!(error.message.contains("at character 4194305: the filter of 4194310 bytes is longer than"), "{error}");
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,60}") {
        let _ = parse(&text);
    }

    /// Texts of the language's own words: many of them parse, and then print and parse again to the same.
    #[test]
    fn what_parses_prints_and_parses_back(words in proptest::collection::vec(proptest::sample::select(vec![
        "a", "b", "`c d`", "date", "not", "and", "or", "(", ")", "=", "!=", "<", "<=>", "like", "in", "between", "is", "null",
        "struct", "const", ",", "1", "-2.5", "1e300", "true", "2024-01-01", "2024-01-01 00:00:01.5", "'x'", "\"y\"", "'\"'", "'\\''",
        "date '2024-01-01'", "a = 1", "(a) in (1, 2)", "b like 'x%'", "not a between 1 and 2",
    ]), 0..12), glue in proptest::sample::select(vec!["", " "])) {
        let text = words.join(glue);
        if let Ok(tree) = parse(&text) {
            let printed = tree.to_string();
            prop_assert_eq!(parse(&printed), Ok(tree), "{} printed as {}", text, printed);
        }
    }
}
