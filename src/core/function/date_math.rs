//! Functions that count with days and months.

use super::call::Site;
use super::date::{self, is_common_calendar};
use super::text::{int, of, text};
use crate::types::{KeyType, Value, calendar};

/// A day as the function's type has it: a date, or the date's text.
fn answer(site: &Site, days: i64) -> Option<Value> {
    let days = i32::try_from(days).ok()?;
    let in_calendar = (calendar::days(0, 1, 1)?..=calendar::days(9999, 12, 31)?).contains(&days);
    if !in_calendar || !is_common_calendar(calendar::midnight(days), site.generation) {
        return None;
    }
    match site.result {
        KeyType::Date => Some(Value::Date(days)),
        KeyType::Text => of(calendar::format_date(days)),
        _ => None,
    }
}

fn day(site: &Site, arguments: &[&Value], at: usize) -> Option<i32> {
    date::day(arguments.get(at)?, site.generation)
}

pub(super) fn date_add(site: &Site, arguments: &[&Value]) -> Option<Value> {
    answer(site, i64::from(day(site, arguments, 0)?) + i64::from(int(arguments, 1)?))
}

pub(super) fn date_sub(site: &Site, arguments: &[&Value]) -> Option<Value> {
    answer(site, i64::from(day(site, arguments, 0)?) - i64::from(int(arguments, 1)?))
}

pub(super) fn date_diff(site: &Site, arguments: &[&Value]) -> Option<Value> {
    Some(Value::Integer(i64::from(day(site, arguments, 0)?) - i64::from(day(site, arguments, 1)?)))
}

/// The length of the month that a day lies in, and its day.
fn month_of(days: i32) -> Option<(i32, u32, u32, u32)> {
    let (year, month, day) = calendar::civil(days);
    let length = (28..=31).rev().find(|length| calendar::days(year, month, *length).is_some())?;
    Some((year, month, day, length))
}

pub(super) fn last_day(site: &Site, arguments: &[&Value]) -> Option<Value> {
    let days = day(site, arguments, 0)?;
    let (_, _, day, length) = month_of(days)?;
    answer(site, i64::from(days) + i64::from(length - day))
}

/// A month's last day stays one, and days that a month has not are its last.
pub(super) fn add_months(site: &Site, arguments: &[&Value]) -> Option<Value> {
    let (year, month, day, length) = month_of(day(site, arguments, 0)?)?;
    let months = i64::from(year) * 12 + i64::from(month) - 1 + i64::from(int(arguments, 1)?);
    let (year, month) = (i32::try_from(months.div_euclid(12)).ok()?, months.rem_euclid(12) as u32 + 1);
    let (_, _, _, new_length) = month_of(calendar::days(year, month, 1)?)?;
    let day = if day == length { new_length } else { day.min(new_length) };
    answer(site, i64::from(calendar::days(year, month, day)?))
}

/// The first such day of the week behind a day; NULL where the name is none.
pub(super) fn next_day(site: &Site, arguments: &[&Value]) -> Option<Value> {
    const NAMES: [&str; 7] = ["THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY"];
    let (days, name) = (day(site, arguments, 0)?, text(arguments, 1)?.to_ascii_uppercase());
    let is_name = |full: &&str| name == full[..2] || name == full[..3] || name == **full;
    let Some(wanted) = NAMES.iter().position(is_name) else { return Some(Value::Null) };
    let ahead = (wanted as i64 - i64::from(days)).rem_euclid(7);
    answer(site, i64::from(days) + if ahead == 0 { 7 } else { ahead })
}

/// The first day of a day's year, quarter or month.
pub(super) fn trunc(site: &Site, arguments: &[&Value]) -> Option<Value> {
    let (year, month, _) = calendar::civil(day(site, arguments, 0)?);
    let first_month = match text(arguments, 1)? {
        "MONTH" | "MON" | "MM" => month,
        "YEAR" | "YYYY" | "YY" => 1,
        // 2.3 has no quarters; other units are NULL or an error.
        "QUARTER" | "Q" if site.generation == super::call::Generation::Hive4 => (month - 1) / 3 * 3 + 1,
        _ => return None,
    };
    answer(site, i64::from(calendar::days(year, first_month, 1)?))
}

/// Months between two moments: whole ones where they are the same day of the month or both last days, else with a part
/// of 31 days.
pub(super) fn months_between(site: &Site, arguments: &[&Value]) -> Option<Value> {
    let seconds = |at: usize| match arguments.get(at)? {
        Value::Timestamp { seconds, .. } => Some(seconds.rem_euclid(86_400)),
        _ => Some(0),
    };
    let (first, second) = (month_of(day(site, arguments, 0)?)?, month_of(day(site, arguments, 1)?)?);
    let months = i64::from((first.0 - second.0) * 12) + i64::from(first.1) - i64::from(second.1);
    let are_last = first.2 == first.3 && second.2 == second.3;
    if first.2 == second.2 || are_last {
        return Some(Value::Double(months as f64));
    }
    let in_month = |day: u32, seconds: i64| i64::from(day) * 86_400 + seconds;
    let part = in_month(first.2, seconds(0)?) - in_month(second.2, seconds(1)?);
    let exact = months as f64 + part as f64 / 2_678_400.0;
    super::math::rounded_double(exact, 8).map(Value::Double)
}
