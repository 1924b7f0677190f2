//! Events as Hive's notifications: the message is JSON of the format `json-0.2`, which all readers know, with whole
//! structs as TJSON texts inside (`semantics.md §13`).

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use skep_core::name::partition_name_parse;
use skep_core::partition::Partition;
use skep_core::table::Table;
use skep_thrift::types as t;
use skep_thrift::wire::{Encode, to_json};

use super::constraint::constraint_out;
use super::database::{catalog_out, database_out};
use super::event_message::{
    AddedOrDropped, AlterPartition, Altered, Common, Fired, OfTable, Statistics, StatisticsGone,
};
use super::function::function_out;
use super::partition::partition_out;
use super::statistics::statistics_out;
use super::table::table_out;
use crate::catalog::{Constraint, Event, EventDetail, StatisticsChanged, TableRef};

const FORMAT: &str = "json-0.2";

/// Keys and values in the order of the keys.
#[derive(Debug, Clone)]
pub struct Pairs(pub Vec<(String, String)>);

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

fn pairs(table: &Table, partition: &Partition) -> Pairs {
    let keys = table.partition_keys.iter().map(|key| key.name.clone());
    Pairs(keys.zip(partition.values.iter().cloned()).collect())
}

fn place(table: &Table) -> TableRef {
    TableRef::new(&table.catalog, &table.database, &table.name)
}

fn table_text(table: &Table) -> String {
    to_json(&table_out(table))
}

fn partition_text(table: &Table, partition: &Partition) -> String {
    to_json(&partition_out(partition, &place(table)))
}

pub fn event_out(event: Event) -> t::NotificationEvent {
    t::NotificationEvent {
        event_id: event.id,
        event_time: i32::try_from(event.at).unwrap_or(i32::MAX),
        message: message(&event),
        event_type: event.kind,
        db_name: event.database,
        table_name: event.table,
        message_format: Some(FORMAT.to_owned()),
        cat_name: event.catalog,
    }
}

/// A message is made of texts and numbers alone, which always make JSON.
fn text(message: &impl Serialize) -> String {
    serde_json::to_string(message).unwrap_or_default()
}

/// One struct under a key of its own.
fn single(event: &Event, key: &'static str, value: &impl Encode) -> String {
    let mut all = common_map(event);
    all.insert(key.to_owned(), to_json(value).into());
    text(&all)
}

/// Two structs, before and after.
fn double(event: &Event, keys: [&'static str; 2], before: &impl Encode, after: &impl Encode) -> String {
    let mut all = common_map(event);
    all.insert(keys[0].to_owned(), to_json(before).into());
    all.insert(keys[1].to_owned(), to_json(after).into());
    text(&all)
}

/// What messages have that are of no table.
fn common_map(event: &Event) -> serde_json::Map<String, serde_json::Value> {
    let mut all = serde_json::Map::new();
    all.insert("server".to_owned(), "".into());
    all.insert("servicePrincipal".to_owned(), "".into());
    if let Some(database) = &event.database {
        all.insert("db".to_owned(), database.as_str().into());
    }
    all.insert("timestamp".to_owned(), event.at.into());
    all
}

fn message(event: &Event) -> String {
    match &event.detail {
        EventDetail::Catalog(catalog) => {
            let mut all = common_map(event);
            all.insert("catalog".to_owned(), catalog.name.as_str().into());
            text(&all)
        }
        EventDetail::CatalogAltered(altered) => double(
            event,
            ["catObjBeforeJson", "catObjAfterJson"],
            &catalog_out(altered.before.clone()),
            &catalog_out(altered.after.clone()),
        ),
        EventDetail::Database(database) => single(event, "dbJson", &database_out(database.clone())),
        EventDetail::DatabaseAltered(altered) => double(
            event,
            ["dbObjBeforeJson", "dbObjAfterJson"],
            &database_out(altered.before.clone()),
            &database_out(altered.after.clone()),
        ),
        EventDetail::Function(function) => {
            let mut all = common_map(event);
            all.insert("functionName".to_owned(), function.name.as_str().into());
            all.insert("functionObjJson".to_owned(), to_json(&function_out(function.clone())).into());
            text(&all)
        }
        EventDetail::Constraints(constraints) => constraints_message(event, constraints),
        EventDetail::ConstraintDropped(name) => {
            let mut all = common_map(event);
            all.insert("dbName".to_owned(), event.database.as_deref().into());
            all.insert("tableName".to_owned(), event.table.as_deref().into());
            all.insert("constraintName".to_owned(), name.as_str().into());
            text(&all)
        }
        detail => table_message(event, detail),
    }
}

/// A list of texts, a struct each, under the name of its kind.
fn constraints_message(event: &Event, constraints: &[Constraint]) -> String {
    fn put<T: Encode>(all: &mut serde_json::Map<String, serde_json::Value>, key: &'static str, rows: Option<Vec<T>>) {
        if let Some(rows) = rows.filter(|rows| !rows.is_empty()) {
            all.insert(key.to_owned(), rows.iter().map(to_json).collect::<Vec<_>>().into());
        }
    }
    let name = |name: &Option<String>| name.clone().unwrap_or_default();
    let at = TableRef::new(&name(&event.catalog), &name(&event.database), &name(&event.table));
    let mut rows = t::SQLAllTableConstraints::default();
    for constraint in constraints {
        constraint_out(&at, constraint.clone(), &mut rows);
    }
    let mut all = common_map(event);
    put(&mut all, "primaryKeyListJson", rows.primary_keys);
    put(&mut all, "foreignKeyListJson", rows.foreign_keys);
    put(&mut all, "uniqueConstraintListJson", rows.unique_constraints);
    put(&mut all, "notNullConstraintListJson", rows.not_null_constraints);
    put(&mut all, "defaultConstraintListJson", rows.default_constraints);
    put(&mut all, "checkConstraintListJson", rows.check_constraints);
    text(&all)
}

fn table_message(event: &Event, detail: &EventDetail) -> String {
    match detail {
        EventDetail::Table(table) => {
            let files = (event.kind == "CREATE_TABLE").then_some([]);
            text(&OfTable { common: Common::new(event, table), table_obj_json: table_text(table), files })
        }
        EventDetail::TableAltered { before, after, truncate } => text(&Altered {
            common: Common::new(event, before),
            table_obj_before_json: table_text(before),
            table_obj_after_json: table_text(after),
            is_truncate_op: truncate.to_string(),
            write_id: after.write_id.unwrap_or_default(),
        }),
        EventDetail::Partitions { table, partitions } => {
            let added = event.kind == "ADD_PARTITION";
            text(&AddedOrDropped {
                common: Common::new(event, table),
                table_obj_json: table_text(table),
                partitions: partitions.iter().map(|p| pairs(table, p)).collect(),
                partition_list_json: added.then(|| partitions.iter().map(|p| partition_text(table, p)).collect()),
                partition_files: added.then_some([]),
            })
        }
        EventDetail::PartitionAltered { table, before, after, truncate } => text(&AlterPartition {
            common: Common::new(event, table),
            table_obj_json: table_text(table),
            key_values: pairs(table, before),
            partition_obj_before_json: partition_text(table, before),
            partition_obj_after_json: partition_text(table, after),
            is_truncate_op: truncate.to_string(),
            write_id: after.write_id.unwrap_or_default(),
        }),
        EventDetail::Fired { table, partition, fired } => text(&Fired {
            common: Common::new(event, table),
            table_obj_json: table_text(table),
            ptn_obj_json: partition.as_ref().map(|p| partition_text(table, p)),
            replace: fired.refresh.is_none().then(|| fired.replace.to_string()),
            files: fired.refresh.is_none().then_some(&fired.files),
            refresh_event: fired.refresh.map(|refresh| refresh.to_string()),
        }),
        EventDetail::Statistics { table, changed } => statistics_message(event, table, changed),
        _ => text(&common_map(event)),
    }
}

fn statistics_message(event: &Event, table: &Table, changed: &StatisticsChanged) -> String {
    let named = changed.partition.as_deref().and_then(|name| partition_name_parse(name).ok());
    let values: Option<Vec<String>> = named.map(|pairs| pairs.into_iter().map(|(_, value)| value).collect());
    if event.kind.starts_with("DELETE") {
        return text(&StatisticsGone {
            server: "",
            service_principal: "",
            database: &table.database,
            timestamp: event.at,
            // Hive's message has one column; none means all.
            col_name: changed.deleted.as_ref().and_then(|columns| columns.first()),
            engine: changed.engine.as_deref(),
            part_name: changed.partition.as_deref(),
            part_values: values,
        });
    }
    let engine = changed.columns.first().map_or("hive", |column| column.engine.as_str());
    let columns = statistics_out(changed.columns.clone(), &place(table), changed.partition.as_deref(), engine);
    text(&Statistics {
        server: "",
        service_principal: "",
        database: &table.database,
        timestamp: event.at,
        write_id: table.write_id.unwrap_or_default(),
        col_stats_json: to_json(&columns),
        table_obj_json: table_text(table),
        part_vals: values,
        parameters: &table.parameters,
    })
}
