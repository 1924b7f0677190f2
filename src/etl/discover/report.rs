//! What a discovery is asked for, and what came of it.

use serde::{Deserialize, Serialize};
use skep_core::lake::{EmptyValue, Policy};

use crate::etl::register::report::{Finding, Outcome};
use crate::etl::register::request::TableName;

/// A table to hold against the lake. Without `add`, `drop` and `sync` it is only told how both differ.
#[derive(Debug, Clone, Default)]
pub struct Discover {
    pub table: TableName,
    /// Registers partitions that are new in the lake.
    pub add: bool,
    /// Drops partitions that have no file left; their metadata, nothing else.
    pub drop: bool,
    /// Registers what came, changed or went in partitions that are there.
    pub sync: bool,
    pub dry_run: bool,
    /// How values stand in paths without `k=v`.
    pub pattern: Option<String>,
    /// What directories `key=` mean; None: as the table says.
    pub empty_value: Option<EmptyValue>,
    pub policy: Policy,
    /// Partitions stay whose directory is still there, empty.
    pub keep_empty: bool,
    /// More than half of the partitions may go.
    pub allow_drop_most: bool,
    /// The table's location may be empty, or not there.
    pub allow_missing_location: bool,
    /// Only for the background.
    pub limits: Limits,
}

/// What the background leaves alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// New partitions whose files are all older than this, in milliseconds since the epoch: retention let them go.
    pub add_newer_than_ms: Option<i64>,
    /// In object stores, partitions that were made after this, in seconds since the epoch: their first file may be on
    /// its way.
    pub drop_made_before: Option<i64>,
    /// Partitions whose files are not known.
    pub sync_known_only: bool,
}

/// What came of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Discovered {
    pub outcome: Outcome,
    pub table: TableName,
    /// The table's version then.
    pub version: i64,
    pub files_listed: i64,
    /// That the table had.
    pub partitions: i64,
    /// In the lake and not in the table.
    pub new: Names,
    /// In the table, and nothing lies there.
    pub gone: Names,
    /// In the table, and their directory has no data file.
    pub empty: Names,
    /// In both, with other files.
    pub changed: Names,
    /// Whose files the table does not know: only their number was compared.
    pub unknown: i64,
    /// In partitions that both have.
    pub files_new: i64,
    pub files_changed: i64,
    pub files_vanished: i64,
    /// What was done, or would be.
    pub partitions_added: i64,
    pub partitions_dropped: i64,
    pub partitions_synced: i64,
    pub files_added: i64,
    pub files_removed: i64,
    pub rows: i64,
    pub columns: Vec<(String, Option<String>, String)>,
    pub findings: Vec<Finding>,
    pub findings_left_out: i64,
}

/// Names, of which a report lists the first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    pub count: i64,
    pub first: Vec<String>,
}

impl Names {
    pub(in crate::etl) fn of<'n>(all: impl ExactSizeIterator<Item = &'n String>) -> Self {
        Self { count: all.len() as i64, first: crate::etl::register::report::names_cut(all) }
    }
}
