//! The partitions of one table version, as far as filters see them.

use super::column::{Column, ColumnBuilder, MISSING};
use super::rows::Rows;
use crate::types::KeyType;

/// The values of many partitions by key, with an index. Immutable; rows are numbered as they were given, which callers
/// do in name order.
#[derive(Debug, Clone)]
pub struct PartitionSet {
    pub(super) columns: Vec<Column>,
    len: usize,
    bytes: usize,
}

/// Takes rows in their order and makes the set.
#[derive(Debug)]
pub struct PartitionSetBuilder {
    columns: Vec<ColumnBuilder>,
    len: usize,
}

/// Where a row of a merged set comes from.
#[derive(Debug, Clone, Copy)]
pub enum Source<'a> {
    /// A row of one of the sets before: the set's place among them, and the row's number.
    Old(usize, u32),
    /// Values in key order.
    New(&'a [String]),
}

impl PartitionSetBuilder {
    pub fn new(key_types: &[KeyType]) -> Self {
        Self { columns: key_types.iter().map(|key_type| ColumnBuilder::new(*key_type)).collect(), len: 0 }
    }

    /// Adds a row at the end. Values beyond the keys are not kept.
    pub fn push(&mut self, values: &[impl AsRef<str>]) {
        for (key, column) in self.columns.iter_mut().enumerate() {
            column.push(values.get(key).map(AsRef::as_ref));
        }
        self.len += 1;
    }

    /// Sorts the dictionaries and makes the index.
    pub fn finish(self) -> PartitionSet {
        let columns: Vec<Column> = self.columns.into_iter().map(ColumnBuilder::finish).collect();
        let bytes = size_of::<PartitionSet>() + columns.iter().map(Column::bytes).sum::<usize>();
        PartitionSet { columns, len: self.len, bytes }
    }

    /// How many rows there are so far.
    pub fn len(&self) -> usize {
        self.len
    }
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Roughly, in memory, so far.
    pub fn bytes(&self) -> usize {
        self.columns.iter().map(ColumnBuilder::bytes).sum()
    }
}

/// A range of so few rows is looked through faster than an index says where in it to look.
const SHORT: usize = 256;

impl PartitionSet {
    /// A set of rows of other sets, which have the same keys, and of new ones, in the order given. An old row's texts
    /// are not read again, each distinct one once.
    pub fn merged(key_types: &[KeyType], sets: &[&Self], sources: &[Source<'_>]) -> Self {
        let columns = key_types.iter().enumerate().map(|(key, key_type)| {
            let mut column = ColumnBuilder::new(*key_type);
            let olds: Vec<Option<&Column>> = sets.iter().map(|set| set.columns.get(key)).collect();
            // By set and its code, the number in the new column, once it is known.
            let codes = |old: Option<&Column>| old.map_or(0, |old| old.missing() as usize);
            let mut numbers: Vec<Vec<Option<u32>>> = olds.iter().map(|old| vec![None; codes(*old)]).collect();
            for source in sources {
                match *source {
                    Source::New(values) => column.push(values.get(key).map(String::as_str)),
                    Source::Old(set, row) => {
                        let old = olds.get(set).copied().flatten();
                        let code = old.and_then(|old| old.codes.get(row)).unwrap_or(MISSING);
                        let slot = numbers.get_mut(set).and_then(|numbers| numbers.get_mut(code as usize));
                        let text = old.and_then(|old| old.dictionary.text(code));
                        let number =
                            slot.zip(text).map(|(slot, text)| *slot.get_or_insert_with(|| column.number(text)));
                        column.push_number(number.unwrap_or(MISSING));
                    }
                }
            }
            column
        });
        PartitionSetBuilder { columns: columns.collect(), len: sources.len() }.finish()
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
    pub fn value(&self, row: u32, key: usize) -> Option<&str> {
        self.columns.get(key)?.text(row)
    }

    /// The number of a row's text of a key: rows with the same text of a key, and only these, have the same.
    pub fn code(&self, row: u32, key: usize) -> Option<u32> {
        self.columns.get(key)?.codes.get(row)
    }

    /// Appends a text of a key as it stands in a name.
    pub fn name_text_into(&self, key: usize, code: u32, name: &mut String) {
        if let Some(column) = self.columns.get(key) {
            column.dictionary.name_text_into(code, name);
        }
    }

    /// A row's texts, in key order.
    pub fn values(&self, row: u32) -> impl Iterator<Item = &str> {
        self.columns.iter().filter_map(move |column| column.text(row))
    }

    /// The rows that were given just these values, ascending.
    pub fn find(&self, values: &[impl AsRef<str>]) -> impl Iterator<Item = u32> {
        let code = |(key, column): (usize, &Column)| match values.get(key) {
            Some(text) => column.dictionary.code(text.as_ref()),
            None => Some(column.missing()),
        };
        let codes: Option<Vec<u32>> = self.columns.iter().enumerate().map(code).collect();
        codes.into_iter().flat_map(|codes| self.with_codes(codes.into_iter().map(Some).collect()))
    }

    /// Whether every text stands in names as it is.
    pub fn is_plain_in_names(&self) -> bool {
        self.columns.iter().all(|column| column.dictionary.is_plain_in_names())
    }

    /// The number of a key's text, as [`Self::code`] gives it for rows.
    pub fn code_of(&self, key: usize, text: &str) -> Option<u32> {
        self.columns.get(key)?.dictionary.code(text)
    }

    /// A row of these texts, given by their numbers, one for each key; `guess`, if it is one.
    pub fn row_of(&self, codes: &[u32], guess: u32) -> Option<u32> {
        let mut within = 0..self.len as u32;
        for (column, code) in self.columns.iter().zip(codes) {
            if let Some(range) = column.postings.range(*code) {
                within = within.start.max(range.start)..within.end.min(range.end);
            }
        }
        let has = |row: &u32| {
            let mut columns = self.columns.iter().zip(codes);
            columns.all(|(column, code)| column.codes.get(*row) == Some(*code))
        };
        if within.contains(&guess) && has(&guess) {
            return Some(guess);
        }
        if within.len() <= SHORT {
            return within.into_iter().find(has);
        }
        self.with_codes(codes.iter().copied().map(Some).collect()).next()
    }

    /// Rows with these first values; an empty text stands for any (get_partitions_ps, semantics §5).
    pub fn with_prefix(&self, values: &[impl AsRef<str>]) -> Rows {
        let mut codes = Vec::with_capacity(values.len());
        for (column, text) in self.columns.iter().zip(values) {
            let text = text.as_ref();
            match column.dictionary.code(text) {
                _ if text.is_empty() => codes.push(None),
                None => return Rows::none(),
                code => codes.push(code),
            }
        }
        if codes.iter().all(Option::is_none) {
            return Rows::all(self.len);
        }
        Rows::from_ascending(self.with_codes(codes))
    }

    /// Rows that have these codes, by key, where one is asked for; at least one must be.
    fn with_codes(&self, codes: Vec<Option<u32>>) -> impl Iterator<Item = u32> {
        let mut asked: Vec<(&Column, u32)> =
            self.columns.iter().zip(codes).filter_map(|(column, code)| Some((column, code?))).collect();
        // A leading key narrows to a range of rows; within it, the code of fewest rows is walked, or all if they are few.
        let mut within = 0..self.len as u32;
        asked.retain(|(column, code)| {
            let Some(range) = column.postings.range(*code) else { return true };
            within = within.start.max(range.start)..within.end.min(range.end);
            false
        });
        let is_short = within.len() <= SHORT;
        if !is_short {
            asked.sort_by_key(|(column, code)| column.postings.count(&(*code..*code + 1)));
        }
        let mut asked = asked.into_iter();
        let rows = match if is_short { None } else { asked.next() } {
            Some((column, code)) => column.postings.posting(code, within),
            None => super::postings::Posting::Range(within),
        };
        let others: Vec<(&Column, u32)> = asked.collect();
        rows.filter(move |row| others.iter().all(|(column, code)| column.codes.get(*row) == Some(*code)))
    }

    /// Rows of which some value is one of these texts.
    pub fn with_any_value(&self, texts: &[&str]) -> Rows {
        let mut rows = Rows::none();
        for column in &self.columns {
            for code in texts.iter().filter_map(|text| column.dictionary.code(text)) {
                let codes = code..code + 1;
                rows.unite(column.postings.rows(std::slice::from_ref(&codes), &column.codes, None));
            }
        }
        rows
    }

    /// Roughly, in memory.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}
