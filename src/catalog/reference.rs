//! Which table: catalog, database and name in normal form.

use std::fmt;

use skep_core::name::normalize;

use crate::store::NewEvent;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TableRef {
    pub catalog: String,
    pub database: String,
    pub table: String,
}

impl TableRef {
    /// Normalises all three (`semantics.md §2`).
    pub fn new(catalog: &str, database: &str, table: &str) -> Self {
        Self { catalog: normalize(catalog), database: normalize(database), table: normalize(table) }
    }
    /// An event of this table for the statement that makes the version which it tells of.
    pub(super) fn tale<'a, B>(&'a self, kind: &'static str, body: &'a B) -> NewEvent<'a, B> {
        NewEvent { version: None, ..self.event(kind, (0, 0), body) }
    }
    /// An event of this table, which tells of a version of it: table id and number.
    pub(super) fn event<'a, B>(&'a self, kind: &'static str, version: (i64, i64), body: &'a B) -> NewEvent<'a, B> {
        NewEvent {
            kind,
            catalog: Some(&self.catalog),
            database: Some(&self.database),
            table: Some(&self.table),
            version: Some(version),
            body,
        }
    }
}

/// `cat.db.table`, as Hive's messages have it.
impl fmt::Display for TableRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.catalog, self.database, self.table)
    }
}
