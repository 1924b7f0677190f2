//! Casts between types, as Hive's conversion functions do them.

use super::key_type::{IntegerWidth, KeyType};
use super::value::Value;
use super::{calendar, decimal};

impl Value {
    /// Hive's cast. NULL where Hive gives NULL (a text of another form, a decimal with too many digits); none where
    /// the answer would depend on a time zone or is not Hive's to give, so that the caller calls it unknown.
    pub fn cast(&self, to: KeyType) -> Option<Self> {
        if self.is_null() {
            return Some(Self::Null);
        }
        match to {
            KeyType::Text => Some(self.to_text().map_or(Self::Null, Self::Text)),
            KeyType::Varchar(length) => self.cut_text(length).map(Self::Text),
            KeyType::Char(length) => {
                self.cut_text(length).map(|text| Self::Text(text.trim_end_matches(' ').to_owned()))
            }
            KeyType::Boolean => self.to_boolean(),
            KeyType::Integer(width) => self.to_integer(width),
            KeyType::Float => self.to_double().map(|value| value.map_double(|f| f64::from(f as f32))),
            KeyType::Double => self.to_double(),
            KeyType::Decimal { precision, scale } => self.to_decimal(precision, scale),
            KeyType::Date => self.to_date(),
            KeyType::Timestamp => self.to_timestamp(),
        }
    }

    fn cut_text(&self, length: u32) -> Option<String> {
        self.to_text().map(|text| text.chars().take(length as usize).collect())
    }

    fn map_double(self, change: impl FnOnce(f64) -> f64) -> Self {
        if let Self::Double(f) = self { Self::Double(change(f)) } else { self }
    }

    fn to_boolean(&self) -> Option<Self> {
        match self {
            Self::Boolean(b) => Some(Self::Boolean(*b)),
            Self::Integer(n) => Some(Self::Boolean(*n != 0)),
            Self::Double(f) => Some(Self::Boolean(*f != 0.0)),
            Self::Decimal { digits, .. } => Some(Self::Boolean(*digits != 0)),
            // Hive's versions disagree on texts such as `no` and on dates.
            Self::Text(text) => Self::parse(text, KeyType::Boolean),
            Self::Null | Self::Date(_) | Self::Timestamp { .. } => None,
        }
    }

    fn to_integer(&self, width: IntegerWidth) -> Option<Self> {
        let number = match self {
            Self::Boolean(b) => i64::from(*b),
            Self::Integer(n) => width.wrap(*n),
            // Java goes to int first, which saturates, and then cuts.
            Self::Double(f) if width == IntegerWidth::Big => *f as i64,
            Self::Double(f) => width.wrap(i64::from(*f as i32)),
            Self::Decimal { digits, scale } => return Some(whole_in(decimal::whole(*digits, *scale), width)),
            Self::Text(text) => {
                return Some(match Self::parse_number(text.trim()) {
                    Some(Self::Integer(n)) if width.holds(n) => Self::Integer(n),
                    Some(Self::Decimal { digits, scale }) => whole_in(decimal::whole(digits, scale), width),
                    Some(_) | None => Self::Null,
                });
            }
            Self::Null | Self::Date(_) | Self::Timestamp { .. } => return None,
        };
        Some(Self::Integer(number))
    }

    fn to_double(&self) -> Option<Self> {
        match self {
            Self::Text(text) => Some(Self::parse(text.trim(), KeyType::Double).unwrap_or(Self::Null)),
            Self::Boolean(_) | Self::Integer(_) | Self::Double(_) | Self::Decimal { .. } => {
                self.double().map(Self::Double)
            }
            Self::Null | Self::Date(_) | Self::Timestamp { .. } => None,
        }
    }

    fn to_decimal(&self, precision: u8, scale: u8) -> Option<Self> {
        let (digits, own_scale) = match self {
            Self::Boolean(b) => (i128::from(*b), 0),
            Self::Integer(n) => (i128::from(*n), 0),
            Self::Decimal { digits, scale } => (*digits, *scale),
            Self::Double(f) => match decimal::parse(&format!("{f:e}")) {
                Some(parts) => parts,
                None => return Some(Self::Null),
            },
            Self::Text(text) => match decimal::parse(text.trim()) {
                Some(parts) => parts,
                None => return Some(Self::Null),
            },
            Self::Null | Self::Date(_) | Self::Timestamp { .. } => return None,
        };
        let fitted = decimal::fit(digits, own_scale, precision, scale);
        Some(fitted.map_or(Self::Null, |(digits, scale)| Self::Decimal { digits, scale }))
    }

    fn to_date(&self) -> Option<Self> {
        match self {
            Self::Date(days) => Some(Self::Date(*days)),
            Self::Timestamp { seconds, .. } => Some(Self::Date(calendar::day_of(*seconds))),
            Self::Text(text) => Some(Self::parse(text.trim(), KeyType::Date).unwrap_or(Self::Null)),
            Self::Null | Self::Boolean(_) | Self::Integer(_) | Self::Double(_) | Self::Decimal { .. } => None,
        }
    }

    fn to_timestamp(&self) -> Option<Self> {
        match self {
            Self::Date(days) => Some(Self::Timestamp { seconds: calendar::midnight(*days), nanos: 0 }),
            Self::Timestamp { .. } => Some(self.clone()),
            Self::Text(text) => Some(Self::parse(text.trim(), KeyType::Timestamp).unwrap_or(Self::Null)),
            Self::Null | Self::Boolean(_) | Self::Integer(_) | Self::Double(_) | Self::Decimal { .. } => None,
        }
    }
}

fn whole_in(whole: i128, width: IntegerWidth) -> Value {
    i64::try_from(whole).ok().filter(|n| width.holds(*n)).map_or(Value::Null, Value::Integer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_hive_casts() {
        use KeyType::{Boolean, Char, Date, Decimal, Double, Float, Integer, Text, Timestamp, Varchar};
        let text = |text: &str| Value::Text(text.to_owned());
        let decimal = |digits, scale| Value::Decimal { digits, scale };
        let timestamp = Value::Timestamp { seconds: -1, nanos: 5 };
        let cases = [
            (Value::Integer(300), Integer(IntegerWidth::Tiny), Some(Value::Integer(44))),
            (Value::Integer(-32_769), Integer(IntegerWidth::Small), Some(Value::Integer(32_767))),
            (Value::Double(-2.9), Integer(IntegerWidth::Int), Some(Value::Integer(-2))),
            (Value::Double(1e10), Integer(IntegerWidth::Int), Some(Value::Integer(i64::from(i32::MAX)))),
            (Value::Double(f64::NAN), Integer(IntegerWidth::Big), Some(Value::Integer(0))),
            (decimal(-29, 1), Integer(IntegerWidth::Int), Some(Value::Integer(-2))),
            (decimal(i128::from(i64::MAX) + 1, 0), Integer(IntegerWidth::Big), Some(Value::Null)),
            (text(" 12.7 "), Integer(IntegerWidth::Int), Some(Value::Integer(12))),
            (text("300"), Integer(IntegerWidth::Tiny), Some(Value::Null)),
            (text("x"), Integer(IntegerWidth::Int), Some(Value::Null)),
            (Value::Boolean(true), Integer(IntegerWidth::Int), Some(Value::Integer(1))),
            (timestamp.clone(), Integer(IntegerWidth::Big), None),
            (text("1.5"), Double, Some(Value::Double(1.5))),
            (decimal(15, 1), Double, Some(Value::Double(1.5))),
            (Value::Double(0.1), Float, Some(Value::Double(f64::from(0.1_f32)))),
            (Value::Date(0), Double, None),
            (text("1.005"), Decimal { precision: 4, scale: 2 }, Some(decimal(101, 2))),
            (Value::Integer(100), Decimal { precision: 4, scale: 2 }, Some(Value::Null)),
            (Value::Double(1.5), Decimal { precision: 4, scale: 2 }, Some(decimal(15, 1))),
            (Value::Double(f64::INFINITY), Decimal { precision: 4, scale: 2 }, Some(Value::Null)),
            (timestamp.clone(), Date, Some(Value::Date(-1))),
            (text("1970-01-02 10:00:00"), Date, Some(Value::Date(1))),
            (text("1970-02-30"), Date, Some(Value::Null)),
            (Value::Integer(5), Date, None),
            (Value::Date(-1), Timestamp, Some(Value::Timestamp { seconds: -86_400, nanos: 0 })),
            (Value::Integer(5), Timestamp, None),
            (Value::Integer(0), Boolean, Some(Value::Boolean(false))),
            (text("no"), Boolean, None),
            (timestamp, Text, Some(text("1969-12-31 23:59:59.000000005"))),
            (text("é日x"), Varchar(2), Some(text("é日"))),
            (text("a  b"), Char(3), Some(text("a"))),
            (Value::Null, Date, Some(Value::Null)),
        ];
        for (value, to, expected) in cases {
            assert_eq!(value.cast(to), expected, "{value:?} to {to:?}");
        }
    }
}
