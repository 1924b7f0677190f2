//! Evaluation over many partitions: what depends on one key is evaluated once per distinct value of that key.

use std::collections::HashMap;

use super::ast::{Expr, Value};
use super::bound::Filter;
use super::eval::{Reading, Scope, Truth, member, truth};
use super::membership::Membership;

/// Distinct values of a key that results are kept for. A key beyond that is (nearly) unique: keeping would cost more
/// memory than it saves time.
const MAX_DISTINCT: usize = 1 << 16;
/// Parts of a filter that results are kept for: with the bound above and two readings, 16 MiB.
const MAX_MEMOS: usize = 128;

/// What a filter is for one partition, under each of its readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    pub sql: Truth,
    /// The same as `sql` where the filter has one reading.
    pub java_regex: Truth,
    /// What the filter cannot decide it keeps.
    pub(crate) keeps_unknown: bool,
}

impl Verdict {
    /// Whether a filter text keeps the partition: the rule of [`Filter::matches_any_reading`].
    pub fn keeps(self) -> bool {
        self.sql.is_kept(self.keeps_unknown) || self.java_regex.is_kept(self.keeps_unknown)
    }

    /// Whether the readings disagree on keeping: then a drop is refused.
    pub fn readings_differ(self) -> bool {
        self.sql.is_kept(self.keeps_unknown) != self.java_regex.is_kept(self.keeps_unknown)
    }
}

/// Evaluates one filter on many partitions.
#[derive(Debug)]
pub struct Selector<'f> {
    filter: &'f Filter,
    columns: Vec<Column>,
    root: Node<'f>,
}

/// A part of a filter's tree, prepared to be evaluated on many values.
#[derive(Debug)]
pub(crate) struct Part<'f>(Node<'f>);

impl<'f> Part<'f> {
    pub(crate) fn new(expr: &'f Expr) -> Self {
        Self(node(expr, &mut 0))
    }

    /// Evaluates on a value per key; a key that is missing there is unknown.
    pub(crate) fn truth(&mut self, filter: &Filter, values: &[&Value], reading: Reading) -> Truth {
        evaluate(&mut self.0, filter, &Row { values, slots: &[] }, reading)
    }
}

/// The values of one key that were met.
#[derive(Debug, Default)]
struct Column {
    /// Whether the filter asks for the key.
    used: bool,
    codes: HashMap<Box<str>, usize>,
    values: Vec<Value>,
}

/// The filter's tree, cut where its parts depend on one key.
#[derive(Debug)]
enum Node<'f> {
    And(Vec<Node<'f>>),
    Or(Vec<Node<'f>>),
    Not(Box<Node<'f>>),
    /// Depends on one key: results by code and reading.
    Memo {
        key: usize,
        inner: Box<Node<'f>>,
        known: [Vec<Option<Truth>>; 2],
    },
    /// A long IN, prepared.
    Member {
        operands: &'f [Expr],
        membership: Membership<'f>,
    },
    Test(&'f Expr),
}

/// Where a partition's value of a key is.
#[derive(Debug)]
enum Slot {
    /// Among the column's values.
    Code(usize),
    /// Here, because the column is full.
    Own(Value),
    /// Nowhere: the filter does not ask for this key.
    Unused,
}

/// One partition.
struct Row<'a> {
    values: &'a [&'a Value],
    slots: &'a [Slot],
}

impl<'f> Selector<'f> {
    pub fn new(filter: &'f Filter) -> Self {
        let mut columns: Vec<Column> = filter.key_types().iter().map(|_| Column::default()).collect();
        filter.expr().visit(&mut |node| {
            if let Expr::Key(key) = node
                && let Some(column) = columns.get_mut(*key)
            {
                column.used = true;
            }
        });
        let mut memos = MAX_MEMOS;
        Self { filter, columns, root: node(filter.expr(), &mut memos) }
    }

    /// Evaluates the filter on a partition's values, in key order. A value that is missing is unknown.
    pub fn select(&mut self, partition_values: &[impl AsRef<str>]) -> Verdict {
        const UNUSED: &Value = &Value::Null;
        let texts = self.columns.iter_mut().zip(partition_values).enumerate();
        let slots: Vec<Slot> = texts
            .map(|(key, (column, text))| column.slot(text.as_ref(), || self.filter.value(key, text.as_ref())))
            .collect();
        let values = self.columns.iter().zip(&slots).map(|(column, slot)| match slot {
            Slot::Code(code) => column.values.get(*code).unwrap_or(UNUSED),
            Slot::Own(value) => value,
            Slot::Unused => UNUSED,
        });
        let values: Vec<&Value> = values.collect();
        let row = Row { values: &values, slots: &slots };
        let sql = evaluate(&mut self.root, self.filter, &row, Reading::Sql);
        let java_regex = match self.filter.readings().len() {
            1 => sql,
            _ => evaluate(&mut self.root, self.filter, &row, Reading::JavaRegex),
        };
        Verdict { sql, java_regex, keeps_unknown: self.filter.keeps_unknown() }
    }
}

impl Column {
    /// Finds or keeps a value.
    fn slot(&mut self, text: &str, value: impl FnOnce() -> Value) -> Slot {
        if !self.used {
            return Slot::Unused;
        }
        if let Some(code) = self.codes.get(text) {
            return Slot::Code(*code);
        }
        let code = self.values.len();
        if code >= MAX_DISTINCT {
            return Slot::Own(value());
        }
        self.codes.insert(text.into(), code);
        self.values.push(value());
        Slot::Code(code)
    }
}

/// Cuts a tree, with at most `memos` memos; below a memo no further one is needed.
fn node<'f>(expr: &'f Expr, memos: &mut usize) -> Node<'f> {
    if *memos > 0
        && is_costly(expr)
        && let Some(key) = single_key(expr)
    {
        *memos -= 1;
        return Node::Memo { key, inner: Box::new(node(expr, &mut 0)), known: [Vec::new(), Vec::new()] };
    }
    match expr {
        Expr::And(children) => Node::And(children.iter().map(|child| node(child, memos)).collect()),
        Expr::Or(children) => Node::Or(children.iter().map(|child| node(child, memos)).collect()),
        Expr::Not(inner) => Node::Not(Box::new(node(inner, memos))),
        Expr::In { operands, rows } => Node::Member { operands, membership: Membership::new(rows) },
        Expr::Literal(_)
        | Expr::Key(_)
        | Expr::Call { .. }
        | Expr::Compare { .. }
        | Expr::IsNull(_)
        | Expr::Between { .. }
        | Expr::Like { .. }
        | Expr::Unknown(_) => Node::Test(expr),
    }
}

/// Whether a look-up is cheaper than to evaluate again; one comparison is as cheap.
fn is_costly(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(_) | Expr::Key(_) | Expr::IsNull(_) | Expr::Unknown(_) => false,
        Expr::Compare { left, right, .. } => is_costly(left) || is_costly(right),
        Expr::And(_)
        | Expr::Or(_)
        | Expr::Not(_)
        | Expr::Call { .. }
        | Expr::In { .. }
        | Expr::Between { .. }
        | Expr::Like { .. } => true,
    }
}

/// The key that an expression depends on, if it is one.
fn single_key(expr: &Expr) -> Option<usize> {
    let (mut single, mut several) = (None, false);
    expr.visit(&mut |node| {
        if let Expr::Key(key) = node {
            several |= single.is_some_and(|known| known != *key);
            single = Some(*key);
        }
    });
    if several { None } else { single }
}

fn evaluate(node: &mut Node<'_>, filter: &Filter, row: &Row<'_>, reading: Reading) -> Truth {
    match node {
        Node::And(children) => Truth::all(children.iter_mut().map(|child| evaluate(child, filter, row, reading))),
        Node::Or(children) => Truth::any(children.iter_mut().map(|child| evaluate(child, filter, row, reading))),
        Node::Not(inner) => evaluate(inner, filter, row, reading).negate(),
        Node::Memo { key, inner, known } => {
            let Some(Slot::Code(code)) = row.slots.get(*key) else {
                return evaluate(inner, filter, row, reading);
            };
            let code = *code;
            let [sql, java_regex] = known;
            let known = match reading {
                Reading::Sql => sql,
                Reading::JavaRegex => java_regex,
            };
            if let Some(truth) = known.get(code).copied().flatten() {
                return truth;
            }
            let truth = evaluate(inner, filter, row, reading);
            if known.len() <= code {
                known.resize(code + 1, None);
            }
            known[code] = Some(truth);
            truth
        }
        Node::Member { operands, membership } => {
            let scope = filter.scope(row.values, reading);
            in_truth(operands, membership, scope)
        }
        Node::Test(expr) => truth(expr, filter.scope(row.values, reading)),
    }
}

/// An IN by look-up where its operands are keys with values of the prepared kind, else row by row.
fn in_truth(operands: &[Expr], membership: &Membership<'_>, scope: Scope<'_>) -> Truth {
    let key_value = |operand: &Expr| scope.values.get(*operand.as_key()?).copied();
    let values: Option<Vec<&Value>> = operands.iter().map(key_value).collect();
    match values.and_then(|values| membership.find(&values)) {
        Some(true) => Truth::True,
        Some(false) => member(operands, membership.others().iter().copied(), scope),
        None => member(operands, membership.rows(), scope),
    }
}
