//! One partition of a set.

use std::sync::Arc;

use super::kind::Place;
use super::partitions::TablePartitions;
use super::segment::Segment;
use crate::partition::Partition;
use crate::table::{Shape, Storage};

#[derive(Debug, Clone, Copy)]
pub struct RowView<'a> {
    pub(super) partitions: &'a TablePartitions,
    pub(super) segment: &'a Segment,
    pub(super) row: u32,
}

/// Where a partition lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location<'a> {
    /// At this base, a `/` and its name.
    Below(&'a str),
    Own(&'a str),
}

impl<'a> RowView<'a> {
    pub fn name(&self) -> String {
        let mut name = String::with_capacity(64);
        self.name_into(&mut name);
        name
    }
    /// Appends the name.
    pub fn name_into(&self, text: &mut String) {
        self.segment.name_into(self.row, text);
    }
    /// Values in key order, as the client gave them.
    pub fn values(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let odd = self.segment.odd_values.get(&self.row);
        let plain = odd.is_none().then(|| self.segment.set.values(self.row));
        odd.into_iter().flat_map(|values| values.iter().map(String::as_str)).chain(plain.into_iter().flatten())
    }
    pub fn value_count(&self) -> usize {
        let odd = self.segment.odd_values.get(&self.row);
        odd.map_or(self.segment.name_parts.len(), |values| values.len())
    }
    pub fn value(&self, key: usize) -> Option<&'a str> {
        self.segment.set.value(self.row, key)
    }
    /// None where the partition has no storage descriptor.
    pub fn shape(&self) -> Option<&'a Arc<Shape>> {
        self.partitions.shape(self.slot()?)
    }
    /// Tells shapes of one answer apart.
    pub fn slot(&self) -> Option<i64> {
        self.segment.kind(self.row)?.slot
    }
    pub fn location(&self) -> Option<Location<'a>> {
        match self.segment.kind(self.row)?.place {
            Place::None => None,
            Place::Own => self.segment.own_locations.get(&self.row).map(|own| Location::Own(own)),
            Place::Below(base) => self.segment.kinds.bases.get(base as usize).map(|base| Location::Below(base)),
        }
    }
    /// Appends the location; false where there is none.
    pub fn location_into(&self, text: &mut String) -> bool {
        match self.location() {
            None => return false,
            Some(Location::Own(own)) => text.push_str(own),
            Some(Location::Below(base)) => {
                text.push_str(base);
                text.push('/');
                self.name_into(text);
            }
        }
        true
    }
    pub fn location_text(&self) -> Option<String> {
        let mut text = String::new();
        self.location_into(&mut text).then_some(text)
    }
    /// Sorted by key.
    pub fn parameters(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.segment.parameters.of(self.row, self.key_list())
    }
    pub fn parameter_count(&self) -> usize {
        self.segment.parameters.count(self.key_list())
    }
    fn key_list(&self) -> u32 {
        self.segment.kind(self.row).map_or(u32::MAX, |kind| kind.key_list)
    }
    /// Seconds since the epoch.
    pub fn create_time(&self) -> i32 {
        self.segment.create_times.get(self.row as usize).copied().unwrap_or_default()
    }
    pub fn last_access_time(&self) -> i32 {
        self.segment.kind(self.row).map_or(0, |kind| kind.last_access_time)
    }
    pub fn write_id(&self) -> Option<i64> {
        self.segment.kind(self.row)?.write_id
    }

    /// In full, but for the store's id of the row.
    pub fn partition(&self) -> Partition {
        let storage = self.shape().map(|shape| Storage { shape: Arc::clone(shape), location: self.location_text() });
        Partition {
            id: 0,
            values: self.values().map(str::to_owned).collect(),
            name: self.name(),
            create_time: self.create_time(),
            last_access_time: self.last_access_time(),
            storage,
            parameters: self.parameters().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            write_id: self.write_id(),
        }
    }
}
