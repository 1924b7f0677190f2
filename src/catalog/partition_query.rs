//! What may be asked of a table's partitions: all of Hive's spellings become one question.

use std::sync::Arc;

use skep_core::partition::Partition;
use skep_core::table::Table;

use super::partition_rows::{RowView, TablePartitions};
use super::reference::TableRef;

/// One question.
#[derive(Debug, Clone)]
pub struct PartitionQuery {
    pub table: TableRef,
    pub pick: PartitionPick,
    /// At most so many; None: all.
    pub limit: Option<usize>,
    pub scope: RequestScope,
}

/// Which partitions.
#[derive(Debug, Clone)]
pub enum PartitionPick {
    All,
    /// Those named, by name; what is not there is left out.
    Names(Vec<String>),
    /// Those with these first values; an empty text stands for any.
    Prefix(Vec<String>),
    /// A filter text (semantics §6).
    Filter(String),
    /// A serialised expression, or a filter text in bytes (semantics §8).
    Expr(PartitionExpr),
}

/// A serialised expression.
#[derive(Debug, Clone, Default)]
pub struct PartitionExpr {
    pub bytes: Vec<u8>,
    /// The request's name of the default partition.
    pub default_partition: Option<String>,
    /// Positions of keys and their directions, `0,2:+-`; by name without it.
    pub order: Option<String>,
}

/// How the setting `limit_partition_request` counts a request (semantics §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestScope {
    /// Names alone: not at all.
    Unlimited,
    /// By what the request asks for: its limit, or how many there are.
    Asked,
    /// By what is found.
    Found,
}

/// The partitions that answer, all of one version of their table.
#[derive(Debug, Clone)]
pub struct PartitionAnswer {
    pub(super) partitions: Arc<TablePartitions>,
    pub(super) rows: Vec<u32>,
    /// Some are here only because the expression could not be evaluated for them.
    pub has_unknown: bool,
}

impl PartitionAnswer {
    /// Of partitions that are in no store.
    #[cfg(test)]
    pub fn of(table: Table, partitions: Vec<Partition>) -> Self {
        let mut slots: Vec<crate::store::Slot> = Vec::new();
        for storage in partitions.iter().filter_map(|partition| partition.storage.as_ref()) {
            if !slots.iter().any(|slot| slot.shape == storage.shape) {
                let slot = slots.len() as i64;
                slots.push(crate::store::Slot { slot, shape_id: slot, shape: Arc::clone(&storage.shape) });
            }
        }
        let mut builder = super::partition_rows::RowsBuilder::new(Arc::new(table), &slots);
        let rows = 0..partitions.len() as u32;
        for partition in partitions {
            let shape = partition.storage.as_ref().map(|storage| &storage.shape);
            let slot = shape.and_then(|shape| slots.iter().find(|slot| slot.shape == *shape)).map(|slot| slot.slot);
            builder.push(partition, slot);
        }
        Self { partitions: Arc::new(builder.finish()), rows: rows.collect(), has_unknown: false }
    }
    /// The table in the version that the partitions are of.
    pub fn table(&self) -> &Table {
        self.partitions.table()
    }
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// In the order of the answer.
    pub fn rows(&self) -> impl Iterator<Item = RowView<'_>> {
        self.rows.iter().filter_map(|row| self.partitions.row(*row as usize))
    }
    pub fn names(&self) -> Vec<String> {
        self.rows().map(|row| row.name().to_owned()).collect()
    }
    pub fn partitions(&self) -> impl Iterator<Item = Partition> {
        self.rows().map(|row| row.partition())
    }
}
