//! What later versions changed, kept packed until somebody reads: a writer of a thousand batches pays for none of the
//! versions between.

use std::collections::HashMap;
use std::sync::Arc;

use super::builder::SegmentBuilder;
use super::partitions::{Coming, TablePartitions, push};
use super::view::RowView;
use crate::Result;
use crate::partition::Partition;
use crate::table::Table;

/// The change that made a version from the one before it.
#[derive(Debug)]
pub struct Later {
    gone: Vec<String>,
    came: TablePartitions,
}

impl Later {
    /// Of the table in the version that the change made. What changed goes and comes; `came` is in no order.
    ///
    /// # Errors
    /// Meta where the rows are more than memory can hold.
    pub fn new(table: Arc<Table>, gone: Vec<String>, mut came: Vec<(&Partition, Option<i64>)>) -> Result<Self> {
        came.sort_unstable_by(|left, right| left.0.name.cmp(&right.0.name));
        let mut builder = SegmentBuilder::new(&table);
        let mut shapes = HashMap::new();
        for (partition, slot) in came {
            push(&mut builder, partition, slot)?;
            if let (Some(storage), Some(slot)) = (&partition.storage, slot) {
                shapes.entry(slot).or_insert_with(|| Arc::clone(&storage.shape));
            }
        }
        Ok(Self { gone, came: TablePartitions::new(table, shapes, builder.finish()) })
    }

    /// The version that the change made.
    pub fn version(&self) -> i64 {
        self.came.table().version
    }

    /// How many rows it touches.
    pub fn rows(&self) -> usize {
        self.gone.len() + self.came.len()
    }

    /// Roughly, in memory.
    pub fn bytes(&self) -> usize {
        self.came.bytes() + self.gone.iter().map(|name| name.len() + size_of::<String>()).sum::<usize>()
    }
}

/// What a change did to a name.
struct Touched<'a> {
    name: String,
    /// None: it went.
    row: Option<RowView<'a>>,
}

impl Coming for &Touched<'_> {
    fn name(&self) -> &str {
        &self.name
    }
    fn push(&self, builder: &mut SegmentBuilder) -> Result<()> {
        self.row.map_or(Ok(()), |row| builder.push_row(&row))
    }
}

impl TablePartitions {
    /// The state after these changes, of which each follows the one before and the first this version. None where
    /// the table's keys changed, or there is no change.
    ///
    /// # Errors
    /// Meta where the rows are more than memory can hold.
    pub fn after(&self, changes: &[Arc<Later>]) -> Result<Option<Self>> {
        let Some(last) = changes.last() else { return Ok(None) };
        let mut touched: Vec<Touched<'_>> = Vec::with_capacity(changes.iter().map(|change| change.rows()).sum());
        let mut shapes = self.shapes_by_slot().clone();
        for change in changes {
            touched.extend(change.gone.iter().map(|name| Touched { name: name.clone(), row: None }));
            touched.extend(change.came.rows().into_iter().map(|row| Touched { name: row.name(), row: Some(row) }));
            shapes.extend(change.came.shapes_by_slot().iter().map(|(slot, shape)| (*slot, Arc::clone(shape))));
        }
        // Of each name the last word. Writers mostly add in order, which a stable sort makes use of.
        touched.sort_by(|left, right| left.name.cmp(&right.name));
        let last_words = touched.chunk_by(|left, right| left.name == right.name).filter_map(|same| same.last());
        let came: Vec<&Touched<'_>> = last_words.filter(|word| word.row.is_some()).collect();
        let gone: Vec<&str> = touched.iter().map(|word| word.name.as_str()).collect();
        self.next(Arc::clone(last.came.table_shared()), shapes, &gone, &came)
    }
}
