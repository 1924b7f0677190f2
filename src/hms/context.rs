//! What a handler is given besides its arguments.

use std::sync::{Arc, OnceLock};

use skep_core::name::parse_db_name;
use skep_core::{Error, Result};

use super::session::Session;
use crate::catalog::{Caller, Metastore, TableRef};
use crate::config::Config;

/// The key of `setMetaConf` by which a connection says that it copies what another metastore has (`true`).
pub const IMPORT: &str = "skep.import";
/// The key by which it says the time of what its next calls make that carry none (grants of roles), in seconds.
pub const IMPORT_TIME: &str = "skep.import.time";

/// The rooms below the front that handlers call. Made once by the server's wiring.
#[derive(Clone)]
pub struct Services {
    pub metastore: Metastore,
    pub config: Arc<Config>,
    /// Seconds since the epoch when the server started.
    pub started_at: i64,
}

/// One call's surroundings; cheap to clone.
#[derive(Clone)]
pub struct Cx {
    pub session: Arc<Session>,
    pub services: Arc<Services>,
    about: Arc<OnceLock<(String, String)>>,
}

impl Cx {
    pub fn new(session: Arc<Session>, services: Arc<Services>) -> Self {
        Self { session, services, about: Arc::default() }
    }
    /// Names the call's database and table (or an empty string) for its log line; the first name given stays.
    pub fn about(&self, db: &str, table: &str) {
        let _ = self.about.set((db.to_owned(), table.to_owned()));
    }
    /// What [`Self::about`] was told.
    pub fn subject(&self) -> Option<(&str, &str)> {
        self.about.get().map(|(db, table)| (db.as_str(), table.as_str()))
    }

    pub fn metastore(&self) -> &Metastore {
        &self.services.metastore
    }
    /// As whom the connection acts.
    pub fn caller(&self) -> Caller {
        let groups = self.session.identity().map(|i| i.groups).unwrap_or_default();
        Caller { user: self.session.user(), groups, imports: self.imports() }
    }

    /// Does the connection copy what another metastore has?
    pub fn imports(&self) -> bool {
        self.session.meta_conf(IMPORT).is_some_and(|value| value == "true")
    }
    /// The time that a call carries, if it is one to keep; 0 where the server is to say what time it is.
    pub fn time_given(&self, seconds: i32) -> i32 {
        if self.imports() { seconds } else { 0 }
    }

    /// The time of what a call makes that has no field for it; 0 where the server is to say.
    pub fn import_time(&self) -> i32 {
        let said = self.session.meta_conf(IMPORT_TIME).and_then(|text| text.parse().ok());
        self.time_given(said.unwrap_or_default())
    }

    /// Catalog and database of a call: `@cat#db` in the text wins over a catalog field, that over the default
    /// (`semantics.md §2`). The database may be none (`@cat#`).
    pub fn database_maybe(&self, catalog: Option<&str>, database: Option<&str>) -> Result<(String, Option<String>)> {
        let default = catalog.filter(|c| !c.is_empty()).unwrap_or_else(|| self.metastore().default_catalog());
        let name = parse_db_name(database, default)?;
        self.about(name.database.as_deref().unwrap_or_default(), "");
        Ok((name.catalog, name.database))
    }
    /// The same, where a database must be named.
    pub fn database(&self, catalog: Option<&str>, database: Option<&str>) -> Result<(String, String)> {
        let (catalog, database) = self.database_maybe(catalog, database)?;
        Ok((catalog, database.ok_or_else(|| Error::meta("the database name is null"))?))
    }
    /// The table of a call. A null name is a MetaException.
    pub fn table(&self, catalog: Option<&str>, database: Option<&str>, table: Option<&str>) -> Result<TableRef> {
        let default = catalog.filter(|c| !c.is_empty()).unwrap_or_else(|| self.metastore().default_catalog());
        let name = parse_db_name(database, default)?;
        let database = name.database.ok_or_else(|| Error::meta("the database name is null"))?;
        let table = table.ok_or_else(|| Error::meta("the table name is null"))?;
        let at = TableRef::new(&name.catalog, &database, table);
        self.about(&at.database, &at.table);
        Ok(at)
    }
}

/// An argument that may be null on the wire and must not be.
pub fn given<T>(argument: Option<T>, what: &'static str) -> Result<T> {
    argument.ok_or_else(|| Error::meta(format!("{what} is null")))
}
