//! The partitions of one table version in memory: their values by column, everything else as compact rows that
//! successive versions share.

use std::collections::HashMap;
use std::sync::Arc;

use skep_core::name::normalize;
use skep_core::partition::Partition;
use skep_core::prune::{PartitionSet, PartitionSetBuilder, Source};
use skep_core::table::{Parameters, Shape, Storage, Table};
use skep_core::types::KeyType;

use crate::store::Slot;

/// Immutable; a new version is a [`TablePartitions::successor`].
#[derive(Debug)]
pub struct TablePartitions {
    table: Arc<Table>,
    /// Slot → what it means in this version.
    shapes: HashMap<i64, Arc<Shape>>,
    /// In name order (or, of an answer straight from the store, in its order).
    rows: Vec<Arc<Row>>,
    set: PartitionSet,
    /// Roughly, in memory.
    bytes: usize,
}

/// What a partition has besides its values.
#[derive(Debug)]
struct Row {
    id: i64,
    name: Box<str>,
    /// The slot of its shape, if it has a storage descriptor.
    slot: Option<i64>,
    place: Place,
    parameters: PackedParameters,
    create_time: i32,
    last_access_time: i32,
    write_id: Option<i64>,
    /// Values as the client gave them, where there are more or fewer than keys.
    odd_values: Option<Box<[String]>>,
}

#[derive(Debug)]
enum Place {
    None,
    /// The base, `/` and the name.
    Below(Arc<str>),
    Own(Box<str>),
}

/// Keys and values one after the other in one text.
#[derive(Debug)]
struct PackedParameters {
    text: Box<str>,
    ends: Box<[u32]>,
}

impl PackedParameters {
    fn new(parameters: &Parameters) -> Self {
        let mut text = String::with_capacity(parameters.iter().map(|(k, v)| k.len() + v.len()).sum());
        let mut ends = Vec::with_capacity(2 * parameters.len());
        for part in parameters.iter().flat_map(|(key, value)| [key, value]) {
            text.push_str(part);
            ends.push(text.len() as u32);
        }
        Self { text: text.into_boxed_str(), ends: ends.into_boxed_slice() }
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut start = 0;
        let (pairs, _) = self.ends.as_chunks::<2>();
        pairs.iter().map(move |[key, value]| {
            let (key, value) = (*key as usize, *value as usize);
            let pair = (self.text.get(start..key).unwrap_or_default(), self.text.get(key..value).unwrap_or_default());
            start = value;
            pair
        })
    }
}

/// Takes partitions in their order and makes the rows.
pub struct RowsBuilder {
    table: Arc<Table>,
    shapes: HashMap<i64, Arc<Shape>>,
    rows: Vec<Arc<Row>>,
    set: PartitionSetBuilder,
    base: Arc<str>,
    bytes: usize,
}

/// The types of a table's partition keys.
pub fn key_types(table: &Table) -> Vec<KeyType> {
    table.partition_keys.iter().map(|key| KeyType::parse(key.type_name.as_deref().unwrap_or_default())).collect()
}

impl RowsBuilder {
    pub fn new(table: Arc<Table>, slots: &[Slot]) -> Self {
        let base = table.location().unwrap_or_default().into();
        Self {
            set: PartitionSetBuilder::new(&key_types(&table)),
            shapes: slots.iter().map(|slot| (slot.slot, Arc::clone(&slot.shape))).collect(),
            rows: Vec::new(),
            base,
            bytes: 0,
            table,
        }
    }

    pub fn push(&mut self, partition: Partition, slot: Option<i64>) {
        self.set.push(&partition.values);
        let row = self.row(partition, slot);
        self.bytes += row.bytes();
        self.rows.push(Arc::new(row));
    }

    /// Roughly, in memory, so far.
    pub fn bytes(&self) -> usize {
        self.bytes + self.set.bytes()
    }

    pub fn finish(self) -> TablePartitions {
        let set = self.set.finish();
        let bytes = self.bytes + set.bytes();
        TablePartitions { table: self.table, shapes: self.shapes, rows: self.rows, set, bytes }
    }

    fn row(&mut self, partition: Partition, slot: Option<i64>) -> Row {
        let name = partition.name.into_boxed_str();
        let location = partition.storage.and_then(|storage| storage.location);
        let place = match location {
            None => Place::None,
            Some(location) => match location.strip_suffix(&*name).and_then(|base| base.strip_suffix('/')) {
                None => Place::Own(location.into_boxed_str()),
                // Neighbours nearly always share their base.
                Some(base) => {
                    if base != &*self.base {
                        self.base = base.into();
                    }
                    Place::Below(Arc::clone(&self.base))
                }
            },
        };
        let odd = partition.values.len() != self.table.partition_keys.len();
        Row {
            id: partition.id,
            slot,
            place,
            parameters: PackedParameters::new(&partition.parameters),
            create_time: partition.create_time,
            last_access_time: partition.last_access_time,
            write_id: partition.write_id,
            odd_values: odd.then(|| partition.values.into_boxed_slice()),
            name,
        }
    }
}

impl Row {
    fn bytes(&self) -> usize {
        // The row, its count of owners, its place in a list.
        const FIXED: usize = size_of::<Row>() + 3 * size_of::<usize>();
        let place = if let Place::Own(location) = &self.place { location.len() } else { 0 };
        FIXED + self.name.len() + place + self.parameters.text.len() + 4 * self.parameters.ends.len()
    }
}

impl TablePartitions {
    pub fn table(&self) -> &Table {
        &self.table
    }
    pub fn set(&self) -> &PartitionSet {
        &self.set
    }
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Roughly, in memory.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub fn row(&self, row: usize) -> Option<RowView<'_>> {
        self.rows.get(row).map(|data| RowView { partitions: self, row, data })
    }

    /// The row of a name. Rows must be in name order.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.rows.binary_search_by(|row| (*row.name).cmp(name)).ok()
    }

    /// The state of a later version: without the rows of some names, with rows that came, both by name. None where the
    /// table's keys changed, so that values must be read anew.
    pub fn successor(&self, table: Arc<Table>, slots: &[Slot], gone: &[String], came: Vec<Came>) -> Option<Self> {
        if !key_types(&table).into_iter().eq(self.set.key_types()) {
            return None;
        }
        let mut builder = RowsBuilder::new(table, slots);
        let gone: std::collections::HashSet<&str> = gone.iter().map(String::as_str).collect();
        let old = self.rows.iter().enumerate().filter(|(_, row)| !gone.contains(&*row.name));
        let values: Vec<Vec<String>> = came.iter().map(|(partition, _)| partition.values.clone()).collect();
        let new = came.into_iter().map(|(partition, slot)| Arc::new(builder.row(partition, slot))).collect::<Vec<_>>();
        let (mut old, mut new) = (old.peekable(), new.into_iter().zip(&values).peekable());
        let mut rows = Vec::with_capacity(self.rows.len() + values.len());
        let mut sources = Vec::with_capacity(rows.capacity());
        loop {
            let old_first = match (old.peek(), new.peek()) {
                (None, None) => break,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (Some((_, old)), Some((new, _))) => old.name < new.name,
            };
            if old_first && let Some((at, row)) = old.next() {
                rows.push(Arc::clone(row));
                sources.push(Source::Old(0, at as u32));
            } else if let Some((row, values)) = new.next() {
                rows.push(row);
                sources.push(Source::New(values));
            }
        }
        let set = PartitionSet::merged(&key_types(&builder.table), &[&self.set], &sources);
        let bytes = rows.iter().map(|row| row.bytes()).sum::<usize>() + set.bytes();
        Some(Self { table: builder.table, shapes: builder.shapes, rows, set, bytes })
    }
}

/// A partition that came, with its slot.
pub type Came = (Partition, Option<i64>);

/// One partition of a set.
#[derive(Debug, Clone, Copy)]
pub struct RowView<'a> {
    partitions: &'a TablePartitions,
    row: usize,
    data: &'a Row,
}

impl<'a> RowView<'a> {
    pub fn name(&self) -> &'a str {
        &self.data.name
    }
    /// Values in key order, as the client gave them.
    pub fn values(&self) -> Vec<&'a str> {
        match &self.data.odd_values {
            Some(values) => values.iter().map(String::as_str).collect(),
            None => self.partitions.set.values(self.row as u32).collect(),
        }
    }
    pub fn value(&self, key: usize) -> Option<&'a str> {
        self.partitions.set.value(self.row as u32, key)
    }
    /// None where the partition has no storage descriptor.
    pub fn shape(&self) -> Option<&'a Arc<Shape>> {
        self.partitions.shapes.get(&self.data.slot?)
    }
    /// Tells shapes of one answer apart.
    pub fn slot(&self) -> Option<i64> {
        self.data.slot
    }
    /// The location as (base, rest): the base and a rest that begins with `/`, or all of it and nothing.
    pub fn location(&self) -> Option<Location<'a>> {
        match &self.data.place {
            Place::None => None,
            Place::Own(location) => Some(Location::Own(location)),
            Place::Below(base) => Some(Location::Below(base, &self.data.name)),
        }
    }
    pub fn parameters(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.data.parameters.iter()
    }
    pub fn parameter_count(&self) -> usize {
        self.data.parameters.ends.len() / 2
    }
    pub fn create_time(&self) -> i32 {
        self.data.create_time
    }
    pub fn last_access_time(&self) -> i32 {
        self.data.last_access_time
    }
    pub fn write_id(&self) -> Option<i64> {
        self.data.write_id
    }

    /// In full.
    pub fn partition(&self) -> Partition {
        let location = self.location().map(|location| location.to_string());
        let storage = self.shape().map(|shape| Storage { shape: Arc::clone(shape), location });
        Partition {
            id: self.data.id,
            values: self.values().into_iter().map(str::to_owned).collect(),
            name: self.data.name.to_string(),
            create_time: self.data.create_time,
            last_access_time: self.data.last_access_time,
            storage,
            parameters: self.parameters().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            write_id: self.data.write_id,
        }
    }
}

/// Where a partition lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location<'a> {
    /// At its name below a base.
    Below(&'a str, &'a str),
    Own(&'a str),
}

impl std::fmt::Display for Location<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Below(base, name) => write!(f, "{base}/{name}"),
            Self::Own(location) => f.write_str(location),
        }
    }
}

/// The position of a key by its name, without case.
pub fn key_position(table: &Table, name: &str) -> Option<usize> {
    let name = normalize(name);
    table.partition_keys.iter().position(|key| normalize(&key.name) == name)
}
