//! Functions that choose between their arguments, or look whether they are NULL.

use std::cmp::Ordering;

use super::call::Site;
use crate::types::{KeyType, Value};

/// The first that is not NULL.
pub(super) fn coalesce(_: &Site, arguments: &[Option<&Value>]) -> Option<Value> {
    for value in arguments {
        let value = (*value)?;
        if !value.is_null() {
            return Some(value.clone());
        }
    }
    Some(Value::Null)
}

/// `if(condition, then, otherwise)`.
pub(super) fn choose(_: &Site, arguments: &[Option<&Value>]) -> Option<Value> {
    let [condition, then, otherwise] = arguments else { return None };
    let chosen = if holds((*condition)?)? { then } else { otherwise };
    chosen.cloned()
}

/// `case(condition, then, condition, then, …[, otherwise])`.
pub(super) fn case(_: &Site, arguments: &[Option<&Value>]) -> Option<Value> {
    let (pairs, otherwise) = arguments.as_chunks::<2>();
    for [condition, then] in pairs {
        if holds((*condition)?)? {
            return then.cloned();
        }
    }
    match otherwise.first() {
        Some(otherwise) => otherwise.cloned(),
        None => Some(Value::Null),
    }
}

/// NULL is no more true than false.
fn holds(condition: &Value) -> Option<bool> {
    match condition {
        Value::Boolean(b) => Some(*b),
        Value::Null => Some(false),
        _ => None,
    }
}

/// NULL where both are equal, else the first.
pub(super) fn null_if(site: &Site, arguments: &[Option<&Value>]) -> Option<Value> {
    let ([value, other], [left, right]) = (arguments, site.arguments.as_slice()) else { return None };
    // Values of different types meet in ways of each release.
    let is_text = |key_type: &KeyType| key_type.is_text();
    let are_alike = left == right || left.as_ref().is_some_and(is_text) && right.as_ref().is_some_and(is_text);
    if !are_alike && left.is_some() && right.is_some() {
        return None;
    }
    let (value, other) = ((*value)?, (*other)?);
    let is_equal = value.compare(other).is_some_and(Ordering::is_eq);
    Some(if is_equal { Value::Null } else { value.clone() })
}

pub(super) fn is_null(_: &Site, arguments: &[Option<&Value>]) -> Option<Value> {
    Some(Value::Boolean((*arguments.first()?)?.is_null()))
}

pub(super) fn is_not_null(_: &Site, arguments: &[Option<&Value>]) -> Option<Value> {
    Some(Value::Boolean(!(*arguments.first()?)?.is_null()))
}

pub(super) fn greatest(_: &Site, arguments: &[&Value]) -> Option<Value> {
    extreme(arguments, Ordering::Greater)
}

pub(super) fn least(_: &Site, arguments: &[&Value]) -> Option<Value> {
    extreme(arguments, Ordering::Less)
}

fn extreme(arguments: &[&Value], wanted: Ordering) -> Option<Value> {
    let (first, others) = arguments.split_first()?;
    let mut best = first;
    for value in others {
        if value.compare(best)? == wanted {
            best = value;
        }
    }
    Some((*best).clone())
}
