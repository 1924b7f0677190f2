//! Rows in name order that never change.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

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
        name_compose(&self.name_parts, self.set.values(row as usize), name);
    }

    /// The row of a name.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        let mut scratch = String::new();
        let row = self.lower_bound(name, self.narrowed(name), &mut scratch);
        scratch.clear();
        (row < self.len()).then(|| self.name_into(row, &mut scratch))?;
        (scratch == name).then_some(row)
    }

    /// How many rows come before a name. `scratch` is only memory.
    pub(super) fn rank(&self, name: &str, scratch: &mut String) -> u32 {
        self.lower_bound(name, 0..self.len(), scratch)
    }

    /// Where a row of this name can be, as far as the index says it in no time.
    fn narrowed(&self, name: &str) -> Range<u32> {
        if !self.odd_names.is_empty() {
            return 0..self.len();
        }
        match partition_name_values(name).ok().and_then(|values| values.into_iter().next()) {
            // Its name is also that of an empty value.
            Some(value) if value == DEFAULT_PARTITION => 0..self.len(),
            Some(value) => self.set.leading_range(&value),
            None => 0..0,
        }
    }

    fn lower_bound(&self, name: &str, within: Range<u32>, scratch: &mut String) -> u32 {
        let Range { mut start, mut end } = within;
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
