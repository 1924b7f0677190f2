//! What is done to files after a commit, or around one: decided by it, kept until it is done.

use serde::Serialize;
use serde::de::DeserializeOwned;
use skep_core::Result;

use super::driver::{Arg, Sql};
use super::store::Store;
use super::txn::{Txn, to_json};

const TASK_INSERT: Sql = Sql::both(
    "file_task_insert",
    "insert into file_task (body, since, at, attempts) values ($1, $2, 0, 0) returning id",
);
const TASK_DUE: Sql =
    Sql::both("file_task_due", "select id, at, body from file_task where at <= $1 and id > $3 order by id limit $2");
const TASK_LIST: Sql = Sql::per_dialect(
    "file_task_list",
    "select id, body from file_task where id = any($1) order by id",
    "select id, body from file_task where id in (select value from json_each($1)) order by id",
);
const TASK_LOCK: Sql = Sql::per_dialect(
    "file_task_lock",
    "select body from file_task where id = $1 for update",
    "select body from file_task where id = $1",
);
/// The rows of some tables, dropped or not, in the order of their ids.
const TABLES_LOCK: Sql = Sql::per_dialect(
    "tables_lock",
    "select id from tbl where id = any($1) order by id for update",
    "select id from tbl where id in (select value from json_each($1)) order by id",
);
const TASK_LATER: Sql = Sql::both(
    "file_task_later",
    "update file_task set attempts = attempts + 1, at = $2 + $3 * (attempts + 1) where id = $1 returning attempts",
);
/// Forgets tasks; the places that they hold are free.
const TASK_FORGET: Sql = Sql::per_dialect(
    "file_task_forget",
    "with t as (delete from file_task where id = any($1)) delete from place where kind >= 10 and owner = any($1)",
    "delete from file_task where id in (select value from json_each($1)); \
     delete from place where kind >= 10 and owner in (select value from json_each($1))",
);
/// Those that move directories; there are hardly ever any.
const TASKS_MOVING: Sql = Sql::both(
    "file_tasks_moving",
    "select t.id, t.body from file_task t where t.id in (select owner from place where kind = 11) order by t.id",
);
/// Takes a task: who changes the row does it, and nobody else has seen it as it is now.
const TASK_CLAIM: Sql =
    Sql::both("file_task_claim", "update file_task set at = $3 where id = $1 and at = $2 and at <> $3");
const TASK_FIGURES: Sql = Sql::per_dialect(
    "file_task_figures",
    "select m.moves, count(*), min(t.since) from file_task t cross join lateral \
     (select count(*) as moves from (select 1 from place p where p.owner = t.id and p.kind = 11 limit 1) x) m \
     group by m.moves",
    "select exists (select 1 from place p where p.owner = t.id and p.kind = 11) as moves, count(*), min(t.since) \
     from file_task t group by 1",
);
/// Deletions of servers before this table was.
const DELETION_LIST: Sql =
    Sql::both("deletion_list", "select id, body from deletion where at <= $1 order by id limit $2");
const DELETION_DONE: Sql = Sql::per_dialect(
    "deletion_done",
    "delete from deletion where id = any($1)",
    "delete from deletion where id in (select value from json_each($1))",
);

pub(super) const ALL: &[&Sql] = &[
    &TASK_INSERT,
    &TASK_DUE,
    &TASK_LIST,
    &TASK_LOCK,
    &TASK_FORGET,
    &TASKS_MOVING,
    &TABLES_LOCK,
    &TASK_LATER,
    &TASK_CLAIM,
    &TASK_FIGURES,
    &DELETION_LIST,
    &DELETION_DONE,
];

/// What messages call such a document.
pub(super) const FILE_TASK: &str = "a file task";

/// How many tasks there are, and since when the oldest is, in milliseconds since the epoch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TaskFigures {
    pub deletions: i64,
    pub moves: i64,
    pub since_ms: Option<i64>,
}

impl Store {
    /// Forgets tasks that are done and frees their places. A node that lost its lease may do so, too: what is gone is gone.
    pub async fn file_tasks_forget(&self, ids: &[i64]) -> Result<()> {
        let mut txn = if self.writes_once() { self.peek().await? } else { self.write().await? };
        txn.file_tasks_forget(ids).await?;
        txn.commit().await
    }
}

impl Txn {
    /// Records a task that is to be done from now on; gives its id.
    pub async fn file_task_insert<T: Serialize + Sync>(&mut self, body: &T) -> Result<i64> {
        let body = to_json(FILE_TASK, body)?;
        let args = [Arg::Text(&body), Arg::I64(self.now_ms())];
        self.one(&TASK_INSERT, &args).await?.i64(0)
    }
    /// Gives tasks that are to be tried, with when they were to be and as they are stored, by id, behind `after`.
    pub async fn file_task_due(&mut self, now_ms: i64, after: i64, limit: i64) -> Result<Vec<(i64, i64, String)>> {
        let args = [Arg::I64(now_ms), Arg::I64(limit), Arg::I64(after)];
        self.list(&TASK_DUE, &args, |row| Ok((row.i64(0)?, row.i64(1)?, row.string(2)?))).await
    }
    /// Gives those of these tasks that are there.
    pub async fn file_task_list<T: DeserializeOwned + Send>(&mut self, ids: &[i64]) -> Result<Vec<(i64, T)>> {
        self.list(&TASK_LIST, &[Arg::I64s(ids)], |row| Ok((row.i64(0)?, row.json(1)?))).await
    }
    /// Locks a task; none where it is done.
    pub async fn file_task_lock<T: DeserializeOwned>(&mut self, id: i64) -> Result<Option<T>> {
        self.first(&TASK_LOCK, &[Arg::I64(id)]).await?.map(|row| row.json(0)).transpose()
    }
    /// Gives all tasks that move directories.
    pub async fn file_tasks_moving<T: DeserializeOwned + Send>(&mut self) -> Result<Vec<(i64, T)>> {
        self.list(&TASKS_MOVING, &[], |row| Ok((row.i64(0)?, row.json(1)?))).await
    }
    /// Locks tables by their ids, dropped ones too.
    pub async fn tables_lock(&mut self, ids: &[i64]) -> Result<()> {
        self.list(&TABLES_LOCK, &[Arg::I64s(ids)], |_| Ok(())).await.map(drop)
    }
    /// Forgets tasks that are done, or taken back, and frees their places.
    pub async fn file_tasks_forget(&mut self, ids: &[i64]) -> Result<()> {
        // All rows, so that SQLite comes to the end of its sequence.
        self.list(&TASK_FORGET, &[Arg::I64s(ids)], |_| Ok(())).await.map(drop)
    }
    /// Puts a failed task off by so many milliseconds for each time that it failed; gives how often that was.
    pub async fn file_task_later(&mut self, id: i64, now_ms: i64, pause_ms: i64) -> Result<i64> {
        let args = [Arg::I64(id), Arg::I64(now_ms), Arg::I64(pause_ms)];
        self.first(&TASK_LATER, &args).await?.map_or(Ok(0), |row| row.i64(0))
    }
    /// Takes a task that was to be tried at `seen_ms`, and is now noted for `now_ms`; false where another node was quicker.
    pub async fn file_task_claim(&mut self, id: i64, seen_ms: i64, now_ms: i64) -> Result<bool> {
        let args = [Arg::I64(id), Arg::I64(seen_ms), Arg::I64(now_ms)];
        Ok(self.execute(&TASK_CLAIM, &args).await? > 0)
    }
    /// Counts what is left to be done.
    pub async fn file_task_figures(&mut self) -> Result<TaskFigures> {
        let mut figures = TaskFigures::default();
        let rows = self.list(&TASK_FIGURES, &[], |row| Ok((row.i64(0)?, row.i64(1)?, row.opt_i64(2)?))).await?;
        for (is_move, count, since) in rows {
            if is_move > 0 {
                figures.moves += count;
            } else {
                figures.deletions += count;
            }
            figures.since_ms = figures.since_ms.into_iter().chain(since).min();
        }
        Ok(figures)
    }
    /// Gives deletions of earlier servers that are due, with their ids.
    pub async fn deletion_list(&mut self, now_ms: i64, limit: i64) -> Result<Vec<(i64, String)>> {
        self.list(&DELETION_LIST, &[Arg::I64(now_ms), Arg::I64(limit)], |row| Ok((row.i64(0)?, row.string(1)?))).await
    }
    pub async fn deletion_done(&mut self, ids: &[i64]) -> Result<()> {
        self.execute(&DELETION_DONE, &[Arg::I64s(ids)]).await.map(drop)
    }
}
