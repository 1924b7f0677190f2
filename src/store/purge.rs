//! Forgetting versions whose retention is over, a little at a time.

use skep_core::Result;

use super::driver::{Arg, Sql};
use super::txn::Txn;

/// Live tables by id, each with the version that it had at a time; tables without any so early have none.
const PURGE_HORIZONS: Sql = Sql::both(
    "purge_horizons",
    "select t.id, (select v.version from table_version v where v.table_id = t.id and v.at < $2 \
     order by v.version desc limit 1) from tbl t where t.id > $1 and t.dropped_at is null order by t.id limit $3",
);
const PURGE_DROPPED: Sql = Sql::both(
    "purge_dropped",
    "select id from tbl where dropped_at is not null and dropped_at < $1 order by id limit $2",
);
const PURGE_PARTITIONS: Sql = Sql::both(
    "purge_partitions",
    "delete from partition where id in \
     (select id from partition where table_id = $1 and removed is not null and removed <= $2 limit $3)",
);
const PURGE_PARTITIONS_ALL: Sql = Sql::both(
    "purge_partitions_all",
    "delete from partition where id in (select id from partition where table_id = $1 limit $2)",
);
const PURGE_SLOTS: Sql =
    Sql::both("purge_slots", "delete from table_shape where table_id = $1 and removed is not null and removed <= $2");
const PURGE_SLOTS_ALL: Sql = Sql::both("purge_slots_all", "delete from table_shape where table_id = $1");
/// Keeps the definition that the horizon has.
const PURGE_VERSIONS: Sql = Sql::both(
    "purge_versions",
    "delete from table_version where table_id = $1 and version in (select v.version from table_version v \
     where v.table_id = $1 and v.version < $2 and v.version <> coalesce((select max(d.version) from table_version d \
     where d.table_id = $1 and d.version <= $2 and d.definition is not null), 0) limit $3)",
);
const PURGE_VERSIONS_ALL: Sql = Sql::both(
    "purge_versions_all",
    "delete from table_version where table_id = $1 and version in \
     (select version from table_version where table_id = $1 limit $2)",
);
const PURGE_TABLE: Sql = Sql::both("purge_table", "delete from tbl where id = $1 and dropped_at is not null");

pub(super) const ALL: &[&Sql] = &[
    &PURGE_HORIZONS,
    &PURGE_DROPPED,
    &PURGE_PARTITIONS,
    &PURGE_PARTITIONS_ALL,
    &PURGE_SLOTS,
    &PURGE_SLOTS_ALL,
    &PURGE_VERSIONS,
    &PURGE_VERSIONS_ALL,
    &PURGE_TABLE,
];

impl Txn {
    /// The next live tables after `after`, each with the latest version from before `at_ms`, if it has one.
    pub async fn purge_horizons(&mut self, after: i64, at_ms: i64, limit: i64) -> Result<Vec<(i64, Option<i64>)>> {
        let args = [Arg::I64(after), Arg::I64(at_ms), Arg::I64(limit)];
        self.list(&PURGE_HORIZONS, &args, |row| Ok((row.i64(0)?, row.opt_i64(1)?))).await
    }
    /// Tables that were dropped before `at_ms`.
    pub async fn purge_dropped(&mut self, at_ms: i64, limit: i64) -> Result<Vec<i64>> {
        self.list(&PURGE_DROPPED, &[Arg::I64(at_ms), Arg::I64(limit)], |row| row.i64(0)).await
    }
    /// Deletes at most so many partition rows and as many versions and files that only versions before `horizon` show; gives
    /// how many it were.
    pub async fn purge_before(&mut self, table_id: i64, horizon: i64, limit: i64) -> Result<u64> {
        let args = [Arg::I64(table_id), Arg::I64(horizon), Arg::I64(limit)];
        let partitions = self.execute(&PURGE_PARTITIONS, &args).await?;
        let slots = self.execute(&PURGE_SLOTS, &args[..2]).await?;
        let versions = self.execute(&PURGE_VERSIONS, &args).await?;
        let files = self.file_purge(table_id, horizon, limit).await?;
        Ok(partitions + slots + versions + files)
    }
    /// Deletes at most so many partition rows and as many versions of a dropped table, in the end the table; true
    /// when that is done.
    pub async fn purge_table(&mut self, table_id: i64, limit: i64) -> Result<bool> {
        let args = [Arg::I64(table_id), Arg::I64(limit)];
        let most = u64::try_from(limit).unwrap_or_default();
        if self.execute(&PURGE_PARTITIONS_ALL, &args).await? == most
            || self.execute(&PURGE_VERSIONS_ALL, &args).await? == most
            || self.file_purge_all(table_id, limit).await? == most
        {
            return Ok(false);
        }
        self.execute(&PURGE_SLOTS_ALL, &args[..1]).await?;
        self.statistics_delete_all(table_id).await?;
        self.execute(&PURGE_TABLE, &args[..1]).await?;
        Ok(true)
    }
}
