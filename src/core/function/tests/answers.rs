//! Calls and their answers, a line each (`testdata/answers.tsv`). They are those of Hive's documentation and of its sources'
//! own examples, in its words.

use crate::filter::{Expr, Filter, Value};
use crate::function::{Call, Generation, JavaRegex, call, convert};
use crate::types::{KeyType, calendar, decimal};

/// The call that a text is, as an expression without keys.
fn parsed(text: &str) -> Expr {
    let filter = Filter::parse(&format!("isnull({text})"), &[]).unwrap_or_else(|error| panic!("{text}: {error}"));
    match filter.expr() {
        Expr::Call { arguments, .. } => arguments[0].clone(),
        other => panic!("{other:?}"),
    }
}

/// Evaluates with a generation's functions: the tree's own are those of Hive 4.
fn value(expr: &Expr, generation: Generation) -> Option<Value> {
    let (called, arguments) = match expr {
        Expr::Literal(value) => return Some(value.clone()),
        Expr::Call { call, arguments } => (call, arguments),
        other => panic!("{other:?}"),
    };
    let values: Vec<Option<Value>> = arguments.iter().map(|argument| value(argument, generation)).collect();
    let values: Vec<Option<&Value>> = values.iter().map(Option::as_ref).collect();
    let pattern = called.pattern_argument().and_then(|at| match arguments.get(at) {
        Some(Expr::Literal(Value::Text(pattern))) => JavaRegex::new(pattern),
        _ => None,
    });
    of_generation(called, generation).evaluate(&values, pattern.as_ref())
}

fn of_generation(called: &Call, generation: Generation) -> Call {
    let types = called.arguments().to_vec();
    call(called.function(), generation, &types, called.result()).unwrap().call
}

fn written(value: Option<Value>) -> String {
    match value {
        None => "?".to_owned(),
        Some(Value::Null) => "NULL".to_owned(),
        Some(Value::Text(text)) => format!("'{text}'"),
        Some(Value::Integer(n)) => n.to_string(),
        Some(Value::Boolean(b)) => b.to_string(),
        Some(Value::Double(f)) => format!("{f:?}D"),
        Some(Value::Decimal { digits, scale }) => format!("{}BD", decimal::format(digits, scale)),
        Some(Value::Date(days)) => format!("date '{}'", calendar::format_date(days)),
        Some(Value::Timestamp { seconds, nanos }) => {
            format!("timestamp '{}'", calendar::format_timestamp(seconds, nanos))
        }
    }
}

#[test]
fn as_hive_answers() {
    let lines = include_str!("../testdata/answers.tsv").lines().filter(|line| !line.starts_with('#'));
    let mut wrong = Vec::new();
    for line in lines {
        let cells: Vec<&str> = line.split('\t').collect();
        let (text, hive4, hive2) = match cells.as_slice() {
            [text, hive4, hive2] => (*text, *hive4, *hive2),
            [text, both] => (*text, *both, *both),
            other => panic!("{other:?}"),
        };
        let expr = parsed(text);
        for (generation, expected) in [(Generation::Hive4, hive4), (Generation::Hive2, hive2)] {
            let answer = written(value(&expr, generation));
            if answer != expected {
                wrong.push(format!("{text} in {generation:?}: {answer}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every function is there by each of its names, and by what Hive's driver calls it.
#[test]
fn names_and_classes() {
    for name in ["YEAR", "substring", "ucase", "regexp", "pow"] {
        assert!(crate::function::by_name(name).is_some(), "{name}");
    }
    for class in ["UDFYear", "GenericUDFConcat", "GenericUDFToDecimal"] {
        assert!(crate::function::by_class(class).is_some(), "{class}");
    }
    assert!(crate::function::by_name("rand").is_none(), "not deterministic");
    assert!(crate::function::by_class("UDFRand").is_none());
    assert_eq!(crate::function::names_like("yaer"), "year");
}

#[test]
fn what_a_function_does_not_take() {
    let refused = |text: &str| Filter::parse(text, &[]).unwrap_err().message;
    assert!(refused("year('x', 1) = 5").contains("year takes 1 arguments, not 2"));
    assert!(refused("substr('x') = 5").contains("substr takes 2 to 3 arguments, not 1"));
    assert!(refused("year(5) = 5").contains("year does not take a int as argument 1"));
    assert!(refused("date(5) = 5").contains("date does not take a int as argument 1"));
    assert!(refused("upper('x')").contains("upper answers a string, which is no condition"));
    assert_eq!(convert(&Value::Null, KeyType::Text, KeyType::Date, Generation::Hive4), Some(Value::Null));
}
