//! What may be asked of a table's partitions: all of Hive's spellings become one question.

use std::sync::Arc;

use skep_core::partition::Partition;
use skep_core::rows::{Cursor, RowView, Selection, TablePartitions};
use skep_core::table::{Shape, Table};

use super::partition_pages::PartitionPages;
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

impl PartitionExpr {
    /// The order that is asked for.
    pub(super) fn order(&self) -> Option<&str> {
        self.order.as_deref().filter(|order| !order.trim().is_empty())
    }
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

/// An answer, in memory or beyond it.
#[derive(Debug)]
pub enum PartitionReading {
    Held(PartitionAnswer),
    Paged(Box<PartitionPages>),
}

impl PartitionReading {
    /// The table in the version that the partitions are of.
    pub fn table(&self) -> &Table {
        match self {
            Self::Held(answer) => answer.table(),
            Self::Paged(pages) => pages.table(),
        }
    }
    pub fn len(&self) -> usize {
        match self {
            Self::Held(answer) => answer.len(),
            Self::Paged(pages) => pages.len(),
        }
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Some are there only because the expression could not be evaluated for them.
    pub fn has_unknown(&self) -> bool {
        match self {
            Self::Held(answer) => answer.has_unknown,
            Self::Paged(pages) => pages.has_unknown(),
        }
    }
}

/// The partitions that answer, all of one version of their table.
#[derive(Debug, Clone)]
pub struct PartitionAnswer {
    pub(super) partitions: Arc<TablePartitions>,
    pub(super) rows: Selection,
    /// Some are here only because the expression could not be evaluated for them.
    pub has_unknown: bool,
}

impl PartitionAnswer {
    /// Of partitions that are in no store, sorted by name.
    #[cfg(test)]
    pub fn of(table: Table, partitions: &[Partition]) -> skep_core::Result<Self> {
        let mut shapes: Vec<(i64, Arc<Shape>)> = Vec::new();
        let mut builder = skep_core::rows::SegmentBuilder::new(&table);
        for partition in partitions {
            let slot = partition.storage.as_ref().map(|storage| {
                let known = shapes.iter().position(|(_, shape)| *shape == storage.shape);
                known.unwrap_or_else(|| {
                    shapes.push((shapes.len() as i64, Arc::clone(&storage.shape)));
                    shapes.len() - 1
                }) as i64
            });
            builder.push_partition(partition, slot)?;
        }
        let partitions = Arc::new(TablePartitions::new(Arc::new(table), shapes, builder.finish()));
        Ok(Self { rows: partitions.all(), partitions, has_unknown: false })
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
    /// Roughly, in memory: of all partitions that it is taken from.
    pub fn bytes(&self) -> usize {
        self.partitions.bytes()
    }
    /// In the order of the answer.
    pub fn rows(&self) -> Vec<RowView<'_>> {
        self.rows.listed(&self.partitions).into_iter().filter_map(|row| self.partitions.row(row)).collect()
    }
    /// The rows behind a cursor, in the order of the answer: for replies that are made in pieces.
    pub fn walk<'a>(&'a self, cursor: &'a mut Cursor) -> impl Iterator<Item = RowView<'a>> {
        self.rows.walk(&self.partitions, cursor)
    }
    /// What partitions of this table can share.
    pub fn shapes(&self) -> impl Iterator<Item = &Arc<Shape>> {
        self.partitions.shapes()
    }
    /// The bytes of all texts that are no partition's name or value; of other partitions, too.
    pub fn own_bytes(&self) -> usize {
        self.partitions.own_bytes(self.len())
    }
    pub fn names(&self) -> Vec<String> {
        self.walk(&mut Cursor::default()).map(|row| row.name()).collect()
    }
    pub fn partitions(&self) -> Vec<Partition> {
        self.walk(&mut Cursor::default()).map(|row| row.partition()).collect()
    }
}
