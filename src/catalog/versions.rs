//! A table's earlier states: its log, what changed between two versions, partitions as they were.

use skep_core::partition::Partition;
use skep_core::table::Table;
use skep_core::{Error, Result};

use super::caller::Caller;
use super::metastore::Metastore;
use super::reference::TableRef;
use super::table_read::missing;
use crate::store::{TableHead, TableVersion, Txn, VersionPin, VersionSpan};

/// Lists come in pages of at most so many.
const PAGE_MAX: usize = 10_000;
/// Names of a difference: many, since each page of a large one looks at all of it.
const NAMES_MAX: usize = 200_000;

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
        version_then(&mut txn, at, head, as_of).await
    }

    /// A page of the names of partitions that came between two versions, or went: a changed one did both. Errors:
    /// NotFound where one of the versions is not kept any more.
    pub async fn version_changes(
        &self,
        at: &TableRef,
        span: VersionSpan,
        came: bool,
        (after, limit): (&str, usize),
    ) -> Result<Vec<String>> {
        let mut txn = self.store.read().await?;
        for version in [span.from, span.to].into_iter().filter(|version| *version > 0) {
            whole_check(&mut txn, at, span.table_id, version).await?;
        }
        let limit = limit.clamp(1, NAMES_MAX) as i64;
        if came { txn.version_came(span, after, limit).await } else { txn.version_went(span, after, limit).await }
    }

    /// A page of the partitions of a table that [`Self::version_get`] gave, by name, after `after`.
    pub async fn version_partitions(&self, table: &Table, after: &str, limit: usize) -> Result<Vec<Partition>> {
        let mut txn = self.store.read().await?;
        let at = TableRef::new(&table.catalog, &table.database, &table.name);
        whole_check(&mut txn, &at, table.id, table.version).await?;
        txn.version_partitions(table.id, table.version, after, page(limit)).await
    }

    /// Those of the named partitions that the table had then, by name.
    pub async fn version_partitions_named(&self, table: &Table, names: &[String]) -> Result<Vec<Partition>> {
        let mut txn = self.store.read().await?;
        let at = TableRef::new(&table.catalog, &table.database, &table.name);
        whole_check(&mut txn, &at, table.id, table.version).await?;
        txn.version_partitions_named(table.id, table.version, names).await
    }

    /// Keeps a version until it is unpinned, whatever retention says; gives its number. A pinned one is pinned again,
    /// with the new note. Errors: NotFound for a version that is not there (any more).
    pub async fn version_pin(&self, caller: &Caller, at: &TableRef, as_of: AsOf, note: Option<&str>) -> Result<i64> {
        self.store
            .retrying("version_pin", || async {
                let mut txn = self.store.write().await?;
                let head = txn.table_lock_head(&at.catalog, &at.database, &at.table).await?;
                let head = head.ok_or_else(|| missing(at))?;
                let version = version_then(&mut txn, at, head, as_of).await?.version;
                let by = caller.user().map(str::to_owned);
                let pin = VersionPin { version, at_ms: txn.now_ms(), by, note: note.map(str::to_owned) };
                txn.version_pin(head.id, &pin).await?;
                txn.commit().await?;
                Ok(version)
            })
            .await
    }

    /// Lets a version go when its time comes. Errors: NotFound where it was not pinned.
    pub async fn version_unpin(&self, at: &TableRef, version: i64) -> Result<()> {
        self.store
            .retrying("version_unpin", || async {
                let mut txn = self.store.write().await?;
                let head = txn.table_lock_head(&at.catalog, &at.database, &at.table).await?;
                let head = head.ok_or_else(|| missing(at))?;
                if !txn.version_unpin(head.id, version).await? {
                    return Err(Error::not_found(format!("version {version} of {at} is not pinned")));
                }
                txn.commit().await
            })
            .await
    }
}

/// The table as it was in a version that is kept whole.
pub(super) async fn version_then(txn: &mut Txn, at: &TableRef, head: TableHead, as_of: AsOf) -> Result<Table> {
    let version = match as_of {
        AsOf::Version(version) => Some(version),
        AsOf::TimeMs(at_ms) => txn.version_at(head.id, at_ms).await?,
    };
    let Some(version) = version else {
        return Err(Error::not_found(format!("{at} has no {as_of} any more, or had none yet")));
    };
    if !(1..=head.version).contains(&version) {
        return Err(Error::not_found(format!("{at} has no version {version}; its newest is {}", head.version)));
    }
    whole_check(txn, at, head.id, version).await?;
    let definition = txn.table_at_many(&[(head.id, version)]).await?.remove(&(head.id, version));
    definition.ok_or_else(|| gone(at, version))
}

/// In the snapshot that reads the version: what is not kept is no longer whole, whatever is left of it.
async fn whole_check(txn: &mut Txn, at: &TableRef, table_id: i64, version: i64) -> Result<()> {
    if txn.version_is_whole(table_id, version).await? { Ok(()) } else { Err(gone(at, version)) }
}

fn gone(at: &TableRef, version: i64) -> Error {
    Error::not_found(format!(
        "version {version} of {at} is past retention (metastore.retention, metastore.versions_max) and was not pinned"
    ))
}

impl std::fmt::Display for AsOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Version(version) => write!(f, "version {version}"),
            Self::TimeMs(at_ms) => write!(f, "version at {at_ms} ms"),
        }
    }
}
