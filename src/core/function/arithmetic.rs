//! `+ - * / %` and their kin, in the type that Hive has found for them. Integers wrap as Java's do; a division by zero is
//! NULL.

use super::call::Site;
use super::decimal_math;
use crate::types::{IntegerWidth, KeyType, Value};

/// Two operands in the type of the answer.
enum Pair {
    Integers(i64, i64, IntegerWidth),
    Doubles(f64, f64),
    /// Doubles that are rounded to 32 bits after each step.
    Floats(f32, f32),
    Decimals((i128, u8), (i128, u8)),
}

fn pair(site: &Site, arguments: &[&Value]) -> Option<Pair> {
    let (left, right) = (arguments.first()?, arguments.get(1)?);
    Some(match (site.result, left, right) {
        (KeyType::Integer(width), Value::Integer(left), Value::Integer(right)) => Pair::Integers(*left, *right, width),
        (KeyType::Double, Value::Double(left), Value::Double(right)) => Pair::Doubles(*left, *right),
        (KeyType::Float, Value::Double(left), Value::Double(right)) => Pair::Floats(*left as f32, *right as f32),
        (KeyType::Decimal { .. }, left, right) => Pair::Decimals(exact(left)?, exact(right)?),
        _ => return None,
    })
}

/// An integer or decimal as a decimal.
fn exact(value: &Value) -> Option<(i128, u8)> {
    match value {
        Value::Integer(n) => Some((i128::from(*n), 0)),
        Value::Decimal { digits, scale } => Some((*digits, *scale)),
        _ => None,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what every kernel answers")]
fn wrapped(width: IntegerWidth, n: i64) -> Option<Value> {
    Some(Value::Integer(width.wrap(n)))
}

#[expect(clippy::unnecessary_wraps, reason = "what every kernel answers")]
fn double(f: f64) -> Option<Value> {
    Some(Value::Double(f))
}

#[expect(clippy::unnecessary_wraps, reason = "what every kernel answers")]
fn float(f: f32) -> Option<Value> {
    Some(Value::Double(f64::from(f)))
}

pub(super) fn plus(site: &Site, arguments: &[&Value]) -> Option<Value> {
    match pair(site, arguments)? {
        Pair::Integers(left, right, width) => wrapped(width, left.wrapping_add(right)),
        Pair::Doubles(left, right) => double(left + right),
        Pair::Floats(left, right) => float(left + right),
        Pair::Decimals(left, right) => decimal_math::sum(site, left, right),
    }
}

pub(super) fn minus(site: &Site, arguments: &[&Value]) -> Option<Value> {
    match pair(site, arguments)? {
        Pair::Integers(left, right, width) => wrapped(width, left.wrapping_sub(right)),
        Pair::Doubles(left, right) => double(left - right),
        Pair::Floats(left, right) => float(left - right),
        Pair::Decimals(left, (digits, scale)) => decimal_math::sum(site, left, (-digits, scale)),
    }
}

pub(super) fn times(site: &Site, arguments: &[&Value]) -> Option<Value> {
    match pair(site, arguments)? {
        Pair::Integers(left, right, width) => wrapped(width, left.wrapping_mul(right)),
        Pair::Doubles(left, right) => double(left * right),
        Pair::Floats(left, right) => float(left * right),
        Pair::Decimals(left, right) => decimal_math::product(site, left, right),
    }
}

/// Integers are divided as doubles; the arguments were converted already.
pub(super) fn divide(site: &Site, arguments: &[&Value]) -> Option<Value> {
    match pair(site, arguments)? {
        Pair::Doubles(_, 0.0) | Pair::Floats(_, 0.0) | Pair::Decimals(_, (0, _)) => Some(Value::Null),
        Pair::Doubles(left, right) => double(left / right),
        Pair::Floats(left, right) => float(left / right),
        Pair::Decimals(left, right) => decimal_math::quotient(site, left, right),
        Pair::Integers(..) => None,
    }
}

/// What is left of a whole division, with the sign of the dividend.
pub(super) fn remainder(site: &Site, arguments: &[&Value]) -> Option<Value> {
    match pair(site, arguments)? {
        Pair::Integers(_, 0, _) | Pair::Decimals(_, (0, _)) | Pair::Doubles(_, 0.0) | Pair::Floats(_, 0.0) => {
            Some(Value::Null)
        }
        Pair::Integers(left, right, width) => wrapped(width, left.wrapping_rem(right)),
        Pair::Doubles(left, right) => double(left % right),
        Pair::Floats(left, right) => float(left % right),
        Pair::Decimals(left, right) => decimal_math::remainder(site, left, right),
    }
}

/// `((a % b) + b) % b`.
pub(super) fn positive_remainder(site: &Site, arguments: &[&Value]) -> Option<Value> {
    match pair(site, arguments)? {
        Pair::Integers(_, 0, _) | Pair::Doubles(_, 0.0) => Some(Value::Null),
        Pair::Integers(left, right, width) => {
            let sum = width.wrap(left.wrapping_rem(right).wrapping_add(right));
            wrapped(width, sum.wrapping_rem(right))
        }
        Pair::Doubles(left, right) => double((left % right + right) % right),
        Pair::Floats(..) | Pair::Decimals(..) => None,
    }
}

/// A whole quotient.
pub(super) fn whole_divide(site: &Site, arguments: &[&Value]) -> Option<Value> {
    match pair(site, arguments)? {
        Pair::Integers(_, 0, _) => Some(Value::Null),
        Pair::Integers(left, right, width) => wrapped(width, left.wrapping_div(right)),
        Pair::Doubles(..) | Pair::Floats(..) | Pair::Decimals(..) => None,
    }
}

pub(super) fn negative(site: &Site, arguments: &[&Value]) -> Option<Value> {
    match (site.result, arguments.first()?) {
        (KeyType::Integer(width), Value::Integer(n)) => wrapped(width, n.wrapping_neg()),
        (KeyType::Double | KeyType::Float, Value::Double(f)) => double(-f),
        (KeyType::Decimal { .. }, Value::Decimal { digits, scale }) => {
            Some(Value::Decimal { digits: -digits, scale: *scale })
        }
        _ => None,
    }
}

pub(super) fn positive(_: &Site, arguments: &[&Value]) -> Option<Value> {
    arguments.first().map(|value| (*value).clone())
}

fn bits(site: &Site, arguments: &[&Value], join: impl Fn(i64, i64) -> i64) -> Option<Value> {
    match pair(site, arguments)? {
        Pair::Integers(left, right, width) => wrapped(width, join(left, right)),
        Pair::Doubles(..) | Pair::Floats(..) | Pair::Decimals(..) => None,
    }
}

pub(super) fn bit_and(site: &Site, arguments: &[&Value]) -> Option<Value> {
    bits(site, arguments, |left, right| left & right)
}

pub(super) fn bit_or(site: &Site, arguments: &[&Value]) -> Option<Value> {
    bits(site, arguments, |left, right| left | right)
}

pub(super) fn bit_xor(site: &Site, arguments: &[&Value]) -> Option<Value> {
    bits(site, arguments, |left, right| left ^ right)
}

pub(super) fn bit_not(site: &Site, arguments: &[&Value]) -> Option<Value> {
    match (site.result, arguments.first()?) {
        (KeyType::Integer(width), Value::Integer(n)) => wrapped(width, !n),
        _ => None,
    }
}
