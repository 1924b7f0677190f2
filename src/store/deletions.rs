//! Deletions of files: decided by a commit, carried out after it, kept until they succeed.

use serde::Serialize;
use serde::de::DeserializeOwned;
use skep_core::Result;

use super::driver::{Arg, ColumnArg, Row, Sql};
use super::sketch::{TableSketch, database_places, readable};
use super::store::Store;
use super::txn::{Txn, to_json};

const DELETION_INSERT: Sql = Sql::per_dialect(
    "deletion_insert",
    "insert into deletion (body, at, attempts) select u.body, $1, 0 from unnest($2::text[]) u (body) \
     returning id, body",
    "insert into deletion (body, at, attempts) select value->>0, $1, 0 from json_each($2) where true \
     returning id, body",
);
const DELETION_LIST: Sql =
    Sql::both("deletion_list", "select id, body from deletion where at <= $1 order by id limit $2");
const DELETION_DONE: Sql = Sql::per_dialect(
    "deletion_done",
    "delete from deletion where id = any($1)",
    "delete from deletion where id in (select value from json_each($1))",
);
const DELETION_LATER: Sql = Sql::both(
    "deletion_later",
    "update deletion set attempts = attempts + 1, at = $2 + $3 * (attempts + 1) where id = $1 returning attempts",
);

/// Definitions of the tables and (1) databases that are there now. Reads all of them: only for what a server left undone.
const PLACES: Sql = Sql::both(
    "places",
    "select 0, t.id, v.definition from tbl t \
     join table_version v on v.table_id = t.id and v.version = t.definition_version \
     where t.dropped_at is null and v.definition is not null union all select 1, id, definition from database",
);

/// What messages call a deletion.
pub(super) const DELETION: &str = "a deletion";

pub(super) const ALL: &[&Sql] = &[&DELETION_INSERT, &DELETION_LIST, &DELETION_DONE, &DELETION_LATER, &PLACES];

impl Store {
    /// Forgets deletions that are done. A node that lost its lease may do so, too: what is gone is gone.
    pub async fn deletions_forget(&self, ids: &[i64]) -> Result<()> {
        let mut txn = if self.writes_once() { self.peek().await? } else { self.write().await? };
        txn.deletion_done(ids).await?;
        txn.commit().await
    }
}

impl Txn {
    /// Records deletions that are to happen from `at_ms` on; gives them with their ids, in no particular order.
    pub async fn deletion_insert<T: Serialize + DeserializeOwned + Send>(
        &mut self,
        bodies: &[T],
        at_ms: i64,
    ) -> Result<Vec<(i64, T)>> {
        let bodies = [ColumnArg::Text(bodies.iter().map(|body| to_json(DELETION, body)).collect::<Result<_>>()?)];
        let args = [Arg::I64(at_ms), Arg::Columns(&bodies)];
        self.list(&DELETION_INSERT, &args, |row| Ok((row.i64(0)?, row.json(1)?))).await
    }
    /// Deletions that are due: (id, what). Damaged ones are left out.
    pub async fn deletion_list<T: DeserializeOwned + Send>(
        &mut self,
        now_ms: i64,
        limit: i64,
    ) -> Result<Vec<(i64, T)>> {
        let read = |row: &Row| {
            let id = row.i64(0)?;
            Ok(readable(DELETION, id, row.json(1))?.map(|body| (id, body)))
        };
        let due = self.list(&DELETION_LIST, &[Arg::I64(now_ms), Arg::I64(limit)], read).await?;
        Ok(due.into_iter().flatten().collect())
    }
    pub async fn deletion_done(&mut self, ids: &[i64]) -> Result<()> {
        self.execute(&DELETION_DONE, &[Arg::I64s(ids)]).await.map(drop)
    }
    /// Puts a failed deletion off by so many milliseconds for each time that it failed; gives how often that was.
    pub async fn deletion_later(&mut self, id: i64, now_ms: i64, pause_ms: i64) -> Result<i64> {
        let args = [Arg::I64(id), Arg::I64(now_ms), Arg::I64(pause_ms)];
        self.first(&DELETION_LATER, &args).await?.map_or(Ok(0), |row| row.i64(0))
    }
    /// Calls `each` with the place of every database and table that is there, and the table's id.
    pub async fn places(&mut self, mut each: impl FnMut(Option<i64>, &str) + Send) -> Result<()> {
        self.for_each(&PLACES, &[], |row| {
            let (is_database, id, definition) = (row.i64(0)? == 1, row.i64(1)?, row.text(2)?);
            let places =
                if is_database { database_places(id, definition) } else { TableSketch::of(id, definition).locations };
            for place in places {
                each((!is_database).then_some(id), &place);
            }
            Ok(())
        })
        .await
    }
}
