//! A table's partitions one after the other, for who reads their files: all of one version, current or earlier, by name,
//! and in bounded memory. Between two steps no transaction is open.

use std::sync::Arc;

use skep_core::kryo::ClientZone;
use skep_core::registration::{REGISTERED, is_registered};
use skep_core::rows::{Cursor, RowView};
use skep_core::stats::NUM_FILES;
use skep_core::table::Table;
use skep_core::{Error, Kind, Result};

use super::metastore::Metastore;
use super::partition_cache::Cached;
use super::partition_pages::PartitionPages;
use super::partition_pick::{Bound, Tester};
use super::partition_query::{PartitionAnswer, PartitionPick, PartitionQuery, PartitionReading, RequestScope};
use super::reference::TableRef;
use super::versions::AsOf;
use crate::clock::Clock;
use crate::store::{NameRange, PartitionColumns, Store, StoredPartition};

/// A partition as one meets it on the way; a table without partitions is one with an empty name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WalkedPartition {
    pub name: String,
    /// In the order of the keys, as the client gave them.
    pub values: Vec<String>,
    pub location: Option<String>,
    /// Whether its files are known, and all of them.
    pub is_registered: bool,
    /// How many, by its statistics.
    pub file_count: Option<usize>,
}

/// A walk over the partitions of one version.
#[derive(Debug)]
pub struct PartitionWalk {
    store: Store,
    clock: Clock,
    table: Arc<Table>,
    /// Until then nothing of the version is purged; after that, if it is pinned.
    until_ms: i64,
    source: Source,
}

/// Where the partitions are read.
#[derive(Debug)]
enum Source {
    /// The table is its own partition.
    Table,
    Held(PartitionAnswer, Cursor),
    Paged(Box<PartitionPages>),
    /// From the database, behind a name.
    Rows {
        bound: Box<Bound<'static>>,
        range: NameRange,
    },
    Over,
}

impl Metastore {
    /// Opens a walk over the partitions that a filter text keeps (a blank one: all) as the table is now, or was.
    ///
    /// # Errors
    /// NotFound for the table or its version, Meta for the filter.
    pub async fn partition_walk(&self, at: &TableRef, as_of: Option<AsOf>, filter: &str) -> Result<PartitionWalk> {
        self.alone_check("a walk over partitions")?;
        let now_ms = self.clock.now_ms();
        let (table, source, current_ms) = if let Some(as_of) = as_of {
            let table = Arc::new(self.version_get(at, as_of).await?);
            let source = rows(&table, filter)?;
            let current_ms = self.version_end_ms(at, table.version).await?.unwrap_or(now_ms);
            (table, source, current_ms)
        } else {
            let (table, source) = self.walk_current(at, filter).await?;
            (table, source, now_ms)
        };
        let until_ms = self.whole_until(current_ms);
        Ok(PartitionWalk { store: self.store.clone(), clock: self.clock.clone(), table, until_ms, source })
    }

    async fn walk_current(&self, at: &TableRef, filter: &str) -> Result<(Arc<Table>, Source)> {
        let table = self.table_get(at).await?;
        if !table.is_partitioned() {
            return Ok((table, Source::Table));
        }
        if filter.trim().is_empty() {
            let head = self.table_current(at).await?.head;
            // Who wants all of a table that is not in memory need not wait until it is.
            if let Cached::Unknown | Cached::TooLarge = self.partition_cache.find(head, self.clock.now_ms()) {
                self.partitions_load_beside(at, head);
                let table = self.table_get(at).await?;
                let source = rows(&table, filter)?;
                return Ok((table, source));
            }
        }
        let pick = if filter.trim().is_empty() { PartitionPick::All } else { PartitionPick::Filter(filter.to_owned()) };
        let query = PartitionQuery { table: at.clone(), pick, limit: None, scope: RequestScope::Unlimited };
        Ok(match self.partitions_stream(&query).await? {
            PartitionReading::Held(answer) => {
                (Arc::new(answer.table().clone()), Source::Held(answer, Cursor::default()))
            }
            PartitionReading::Paged(pages) => (Arc::new(pages.table().clone()), Source::Paged(pages)),
        })
    }

    /// When a version was the current one no more; none where it still is.
    async fn version_end_ms(&self, at: &TableRef, version: i64) -> Result<Option<i64>> {
        let next = self.version_list(at, Some(version.saturating_add(2)), 1).await?;
        Ok(next.first().filter(|next| next.version > version).map(|next| next.at_ms))
    }
}

fn rows(table: &Table, filter: &str) -> Result<Source> {
    if !table.is_partitioned() {
        return Ok(Source::Table);
    }
    let pick = PartitionPick::Filter(filter.to_owned());
    let bound = Box::new(Bound::new(&pick, table, ClientZone::Unknown)?.into_owned());
    Ok(Source::Rows { bound, range: NameRange::all() })
}

impl PartitionWalk {
    /// The table in the version that the partitions are of.
    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// The next partitions, about `count` of them (a page may have more); none behind the last.
    ///
    /// # Errors
    /// Unavailable where the version may not be whole any more, since its retention is over.
    pub async fn next(&mut self, count: usize) -> Result<Vec<WalkedPartition>> {
        let taken = match &mut self.source {
            Source::Over => Vec::new(),
            Source::Table => {
                let taken = vec![of_table(&self.table)];
                self.source = Source::Over;
                taken
            }
            Source::Held(answer, cursor) => answer.walk(cursor).take(count).map(|row| of_row(&row)).collect(),
            Source::Paged(pages) => match pages.next(PartitionColumns::All).await? {
                Some(page) => page.rows().iter().map(of_row).collect(),
                None => Vec::new(),
            },
            Source::Rows { .. } => self.rows_next(count).await?,
        };
        self.check().await?;
        Ok(taken)
    }

    /// Whether what was read of the version is all that it had; to be asked after the reading.
    pub async fn check(&self) -> Result<()> {
        if self.clock.now_ms() <= self.until_ms
            || self.store.peek().await?.version_is_whole(self.table.id, self.table.version).await?
        {
            return Ok(());
        }
        let (version, table) = (self.table.version, self.table.full_name());
        let message = format!("version {version} of {table} was purged while it was read: ask again");
        Err(Error::new(Kind::Unavailable, message))
    }

    async fn rows_next(&mut self, count: usize) -> Result<Vec<WalkedPartition>> {
        let mut taken = Vec::new();
        let at = (self.table.id, self.table.version);
        while taken.is_empty()
            && let Source::Rows { bound, range } = &mut self.source
        {
            let mut tester = Tester::new(bound);
            let (mut seen, mut last) = (0, String::new());
            let each = |stored: StoredPartition<'_>| {
                let values = stored.values()?;
                if tester.takes(&values).is_some() {
                    taken.push(of_stored(&stored, values.into_iter().map(std::borrow::Cow::into_owned).collect())?);
                }
                seen += 1;
                last.clear();
                last.push_str(stored.name);
                Ok(())
            };
            let limit = i64::try_from(count).unwrap_or(i64::MAX);
            let mut txn = self.store.peek().await?;
            txn.partition_page(at, PartitionColumns::All, range, limit, each).await?;
            if seen < count {
                self.source = Source::Over;
            } else {
                *range = range.after(&last);
            }
        }
        Ok(taken)
    }
}

fn of_table(table: &Table) -> WalkedPartition {
    WalkedPartition {
        name: String::new(),
        values: Vec::new(),
        location: table.location().map(str::to_owned),
        is_registered: is_registered(&table.parameters),
        file_count: table.parameters.get(NUM_FILES).and_then(|count| count.parse().ok()),
    }
}

fn of_row(row: &RowView<'_>) -> WalkedPartition {
    let (is_registered, file_count) = told(row.parameters());
    WalkedPartition {
        name: row.name(),
        values: row.values().map(str::to_owned).collect(),
        location: row.location_text(),
        is_registered,
        file_count,
    }
}

fn of_stored(stored: &StoredPartition<'_>, values: Vec<String>) -> Result<WalkedPartition> {
    let parameters = stored.parameters()?;
    let (is_registered, file_count) = told(parameters.iter().map(|(key, value)| (&**key, &**value)));
    let below = || stored.base.map(|base| format!("{base}/{}", stored.name));
    Ok(WalkedPartition {
        name: stored.name.to_owned(),
        values,
        location: stored.location.map(str::to_owned).or_else(below),
        is_registered,
        file_count,
    })
}

/// Whether parameters say that files are known, and how many.
fn told<'a>(parameters: impl Iterator<Item = (&'a str, &'a str)>) -> (bool, Option<usize>) {
    let (mut is_registered, mut file_count) = (false, None);
    for (key, value) in parameters {
        match key {
            REGISTERED => is_registered = value.eq_ignore_ascii_case("true"),
            NUM_FILES => file_count = value.parse().ok(),
            _ => {}
        }
    }
    (is_registered, file_count)
}
