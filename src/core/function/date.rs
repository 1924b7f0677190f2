//! Days and moments: read from texts, and their fields.

use super::call::{Generation, Site};
use crate::types::{KeyType, Value, calendar};

/// The day of a text, as a date function or a cast reads it: inside, none where Hive gives NULL. None: its releases
/// differ.
#[expect(clippy::option_option, reason = "unknown is not NULL")]
pub(super) fn day_of_text(text: &str, generation: Generation) -> Option<Option<i32>> {
    Some(moment_of_text(text, generation)?.map(|(seconds, _)| calendar::day_of(seconds)))
}

/// The moment of a text, likewise.
#[expect(clippy::option_option, reason = "unknown is not NULL")]
pub(super) fn moment_of_text(text: &str, generation: Generation) -> Option<Option<(i64, u32)>> {
    if cannot_be_date(text) {
        return Some(None);
    }
    let (date, rest) = (text.get(..10).is_some_and(has_date_form), text.get(10..).unwrap_or_default());
    if date && generation == Generation::Hive4 && rest.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(None);
    }
    // Blanks around, other parts than usual, days that the month has not: each release reads them in its own way.
    let is_usual = date && has_time_form(rest) || calendar::parse_date(text).is_some();
    if !is_usual {
        return None;
    }
    match (calendar::parse_timestamp(text), generation) {
        (Some((seconds, nanos)), _) => is_common_calendar(seconds, generation).then_some(Some((seconds, nanos))),
        // `2023-02-30` is in no month; Hive 2 counts on into the next one.
        (None, Generation::Hive4) if text.len() == 10 => Some(None),
        (None, _) => None,
    }
}

/// `dddd-dd-dd`.
fn has_date_form(text: &str) -> bool {
    let is_part = |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    text.bytes().enumerate().all(is_part)
}

/// Nothing, or ` dd:dd:dd` with or without a fraction.
fn has_time_form(text: &str) -> bool {
    let Some(time) = text.strip_prefix(' ') else { return text.is_empty() };
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let is_part = |(at, byte): (usize, u8)| if at == 2 || at == 5 { byte == b':' } else { byte.is_ascii_digit() };
    let is_fraction = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    clock.len() == 8 && clock.bytes().enumerate().all(is_part) && is_fraction
}

/// Whether no release finds a date at the beginning: no digits with a hyphen behind them.
fn cannot_be_date(text: &str) -> bool {
    let trimmed = text.trim_start();
    if trimmed.starts_with(['-', '+']) || !trimmed.is_ascii() {
        // Signs are read by some, and digits of other scripts.
        return !trimmed.chars().any(char::is_numeric);
    }
    let rest = trimmed.trim_start_matches(|c: char| c.is_ascii_digit());
    // A time alone has an hour for some.
    rest.len() == trimmed.len() || !(rest.starts_with(['-', '/', ' ', 'T']) || rest.contains(':'))
}

/// Before 1582-10-15 Hive 2 counts days by another calendar.
pub(super) fn is_common_calendar(seconds: i64, generation: Generation) -> bool {
    const GREGORIAN: i64 = -12_219_292_800;
    generation == Generation::Hive4 || seconds >= GREGORIAN
}

/// The day of a date or timestamp. None: it is another value, or its day depends on the calendar.
pub(super) fn day(value: &Value, generation: Generation) -> Option<i32> {
    let days = match value {
        Value::Date(days) => *days,
        Value::Timestamp { seconds, .. } => calendar::day_of(*seconds),
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Double(_)
        | Value::Decimal { .. }
        | Value::Text(_) => return None,
    };
    is_common_calendar(calendar::midnight(days), generation).then_some(days)
}

#[expect(clippy::unnecessary_wraps, reason = "what every kernel answers")]
fn integer(n: impl Into<i64>) -> Option<Value> {
    Some(Value::Integer(n.into()))
}

fn civil(site: &Site, arguments: &[&Value]) -> Option<(i32, u32, u32)> {
    Some(calendar::civil(day(arguments.first()?, site.generation)?))
}

pub(super) fn year(site: &Site, arguments: &[&Value]) -> Option<Value> {
    integer(civil(site, arguments)?.0)
}

pub(super) fn month(site: &Site, arguments: &[&Value]) -> Option<Value> {
    integer(civil(site, arguments)?.1)
}

pub(super) fn day_of_month(site: &Site, arguments: &[&Value]) -> Option<Value> {
    integer(civil(site, arguments)?.2)
}

pub(super) fn quarter(site: &Site, arguments: &[&Value]) -> Option<Value> {
    integer(civil(site, arguments)?.1.div_ceil(3))
}

/// Sunday is 1.
pub(super) fn day_of_week(site: &Site, arguments: &[&Value]) -> Option<Value> {
    let days = day(arguments.first()?, site.generation)?;
    // 1970-01-01 was a Thursday.
    integer((i64::from(days) + 4).rem_euclid(7) + 1)
}

/// The week of the ISO calendar: it has its Thursday's year.
pub(super) fn week_of_year(site: &Site, arguments: &[&Value]) -> Option<Value> {
    let days = day(arguments.first()?, site.generation)?;
    let thursday = days.checked_add(3 - (days.checked_add(3)?).rem_euclid(7))?;
    let first = calendar::days(calendar::civil(thursday).0, 1, 1)?;
    integer((thursday - first) / 7 + 1)
}

/// Seconds of the day.
fn clock(arguments: &[&Value]) -> Option<i64> {
    match arguments.first()? {
        Value::Timestamp { seconds, .. } => Some(seconds.rem_euclid(86_400)),
        Value::Date(_) => Some(0),
        Value::Null
        | Value::Boolean(_)
        | Value::Integer(_)
        | Value::Double(_)
        | Value::Decimal { .. }
        | Value::Text(_) => None,
    }
}

pub(super) fn hour(_: &Site, arguments: &[&Value]) -> Option<Value> {
    integer(clock(arguments)? / 3600)
}

pub(super) fn minute(_: &Site, arguments: &[&Value]) -> Option<Value> {
    integer(clock(arguments)? / 60 % 60)
}

pub(super) fn second(_: &Site, arguments: &[&Value]) -> Option<Value> {
    integer(clock(arguments)? % 60)
}

/// A date stays one; the argument was converted already.
pub(super) fn to_date(site: &Site, arguments: &[&Value]) -> Option<Value> {
    let value = Value::Date(day(arguments.first()?, site.generation)?);
    super::convert::convert(&value, KeyType::Date, site.result, site.generation)
}
