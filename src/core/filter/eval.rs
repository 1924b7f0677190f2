//! Three-valued (with "unknown" four-valued) evaluation of a tree on one partition's values.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::ast::{CompareOp, Expr, LikeDialect, Value};
use super::pattern::Patterns;
use crate::function::Call;

/// What a condition is for a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    True,
    False,
    /// SQL's NULL.
    Null,
    /// It could not be evaluated here: it may be any of the others.
    Unknown,
}

impl Truth {
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Null, _) | (_, Self::Null) => Self::Null,
            (Self::True, Self::True) => Self::True,
        }
    }

    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.negate().and(other.negate()).negate()
    }

    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Null => Self::Null,
            Self::Unknown => Self::Unknown,
        }
    }

    /// Whether a filter text keeps a partition.
    pub(crate) fn is_kept(self, keeps_unknown: bool) -> bool {
        self == Self::True || (keeps_unknown && self == Self::Unknown)
    }

    /// AND of all, stopping at the first that decides.
    pub fn all(items: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::True;
        for item in items {
            all = all.and(item);
            if all == Self::False {
                break;
            }
        }
        all
    }

    /// OR of all, stopping at the first that decides.
    pub fn any(items: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Self::False;
        for item in items {
            any = any.or(item);
            if any == Self::True {
                break;
            }
        }
        any
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// How the LIKEs of a filter text are read ([`LikeDialect::Either`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    Sql,
    JavaRegex,
}

/// What an expression is evaluated on.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// One value per partition key; a key that is missing here is unknown.
    pub values: &'a [&'a Value],
    pub reading: Reading,
    /// Those of the expression's LIKEs.
    pub patterns: &'a Patterns,
}

/// Evaluates a condition.
pub fn truth(expr: &Expr, scope: Scope<'_>) -> Truth {
    match expr {
        Expr::Literal(_) | Expr::Key(_) | Expr::Call { .. } => value_truth(scalar(expr, scope).as_deref()),
        Expr::Compare { op, left, right } => {
            compare(*op, scalar(left, scope).as_deref(), scalar(right, scope).as_deref())
        }
        Expr::And(children) => Truth::all(children.iter().map(|child| truth(child, scope))),
        Expr::Or(children) => Truth::any(children.iter().map(|child| truth(child, scope))),
        Expr::Not(inner) => truth(inner, scope).negate(),
        Expr::IsNull(inner) => scalar(inner, scope).map_or(Truth::Unknown, |value| Truth::from(value.is_null())),
        Expr::In { operands, rows } => member(operands, rows, scope),
        Expr::Between { operand, low, high } => {
            let (operand, low, high) = (scalar(operand, scope), scalar(low, scope), scalar(high, scope));
            let above = compare(CompareOp::GreaterOrEqual, operand.as_deref(), low.as_deref());
            above.and(compare(CompareOp::LessOrEqual, operand.as_deref(), high.as_deref()))
        }
        Expr::Like { operand, pattern, dialect } => like(scalar(operand, scope).as_deref(), pattern, *dialect, scope),
        Expr::Unknown(_) => Truth::Unknown,
    }
}

/// `(operands) IN (rows)`.
pub fn member<'a>(operands: &[Expr], rows: impl IntoIterator<Item = &'a Vec<Expr>>, scope: Scope<'_>) -> Truth {
    let operands: Vec<_> = operands.iter().map(|operand| scalar(operand, scope)).collect();
    Truth::any(rows.into_iter().map(|row| {
        let pairs = operands.iter().zip(row);
        Truth::all(
            pairs.map(|(operand, item)| compare(CompareOp::Equal, operand.as_deref(), scalar(item, scope).as_deref())),
        )
    }))
}

/// Evaluates to a value; none is unknown.
fn scalar<'a>(expr: &'a Expr, scope: Scope<'a>) -> Option<Cow<'a, Value>> {
    match expr {
        Expr::Literal(value) => Some(Cow::Borrowed(value)),
        Expr::Key(key) => scope.values.get(*key).map(|value| Cow::Borrowed(*value)),
        Expr::Call { call, arguments } => called(call, arguments, scope).map(Cow::Owned),
        Expr::Compare { .. }
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::Not(_)
        | Expr::IsNull(_)
        | Expr::In { .. }
        | Expr::Between { .. }
        | Expr::Like { .. } => match truth(expr, scope) {
            Truth::True => Some(Cow::Owned(Value::Boolean(true))),
            Truth::False => Some(Cow::Owned(Value::Boolean(false))),
            Truth::Null => Some(Cow::Owned(Value::Null)),
            Truth::Unknown => None,
        },
        Expr::Unknown(_) => None,
    }
}

/// A function's answer; none is unknown.
fn called(call: &Call, arguments: &[Expr], scope: Scope<'_>) -> Option<Value> {
    let values: Vec<Option<Cow<'_, Value>>> = arguments.iter().map(|argument| scalar(argument, scope)).collect();
    let values: Vec<Option<&Value>> = values.iter().map(Option::as_deref).collect();
    let pattern = call.pattern_argument().and_then(|at| arguments.get(at)?.as_literal());
    let pattern = if let Some(Value::Text(text)) = pattern { scope.patterns.java_regex(text) } else { None };
    call.evaluate(&values, pattern)
}

/// A value in the place of a condition.
fn value_truth(value: Option<&Value>) -> Truth {
    match value {
        Some(Value::Boolean(b)) => Truth::from(*b),
        Some(Value::Null) => Truth::Null,
        Some(
            Value::Integer(_)
            | Value::Double(_)
            | Value::Decimal { .. }
            | Value::Text(_)
            | Value::Date(_)
            | Value::Timestamp { .. },
        )
        | None => Truth::Unknown,
    }
}

impl LikeDialect {
    /// How a LIKE is read where the whole filter is read so.
    pub(crate) fn reading(self, whole: Reading) -> Reading {
        match self {
            Self::Sql => Reading::Sql,
            Self::JavaRegex => Reading::JavaRegex,
            Self::Either => whole,
        }
    }
}

impl CompareOp {
    /// Whether two values that stand so to each other fulfil it.
    pub(crate) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal | Self::NullSafeEqual => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }

    /// The comparison of two values.
    pub(crate) fn truth(self, left: &Value, right: &Value) -> Truth {
        match left.compare(right) {
            Some(order) => Truth::from(self.holds(order)),
            None if self == Self::NullSafeEqual => Truth::from(left.is_null() && right.is_null()),
            None => Truth::Null,
        }
    }
}

fn compare(op: CompareOp, left: Option<&Value>, right: Option<&Value>) -> Truth {
    let (Some(left), Some(right)) = (left, right) else { return Truth::Unknown };
    op.truth(left, right)
}

fn like(operand: Option<&Value>, pattern: &str, dialect: LikeDialect, scope: Scope<'_>) -> Truth {
    let Some(operand) = operand else { return Truth::Unknown };
    let text = match operand {
        Value::Text(text) => Some(Cow::Borrowed(text.as_str())),
        other => other.to_text().map(Cow::Owned),
    };
    let Some(text) = text else { return Truth::Null };
    Truth::from(scope.patterns.matches(pattern, dialect.reading(scope.reading), &text))
}
