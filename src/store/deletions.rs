//! Deletions of files: decided by a commit, carried out after it, kept until they succeed.

use serde::Serialize;
use serde::de::DeserializeOwned;
use skep_core::Result;

use super::driver::{Arg, Sql};
use super::txn::{Txn, to_json};

const DELETION_INSERT: Sql =
    Sql::both("deletion_insert", "insert into deletion (body, at, attempts) values ($1, $2, 0) returning id");
const DELETION_LIST: Sql =
    Sql::both("deletion_list", "select id, body from deletion where at <= $1 order by id limit $2");
const DELETION_DONE: Sql = Sql::both("deletion_done", "delete from deletion where id = $1");
const DELETION_LATER: Sql = Sql::both(
    "deletion_later",
    "update deletion set attempts = attempts + 1, at = $2 where id = $1 returning attempts",
);

pub(super) const ALL: &[&Sql] = &[&DELETION_INSERT, &DELETION_LIST, &DELETION_DONE, &DELETION_LATER];

impl Txn {
    /// Records a deletion that is to happen from `at_ms` on; gives its id.
    pub async fn deletion_insert<T: Serialize>(&mut self, body: &T, at_ms: i64) -> Result<i64> {
        self.one(&DELETION_INSERT, &[Arg::Text(&to_json(body)?), Arg::I64(at_ms)]).await?.i64(0)
    }
    /// Deletions that are due: (id, what).
    pub async fn deletion_list<T: DeserializeOwned + Send>(
        &mut self,
        now_ms: i64,
        limit: i64,
    ) -> Result<Vec<(i64, T)>> {
        self.list(&DELETION_LIST, &[Arg::I64(now_ms), Arg::I64(limit)], |row| Ok((row.i64(0)?, row.json(1)?))).await
    }
    pub async fn deletion_done(&mut self, id: i64) -> Result<()> {
        self.execute(&DELETION_DONE, &[Arg::I64(id)]).await.map(drop)
    }
    /// Puts a failed deletion off; gives how often it has failed.
    pub async fn deletion_later(&mut self, id: i64, at_ms: i64) -> Result<i64> {
        self.first(&DELETION_LATER, &[Arg::I64(id), Arg::I64(at_ms)]).await?.map_or(Ok(0), |row| row.i64(0))
    }
}
