//! What only shows over many partitions: results that are kept, long lists, values that are missing.

use std::fmt::Write;

use crate::filter::{Expr, Filter, Selector, Truth};
use crate::table::Column;

fn columns() -> Vec<Column> {
    let column = |(name, type_name): (&str, &str)| Column {
        name: name.into(),
        type_name: Some(type_name.into()),
        comment: None,
    };
    [("dt", "string"), ("hr", "int")].map(column).into()
}

fn values(dt: &str, hr: &str) -> Vec<String> {
    vec![dt.to_owned(), hr.to_owned()]
}

#[test]
fn equality_chains_become_one_in() {
    let shape = |text: &str| Filter::parse(text, &columns()).unwrap().expr().clone();
    assert!(matches!(shape("dt='a' or dt='b' or dt='c'"), Expr::In { rows, .. } if rows.len() == 3));
    assert!(matches!(shape("dt='a' or (dt) in ('b', 'c')"), Expr::In { rows, .. } if rows.len() == 3));
    assert!(matches!(shape("dt != 'a' and dt != 'b'"), Expr::Not(inner) if matches!(&*inner, Expr::In { .. })));
    assert!(matches!(shape("dt='a' or hr=1 or dt='b'"), Expr::Or(children) if children.len() == 2));
    assert!(
        matches!(shape("(dt='a' and hr=1) or (hr=2 and dt='b')"), Expr::In { operands, rows } if operands.len() == 2 && rows.len() == 2)
    );
    assert!(matches!(shape("(dt='a' and hr=1) or (hr=2 and dt>'b')"), Expr::Or(children) if children.len() == 2));
    assert!(matches!(shape("dt='a' and hr=1"), Expr::And(children) if children.len() == 2));
    assert!(matches!(shape("dt='a' and dt='b'"), Expr::And(children) if children.len() == 2));
}

/// Long lists meet many values: a walk for each would take hours here.
#[test]
fn long_lists_are_looked_up() {
    let mut list = String::from("(dt) in ('x'");
    let mut pairs = String::from("(dt='x' and hr=0)");
    for n in 0..5_000 {
        write!(list, ", 'd{n}'").unwrap();
        write!(pairs, " or (dt='d{n}' and hr='{}')", n % 24).unwrap();
    }
    list.push(')');
    let by_list = Filter::parse(&list, &columns()).unwrap();
    let by_pair = Filter::parse(&pairs, &columns()).unwrap();
    let (mut by_list, mut by_pair) = (Selector::new(&by_list), Selector::new(&by_pair));
    // More distinct values than results are kept for.
    for n in 0..70_000 {
        let row = values(&format!("d{n}"), &format!("{:02}", n % 24));
        assert_eq!(by_list.select(&row).keeps(), n < 5_000, "{n}");
        assert_eq!(by_pair.select(&row).keeps(), n < 5_000, "{n}");
        assert!(!by_pair.select(&values(&format!("d{n}"), "24")).keeps());
    }
    assert_eq!(by_pair.select(&values("d1", "x")).sql, Truth::Null);
}

#[test]
fn missing_values_are_unknown() {
    let filter = Filter::parse("hr = 5 or dt = 'a'", &columns()).unwrap();
    let mut selector = Selector::new(&filter);
    assert_eq!(selector.select(&["b".to_owned()]).sql, Truth::Unknown);
    assert_eq!(selector.select(&["a".to_owned()]).sql, Truth::True);
    assert_eq!(selector.select(&[""; 0]).sql, Truth::Unknown);
}

#[test]
fn readings_are_kept_apart() {
    let filter = Filter::parse("dt like 'a%' or dt like 'b.*'", &columns()).unwrap();
    let mut selector = Selector::new(&filter);
    for _ in 0..2 {
        let verdict = selector.select(&values("ax", "1"));
        assert!(
            (verdict.sql, verdict.java_regex) == (Truth::True, Truth::False)
                && verdict.keeps()
                && verdict.readings_differ()
        );
        let verdict = selector.select(&values("bx", "1"));
        assert_eq!((verdict.sql, verdict.java_regex), (Truth::False, Truth::True));
        let verdict = selector.select(&values("cx", "1"));
        assert!(!verdict.keeps() && !verdict.readings_differ());
    }
}
