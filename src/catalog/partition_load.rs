//! Partitions from the store: whole tables for the cache, and answers for which that is not worth it.

use std::borrow::Cow;
use std::sync::Arc;

use skep_core::rows::{Later, Location, RowIn, SegmentBuilder, TablePartitions};
use skep_core::table::{Shape, Table};
use skep_core::{Error, Result};

use super::metastore::Metastore;
use super::partition_cache::Cached;
use super::partition_pick::{Bound, Picked, Tester};
use super::partition_query::{PartitionPick, PartitionQuery};
use super::partition_range::Leading;
use super::reference::TableRef;
use super::table_read::missing;
use crate::store::{PartitionColumns, PartitionScan, Slot, StoredPartition, TableHead, Txn};

/// Of a table that is not in memory so many partitions are read without loading it all.
pub(super) const FEW: usize = 1000;
/// So many rows of ranges are read while a table is brought into memory; who asks for more waits for it.
const MEANWHILE_MAX: i64 = 5000;

/// Partitions, and which of their rows are meant.
pub type Found = (Arc<TablePartitions>, Picked);

impl Metastore {
    /// The rows that answer a question, of a table in memory or by a look-up. None where the table does not fit into
    /// memory and the answer may not either. Its version is looked up now that the question has come.
    pub(super) async fn partitions_find(&self, query: &PartitionQuery) -> Result<Option<Found>> {
        self.alone_check("a read of partitions")?;
        let at = &query.table;
        let head = self.table_current(at).await?.head;
        let cached = self.partition_cache.find(head, self.clock.now_ms());
        self.table_cache.reads().count(matches!(cached, Cached::Current(_)));
        if let PartitionPick::Names(names) = &query.pick
            && !matches!(cached, Cached::Current(_))
            && self.partition_cache.look_up(head.id, names.len())
        {
            self.partitions_load_beside(at, head);
        }
        let partitions = match cached {
            Cached::Current(partitions) => Some(partitions),
            _ if is_small(query) => return Box::pin(self.partitions_scan(query)).await.map(Some),
            _ if matches!(query.pick, PartitionPick::Names(_)) => None,
            Cached::TooLarge => None,
            Cached::Behind(..) | Cached::Earlier(_) => self.partitions_refresh(at, head).await?,
            Cached::Unknown => match Box::pin(self.partitions_meanwhile(query, head)).await? {
                Some(found) => return Ok(Some(found)),
                None => self.partitions_refresh(at, head).await?,
            },
        };
        let Some(partitions) = partitions else { return Ok(None) };
        let picked = Bound::new(&query.pick, partitions.table(), self.settings.client_zone)?.pick(&partitions);
        Ok(Some((partitions, picked)))
    }

    /// Brings a table into the cache, once for all who wait. None where it does not fit.
    async fn partitions_refresh(&self, at: &TableRef, head: TableHead) -> Result<Option<Arc<TablePartitions>>> {
        let turn = self.partition_cache.turn(head.id);
        let _turn = turn.lock().await;
        self.partitions_refresh_in_turn(at, head).await
    }

    /// The same for who has the table's turn.
    async fn partitions_refresh_in_turn(&self, at: &TableRef, head: TableHead) -> Result<Option<Arc<TablePartitions>>> {
        let now_ms = self.clock.now_ms();
        let earlier = match self.partition_cache.find(head, now_ms) {
            Cached::Current(partitions) => return Ok(Some(partitions)),
            Cached::TooLarge => return Ok(None),
            Cached::Behind(partitions, later) => match caught_up(partitions, later).await? {
                Some(partitions) => return Ok(Some(self.partitions_keep(partitions, now_ms))),
                None => None,
            },
            Cached::Earlier(partitions) => Some(partitions),
            Cached::Unknown => None,
        };
        let (mut txn, table) = self.table_snapshot(at).await?;
        let table = Arc::new(table);
        let earlier = earlier.filter(|earlier| earlier.table().id == table.id);
        let mut loaded = match &earlier {
            Some(earlier) => bring_forward(&mut txn, earlier, &table).await?,
            None => None,
        };
        if loaded.is_none() {
            loaded = load(&mut txn, &table, self.partition_cache.budget()).await?;
        }
        let Some(loaded) = loaded else {
            tracing::info!(table = %at, "its partitions do not fit into the cache; they are read from the database");
            self.partition_cache.too_large(table.id, now_ms);
            return Ok(None);
        };
        Ok(Some(self.partitions_keep(loaded, now_ms)))
    }

    fn partitions_keep(&self, partitions: TablePartitions, now_ms: i64) -> Arc<TablePartitions> {
        let partitions = Arc::new(partitions);
        self.partition_cache.keep(&partitions, now_ms);
        if partitions.is_merge_due() && self.partition_cache.merge_begin(partitions.table().id) {
            self.partitions_merge(Arc::clone(&partitions));
        }
        partitions
    }

    /// Brings a table into the cache beside the reads that do not wait for it, if nobody is at it.
    pub(super) fn partitions_load_beside(&self, at: &TableRef, head: TableHead) {
        let Ok(turn) = self.partition_cache.turn(head.id).try_lock_owned() else { return };
        let (metastore, at) = (self.clone(), at.clone());
        tokio::spawn(async move {
            let _turn = turn;
            if let Err(error) = metastore.partitions_refresh_in_turn(&at, head).await {
                tracing::warn!(table = %at, %error, "its partitions could not be brought into memory");
            }
        });
    }

    /// Merges a version's segments beside the reads that use it.
    fn partitions_merge(&self, partitions: Arc<TablePartitions>) {
        let cache = Arc::clone(&self.partition_cache);
        tokio::task::spawn_blocking(move || match partitions.merged() {
            Ok(merged) => cache.keep_merged(&Arc::new(merged)),
            Err(error) => tracing::warn!(table = partitions.table().full_name(), %error, "not merged"),
        });
    }

    /// An answer by few ranges of names with few rows, for a table that is not in memory yet; it is brought there
    /// meanwhile. None where the question has no such answer.
    async fn partitions_meanwhile(&self, query: &PartitionQuery, head: TableHead) -> Result<Option<Found>> {
        if matches!(query.pick, PartitionPick::All) {
            return Ok(None);
        }
        let (mut txn, table) = self.table_snapshot(&query.table).await?;
        let bound = Bound::new(&query.pick, &table, self.settings.client_zone)?;
        let Some(leading) = Leading::of(&bound, &table) else { return Ok(None) };
        let Some(ranges) = leading.ranges(&mut txn, table.id).await? else { return Ok(None) };
        let mut count = 0;
        for range in &ranges {
            count += txn.partition_range_count(table.id, range, MEANWHILE_MAX + 1 - count).await?;
            if count > MEANWHILE_MAX {
                return Ok(None);
            }
        }
        self.partitions_load_beside(&query.table, head);
        let mut testing = Testing::new(&bound);
        let slots = txn.slot_list(table.id, table.version).await?;
        let mut builder = SegmentBuilder::new(&table);
        for range in &ranges {
            let each = |stored: StoredPartition<'_>| {
                let values = stored.values()?;
                if testing.takes(&values) { push(&mut builder, &stored, &values) } else { Ok(()) }
            };
            txn.partition_range(table.id, PartitionColumns::All, range, each).await?;
        }
        let found = Arc::new(TablePartitions::new(Arc::new(table), shapes(&slots), builder.finish()));
        Ok(Some((Arc::clone(&found), Picked { rows: found.all(), has_unknown: testing.has_unknown })))
    }

    /// A table as it is now, and the state of the store that it was read in.
    pub(super) async fn table_snapshot(&self, at: &TableRef) -> Result<(Txn, Table)> {
        let mut txn = self.store.read().await?;
        let table = txn.table_get(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        Ok((txn, table))
    }

    /// A small answer straight from the store.
    async fn partitions_scan(&self, query: &PartitionQuery) -> Result<Found> {
        let (mut txn, table) = self.table_snapshot(&query.table).await?;
        let scan = match (&query.pick, query.limit) {
            (PartitionPick::Names(names), _) => PartitionScan::Named(names),
            (_, Some(limit)) if self.settings.partition_order_descending => PartitionScan::Last(limit),
            (_, limit) => PartitionScan::First(limit),
        };
        partitions_scanned(&mut txn, Arc::new(table), scan).await
    }

    /// One partition by its name.
    pub(super) async fn partition_load(&self, txn: &mut Txn, table: Table, name: &str) -> Result<Found> {
        let names = [name.to_owned()];
        partitions_scanned(txn, Arc::new(table), PartitionScan::Named(&names)).await
    }
}

/// Whether an indexed look-up answers a question, so that the table need not be in memory for it.
fn is_small(query: &PartitionQuery) -> bool {
    match &query.pick {
        PartitionPick::Names(names) => names.len() <= FEW,
        PartitionPick::All => query.limit.is_some_and(|limit| limit <= FEW),
        PartitionPick::Prefix(_) | PartitionPick::Filter(_) | PartitionPick::Expr(_) => false,
    }
}

/// What slots mean in a version.
pub(super) type Shapes = Vec<(i64, Arc<Shape>)>;

pub(super) fn shapes(slots: &[Slot]) -> Shapes {
    slots.iter().map(|slot| (slot.slot, Arc::clone(&slot.shape))).collect()
}

/// A test of rows that remembers whether one is there only because it could not be decided.
pub(super) struct Testing<'b> {
    tester: Tester<'b>,
    pub has_unknown: bool,
}

impl<'b> Testing<'b> {
    pub fn new(bound: &'b Bound<'_>) -> Self {
        Self { tester: Tester::new(bound), has_unknown: false }
    }
    pub fn takes(&mut self, values: &[Cow<'_, str>]) -> bool {
        let taken = self.tester.takes(values);
        self.has_unknown |= taken.unwrap_or_default();
        taken.is_some()
    }
}

/// All partitions of a scan.
pub(super) async fn partitions_scanned(txn: &mut Txn, table: Arc<Table>, scan: PartitionScan<'_>) -> Result<Found> {
    let slots = txn.slot_list(table.id, table.version).await?;
    let mut builder = SegmentBuilder::new(&table);
    txn.partition_scan(table.id, scan, |stored| push(&mut builder, &stored, &stored.values()?)).await?;
    let found = Arc::new(TablePartitions::new(table, shapes(&slots), builder.finish()));
    Ok((Arc::clone(&found), Picked { rows: found.all(), has_unknown: false }))
}

/// Adds a stored row behind all others.
pub(super) fn push<V: AsRef<str>>(
    builder: &mut SegmentBuilder,
    stored: &StoredPartition<'_>,
    values: &[V],
) -> Result<()> {
    let location = stored.location.map(Location::Own).or(stored.base.map(Location::Below));
    let row = RowIn {
        name: stored.name,
        values,
        slot: stored.slot,
        location: location.filter(|_| stored.slot.is_some()),
        create_time: stored.create_time,
        last_access_time: stored.last_access_time,
        write_id: stored.write_id,
    };
    let parameters = stored.parameters()?;
    builder.push(row, parameters.iter().map(|(key, value)| (&**key, &**value)))
}

/// A later version from an earlier one and what came and went between.
async fn bring_forward(
    txn: &mut Txn,
    earlier: &TablePartitions,
    table: &Arc<Table>,
) -> Result<Option<TablePartitions>> {
    let since = earlier.table().version;
    let slots = txn.slot_list(table.id, table.version).await?;
    let gone = txn.partition_gone_since(table.id, since).await?;
    let came = txn.partition_added_since(table.id, &slots, since).await?;
    earlier.successor(Arc::clone(table), shapes(&slots), &gone, &came)
}

/// A version from an earlier one and what this node changed since, beside the calls that are served meanwhile.
async fn caught_up(from: Arc<TablePartitions>, later: Vec<Arc<Later>>) -> Result<Option<TablePartitions>> {
    let made = tokio::task::spawn_blocking(move || from.after(&later)).await;
    made.map_err(|error| Error::internal(format!("partitions were not brought up to date: {error}")))?
}

/// A whole table. None where it takes more than `budget` bytes.
async fn load(txn: &mut Txn, table: &Arc<Table>, budget: usize) -> Result<Option<TablePartitions>> {
    let slots = txn.slot_list(table.id, table.version).await?;
    let mut builder = SegmentBuilder::new(table);
    let mut fits = true;
    let scanned = txn
        .partition_whole(table.id, |stored| {
            push(&mut builder, &stored, &stored.values()?)?;
            fits = !builder.len().is_multiple_of(1024) || builder.bytes() <= budget;
            if fits { Ok(()) } else { Err(Error::internal("the table does not fit into the cache")) }
        })
        .await;
    if !fits {
        return Ok(None);
    }
    scanned?;
    let (table, shapes) = (Arc::clone(table), shapes(&slots));
    // Sorting a million values takes its time, which is no other call's.
    let made = tokio::task::spawn_blocking(move || TablePartitions::new(table, shapes, builder.finish()));
    made.await.map(Some).map_err(|error| Error::internal(format!("a table's partitions were not sorted: {error}")))
}
