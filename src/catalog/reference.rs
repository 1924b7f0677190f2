//! Which table: catalog, database and name in normal form.

use std::fmt;

use skep_core::name::normalize;

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
}

/// `cat.db.table`, as Hive's messages have it.
impl fmt::Display for TableRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.catalog, self.database, self.table)
    }
}
