//! Functions of numbers that are exact, or rounded as IEEE 754 says.

use super::call::Site;
use super::text::int;
use crate::types::{KeyType, Value, decimal};

fn integer(site: &Site, n: i128) -> Option<Value> {
    let KeyType::Integer(width) = site.result else { return None };
    i64::try_from(n).ok().filter(|n| width.holds(*n)).map(Value::Integer)
}

/// A decimal in the type of the answer; NULL where it has no room.
pub(super) fn decimal_answer(site: &Site, digits: i128, scale: u8) -> Option<Value> {
    let KeyType::Decimal { precision, scale: wanted } = site.result else { return None };
    let fitted = decimal::fit(digits, scale, precision, wanted);
    Some(fitted.map_or(Value::Null, |(digits, scale)| Value::Decimal { digits, scale }))
}

pub(super) fn abs(site: &Site, arguments: &[&Value]) -> Option<Value> {
    match arguments.first()? {
        Value::Integer(n) => integer(site, i128::from(*n).abs()),
        Value::Double(f) => Some(Value::Double(f.abs())),
        Value::Decimal { digits, scale } => decimal_answer(site, digits.abs(), *scale),
        _ => None,
    }
}

/// The sign: of a decimal as an int, of others as a double.
pub(super) fn sign(site: &Site, arguments: &[&Value]) -> Option<Value> {
    let sign = match arguments.first()? {
        Value::Decimal { digits, .. } => digits.signum() as i64,
        Value::Integer(n) => n.signum(),
        Value::Double(f) if f.is_nan() => return None,
        Value::Double(f) => i64::from(*f > 0.0) - i64::from(*f < 0.0),
        _ => return None,
    };
    match site.result {
        KeyType::Integer(_) => Some(Value::Integer(sign)),
        KeyType::Double => Some(Value::Double(sign as f64)),
        _ => None,
    }
}

pub(super) fn sqrt(_: &Site, arguments: &[&Value]) -> Option<Value> {
    let Value::Double(f) = arguments.first()? else { return None };
    // Below zero some releases give NULL, some NaN.
    if f.is_nan() || *f < 0.0 { None } else { Some(Value::Double(f.sqrt())) }
}

/// Whole powers that a double holds exactly; others may differ from Java's in the last place.
pub(super) fn power(_: &Site, arguments: &[&Value]) -> Option<Value> {
    let (Value::Double(base), Value::Double(exponent)) = (arguments.first()?, arguments.get(1)?) else { return None };
    let is_whole = |f: f64| f.fract() == 0.0 && f.abs() <= 9_007_199_254_740_992.0;
    if !is_whole(*base) || !is_whole(*exponent) || !(0.0..=64.0).contains(exponent) {
        return None;
    }
    let exact = (*base as i64).checked_pow(*exponent as u32)?;
    (exact.unsigned_abs() <= 1 << 53).then_some(Value::Double(exact as f64))
}

pub(super) fn floor(site: &Site, arguments: &[&Value]) -> Option<Value> {
    whole(site, arguments, f64::floor, i128::div_euclid)
}

pub(super) fn ceil(site: &Site, arguments: &[&Value]) -> Option<Value> {
    whole(site, arguments, f64::ceil, |digits, unit| -(-digits).div_euclid(unit))
}

fn whole(
    site: &Site,
    arguments: &[&Value],
    of_double: impl Fn(f64) -> f64,
    of_decimal: impl Fn(i128, i128) -> i128,
) -> Option<Value> {
    match arguments.first()? {
        Value::Integer(n) => Some(Value::Integer(*n)),
        // Java's cast to long saturates, as this one does.
        Value::Double(f) => Some(Value::Integer(of_double(*f) as i64)),
        Value::Decimal { digits, scale } => {
            decimal_answer(site, of_decimal(*digits, 10_i128.checked_pow(u32::from(*scale))?), 0)
        }
        _ => None,
    }
}

/// Rounds half up, away from zero.
pub(super) fn round(site: &Site, arguments: &[&Value]) -> Option<Value> {
    let places = if arguments.len() > 1 { int(arguments, 1)? } else { 0 };
    match arguments.first()? {
        Value::Integer(n) if places >= 0 => Some(Value::Integer(*n)),
        Value::Integer(n) => integer(site, rounded(i128::from(*n), 0, places)?.0),
        Value::Decimal { digits, scale } => {
            let (digits, scale) = rounded(*digits, *scale, places)?;
            decimal_answer(site, digits, scale)
        }
        Value::Double(f) if site.result == KeyType::Double => {
            if f.is_finite() {
                rounded_double(*f, places).map(Value::Double)
            } else {
                Some(Value::Double(*f))
            }
        }
        _ => None,
    }
}

/// `digits * 10^-scale` with at most so many places, which may be fewer than none.
fn rounded(digits: i128, scale: u8, places: i32) -> Option<(i128, u8)> {
    let cut = i32::from(scale).checked_sub(places)?;
    if cut <= 0 {
        return Some((digits, scale));
    }
    // More than all digits: nothing is left.
    let Some(unit) = u32::try_from(cut).ok().and_then(|cut| 10_i128.checked_pow(cut)) else { return Some((0, 0)) };
    let half_up = i128::from((digits % unit).abs() >= unit / 2) * digits.signum();
    let kept = digits / unit + half_up;
    match u8::try_from(places) {
        Ok(places) => Some((kept, places)),
        Err(_) => Some((kept.checked_mul(10_i128.checked_pow(places.unsigned_abs())?)?, 0)),
    }
}

/// A double by the decimal that is written for it, as Java's BigDecimal.valueOf does.
pub(super) fn rounded_double(f: f64, places: i32) -> Option<f64> {
    let (digits, scale) = decimal::parse(&format!("{f:e}"))?;
    let (digits, scale) = rounded(digits, scale, places)?;
    Some(decimal::to_double(digits, scale))
}
