//! What was written, and what must therefore be there.

use std::collections::BTreeMap;

/// Tables, and in each the partitions (name to the value of the parameter `state`).
pub type Contents = BTreeMap<String, BTreeMap<String, String>>;

pub const BATCH: usize = 7;

/// One call of a writer. All of it happens or nothing.
#[derive(Clone, Debug)]
pub enum Write {
    Create {
        table: String,
    },
    /// `BATCH` partitions in one call.
    Add {
        table: String,
        batch: String,
    },
    /// All partitions of a batch in one call.
    Alter {
        table: String,
        batch: String,
    },
    /// The first partition of a batch.
    Drop {
        table: String,
        batch: String,
    },
}

/// The values of the partition at a place of a batch.
pub fn values(batch: &str, at: usize) -> Vec<String> {
    vec![batch.to_owned(), at.to_string()]
}

fn name(batch: &str, at: usize) -> String {
    format!("batch={batch}/at={at}")
}

impl Write {
    /// Does to the contents what the call does.
    pub fn apply(&self, contents: &mut Contents) {
        match self {
            Self::Create { table } => {
                contents.insert(table.clone(), BTreeMap::new());
            }
            Self::Add { table, batch } | Self::Alter { table, batch } => {
                let state = if matches!(self, Self::Add { .. }) { "added" } else { "altered" };
                let partitions = contents.get_mut(table).unwrap();
                partitions.extend((0..BATCH).map(|at| (name(batch, at), state.to_owned())));
            }
            Self::Drop { table, batch } => {
                contents.get_mut(table).unwrap().remove(&name(batch, 0));
            }
        }
    }

    /// Whether contents that may or may not have this call show it.
    pub fn shows_in(&self, contents: &Contents) -> bool {
        let state = |table: &str, batch: &str, at| contents.get(table).and_then(|inside| inside.get(&name(batch, at)));
        match self {
            Self::Create { table } => contents.contains_key(table),
            Self::Add { table, batch } => state(table, batch, 1).is_some(),
            Self::Alter { table, batch } => state(table, batch, 1).is_some_and(|state| state == "altered"),
            Self::Drop { table, batch } => state(table, batch, 0).is_none(),
        }
    }

    /// The events that the call leaves: their type, and how many.
    pub fn events(&self) -> (&'static str, usize) {
        match self {
            Self::Create { .. } => ("CREATE_TABLE", 1),
            Self::Add { .. } => ("ADD_PARTITION", 1),
            Self::Alter { .. } => ("ALTER_PARTITION", BATCH),
            Self::Drop { .. } => ("DROP_PARTITION", 1),
        }
    }
}
