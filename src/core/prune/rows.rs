//! A set of rows.

use std::ops::Range;

use roaring::RoaringBitmap;

/// Numbers of rows, compressed. It does not know how many rows there are: what that matters for is told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows(RoaringBitmap);

impl Rows {
    /// None of the rows.
    pub fn none() -> Self {
        Self::default()
    }

    /// The rows of a range.
    pub fn of_range(rows: Range<u32>) -> Self {
        let mut all = Self::none();
        all.insert_range(rows);
        all
    }

    /// All of `len` rows.
    pub fn all(len: usize) -> Self {
        Self::of_range(0..len as u32)
    }

    /// Rows that come in ascending order, none twice; what comes out of order ends them.
    pub fn from_ascending(rows: impl IntoIterator<Item = u32>) -> Self {
        let mut all = RoaringBitmap::new();
        let appended = all.append(rows);
        debug_assert!(appended.is_ok(), "rows ascend");
        Self(all)
    }

    pub fn contains(&self, row: u32) -> bool {
        self.0.contains(row)
    }

    /// How many rows are in; costs nearly nothing.
    pub fn len(&self) -> usize {
        self.0.len() as usize
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rows that are in, ascending.
    pub fn iter(&self) -> roaring::bitmap::Iter<'_> {
        self.0.iter()
    }

    /// Those of a range, ascending.
    pub fn iter_range(&self, rows: Range<u32>) -> roaring::bitmap::Iter<'_> {
        self.0.range(rows)
    }

    pub fn insert_range(&mut self, rows: Range<u32>) {
        self.0.insert_range(rows);
    }

    /// The rest of `len` rows.
    #[must_use]
    pub fn complement(&self, len: usize) -> Self {
        Self(Self::all(len).0 - &self.0)
    }

    /// Rows of both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(&self.0 & &other.0)
    }

    /// Keeps the rows that the other has too.
    pub fn intersect(&mut self, other: &Self) {
        self.0 &= &other.0;
    }

    /// Adds the rows of the other.
    pub fn unite(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Takes out the rows of the other.
    pub fn subtract(&mut self, other: &Self) {
        self.0 -= &other.0;
    }

    /// Looks for runs, to need less memory.
    pub(super) fn compressed(mut self) -> Self {
        self.0.optimize();
        self
    }

    /// Roughly, in memory.
    pub fn bytes(&self) -> usize {
        // A container's own fields; what it holds is about as large as it would be written.
        const CONTAINER: usize = 40;
        let containers = self.0.statistics().n_containers as usize;
        size_of::<Self>() + containers * CONTAINER + self.0.serialized_size()
    }
}

impl FromIterator<u32> for Rows {
    fn from_iter<I: IntoIterator<Item = u32>>(rows: I) -> Self {
        Self(rows.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a Rows {
    type Item = u32;
    type IntoIter = roaring::bitmap::Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
