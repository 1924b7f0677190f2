//! What a restoration of an earlier version would do, read page by page: for a dry run, and for who looks whether the files
//! are still there before it is done.

use std::sync::Arc;

use skep_core::event_log::LogRole;
use skep_core::registration::is_registered;
use skep_core::spark_schema::{WrittenNames, spark_schema_follow};
use skep_core::stats::NUM_FILES;
use skep_core::table::{Table, TableType};
use skep_core::{Error, Result};

use super::metastore::Metastore;
use super::reference::TableRef;
use super::table_read::missing;
use super::validate::is_iceberg;
use super::versions::{AsOf, version_then};
use crate::store::{RowChange, Store, Txn, VersionSpan, VersionWalk};

/// What lies between a table's earlier version and the one that it has.
#[derive(Debug)]
pub struct RestorePlan {
    store: Store,
    at: TableRef,
    walk: VersionWalk,
    /// As it is.
    pub now: Arc<Table>,
    /// As it was.
    pub then: Arc<Table>,
    /// The definition would be another one.
    pub redefines: bool,
    /// The table's own place, where it would move or, without partitions, have other files.
    pub own: Option<RestorePart>,
}

/// One partition of such a plan.
#[derive(Debug, Clone)]
pub struct RestoreStep {
    pub name: String,
    /// As it was; none where it goes.
    pub restored: Option<RestorePart>,
    /// It is there now.
    pub is_there: bool,
}

/// What is to be there again.
#[derive(Debug, Clone)]
pub struct RestorePart {
    /// The row; 0: the table itself.
    pub id: i64,
    /// Empty: the table itself.
    pub name: String,
    pub location: Option<String>,
    /// Whether its files of then are known, and how many it had by its statistics.
    pub is_registered: bool,
    pub file_count: Option<i64>,
}

impl Metastore {
    /// Opens a plan. Errors: NotFound without the table or its version; InvalidOperation where it cannot be restored.
    pub async fn restore_plan(&self, at: &TableRef, as_of: AsOf, redefine: bool) -> Result<RestorePlan> {
        self.alone_check("planning a restoration")?;
        let mut txn = self.store.read().await?;
        let now = txn.table_get(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        let head = crate::store::TableHead { id: now.id, version: now.version };
        let then = version_then(&mut txn, at, head, as_of).await?;
        restore_check(&now, &then, redefine)?;
        let (redefines, own) = redefinition(&mut txn, &now, &then, redefine).await?;
        let span = VersionSpan { table_id: now.id, from: then.version, to: now.version };
        let (now, then) = (Arc::new(now), Arc::new(then));
        let walk = VersionWalk::new(span);
        Ok(RestorePlan { store: self.store.clone(), at: at.clone(), walk, now, then, redefines, own })
    }
}

impl RestorePlan {
    /// The next partitions that would be others, by name; none behind the last. Errors: NotFound where retention took
    /// the version meanwhile.
    pub async fn next(&mut self) -> Result<Vec<RestoreStep>> {
        let mut txn = self.store.read().await?;
        let head = crate::store::TableHead { id: self.now.id, version: self.now.version };
        version_then(&mut txn, &self.at, head, AsOf::Version(self.then.version)).await?;
        self.walk.next(&mut txn).await?.into_iter().map(step).collect()
    }
}

fn step(change: RowChange) -> Result<RestoreStep> {
    let (name, is_there) = (change.name().to_owned(), change.later.is_some());
    let part = |row: crate::store::VersionRow| -> Result<RestorePart> {
        let parameters = row.parameters()?;
        Ok(RestorePart {
            id: row.id,
            location: row.location,
            is_registered: is_registered(&parameters),
            file_count: parameters.get(NUM_FILES).and_then(|count| count.parse().ok()),
            name: row.name,
        })
    };
    Ok(RestoreStep { name, restored: change.earlier.map(part).transpose()?, is_there })
}

/// Whether a table may be restored at all.
pub(super) fn restore_check(now: &Table, then: &Table, redefine: bool) -> Result<()> {
    let refused = |why: &str| Err(Error::invalid_operation(format!("{} {why}", now.full_name())));
    match LogRole::of(now) {
        Some(LogRole::Snapshots | LogRole::View) => {
            return refused("belongs to an event log: use skep snapshots rollback");
        }
        Some(LogRole::Log) if redefine => return refused("is an event log, whose definition does not go back"),
        Some(LogRole::Log) if LogRole::of(then).is_none() => {
            return refused("was no event log in that version: what it had then was not checked for one");
        }
        _ => {}
    }
    if [now, then].iter().any(|table| table.flag("transactional")) {
        return refused("is transactional: its state is in its files, not in its partitions alone");
    }
    if [now, then].iter().any(|table| is_iceberg(table)) {
        return refused("is an Iceberg table: its versions are in its own metadata");
    }
    if now.table_type == TableType::MaterializedView {
        return refused("is a materialized view: rebuild it");
    }
    if !now.is_partitioned() && !redefine {
        return refused("has no partitions: what it was is its definition alone (--definition)");
    }
    let keys = |table: &Table| table.partition_keys.iter().map(|key| key.name.clone()).collect::<Vec<_>>();
    if keys(now) != keys(then) {
        return refused("had other partition keys in that version");
    }
    if now.is_view() != then.is_view() {
        return refused("was of another kind in that version");
    }
    Ok(())
}

/// The definition that a table gets back: all of it but its name and where that belongs.
pub(super) fn definition_then(now: &Table, then: &Table) -> Table {
    let mut restored = Table {
        id: now.id,
        version: now.version,
        catalog: now.catalog.clone(),
        database: now.database.clone(),
        name: now.name.clone(),
        ..then.clone()
    };
    // Where it was not in step then, it is now.
    spark_schema_follow(then, &mut restored, &WrittenNames::new());
    restored
}

/// Whether the definition would change, and the table's own place where files must be there for it.
pub(super) async fn redefinition(
    txn: &mut Txn,
    now: &Table,
    then: &Table,
    redefine: bool,
) -> Result<(bool, Option<RestorePart>)> {
    if !redefine {
        return Ok((false, None));
    }
    let span = VersionSpan { table_id: now.id, from: then.version, to: now.version };
    let has_moved = now.location() != then.location();
    let other_files = !now.is_partitioned() && !now.is_view() && txn.table_files_differ(span).await?;
    let redefines = definition_then(now, then) != *now || other_files || slots_differ(txn, span).await?;
    let own = (has_moved || (!now.is_partitioned() && redefines)) && !now.is_view();
    let own = own.then(|| RestorePart {
        id: 0,
        name: String::new(),
        location: then.location().map(str::to_owned),
        is_registered: !now.is_partitioned() && is_registered(&then.parameters),
        file_count: then.parameters.get(NUM_FILES).and_then(|count| count.parse().ok()),
    });
    Ok((redefines, own))
}

/// Whether partitions have other columns or formats now, with the table.
async fn slots_differ(txn: &mut Txn, span: VersionSpan) -> Result<bool> {
    let then = txn.slot_list(span.table_id, span.from).await?;
    let now = txn.slot_list(span.table_id, span.to).await?;
    let is_other =
        |slot: &crate::store::Slot| now.iter().any(|other| other.slot == slot.slot && other.shape_id != slot.shape_id);
    Ok(then.iter().any(is_other))
}
