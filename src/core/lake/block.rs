//! Blocks: some hundred files of a partition whose facts are kept once more, together. A plan that can leave out a block
//! does not look at its files, and a registration need not read what it adds to.

use super::facts::{ColumnFacts, FileFacts};

/// A block is full with so many files.
pub const BLOCK_FILES_MAX: u64 = 256;
/// Partitions of fewer files have no blocks: their files are looked at one by one.
pub const BLOCK_FILES_MIN: u64 = 4;

/// So many blocks are looked at for one that takes a file: a job that tells columns in ever another order gains nothing.
const BLOCKS_TRIED_MAX: usize = 64;

/// Files of one partition with the same columns, in the same order. Its facts hold of every file that was ever put into it.
#[derive(Debug, Clone, PartialEq)]
pub struct FileBlock {
    /// Within its partition, from 1 on; files of number 0 are in no block.
    pub number: i64,
    /// How many were put into it, and their bytes.
    pub files: u64,
    pub bytes: u64,
    /// Those are all there still: its facts are exactly theirs. No file is put into one that lost any.
    pub is_whole: bool,
    /// Without row groups.
    pub facts: FileFacts,
}

/// New files of a partition, put into blocks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filled {
    /// The number of each file's block, in the files' order.
    pub numbers: Vec<i64>,
    pub new: Vec<FileBlock>,
    /// Known ones that took files.
    pub grown: Vec<FileBlock>,
}

impl FileBlock {
    fn is_open(&self) -> bool {
        self.is_whole && self.files < BLOCK_FILES_MAX
    }

    fn take(&mut self, bytes: u64, facts: &FileFacts) {
        self.files += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        self.facts.join(facts);
    }
}

impl Filled {
    /// Puts files (bytes and facts) into blocks that are not full, or into new ones, which are numbered from `first_new` on:
    /// that is greater than the number of any block that the partition ever had.
    pub fn of<'f>(
        known: impl IntoIterator<Item = FileBlock>,
        first_new: i64,
        files: impl IntoIterator<Item = (u64, &'f FileFacts)>,
    ) -> Self {
        let mut blocks: Vec<FileBlock> = known.into_iter().filter(FileBlock::is_open).collect();
        let before: Vec<u64> = blocks.iter().map(|block| block.files).collect();
        let mut numbers = Vec::new();
        for (bytes, facts) in files {
            let first = blocks.len().saturating_sub(BLOCKS_TRIED_MAX);
            let takes = |block: &FileBlock| block.is_open() && block.facts.has_columns_of(facts);
            let at = blocks.get(first..).and_then(|last| last.iter().rposition(takes)).map(|at| first + at);
            let at = at.unwrap_or_else(|| {
                let number = first_new + (blocks.len() - before.len()) as i64;
                let facts = FileFacts { rows: 0, columns: facts.columns.clone(), row_groups: Vec::new() };
                blocks.push(FileBlock { number, files: 0, bytes: 0, is_whole: true, facts });
                blocks.len() - 1
            });
            if let Some(block) = blocks.get_mut(at) {
                block.take(bytes, facts);
                numbers.push(block.number);
            }
        }
        let new = blocks.split_off(before.len());
        let grown = blocks.into_iter().zip(before).filter(|(block, before)| block.files > *before);
        Self { numbers, new, grown: grown.map(|(block, _)| block).collect() }
    }
}

impl FileFacts {
    /// Whether both tell of the same columns, of the same types.
    fn has_columns_of(&self, other: &Self) -> bool {
        let is_alike = |(one, other): (&ColumnFacts, &ColumnFacts)| {
            one.name == other.name && one.hive_type == other.hive_type && one.is_instant == other.is_instant
        };
        self.columns.len() == other.columns.len() && self.columns.iter().zip(&other.columns).all(is_alike)
    }

    /// Takes in what another file with the same columns tells; its row groups are forgotten.
    fn join(&mut self, other: &Self) {
        if other.rows == 0 {
            return;
        }
        if self.rows == 0 {
            self.columns.clone_from(&other.columns);
        } else {
            for (one, two) in self.columns.iter_mut().zip(&other.columns) {
                one.bounds = one.bounds.union(self.rows, &two.bounds, other.rows);
                one.distinct = one.distinct.max(two.distinct);
                one.value_bytes = one.value_bytes.zip(two.value_bytes).map(|(one, two)| one.saturating_add(two));
            }
        }
        self.rows = self.rows.saturating_add(other.rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::Bounds;
    use crate::types::Value;

    fn file(name: &str, rows: u64, low: i64, high: i64) -> FileFacts {
        let bounds = Bounds {
            low: Some(Value::Integer(low)),
            high: Some(Value::Integer(high)),
            nulls: Some(1),
            ..Bounds::default()
        };
        let column = ColumnFacts { name: name.into(), hive_type: "bigint".into(), bounds, ..ColumnFacts::default() };
        FileFacts { rows, columns: vec![column], row_groups: Vec::new() }
    }

    #[test]
    fn files_go_where_their_columns_are() {
        let files: Vec<FileFacts> = (0..600).map(|n| file(if n % 3 == 0 { "a" } else { "b" }, 10, n, n + 1)).collect();
        let filled = Filled::of([], 5, files.iter().map(|file| (7, file)));
        assert_eq!(filled.numbers[..6], [5, 6, 6, 5, 6, 6]);
        let counts: Vec<_> = filled.new.iter().map(|block| (block.number, block.files, block.bytes)).collect();
        assert_eq!(counts, [(5, 200, 1_400), (6, 256, 1_792), (7, 144, 1_008)]);
        let b = &filled.new[1];
        assert_eq!((b.facts.rows, b.facts.columns[0].bounds.nulls), (2_560, Some(256)));
        assert_eq!(b.facts.columns[0].bounds.low, Some(Value::Integer(1)));
        assert_eq!(b.facts.columns[0].bounds.high, Some(Value::Integer(384)));

        let mut broken = filled.new[0].clone();
        broken.is_whole = false;
        let again =
            Filled::of([broken, filled.new[1].clone(), filled.new[2].clone()], 8, [(1, &files[0]), (1, &files[1])]);
        assert_eq!(again.numbers, [8, 7], "neither into one that lost a file nor into a full one");
        assert_eq!((again.new.len(), again.grown.len(), again.grown[0].files), (1, 1, 145));
    }

    #[test]
    fn empty_files_say_nothing() {
        let empty = FileFacts { rows: 0, ..file("a", 0, -1, -1) };
        let some = file("a", 3, 5, 6);
        let filled = Filled::of([], 1, [&empty, &some, &empty].map(|file| (1, file)));
        assert_eq!((filled.new.len(), filled.new[0].files), (1, 3));
        assert_eq!(filled.new[0].facts, some);
    }
}
