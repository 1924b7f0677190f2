//! The queue of compactions.

use skep_core::compaction::{Compaction, CompactionFilter, CompactionKind, CompactionOptions, CompactionState};
use skep_core::{Error, Kind, Result};

use super::driver::{Arg, Row, Sql};
use super::txn::{Txn, to_json};

const COMPACTION_INSERT: Sql = Sql::both(
    "compaction_insert",
    "insert into compaction (id, catalog, database, tbl, partition, kind, state, pool, run_as, initiator_id, \
     initiator_version, enqueued_at, options) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
);
const COMPACTION_WAITING: Sql = Sql::both(
    "compaction_waiting",
    "select id from compaction where state = 'i' and catalog = $1 and database = $2 and tbl = $3 \
     and (partition = $4 or (partition is null and cast($4 as text) is null)) order by id limit 1",
);
const COMPACTION_LIST: Sql = Sql::both(
    "compaction_list",
    "select id, catalog, database, tbl, partition, kind, state, pool, run_as, initiator_id, initiator_version, \
     error, enqueued_at, ended_at from compaction \
     where (cast($1 as bigint) is null or id = $1) \
     and (cast($2 as text) is null or (catalog = $2 and database = $3)) \
     and (cast($4 as text) is null or tbl = $4) \
     and (cast($5 as text) is null or partition = $5) \
     and (cast($6 as bigint) is null or kind = $6) \
     and (cast($7 as text) is null or state = $7) \
     and (cast($8 as text) is null or pool = $8) order by id",
);
const COMPACTION_ABORT: Sql = Sql::both(
    "compaction_abort",
    "update compaction set state = 'x', error = $2, ended_at = $3 where id = $1 and state = 'i'",
);
const COMPACTION_STATE: Sql = Sql::both("compaction_state", "select state from compaction where id = $1");
const COMPACTION_FORGET: Sql = Sql::both(
    "compaction_forget",
    "delete from compaction where catalog = $1 and database = $2 and (cast($3 as text) is null or tbl = $3)",
);
const COMPACTION_FORGET_PARTITIONS: Sql = Sql::per_dialect(
    "compaction_forget_partitions",
    "delete from compaction where catalog = $1 and database = $2 and tbl = $3 and partition = any($4)",
    "delete from compaction where catalog = $1 and database = $2 and tbl = $3 \
     and partition in (select value from json_each($4))",
);
const COMPACTION_RENAME: Sql = Sql::both(
    "compaction_rename",
    "update compaction set database = $4, tbl = $5 where catalog = $1 and database = $2 and tbl = $3",
);
const COMPACTION_RENAME_PARTITION: Sql = Sql::both(
    "compaction_rename_partition",
    "update compaction set partition = $5 where catalog = $1 and database = $2 and tbl = $3 and partition = $4",
);
const COMPACTION_PURGE: Sql = Sql::both("compaction_purge", "delete from compaction where ended_at < $1");

pub(super) const ALL: &[&Sql] = &[
    &COMPACTION_INSERT,
    &COMPACTION_WAITING,
    &COMPACTION_LIST,
    &COMPACTION_ABORT,
    &COMPACTION_STATE,
    &COMPACTION_FORGET,
    &COMPACTION_FORGET_PARTITIONS,
    &COMPACTION_RENAME,
    &COMPACTION_RENAME_PARTITION,
    &COMPACTION_PURGE,
];

/// The counter whose last number is the latest compaction's id.
const COUNTER: &str = "compaction";

/// Catalog, database and table; the table need not be there.
pub type CompactionPlace<'a> = (&'a str, &'a str, &'a str);

fn state(letter: &str) -> Result<CompactionState> {
    CompactionState::of_letter(letter).ok_or_else(|| unknown("state", letter))
}

fn unknown(what: &str, value: impl std::fmt::Display) -> Error {
    Error::new(Kind::Corrupt, format!("a stored compaction has the unknown {what} {value}"))
}

fn read(row: &Row) -> Result<Compaction> {
    let kind = row.i64(5)?;
    Ok(Compaction {
        id: row.i64(0)?,
        catalog: row.string(1)?,
        database: row.string(2)?,
        table: row.string(3)?,
        partition: row.opt_string(4)?,
        kind: CompactionKind::of_code(kind).ok_or_else(|| unknown("type", kind))?,
        state: state(row.text(6)?)?,
        pool: row.opt_string(7)?,
        run_as: row.opt_string(8)?,
        initiator_id: row.opt_string(9)?,
        initiator_version: row.opt_string(10)?,
        error: row.opt_string(11)?,
        enqueued_at: row.i64(12)?,
        ended_at: row.opt_i64(13)?,
    })
}

impl Txn {
    /// The next compaction's id. Whoever has it is alone with the queue until this transaction ends; one that is not
    /// used is given again if the transaction is not committed.
    pub async fn compaction_next(&mut self) -> Result<i64> {
        self.counter_next(COUNTER, 1).await
    }
    pub async fn compaction_insert(&mut self, compaction: &Compaction, options: &CompactionOptions) -> Result<()> {
        let options = to_json("a compaction", options)?;
        let args = [
            Arg::I64(compaction.id),
            Arg::Text(&compaction.catalog),
            Arg::Text(&compaction.database),
            Arg::Text(&compaction.table),
            Arg::OptText(compaction.partition.as_deref()),
            Arg::I64(compaction.kind.code()),
            Arg::Text(compaction.state.letter()),
            Arg::OptText(compaction.pool.as_deref()),
            Arg::OptText(compaction.run_as.as_deref()),
            Arg::OptText(compaction.initiator_id.as_deref()),
            Arg::OptText(compaction.initiator_version.as_deref()),
            Arg::I64(compaction.enqueued_at),
            Arg::Text(&options),
        ];
        self.execute(&COMPACTION_INSERT, &args).await.map(drop)
    }
    /// The compaction of a table, or of a partition of it, that waits already.
    pub async fn compaction_waiting(
        &mut self,
        at: CompactionPlace<'_>,
        partition: Option<&str>,
    ) -> Result<Option<i64>> {
        let args = [Arg::Text(at.0), Arg::Text(at.1), Arg::Text(at.2), Arg::OptText(partition)];
        self.first(&COMPACTION_WAITING, &args).await?.map(|row| row.i64(0)).transpose()
    }
    /// By id.
    pub async fn compaction_list(&mut self, filter: &CompactionFilter) -> Result<Vec<Compaction>> {
        let (catalog, database) = filter.database.as_ref().map(|(c, d)| (c.as_str(), d.as_str())).unzip();
        let args = [
            Arg::OptI64(filter.id),
            Arg::OptText(catalog),
            Arg::OptText(database),
            Arg::OptText(filter.table.as_deref()),
            Arg::OptText(filter.partition.as_deref()),
            Arg::OptI64(filter.kind.map(CompactionKind::code)),
            Arg::OptText(filter.state.as_deref()),
            Arg::OptText(filter.pool.as_deref()),
        ];
        self.list(&COMPACTION_LIST, &args, read).await
    }
    /// Gives up one that waits; false when there is none.
    pub async fn compaction_abort(&mut self, id: i64, why: &str, now_ms: i64) -> Result<bool> {
        Ok(self.execute(&COMPACTION_ABORT, &[Arg::I64(id), Arg::Text(why), Arg::I64(now_ms)]).await? > 0)
    }
    pub async fn compaction_state(&mut self, id: i64) -> Result<Option<CompactionState>> {
        self.first(&COMPACTION_STATE, &[Arg::I64(id)]).await?.map(|row| state(row.text(0)?)).transpose()
    }
    /// The table is dropped; none: all of the database.
    pub async fn compaction_forget(&mut self, catalog: &str, database: &str, table: Option<&str>) -> Result<()> {
        let args = [Arg::Text(catalog), Arg::Text(database), Arg::OptText(table)];
        self.execute(&COMPACTION_FORGET, &args).await.map(drop)
    }
    /// The partitions are dropped.
    pub async fn compaction_forget_partitions(&mut self, at: CompactionPlace<'_>, partitions: &[String]) -> Result<()> {
        let args = [Arg::Text(at.0), Arg::Text(at.1), Arg::Text(at.2), Arg::Texts(partitions)];
        self.execute(&COMPACTION_FORGET_PARTITIONS, &args).await.map(drop)
    }
    /// The table takes its compactions along.
    pub async fn compaction_rename(&mut self, at: CompactionPlace<'_>, database: &str, table: &str) -> Result<()> {
        let args = [Arg::Text(at.0), Arg::Text(at.1), Arg::Text(at.2), Arg::Text(database), Arg::Text(table)];
        self.execute(&COMPACTION_RENAME, &args).await.map(drop)
    }
    /// The partition takes its compactions along.
    pub async fn compaction_rename_partition(&mut self, at: CompactionPlace<'_>, old: &str, new: &str) -> Result<()> {
        let args = [Arg::Text(at.0), Arg::Text(at.1), Arg::Text(at.2), Arg::Text(old), Arg::Text(new)];
        self.execute(&COMPACTION_RENAME_PARTITION, &args).await.map(drop)
    }
    /// Forgets those that ended before; gives how many.
    pub async fn compaction_purge(&mut self, ended_before_ms: i64) -> Result<u64> {
        self.execute(&COMPACTION_PURGE, &[Arg::I64(ended_before_ms)]).await
    }
}
