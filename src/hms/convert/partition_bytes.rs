//! A partition as bytes: what all partitions of a storage descriptor share is encoded once and copied.

use std::collections::HashMap;
use std::sync::Arc;

use skep_core::rows::{Location, Names, RowView};
use skep_core::table::{Shape, Table};
use skep_thrift::Writer;
use skep_thrift::types as t;
use skep_thrift::wire::{Kind, Protocol, Slot};

use super::partition_list::{PartitionForm, shape_form};

/// What partitions of an answer share.
pub struct Shared {
    protocol: Protocol,
    form: PartitionForm,
    /// Fields 2 and 3: database and table.
    names: Vec<u8>,
    catalog: String,
    /// Fields 8 and 9 of most: privileges, where they are asked for, and catalog.
    tail: Vec<u8>,
    /// By slot.
    storages: HashMap<i64, Storage>,
    location: String,
}

/// A storage descriptor round its location.
struct Storage {
    before: Vec<u8>,
    after_location: Vec<u8>,
    without_location: Vec<u8>,
}

/// The bytes of some fields of a struct, `last` being the field before them.
fn fields(protocol: Protocol, last: i16, put: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new(protocol);
    writer.field_last(last);
    put(&mut writer);
    writer.into_bytes()
}

impl Shared {
    pub fn new(protocol: Protocol, table: &Table, form: PartitionForm) -> Self {
        let names = fields(protocol, 1, |w| {
            table.database.put(w, 2);
            table.name.put(w, 3);
        });
        let tail = fields(protocol, 7, |w| {
            if let Some(rights) = &form.rights {
                rights.none.put(w, 8);
            }
            table.catalog.put(w, 9);
        });
        let catalog = table.catalog.clone();
        Self { protocol, form, names, catalog, tail, storages: HashMap::new(), location: String::new() }
    }

    /// What a partition has besides its own texts.
    pub fn bytes_at_most<'a>(&self, shapes: impl Iterator<Item = &'a Arc<Shape>>) -> usize {
        let bytes = |storage: &Storage| storage.before.len() + storage.after_location.len();
        let made = |shape| bytes(&Storage::new(self.protocol, &shape_form(shape, &self.form)));
        let largest = shapes.map(|shape| made(shape)).max().unwrap_or_default();
        largest + self.names.len() + self.tail.len()
    }

    /// One partition.
    pub fn partition<'a>(&mut self, writer: &mut Writer, row: &RowView<'a>, names: &mut Names<'a>) {
        let outer = writer.struct_begin();
        writer.field_begin(Kind::List, 1);
        writer.list_begin(Kind::String, row.value_count());
        for value in row.values() {
            writer.string(value);
        }
        writer.raw(&self.names);
        writer.field_last(3);
        row.create_time().put(writer, 4);
        row.last_access_time().put(writer, 5);
        self.storage(writer, row, names);
        parameters(writer, row, &self.form);
        if let Some(own) = self.form.rights_own(row) {
            own.put(writer, 8);
            self.catalog.put(writer, 9);
        } else {
            writer.raw(&self.tail);
            writer.field_last(9);
        }
        row.write_id().unwrap_or(-1).put(writer, 10);
        writer.struct_end(outer);
    }

    fn storage<'a>(&mut self, writer: &mut Writer, row: &RowView<'a>, names: &mut Names<'a>) {
        let (Some(slot), Some(shape)) = (row.slot(), row.shape()) else { return };
        let (protocol, form) = (self.protocol, &self.form);
        let storage = self.storages.entry(slot).or_insert_with(|| Storage::new(protocol, &shape_form(shape, form)));
        writer.field_begin(Kind::Struct, 6);
        writer.raw(&storage.before);
        if let Some(location) = row.location() {
            writer.field_last(i16::from(!storage.before.is_empty()));
            writer.field_begin(Kind::String, 2);
            match location {
                Location::Own(own) => writer.string(own),
                Location::Below(base) => {
                    self.location.clear();
                    self.location.push_str(base);
                    self.location.push('/');
                    self.location.push_str(names.name(row));
                    writer.string(&self.location);
                }
            }
            writer.raw(&storage.after_location);
        } else {
            writer.raw(&storage.without_location);
        }
        writer.field_last(6);
    }
}

impl Storage {
    /// A struct's bytes are its fields' in the order of their ids: without the columns (1), a location (2) would stand
    /// first. So the struct is cut behind the columns, and the rest encoded as what follows either field.
    fn new(protocol: Protocol, sd: &t::StorageDescriptor) -> Self {
        let before = fields(protocol, 0, |w| sd.cols.put(w, 1));
        let last = i16::from(sd.cols.is_some());
        let rest = |last: i16| {
            fields(protocol, last, |w| {
                sd.input_format.put(w, 3);
                sd.output_format.put(w, 4);
                sd.compressed.put(w, 5);
                sd.num_buckets.put(w, 6);
                sd.serde_info.put(w, 7);
                sd.bucket_cols.put(w, 8);
                sd.sort_cols.put(w, 9);
                sd.parameters.put(w, 10);
                sd.skewed_info.put(w, 11);
                sd.stored_as_sub_directories.put(w, 12);
                w.struct_end(0);
            })
        };
        Self { before, after_location: rest(2), without_location: rest(last) }
    }
}

fn parameters(writer: &mut Writer, row: &RowView<'_>, form: &PartitionForm) {
    let takes_all = form.takes_all();
    let count =
        if takes_all { row.parameter_count() } else { row.parameters().filter(|(key, _)| form.takes(key)).count() };
    writer.field_begin(Kind::Map, 7);
    writer.map_begin(Kind::String, Kind::String, count);
    for (key, value) in row.parameters().filter(|(key, _)| takes_all || form.takes(key)) {
        writer.string(key);
        writer.string(value);
    }
}
