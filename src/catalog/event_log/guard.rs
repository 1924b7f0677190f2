//! What other operations may do to the tables of a log, and what follows from it: nothing is lost or counted twice,
//! whichever interface a change comes by.

use std::borrow::Borrow;

use skep_core::event_log::{ArrivalOrder, EVENT_LOG, LATE_MAX, LOG_ROLE, LogRole};
use skep_core::partition::Partition;
use skep_core::spark_schema::{WrittenNames, spark_schema_follow};
use skep_core::table::{Column, Table};
use skep_core::{Error, Result};

use super::super::caller::Caller;
use super::super::metastore::Metastore;
use super::super::reference::TableRef;
use super::super::table_alter::Altered;
use super::super::table_read::missing;
use super::record::{LockedLog, log_record, log_store, same_data};
use crate::store::{Change, Definition, DocumentKind, Txn};

/// The log that a marked table belongs to, as it is named in errors.
fn log_name(table: &Table) -> &str {
    table.parameters.get(EVENT_LOG).map_or("", String::as_str)
}

fn refused(table: &Table, role: LogRole, what: &str) -> Error {
    Error::invalid_operation(format!(
        "{} is the {} of the event log {}: {what} (skep logs, skep snapshots)",
        table.full_name(),
        role.as_str(),
        log_name(table)
    ))
}

impl Metastore {
    /// The log of a locked table, where it is one.
    async fn log_of(&self, txn: &mut Txn, table: &Table) -> Result<Option<LockedLog>> {
        let Some(record) = log_record(txn, table.id).await? else { return Ok(None) };
        // This transaction may have made versions of it already.
        let head = txn.table_head(&table.catalog, &table.database, &table.name).await?;
        let version = head.map_or(table.version, |head| head.version);
        let table = Table { version, ..table.clone() };
        Ok(Some(LockedLog { arrival: ArrivalOrder::of(&table)?, table, record }))
    }

    /// In the transaction that added these partitions to a locked table. What came late is in the view at once.
    pub(in super::super) async fn log_partitions_came(
        &self,
        txn: &mut Txn,
        caller: &Caller,
        table: &Table,
        partitions: &[impl Borrow<Partition>],
    ) -> Result<()> {
        let Some(role) = LogRole::of(table) else { return Ok(()) };
        if role == LogRole::Snapshots {
            return Err(refused(table, role, "only compactions add partitions to it"));
        }
        let Some(mut log) = self.log_of(txn, table).await? else { return Ok(()) };
        let mut late = Vec::new();
        for partition in partitions {
            let boundary = log.arrival.boundary(&partition.borrow().values)?;
            let shown = log.record.shown();
            if shown.is_some_and(|s| log.arrival.is_covered(&boundary, &s.watermark))
                && !log.record.late.contains(&boundary)
            {
                late.push(boundary);
            }
        }
        if late.is_empty() {
            return Ok(());
        }
        log.record.late.extend(late);
        let arrival = log.arrival.clone();
        log.record.late.sort_by(|one, other| arrival.compare(one, other));
        if log.record.late.len() > LATE_MAX {
            self.log_rebase(txn, &mut log).await?;
        }
        log_store(txn, table.id, &log.record).await?;
        self.view_swap(txn, table, &log.record, caller.user()).await
    }

    /// In the transaction that changes or drops partitions of a locked table: `old` has those that are there, `new`
    /// what becomes of them, by name. A partition that the snapshot has cannot be taken out of it.
    pub(in super::super) async fn log_partitions_change(
        &self,
        txn: &mut Txn,
        caller: &Caller,
        table: &Table,
        old: &[Partition],
        new: &[Partition],
    ) -> Result<()> {
        let Some(role) = LogRole::of(table) else { return Ok(()) };
        let changed: Vec<&Partition> = old.iter().filter(|old| !new.iter().any(|new| same_data(old, new))).collect();
        let Some(first) = changed.first() else { return Ok(()) };
        if role == LogRole::Snapshots {
            return Err(refused(table, role, &format!("the snapshot {} does not change", first.name)));
        }
        let Some(mut log) = self.log_of(txn, table).await? else { return Ok(()) };
        let mut is_late = false;
        for partition in changed {
            let boundary = log.arrival.boundary(&partition.values)?;
            let Some(shown) = log.record.shown() else { continue };
            if !log.arrival.is_covered(&boundary, &shown.watermark) {
                continue;
            }
            if !log.record.late.contains(&boundary) {
                let what = format!(
                    "the partition {} is in its snapshot {}; roll back to an older one first",
                    partition.name, shown.id
                );
                return Err(refused(table, role, &what));
            }
            if !new.iter().any(|one| one.name == partition.name) {
                log.record.late.retain(|one| *one != boundary);
                is_late = true;
            }
        }
        if is_late {
            log_store(txn, table.id, &log.record).await?;
            self.view_swap(txn, table, &log.record, caller.user()).await?;
        }
        Ok(())
    }

    /// In the transaction that drops a table, with its database.
    pub(in super::super) async fn log_forget(&self, txn: &mut Txn, table: &Table) -> Result<()> {
        if LogRole::of(table) == Some(LogRole::Log) {
            txn.document_delete(DocumentKind::EventLog, "", &table.id.to_string()).await?;
        }
        Ok(())
    }

    /// In the transaction that altered a table: snapshots and view get the columns that the log got.
    pub(in super::super) async fn log_columns_follow(
        &self,
        txn: &mut Txn,
        caller: &Caller,
        old: &Table,
        new: &Table,
    ) -> Result<()> {
        if LogRole::of(old) != Some(LogRole::Log) || old.columns() == new.columns() {
            return Ok(());
        }
        let Some(record) = log_record(txn, old.id).await? else { return Ok(()) };
        let at = TableRef::new(&new.catalog, &new.database, &record.log.snapshot_table);
        let before = txn.table_lock(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(&at))?;
        let mut after = before.clone();
        if let Some(storage) = after.storage.as_mut() {
            std::sync::Arc::make_mut(&mut storage.shape).columns = Some(new.columns().to_vec());
        }
        spark_schema_follow(&before, &mut after, &WrittenNames::new());
        let event = at.tale("ALTER_TABLE", &Altered { truncate: false, partition: None, renamed_from: None });
        let change = Change { operation: "log_alter", by: caller.user() };
        let version = txn.table_commit_told(after.id, Some(Definition::of(&after)), change, Some(&event)).await?;
        self.columns_append(txn, version, &before, &after).await?;
        self.view_swap(txn, new, &record, caller.user()).await
    }
}

/// For operations that a log's tables do not allow at all.
pub(in super::super) fn log_refuse(table: &Table, what: &str) -> Result<()> {
    match LogRole::of(table) {
        Some(role) => Err(refused(table, role, &format!("{what} is not possible"))),
        None => Ok(()),
    }
}

/// Before a table is altered: what its role allows. Marks stay whatever the client sent.
pub(in super::super) fn log_alter_check(old: &Table, new: &mut Table) -> Result<()> {
    let Some(role) = LogRole::of(old) else {
        new.parameters.remove(EVENT_LOG);
        new.parameters.remove(LOG_ROLE);
        return Ok(());
    };
    for key in [EVENT_LOG, LOG_ROLE] {
        if let Some(value) = old.parameters.get(key) {
            new.parameters.insert(key.to_owned(), value.clone());
        }
    }
    if (&old.database, &old.name) != (&new.database, &new.name) {
        return Err(refused(old, role, "renaming it is not possible"));
    }
    let same = |a: &Column, b: &Column| a.name == b.name && a.type_name == b.type_name;
    let appended =
        new.columns().len() >= old.columns().len() && old.columns().iter().zip(new.columns()).all(|(a, b)| same(a, b));
    let equal = appended && old.columns().len() == new.columns().len();
    let texts = |t: &Table| (t.view_original_text.clone(), t.view_expanded_text.clone());
    match role {
        LogRole::Log if !appended => Err(refused(old, role, "columns may only be added at the end")),
        LogRole::Snapshots if !equal => Err(refused(old, role, "its columns follow those of the log")),
        LogRole::View | LogRole::Compacted if !equal || texts(old) != texts(new) => {
            Err(refused(old, role, "its text is made by compactions and late events"))
        }
        _ => Ok(()),
    }
}
