//! Functions of texts: case, length, parts, joins. Positions are counted in characters; where a text has characters beyond
//! Java's 16 bits, releases count them differently, and the answer is unknown.

use super::call::{MAX_RESULT, Site};
use crate::types::Value;

/// A text argument.
pub(super) fn text<'a>(arguments: &[&'a Value], at: usize) -> Option<&'a str> {
    match arguments.get(at)? {
        Value::Text(text) => Some(text),
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Double(_)
        | Value::Decimal { .. }
        | Value::Date(_)
        | Value::Timestamp { .. } => None,
    }
}

/// A text argument of which every character is one of Java's.
pub(super) fn plain_text<'a>(arguments: &[&'a Value], at: usize) -> Option<&'a str> {
    text(arguments, at).filter(|text| text.chars().all(|c| u32::from(c) <= 0xFFFF))
}

/// An integer argument that an int has room for.
pub(super) fn int(arguments: &[&Value], at: usize) -> Option<i32> {
    if let Value::Integer(n) = arguments.get(at)? { i32::try_from(*n).ok() } else { None }
}

#[expect(clippy::unnecessary_wraps, reason = "what every kernel answers")]
pub(super) fn of(text: impl Into<String>) -> Option<Value> {
    Some(Value::Text(text.into()))
}

pub(super) fn count(n: usize) -> Option<Value> {
    i64::try_from(n).ok().map(Value::Integer)
}

/// Scripts whose cases no Unicode version changed: Latin, Greek, Cyrillic, and what has none.
fn has_stable_case(text: &str) -> bool {
    text.chars().all(|c| u32::from(c) < 0x530 || (c.to_uppercase().eq([c]) && c.to_lowercase().eq([c])))
}

pub(super) fn upper(_: &Site, arguments: &[&Value]) -> Option<Value> {
    text(arguments, 0).filter(|text| has_stable_case(text)).and_then(|text| of(text.to_uppercase()))
}

pub(super) fn lower(_: &Site, arguments: &[&Value]) -> Option<Value> {
    text(arguments, 0).filter(|text| has_stable_case(text)).and_then(|text| of(text.to_lowercase()))
}

/// Each word's first letter in upper case, the others in lower; words are parted by blanks.
pub(super) fn initcap(_: &Site, arguments: &[&Value]) -> Option<Value> {
    let text = text(arguments, 0).filter(|text| text.is_ascii())?;
    let mut starts = true;
    let changed = text.chars().map(|c| {
        let changed = if starts { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        starts = matches!(c, ' ' | '\t'..='\r' | '\x1c'..='\x1f');
        changed
    });
    of(changed.collect::<String>())
}

pub(super) fn trim(_: &Site, arguments: &[&Value]) -> Option<Value> {
    of(text(arguments, 0)?.trim_matches(' '))
}

pub(super) fn trim_left(_: &Site, arguments: &[&Value]) -> Option<Value> {
    of(text(arguments, 0)?.trim_start_matches(' '))
}

pub(super) fn trim_right(_: &Site, arguments: &[&Value]) -> Option<Value> {
    of(text(arguments, 0)?.trim_end_matches(' '))
}

pub(super) fn length(_: &Site, arguments: &[&Value]) -> Option<Value> {
    count(text(arguments, 0)?.chars().count())
}

pub(super) fn length_in_bytes(_: &Site, arguments: &[&Value]) -> Option<Value> {
    count(text(arguments, 0)?.len())
}

pub(super) fn concat(_: &Site, arguments: &[&Value]) -> Option<Value> {
    joined((0..arguments.len()).map(|at| text(arguments, at)), "")
}

/// Joins with the first argument between; NULLs among the others are left out.
pub(super) fn concat_with(_: &Site, arguments: &[Option<&Value>]) -> Option<Value> {
    let values: Vec<&Value> = arguments.iter().copied().collect::<Option<_>>()?;
    let separator = values.first()?;
    if separator.is_null() {
        return Some(Value::Null);
    }
    let parts: Vec<&Value> = values.iter().skip(1).copied().filter(|value| !value.is_null()).collect();
    joined((0..parts.len()).map(|at| text(&parts, at)), text(&values, 0)?)
}

fn joined<'a>(parts: impl Iterator<Item = Option<&'a str>>, separator: &str) -> Option<Value> {
    let mut all = String::new();
    for (at, part) in parts.enumerate() {
        if at > 0 {
            all.push_str(separator);
        }
        all.push_str(part?);
        if all.len() > MAX_RESULT {
            return None;
        }
    }
    of(all)
}

/// The part from a position on, from the end if that is negative; positions outside give nothing.
pub(super) fn substring(_: &Site, arguments: &[&Value]) -> Option<Value> {
    let (text, position) = (plain_text(arguments, 0)?, i64::from(int(arguments, 1)?));
    let length = if arguments.len() > 2 { i64::from(int(arguments, 2)?) } else { i64::MAX };
    let count = text.chars().count() as i64;
    if length <= 0 || position.abs() > count {
        return of("");
    }
    let start = match position {
        1.. => position - 1,
        0 => 0,
        _ => count + position,
    };
    of(text.chars().skip(start as usize).take(length.min(count) as usize).collect::<String>())
}

pub(super) fn reverse(_: &Site, arguments: &[&Value]) -> Option<Value> {
    of(text(arguments, 0)?.chars().rev().collect::<String>())
}

pub(super) fn repeat(_: &Site, arguments: &[&Value]) -> Option<Value> {
    let (text, times) = (text(arguments, 0)?, usize::try_from(int(arguments, 1)?).unwrap_or(0));
    of(bounded(text.len().checked_mul(times)?).map(|_| text.repeat(times))?)
}

pub(super) fn space(_: &Site, arguments: &[&Value]) -> Option<Value> {
    let times = usize::try_from(int(arguments, 0)?).unwrap_or(0);
    of(bounded(times).map(|_| " ".repeat(times))?)
}

/// Nothing where a text would be too long.
pub(super) fn bounded(length: usize) -> Option<usize> {
    (length <= MAX_RESULT).then_some(length)
}

/// The first byte's number; 0 where there is none.
pub(super) fn ascii(_: &Site, arguments: &[&Value]) -> Option<Value> {
    match text(arguments, 0)?.bytes().next() {
        // A byte of several is signed in Java.
        Some(byte) if !byte.is_ascii() => None,
        byte => Some(Value::Integer(i64::from(byte.unwrap_or(0)))),
    }
}
