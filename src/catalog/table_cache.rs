//! Definitions of hot tables in memory, bounded. One is used only for the state of the table that the database names
//! after the request has arrived, so no answer is older than its question.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use skep_core::Result;
use skep_core::recent::Recent;
use skep_core::table::Table;

use super::metastore::Metastore;
use super::reference::TableRef;
use super::table_read::missing;
use crate::store::{CurrentTable, TableName};

/// One for a node.
#[derive(Debug)]
pub struct TableCache {
    kept: Mutex<Recent<i64, Kept>>,
    /// Held by whoever loads a table; the others wait for it instead of loading too.
    turns: Mutex<HashMap<i64, Weak<tokio::sync::Mutex<()>>>>,
    reads: CacheReads,
}

#[derive(Debug)]
struct Kept {
    definition_version: i64,
    table: Arc<Table>,
}

/// How many reads a node answered from memory, and how many had to load.
#[derive(Debug, Default)]
pub struct CacheReads {
    hits: AtomicU64,
    misses: AtomicU64,
}

impl CacheReads {
    pub fn count(&self, is_hit: bool) {
        if is_hit { &self.hits } else { &self.misses }.fetch_add(1, Ordering::Relaxed);
    }
    /// Hits and misses so far.
    pub fn get(&self) -> (u64, u64) {
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed))
    }
}

impl TableCache {
    /// Takes at most so many bytes.
    pub fn new(budget: u64) -> Self {
        let budget = usize::try_from(budget).unwrap_or(usize::MAX);
        Self { kept: Mutex::new(Recent::new(budget)), turns: Mutex::default(), reads: CacheReads::default() }
    }

    pub fn reads(&self) -> &CacheReads {
        &self.reads
    }

    /// Forgets all.
    pub fn clear(&self) {
        lock(&self.kept).clear();
    }

    /// The version of a table that is in memory.
    fn version(&self, table_id: i64) -> Option<i64> {
        lock(&self.kept).get(&table_id).map(|known| known.table.version)
    }

    /// How many tables there are.
    pub fn len(&self) -> usize {
        lock(&self.kept).len()
    }

    /// Roughly, in memory.
    pub fn bytes(&self) -> usize {
        lock(&self.kept).weight()
    }

    /// The table in this version, or in a later one that somebody has read since the database was asked.
    fn find(&self, current: CurrentTable) -> Option<Arc<Table>> {
        let CurrentTable { head, definition_version } = current;
        let mut kept = lock(&self.kept);
        let known = kept.get(&head.id).filter(|known| known.definition_version >= definition_version)?;
        if known.table.version >= head.version {
            return Some(Arc::clone(&known.table));
        }
        // Only partitions changed since: the definition still holds.
        let table = Arc::new(Table { version: head.version, ..Table::clone(&known.table) });
        put(&mut kept, definition_version, &table);
        Some(table)
    }

    pub(super) fn keep(&self, definition_version: i64, table: &Arc<Table>) {
        let mut kept = lock(&self.kept);
        if kept.get(&table.id).is_none_or(|known| known.table.version < table.version) {
            put(&mut kept, definition_version, table);
        }
    }

    fn turn(&self, table_id: i64) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = lock(&self.turns);
        if let Some(turn) = turns.get(&table_id).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        turns.insert(table_id, Arc::downgrade(&turn));
        turn
    }
}

fn put(kept: &mut Recent<i64, Kept>, definition_version: i64, table: &Arc<Table>) {
    let known = Kept { definition_version, table: Arc::clone(table) };
    kept.put(table.id, known, weight(table));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Roughly what an entry takes in memory, with its place in a map that may be half empty.
pub(super) fn weight(table: &Table) -> usize {
    const PLACE: usize = 2 * (size_of::<(i64, Kept, usize)>() + 1);
    PLACE + table.bytes()
}

impl Metastore {
    /// The table as it is now. NotFound where there is none.
    pub async fn table_get(&self, at: &TableRef) -> Result<Arc<Table>> {
        if self.store.is_joined() {
            // What is not committed is not for others.
            let found = self.store.peek().await?.table_get(&at.catalog, &at.database, &at.table).await?;
            return found.map(Arc::new).ok_or_else(|| missing(at));
        }
        let current = self.table_current(at).await?;
        let found = self.table_cache.find(current);
        self.table_cache.reads.count(found.is_some());
        match found {
            Some(table) => Ok(table),
            // Boxed, as all that is rare: a future has the size of its largest part, and is moved with each call.
            None => Box::pin(self.table_load(at, current)).await,
        }
    }

    /// Which state of the table is current, asked of the database now.
    pub(super) async fn table_current(&self, at: &TableRef) -> Result<CurrentTable> {
        let ask = || async {
            let TableRef { catalog, database, table } = at.clone();
            let current = self.store.table_current(TableName { catalog, database, table }).await?;
            current.ok_or_else(|| missing(at))
        };
        let current = ask().await?;
        let known = self.table_cache.version(current.head.id);
        if known <= Some(current.head.version) {
            return Ok(current);
        }
        // Somebody has read a later version since the database was asked, or the database has lost it.
        let again = Box::pin(ask()).await?;
        if again.head.id == current.head.id && known > Some(again.head.version) {
            tracing::warn!(table = %at.table, ?known, has = again.head.version, "the database has lost commits; memory is cleared");
            self.store.rewound();
        }
        Ok(again)
    }

    /// Brings a definition into the cache, once for all who wait.
    async fn table_load(&self, at: &TableRef, current: CurrentTable) -> Result<Arc<Table>> {
        let CurrentTable { head, definition_version } = current;
        let turn = self.table_cache.turn(head.id);
        let _turn = turn.lock().await;
        if let Some(table) = self.table_cache.find(current) {
            return Ok(table);
        }
        let definition = self.store.peek().await?.table_at(head.id, definition_version).await?;
        // Gone only where the table was dropped meanwhile, and retention has ended what was left of it.
        let definition = definition.ok_or_else(|| missing(at))?;
        let table = Arc::new(Table { version: head.version, ..definition });
        self.table_cache.keep(definition_version, &table);
        Ok(table)
    }
}
