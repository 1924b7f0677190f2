//! Questions about tables that do not fit into memory: what answers is counted in one state of the store, and then read
//! from there as often as it takes.

use std::sync::Arc;

use skep_core::rows::{Cursor, SegmentBuilder, Selection, TablePartitions};
use skep_core::table::Table;
use skep_core::{Error, Result};

use super::metastore::Metastore;
use super::partition_load::{FEW, Found, Testing, partitions_scanned, shapes};
use super::partition_pages::{PAGE_ROWS, PageCursor, PartitionPages, Places};
use super::partition_pick::{Bound, Picked};
use super::partition_query::{PartitionQuery, PartitionReading};
use super::partition_range::Leading;
use crate::store::{NameRange, PartitionColumns, PartitionScan, Txn};

/// An answer may have so many bytes even where there is no memory for partitions at all.
const COLLECTED_MIN: usize = 16 << 20;
/// Versions are kept for longer than the settings say, by an hour; pages end half an hour before.
const GRACE_MS: i64 = 1_800_000;

/// What a first look at the rows of an answer tells.
struct Counted {
    count: usize,
    has_unknown: bool,
    /// The names, as long as they are few.
    names: Vec<String>,
}

/// What a question came to.
enum Beyond {
    Few(Found),
    Many(Box<PartitionPages>),
}

impl Metastore {
    /// The answer of a table that is not in memory: page by page, but where it is small or must be sorted.
    pub(super) async fn partitions_beyond(&self, query: &PartitionQuery) -> Result<PartitionReading> {
        let is_ordered = self.is_ordered(query);
        let limit = query.limit.filter(|_| !is_ordered);
        let pages = match self.partitions_count(query, limit).await? {
            Beyond::Few(found) => return self.partitions_held(query, found),
            Beyond::Many(pages) => pages,
        };
        self.request_check(query, pages.table(), pages.len())?;
        if !is_ordered {
            return Ok(PartitionReading::Paged(pages));
        }
        let has_unknown = pages.has_unknown();
        let (partitions, rows) = self.partitions_collect(*pages).await?;
        self.partitions_held(query, (partitions, Picked { rows, has_unknown }))
    }

    /// Counts what answers, the first `limit`.
    async fn partitions_count(&self, query: &PartitionQuery, limit: Option<usize>) -> Result<Beyond> {
        let (mut txn, table) = self.table_snapshot(&query.table).await?;
        let bound = Bound::new(&query.pick, &table, self.settings.client_zone)?.into_owned();
        let (places, counted) = match &bound {
            Bound::Names(names) => {
                let names = names_there(&mut txn, table.id, names).await?;
                let counted = Counted { count: names.len(), has_unknown: false, names: Vec::new() };
                (Places::Names(names), counted)
            }
            Bound::All | Bound::Unreadable | Bound::Prefix(_) | Bound::Filter(_) | Bound::Expr { .. } => {
                let ranges = ranges(&mut txn, &bound, &table).await?;
                let counted = counted(&mut txn, &bound, table.id, &ranges, limit).await?;
                (Places::Ranges(ranges), counted)
            }
        };
        let Counted { count, has_unknown, names } = counted;
        let count = limit.map_or(count, |limit| count.min(limit));
        if count <= FEW {
            let scan = match (&bound, &places) {
                (Bound::All | Bound::Unreadable, _) => PartitionScan::First(Some(count)),
                (_, Places::Names(names)) => PartitionScan::Named(names),
                (_, Places::Ranges(_)) => PartitionScan::Named(&names),
            };
            let (partitions, mut picked) = partitions_scanned(&mut txn, Arc::new(table), scan).await?;
            picked.has_unknown = has_unknown;
            return Ok(Beyond::Few((partitions, picked)));
        }
        let shapes = Arc::new(shapes(&txn.slot_list(table.id, table.version).await?));
        let until_ms = self.whole_until(self.clock.now_ms());
        Ok(Beyond::Many(Box::new(PartitionPages {
            store: self.store.clone(),
            clock: self.clock.clone(),
            until_ms,
            table: Arc::new(table),
            shapes,
            bound,
            places,
            count,
            has_unknown,
            cursor: PageCursor::default(),
        })))
    }

    /// Until when nothing of a version is purged that is current at a time; milliseconds since the epoch.
    pub(super) fn whole_until(&self, current_ms: i64) -> i64 {
        let settings = &self.settings;
        // By their number versions may go as soon as no event tells of them.
        let by_age = if settings.versions_max == 0 { settings.retention } else { settings.event_ttl };
        let kept = by_age.max(settings.event_ttl).as_millis();
        let until_ms = current_ms.saturating_add(i64::try_from(kept).unwrap_or(i64::MAX));
        until_ms.saturating_add(GRACE_MS)
    }

    /// All pages in one, for what cannot be answered page by page.
    pub(super) async fn partitions_collect(
        &self,
        mut pages: PartitionPages,
    ) -> Result<(Arc<TablePartitions>, Selection)> {
        let most = self.partition_cache.budget().max(COLLECTED_MIN);
        let table = Arc::clone(&pages.table);
        let mut builder = SegmentBuilder::new(&table);
        while let Some(page) = pages.next(PartitionColumns::All).await? {
            for row in page.walk(&mut Cursor::default()) {
                builder.push_row(&row)?;
            }
            if builder.bytes() > most {
                return Err(too_large(&table, pages.len()));
            }
        }
        let shapes = pages.shapes.iter().cloned();
        let all = Arc::new(TablePartitions::new(table, shapes, builder.finish()));
        Ok((Arc::clone(&all), all.all()))
    }
}

fn too_large(table: &Table, count: usize) -> Error {
    Error::meta(format!(
        "{} has {count} such partitions, which do not fit into the memory for partitions, and this call needs them all \
         at once: ask for less by a filter, or have cache.memory_max raised on the server",
        table.full_name()
    ))
}

/// Those of the names that are there, sorted.
async fn names_there(txn: &mut Txn, table_id: i64, names: &[String]) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for names in names.chunks(PAGE_ROWS) {
        all.extend(txn.partition_existing(table_id, names).await?);
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// Where the rows of an answer can be.
async fn ranges(txn: &mut Txn, bound: &Bound<'_>, table: &Table) -> Result<Vec<NameRange>> {
    if let Some(leading) = Leading::of(bound, table)
        && let Some(ranges) = leading.ranges(txn, table.id).await?
    {
        return Ok(ranges);
    }
    let ends = txn.partition_ends(table.id, None).await?;
    Ok(ends.map(|(first, last)| NameRange::through(&first, &last)).into_iter().collect())
}

/// Looks at all rows once, at least at so many that answer, but for expressions, which say of all whether one is
/// unknown.
async fn counted(
    txn: &mut Txn,
    bound: &Bound<'_>,
    table_id: i64,
    ranges: &[NameRange],
    limit: Option<usize>,
) -> Result<Counted> {
    if matches!(bound, Bound::All | Bound::Unreadable) {
        let count = usize::try_from(txn.partition_count(table_id).await?).unwrap_or_default();
        let has_unknown = matches!(bound, Bound::Unreadable) && count > 0;
        return Ok(Counted { count, has_unknown, names: Vec::new() });
    }
    let limit = limit.filter(|_| !matches!(bound, Bound::Expr { .. })).unwrap_or(usize::MAX);
    let mut testing = Testing::new(bound);
    let (mut count, mut names) = (0, Vec::new());
    for range in ranges {
        let mut is_enough = false;
        let read = txn.partition_range(table_id, PartitionColumns::Names, range, |stored| {
            is_enough = count >= limit;
            if is_enough {
                return Err(Error::internal("these are enough"));
            }
            if testing.takes(&stored.values()?) {
                count += 1;
                if count <= FEW {
                    names.push(stored.name.to_owned());
                }
            }
            Ok(())
        });
        let read = read.await;
        if is_enough {
            break;
        }
        read?;
    }
    Ok(Counted { count, has_unknown: testing.has_unknown, names })
}
