//! Typed values and their texts.

use super::key_type::KeyType;
use super::{calendar, decimal};
use crate::name::DEFAULT_PARTITION;

/// A typed value. SQL NULL is a value here; three-valued logic is the evaluator's.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Boolean(bool),
    Integer(i64),
    Double(f64),
    /// `digits * 10^-scale`, at most 38 digits, scale at most 38.
    Decimal {
        digits: i128,
        scale: u8,
    },
    Text(String),
    /// Days since 1970-01-01.
    Date(i32),
    /// Seconds since 1970-01-01T00:00:00 without a zone, and nanoseconds.
    Timestamp {
        seconds: i64,
        nanos: u32,
    },
}

impl Value {
    /// Reads the text of a partition value by its key's type. None is what the type cannot hold, which is NULL
    /// (semantics §6). [`DEFAULT_PARTITION`] is for [`Value::of_partition`] to know.
    pub fn parse(text: &str, key_type: KeyType) -> Option<Self> {
        match key_type {
            KeyType::Text | KeyType::Varchar(_) => Some(Self::Text(text.to_owned())),
            KeyType::Char(_) => Some(Self::Text(text.trim_end_matches(' ').to_owned())),
            KeyType::Boolean => parse_boolean(text).map(Self::Boolean),
            KeyType::Integer(width) => text.parse().ok().filter(|n| width.holds(*n)).map(Self::Integer),
            KeyType::Float => parse_float(text).map(|f| Self::Double(f64::from(f))),
            KeyType::Double => parse_double(text).map(Self::Double),
            KeyType::Decimal { precision, scale } => {
                let (digits, own_scale) = decimal::parse(text)?;
                let (digits, scale) = decimal::fit(digits, own_scale, precision, scale)?;
                Some(Self::Decimal { digits, scale })
            }
            // Hive reads the day of a timestamp's text too.
            KeyType::Date => {
                let day = calendar::parse_date(text);
                day.or_else(|| Some(calendar::day_of(calendar::parse_timestamp(text)?.0))).map(Self::Date)
            }
            KeyType::Timestamp => {
                calendar::parse_timestamp(text).map(|(seconds, nanos)| Self::Timestamp { seconds, nanos })
            }
        }
    }

    /// A partition's value: NULL for [`DEFAULT_PARTITION`], for the request's own name of the default partition
    /// (semantics §8), and for what the key's type cannot hold.
    pub fn of_partition(text: &str, key_type: KeyType, default_partition: &str) -> Self {
        if text == DEFAULT_PARTITION || text == default_partition {
            return Self::Null;
        }
        Self::parse(text, key_type).unwrap_or(Self::Null)
    }

    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// A number as written: an integer where i64 has room, else an exact decimal, else the nearest double (as a decimal,
    /// where 38 digits have room for its shortest form).
    pub fn parse_number(text: &str) -> Option<Self> {
        if let Ok(n) = text.parse() {
            return Some(Self::Integer(n));
        }
        if let Some(exact) = decimal::parse(text) {
            return Some(Self::of_decimal(exact));
        }
        let double = parse_double(text)?;
        let shortest = decimal::parse(&format!("{double:e}"));
        Some(shortest.map_or(Self::Double(double), Self::of_decimal))
    }

    /// A decimal, or the integer that it is.
    fn of_decimal((digits, scale): (i128, u8)) -> Self {
        match i64::try_from(digits) {
            Ok(n) if scale == 0 => Self::Integer(n),
            Ok(_) | Err(_) => Self::Decimal { digits, scale },
        }
    }

    /// The value's canonical text, as a cast to string gives it; none for NULL.
    pub fn to_text(&self) -> Option<String> {
        Some(match self {
            Self::Null => return None,
            Self::Boolean(true) => "TRUE".to_owned(),
            Self::Boolean(false) => "FALSE".to_owned(),
            Self::Integer(n) => n.to_string(),
            Self::Double(f) => format_double(*f),
            Self::Decimal { digits, scale } => decimal::format(*digits, *scale),
            Self::Text(text) => text.clone(),
            Self::Date(days) => calendar::format_date(*days),
            Self::Timestamp { seconds, nanos } => calendar::format_timestamp(*seconds, *nanos),
        })
    }

    /// What the value is, for messages.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) | Self::Double(_) | Self::Decimal { .. } => "a number",
            Self::Text(_) => "a string",
            Self::Date(_) => "a date",
            Self::Timestamp { .. } => "a timestamp",
        }
    }
}

pub(super) fn parse_boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Java's form of floating numbers, as far as anybody writes it: digits with fraction and exponent, `NaN`,
/// `[+-]Infinity`.
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    unsigned == "Infinity" || text == "NaN" || unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

pub(super) fn parse_double(text: &str) -> Option<f64> {
    if is_float(text) { text.parse().ok() } else { None }
}

fn parse_float(text: &str) -> Option<f32> {
    if is_float(text) { text.parse().ok() } else { None }
}

/// Java's text of a double: always with a point, an exponent below 10^-3 and from 10^7 on.
fn format_double(f: f64) -> String {
    if f.is_nan() {
        return "NaN".to_owned();
    }
    if f.is_infinite() {
        return if f > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if f == 0.0 || (1e-3..1e7).contains(&f.abs()) {
        return format!("{f:?}");
    }
    let scientific = format!("{f:E}");
    match scientific.split_once('E') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        Some(_) | None => scientific,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::IntegerWidth;

    #[test]
    fn numbers_as_written() {
        let decimal = |digits, scale| Some(Value::Decimal { digits, scale });
        let long = format!("0.{}", "1".repeat(50));
        let cases = [
            ("5", Some(Value::Integer(5))),
            ("5.0", Some(Value::Integer(5))),
            ("-0.50", decimal(-5, 1)),
            ("9223372036854775808", decimal(9_223_372_036_854_775_808, 0)),
            ("1e300", Some(Value::Double(1e300))),
            // 50 places are more than a decimal has: the nearest double's shortest form.
            (long.as_str(), decimal(1_111_111_111_111_111, 16)),
            ("", None),
            ("x", None),
            ("1e", None),
            ("inf", None),
        ];
        for (text, value) in cases {
            assert_eq!(Value::parse_number(text), value, "{text}");
        }
    }

    #[test]
    fn partition_values() {
        let int = KeyType::Integer(IntegerWidth::Int);
        assert_eq!(Value::of_partition("05", int, "none"), Value::Integer(5));
        assert_eq!(Value::of_partition("x", int, "none"), Value::Null);
        assert_eq!(Value::of_partition("none", KeyType::Text, "none"), Value::Null);
        assert_eq!(Value::of_partition(DEFAULT_PARTITION, KeyType::Text, "none"), Value::Null);
        assert_eq!(Value::of_partition("", KeyType::Text, "none"), Value::Text(String::new()));
        let rounded = Value::of_partition("1.005", KeyType::Decimal { precision: 4, scale: 2 }, "none");
        assert_eq!(rounded, Value::Decimal { digits: 101, scale: 2 });
        assert_eq!(Value::of_partition("0.1", KeyType::Float, "none"), Value::Double(f64::from(0.1_f32)));
    }

    #[test]
    fn canonical_texts() {
        let double = |f| Value::Double(f).to_text().unwrap();
        for (f, text) in [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (-2.5, "-2.5"),
            (0.001, "0.001"),
            (0.0001, "1.0E-4"),
            (1.5e7, "1.5E7"),
            (9_999_999.0, "9999999.0"),
        ] {
            assert_eq!(double(f), text);
        }
        assert_eq!(double(f64::NAN), "NaN");
        assert_eq!(double(f64::NEG_INFINITY), "-Infinity");
        assert_eq!(Value::Boolean(true).to_text().unwrap(), "TRUE");
        assert_eq!(Value::Null.to_text(), None);
        assert_eq!(Value::Timestamp { seconds: -1, nanos: 500_000_000 }.to_text().unwrap(), "1969-12-31 23:59:59.5");
    }
}
