//! Pools of connections, and what a connection must be before it is used.

use std::sync::Arc;

use skep_core::{Error, Kind, Result};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection, Row as _, SqlitePool};

use super::driver::Conn;
use super::driver::error::convert;
use super::driver::shelf::{Shelf, Shelved};
use super::lease::{BEGIN_FENCED, FENCED};
use super::sqlite_file::SqliteFile;

/// The connections of one store.
#[derive(Debug, Clone)]
pub enum Pool {
    Postgres {
        shelf: Arc<Shelf>,
        /// All hosts of the URL; the pool connects to one, the primary.
        hosts: Arc<[PgConnectOptions]>,
    },
    Sqlite {
        writer: SqlitePool,
        reader: SqlitePool,
        /// Behind the pools, whose connections are to end before it does.
        _file: Arc<SqliteFile>,
    },
}

/// The hosts of a multi-host URL, a URL each.
#[derive(Debug)]
pub struct Hosts(Vec<String>);

impl Hosts {
    /// Splits `postgres://user:pw@h1:1,h2:2/db?x` into a URL a host, as libpq reads it.
    pub fn parse(url: &str) -> Result<Self> {
        let bad = || Error::meta("the store's URL is not a valid postgres:// URL");
        let (scheme, rest) = url.split_once("://").ok_or_else(bad)?;
        let (authority, tail) = match rest.find(['/', '?']) {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let (user, hosts) = match authority.rsplit_once('@') {
            Some((user, hosts)) => (format!("{user}@"), hosts),
            None => (String::new(), authority),
        };
        Ok(Self(hosts.split(',').map(|host| format!("{scheme}://{user}{host}{tail}")).collect()))
    }
    pub fn urls(&self) -> &[String] {
        &self.0
    }
}

/// Runs on each new connection: it must be a primary that syncs its commits.
pub async fn postgres_check(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    let row = sqlx::query("select current_setting('synchronous_commit'), pg_is_in_recovery()").fetch_one(conn).await?;
    let synchronous: String = row.try_get(0)?;
    if synchronous == "off" {
        return Err(sqlx::Error::Configuration(SYNCHRONOUS_OFF.into()));
    }
    if row.try_get::<bool, _>(1)? {
        return Err(sqlx::Error::Configuration("the database host is a standby; a primary is needed".into()));
    }
    Ok(())
}

const SYNCHRONOUS_OFF: &str = "the database has synchronous_commit=off: an acknowledged write could be lost. \
     Set it to on (or local, remote_write, remote_apply) for this role or database";

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
            Self::Postgres { shelf, .. } => match shelf.take().await {
                Ok(conn) => Ok(Conn::Postgres(conn)),
                Err(e) => self.lost(&e).await,
            },
            Self::Sqlite { reader, .. } => {
                reader.acquire().await.map(Conn::SqliteAlone).map_err(|e| convert("acquire", &e))
            }
        }
    }

    /// A read of several statements that all see one state.
    pub async fn read(&self) -> Result<Conn> {
        match self {
            Self::Postgres { shelf, .. } => {
                match begun(shelf, "begin isolation level repeatable read read only").await {
                    Ok(conn) => Ok(Conn::Postgres(conn)),
                    Err(e) => self.lost(&e).await,
                }
            }
            Self::Sqlite { reader, .. } => reader.begin().await.map(Conn::SqliteTxn).map_err(|e| convert("begin", &e)),
        }
    }

    /// A write.
    pub async fn write(&self) -> Result<Conn> {
        match self {
            Self::Postgres { shelf, .. } => match begun(shelf, "begin").await {
                Ok(conn) => Ok(Conn::Postgres(conn)),
                Err(e) => self.lost(&e).await,
            },
            Self::Sqlite { writer, .. } => {
                writer.begin_with("begin immediate").await.map(Conn::SqliteTxn).map_err(|e| convert("begin", &e))
            }
        }
    }

    /// A write that no other node's lease forbids; none where one does.
    pub async fn write_fenced(&self) -> Result<Option<Conn>> {
        let Self::Postgres { shelf, .. } = self else { return self.write().await.map(Some) };
        match begun(shelf, BEGIN_FENCED).await {
            Ok(conn) => Ok(Some(Conn::Postgres(conn))),
            Err(e) if e.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() == Some(FENCED) => {
                Ok(None)
            }
            Err(e) => self.lost(&e).await.map(Some),
        }
    }

    /// Is there another primary among the URL's hosts? Then the pool goes there; this call fails all the same, since
    /// nothing of it was done.
    async fn lost(&self, error: &sqlx::Error) -> Result<Conn> {
        if let Self::Postgres { shelf, hosts } = self
            && hosts.len() > 1
        {
            for host in hosts.iter() {
                if let Ok(mut conn) = host.connect().await
                    && postgres_check(&mut conn).await.is_ok()
                {
                    shelf.pool().set_connect_options(host.clone());
                    return Err(Error::new(Kind::Unavailable, "the database moved to another host; try again"));
                }
            }
        }
        Err(match error {
            sqlx::Error::Configuration(e) => Error::new(Kind::Unavailable, e.to_string()),
            e => convert("begin", e),
        })
    }

    /// Connections in all, and those that wait for work.
    pub fn size(&self) -> (u32, usize) {
        match self {
            Self::Postgres { shelf, .. } => shelf.size(),
            Self::Sqlite { writer, reader, .. } => {
                (writer.size() + reader.size(), writer.num_idle() + reader.num_idle())
            }
        }
    }

    pub async fn close(&self) {
        match self {
            Self::Postgres { shelf, .. } => shelf.close().await,
            Self::Sqlite { writer, reader, .. } => {
                reader.close().await;
                writer.close().await;
            }
        }
    }
}

/// A connection in a transaction that this text begins.
async fn begun(shelf: &Arc<Shelf>, text: &'static str) -> Result<Shelved, sqlx::Error> {
    let mut conn = shelf.take().await?;
    conn.begin(text).await?;
    Ok(conn)
}
