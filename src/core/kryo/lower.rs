//! Nodes → the filter language, with Hive's types: what cannot be evaluated here becomes [`Expr::Unknown`] in its
//! place, so the rest of a predicate still prunes.

mod cast;
mod operand;
mod predicate;

use super::input::quote;
use super::node::Node;
use super::zone::ClientZone;
use crate::filter::ast::{Expr, MAX_DEPTH};
use crate::name::DEFAULT_PARTITION;
use crate::table::Column;
use crate::types::KeyType;

/// Lowers an expression for a table with these partition keys. `default_partition` is the request's name of the
/// default partition: `key = '<that>'` means IS NULL, and `<>` IS NOT NULL (semantics §8).
pub fn lower(node: &Node, keys: &[Column], default_partition: &str, zone: ClientZone) -> Expr {
    let expr = Lowering { keys, default_partition, zone }.predicate(node);
    if is_deeper(&expr, MAX_DEPTH) { unknown("an expression nested too deep") } else { expr }
}

struct Lowering<'a> {
    keys: &'a [Column],
    default_partition: &'a str,
    zone: ClientZone,
}

impl Lowering<'_> {
    fn is_default_partition(&self, text: &str) -> bool {
        text == DEFAULT_PARTITION || text == self.default_partition
    }

    /// A partition key by name; Hive's names have no case.
    fn key(&self, name: &str) -> Option<(usize, &Column)> {
        self.keys.iter().enumerate().find(|(_, key)| key.name.eq_ignore_ascii_case(name))
    }
}

fn unknown(what: &str) -> Expr {
    Expr::Unknown(quote(what))
}

/// A type that values here have; none for binary, intervals, structs and others that [`KeyType`] only knows as text.
fn known_type(type_name: &str) -> Option<KeyType> {
    let key_type = KeyType::parse(type_name);
    let is_known = key_type != KeyType::Text || type_name.trim().eq_ignore_ascii_case("string");
    is_known.then_some(key_type)
}

fn is_deeper(expr: &Expr, levels: usize) -> bool {
    let Some(levels) = levels.checked_sub(1) else { return true };
    let any = |exprs: &[Expr]| exprs.iter().any(|expr| is_deeper(expr, levels));
    match expr {
        Expr::Literal(_) | Expr::Key(_) | Expr::Unknown(_) => false,
        Expr::Cast { operand, .. } | Expr::Not(operand) | Expr::IsNull(operand) | Expr::Like { operand, .. } => {
            is_deeper(operand, levels)
        }
        Expr::Compare { left, right, .. } => is_deeper(left, levels) || is_deeper(right, levels),
        Expr::And(exprs) | Expr::Or(exprs) => any(exprs),
        Expr::In { operands, rows } => any(operands) || rows.iter().any(|row| any(row)),
        Expr::Between { operand, low, high } => [operand, low, high].into_iter().any(|e| is_deeper(e, levels)),
    }
}
