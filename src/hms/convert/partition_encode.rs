//! Lists of partitions as bytes, without making the structs: what all partitions of a storage descriptor share is
//! encoded once and stands in the reply by reference. [`super::partition_list`] says the same in structs; a test holds
//! the two to the same bytes.

use std::collections::HashMap;

use bytes::Bytes;
use skep_core::table::Table;
use skep_thrift::Writer;
use skep_thrift::types as t;
use skep_thrift::wire::{Kind, Protocol, Slot};

use super::partition_list::{PartitionForm, shape_form};
use crate::catalog::{PartitionAnswer, PartitionLocation, PartitionView};
use crate::hms::reply::Encoded;

/// What stands round the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// The list is the value.
    Bare,
    /// A struct with the list as its field 1.
    Struct,
    /// Such a struct that says in field 2 whether some partitions are unknown.
    Unknown(bool),
}

/// Shared bytes shorter than this are copied: a reference would cost as much.
const WORTH_SHARING: usize = 128;
/// Own bytes are gathered to pieces of this size.
const PIECE: usize = 256 * 1024;

/// The answer's partitions.
pub fn partitions_encode(protocol: Protocol, answer: &PartitionAnswer, form: &PartitionForm, frame: Frame) -> Encoded {
    let mut list = Pieces::new(protocol);
    let outer = list.begin(frame, Kind::Struct, answer.len());
    let mut shared = Shared::new(protocol, answer.table(), form);
    for row in answer.rows() {
        partition(&mut list, &row, form, &mut shared);
    }
    list.end(frame, outer)
}

/// The names of the answer's partitions.
pub fn names_encode(protocol: Protocol, answer: &PartitionAnswer, frame: Frame) -> Encoded {
    let mut list = Pieces::new(protocol);
    let outer = list.begin(frame, Kind::String, answer.len());
    for row in answer.rows() {
        list.writer.string(row.name());
        list.gather();
    }
    list.end(frame, outer)
}

/// Own and shared bytes, one after the other.
struct Pieces {
    protocol: Protocol,
    writer: Writer,
    /// Where shared bytes stand among the writer's own.
    splices: Vec<(usize, Bytes)>,
    parts: Vec<Bytes>,
    /// The field before an element of the list.
    last: i16,
}

impl Pieces {
    fn new(protocol: Protocol) -> Self {
        Self { protocol, writer: Writer::new(protocol), splices: Vec::new(), parts: Vec::new(), last: 0 }
    }

    /// Begins the list of so many elements.
    fn begin(&mut self, frame: Frame, kind: Kind, len: usize) -> i16 {
        let outer = if frame == Frame::Bare { 0 } else { self.writer.struct_begin() };
        if frame != Frame::Bare {
            self.writer.field_begin(Kind::List, 1);
            self.last = 1;
        }
        self.writer.list_begin(kind, len);
        outer
    }

    fn end(mut self, frame: Frame, outer: i16) -> Encoded {
        if let Frame::Unknown(is_unknown) = frame {
            self.writer.field_begin(Kind::Bool, 2);
            self.writer.bool(is_unknown);
        }
        if frame != Frame::Bare {
            self.writer.struct_end(outer);
        }
        self.cut();
        Encoded { parts: self.parts }
    }

    fn shared(&mut self, bytes: &Bytes) {
        if bytes.len() < WORTH_SHARING {
            self.writer.raw(bytes);
        } else {
            self.splices.push((self.writer.bytes().len(), bytes.clone()));
        }
    }

    /// To be called between elements: lets go of what is enough for a piece.
    fn gather(&mut self) {
        if self.writer.bytes().len() >= PIECE {
            self.cut();
            self.writer.field_last(self.last);
        }
    }

    fn cut(&mut self) {
        let full = std::mem::replace(&mut self.writer, Writer::with_buffer(self.protocol, Vec::with_capacity(PIECE)));
        let own = Bytes::from(full.into_bytes());
        let mut from = 0;
        for (at, shared) in self.splices.drain(..) {
            if at > from {
                self.parts.push(own.slice(from..at));
            }
            self.parts.push(shared);
            from = at;
        }
        if own.len() > from {
            self.parts.push(own.slice(from..));
        }
    }
}

/// What partitions of an answer share.
struct Shared<'a> {
    protocol: Protocol,
    form: &'a PartitionForm,
    /// Fields 2 and 3: database and table.
    names: Vec<u8>,
    catalog: &'a str,
    /// Fields 8 and 9 of most: privileges, where they are asked for, and catalog.
    tail: Vec<u8>,
    storages: HashMap<i64, Storage>,
    location: String,
}

/// A storage descriptor round its location.
struct Storage {
    before: Bytes,
    after_location: Bytes,
    without_location: Bytes,
}

/// The bytes of some fields of a struct, `last` being the field before them.
fn fields(protocol: Protocol, last: i16, put: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut writer = Writer::new(protocol);
    writer.field_last(last);
    put(&mut writer);
    writer.into_bytes()
}

impl<'a> Shared<'a> {
    fn new(protocol: Protocol, table: &'a Table, form: &'a PartitionForm) -> Self {
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
        Self { protocol, form, names, catalog: &table.catalog, tail, storages: HashMap::new(), location: String::new() }
    }

    fn storage(&mut self, row: &PartitionView<'_>) -> Option<&Storage> {
        let (slot, shape) = (row.slot()?, row.shape()?);
        let (protocol, form) = (self.protocol, self.form);
        Some(self.storages.entry(slot).or_insert_with(|| Storage::new(protocol, &shape_form(shape, form))))
    }
}

impl Storage {
    /// A struct's bytes are its fields' in the order of their ids: without the columns (1), a location (2) would stand
    /// first. So the struct is cut behind the columns, and the rest encoded as what follows either field.
    fn new(protocol: Protocol, sd: &t::StorageDescriptor) -> Self {
        let before = fields(protocol, 0, |w| sd.cols.put(w, 1));
        let last = i16::from(sd.cols.is_some());
        let rest = |last: i16| {
            Bytes::from(fields(protocol, last, |w| {
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
            }))
        };
        Self { before: Bytes::from(before), after_location: rest(2), without_location: rest(last) }
    }
}

fn partition(list: &mut Pieces, row: &PartitionView<'_>, form: &PartitionForm, shared: &mut Shared<'_>) {
    let outer = list.writer.struct_begin();
    let values = row.values();
    list.writer.field_begin(Kind::List, 1);
    list.writer.list_begin(Kind::String, values.len());
    for value in values {
        list.writer.string(value);
    }
    list.writer.raw(&shared.names);
    list.writer.field_last(3);
    row.create_time().put(&mut list.writer, 4);
    row.last_access_time().put(&mut list.writer, 5);
    storage(list, row, shared);
    parameters(&mut list.writer, row, form);
    if let Some(own) = form.rights_own(row) {
        own.put(&mut list.writer, 8);
        shared.catalog.to_owned().put(&mut list.writer, 9);
    } else {
        list.writer.raw(&shared.tail);
        list.writer.field_last(9);
    }
    row.write_id().unwrap_or(-1).put(&mut list.writer, 10);
    list.writer.struct_end(outer);
    list.gather();
}

fn storage(list: &mut Pieces, row: &PartitionView<'_>, shared: &mut Shared<'_>) {
    let mut location = std::mem::take(&mut shared.location);
    location.clear();
    match row.location() {
        None => {}
        Some(PartitionLocation::Own(own)) => location.push_str(own),
        Some(PartitionLocation::Below(base, name)) => location.extend([base, "/", name]),
    }
    if let Some(storage) = shared.storage(row) {
        list.writer.field_begin(Kind::Struct, 6);
        list.shared(&storage.before);
        if row.location().is_some() {
            list.writer.field_last(i16::from(!storage.before.is_empty()));
            list.writer.field_begin(Kind::String, 2);
            list.writer.string(&location);
            list.shared(&storage.after_location);
        } else {
            list.shared(&storage.without_location);
        }
        list.writer.field_last(6);
    }
    shared.location = location;
}

fn parameters(writer: &mut Writer, row: &PartitionView<'_>, form: &PartitionForm) {
    let count = if form.takes_all() {
        row.parameter_count()
    } else {
        row.parameters().filter(|(key, _)| form.takes(key)).count()
    };
    writer.field_begin(Kind::Map, 7);
    writer.map_begin(Kind::String, Kind::String, count);
    for (key, value) in row.parameters().filter(|(key, _)| form.takes(key)) {
        writer.string(key);
        writer.string(value);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    use skep_core::name::partition_name;
    use skep_core::partition::Partition;
    use skep_core::table::{Column, Serde, Shape, Skewed, SortColumn, Storage as TableStorage};
    use skep_thrift::wire::Encode;

    use super::*;
    use crate::hms::convert::partition_list::{PartitionRights, answer_out};

    fn text() -> impl Strategy<Value = String> {
        "[a-z/=é%]{0,6}"
    }

    fn column() -> impl Strategy<Value = Column> {
        (text(), prop::option::of(text()), prop::option::of(text())).prop_map(|(name, type_name, comment)| Column {
            name,
            type_name,
            comment,
        })
    }

    fn shape() -> impl Strategy<Value = Arc<Shape>> {
        let columns = prop::option::of(prop::collection::vec(column(), 0..30));
        let texts = || prop::collection::vec(text(), 0..3);
        let parameters = prop::collection::btree_map(text(), text(), 0..3);
        let others = (any::<bool>(), any::<i32>(), texts(), any::<bool>(), prop::option::of(text()));
        (columns, prop::option::of(text()), parameters, others).prop_map(|(columns, format, parameters, others)| {
            let (compressed, buckets, texts, stored_as_sub_directories, name) = others;
            let serde = name.map(|name| Serde { name: Some(name), parameters: parameters.clone(), ..Serde::default() });
            Arc::new(Shape {
                columns,
                input_format: format.clone(),
                output_format: format,
                compressed,
                buckets,
                serde,
                sort_columns: texts.iter().map(|t| SortColumn { column: t.clone(), order: 1 }).collect(),
                skewed: (!texts.is_empty()).then(|| Skewed { columns: texts.clone(), ..Skewed::default() }),
                bucket_columns: texts,
                parameters,
                stored_as_sub_directories,
            })
        })
    }

    fn table() -> Table {
        let key = |name: &str| Column { name: name.into(), type_name: Some("string".into()), comment: None };
        let storage = TableStorage { location: Some("file:/w/t".into()), ..TableStorage::default() };
        Table {
            catalog: "hive".into(),
            database: "d".into(),
            name: "t".into(),
            partition_keys: vec![key("a"), key("b")],
            storage: Some(storage),
            ..Table::default()
        }
    }

    type Raw = (Vec<String>, Option<(prop::sample::Index, Option<Option<String>>)>, Vec<(String, String)>, Option<i64>);

    fn raw() -> impl Strategy<Value = Raw> {
        let location = prop::option::of(prop::option::of(text()));
        let storage = prop::option::of((any::<prop::sample::Index>(), location));
        let parameters = prop::collection::vec((text(), text()), 0..5);
        let write_id = prop_oneof![Just(None), Just(Some(-1)), (0..1000_i64).prop_map(Some)];
        (prop::collection::vec(text(), 2), storage, parameters, write_id)
    }

    fn partition(raw: Raw, shapes: &[Arc<Shape>]) -> Partition {
        let (values, storage, parameters, write_id) = raw;
        let name = partition_name(&table().partition_keys, &values).unwrap();
        let storage = storage.map(|(shape, location)| TableStorage {
            shape: Arc::clone(shape.get(shapes)),
            location: location.map(|own| own.unwrap_or_else(|| format!("file:/w/t/{name}"))),
        });
        let create_time = values.len() as i32;
        Partition {
            values,
            name,
            storage,
            create_time,
            parameters: parameters.into_iter().collect(),
            write_id,
            ..Partition::default()
        }
    }

    fn set(grants: &[&str]) -> t::PrincipalPrivilegeSet {
        let grant = |privilege: &&str| t::PrivilegeGrantInfo {
            privilege: Some((*privilege).to_owned()),
            ..t::PrivilegeGrantInfo::default()
        };
        let user = vec![("user".to_owned(), grants.iter().map(grant).collect())];
        t::PrincipalPrivilegeSet { user_privileges: Some(user), ..t::PrincipalPrivilegeSet::default() }
    }

    fn form() -> impl Strategy<Value = PartitionForm> {
        let pattern = || prop::option::of(prop_oneof![Just("%a%"), Just("_"), Just("b%")]);
        (any::<bool>(), pattern(), pattern(), any::<bool>()).prop_map(|(skip_columns, include, exclude, is_asked)| {
            PartitionForm {
                rights: is_asked.then(|| PartitionRights { none: set(&[]), ..PartitionRights::default() }),
                ..PartitionForm::new(Some(skip_columns), include, exclude)
            }
        })
    }

    fn bytes(value: &impl Encode, protocol: Protocol) -> Vec<u8> {
        let mut writer = Writer::new(protocol);
        value.encode(&mut writer);
        writer.into_bytes()
    }

    fn joined(encoded: &Encoded) -> Vec<u8> {
        encoded.parts.concat()
    }

    fn agrees(answer: &PartitionAnswer, form: &PartitionForm) -> Result<(), TestCaseError> {
        let plain = answer_out(answer, form);
        for protocol in [Protocol::Binary, Protocol::Compact] {
            let spliced = |frame| joined(&partitions_encode(protocol, answer, form, frame));
            prop_assert_eq!(spliced(Frame::Bare), bytes(&plain, protocol));
            let framed = t::PartitionsResponse { partitions: plain.clone() };
            prop_assert_eq!(spliced(Frame::Struct), bytes(&framed, protocol));
            for has_unknown_partitions in [false, true] {
                let framed = t::PartitionsByExprResult { partitions: plain.clone(), has_unknown_partitions };
                prop_assert_eq!(spliced(Frame::Unknown(has_unknown_partitions)), bytes(&framed, protocol));
            }
            prop_assert_eq!(joined(&names_encode(protocol, answer, Frame::Bare)), bytes(&answer.names(), protocol));
            let framed = t::GetPartitionNamesPsResponse { names: answer.names() };
            prop_assert_eq!(joined(&names_encode(protocol, answer, Frame::Struct)), bytes(&framed, protocol));
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn spliced_bytes_are_the_structs_bytes(
            shapes in prop::collection::vec(shape(), 1..4),
            raw in prop::collection::vec(raw(), 0..20),
            mut form in form(),
            granted in any::<prop::sample::Index>(),
        ) {
            let partitions: Vec<Partition> = raw.into_iter().map(|raw| partition(raw, &shapes)).collect();
            if let (Some(rights), false) = (form.rights.as_mut(), partitions.is_empty()) {
                rights.granted.insert(granted.get(&partitions).values.clone(), set(&["SELECT", "ALTER"]));
            }
            agrees(&PartitionAnswer::of(table(), partitions), &form)?;
        }
    }

    #[test]
    fn many_partitions_come_in_pieces_that_share() {
        let column = Column { name: "c".repeat(500), type_name: Some("int".into()), comment: None };
        let shape = Arc::new(Shape { columns: Some(vec![column]), ..Shape::default() });
        let index = any::<prop::sample::Index>().new_tree(&mut TestRunner::deterministic()).unwrap().current();
        let partitions: Vec<Partition> = (0..5000)
            .map(|n: usize| {
                let raw = (vec![format!("{n:05}"), "x".repeat(100)], Some((index, Some(None))), vec![], None);
                partition(raw, std::slice::from_ref(&shape))
            })
            .collect();
        let answer = PartitionAnswer::of(table(), partitions);
        agrees(&answer, &PartitionForm::default()).unwrap();
        let encoded = partitions_encode(Protocol::Binary, &answer, &PartitionForm::default(), Frame::Bare);
        let shared =
            encoded.parts.iter().filter(|part| part.len() > 500 && part.len() < 1000).map(|part| part.as_ptr());
        assert_eq!(shared.collect::<std::collections::BTreeSet<_>>().len(), 1, "the columns are there once");
    }
}
