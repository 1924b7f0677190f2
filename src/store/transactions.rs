//! Hive's transactions, which engines open for ACID tables: rows with a state. (`Txn` is the database's own.)

use skep_core::transaction::TransactionState;
use skep_core::{Error, Kind, Result};

use super::driver::{Arg, ColumnArg, Row, Sql};
use super::txn::Txn;

const ACID_OPEN: Sql = Sql::per_dialect(
    "acid_open",
    "insert into txn (state, kind, user_name, host, agent_info, started_at, heartbeat_at, id) \
     select 3, $1, $2, $3, $4, $5, $5, u.id from unnest($6::bigint[]) u (id)",
    "insert into txn (state, kind, user_name, host, agent_info, started_at, heartbeat_at, id) \
     select 3, $1, $2, $3, $4, $5, $5, value->>0 from json_each($6) where true",
);
const ACID_LIST: Sql = Sql::per_dialect(
    "acid_list",
    "select id, state, kind, user_name, host, agent_info, started_at, heartbeat_at from txn where id = any($1) \
     order by id",
    "select id, state, kind, user_name, host, agent_info, started_at, heartbeat_at from txn \
     where id in (select value from json_each($1)) order by id",
);
const ACID_UNCOMMITTED: Sql = Sql::both(
    "acid_uncommitted",
    "select id, state, kind, user_name, host, agent_info, started_at, heartbeat_at from txn where state <> 1 \
     order by id",
);
const ACID_HEARTBEAT: Sql = Sql::both(
    "acid_heartbeat",
    "update txn set heartbeat_at = $3 where id >= $1 and id <= $2 and state = 3 and heartbeat_at >= $4",
);
const ACID_RANGE: Sql = Sql::both("acid_range", "select id, state from txn where id >= $1 and id <= $2 order by id");
const ACID_ABORT: Sql = Sql::per_dialect(
    "acid_abort",
    "update txn set state = 2, ended_at = $2 where state = 3 and id = any($1)",
    "update txn set state = 2, ended_at = $2 where state = 3 and id in (select value from json_each($1))",
);
const ACID_COMMIT: Sql =
    Sql::both("acid_commit", "update txn set state = 1, ended_at = $2, commit_mark = $3 where state = 3 and id = $1");
const ACID_EXPIRED: Sql =
    Sql::both("acid_expired", "select id from txn where state = 3 and heartbeat_at < $1 order by id");
/// No heartbeat is of the future, but the database's clock may have been set back.
const ACID_SETTLE: Sql =
    Sql::both("acid_settle", "update txn set heartbeat_at = $1 where state = 3 and heartbeat_at > $1");
const ACID_MIN_OPEN: Sql = Sql::both("acid_min_open", "select min(id) from txn where state = 3");
const COMPONENT_INSERT: Sql = Sql::per_dialect(
    "acid_component_insert",
    "insert into txn_component (txn_id, catalog, database, tbl, operation, partition) \
     select $1, $2, $3, $4, $5, u.partition from unnest($6::text[]) u (partition)",
    "insert into txn_component (txn_id, catalog, database, tbl, operation, partition) \
     select $1, $2, $3, $4, $5, value->>0 from json_each($6) where true",
);
const COMPONENT_DELETE: Sql = Sql::per_dialect(
    "acid_component_delete",
    "delete from txn_component where txn_id = any($1)",
    "delete from txn_component where txn_id in (select value from json_each($1))",
);
/// Whoever was committed after this one was opened and wrote what this one writes.
const ACID_CONFLICT: Sql = Sql::both(
    "acid_conflict",
    "select o.txn_id, c.database, c.tbl, c.partition from txn_component c join txn_component o \
     on o.catalog = c.catalog and o.database = c.database and o.tbl = c.tbl and o.txn_id <> c.txn_id \
     and (o.partition = c.partition or o.partition is null or c.partition is null) \
     join txn t on t.id = o.txn_id and t.state = 1 and t.commit_mark >= $1 \
     where c.txn_id = $1 order by o.txn_id desc limit 1",
);
const COMPONENT_PURGE: Sql = Sql::both(
    "acid_component_purge",
    "delete from txn_component where txn_id in (select id from txn where state = 1 and commit_mark < $1)",
);
/// Aborted ones stay as long as write ids name them: what they wrote must never be read.
const ACID_PURGE: Sql = Sql::both(
    "acid_purge",
    "delete from txn where state <> 3 and ended_at < $1 and id < $2 \
     and not exists (select 1 from txn_component c where c.txn_id = txn.id) \
     and (state = 1 or not exists (select 1 from write_id w where w.txn_id = txn.id))",
);

pub(super) const ALL: &[&Sql] = &[
    &ACID_OPEN,
    &ACID_LIST,
    &ACID_UNCOMMITTED,
    &ACID_HEARTBEAT,
    &ACID_RANGE,
    &ACID_ABORT,
    &ACID_COMMIT,
    &ACID_EXPIRED,
    &ACID_SETTLE,
    &ACID_MIN_OPEN,
    &COMPONENT_INSERT,
    &COMPONENT_DELETE,
    &ACID_CONFLICT,
    &COMPONENT_PURGE,
    &ACID_PURGE,
];

/// The counter whose last number is the highest transaction id.
const COUNTER: &str = "txn";

/// One of Hive's transactions. Times in milliseconds since the epoch.
#[derive(Debug, Clone)]
pub struct AcidRow {
    pub id: i64,
    pub state: TransactionState,
    /// Hive's number.
    pub kind: i64,
    pub user: String,
    pub host: String,
    pub agent_info: String,
    pub started_at: i64,
    pub heartbeat_at: i64,
}

/// Who opens transactions.
#[derive(Debug, Clone)]
pub struct AcidOwner<'a> {
    pub kind: i64,
    pub user: &'a str,
    pub host: &'a str,
    pub agent_info: &'a str,
}

/// A write that another transaction was quicker with.
#[derive(Debug, Clone)]
pub struct AcidConflict {
    pub committed: i64,
    pub database: String,
    pub table: String,
    pub partition: Option<String>,
}

fn state(code: i64) -> Result<TransactionState> {
    TransactionState::of_code(code)
        .ok_or_else(|| Error::new(Kind::Corrupt, format!("a stored transaction has the unknown state {code}")))
}

fn read(row: &Row) -> Result<AcidRow> {
    Ok(AcidRow {
        id: row.i64(0)?,
        state: state(row.i64(1)?)?,
        kind: row.i64(2)?,
        user: row.string(3)?,
        host: row.string(4)?,
        agent_info: row.string(5)?,
        started_at: row.i64(6)?,
        heartbeat_at: row.i64(7)?,
    })
}

impl Txn {
    /// Opens `count` transactions; gives their ids, ascending. After [`Self::lock_serialize`].
    pub async fn acid_open(&mut self, owner: &AcidOwner<'_>, count: u32, now_ms: i64) -> Result<Vec<i64>> {
        let last = self.counter_next(COUNTER, i64::from(count)).await?;
        let ids: Vec<i64> = (last - i64::from(count) + 1..=last).collect();
        let columns = [ColumnArg::I64(ids.clone())];
        let args = [
            Arg::I64(owner.kind),
            Arg::Text(owner.user),
            Arg::Text(owner.host),
            Arg::Text(owner.agent_info),
            Arg::I64(now_ms),
            Arg::Columns(&columns),
        ];
        self.execute(&ACID_OPEN, &args).await?;
        Ok(ids)
    }
    /// The highest id ever given.
    pub async fn acid_high_water_mark(&mut self) -> Result<i64> {
        self.counter_get(COUNTER).await
    }
    /// Those of these transactions that are known, by id.
    pub async fn acid_list(&mut self, ids: &[i64]) -> Result<Vec<AcidRow>> {
        self.list(&ACID_LIST, &[Arg::I64s(ids)], read).await
    }
    pub async fn acid_get(&mut self, id: i64) -> Result<Option<AcidRow>> {
        Ok(self.acid_list(&[id]).await?.pop())
    }
    /// All open and aborted ones, by id.
    pub async fn acid_uncommitted(&mut self) -> Result<Vec<AcidRow>> {
        self.list(&ACID_UNCOMMITTED, &[], read).await
    }
    /// Renews the open ones of a range whose last heartbeat is after `cutoff_ms`; gives how many.
    pub async fn acid_heartbeat(&mut self, min: i64, max: i64, now_ms: i64, cutoff_ms: i64) -> Result<u64> {
        let args = [Arg::I64(min), Arg::I64(max), Arg::I64(now_ms), Arg::I64(cutoff_ms)];
        self.execute(&ACID_HEARTBEAT, &args).await
    }
    /// Ids and states of a range.
    pub async fn acid_range(&mut self, min: i64, max: i64) -> Result<Vec<(i64, TransactionState)>> {
        self.list(&ACID_RANGE, &[Arg::I64(min), Arg::I64(max)], |row| Ok((row.i64(0)?, state(row.i64(1)?)?))).await
    }
    /// Open ones without a heartbeat since `cutoff_ms`.
    pub async fn acid_expired(&mut self, cutoff_ms: i64) -> Result<Vec<i64>> {
        self.list(&ACID_EXPIRED, &[Arg::I64(cutoff_ms)], |row| row.i64(0)).await
    }
    /// Takes heartbeats of open ones that seem to come from the future for such of now.
    pub async fn acid_settle(&mut self, now_ms: i64) -> Result<u64> {
        self.execute(&ACID_SETTLE, &[Arg::I64(now_ms)]).await
    }
    /// Aborts those of these that are open; their locks go.
    pub async fn acid_abort(&mut self, ids: &[i64], now_ms: i64) -> Result<()> {
        self.execute(&ACID_ABORT, &[Arg::I64s(ids), Arg::I64(now_ms)]).await?;
        self.execute(&COMPONENT_DELETE, &[Arg::I64s(ids)]).await?;
        self.lock_delete_txns(ids).await
    }
    /// Commits an open one; its locks go.
    pub async fn acid_commit(&mut self, id: i64, now_ms: i64) -> Result<()> {
        let mark = self.acid_high_water_mark().await?;
        self.execute(&ACID_COMMIT, &[Arg::I64(id), Arg::I64(now_ms), Arg::I64(mark)]).await?;
        self.lock_delete_txns(&[id]).await
    }
    /// Records that a transaction updates or deletes rows of partitions (none: of the table).
    pub async fn acid_component_insert(
        &mut self,
        id: i64,
        place: (&str, &str, &str),
        operation: i64,
        partitions: Vec<Option<String>>,
    ) -> Result<()> {
        let columns = [ColumnArg::OptText(partitions)];
        let args = [
            Arg::I64(id),
            Arg::Text(place.0),
            Arg::Text(place.1),
            Arg::Text(place.2),
            Arg::I64(operation),
            Arg::Columns(&columns),
        ];
        self.execute(&COMPONENT_INSERT, &args).await.map(drop)
    }
    /// The latest commit that this transaction's writes overlap.
    pub async fn acid_conflict(&mut self, id: i64) -> Result<Option<AcidConflict>> {
        let Some(row) = self.first(&ACID_CONFLICT, &[Arg::I64(id)]).await? else { return Ok(None) };
        Ok(Some(AcidConflict {
            committed: row.i64(0)?,
            database: row.string(1)?,
            table: row.string(2)?,
            partition: row.opt_string(3)?,
        }))
    }
    /// Forgets what nobody can ask for any more: writes that no open transaction can conflict with, transactions
    /// that ended before `ended_before_ms` and that no open one is older than.
    pub async fn acid_purge(&mut self, ended_before_ms: i64) -> Result<u64> {
        let min_open = self.one(&ACID_MIN_OPEN, &[]).await?.opt_i64(0)?.unwrap_or(i64::MAX);
        self.execute(&COMPONENT_PURGE, &[Arg::I64(min_open)]).await?;
        self.execute(&ACID_PURGE, &[Arg::I64(ended_before_ms), Arg::I64(min_open)]).await
    }
}
