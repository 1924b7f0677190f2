//! Altering a table: renames, moves, new columns, compare-and-set (`semantics.md §4`).

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use skep_core::evolution::{columns_appended_only, columns_changed, columns_compatible};
use skep_core::name::normalize;
use skep_core::registration::registration_keep;
use skep_core::stats::Accuracy;
use skep_core::table::{Parameters, Table, TableType};
use skep_core::{Error, Kind, Location, Result};

use super::caller::Caller;
use super::event_log::log_alter_check;
use super::metastore::Metastore;
use super::partition_follow::Followed;
use super::places::{DirectoryMove, Going, Placing, TablePlaceChange};
use super::reference::TableRef;
use super::remote::RemoteRefusal;
use super::totals::is_told;
use super::validate::{bucket_check, is_iceberg, table_check, table_type_settle};
use crate::store::{Change, Definition, TableHead, Txn};

/// A table to alter.
#[derive(Debug, Clone)]
pub struct TableAlter {
    pub at: TableRef,
    /// Replaces the old definition wholly.
    pub new: Table,
    pub environment: Parameters,
    pub cascade: bool,
    /// Compare-and-set: a parameter's key and the value that it must have now.
    pub expected: Option<(String, String)>,
}

/// What an ALTER event says that the versions do not.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Altered {
    #[serde(default)]
    pub truncate: bool,
    /// The partition that was altered; none: the table, or all that the version changed.
    #[serde(default)]
    pub partition: Option<String>,
    /// The name that the partition had until then, where it was renamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
}

/// The version says it all.
const ALTERED: Altered = Altered { truncate: false, partition: None, renamed_from: None };

/// SerDes whose tables may change types at will: they keep the real schema elsewhere.
const FREE_SERDES: [&str; 2] = ["org.apache.hadoop.hive.kudu.KuduSerDe", "org.apache.iceberg.mr.hive.HiveIcebergSerDe"];

impl Metastore {
    pub async fn table_alter(&self, caller: &Caller, request: TableAlter) -> Result<()> {
        let TableAlter { at, mut new, environment, cascade, expected } = request;
        (new.catalog, new.database, new.name) =
            (normalize(&new.catalog), normalize(&new.database), normalize(&new.name));
        if !self.name_is_valid(&new.name) {
            return Err(Error::invalid_operation(format!("{} is not a valid object name", new.name)));
        }
        table_check(&new, Kind::InvalidOperation)?;
        if let Some(storage) = &new.storage {
            bucket_check(&storage.shape)?;
        }
        if new.catalog != at.catalog {
            return Err(Error::invalid_operation(format!(
                "Tables cannot be moved between catalogs, old catalog {}, new catalog {}",
                at.catalog, new.catalog
            )));
        }
        let request = &TableAlter { at, new, environment, cascade, expected };
        self.store.retrying("table_alter", || self.table_alter_once(caller, request)).await
    }

    async fn table_alter_once(&self, caller: &Caller, request: &TableAlter) -> Result<()> {
        let at = &request.at;
        let old = match self.table_get(at).await {
            Err(missing) if missing.kind == Kind::NotFound => {
                return Err(self.absent(at, RemoteRefusal::Table("Alter"), gone(at)).await);
            }
            found => found?,
        };
        let mut new = request.new.clone();
        self.totals_strip(&old, &mut new).await?;
        expected_check(&old, request)?;
        log_alter_check(&old, &mut new)?;
        if !caller.imports || old.is_partitioned() {
            self.table_alter_check(&old, &new, &request.environment)?;
        }
        if caller.imports {
            let is_moved = old.location() != new.location();
            registration_keep(&old.parameters, &mut new.parameters, is_moved);
            return self.table_alter_stored(caller, request, &old, new, None).await;
        }
        let moving = self.table_alter_settle(&old, &mut new).await?;
        if moving.is_none() {
            let place = new.location().map(Location::parse).transpose()?;
            if !new.is_view() {
                self.table_statistics_settle(&mut new, &request.environment, place.as_ref()).await?;
            }
        }
        new.parameters.remove(skep_core::stats::DO_NOT_UPDATE_STATS);
        let is_moved = old.location() != new.location();
        registration_keep(&old.parameters, &mut new.parameters, is_moved);
        let Some(moving) = moving else { return self.table_alter_stored(caller, request, &old, new, None).await };
        let moves = [moving];
        let intent = self.moves_begin(&[old.id], &moves).await?;
        let done = self.table_alter_stored(caller, request, &old, new, Some((intent, &moves))).await;
        if done.is_err() {
            self.move_failed(intent).await;
        }
        done
    }

    /// What may not change.
    fn table_alter_check(&self, old: &Table, new: &Table, environment: &Parameters) -> Result<()> {
        let allowed = environment.get("allow_partition_key_change").is_some_and(|v| v.eq_ignore_ascii_case("true"));
        let keys_may_change = allowed || is_iceberg(new) || is_iceberg(old);
        if !keys_may_change && !new.is_view() {
            let same = old.partition_keys.len() == new.partition_keys.len()
                && old
                    .partition_keys
                    .iter()
                    .zip(&new.partition_keys)
                    .all(|(a, b)| a.name.eq_ignore_ascii_case(&b.name));
            if !same {
                return Err(Error::invalid_operation("partition keys can not be changed."));
            }
        }
        let serde = new.storage.as_ref().and_then(|s| s.shape.serde.as_ref()).and_then(|s| s.library.as_deref());
        let free = new.is_view() || keys_may_change || serde.is_some_and(|s| FREE_SERDES.contains(&s));
        if self.settings.disallow_incompatible_col_type_changes && !free {
            columns_compatible(old.columns(), new.columns())?;
        }
        Ok(())
    }

    /// Fills in what the client leaves to the server; gives the move that a rename asks for, where the directory can be
    /// moved: else the table keeps its place.
    async fn table_alter_settle(&self, old: &Table, new: &mut Table) -> Result<Option<DirectoryMove>> {
        new.create_time = old.create_time;
        let now = self.now_seconds();
        new.parameters.entry("transient_lastDdlTime".to_owned()).or_insert_with(|| now.to_string());
        table_type_settle(new);
        let old_location = old.location().map(str::to_owned);
        let is_view = new.is_view();
        let Some(storage) = new.storage.as_mut() else { return Ok(None) };
        let given = storage.location.as_deref().filter(|l| !l.is_empty()).map(Location::parse).transpose()?;
        let Some(old_location) = old_location.as_deref().map(Location::parse).transpose()? else {
            storage.location = given.map(|l| l.to_string());
            return Ok(None);
        };
        let stays = given.as_ref().is_none_or(|l| l.same_place(&old_location));
        if is_view {
            return Ok(None);
        }
        if storage.location.is_none() {
            return Err(Error::meta(format!("table {} lacks a location (sd.location)", new.name)));
        }
        if !stays {
            storage.location = given.map(|l| l.to_string());
            return Ok(None);
        }
        storage.location = Some(old_location.to_string());
        let renamed = (old.database.as_str(), old.name.as_str()) != (new.database.as_str(), new.name.as_str());
        let movable = old.table_type == TableType::Managed || old.flag("TRANSLATED_TO_EXTERNAL");
        if !renamed || !movable || is_iceberg(old) {
            return Ok(None);
        }
        let external = old.table_type == TableType::External;
        let database = self.database_get(&old.catalog, &old.database).await?;
        if !self.table_location_default(&database, &old.name, external)?.same_place(&old_location) {
            return Ok(None);
        }
        let database = self
            .database_get(&new.catalog, &new.database)
            .await
            .map_err(|e| e.recast(Kind::NotFound, Kind::InvalidOperation))?;
        let to = self.table_location_default(&database, &new.name, external)?;
        if to.same_place(&old_location) {
            return Ok(None);
        }
        let moving = self.table_move(old, &old_location, &to).await?;
        if let (Some(_), Some(storage)) = (&moving, new.storage.as_mut()) {
            storage.location = Some(to.to_string());
        }
        Ok(moving)
    }

    /// The move of a table's directory, if it can be moved with all that is the table's and nothing that is not.
    async fn table_move(&self, old: &Table, from: &Location, to: &Location) -> Result<Option<DirectoryMove>> {
        // Of several changes in one commit none is to be seen before the last: no directory moves.
        if self.store.is_joined() {
            return Ok(None);
        }
        let going = Going { tables: vec![old.id], ..Going::default() };
        let Some(moving) = self.directory_move(from, to, &going).await? else { return Ok(None) };
        if self.warehouse.directory_exists(to).await? {
            return Err(Error::invalid_operation(format!("New location for this table already exists : {to}")));
        }
        if old.is_partitioned() && !self.partitions_follow_text(old, from).await? {
            return Ok(None);
        }
        Ok(Some(moving))
    }

    /// Whether all partitions that lie in the table's directory are written so that they can be seen to.
    async fn partitions_follow_text(&self, table: &Table, from: &Location) -> Result<bool> {
        let base = table.location().unwrap_or_default();
        let apart = self.store.peek().await?.partition_apart(table.id, base).await?;
        let apart: Vec<&String> = apart.iter().filter(|text| !text.starts_with(&format!("{base}/"))).collect();
        let places: Vec<Location> = apart.iter().filter_map(|text| Location::parse(text).ok()).collect();
        let own = self.warehouse.place_key(from).await;
        Ok(!self.warehouse.place_keys(&places).await.iter().any(|key| key.touches(&own)))
    }

    async fn table_alter_stored(
        &self,
        caller: &Caller,
        request: &TableAlter,
        old: &Table,
        new: Table,
        moving: Option<(i64, &[DirectoryMove])>,
    ) -> Result<()> {
        let at = &request.at;
        let mut new = Table { id: old.id, ..new };
        if let Some(version) = self.table_alter_alone(caller, request, old, &new).await? {
            self.table_altered(request, false, Table { id: old.id, version, ..new });
            return Ok(());
        }
        let mut txn = self.store.write_table(old.id).await?;
        let locked = txn.table_lock_head(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| gone(at))?;
        if (locked.id, locked.version) != (old.id, old.version) {
            // Somebody was quicker: what was checked and settled above is of an old state.
            return Err(Error::new(Kind::Conflict, format!("{at} was changed meanwhile")));
        }
        match moving {
            Some((intent, _)) => self.moves_end(&mut txn, intent).await?,
            None if old.location() != new.location() => self.moves_settle(&mut txn, &[old.id]).await?,
            None => {}
        }
        let renamed = old.name != new.name || old.database != new.database;
        let database_id = if renamed { Some(self.table_target(&mut txn, &new).await?) } else { None };
        let parameters = caller.imports.then(|| new.parameters.clone());
        self.statistics_after_alter(&mut txn, old, &mut new, request.cascade).await?;
        new.parameters = parameters.unwrap_or(new.parameters);
        let change = Change { operation: "alter_table", by: caller.user() };
        let definition = Some(Definition { table: &new, database_id });
        let event = at.tale("ALTER_TABLE", &ALTERED);
        let version = txn.table_commit_told(old.id, definition, change, Some(&event)).await?;
        if request.cascade && new.is_partitioned() {
            self.columns_cascade(&mut txn, old.id, version, &new).await?;
        }
        self.constraints_after_alter(&mut txn, old, &new, version).await?;
        Self::totals_follow(&mut txn, old, &new, version).await?;
        self.log_columns_follow(&mut txn, caller, old, &new).await?;
        let moved = (old.location(), new.location());
        if let ((Some(from), Some(to)), true) = (moved, renamed && new.is_partitioned() && moved.0 != moved.1) {
            self.partitions_rebase(&mut txn, old.id, version, from, to).await?;
        }
        if renamed && old.flag("transactional") {
            let at = (old.catalog.as_str(), old.database.as_str(), old.name.as_str());
            txn.write_id_rename(at, &new.database, &new.name).await?;
            txn.compaction_rename(at, &new.database, &new.name).await?;
        }
        let placing = if moving.is_some() { Placing::NamedDefault } else { self.placing_of(&mut txn, &new).await? };
        let place = TablePlaceChange { new: &new, old: Some(old), placing, is_moved: moving.is_some() };
        self.table_place_follow(&mut txn, place).await?;
        if let Some((_, moves)) = moving {
            self.table_alone_again(&mut txn, &new).await?;
            self.directories_move(moves).await.map_err(|e| e.with_kind(Kind::InvalidOperation))?;
        }
        txn.commit().await?;
        self.table_altered(request, renamed, Table { id: old.id, version, ..new });
        Ok(())
    }

    /// How a table's place, which somebody named, came to be.
    async fn placing_of(&self, txn: &mut Txn, table: &Table) -> Result<Placing> {
        let Some(place) = table.location().and_then(|text| Location::parse(text).ok()) else {
            return Ok(Placing::Named);
        };
        let Some(database) = txn.database_get(&table.catalog, &table.database).await? else {
            return Ok(Placing::Named);
        };
        let external = table.table_type == TableType::External;
        let usual = self.table_location_default(&database.database, &table.name, external)?;
        Ok(if usual.same_place(&place) { Placing::NamedDefault } else { Placing::Named })
    }

    /// The same where nothing follows from the new definition: a write of one statement. None: the longer way.
    async fn table_alter_alone(
        &self,
        caller: &Caller,
        request: &TableAlter,
        old: &Table,
        new: &Table,
    ) -> Result<Option<i64>> {
        let stays = old.name == new.name
            && old.database == new.database
            && old.columns() == new.columns()
            && old.location() == new.location()
            && old.is_partitioned() == new.is_partitioned();
        if !stays || is_told(&new.parameters) || request.cascade && new.is_partitioned() {
            return Ok(None);
        }
        let Some(mut txn) = self.store.write_once(Some(old.id)).await? else { return Ok(None) };
        let change = Change { operation: "alter_table", by: caller.user() };
        let head = TableHead { id: old.id, version: old.version };
        let event = request.at.tale("ALTER_TABLE", &ALTERED);
        let version = txn.table_commit_once(head, Definition::of(new), change, &event).await?;
        txn.commit().await?;
        Ok(version)
    }

    fn table_altered(&self, request: &TableAlter, renamed: bool, after: Table) {
        if self.store.is_joined() {
            return;
        }
        self.table_cache.keep(after.version, &Arc::new(after.clone()));
        if !request.cascade && !renamed {
            self.partitions_follow(Followed { table: after, gone: Vec::new(), came: Vec::new() });
        }
    }

    /// The id of the database that a renamed table goes to; it must be there and the name free.
    async fn table_target(&self, txn: &mut Txn, new: &Table) -> Result<i64> {
        let database = txn.database_share(&new.catalog, &new.database).await?.ok_or_else(|| {
            Error::invalid_operation(format!("database {}.{} does not exist", new.catalog, new.database))
        })?;
        if txn.table_head(&new.catalog, &new.database, &new.name).await?.is_some() {
            return Err(Error::invalid_operation(format!("new table {}.{} already exists", new.database, new.name)));
        }
        Ok(database.id)
    }

    /// Statistics of columns that changed or went are no longer true.
    async fn statistics_after_alter(&self, txn: &mut Txn, old: &Table, new: &mut Table, cascade: bool) -> Result<()> {
        let changed = columns_changed(old.columns(), new.columns());
        if changed.is_empty() {
            return Ok(());
        }
        let partitions_too = new.is_partitioned() && (cascade || !columns_appended_only(old.columns(), new.columns()));
        txn.statistics_delete_columns(old.id, &changed, partitions_too).await?;
        Accuracy::edit(&mut new.parameters, |accuracy| {
            accuracy.remove_columns(changed.iter().map(String::as_str));
        });
        Ok(())
    }

    /// Gives all partitions the table's new columns: what their slots mean is changed, not the partitions.
    async fn columns_cascade(&self, txn: &mut Txn, table_id: i64, version: i64, new: &Table) -> Result<()> {
        for slot in txn.slot_list(table_id, version).await? {
            if slot.shape.columns() != new.columns() {
                let mut shape = (*slot.shape).clone();
                shape.columns = Some(new.columns().to_vec());
                txn.slot_reshape(table_id, slot.slot, version, &shape).await?;
            }
        }
        Ok(())
    }

    /// A managed rename takes the partitions below the table's directory along, as a versioned change.
    async fn partitions_rebase(&self, txn: &mut Txn, table_id: i64, version: i64, from: &str, to: &str) -> Result<()> {
        let mut partitions = txn.partition_list(table_id, version, None).await?;
        let below = |location: &str| {
            location.strip_prefix(from).filter(|rest| rest.starts_with('/')).map(|rest| format!("{to}{rest}"))
        };
        partitions.retain_mut(|partition| {
            let Some(storage) = partition.storage.as_mut() else { return false };
            let Some(moved) = storage.location.as_deref().and_then(below) else { return false };
            storage.location = Some(moved);
            true
        });
        let names: Vec<String> = partitions.iter().map(|p| p.name.clone()).collect();
        txn.partition_remove_many(table_id, version, &names).await?;
        // Nothing lies at the old places any more.
        txn.partition_place_forget(table_id, version, &names).await?;
        txn.partition_add_many(table_id, version, Some(to), &partitions).await.map(drop)
    }
}

fn gone(at: &TableRef) -> Error {
    Error::invalid_operation(format!("table {at} doesn't exist"))
}

/// Iceberg's commit: the parameter must be what the client read. Iceberg parses this text (`semantics.md §4`).
fn expected_check(old: &Table, request: &TableAlter) -> Result<()> {
    let Some((key, expected)) = &request.expected else { return Ok(()) };
    if !request.new.parameters.contains_key(key) {
        return Err(Error::meta(format!("New value for expected key {key} is not set")));
    }
    let current = old.parameters.get(key);
    if current == Some(expected) {
        return Ok(());
    }
    let current = current.map_or("null", String::as_str);
    Err(Error::meta(format!(
        "The table has been modified. The parameter value for key '{key}' is '{current}'. \
         The expected was value was '{expected}'"
    )))
}
