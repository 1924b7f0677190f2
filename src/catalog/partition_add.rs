//! Adding partitions: all of a call or none (`semantics.md §5`).

use std::collections::HashSet;
use std::sync::Arc;

use skep_core::name::partition_values_of;
use skep_core::partition::Partition;
use skep_core::registration::REGISTERED;
use skep_core::stats::{ColumnStatistics, DO_NOT_UPDATE_STATS, fast_statistics_complete};
use skep_core::table::{Parameters, Shape, Storage, Table};
use skep_core::{Error, Kind, Result};

use super::caller::Caller;
use super::metastore::Metastore;
use super::partition_follow::Followed;
use super::partition_form::{
    DDL_TIME, PartitionKey, Shapes, default_location, overtaken, partitions_name, same_frame, storage_check,
    table_missing, told_not_to_list,
};
use super::reference::TableRef;
use super::remote::RemoteRefusal;
use super::statistics_update::Settled;
use super::together::Undo;
use crate::store::Change;
use crate::warehouse::{Created, Location};

/// Partitions to add to one table.
#[derive(Debug, Clone)]
pub struct PartitionsAdd {
    pub at: TableRef,
    /// Without names: these are made from the values.
    pub partitions: Vec<Partition>,
    /// Leaves out those that are there already.
    pub if_not_exists: bool,
    /// The columns come from the table, not from the partitions (`skipColumnSchemaForPartition`).
    pub columns_of_table: bool,
    pub environment: Parameters,
    /// Statistics of columns, each of a partition by its name: one that is added, or that is there already.
    pub statistics: Vec<(String, Vec<ColumnStatistics>)>,
}

/// Why partitions were not stored.
struct Failed {
    error: Error,
    /// Names that somebody else added meanwhile: their directories are in use.
    taken: Vec<String>,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, taken: Vec::new() }
    }
}

fn exists(at: &TableRef, name: &str) -> Error {
    Error::already_exists(format!("Partition already exists: {name} in {at}"))
}

impl Metastore {
    /// Adds all partitions with their statistics, or nothing, and gives those that were not there before, in the
    /// request's order.
    pub async fn partitions_add(&self, caller: &Caller, request: &PartitionsAdd) -> Result<Vec<Partition>> {
        self.store.retrying("partitions_add", || self.partitions_add_once(caller, request)).await
    }

    /// Adds a partition that has the table's columns and format, at its default place.
    pub async fn partition_append(
        &self,
        caller: &Caller,
        at: &TableRef,
        key: PartitionKey,
        environment: Parameters,
    ) -> Result<Partition> {
        let table = self.store.peek().await?.table_get(&at.catalog, &at.database, &at.table).await?;
        let table = table.ok_or_else(|| table_missing(at, "add partition", Kind::InvalidObject))?;
        if table.location().is_none() {
            return Err(Error::meta(format!("Cannot append a partition to a view: {at}")));
        }
        let values = match &key {
            PartitionKey::Values(values) => values.clone(),
            PartitionKey::Name(name) => partition_values_of(&table.partition_keys, name)?,
        };
        let storage = table.storage.as_ref().map(|s| Storage { shape: Arc::clone(&s.shape), location: None });
        let request = PartitionsAdd {
            at: at.clone(),
            partitions: vec![Partition { values, storage, ..Partition::default() }],
            if_not_exists: false,
            columns_of_table: false,
            environment,
            statistics: Vec::new(),
        };
        let added = self.partitions_add(caller, &request).await?.pop();
        added.ok_or_else(|| Error::internal("an appended partition was not added"))
    }

    async fn partitions_add_once(&self, caller: &Caller, request: &PartitionsAdd) -> Result<Vec<Partition>> {
        let at = &request.at;
        let mut peek = self.store.peek().await?;
        let table = peek.table_get(&at.catalog, &at.database, &at.table).await?;
        let Some(table) = table else {
            let missing = table_missing(at, "add partitions", Kind::InvalidObject);
            return Err(self.absent(at, RemoteRefusal::Operation("add_partitions"), missing).await);
        };
        let mut partitions = request.partitions.clone();
        partitions_name(&table, &mut partitions, &self.whitelist()?)?;
        let names: Vec<String> = partitions.iter().map(|p| p.name.clone()).collect();
        duplicates_check(&names)?;
        let existing = peek.partition_existing(table.id, &names).await?;
        drop(peek);
        if let (Some(name), false) = (existing.first(), request.if_not_exists) {
            return Err(exists(at, name));
        }
        let existing: HashSet<&String> = existing.iter().collect();
        partitions.retain(|p| !existing.contains(&p.name));
        let statistics = request.statistics.iter().map(|(name, of)| (Some(name.clone()), of.clone())).collect();
        let statistics = self.statistics_settle(statistics)?;
        if partitions.is_empty() {
            if !statistics.is_empty() {
                self.statistics_update_once(caller, at, &statistics, false).await?;
            }
            return Ok(partitions);
        }
        let locations =
            if caller.imports { Vec::new() } else { self.partitions_settle(&table, request, &mut partitions)? };
        if caller.imports {
            shapes_intern(&table, &mut partitions);
        }
        let created = self.warehouse.directories_create(locations, caller.user()).await?;
        match self.partitions_add_stored(caller, request, &table, partitions, statistics, &created).await {
            Ok(added) => {
                self.undo_later(Undo::Created(created));
                Ok(added)
            }
            Err(Failed { error, taken }) => {
                let taken: HashSet<String> = taken.into_iter().collect();
                let unused = names.iter().filter(|n| !existing.contains(n)).zip(created);
                let unused = unused.filter(|(name, _)| !taken.contains(*name)).map(|(_, made)| made).collect();
                if let Err(error) = self.warehouse.directories_undo(unused).await {
                    tracing::warn!(%error, "directories that were made for a failed call could not be taken back");
                }
                Err(error)
            }
        }
    }

    /// Fills in what the client left to the server; gives the directories, one a partition (none in a view).
    fn partitions_settle(
        &self,
        table: &Table,
        request: &PartitionsAdd,
        partitions: &mut [Partition],
    ) -> Result<Vec<Location>> {
        let now = self.now_seconds();
        let mut shapes = Shapes::of(table);
        let inherited = self.inherited(table);
        let mut locations = Vec::new();
        let mut checked: Option<Arc<Shape>> = None;
        for partition in partitions {
            let is_checked = match (&checked, &partition.storage) {
                (Some(shape), Some(storage)) => Arc::ptr_eq(shape, &storage.shape),
                _ => false,
            };
            if !is_checked {
                storage_check(table, partition)?;
                checked = partition.storage.as_ref().map(|storage| Arc::clone(&storage.shape));
            }
            let name = &partition.name;
            let place = match partition.location().filter(|l| !l.is_empty()) {
                Some(_) if table.location().is_none() => {
                    return Err(Error::meta(format!("Cannot specify location for a view partition: {name}")));
                }
                Some(given) => Some(Location::parse(given)?),
                None => default_location(table, name)?,
            };
            if let Some(storage) = partition.storage.as_mut() {
                storage.location = place.as_ref().map(Location::to_string);
                if request.columns_of_table {
                    let columns = table.storage.as_ref().and_then(|s| s.shape.columns.clone());
                    storage.shape = Arc::new(Shape { columns, ..Shape::clone(&storage.shape) });
                }
                shapes.intern(storage);
            }
            locations.extend(place);
            partition.create_time = now;
            partition.parameters.extend(inherited.clone());
            partition.parameters.remove(REGISTERED);
            partition.parameters.entry(DDL_TIME.to_owned()).or_insert_with(|| now.to_string());
        }
        Ok(locations)
    }

    /// The table's parameters that new partitions get.
    fn inherited(&self, table: &Table) -> Parameters {
        let keys = &self.settings.partition_inherit_table_properties;
        if keys.iter().any(|k| k == "*") {
            return table.parameters.clone();
        }
        keys.iter().filter_map(|key| Some((key.clone(), table.parameters.get(key)?.clone()))).collect()
    }

    async fn partitions_add_stored(
        &self,
        caller: &Caller,
        request: &PartitionsAdd,
        table: &Table,
        mut partitions: Vec<Partition>,
        statistics: Settled,
        created: &[Created],
    ) -> Result<Vec<Partition>, Failed> {
        if !caller.imports {
            self.partitions_statistics_new(table, &request.environment, &mut partitions, created).await?;
        }
        let at = &request.at;
        let mut txn = self.store.write_table(table.id).await?;
        let locked = txn.table_lock(&at.catalog, &at.database, &at.table).await?;
        let locked = locked.ok_or_else(|| table_missing(at, "add partitions", Kind::InvalidObject))?;
        if !same_frame(&locked, table) {
            return Err(overtaken(at).into());
        }
        if locked.version != table.version {
            let names: Vec<String> = partitions.iter().map(|p| p.name.clone()).collect();
            let taken = txn.partition_existing(table.id, &names).await?;
            if let Some(name) = taken.first() {
                let error = if request.if_not_exists { overtaken(at) } else { exists(at, name) };
                return Err(Failed { error, taken });
            }
        }
        let change = Change { operation: "add_partitions", by: caller.user() };
        let event = at.tale("ADD_PARTITION", &());
        let version = txn.table_commit_told(table.id, None, change, Some(&event)).await?;
        let slots = txn.partition_add_many(table.id, version, table.location(), &partitions).await?;
        if !caller.imports {
            self.partition_privileges_inherit(&mut txn, &locked, &partitions).await?;
        }
        self.log_partitions_came(&mut txn, caller, &locked, &partitions).await?;
        let locked = Table { version, ..locked };
        self.statistics_write(&mut txn, caller, &locked, statistics, false).await?;
        txn.commit().await?;
        let came = partitions.iter().zip(slots).collect();
        self.partitions_follow(Followed { table: locked, gone: Vec::new(), came });
        Ok(partitions)
    }

    /// numFiles and totalSize of partitions whose directory was there before, unless the client sent them.
    async fn partitions_statistics_new(
        &self,
        table: &Table,
        environment: &Parameters,
        partitions: &mut [Partition],
        created: &[Created],
    ) -> Result<()> {
        let all = self.settings.stats_autogather
            && !table.is_view()
            && !told_not_to_list(environment)
            && !told_not_to_list(&table.parameters);
        let mut to_list = Vec::new();
        for (partition, created) in partitions.iter_mut().zip(created) {
            let left_alone = told_not_to_list(&partition.parameters);
            partition.parameters.remove(DO_NOT_UPDATE_STATS);
            if all && !left_alone && !created.newly_made() && !fast_statistics_complete(&partition.parameters) {
                to_list.push(partition);
            }
        }
        self.partitions_list_files(to_list, environment).await
    }
}

/// An import keeps all that partitions bring; equal shapes are still held once.
fn shapes_intern(table: &Table, partitions: &mut [Partition]) {
    let mut shapes = Shapes::of(table);
    for partition in partitions {
        partition.parameters.remove(REGISTERED);
        partition.storage.iter_mut().for_each(|storage| shapes.intern(storage));
    }
}

fn duplicates_check(names: &[String]) -> Result<()> {
    let mut seen = HashSet::with_capacity(names.len());
    match names.iter().find(|name| !seen.insert(*name)) {
        Some(name) => Err(Error::meta(format!("Duplicate partitions in the list: {name}"))),
        None => Ok(()),
    }
}
