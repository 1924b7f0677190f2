//! Requests that may come again: written in the transaction of what they did, so that a client that lost its answer
//! can ask once more.

use skep_core::Result;

use super::driver::{Arg, Sql};
use super::txn::Txn;

const REQUEST_BEGIN: Sql = Sql::both(
    "request_begin",
    "insert into request (scope, id, body_hash, at) values ($1, $2, $3, $4) on conflict (scope, id) do nothing",
);
const REQUEST_GET: Sql = Sql::both("request_get", "select body_hash, answer from request where scope = $1 and id = $2");
const REQUEST_END: Sql = Sql::both("request_end", "update request set answer = $3 where scope = $1 and id = $2");
const REQUEST_PURGE: Sql = Sql::per_dialect(
    "request_purge",
    "delete from request where ctid = any(array(select ctid from request where at < $1 limit $2))",
    "delete from request where rowid in (select rowid from request where at < $1 limit $2)",
);

pub(super) const ALL: &[&Sql] = &[&REQUEST_BEGIN, &REQUEST_GET, &REQUEST_END, &REQUEST_PURGE];

/// A request that was here before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRequest {
    pub body_hash: String,
    /// What it was answered.
    pub answer: Option<String>,
}

impl Txn {
    /// Notes a request; gives the earlier one of this id instead, if there is one. Of two that come at once, the second
    /// waits for the first's commit.
    pub async fn request_begin(&mut self, scope: &str, id: &str, body_hash: &str) -> Result<Option<StoredRequest>> {
        let now = Arg::I64(self.now_ms());
        let args = [Arg::Text(scope), Arg::Text(id), Arg::Text(body_hash), now];
        if self.execute(&REQUEST_BEGIN, &args).await? == 1 {
            return Ok(None);
        }
        let row = self.one(&REQUEST_GET, &args[..2]).await?;
        Ok(Some(StoredRequest { body_hash: row.string(0)?, answer: row.opt_string(1)? }))
    }
    /// The earlier request of this id.
    pub async fn request_get(&mut self, scope: &str, id: &str) -> Result<Option<StoredRequest>> {
        let row = self.first(&REQUEST_GET, &[Arg::Text(scope), Arg::Text(id)]).await?;
        row.map(|row| Ok(StoredRequest { body_hash: row.string(0)?, answer: row.opt_string(1)? })).transpose()
    }
    /// What it is answered, now and when it comes again.
    pub async fn request_end(&mut self, scope: &str, id: &str, answer: &str) -> Result<()> {
        self.execute(&REQUEST_END, &[Arg::Text(scope), Arg::Text(id), Arg::Text(answer)]).await.map(drop)
    }
    /// Forgets at most so many requests from before `at_ms`; gives how many.
    pub async fn request_purge(&mut self, at_ms: i64, limit: i64) -> Result<u64> {
        self.execute(&REQUEST_PURGE, &[Arg::I64(at_ms), Arg::I64(limit)]).await
    }
}
