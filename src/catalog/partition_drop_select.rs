//! Which partitions a drop means (`semantics.md §8`). A drop never guesses: what cannot be decided refuses the call.

use std::collections::BTreeSet;

use skep_core::filter::{Filter, Selector, Truth};
use skep_core::kryo::{self, ClientZone, Decoded, Outcome};
use skep_core::name::DEFAULT_PARTITION;
use skep_core::table::Table;
use skep_core::types::KeyType;
use skep_core::{Error, Result};

/// An expression of a drop.
#[derive(Debug, Clone)]
pub struct DropExpr {
    /// A serialised Hive expression, or a filter text as MSCK sends it.
    pub bytes: Vec<u8>,
    /// Of the table's keys, how many the drop's specification names: an archive of partitions is dropped as a whole.
    pub archive_level: Option<i32>,
}

/// Which partitions to drop.
#[derive(Debug, Clone)]
pub enum PartitionsWhich {
    Names(Vec<String>),
    /// Of these names the partitions that were made before a time, in seconds since the epoch: one that was dropped and
    /// made again since somebody looked is another.
    MadeBefore(Vec<String>, i64),
    Exprs(Vec<DropExpr>),
}

impl PartitionsWhich {
    /// How many partitions there must be at least, unless missing ones are allowed.
    pub(super) fn count_min(&self) -> usize {
        match self {
            Self::Names(names) => names.len(),
            Self::MadeBefore(..) => 0,
            Self::Exprs(exprs) => exprs.len(),
        }
    }
}

/// A filter, and whether it came as a text.
struct Bound {
    filter: Filter,
    is_text: bool,
}

fn bind(bytes: &[u8], table: &Table) -> Result<Bound> {
    let keys = &table.partition_keys;
    match kryo::decode(bytes)? {
        Decoded::Text(text) => Ok(Bound { filter: Filter::parse(&text, keys)?, is_text: true }),
        Decoded::Expression(node, generation) => {
            let expr = kryo::lower(&node, generation, keys, DEFAULT_PARTITION, ClientZone::Unknown);
            let types = keys.iter().map(|k| k.type_name.as_deref().map_or(KeyType::Text, KeyType::parse)).collect();
            Ok(Bound { filter: Filter::from_expr(expr, types, DEFAULT_PARTITION)?, is_text: false })
        }
    }
}

fn undecided(name: &str) -> Error {
    Error::meta(format!("Unexpected unknown partitions to drop: the expression cannot be decided for {name}"))
}

/// Names of the partitions that an expression takes; `partitions` are the table's names and values.
pub(super) fn expr_names(expr: &DropExpr, table: &Table, partitions: &[(String, Vec<String>)]) -> Result<Vec<String>> {
    let bound = bind(&expr.bytes, table)?;
    let mut selector = Selector::new(&bound.filter);
    let mut names = Vec::new();
    for (name, values) in partitions {
        let verdict = selector.select(values);
        if verdict.readings_differ() {
            return Err(Error::meta(format!(
                "Will not drop {name}: releases of Hive read the pattern of the LIKE differently"
            )));
        }
        let truth = match verdict.sql {
            // A text takes what is true.
            Truth::Null if bound.is_text => Truth::False,
            truth => truth,
        };
        let has_default = values.iter().any(|v| v.is_empty() || v == DEFAULT_PARTITION);
        match kryo::prune_outcome(truth, has_default) {
            Outcome::Keep => names.push(name.clone()),
            Outcome::Drop => {}
            Outcome::KeepUnknown => return Err(undecided(name)),
        }
    }
    Ok(names)
}

/// The names of all expressions together, and how many each took (one that takes none counts as missing).
pub(super) fn exprs_names(
    exprs: &[DropExpr],
    table: &Table,
    partitions: &[(String, Vec<String>)],
) -> Result<(Vec<String>, usize)> {
    let (mut names, mut count) = (BTreeSet::new(), 0);
    for expr in exprs {
        let taken = expr_names(expr, table, partitions)?;
        count += taken.len();
        names.extend(taken);
    }
    Ok((names.into_iter().collect(), count))
}
