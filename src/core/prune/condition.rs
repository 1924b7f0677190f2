//! A condition on one key, as a truth per code.

use std::ops::Range;

use super::column::Column;
use super::dictionary::Against;
use super::steps::Steps;
use super::truths::Join;
use crate::filter::{CompareOp, Expr, Filter, Part, Reading, Truth, literal_prefix};
use crate::types::Value;

/// One key of a filter's reading.
pub struct Condition<'a> {
    pub column: &'a Column,
    pub key: usize,
    pub filter: &'a Filter,
    pub reading: Reading,
    /// Code of the request's own name of the default partition: its value is NULL.
    null_code: Option<u32>,
}

/// Values that are read from their texts at once.
const BATCH: usize = 1024;

impl<'a> Condition<'a> {
    pub fn new(column: &'a Column, key: usize, filter: &'a Filter, reading: Reading) -> Self {
        let dictionary = &column.dictionary;
        let null_code = dictionary.code(filter.default_partition()).filter(|code| *code < dictionary.nulls());
        Self { column, key, filter, reading, null_code }
    }

    /// What an expression of this key alone is; right for the codes of the domain, of which ranges ascend.
    pub fn steps(&self, expr: &'a Expr, domain: &[Range<u32>]) -> Steps {
        match expr {
            Expr::And(children) => self.joined(&children.iter().collect::<Vec<_>>(), Join::And, domain),
            Expr::Or(children) => self.joined(&children.iter().collect::<Vec<_>>(), Join::Or, domain),
            Expr::Not(inner) => self.steps(inner, domain).negate(),
            Expr::Literal(_)
            | Expr::Key(_)
            | Expr::Call { .. }
            | Expr::Compare { .. }
            | Expr::IsNull(_)
            | Expr::In { .. }
            | Expr::Between { .. }
            | Expr::Unknown(_) => self.looked_up(expr).unwrap_or_else(|| self.walked(expr, domain)),
            Expr::Like { operand, pattern, dialect } => {
                let prefix = literal_prefix(pattern, dialect.reading(self.reading));
                let codes =
                    if **operand == Expr::Key(self.key) { self.column.dictionary.with_prefix(prefix) } else { None };
                codes.map_or_else(|| self.walked(expr, domain), |codes| self.walked_between(expr, codes, domain))
            }
        }
    }

    /// Value by value, where it is known that only these codes may fulfil it.
    fn walked_between(&self, expr: &'a Expr, codes: Range<u32>, domain: &[Range<u32>]) -> Steps {
        let nulls = self.column.dictionary.nulls();
        let possible = Steps::new([(codes.start, Truth::False), (codes.end, Truth::True), (nulls, Truth::False)]);
        let walked = self.walked(expr, &undecided(&possible, Truth::False, domain));
        let values = walked.joined(&possible, Join::And);
        self.completed(values, Truth::Null)
    }

    /// AND or OR of several. What is looked up goes first, so that fewer values are left to be evaluated one by one.
    pub fn joined(&self, children: &[&'a Expr], join: Join, domain: &[Range<u32>]) -> Steps {
        let (quick, slow): (Vec<&Expr>, Vec<&Expr>) = children.iter().partition(|child| self.is_quick(child));
        let mut all = self.folded(&quick, join, domain);
        for child in slow {
            let domain = undecided(&all, join.decided(), domain);
            all = all.joined(&self.steps(child, &domain), join);
        }
        all
    }

    /// Halves with halves: a fold from one end would copy a long chain's steps again and again.
    fn folded(&self, children: &[&'a Expr], join: Join, domain: &[Range<u32>]) -> Steps {
        match children {
            [] => Steps::new([(self.column.missing() + 1, join.identity())]),
            [child] => self.steps(child, domain),
            children => {
                let (left, right) = children.split_at(children.len() / 2);
                let (left, right) = (self.folded(left, join, domain), self.folded(right, join, domain));
                left.joined(&right, join)
            }
        }
    }

    /// Whether it looks as if no value needed to be evaluated by itself.
    pub fn is_quick(&self, expr: &Expr) -> bool {
        let is_key = |expr: &Expr| matches!(expr, Expr::Key(_));
        let is_ordered =
            |expr: &Expr| matches!(expr, Expr::Literal(literal) if self.column.dictionary.is_ordered_beside(literal));
        match expr {
            Expr::And(children) | Expr::Or(children) => children.iter().all(|child| self.is_quick(child)),
            Expr::Not(inner) => self.is_quick(inner),
            Expr::IsNull(inner) => is_key(inner),
            Expr::Compare { left, right, .. } => {
                (is_key(left) && is_ordered(right)) || (is_ordered(left) && is_key(right))
            }
            Expr::Between { operand, low, high } => is_key(operand) && is_ordered(low) && is_ordered(high),
            Expr::In { operands, rows } => operands.iter().all(is_key) && rows.iter().flatten().all(is_ordered),
            Expr::Literal(_) | Expr::Key(_) | Expr::Call { .. } | Expr::Like { .. } | Expr::Unknown(_) => false,
        }
    }

    /// By the order of the values; none where that does not tell.
    fn looked_up(&self, expr: &'a Expr) -> Option<Steps> {
        match expr {
            Expr::Compare { op, left, right } => match (&**left, &**right) {
                (Expr::Key(_), Expr::Literal(literal)) => self.compared(*op, literal),
                (Expr::Literal(literal), Expr::Key(_)) => self.compared(op.mirrored(), literal),
                _ => None,
            },
            Expr::IsNull(inner) if matches!(**inner, Expr::Key(_)) => {
                let nulls = (self.column.dictionary.nulls(), Truth::False);
                Some(self.completed(Steps::new([nulls]), Truth::True))
            }
            Expr::Between { operand, low, high } => match (&**operand, &**low, &**high) {
                (Expr::Key(_), Expr::Literal(low), Expr::Literal(high)) => {
                    let above = self.compared(CompareOp::GreaterOrEqual, low)?;
                    Some(above.joined(&self.compared(CompareOp::LessOrEqual, high)?, Join::And))
                }
                _ => None,
            },
            Expr::In { operands, rows } if matches!(operands.as_slice(), [Expr::Key(_)]) => {
                let literal = |row: &'a Vec<Expr>| match row.as_slice() {
                    [Expr::Literal(literal)] => Some(literal),
                    _ => None,
                };
                self.member(&rows.iter().map(literal).collect::<Option<Vec<_>>>()?)
            }
            Expr::In { .. }
            | Expr::IsNull(_)
            | Expr::Literal(_)
            | Expr::Key(_)
            | Expr::Call { .. }
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Not(_)
            | Expr::Like { .. }
            | Expr::Unknown(_) => None,
        }
    }

    /// The key compared with a literal.
    pub fn compared(&self, op: CompareOp, literal: &Value) -> Option<Steps> {
        let when = |order| Truth::from(op.holds(order));
        let null = op.truth(&Value::Null, literal);
        let nulls = self.column.dictionary.nulls();
        let values = match self.against(literal) {
            Against::Unordered => return None,
            Against::Null => Steps::new([(nulls, null)]),
            Against::Ordered(equal) => Steps::new([
                (equal.start, when(std::cmp::Ordering::Less)),
                (equal.end, when(std::cmp::Ordering::Equal)),
                (nulls, when(std::cmp::Ordering::Greater)),
            ]),
        };
        Some(self.completed(values, null))
    }

    fn against(&self, literal: &Value) -> Against {
        // NULL beside anything is NULL, but `<=>` tells values from NULL: rare, so left to evaluation.
        if literal.is_null() { Against::Unordered } else { self.column.dictionary.against(literal) }
    }

    /// The key in a list of literals.
    pub fn member(&self, literals: &[&Value]) -> Option<Steps> {
        let missing = self.column.missing();
        if literals.is_empty() {
            return Some(Steps::new([(missing + 1, Truth::False)]));
        }
        let (mut equal, mut other) = (Vec::with_capacity(literals.len()), Truth::False);
        for literal in literals {
            match self.against(literal) {
                Against::Ordered(codes) => equal.push(codes),
                // What equals no other item is NULL, not false.
                Against::Null => other = Truth::Null,
                Against::Unordered => return None,
            }
        }
        equal.sort_unstable_by_key(|codes| codes.start);
        let mut values = Steps::new([]);
        for codes in equal {
            values.push(codes.start, other);
            values.push(codes.end, Truth::True);
        }
        values.push(self.column.dictionary.nulls(), other);
        Some(self.completed(values, Truth::Null))
    }

    /// With what NULL is, behind the values; a missing value is unknown.
    fn completed(&self, mut values: Steps, null: Truth) -> Steps {
        let missing = self.column.missing();
        values.push(missing, null);
        values.push(missing + 1, Truth::Unknown);
        match self.null_code {
            Some(code) => values.with(code, null),
            None => values,
        }
    }

    /// Value by value.
    fn walked(&self, expr: &'a Expr, domain: &[Range<u32>]) -> Steps {
        const NULL: &Value = &Value::Null;
        let (mut part, missing) = (Part::new(expr), self.column.missing());
        let mut steps = Steps::new([]);
        let mut truth = |values: &[&Value]| part.truth(self.filter, values, self.reading);
        for codes in domain {
            // Outside the domain any truth will do; the one before makes the fewest steps.
            let before = codes.start.checked_sub(1).map_or(Truth::False, |code| steps.truth(code));
            steps.push(codes.start, before);
            for start in (codes.start..codes.end.min(missing)).step_by(BATCH) {
                let batch = start..(start + BATCH as u32).min(codes.end.min(missing));
                let values: Vec<Value> = batch.clone().map(|code| self.value(code)).collect();
                let mut row = vec![NULL; self.key + 1];
                for (code, value) in batch.zip(&values) {
                    row[self.key] = value;
                    steps.push(code + 1, truth(&row));
                }
            }
            if codes.contains(&missing) {
                steps.push(missing + 1, truth(&vec![NULL; self.key]));
            }
        }
        steps.push(missing + 1, Truth::False);
        steps
    }

    /// A code's value, as this request sees it.
    pub fn value(&self, code: u32) -> Value {
        if self.null_code == Some(code) { Value::Null } else { self.column.dictionary.value(code) }
    }
}

/// Those codes of a domain of which a joined condition is still open.
fn undecided(steps: &Steps, decided: Truth, domain: &[Range<u32>]) -> Vec<Range<u32>> {
    let mut open = Vec::new();
    let mut pieces = steps.pieces().filter(|(_, truth)| *truth != decided).map(|(codes, _)| codes).peekable();
    for codes in domain {
        while pieces.next_if(|piece| piece.end <= codes.start).is_some() {}
        while let Some(piece) = pieces.peek().filter(|piece| piece.start < codes.end) {
            open.push(piece.start.max(codes.start)..piece.end.min(codes.end));
            if piece.end > codes.end {
                break;
            }
            pieces.next();
        }
    }
    open
}
