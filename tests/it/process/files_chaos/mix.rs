//! Which operations a run is made of.

use super::random::Random;

/// What a client does in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Writes a file into a table or partition.
    Write,
    /// Creates a table at its default place.
    Create,
    /// Creates a table with a LOCATION: its own, a shared one, or one in or above another object's place.
    CreateAt,
    Drop,
    Rename,
    /// Creates `t_new`, writes to it, drops `t` and renames `t_new` to `t`.
    Swap,
    /// Renames `t` to `t_old` and `t_new` to `t`.
    SwapNames,
    /// Renames `t`, creates another `t`, writes to it, and drops the renamed one.
    Replace,
    Truncate,
    AddPartition,
    AddPartitionAt,
    DropPartition,
    RenamePartition,
    /// Moves partitions of one table to another.
    Exchange,
    TruncatePartition,
    /// Commits several changes by gRPC.
    Commit,
    DropDatabase,
    /// Restores an earlier version of an external table.
    Restore,
    /// Registers a Parquet file in a partition.
    Register,
    /// Replaces a partition's files by one at another place.
    RegisterInstead,
    Discover,
    Quarantine,
    /// Publishes a batch in quarantine, or forgets it.
    Publish,
    /// Changes the event log: arrivals, compactions, rollbacks, expiry, clean-up.
    Log,
}

use Operation as O;

/// All operations: the word in `SKEP_CHAOS_MIX`, and how often each comes in the full mix.
const ALL: [(O, &str, usize); 24] = [
    (O::Write, "write", 30),
    (O::Create, "create", 10),
    (O::CreateAt, "create_at", 4),
    (O::Drop, "drop", 5),
    (O::Rename, "rename", 6),
    (O::Swap, "swap", 4),
    (O::SwapNames, "swap_names", 3),
    (O::Replace, "replace", 3),
    (O::Truncate, "truncate", 3),
    (O::AddPartition, "add", 12),
    (O::AddPartitionAt, "add_at", 3),
    (O::DropPartition, "drop_partition", 4),
    (O::RenamePartition, "rename_partition", 3),
    (O::Exchange, "exchange", 3),
    (O::TruncatePartition, "truncate_partition", 2),
    (O::Commit, "commit", 5),
    (O::DropDatabase, "drop_database", 1),
    (O::Restore, "restore", 2),
    (O::Register, "register", 5),
    (O::RegisterInstead, "replace_files", 2),
    (O::Discover, "discover", 2),
    (O::Quarantine, "quarantine", 2),
    (O::Publish, "publish", 2),
    (O::Log, "log", 4),
];
/// Operations on default places by names that are used once.
const SAFE: [(O, usize); 5] =
    [(O::Write, 40), (O::Create, 15), (O::Drop, 6), (O::AddPartition, 20), (O::DropPartition, 6)];
/// What comes before a kill: calls that move directories or delete them.
const STORM: [O; 6] = [O::Rename, O::Swap, O::SwapNames, O::Exchange, O::RenamePartition, O::Drop];

/// The operations of a run.
pub struct Mix {
    weights: Vec<(O, usize)>,
    /// Names of tables and partitions are used once.
    pub names_once: bool,
}

impl Mix {
    /// Reads `SKEP_CHAOS_MIX`: `full`, `safe`, or words of operations with commas between them; an appended `once` makes
    /// names be used once.
    pub fn parse(text: &str) -> Self {
        match text {
            "full" => Self { weights: ALL.iter().map(|(one, _, weight)| (*one, *weight)).collect(), names_once: false },
            "safe" => Self { weights: SAFE.to_vec(), names_once: true },
            list => {
                let words: Vec<&str> = list.split(',').collect();
                let weight = |word: &&str| {
                    let found = ALL.iter().find(|(_, its, _)| its == word);
                    let (one, _, weight) = found.unwrap_or_else(|| panic!("SKEP_CHAOS_MIX: no operation {word}"));
                    (*one, (*weight).max(1))
                };
                let weights = words.iter().filter(|word| **word != "once").map(weight).collect();
                Self { weights, names_once: words.contains(&"once") }
            }
        }
    }

    pub fn has(&self, operation: O) -> bool {
        self.weights.iter().any(|(one, _)| *one == operation)
    }

    /// Chooses the next operation; in a storm mostly one that moves or deletes directories.
    pub fn next(&self, random: &mut Random, is_storm: bool) -> O {
        if is_storm && random.percent(70) {
            let one = *random.pick(&STORM);
            if self.has(one) {
                return one;
            }
        }
        let all: usize = self.weights.iter().map(|(_, weight)| weight).sum();
        let mut left = random.below(all);
        for (one, weight) in &self.weights {
            if left < *weight {
                return *one;
            }
            left -= weight;
        }
        unreachable!("a number below the sum of weights")
    }
}
