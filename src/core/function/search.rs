//! Functions that look for texts in texts.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::call::{Generation, Site};
use super::text::{bounded, count, int, of, plain_text, text};
use crate::types::Value;

/// Where the second text begins in the first, counted from 1; 0 where it does not.
pub(super) fn position(_: &Site, arguments: &[&Value]) -> Option<Value> {
    found(plain_text(arguments, 0)?, text(arguments, 1)?, 0)
}

/// Where the first text begins in the second, from a position on.
pub(super) fn locate(_: &Site, arguments: &[&Value]) -> Option<Value> {
    let from = if arguments.len() > 2 { int(arguments, 2)? } else { 1 };
    // Nothing begins before the first character.
    let Some(from) = usize::try_from(from).ok().and_then(|from| from.checked_sub(1)) else { return count(0) };
    found(plain_text(arguments, 1)?, text(arguments, 0)?, from)
}

fn found(whole: &str, part: &str, from: usize) -> Option<Value> {
    // An empty part is found at once, or beyond the end: releases differ.
    if part.is_empty() && (from > 0 || whole.is_empty()) {
        return None;
    }
    let Some(start) = whole.char_indices().map(|(at, _)| at).chain([whole.len()]).nth(from) else { return count(0) };
    match whole[start..].find(part) {
        Some(at) => count(whole[..start + at].chars().count() + 1),
        None => count(0),
    }
}

/// Every one of a text's parts replaced by another.
pub(super) fn replace(_: &Site, arguments: &[&Value]) -> Option<Value> {
    let (whole, from, to) = (text(arguments, 0)?, text(arguments, 1)?, text(arguments, 2)?);
    if from.is_empty() {
        return None;
    }
    let times = whole.matches(from).count();
    bounded(times.checked_mul(to.len())?)?;
    of(whole.replace(from, to))
}

/// Characters replaced one by one; those without a counterpart are taken out.
pub(super) fn translate(_: &Site, arguments: &[&Value]) -> Option<Value> {
    let (whole, from, to) = (text(arguments, 0)?, text(arguments, 1)?, text(arguments, 2)?);
    let mut counterparts: HashMap<char, Option<char>> = HashMap::new();
    let mut targets = to.chars();
    for c in from.chars() {
        let target = targets.next();
        counterparts.entry(c).or_insert(target);
    }
    of(whole.chars().filter_map(|c| counterparts.get(&c).copied().unwrap_or(Some(c))).collect::<String>())
}

/// What stands before so many delimiters, from the end if the number is negative.
pub(super) fn substring_index(_: &Site, arguments: &[&Value]) -> Option<Value> {
    let (whole, delimiter, number) = (text(arguments, 0)?, text(arguments, 1)?, int(arguments, 2)?);
    if whole.is_empty() || delimiter.is_empty() || number == 0 {
        return of("");
    }
    let wanted = number.unsigned_abs() as usize;
    // Delimiters that overlap are found from either end.
    let nth = if number > 0 {
        whole.match_indices(delimiter).nth(wanted - 1).map(|(at, _)| &whole[..at])
    } else {
        whole.rmatch_indices(delimiter).nth(wanted - 1).map(|(at, part)| &whole[at + part.len()..])
    };
    let overlaps = delimiter.chars().count() > 1
        && (1..delimiter.len()).any(|at| delimiter.is_char_boundary(at) && delimiter.ends_with(&delimiter[..at]));
    if overlaps { None } else { of(nth.unwrap_or(whole)) }
}

/// The place of the first argument among the others; 0 where it is NULL or none of them.
pub(super) fn field(site: &Site, arguments: &[Option<&Value>]) -> Option<Value> {
    let values: Vec<&Value> = arguments.iter().copied().collect::<Option<_>>()?;
    let (wanted, others) = values.split_first()?;
    // Values of different types meet as texts, or not at all.
    let mut types = site.arguments.iter().flatten();
    let first = types.next()?;
    if types.any(|other| other != first) {
        return None;
    }
    let place = others.iter().position(|other| !wanted.is_null() && wanted.compare(other).is_some_and(Ordering::is_eq));
    count(place.map_or(0, |place| place + 1))
}

/// The argument at a place, counted from 1; NULL outside.
pub(super) fn element(_: &Site, arguments: &[Option<&Value>]) -> Option<Value> {
    let values: Vec<&Value> = arguments.iter().copied().collect::<Option<_>>()?;
    let (place, others) = values.split_first()?;
    if place.is_null() {
        return Some(Value::Null);
    }
    let place = usize::try_from(int(&values, 0)?).ok().and_then(|place| place.checked_sub(1));
    Some(place.and_then(|place| others.get(place)).map_or(Value::Null, |value| (*value).clone()))
}

/// A code as the character that it is.
pub(super) fn character(site: &Site, arguments: &[&Value]) -> Option<Value> {
    let code = int(arguments, 0)?;
    match u8::try_from(code) {
        Ok(code) if code.is_ascii() && code > 0 => of(char::from(code)),
        _ if code < 0 && site.generation == Generation::Hive4 => of(""),
        _ => None,
    }
}
