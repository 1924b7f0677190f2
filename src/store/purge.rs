//! Forgetting versions whose retention is over, a little at a time.

use skep_core::Result;

use super::driver::{Arg, Sql};
use super::txn::Txn;

/// Live tables by id: where they lie, their version, and those that they had at two times.
const PURGE_TABLES: Sql = Sql::both(
    "purge_tables",
    "select t.id, t.version, (select v.version from table_version v where v.table_id = t.id and v.at < $2 \
     order by v.version desc limit 1), (select v.version from table_version v where v.table_id = t.id and v.at < $3 \
     order by v.version desc limit 1), (select f.swept_to from version_floor f where f.table_id = t.id) \
     from tbl t where t.id > $1 and t.dropped_at is null order by t.id limit $4",
);
const PURGE_DROPPED: Sql = Sql::both(
    "purge_dropped",
    "select id from tbl where dropped_at is not null and dropped_at < $1 order by id limit $2",
);
const PURGE_LOCK: Sql = Sql::per_dialect(
    "purge_lock",
    "select version from tbl where id = $1 and dropped_at is null for update",
    "select version from tbl where id = $1 and dropped_at is null",
);
/// Versions whose definition these versions have, each its own or an earlier one's.
const PURGE_DEFINITIONS: Sql = Sql::per_dialect(
    "purge_definitions",
    "select distinct (select max(d.version) from table_version d where d.table_id = $1 and d.version <= k.version \
     and d.definition is not null) from unnest($2::bigint[]) k (version)",
    "select distinct (select max(d.version) from table_version d where d.table_id = $1 and d.version <= k.value \
     and d.definition is not null) from json_each($2) k",
);
/// Rows that no version from $2 on shows, and none of those in $3.
const PURGE_PARTITIONS: Sql = Sql::per_dialect(
    "purge_partitions",
    "select id from partition where table_id = $1 and removed is not null and removed <= $2 and not exists \
     (select 1 from unnest($3::bigint[]) k (version) where added <= k.version and removed > k.version) limit $4",
    "select id from partition where table_id = $1 and removed is not null and removed <= $2 and not exists \
     (select 1 from json_each($3) k where added <= k.value and removed > k.value) limit $4",
);
const PURGE_PARTITIONS_ALL: Sql =
    Sql::both("purge_partitions_all", "select id from partition where table_id = $1 limit $2");
const PURGE_PARTITION_ROWS: Sql = Sql::per_dialect(
    "purge_partition_rows",
    "delete from partition where id = any($1)",
    "delete from partition where id in (select value from json_each($1))",
);
const PURGE_SLOTS: Sql = Sql::per_dialect(
    "purge_slots",
    "delete from table_shape where table_id = $1 and removed is not null and removed <= $2 and not exists \
     (select 1 from unnest($3::bigint[]) k (version) where added <= k.version and removed > k.version)",
    "delete from table_shape where table_id = $1 and removed is not null and removed <= $2 and not exists \
     (select 1 from json_each($3) k where added <= k.value and removed > k.value)",
);
const PURGE_SLOTS_ALL: Sql = Sql::both("purge_slots_all", "delete from table_shape where table_id = $1");
/// But these.
const PURGE_VERSIONS: Sql = Sql::per_dialect(
    "purge_versions",
    "delete from table_version where table_id = $1 and version in (select v.version from table_version v \
     where v.table_id = $1 and v.version < $2 and v.version <> all($3) limit $4)",
    "delete from table_version where table_id = $1 and version in (select v.version from table_version v \
     where v.table_id = $1 and v.version < $2 and v.version not in (select value from json_each($3)) limit $4)",
);
const PURGE_VERSIONS_ALL: Sql = Sql::both(
    "purge_versions_all",
    "delete from table_version where table_id = $1 and version in \
     (select version from table_version where table_id = $1 limit $2)",
);
const PURGE_TABLE: Sql = Sql::both("purge_table", "delete from tbl where id = $1 and dropped_at is not null");
/// When the oldest transaction of an engine that is still open began.
const PURGE_OPEN_SINCE: Sql = Sql::both("purge_open_since", "select min(started_at) from txn where state = 3");

pub(super) const ALL: &[&Sql] = &[
    &PURGE_TABLES,
    &PURGE_DROPPED,
    &PURGE_LOCK,
    &PURGE_DEFINITIONS,
    &PURGE_PARTITIONS,
    &PURGE_PARTITIONS_ALL,
    &PURGE_PARTITION_ROWS,
    &PURGE_SLOTS,
    &PURGE_SLOTS_ALL,
    &PURGE_VERSIONS,
    &PURGE_VERSIONS_ALL,
    &PURGE_TABLE,
    &PURGE_OPEN_SINCE,
];

/// A live table as its retention sees it.
#[derive(Debug, Clone, Copy)]
pub struct PurgeTable {
    pub id: i64,
    pub version: i64,
    /// The versions that it had at the two times that were asked for; none where it is younger.
    pub at: [Option<i64>; 2],
    /// Nothing is left of versions before this one that is not kept.
    pub swept_to: i64,
}

/// What may go of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Horizon {
    /// The first version that is kept, as all after it are.
    pub from: i64,
    /// Earlier versions that are kept, too.
    pub kept: Vec<i64>,
    /// Earlier versions whose entry in the log is kept: those above, and those that have their definitions.
    pub entries: Vec<i64>,
}

impl Txn {
    /// The next live tables after `after`, each with the latest versions from before two times, in milliseconds since
    /// the epoch.
    pub async fn purge_tables(&mut self, after: i64, before_ms: [i64; 2], limit: i64) -> Result<Vec<PurgeTable>> {
        let args = [Arg::I64(after), Arg::I64(before_ms[0]), Arg::I64(before_ms[1]), Arg::I64(limit)];
        self.list(&PURGE_TABLES, &args, |row| {
            let at = [row.opt_i64(2)?, row.opt_i64(3)?];
            let swept_to = row.opt_i64(4)?.unwrap_or_default();
            Ok(PurgeTable { id: row.i64(0)?, version: row.i64(1)?, at, swept_to })
        })
        .await
    }
    /// Tables that were dropped before `at_ms`.
    pub async fn purge_dropped(&mut self, at_ms: i64, limit: i64) -> Result<Vec<i64>> {
        self.list(&PURGE_DROPPED, &[Arg::I64(at_ms), Arg::I64(limit)], |row| row.i64(0)).await
    }
    /// When the oldest open transaction of an engine began, in milliseconds since the epoch.
    pub async fn purge_open_since(&mut self) -> Result<Option<i64>> {
        self.one(&PURGE_OPEN_SINCE, &[]).await?.opt_i64(0)
    }

    /// Locks the table for a moment and says what goes: all before `from`, but these versions. None where that is
    /// nothing new, or the table is not there any more.
    pub async fn purge_begin(&mut self, table_id: i64, from: i64, mut kept: Vec<i64>) -> Result<Option<Horizon>> {
        if self.first(&PURGE_LOCK, &[Arg::I64(table_id)]).await?.is_none() {
            return Ok(None);
        }
        kept.extend(self.version_pins(table_id).await?.into_iter().map(|pin| pin.version));
        kept.retain(|version| *version < from);
        kept.sort_unstable();
        kept.dedup();
        let mut shown = kept.clone();
        shown.push(from);
        let args = [Arg::I64(table_id), Arg::I64s(&shown)];
        let mut entries: Vec<i64> =
            self.list(&PURGE_DEFINITIONS, &args, |row| row.opt_i64(0)).await?.into_iter().flatten().collect();
        entries.extend(&kept);
        self.version_floor_raise(table_id, from).await?;
        Ok(Some(Horizon { from, kept, entries }))
    }

    /// Deletes at most so many partition rows and as many versions and files that no kept version shows; gives how many
    /// it were. Places that only they had become expired ones.
    pub async fn purge_before(&mut self, table_id: i64, horizon: &Horizon, limit: i64) -> Result<u64> {
        let args = [Arg::I64(table_id), Arg::I64(horizon.from), Arg::I64s(&horizon.kept), Arg::I64(limit)];
        let rows = self.list(&PURGE_PARTITIONS, &args, |row| row.i64(0)).await?;
        let partitions = self.partition_rows_purge(table_id, &rows).await?;
        let slots = self.execute(&PURGE_SLOTS, &args[..3]).await?;
        let files = self.file_purge(&args).await?;
        // At the end: it looks at all blocks.
        if files < u64::try_from(limit).unwrap_or_default() {
            self.block_purge(table_id, horizon.from).await?;
        }
        let args = [Arg::I64(table_id), Arg::I64(horizon.from), Arg::I64s(&horizon.entries), Arg::I64(limit)];
        self.expired_note_definitions(table_id, &args[..3]).await?;
        let versions = self.execute(&PURGE_VERSIONS, &args).await?;
        Ok(partitions + slots + versions + files)
    }

    async fn partition_rows_purge(&mut self, table_id: i64, rows: &[i64]) -> Result<u64> {
        if rows.is_empty() {
            return Ok(0);
        }
        self.expired_note(table_id, rows).await?;
        self.execute(&PURGE_PARTITION_ROWS, &[Arg::I64s(rows)]).await
    }

    /// Deletes at most so many partition rows and as many versions of a dropped table, in the end the table; true
    /// when that is done.
    pub async fn purge_table(&mut self, table_id: i64, limit: i64) -> Result<bool> {
        let args = [Arg::I64(table_id), Arg::I64(limit)];
        let most = u64::try_from(limit).unwrap_or_default();
        let rows = self.list(&PURGE_PARTITIONS_ALL, &args, |row| row.i64(0)).await?;
        if self.partition_rows_purge(table_id, &rows).await? == most {
            return Ok(false);
        }
        self.expired_note_table(table_id).await?;
        if self.execute(&PURGE_VERSIONS_ALL, &args).await? == most
            || self.file_purge_all(table_id, limit).await? == most
        {
            return Ok(false);
        }
        self.execute(&PURGE_SLOTS_ALL, &args[..1]).await?;
        self.block_purge_all(table_id).await?;
        self.statistics_delete_all(table_id).await?;
        self.version_kept_forget(table_id).await?;
        self.execute(&PURGE_TABLE, &args[..1]).await?;
        Ok(true)
    }
}
