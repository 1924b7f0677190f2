//! Renaming a partition: new values, and the directory of a managed one moves along (`semantics.md §5`).

use skep_core::name::partition_name;
use skep_core::partition::Partition;
use skep_core::registration::REGISTERED;
use skep_core::table::{Parameters, Table, TableType};
use skep_core::{Error, Kind, Location, Result};

use super::caller::Caller;
use super::event_log::log_refuse;
use super::metastore::Metastore;
use super::partition_alter::column_statistics_after;
use super::partition_form::{Shapes, default_location, overtaken, partitions_name, table_missing};
use super::partition_privileges::partition_privileges_move;
use super::places::{DirectoryMove, Going};
use super::reference::TableRef;
use super::registered_files::registered_files_leave;
use super::table_alter::Altered;
use crate::store::Change;

/// A partition to rename.
#[derive(Debug, Clone)]
pub struct PartitionRename {
    pub at: TableRef,
    pub old_values: Vec<String>,
    /// What it shall be, with its new values.
    pub new: Partition,
    pub environment: Parameters,
}

impl Metastore {
    /// Errors: InvalidOperation where the table or the partition is not there, or the new name is taken.
    pub async fn partition_rename(&self, caller: &Caller, request: &PartitionRename) -> Result<()> {
        self.alone_check("renaming a partition")?;
        self.store.retrying("partition_rename", || self.partition_rename_once(caller, request)).await
    }

    async fn partition_rename_once(&self, caller: &Caller, request: &PartitionRename) -> Result<()> {
        let at = &request.at;
        let mut txn = self.store.read().await?;
        let table = txn.table_get(&at.catalog, &at.database, &at.table).await?;
        let table = table.ok_or_else(|| table_missing(at, "alter partition", Kind::InvalidOperation))?;
        log_refuse(&table, "renaming a partition")?;
        let mut new = [request.new.clone()];
        partitions_name(&table, &mut new, &self.whitelist()?)?;
        let [mut new] = new;
        let old_name = partition_name(&table.partition_keys, &request.old_values)?;
        let old = txn.partition_get(table.id, table.version, &old_name).await?.ok_or_else(|| {
            Error::invalid_operation(format!(
                "Unable to rename partition because old partition does not exist: {old_name} in {at}"
            ))
        })?;
        if !txn.partition_existing(table.id, std::slice::from_ref(&new.name)).await?.is_empty() {
            return Err(Error::invalid_operation(format!("Partition already exists: {} in {at}", new.name)));
        }
        drop(txn);
        self.partition_alter_settle(&table, &old, &mut new, false, &mut Shapes::of(&table))?;
        let Some(moving) = self.partition_move(&table, &old, &mut new).await? else {
            return self.partition_rename_stored(caller, request, &table, &old, new, None).await;
        };
        let moves = [moving];
        let intent = self.moves_begin(&[table.id], &moves).await?;
        let done = self.partition_rename_stored(caller, request, &table, &old, new, Some((intent, &moves))).await;
        if done.is_err() {
            self.move_failed(intent).await;
        }
        done
    }

    /// Gives a managed partition the place of its new name, and the move that this takes; none where it keeps its place.
    async fn partition_move(
        &self,
        table: &Table,
        old: &Partition,
        new: &mut Partition,
    ) -> Result<Option<DirectoryMove>> {
        let Some(storage) = new.storage.as_mut() else { return Ok(None) };
        storage.location = old.location().map(str::to_owned);
        let stays = table.table_type == TableType::External && !table.flag("TRANSLATED_TO_EXTERNAL");
        let from = old.location().map(Location::parse).transpose().ok().flatten();
        let (Some(from), Some(to), false) = (from, default_location(table, &new.name)?, stays) else {
            return Ok(None);
        };
        if from.same_place(&to) {
            return Ok(None);
        }
        let going = Going { partitions_of: Some(table.id), partitions: [old.name.clone()].into(), ..Going::default() };
        let Some(moving) = self.directory_move(&from, &to, &going).await? else { return Ok(None) };
        let is_there = self.warehouse.directory_exists(&from).await?;
        if is_there && self.warehouse.directory_exists(&to).await? {
            return Err(Error::invalid_operation(format!(
                "Cannot rename {from} to {to}: the destination already exists"
            )));
        }
        storage.location = Some(to.to_string());
        Ok(Some(moving))
    }

    async fn partition_rename_stored(
        &self,
        caller: &Caller,
        request: &PartitionRename,
        table: &Table,
        old: &Partition,
        mut new: Partition,
        moving: Option<(i64, &[DirectoryMove])>,
    ) -> Result<()> {
        new.parameters.remove(REGISTERED);
        // What is listed lies where it lay: it is moved last.
        let to = new.location().map(str::to_owned);
        let place = |partition: &mut Partition, location: Option<&str>| {
            if let Some(storage) = partition.storage.as_mut() {
                storage.location = location.map(str::to_owned);
            }
        };
        place(&mut new, old.location());
        self.partitions_statistics_changed(table, vec![(old, &mut new)], &request.environment).await?;
        place(&mut new, to.as_deref());
        let at = &request.at;
        let mut txn = self.store.write_table(table.id).await?;
        let names = std::slice::from_ref(&old.name);
        self.partitions_unchanged(&mut txn, at, table, std::slice::from_ref(old), names).await?;
        if !txn.partition_existing(table.id, std::slice::from_ref(&new.name)).await?.is_empty() {
            return Err(overtaken(at));
        }
        match moving {
            Some((intent, _)) => self.moves_end(&mut txn, intent).await?,
            None => self.moves_settle(&mut txn, &[table.id]).await?,
        }
        let change = Change { operation: "rename_partition", by: caller.user() };
        let version = txn.table_commit(table.id, None, change).await?;
        txn.statistics_move((table.id, &old.name), (table.id, &new.name)).await?;
        column_statistics_after(&mut txn, table.id, std::slice::from_ref(old), std::slice::from_mut(&mut new)).await?;
        txn.partition_remove_many(table.id, version, names).await?;
        registered_files_leave(&mut txn, table.id, version, std::slice::from_ref(old)).await?;
        // The new row has the data now, wherever it lies.
        txn.partition_place_forget(table.id, version, names).await?;
        txn.partition_add_many(table.id, version, table.location(), std::slice::from_ref(&new)).await?;
        self.partitions_place_follow(&mut txn, table, [&new]).await?;
        if old.values != new.values {
            partition_privileges_move(&mut txn, table.id, &old.values, &new.values).await?;
        }
        if table.flag("transactional") && old.name != new.name {
            let place = (at.catalog.as_str(), at.database.as_str(), at.table.as_str());
            txn.compaction_rename_partition(place, &old.name, &new.name).await?;
        }
        txn.event_insert(&at.event(
            "ALTER_PARTITION",
            (table.id, version),
            &Altered { partition: Some(new.name.clone()), renamed_from: Some(old.name.clone()), ..Altered::default() },
        ))
        .await?;
        if let Some((_, moves)) = moving {
            self.directories_move(moves).await.map_err(|e| e.with_kind(Kind::InvalidOperation))?;
        }
        txn.commit().await
    }
}
