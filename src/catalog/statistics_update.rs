//! Column statistics: storing what engines computed, alone or merged with what is there (`semantics.md §9`).

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use skep_core::name::{normalize, partition_name_for_statistics};
use skep_core::partition::Partition;
use skep_core::stats::{Accuracy, ColumnStatistics, DEFAULT_ENGINE, merge};
use skep_core::table::{Parameters, Table};
use skep_core::{Error, Kind, Result};

use super::caller::Caller;
use super::metastore::Metastore;
use super::reference::TableRef;
use super::table_read::missing;
use crate::store::{Change, Definition, NewEvent, StatisticsRow, Txn};

/// New statistics of one table's columns.
#[derive(Debug, Clone)]
pub struct StatisticsUpdate {
    pub at: TableRef,
    /// Partition name (none: the table itself) and columns. A partition that comes twice is merged.
    pub columns: Vec<(Option<String>, Vec<ColumnStatistics>)>,
    /// They describe rows besides those that the stored ones describe. Only columns that are marked accurate can be
    /// merged; others are left as they are.
    pub merge: bool,
}

/// What an event about statistics says: they are not part of a table's versions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StatisticsChanged {
    /// None: of the table itself.
    pub partition: Option<String>,
    /// Now stored; empty in a deletion.
    pub columns: Vec<ColumnStatistics>,
    /// A deletion's: the columns it names (none: all).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Vec<String>>,
    /// A deletion's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
}

/// Columns of a table or partition by engine and name.
type Columns = BTreeMap<(String, String), ColumnStatistics>;

/// Statistics ready to be stored, by partition name (`""`: of the table itself).
pub(super) type Settled = BTreeMap<String, Columns>;

impl Metastore {
    /// Stores statistics of a table or of many of its partitions: all of them, or none.
    pub async fn statistics_update(&self, caller: &Caller, update: StatisticsUpdate) -> Result<()> {
        let StatisticsUpdate { at, columns, merge } = update;
        let columns = &self.statistics_settle(columns)?;
        if columns.is_empty() {
            return Ok(());
        }
        self.store.retrying("statistics_update", || self.statistics_update_once(caller, &at, columns, merge)).await
    }

    /// Stores settled statistics in a transaction of their own.
    pub(super) async fn statistics_update_once(
        &self,
        caller: &Caller,
        at: &TableRef,
        columns: &Settled,
        merge: bool,
    ) -> Result<()> {
        let head = self.store.peek().await?.table_head(&at.catalog, &at.database, &at.table).await?;
        let head = head.ok_or_else(|| missing(at))?;
        let mut txn = self.store.write_table(head.id).await?;
        let table = txn.table_lock(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        if table.id != head.id {
            return Err(Error::new(Kind::Conflict, format!("{at} was replaced meanwhile")));
        }
        self.statistics_write(&mut txn, caller, &table, columns.clone(), merge).await?;
        txn.commit().await
    }

    /// Stores settled statistics in a transaction that holds the table, in the version in which the table is there.
    pub(super) async fn statistics_write(
        &self,
        txn: &mut Txn,
        caller: &Caller,
        table: &Table,
        mut columns: Settled,
        merge: bool,
    ) -> Result<()> {
        if let Some(of_table) = columns.remove("") {
            self.table_statistics_update(txn, caller, table, of_table, merge).await?;
        }
        if columns.is_empty() {
            return Ok(());
        }
        self.partition_statistics_update(txn, caller, table, columns, merge).await
    }

    /// Sorts statistics by partition name, engine and column; a partition that comes twice is merged, as Hive does.
    pub(super) fn statistics_settle(&self, given: Vec<(Option<String>, Vec<ColumnStatistics>)>) -> Result<Settled> {
        let now = i64::from(self.now_seconds());
        let mut all = Settled::new();
        for (partition, columns) in given {
            let name = match partition {
                None => String::new(),
                // What names no key at all is not the table.
                Some(name) => match partition_name_for_statistics(&name)? {
                    normal if normal.is_empty() => return Err(partition_missing(&name)),
                    normal => normal,
                },
            };
            let mut new = Columns::new();
            for mut column in columns {
                column.column = normalize(&column.column);
                if column.last_analyzed == 0 {
                    column.last_analyzed = now;
                }
                new.insert((column.engine.clone(), column.column.clone()), column);
            }
            let of = all.entry(name).or_default();
            for (key, mut column) in new {
                if let Some(earlier) = of.get(&key) {
                    merge(&mut column, earlier);
                }
                of.insert(key, column);
            }
        }
        Ok(all)
    }

    async fn table_statistics_update(
        &self,
        txn: &mut Txn,
        caller: &Caller,
        table: &Table,
        mut columns: Columns,
        with_stored: bool,
    ) -> Result<()> {
        if with_stored {
            let mut stored = HashMap::new();
            for engine in engines(columns.values()) {
                for column in txn.statistics_table::<ColumnStatistics>(table.id, &engine).await? {
                    stored.insert((String::new(), engine.clone(), column.column.clone()), column);
                }
            }
            columns_merge("", &mut columns, &table.parameters, &stored);
        }
        if columns.is_empty() {
            return Ok(());
        }
        let mut after = table.clone();
        let mut version = table.version;
        if !caller.imports && accuracy_mark(&mut after.parameters, &columns) {
            version = txn.table_commit(table.id, Some(Definition::of(&after)), change(caller)).await?;
        }
        let columns: Vec<ColumnStatistics> = columns.into_values().collect();
        statistics_store(txn, table.id, &[("", &columns)]).await?;
        let body = StatisticsChanged { partition: None, columns, deleted: None, engine: None };
        txn.event_insert(&event("UPDATE_TBL_COL_STAT_EVENT", table, version, &body)).await
    }

    /// In as many statements for a thousand partitions as for one.
    async fn partition_statistics_update(
        &self,
        txn: &mut Txn,
        caller: &Caller,
        table: &Table,
        mut columns: Settled,
        with_stored: bool,
    ) -> Result<()> {
        let names: Vec<String> = columns.keys().cloned().collect();
        let mut partitions = txn.partition_by_names(table.id, table.version, &names).await?;
        if partitions.len() < names.len() {
            let there = |name: &&String| partitions.iter().any(|p| p.name == **name);
            let lacking = names.iter().find(|name| !there(name)).map_or("", String::as_str);
            return Err(partition_missing(&format!("{lacking} of {}", table.full_name())));
        }
        if with_stored {
            let stored = partition_statistics_stored(txn, table.id, &names, &columns).await?;
            for partition in &partitions {
                if let Some(of) = columns.get_mut(&partition.name) {
                    columns_merge(&partition.name, of, &partition.parameters, &stored);
                }
            }
            columns.retain(|_, of| !of.is_empty());
        }
        // What an import brings has its marks already.
        if caller.imports {
            partitions.clear();
        }
        partitions.retain_mut(|p| columns.get(&p.name).is_some_and(|of| accuracy_mark(&mut p.parameters, of)));
        let version = partitions_replace(txn, caller, table, &partitions).await?;
        let columns: Vec<(String, Vec<ColumnStatistics>)> =
            columns.into_iter().map(|(name, of)| (name, of.into_values().collect())).collect();
        let rows: Vec<(&str, &[ColumnStatistics])> =
            columns.iter().map(|(name, of)| (name.as_str(), of.as_slice())).collect();
        statistics_store(txn, table.id, &rows).await?;
        let bodies: Vec<StatisticsChanged> = columns
            .into_iter()
            .map(|(name, columns)| StatisticsChanged { partition: Some(name), columns, deleted: None, engine: None })
            .collect();
        let events: Vec<_> =
            bodies.iter().map(|body| event("UPDATE_PART_COL_STAT_EVENT", table, version, body)).collect();
        txn.event_insert_many(&events).await
    }
}

fn partition_missing(what: &str) -> Error {
    Error::not_found(format!("Partition {what} for which statistics are gathered doesn't exist"))
}

/// Stores statistics (`""`: of the table itself) in a transaction that holds the table.
pub(super) async fn statistics_store(txn: &mut Txn, table_id: i64, all: &[(&str, &[ColumnStatistics])]) -> Result<()> {
    txn.statistics_put(table_id, &statistics_rows(all.iter().copied())).await
}

/// A row for each column of each partition.
pub(super) fn statistics_rows<'a>(
    all: impl Iterator<Item = (&'a str, &'a [ColumnStatistics])>,
) -> Vec<StatisticsRow<'a, ColumnStatistics>> {
    let row = |partition, body: &'a ColumnStatistics| StatisticsRow {
        partition,
        engine: &body.engine,
        column: &body.column,
        body,
    };
    all.flat_map(|(partition, columns)| columns.iter().map(move |body| row(partition, body))).collect()
}

/// A version in which these partitions are replaced by their new state; the current one where there are none.
pub(super) async fn partitions_replace(
    txn: &mut Txn,
    caller: &Caller,
    table: &Table,
    partitions: &[Partition],
) -> Result<i64> {
    if partitions.is_empty() {
        return Ok(table.version);
    }
    let names: Vec<String> = partitions.iter().map(|p| p.name.clone()).collect();
    let version = txn.table_commit(table.id, None, change(caller)).await?;
    txn.partition_remove_many(table.id, version, &names).await?;
    txn.partition_add_many(table.id, version, table.location(), partitions).await?;
    Ok(version)
}

/// By partition, engine and column.
type Stored = HashMap<(String, String, String), ColumnStatistics>;

async fn partition_statistics_stored(txn: &mut Txn, table_id: i64, names: &[String], new: &Settled) -> Result<Stored> {
    let mut wanted: Vec<String> = new.values().flatten().map(|((_, column), _)| column.clone()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut stored = HashMap::new();
    for engine in engines(new.values().flat_map(BTreeMap::values)) {
        let rows = txn.statistics_partitions::<ColumnStatistics>(table_id, &engine, names, &wanted).await?;
        for (partition, column) in rows {
            stored.insert((partition, engine.clone(), column.column.clone()), column);
        }
    }
    Ok(stored)
}

fn engines<'a>(columns: impl Iterator<Item = &'a ColumnStatistics>) -> Vec<String> {
    let mut engines: Vec<String> = columns.map(|c| c.engine.clone()).collect();
    engines.sort_unstable();
    engines.dedup();
    engines
}

/// Merges stored statistics into new ones. Where a column is not marked as accurate, nobody knows what its sum would
/// be: it is left out. Hive's marks are of its own engine only, so those of others merge with what there is.
fn columns_merge(partition: &str, new: &mut Columns, parameters: &Parameters, stored: &Stored) {
    let accuracy = Accuracy::of(parameters);
    new.retain(|(engine, column), _| engine != DEFAULT_ENGINE || accuracy.column(column));
    for ((engine, column), statistics) in new {
        if let Some(old) = stored.get(&(partition.to_owned(), engine.clone(), column.clone())) {
            merge(statistics, old);
        }
    }
}

/// Marks the columns of Hive's engine as accurate; false when they were.
fn accuracy_mark(parameters: &mut Parameters, columns: &Columns) -> bool {
    let of_hive = columns.keys().filter(|(engine, _)| engine == DEFAULT_ENGINE).map(|(_, column)| column.as_str());
    let before = Accuracy::of(parameters);
    Accuracy::edit(parameters, |accuracy| accuracy.add_columns(of_hive));
    Accuracy::of(parameters) != before
}

fn change(caller: &Caller) -> Change<'_> {
    Change { operation: "update_statistics", by: caller.user() }
}

pub(super) fn event<'a>(
    kind: &'static str,
    table: &'a Table,
    version: i64,
    body: &'a StatisticsChanged,
) -> NewEvent<'a, StatisticsChanged> {
    NewEvent {
        kind,
        catalog: Some(&table.catalog),
        database: Some(&table.database),
        table: Some(&table.name),
        version: Some((table.id, version)),
        body,
    }
}
