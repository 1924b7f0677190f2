//! Conditions that look at several keys at once.

use std::collections::HashMap;

use super::column::MISSING;
use super::condition::Condition;
use super::evaluate::Pass;
use super::rows::Rows;
use super::steps::Steps;
use super::truths::{Join, Truths};
use crate::filter::{CompareOp, Expr, Part, Truth};
use crate::types::Value;

/// To look a listed combination up costs as much as to evaluate so many rows.
const LOOK_UP: usize = 16;
/// To find out which rows may be meant at all costs as much as to evaluate so small a part of them.
const NARROWING: usize = 64;

/// One of the listed combinations: each key's condition and the codes that equal its literal.
type Tuple<'t, 'a> = Vec<(&'t Condition<'a>, Steps)>;

impl<'a> Pass<'a> {
    /// `(operands) IN (rows)`: listed combinations are looked up one by one; if they are many, or no index tells, rows
    /// are looked at, of which those remain whose every value is in the list.
    pub(super) fn tuples(
        &self,
        expr: &'a Expr,
        operands: &[Expr],
        rows: &'a [Vec<Expr>],
        keys: &[usize],
        within: Option<&Rows>,
    ) -> Truths {
        let Some((conditions, literals)) = self.literals_by_key(operands, rows) else {
            return self.by_tuple(expr, keys, within);
        };
        let tuples =
            (rows.len().saturating_mul(LOOK_UP) <= self.set.len()).then(|| equal(&conditions, &literals, rows.len()));
        let tuples = tuples.flatten();
        let cost = tuples.as_ref().map_or(usize::MAX, |tuples| tuples.iter().map(cost).sum());
        let open = if cost <= self.set.len() / NARROWING { None } else { open(&conditions, &literals, within) };
        let open = open.as_ref().or(within);
        match tuples {
            Some(tuples) if cost <= open.map_or(self.set.len(), Rows::len) => {
                let tuples: Vec<&Tuple<'_, '_>> = tuples.iter().collect();
                self.halves(&tuples, Join::Or, &|tuple| self.tuple(tuple))
            }
            Some(_) | None => self.by_tuple(expr, keys, open),
        }
    }

    /// The keys of a list of literals, and the literals by key.
    fn literals_by_key(
        &self,
        operands: &[Expr],
        rows: &'a [Vec<Expr>],
    ) -> Option<(Vec<Condition<'a>>, Vec<Vec<&'a Value>>)> {
        let condition = |operand: &Expr| if let Expr::Key(key) = operand { self.condition(*key) } else { None };
        let literal = |row: &'a Vec<Expr>, key: usize| match row.get(key) {
            Some(Expr::Literal(literal)) => Some(literal),
            _ => None,
        };
        let literals = (0..operands.len()).map(|key| rows.iter().map(|row| literal(row, key)).collect());
        Some((operands.iter().map(condition).collect::<Option<_>>()?, literals.collect::<Option<_>>()?))
    }

    fn tuple(&self, tuple: &Tuple<'_, '_>) -> Truths {
        let mut parts: Vec<_> = tuple
            .iter()
            .map(|(condition, steps)| (condition.column.count_other(steps, Truth::False), condition, steps))
            .collect();
        parts.sort_by_key(|(count, ..)| *count);
        let mut all: Option<Truths> = None;
        for (_, condition, steps) in parts {
            let open = all.as_ref().and_then(|all| all.other_than(Truth::False));
            let truths = condition.column.truths(steps, open.as_ref());
            all = Some(all.map_or_else(|| truths.clone(), |all| all.joined(&truths, Join::And)));
        }
        all.unwrap_or_else(|| self.uniform(Truth::True))
    }

    /// Evaluates once per distinct combination of the values of several keys, which ascend.
    pub(super) fn by_tuple(&self, expr: &'a Expr, keys: &[usize], within: Option<&Rows>) -> Truths {
        let conditions: Vec<Option<Condition<'_>>> = keys.iter().map(|key| self.condition(*key)).collect();
        let mut part = Part::new(expr);
        let mut known: HashMap<Vec<u32>, Truth> = HashMap::new();
        let mut codes = Vec::with_capacity(keys.len());
        let truth = |row: u32| {
            codes.clear();
            let code = |condition: &Option<Condition<'_>>| condition.as_ref()?.column.codes.get(row);
            codes.extend(conditions.iter().map(|condition| code(condition).unwrap_or(MISSING)));
            if let Some(truth) = known.get(&codes) {
                return *truth;
            }
            let values = values(keys, &conditions, &codes);
            let values: Vec<&Value> = values.iter().collect();
            let truth = part.truth(self.filter, &values, self.reading);
            known.insert(codes.clone(), truth);
            truth
        };
        match within {
            Some(within) => Truths::of_each(self.set.len(), within, truth),
            None => Truths::of_each(self.set.len(), 0..self.set.len() as u32, truth),
        }
    }
}

/// A value per key up to the last that is asked for, or to the first that is missing: evaluation sees by the length
/// what is unknown.
fn values(keys: &[usize], conditions: &[Option<Condition<'_>>], codes: &[u32]) -> Vec<Value> {
    let mut values = vec![Value::Null; keys.last().map_or(0, |key| key + 1)];
    for ((key, condition), code) in keys.iter().zip(conditions).zip(codes) {
        let condition = condition.as_ref().filter(|condition| *code < condition.column.missing());
        let Some(condition) = condition else {
            values.truncate(*key);
            break;
        };
        if let Some(slot) = values.get_mut(*key) {
            *slot = condition.value(*code);
        }
    }
    values
}

/// The rows of which each key's value is listed or NULL, if those are few: the list is false of others.
fn open(conditions: &[Condition<'_>], literals: &[Vec<&Value>], within: Option<&Rows>) -> Option<Rows> {
    let mut all: Option<Truths> = None;
    for (condition, literals) in conditions.iter().zip(literals) {
        let Some(steps) = condition.member(literals) else { continue };
        let open = all.as_ref().and_then(|all| all.other_than(Truth::False));
        let truths = condition.column.truths(&steps, open.as_ref().or(within));
        all = Some(all.map_or_else(|| truths.clone(), |all| all.joined(&truths, Join::And)));
    }
    all?.other_than(Truth::False)
}

/// The codes that equal each listed combination; none where the values' order does not tell.
fn equal<'t, 'a>(
    conditions: &'t [Condition<'a>],
    literals: &[Vec<&Value>],
    count: usize,
) -> Option<Vec<Tuple<'t, 'a>>> {
    let mut tuples: Vec<Tuple<'_, '_>> = vec![Vec::with_capacity(conditions.len()); count];
    for (condition, literals) in conditions.iter().zip(literals) {
        for (tuple, literal) in tuples.iter_mut().zip(literals) {
            tuple.push((condition, condition.compared(CompareOp::Equal, literal)?));
        }
    }
    Some(tuples)
}

/// What looking a combination up costs, in rows that are evaluated.
fn cost(tuple: &Tuple<'_, '_>) -> usize {
    let counts = tuple.iter().map(|(condition, steps)| condition.column.count_other(steps, Truth::False));
    LOOK_UP + counts.min().unwrap_or(0) / LOOK_UP
}
