//! The notification log, read (`semantics.md §13`): ids from 1, without gaps, in commit order.

use std::ops::{ControlFlow, Range};

use skep_core::Result;
use skep_core::name::normalize;

use super::event_detail::EventDetail;
use super::metastore::Metastore;
use crate::store::StoredEvent;

/// An event with what it tells of.
#[derive(Debug, Clone)]
pub struct Event {
    pub id: i64,
    /// Seconds since the epoch.
    pub at: i64,
    /// Hive's event type.
    pub kind: String,
    pub catalog: Option<String>,
    pub database: Option<String>,
    pub table: Option<String>,
    pub detail: EventDetail,
}

/// Which events to read.
#[derive(Debug, Clone, Default)]
pub struct EventQuery {
    /// Those with a greater id.
    pub after: i64,
    /// At most so many, and never more than the server's own bound; 0 and less: as many as that.
    pub limit: i64,
    /// Of these types; empty: all.
    pub only: Vec<String>,
    /// Not of these types.
    pub skip: Vec<String>,
    pub catalog: Option<String>,
    pub database: Option<String>,
    /// Of these tables; empty: all.
    pub tables: Vec<String>,
}

/// Which events to count.
#[derive(Debug, Clone, Default)]
pub struct EventCount {
    pub after: i64,
    pub up_to: Option<i64>,
    pub catalog: String,
    pub database: String,
    pub tables: Vec<String>,
    /// Counting ends here; 0 and less: never.
    pub limit: i64,
}

/// Events are read so many at a time: what they tell of is in memory together.
const PAGE: i64 = 500;

/// Normal form, once per query and not per event.
#[derive(Debug, Clone)]
pub(super) struct Places {
    catalog: Option<String>,
    database: Option<String>,
    tables: Vec<String>,
}

impl Places {
    pub(super) fn new(catalog: Option<&str>, database: Option<&str>, tables: &[String]) -> Self {
        let given = |name: Option<&str>| name.filter(|n| !n.is_empty()).map(normalize);
        let tables = tables.iter().map(|table| normalize(table)).collect();
        Self { catalog: given(catalog), database: given(database), tables }
    }
    pub(super) fn has(&self, catalog: Option<&str>, database: Option<&str>, table: Option<&str>) -> bool {
        let is = |wanted: &Option<String>, name: Option<&str>| wanted.as_deref().is_none_or(|w| name == Some(w));
        is(&self.catalog, catalog)
            && is(&self.database, database)
            && (self.tables.is_empty() || table.is_some_and(|table| self.tables.iter().any(|t| t == table)))
    }
}

impl EventQuery {
    fn takes(&self, places: &Places, event: &StoredEvent) -> bool {
        (self.only.is_empty() || self.only.contains(&event.kind))
            && !self.skip.contains(&event.kind)
            && places.has(event.catalog.as_deref(), event.database.as_deref(), event.table.as_deref())
    }
}

impl Metastore {
    /// The id of the last event; 0 before the first.
    pub async fn event_last(&self) -> Result<i64> {
        self.store.retrying("event_last", || self.store.event_number()).await
    }

    /// Gives events, ascending, to `each`, until it has enough.
    pub async fn event_list(
        &self,
        query: &EventQuery,
        mut each: impl FnMut(Event) -> ControlFlow<()> + Send,
    ) -> Result<()> {
        let last = self.event_last().await?;
        let most = i64::from(self.settings.max_event_response);
        let mut left = if query.limit > 0 { query.limit.min(most) } else { most };
        let places = Places::new(query.catalog.as_deref(), query.database.as_deref(), &query.tables);
        let mut after = query.after;
        while left > 0 {
            // An event never changes, so each page may be read by itself, and again.
            let read = || self.event_page(after..last, query, &places, left);
            let Some((end, page)) = self.store.retrying("event_list", read).await? else { break };
            after = end;
            left -= page.len() as i64;
            for event in page {
                if each(event).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Reads a page of the events behind `ids.start`, up to `ids.end`: its last id, and what the query takes of it, at
    /// most `left`. None behind the last.
    async fn event_page(
        &self,
        ids: Range<i64>,
        query: &EventQuery,
        places: &Places,
        left: i64,
    ) -> Result<Option<(i64, Vec<Event>)>> {
        let mut txn = self.store.read().await?;
        let mut page = txn.event_list(ids.start, ids.end, PAGE).await?;
        let Some(end) = page.last().map(|event| event.id) else { return Ok(None) };
        page.retain(|event| query.takes(places, event));
        page.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        Ok(Some((end, self.event_details(&mut txn, page).await?)))
    }

    /// How many events there are of a database, or of some of its tables.
    pub async fn event_count(&self, query: &EventCount) -> Result<i64> {
        let last = self.event_last().await?;
        let up_to = query.up_to.unwrap_or(last).min(last);
        let places = Places::new(Some(&query.catalog), Some(&query.database), &query.tables);
        let read = || async {
            let mut count = 0;
            let mut txn = self.store.peek().await?;
            txn.event_places(query.after, up_to, |catalog, database, table| {
                count += i64::from(places.has(catalog, database, table));
            })
            .await?;
            Ok(count)
        };
        let count: i64 = self.store.retrying("event_count", read).await?;
        Ok(if query.limit > 0 { count.min(query.limit) } else { count })
    }
}
