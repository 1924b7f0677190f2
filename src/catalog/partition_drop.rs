//! Dropping partitions: rows in one commit, data after it (`semantics.md §5`).

use std::collections::BTreeSet;

use skep_core::name::partition_name_parse;
use skep_core::partition::Partition;
use skep_core::table::{Parameters, Table};
use skep_core::{Error, Kind, Location, Result};

use super::caller::Caller;
use super::drops::skips_trash;
use super::metastore::Metastore;
use super::partition_drop_select::{PartitionsWhich, exprs_names};
use super::partition_follow::Followed;
use super::partition_form::{PartitionKey, default_location};
use super::partition_privileges::partition_privileges_forget;
use super::places::{Going, PlaceKept, Recorded};
use super::reference::TableRef;
use super::registered_files::registered_files_leave;
use super::table_read::missing;
use super::validate::data_is_ours;
use crate::store::{Change, Txn};
use crate::warehouse::Deletion;

/// Partitions to drop from one table.
#[derive(Debug, Clone)]
pub struct PartitionsDrop {
    pub at: TableRef,
    pub which: PartitionsWhich,
    pub delete_data: bool,
    /// Partitions that are not there are no error.
    pub if_exists: bool,
    /// Drops a part of an archive, too.
    pub ignore_protection: bool,
    pub environment: Parameters,
}

/// What a commit leaves to be done with files.
struct Leftovers {
    dropped: Vec<Partition>,
    tasks: Recorded,
    kept: Vec<PlaceKept>,
    /// Directories above those deleted that go if they are empty now, the deepest first.
    parents: Vec<Location>,
}

fn is_archived(partition: &Partition) -> bool {
    partition.parameters.get("is_archived").is_some_and(|v| v.eq_ignore_ascii_case("true"))
}

/// Where the data of a partition lies; an archived one points into its archive.
fn data_location(partition: &Partition) -> Option<&str> {
    match partition.parameters.get("original_location") {
        Some(original) if is_archived(partition) => Some(original),
        _ => partition.location(),
    }
}

impl Metastore {
    /// Drops one partition. Errors: NotFound without it or its table; Meta for a wrong number of values.
    pub async fn partition_drop(
        &self,
        caller: &Caller,
        at: &TableRef,
        key: &PartitionKey,
        delete_data: bool,
        environment: Parameters,
    ) -> Result<()> {
        let table = self.table_get(at).await?;
        let name = key.name(&table).map_err(|e| e.recast(Kind::InvalidObject, Kind::NotFound))?;
        let request = PartitionsDrop {
            at: at.clone(),
            which: PartitionsWhich::Names(vec![name.clone()]),
            delete_data,
            if_exists: false,
            ignore_protection: true,
            environment,
        };
        let dropped = self.partitions_drop(caller, &request).await;
        dropped.map(drop).map_err(|e| match e.kind {
            Kind::NotFound => Error::not_found(format!("Partition doesn't exist: {name} in {at}")),
            _ => e,
        })
    }

    /// Drops partitions and gives them, by name, and the places whose data stays since others have it.
    pub async fn partitions_drop(
        &self,
        caller: &Caller,
        request: &PartitionsDrop,
    ) -> Result<(Vec<Partition>, Vec<PlaceKept>)> {
        let left = self.store.retrying("partitions_drop", || self.partitions_drop_once(caller, request)).await?;
        self.tasks_run(left.tasks).await;
        self.directories_tidy(left.parents).await;
        Ok((left.dropped, left.kept))
    }

    async fn partitions_drop_once(&self, caller: &Caller, request: &PartitionsDrop) -> Result<Leftovers> {
        let at = &request.at;
        let table = self.table_get(at).await?;
        if self.settings.storage_checks {
            self.partitions_deletable_check(caller, &table, request).await?;
        }
        let mut txn = self.store.write_table(table.id).await?;
        let table = txn.table_lock(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        let dropped = self.partitions_selected(&mut txn, &table, request).await?;
        if dropped.is_empty() {
            return Ok(Leftovers { dropped, tasks: Vec::new(), kept: Vec::new(), parents: Vec::new() });
        }
        let names: Vec<String> = dropped.iter().map(|p| p.name.clone()).collect();
        self.log_partitions_change(&mut txn, caller, &table, &dropped, &[]).await?;
        let change = Change { operation: "drop_partitions", by: caller.user() };
        let event = at.tale("DROP_PARTITION", &());
        let version = txn.table_commit_told(table.id, None, change, Some(&event)).await?;
        txn.partition_remove_many(table.id, version, &names).await?;
        txn.statistics_delete(table.id, &names, None, None).await?;
        registered_files_leave(&mut txn, table.id, version, &dropped).await?;
        partition_privileges_forget(&mut txn, table.id, &dropped).await?;
        if table.flag("transactional") {
            txn.compaction_forget_partitions((&at.catalog, &at.database, &at.table), &names).await?;
        }
        let mut left = Leftovers { dropped, tasks: Vec::new(), kept: Vec::new(), parents: Vec::new() };
        if request.delete_data && data_is_ours(&table) {
            let skip_trash = skips_trash(&request.environment, &table.parameters);
            let (deletions, parents) = directories(&table, &left.dropped, skip_trash);
            (left.tasks, left.kept) = self.partitions_delete(&mut txn, &table, &left.dropped, deletions).await?;
            left.parents = parents;
        }
        txn.commit().await?;
        self.partitions_follow(Followed { table: Table { version, ..table }, gone: names, came: Vec::new() });
        Ok(left)
    }

    /// Decides on the data of partitions that were removed.
    async fn partitions_delete(
        &self,
        txn: &mut Txn,
        table: &Table,
        dropped: &[Partition],
        deletions: Vec<Deletion>,
    ) -> Result<(Recorded, Vec<PlaceKept>)> {
        let is_crowded = txn.table_is_crowded(table.id).await?;
        if is_crowded {
            self.moves_settle(txn, &[table.id]).await?;
        } else {
            // From now on there is something to be asked for: what is being deleted.
            txn.places_crowd(&[table.id], &[]).await?;
        }
        let by_name = |p: &Partition| default_location(table, &p.name).ok().flatten().map(|l| l.to_string());
        let going = Going {
            partitions_of: Some(table.id),
            partitions: dropped.iter().map(|p| p.name.clone()).collect(),
            is_alone: !is_crowded && dropped.iter().all(|p| by_name(p).as_deref() == p.location()),
            ..Going::default()
        };
        let decided = self.deletions_decide(txn, deletions, &going).await?;
        Ok((decided.recorded, decided.kept))
    }

    /// The partitions that the request means, by name.
    async fn partitions_selected(
        &self,
        txn: &mut Txn,
        table: &Table,
        request: &PartitionsDrop,
    ) -> Result<Vec<Partition>> {
        let (names, count) = match &request.which {
            PartitionsWhich::Names(names) | PartitionsWhich::MadeBefore(names, _) => (names.clone(), None),
            PartitionsWhich::Exprs(exprs) => {
                let partitions = txn.partition_values(table.id).await?;
                let (names, count) = exprs_names(exprs, table, &partitions)?;
                (names, Some(count))
            }
        };
        let mut found = txn.partition_by_names(table.id, table.version, &names).await?;
        if let PartitionsWhich::MadeBefore(_, before) = &request.which {
            found.retain(|partition| i64::from(partition.create_time) < *before);
        }
        if !request.if_exists && count.unwrap_or(found.len()) < request.which.count_min() {
            return Err(Error::not_found("Some partitions to drop are missing"));
        }
        if let (PartitionsWhich::Exprs(exprs), false) = (&request.which, request.ignore_protection) {
            archives_check(exprs.iter().filter_map(|e| e.archive_level).max(), &found)?;
        }
        Ok(found)
    }

    /// With `metastore.authorization.storage.checks`, partitions below a directory that the user may not write stay,
    /// even where their data would.
    async fn partitions_deletable_check(&self, caller: &Caller, table: &Table, request: &PartitionsDrop) -> Result<()> {
        let mut txn = self.store.read().await?;
        let partitions = self.partitions_selected(&mut txn, table, request).await?;
        drop(txn);
        let places = partitions.iter().filter_map(data_location).filter_map(|l| Location::parse(l).ok());
        let parents: BTreeSet<Location> = places.filter_map(|place| place.parent()).collect();
        for parent in parents {
            if !self.warehouse.is_writable(&parent, caller.user()).await? {
                return Err(Error::meta(format!(
                    "Table partition not deleted since {parent} is not writable by {}",
                    caller.user().unwrap_or("anonymous")
                )));
            }
        }
        Ok(())
    }
}

/// Partitions within one archive are dropped together or not at all.
fn archives_check(level: Option<i32>, partitions: &[Partition]) -> Result<()> {
    let Some(level) = level else { return Ok(()) };
    for partition in partitions.iter().filter(|p| is_archived(p)) {
        let given = partition.parameters.get("archiving_level").and_then(|l| l.parse().ok());
        if given.unwrap_or(i32::MAX).min(partition.values.len() as i32) < level {
            return Err(Error::meta(format!(
                "Cannot drop a subset of partitions in an archive, partition {}",
                partition.name
            )));
        }
    }
    Ok(())
}

/// What to delete, and which directories above it go when they are empty: one a key at most, and below the table's.
fn directories(table: &Table, dropped: &[Partition], skip_trash: bool) -> (Vec<Deletion>, Vec<Location>) {
    let base = table.location().and_then(|l| Location::parse(l).ok());
    let (mut deletions, mut parents) = (Vec::with_capacity(dropped.len()), BTreeSet::new());
    for partition in dropped {
        let Some(place) = data_location(partition).and_then(|l| Location::parse(l).ok()) else { continue };
        if base.as_ref().is_some_and(|base| base.is_within(&place)) {
            tracing::warn!(location = %place, table = table.full_name(), "data is kept: the whole table lies within");
            continue;
        }
        let levels = partition_name_parse(&partition.name).map_or(0, |keys| keys.len().saturating_sub(1));
        let above = std::iter::successors(place.parent(), Location::parent);
        let inside = |above: &Location| base.as_ref().is_some_and(|base| above.is_below(base));
        for parent in above.take(levels).take_while(inside) {
            parents.insert((std::cmp::Reverse(parent.path().split('/').count()), parent));
        }
        deletions.push(Deletion::new(place, skip_trash));
    }
    (deletions, parents.into_iter().map(|(_, parent)| parent).collect())
}
