//! What a condition is for every row: true, false, unknown, or (the rest) NULL.

use super::bits::Bits;
use crate::filter::Truth;

/// [`Truth`] of many rows at once, with the same rules for AND, OR and NOT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truths {
    yes: Bits,
    no: Bits,
    unknown: Bits,
}

impl Truths {
    /// The same for all rows.
    pub fn uniform(len: usize, truth: Truth) -> Self {
        let when = |wanted| if truth == wanted { Bits::all(len) } else { Bits::none(len) };
        Self { yes: when(Truth::True), no: when(Truth::False), unknown: when(Truth::Unknown) }
    }

    pub fn from_rows(len: usize, mut truth: impl FnMut(usize) -> Truth) -> Self {
        let mut all = Self::uniform(len, Truth::Null);
        for row in 0..len {
            match truth(row) {
                Truth::True => all.yes.insert(row),
                Truth::False => all.no.insert(row),
                Truth::Unknown => all.unknown.insert(row),
                Truth::Null => {}
            }
        }
        all
    }

    /// From what each code of a dictionary is, and the codes of the rows; a row whose code is not there is `missing`.
    pub fn from_codes(codes: &[u32], by_code: &[Truth], missing: Truth) -> Self {
        let len = codes.len();
        let is = |wanted: Truth| {
            if missing != wanted && !by_code.contains(&wanted) {
                return Bits::none(len);
            }
            let truth = |row: usize| codes.get(row).and_then(|code| by_code.get(*code as usize)).unwrap_or(&missing);
            Bits::from_rows(len, |row| *truth(row) == wanted)
        };
        Self { yes: is(Truth::True), no: is(Truth::False), unknown: is(Truth::Unknown) }
    }

    pub fn truth(&self, row: usize) -> Truth {
        if self.yes.contains(row) {
            Truth::True
        } else if self.no.contains(row) {
            Truth::False
        } else if self.unknown.contains(row) {
            Truth::Unknown
        } else {
            Truth::Null
        }
    }

    /// Rows for which the condition is true.
    pub fn yes(&self) -> &Bits {
        &self.yes
    }
    pub fn no(&self) -> &Bits {
        &self.no
    }
    pub fn unknown(&self) -> &Bits {
        &self.unknown
    }

    /// AND: false wins, then unknown, then NULL.
    pub fn and(&mut self, other: &Self) {
        self.yes.intersect(&other.yes);
        self.no.unite(&other.no);
        self.unknown.unite(&other.unknown);
        self.unknown.subtract(&self.no);
    }

    /// OR: true wins, then unknown, then NULL.
    pub fn or(&mut self, other: &Self) {
        self.no.intersect(&other.no);
        self.yes.unite(&other.yes);
        self.unknown.unite(&other.unknown);
        self.unknown.subtract(&self.yes);
    }

    #[must_use]
    pub fn negate(self) -> Self {
        Self { yes: self.no, no: self.yes, unknown: self.unknown }
    }
}
