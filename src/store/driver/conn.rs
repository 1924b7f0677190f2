//! A connection of either driver, in a transaction or by itself.

use futures_util::TryStreamExt as _;
use skep_core::{Error, Result};
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Sqlite, SqliteConnection, Transaction};
use tokio::task::consume_budget;

use super::arg::{Arg, bind_postgres, bind_sqlite, holds_nul};
use super::error::convert;
use super::postgres::{Answers, Connection};
use super::row::Row;
use super::sql::Sql;

/// What statements run on. A transaction that is dropped is rolled back.
#[derive(Debug)]
pub enum Conn {
    /// In a transaction, or by itself.
    Postgres(Connection),
    SqliteTxn(Transaction<'static, Sqlite>),
    SqliteAlone(PoolConnection<Sqlite>),
}

/// The driver's own connection.
enum Raw<'a> {
    Postgres(&'a mut PgConnection, Answers),
    Sqlite(&'a mut SqliteConnection),
}

impl Conn {
    /// For a statement; [`Self::done`] is to be called when it came to its end.
    fn raw(&mut self) -> Result<Raw<'_>> {
        Ok(match self {
            Self::Postgres(c) => {
                let (conn, answers) = c.statement().map_err(|e| convert("acquire", &e))?;
                Raw::Postgres(conn, answers)
            }
            Self::SqliteTxn(t) => Raw::Sqlite(t),
            Self::SqliteAlone(c) => Raw::Sqlite(c),
        })
    }

    fn done(&mut self) {
        if let Self::Postgres(c) = self {
            c.done();
        }
    }

    fn check(sql: &Sql, args: &[Arg<'_>]) -> Result<()> {
        if holds_nul(args) {
            return Err(Error::meta(format!(
                "{}: a name or value holds the character U+0000, which cannot be stored",
                sql.name
            )));
        }
        Ok(())
    }

    /// Runs a statement; gives the number of rows that it touched.
    pub async fn execute(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<u64> {
        Self::check(sql, args)?;
        let touched = match self.raw()? {
            Raw::Postgres(c, answers) => {
                let done = answers.wait(bind_postgres(sqlx::query(sql.postgres), args).execute(c)).await;
                done.map(|r| r.rows_affected())
            }
            Raw::Sqlite(c) => bind_sqlite(sqlx::query(sql.sqlite), args).execute(c).await.map(|r| r.rows_affected()),
        }
        .map_err(|e| convert(sql.name, &e))?;
        self.done();
        Ok(touched)
    }

    /// Calls `each` for every row, as they arrive. Rows that come without waiting are work like any other: every now
    /// and then it is the turn of the thread's other tasks, and of its sockets.
    pub async fn for_each(
        &mut self,
        sql: &'static Sql,
        args: &[Arg<'_>],
        mut each: impl FnMut(&Row) -> Result<()> + Send,
    ) -> Result<()> {
        Self::check(sql, args)?;
        let failed = |e: sqlx::Error| convert(sql.name, &e);
        match self.raw()? {
            Raw::Postgres(c, answers) => {
                let mut rows = bind_postgres(sqlx::query(sql.postgres), args).fetch(c);
                while let Some(row) = answers.wait(rows.try_next()).await.map_err(failed)? {
                    each(&Row::Postgres(row))?;
                    consume_budget().await;
                }
            }
            Raw::Sqlite(c) => {
                let mut rows = bind_sqlite(sqlx::query(sql.sqlite), args).fetch(c);
                while let Some(row) = rows.try_next().await.map_err(failed)? {
                    each(&Row::Sqlite(row))?;
                    consume_budget().await;
                }
            }
        }
        self.done();
        Ok(())
    }

    /// All rows, each turned into a value.
    pub async fn list<T: Send>(
        &mut self,
        sql: &'static Sql,
        args: &[Arg<'_>],
        mut make: impl FnMut(&Row) -> Result<T> + Send,
    ) -> Result<Vec<T>> {
        let mut all = Vec::new();
        self.for_each(sql, args, |row| {
            all.push(make(row)?);
            Ok(())
        })
        .await?;
        Ok(all)
    }

    /// The first row, if there is one.
    pub async fn first(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<Option<Row>> {
        Self::check(sql, args)?;
        let row = match self.raw()? {
            Raw::Postgres(c, answers) => {
                let row = answers.wait(bind_postgres(sqlx::query(sql.postgres), args).fetch_optional(c)).await;
                row.map(|row| row.map(Row::Postgres))
            }
            Raw::Sqlite(c) => {
                bind_sqlite(sqlx::query(sql.sqlite), args).fetch_optional(c).await.map(|row| row.map(Row::Sqlite))
            }
        }
        .map_err(|e| convert(sql.name, &e))?;
        self.done();
        Ok(row)
    }

    /// The one row that must be there.
    pub async fn one(&mut self, sql: &'static Sql, args: &[Arg<'_>]) -> Result<Row> {
        self.first(sql, args).await?.ok_or_else(|| Error::internal(format!("{}: no row", sql.name)))
    }

    /// Only parses and plans the statement: the test that holds all texts to both schemas.
    pub async fn prepare(&mut self, sql: &'static Sql) -> Result<()> {
        use sqlx::{Executor as _, SqlSafeStr as _};
        match self.raw()? {
            Raw::Postgres(c, answers) => answers.wait(c.prepare(sql.postgres.into_sql_str())).await.map(drop),
            Raw::Sqlite(c) => c.prepare(sql.sqlite.into_sql_str()).await.map(drop),
        }
        .map_err(|e| convert(sql.name, &e))
    }

    /// Runs statements of a text as they are, in the transaction: a migration's.
    pub async fn script(&mut self, name: &str, text: &'static str) -> Result<()> {
        match self.raw()? {
            Raw::Postgres(c, answers) => answers.wait(sqlx::raw_sql(text).execute(c)).await.map(drop),
            Raw::Sqlite(c) => sqlx::raw_sql(text).execute(c).await.map(drop),
        }
        .map_err(|e| convert(name, &e))?;
        self.done();
        Ok(())
    }

    /// Ends the transaction durably, if there is one.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Postgres(mut c) if c.in_transaction() => c.commit().await,
            Self::SqliteTxn(t) => t.commit().await,
            Self::Postgres(_) | Self::SqliteAlone(_) => Ok(()),
        }
        .map_err(|e| convert("commit", &e))
    }

    pub async fn rollback(self) -> Result<()> {
        match self {
            Self::Postgres(mut c) if c.in_transaction() => c.rollback().await,
            Self::SqliteTxn(t) => t.rollback().await,
            Self::Postgres(_) | Self::SqliteAlone(_) => Ok(()),
        }
        .map_err(|e| convert("rollback", &e))
    }
}
