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
    pub(crate) fn read_like(text: &str, model: &Self) -> Option<Self> {
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
    pub(crate) fn double(&self) -> Option<f64> {
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

#[cfg(test)]
mod tests {
    use Ordering::{Equal, Greater, Less};
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn across_types() {
        let tenth = Value::Decimal { digits: 1, scale: 1 };
        let day = Value::Date(1);
        let cases = [
            (Value::Integer(1), Value::Decimal { digits: 10, scale: 1 }, Some(Equal)),
            (Value::Integer(i64::MAX), Value::Decimal { digits: i128::from(i64::MAX) * 10 + 1, scale: 1 }, Some(Less)),
            (tenth.clone(), Value::Double(0.1), Some(Equal)),
            (Value::Integer(1), Value::Double(1.5), Some(Less)),
            (Value::Double(-0.0), Value::Double(0.0), Some(Equal)),
            (Value::Double(f64::NAN), Value::Double(f64::NAN), Some(Equal)),
            (Value::Double(f64::NAN), Value::Double(f64::INFINITY), Some(Greater)),
            (text("0.10"), tenth, Some(Equal)),
            (text("05"), Value::Integer(5), Some(Equal)),
            (text("x"), Value::Integer(5), None),
            (text("TRUE"), Value::Boolean(true), Some(Equal)),
            (Value::Boolean(true), Value::Integer(1), Some(Equal)),
            (day.clone(), Value::Timestamp { seconds: 86_400, nanos: 1 }, Some(Less)),
            (day.clone(), text("1970-01-02"), Some(Equal)),
            (day.clone(), text("1970-01-02 00:00:00.1"), Some(Less)),
            (day.clone(), Value::Integer(1), None),
            (day, Value::Boolean(true), None),
            (Value::Null, Value::Null, None),
            (text("Z"), text("a"), Some(Less)),
        ];
        for (left, right, order) in cases {
            assert_eq!(left.compare(&right), order, "{left:?} {right:?}");
            assert_eq!(right.compare(&left), order.map(Ordering::reverse), "{right:?} {left:?}");
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Boolean),
            any::<i64>().prop_map(Value::Integer),
            (-20_i64..20).prop_map(Value::Integer),
            (-10_i128.pow(38) + 1..10_i128.pow(38), 0_u8..=38)
                .prop_map(|(digits, scale)| Value::Decimal { digits, scale }),
            (-200_i128..200, 0_u8..3).prop_map(|(digits, scale)| Value::Decimal { digits, scale }),
            "[ab]{0,2}".prop_map(Value::Text),
            (-3..3).prop_map(Value::Date),
            (-200_000_i64..200_000, 0_u32..2).prop_map(|(seconds, nanos)| Value::Timestamp { seconds, nanos }),
        ]
    }

    proptest! {
        /// Sorting and look-up rely on it. (Doubles among other numbers are compared as doubles, as in Hive, which is no
        /// order; lists that are sorted have one kind.)
        #[test]
        fn a_total_order(a in value(), b in value(), c in value()) {
            prop_assert_eq!(a.order(&b), b.order(&a).reverse());
            if a.order(&b) != Greater && b.order(&c) != Greater {
                prop_assert_ne!(a.order(&c), Greater);
            }
            let own_kind = |value: &Value| !matches!(value, Value::Boolean(_) | Value::Text(_));
            if let Some(order) = a.compare(&b)
                && own_kind(&a)
                && own_kind(&b)
            {
                prop_assert_eq!(order, a.order(&b));
            }
        }

        #[test]
        fn doubles_have_a_total_order(a: f64, b: f64, c: f64) {
            let [a, b, c] = [a, b, c].map(Value::Double);
            prop_assert_eq!(a.order(&b), b.order(&a).reverse());
            if a.order(&b) != Greater && b.order(&c) != Greater {
                prop_assert_ne!(a.order(&c), Greater);
            }
        }

        /// No text that a partition or a filter may hold makes reading it panic, and what it is read as compares.
        #[test]
        fn no_text_panics(text in "[-+0-9.eE: T]{0,45}|\\PC{0,20}") {
            use crate::types::{IntegerWidth, KeyType};
            let types = [KeyType::Boolean, KeyType::Integer(IntegerWidth::Big), KeyType::Float, KeyType::Double,
                KeyType::Decimal { precision: 38, scale: 38 }, KeyType::Decimal { precision: 38, scale: 0 }, KeyType::Date, KeyType::Timestamp, KeyType::Char(3)];
            for key_type in types {
                let value = Value::of_partition(&text, key_type, "");
                prop_assert_eq!(value.compare(&value).is_none(), value.is_null());
                let _ = value.compare(&Value::Text(text.clone()));
            }
            let _ = KeyType::parse(&text);
        }
    }
}
