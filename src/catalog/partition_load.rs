//! Partitions from the store: whole tables for the cache, and answers for which that is not worth it.

use std::sync::Arc;

use skep_core::partition::Partition;
use skep_core::table::Table;
use skep_core::{Error, Result};

use super::metastore::Metastore;
use super::partition_cache::Cached;
use super::partition_pick::{Bound, Picked, Tester};
use super::partition_query::{PartitionPick, PartitionQuery};
use super::partition_rows::{RowsBuilder, TablePartitions};
use super::reference::TableRef;
use super::table_read::missing;
use crate::store::{PartitionScan, TableHead, Txn};

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
            Cached::Earlier(_) | Cached::Unknown => self.partitions_refresh(at, head).await?,
        };
        let Some(partitions) = partitions else { return self.partitions_scan(query).await };
        let picked = Bound::new(&query.pick, partitions.table())?.pick(&partitions);
        Ok((partitions, picked))
    }

    /// Brings a table into the cache, once for all who wait. None where it does not fit.
    async fn partitions_refresh(&self, at: &TableRef, head: TableHead) -> Result<Option<Arc<TablePartitions>>> {
        let turn = self.partition_cache.turn(head.id);
        let _turn = turn.lock().await;
        let now_ms = self.clock.now_ms();
        let earlier = match self.partition_cache.find(head, now_ms) {
            Cached::Current(partitions) => return Ok(Some(partitions)),
            Cached::TooLarge => return Ok(None),
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
        let Some(loaded) = loaded.map(Arc::new) else {
            tracing::info!(table = %at, "its partitions do not fit into the cache; they are read from the database");
            self.partition_cache.too_large(table.id, now_ms);
            return Ok(None);
        };
        self.partition_cache.keep(&loaded, now_ms);
        Ok(Some(loaded))
    }

    /// An answer straight from the store.
    async fn partitions_scan(&self, query: &PartitionQuery) -> Result<Found> {
        let at = &query.table;
        let mut txn = self.store.read().await?;
        let table = txn.table_get(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        let table = Arc::new(table);
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
        let slots = txn.slot_list(table.id, table.version).await?;
        let mut rows = Vec::new();
        txn.partition_scan(table.id, &slots, scan, |partition, slot| {
            if let Some(is_unknown) = tester.takes(&partition.values) {
                has_unknown |= is_unknown;
                rows.push((partition, slot));
            }
            Ok(())
        })
        .await?;
        rows.sort_by(|(left, _), (right, _)| left.name.cmp(&right.name));
        let mut builder = RowsBuilder::new(Arc::clone(&table), &slots);
        for (partition, slot) in rows {
            builder.push(partition, slot);
        }
        let found = Arc::new(builder.finish());
        let rows = (0..found.len() as u32).collect();
        Ok((found, Picked { rows, has_unknown }))
    }

    /// One partition by its name.
    pub(super) async fn partition_load(&self, txn: &mut Txn, table: Table, name: &str) -> Result<Found> {
        let slots = txn.slot_list(table.id, table.version).await?;
        let (id, names) = (table.id, [name.to_owned()]);
        let mut builder = RowsBuilder::new(Arc::new(table), &slots);
        txn.partition_scan(id, &slots, PartitionScan::Named(&names), |partition, slot| {
            builder.push(partition, slot);
            Ok(())
        })
        .await?;
        let found = Arc::new(builder.finish());
        let rows = (0..found.len() as u32).collect();
        Ok((found, Picked { rows, has_unknown: false }))
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

/// A later version from an earlier one and what came and went between.
async fn bring_forward(
    txn: &mut Txn,
    earlier: &TablePartitions,
    table: &Arc<Table>,
) -> Result<Option<TablePartitions>> {
    let since = earlier.table().version;
    let slots = txn.slot_list(table.id, table.version).await?;
    let gone = txn.partition_gone_since(table.id, since).await?;
    let mut came: Vec<(Partition, Option<i64>)> = Vec::new();
    txn.partition_scan(table.id, &slots, PartitionScan::AddedSince(since), |partition, slot| {
        came.push((partition, slot));
        Ok(())
    })
    .await?;
    Ok(earlier.successor(Arc::clone(table), &slots, &gone, came))
}

/// A whole table. None where it takes more than `budget` bytes.
async fn load(txn: &mut Txn, table: &Arc<Table>, budget: usize) -> Result<Option<TablePartitions>> {
    let slots = txn.slot_list(table.id, table.version).await?;
    let mut builder = RowsBuilder::new(Arc::clone(table), &slots);
    let mut fits = true;
    let scanned = txn
        .partition_scan(table.id, &slots, PartitionScan::First(None), |partition, slot| {
            builder.push(partition, slot);
            fits = builder.bytes() <= budget;
            if fits { Ok(()) } else { Err(Error::internal("the table does not fit into the cache")) }
        })
        .await;
    if !fits {
        return Ok(None);
    }
    scanned.map(|()| Some(builder.finish()))
}
