//! A filter over all rows of a set.

use std::collections::HashMap;

use super::bits::Bits;
use super::column::MISSING;
use super::set::PartitionSet;
use super::truths::Truths;
use crate::filter::{Expr, Filter, Part, Reading, Truth, Verdict};
use crate::types::Value;

/// What a filter is for every row, under each of its readings.
#[derive(Debug, Clone)]
pub struct Verdicts {
    sql: Truths,
    /// None where the filter has one reading.
    java_regex: Option<Truths>,
}

impl Verdicts {
    /// Rows that a filter text keeps: the rule of [`Filter::matches_any_reading`].
    pub fn kept(&self) -> Bits {
        let mut kept = self.sql.yes().clone();
        if let Some(other) = &self.java_regex {
            kept.unite(other.yes());
        }
        kept
    }

    /// The one reading of a serialised expression.
    pub fn truths(&self) -> &Truths {
        &self.sql
    }

    pub fn verdict(&self, row: usize) -> Verdict {
        let sql = self.sql.truth(row);
        Verdict { sql, java_regex: self.java_regex.as_ref().map_or(sql, |truths| truths.truth(row)) }
    }
}

impl PartitionSet {
    /// Evaluates a filter, which must be of this table's keys, on all rows.
    pub fn evaluate(&self, filter: &Filter) -> Verdicts {
        let sql = Pass::new(self, filter, Reading::Sql).truths(filter.expr());
        let java_regex = match filter.readings().len() {
            1 => None,
            _ => Some(Pass::new(self, filter, Reading::JavaRegex).truths(filter.expr())),
        };
        Verdicts { sql, java_regex }
    }
}

/// One reading of one filter.
struct Pass<'a> {
    set: &'a PartitionSet,
    filter: &'a Filter,
    reading: Reading,
    /// Code of the request's own name of the default partition, by key: there the value is NULL.
    null_codes: Vec<Option<u32>>,
}

const NULL: &Value = &Value::Null;

impl<'a> Pass<'a> {
    fn new(set: &'a PartitionSet, filter: &'a Filter, reading: Reading) -> Self {
        let null_code = |column: &super::column::Column| column.dictionary.code(filter.default_partition());
        Self { set, filter, reading, null_codes: set.columns.iter().map(null_code).collect() }
    }

    fn truths(&self, expr: &'a Expr) -> Truths {
        // All that asks one key alone is one leaf: a long OR of ranges is walked once per value, not once per row.
        let keys = keys(expr);
        if keys.len() < 2 {
            return self.leaf(expr, &keys);
        }
        match expr {
            Expr::And(children) => self.folded(children, Truth::True, Truths::and),
            Expr::Or(children) => self.folded(children, Truth::False, Truths::or),
            Expr::Not(inner) => self.truths(inner).negate(),
            Expr::Literal(_)
            | Expr::Key(_)
            | Expr::Cast { .. }
            | Expr::Compare { .. }
            | Expr::IsNull(_)
            | Expr::In { .. }
            | Expr::Between { .. }
            | Expr::Like { .. }
            | Expr::Unknown(_) => self.leaf(expr, &keys),
        }
    }

    fn folded(&self, children: &'a [Expr], empty: Truth, join: fn(&mut Truths, &Truths)) -> Truths {
        let mut children = children.iter().map(|child| self.truths(child));
        let Some(mut all) = children.next() else { return Truths::uniform(self.set.len(), empty) };
        for child in children {
            join(&mut all, &child);
        }
        all
    }

    fn leaf(&self, expr: &'a Expr, keys: &[usize]) -> Truths {
        let mut part = Part::new(expr);
        match keys {
            [] => Truths::uniform(self.set.len(), part.truth(self.filter, &[], self.reading)),
            [key] => self.by_value(&mut part, *key),
            keys => self.by_tuple(&mut part, keys),
        }
    }

    /// Evaluates once per distinct value of a key.
    fn by_value(&self, part: &mut Part<'_>, key: usize) -> Truths {
        let mut values = vec![NULL; key];
        let missing = part.truth(self.filter, &values, self.reading);
        let Some(column) = self.set.columns.get(key) else { return Truths::uniform(self.set.len(), missing) };
        values.push(NULL);
        let codes = 0..column.dictionary.len() as u32;
        let by_code: Vec<Truth> = codes
            .map(|code| {
                if let Some(last) = values.last_mut() {
                    *last = self.value(key, code).unwrap_or(NULL);
                }
                part.truth(self.filter, &values, self.reading)
            })
            .collect();
        Truths::from_codes(&column.codes, &by_code, missing)
    }

    /// Evaluates once per distinct combination of the values of several keys.
    fn by_tuple(&self, part: &mut Part<'_>, keys: &[usize]) -> Truths {
        let width = keys.iter().max().map_or(0, |key| key + 1);
        let mut known: HashMap<Vec<u32>, Truth> = HashMap::new();
        let mut tuple = Vec::with_capacity(keys.len());
        Truths::from_rows(self.set.len(), |row| {
            tuple.clear();
            tuple.extend(keys.iter().map(|key| self.code(row, *key)));
            if let Some(truth) = known.get(&tuple) {
                return *truth;
            }
            let mut values = vec![NULL; width];
            let mut present = width;
            for (key, code) in keys.iter().zip(&tuple) {
                match (self.value(*key, *code), values.get_mut(*key)) {
                    (Some(value), Some(slot)) => *slot = value,
                    // A damaged row: what is missing is unknown, which evaluation sees by the length.
                    _ => present = present.min(*key),
                }
            }
            let truth = part.truth(self.filter, values.get(..present).unwrap_or_default(), self.reading);
            known.insert(tuple.clone(), truth);
            truth
        })
    }

    fn code(&self, row: usize, key: usize) -> u32 {
        self.set.columns.get(key).and_then(|column| column.codes.get(row)).copied().unwrap_or(MISSING)
    }

    fn value(&self, key: usize, code: u32) -> Option<&'a Value> {
        if code != MISSING && self.null_codes.get(key) == Some(&Some(code)) {
            return Some(NULL);
        }
        self.set.columns.get(key)?.dictionary.value(code)
    }
}

/// The keys that an expression depends on, ascending.
fn keys(expr: &Expr) -> Vec<usize> {
    let mut keys = Vec::new();
    expr.visit(&mut |node| {
        if let Expr::Key(key) = node {
            keys.push(*key);
        }
    });
    keys.sort_unstable();
    keys.dedup();
    keys
}
