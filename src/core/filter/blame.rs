//! Where in a filter's text that does not fit its table the fault stands: a key that the table has not, a literal that has
//! no common ground with its key. Trees do not know places, so such a text is read again.

use super::ast::{CompareOp, Expr, Value};
use super::bind::{Typing, key_number, literal_for};
use super::condition::Places;
use super::lex;
use super::parse::{Parsed, parse_with_places};
use crate::Error;
use crate::table::Column;

/// The same error with the character that it is about.
pub fn placed(error: Error, text: &str, partition_keys: &[Column], typing: &Typing<'_>) -> Error {
    let Ok((parsed, Places { keys, literals })) = parse_with_places(text) else { return error };
    let (keys, literals) = (keys.into_iter(), literals.into_iter());
    let mut walk = Walk { partition_keys, typing, keys, literals, unknown: None, misfit: None };
    walk.see(&parsed);
    match walk.unknown.or(walk.misfit) {
        None => error,
        Some(at) => Error::new(error.kind, format!("{} (at character {})", error.message, lex::character(text, at))),
    }
}

/// Goes through a tree in the order of its text, as binding does.
struct Walk<'a> {
    partition_keys: &'a [Column],
    typing: &'a Typing<'a>,
    /// Bytes where the keys and the literals begin that are to come.
    keys: std::vec::IntoIter<usize>,
    literals: std::vec::IntoIter<usize>,
    /// The first key that the table has not.
    unknown: Option<usize>,
    /// The first literal that does not fit its key.
    misfit: Option<usize>,
}

impl Walk<'_> {
    fn see(&mut self, expr: &Parsed) {
        match expr {
            Expr::Compare { op, left, right } => {
                let key = self.key(left);
                let is_order = match op {
                    CompareOp::Equal | CompareOp::NotEqual | CompareOp::NullSafeEqual => false,
                    CompareOp::Less | CompareOp::LessOrEqual | CompareOp::Greater | CompareOp::GreaterOrEqual => true,
                };
                match &**right {
                    Expr::Literal(_) => self.literal(key, right, is_order),
                    _ => drop(self.key(right)),
                }
            }
            Expr::In { operands, rows } => {
                let keys: Vec<Option<usize>> = operands.iter().map(|operand| self.key(operand)).collect();
                for (key, item) in rows.iter().flat_map(|row| keys.iter().zip(row)) {
                    self.literal(*key, item, false);
                }
            }
            Expr::Between { operand, low, high } => {
                let key = self.key(operand);
                self.literal(key, low, true);
                self.literal(key, high, true);
            }
            Expr::Like { operand, .. } | Expr::IsNull(operand) => {
                self.key(operand);
            }
            Expr::Not(inner) => self.see(inner),
            Expr::And(children) | Expr::Or(children) => children.iter().for_each(|child| self.see(child)),
            // The parser puts none where a condition is.
            Expr::Call { .. } => drop(self.key(expr)),
            Expr::Literal(_) | Expr::Key(_) | Expr::Unknown(_) => {}
        }
    }

    /// A key, or those within a call, beside which any literal may stand.
    fn key(&mut self, expr: &Parsed) -> Option<usize> {
        if let Expr::Call { arguments, .. } = expr {
            for argument in arguments.iter().filter(|argument| argument.as_literal().is_none()) {
                self.key(argument);
            }
            return None;
        }
        let at = self.keys.next();
        let number = expr.as_key().and_then(|name| key_number(name, self.partition_keys));
        if number.is_none() {
            self.unknown = self.unknown.or(at);
        }
        number
    }

    /// A literal beside a key; where they are not put in order, the default partition's name fits every key.
    fn literal(&mut self, key: Option<usize>, expr: &Parsed, is_order: bool) {
        let at = self.literals.next();
        let (Some(key), Some(value)) = (key, expr.as_literal()) else { return };
        let is_null = !is_order && matches!(value, Value::Text(text) if self.typing.is_null_text(text));
        let key_type = self.typing.types.get(key).copied();
        if !is_null && key_type.is_some_and(|key_type| literal_for(value, key_type).is_none()) {
            self.misfit = self.misfit.or(at);
        }
    }
}
