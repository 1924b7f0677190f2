//! What a condition on one key is for each code of its dictionary.

use std::ops::Range;

use super::truths::Join;
use crate::filter::Truth;

/// A truth per code, as ranges of codes: codes are in the values' order, so that a comparison has a handful.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// Where a range ends, and its truth. The first begins at 0; neighbours differ.
    ends: Vec<(u32, Truth)>,
}

impl Steps {
    /// From the ends of ranges, ascending; empty ranges are left out.
    pub fn new(ends: impl IntoIterator<Item = (u32, Truth)>) -> Self {
        let mut steps = Self { ends: Vec::new() };
        for (end, truth) in ends {
            steps.push(end, truth);
        }
        steps
    }

    /// Goes on with a truth up to a code.
    pub fn push(&mut self, end: u32, truth: Truth) {
        match self.ends.last_mut() {
            Some((last, _)) if end <= *last => {}
            Some((last, same)) if *same == truth => *last = end,
            None if end == 0 => {}
            Some(_) | None => self.ends.push((end, truth)),
        }
    }

    pub fn truth(&self, code: u32) -> Truth {
        let at = match self.ends.as_slice() {
            // A few are faster looked through.
            few if few.len() <= 8 => few.iter().position(|(end, _)| code < *end).unwrap_or(few.len()),
            many => many.partition_point(|(end, _)| *end <= code),
        };
        self.ends.get(at).map_or(Truth::Unknown, |(_, truth)| *truth)
    }

    /// Ranges of codes with their truths, ascending.
    pub fn pieces(&self) -> impl Iterator<Item = (Range<u32>, Truth)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(end, _)| *end));
        starts.zip(&self.ends).map(|(start, (end, truth))| (start..*end, *truth))
    }

    /// The codes of a truth.
    pub fn codes(&self, wanted: Truth) -> impl Iterator<Item = Range<u32>> {
        self.pieces().filter(move |(_, truth)| *truth == wanted).map(|(codes, _)| codes)
    }

    /// Code by code, the AND or OR of both.
    pub fn joined(&self, other: &Self, join: Join) -> Self {
        let mut all = Self { ends: Vec::with_capacity(self.ends.len() + other.ends.len()) };
        let (mut left, mut right) = (self.ends.iter().peekable(), other.ends.iter().peekable());
        while let (Some((left_end, left_truth)), Some((right_end, right_truth))) = (left.peek(), right.peek()) {
            all.push(*left_end.min(right_end), join.of(*left_truth, *right_truth));
            let (left_is_done, right_is_done) = (left_end <= right_end, right_end <= left_end);
            left.next_if(|_| left_is_done);
            right.next_if(|_| right_is_done);
        }
        all
    }

    #[must_use]
    pub fn negate(mut self) -> Self {
        for (_, truth) in &mut self.ends {
            *truth = truth.negate();
        }
        self
    }

    /// The same but for one code.
    #[must_use]
    pub fn with(&self, code: u32, truth: Truth) -> Self {
        let mut all = Self { ends: Vec::with_capacity(self.ends.len() + 2) };
        for (codes, own) in self.pieces() {
            if codes.contains(&code) {
                all.push(code, own);
                all.push(code + 1, truth);
            }
            all.push(codes.end, own);
        }
        all
    }
}
