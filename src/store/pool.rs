//! Pools of connections, and what a connection must be before it is used.

use std::sync::Arc;

use skep_core::{Error, Result};
use sqlx::SqlitePool;

use super::driver::Conn;
use super::driver::error::convert;
use super::driver::postgres::Connections;
use super::lease::{BEGIN_FENCED, FENCED};
use super::sqlite_file::SqliteFile;

/// The connections of one store.
#[derive(Debug, Clone)]
pub enum Pool {
    Postgres(Arc<Connections>),
    Sqlite {
        writer: SqlitePool,
        reader: SqlitePool,
        /// Behind the pools, whose connections are to end before it does.
        _file: Arc<SqliteFile>,
    },
}

/// What the operator reads when the store cannot be opened.
pub fn open_error(error: &sqlx::Error) -> Error {
    match error {
        sqlx::Error::Configuration(e) => Error::meta(e.to_string()),
        e => convert("store_open", e),
    }
}

impl Pool {
    /// One statement, on its own.
    pub async fn alone(&self) -> Result<Conn> {
        match self {
            Self::Postgres(all) => all.take().await.map(Conn::Postgres).map_err(|e| convert("acquire", &e)),
            Self::Sqlite { reader, .. } => {
                reader.acquire().await.map(Conn::SqliteAlone).map_err(|e| convert("acquire", &e))
            }
        }
    }

    /// A read of several statements that all see one state.
    pub async fn read(&self) -> Result<Conn> {
        match self {
            Self::Postgres(all) => {
                let begun = all.begin("begin isolation level repeatable read read only").await;
                begun.map(Conn::Postgres).map_err(|e| convert("begin", &e))
            }
            Self::Sqlite { reader, .. } => reader.begin().await.map(Conn::SqliteTxn).map_err(|e| convert("begin", &e)),
        }
    }

    /// A write.
    pub async fn write(&self) -> Result<Conn> {
        match self {
            Self::Postgres(all) => all.begin("begin").await.map(Conn::Postgres).map_err(|e| convert("begin", &e)),
            Self::Sqlite { writer, .. } => {
                writer.begin_with("begin immediate").await.map(Conn::SqliteTxn).map_err(|e| convert("begin", &e))
            }
        }
    }

    /// A write that no other node's lease forbids; none where one does.
    pub async fn write_fenced(&self) -> Result<Option<Conn>> {
        let Self::Postgres(all) = self else { return self.write().await.map(Some) };
        match all.begin(BEGIN_FENCED).await {
            Ok(conn) => Ok(Some(Conn::Postgres(conn))),
            Err(e) if e.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() == Some(FENCED) => {
                Ok(None)
            }
            Err(e) => Err(convert("begin", &e)),
        }
    }

    /// Connections in all, and those that wait for work.
    pub fn size(&self) -> (u32, usize) {
        match self {
            Self::Postgres(all) => all.size(),
            Self::Sqlite { writer, reader, .. } => {
                (writer.size() + reader.size(), writer.num_idle() + reader.num_idle())
            }
        }
    }

    pub async fn close(&self) {
        match self {
            Self::Postgres(all) => all.close().await,
            Self::Sqlite { writer, reader, .. } => {
                reader.close().await;
                writer.close().await;
            }
        }
    }
}
