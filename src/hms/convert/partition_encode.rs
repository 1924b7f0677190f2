//! Lists of partitions as bytes, without making the structs: what all partitions of a storage descriptor share is
//! encoded once and copied, and the bytes are made piece by piece while the client takes them.
//! [`super::partition_list`] says the same in structs; a test holds the two to the same bytes.

use futures_util::future::BoxFuture;
use skep_core::Result;
use skep_core::rows::{Cursor, Names};
use skep_thrift::Writer;
use skep_thrift::wire::{Kind, Protocol};

use super::partition_bytes::Shared;
use super::partition_list::PartitionForm;
use crate::catalog::{PartitionAnswer, PartitionColumns, PartitionPages, PartitionReading};
use crate::hms::reply::{Filled, Source};

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

/// Bytes are made in pieces of this size: they go to the socket while they are in the processor's cache.
const PIECE: usize = 128 * 1024;

/// What stands in the list.
enum Element {
    Partition(Box<Shared>),
    Name,
}

/// A list of partitions, or of their names, as the answer has them.
pub struct PartitionSource {
    /// What is at hand: the whole answer, or a page of it.
    answer: PartitionAnswer,
    /// The answer, where it does not fit into memory.
    pages: Option<Box<PartitionPages>>,
    /// Of the answer.
    count: usize,
    protocol: Protocol,
    frame: Frame,
    element: Element,
    has_begun: bool,
    cursor: Cursor,
}

impl PartitionSource {
    /// The answer's partitions.
    pub fn partitions(protocol: Protocol, reading: PartitionReading, form: PartitionForm, frame: Frame) -> Self {
        let shared = Box::new(Shared::new(protocol, reading.table(), form));
        Self::new(protocol, reading, frame, Element::Partition(shared))
    }

    /// The names of the answer's partitions.
    pub fn names(protocol: Protocol, reading: PartitionReading, frame: Frame) -> Self {
        Self::new(protocol, reading, frame, Element::Name)
    }

    fn new(protocol: Protocol, reading: PartitionReading, frame: Frame, element: Element) -> Self {
        let count = reading.len();
        let (answer, pages) = match reading {
            PartitionReading::Held(answer) => (answer, None),
            PartitionReading::Paged(pages) => (pages.empty(), Some(pages)),
        };
        Self { answer, pages, count, protocol, frame, element, has_begun: false, cursor: Cursor::default() }
    }

    fn columns(&self) -> PartitionColumns {
        match self.element {
            Element::Partition(_) => PartitionColumns::All,
            Element::Name => PartitionColumns::Names,
        }
    }

    fn begin(&mut self, writer: &mut Writer) {
        if self.frame != Frame::Bare {
            writer.struct_begin();
            writer.field_begin(Kind::List, 1);
        }
        let kind = if matches!(self.element, Element::Name) { Kind::String } else { Kind::Struct };
        writer.list_begin(kind, self.count);
        self.has_begun = true;
    }

    fn end(&self, writer: &mut Writer) {
        writer.field_last(1);
        if let Frame::Unknown(is_unknown) = self.frame {
            writer.field_begin(Kind::Bool, 2);
            writer.bool(is_unknown);
        }
        if self.frame != Frame::Bare {
            writer.struct_end(0);
        }
    }
}

impl Source for PartitionSource {
    fn fill(&mut self, buffer: &mut Vec<u8>) -> Filled {
        let full = buffer.len() + PIECE;
        // A little more than a piece, since the last element goes over its end.
        buffer.reserve(PIECE + PIECE / 4);
        let mut writer = Writer::with_buffer(self.protocol, std::mem::take(buffer));
        if !self.has_begun {
            self.begin(&mut writer);
        }
        let mut is_done = true;
        let mut names = Names::default();
        for row in self.answer.walk(&mut self.cursor) {
            match &mut self.element {
                Element::Partition(shared) => shared.partition(&mut writer, &row, &mut names),
                Element::Name => writer.string(names.name(&row)),
            }
            if writer.bytes().len() >= full {
                is_done = false;
                break;
            }
        }
        let filled = match &self.pages {
            _ if !is_done => Filled::Piece,
            Some(pages) if !pages.is_over() => Filled::Hungry,
            _ => Filled::All,
        };
        if filled == Filled::All {
            self.end(&mut writer);
        }
        *buffer = writer.into_bytes();
        filled
    }

    fn feed(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let columns = self.columns();
            let Some(pages) = &mut self.pages else { return Ok(()) };
            // The page before is let go first.
            self.answer = pages.empty();
            self.cursor = Cursor::default();
            if let Some(page) = pages.next(columns).await? {
                self.answer = page;
            }
            Ok(())
        })
    }

    fn rewind(&mut self) {
        self.has_begun = false;
        self.cursor = Cursor::default();
        if let Some(pages) = &mut self.pages {
            pages.rewind();
            self.answer = pages.empty();
        }
    }

    fn bytes_at_most(&self) -> u64 {
        /// Values, name and times of a partition, for which texts as long as this are rare; or what stands round all.
        const OWN: usize = 512;
        /// Parameters and location, where only reading them would tell: a reply that is too long all the same ends
        /// where it is.
        const OWN_EXPECTED: usize = 1024;
        let each = match (&self.element, &self.pages) {
            (Element::Partition(shared), None) => OWN + shared.bytes_at_most(self.answer.shapes()),
            (Element::Partition(shared), Some(pages)) => OWN + OWN_EXPECTED + shared.bytes_at_most(pages.shapes()),
            (Element::Name, _) => OWN,
        };
        (OWN + self.count * each + self.answer.own_bytes()) as u64
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
    use skep_core::table::{Column, Serde, Shape, Skewed, SortColumn, Storage as TableStorage, Table};
    use skep_thrift::types as t;
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

    fn held(answer: &PartitionAnswer) -> PartitionReading {
        PartitionReading::Held(answer.clone())
    }

    /// All pieces, twice.
    fn joined(mut source: PartitionSource) -> Vec<u8> {
        let (mut first, mut second) = (vec![1, 2, 3], Vec::new());
        while source.fill(&mut first) == Filled::Piece {}
        source.rewind();
        while source.fill(&mut second) == Filled::Piece {}
        assert_eq!(first.get(3..), Some(&*second), "a second time, the same");
        assert!(source.bytes_at_most() >= second.len() as u64);
        second
    }

    fn agrees(answer: &PartitionAnswer, form: &PartitionForm) -> Result<(), TestCaseError> {
        let plain = answer_out(answer, form);
        for protocol in [Protocol::Binary, Protocol::Compact] {
            let made = |frame| joined(PartitionSource::partitions(protocol, held(answer), form.clone(), frame));
            prop_assert_eq!(made(Frame::Bare), bytes(&plain, protocol));
            let framed = t::PartitionsResponse { partitions: plain.clone() };
            prop_assert_eq!(made(Frame::Struct), bytes(&framed, protocol));
            for has_unknown_partitions in [false, true] {
                let framed = t::PartitionsByExprResult { partitions: plain.clone(), has_unknown_partitions };
                prop_assert_eq!(made(Frame::Unknown(has_unknown_partitions)), bytes(&framed, protocol));
            }
            let made = |frame| joined(PartitionSource::names(protocol, held(answer), frame));
            prop_assert_eq!(made(Frame::Bare), bytes(&answer.names(), protocol));
            let framed = t::GetPartitionNamesPsResponse { names: answer.names() };
            prop_assert_eq!(made(Frame::Struct), bytes(&framed, protocol));
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
            let mut partitions: Vec<Partition> = raw.into_iter().map(|raw| partition(raw, &shapes)).collect();
            partitions.sort_by(|left, right| left.name.cmp(&right.name));
            partitions.dedup_by(|left, right| left.name == right.name);
            if let (Some(rights), false) = (form.rights.as_mut(), partitions.is_empty()) {
                rights.granted.insert(granted.get(&partitions).values.clone(), set(&["SELECT", "ALTER"]));
            }
            agrees(&PartitionAnswer::of(table(), &partitions).unwrap(), &form)?;
        }
    }

    #[test]
    fn many_partitions_come_in_pieces() {
        let column = Column { name: "c".repeat(500), type_name: Some("int".into()), comment: None };
        let shape = Arc::new(Shape { columns: Some(vec![column]), ..Shape::default() });
        let index = any::<prop::sample::Index>().new_tree(&mut TestRunner::deterministic()).unwrap().current();
        let partitions: Vec<Partition> = (0..5000)
            .map(|n: usize| {
                let raw = (vec![format!("{n:05}"), "x".repeat(100)], Some((index, Some(None))), vec![], None);
                partition(raw, std::slice::from_ref(&shape))
            })
            .collect();
        let answer = PartitionAnswer::of(table(), &partitions).unwrap();
        agrees(&answer, &PartitionForm::default()).unwrap();
        let mut source =
            PartitionSource::partitions(Protocol::Binary, held(&answer), PartitionForm::default(), Frame::Bare);
        let (mut pieces, mut buffer) = (0, Vec::new());
        while source.fill(&mut buffer) == Filled::Piece {
            assert!(buffer.len() < 2 * PIECE);
            buffer.clear();
            pieces += 1;
        }
        assert!(pieces > 20);
    }
}
