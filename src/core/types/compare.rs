//! Order between values, within a type and across types.

use std::cmp::Ordering;

use super::value::{Value, parse_boolean};
use super::{calendar, decimal};

impl Value {
    /// SQL's comparison. None is "NULL": a side is NULL, or the types have no common ground (a date and a number), or a
    /// text cannot be read as the other side's type. As in Hive, text meets numbers as a number, dates as a date, and
    /// doubles meet other numbers as doubles; integers and decimals compare exactly. `-0.0 = 0.0`, `NaN = NaN` is the
    /// greatest double.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(left), Self::Text(right)) => Some(left.cmp(right)),
            (Self::Text(left), right) => Self::read_like(left, right)?.compare(right),
            (left, Self::Text(right)) => left.compare(&Self::read_like(right, left)?),
            (Self::Boolean(left), Self::Boolean(right)) => Some(left.cmp(right)),
            (left, right) => match (left.instant(), right.instant()) {
                (Some(left), Some(right)) => Some(left.cmp(&right)),
                (None, None) => compare_numbers(left, right),
                (Some(_), None) | (None, Some(_)) => None,
            },
        }
    }

    /// A total order for sorting: NULL, then by kind (numbers of all kinds are one), then as [`Value::compare`].
    pub fn order(&self, other: &Self) -> Ordering {
        let rank = |value: &Self| match value {
            Self::Null => 0,
            Self::Boolean(_) => 1,
            Self::Integer(_) | Self::Double(_) | Self::Decimal { .. } => 2,
            Self::Date(_) | Self::Timestamp { .. } => 3,
            Self::Text(_) => 4,
        };
        rank(self).cmp(&rank(other)).then_with(|| self.compare(other).unwrap_or(Ordering::Equal))
    }

    /// Reads a text as the kind of value that `model` is; a value that is not NULL and not text.
    fn read_like(text: &str, model: &Self) -> Option<Self> {
        match model {
            Self::Null | Self::Text(_) => None,
            Self::Boolean(_) => parse_boolean(text).map(Self::Boolean),
            Self::Integer(_) | Self::Decimal { .. } | Self::Double(_) => Self::parse_number(text),
            Self::Date(_) | Self::Timestamp { .. } => {
                calendar::parse_timestamp(text).map(|(seconds, nanos)| Self::Timestamp { seconds, nanos })
            }
        }
    }

    /// Dates and timestamps on one scale.
    fn instant(&self) -> Option<(i64, u32)> {
        match self {
            Self::Date(days) => Some((calendar::midnight(*days), 0)),
            Self::Timestamp { seconds, nanos } => Some((*seconds, *nanos)),
            Self::Null
            | Self::Boolean(_)
            | Self::Integer(_)
            | Self::Double(_)
            | Self::Decimal { .. }
            | Self::Text(_) => None,
        }
    }

    /// Integers, decimals and (as Hive has it in mixed company) booleans as an exact decimal.
    fn exact(&self) -> Option<(i128, u8)> {
        match self {
            Self::Boolean(b) => Some((i128::from(*b), 0)),
            Self::Integer(n) => Some((i128::from(*n), 0)),
            Self::Decimal { digits, scale } => Some((*digits, *scale)),
            Self::Null | Self::Double(_) | Self::Text(_) | Self::Date(_) | Self::Timestamp { .. } => None,
        }
    }

    /// Any number as a double.
    pub(super) fn double(&self) -> Option<f64> {
        match self {
            Self::Double(f) => Some(*f),
            Self::Integer(n) => Some(*n as f64),
            Self::Boolean(_) | Self::Decimal { .. } => {
                self.exact().map(|(digits, scale)| decimal::to_double(digits, scale))
            }
            Self::Null | Self::Text(_) | Self::Date(_) | Self::Timestamp { .. } => None,
        }
    }
}

fn compare_numbers(left: &Value, right: &Value) -> Option<Ordering> {
    if let (Some(left), Some(right)) = (left.exact(), right.exact()) {
        return Some(decimal::compare(left, right));
    }
    Some(compare_doubles(left.double()?, right.double()?))
}

fn compare_doubles(left: f64, right: f64) -> Ordering {
    left.partial_cmp(&right).unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
}
