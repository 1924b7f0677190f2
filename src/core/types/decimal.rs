//! Decimals of up to 38 digits: `digits * 10^-scale`, exact.

use std::cmp::Ordering;

/// Hive's greatest precision, and so the greatest scale.
pub const MAX_DIGITS: u8 = 38;

/// `10^exponent`, for exponents that an i128 has room for.
fn power(exponent: u8) -> i128 {
    10_i128.pow(u32::from(exponent.min(MAX_DIGITS)))
}

/// Reads `[+-]digits[.digits][e[+-]digits]` as (digits, scale). None where it is not that form, or cannot be kept
/// exactly in 38 digits.
pub fn parse(text: &str) -> Option<(i128, u8)> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        None => (unsigned, 0),
        Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let mut digits: i128 = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        digits = digits.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
    }
    let (digits, scale) = place(digits, i64::try_from(fraction.len()).ok()? - i64::from(exponent))?;
    Some((if negative { -digits } else { digits }, scale))
}

/// `digits * 10^-scale` with a scale of 0 to 38 and at most 38 digits.
fn place(mut digits: i128, mut scale: i64) -> Option<(i128, u8)> {
    if digits == 0 {
        return Some((0, 0));
    }
    while scale > 0 && digits % 10 == 0 {
        digits /= 10;
        scale -= 1;
    }
    if scale < 0 {
        let shift = u8::try_from(-scale).ok().filter(|shift| *shift <= MAX_DIGITS)?;
        digits = digits.checked_mul(power(shift))?;
        scale = 0;
    }
    let scale = u8::try_from(scale).ok().filter(|scale| *scale <= MAX_DIGITS)?;
    (digits.abs() < power(MAX_DIGITS)).then_some((digits, scale))
}

fn parse_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let fits = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// Compares exactly, whatever the scales.
pub fn compare(left: (i128, u8), right: (i128, u8)) -> Ordering {
    // Integers, above all: dividing takes many times as long.
    if left.1 == right.1 {
        return left.0.cmp(&right.0);
    }
    let parts = |(digits, scale): (i128, u8)| {
        let unit = power(scale);
        // The fraction is brought to 38 places: it is below one, so it fits.
        (digits / unit, digits % unit * power(MAX_DIGITS - scale.min(MAX_DIGITS)))
    };
    parts(left).cmp(&parts(right))
}

/// Brings a decimal into decimal(precision, scale) as Hive does: superfluous places are rounded half up (away from
/// zero); too many whole digits are none.
pub fn fit(digits: i128, scale: u8, precision: u8, wanted_scale: u8) -> Option<(i128, u8)> {
    let (rounded, scale) = if scale > wanted_scale {
        let unit = power(scale - wanted_scale);
        let half_up = i128::from((digits % unit).abs() >= unit / 2) * digits.signum();
        place(digits / unit + half_up, i64::from(wanted_scale))?
    } else {
        (digits, scale)
    };
    let limit = power(precision.saturating_sub(wanted_scale - scale));
    (rounded.abs() < limit).then_some((rounded, scale))
}

/// The nearest double.
pub fn to_double(digits: i128, scale: u8) -> f64 {
    format!("{digits}e-{scale}").parse().unwrap_or(f64::NAN)
}

/// How many digits a number has.
pub fn count(digits: i128) -> u8 {
    digits.unsigned_abs().checked_ilog10().map_or(1, |log| log as u8 + 1)
}

/// The whole part, cut towards zero.
pub fn whole(digits: i128, scale: u8) -> i128 {
    digits / power(scale)
}

/// Plain digits, without an exponent.
pub fn format(digits: i128, scale: u8) -> String {
    if scale == 0 {
        return digits.to_string();
    }
    let unit = power(scale).unsigned_abs();
    let magnitude = digits.unsigned_abs();
    let sign = if digits < 0 { "-" } else { "" };
    format!("{sign}{}.{:0width$}", magnitude / unit, magnitude % unit, width = usize::from(scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_and_written() {
        let nines = "9".repeat(38);
        let tiny = format!("0.{}1", "0".repeat(37));
        let cases = [
            ("0", "0"),
            ("-0.00", "0"),
            ("5", "5"),
            ("05", "5"),
            ("+1.50", "1.5"),
            ("-1.05", "-1.05"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1e3", "1000"),
            ("1.5E-3", "0.0015"),
            ("120e-1", "12"),
            (nines.as_str(), nines.as_str()),
            (tiny.as_str(), tiny.as_str()),
        ];
        for (text, written) in cases {
            let (digits, scale) = parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(format(digits, scale), written, "{text}");
        }
        let too_long = "1".repeat(39);
        for bad in [
            "",
            "-",
            ".",
            "1.2.3",
            "1e",
            "1e+",
            "1e99999",
            "1e39",
            "1e-39",
            "0x10",
            "NaN",
            " 1",
            "1_0",
            "٣",
            too_long.as_str(),
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn compared_exactly_across_scales() {
        let order = |a: &str, b: &str| compare(parse(a).unwrap(), parse(b).unwrap());
        assert_eq!(order("1.50", "1.5"), Ordering::Equal);
        assert_eq!(order("-1.5", "-1.4"), Ordering::Less);
        assert_eq!(order("-0.5", "0.5"), Ordering::Less);
        assert_eq!(order("-7", "-10"), Ordering::Greater);
        assert_eq!(order("-0.50", "-0.4"), Ordering::Less);
        assert_eq!(
            order("99999999999999999999999999999999999998", "99999999999999999999999999999999999999"),
            Ordering::Less
        );
        assert_eq!(
            order("99999999999999999999999999999999999999", "0.00000000000000000000000000000000000001"),
            Ordering::Greater
        );
    }

    #[test]
    fn fitted_into_a_type() {
        assert_eq!(fit(1005, 3, 10, 2), Some((101, 2)));
        assert_eq!(fit(-1005, 3, 10, 2), Some((-101, 2)));
        assert_eq!(fit(1014, 3, 10, 2), Some((101, 2)));
        assert_eq!(fit(1004, 3, 10, 2), Some((1, 0)), "no more places than needed: LIKE sees 1 and not 1.00");
        assert_eq!(fit(-4, 6, 5, 5), Some((0, 0)));
        assert_eq!(fit(5, 0, 2, 1), Some((5, 0)));
        assert_eq!(fit(10, 0, 2, 1), None);
        assert_eq!(fit(995, 2, 2, 1), None, "9.95 rounds to 10.0, which has too many digits");
        assert_eq!(fit(1, 0, 38, 38), None);
    }
}
