//! Rows in name order that never change.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::kind::{Kinds, RowKind};
use super::parameters::Parameters;
use crate::name::{DEFAULT_PARTITION, escape_into, partition_name_values};
use crate::prune::PartitionSet;

/// Made by [`super::SegmentBuilder`].
#[derive(Debug)]
pub struct Segment {
    pub(super) set: PartitionSet,
    /// `key=`, and for all but the first a `/` before it.
    pub(super) name_parts: Vec<Box<str>>,
    /// Names that do not follow from the values.
    pub(super) odd_names: BTreeMap<u32, Box<str>>,
    /// Values as the client gave them, where there are more or fewer than keys.
    pub(super) odd_values: BTreeMap<u32, Box<[String]>>,
    pub(super) own_locations: BTreeMap<u32, Box<str>>,
    pub(super) kinds: Kinds,
    pub(super) kind_of: Vec<u32>,
    pub(super) create_times: Vec<i32>,
    pub(super) parameters: Parameters,
    pub(super) bytes: usize,
}

impl Segment {
    pub fn set(&self) -> &PartitionSet {
        &self.set
    }
    pub fn len(&self) -> u32 {
        self.kind_of.len() as u32
    }
    pub fn is_empty(&self) -> bool {
        self.kind_of.is_empty()
    }
    /// Roughly, in memory.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// No fewer bytes than the parameters and own locations of so many rows have, with their lengths.
    pub(super) fn own_bytes(&self, rows: usize) -> usize {
        let bases = self.kinds.bases.iter().map(|base| base.len()).max().unwrap_or_default();
        let own: usize = self.own_locations.values().map(|location| location.len()).sum();
        rows.min(self.kind_of.len()) * (bases + self.parameters.keys_bytes()) + self.parameters.bytes() + own
    }

    pub(super) fn kind(&self, row: u32) -> Option<&RowKind> {
        self.kinds.list.get(*self.kind_of.get(row as usize)? as usize)
    }

    /// Appends a row's name.
    pub(super) fn name_into(&self, row: u32, name: &mut String) {
        if !self.odd_names.is_empty()
            && let Some(odd) = self.odd_names.get(&row)
        {
            return name.push_str(odd);
        }
        for (key, part) in self.name_parts.iter().enumerate() {
            // A row that lacks a key has an odd name.
            if let Some(code) = self.set.code(row, key) {
                name.push_str(part);
                self.set.name_text_into(key, code, name);
            }
        }
    }

    /// The row of a name.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        let mut scratch = String::new();
        let mut has = |row: u32| {
            scratch.clear();
            self.name_into(row, &mut scratch);
            scratch == name
        };
        let values = partition_name_values(name).ok()?;
        // The name of the default partition is also that of an empty value.
        if self.odd_names.is_empty() && !values.iter().any(|value| value == DEFAULT_PARTITION) {
            return self.set.find(&values).find(|row| has(*row));
        }
        let row = self.rank(name, &mut String::new());
        (row < self.len() && has(row)).then_some(row)
    }

    /// How many rows come before a name. `scratch` is only memory.
    pub(super) fn rank(&self, name: &str, scratch: &mut String) -> u32 {
        let (mut start, mut end) = (0, self.len());
        while start < end {
            let middle = start + (end - start) / 2;
            scratch.clear();
            self.name_into(middle, scratch);
            match scratch.as_str().cmp(name) {
                Ordering::Less => start = middle + 1,
                Ordering::Equal => return middle,
                Ordering::Greater => end = middle,
            }
        }
        start
    }
}

/// Appends the name that follows from values: Hive's `k=v/k2=v2` (semantics §5).
pub(super) fn name_compose<'a>(parts: &[Box<str>], values: impl Iterator<Item = &'a str>, name: &mut String) {
    for (part, value) in parts.iter().zip(values) {
        name.push_str(part);
        escape_into(value, name);
    }
}
