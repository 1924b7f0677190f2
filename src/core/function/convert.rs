//! Conversions between types, implicit ones and casts.

use super::call::{Generation, Site};
use super::{date, number_text};
use crate::types::{IntegerWidth, KeyType, Value, calendar, decimal};

/// The kernel of a cast.
pub(super) fn kernel(site: &Site, arguments: &[&Value]) -> Option<Value> {
    let from = site.arguments.first().copied().flatten()?;
    convert(arguments.first()?, from, site.result, site.generation)
}

/// A value in another type: NULL where Hive gives NULL. None: Hive's releases differ, or a time zone decides.
pub fn convert(value: &Value, from: KeyType, to: KeyType, generation: Generation) -> Option<Value> {
    if value.is_null() {
        return Some(Value::Null);
    }
    match to {
        KeyType::Text => to_text(value, from, generation).map(Value::Text),
        KeyType::Varchar(length) => to_text(value, from, generation).map(|text| Value::Text(cut(&text, length))),
        KeyType::Char(length) => {
            let text = to_text(value, from, generation)?;
            Some(Value::Text(cut(&text, length).trim_end_matches(' ').to_owned()))
        }
        KeyType::Boolean => to_boolean(value, generation),
        KeyType::Integer(width) => to_integer(value, width),
        KeyType::Float => to_double(value).map(as_float),
        KeyType::Double => to_double(value),
        KeyType::Decimal { precision, scale } => to_decimal(value, from, precision, scale),
        KeyType::Date => to_date(value, generation),
        KeyType::Timestamp => to_timestamp(value, generation),
    }
}

/// Whether a conversion can have an answer at all; which values have one is for [`convert`] to say.
pub(super) fn is_possible(from: KeyType, to: KeyType) -> bool {
    use KeyType::{Boolean, Date, Timestamp};
    match to {
        _ if from.is_text() || to.is_text() => true,
        Boolean => !matches!(from, Date | Timestamp),
        Date | Timestamp => matches!(from, Date | Timestamp),
        _ => !matches!(from, Date | Timestamp),
    }
}

fn cut(text: &str, length: u32) -> String {
    text.chars().take(length as usize).collect()
}

fn as_float(value: Value) -> Value {
    if let Value::Double(double) = value { Value::Double(f64::from(double as f32)) } else { value }
}

fn to_text(value: &Value, from: KeyType, generation: Generation) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        // Hive 4 pads with zeros up to the type's scale.
        Value::Decimal { digits, scale } => match (generation, from) {
            (Generation::Hive4, KeyType::Decimal { scale: wanted, .. }) => padded(*digits, *scale, wanted),
            _ => None,
        },
        // Java's shortest form is not always the shortest.
        Value::Double(_) => None,
        Value::Boolean(_) | Value::Integer(_) | Value::Date(_) | Value::Timestamp { .. } | Value::Null => {
            value.to_text()
        }
    }
}

fn padded(digits: i128, scale: u8, wanted: u8) -> Option<String> {
    let more = wanted.checked_sub(scale)?;
    Some(decimal::format(digits.checked_mul(10_i128.checked_pow(u32::from(more))?)?, wanted))
}

fn to_boolean(value: &Value, generation: Generation) -> Option<Value> {
    Some(Value::Boolean(match value {
        Value::Boolean(b) => *b,
        Value::Integer(n) => *n != 0,
        Value::Double(f) => *f != 0.0,
        Value::Decimal { digits, .. } => *digits != 0,
        Value::Text(text) if text.is_empty() => false,
        // Up to 2.3 every text but the empty one is true.
        Value::Text(text) => {
            let is_false = ["false", "off", "no", "0"].iter().any(|word| text.eq_ignore_ascii_case(word));
            if is_false && generation == Generation::Hive2 {
                return None;
            }
            !is_false
        }
        Value::Null | Value::Date(_) | Value::Timestamp { .. } => return None,
    }))
}

fn to_integer(value: &Value, width: IntegerWidth) -> Option<Value> {
    let number = match value {
        Value::Boolean(b) => i64::from(*b),
        Value::Integer(n) => width.wrap(*n),
        // Java goes to int first, which saturates, and then cuts.
        Value::Double(f) if width == IntegerWidth::Big => *f as i64,
        Value::Double(f) => width.wrap(i64::from(*f as i32)),
        Value::Decimal { digits, scale } => {
            let whole = i64::try_from(decimal::whole(*digits, *scale)).ok().filter(|n| width.holds(*n));
            return Some(whole.map_or(Value::Null, Value::Integer));
        }
        Value::Text(text) => return number_text::integer(text, width),
        Value::Null | Value::Date(_) | Value::Timestamp { .. } => return None,
    };
    Some(Value::Integer(number))
}

fn to_double(value: &Value) -> Option<Value> {
    match value {
        Value::Text(text) => number_text::double(text),
        Value::Boolean(_) | Value::Integer(_) | Value::Double(_) | Value::Decimal { .. } => {
            value.double().map(Value::Double)
        }
        Value::Null | Value::Date(_) | Value::Timestamp { .. } => None,
    }
}

fn to_decimal(value: &Value, from: KeyType, precision: u8, scale: u8) -> Option<Value> {
    let parts = match value {
        Value::Boolean(b) => Some((i128::from(*b), 0)),
        Value::Integer(n) => Some((i128::from(*n), 0)),
        Value::Decimal { digits, scale } => Some((*digits, *scale)),
        Value::Double(f) if !f.is_finite() => None,
        Value::Double(f) if from == KeyType::Float => Some(decimal::parse(&format!("{:e}", *f as f32))?),
        Value::Double(f) => Some(decimal::parse(&format!("{f:e}"))?),
        Value::Text(text) => number_text::decimal_parts(text)?,
        Value::Null | Value::Date(_) | Value::Timestamp { .. } => return None,
    };
    let fitted = parts.and_then(|(digits, own_scale)| decimal::fit(digits, own_scale, precision, scale));
    Some(fitted.map_or(Value::Null, |(digits, scale)| Value::Decimal { digits, scale }))
}

fn to_date(value: &Value, generation: Generation) -> Option<Value> {
    match value {
        Value::Date(_) => Some(value.clone()),
        Value::Timestamp { seconds, .. } => Some(Value::Date(calendar::day_of(*seconds))),
        Value::Text(text) => date::day_of_text(text, generation).map(|day| day.map_or(Value::Null, Value::Date)),
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Double(_) | Value::Decimal { .. } => None,
    }
}

fn to_timestamp(value: &Value, generation: Generation) -> Option<Value> {
    match value {
        Value::Date(days) => Some(Value::Timestamp { seconds: calendar::midnight(*days), nanos: 0 }),
        Value::Timestamp { .. } => Some(value.clone()),
        Value::Text(text) => date::moment_of_text(text, generation)
            .map(|moment| moment.map_or(Value::Null, |(seconds, nanos)| Value::Timestamp { seconds, nanos })),
        Value::Null | Value::Boolean(_) | Value::Integer(_) | Value::Double(_) | Value::Decimal { .. } => None,
    }
}
