//! From a question and the partitions of a table to the rows that answer it. Pure.

use std::borrow::Cow;

use skep_core::filter::{Filter, Selector, Truth};
use skep_core::kryo::{self, ClientZone, Decoded, Outcome};
use skep_core::name::DEFAULT_PARTITION;
use skep_core::prune::{PartitionSet, Rows};
use skep_core::rows::{Selection, TablePartitions, key_types};
use skep_core::table::Table;
use skep_core::types::Value;
use skep_core::{Error, Result};

use super::partition_query::{PartitionExpr, PartitionPick};

/// A question bound to a table: everything that can be wrong with it has been said.
#[derive(Debug)]
pub enum Bound<'q> {
    All,
    Names(Cow<'q, [String]>),
    Prefix(Cow<'q, [String]>),
    Filter(Filter),
    Expr {
        filter: Filter,
        default_partition: String,
    },
    /// An expression that cannot be read: any partition may be meant.
    Unreadable,
}

/// The rows that answer.
#[derive(Debug)]
pub struct Picked {
    pub rows: Selection,
    pub has_unknown: bool,
}

impl<'q> Bound<'q> {
    /// `zone` is that of the clients of Hive 2.
    pub fn new(pick: &'q PartitionPick, table: &Table, zone: ClientZone) -> Result<Self> {
        Ok(match pick {
            PartitionPick::All => Self::All,
            PartitionPick::Names(names) => Self::Names(Cow::Borrowed(names)),
            PartitionPick::Prefix(values) => {
                let keys = table.partition_keys.len();
                if values.is_empty() || values.len() > keys {
                    return Err(Error::meta(format!(
                        "Incorrect number of partition values. numPartKeys={keys}, partValues={}",
                        values.len()
                    )));
                }
                Self::Prefix(Cow::Borrowed(values))
            }
            PartitionPick::Filter(text) => Self::Filter(Filter::parse(text, &table.partition_keys)?),
            PartitionPick::Expr(expr) => Self::expr(expr, table, zone)?,
        })
    }

    fn expr(expr: &PartitionExpr, table: &Table, zone: ClientZone) -> Result<Self> {
        let default_partition = expr.default_partition.as_deref().filter(|name| !name.is_empty());
        let default_partition = default_partition.unwrap_or(DEFAULT_PARTITION);
        Ok(match kryo::decode(&expr.bytes) {
            Ok(Decoded::Text(text)) => Self::Filter(Filter::parse(&text, &table.partition_keys)?),
            Ok(Decoded::Expression(node, generation)) => {
                match kryo::filter(&node, generation, &table.partition_keys, default_partition, zone) {
                    Ok(filter) => Self::Expr { filter, default_partition: default_partition.to_owned() },
                    Err(error) => Self::unreadable(table, &error),
                }
            }
            Err(error) => Self::unreadable(table, &error),
        })
    }

    fn unreadable(table: &Table, error: &dyn std::fmt::Display) -> Self {
        tracing::debug!(table = table.full_name(), %error, "an expression prunes nothing");
        Self::Unreadable
    }

    /// The same, which needs the question no more.
    pub fn into_owned(self) -> Bound<'static> {
        match self {
            Self::All => Bound::All,
            Self::Names(names) => Bound::Names(Cow::Owned(names.into_owned())),
            Self::Prefix(values) => Bound::Prefix(Cow::Owned(values.into_owned())),
            Self::Filter(filter) => Bound::Filter(filter),
            Self::Expr { filter, default_partition } => Bound::Expr { filter, default_partition },
            Self::Unreadable => Bound::Unreadable,
        }
    }

    /// The rows of a whole table, in name order.
    pub fn pick(&self, partitions: &TablePartitions) -> Picked {
        let known = |rows: Selection| Picked { rows, has_unknown: false };
        match self {
            Self::All => known(partitions.all()),
            Self::Unreadable => Picked { rows: partitions.all(), has_unknown: !partitions.is_empty() },
            Self::Names(names) => known(partitions.named(names)),
            Self::Prefix(values) => known(partitions.select(|set| set.with_prefix(values))),
            Self::Filter(filter) => known(partitions.select(|set| set.evaluate(filter).kept())),
            Self::Expr { filter, default_partition } => by_expr(partitions, filter, default_partition),
        }
    }
}

/// Hive's rule for what an expression cannot decide (semantics §8).
fn by_expr(partitions: &TablePartitions, filter: &Filter, default_partition: &str) -> Picked {
    let mut unknown = Vec::new();
    let rows = partitions.select(|set| {
        let [mut kept, undecided] = by_expr_in(set, filter, default_partition);
        kept.unite(undecided.clone());
        unknown.push(undecided);
        kept
    });
    let mut unknown = unknown.into_iter();
    let has_unknown = !partitions.select(|_| unknown.next().unwrap_or_default()).is_empty();
    Picked { rows, has_unknown }
}

/// What an expression keeps of a segment, and what it keeps because it cannot decide.
fn by_expr_in(set: &PartitionSet, filter: &Filter, default_partition: &str) -> [Rows; 2] {
    let verdicts = set.evaluate(filter);
    let with_default = set.with_any_value(&[DEFAULT_PARTITION, default_partition]);
    let (mut kept, mut unknown) = (Rows::none(), Rows::none());
    for truth in [Truth::True, Truth::False, Truth::Null, Truth::Unknown] {
        let [of_default, of_others] = [true, false].map(|has_default| kryo::prune_outcome(truth, has_default));
        if of_default == Outcome::Drop && of_others == Outcome::Drop {
            continue;
        }
        let (mut others, mut defaults) = (verdicts.truths().rows(truth), with_default.clone());
        defaults.intersect(&others);
        others.subtract(&with_default);
        for (outcome, rows) in [(of_default, defaults), (of_others, others)] {
            match outcome {
                Outcome::Keep => kept.unite(rows),
                Outcome::KeepUnknown => unknown.unite(rows),
                Outcome::Drop => {}
            }
        }
    }
    [kept, unknown]
}

/// The same question asked of one partition after the other, for tables that are not in memory.
pub enum Tester<'b> {
    /// The scan has only the wanted ones; `unknown` is what to say of them.
    Everything {
        unknown: bool,
    },
    Prefix(&'b [String]),
    Filter(Selector<'b>),
    Expr(Selector<'b>, &'b str),
}

impl<'b> Tester<'b> {
    pub fn new(bound: &'b Bound<'_>) -> Self {
        match bound {
            Bound::All | Bound::Names(_) => Self::Everything { unknown: false },
            Bound::Unreadable => Self::Everything { unknown: true },
            Bound::Prefix(values) => Self::Prefix(values),
            Bound::Filter(filter) => Self::Filter(Selector::new(filter)),
            Bound::Expr { filter, default_partition } => Self::Expr(Selector::new(filter), default_partition),
        }
    }

    /// None: not taken; else whether only because it could not be decided.
    pub fn takes(&mut self, values: &[Cow<'_, str>]) -> Option<bool> {
        match self {
            Self::Everything { unknown } => Some(*unknown),
            Self::Prefix(wanted) => {
                let is_match = wanted.iter().zip(values).all(|(wanted, value)| wanted.is_empty() || wanted == value);
                is_match.then_some(false)
            }
            Self::Filter(selector) => selector.select(values).keeps().then_some(false),
            Self::Expr(selector, default_partition) => {
                let has_default = values.iter().any(|v| v == DEFAULT_PARTITION || v == default_partition);
                match kryo::prune_outcome(selector.select(values).sql, has_default) {
                    Outcome::Keep => Some(false),
                    Outcome::KeepUnknown => Some(true),
                    Outcome::Drop => None,
                }
            }
        }
    }
}

/// The order that a request for names may ask for: positions of keys, then a sign for each (`0,2:+-`).
#[derive(Debug)]
pub struct KeyOrder(Vec<(usize, bool)>);

impl KeyOrder {
    pub fn parse(text: &str, table: &Table) -> Result<Self> {
        let wrong = || {
            Error::meta(format!(
                "The order {text} is wrong: it must be positions of partition keys and a sign for each, like 0,1:+-"
            ))
        };
        let (keys, signs) = text.split_once(':').ok_or_else(wrong)?;
        let (keys, signs): (Vec<&str>, Vec<char>) = (keys.split(',').collect(), signs.trim().chars().collect());
        if keys.len() != signs.len() {
            return Err(wrong());
        }
        let pairs = keys.iter().zip(signs).map(|(key, sign)| {
            let key = key.trim().parse().ok().filter(|key| *key < table.partition_keys.len());
            let descending = match sign {
                '+' => Some(false),
                '-' => Some(true),
                _ => None,
            };
            key.zip(descending).ok_or_else(wrong)
        });
        pairs.collect::<Result<_>>().map(Self)
    }

    /// Sorts rows by their values as the keys' types have them; NULL comes first, equal rows stay in name order.
    pub fn sort(&self, partitions: &TablePartitions, rows: &mut [u32]) {
        let types = key_types(partitions.table());
        rows.sort_by_cached_key(|row| {
            let value = |&(key, descending): &(usize, bool)| {
                let text = partitions.row(*row).and_then(|row| row.value(key)).unwrap_or(DEFAULT_PARTITION);
                let key_type = types.get(key).copied().unwrap_or(skep_core::types::KeyType::Text);
                Sorted { value: Value::of_partition(text, key_type, DEFAULT_PARTITION), descending }
            };
            self.0.iter().map(value).collect::<Vec<_>>()
        });
    }
}

/// A value that knows its direction.
#[derive(Debug, Clone, PartialEq)]
struct Sorted {
    value: Value,
    descending: bool,
}

impl Eq for Sorted {}

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Sorted {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let order = other.value.is_null().cmp(&self.value.is_null()).then_with(|| self.value.order(&other.value));
        if self.descending { order.reverse() } else { order }
    }
}
