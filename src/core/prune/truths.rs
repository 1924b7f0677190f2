//! What a condition is for every row.

use super::rows::Rows;
use crate::filter::Truth;

/// All truths, by their number.
pub const TRUTHS: [Truth; 4] = [Truth::True, Truth::False, Truth::Null, Truth::Unknown];

/// AND or OR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Join {
    And,
    Or,
}

impl Join {
    pub fn of(self, left: Truth, right: Truth) -> Truth {
        match self {
            Self::And => left.and(right),
            Self::Or => left.or(right),
        }
    }

    /// That of none; changes no other.
    pub fn identity(self) -> Truth {
        match self {
            Self::And => Truth::True,
            Self::Or => Truth::False,
        }
    }

    /// What no other changes.
    pub fn decided(self) -> Truth {
        self.identity().negate()
    }
}

/// [`Truth`] of many rows at once, with the same rules for AND, OR and NOT. One truth, of most rows, is that of all
/// rows that no set names: so a condition that is true of few rows costs no more than those few.
#[derive(Debug, Clone)]
pub struct Truths {
    len: usize,
    /// By [`Truth`]; that of `rest` is empty. No row is in two.
    sets: [Rows; TRUTHS.len()],
    rest: Truth,
}

impl Truths {
    /// The same for all rows.
    pub fn uniform(len: usize, truth: Truth) -> Self {
        Self { len, sets: Default::default(), rest: truth }
    }

    /// Looks at each of these rows; what the others are is not said.
    pub fn of_each(len: usize, rows: impl IntoIterator<Item = u32>, mut truth: impl FnMut(u32) -> Truth) -> Self {
        let mut lists: [Vec<u32>; TRUTHS.len()] = [const { Vec::new() }; TRUTHS.len()];
        for row in rows {
            let truth = truth(row);
            if truth != Truth::False {
                lists[truth as usize].push(row);
            }
        }
        Self { len, sets: lists.map(Rows::from_ascending), rest: Truth::False }
    }

    /// Says of which rows the condition is `truth`; not of the rest's.
    pub fn set(&mut self, truth: Truth, rows: Rows) {
        debug_assert_ne!(truth, self.rest);
        self.sets[truth as usize] = rows;
    }

    pub fn truth(&self, row: u32) -> Truth {
        self.named().find(|(_, rows)| rows.contains(row)).map_or(self.rest, |(truth, _)| truth)
    }

    /// Rows of which the condition is this.
    pub fn rows(&self, truth: Truth) -> Rows {
        if truth == self.rest { self.all_named().complement(self.len) } else { self.sets[truth as usize].clone() }
    }

    /// Rows of which the condition is true.
    pub fn yes(&self) -> Rows {
        self.rows(Truth::True)
    }

    /// If nearly all rows are `truth`: the others.
    pub fn other_than(&self, truth: Truth) -> Option<Rows> {
        (truth == self.rest).then(|| self.all_named())
    }

    fn named(&self) -> impl Iterator<Item = (Truth, &Rows)> {
        TRUTHS.into_iter().zip(&self.sets).filter(|(_, rows)| !rows.is_empty())
    }

    fn all_named(&self) -> Rows {
        self.sets.iter().fold(Rows::none(), |mut all, rows| {
            all.unite(rows.clone());
            all
        })
    }

    /// Row by row, the AND or OR of both.
    #[must_use]
    pub fn joined(&self, other: &Self, join: Join) -> Self {
        let mut all = Self::uniform(self.len, join.of(self.rest, other.rest));
        let mut add = |left: Truth, right: Truth, rows: &dyn Fn() -> Rows| {
            let truth = join.of(left, right);
            if truth != all.rest {
                all.sets[truth as usize].unite(rows());
            }
        };
        for (left, rows) in self.named() {
            for (right, others) in other.named() {
                add(left, right, &|| rows.and(others));
            }
            add(left, other.rest, &|| without(rows, other));
        }
        for (right, rows) in other.named() {
            add(self.rest, right, &|| without(rows, self));
        }
        all
    }

    #[must_use]
    pub fn negate(mut self) -> Self {
        self.sets.swap(Truth::True as usize, Truth::False as usize);
        self.rest = self.rest.negate();
        self
    }
}

/// Those of the rows that are of the other's rest.
fn without(rows: &Rows, other: &Truths) -> Rows {
    let mut left = rows.clone();
    for (_, named) in other.named() {
        left.subtract(named);
    }
    left
}
