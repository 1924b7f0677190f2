//! Creating a table (`semantics.md §4`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
use super::places::{Placing, TablePlaceChange};
use super::privileges::Privilege;
use super::reference::TableRef;
use super::remote::RemoteRefusal;
use super::spark_place::spark_place;
use super::statistics_update::Settled;
use super::translate;
use super::validate::{table_check, table_type_settle};
use crate::store::{Change, Txn};
use crate::warehouse::{Created, Location};

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
#[derive(Clone)]
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

/// A table that is to be stored.
#[derive(Clone)]
struct Create {
    table: Table,
    environment: Parameters,
    belongings: Belongings,
    placing: Placing,
}

/// So many places are tried for one table.
const PLACES_MAX: usize = 20;

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
        spark_place(&mut table);
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
        let (location, placing) = self.table_location_settle(&mut table, database)?;
        for key in [REGISTERED, EVENT_LOG, LOG_ROLE] {
            table.parameters.remove(key);
        }
        for key in TRANSIENT {
            table.parameters.remove(key);
        }
        table.create_time = self.now_seconds();
        table.parameters.entry("transient_lastDdlTime".to_owned()).or_insert_with(|| table.create_time.to_string());
        let create = Create { table, environment, belongings, placing };
        self.table_create_placed(caller, &at, create, location, &known).await
    }

    /// Creates the table where it is to lie or, where nobody named a place and that one is somebody's, elsewhere.
    async fn table_create_placed(
        &self,
        caller: &Caller,
        at: &TableRef,
        create: Create,
        location: Option<Location>,
        known: &KnownDatabase,
    ) -> Result<()> {
        let is_taken = &AtomicBool::new(self.store.is_joined() && create.placing == Placing::Default);
        for _ in 0..PLACES_MAX {
            let (mut create, mut place) = (create.clone(), location.clone());
            if is_taken.swap(false, Ordering::Relaxed)
                && let Some(base) = location.as_ref().and_then(Location::parent)
            {
                let name = location.as_ref().map(Location::name).unwrap_or_default();
                let chosen = self.place_choose(&base, name).await?;
                if let Some(storage) = create.table.storage.as_mut() {
                    storage.location = Some(chosen.to_string());
                }
                place = Some(chosen);
            }
            let database = Some(known.stored.as_str());
            let done = self
                .with_directories(caller, place.clone().into_iter().collect(), |created| {
                    self.table_create_stored(caller, at, create, database, place, (created, is_taken))
                })
                .await;
            if !is_taken.load(Ordering::Relaxed) {
                return done;
            }
        }
        Err(Error::new(
            Kind::Unavailable,
            format!("the place of {at} was taken by others {PLACES_MAX} times; try again"),
        ))
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
        let create = Create { table, environment, belongings, placing: Placing::Named };
        let nothing = (Vec::new(), &AtomicBool::new(false));
        self.table_create_stored(caller, &at, create, None, None, nothing).await
    }

    fn table_create_check(&self, table: &Table) -> Result<()> {
        if !self.name_is_valid(&table.name) {
            return Err(Error::invalid_object(format!("{} is not a valid object name", table.name)));
        }
        table_check(table, Kind::InvalidObject)
    }

    /// Fills in the default location; gives the place of the directory to make, none for a view, and how it came to be.
    pub(super) fn table_location_settle(
        &self,
        table: &mut Table,
        database: &Database,
    ) -> Result<(Option<Location>, Placing)> {
        let (name, is_view) = (table.name.clone(), table.is_view());
        let external = table.table_type == TableType::External;
        let Some(storage) = table.storage.as_mut() else { return Ok((None, Placing::Named)) };
        if is_view {
            storage.location = storage.location.take().filter(|l| !l.is_empty());
            return Ok((None, Placing::Named));
        }
        let given = storage.location.as_deref().filter(|l| !l.is_empty()).map(Location::parse).transpose()?;
        let usual = self.table_location_default(database, &name, external)?;
        let placing = match &given {
            None => Placing::Default,
            Some(given) if given.same_place(&usual) => Placing::NamedDefault,
            Some(_) => Placing::Named,
        };
        let location = given.unwrap_or(usual);
        if location.is_root() {
            return Err(Error::invalid_object(format!("{name} location must not be root path")));
        }
        storage.location = Some(location.to_string());
        Ok((Some(location), placing))
    }

    /// Where a table of this database lies that names no place.
    pub(super) fn table_location_default(&self, database: &Database, name: &str, external: bool) -> Result<Location> {
        Ok(self.warehouse.layout().table_location(&self.database_place(database)?, name, external))
    }

    async fn table_create_stored(
        &self,
        caller: &Caller,
        at: &TableRef,
        create: Create,
        database: Option<&str>,
        location: Option<Location>,
        (created, is_taken): (Vec<Created>, &AtomicBool),
    ) -> Result<()> {
        let Create { mut table, environment, belongings, placing } = create;
        let made = created.first().is_some_and(Created::newly_made);
        if !caller.imports && !made && !fast_statistics_complete(&table.parameters) {
            self.table_statistics_settle(&mut table, &environment, location.as_ref()).await?;
        }
        if !caller.imports {
            table.parameters.remove(DO_NOT_UPDATE_STATS);
        }
        let key = match &location {
            Some(location) => Some(self.warehouse.place_key(location).await),
            None => None,
        };
        // The short way is for a table that has its place alone, and for a view.
        let is_alone = belongings.is_empty() && (placing != Placing::Named || table.is_view());
        let (table, belongings, key) = (&table, &belongings, key.as_ref());
        let stored = self.store.retrying("table_create", || async move {
            let change = Change { operation: "create_table", by: caller.user() };
            let tale = at.tale("CREATE_TABLE", &());
            let named = |e: Error| if e.kind == Kind::AlreadyExists { taken(at) } else { e };
            if is_alone && let Some(mut txn) = self.store.write_once(None).await? {
                let id = match txn.table_create_once(table, key, database, change, Some(&tale)).await {
                    // Somebody has the place: the longer way says what that means.
                    Err(error) if error.kind == Kind::Conflict => None,
                    done => done.map_err(named)?,
                };
                if let Some(id) = id {
                    txn.commit().await?;
                    self.table_created(Table { id, version: 1, ..table.clone() });
                    return Ok(true);
                }
            }
            let mut txn = self.store.write().await?;
            let id = txn.table_create(table, database, change, Some(&tale)).await.map_err(named)?;
            let Some(id) = id else { return Ok(false) };
            let stored = Table { id, version: 1, ..table.clone() };
            let place = TablePlaceChange { new: &stored, old: None, placing, is_moved: false };
            match self.table_place_follow(&mut txn, place).await {
                Err(error) if error.kind == Kind::Conflict && placing == Placing::Default => {
                    is_taken.store(true, Ordering::Relaxed);
                    return Err(error.with_kind(Kind::InvalidOperation));
                }
                placed => placed?,
            }
            self.belongings_insert(&mut txn, caller, &stored, belongings).await?;
            txn.commit().await?;
            // Statistics mark the table, which makes another version of it.
            if belongings.statistics.is_empty() {
                self.table_created(stored);
            }
            Ok(true)
        });
        match (stored.await?, database) {
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
