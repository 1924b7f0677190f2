//! Rows to segments.

use std::collections::BTreeMap;

use super::kind::{KindsBuilder, Place, RowKind};
use super::parameters::ParametersBuilder;
use super::segment::{Segment, name_compose};
use super::view::{Location, RowView};
use crate::name::escape_into;
use crate::prune::PartitionSetBuilder;
use crate::table::Table;
use crate::types::KeyType;
use crate::{Error, Result};

/// A partition on its way into a segment.
#[derive(Debug, Clone, Copy)]
pub struct RowIn<'a, V> {
    pub name: &'a str,
    /// As the client gave them.
    pub values: &'a [V],
    /// None: it has no storage descriptor.
    pub slot: Option<i64>,
    pub location: Option<Location<'a>>,
    /// Seconds since the epoch.
    pub create_time: i32,
    pub last_access_time: i32,
    pub write_id: Option<i64>,
}

/// Takes rows in name order.
#[derive(Debug)]
pub struct SegmentBuilder {
    keys: usize,
    set: PartitionSetBuilder,
    name_parts: Vec<Box<str>>,
    odd_names: BTreeMap<u32, Box<str>>,
    odd_values: BTreeMap<u32, Box<[String]>>,
    own_locations: BTreeMap<u32, Box<str>>,
    kinds: KindsBuilder,
    kind_of: Vec<u32>,
    create_times: Vec<i32>,
    parameters: ParametersBuilder,
    /// Of what lies in the maps.
    odd_bytes: usize,
    name: String,
}

/// A map's entry beside its text.
const ENTRY: usize = 40;

impl SegmentBuilder {
    pub fn new(table: &Table) -> Self {
        let types: Vec<KeyType> = super::key_types(table);
        let part = |(at, key): (usize, &crate::table::Column)| {
            let mut part = String::from(if at == 0 { "" } else { "/" });
            escape_into(&key.name.to_lowercase(), &mut part);
            part.push('=');
            part.into_boxed_str()
        };
        Self {
            keys: types.len(),
            set: PartitionSetBuilder::new(&types),
            name_parts: table.partition_keys.iter().enumerate().map(part).collect(),
            odd_names: BTreeMap::new(),
            odd_values: BTreeMap::new(),
            own_locations: BTreeMap::new(),
            kinds: KindsBuilder::default(),
            kind_of: Vec::new(),
            create_times: Vec::new(),
            parameters: ParametersBuilder::default(),
            odd_bytes: 0,
            name: String::new(),
        }
    }

    /// Adds a row behind all others; its parameters are sorted by key.
    ///
    /// # Errors
    /// Meta for what no segment holds: four milliards of rows or bytes of parameters.
    pub fn push<'p, V: AsRef<str>>(
        &mut self,
        row: RowIn<'_, V>,
        parameters: impl Iterator<Item = (&'p str, &'p str)>,
    ) -> Result<()> {
        let full = || Error::meta("a table has more partitions than fit into memory at once");
        let number = u32::try_from(self.kind_of.len()).map_err(|_| full())?;
        let place = self.place(number, row.name, row.location);
        let key_list = self.parameters.push(parameters).ok_or_else(full)?;
        let (last_access_time, write_id) = (row.last_access_time, row.write_id);
        let kind = RowKind { slot: row.slot, place, key_list, last_access_time, write_id };
        self.kind_of.push(self.kinds.intern(kind));
        self.create_times.push(row.create_time);
        self.set.push(row.values);
        if row.values.len() != self.keys {
            self.odd_bytes += ENTRY + row.values.iter().map(|value| value.as_ref().len() + 24).sum::<usize>();
            self.odd_values.insert(number, row.values.iter().map(|value| value.as_ref().to_owned()).collect());
        }
        self.name.clear();
        name_compose(&self.name_parts, row.values.iter().map(AsRef::as_ref), &mut self.name);
        if row.values.len() != self.keys || self.name != row.name {
            self.odd_bytes += ENTRY + row.name.len();
            self.odd_names.insert(number, row.name.into());
        }
        Ok(())
    }

    /// Adds a row of another segment of the same table.
    ///
    /// # Errors
    /// As `push`.
    pub fn push_row(&mut self, row: &RowView<'_>) -> Result<()> {
        let values: Vec<&str> = row.values().collect();
        let name = row.name();
        let copy = RowIn {
            name: &name,
            values: &values,
            slot: row.slot(),
            location: row.location(),
            create_time: row.create_time(),
            last_access_time: row.last_access_time(),
            write_id: row.write_id(),
        };
        self.push(copy, row.parameters())
    }

    fn place(&mut self, number: u32, name: &str, location: Option<Location<'_>>) -> Place {
        let base = match location {
            None => return Place::None,
            Some(Location::Below(base)) => Some(base),
            Some(Location::Own(own)) => own.strip_suffix(name).and_then(|base| base.strip_suffix('/')),
        };
        match (base, location) {
            (Some(base), _) => Place::Below(self.kinds.base(base)),
            (None, Some(Location::Own(own))) => {
                self.odd_bytes += ENTRY + own.len();
                self.own_locations.insert(number, own.into());
                Place::Own
            }
            (None, _) => Place::None,
        }
    }

    pub fn len(&self) -> usize {
        self.kind_of.len()
    }
    pub fn is_empty(&self) -> bool {
        self.kind_of.is_empty()
    }

    /// Roughly, in memory, so far.
    pub fn bytes(&self) -> usize {
        self.set.bytes() + self.parameters.bytes() + self.kinds.made.bytes() + self.odd_bytes + 8 * self.kind_of.len()
    }

    pub fn finish(self) -> Segment {
        let beside = self.bytes() - self.set.bytes();
        let set = self.set.finish();
        let bytes = beside + set.bytes();
        Segment {
            set,
            name_parts: self.name_parts,
            odd_names: self.odd_names,
            odd_values: self.odd_values,
            own_locations: self.own_locations,
            kinds: self.kinds.made,
            kind_of: self.kind_of,
            create_times: self.create_times,
            parameters: self.parameters.finish(),
            bytes,
        }
    }
}
