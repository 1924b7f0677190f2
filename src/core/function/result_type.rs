//! The type of what a function answers, from those of its arguments.
#![expect(clippy::unnecessary_wraps, reason = "all rules are functions of one type")]

use super::call::Type;
use crate::types::{IntegerWidth, KeyType};

pub(super) const INT: KeyType = KeyType::Integer(IntegerWidth::Int);
const BIG: KeyType = KeyType::Integer(IntegerWidth::Big);
const MAX_PRECISION: u8 = 38;
/// So many places are kept where a decimal has no room for all.
const MIN_SCALE: u8 = 6;

/// A rule: none where the function does not take such arguments.
pub(super) type Rule = fn(&[Type]) -> Option<KeyType>;

pub(super) fn text(_: &[Type]) -> Option<KeyType> {
    Some(KeyType::Text)
}

pub(super) fn int(_: &[Type]) -> Option<KeyType> {
    Some(INT)
}

pub(super) fn boolean(_: &[Type]) -> Option<KeyType> {
    Some(KeyType::Boolean)
}

pub(super) fn double(_: &[Type]) -> Option<KeyType> {
    Some(KeyType::Double)
}

pub(super) fn date(_: &[Type]) -> Option<KeyType> {
    Some(KeyType::Date)
}

pub(super) fn tiny(_: &[Type]) -> Option<KeyType> {
    Some(KeyType::Integer(IntegerWidth::Tiny))
}

pub(super) fn small(_: &[Type]) -> Option<KeyType> {
    Some(KeyType::Integer(IntegerWidth::Small))
}

pub(super) fn big(_: &[Type]) -> Option<KeyType> {
    Some(BIG)
}

pub(super) fn float(_: &[Type]) -> Option<KeyType> {
    Some(KeyType::Float)
}

pub(super) fn timestamp(_: &[Type]) -> Option<KeyType> {
    Some(KeyType::Timestamp)
}

pub(super) fn first(arguments: &[Type]) -> Option<KeyType> {
    arguments.first().copied().flatten()
}

/// upper, lower: a char stays one.
pub(super) fn first_text(arguments: &[Type]) -> Option<KeyType> {
    first(arguments).filter(|own| own.is_text()).or(Some(KeyType::Text))
}

/// The type that all arguments have in common.
pub(super) fn common(arguments: &[Type]) -> Option<KeyType> {
    all_common(arguments.iter().copied())
}

/// That of all arguments but the first.
pub(super) fn common_of_rest(arguments: &[Type]) -> Option<KeyType> {
    all_common(arguments.iter().skip(1).copied())
}

/// That of every second argument, and of the last one.
pub(super) fn common_of_branches(arguments: &[Type]) -> Option<KeyType> {
    let last = arguments.len().checked_sub(1)?;
    all_common(arguments.iter().enumerate().filter(|(at, _)| at % 2 == 1 || *at == last).map(|(_, own)| *own))
}

fn all_common(types: impl Iterator<Item = Type>) -> Option<KeyType> {
    let mut known = types.flatten();
    let first = known.next()?;
    known.try_fold(first, merged_type)
}

/// The type that values of two types have where either may stand.
fn merged_type(left: KeyType, right: KeyType) -> Option<KeyType> {
    match (left, right) {
        (left, right) if left == right => Some(left),
        // Where texts and others meet in one column, it is text.
        (left, right) if left.is_text() || right.is_text() => Some(KeyType::Text),
        (KeyType::Date, other) | (other, KeyType::Date) if is_number(other) => None,
        (decimal @ KeyType::Decimal { .. }, integer @ KeyType::Integer(_))
        | (integer @ KeyType::Integer(_), decimal @ KeyType::Decimal { .. }) => {
            common_type(decimal, decimal_of(integer)?)
        }
        (left, right) => common_type(left, right),
    }
}

/// The decimal that an integer type fits into.
fn decimal_of(key_type: KeyType) -> Option<KeyType> {
    let precision = match key_type {
        KeyType::Integer(IntegerWidth::Tiny) => 3,
        KeyType::Integer(IntegerWidth::Small) => 5,
        KeyType::Integer(IntegerWidth::Int) => 10,
        KeyType::Integer(IntegerWidth::Big) => 19,
        KeyType::Decimal { .. } => return Some(key_type),
        _ => return None,
    };
    Some(KeyType::Decimal { precision, scale: 0 })
}

pub(super) fn is_number(key_type: KeyType) -> bool {
    matches!(key_type, KeyType::Integer(_) | KeyType::Float | KeyType::Double | KeyType::Decimal { .. })
}

/// A number's type; that of a text is double.
fn number(own: Type) -> Option<KeyType> {
    match own {
        None => Some(INT),
        Some(own) if own.is_text() => Some(KeyType::Double),
        Some(own) => is_number(own).then_some(own),
    }
}

/// abs, negative: what a number is.
pub(super) fn first_number(arguments: &[Type]) -> Option<KeyType> {
    number(first(arguments))
}

pub(super) fn absolute(arguments: &[Type]) -> Option<KeyType> {
    Some(match first_number(arguments)? {
        KeyType::Integer(IntegerWidth::Big) => BIG,
        KeyType::Integer(_) => INT,
        KeyType::Float => KeyType::Double,
        other => other,
    })
}

/// floor and ceil: whole numbers.
pub(super) fn whole(arguments: &[Type]) -> Option<KeyType> {
    Some(match first_number(arguments)? {
        KeyType::Decimal { precision, scale } => {
            KeyType::Decimal { precision: (precision - scale + 1).min(MAX_PRECISION), scale: 0 }
        }
        _ => BIG,
    })
}

pub(super) fn sign(arguments: &[Type]) -> Option<KeyType> {
    Some(match first_number(arguments)? {
        KeyType::Decimal { .. } => INT,
        _ => KeyType::Double,
    })
}

/// A decimal's type depends on the places asked for, which no type tells: room for all.
pub(super) fn rounded(arguments: &[Type]) -> Option<KeyType> {
    Some(match first_number(arguments)? {
        KeyType::Decimal { scale, .. } => KeyType::Decimal { precision: MAX_PRECISION, scale },
        other => other,
    })
}

/// Two numbers: a decimal's precision and scale, or the wider of both types.
fn pair(arguments: &[Type], of_decimals: impl Fn(i16, i16, i16, i16) -> (i16, i16)) -> Option<KeyType> {
    let [left, right] = arguments else { return None };
    let (left, right) = (number(*left)?, number(*right)?);
    let is_approximate = |own| matches!(own, KeyType::Float | KeyType::Double);
    if is_approximate(left) || is_approximate(right) {
        let is_decimal = |own| matches!(own, KeyType::Decimal { .. });
        return if is_decimal(left) || is_decimal(right) { Some(KeyType::Double) } else { common_type(left, right) };
    }
    if let (KeyType::Integer(left), KeyType::Integer(right)) = (left, right) {
        return Some(KeyType::Integer(left.max(right)));
    }
    let (KeyType::Decimal { precision: p, scale: s }, KeyType::Decimal { precision: q, scale: t }) =
        (decimal_of(left)?, decimal_of(right)?)
    else {
        return None;
    };
    let (precision, scale) = of_decimals(i16::from(p), i16::from(s), i16::from(q), i16::from(t));
    Some(fitted(precision, scale))
}

/// A decimal type within Hive's bounds: whole digits go before places, of which some stay.
fn fitted(precision: i16, scale: i16) -> KeyType {
    let max = i16::from(MAX_PRECISION);
    let (precision, scale) = if precision <= max {
        (precision, scale)
    } else {
        (max, (max - (precision - scale)).max(scale.min(i16::from(MIN_SCALE))))
    };
    let precision = precision.clamp(1, max);
    KeyType::Decimal { precision: precision as u8, scale: scale.clamp(0, precision) as u8 }
}

pub(super) fn sum(arguments: &[Type]) -> Option<KeyType> {
    pair(arguments, |p, s, q, t| ((p - s).max(q - t) + s.max(t) + 1, s.max(t)))
}

pub(super) fn product(arguments: &[Type]) -> Option<KeyType> {
    pair(arguments, |p, s, q, t| (p + q + 1, s + t))
}

/// Integers are divided as doubles.
pub(super) fn quotient(arguments: &[Type]) -> Option<KeyType> {
    let exact = pair(arguments, |p, s, q, t| {
        let scale = (s + q + 1).max(i16::from(MIN_SCALE));
        (p - s + t + scale, scale)
    })?;
    Some(if matches!(exact, KeyType::Integer(_)) { KeyType::Double } else { exact })
}

pub(super) fn remainder(arguments: &[Type]) -> Option<KeyType> {
    pair(arguments, |p, s, q, t| ((p - s).min(q - t) + s.max(t), s.max(t)))
}

/// Bits are those of integers.
pub(super) fn bits(arguments: &[Type]) -> Option<KeyType> {
    let all = all_common(arguments.iter().copied())?;
    matches!(all, KeyType::Integer(_)).then_some(all)
}

/// The text that several make: as long as all together, where none is a string.
pub(super) fn joined(arguments: &[Type]) -> Option<KeyType> {
    let mut length: u32 = 0;
    let mut is_char = true;
    for own in arguments {
        match (*own)? {
            KeyType::Char(own) => length = length.checked_add(own)?,
            KeyType::Varchar(own) => (length, is_char) = (length.checked_add(own)?, false),
            _ => return Some(KeyType::Text),
        }
    }
    Some(match length {
        ..=255 if is_char => KeyType::Char(length),
        ..=65_535 if !is_char => KeyType::Varchar(length),
        _ => KeyType::Text,
    })
}

/// The type in which Hive compares two types (as Hive 4.0.1 answers for every pair). None where Hive has no answer, or one
/// that depends on a time zone (timestamps and numbers).
pub fn common_type(left: KeyType, right: KeyType) -> Option<KeyType> {
    use KeyType::{Char, Date, Decimal, Double, Float, Integer, Text, Timestamp, Varchar};
    if left == right {
        return Some(left);
    }
    match (left, right) {
        (Varchar(a), Varchar(b)) => Some(Varchar(a.max(b))),
        (Char(a), Char(b)) => Some(Char(a.max(b))),
        (a, b) if a.is_text() && b.is_text() => Some(Text),
        (Date, Timestamp) | (Timestamp, Date) => Some(Timestamp),
        (day @ (Date | Timestamp), other) | (other, day @ (Date | Timestamp)) if other.is_text() => Some(day),
        // A date meets a number as text.
        (Date, other) | (other, Date) if is_number(other) => Some(Text),
        (a, b) if a.is_text() && is_number(b) || is_number(a) && b.is_text() => Some(Double),
        (a, b) if !is_number(a) || !is_number(b) => None,
        (Double, _) | (_, Double) => Some(Double),
        (Float, _) | (_, Float) => Some(Float),
        (Decimal { precision: p, scale: s }, Decimal { precision: q, scale: t }) => {
            let scale = s.max(t);
            Some(Decimal { precision: ((p - s).max(q - t) + scale).min(38), scale })
        }
        (decimal @ Decimal { .. }, _) | (_, decimal @ Decimal { .. }) => Some(decimal),
        (Integer(a), Integer(b)) => Some(Integer(a.max(b))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of Hive 4.0.1's own table, printed by running it; `-` is none.
    #[test]
    fn hives_table() {
        let names = ["string", "varchar(5)", "char(9)", "boolean", "tinyint", "bigint", "float", "double", "date"];
        let rows = [
            ("string", "string string string - double double double double date"),
            ("varchar(9)", "string varchar(9) string - double double double double date"),
            ("char(5)", "string string char(9) - double double double double date"),
            ("boolean", "- - - boolean - - - - -"),
            ("int", "double double double - int bigint float double string"),
            ("float", "double double double - float float float double string"),
            ("double", "double double double - double double double double string"),
            ("date", "date date date - string string string string date"),
        ];
        for (left, expected) in rows {
            for (right, expected) in names.iter().zip(expected.split(' ')) {
                let expected = (expected != "-").then(|| KeyType::parse(expected));
                let (left, right) = (KeyType::parse(left), KeyType::parse(right));
                assert_eq!(common_type(left, right), expected, "{left:?} {right:?}");
                assert_eq!(common_type(right, left), expected, "{right:?} {left:?}");
            }
        }
        let common = |left, right| common_type(KeyType::parse(left), KeyType::parse(right));
        assert_eq!(common("decimal(10,2)", "decimal(12,4)"), Some(KeyType::parse("decimal(12,4)")));
        assert_eq!(common("decimal(10,2)", "float"), Some(KeyType::Float));
        assert_eq!(common("decimal(10,2)", "string"), Some(KeyType::Double));
        assert_eq!(common("timestamp", "date"), Some(KeyType::Timestamp));
        assert_eq!(common("timestamp", "varchar(3)"), Some(KeyType::Timestamp));
        assert_eq!(common("timestamp", "int"), None);
    }
}
