//! Column statistics: deleting them.

use skep_core::stats::{Accuracy, DEFAULT_ENGINE};
use skep_core::table::Table;
use skep_core::{Error, Kind, Result};

use super::caller::Caller;
use super::metastore::Metastore;
use super::reference::TableRef;
use super::statistics::{columns_normal, partitions_normal};
use super::statistics_update::{StatisticsChanged, event, partitions_replace};
use super::table_read::missing;
use super::translate::is_transactional;
use crate::store::{Change, Definition, Txn};

/// Which statistics to delete.
#[derive(Debug, Clone)]
pub struct StatisticsDelete {
    pub at: TableRef,
    pub of: StatisticsScope,
    /// None: all columns.
    pub columns: Option<Vec<String>>,
    pub engine: String,
}

/// Whose statistics.
#[derive(Debug, Clone)]
pub enum StatisticsScope {
    Table,
    Partitions(Vec<String>),
    AllPartitions,
}

impl Metastore {
    /// Deletes statistics; their columns are no longer marked as accurate. NotFound where nothing was to delete.
    pub async fn statistics_delete(&self, caller: &Caller, request: StatisticsDelete) -> Result<()> {
        let StatisticsDelete { at, of, columns, engine } = request;
        let columns = columns.as_deref().map(columns_normal);
        let of = match of {
            StatisticsScope::Partitions(names) => StatisticsScope::Partitions(partitions_normal(&names)?),
            other => other,
        };
        let request = &StatisticsDelete { at, of, columns, engine };
        self.store
            .retrying("statistics_delete", move || async move {
                let at = &request.at;
                let head = self.store.peek().await?.table_head(&at.catalog, &at.database, &at.table).await?;
                let head = head.ok_or_else(|| missing(at))?;
                let mut txn = self.store.write_table(head.id).await?;
                let table = txn.table_lock(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
                if table.id != head.id {
                    return Err(Error::new(Kind::Conflict, format!("{at} was replaced meanwhile")));
                }
                if is_transactional(&table) {
                    return Err(Error::meta(format!(
                        "Cannot delete stats via this API for a transactional table: {at}"
                    )));
                }
                match &request.of {
                    StatisticsScope::Table => self.table_statistics_delete(&mut txn, caller, &table, request).await?,
                    StatisticsScope::Partitions(names) => {
                        self.partition_statistics_delete(&mut txn, caller, &table, names, request).await?;
                    }
                    StatisticsScope::AllPartitions => {
                        let names = txn.partition_names(table.id, None).await?;
                        if !names.is_empty() {
                            self.partition_statistics_delete(&mut txn, caller, &table, &names, request).await?;
                        }
                    }
                }
                txn.commit().await
            })
            .await
    }

    async fn table_statistics_delete(
        &self,
        txn: &mut Txn,
        caller: &Caller,
        table: &Table,
        request: &StatisticsDelete,
    ) -> Result<()> {
        let engine = Some(request.engine.as_str());
        let deleted = txn.statistics_delete(table.id, &[String::new()], engine, request.columns.as_deref()).await?;
        if deleted == 0 {
            return Err(nothing(request));
        }
        let mut after = table.clone();
        let mut version = table.version;
        if marks_remove(&mut after.parameters, request) {
            let change = Change { operation: "delete_statistics", by: caller.user() };
            version = txn.table_commit(table.id, Some(Definition::of(&after)), change).await?;
        }
        let body = changed(None, request);
        txn.event_insert(&event("DELETE_TBL_COL_STAT_EVENT", table, version, &body)).await
    }

    async fn partition_statistics_delete(
        &self,
        txn: &mut Txn,
        caller: &Caller,
        table: &Table,
        names: &[String],
        request: &StatisticsDelete,
    ) -> Result<()> {
        let engine = Some(request.engine.as_str());
        if txn.statistics_delete(table.id, names, engine, request.columns.as_deref()).await? == 0 {
            return Err(nothing(request));
        }
        let mut partitions = txn.partition_by_names(table.id, table.version, names).await?;
        partitions.retain_mut(|p| marks_remove(&mut p.parameters, request));
        let version = partitions_replace(txn, caller, table, &partitions).await?;
        let bodies: Vec<StatisticsChanged> = names.iter().map(|name| changed(Some(name.clone()), request)).collect();
        let events: Vec<_> =
            bodies.iter().map(|body| event("DELETE_PART_COL_STAT_EVENT", table, version, body)).collect();
        txn.event_insert_many(&events).await
    }
}

fn nothing(request: &StatisticsDelete) -> Error {
    Error::not_found(format!(
        "Column stats doesn't exist for {}, columns {}, engine {}",
        request.at,
        request.columns.as_ref().map_or_else(|| "(all)".to_owned(), |c| c.join(", ")),
        request.engine
    ))
}

fn changed(partition: Option<String>, request: &StatisticsDelete) -> StatisticsChanged {
    let engine = Some(request.engine.clone());
    StatisticsChanged { partition, columns: Vec::new(), deleted: request.columns.clone(), engine }
}

/// Takes the columns' marks away; false when there were none.
fn marks_remove(parameters: &mut skep_core::table::Parameters, request: &StatisticsDelete) -> bool {
    if request.engine != DEFAULT_ENGINE {
        return false;
    }
    let before = Accuracy::of(parameters);
    Accuracy::edit(parameters, |accuracy| match &request.columns {
        Some(columns) => accuracy.remove_columns(columns.iter().map(String::as_str)),
        None => accuracy.clear_columns(),
    });
    Accuracy::of(parameters) != before
}
