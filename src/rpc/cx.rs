//! What a handler is given besides its request.

use std::sync::{Arc, OnceLock};

use skep_core::name::normalize;
use skep_proto::admin::v1 as p;

use super::error::{Answer, refused_field};
use super::front::{Front, Services};
use crate::catalog::{Caller, Metastore, TableRef};

const DEFAULT_DATABASE: &str = "default";

/// One call's surroundings; cheap to clone.
#[derive(Clone)]
pub struct Cx {
    front: Front,
    subject: Arc<OnceLock<TableRef>>,
    user: Arc<OnceLock<String>>,
}

impl Cx {
    pub fn new(front: Front) -> Self {
        Self { front, subject: Arc::default(), user: Arc::default() }
    }
    pub fn front(&self) -> &Front {
        &self.front
    }
    pub fn services(&self) -> &Services {
        self.front.services()
    }
    pub fn metastore(&self) -> &Metastore {
        &self.services().metastore
    }

    /// As whom the call acts; its log line says so, too.
    pub fn caller(&self, user: &str) -> Caller {
        if user.is_empty() {
            return Caller::default();
        }
        let _ = self.user.set(user.to_owned());
        Caller { user: Some(user.to_owned()), ..Caller::default() }
    }
    pub fn user(&self) -> Option<&str> {
        self.user.get().map(String::as_str)
    }

    /// The catalog that is named, or the default one.
    pub fn catalog(&self, name: &str) -> String {
        if name.is_empty() { self.metastore().default_catalog().to_owned() } else { normalize(name) }
    }

    /// A database of the request.
    pub fn database(&self, catalog: &str, database: &str) -> (String, String) {
        let (catalog, database) = (self.catalog(catalog), normalize(database));
        let _ =
            self.subject.set(TableRef { catalog: catalog.clone(), database: database.clone(), table: String::new() });
        (catalog, database)
    }

    /// The table of the request, whose field is named for the error of one that is not there.
    pub fn table(&self, name: Option<p::TableName>, field: &str) -> Answer<TableRef> {
        let name = name.unwrap_or_default();
        if name.table.trim().is_empty() {
            return Err(refused_field(&format!("{field}.table"), "the name of a table is needed"));
        }
        let database = if name.database.is_empty() { DEFAULT_DATABASE } else { &name.database };
        let at = TableRef::new(&self.catalog(&name.catalog), database, &name.table);
        let _ = self.subject.set(at.clone());
        Ok(at)
    }

    /// What the call is about: the first that was named.
    pub fn subject(&self) -> Option<&TableRef> {
        self.subject.get()
    }

    /// The same in the words of ResourceInfo.
    pub fn resource(&self) -> Option<(&'static str, String)> {
        let at = self.subject()?;
        Some(if at.table.is_empty() {
            ("skep.admin.v1.Database", format!("{}.{}", at.catalog, at.database))
        } else {
            ("skep.admin.v1.Table", at.to_string())
        })
    }
}
