//! A node's own writes keep the partition sets that it has in memory current, so that who reads after a write does not
//! load what was just written. Nothing is trusted for it: a set is used only for the version that the database names.

use std::sync::Arc;

use skep_core::partition::Partition;
use skep_core::rows::{Later, SegmentBuilder, TablePartitions};
use skep_core::table::Table;

use super::metastore::Metastore;
use super::reference::TableRef;
use crate::store::TableHead;

/// What a committed write of a table changed.
pub(super) struct Followed<'a> {
    /// The definition as of the version that the write made.
    pub table: Table,
    /// Names; those of changed partitions too.
    pub gone: Vec<String>,
    /// With their slots, in no order.
    pub came: Vec<(&'a Partition, Option<i64>)>,
}

impl Metastore {
    /// To be called after the commit of a write that changed no slot's meaning.
    pub(super) fn partitions_follow(&self, followed: Followed<'_>) {
        if self.store.is_joined() {
            return;
        }
        let Followed { table, gone, came } = followed;
        let head = TableHead { id: table.id, version: table.version };
        if !self.partition_cache.is_followed(TableHead { version: head.version - 1, ..head }) {
            return;
        }
        let at = TableRef::new(&table.catalog, &table.database, &table.name);
        match Later::new(Arc::new(table), gone, came) {
            Ok(later) => {
                if self.partition_cache.follow(head.id, later) {
                    self.partitions_load_beside(&at, head);
                }
            }
            Err(error) => tracing::debug!(table = %at, %error, "a write is not kept in memory"),
        }
    }

    /// A new table's partitions are known: there are none.
    pub(super) fn partitions_begin(&self, table: Arc<Table>) {
        if table.is_partitioned() {
            let none = SegmentBuilder::new(&table).finish();
            self.partition_cache.keep(&Arc::new(TablePartitions::new(table, [], none)), self.clock.now_ms());
        }
    }
}
