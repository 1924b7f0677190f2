//! Definitions of databases in memory, for what hardly ever changes and is asked for with every new table. One is used
//! only by a statement that holds it against the stored text.

use std::sync::{Arc, Mutex, PoisonError};

use skep_core::recent::Recent;
use skep_core::table::Database;

/// Bytes of all, by their stored texts.
const BUDGET: usize = 1 << 20;

/// A database, and the text that it is stored as.
#[derive(Debug)]
pub struct KnownDatabase {
    pub database: Database,
    pub stored: String,
}

/// One for a node.
#[derive(Debug)]
pub struct DatabaseCache(Mutex<Recent<(String, String), Arc<KnownDatabase>>>);

impl Default for DatabaseCache {
    fn default() -> Self {
        Self(Mutex::new(Recent::new(BUDGET)))
    }
}

impl DatabaseCache {
    pub fn get(&self, catalog: &str, name: &str) -> Option<Arc<KnownDatabase>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&(catalog.to_owned(), name.to_owned())).map(Arc::clone)
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub fn put(&self, known: &Arc<KnownDatabase>) {
        let key = (known.database.catalog.clone(), known.database.name.clone());
        let weight = size_of::<KnownDatabase>() + 2 * known.stored.len();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(key, Arc::clone(known), weight);
    }
}
