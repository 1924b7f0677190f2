//! All current partitions of a table, as fast as they come: what a large table's cold start waits for.

use skep_core::Result;

use super::driver::{Arg, Sql};
use super::partition_row::StoredPartition;
use super::txn::Txn;

/// Where the first and the last partition lie, and nearly always all others.
const PARTITION_BASES: Sql = Sql::both(
    "partition_bases",
    "select b.id, b.uri from base b where b.id in ((select base_id from partition where table_id = $1 \
     and removed is null order by name limit 1), (select base_id from partition where table_id = $1 \
     and removed is null order by name desc limit 1))",
);
/// A join with the bases takes as long as all the rest: only those are looked up that are neither $2 nor $3.
const PARTITION_WHOLE: Sql = Sql::both(
    "partition_whole",
    "select p.name, p.slot, p.base_id, \
     case when p.base_id <> $2 and p.base_id <> $3 then (select b.uri from base b where b.id = p.base_id) end, \
     p.location, p.partition_values, p.params, p.created_at, p.accessed_at, p.write_id \
     from partition p where p.table_id = $1 and p.removed is null order by p.name",
);

pub(super) const ALL: &[&Sql] = &[&PARTITION_BASES, &PARTITION_WHOLE];

impl Txn {
    /// Calls `each` with every partition, by name, as the rows arrive. Their ids are not read.
    pub async fn partition_whole(
        &mut self,
        table_id: i64,
        mut each: impl FnMut(StoredPartition<'_>) -> Result<()> + Send,
    ) -> Result<()> {
        let usual = self.list(&PARTITION_BASES, &[Arg::I64(table_id)], |row| Ok((row.i64(0)?, row.string(1)?))).await?;
        // Ids begin at 1.
        let id = |at: usize| Arg::I64(usual.get(at).map_or(0, |(id, _)| *id));
        let args = [Arg::I64(table_id), id(0), id(1)];
        self.for_each(&PARTITION_WHOLE, &args, |row| each(StoredPartition::beside(row, &usual)?)).await
    }
}
