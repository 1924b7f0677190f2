//! The rows that the ledger of places has for each kind of holder.

use skep_core::table::Table;
use skep_core::{Location, PlaceKey};

use crate::store::{PlaceKind, PlaceRow};

/// Gives the row of a table's own place. `key` is where its location leads, links resolved.
pub(super) fn table_row(key: PlaceKey, table: &Table) -> PlaceRow {
    PlaceRow {
        key,
        kind: PlaceKind::Table,
        owner: table.id,
        name: String::new(),
        is_leaf: !table.is_partitioned(),
        location: table.location().unwrap_or_default().to_owned(),
    }
}

/// Gives the row of a place that a table with a damaged definition may have.
pub(super) fn damaged_row(key: PlaceKey, table_id: i64, location: &Location) -> PlaceRow {
    let location = location.to_string();
    PlaceRow { key, kind: PlaceKind::Table, owner: table_id, name: String::new(), is_leaf: false, location }
}

/// Gives the row of one of a database's places; `name` says what the place is for.
pub(super) fn database_row(key: PlaceKey, id: i64, name: &str, location: &Location) -> PlaceRow {
    let location = location.to_string();
    PlaceRow { key, kind: PlaceKind::Database, owner: id, name: name.to_owned(), is_leaf: false, location }
}

/// Gives the row of an earlier place of a partitioned table, below which partitions still lie by their names.
pub(super) fn base_row(key: PlaceKey, table_id: i64, location: String) -> PlaceRow {
    PlaceRow { key, kind: PlaceKind::Base, owner: table_id, name: String::new(), is_leaf: false, location }
}

/// Gives the row of a partition's own place that leads elsewhere by links. `location` is the place as the partition has
/// it, `key` where it leads.
pub(super) fn link_row(key: PlaceKey, table_id: i64, location: &str) -> PlaceRow {
    let location = location.to_owned();
    PlaceRow { key, kind: PlaceKind::Link, owner: table_id, name: String::new(), is_leaf: true, location }
}

/// Gives a row that holds a place only until its transaction ends without a commit.
pub(in super::super) fn hold_row(key: &PlaceKey) -> PlaceRow {
    let (kind, name, location) = (PlaceKind::Deletion, String::new(), key.to_string());
    PlaceRow { key: key.clone(), kind, owner: 0, name, is_leaf: true, location }
}
