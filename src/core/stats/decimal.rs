//! Decimals as statistics have them: any unscaled two's complement number, any scale.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::encoding::Bytes;

/// `unscaled * 10^-scale`; `unscaled` is big-endian two's complement, as Java's BigInteger writes it. Equality is that
/// of the bytes: [`Decimal::compare`] compares the numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Decimal {
    pub unscaled: Bytes,
    pub scale: i16,
}

impl Decimal {
    /// From a number of up to 38 digits.
    pub fn new(digits: i128, scale: i16) -> Self {
        let bytes = digits.to_be_bytes();
        // The shortest form keeps one sign bit.
        let sign = if digits < 0 { 0xff } else { 0 };
        let mut start = 0;
        while start < 15 && bytes[start] == sign && (bytes[start + 1] ^ sign) & 0x80 == 0 {
            start += 1;
        }
        Self { unscaled: Bytes(bytes[start..].to_vec()), scale }
    }

    /// The unscaled number; None where it does not fit 16 bytes, which no Hive decimal needs.
    pub fn digits(&self) -> Option<i128> {
        let bytes: &[u8] = &self.unscaled;
        let negative = bytes.first().is_some_and(|b| b & 0x80 != 0);
        let mut all = [if negative { 0xff } else { 0 }; 16];
        let start = 16_usize.checked_sub(bytes.len())?;
        all[start..].copy_from_slice(bytes);
        Some(i128::from_be_bytes(all))
    }

    /// The nearest double.
    pub fn to_f64(&self) -> f64 {
        let bytes: &[u8] = &self.unscaled;
        let unscaled = self.digits().map_or_else(
            || {
                let start = f64::from(bytes.first().map_or(0, |b| b.cast_signed()));
                bytes.iter().skip(1).fold(start, |number, b| number * 256.0 + f64::from(*b))
            },
            |digits| digits as f64,
        );
        if self.scale >= 0 {
            unscaled / 10_f64.powi(self.scale.into())
        } else {
            unscaled * 10_f64.powi(-i32::from(self.scale))
        }
    }

    /// The shortest decimal that reads as this double; None for NaN, infinities and more than 38 digits.
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let text = value.to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some(Self::new(digits, i16::try_from(fraction.len()).ok()?))
    }

    /// Compares the numbers, whatever their scales: 1.0 equals 1.00.
    pub fn compare(&self, other: &Self) -> Ordering {
        let (Some(left), Some(right)) = (self.digits(), other.digits()) else {
            return self.to_f64().total_cmp(&other.to_f64());
        };
        let difference = i32::from(self.scale) - i32::from(other.scale);
        if difference > 0 {
            compare_scaled(right, difference, left).reverse()
        } else {
            compare_scaled(left, -difference, right)
        }
    }
}

/// `digits * 10^power` against `other`.
fn compare_scaled(digits: i128, power: i32, other: i128) -> Ordering {
    let mut scaled = digits;
    for _ in 0..power {
        if scaled == 0 {
            break;
        }
        match scaled.checked_mul(10) {
            Some(product) => scaled = product,
            // Beyond every i128: the sign alone decides.
            None => return if digits < 0 { Ordering::Less } else { Ordering::Greater },
        }
    }
    scaled.cmp(&other)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bytes_are_the_shortest_of_java() {
        let bytes = |digits: i128| Decimal::new(digits, 0).unscaled.0;
        assert_eq!(bytes(0), [0]);
        assert_eq!(bytes(127), [0x7f]);
        assert_eq!(bytes(128), [0, 0x80]);
        assert_eq!(bytes(-1), [0xff]);
        assert_eq!(bytes(-128), [0x80]);
        assert_eq!(bytes(-129), [0xff, 0x7f]);
        assert_eq!(bytes(i128::MIN).len(), 16);
    }

    #[test]
    fn odd_bytes_do_no_harm() {
        let long = Decimal { unscaled: Bytes(vec![0x7f; 40]), scale: i16::MAX };
        let empty = Decimal { unscaled: Bytes(vec![]), scale: i16::MIN };
        assert_eq!(long.digits(), None);
        assert_eq!(empty.digits(), Some(0));
        assert_eq!(empty.compare(&Decimal::new(0, 5)), Ordering::Equal);
        let _ = (long.compare(&empty), long.to_f64());
        assert_eq!(Decimal::new(1, i16::MIN).compare(&Decimal::new(i128::MAX, i16::MAX)), Ordering::Greater);
        assert_eq!(Decimal::new(-1, i16::MIN).compare(&Decimal::new(i128::MIN, i16::MAX)), Ordering::Less);
    }

    #[test]
    fn doubles_become_short_decimals() {
        assert_eq!(Decimal::from_f64(12.5).unwrap(), Decimal::new(125, 1));
        assert_eq!(Decimal::from_f64(-3.0).unwrap(), Decimal::new(-3, 0));
        assert_eq!(Decimal::from_f64(1e300), None);
        assert_eq!(Decimal::from_f64(f64::NAN), None);
    }

    proptest! {
        #[test]
        fn digits_come_back(digits: i128, scale: i16) {
            prop_assert_eq!(Decimal::new(digits, scale).digits(), Some(digits));
        }

        #[test]
        fn compares_as_numbers(a in -10_000_i64..10_000, b in -10_000_i64..10_000, p in 0_u32..8, q in 0_u32..8) {
            let wide = |n: i64, power: u32| Decimal::new(i128::from(n) * 10_i128.pow(power), power as i16);
            prop_assert_eq!(wide(a, p).compare(&wide(b, q)), a.cmp(&b));
        }
    }
}
