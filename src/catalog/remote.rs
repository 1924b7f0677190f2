//! Remote databases: their tables and functions are those of others, and nothing is made or changed in them here.

use skep_core::Error;
use skep_core::table::Database;

use super::metastore::Metastore;
use super::reference::TableRef;

/// What is refused in a remote database.
#[derive(Debug, Clone, Copy)]
pub(super) enum RemoteRefusal {
    /// To create, alter or drop a table.
    Table(&'static str),
    /// An operation, by the name of its call.
    Operation(&'static str),
}

impl RemoteRefusal {
    /// As Hive says it: a Meta error.
    pub fn error(self, database: &str) -> Error {
        Error::meta(match self {
            Self::Table(verb) => format!("{verb} table in REMOTE database {database} is not allowed"),
            Self::Operation(name) => format!("Operation {name} not supported for REMOTE database {database}"),
        })
    }
    /// Refuses if the database is a remote one.
    pub fn check(self, database: &Database) -> Result<(), Error> {
        if database.remote.is_some() { Err(self.error(&database.name)) } else { Ok(()) }
    }
}

impl Metastore {
    /// The error for a table that is not there: in a remote database none ever is, and the operation is refused.
    pub(super) async fn absent(&self, at: &TableRef, refusal: RemoteRefusal, missing: Error) -> Error {
        match self.database_get(&at.catalog, &at.database).await {
            Ok(database) if database.remote.is_some() => refusal.error(&database.name),
            _ => missing,
        }
    }
}
