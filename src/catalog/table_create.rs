//! Creating a table (`semantics.md §4`).

use std::sync::Arc;

use skep_core::event_log::{EVENT_LOG, LOG_ROLE};
use skep_core::name::normalize;
use skep_core::registration::REGISTERED;
use skep_core::stats::{
    ColumnStatistics, DO_NOT_UPDATE_STATS, STATS_GENERATED, basic_state_update, fast_statistics_complete,
    fast_statistics_set,
};
use skep_core::table::{Database, Parameters, Table, TableType};
use skep_core::{Error, Kind, Result};

use super::caller::Caller;
use super::constraints::Constraint;
use super::database_cache::KnownDatabase;
use super::databases::missing as database_missing;
use super::metastore::Metastore;
use super::privileges::Privilege;
use super::reference::TableRef;
use super::remote::RemoteRefusal;
use super::statistics_update::Settled;
use super::translate;
use super::validate::{table_check, table_type_settle};
use crate::store::{Change, Txn};
use crate::warehouse::{Created, DatabasePlace, Location};

/// A table to create.
#[derive(Debug, Clone, Default)]
pub struct TableCreate {
    pub table: Table,
    /// The call's environment context.
    pub environment: Parameters,
    /// Did the client say what it can do? Hive 4's translation asks.
    pub processor_capabilities: Option<Vec<String>>,
    /// Constraints; their names are made where they have none.
    pub constraints: Vec<Constraint>,
    /// Of its columns; they are not part of the table itself.
    pub statistics: Vec<ColumnStatistics>,
    /// Granted on it, now where they have no time.
    pub privileges: Vec<Privilege>,
}

/// What is stored in the transaction that makes a table, besides the table.
struct Belongings {
    constraints: Vec<Constraint>,
    statistics: Settled,
    privileges: Vec<Privilege>,
}

impl Belongings {
    fn is_empty(&self) -> bool {
        self.constraints.is_empty() && self.statistics.is_empty() && self.privileges.is_empty()
    }
}

/// Parameters that say how a table came to be; they are not kept.
const TRANSIENT: [&str; 2] = ["created_with_ctas", "created_with_ctlt"];

impl Metastore {
    /// Creates a table with all that comes with it, or nothing at all.
    pub async fn table_create(&self, caller: &Caller, request: TableCreate) -> Result<()> {
        if caller.imports {
            return self.table_import(caller, request).await;
        }
        let (catalog, database) = (normalize(&request.table.catalog), normalize(&request.table.database));
        if let Some(known) = self.database_cache.get(&catalog, &database).filter(|_| !self.store.is_joined()) {
            match self.table_create_in(caller, request.clone(), known).await {
                Err(error) if error.kind == Kind::Conflict => {}
                done => return done,
            }
        }
        let at = TableRef::new(&catalog, &database, &request.table.name);
        let found = self.store.peek().await?.database_get_beside(&at.catalog, &at.database, &at.table).await?;
        let Some((database, stored, is_taken)) = found else {
            self.table_create_check(&request.table)?;
            return Err(database_missing(&at.catalog, &at.database).with_kind(Kind::InvalidObject));
        };
        if is_taken {
            RemoteRefusal::Table("Create").check(&database)?;
            self.table_create_check(&request.table)?;
            return Err(taken(&at));
        }
        let known = Arc::new(KnownDatabase { database, stored });
        let done = self.table_create_in(caller, request, Arc::clone(&known)).await;
        self.database_cache.put(&known);
        done.map_err(|e| match e.kind {
            Kind::Conflict => database_missing(&at.catalog, &at.database).with_kind(Kind::InvalidObject),
            _ => e,
        })
    }

    /// Creates the table in a database as it is known. Errors: Conflict where it is another one by now.
    async fn table_create_in(&self, caller: &Caller, request: TableCreate, known: Arc<KnownDatabase>) -> Result<()> {
        let TableCreate { mut table, environment, processor_capabilities, constraints, statistics, privileges } =
            request;
        let belongings = self.belongings(constraints, statistics, privileges)?;
        let at = TableRef::new(&table.catalog, &table.database, &table.name);
        (table.catalog, table.database, table.name) = (at.catalog.clone(), at.database.clone(), at.table.clone());
        if environment.get("create_table_as_external").is_some_and(|v| v.eq_ignore_ascii_case("true")) {
            translate::make_external(&mut table);
        }
        let database = &known.database;
        if self.settings.translate_tables {
            translate::table_create(self, &mut table, database, processor_capabilities.as_deref())?;
        }
        self.table_create_check(&table)?;
        RemoteRefusal::Table("Create").check(database)?;
        table_type_settle(&mut table);
        let location = self.table_location_settle(&mut table, database)?;
        for key in [REGISTERED, EVENT_LOG, LOG_ROLE] {
            table.parameters.remove(key);
        }
        for key in TRANSIENT {
            table.parameters.remove(key);
        }
        table.create_time = self.now_seconds();
        table.parameters.entry("transient_lastDdlTime".to_owned()).or_insert_with(|| table.create_time.to_string());
        self.with_directories(caller, location.clone().into_iter().collect(), |created| {
            self.table_create_stored(caller, at, table, Some(&known.stored), environment, belongings, location, created)
        })
        .await
    }

    fn belongings(
        &self,
        constraints: Vec<Constraint>,
        statistics: Vec<ColumnStatistics>,
        privileges: Vec<Privilege>,
    ) -> Result<Belongings> {
        let statistics = if statistics.is_empty() { Vec::new() } else { vec![(None, statistics)] };
        Ok(Belongings { constraints, statistics: self.statistics_settle(statistics)?, privileges })
    }

    /// Stores a table as another metastore has it.
    async fn table_import(&self, caller: &Caller, request: TableCreate) -> Result<()> {
        let TableCreate { mut table, environment, constraints, statistics, privileges, .. } = request;
        let belongings = self.belongings(constraints, statistics, privileges)?;
        let at = TableRef::new(&table.catalog, &table.database, &table.name);
        (table.catalog, table.database, table.name) = (at.catalog.clone(), at.database.clone(), at.table.clone());
        self.table_create_check(&table)?;
        // What this server promises of a table, it promises by its own doing.
        for key in [REGISTERED, EVENT_LOG, LOG_ROLE] {
            table.parameters.remove(key);
        }
        self.table_create_stored(caller, at, table, None, environment, belongings, None, Vec::new()).await
    }

    fn table_create_check(&self, table: &Table) -> Result<()> {
        if !self.name_is_valid(&table.name) {
            return Err(Error::invalid_object(format!("{} is not a valid object name", table.name)));
        }
        table_check(table, Kind::InvalidObject)
    }

    /// Fills in the default location; gives the place of the directory to make, none for a view.
    pub(super) fn table_location_settle(&self, table: &mut Table, database: &Database) -> Result<Option<Location>> {
        let (name, is_view) = (table.name.clone(), table.is_view());
        let external = table.table_type == TableType::External;
        let Some(storage) = table.storage.as_mut() else { return Ok(None) };
        if is_view {
            storage.location = storage.location.take().filter(|l| !l.is_empty());
            return Ok(None);
        }
        let location = match storage.location.as_deref().filter(|l| !l.is_empty()) {
            Some(given) => Location::parse(given)?,
            None => self.table_location_default(database, &name, external)?,
        };
        if location.is_root() {
            return Err(Error::invalid_object(format!("{name} location must not be root path")));
        }
        storage.location = Some(location.to_string());
        Ok(Some(location))
    }

    /// Where a table of this database lies that names no place.
    pub(super) fn table_location_default(&self, database: &Database, name: &str, external: bool) -> Result<Location> {
        let location = Location::parse(&database.location)?;
        let managed = database.managed_location.as_deref().map(Location::parse).transpose()?;
        let place = DatabasePlace {
            name: &database.name,
            in_default_catalog: database.catalog == self.default_catalog(),
            location: &location,
            managed_location: managed.as_ref(),
        };
        Ok(self.warehouse.layout().table_location(&place, name, external))
    }

    async fn table_create_stored(
        &self,
        caller: &Caller,
        at: TableRef,
        mut table: Table,
        database: Option<&str>,
        environment: Parameters,
        belongings: Belongings,
        location: Option<Location>,
        created: Vec<Created>,
    ) -> Result<()> {
        let made = created.first().is_some_and(Created::newly_made);
        if !caller.imports && !made && !fast_statistics_complete(&table.parameters) {
            self.table_statistics_settle(&mut table, &environment, location.as_ref()).await?;
        }
        if !caller.imports {
            table.parameters.remove(DO_NOT_UPDATE_STATS);
        }
        let (at, table, belongings) = (&at, &table, &belongings);
        let stored = self
            .store
            .retrying("table_create", move || async move {
                let change = Change { operation: "create_table", by: caller.user() };
                let tale = at.tale("CREATE_TABLE", &());
                let named = |e: Error| if e.kind == Kind::AlreadyExists { taken(at) } else { e };
                let of = |id| Table { id, version: 1, ..table.clone() };
                if belongings.is_empty()
                    && let Some(mut txn) = self.store.write_once(None).await?
                    && let Some(id) =
                        txn.table_create_once(table, database, change, Some(&tale)).await.map_err(named)?
                {
                    txn.commit().await?;
                    self.table_created(of(id));
                    return Ok(true);
                }
                let mut txn = self.store.write().await?;
                let id = txn.table_create(table, database, change, Some(&tale)).await.map_err(named)?;
                let Some(stored) = id.map(of) else { return Ok(false) };
                self.belongings_insert(&mut txn, caller, &stored, belongings).await?;
                txn.commit().await?;
                // Statistics mark the table, which makes another version of it.
                if belongings.statistics.is_empty() {
                    self.table_created(stored);
                }
                Ok(true)
            })
            .await?;
        match (stored, database) {
            (true, _) => Ok(()),
            (false, Some(_)) => Err(Error::new(Kind::Conflict, format!("the database {} was changed", at.database))),
            (false, None) => Err(database_missing(&at.catalog, &at.database).with_kind(Kind::InvalidObject)),
        }
    }

    /// Stores what comes with a table that the transaction made; its events are in the order of separate calls.
    async fn belongings_insert(
        &self,
        txn: &mut Txn,
        caller: &Caller,
        table: &Table,
        belongings: &Belongings,
    ) -> Result<()> {
        self.constraints_insert(txn, table, &belongings.constraints).await?;
        self.statistics_write(txn, caller, table, belongings.statistics.clone(), false).await?;
        self.privileges_insert(txn, &belongings.privileges).await
    }

    /// Whoever made a table asks for it next, as a rule.
    fn table_created(&self, table: Table) {
        if !self.store.is_joined() {
            let table = Arc::new(table);
            self.table_cache.keep(table.version, &table);
            self.partitions_begin(table);
        }
    }

    /// numFiles, totalSize and their mark, by a listing where Hive makes one (`semantics.md §4`).
    pub(super) async fn table_statistics_settle(
        &self,
        table: &mut Table,
        environment: &Parameters,
        location: Option<&Location>,
    ) -> Result<()> {
        let told_not_to = |parameters: &Parameters| {
            parameters.get(DO_NOT_UPDATE_STATS).is_some_and(|v| v.eq_ignore_ascii_case("true"))
        };
        let left_alone = told_not_to(environment) || told_not_to(&table.parameters);
        table.parameters.remove(DO_NOT_UPDATE_STATS);
        if left_alone || !self.settings.stats_autogather || table.is_view() || table.is_partitioned() {
            return Ok(());
        }
        let Some(location) = location else { return Ok(()) };
        if let Some(summary) = self.warehouse.files_summary(location).await? {
            fast_statistics_set(&mut table.parameters, summary.num_files, summary.total_size);
            basic_state_update(&mut table.parameters, environment.get(STATS_GENERATED).map(String::as_str));
        }
        Ok(())
    }
}

fn taken(at: &TableRef) -> Error {
    Error::already_exists(format!("Table {at} already exists"))
}
