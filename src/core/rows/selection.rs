//! Rows of a set of partitions: which, and in which order.

use super::partitions::TablePartitions;
use super::view::RowView;
use crate::prune::Rows;

/// Rows that answer a question.
#[derive(Debug, Clone)]
pub enum Selection {
    /// In name order: rows of the large segment, rows of the small one.
    Sets { base: Rows, delta: Rows },
    /// In the order of the list. Rows of the small segment are numbered behind those of the large one.
    Listed(Vec<u32>),
}

/// Where a walk over a selection goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Of a list: the position.
    base: u32,
    delta: u32,
}

impl Selection {
    pub fn none() -> Self {
        Self::Listed(Vec::new())
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Sets { base, delta } => base.len() + delta.len(),
            Self::Listed(rows) => rows.len(),
        }
    }
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Sets { base, delta } => base.is_empty() && delta.is_empty(),
            Self::Listed(rows) => rows.is_empty(),
        }
    }

    /// The same rows one by one, for what sorts or reverses them.
    pub fn listed(&self, partitions: &TablePartitions) -> Vec<u32> {
        match self {
            Self::Sets { .. } => Numbers::new(partitions, self, Cursor::default()).collect(),
            Self::Listed(rows) => rows.clone(),
        }
    }

    /// Without all rows but the first so many.
    #[must_use]
    pub fn first(self, partitions: &TablePartitions, limit: usize) -> Self {
        match self {
            Self::Listed(mut rows) => {
                rows.truncate(limit);
                Self::Listed(rows)
            }
            Self::Sets { .. } if self.len() <= limit => self,
            Self::Sets { .. } => Self::Listed(Numbers::new(partitions, &self, Cursor::default()).take(limit).collect()),
        }
    }

    /// The rows behind a cursor, in order. The cursor moves with them.
    pub fn walk<'a>(
        &'a self,
        partitions: &'a TablePartitions,
        cursor: &'a mut Cursor,
    ) -> impl Iterator<Item = RowView<'a>> {
        let mut numbers = Numbers::new(partitions, self, *cursor);
        std::iter::from_fn(move || {
            let number = numbers.next()?;
            *cursor = numbers.cursor;
            partitions.row(number)
        })
    }
}

/// The numbers of a selection's rows, in order.
struct Numbers<'a> {
    partitions: &'a TablePartitions,
    left: Left<'a>,
    cursor: Cursor,
}

/// What a walk has before it.
#[expect(clippy::large_enum_variant, reason = "one lives on the stack for a walk")]
enum Left<'a> {
    Sets { base: Peeked<'a>, delta: Peeked<'a> },
    Listed(&'a [u32]),
}

type Peeked<'a> = std::iter::Peekable<roaring::bitmap::Iter<'a>>;

impl<'a> Numbers<'a> {
    fn new(partitions: &'a TablePartitions, selection: &'a Selection, cursor: Cursor) -> Self {
        let from = |rows: &'a Rows, at: u32| rows.iter_range(at..u32::MAX).peekable();
        let left = match selection {
            Selection::Sets { base, delta } => {
                Left::Sets { base: from(base, cursor.base), delta: from(delta, cursor.delta) }
            }
            Selection::Listed(rows) => Left::Listed(rows),
        };
        Self { partitions, left, cursor }
    }
}

impl Iterator for Numbers<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        match &mut self.left {
            Left::Listed(rows) => {
                let row = *rows.get(self.cursor.base as usize)?;
                self.cursor.base += 1;
                Some(row)
            }
            Left::Sets { base, delta } => {
                let delta_first = match (base.peek(), delta.peek()) {
                    (None, None) => return None,
                    (Some(_), None) => false,
                    (None, Some(_)) => true,
                    (Some(row), Some(came)) => self.partitions.precedes(*came, *row),
                };
                if delta_first {
                    let row = delta.next()?;
                    self.cursor.delta = row + 1;
                    Some(self.partitions.number_of_delta(row))
                } else {
                    let row = base.next()?;
                    self.cursor.base = row + 1;
                    Some(row)
                }
            }
        }
    }
}
