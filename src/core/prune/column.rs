//! One partition key of all rows.

use std::collections::HashMap;
use std::ops::Range;

use super::codes::Codes;
use super::dictionary::Dictionary;
use super::postings::Postings;
use super::rows::Rows;
use super::steps::Steps;
use super::truths::{TRUTHS, Truths};
use crate::filter::Truth;
use crate::types::KeyType;

/// A key's dictionary, the code of each row, and the rows of each code.
#[derive(Debug, Clone)]
pub struct Column {
    pub dictionary: Dictionary,
    pub codes: Codes,
    pub postings: Postings,
}

/// So few rows are looked at one by one rather than joined with an index.
const FEW: usize = 256;
/// A look at one row costs as much as so many rows of an index.
const LOOK: usize = 16;

impl Column {
    pub fn text(&self, row: u32) -> Option<&str> {
        self.dictionary.text(self.codes.get(row)?)
    }

    /// The code of rows that lack the key.
    pub fn missing(&self) -> u32 {
        self.dictionary.len()
    }

    /// How many rows are something else than `truth`.
    pub fn count_other(&self, steps: &Steps, truth: Truth) -> usize {
        steps.pieces().filter(|(_, other)| *other != truth).map(|(codes, _)| self.postings.count(&codes)).sum()
    }

    /// The codes that rows have: of those `within`, where that is worth a look.
    pub fn codes_of(&self, within: Option<&Rows>) -> Vec<Range<u32>> {
        let count = self.missing() + 1;
        let Some(within) = within.filter(|within| within.len() < count as usize) else {
            return std::iter::once(0..count).collect();
        };
        let mut codes: Vec<u32> = within.iter().filter_map(|row| self.codes.get(row)).collect();
        codes.sort_unstable();
        codes.dedup();
        codes.into_iter().map(|code| code..code + 1).collect()
    }

    /// From codes to rows; right for the rows `within`.
    pub fn truths(&self, steps: &Steps, within: Option<&Rows>) -> Truths {
        let len = self.codes.len();
        let mut counts = [0; TRUTHS.len()];
        for (codes, truth) in steps.pieces() {
            counts[truth as usize] += self.postings.count(&codes);
        }
        let rest = TRUTHS.into_iter().max_by_key(|truth| counts[*truth as usize]).unwrap_or(Truth::False);
        let others = len - counts[rest as usize];
        if let Some(within) = within {
            let rows = within.len();
            if rows <= FEW || rows.saturating_mul(LOOK) < others {
                let look = |row| self.codes.get(row).map_or(Truth::Unknown, |code| steps.truth(code));
                return Truths::of_each(len, within, look);
            }
        }
        let mut all = Truths::uniform(len, rest);
        for truth in TRUTHS.into_iter().filter(|truth| *truth != rest && counts[*truth as usize] > 0) {
            let codes: Vec<Range<u32>> = steps.codes(truth).collect();
            all.set(truth, self.postings.rows(&codes, &self.codes, within));
        }
        all
    }

    /// Roughly, in memory.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.dictionary.bytes() + self.codes.bytes() + self.postings.bytes()
    }
}

/// Takes texts in row order. Until all are known, they are numbered as they come.
#[derive(Debug)]
pub struct ColumnBuilder {
    key_type: KeyType,
    numbers: HashMap<Box<str>, u32>,
    rows: Vec<u32>,
    /// The text of the row before, which is often this row's too.
    last: (String, u32),
    /// Bytes of the texts.
    bytes: usize,
}

/// A row that has no value of a key at all.
pub const MISSING: u32 = u32::MAX;

impl ColumnBuilder {
    pub fn new(key_type: KeyType) -> Self {
        let last = (String::new(), MISSING);
        Self { key_type, numbers: HashMap::new(), rows: Vec::new(), last, bytes: 0 }
    }

    pub fn push(&mut self, text: Option<&str>) {
        let number = text.map_or(MISSING, |text| self.number(text));
        self.rows.push(number);
    }

    /// Adds a row with a text that was numbered before.
    pub fn push_number(&mut self, number: u32) {
        self.rows.push(number);
    }

    pub fn number(&mut self, text: &str) -> u32 {
        if self.last.1 != MISSING && self.last.0 == text {
            return self.last.1;
        }
        let number = if let Some(number) = self.numbers.get(text) {
            *number
        } else {
            let number = self.numbers.len() as u32;
            self.numbers.insert(text.into(), number);
            self.bytes += text.len();
            number
        };
        self.last.0.clear();
        self.last.0.push_str(text);
        self.last.1 = number;
        number
    }

    pub fn finish(self) -> Column {
        let mut texts = vec![Box::default(); self.numbers.len()];
        self.numbers.into_iter().for_each(|(text, number)| {
            if let Some(slot) = texts.get_mut(number as usize) {
                *slot = text;
            }
        });
        let (dictionary, code_by_number) = Dictionary::new(self.key_type, texts);
        let missing = dictionary.len();
        let count = missing as usize + 1;
        let code = |number: u32| code_by_number.get(number as usize).copied().unwrap_or(missing);
        let codes = Codes::new(self.rows.into_iter().map(code), count);
        let postings = Postings::new(&codes, count);
        Column { dictionary, codes, postings }
    }

    /// Roughly, in memory, so far.
    pub fn bytes(&self) -> usize {
        const ENTRY: usize = size_of::<(Box<str>, u32)>() + 8;
        self.bytes + self.numbers.len() * ENTRY + self.rows.len() * size_of::<u32>()
    }
}
