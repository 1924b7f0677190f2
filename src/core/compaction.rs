//! The queue of compactions: what a client asks Hive's workers to compact, and in which order it is shown.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::transaction::coded;
use crate::{Error, Result};

coded! {
    CompactionKind {
        Minor = 1,
        Major = 2,
        /// Since Hive 4.0, like the next.
        Rebalance = 3,
        AbortCleanup = 4,
        /// Since Hive 4.1.
        SmartOptimize = 5,
    }
}

/// Hive has more, which only its own workers and cleaners bring about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompactionState {
    Initiated,
    Aborted,
}

impl CompactionState {
    /// Hive's letter, which is what is stored and what filters name.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Initiated => "i",
            Self::Aborted => "x",
        }
    }
    pub fn of_letter(letter: &str) -> Option<Self> {
        [Self::Initiated, Self::Aborted].into_iter().find(|state| state.letter() == letter)
    }
    pub fn name(self) -> &'static str {
        match self {
            Self::Initiated => "initiated",
            Self::Aborted => "aborted",
        }
    }
}

/// What only the worker that compacts needs to know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompactionOptions {
    pub properties: BTreeMap<String, String>,
    pub buckets: Option<i32>,
    pub order_by: Option<String>,
}

/// A compaction, asked for or given up. Times in milliseconds since the epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compaction {
    pub id: i64,
    pub catalog: String,
    pub database: String,
    pub table: String,
    pub partition: Option<String>,
    pub kind: CompactionKind,
    pub state: CompactionState,
    pub pool: Option<String>,
    pub run_as: Option<String>,
    pub initiator_id: Option<String>,
    pub initiator_version: Option<String>,
    pub error: Option<String>,
    pub enqueued_at: i64,
    pub ended_at: Option<i64>,
}

/// Which compactions to list; none: all.
#[derive(Debug, Clone, Default)]
pub struct CompactionFilter {
    pub id: Option<i64>,
    /// Catalog and database.
    pub database: Option<(String, String)>,
    pub table: Option<String>,
    pub partition: Option<String>,
    pub kind: Option<CompactionKind>,
    /// Hive's letter.
    pub state: Option<String>,
    pub pool: Option<String>,
}

/// What compactions can be sorted by; Hive has further columns, which are empty before a worker has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SortColumn {
    Id,
    Database,
    Table,
    Partition,
    State,
    Kind,
    Pool,
    RunAs,
    Initiator,
    Error,
    Enqueued,
    Ended,
    Empty,
}

impl SortColumn {
    /// By the column names of Hive's own database, which is what HiveServer2 sends.
    fn of_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_uppercase().strip_prefix("CC_")? {
            "ID" => Self::Id,
            "DATABASE" => Self::Database,
            "TABLE" => Self::Table,
            "PARTITION" => Self::Partition,
            "STATE" => Self::State,
            "TYPE" => Self::Kind,
            "POOL_NAME" => Self::Pool,
            "RUN_AS" => Self::RunAs,
            "INITIATOR_ID" => Self::Initiator,
            "ERROR_MESSAGE" => Self::Error,
            "ENQUEUE_TIME" => Self::Enqueued,
            "END" => Self::Ended,
            "WORKER_ID" | "WORKER_VERSION" | "START" | "HADOOP_JOB_ID" | "INITIATOR_VERSION" | "CLEANER_START"
            | "TXN_ID" | "NEXT_TXN_ID" | "COMMIT_TIME" | "HIGHEST_WRITE_ID" => Self::Empty,
            _ => return None,
        })
    }

    fn compare(self, a: &Compaction, b: &Compaction) -> Ordering {
        match self {
            Self::Id => a.id.cmp(&b.id),
            Self::Database => a.database.cmp(&b.database),
            Self::Table => a.table.cmp(&b.table),
            Self::Partition => a.partition.cmp(&b.partition),
            Self::State => a.state.letter().cmp(b.state.letter()),
            Self::Kind => a.kind.code().cmp(&b.kind.code()),
            Self::Pool => a.pool.cmp(&b.pool),
            Self::RunAs => a.run_as.cmp(&b.run_as),
            Self::Initiator => a.initiator_id.cmp(&b.initiator_id),
            Self::Error => a.error.cmp(&b.error),
            Self::Enqueued => a.enqueued_at.cmp(&b.enqueued_at),
            Self::Ended => a.ended_at.cmp(&b.ended_at),
            Self::Empty => Ordering::Equal,
        }
    }
}

/// The order in which compactions are shown. Nulls come first, in both directions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompactionOrder(Vec<(SortColumn, bool)>);

impl CompactionOrder {
    /// Reads an ORDER BY list like `"CC_TABLE" DESC,CC_ID`, which Hive's own server puts into its SQL as it is. An
    /// empty one is the default.
    ///
    /// # Errors
    /// Meta where the text is none.
    pub fn parse(text: &str) -> Result<Self> {
        let column = |item: &str| {
            let mut words = item.split_whitespace();
            let name = words.next()?;
            let name = name.strip_prefix('"').and_then(|n| n.strip_suffix('"')).unwrap_or(name);
            let descends = match words.next() {
                None => false,
                Some(word) if word.eq_ignore_ascii_case("asc") => false,
                Some(word) if word.eq_ignore_ascii_case("desc") => true,
                Some(_) => return None,
            };
            words.next().is_none().then_some((SortColumn::of_name(name)?, descends))
        };
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        text.split(',')
            .map(|item| {
                column(item).ok_or_else(|| {
                    Error::meta(format!(
                        "{item:?} is no order of compactions: a column like CC_TABLE, and ASC or DESC, is"
                    ))
                })
            })
            .collect::<Result<_>>()
            .map(Self)
    }

    /// The default: those that wait, the longest waiting first, then the others, the latest first.
    pub fn sort(&self, all: &mut [Compaction]) {
        if self.0.is_empty() {
            let key = |c: &Compaction| (c.ended_at.is_some(), std::cmp::Reverse(c.ended_at), c.enqueued_at, c.id);
            all.sort_by_key(key);
            return;
        }
        all.sort_by(|a, b| {
            let by = |(column, descends): &(SortColumn, bool)| {
                let order = column.compare(a, b);
                if *descends { order.reverse() } else { order }
            };
            self.0.iter().map(by).fold(Ordering::Equal, Ordering::then)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compaction(id: i64, table: &str, ended_at: Option<i64>) -> Compaction {
        Compaction {
            id,
            catalog: "hive".into(),
            database: "d".into(),
            table: table.into(),
            partition: None,
            kind: CompactionKind::Major,
            state: if ended_at.is_some() { CompactionState::Aborted } else { CompactionState::Initiated },
            pool: None,
            run_as: None,
            initiator_id: None,
            initiator_version: None,
            error: None,
            enqueued_at: 100 - id,
            ended_at,
        }
    }

    #[test]
    fn an_order_is_one_of_hives_columns_and_nothing_else() {
        let mut all = vec![
            compaction(1, "b", None),
            compaction(2, "a", Some(7)),
            compaction(3, "b", Some(9)),
            compaction(4, "a", None),
        ];
        let mut ids = |order: &str| {
            CompactionOrder::parse(order).unwrap().sort(&mut all);
            all.iter().map(|c| c.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(" "), [4, 1, 3, 2]);
        assert_eq!(ids("\"CC_ID\"\tDESC"), [4, 3, 2, 1]);
        assert_eq!(ids("\"CC_TABLE\"\tASC,\"CC_ID\"\tDESC"), [4, 2, 3, 1]);
        assert_eq!(ids("cc_table desc, CC_ENQUEUE_TIME"), [3, 1, 4, 2]);
        assert_eq!(ids("CC_ID,CC_TXN_ID desc"), [1, 2, 3, 4]);
        for bad in ["ID", "CC_NONE", "CC_ID;drop table x", "CC_ID up", "CC_ID asc asc", "CC_ID,", ",", "\"CC_ID", "1"] {
            CompactionOrder::parse(bad).unwrap_err();
        }
    }

    #[test]
    fn states_have_hives_letters() {
        for state in [CompactionState::Initiated, CompactionState::Aborted] {
            assert_eq!(CompactionState::of_letter(state.letter()), Some(state));
        }
        assert_eq!(CompactionState::of_letter("w"), None);
    }
}
