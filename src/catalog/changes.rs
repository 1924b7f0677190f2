//! The notification log in short: what happened and to which version of which table, page by page. What exactly, the
//! versions tell.

use skep_core::Result;

use super::events::Places;
use super::metastore::Metastore;

/// Events are read so many at a time.
const PAGE: i64 = 500;

/// An event without what it tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedChange {
    pub id: i64,
    /// Milliseconds since the epoch.
    pub at_ms: i64,
    /// Hive's event type.
    pub kind: String,
    pub catalog: Option<String>,
    pub database: Option<String>,
    pub table: Option<String>,
    /// The table's version that it made.
    pub version: Option<i64>,
}

/// Where a reader of the log stands, and what it wants.
#[derive(Debug, Clone)]
pub struct ChangeQuery {
    after: i64,
    places: Places,
}

impl ChangeQuery {
    /// Events with a greater id. An empty catalog or database, and no tables, mean any.
    pub fn new(after: i64, catalog: &str, database: &str, tables: &[String]) -> Self {
        Self { after, places: Places::new(Some(catalog), Some(database), tables) }
    }
    /// Everything up to this id was seen.
    pub fn after(&self) -> i64 {
        self.after
    }
}

/// Some events.
#[derive(Debug)]
pub struct ChangePage {
    /// Ascending.
    pub changes: Vec<LoggedChange>,
    /// The log goes on behind them.
    pub more: bool,
}

impl Metastore {
    /// The next events of a query, which moves behind all that were looked at.
    pub async fn change_page(&self, query: &mut ChangeQuery) -> Result<ChangePage> {
        let last = self.store.event_number().await?;
        if query.after >= last {
            return Ok(ChangePage { changes: Vec::new(), more: false });
        }
        let events = self.store.peek().await?.event_list(query.after, last, PAGE).await?;
        query.after = events.last().map_or(last, |event| event.id);
        let wanted = events.into_iter().filter(|event| {
            query.places.has(event.catalog.as_deref(), event.database.as_deref(), event.table.as_deref())
        });
        let changes = wanted.map(|event| LoggedChange {
            id: event.id,
            at_ms: event.at_ms,
            kind: event.kind,
            catalog: event.catalog,
            database: event.database,
            table: event.table,
            version: event.version.map(|(_, version)| version),
        });
        Ok(ChangePage { changes: changes.collect(), more: query.after < last })
    }

    /// The id of the oldest event that is still there; of an empty log, that of the next one. None: nothing was ever
    /// purged or written.
    pub async fn change_oldest(&self) -> Result<Option<i64>> {
        let last = self.store.event_number().await?;
        let oldest = self.store.peek().await?.event_list(0, i64::MAX, 1).await?;
        Ok(oldest.first().map(|event| event.id).or((last > 0).then_some(last + 1)))
    }
}
