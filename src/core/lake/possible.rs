//! Whether a file, or a row group, can have rows that a filter keeps: the filter's tree over what is known of each column,
//! a value or bounds. Where nothing is known anything is possible, so that no row is ever lost.

use std::cmp::Ordering;

use super::bounds::Bounds;
use super::slack::Slack;
use crate::filter::{CompareOp, Expr, Filter, LikeDialect, Truth, literal_prefix};
use crate::types::Value;

/// What is known of a column.
#[derive(Debug, Clone, Copy)]
pub enum Known<'a> {
    /// All rows have this value (NULL too): partition keys.
    Value(&'a Value),
    /// Values lie within; `rows` is how many there are, NULLs among them.
    Bounds {
        bounds: &'a Bounds,
        rows: u64,
        slack: Slack,
    },
    Nothing,
}

/// What a condition can be for some row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Possible {
    yes: bool,
    no: bool,
    null: bool,
}

const ANYTHING: Possible = Possible { yes: true, no: true, null: true };

impl Possible {
    fn of(truth: Truth) -> Self {
        match truth {
            Truth::True => Self { yes: true, no: false, null: false },
            Truth::False => Self { yes: false, no: true, null: false },
            Truth::Null => Self { yes: false, no: false, null: true },
            Truth::Unknown => ANYTHING,
        }
    }
    fn and(self, other: Self) -> Self {
        Self {
            yes: self.yes && other.yes,
            no: self.no || other.no,
            null: (self.null && (other.yes || other.null)) || (other.null && (self.yes || self.null)),
        }
    }
    fn negate(self) -> Self {
        Self { yes: self.no, no: self.yes, null: self.null }
    }
    fn or(self, other: Self) -> Self {
        self.negate().and(other.negate()).negate()
    }
}

impl Filter {
    /// Whether there can be a row that the filter keeps. `columns` are those that the filter was made for, in their
    /// order; of columns beyond the list nothing is known.
    pub fn may_keep(&self, columns: &[Known<'_>]) -> bool {
        possible(self, self.expr(), columns).yes
    }
}

fn possible(filter: &Filter, expr: &Expr, columns: &[Known<'_>]) -> Possible {
    match expr {
        Expr::And(children) => {
            let all = Possible { yes: true, no: false, null: false };
            children.iter().fold(all, |sum, child| sum.and(possible(filter, child, columns)))
        }
        Expr::Or(children) => {
            let none = Possible { yes: false, no: true, null: false };
            children.iter().fold(none, |sum, child| sum.or(possible(filter, child, columns)))
        }
        Expr::Not(inner) => possible(filter, inner, columns).negate(),
        Expr::Compare { op, left, right } => match (&**left, &**right) {
            (Expr::Key(key), Expr::Literal(value)) => compared(filter, expr, columns, *key, *op, value),
            (Expr::Literal(value), Expr::Key(key)) => compared(filter, expr, columns, *key, op.mirrored(), value),
            _ => exactly(filter, expr, columns),
        },
        Expr::Between { operand, low, high } => match (&**operand, &**low, &**high) {
            (Expr::Key(key), Expr::Literal(low), Expr::Literal(high)) if !is_exact(columns, *key) => {
                let above = range(columns, *key, CompareOp::GreaterOrEqual, low);
                above.and(range(columns, *key, CompareOp::LessOrEqual, high))
            }
            _ => exactly(filter, expr, columns),
        },
        Expr::In { operands, rows } => match operands.as_slice() {
            [Expr::Key(key)] if !is_exact(columns, *key) => member(columns, *key, rows),
            _ => exactly(filter, expr, columns),
        },
        Expr::IsNull(inner) => match &**inner {
            Expr::Key(key) if !is_exact(columns, *key) => is_null(columns, *key),
            _ => exactly(filter, expr, columns),
        },
        Expr::Like { operand, pattern, dialect } => match &**operand {
            Expr::Key(key) if !is_exact(columns, *key) => like(filter, columns, *key, pattern, *dialect),
            _ => exactly(filter, expr, columns),
        },
        Expr::Literal(_) | Expr::Key(_) | Expr::Call { .. } | Expr::Unknown(_) => exactly(filter, expr, columns),
    }
}

fn is_exact(columns: &[Known<'_>], key: usize) -> bool {
    matches!(columns.get(key), Some(Known::Value(_)))
}

/// By evaluation, where all columns of the part have one value; else anything.
fn exactly(filter: &Filter, part: &Expr, columns: &[Known<'_>]) -> Possible {
    let (mut is_known, mut has_null, mut has_call) = (true, false, false);
    part.visit(&mut |node| {
        has_call |= matches!(node, Expr::Call { .. });
        if let Some(key) = node.as_key() {
            is_known &= is_exact(columns, *key);
            has_null |= matches!(columns.get(*key), Some(Known::Value(Value::Null)));
        }
    });
    // Readers differ in what their functions make of NULL.
    if !is_known || has_call && has_null {
        return ANYTHING;
    }
    let null = Value::Null;
    let value = |known: &Known<'_>| match known {
        Known::Value(value) => (*value).clone(),
        Known::Bounds { .. } | Known::Nothing => null.clone(),
    };
    let values: Vec<Value> = columns.iter().map(value).collect();
    let values: Vec<&Value> = values.iter().collect();
    let readings = filter.readings().iter().map(|reading| Possible::of(filter.evaluate_part(part, &values, *reading)));
    let either = |one: Possible, two: Possible| Possible {
        yes: one.yes || two.yes,
        no: one.no || two.no,
        null: one.null || two.null,
    };
    readings.reduce(either).unwrap_or(ANYTHING)
}

fn compared(filter: &Filter, part: &Expr, columns: &[Known<'_>], key: usize, op: CompareOp, value: &Value) -> Possible {
    if is_exact(columns, key) { exactly(filter, part, columns) } else { range(columns, key, op, value) }
}

/// A column within bounds.
struct Ranged {
    low: Option<Value>,
    high: Option<Value>,
    null: bool,
}

impl Ranged {
    /// What the column is within; else what is known of every condition of it.
    fn of(columns: &[Known<'_>], key: usize) -> Result<Self, Possible> {
        let Some(Known::Bounds { bounds, rows, slack }) = columns.get(key) else { return Err(ANYTHING) };
        if bounds.is_all_null(*rows) {
            return Err(Possible { yes: false, no: false, null: *rows > 0 });
        }
        let (low, high) = slack.edges(bounds);
        Ok(Self { low, high, null: bounds.nulls != Some(0) })
    }

    fn compared(&self, op: CompareOp, value: &Value) -> Possible {
        if value.is_null() {
            return ANYTHING;
        }
        // Texts that are compared as numbers or dates are not in the order of these.
        let order = |edge: &Option<Value>| edge.as_ref().filter(|edge| is_text(edge) == is_text(value))?.compare(value);
        // Whether some value can be less than, equal to, greater than it.
        let (low, high) = (order(&self.low), order(&self.high));
        let less = low.is_none_or(|order| order == Ordering::Less);
        let greater = high.is_none_or(|order| order == Ordering::Greater);
        let equal =
            low.is_none_or(|order| order != Ordering::Greater) && high.is_none_or(|order| order != Ordering::Less);
        let (yes, no) = match op {
            CompareOp::Equal => (equal, less || greater),
            CompareOp::NotEqual => (less || greater, equal),
            CompareOp::Less => (less, equal || greater),
            CompareOp::LessOrEqual => (less || equal, greater),
            CompareOp::Greater => (greater, equal || less),
            CompareOp::GreaterOrEqual => (greater || equal, less),
            CompareOp::NullSafeEqual => return ANYTHING,
        };
        Possible { yes, no, null: self.null }
    }
}

/// A column within bounds, compared with a value.
fn range(columns: &[Known<'_>], key: usize, op: CompareOp, value: &Value) -> Possible {
    if value.is_null() || op == CompareOp::NullSafeEqual {
        return ANYTHING;
    }
    Ranged::of(columns, key).map_or_else(|decided| decided, |ranged| ranged.compared(op, value))
}

fn is_text(value: &Value) -> bool {
    matches!(value, Value::Text(_))
}

/// A column of texts within bounds: those that match a pattern begin as it does.
fn like(filter: &Filter, columns: &[Known<'_>], key: usize, pattern: &str, dialect: LikeDialect) -> Possible {
    let Ranged { low, high, null } = match Ranged::of(columns, key) {
        Ok(ranged) => ranged,
        Err(decided) => return decided,
    };
    let yes = filter.readings().iter().any(|reading| {
        let prefix = literal_prefix(pattern, dialect.reading(*reading));
        let below = matches!(&low, Some(Value::Text(low)) if low.as_str() > prefix && !low.starts_with(prefix));
        let above = matches!(&high, Some(Value::Text(high)) if high.as_str() < prefix);
        !below && !above
    });
    Possible { yes, no: true, null }
}

fn member(columns: &[Known<'_>], key: usize, rows: &[Vec<Expr>]) -> Possible {
    let none = Possible { yes: false, no: true, null: false };
    if rows.is_empty() {
        return none;
    }
    if rows.iter().any(|row| !matches!(row.as_slice(), [Expr::Literal(value)] if !value.is_null())) {
        return ANYTHING;
    }
    let ranged = match Ranged::of(columns, key) {
        Ok(ranged) => ranged,
        Err(decided) => return decided,
    };
    let literals = rows.iter().flatten().filter_map(Expr::as_literal);
    literals.fold(none, |sum, value| sum.or(ranged.compared(CompareOp::Equal, value)))
}

fn is_null(columns: &[Known<'_>], key: usize) -> Possible {
    let Some(Known::Bounds { bounds, rows, .. }) = columns.get(key) else { return ANYTHING };
    Possible { yes: bounds.nulls != Some(0), no: !bounds.is_all_null(*rows), null: false }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::filter::Reading;
    use crate::table::Column;

    fn columns() -> Vec<Column> {
        [("k", "string"), ("a", "int"), ("s", "string"), ("f", "double")]
            .map(|(name, kind)| Column { name: name.into(), type_name: Some(kind.into()), comment: None })
            .into()
    }

    fn condition() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            (prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]), -3_i64..4)
                .prop_map(|(op, n)| format!("a {op} {n}")),
            (prop::sample::select(vec!["=", "<", ">="]), "[a-c]").prop_map(|(op, t)| format!("s {op} '{t}'")),
            (prop::sample::select(vec!["=", "<", ">"]), -2_i64..3).prop_map(|(op, n)| format!("f {op} {n}.5")),
            "[xy]".prop_map(|t| format!("k = '{t}'")),
            (-3_i64..1, 0_i64..4).prop_map(|(low, high)| format!("a between {low} and {high}")),
            (-3_i64..4, -3_i64..4).prop_map(|(one, two)| format!("a in ({one}, {two})")),
            "[a-c]".prop_map(|t| format!("s like '{t}%'")),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4).prop_map(|all| format!("({})", all.join(" and "))),
                prop::collection::vec(inner.clone(), 2..4).prop_map(|all| format!("({})", all.join(" or "))),
                inner.prop_map(|one| format!("not ({one})")),
            ]
        })
    }

    fn row() -> impl Strategy<Value = [Value; 3]> {
        let int = prop_oneof![1 => Just(Value::Null), 6 => (-3_i64..4).prop_map(Value::Integer)];
        let text = prop_oneof![1 => Just(Value::Null), 6 => "[a-c]{1,2}".prop_map(Value::Text)];
        let float =
            prop_oneof![1 => Just(Value::Null), 6 => (-3_i32..4).prop_map(|n| Value::Double(f64::from(n) / 2.0))];
        (int, text, float).prop_map(|(a, s, f)| [a, s, f])
    }

    fn bounds(rows: &[[Value; 3]], column: usize) -> Bounds {
        let mut values: Vec<&Value> = rows.iter().map(|row| &row[column]).filter(|value| !value.is_null()).collect();
        values.sort_by(|one, other| one.order(other));
        Bounds {
            low: values.first().map(|value| (*value).clone()),
            high: values.last().map(|value| (*value).clone()),
            nulls: Some((rows.len() - values.len()) as u64),
            ..Bounds::default()
        }
    }

    proptest! {
        #[test]
        fn no_row_is_lost(text in condition(), key in "[xy]", rows in prop::collection::vec(row(), 1..6)) {
            let filter = Filter::parse(&text, &columns()).unwrap();
            let key = Value::Text(key);
            let kept = rows.iter().any(|[a, s, f]| {
                let values = [key.clone(), a.clone(), s.clone(), f.clone()];
                filter.readings().iter().any(|reading: &Reading| filter.evaluate(&values, *reading) == Truth::True)
            });
            let all: Vec<Bounds> = (0..3).map(|column| bounds(&rows, column)).collect();
            let count = rows.len() as u64;
            let mut known = vec![Known::Value(&key)];
            known.extend(all.iter().map(|bounds| Known::Bounds { bounds, rows: count, slack: Slack::None }));
            prop_assert!(!kept || filter.may_keep(&known), "{text}");
            // To know less never says less.
            known[2] = Known::Nothing;
            prop_assert!(!kept || filter.may_keep(&known), "{text}");
            prop_assert!(!kept || filter.may_keep(&known[..1]), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_is_seen() {
        let (low, high) = (Value::Integer(10), Value::Integer(20));
        let bounds = Bounds { low: Some(low), high: Some(high), nulls: Some(0), ..Bounds::default() };
        let key = Value::Text("x".into());
        let known = [Known::Value(&key), Known::Bounds { bounds: &bounds, rows: 5, slack: Slack::None }];
        let may = |text: &str| Filter::parse(text, &columns()).unwrap().may_keep(&known);
        for no in [
            "a < 10",
            "a > 20",
            "a = 9",
            "a in (1, 2, 30)",
            "a between 1 and 9",
            "k = 'y' and a = 15",
            "not (a >= 10)",
            "k = 'y' or a > 20",
        ] {
            assert!(!may(no), "{no}");
        }
        for yes in ["a <= 10", "a = 15", "a != 15", "a in (1, 12)", "k = 'y' or a = 15", "s = 'q'", "not (a = 15)", ""]
        {
            assert!(may(yes), "{yes}");
        }
    }
}
