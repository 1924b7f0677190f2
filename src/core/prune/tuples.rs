//! Conditions that look at several keys at once.

use std::collections::HashMap;

use super::column::MISSING;
use super::condition::Condition;
use super::evaluate::{Pass, halves};
use super::rows::Rows;
use super::truths::{Join, Truths};
use crate::filter::{CompareOp, Expr, Part, Truth};
use crate::types::Value;

/// To look a listed combination up costs as much as to evaluate so many rows.
const LOOK_UP: usize = 16;

impl<'a> Pass<'a> {
    /// `(keys) IN (literals, …)`, combination by combination. None where the values' order does not tell, or where there
    /// are so many that walking the rows is cheaper.
    pub(super) fn tuples_by_index(&self, operands: &[Expr], rows: &'a [Vec<Expr>]) -> Option<Truths> {
        if rows.is_empty() || rows.len().saturating_mul(LOOK_UP) > self.set.len() {
            return None;
        }
        let conditions: Option<Vec<Condition<'_>>> = operands
            .iter()
            .map(|operand| if let Expr::Key(key) = operand { self.condition(*key) } else { None })
            .collect();
        let conditions = conditions?;
        let literals: Option<Vec<Vec<&Value>>> = rows.iter().map(|row| literals(row)).collect();
        let literals = literals?;
        let is_ordered =
            |(condition, literal): (&Condition<'_>, &&Value)| condition.compared(CompareOp::Equal, literal).is_some();
        if !literals.iter().all(|row| conditions.iter().zip(row).all(is_ordered)) {
            return None;
        }
        let literals: Vec<&[&Value]> = literals.iter().map(Vec::as_slice).collect();
        Some(halves(&literals, Join::Or, &|row| self.tuple(&conditions, row)))
    }

    fn tuple(&self, conditions: &[Condition<'_>], literals: &[&Value]) -> Truths {
        let pairs = conditions.iter().zip(literals);
        let mut equal: Vec<_> = pairs
            .filter_map(|(condition, literal)| {
                let steps = condition.compared(CompareOp::Equal, literal)?;
                Some((condition.column.count_other(&steps, Truth::False), condition, steps))
            })
            .collect();
        equal.sort_by_key(|(count, ..)| *count);
        let mut all: Option<Truths> = None;
        for (_, condition, steps) in equal {
            let open = all.as_ref().and_then(|all| all.other_than(Truth::False));
            let truths = condition.column.truths(&steps, open.as_ref());
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

fn literals(row: &[Expr]) -> Option<Vec<&Value>> {
    row.iter().map(|item| if let Expr::Literal(value) = item { Some(value) } else { None }).collect()
}
