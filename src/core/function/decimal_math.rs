//! Decimals counted exactly and then brought into the type of the answer. What 38 digits have no room for on the way is
//! unknown.

use super::call::Site;
use super::math::decimal_answer;
use crate::types::Value;

type Parts = (i128, u8);

/// Both with the same scale.
fn aligned(left: Parts, right: Parts) -> Option<(i128, i128, u8)> {
    let scale = left.1.max(right.1);
    let scaled = |(digits, own): Parts| digits.checked_mul(10_i128.checked_pow(u32::from(scale - own))?);
    Some((scaled(left)?, scaled(right)?, scale))
}

pub(super) fn sum(site: &Site, left: Parts, right: Parts) -> Option<Value> {
    let (left, right, scale) = aligned(left, right)?;
    decimal_answer(site, left.checked_add(right)?, scale)
}

pub(super) fn product(site: &Site, left: Parts, right: Parts) -> Option<Value> {
    let scale = left.1.checked_add(right.1).filter(|scale| *scale <= 38)?;
    decimal_answer(site, left.0.checked_mul(right.0)?, scale)
}

pub(super) fn remainder(site: &Site, left: Parts, right: Parts) -> Option<Value> {
    let (left, right, scale) = aligned(left, right)?;
    decimal_answer(site, left.checked_rem(right)?, scale)
}

/// A quotient that ends; one that does not is rounded twice by Hive, at places that depend on its digits.
pub(super) fn quotient(site: &Site, left: Parts, right: Parts) -> Option<Value> {
    let (left, right, _) = aligned(left, right)?;
    let (mut digits, mut rest, mut scale) = (left.checked_div(right)?, left.checked_rem(right)?, 0_u8);
    while rest != 0 {
        scale = scale.checked_add(1).filter(|scale| *scale <= 18)?;
        rest = rest.checked_mul(10)?;
        digits = digits.checked_mul(10)?.checked_add(rest / right)?;
        rest %= right;
    }
    decimal_answer(site, digits, scale)
}
