//! Altering partitions that keep their names (`semantics.md §5`).

use std::collections::BTreeMap;

use skep_core::evolution::columns_changed;
use skep_core::partition::Partition;
use skep_core::registration::{is_registered, registration_keep};
use skep_core::stats::{
    Accuracy, DO_NOT_UPDATE_STATS, STATS_GENERATED, basic_state_update, fast_statistics_complete, fast_statistics_same,
};
use skep_core::table::{Parameters, Table};
use skep_core::{Error, Kind, Result};

use super::caller::Caller;
use super::metastore::Metastore;
use super::partition_follow::Followed;
use super::partition_form::{
    DDL_TIME, Shapes, overtaken, partitions_name, same_frame, storage_check, table_missing, told_not_to_list,
};
use super::reference::TableRef;
use super::registered_files::registered_files_leave;
use super::table_alter::Altered;
use crate::store::{Change, Txn};
use crate::warehouse::Location;

/// Partitions to replace, found by their values.
#[derive(Debug, Clone)]
pub struct PartitionsAlter {
    pub at: TableRef,
    pub partitions: Vec<Partition>,
    /// Partitions that come without columns get the table's.
    pub fill_columns: bool,
    pub environment: Parameters,
}

impl Metastore {
    /// Replaces partitions wholly, all or none. Errors: InvalidOperation where the table or one of them is not there.
    pub async fn partitions_alter(&self, caller: &Caller, request: &PartitionsAlter) -> Result<()> {
        self.store.retrying("partitions_alter", || self.partitions_alter_once(caller, request)).await
    }

    async fn partitions_alter_once(&self, caller: &Caller, request: &PartitionsAlter) -> Result<()> {
        let at = &request.at;
        let mut txn = self.store.read().await?;
        let table = txn.table_get(&at.catalog, &at.database, &at.table).await?;
        let table = table.ok_or_else(|| table_missing(at, "alter partitions", Kind::InvalidOperation))?;
        let mut new = request.partitions.clone();
        if new.is_empty() {
            return Ok(());
        }
        partitions_name(&table, &mut new, &skep_core::name::Whitelist::default())?;
        new.sort_by(|a, b| a.name.cmp(&b.name));
        let names: Vec<String> = new.iter().map(|p| p.name.clone()).collect();
        let old = txn.partition_by_names(table.id, table.version, &names).await?;
        drop(txn);
        if !old.iter().map(|p| &p.name).eq(&names) {
            return Err(Error::invalid_operation(format!(
                "Alter partition operation failed: new parts size {} not matching with old parts size {} in {at}",
                new.len(),
                old.len()
            )));
        }
        let mut shapes = Shapes::of(&table);
        if caller.imports {
            new.iter_mut().filter_map(|p| p.storage.as_mut()).for_each(|storage| shapes.intern(storage));
            registrations_keep(&old, &mut new);
            return self.partitions_alter_stored(caller, at, &table, &old, new, &names).await;
        }
        for (old, new) in old.iter().zip(&mut new) {
            self.partition_alter_settle(&table, old, new, request.fill_columns, &mut shapes)?;
        }
        let pairs = old.iter().zip(&mut new).collect();
        self.partitions_statistics_changed(&table, pairs, &request.environment).await?;
        registrations_keep(&old, &mut new);
        self.partitions_alter_stored(caller, at, &table, &old, new, &names).await
    }

    /// Fills in what an altering client may leave out.
    pub(super) fn partition_alter_settle(
        &self,
        table: &Table,
        old: &Partition,
        new: &mut Partition,
        fill_columns: bool,
        shapes: &mut Shapes,
    ) -> Result<()> {
        storage_check(table, new)?;
        if let Some(storage) = new.storage.as_mut() {
            let given = storage.location.take().filter(|l| !l.is_empty());
            storage.location = match given {
                // Hive stores any text here, such as a relative path.
                Some(given) => Some(Location::parse(&given).map_or(given, |place| place.to_string())),
                None => old.location().map(str::to_owned),
            };
            if fill_columns && storage.shape.columns().is_empty() {
                let columns = table.storage.as_ref().and_then(|s| s.shape.columns.clone());
                std::sync::Arc::make_mut(&mut storage.shape).columns = columns;
            }
            shapes.intern(storage);
        }
        let is_set = new.parameters.get(DDL_TIME).is_some_and(|t| t.parse::<i64>() != Ok(0));
        if !is_set {
            new.parameters.insert(DDL_TIME.to_owned(), self.now_seconds().to_string());
        }
        new.write_id = new.write_id.or(old.write_id);
        Ok(())
    }

    /// Basic statistics after an alter: listed anew unless they came with the call and are what they were.
    pub(super) async fn partitions_statistics_changed(
        &self,
        table: &Table,
        pairs: Vec<(&Partition, &mut Partition)>,
        environment: &Parameters,
    ) -> Result<()> {
        let generated = environment.get(STATS_GENERATED).map(String::as_str);
        let left_alone = told_not_to_list(environment) || table.is_view() || !self.settings.stats_autogather;
        let mut to_list = Vec::new();
        for (old, new) in pairs {
            let told = told_not_to_list(&new.parameters);
            new.parameters.remove(DO_NOT_UPDATE_STATS);
            if left_alone || told {
                continue;
            }
            let same = fast_statistics_same(&old.parameters, &new.parameters);
            if same && fast_statistics_complete(&new.parameters) {
                if matches!(generated, Some("TASK" | "USER")) {
                    basic_state_update(&mut new.parameters, generated);
                }
            } else {
                to_list.push(new);
            }
        }
        self.partitions_list_files(to_list, environment).await
    }

    async fn partitions_alter_stored(
        &self,
        caller: &Caller,
        at: &TableRef,
        table: &Table,
        old: &[Partition],
        mut new: Vec<Partition>,
        names: &[String],
    ) -> Result<()> {
        let mut txn = self.store.write_table(table.id).await?;
        let locked = self.partitions_unchanged(&mut txn, at, table, old, names).await?;
        self.log_partitions_change(&mut txn, caller, &locked, old, &new).await?;
        let change = Change { operation: "alter_partitions", by: caller.user() };
        let version = txn.table_commit(table.id, None, change).await?;
        if !caller.imports {
            column_statistics_after(&mut txn, table.id, old, &mut new).await?;
        }
        txn.partition_remove_many(table.id, version, names).await?;
        let unknown = old.iter().zip(&new).filter(|(_, new)| !is_registered(&new.parameters)).map(|(old, _)| old);
        registered_files_leave(&mut txn, table.id, version, unknown).await?;
        let slots = txn.partition_add_many(table.id, version, table.location(), &new).await?;
        let moved = || old.iter().zip(&new).filter(|(old, new)| old.location() != new.location());
        self.partitions_place_leave(&mut txn, &locked, moved().map(|(old, _)| old)).await?;
        self.partitions_place_follow(&mut txn, &locked, moved().map(|(_, new)| new)).await?;
        let event = at.event("ALTER_PARTITION", (table.id, version), &());
        let altered = |name: &String| Altered { partition: Some(name.clone()), ..Altered::default() };
        let bodies: Vec<Altered> = names.iter().map(altered).collect();
        txn.event_insert_alike(&event, &bodies).await?;
        txn.commit().await?;
        let came = new.iter().zip(slots).collect();
        self.partitions_follow(Followed { table: Table { version, ..locked }, gone: names.to_vec(), came });
        Ok(())
    }

    /// Locks the table, which it gives, and makes sure that these partitions are as they were read; else Conflict.
    pub(super) async fn partitions_unchanged(
        &self,
        txn: &mut Txn,
        at: &TableRef,
        table: &Table,
        read: &[Partition],
        names: &[String],
    ) -> Result<Table> {
        let locked = txn.table_lock(&at.catalog, &at.database, &at.table).await?;
        let Some(locked) = locked.filter(|locked| same_frame(locked, table)) else { return Err(overtaken(at)) };
        if locked.version == table.version {
            return Ok(locked);
        }
        let now = txn.partition_by_names(table.id, locked.version, names).await?;
        // A changed partition is another row.
        if now.iter().map(|p| p.id).eq(read.iter().map(|p| p.id)) { Ok(locked) } else { Err(overtaken(at)) }
    }
}

/// Who alters a partition does not say whether its files are registered.
fn registrations_keep(old: &[Partition], new: &mut [Partition]) {
    for (old, new) in old.iter().zip(new) {
        let is_moved = old.location() != new.location();
        registration_keep(&old.parameters, &mut new.parameters, is_moved);
    }
}

/// Statistics of columns that changed or went are no longer true.
pub(super) async fn column_statistics_after(
    txn: &mut Txn,
    table_id: i64,
    old: &[Partition],
    new: &mut [Partition],
) -> Result<()> {
    fn columns(partition: &Partition) -> &[skep_core::table::Column] {
        partition.storage.as_ref().map(|s| s.shape.columns()).unwrap_or_default()
    }
    let mut stale: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for (old, new) in old.iter().zip(new) {
        let changed = columns_changed(columns(old), columns(new));
        if changed.is_empty() {
            continue;
        }
        Accuracy::edit(&mut new.parameters, |accuracy| {
            accuracy.remove_columns(changed.iter().map(String::as_str));
        });
        stale.entry(changed).or_default().push(new.name.clone());
    }
    for (columns, names) in stale {
        txn.statistics_delete(table_id, &names, None, Some(&columns)).await?;
    }
    Ok(())
}
