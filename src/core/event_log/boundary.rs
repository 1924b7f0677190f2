//! The order in which a log's partitions arrive, and places in it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::dialect::Dialect;
use crate::name::DEFAULT_PARTITION;
use crate::table::Table;
use crate::types::{KeyType, Value};
use crate::{Error, Result};

/// A partition as a place in the log: the values of its keys. All partitions up to it, and it, come before.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Boundary(pub Vec<String>);

/// The keys that a log's partitions arrive by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivalOrder {
    keys: Vec<(String, KeyType)>,
}

impl ArrivalOrder {
    /// All partition keys of the table, in their order.
    pub fn of(table: &Table) -> Result<Self> {
        if table.partition_keys.is_empty() {
            return Err(Error::invalid_object("it has no partition keys; events must be partitioned by their arrival"));
        }
        let keys = table.partition_keys.iter().map(|key| {
            let type_name = key.type_name.as_deref().unwrap_or_default().trim().to_ascii_lowercase();
            match KeyType::parse(&type_name) {
                KeyType::Text if type_name != "string" => Err(key_type_error(&key.name, &type_name)),
                known @ (KeyType::Text | KeyType::Varchar(_) | KeyType::Integer(_) | KeyType::Date) => {
                    Ok((key.name.clone(), known))
                }
                _ => Err(key_type_error(&key.name, &type_name)),
            }
        });
        Ok(Self { keys: keys.collect::<Result<_>>()? })
    }

    /// Reads the values of a partition. Errors (InvalidObject) where one is NULL or not of its key's type: such a
    /// partition has no place in the order.
    pub fn boundary(&self, values: &[String]) -> Result<Boundary> {
        if values.len() != self.keys.len() {
            return Err(Error::invalid_object(format!(
                "a partition of the log has {} values; its keys are {}",
                values.len(),
                self.keys.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
            )));
        }
        for (value, (name, key_type)) in values.iter().zip(&self.keys) {
            if value == DEFAULT_PARTITION || Value::parse(value, *key_type).is_none() {
                return Err(Error::invalid_object(format!(
                    "the value {value:?} of the key `{name}` has no place in the order of arrival; it must be {}",
                    key_type.describe()
                )));
            }
        }
        Ok(Boundary(values.to_vec()))
    }

    pub fn compare(&self, one: &Boundary, other: &Boundary) -> Ordering {
        let pairs = one.0.iter().zip(&other.0).zip(&self.keys);
        for ((one, other), (_, key_type)) in pairs {
            let ordering = match (Value::parse(one, *key_type), Value::parse(other, *key_type)) {
                (Some(one), Some(other)) => one.order(&other),
                _ => one.cmp(other),
            };
            if ordering != Ordering::Equal {
                return ordering;
            }
        }
        one.0.len().cmp(&other.0.len())
    }

    /// Whether a partition is at or before a boundary.
    pub fn is_covered(&self, partition: &Boundary, by: &Boundary) -> bool {
        self.compare(partition, by) != Ordering::Greater
    }

    /// SQL that holds for the partitions after a boundary: `a > 1 OR (a = 1 AND b > 2)`.
    pub(super) fn after(&self, dialect: Dialect, table: &str, boundary: &Boundary) -> String {
        let mut alternatives = Vec::with_capacity(self.keys.len());
        for last in 0..self.keys.len() {
            let terms: Vec<String> = (0..=last)
                .map(|at| self.term(dialect, table, at, if at == last { ">" } else { "=" }, boundary))
                .collect();
            alternatives.push(joined(&terms, " AND "));
        }
        joined(&alternatives, " OR ")
    }

    /// SQL that holds for exactly these partitions. Those that differ in their last key alone share a term: an engine's
    /// parser must bear thousands of them.
    pub(super) fn among(&self, dialect: Dialect, table: &str, partitions: &[Boundary]) -> String {
        let mut groups: BTreeMap<&[String], Vec<&Boundary>> = BTreeMap::new();
        for boundary in partitions {
            groups.entry(boundary.0.split_last().map_or(&[], |(_, first)| first)).or_default().push(boundary);
        }
        let alternatives: Vec<String> = groups.values().map(|group| self.group(dialect, table, group)).collect();
        if alternatives.is_empty() { "1 = 0".to_owned() } else { joined(&alternatives, " OR ") }
    }

    /// Partitions that are equal but for their last key.
    fn group(&self, dialect: Dialect, table: &str, group: &[&Boundary]) -> String {
        let (Some(last), [one, others @ ..]) = (self.keys.len().checked_sub(1), group) else { return String::new() };
        let mut terms: Vec<String> = (0..last).map(|at| self.term(dialect, table, at, "=", one)).collect();
        terms.push(if others.is_empty() {
            self.term(dialect, table, last, "=", one)
        } else {
            let (name, key_type) = &self.keys[last];
            let values: Vec<String> = group.iter().map(|b| dialect.literal(&b.0[last], *key_type)).collect();
            format!("{}.{} IN ({})", dialect.name(table), dialect.name(name), values.join(", "))
        });
        joined(&terms, " AND ")
    }

    fn term(&self, dialect: Dialect, table: &str, at: usize, operator: &str, boundary: &Boundary) -> String {
        let (name, key_type) = &self.keys[at];
        let literal = dialect.literal(&boundary.0[at], *key_type);
        format!("{}.{} {operator} {literal}", dialect.name(table), dialect.name(name))
    }
}

/// In parentheses where there is more than one.
fn joined(terms: &[String], with: &str) -> String {
    match terms {
        [one] => one.clone(),
        many => format!("({})", many.join(with)),
    }
}

fn key_type_error(name: &str, type_name: &str) -> Error {
    Error::invalid_object(format!(
        "the partition key `{name}` is {type_name:?}; a log arrives by string, varchar, integer or date keys"
    ))
}
