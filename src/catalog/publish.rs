//! Publishing what was registered: partitions, their files and their statistics, in one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use skep_core::difference::table_difference;
use skep_core::lake::HiveType;
use skep_core::partition::Partition;
use skep_core::stats::ColumnStatistics;
use skep_core::table::{Column, Shape, Table};
use skep_core::{Error, Result};

use super::caller::Caller;
use super::metastore::Metastore;
use super::partition_form::overtaken_by;
use super::partition_privileges::partition_privileges_forget;
use super::places::{Placing, TablePlaceChange};
use super::reference::TableRef;
use super::statistics_update::statistics_rows;
use super::table_alter::Altered;
use super::table_read::missing;
use crate::store::{Change, Definition, FilesRemoved, PartitionScan, StoredBlock, StoredFile, StoredPartition, Txn};

/// What versions say that it was.
const OPERATION: &str = "register";

/// What is to be published of one table.
#[derive(Debug, Clone)]
pub struct Publish {
    pub at: TableRef,
    /// The table that this was planned against: where its definition is another one by now, the call is a conflict.
    pub planned: Arc<Table>,
    /// New columns, or new parameters of a table without partitions.
    pub definition: Option<Table>,
    pub partitions: Arc<Vec<Published>>,
    /// Names of partitions that go; their data stays. The call is a conflict where anything changed since the plan.
    pub dropped: Vec<String>,
}

/// One partition; of a table without partitions the table itself, whose `partition` is empty.
#[derive(Debug, Clone, Default)]
pub struct Published {
    /// Complete, as it is to be.
    pub partition: Partition,
    /// The row that it replaces, as it was planned; None: there was no such partition.
    pub replaces: Option<i64>,
    /// All files known so far are none of it any more.
    pub is_new_content: bool,
    /// Paths, below the location.
    pub files_removed: Vec<String>,
    pub files_added: Vec<StoredFile>,
    /// Blocks that are made for these files, and known ones with what they add.
    pub blocks_new: Vec<StoredBlock>,
    pub blocks_grown: Vec<StoredBlock>,
    /// Of its columns; those that are not here keep what they had.
    pub statistics: Vec<ColumnStatistics>,
}

impl Metastore {
    /// Publishes, all or nothing, and gives the table's version then.
    ///
    /// Errors: NotFound without the table; Conflict where the plan is overtaken: plan again.
    pub async fn publish(&self, caller: &Caller, publish: &Publish) -> Result<i64> {
        let at = &publish.at;
        let mut txn = self.store.write_table(publish.planned.id).await?;
        let locked = txn.table_lock(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        self.publish_check(&mut txn, publish, &locked).await?;
        let totals = self.totals_after(&mut txn, &locked, publish).await?;
        let (mut version, mut removed) = (locked.version, FilesRemoved::default());
        let change = Change { operation: OPERATION, by: caller.user() };
        let table = publish.definition.as_ref().unwrap_or(&locked);
        if let Some(new) = &publish.definition {
            let event = at.tale("ALTER_TABLE", &Altered { truncate: false, partition: None, renamed_from: None });
            version = txn.table_commit_told(locked.id, Some(Definition::of(new)), change, Some(&event)).await?;
            let place = TablePlaceChange { new, old: Some(&locked), placing: Placing::Named, is_moved: false };
            self.table_place_follow(&mut txn, place).await?;
            self.columns_append(&mut txn, version, &locked, new).await?;
            self.log_columns_follow(&mut txn, caller, &locked, new).await?;
        }
        let (changed, new): (Vec<&Published>, Vec<&Published>) =
            publish.partitions.iter().filter(|p| !p.partition.name.is_empty()).partition(|p| p.replaces.is_some());
        if !new.is_empty() {
            version = self.publish_new(&mut txn, at, table, caller, &new).await?;
        }
        if !changed.is_empty() {
            version = self.publish_changed(&mut txn, at, table, caller, &changed).await?;
        }
        if !publish.dropped.is_empty() {
            let old = txn.partition_by_names(locked.id, version, &publish.dropped).await?;
            self.log_partitions_change(&mut txn, caller, table, &old, &[]).await?;
            let event = at.tale("DROP_PARTITION", &());
            version = txn.table_commit_told(locked.id, None, change, Some(&event)).await?;
            txn.partition_remove_many(locked.id, version, &publish.dropped).await?;
            txn.statistics_delete(locked.id, &publish.dropped, None, None).await?;
            removed = txn.file_remove_of(locked.id, version, &publish.dropped).await?;
            partition_privileges_forget(&mut txn, locked.id, &old).await?;
        }
        removed += publish_files(&mut txn, locked.id, version, &publish.partitions).await?;
        txn.block_break(locked.id, version, removed).await?;
        Self::totals_put(&mut txn, locked.id, version, totals).await?;
        txn.commit().await?;
        Ok(version)
    }

    /// Whether what was planned still holds of the locked table.
    async fn publish_check(&self, txn: &mut Txn, publish: &Publish, locked: &Table) -> Result<()> {
        let planned = &publish.planned;
        let same = Table { version: 0, ..locked.clone() } == Table { version: 0, ..Table::clone(planned) };
        if !same {
            return Err(overtaken_by(&publish.at, table_difference(planned, locked)));
        }
        if locked.version == planned.version {
            return Ok(());
        }
        let names: Vec<String> = publish.partitions.iter().map(|p| p.partition.name.clone()).collect();
        let now = txn.partition_by_names(locked.id, locked.version, &names).await?;
        let now: HashMap<&str, i64> = now.iter().map(|p| (p.name.as_str(), p.id)).collect();
        let holds = |p: &Published| p.replaces == now.get(p.partition.name.as_str()).copied();
        let of_table = publish.partitions.iter().any(|p| p.partition.name.is_empty());
        let changed = publish.partitions.iter().find(|p| !holds(p)).map(|p| &p.partition.name);
        let what = match changed {
            Some(name) => format!("partition {name:?}"),
            None if of_table => "its files".to_owned(),
            None if !publish.dropped.is_empty() => "something, while partitions are to be dropped".to_owned(),
            None => return Ok(()),
        };
        Err(overtaken_by(
            &publish.at,
            format!("{what} (version {}, and {} was planned)", locked.version, planned.version),
        ))
    }

    async fn publish_new(
        &self,
        txn: &mut Txn,
        at: &TableRef,
        table: &Table,
        caller: &Caller,
        new: &[&Published],
    ) -> Result<i64> {
        let change = Change { operation: OPERATION, by: caller.user() };
        let partitions: Vec<&Partition> = new.iter().map(|p| &p.partition).collect();
        let version = txn.table_commit_told(table.id, None, change, Some(&at.tale("ADD_PARTITION", &()))).await?;
        txn.partition_add_many(table.id, version, table.location(), &partitions).await?;
        self.partitions_place_follow(txn, table, partitions.iter().copied()).await?;
        self.partition_privileges_inherit(txn, table, &partitions).await?;
        self.log_partitions_came(txn, caller, table, &partitions).await?;
        Ok(version)
    }

    async fn publish_changed(
        &self,
        txn: &mut Txn,
        at: &TableRef,
        table: &Table,
        caller: &Caller,
        changed: &[&Published],
    ) -> Result<i64> {
        let change = Change { operation: OPERATION, by: caller.user() };
        let partitions: Vec<Partition> = changed.iter().map(|p| p.partition.clone()).collect();
        let names: Vec<String> = partitions.iter().map(|p| p.name.clone()).collect();
        let old = txn.partition_by_names(table.id, table.version, &names).await?;
        self.log_partitions_change(txn, caller, table, &old, &partitions).await?;
        let version = txn.table_commit(table.id, None, change).await?;
        if txn.partition_remove_many(table.id, version, &names).await? != names.len() as u64 {
            return Err(Error::internal(format!("{at}: partitions that were to be replaced are not there")));
        }
        txn.partition_add_many(table.id, version, table.location(), &partitions).await?;
        let is_moved =
            |old: &&Partition| partitions.iter().any(|new| new.name == old.name && new.location() != old.location());
        let moved: Vec<&Partition> = if changed.iter().any(|one| one.is_new_content) {
            old.iter().filter(is_moved).collect()
        } else {
            Vec::new()
        };
        self.partitions_place_leave(txn, table, moved).await?;
        self.partitions_place_follow(txn, table, &partitions).await?;
        let altered = |name: &String| Altered { partition: Some(name.clone()), ..Altered::default() };
        let bodies: Vec<Altered> = names.iter().map(altered).collect();
        txn.event_insert_alike(&at.event("ALTER_PARTITION", (table.id, version), &()), &bodies).await?;
        Ok(version)
    }

    /// Partitions get the columns that the table got, at the end, and its types where theirs hold nothing but nulls; the
    /// others stay as they are, since their files are.
    pub(super) async fn columns_append(&self, txn: &mut Txn, version: i64, old: &Table, new: &Table) -> Result<()> {
        if !new.is_partitioned() || old.columns() == new.columns() {
            return Ok(());
        }
        for slot in txn.slot_list(new.id, version).await? {
            if slot.shape.columns.is_none() {
                continue;
            }
            let columns = columns_after(slot.shape.columns(), new.columns());
            if columns != slot.shape.columns() {
                let shape = Shape { columns: Some(columns), ..(*slot.shape).clone() };
                txn.slot_reshape(new.id, slot.slot, version, &shape).await?;
            }
        }
        Ok(())
    }

    /// The table as it is now, and every partition of it as it is stored, of one version, as the rows arrive.
    pub async fn publish_state(
        &self,
        at: &TableRef,
        each: impl FnMut(StoredPartition<'_>) -> Result<()> + Send,
    ) -> Result<Arc<Table>> {
        let mut txn = self.store.read().await?;
        let table = txn.table_get(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        txn.partition_scan(table.id, PartitionScan::First(None), each).await?;
        Ok(Arc::new(table))
    }

    /// The table as it is now, and those of the named partitions that it has, all of one version.
    pub async fn publish_plan(&self, at: &TableRef, names: &[String]) -> Result<(Arc<Table>, Vec<Partition>)> {
        let mut txn = self.store.read().await?;
        let table = txn.table_get(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        let found = txn.partition_by_names(table.id, table.version, names).await?;
        Ok((Arc::new(table), found))
    }
}

/// A partition's columns after its table's changed.
fn columns_after(own: &[Column], of_table: &[Column]) -> Vec<Column> {
    let is_void = |column: &Column| {
        let parsed = column.type_name.as_deref().and_then(HiveType::parse);
        parsed.is_some_and(|parsed| !parsed.is_known())
    };
    let named = |list: &[Column], name: &str| list.iter().find(|column| column.name == name).cloned();
    let kept = own.iter().map(|column| {
        let renewed = is_void(column).then(|| named(of_table, &column.name)).flatten();
        renewed.unwrap_or_else(|| column.clone())
    });
    let lacking = of_table.iter().filter(|column| named(own, &column.name).is_none()).cloned();
    kept.chain(lacking).collect()
}

/// Files and statistics, of the version that the partitions are in.
async fn publish_files(txn: &mut Txn, table_id: i64, version: i64, all: &[Published]) -> Result<FilesRemoved> {
    let renewed = || all.iter().filter(|p| p.is_new_content);
    let names: Vec<String> = renewed().map(|p| p.partition.name.clone()).collect();
    let mut removed = txn.file_remove_of(table_id, version, &names).await?;
    // A new partition has none: they go with the one that was dropped.
    let there = renewed().filter(|p| p.replaces.is_some() || p.partition.name.is_empty());
    let names: Vec<String> = there.map(|p| p.partition.name.clone()).collect();
    if !names.is_empty() {
        txn.statistics_delete(table_id, &names, None, None).await?;
    }
    let gone = |p: &Published| -> Vec<(String, String)> {
        p.files_removed.iter().map(|path| (p.partition.name.clone(), path.clone())).collect()
    };
    let gone: Vec<(String, String)> = all.iter().flat_map(gone).collect();
    removed += txn.file_remove_many(table_id, version, &gone).await?;
    let came: Vec<&StoredFile> = all.iter().flat_map(|p| &p.files_added).collect();
    txn.file_add_many(table_id, version, &came).await?;
    let new: Vec<&StoredBlock> = all.iter().flat_map(|p| &p.blocks_new).collect();
    let grown: Vec<&StoredBlock> = all.iter().flat_map(|p| &p.blocks_grown).collect();
    txn.block_put(table_id, &new, &grown).await?;
    let told = |new: bool| {
        let of = all.iter().filter(move |p| p.is_new_content == new);
        statistics_rows(of.map(|p| (p.partition.name.as_str(), p.statistics.as_slice())))
    };
    txn.statistics_add(table_id, &told(true)).await?;
    txn.statistics_put(table_id, &told(false)).await?;
    Ok(removed)
}
