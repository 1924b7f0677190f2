//! Truncating tables and partitions: their files go, their directories stay (`semantics.md §4`).

use skep_core::partition::Partition;
use skep_core::place::Relation;
use skep_core::stats::zero_statistics_set;
use skep_core::table::{Parameters, Table};
use skep_core::{Error, Kind, Location, Result};

use super::caller::Caller;
use super::drops::skips_trash;
use super::event_log::log_refuse;
use super::metastore::Metastore;
use super::places::{FileTask, Going, Recorded};
use super::reference::TableRef;
use super::registered_files::registered_files_leave;
use super::table_alter::Altered;
use super::table_read::missing;
use crate::store::{Change, Definition, Txn};
use crate::warehouse::Emptying;

impl Metastore {
    /// Deletes the files of a table, or of some of its partitions, and sets their statistics to zero.
    pub async fn table_truncate(
        &self,
        caller: &Caller,
        at: &TableRef,
        partition_names: Option<&[String]>,
        environment: &Parameters,
    ) -> Result<()> {
        self.alone_check("truncating a table")?;
        let once = || self.truncate_once(caller, at, partition_names, environment);
        let recorded = self.store.retrying("table_truncate", once).await?;
        self.tasks_run(recorded).await;
        Ok(())
    }

    /// Notes what lies at the places that are to be emptied, as they are now: a file that comes later stays.
    async fn truncate_look(
        &self,
        at: &TableRef,
        partition_names: Option<&[String]>,
        environment: &Parameters,
    ) -> Result<Vec<Emptying>> {
        let mut txn = self.store.read().await?;
        let table = txn.table_get(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        log_refuse(&table, "truncating it")?;
        let skip_trash = skips_trash(environment, &table.parameters);
        let locations: Vec<String> = if table.is_partitioned() {
            let partitions = match partition_names {
                Some(names) => txn.partition_by_names(table.id, table.version, names).await?,
                None => txn.partition_list(table.id, table.version, None).await?,
            };
            partitions.iter().filter_map(|p| p.location().map(str::to_owned)).collect()
        } else {
            table.location().map(str::to_owned).into_iter().collect()
        };
        drop(txn);
        let mut all = Vec::with_capacity(locations.len());
        for text in locations {
            let location = Location::parse(&text)?;
            if let Some(files) = self.warehouse.directory_files(&location).await? {
                all.push(Emptying { location, skip_trash, files });
            }
        }
        Ok(all)
    }

    /// Leaves out the places that others have, too.
    async fn truncate_decide(
        &self,
        txn: &mut Txn,
        table: &Table,
        partitions: &[Partition],
        looked: Vec<Emptying>,
    ) -> Result<Recorded> {
        self.moves_settle(txn, &[table.id]).await?;
        let mut places = Vec::with_capacity(looked.len());
        let is_crowded = txn.table_is_crowded(table.id).await?;
        let own = self.table_key(txn, table).await?;
        let going = Going {
            // A table without partitions is asked of others only.
            tables: if table.is_partitioned() { Vec::new() } else { vec![table.id] },
            partitions_of: Some(table.id),
            partitions: partitions.iter().map(|p| p.name.clone()).collect(),
            ..Going::default()
        };
        for emptying in looked {
            let keys = [self.warehouse.place_key(&emptying.location).await];
            txn.places_lock(&keys).await?;
            // What lies in the place of a table that is alone is nobody else's.
            let is_inside =
                own.as_ref().is_some_and(|own| matches!(keys[0].relation(own), Relation::At | Relation::Below));
            if (is_crowded || !is_inside) && self.place_is_shared(txn, &keys, &going).await? {
                tracing::info!(location = %emptying.location, "what others have, too, is not emptied");
                continue;
            }
            places.push(emptying);
        }
        self.task_record(txn, FileTask::Empty { places }).await
    }

    async fn truncate_once(
        &self,
        caller: &Caller,
        at: &TableRef,
        partition_names: Option<&[String]>,
        environment: &Parameters,
    ) -> Result<Recorded> {
        let looked = self.truncate_look(at, partition_names, environment).await?;
        let mut txn = self.store.write().await?;
        let mut table = txn.table_lock(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        log_refuse(&table, "truncating it")?;
        let columns: Vec<String> = table.columns().iter().map(|c| c.name.clone()).collect();
        let change = Change { operation: "truncate_table", by: caller.user() };
        let mut locations: Vec<String> = Vec::new();
        let mut emptied = Vec::new();
        let mut events = vec![Altered { truncate: true, ..Altered::default() }];
        let kind;
        let version = if table.is_partitioned() {
            let version = txn.table_commit(table.id, None, change).await?;
            let mut partitions = match partition_names {
                Some(names) => txn.partition_by_names(table.id, version, names).await?,
                None => txn.partition_list(table.id, version, None).await?,
            };
            let names: Vec<String> = partitions.iter().map(|p| p.name.clone()).collect();
            registered_files_leave(&mut txn, table.id, version, &partitions).await?;
            for partition in &mut partitions {
                zero_statistics_set(&mut partition.parameters, columns.iter().map(String::as_str));
                locations.extend(partition.location().map(str::to_owned));
            }
            emptied.clone_from(&partitions);
            txn.partition_remove_many(table.id, version, &names).await?;
            txn.partition_add_many(table.id, version, table.location(), &partitions).await?;
            txn.statistics_delete(table.id, &names, None, None).await?;
            kind = "ALTER_PARTITION";
            let altered = |partition| Altered { truncate: true, partition: Some(partition), ..Altered::default() };
            events = names.into_iter().map(altered).collect();
            version
        } else {
            zero_statistics_set(&mut table.parameters, columns.iter().map(String::as_str));
            locations.extend(table.location().map(str::to_owned));
            txn.statistics_delete(table.id, &[String::new()], None, None).await?;
            kind = "ALTER_TABLE";
            txn.table_commit(table.id, Some(Definition::of(&table)), change).await?
        };
        let event = at.event(kind, (table.id, version), &());
        txn.event_insert_alike(&event, &events).await?;
        // Whatever moved since it was looked at must be looked at again.
        let still = |one: &Emptying| locations.iter().any(|text| *text == one.location.to_string());
        if !looked.iter().all(still) {
            return Err(Error::new(Kind::Conflict, format!("{at} was changed meanwhile")));
        }
        let recorded = self.truncate_decide(&mut txn, &table, &emptied, looked).await?;
        txn.commit().await?;
        Ok(recorded)
    }
}
