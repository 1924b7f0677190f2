//! Texts as numbers, as Hive's lazy readers and Java read them.

use crate::types::{IntegerWidth, Value, decimal};

/// What a text is as a number: NULL where Hive gives NULL, none where its releases may differ.
pub(super) fn integer(text: &str, width: IntegerWidth) -> Option<Value> {
    // Blanks are trimmed by newer releases only.
    let has_blanks = text.trim() != text || text.contains('\0');
    if has_blanks && whole(text.trim()).is_some() {
        return None;
    }
    Some(whole(text).filter(|n| width.holds(*n)).map_or(Value::Null, Value::Integer))
}

/// `[+-]digits[.digits]`, cut to its whole part. Hive looks at texts of one and two characters first: one of them has to be
/// a digit.
fn whole(text: &str) -> Option<i64> {
    if text.len() <= 2 && !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if digits.is_empty() || !all_digits(before) || !all_digits(after) {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    format!("{sign}0{before}").parse().ok()
}

/// A text as a double, as Java's parseDouble reads it.
pub(super) fn double(text: &str) -> Option<Value> {
    // Java trims what is not above a blank.
    let text = text.trim_matches(|c: char| c <= ' ');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, "NaN" | "Infinity") {
        // Hive's releases read `+NaN` alike or not; nobody writes it.
        return if text.len() == unsigned.len() || unsigned == "Infinity" {
            text.parse().ok().map(Value::Double)
        } else {
            None
        };
    }
    let starts_number = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if !starts_number {
        return Some(Value::Null);
    }
    match unsigned.parse::<f64>() {
        Ok(_) if unsigned.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) => {
            text.parse().ok().map(Value::Double)
        }
        // Java also has `1d`, `1f` and hexadecimal ones.
        _ if unsigned.ends_with(['d', 'D', 'f', 'F']) || unsigned.starts_with("0x") || unsigned.starts_with("0X") => {
            None
        }
        _ => Some(Value::Null),
    }
}

/// A text as an exact decimal; inside, none where it is no number.
#[expect(clippy::option_option, reason = "unknown is not NULL")]
pub(super) fn decimal_parts(text: &str) -> Option<Option<(i128, u8)>> {
    if let Some(parts) = decimal::parse(text) {
        return Some(Some(parts));
    }
    // Blanks, and digits beyond what a decimal holds, which Hive rounds away.
    let trimmed = text.trim();
    let is_number_like = trimmed.parse::<f64>().is_ok() && !trimmed.ends_with(|c: char| c.is_ascii_alphabetic());
    if is_number_like { None } else { Some(None) }
}
