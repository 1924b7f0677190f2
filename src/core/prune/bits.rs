//! A set of rows.

/// Which of `len` rows are in; a bit a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

const WORD: usize = u64::BITS as usize;

impl Bits {
    /// None of the rows.
    pub fn none(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(WORD)], len }
    }

    /// All of the rows.
    pub fn all(len: usize) -> Self {
        Self::none(len).complement()
    }

    /// Those rows that a test takes.
    pub fn from_rows(len: usize, mut test: impl FnMut(usize) -> bool) -> Self {
        let word = |at: usize| {
            let rows = at * WORD..len.min((at + 1) * WORD);
            rows.enumerate().fold(0, |word, (bit, row)| word | (u64::from(test(row)) << bit))
        };
        Self { words: (0..len.div_ceil(WORD)).map(word).collect(), len }
    }

    /// How many rows there are, in or out.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn contains(&self, row: usize) -> bool {
        self.words.get(row / WORD).is_some_and(|word| word >> (row % WORD) & 1 == 1)
    }

    pub fn insert(&mut self, row: usize) {
        if row < self.len
            && let Some(word) = self.words.get_mut(row / WORD)
        {
            *word |= 1 << (row % WORD);
        }
    }

    /// How many rows are in.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Roughly, in memory.
    pub fn bytes(&self) -> usize {
        self.words.len() * 8
    }

    /// The rows that are in from a row on, ascending.
    pub fn rows_from(&self, from: u32) -> impl Iterator<Item = u32> {
        let first = from as usize / WORD;
        let words = self.words.iter().enumerate().skip(first);
        words.flat_map(move |(at, word)| {
            let mut left = *word;
            if at == first {
                left &= u64::MAX << (from as usize % WORD);
            }
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some((at * WORD + bit) as u32)
            })
        })
    }

    /// The rows that are in, ascending.
    pub fn rows(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(at * WORD + bit)
            })
        })
    }

    #[must_use]
    pub fn complement(mut self) -> Self {
        for word in &mut self.words {
            *word = !*word;
        }
        // Bits behind the last row stay out, so that counts and comparisons need no care.
        if let Some(last) = self.words.last_mut()
            && !self.len.is_multiple_of(WORD)
        {
            *last &= (1 << (self.len % WORD)) - 1;
        }
        self
    }

    /// Rows of both. The sets must be of as many rows.
    pub fn intersect(&mut self, other: &Self) {
        self.zip(other, |word, other| word & other);
    }

    /// Rows of either.
    pub fn unite(&mut self, other: &Self) {
        self.zip(other, |word, other| word | other);
    }

    /// Rows that the other has not.
    pub fn subtract(&mut self, other: &Self) {
        self.zip(other, |word, other| word & !other);
    }

    fn zip(&mut self, other: &Self, op: impl Fn(u64, u64) -> u64) {
        debug_assert_eq!(self.len, other.len);
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word = op(*word, *other);
        }
    }
}
