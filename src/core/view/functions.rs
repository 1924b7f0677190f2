//! Functions and arithmetic that engines agree on.

use super::ast::{Expr, Node, Sign};
use super::expr::Exprs;
use super::sql_type::{DIGITS_MAX, SqlType};
use super::typed::Typed;
use crate::Result;
use crate::event_log::Dialect;

const KNOWN: &str = "upper, lower, trim, length, concat, substr, coalesce, nullif, abs, year, month, day; count, sum, min, \
                     max, avg";

pub(super) fn is_aggregate(name: &str) -> bool {
    matches!(name, "count" | "sum" | "min" | "max" | "avg")
}

impl Exprs<'_> {
    pub fn call(&self, at: usize, name: &str, is_distinct: bool, arguments: &[Expr]) -> Result<Typed> {
        if is_distinct && name != "count" {
            return Err(self.wrong(at, "DISTINCT stands within count only"));
        }
        if is_aggregate(name) {
            let [of] = arguments else { return Err(self.wrong(at, &format!("{name} takes one argument"))) };
            return self.aggregate_of(at, name, is_distinct, of);
        }
        match (name, arguments) {
            ("upper" | "lower", [of]) => {
                let of = self.text(of, name)?;
                Ok(Typed::new(SqlType::Text(None), |d| format!("{}({})", name.to_uppercase(), of.get(d))))
            }
            ("trim", [of]) => {
                let of = self.text(of, name)?;
                // Trino's own takes every kind of blank.
                Ok(Typed::new(SqlType::Text(None), |dialect| match dialect {
                    Dialect::Hive => format!("TRIM({})", of.get(dialect)),
                    Dialect::Trino => format!("TRIM(BOTH ' ' FROM {})", of.get(dialect)),
                }))
            }
            ("length", [of]) => {
                let of = self.text(of, name)?;
                Ok(integer_of("LENGTH", &of))
            }
            ("year" | "month" | "day", [of]) => {
                let typed = self.expr(of)?;
                match typed.of {
                    SqlType::Date | SqlType::Timestamp => Ok(integer_of(&name.to_uppercase(), &typed)),
                    other => {
                        Err(self.wrong(of.at, &format!("{name} needs a date or a timestamp; this is {}", other.hive())))
                    }
                }
            }
            ("concat", [_, _, ..]) => self.concat(&arguments.iter().collect::<Vec<_>>()),
            ("substr" | "substring", [of, from]) => self.substr(of, from, None),
            ("substr" | "substring", [of, from, length]) => self.substr(of, from, Some(length)),
            ("coalesce", [_, _, ..]) => {
                let all = arguments.iter().map(|one| self.expr(one)).collect::<Result<_>>()?;
                let (of, all) = self.one_of(all, at, "coalesce")?;
                Ok(Typed::new(of, |dialect| {
                    format!("COALESCE({})", all.iter().map(|one| one.get(dialect)).collect::<Vec<_>>().join(", "))
                }))
            }
            ("nullif", [one, other]) => {
                let value = self.expr(one)?;
                let pair = self.alike(&[one, other], name)?;
                Ok(Typed::new(value.of.clone(), |dialect| {
                    let (one, other) = (pair[0].get(dialect), pair[1].get(dialect));
                    format!("CASE WHEN ({one} = {other}) THEN NULL ELSE {} END", value.get(dialect))
                }))
            }
            ("abs", [of]) => {
                let typed = self.number(of, name)?;
                Ok(Typed::new(typed.of.clone(), |dialect| format!("ABS({})", typed.get(dialect))))
            }
            _ => {
                let what = format!(
                    "{name} with {} arguments is none of what means the same everywhere: {KNOWN}",
                    arguments.len()
                );
                Err(self.wrong(at, &what))
            }
        }
    }

    /// A number, integers as wide as can be.
    fn number(&self, expr: &Expr, place: &str) -> Result<Typed> {
        let typed = self.expr(expr)?;
        match &typed.of {
            SqlType::Integer(_) => typed.widened(&SqlType::Integer(8)),
            SqlType::Float => typed.widened(&SqlType::Double),
            SqlType::Double | SqlType::Decimal(..) => Ok(typed),
            other => Err(self.wrong(expr.at, &format!("{place} needs a number; this is {}", other.hive()))),
        }
    }

    fn concat(&self, all: &[&Expr]) -> Result<Typed> {
        let all: Vec<Typed> = all.iter().map(|one| self.text(one, "concat")).collect::<Result<_>>()?;
        Ok(Typed::new(SqlType::Text(None), |dialect| {
            format!("CONCAT({})", all.iter().map(|one| one.get(dialect)).collect::<Vec<_>>().join(", "))
        }))
    }

    fn substr(&self, of: &Expr, from: &Expr, length: Option<&Expr>) -> Result<Typed> {
        let text = self.text(of, "substr")?;
        let mut numbers = Vec::new();
        for (expr, least) in [(Some(from), 1), (length, 0)] {
            let Some(expr) = expr else { continue };
            match &expr.node {
                Node::Integer(number) if number.parse::<i32>().is_ok_and(|number| number >= least) => {
                    numbers.push(number.clone());
                }
                _ => {
                    let what = format!("substr takes integers from {least} on: others are not the same in all engines");
                    return Err(self.wrong(expr.at, &what));
                }
            }
        }
        Ok(Typed::new(SqlType::Text(None), |d| format!("SUBSTR({}, {})", text.get(d), numbers.join(", "))))
    }

    /// An aggregate over values of rows.
    pub fn aggregate(
        &self,
        at: usize,
        of: SqlType,
        values: &[Typed],
        make: impl Fn(&[&str]) -> String,
    ) -> Result<Typed> {
        if !self.is_grouped() {
            return Err(self.wrong(at, "an aggregate stands in SELECT and HAVING only, and not within another one"));
        }
        Ok(Typed::new(of, |dialect| make(&values.iter().map(|one| one.get(dialect)).collect::<Vec<_>>())))
    }

    fn aggregate_of(&self, at: usize, name: &str, is_distinct: bool, of: &Expr) -> Result<Typed> {
        let rows = Self::rows(self.checker, self.scope);
        let (result, value) = match name {
            "count" => {
                let value = rows.expr(of)?;
                let value = if is_distinct { rows.comparable(value, of.at, "count(DISTINCT …)")? } else { value };
                (SqlType::Integer(8), value)
            }
            "min" | "max" => {
                let value = rows.comparable(rows.expr(of)?, of.at, name)?;
                if value.of == SqlType::Boolean {
                    return Err(self.wrong(of.at, &format!("{name} does not take boolean in all engines")));
                }
                (value.of.clone(), value)
            }
            "sum" => {
                let value = rows.number(of, name)?;
                let result = match value.of {
                    SqlType::Decimal(_, scale) => SqlType::Decimal(DIGITS_MAX, scale),
                    ref other => other.clone(),
                };
                (result, value)
            }
            _ => {
                let value = rows.number(of, name)?;
                if matches!(value.of, SqlType::Decimal(..)) {
                    let what = "avg of decimals is rounded differently: avg(CAST(… AS double)), or sum and count";
                    return Err(self.wrong(of.at, what));
                }
                (SqlType::Double, value)
            }
        };
        let distinct = if is_distinct { "DISTINCT " } else { "" };
        let name = name.to_uppercase();
        self.aggregate(at, result, &[value], |texts| format!("{name}({distinct}{})", texts[0]))
    }

    pub fn negate(&self, of: &Expr) -> Result<Typed> {
        if let Node::Integer(_) | Node::Decimal(_) = of.node {
            let literal = self.expr(of)?;
            return Ok(Typed::new(literal.of.clone(), |dialect| format!("-{}", literal.get(dialect))));
        }
        let of = self.number(of, "-")?;
        Ok(Typed::new(of.of.clone(), |dialect| format!("(- {})", of.get(dialect))))
    }

    pub fn math(&self, at: usize, sign: Sign, left: &Expr, right: &Expr) -> Result<Typed> {
        let word = match sign {
            Sign::Concat => return self.concat(&[left, right]),
            Sign::Divide | Sign::Modulo => return self.divide(sign, left, right),
            Sign::Add => "+",
            Sign::Subtract => "-",
            Sign::Multiply => "*",
        };
        let (one, other) = (self.number(left, word)?, self.number(right, word)?);
        let make = |one: &Typed, other: &Typed, of: SqlType| {
            Typed::new(of, |dialect| format!("({} {word} {})", one.get(dialect), other.get(dialect)))
        };
        match (one.of.digits(), other.of.digits()) {
            _ if (&one.of, &other.of) == (&SqlType::Integer(8), &SqlType::Integer(8)) => {
                Ok(make(&one, &other, SqlType::Integer(8)))
            }
            (Some((p, s)), Some((q, t))) => {
                let (precision, scale) = match sign {
                    Sign::Multiply => (p + q + 1, s + t),
                    _ => ((p - s).max(q - t) + s.max(t) + 1, s.max(t)),
                };
                if precision > DIGITS_MAX {
                    let what = format!(
                        "the result has up to {precision} digits, more than 38: CAST to narrower decimals first"
                    );
                    return Err(self.wrong(at, &what));
                }
                let of = SqlType::Decimal(precision, scale);
                make(&one, &other, of.clone()).cast(&of)
            }
            _ => {
                let (one, other) = (one.widened(&SqlType::Double)?, other.widened(&SqlType::Double)?);
                Ok(make(&one, &other, SqlType::Double))
            }
        }
    }

    /// By a number that is not zero: what engines do by zero differs.
    fn divide(&self, sign: Sign, left: &Expr, right: &Expr) -> Result<Typed> {
        let is_zero = |text: &str| text.bytes().all(|b| matches!(b, b'0' | b'.'));
        let is_fit = match &right.node {
            Node::Integer(text) => !is_zero(text),
            Node::Decimal(text) => sign == Sign::Divide && !is_zero(text),
            _ => false,
        };
        if !is_fit {
            let what =
                "division is by a number that stands here and is not 0; what comes of 0 is not the same in all engines";
            return Err(self.wrong(right.at, what));
        }
        let (one, other) = (self.number(left, "division")?, self.number(right, "division")?);
        if sign == Sign::Divide {
            let (one, other) = (one.widened(&SqlType::Double)?, other.widened(&SqlType::Double)?);
            return Ok(Typed::new(SqlType::Double, |d| format!("({} / {})", one.get(d), other.get(d))));
        }
        if one.of != SqlType::Integer(8) {
            return Err(self.wrong(left.at, "% is of integers"));
        }
        Ok(Typed::new(one.of.clone(), |d| format!("({} % {})", one.get(d), other.get(d))))
    }
}

/// A function that is int in Hive and bigint in Trino.
fn integer_of(name: &str, of: &Typed) -> Typed {
    Typed::new(SqlType::Integer(4), |dialect| match dialect {
        Dialect::Hive => format!("{name}({})", of.get(dialect)),
        Dialect::Trino => format!("CAST({name}({}) AS integer)", of.get(dialect)),
    })
}
