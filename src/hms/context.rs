//! What a handler is given besides its arguments.

use std::sync::{Arc, OnceLock};

use super::session::Session;

/// The rooms below the front that handlers call. Made once by the server's wiring.
#[derive(Debug, Default)]
pub struct Services {}

/// One call's surroundings; cheap to clone.
#[derive(Debug, Clone)]
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
}
