//! A table's earlier states: its log, what changed between two versions, partitions as they were.

use skep_core::partition::Partition;
use skep_core::table::Table;
use skep_core::{Error, Result};

use super::metastore::Metastore;
use super::reference::TableRef;
use crate::store::{TableVersion, VersionSpan};

/// Lists come in pages of at most so many.
const PAGE_MAX: usize = 10_000;

/// Which state of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    Version(i64),
    /// The one that was current at this time, in milliseconds since the epoch.
    TimeMs(i64),
}

fn page(limit: usize) -> i64 {
    limit.clamp(1, PAGE_MAX) as i64
}

impl Metastore {
    /// A page of the table's log, the newest first; `before` is the last version of the page before.
    pub async fn version_list(&self, at: &TableRef, before: Option<i64>, limit: usize) -> Result<Vec<TableVersion>> {
        let head = self.table_current(at).await?.head;
        self.store.peek().await?.version_list(head.id, before, page(limit)).await
    }

    /// The table as it was. Errors: NotFound for a version that is not there (any more).
    pub async fn version_get(&self, at: &TableRef, as_of: AsOf) -> Result<Table> {
        let head = self.table_current(at).await?.head;
        let mut txn = self.store.read().await?;
        let version = match as_of {
            AsOf::Version(version) => Some(version).filter(|version| (1..=head.version).contains(version)),
            AsOf::TimeMs(at_ms) => txn.version_at(head.id, at_ms).await?,
        };
        let unknown = || {
            let (what, newest) = (as_of.to_string(), head.version);
            Error::not_found(format!(
                "{at} has no {what}; its versions go to {newest}, the oldest may be past retention"
            ))
        };
        let version = version.ok_or_else(unknown)?;
        let oldest = txn.version_list(head.id, Some(version + 1), 1).await?;
        if oldest.first().is_none_or(|found| found.version != version) {
            return Err(unknown());
        }
        let definition = txn.table_at_many(&[(head.id, version)]).await?.remove(&(head.id, version));
        definition.ok_or_else(unknown)
    }

    /// A page of the names of partitions that came between two versions, or went: a changed one did both.
    pub async fn version_changes(
        &self,
        span: VersionSpan,
        came: bool,
        after: &str,
        limit: usize,
    ) -> Result<Vec<String>> {
        let mut txn = self.store.peek().await?;
        let limit = page(limit);
        if came { txn.version_came(span, after, limit).await } else { txn.version_went(span, after, limit).await }
    }

    /// A page of the partitions of a table that [`Self::version_get`] gave, by name, after `after`.
    pub async fn version_partitions(&self, table: &Table, after: &str, limit: usize) -> Result<Vec<Partition>> {
        self.store.read().await?.version_partitions(table.id, table.version, after, page(limit)).await
    }
}

impl std::fmt::Display for AsOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Version(version) => write!(f, "version {version}"),
            Self::TimeMs(at_ms) => write!(f, "version at {at_ms} ms"),
        }
    }
}
