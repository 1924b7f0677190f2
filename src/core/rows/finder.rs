//! Looking rows up by their names, many of one list.

use super::segment::Segment;

/// Remembers what names share with the one before: lists of names are sorted, as a rule.
#[derive(Debug)]
pub(super) struct Finder<'a> {
    segment: &'a Segment,
    /// Names are made of the texts of values as they are.
    is_plain: bool,
    /// By key, the last text that was looked up, with its code.
    known: Vec<(String, u32)>,
    codes: Vec<u32>,
    /// The row behind the one that was found last.
    next: u32,
}

impl<'a> Finder<'a> {
    pub(super) fn new(segment: &'a Segment) -> Self {
        let is_plain = segment.odd_names.is_empty() && segment.set.is_plain_in_names();
        Self { segment, is_plain, known: Vec::new(), codes: Vec::new(), next: 0 }
    }

    /// The row of a name.
    pub(super) fn find(&mut self, name: &str) -> Option<u32> {
        if self.segment.is_empty() {
            return None;
        }
        if !self.is_plain {
            return self.segment.find(name);
        }
        self.codes.clear();
        let mut rest = name;
        for (key, part) in self.segment.name_parts.iter().enumerate() {
            rest = rest.strip_prefix(&**part)?;
            let text = rest.get(..rest.find('/').unwrap_or(rest.len()))?;
            rest = rest.get(text.len()..)?;
            let code = self.code(key, text)?;
            self.codes.push(code);
        }
        let row = if rest.is_empty() { self.segment.set.row_of(&self.codes, self.next) } else { None }?;
        self.next = row + 1;
        Some(row)
    }

    fn code(&mut self, key: usize, text: &str) -> Option<u32> {
        if let Some((known, code)) = self.known.get(key)
            && known == text
        {
            return Some(*code);
        }
        let code = self.segment.set.code_of(key, text)?;
        // Keys are known from the first on.
        match self.known.get_mut(key) {
            Some((known, known_code)) => {
                known.clear();
                known.push_str(text);
                *known_code = code;
            }
            None => self.known.push((text.to_owned(), code)),
        }
        Some(code)
    }
}
