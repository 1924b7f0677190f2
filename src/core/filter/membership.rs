//! A long IN list, sorted for look-up.

use std::cmp::Ordering;
use std::mem::{Discriminant, discriminant};

use super::ast::{Expr, Value};

/// The rows of an IN: those that are all literals of the same kinds as the first are sorted, the others kept aside.
#[derive(Debug)]
pub struct Membership<'e> {
    rows: &'e [Vec<Expr>],
    kinds: Vec<Discriminant<Value>>,
    sorted: Vec<Vec<&'e Value>>,
    others: Vec<&'e Vec<Expr>>,
}

impl<'e> Membership<'e> {
    pub fn new(rows: &'e [Vec<Expr>]) -> Self {
        let mut membership = Self { rows, kinds: Vec::new(), sorted: Vec::new(), others: Vec::new() };
        for row in rows {
            match literals(row) {
                Some(values) if membership.sorted.is_empty() => {
                    membership.kinds = kinds(&values);
                    membership.sorted.push(values);
                }
                Some(values) if membership.kinds == kinds(&values) => membership.sorted.push(values),
                Some(_) | None => membership.others.push(row),
            }
        }
        membership.sorted.sort_by(|left, right| order(left, right));
        membership
    }

    /// Whether some sorted row equals the values; none where the values are not of the sorted rows' kinds, so that
    /// order does not tell.
    pub fn find(&self, values: &[&Value]) -> Option<bool> {
        if self.kinds != kinds(values) {
            return None;
        }
        Some(self.sorted.binary_search_by(|row| order(row, values)).is_ok())
    }

    /// The rows that are not sorted.
    pub fn others(&self) -> &[&'e Vec<Expr>] {
        &self.others
    }

    /// All rows.
    pub fn rows(&self) -> &'e [Vec<Expr>] {
        self.rows
    }
}

/// A row's values, if all are literals and none is NULL.
fn literals(row: &[Expr]) -> Option<Vec<&Value>> {
    row.iter().map(|item| item.as_literal().filter(|value| !value.is_null())).collect()
}

fn kinds(values: &[&Value]) -> Vec<Discriminant<Value>> {
    values.iter().map(|value| discriminant(*value)).collect()
}

fn order(left: &[&Value], right: &[&Value]) -> Ordering {
    let pairs = left.iter().zip(right);
    pairs.map(|(left, right)| left.order(right)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
