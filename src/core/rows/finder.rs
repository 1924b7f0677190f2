//! Looking rows up by their names, many of one list.

use super::segment::Segment;

/// Of each key so many texts are remembered with their codes.
const KNOWN: usize = 64;

/// Remembers what names share with those before: lists of names are sorted, as a rule, and their last keys are hours or
/// regions.
#[derive(Debug)]
pub(super) struct Finder<'a, 'n> {
    segment: &'a Segment,
    /// Names are made of the texts of values as they are.
    is_plain: bool,
    /// By key, each text that was looked up in the place that is its own, unless another took it since.
    known: Vec<[Option<(&'n str, u32)>; KNOWN]>,
    codes: Vec<u32>,
    /// The row behind the one that was found last.
    next: u32,
}

impl<'a, 'n> Finder<'a, 'n> {
    pub(super) fn new(segment: &'a Segment) -> Self {
        let is_plain = segment.odd_names.is_empty() && segment.set.is_plain_in_names();
        Self { segment, is_plain, known: Vec::new(), codes: Vec::new(), next: 0 }
    }

    /// The row of a name.
    pub(super) fn find(&mut self, name: &'n str) -> Option<u32> {
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

    fn code(&mut self, key: usize, text: &'n str) -> Option<u32> {
        // Keys are known from the first on.
        if key == self.known.len() {
            self.known.push([None; KNOWN]);
        }
        let place = self.known.get_mut(key)?.get_mut(place_of(text))?;
        if let Some((known, code)) = place
            && *known == text
        {
            return Some(*code);
        }
        let code = self.segment.set.code_of(key, text)?;
        *place = Some((text, code));
        Some(code)
    }
}

/// Numbers of up to two digits and the days of a month do not meet.
fn place_of(text: &str) -> usize {
    let last = text.as_bytes().iter().rev().take(8).rev();
    last.fold(0_usize, |sum, byte| sum.wrapping_mul(10).wrapping_add(usize::from(*byte))) % KNOWN
}
