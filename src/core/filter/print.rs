//! A tree as filter text. What [`super::parse::parse`] made comes back from its own print; nodes that the language has
//! no words for (unknown parts of serialised expressions) are printed for people.

use std::fmt;

use super::ast::{CompareOp, Expr, Value};
use super::lex::{self, Token};
use crate::types::calendar;

/// Words that are printed in back-quotes when keys are called so.
const RESERVED: [&str; 16] = [
    "and",
    "or",
    "not",
    "in",
    "is",
    "like",
    "rlike",
    "regexp",
    "between",
    "null",
    "true",
    "false",
    "date",
    "timestamp",
    "struct",
    "const",
];

impl fmt::Display for Expr<String> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The blank filter.
            Self::And(children) if children.is_empty() => Ok(()),
            _ => write(self, f),
        }
    }
}

impl fmt::Display for CompareOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::NullSafeEqual => "<=>",
        })
    }
}

fn write(expr: &Expr<String>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match expr {
        Expr::Literal(value) => write_literal(value, f),
        Expr::Key(name) => write_key(name, f),
        Expr::Call { call, arguments } => {
            f.write_str(call.name())?;
            write_list(arguments, f)
        }
        Expr::Compare { op, left, right } => {
            write_operand(left, f)?;
            write!(f, " {op} ")?;
            write_operand(right, f)
        }
        Expr::And(children) => write_joined(children, " and ", "true", f),
        Expr::Or(children) => write_joined(children, " or ", "false", f),
        Expr::Not(inner) if is_infix(inner) => write_infix(inner, "not ", f),
        Expr::Not(inner) => {
            f.write_str("not (")?;
            write(inner, f)?;
            f.write_str(")")
        }
        Expr::IsNull(_) | Expr::In { .. } | Expr::Between { .. } | Expr::Like { .. } => write_infix(expr, "", f),
        Expr::Unknown(what) => write!(f, "unknown({what})"),
    }
}

/// Whether the node has a place for NOT within.
fn is_infix(expr: &Expr<String>) -> bool {
    match expr {
        Expr::IsNull(_) | Expr::In { .. } | Expr::Between { .. } | Expr::Like { .. } => true,
        Expr::Literal(_)
        | Expr::Key(_)
        | Expr::Call { .. }
        | Expr::Compare { .. }
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::Not(_)
        | Expr::Unknown(_) => false,
    }
}

fn write_infix(expr: &Expr<String>, not: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match expr {
        Expr::IsNull(inner) => {
            write_operand(inner, f)?;
            write!(f, " is {not}null")
        }
        Expr::In { operands, rows } => write_in(operands, rows, not, f),
        Expr::Between { operand, low, high } => {
            write_operand(operand, f)?;
            write!(f, " {not}between ")?;
            write_operand(low, f)?;
            f.write_str(" and ")?;
            write_operand(high, f)
        }
        Expr::Like { operand, pattern, .. } => {
            write_operand(operand, f)?;
            write!(f, " {not}like ")?;
            write_text(pattern, f)
        }
        Expr::Literal(_)
        | Expr::Key(_)
        | Expr::Call { .. }
        | Expr::Compare { .. }
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::Not(_)
        | Expr::Unknown(_) => write(expr, f),
    }
}

/// Conditions in the place of values stand in parentheses.
fn write_operand(expr: &Expr<String>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match expr {
        Expr::Literal(_) | Expr::Key(_) | Expr::Call { .. } | Expr::Unknown(_) => write(expr, f),
        Expr::Compare { .. }
        | Expr::And(_)
        | Expr::Or(_)
        | Expr::Not(_)
        | Expr::IsNull(_)
        | Expr::In { .. }
        | Expr::Between { .. }
        | Expr::Like { .. } => {
            f.write_str("(")?;
            write(expr, f)?;
            f.write_str(")")
        }
    }
}

fn write_joined(children: &[Expr<String>], join: &str, empty: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if children.is_empty() {
        return f.write_str(empty);
    }
    for (at, child) in children.iter().enumerate() {
        if at > 0 {
            f.write_str(join)?;
        }
        if children.len() > 1 && matches!(child, Expr::And(_) | Expr::Or(_)) {
            f.write_str("(")?;
            write(child, f)?;
            f.write_str(")")?;
        } else {
            write(child, f)?;
        }
    }
    Ok(())
}

fn write_in(
    operands: &[Expr<String>],
    rows: &[Vec<Expr<String>>],
    not: &str,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let structs = operands.len() != 1;
    if let [call @ Expr::Call { .. }] = operands {
        write(call, f)?;
    } else {
        f.write_str("(")?;
        write_row(operands, structs, f)?;
        f.write_str(")")?;
    }
    write!(f, " {not}in (")?;
    for (at, row) in rows.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        write_row(row, structs, f)?;
    }
    f.write_str(")")
}

fn write_row(row: &[Expr<String>], structs: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if structs {
        f.write_str("struct")?;
        return write_list(row, f);
    }
    row.iter().try_for_each(|expr| write_operand(expr, f))
}

/// Operands in parentheses.
fn write_list(operands: &[Expr<String>], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("(")?;
    for (at, expr) in operands.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        write_operand(expr, f)?;
    }
    f.write_str(")")
}

fn write_key(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let plain = name.starts_with(|c: char| lex::is_word(c) && !c.is_ascii_digit())
        && name.chars().all(lex::is_word)
        && !RESERVED.iter().any(|word| name.eq_ignore_ascii_case(word));
    if plain { f.write_str(name) } else { write!(f, "`{}`", name.replace('`', "``")) }
}

fn write_literal(value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match value {
        Value::Null => f.write_str("null"),
        Value::Boolean(b) => write!(f, "{b}"),
        Value::Integer(n) => write!(f, "{n}"),
        Value::Double(double) => write!(f, "{double:e}"),
        Value::Decimal { .. } => f.write_str(&value.to_text().unwrap_or_default()),
        Value::Text(text) => write_text(text, f),
        Value::Date(days) => write!(f, "date '{}'", calendar::format_date(*days)),
        Value::Timestamp { seconds, nanos } => {
            write!(f, "timestamp '{}'", calendar::format_timestamp(*seconds, *nanos))
        }
    }
}

/// Hive's strings have no escapes, so not every text can be written; those that were read can, if need be as
/// neighbouring strings with different quotes.
fn write_text(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let candidates = [('"', '"'), ('\'', '\''), ('"', '\''), ('\'', '"')];
    let mut quoted = candidates.into_iter().map(|(open, close)| format!("{open}{text}{close}"));
    match quoted.find(|quoted| is_string(quoted)) {
        Some(quoted) => f.write_str(&quoted),
        None => write!(f, "\"{text}\""),
    }
}

/// Whether a text is one or more strings without anything between.
fn is_string(text: &str) -> bool {
    let Ok(tokens) = lex::tokens(text) else { return false };
    let length = tokens.iter().try_fold(0, |length, spanned| match spanned.token {
        Token::Text(text) => Some(length + text.len()),
        Token::End => Some(length),
        Token::Word(_)
        | Token::Quoted(_)
        | Token::Literal(_)
        | Token::Compare(_)
        | Token::Open
        | Token::Close
        | Token::Comma => None,
    });
    length == Some(text.len())
}
