//! Long lists of equalities, which old clients write as OR chains (and Spark writes NOT IN as an AND of `!=`, MSCK a list
//! of partitions as an OR of ANDs), become one IN: one look-up instead of a walk.

use std::collections::HashMap;

use super::ast::{CompareOp, Expr};

/// Rows that the same keys, ascending, are compared with.
struct Equalities {
    keys: Vec<usize>,
    rows: Vec<Vec<Expr>>,
}

/// The AND (or, if not `and`, the OR) of the children. In an OR, `k = a`, `k IN (…)` and `(k = a AND l = b)` of the same
/// keys are gathered; in an AND, `k != a` and `NOT (… IN …)`. All these are the same in three-valued logic, for IN is
/// an OR of ANDs of equalities.
pub fn merged(children: Vec<Expr>, and: bool) -> Expr {
    let mut kept: Vec<Expr> = Vec::with_capacity(children.len());
    // Keys → their place among the gathered, which know their place among the kept.
    let mut places: HashMap<Vec<usize>, usize> = HashMap::new();
    let mut gathered: Vec<(usize, Equalities)> = Vec::new();
    for child in children {
        match equalities(child, and) {
            Err(other) => kept.push(*other),
            Ok(mut more) => {
                if let Some((_, known)) = places.get(&more.keys).and_then(|at| gathered.get_mut(*at)) {
                    known.rows.append(&mut more.rows);
                } else {
                    places.insert(more.keys.clone(), gathered.len());
                    gathered.push((kept.len(), more));
                    kept.push(Expr::everything());
                }
            }
        }
    }
    for (place, equalities) in gathered {
        if let Some(slot) = kept.get_mut(place) {
            *slot = equalities.expr(and);
        }
    }
    match kept.pop() {
        Some(only) if kept.is_empty() => only,
        last => {
            kept.extend(last);
            if and { Expr::And(kept) } else { Expr::Or(kept) }
        }
    }
}

/// What a child compares with what, or the child.
fn equalities(child: Expr, negated: bool) -> Result<Equalities, Box<Expr>> {
    match child {
        Expr::Compare { op: CompareOp::NotEqual, left, right } if negated => {
            one(*left, *right).map_err(|(left, right)| Box::new(Expr::compare(CompareOp::NotEqual, left, right)))
        }
        Expr::Compare { op: CompareOp::Equal, left, right } if !negated => {
            one(*left, *right).map_err(|(left, right)| Box::new(Expr::compare(CompareOp::Equal, left, right)))
        }
        Expr::Not(inner) if negated => match *inner {
            Expr::In { operands, rows } => several(operands, rows).map_err(|inner| Box::new(inner.negate())),
            inner => Err(Box::new(inner.negate())),
        },
        Expr::In { operands, rows } if !negated => several(operands, rows).map_err(Box::new),
        Expr::And(children) if !negated => row(&children).ok_or_else(|| Box::new(Expr::And(children))),
        other => Err(Box::new(other)),
    }
}

fn one(left: Expr, right: Expr) -> Result<Equalities, (Expr, Expr)> {
    match (left, right) {
        (Expr::Key(key), value @ Expr::Literal(_)) | (value @ Expr::Literal(_), Expr::Key(key)) => {
            Ok(Equalities { keys: vec![key], rows: vec![vec![value]] })
        }
        sides => Err(sides),
    }
}

/// An IN of different keys with literals.
fn several(operands: Vec<Expr>, rows: Vec<Vec<Expr>>) -> Result<Equalities, Expr> {
    let keys: Option<Vec<usize>> = operands.iter().map(|operand| operand.as_key().copied()).collect();
    let literal = rows.iter().flatten().all(|item| item.as_literal().is_some());
    match keys {
        Some(keys) if literal && keys.is_sorted_by(|left, right| left < right) => Ok(Equalities { keys, rows }),
        Some(_) | None => Err(Expr::In { operands, rows }),
    }
}

/// A key and the literal that it is to equal.
fn pair(child: &Expr) -> Option<(usize, &Expr)> {
    let Expr::Compare { op: CompareOp::Equal, left, right } = child else { return None };
    right.as_literal()?;
    Some((*left.as_key()?, &**right))
}

/// An AND of equalities of different keys with literals.
fn row(children: &[Expr]) -> Option<Equalities> {
    let mut pairs: Vec<(usize, &Expr)> = children.iter().map(pair).collect::<Option<_>>()?;
    pairs.sort_by_key(|(key, _)| *key);
    let (keys, row): (Vec<usize>, Vec<&Expr>) = pairs.into_iter().unzip();
    let different = !keys.is_empty() && keys.is_sorted_by(|left, right| left < right);
    different.then(|| Equalities { keys, rows: vec![row.into_iter().cloned().collect()] })
}

impl Equalities {
    fn expr(mut self, negated: bool) -> Expr {
        if self.rows.len() > 1 || (negated && self.keys.len() > 1) {
            let operands = self.keys.into_iter().map(Expr::Key).collect();
            let test = Expr::In { operands, rows: self.rows };
            return if negated { test.negate() } else { test };
        }
        let op = if negated { CompareOp::NotEqual } else { CompareOp::Equal };
        let row = self.rows.pop().unwrap_or_default();
        let pairs = self.keys.into_iter().zip(row);
        let mut tests: Vec<Expr> = pairs.map(|(key, value)| Expr::compare(op, Expr::Key(key), value)).collect();
        match tests.pop() {
            Some(only) if tests.is_empty() => only,
            last => {
                tests.extend(last);
                Expr::And(tests)
            }
        }
    }
}
