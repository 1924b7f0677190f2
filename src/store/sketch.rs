//! What housekeeping reads of definitions. It goes over those of all tables and databases, and one that is damaged must not
//! end it: that one is told of, once.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde::de::IgnoredAny;
use skep_core::table::TableType;
use skep_core::{Kind, Result};

use super::driver::without_nul;

/// So many damaged rows are told of.
const TOLD_MAX: usize = 1_000;

/// Tells the operator of a row that cannot be read, once for each row.
fn damage_tell(what: &'static str, id: i64, error: &dyn Display) {
    static TOLD: Mutex<BTreeSet<(&'static str, i64)>> = Mutex::new(BTreeSet::new());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.len() < TOLD_MAX && told.insert((what, id)) {
        tracing::error!(id, %error, "{what} in the store is damaged; housekeeping goes on without it");
    }
}

/// Leaves out a row that is damaged, where one among many must not end the work on all.
pub(super) fn readable<T>(what: &'static str, id: i64, read: Result<T>) -> Result<Option<T>> {
    match read {
        Err(error) if error.kind == Kind::Corrupt => {
            damage_tell(what, id, &error);
            Ok(None)
        }
        read => read.map(Some),
    }
}

/// A table or database whose stored definition cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Damaged {
    pub id: i64,
    /// All that the text calls a location.
    pub locations: Vec<String>,
}

/// What a table's stored definition says, as far as housekeeping asks.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TableSketch {
    /// `catalog.database.table`; empty where the definition is damaged.
    pub full_name: String,
    /// Where it lies: one place at most, but of a damaged definition all that it can mean.
    pub locations: Vec<String>,
    pub is_view: bool,
    pub is_partitioned: bool,
}

#[derive(Deserialize)]
struct StoredTable {
    catalog: String,
    database: String,
    name: String,
    storage: Option<StoredStorage>,
    #[serde(default)]
    partition_keys: Vec<IgnoredAny>,
    table_type: TableType,
}

#[derive(Deserialize)]
struct StoredStorage {
    location: Option<String>,
}

impl TableSketch {
    /// Reads a definition of the table `table_id`.
    pub(super) fn of(table_id: i64, definition: &str) -> Self {
        match serde_json::from_str::<StoredTable>(&without_nul(definition)) {
            Ok(table) => Self {
                full_name: format!("{}.{}.{}", table.catalog, table.database, table.name),
                locations: table.storage.and_then(|storage| storage.location).into_iter().collect(),
                is_view: table.table_type == TableType::View,
                is_partitioned: !table.partition_keys.is_empty(),
            },
            Err(error) => {
                damage_tell("a table's definition", table_id, &error);
                Self { locations: locations_in(definition), ..Self::default() }
            }
        }
    }
}

/// Whatever a damaged definition calls a location: data in a place that is in use is not to be deleted, readable or not.
pub(super) fn locations_in(definition: &str) -> Vec<String> {
    let after = |key: &'static str| definition.match_indices(key).map(move |(at, _)| &definition[at + key.len()..]);
    let text = |rest: &str| serde_json::Deserializer::from_str(rest).into_iter::<String>().next()?.ok();
    after("\"location\":").chain(after("\"managed_location\":")).filter_map(text).collect()
}

#[cfg(test)]
mod tests {
    use skep_core::table::{Column, Storage, Table};

    use super::*;

    fn table() -> Table {
        Table {
            catalog: "hive".into(),
            database: "d".into(),
            name: "t".into(),
            storage: Some(Storage { location: Some("file:/wh/\"t".into()), ..Storage::default() }),
            partition_keys: vec![Column::default()],
            parameters: [("said".into(), "a\0b".into())].into(),
            ..Table::default()
        }
    }

    #[test]
    fn definitions_are_sketched_as_they_are_stored() {
        let text = serde_json::to_string(&table()).unwrap();
        let sketch = TableSketch::of(1, &text);
        assert_eq!((sketch.full_name.as_str(), sketch.is_partitioned, sketch.is_view), ("hive.d.t", true, false));
        assert_eq!(sketch.locations, ["file:/wh/\"t"]);
        let view = Table { storage: None, partition_keys: Vec::new(), table_type: TableType::View, ..table() };
        let view = TableSketch::of(1, &serde_json::to_string(&view).unwrap());
        assert!(view.is_view && !view.is_partitioned && view.locations.is_empty());
    }

    #[test]
    fn damaged_definitions_still_say_where() {
        let text = serde_json::to_string(&table()).unwrap();
        let cut = TableSketch::of(2, &text[..text.len() - 1]);
        assert_eq!(cut, TableSketch { locations: vec!["file:/wh/\"t".into()], ..TableSketch::default() });
        assert_eq!(TableSketch::of(3, "").locations, [""; 0]);
    }
}
