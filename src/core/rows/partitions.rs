//! The partitions of one version of a table.

use std::collections::HashMap;
use std::sync::Arc;

use super::builder::{RowIn, SegmentBuilder};
use super::finder::Finder;
use super::segment::Segment;
use super::selection::{Cursor, Selection};
use super::view::{Location, RowView};
use crate::Result;
use crate::name::normalize;
use crate::partition::Partition;
use crate::prune::{PartitionSet, Rows};
use crate::table::{Shape, Table};
use crate::types::KeyType;

/// Immutable; a new version is a [`TablePartitions::successor`], which shares the large segment.
#[derive(Debug)]
pub struct TablePartitions {
    table: Arc<Table>,
    /// Slot → what it means in this version.
    shapes: HashMap<i64, Arc<Shape>>,
    base: Arc<Segment>,
    /// Rows of the base that are not there any more.
    gone: Rows,
    /// What came since the base was made.
    delta: Segment,
    /// For each row of the delta, how many rows of the base come before it by name.
    ranks: Vec<u32>,
    bytes: usize,
}

/// A partition that came, with its slot.
pub type Came = (Partition, Option<i64>);

/// A row on its way into the next version.
pub(super) trait Coming {
    fn name(&self) -> &str;
    fn push(&self, builder: &mut SegmentBuilder) -> Result<()>;
}

impl Coming for Came {
    fn name(&self) -> &str {
        &self.0.name
    }
    fn push(&self, builder: &mut SegmentBuilder) -> Result<()> {
        push(builder, &self.0, self.1)
    }
}

/// The types of a table's partition keys.
pub fn key_types(table: &Table) -> Vec<KeyType> {
    table.partition_keys.iter().map(|key| KeyType::parse(key.type_name.as_deref().unwrap_or_default())).collect()
}

/// The position of a key by its name, without case.
pub fn key_position(table: &Table, name: &str) -> Option<usize> {
    let name = normalize(name);
    table.partition_keys.iter().position(|key| normalize(&key.name) == name)
}

/// From so many changes on a merge is due: below, a new version costs little more than the changes themselves.
const MERGE_MIN: usize = 4096;
/// A merge is due when the changes are this part of the base.
const MERGE_SHARE: usize = 64;
/// More than so many times what makes a merge due, and the next version is merged before it is used.
const OVERDUE: usize = 4;

/// What a map takes for a slot.
const SLOT: usize = 2 * (size_of::<(i64, Arc<Shape>)>() + 1);

impl TablePartitions {
    pub fn new(table: Arc<Table>, shapes: impl IntoIterator<Item = (i64, Arc<Shape>)>, base: Segment) -> Self {
        let delta = SegmentBuilder::new(&table).finish();
        let gone = Rows::none();
        Self::of(table, shapes.into_iter().collect(), Arc::new(base), gone, delta, Vec::new())
    }

    fn of(
        table: Arc<Table>,
        shapes: HashMap<i64, Arc<Shape>>,
        base: Arc<Segment>,
        gone: Rows,
        delta: Segment,
        ranks: Vec<u32>,
    ) -> Self {
        let fixed = size_of::<Self>() + size_of::<Segment>() + table.bytes();
        let slots = shapes.values().map(|shape| SLOT + shape.bytes()).sum::<usize>();
        let bytes = fixed + slots + base.bytes() + delta.bytes() + 4 * ranks.len() + gone.bytes();
        Self { table, shapes, base, gone, delta, ranks, bytes }
    }

    pub fn table(&self) -> &Table {
        &self.table
    }
    pub(super) fn table_shared(&self) -> &Arc<Table> {
        &self.table
    }
    pub(super) fn shapes_by_slot(&self) -> &HashMap<i64, Arc<Shape>> {
        &self.shapes
    }
    pub fn len(&self) -> usize {
        (self.base.len() + self.delta.len()) as usize - self.gone.len()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Roughly, in memory.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
    pub(super) fn shape(&self, slot: i64) -> Option<&Arc<Shape>> {
        self.shapes.get(&slot)
    }

    /// What slots mean in this version.
    pub fn shapes(&self) -> impl Iterator<Item = &Arc<Shape>> {
        self.shapes.values()
    }
    /// No fewer bytes than the parameters and own locations of so many rows have together.
    pub fn own_bytes(&self, rows: usize) -> usize {
        self.base.own_bytes(rows) + self.delta.own_bytes(rows)
    }

    /// A row by its number in a [`Selection::Listed`].
    pub fn row(&self, number: u32) -> Option<RowView<'_>> {
        let (segment, row) = match number.checked_sub(self.base.len()) {
            None => (&*self.base, number),
            Some(row) => (&self.delta, row),
        };
        (row < segment.len()).then_some(RowView { partitions: self, segment, row })
    }

    pub(super) fn number_of_delta(&self, row: u32) -> u32 {
        self.base.len() + row
    }

    /// Whether a row of the delta comes before a row of the base.
    pub(super) fn precedes(&self, delta: u32, base: u32) -> bool {
        self.ranks.get(delta as usize).is_some_and(|rank| *rank <= base)
    }

    /// What a test takes of each segment, in name order.
    pub fn select(&self, mut test: impl FnMut(&PartitionSet) -> Rows) -> Selection {
        let mut base = test(&self.base.set);
        base.subtract(&self.gone);
        let delta = test(&self.delta.set);
        Selection::Sets { base, delta }
    }

    pub fn all(&self) -> Selection {
        self.select(|set| Rows::all(set.len()))
    }

    /// Those of the named partitions that are there, in name order.
    pub fn named(&self, names: &[String]) -> Selection {
        let (mut base, mut delta) = (Finder::new(&self.base), Finder::new(&self.delta));
        let found = names.iter().filter_map(|name| {
            let came = delta.find(name).map(|row| self.number_of_delta(row));
            came.or_else(|| base.find(name).filter(|row| !self.gone.contains(*row)))
        });
        let mut rows: Vec<u32> = found.collect();
        rows.sort_unstable_by_key(|number| match number.checked_sub(self.base.len()) {
            None => (*number, true, 0),
            Some(row) => (self.ranks.get(row as usize).copied().unwrap_or(u32::MAX), false, row),
        });
        rows.dedup();
        Selection::Listed(rows)
    }

    /// The number of the row of a name.
    pub fn find(&self, name: &str) -> Option<u32> {
        let came = self.delta.find(name).map(|row| self.number_of_delta(row));
        came.or_else(|| self.base.find(name).filter(|row| !self.gone.contains(*row)))
    }

    /// All rows, in name order.
    pub fn rows(&self) -> Vec<RowView<'_>> {
        self.all().listed(self).into_iter().filter_map(|number| self.row(number)).collect()
    }

    /// The state of a later version: without the rows of some names, with rows that came, sorted by name. None where
    /// the table's keys changed, so that values must be read anew.
    ///
    /// # Errors
    /// Meta where the rows are more than memory can hold.
    pub fn successor(
        &self,
        table: Arc<Table>,
        shapes: impl IntoIterator<Item = (i64, Arc<Shape>)>,
        gone: &[String],
        came: &[Came],
    ) -> Result<Option<Self>> {
        let mut gone: Vec<&str> = gone.iter().map(String::as_str).collect();
        gone.sort_unstable();
        self.next(table, shapes.into_iter().collect(), &gone, came)
    }

    /// The same of rows of either kind; `gone` is sorted.
    pub(super) fn next<C: Coming>(
        &self,
        table: Arc<Table>,
        shapes: HashMap<i64, Arc<Shape>>,
        gone: &[&str],
        came: &[C],
    ) -> Result<Option<Self>> {
        if table.partition_keys != self.table.partition_keys {
            return Ok(None);
        }
        let (delta, ranks) = self.delta_next(&table, gone, came)?;
        if self.base.is_empty() {
            return Ok(Some(Self::new(table, shapes, delta)));
        }
        let mut gone_rows = self.gone.clone();
        gone_rows.unite(gone.iter().filter_map(|name| self.base.find(name)).collect());
        let next = Self::of(table, shapes, Arc::clone(&self.base), gone_rows, delta, ranks);
        Ok(Some(if next.changes() > OVERDUE * next.merge_due() { next.merged()? } else { next }))
    }

    /// The rows that came of the next version, and their ranks.
    fn delta_next<C: Coming>(&self, table: &Table, gone: &[&str], came: &[C]) -> Result<(Segment, Vec<u32>)> {
        let mut builder = SegmentBuilder::new(table);
        let mut ranks = Vec::with_capacity(self.ranks.len() + came.len());
        let mut came = came.iter().peekable();
        let (mut name, mut scratch) = (String::new(), String::new());
        let mut push_came = |builder: &mut SegmentBuilder, ranks: &mut Vec<u32>, new: &C| {
            ranks.push(self.base.rank(new.name(), &mut scratch));
            new.push(builder)
        };
        for row in 0..self.delta.len() {
            name.clear();
            self.delta.name_into(row, &mut name);
            while let Some(new) = came.next_if(|new| *new.name() < *name) {
                push_came(&mut builder, &mut ranks, new)?;
            }
            if gone.binary_search(&name.as_str()).is_err() {
                builder.push_row(&RowView { partitions: self, segment: &self.delta, row })?;
                ranks.push(self.ranks.get(row as usize).copied().unwrap_or_default());
            }
        }
        for new in came {
            push_came(&mut builder, &mut ranks, new)?;
        }
        Ok((builder.finish(), ranks))
    }

    fn changes(&self) -> usize {
        self.delta.len() as usize + self.gone.len()
    }

    fn merge_due(&self) -> usize {
        MERGE_MIN.max(self.base.len() as usize / MERGE_SHARE)
    }

    /// Whether [`TablePartitions::merged`] would make reading and the next versions cheaper.
    pub fn is_merge_due(&self) -> bool {
        self.changes() > self.merge_due()
    }

    /// The same version with one segment. Takes about half a microsecond a row.
    ///
    /// # Errors
    /// Meta where the rows are more than memory can hold.
    pub fn merged(&self) -> Result<Self> {
        let mut builder = SegmentBuilder::new(&self.table);
        let all = self.all();
        let mut cursor = Cursor::default();
        for row in all.walk(self, &mut cursor) {
            builder.push_row(&row)?;
        }
        Ok(Self::new(Arc::clone(&self.table), self.shapes.clone(), builder.finish()))
    }
}

/// Adds a partition to a segment.
pub(super) fn push(builder: &mut SegmentBuilder, partition: &Partition, slot: Option<i64>) -> Result<()> {
    let row = RowIn {
        name: &partition.name,
        values: &partition.values,
        slot,
        location: partition.location().map(Location::Own),
        create_time: partition.create_time,
        last_access_time: partition.last_access_time,
        write_id: partition.write_id,
    };
    builder.push(row, partition.parameters.iter().map(|(key, value)| (key.as_str(), value.as_str())))
}

impl SegmentBuilder {
    /// Adds a partition behind all others.
    ///
    /// # Errors
    /// As `push`.
    pub fn push_partition(&mut self, partition: &Partition, slot: Option<i64>) -> Result<()> {
        push(self, partition, slot)
    }
}
