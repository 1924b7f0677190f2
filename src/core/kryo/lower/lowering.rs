//! The way into lowering, and what its parts share.

use crate::Result;
use crate::filter::Filter;
use crate::filter::ast::{Expr, MAX_DEPTH};
use crate::function::Generation;
use crate::kryo::input::quote;
use crate::kryo::node::Node;
use crate::kryo::zone::ClientZone;
use crate::name::DEFAULT_PARTITION;
use crate::table::Column;
use crate::types::KeyType;

/// Lowers an expression for a table with these partition keys. `default_partition` is the request's name of the
/// default partition: `key = '<that>'` means IS NULL, and `<>` IS NOT NULL (semantics §8).
pub fn lower(node: &Node, generation: Generation, keys: &[Column], default_partition: &str, zone: ClientZone) -> Expr {
    let expr = Lowering { generation, keys, default_partition, zone }.predicate(node);
    if is_deeper(&expr, MAX_DEPTH) { unknown("an expression nested too deep") } else { expr }
}

/// Lowers an expression and makes it ready to be evaluated (with [`Reading::Sql`](crate::filter::Reading), its only
/// one). What the filter language refuses, too many patterns or calls say, is unknown as a whole.
pub fn filter(
    node: &Node,
    generation: Generation,
    keys: &[Column],
    default_partition: &str,
    zone: ClientZone,
) -> Result<Filter> {
    let key_types = || keys.iter().map(|key| KeyType::parse(key.type_name.as_deref().unwrap_or_default())).collect();
    let expr = lower(node, generation, keys, default_partition, zone);
    Filter::from_expr(expr, key_types(), default_partition)
        .or_else(|error| Filter::from_expr(unknown(&error.message), key_types(), default_partition))
}

pub(super) struct Lowering<'a> {
    pub(super) generation: Generation,
    keys: &'a [Column],
    default_partition: &'a str,
    pub(super) zone: ClientZone,
}

impl Lowering<'_> {
    pub(super) fn is_default_partition(&self, text: &str) -> bool {
        text == DEFAULT_PARTITION || text == self.default_partition
    }

    /// A partition key by name; Hive's names have no case.
    pub(super) fn key(&self, name: &str) -> Option<(usize, &Column)> {
        self.keys.iter().enumerate().find(|(_, key)| key.name.eq_ignore_ascii_case(name))
    }
}

pub(super) fn unknown(what: &str) -> Expr {
    Expr::Unknown(quote(what))
}

/// A type that values here have; none for binary, intervals, structs and others that [`KeyType`] only knows as text.
pub(super) fn known_type(type_name: &str) -> Option<KeyType> {
    let key_type = KeyType::parse(type_name);
    let is_known = key_type != KeyType::Text || type_name.trim().eq_ignore_ascii_case("string");
    is_known.then_some(key_type)
}

fn is_deeper(expr: &Expr, levels: usize) -> bool {
    let Some(levels) = levels.checked_sub(1) else { return true };
    expr.children().into_iter().any(|child| is_deeper(child, levels))
}
