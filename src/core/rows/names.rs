//! Names of rows, one after the other.

use super::segment::Segment;
use super::view::RowView;

/// Makes the names of rows in the order of their names: what a name shares with the one before stands there already.
#[derive(Debug, Default)]
pub struct Names<'a> {
    /// Of the last row.
    segment: Option<&'a Segment>,
    /// Of the last row, by key: what was composed.
    codes: Vec<u32>,
    /// Where each key ends in the text.
    ends: Vec<usize>,
    text: String,
}

impl<'a> Names<'a> {
    /// The row's name.
    pub fn name(&mut self, row: &RowView<'a>) -> &str {
        let segment = row.segment;
        if !self.segment.is_some_and(|last| std::ptr::eq(last, segment)) {
            self.segment = Some(segment);
            self.keep(0);
        }
        if !segment.odd_names.is_empty()
            && let Some(odd) = segment.odd_names.get(&row.row)
        {
            self.keep(0);
            self.text.push_str(odd);
            return &self.text;
        }
        let shared =
            self.codes.iter().enumerate().take_while(|(key, code)| segment.set.code(row.row, *key) == Some(**code));
        self.keep(shared.count());
        for (key, part) in segment.name_parts.iter().enumerate().skip(self.codes.len()) {
            // A row that lacks a key has an odd name.
            let Some(code) = segment.set.code(row.row, key) else { break };
            self.text.push_str(part);
            segment.set.name_text_into(key, code, &mut self.text);
            self.codes.push(code);
            self.ends.push(self.text.len());
        }
        &self.text
    }

    /// Goes back to the first so many keys.
    fn keep(&mut self, keys: usize) {
        self.codes.truncate(keys);
        self.ends.truncate(keys);
        self.text.truncate(self.ends.last().copied().unwrap_or_default());
    }
}
