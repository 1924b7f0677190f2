//! Making a table an event log, and ending that.

use std::sync::Arc;

use skep_core::event_log::{ArrivalOrder, EVENT_LOG, EventLog, LOG_ROLE, LogRole, SNAPSHOT_ID};
use skep_core::name::validate_name;
use skep_core::table::{Column, Shape, Storage, Table, TableType};
use skep_core::{Error, Kind, Result};

use super::super::caller::Caller;
use super::super::metastore::Metastore;
use super::super::places::{Placing, TablePlaceChange};
use super::super::reference::TableRef;
use super::super::table_alter::Altered;
use super::super::table_read::missing;
use super::record::{LockedLog, LogRecord, log_store};
use super::view::{compacted_view_of, role_mark, view_of};
use crate::store::{Change, Definition, DocumentKind, Txn};
use crate::warehouse::Location;

/// A table that is to become an event log.
#[derive(Debug, Clone)]
pub struct LogCreate {
    pub at: TableRef,
    pub log: EventLog,
    /// Where snapshots are written; beside the log if not said.
    pub snapshot_location: Option<String>,
}

/// What is to change of a log; None: it stays.
#[derive(Debug, Clone, Default)]
pub struct LogAlter {
    /// Name of its compacted view; none: it is to have none. One of another name goes.
    pub compacted_view: Option<Option<String>>,
    /// See [`EventLog::tombstones_ms`].
    pub tombstones_ms: Option<Option<i64>>,
}

/// Of a final view whose log has no owner, made by nobody.
const OWNER: &str = "skep";
const PARQUET_INPUT: &str = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat";

impl Metastore {
    /// Makes an existing table of Parquet files an event log: its table of snapshots and its final view are made with
    /// it. Errors: InvalidObject names what does not fit; AlreadyExists a name that is taken.
    pub async fn log_create(&self, caller: &Caller, request: &LogCreate) -> Result<LogRecord> {
        let at = &request.at;
        let table = self.table_get(at).await?;
        let log = request.log.clone().normalized();
        for name in [&log.snapshot_table, &log.view].into_iter().chain(&log.compacted_view) {
            name_check(name)?;
        }
        // Made here, so that expired snapshots may be deleted from it.
        let mut place = snapshots_place(&table, &log, request.snapshot_location.as_deref())?;
        let placing = if request.snapshot_location.is_some() { Placing::Named } else { Placing::Default };
        if let (Placing::Default, Some(parent)) = (placing, place.parent()) {
            place = self.place_choose(&parent, &log.snapshot_table).await?;
        }
        let request = &LogCreate { snapshot_location: Some(place.to_string()), ..request.clone() };
        let once = |_| self.store.retrying("log_create", || self.log_create_once(caller, request, placing));
        self.with_directories(caller, vec![place], once).await
    }

    async fn log_create_once(&self, caller: &Caller, request: &LogCreate, placing: Placing) -> Result<LogRecord> {
        let at = &request.at;
        let log = request.log.clone().normalized();
        let mut txn = self.store.write().await?;
        let table = txn.table_lock(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        if let Some(role) = LogRole::of(&table) {
            let of = table.parameters.get(EVENT_LOG).map_or("", String::as_str);
            return Err(Error::already_exists(format!("{at} is the {} of the event log {of} already", role.as_str())));
        }
        log.check(&table)?;
        parquet_check(&table)?;
        self.log_partitions_check(&mut txn, &table).await?;
        let mut record = LogRecord {
            log,
            snapshots_id: 0,
            view_id: 0,
            compacted_view_id: None,
            current: None,
            settled: None,
            snapshots: Vec::new(),
            late: Vec::new(),
            compaction: None,
            token: 0,
            sealed: Vec::new(),
            ended: Vec::new(),
        };
        let snapshots = snapshots_of(&table, &record, request.snapshot_location.as_deref())?;
        record.snapshots_id = self.log_table_create(&mut txn, caller, snapshots, placing).await?;
        let view = view_of(&table, &record)?;
        record.view_id = self.log_table_create(&mut txn, caller, owned(view, caller), Placing::Named).await?;
        self.compacted_view_create(&mut txn, caller, &table, &mut record).await?;
        let mut marked = table.clone();
        role_mark(&mut marked.parameters, &table, LogRole::Log);
        self.log_definition_set(&mut txn, caller, at, &marked).await?;
        log_store(&mut txn, table.id, &record).await?;
        txn.commit().await?;
        Ok(record)
    }

    /// Every partition must have a place in the order of arrival.
    async fn log_partitions_check(&self, txn: &mut Txn, table: &Table) -> Result<()> {
        let arrival = ArrivalOrder::of(table)?;
        for (name, values) in txn.partition_values(table.id).await? {
            arrival.boundary(&values).map_err(|e| {
                Error::invalid_object(format!("partition {name} of {}: {}", table.full_name(), e.message))
            })?;
        }
        Ok(())
    }

    async fn log_table_create(
        &self,
        txn: &mut Txn,
        caller: &Caller,
        mut table: Table,
        placing: Placing,
    ) -> Result<i64> {
        let at = TableRef::new(&table.catalog, &table.database, &table.name);
        table.create_time = self.now_seconds();
        table.parameters.insert("transient_lastDdlTime".to_owned(), table.create_time.to_string());
        let change = Change { operation: "log_create", by: caller.user() };
        if txn.table_head(&at.catalog, &at.database, &at.table).await?.is_some() {
            return Err(Error::already_exists(format!("Table {at} already exists")));
        }
        let id = txn.table_create(&table, None, change, Some(&at.tale("CREATE_TABLE", &()))).await?;
        table.id = id.ok_or_else(|| Error::not_found(format!("Database {} not found", at.database)))?;
        let place = TablePlaceChange { new: &table, old: None, placing, is_moved: false };
        self.table_place_follow(txn, place).await?;
        Ok(table.id)
    }

    async fn log_definition_set(&self, txn: &mut Txn, caller: &Caller, at: &TableRef, new: &Table) -> Result<()> {
        let event = at.tale("ALTER_TABLE", &Altered { truncate: false, partition: None, renamed_from: None });
        let change = Change { operation: "log_alter", by: caller.user() };
        txn.table_commit_told(new.id, Some(Definition::of(new)), change, Some(&event)).await.map(drop)
    }

    /// Makes the compacted view, if the log is to have one.
    async fn compacted_view_create(
        &self,
        txn: &mut Txn,
        caller: &Caller,
        table: &Table,
        record: &mut LogRecord,
    ) -> Result<()> {
        record.compacted_view_id = match compacted_view_of(table, record)? {
            Some(view) => Some(self.log_table_create(txn, caller, owned(view, caller), Placing::Named).await?),
            None => None,
        };
        Ok(())
    }

    /// Changes what is told of. Errors: AlreadyExists where a name is taken; InvalidObject what does not fit; NotFound where
    /// it is no log.
    pub async fn log_alter(&self, caller: &Caller, at: &TableRef, alter: &LogAlter) -> Result<LogRecord> {
        self.store.retrying("log_alter", || self.log_alter_once(caller, at, alter)).await
    }

    async fn log_alter_once(&self, caller: &Caller, at: &TableRef, alter: &LogAlter) -> Result<LogRecord> {
        let mut txn = self.store.write().await?;
        let LockedLog { table, mut record, .. } = self.log_lock(&mut txn, at).await?;
        let mut log = record.log.clone();
        if let Some(view) = &alter.compacted_view {
            log.compacted_view.clone_from(view);
        }
        if let Some(ms) = alter.tombstones_ms {
            log.tombstones_ms = ms;
        }
        let log = log.normalized();
        if log == record.log {
            return Ok(record);
        }
        log.check(&table)?;
        let before = std::mem::replace(&mut record.log, log);
        if before.compacted_view != record.log.compacted_view {
            record.log.compacted_view.as_deref().map_or(Ok(()), name_check)?;
            if let (Some(name), Some(id)) = (&before.compacted_view, record.compacted_view_id) {
                let old = TableRef::new(&at.catalog, &at.database, name);
                let old = txn.table_lock(&old.catalog, &old.database, &old.table).await?;
                if let Some(old) = old.filter(|old| old.id == id) {
                    self.table_drop_in(&mut txn, caller, &old, false, false).await?;
                }
            }
            self.compacted_view_create(&mut txn, caller, &table, &mut record).await?;
        }
        log_store(&mut txn, table.id, &record).await?;
        txn.commit().await?;
        Ok(record)
    }

    /// Makes the log an ordinary table again. Its view goes; its table of snapshots goes too unless it is to stay. No
    /// data is deleted. Errors: NotFound where it is no log.
    pub async fn log_drop(&self, caller: &Caller, at: &TableRef, keep_snapshots: bool) -> Result<()> {
        self.store.retrying("log_drop", || self.log_drop_once(caller, at, keep_snapshots)).await
    }

    async fn log_drop_once(&self, caller: &Caller, at: &TableRef, keep_snapshots: bool) -> Result<()> {
        let mut txn = self.store.write().await?;
        let locked = self.log_lock(&mut txn, at).await?;
        let (mut table, record) = (locked.table, locked.record);
        txn.document_delete(DocumentKind::EventLog, "", &table.id.to_string()).await?;
        let compacted = record.log.compacted_view.as_ref().zip(record.compacted_view_id);
        let tables = [(&record.log.view, record.view_id), (&record.log.snapshot_table, record.snapshots_id)];
        for (name, id) in compacted.into_iter().chain(tables) {
            let of = TableRef::new(&at.catalog, &at.database, name);
            let other = txn.table_lock(&of.catalog, &of.database, &of.table).await?;
            let Some(mut other) = other.filter(|other| other.id == id) else { continue };
            if keep_snapshots && id == record.snapshots_id {
                unmark(&mut other);
                self.log_definition_set(&mut txn, caller, &of, &other).await?;
            } else {
                self.table_drop_in(&mut txn, caller, &other, false, false).await?;
            }
        }
        unmark(&mut table);
        self.log_definition_set(&mut txn, caller, at, &table).await?;
        txn.commit().await
    }
}

/// A name is part of a path and of every engine's SQL: nothing that means something there.
fn name_check(name: &str) -> Result<()> {
    if validate_name(name, false) {
        return Ok(());
    }
    Err(Error::invalid_object(format!("{name:?} is not a valid name here; letters, digits and _ are")))
}

/// Trino runs views as their owner, and none without one.
fn owned(mut view: Table, caller: &Caller) -> Table {
    let owner = [view.owner.as_deref(), caller.user()].into_iter().flatten().find(|owner| !owner.is_empty());
    view.owner = Some(owner.unwrap_or(OWNER).to_owned());
    view
}

/// The table of snapshots: the log's columns, and a key that nothing else has.
fn snapshots_of(log: &Table, record: &LogRecord, location: Option<&str>) -> Result<Table> {
    let columns = log.columns();
    if columns.iter().any(|column| column.name == SNAPSHOT_ID) {
        return Err(Error::invalid_object(format!(
            "the log has a column `{SNAPSHOT_ID}`, which is the snapshots' key"
        )));
    }
    let location = snapshots_place(log, &record.log, location)?;
    let shape = log.storage.as_ref().map(|s| Shape::clone(&s.shape)).unwrap_or_default();
    let key = Column { name: SNAPSHOT_ID.to_owned(), type_name: Some("string".to_owned()), comment: None };
    let mut table = Table {
        catalog: log.catalog.clone(),
        database: log.database.clone(),
        name: record.log.snapshot_table.clone(),
        owner: log.owner.clone(),
        owner_type: log.owner_type,
        storage: Some(Storage { shape: Arc::new(shape), location: Some(location.to_string()) }),
        partition_keys: vec![key],
        table_type: TableType::External,
        ..Table::default()
    };
    table.parameters.insert("EXTERNAL".to_owned(), "TRUE".to_owned());
    role_mark(&mut table.parameters, log, LogRole::Snapshots);
    Ok(table)
}

/// Where snapshots are written: as asked for, else beside the log.
fn snapshots_place(table: &Table, log: &EventLog, asked: Option<&str>) -> Result<Location> {
    match (asked, table.location()) {
        (Some(asked), _) => Location::parse(asked),
        (None, Some(place)) => {
            let place = Location::parse(place)?;
            let parent = place.parent().ok_or_else(|| Error::invalid_object("the log lies in a root"))?;
            Ok(parent.join(&log.snapshot_table))
        }
        (None, None) => Err(Error::invalid_object("the log has no location")),
    }
}

fn unmark(table: &mut Table) {
    table.parameters.remove(EVENT_LOG);
    table.parameters.remove(LOG_ROLE);
}

fn parquet_check(table: &Table) -> Result<()> {
    let format = table.storage.as_ref().and_then(|s| s.shape.input_format.as_deref()).unwrap_or_default();
    if format == PARQUET_INPUT {
        return Ok(());
    }
    Err(Error::new(
        Kind::InvalidObject,
        format!("event log {}: its input format is {format:?}; a log is a table of Parquet files", table.full_name()),
    ))
}
