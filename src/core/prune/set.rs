//! The partitions of one table version, as far as filters see them.

use super::bits::Bits;
use super::column::{Column, MISSING};
use crate::types::KeyType;

/// The values of many partitions by key. Rows are numbered as they were given, which callers do in name order.
#[derive(Debug, Clone)]
pub struct PartitionSet {
    pub(super) columns: Vec<Column>,
    len: usize,
}

/// Where a row of a new set comes from.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// The row of that number of the set before.
    Old(usize),
    /// Values in key order.
    New(&'a [String]),
}

impl PartitionSet {
    pub fn new(key_types: &[KeyType]) -> Self {
        Self { columns: key_types.iter().map(|key_type| Column::new(*key_type)).collect(), len: 0 }
    }

    /// Adds a row at the end. Values beyond the keys are not kept.
    pub fn push(&mut self, values: &[impl AsRef<str>]) {
        for (key, column) in self.columns.iter_mut().enumerate() {
            column.push(values.get(key).map(AsRef::as_ref));
        }
        self.len += 1;
    }

    /// The next version's set: rows of this one and new ones, in the order given. It shares the dictionaries.
    #[must_use]
    pub fn successor(&self, sources: &[Source<'_>]) -> Self {
        let columns = self.columns.iter().enumerate().map(|(key, old)| {
            let codes = Vec::with_capacity(sources.len());
            let mut column = Column { dictionary: std::sync::Arc::clone(&old.dictionary), codes };
            for source in sources {
                match source {
                    Source::Old(row) => column.codes.push(old.codes.get(*row).copied().unwrap_or(MISSING)),
                    Source::New(values) => column.push(values.get(key).map(String::as_str)),
                }
            }
            if column.is_worn() { column.renewed() } else { column }
        });
        Self { columns: columns.collect(), len: sources.len() }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
    pub fn key_types(&self) -> impl Iterator<Item = KeyType> {
        self.columns.iter().map(|column| column.dictionary.key_type())
    }

    /// A row's text of a key.
    pub fn value(&self, row: usize, key: usize) -> Option<&str> {
        self.columns.get(key)?.text(row)
    }

    /// A row's texts, in key order.
    pub fn values(&self, row: usize) -> impl Iterator<Item = &str> {
        self.columns.iter().filter_map(move |column| column.text(row))
    }

    /// Where the rows of a value of the first key can be: rows are in name order.
    pub fn leading_range(&self, _text: &str) -> std::ops::Range<u32> {
        0..self.len as u32
    }

    /// Rows with these first values; an empty text stands for any (get_partitions_ps, semantics §5).
    pub fn with_prefix(&self, values: &[impl AsRef<str>]) -> Bits {
        let mut rows = Bits::all(self.len);
        for (column, text) in self.columns.iter().zip(values) {
            let text = text.as_ref();
            if text.is_empty() {
                continue;
            }
            let Some(code) = column.dictionary.code(text) else { return Bits::none(self.len) };
            rows.intersect(&Bits::from_rows(self.len, |row| column.codes.get(row) == Some(&code)));
        }
        rows
    }

    /// Rows of which some value is one of these texts.
    pub fn with_any_value(&self, texts: &[&str]) -> Bits {
        let mut rows = Bits::none(self.len);
        for column in &self.columns {
            for code in texts.iter().filter_map(|text| column.dictionary.code(text)) {
                rows.unite(&Bits::from_rows(self.len, |row| column.codes.get(row) == Some(&code)));
            }
        }
        rows
    }

    /// Roughly, in memory.
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(|column| column.dictionary.bytes() + column.codes.len() * size_of::<u32>()).sum()
    }
}
