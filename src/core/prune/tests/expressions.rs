//! Expressions as serialised ones are, with literals of any kind beside keys of any type: what the index looks up is
//! what evaluation says of each row.

use proptest::prelude::*;
use proptest::sample::select;

use super::samples::{Numbers, set};
use crate::filter::{CompareOp, Expr, Filter, LikeDialect, Reading, Truth, Value};
use crate::function::{Generation, by_name};
use crate::name::DEFAULT_PARTITION;
use crate::types::{IntegerWidth, KeyType};

const TEXTS: &[&str] = &[
    "",
    "5",
    "05",
    "5.0",
    "5.00",
    "-3",
    "10",
    "9",
    "NaN",
    "0.0",
    "-0.0",
    "Infinity",
    "-Infinity",
    "1e300",
    "0.1",
    "0.10",
    "9007199254740992",
    "9007199254740993",
    "9223372036854775807",
    "2024-02-29",
    "2024-2-29",
    "2024-02-29 00:00:00",
    "2024-02-29 00:00:00.5",
    "2024-02-30",
    "1969-12-31",
    "true",
    "TRUE",
    "false",
    "a",
    "a  ",
    "a b",
    "b",
    "é",
    "x%",
    "_null_",
    "zz",
    DEFAULT_PARTITION,
];

fn key_types() -> [KeyType; 13] {
    use KeyType::{Boolean, Char, Date, Decimal, Double, Float, Integer, Text, Timestamp, Varchar};
    [
        Text,
        Varchar(3),
        Char(4),
        Boolean,
        Integer(IntegerWidth::Tiny),
        Integer(IntegerWidth::Int),
        Integer(IntegerWidth::Big),
        Float,
        Double,
        Decimal { precision: 20, scale: 2 },
        Decimal { precision: 38, scale: 0 },
        Date,
        Timestamp,
    ]
}

fn literal() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => select(TEXTS).prop_map(|text| Value::Text(text.to_owned())),
        6 => (select(TEXTS), select(key_types().to_vec()))
            .prop_map(|(text, key_type)| Value::parse(text, key_type).unwrap_or(Value::Integer(5))),
        1 => Just(Value::Null),
        1 => Just(Value::Decimal { digits: 501, scale: 2 }),
        1 => Just(Value::Decimal { digits: 9_007_199_254_740_993, scale: 0 }),
        1 => any::<f64>().prop_map(Value::Double),
    ]
}

/// A call for which all arguments are texts, whatever their keys are.
fn called(name: &str, arguments: Vec<Expr>) -> Expr {
    let typed = arguments.into_iter().map(|argument| (argument, Some(KeyType::Text))).collect();
    Expr::call(by_name(name).unwrap(), Generation::Hive4, typed, None).unwrap().0
}

fn operator() -> impl Strategy<Value = CompareOp> {
    use CompareOp::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual, NullSafeEqual};
    select(vec![Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, NullSafeEqual])
}

/// A condition on one of three keys; rarely on two.
fn condition() -> impl Strategy<Value = Expr> {
    let key = || (0_usize..3).prop_map(Expr::Key);
    let written = || literal().prop_map(Expr::Literal);
    let boxed = |expr| Box::new(expr);
    prop_oneof![
        6 => (operator(), key(), written()).prop_map(|(op, key, literal)| Expr::compare(op, key, literal)),
        2 => (operator(), written(), key()).prop_map(|(op, literal, key)| Expr::compare(op, literal, key)),
        1 => (operator(), key(), key()).prop_map(|(op, left, right)| Expr::compare(op, left, right)),
        2 => (key(), written(), written()).prop_map(move |(operand, low, high)| Expr::Between {
            operand: boxed(operand), low: boxed(low), high: boxed(high),
        }),
        3 => (key(), prop::collection::vec(written(), 0..6)).prop_map(|(key, items)| Expr::In {
            operands: vec![key],
            rows: items.into_iter().map(|item| vec![item]).collect(),
        }),
        1 => (key(), key(), prop::collection::vec((written(), written()), 0..4)).prop_map(|(left, right, items)| Expr::In {
            operands: vec![left, right],
            rows: items.into_iter().map(|(left, right)| vec![left, right]).collect(),
        }),
        1 => key().prop_map(move |key| Expr::IsNull(boxed(key))),
        1 => (key(), select(vec!["5%", "%a%", "2024-02-__", ""])).prop_map(move |(key, pattern)| Expr::Like {
            operand: boxed(key), pattern: pattern.to_owned(), dialect: LikeDialect::Sql,
        }),
        1 => (key(), select(key_types().to_vec()), operator(), written()).prop_map(move |(key, to, op, literal)| {
            Expr::compare(op, key.cast(KeyType::Text, to, Generation::Hive4), literal)
        }),
        1 => (key(), select(vec!["length", "upper", "year", "int"]), operator(), written()).prop_map(
            |(key, name, op, literal)| Expr::compare(op, called(name, vec![key]), literal)
        ),
        1 => (key(), key(), operator(), written()).prop_map(|(left, right, op, literal)| {
            Expr::compare(op, called("coalesce", vec![left, called("concat", vec![right.clone(), right])]), literal)
        }),
        1 => key(),
        1 => prop_oneof![Just(Expr::Unknown("x".into())), written()],
    ]
}

fn expression() -> impl Strategy<Value = Expr> {
    condition().prop_recursive(4, 24, 4, |inner| {
        let several = || prop::collection::vec(inner.clone(), 0..5);
        prop_oneof![several().prop_map(Expr::And), several().prop_map(Expr::Or), inner.clone().prop_map(Expr::negate)]
    })
}

fn check(expr: Expr, types: &[KeyType], rows: &[Vec<String>], default: &str) -> Result<(), TestCaseError> {
    let filter = Filter::from_expr(expr, types.to_vec(), default).unwrap();
    let verdicts = set(types, rows).evaluate(&filter);
    let truths = verdicts.truths();
    let mut by_truth = [const { Vec::new() }; 4];
    for (at, row) in (0..).zip(rows) {
        let wanted = filter.evaluate(&filter.values(row), Reading::Sql);
        prop_assert_eq!(truths.truth(at), wanted, "{:?} on {:?} of {:?}", filter.expr(), row, types);
        by_truth[wanted as usize].push(at);
    }
    for truth in [Truth::True, Truth::False, Truth::Null, Truth::Unknown] {
        prop_assert_eq!(&truths.rows(truth).iter().collect::<Vec<_>>(), &by_truth[truth as usize]);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn the_index_agrees_with_evaluation(
        expr in expression(),
        types in prop::array::uniform3(select(key_types().to_vec())),
        default in select(vec![DEFAULT_PARTITION, "_null_", "5", "nowhere"]),
        (seed, sorted, damaged) in any::<(u64, bool, bool)>(),
        count in prop_oneof![4 => 1_usize..100, 1 => 500_usize..2000],
        values in 1..=TEXTS.len(),
    ) {
        let mut numbers = Numbers(seed);
        // Another part of the texts for each case.
        let first = numbers.below(TEXTS.len());
        let mut pick = || TEXTS[(first + numbers.below(values)) % TEXTS.len()].to_owned();
        let mut rows: Vec<Vec<String>> = (0..count).map(|_| (0..3).map(|_| pick()).collect()).collect();
        if sorted {
            rows.sort();
        }
        if damaged {
            rows[count / 2].truncate(count % 3);
        }
        check(expr, &types, &rows, default)?;
    }
}

/// Each operator with each literal beside each type: nothing is left to chance.
#[test]
fn every_comparison() {
    use CompareOp::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual, NullSafeEqual};
    let rows: Vec<Vec<String>> = TEXTS.iter().map(|text| vec![(*text).to_owned()]).collect();
    let mut literals: Vec<Value> = TEXTS.iter().map(|text| Value::Text((*text).to_owned())).collect();
    for key_type in key_types() {
        literals.extend(TEXTS.iter().filter_map(|text| Value::parse(text, key_type)));
    }
    literals.extend([Value::Null, Value::Double(5.5), Value::Decimal { digits: 55, scale: 1 }]);
    literals.sort_by_cached_key(|literal| format!("{literal:?}"));
    literals.dedup_by_key(|literal| format!("{literal:?}"));
    for key_type in key_types() {
        let set = set(&[key_type], &rows);
        for literal in &literals {
            for op in [Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, NullSafeEqual] {
                let expr = Expr::compare(op, Expr::Key(0), Expr::Literal(literal.clone()));
                let filter = Filter::from_expr(expr, vec![key_type], "_null_").unwrap();
                let verdicts = set.evaluate(&filter);
                for (at, row) in (0..).zip(&rows) {
                    let wanted = filter.evaluate(&filter.values(row), Reading::Sql);
                    assert_eq!(verdicts.truths().truth(at), wanted, "{row:?} {op:?} {literal:?}: {key_type:?}");
                }
            }
        }
    }
}

/// What a pattern begins with narrows what is looked at, never what is found.
#[test]
fn every_pattern() {
    let texts = [
        "",
        "a",
        "ab",
        "abc",
        "abcc",
        "a%c",
        "a_c",
        "a\\c",
        "b",
        "bc",
        "é",
        "éa",
        "eé",
        "a\n",
        "_null_",
        DEFAULT_PARTITION,
    ];
    let patterns = [
        "", "a", "ab%", "a_c", "a\\%c", "%", "_b%", "abc*", "ab?c", "abc{0}", "abc{1,2}", "ab+", "ab|bc", "a(b|c)*",
        "a[bc]", "éa*", "é*a?", "^ab", "ab$", "a.*", ".*c", "a\\\\c", "(?i)AB", "a(?i)B", "*", "a**", "a{", "a%c",
    ];
    let rows: Vec<Vec<String>> = texts.iter().map(|text| vec![(*text).to_owned()]).collect();
    for (pattern, negated) in patterns.iter().flat_map(|pattern| [(pattern, false), (pattern, true)]) {
        for dialect in [LikeDialect::Sql, LikeDialect::JavaRegex] {
            for key_type in [KeyType::Text, KeyType::Varchar(3), KeyType::Char(3)] {
                let like = Expr::Like { operand: Box::new(Expr::Key(0)), pattern: (*pattern).to_owned(), dialect };
                let expr = if negated { like.negate() } else { like };
                check(expr, &[key_type], &rows, "_null_").unwrap();
            }
        }
    }
}
