//! Dropping tables (`semantics.md §4`).

use skep_core::event_log::LogRole;
use skep_core::table::{Database, Parameters, Table};
use skep_core::{Error, Kind, Location, Result};

use super::caller::Caller;
use super::event_log::log_refuse;
use super::metastore::Metastore;
use super::places::{Decided, FileTask, Going, PlaceKept, Recorded};
use super::privileges::table_scope;
use super::reference::TableRef;
use super::remote::RemoteRefusal;
use super::table_read::missing;
use super::totals::is_told;
use super::validate::data_is_ours;
use crate::store::{Change, NewEvent, TableHead, Txn};
use crate::warehouse::Deletion;

/// Is data of this object to be deleted past the trash?
pub(super) fn skips_trash(environment: &Parameters, parameters: &Parameters) -> bool {
    let set = |map: &Parameters, key: &str| map.get(key).is_some_and(|v| v.eq_ignore_ascii_case("true"));
    set(environment, "ifPurge") || set(parameters, "auto.purge") || set(parameters, "skip.trash")
}

impl Metastore {
    pub async fn table_drop(
        &self,
        caller: &Caller,
        at: &TableRef,
        delete_data: bool,
        environment: &Parameters,
    ) -> Result<Vec<PlaceKept>> {
        if delete_data && self.settings.storage_checks {
            match self.table_get(at).await {
                Ok(table) if data_is_ours(&table) => self.deletable_check(caller, at, table.location()).await?,
                Err(error) if error.kind != Kind::NotFound => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
        let dropped = self
            .store
            .retrying("table_drop", || async {
                if let Some(recorded) = self.table_drop_alone(caller, at, delete_data, environment).await? {
                    return Ok(Decided { recorded, kept: Vec::new() });
                }
                let mut txn = self.store.write().await?;
                let locked = txn.table_lock_last(&at.catalog, &at.database, &at.table).await?;
                let (table, has_views) = locked.ok_or_else(|| missing(at))?;
                log_refuse(&table, "dropping it alone")?;
                let purge = skips_trash(environment, &table.parameters);
                if has_views {
                    self.materialized_check(&mut txn, std::slice::from_ref(&table), None).await?;
                }
                self.moves_settle(&mut txn, &[table.id]).await?;
                let deletions = self.table_drop_in(&mut txn, caller, &table, delete_data, purge).await?;
                let going = Going { tables: vec![table.id], ..Going::default() };
                let decided = self.deletions_decide(&mut txn, deletions, &going).await?;
                txn.commit().await?;
                Ok(decided)
            })
            .await;
        match dropped {
            Ok(decided) => {
                self.tasks_run(decided.recorded).await;
                Ok(decided.kept)
            }
            Err(missing) if missing.kind == Kind::NotFound => {
                Err(self.absent(at, RemoteRefusal::Table("Drop"), missing).await)
            }
            Err(error) => Err(error),
        }
    }

    /// The same where nothing but the table's own data goes with it: a write of one statement. None: the longer way,
    /// which says why if it cannot be.
    async fn table_drop_alone(
        &self,
        caller: &Caller,
        at: &TableRef,
        delete_data: bool,
        environment: &Parameters,
    ) -> Result<Option<Recorded>> {
        if !self.store.writes_once() {
            return Ok(None);
        }
        let table = match self.table_get(at).await {
            Err(missing) if missing.kind == Kind::NotFound => return Ok(None),
            found => found?,
        };
        let goes_alone = LogRole::of(&table).is_none() && !is_told(&table.parameters) && !table.flag("transactional");
        if !goes_alone || table.is_partitioned() {
            return Ok(None);
        }
        let Some(mut txn) = self.store.write_once(Some(table.id)).await? else { return Ok(None) };
        let mut task = None;
        if delete_data
            && data_is_ours(&table)
            && let Some(location) = table.location()
        {
            let deletion = Deletion::new(Location::parse(location)?, skips_trash(environment, &table.parameters));
            let mut places = vec![deletion];
            self.deletions_resolve(&mut places).await;
            // A link would go alone: the longer way knows whose it is.
            if places.iter().any(|place| place.keys.len() > 1) {
                return Ok(None);
            }
            task = Some(FileTask::Delete { places });
        }
        let change = Change { operation: "drop_table", by: caller.user() };
        let head = TableHead { id: table.id, version: table.version };
        let scope = table_scope(table.id);
        let dropped = txn.table_drop_once(head, &scope, change, &at.tale("DROP_TABLE", &()), task.as_ref()).await?;
        txn.commit().await?;
        Ok(dropped.map(|id| id.zip(task).into_iter().collect()))
    }

    /// With `metastore.authorization.storage.checks`, data that the user may not delete keeps its table.
    pub(super) async fn deletable_check(&self, caller: &Caller, at: &TableRef, location: Option<&str>) -> Result<()> {
        let Some(location) = location.filter(|_| self.settings.storage_checks) else { return Ok(()) };
        let location = Location::parse(location)?;
        let Some(parent) = location.parent() else { return Ok(()) };
        if !self.warehouse.is_writable(&parent, caller.user()).await? {
            return Err(Error::meta(format!(
                "{at} metadata not deleted since {parent} is not writable by {}",
                caller.user().unwrap_or("anonymous")
            )));
        }
        Ok(())
    }

    /// Tables that materialized views read stay; views that go with their database do not count.
    pub(super) async fn materialized_check(
        &self,
        txn: &mut Txn,
        tables: &[Table],
        going: Option<&Database>,
    ) -> Result<()> {
        let names: Vec<String> =
            tables.iter().flat_map(|t| [t.full_name(), format!("{}.{}", t.database, t.name)]).collect();
        let stays = |view: &Table| {
            !tables.iter().any(|t| t.id == view.id)
                && !going.is_some_and(|d| d.catalog == view.catalog && d.name == view.database)
        };
        let reads = |view: &Table| {
            view.creation_metadata.as_ref().is_some_and(|m| m.tables_used.iter().any(|used| names.contains(used)))
        };
        let views = txn.table_materialized().await?;
        let readers: Vec<String> = views.iter().filter(|v| stays(v) && reads(v)).map(Table::full_name).collect();
        if readers.is_empty() {
            return Ok(());
        }
        Err(Error::meta(format!(
            "Cannot drop table as it is used in the following materialized views [{}]",
            readers.join(", ")
        )))
    }

    /// Drops a locked table in a transaction; gives the directories to delete after its commit.
    pub(super) async fn table_drop_in(
        &self,
        txn: &mut Txn,
        caller: &Caller,
        table: &Table,
        delete_data: bool,
        skip_trash: bool,
    ) -> Result<Vec<Deletion>> {
        self.log_forget(txn, table).await?;
        Self::totals_forget(txn, table).await?;
        let mut deletions = Vec::new();
        if delete_data
            && data_is_ours(table)
            && let Some(location) = table.location()
        {
            let location = Location::parse(location)?;
            for apart in txn.partition_apart(table.id, &location.to_string()).await? {
                // What is no location is nowhere.
                let Ok(apart) = Location::parse(&apart) else { continue };
                if !apart.is_within(&location) {
                    deletions.push(Deletion::new(apart, skip_trash));
                }
            }
            deletions.push(Deletion::new(location, skip_trash));
        }
        let change = Change { operation: "drop_table", by: caller.user() };
        let event = NewEvent {
            kind: "DROP_TABLE",
            catalog: Some(&table.catalog),
            database: Some(&table.database),
            table: Some(&table.name),
            version: None,
            body: &(),
        };
        txn.table_drop(table.id, &table_scope(table.id), change, Some(&event)).await?;
        txn.places_leave(table.id).await?;
        if table.flag("transactional") {
            txn.write_id_forget((&table.catalog, &table.database, &table.name)).await?;
            txn.compaction_forget(&table.catalog, &table.database, Some(&table.name)).await?;
        }
        Ok(deletions)
    }
}
