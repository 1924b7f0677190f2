//! A transaction: what the nouns' statements run on. Its methods are cut by noun, a file each.

use std::sync::Arc;

use skep_core::{Error, Result};

use super::driver::{Arg, ColumnArg, Conn, Row, Sql, holds_nul_escape};
use super::joint::{Joined, Joint};
use super::lane::Turn;

/// A read or a write. Dropping it undoes it; only `commit` makes a write durable.
#[derive(Debug)]
pub struct Txn {
    inner: Inner,
    now_ms: i64,
    request_id: Option<Arc<str>>,
    /// Of a write of one statement: the node that its fence lets pass.
    fence: Option<Arc<str>>,
}

#[derive(Debug)]
enum Inner {
    Read(Conn),
    Write(Turn),
    /// A part of a write that others share.
    Joined(Joined),
}

impl Txn {
    pub(super) fn reading(conn: Conn, now_ms: i64) -> Self {
        Self { inner: Inner::Read(conn), now_ms, request_id: None, fence: None }
    }
    pub(super) fn writing(turn: Turn, now_ms: i64) -> Self {
        Self { inner: Inner::Write(turn), now_ms, request_id: None, fence: None }
    }

    pub(super) fn joined(joined: Joined, now_ms: i64, request_id: Option<Arc<str>>) -> Self {
        Self { inner: Inner::Joined(joined), now_ms, request_id, fence: None }
    }
    pub(super) fn once(turn: Turn, now_ms: i64, fence: Arc<str>) -> Self {
        Self { inner: Inner::Write(turn), now_ms, request_id: None, fence: Some(fence) }
    }
    /// The write, to be shared by several operations.
    pub(super) fn into_joint(self, request_id: Option<&str>) -> Result<Joint> {
        match self.inner {
            Inner::Write(turn) => Ok(Joint::new(turn, request_id)),
            Inner::Read(_) | Inner::Joined(_) => Err(Error::internal("only a write of its own can be shared")),
        }
    }

    /// Milliseconds since the epoch when the transaction began.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// Of whom it is a part.
    pub(super) fn request_id(&self) -> Option<Arc<str>> {
        self.request_id.clone()
    }

    /// What the fence of a write of one statement needs to know.
    pub(super) fn fence(&self) -> Result<Arc<str>> {
        self.fence.clone().ok_or_else(|| Error::internal("this statement is a write of its own"))
    }

    /// Makes a write durable: when this returns, it is. A part of a shared one is with the whole.
    pub async fn commit(self) -> Result<()> {
        match self.inner {
            Inner::Read(conn) => conn.commit().await,
            Inner::Write(turn) => turn.commit().await,
            Inner::Joined(_) => Ok(()),
        }
    }

    pub(super) fn conn(&mut self) -> Result<&mut Conn> {
        match &mut self.inner {
            Inner::Read(conn) => Ok(conn),
            Inner::Write(turn) => turn.conn(),
            Inner::Joined(joined) => joined.turn()?.conn(),
        }
    }

    /// The transaction changes this table: what is remembered of it is in doubt until the transaction is over.
    pub(super) fn table_changes(&mut self, table_id: i64) {
        match &mut self.inner {
            Inner::Read(_) => {}
            Inner::Write(turn) => turn.table_changes(table_id),
            Inner::Joined(joined) => {
                if let Ok(turn) = joined.turn() {
                    turn.table_changes(table_id);
                }
            }
        }
    }

    pub(super) async fn execute(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<u64> {
        self.conn()?.execute(sql, args).await
    }
    /// Rows go to the database in statements of at most [`BATCH`], behind the arguments that come first. While the
    /// database takes one batch, the next is made.
    pub(super) async fn execute_rows<T: Sync>(
        &mut self,
        sql: &'static Sql,
        first: &[Arg<'_>],
        rows: &[T],
        columns: impl for<'b> Fn(&'b [T]) -> Result<Vec<ColumnArg<'b>>> + Send + Sync,
    ) -> Result<()> {
        let mut batches = rows.chunks(BATCH);
        let Some(batch) = batches.next() else { return Ok(()) };
        let mut made = Some(columns(batch)?);
        while let Some(batch) = made.take() {
            let args: Vec<Arg<'_>> = first.iter().cloned().chain([Arg::Columns(&batch)]).collect();
            let (done, next) =
                tokio::join!(self.execute(sql, &args), async { batches.next().map(&columns).transpose() });
            done?;
            made = next?;
        }
        Ok(())
    }
    pub(super) async fn first(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<Option<Row>> {
        self.conn()?.first(sql, args).await
    }
    pub(super) async fn one(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<Row> {
        self.conn()?.one(sql, args).await
    }
    pub(super) async fn list<T: Send>(
        &mut self,
        sql: &'static Sql,
        args: &[Arg<'_>],
        make: impl FnMut(&Row) -> Result<T> + Send,
    ) -> Result<Vec<T>> {
        self.conn()?.list(sql, args, make).await
    }
    pub(super) async fn for_each(
        &mut self,
        sql: &'static Sql,
        args: &[Arg<'_>],
        each: impl FnMut(&Row) -> Result<()> + Send,
    ) -> Result<()> {
        self.conn()?.for_each(sql, args, each).await
    }
}

/// What a statement is given at once, where it takes rows by the thousand.
pub(super) const BATCH: usize = 2_500;

/// Makes the text that a document is stored as; all documents are made here. `what` it is of is for the message.
///
/// # Errors
/// Meta where it holds U+0000, which no store of ours keeps.
pub(super) fn to_json<T: serde::Serialize + ?Sized>(what: &str, value: &T) -> Result<String> {
    let json =
        serde_json::to_string(value).map_err(|e| Error::internal(format!("{what} could not be written: {e}")))?;
    if holds_nul_escape(&json) {
        return Err(Error::meta(format!("{what} holds the character U+0000, which cannot be stored")));
    }
    Ok(json)
}
