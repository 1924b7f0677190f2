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
use super::reference::TableRef;
use super::table_read::missing;
use crate::store::{PartitionScan, Slot, StoredPartition, TableHead, Txn};

/// Of a table that is not in memory so many partitions are read without loading it all.
const FEW: usize = 1000;

/// Partitions, and which of their rows are meant.
pub type Found = (Arc<TablePartitions>, Picked);

impl Metastore {
    /// The rows that answer a question. Its version is looked up now that the question has come.
    pub(super) async fn partitions_find(&self, query: &PartitionQuery) -> Result<Found> {
        let at = &query.table;
        let head = self.table_current(at).await?.head;
        let cached = self.partition_cache.find(head, self.clock.now_ms());
        self.table_cache.reads().count(matches!(cached, Cached::Current(_)));
        let partitions = match cached {
            Cached::Current(partitions) => Some(partitions),
            Cached::TooLarge => None,
            Cached::Earlier(_) | Cached::Unknown if is_small(query) => None,
            Cached::Behind(..) | Cached::Earlier(_) | Cached::Unknown => self.partitions_refresh(at, head).await?,
        };
        let Some(partitions) = partitions else { return self.partitions_scan(query).await };
        let picked = Bound::new(&query.pick, partitions.table())?.pick(&partitions);
        Ok((partitions, picked))
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
        let mut txn = self.store.read().await?;
        let table = txn.table_get(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
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

    /// An answer straight from the store.
    async fn partitions_scan(&self, query: &PartitionQuery) -> Result<Found> {
        let at = &query.table;
        let mut txn = self.store.read().await?;
        let table = txn.table_get(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        let bound = Bound::new(&query.pick, &table)?;
        let scan = match (&bound, query.limit) {
            (Bound::Names(names), _) => PartitionScan::Named(names),
            (Bound::All, Some(limit)) if self.settings.partition_order_descending => PartitionScan::Last(limit),
            (Bound::All, limit) => PartitionScan::First(limit),
            (Bound::Prefix(_) | Bound::Filter(_) | Bound::Expr { .. } | Bound::Unreadable, _) => {
                PartitionScan::First(None)
            }
        };
        let mut tester = Tester::new(&bound);
        let mut has_unknown = false;
        let takes = |values: &[Cow<'_, str>]| {
            let taken = tester.takes(values);
            has_unknown |= taken.unwrap_or_default();
            taken.is_some()
        };
        let found = scanned(&mut txn, Arc::new(table), scan, takes).await?;
        Ok((Arc::clone(&found), Picked { rows: found.all(), has_unknown }))
    }

    /// One partition by its name.
    pub(super) async fn partition_load(&self, txn: &mut Txn, table: Table, name: &str) -> Result<Found> {
        let names = [name.to_owned()];
        let found = scanned(txn, Arc::new(table), PartitionScan::Named(&names), |_| true).await?;
        Ok((Arc::clone(&found), Picked { rows: found.all(), has_unknown: false }))
    }
}

/// Whether an indexed look-up answers a question, so that the table need not be in memory for it.
fn is_small(query: &PartitionQuery) -> bool {
    match &query.pick {
        PartitionPick::Names(_) => true,
        PartitionPick::All => query.limit.is_some_and(|limit| limit <= FEW),
        PartitionPick::Prefix(_) | PartitionPick::Filter(_) | PartitionPick::Expr(_) => false,
    }
}

type Shapes = Vec<(i64, Arc<Shape>)>;

fn shapes(slots: &[Slot]) -> Shapes {
    slots.iter().map(|slot| (slot.slot, Arc::clone(&slot.shape))).collect()
}

/// Those partitions of a scan that are taken by their values.
async fn scanned(
    txn: &mut Txn,
    table: Arc<Table>,
    scan: PartitionScan<'_>,
    mut takes: impl FnMut(&[Cow<'_, str>]) -> bool + Send,
) -> Result<Arc<TablePartitions>> {
    let slots = txn.slot_list(table.id, table.version).await?;
    let mut builder = SegmentBuilder::new(&table);
    txn.partition_scan(table.id, scan, |stored| {
        let values = stored.values()?;
        if takes(&values) { push(&mut builder, &stored, &values) } else { Ok(()) }
    })
    .await?;
    Ok(Arc::new(TablePartitions::new(table, shapes(&slots), builder.finish())))
}

/// Adds a stored row behind all others.
fn push(builder: &mut SegmentBuilder, stored: &StoredPartition<'_>, values: &[Cow<'_, str>]) -> Result<()> {
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
        .partition_scan(table.id, PartitionScan::First(None), |stored| {
            push(&mut builder, &stored, &stored.values()?)?;
            fits = !builder.len().is_multiple_of(1024) || builder.bytes() <= budget;
            if fits { Ok(()) } else { Err(Error::internal("the table does not fit into the cache")) }
        })
        .await;
    if !fits {
        return Ok(None);
    }
    scanned.map(|()| Some(TablePartitions::new(Arc::clone(table), shapes(&slots), builder.finish())))
}
