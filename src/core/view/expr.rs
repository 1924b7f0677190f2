//! Expressions: their columns, their types, and how both languages write them.

use super::ast::{Expr, Item, Node, Select};
use super::check::Checker;
use super::functions::is_aggregate;
use super::scope::Scope;
use super::sql_type::SqlType;
use super::typed::{Texts, Typed};
use crate::event_log::Dialect;
use crate::types::{KeyType, Value};
use crate::{Error, Result};

/// Expressions over rows, or over groups of them.
pub(super) struct Exprs<'e> {
    pub checker: &'e Checker<'e>,
    pub scope: &'e Scope,
    /// The keys that rows are grouped by; None: rows.
    pub group: Option<&'e [Texts]>,
}

impl<'e> Exprs<'e> {
    pub fn rows(checker: &'e Checker<'e>, scope: &'e Scope) -> Self {
        Self { checker, scope, group: None }
    }

    pub fn groups(checker: &'e Checker<'e>, scope: &'e Scope, group: &'e [Texts]) -> Self {
        Self { checker, scope, group: Some(group) }
    }

    pub fn is_grouped(&self) -> bool {
        self.group.is_some()
    }

    pub fn has_aggregates(select: &Select) -> bool {
        let items = select.items.iter().filter_map(|item| match item {
            Item::Expr { expr, .. } => Some(expr),
            Item::All { .. } => None,
        });
        items.into_iter().any(aggregates)
    }

    pub fn wrong(&self, at: usize, what: &str) -> Error {
        self.checker.wrong(at, what)
    }

    /// What must be true or false.
    pub fn condition(&self, expr: &Expr, place: &str) -> Result<Texts> {
        let typed = self.expr(expr)?;
        match typed.of {
            SqlType::Boolean => Ok(typed.texts),
            other => Err(self.wrong(expr.at, &format!("{place} needs a condition; this is {}", other.hive()))),
        }
    }

    pub fn expr(&self, expr: &Expr) -> Result<Typed> {
        if let Some(group) = self.group
            && !aggregates(expr)
            && let Ok(typed) = Self::rows(self.checker, self.scope).expr(expr)
            && group.contains(&typed.texts)
        {
            return Ok(typed);
        }
        let at = expr.at;
        match &expr.node {
            Node::Null => Ok(Typed::new(SqlType::Null, |_| "NULL".to_owned())),
            Node::Boolean(value) => Ok(Typed::new(SqlType::Boolean, |_| value.to_string().to_uppercase())),
            Node::Integer(text) => self.integer(at, text),
            Node::Decimal(text) => self.decimal(at, text),
            Node::Text(text) => Ok(Typed::new(SqlType::Text(None), |dialect| dialect.text(text))),
            Node::Date(text) => self.moment(at, SqlType::Date, "DATE", text),
            Node::Timestamp(text) => self.moment(at, SqlType::Timestamp, "TIMESTAMP", text),
            Node::Column { of, name } => self.column(at, of.as_deref(), name),
            Node::Not(of) => {
                let of = self.condition(of, "NOT")?;
                Ok(Typed::new(SqlType::Boolean, |dialect| format!("(NOT {})", of.get(dialect))))
            }
            Node::And(left, right) => self.joined(left, right, "AND"),
            Node::Or(left, right) => self.joined(left, right, "OR"),
            Node::Negate(of) => self.negate(of),
            Node::Math(sign, left, right) => self.math(at, *sign, left, right),
            Node::Compare(sign, left, right) => {
                let all = self.alike(&[left, right], sign)?;
                Ok(test(&all, |texts| format!("({} {sign} {})", texts[0], texts[1])))
            }
            Node::Between { of, low, high, is_not } => {
                let all = self.alike(&[of, low, high], "BETWEEN")?;
                let word = if *is_not { "NOT BETWEEN" } else { "BETWEEN" };
                Ok(test(&all, |texts| format!("({} {word} {} AND {})", texts[0], texts[1], texts[2])))
            }
            Node::In { of, among, is_not } => {
                let all: Vec<&Expr> = std::iter::once(&**of).chain(among).collect();
                let all = self.alike(&all, "IN")?;
                let word = if *is_not { "NOT IN" } else { "IN" };
                Ok(test(&all, |texts| format!("({} {word} ({}))", texts[0], texts[1..].join(", "))))
            }
            Node::Like { of, pattern, is_not } => {
                let of = self.text(of, "LIKE")?;
                let word = if *is_not { "NOT LIKE" } else { "LIKE" };
                let make = |dialect: Dialect| format!("({} {word} {})", of.get(dialect), dialect.text(pattern));
                Ok(Typed::new(SqlType::Boolean, make))
            }
            Node::IsNull { of, is_not } => {
                let of = self.expr(of)?;
                let word = if *is_not { "IS NOT NULL" } else { "IS NULL" };
                Ok(Typed::new(SqlType::Boolean, |dialect| format!("({} {word})", of.get(dialect))))
            }
            Node::Case { of, branches, otherwise } => self.case(at, of.as_deref(), branches, otherwise.as_deref()),
            Node::Cast(of, to) => self.cast(at, of, to),
            Node::Call { name, is_distinct, arguments } => self.call(at, name, *is_distinct, arguments),
            Node::CountAll => self.aggregate(at, SqlType::Integer(8), &[], |_| "COUNT(*)".to_owned()),
        }
    }

    fn column(&self, at: usize, of: Option<&str>, name: &str) -> Result<Typed> {
        let typed = self.scope.column(of, name).map_err(|what| self.wrong(at, &what))?;
        match self.group {
            None => Ok(typed),
            Some(_) => Err(self.wrong(at, &format!("`{name}` must be in GROUP BY or within an aggregate"))),
        }
    }

    fn integer(&self, at: usize, text: &str) -> Result<Typed> {
        let value: i64 = text.parse().map_err(|_| self.wrong(at, "an integer has at most 64 bits; write it as 1.0"))?;
        let of = SqlType::Integer(if i32::try_from(value).is_ok() { 4 } else { 8 });
        Ok(Typed::new(of, |_| value.to_string()))
    }

    fn decimal(&self, at: usize, text: &str) -> Result<Typed> {
        let digits = text.len() - 1;
        let scale = text.len() - 1 - text.find('.').unwrap_or_default();
        match (u8::try_from(digits), u8::try_from(scale)) {
            (Ok(digits), Ok(scale)) if digits <= super::sql_type::DIGITS_MAX => {
                Ok(Typed::new(SqlType::Decimal(digits, scale), |_| text.to_owned()))
            }
            _ => Err(self.wrong(at, "a number has at most 38 digits")),
        }
    }

    fn moment(&self, at: usize, of: SqlType, word: &str, text: &str) -> Result<Typed> {
        let (date, time) = text.split_once(' ').map_or((text, None), |(date, time)| (date, Some(time)));
        let is_date = date.len() == 10 && Value::parse(date, KeyType::Date).is_some();
        let is_right = match (&of, time) {
            (SqlType::Date, None) => is_date,
            (SqlType::Timestamp, Some(time)) => is_date && is_time(time),
            _ => false,
        };
        if !is_right {
            let what = "dates are written DATE '2024-01-31', moments TIMESTAMP '2024-01-31 23:59:59.999999'";
            return Err(self.wrong(at, what));
        }
        Ok(Typed::new(of, |dialect| format!("{word} {}", dialect.text(text))))
    }

    fn joined(&self, left: &Expr, right: &Expr, word: &str) -> Result<Typed> {
        let (left, right) = (self.condition(left, word)?, self.condition(right, word)?);
        Ok(Typed::new(SqlType::Boolean, |dialect| format!("({} {word} {})", left.get(dialect), right.get(dialect))))
    }

    pub fn text(&self, expr: &Expr, place: &str) -> Result<Typed> {
        let typed = self.expr(expr)?;
        match &typed.of {
            SqlType::Text(_) => Ok(typed),
            other => Err(self.wrong(expr.at, &format!("{place} needs a text; this is {}", other.hive()))),
        }
    }

    /// Expressions that are compared with the first: all of one sort.
    pub fn alike(&self, all: &[&Expr], place: &str) -> Result<Vec<Typed>> {
        let mut typed = Vec::with_capacity(all.len());
        let mut union: Option<SqlType> = None;
        for expr in all {
            let one = self.expr(expr)?;
            if one.of == SqlType::Null {
                return Err(self.wrong(expr.at, &format!("{place} with NULL is never true; use IS NULL")));
            }
            let one = self.orderable(one, expr.at, place)?;
            let wider = union.as_ref().map_or(Some(one.of.clone()), |known| known.union(&one.of));
            union = Some(wider.ok_or_else(|| {
                let known = union.as_ref().map(SqlType::hive).unwrap_or_default();
                let what = format!("{} cannot be compared with {known} alike in all engines: CAST one", one.of.hive());
                self.wrong(expr.at, &what)
            })?);
            typed.push(one);
        }
        // Exact types are compared alike as they are, and a partition key without a CAST is pruned by.
        match union {
            Some(SqlType::Double) => typed.iter().map(|one| one.widened(&SqlType::Double)).collect(),
            _ => Ok(typed),
        }
    }

    fn orderable(&self, typed: Typed, at: usize, place: &str) -> Result<Typed> {
        match &typed.of {
            SqlType::Other(of) => {
                Err(self.wrong(at, &format!("{place} does not take {of}: such columns are only passed on")))
            }
            _ => Ok(typed),
        }
    }

    /// What rows are grouped by, or told apart by.
    pub fn comparable(&self, typed: Typed, at: usize, place: &str) -> Result<Typed> {
        match &typed.of {
            SqlType::Float | SqlType::Double => {
                let what = format!("{place} by floating-point numbers is not the same in all engines: CAST to decimal");
                Err(self.wrong(at, &what))
            }
            SqlType::Null => Err(self.wrong(at, &format!("{place} does not take NULL"))),
            _ => self.orderable(typed, at, place),
        }
    }

    /// Values of which one is chosen, all as of one type.
    pub fn one_of(&self, all: Vec<Typed>, at: usize, place: &str) -> Result<(SqlType, Vec<Typed>)> {
        let mut of = SqlType::Null;
        for one in &all {
            of = of.union(&one.of).ok_or_else(|| {
                self.wrong(at, &format!("{place} gives {} and {}: CAST one", of.hive(), one.of.hive()))
            })?;
        }
        if let SqlType::Other(other) = &of {
            return Err(self.wrong(at, &format!("{place} does not take {other}: such columns are only passed on")));
        }
        if of == SqlType::Null {
            return Ok((of, all));
        }
        let widened = all.iter().map(|one| one.widened(&of)).collect::<Result<_>>()?;
        Ok((of, widened))
    }

    fn case(&self, at: usize, of: Option<&Expr>, branches: &[(Expr, Expr)], otherwise: Option<&Expr>) -> Result<Typed> {
        let mut conditions = Vec::with_capacity(branches.len());
        for (when, _) in branches {
            conditions.push(match of {
                None => self.condition(when, "WHEN")?,
                Some(of) => {
                    test(&self.alike(&[of, when], "CASE")?, |texts| format!("({} = {})", texts[0], texts[1])).texts
                }
            });
        }
        let values = branches.iter().map(|(_, then)| then).chain(otherwise);
        let values = values.map(|value| self.expr(value)).collect::<Result<_>>()?;
        let (of, values) = self.one_of(values, at, "CASE")?;
        Ok(Typed::new(of, |dialect| {
            let mut parts = vec!["CASE"];
            for (condition, value) in conditions.iter().zip(&values) {
                parts.extend(["WHEN", condition.get(dialect), "THEN", value.get(dialect)]);
            }
            if let Some(value) = values.get(conditions.len()) {
                parts.extend(["ELSE", value.get(dialect)]);
            }
            parts.push("END");
            parts.join(" ")
        }))
    }

    fn cast(&self, at: usize, of: &Expr, to: &SqlType) -> Result<Typed> {
        let typed = self.expr(of)?;
        if !typed.of.casts_to(to) {
            let what = format!("a CAST of {} to {} does not give the same in all engines", typed.of.hive(), to.hive());
            return Err(self.wrong(at, &what));
        }
        typed.cast(to)
    }
}

/// Whether an expression has an aggregate in it.
pub(super) fn aggregates(expr: &Expr) -> bool {
    any(expr, &|node| match node {
        Node::CountAll => true,
        Node::Call { name, .. } => is_aggregate(name),
        _ => false,
    })
}

/// Whether it is so of a part of an expression.
pub(super) fn any(expr: &Expr, is: &dyn Fn(&Node) -> bool) -> bool {
    is(&expr.node) || parts(&expr.node).into_iter().any(|part| any(part, is))
}

fn parts(node: &Node) -> Vec<&Expr> {
    match node {
        Node::Not(of) | Node::Negate(of) | Node::Cast(of, _) | Node::Like { of, .. } | Node::IsNull { of, .. } => {
            vec![of]
        }
        Node::And(left, right) | Node::Or(left, right) | Node::Math(_, left, right) | Node::Compare(_, left, right) => {
            vec![left, right]
        }
        Node::Between { of, low, high, .. } => vec![of, low, high],
        Node::In { of, among, .. } => std::iter::once(&**of).chain(among).collect(),
        Node::Call { arguments, .. } => arguments.iter().collect(),
        Node::Case { of, branches, otherwise } => {
            let branches = branches.iter().flat_map(|(when, then)| [when, then]);
            of.iter().chain(otherwise).map(|one| &**one).chain(branches).collect()
        }
        Node::Null
        | Node::Boolean(_)
        | Node::Integer(_)
        | Node::Decimal(_)
        | Node::Text(_)
        | Node::Date(_)
        | Node::Timestamp(_)
        | Node::Column { .. }
        | Node::CountAll => Vec::new(),
    }
}

/// A condition over these.
fn test(all: &[Typed], make: impl Fn(&[&str]) -> String) -> Typed {
    Typed::new(SqlType::Boolean, |dialect| make(&all.iter().map(|one| one.get(dialect)).collect::<Vec<_>>()))
}

/// `23:59:59`, with at most six digits behind a point.
fn is_time(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').map_or((text, "0"), |(whole, fraction)| (whole, fraction));
    let parts: Vec<&str> = whole.split(':').collect();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let within = parts
        .iter()
        .zip([24, 60, 60])
        .all(|(part, end)| part.len() == 2 && is_number(part) && part.parse::<u8>().is_ok_and(|value| value < end));
    parts.len() == 3 && within && is_number(fraction) && fraction.len() <= 6
}
