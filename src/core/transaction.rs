//! The words of Hive's locks and transactions (`semantics.md §12`), and what a reader's snapshot takes for valid.

use crate::{Error, Result};

/// An enum whose numbers are those of Hive's interface, which are also what is stored.
macro_rules! coded {
    ($(#[$meta:meta])* $name:ident { $($(#[$value_meta:meta])* $value:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$value_meta])* $value = $code,)+
        }

        impl $name {
            pub fn code(self) -> i64 {
                self as i64
            }
            /// None for a number that Hive does not have.
            pub fn of_code(code: i64) -> Option<Self> {
                match code {
                    $($code => Some(Self::$value),)+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use coded;

coded! {
    LockKind {
        SharedRead = 1,
        SharedWrite = 2,
        Exclusive = 3,
        /// Since Hive 4.
        ExclWrite = 4,
    }
}

coded! {
    LockLevel { Database = 1, Table = 2, Partition = 3 }
}

coded! {
    LockState { Acquired = 1, Waiting = 2, Abort = 3, NotAcquired = 4 }
}

coded! {
    /// What a lock's holder does to the data.
    DataOperation { Select = 1, Insert = 2, Update = 3, Delete = 4, Unset = 5, NoTxn = 6 }
}

coded! {
    TransactionState { Committed = 1, Aborted = 2, Open = 3 }
}

coded! {
    TransactionKind {
        Default = 0,
        ReplCreated = 1,
        ReadOnly = 2,
        Compaction = 3,
        MaterializedViewRebuild = 4,
        SoftDelete = 5,
        RebalanceCompaction = 6,
    }
}

/// Transactions that a reader's snapshot sees: those up to a high-water mark, without the exceptions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidTransactions {
    pub high_water_mark: i64,
    /// Ranges of ids, both ends included, sorted.
    open: Vec<(i64, i64)>,
    aborted: Vec<(i64, i64)>,
}

fn within(ranges: &[(i64, i64)], id: i64) -> bool {
    let after = ranges.partition_point(|(from, _)| *from <= id);
    after.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|(_, to)| id <= *to)
}

fn merged(mut ranges: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    ranges.sort_unstable();
    let mut all: Vec<(i64, i64)> = Vec::with_capacity(ranges.len());
    for (from, to) in ranges {
        match all.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => all.push((from, to)),
        }
    }
    all
}

impl ValidTransactions {
    pub fn new(high_water_mark: i64, open: &[i64], aborted: &[i64]) -> Self {
        let ranges = |ids: &[i64]| merged(ids.iter().map(|id| (*id, *id)).collect());
        Self { high_water_mark, open: ranges(open), aborted: ranges(aborted) }
    }

    /// Reads Hive's text `HWM:MINOPEN:OPEN:ABORTED`, where the last two are lists like `3,5-7`; empty sees all.
    ///
    /// # Errors
    /// Meta where it is none.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = || Error::meta(format!("{text:?} is no list of valid transactions: HWM:MINOPEN:OPEN:ABORTED is"));
        let number = |part: &str| part.parse::<i64>().map_err(|_| bad());
        if text.is_empty() {
            return Ok(Self { high_water_mark: i64::MAX, open: Vec::new(), aborted: Vec::new() });
        }
        let mut parts = text.split(':');
        let high_water_mark = number(parts.next().unwrap_or_default())?;
        number(parts.next().ok_or_else(bad)?)?;
        let mut ranges = || -> Result<Vec<(i64, i64)>> {
            let list = parts.next().unwrap_or_default();
            let range = |part: &str| match part.split_once('-') {
                Some((from, to)) => Ok((number(from)?, number(to)?)),
                None => number(part).map(|id| (id, id)),
            };
            Ok(merged(list.split(',').filter(|part| !part.is_empty()).map(range).collect::<Result<_>>()?))
        };
        let (open, aborted) = (ranges()?, ranges()?);
        Ok(Self { high_water_mark, open, aborted })
    }

    pub fn is_aborted(&self, id: i64) -> bool {
        within(&self.aborted, id)
    }
    /// Committed, as far as this snapshot sees.
    pub fn is_valid(&self, id: i64) -> bool {
        id <= self.high_water_mark && !within(&self.open, id) && !self.is_aborted(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_valid_transactions_is_read_in_all_its_forms() {
        let list = ValidTransactions::parse("10:3:3,7-8:5").unwrap();
        let valid: Vec<i64> = (1..=12).filter(|id| list.is_valid(*id)).collect();
        assert_eq!(valid, [1, 2, 4, 6, 9, 10]);
        assert!(list.is_aborted(5) && !list.is_aborted(3) && !list.is_aborted(11));
        let short = ValidTransactions::parse("10:9223372036854775807").unwrap();
        assert!(short.is_valid(10) && !short.is_valid(11));
        assert!(ValidTransactions::parse("10:9223372036854775807::").unwrap().is_valid(10));
        assert!(ValidTransactions::parse("").unwrap().is_valid(i64::MAX));
        assert!(!ValidTransactions::parse("10:1::2-9,3").unwrap().is_valid(9));
        for bad in ["x", "10", "10:x", "10:1:a", "10:1:1-", "10:1::-", "10:1:99999999999999999999"] {
            ValidTransactions::parse(bad).unwrap_err();
        }
    }

    #[test]
    fn hives_numbers() {
        assert_eq!(LockKind::of_code(4), Some(LockKind::ExclWrite));
        assert_eq!((LockKind::of_code(0), LockState::of_code(5)), (None, None));
        assert_eq!(TransactionKind::ReadOnly.code(), 2);
    }
}
