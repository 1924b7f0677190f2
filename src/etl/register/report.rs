//! What came of a registration, file by file.

use serde::{Deserialize, Serialize};
pub use skep_core::lake::Severity;

use super::request::TableName;

/// So many findings and partitions a report lists.
pub const LISTED_MAX: usize = 10_000;

/// What came of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Report {
    pub outcome: Outcome,
    pub table: TableName,
    /// The table's version then.
    pub version: i64,
    pub files_added: i64,
    pub files_unchanged: i64,
    pub files_removed: i64,
    pub partitions_added: i64,
    pub partitions_changed: i64,
    /// Of the files that were added.
    pub rows: i64,
    pub bytes: i64,
    pub table_created: bool,
    /// Name, old type (none: new), new type.
    pub columns: Vec<(String, Option<String>, String)>,
    pub findings: Vec<Finding>,
    pub findings_left_out: i64,
    pub quarantine_id: Option<String>,
    pub partitions: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Registered,
    /// All of it was there.
    #[default]
    Unchanged,
    /// There are errors; nothing was done.
    Refused,
    /// A dry run.
    Planned,
}

/// What was wrong with a file, or worth knowing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Empty where it is of the whole batch.
    pub uri: String,
    pub severity: Severity,
    /// For programs.
    pub code: String,
    pub message: String,
}

impl Finding {
    /// What the lake says of a file.
    pub(in crate::etl) fn of(uri: impl Into<String>, found: skep_core::lake::Finding) -> Self {
        Self::new(found.severity, uri, found.code, found.message)
    }
    pub fn new(severity: Severity, uri: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self { uri: uri.into(), severity, code: code.to_owned(), message: message.into() }
    }
    pub fn error(uri: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, uri, code, message)
    }
}

/// Bytes of findings that a report lists, and of the names in one list: a report is stored with its request.
const FINDINGS_BYTES_MAX: usize = 300_000;
const NAMES_BYTES_MAX: usize = 100_000;

/// Findings, errors first, as many as a report lists; and how many are left out.
pub fn findings_cut(mut all: Vec<Finding>) -> (Vec<Finding>, i64) {
    all.sort_by_key(|finding| match finding.severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Info => 2,
    });
    let mut bytes = 0;
    let listed = all.iter().take(LISTED_MAX).take_while(|finding| {
        bytes += finding.uri.len() + finding.code.len() + finding.message.len() + 64;
        bytes <= FINDINGS_BYTES_MAX
    });
    let listed = listed.count();
    let left_out = (all.len() - listed) as i64;
    all.truncate(listed);
    (all, left_out)
}

/// The first of these names, as many as a report lists.
pub fn names_cut<'n>(all: impl IntoIterator<Item = &'n String>) -> Vec<String> {
    let mut bytes = 0;
    let listed = all.into_iter().take(LISTED_MAX).take_while(|name| {
        bytes += name.len() + 3;
        bytes <= NAMES_BYTES_MAX
    });
    listed.cloned().collect()
}
