//! Hive's locks: rows of components. Whoever asks for a lock first locks one counter row, on whatever node it is, so
//! that queueing and checking are one step.

use skep_core::Result;

use super::driver::{Arg, ColumnArg, Row, Sql};
use super::txn::Txn;

const LOCK_EXPIRE: Sql = Sql::both("lock_expire", "delete from lock_component where txn_id = 0 and heartbeat_at < $1");
/// No heartbeat is of the future, but the database's clock may have been set back.
const LOCK_SETTLE: Sql =
    Sql::both("lock_settle", "update lock_component set heartbeat_at = $1 where txn_id = 0 and heartbeat_at > $1");
const LOCK_INSERT: Sql = Sql::per_dialect(
    "lock_insert",
    "insert into lock_component (lock_id, txn_id, user_name, host, agent_info, requested_at, heartbeat_at, state, \
     idx, catalog, database, tbl, partition, kind, level, operation) select $1, $2, $3, $4, $5, $6, $7, 2, u.* \
     from unnest($8::bigint[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::bigint[], \
     $15::bigint[]) u",
    "insert into lock_component (lock_id, txn_id, user_name, host, agent_info, requested_at, heartbeat_at, state, \
     idx, catalog, database, tbl, partition, kind, level, operation) select $1, $2, $3, $4, $5, $6, $7, 2, \
     value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7 \
     from json_each($8) where true",
);
/// The latest of the locks asked for before that stands in the way (`semantics.md §12`, the table of conflicts).
/// Kinds: 1 shared read, 2 shared write, 3 exclusive, 4 exclusive write.
const LOCK_BLOCKER: Sql = Sql::both(
    "lock_blocker",
    "select r.idx, r.kind, e.lock_id, e.idx, e.txn_id, e.state, e.kind, e.database, e.tbl, e.partition \
     from lock_component r join lock_component e \
     on e.catalog = r.catalog and e.database = r.database and e.lock_id < r.lock_id \
     and (e.txn_id <> r.txn_id or r.txn_id = 0) \
     and (e.tbl is null or r.tbl is null or (e.tbl = r.tbl \
          and (e.partition is null or r.partition is null or e.partition = r.partition))) \
     where r.lock_id = $1 and ( \
          (r.kind = 1 and e.kind = 3 and (e.tbl is null or r.tbl is not null)) \
       or (r.kind = 2 and e.kind in (3, 4)) \
       or (r.kind = 3 and not (e.tbl is null and e.kind = 1 and r.tbl is not null)) \
       or (r.kind = 4 and e.kind <> 1)) \
     order by e.lock_id desc, e.idx, r.idx limit 1",
);
const LOCK_HEAD: Sql =
    Sql::both("lock_head", "select txn_id, max(state) from lock_component where lock_id = $1 group by txn_id");
const LOCK_HEARTBEAT: Sql = Sql::both(
    "lock_heartbeat",
    "update lock_component set heartbeat_at = $2 where lock_id = $1 and txn_id = 0 and heartbeat_at >= $3",
);
const LOCK_ACQUIRE: Sql = Sql::both(
    "lock_acquire",
    "update lock_component set state = 1, acquired_at = $2, blocked_by = null, blocked_by_idx = null \
     where lock_id = $1",
);
const LOCK_BLOCK: Sql = Sql::both(
    "lock_block",
    "update lock_component set blocked_by = $3, blocked_by_idx = $4 where lock_id = $1 and idx = $2",
);
const LOCK_DELETE: Sql = Sql::both("lock_delete", "delete from lock_component where lock_id = $1");
const LOCK_UNLOCK: Sql =
    Sql::both("lock_unlock", "delete from lock_component where lock_id = $1 and (txn_id = 0 or state = 2)");
const LOCK_DELETE_TXNS: Sql = Sql::per_dialect(
    "lock_delete_txns",
    "delete from lock_component where txn_id <> 0 and txn_id = any($1)",
    "delete from lock_component where txn_id <> 0 and txn_id in (select value from json_each($1))",
);
/// Locks whose time is over are not shown, be they deleted yet or not.
const LOCK_LIST: Sql = Sql::both(
    "lock_list",
    "select l.lock_id, l.idx, l.txn_id, l.catalog, l.database, l.tbl, l.partition, l.kind, l.state, l.user_name, \
     l.host, l.agent_info, l.heartbeat_at, l.acquired_at, l.blocked_by, l.blocked_by_idx from lock_component l \
     where (case when l.txn_id = 0 then l.heartbeat_at >= $1 else \
            exists (select 1 from txn t where t.id = l.txn_id and t.state = 3 and t.heartbeat_at >= $1) end) \
     and (cast($2 as text) is null or (l.catalog = $2 and l.database = $3)) \
     and (cast($4 as text) is null or l.tbl = $4) \
     and (cast($5 as text) is null or l.partition = $5) \
     and (cast($6 as bigint) is null or l.txn_id = $6) order by l.lock_id, l.idx",
);

pub(super) const ALL: &[&Sql] = &[
    &LOCK_EXPIRE,
    &LOCK_SETTLE,
    &LOCK_INSERT,
    &LOCK_BLOCKER,
    &LOCK_HEAD,
    &LOCK_HEARTBEAT,
    &LOCK_ACQUIRE,
    &LOCK_BLOCK,
    &LOCK_DELETE,
    &LOCK_UNLOCK,
    &LOCK_DELETE_TXNS,
    &LOCK_LIST,
];

/// Who asks for a lock.
#[derive(Debug, Clone)]
pub struct LockOwner<'a> {
    /// 0: outside of transactions.
    pub txn_id: i64,
    pub user: &'a str,
    pub host: &'a str,
    pub agent_info: &'a str,
}

/// What is locked, in normal form. Kind, level and operation are Hive's numbers.
#[derive(Debug, Clone)]
pub struct LockPlace {
    pub catalog: String,
    pub database: String,
    pub table: Option<String>,
    pub partition: Option<String>,
    pub kind: i64,
    pub level: i64,
    pub operation: i64,
}

/// What stands in a lock's way.
#[derive(Debug, Clone)]
pub struct LockBlocker {
    /// The component that has to wait, and its kind.
    pub waiting: i64,
    pub waiting_kind: i64,
    pub lock_id: i64,
    pub idx: i64,
    pub txn_id: i64,
    pub state: i64,
    pub kind: i64,
    pub database: String,
    pub table: Option<String>,
    pub partition: Option<String>,
}

/// A component as it is listed.
#[derive(Debug, Clone)]
pub struct LockRow {
    pub lock_id: i64,
    pub idx: i64,
    pub txn_id: i64,
    pub catalog: String,
    pub database: String,
    pub table: Option<String>,
    pub partition: Option<String>,
    pub kind: i64,
    pub state: i64,
    pub user: String,
    pub host: String,
    pub agent_info: String,
    /// Milliseconds since the epoch; 0 for a lock of a transaction, which has the heartbeat.
    pub heartbeat_at: i64,
    pub acquired_at: Option<i64>,
    /// Lock and component.
    pub blocked_by: Option<(i64, i64)>,
}

/// Which locks to list; none: all.
#[derive(Debug, Clone, Default)]
pub struct LockFilter {
    /// Catalog and database.
    pub database: Option<(String, String)>,
    pub table: Option<String>,
    pub partition: Option<String>,
    pub txn_id: Option<i64>,
}

fn read(row: &Row) -> Result<LockRow> {
    Ok(LockRow {
        lock_id: row.i64(0)?,
        idx: row.i64(1)?,
        txn_id: row.i64(2)?,
        catalog: row.string(3)?,
        database: row.string(4)?,
        table: row.opt_string(5)?,
        partition: row.opt_string(6)?,
        kind: row.i64(7)?,
        state: row.i64(8)?,
        user: row.string(9)?,
        host: row.string(10)?,
        agent_info: row.string(11)?,
        heartbeat_at: row.i64(12)?,
        acquired_at: row.opt_i64(13)?,
        blocked_by: row.opt_i64(14)?.zip(row.opt_i64(15)?),
    })
}

impl Txn {
    /// Deletes locks outside of transactions without a heartbeat since `cutoff_ms`; gives how many components.
    pub async fn lock_expire(&mut self, cutoff_ms: i64) -> Result<u64> {
        self.execute(&LOCK_EXPIRE, &[Arg::I64(cutoff_ms)]).await
    }
    /// Takes heartbeats of locks outside of transactions that seem to come from the future for such of now.
    pub async fn lock_settle(&mut self, now_ms: i64) -> Result<u64> {
        self.execute(&LOCK_SETTLE, &[Arg::I64(now_ms)]).await
    }
    /// Queues a lock, waiting, and gives its id.
    pub async fn lock_insert(&mut self, owner: &LockOwner<'_>, places: &[LockPlace], now_ms: i64) -> Result<i64> {
        let id = self.counter_next("lock", 1).await?;
        let columns = [
            ColumnArg::I64((1..=places.len() as i64).collect()),
            ColumnArg::Text(places.iter().map(|p| p.catalog.clone()).collect()),
            ColumnArg::Text(places.iter().map(|p| p.database.clone()).collect()),
            ColumnArg::OptText(places.iter().map(|p| p.table.clone()).collect()),
            ColumnArg::OptText(places.iter().map(|p| p.partition.clone()).collect()),
            ColumnArg::I64(places.iter().map(|p| p.kind).collect()),
            ColumnArg::I64(places.iter().map(|p| p.level).collect()),
            ColumnArg::I64(places.iter().map(|p| p.operation).collect()),
        ];
        let args = [
            Arg::I64(id),
            Arg::I64(owner.txn_id),
            Arg::Text(owner.user),
            Arg::Text(owner.host),
            Arg::Text(owner.agent_info),
            Arg::I64(now_ms),
            Arg::I64(if owner.txn_id == 0 { now_ms } else { 0 }),
            Arg::Columns(&columns),
        ];
        self.execute(&LOCK_INSERT, &args).await?;
        Ok(id)
    }
    /// What a queued lock has to wait for.
    pub async fn lock_blocker(&mut self, lock_id: i64) -> Result<Option<LockBlocker>> {
        let Some(row) = self.first(&LOCK_BLOCKER, &[Arg::I64(lock_id)]).await? else { return Ok(None) };
        Ok(Some(LockBlocker {
            waiting: row.i64(0)?,
            waiting_kind: row.i64(1)?,
            lock_id: row.i64(2)?,
            idx: row.i64(3)?,
            txn_id: row.i64(4)?,
            state: row.i64(5)?,
            kind: row.i64(6)?,
            database: row.string(7)?,
            table: row.opt_string(8)?,
            partition: row.opt_string(9)?,
        }))
    }
    /// A lock's transaction (0: none) and state, Hive's number.
    pub async fn lock_head(&mut self, lock_id: i64) -> Result<Option<(i64, i64)>> {
        let row = self.first(&LOCK_HEAD, &[Arg::I64(lock_id)]).await?;
        row.map(|row| Ok((row.i64(0)?, row.i64(1)?))).transpose()
    }
    /// Renews a lock outside of transactions; false when there is none whose last heartbeat is after `cutoff_ms`.
    pub async fn lock_heartbeat(&mut self, lock_id: i64, now_ms: i64, cutoff_ms: i64) -> Result<bool> {
        let args = [Arg::I64(lock_id), Arg::I64(now_ms), Arg::I64(cutoff_ms)];
        Ok(self.execute(&LOCK_HEARTBEAT, &args).await? > 0)
    }
    pub async fn lock_acquire(&mut self, lock_id: i64, now_ms: i64) -> Result<()> {
        self.execute(&LOCK_ACQUIRE, &[Arg::I64(lock_id), Arg::I64(now_ms)]).await.map(drop)
    }
    /// Notes what a lock waits for.
    pub async fn lock_block(&mut self, lock_id: i64, by: &LockBlocker) -> Result<()> {
        let args = [Arg::I64(lock_id), Arg::I64(by.waiting), Arg::I64(by.lock_id), Arg::I64(by.idx)];
        self.execute(&LOCK_BLOCK, &args).await.map(drop)
    }
    pub async fn lock_delete(&mut self, lock_id: i64) -> Result<()> {
        self.execute(&LOCK_DELETE, &[Arg::I64(lock_id)]).await.map(drop)
    }
    /// Deletes a lock that is outside of transactions or waits; false when there is none.
    pub async fn lock_unlock(&mut self, lock_id: i64) -> Result<bool> {
        Ok(self.execute(&LOCK_UNLOCK, &[Arg::I64(lock_id)]).await? > 0)
    }
    /// Deletes the locks of transactions that end.
    pub async fn lock_delete_txns(&mut self, txn_ids: &[i64]) -> Result<()> {
        self.execute(&LOCK_DELETE_TXNS, &[Arg::I64s(txn_ids)]).await.map(drop)
    }
    /// Components by lock, of locks with a heartbeat since `cutoff_ms`.
    pub async fn lock_list(&mut self, filter: &LockFilter, cutoff_ms: i64) -> Result<Vec<LockRow>> {
        let (catalog, database) = filter.database.as_ref().map(|(c, d)| (c.as_str(), d.as_str())).unzip();
        let args = [
            Arg::I64(cutoff_ms),
            Arg::OptText(catalog),
            Arg::OptText(database),
            Arg::OptText(filter.table.as_deref()),
            Arg::OptText(filter.partition.as_deref()),
            Arg::OptI64(filter.txn_id),
        ];
        self.list(&LOCK_LIST, &args, read).await
    }
}
