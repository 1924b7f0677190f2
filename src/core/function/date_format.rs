//! date_format, for the letters that both of Java's formatters read alike.

use std::fmt::Write;

use super::call::Site;
use super::date;
use super::text::{of, text};
use crate::types::{Value, calendar};

pub(super) fn date_format(site: &Site, arguments: &[&Value]) -> Option<Value> {
    let moment = arguments.first()?;
    let (year, month, day) = calendar::civil(date::day(moment, site.generation)?);
    let clock = match moment {
        Value::Timestamp { seconds, .. } => seconds.rem_euclid(86_400),
        _ => 0,
    };
    // Years of an era, and years of more than four digits, are written in other ways.
    let year = u32::try_from(year).ok().filter(|year| (1..=9999).contains(year))?;
    let mut written = String::new();
    let mut rest = text(arguments, 1)?;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (quoted, behind) = rest[1..].split_once('\'')?;
            // Two of them are one.
            if quoted.is_empty() || behind.starts_with('\'') {
                return None;
            }
            written.push_str(quoted);
            rest = behind;
            continue;
        }
        let run = rest.len() - rest.trim_start_matches(first).len();
        let number = match first {
            'y' if run == 4 => Some(year),
            'M' if run <= 2 => Some(month),
            'd' if run <= 2 => Some(day),
            'H' if run <= 2 => Some((clock / 3600) as u32),
            'm' if run <= 2 => Some((clock / 60 % 60) as u32),
            's' if run <= 2 => Some((clock % 60) as u32),
            c if c.is_ascii_alphabetic() || !c.is_ascii() || matches!(c, '#' | '{' | '}' | '[' | ']') => return None,
            _ => None,
        };
        match number {
            Some(number) => write!(written, "{number:0run$}").ok()?,
            None => written.push_str(&rest[..run]),
        }
        rest = &rest[run..];
    }
    // An empty format is refused by one of them.
    if written.is_empty() { None } else { of(written) }
}
