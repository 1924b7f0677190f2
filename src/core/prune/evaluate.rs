//! A filter over all rows of a set.

use std::collections::BTreeMap;

use super::condition::Condition;
use super::rows::Rows;
use super::set::PartitionSet;
use super::truths::{Join, Truths};
use crate::filter::{Expr, Filter, Part, Reading, Truth, Verdict};

/// What a filter is for every row, under each of its readings.
#[derive(Debug, Clone)]
pub struct Verdicts {
    sql: Truths,
    /// None where the filter has one reading.
    java_regex: Option<Truths>,
    keeps_unknown: bool,
}

impl Verdicts {
    /// Rows that a filter text keeps: the rule of [`Filter::matches_any_reading`].
    pub fn kept(&self) -> Rows {
        let mut kept = Rows::none();
        for truths in std::iter::once(&self.sql).chain(&self.java_regex) {
            kept.unite(truths.yes());
            if self.keeps_unknown {
                kept.unite(truths.rows(Truth::Unknown));
            }
        }
        kept
    }

    /// The one reading of a serialised expression.
    pub fn truths(&self) -> &Truths {
        &self.sql
    }

    pub fn verdict(&self, row: u32) -> Verdict {
        let sql = self.sql.truth(row);
        let java_regex = self.java_regex.as_ref().map_or(sql, |truths| truths.truth(row));
        Verdict { sql, java_regex, keeps_unknown: self.keeps_unknown }
    }
}

impl PartitionSet {
    /// Evaluates a filter, which must be of this table's keys, on all rows.
    pub fn evaluate(&self, filter: &Filter) -> Verdicts {
        let pass = |reading| Pass { set: self, filter, reading }.truths(filter.expr(), None);
        let java_regex = match filter.readings().len() {
            1 => None,
            _ => Some(pass(Reading::JavaRegex)),
        };
        Verdicts { sql: pass(Reading::Sql), java_regex, keeps_unknown: filter.keeps_unknown() }
    }
}

/// One reading of one filter.
pub(super) struct Pass<'a> {
    pub(super) set: &'a PartitionSet,
    pub(super) filter: &'a Filter,
    pub(super) reading: Reading,
}

/// The parts of an AND or OR.
#[derive(Default)]
struct Parts<'a> {
    /// What asks one key alone is one part: `a <= k AND k < b` is one range.
    by_key: BTreeMap<usize, Vec<&'a Expr>>,
    constant: Vec<&'a Expr>,
    others: Vec<&'a Expr>,
}

/// An AND or OR as far as it is known.
struct Joined<'r> {
    join: Join,
    /// The rows that are asked for at all.
    asked: Option<&'r Rows>,
    all: Option<Truths>,
}

impl<'a> Pass<'a> {
    /// Right for the rows `within`.
    pub(super) fn truths(&self, expr: &'a Expr, within: Option<&Rows>) -> Truths {
        match keys(expr).as_slice() {
            [] => self.uniform(self.constant(expr)),
            [key] => match self.condition(*key) {
                None => self.uniform(Truth::Unknown),
                Some(condition) => {
                    let domain = condition.column.codes_of(within.filter(|_| !condition.is_quick(expr)));
                    condition.column.truths(&condition.steps(expr, &domain), within)
                }
            },
            keys => match expr {
                Expr::And(children) => self.joined(children, Join::And, within),
                Expr::Or(children) => self.joined(children, Join::Or, within),
                Expr::Not(inner) => self.truths(inner, within).negate(),
                Expr::In { operands, rows } => self.tuples(expr, operands, rows, keys, within),
                Expr::Literal(_)
                | Expr::Key(_)
                | Expr::Call { .. }
                | Expr::Compare { .. }
                | Expr::IsNull(_)
                | Expr::Between { .. }
                | Expr::Like { .. }
                | Expr::Unknown(_) => self.by_tuple(expr, keys, within),
            },
        }
    }

    pub(super) fn uniform(&self, truth: Truth) -> Truths {
        Truths::uniform(self.set.len(), truth)
    }

    fn constant(&self, expr: &'a Expr) -> Truth {
        Part::new(expr).truth(self.filter, &[], self.reading)
    }

    pub(super) fn condition(&self, key: usize) -> Option<Condition<'a>> {
        let column = self.set.columns.get(key)?;
        Some(Condition::new(column, key, self.filter, self.reading))
    }

    /// An AND or OR: first what an index tells, that which leaves the fewest rows open before others; then what is
    /// evaluated value by value, and then row by row, for the rows that are open still.
    fn joined(&self, children: &'a [Expr], join: Join, within: Option<&Rows>) -> Truths {
        let parts = Parts::of(children, join);
        let constants = parts.constant.iter().map(|expr| self.constant(expr));
        let constant = constants.fold(join.identity(), |left, right| join.of(left, right));
        let all = (constant != join.identity()).then(|| self.uniform(constant));
        let mut joined = Joined { join, asked: within, all };
        let (mut quick, mut slow) = (Vec::new(), Vec::new());
        for (key, exprs) in parts.by_key {
            let Some(condition) = self.condition(key) else {
                joined.add(|_| self.uniform(Truth::Unknown));
                continue;
            };
            if exprs.iter().all(|expr| condition.is_quick(expr)) {
                let steps = condition.joined(&exprs, join, &condition.column.codes_of(None));
                quick.push((condition, steps));
            } else {
                slow.push((condition, exprs));
            }
        }
        quick.sort_by_cached_key(|(condition, steps)| condition.column.count_other(steps, join.decided()));
        for (condition, steps) in quick {
            joined.add(|within| condition.column.truths(&steps, within));
        }
        for (condition, exprs) in slow {
            joined.add(|within| {
                let steps = condition.joined(&exprs, join, &condition.column.codes_of(within));
                condition.column.truths(&steps, within)
            });
        }
        match join {
            Join::And => parts.others.iter().for_each(|expr| joined.add(|within| self.truths(expr, within))),
            // Alternatives hardly narrow each other, but there may be very many.
            Join::Or if parts.others.is_empty() => {}
            Join::Or => joined.add(|within| self.halves(&parts.others, join, &|expr| self.truths(expr, within))),
        }
        joined.all.unwrap_or_else(|| self.uniform(join.identity()))
    }

    /// AND or OR of items, pairs with pairs: a fold from one end would copy its rows again and again.
    pub(super) fn halves<T: Copy>(&self, items: &[T], join: Join, truths: &dyn Fn(T) -> Truths) -> Truths {
        match items {
            [] => self.uniform(join.identity()),
            [item] => truths(*item),
            items => {
                let (left, right) = items.split_at(items.len() / 2);
                self.halves(left, join, truths).joined(&self.halves(right, join, truths), join)
            }
        }
    }
}

impl<'a> Parts<'a> {
    fn of(children: &'a [Expr], join: Join) -> Self {
        let mut parts = Self::default();
        parts.add(children, join);
        parts
    }

    fn add(&mut self, children: &'a [Expr], join: Join) {
        for child in children {
            match (child, join) {
                (Expr::And(inner), Join::And) | (Expr::Or(inner), Join::Or) => self.add(inner, join),
                _ => match keys(child).as_slice() {
                    [] => self.constant.push(child),
                    [key] => self.by_key.entry(*key).or_default().push(child),
                    _ => self.others.push(child),
                },
            }
        }
    }
}

impl Joined<'_> {
    /// Joins with truths that need to be right only for the rows that are told.
    fn add(&mut self, truths: impl FnOnce(Option<&Rows>) -> Truths) {
        let Some(all) = &self.all else {
            self.all = Some(truths(self.asked));
            return;
        };
        let mut open = all.other_than(self.join.decided());
        if let (Some(open), Some(asked)) = (&mut open, self.asked) {
            open.intersect(asked);
        }
        if open.as_ref().is_none_or(|open| !open.is_empty()) {
            self.all = Some(all.joined(&truths(open.as_ref().or(self.asked)), self.join));
        }
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
