//! The one place that picks a backend, opens it and makes sure that it may be used.

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use skep_core::{Error, Kind, Result};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::driver::error::{convert, lost_within};
use super::driver::shelf::{Shelf, TESTED_FOR};
use super::lease::{Lease, SingleNode, Watch};
use super::memory::Trust;
use super::migrate;
use super::observer::TransactionObserver;
use super::pool::{Hosts, Pool};
use super::sqlite_file::SqliteFile;
use super::store::Store;
use crate::clock::{Clock, monotonic};

/// Postgres ends the session of a node that is silent in the midst of a transaction.
const IDLE_IN_WRITE: Duration = Duration::from_mins(1);

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// `sqlite:PATH` or `postgres://user:password@host1:port,host2/db?sslmode=…`.
    pub url: String,
    pub connections_max: u32,
    pub acquire_timeout: Duration,
    /// Postgres ends a statement that takes longer.
    pub statement_timeout: Duration,
    /// Postgres schema; the connection's default when unset.
    pub schema: Option<String>,
    /// This node is to be the only one over its Postgres; SQLite's always is.
    pub single_node: Option<SingleNode>,
    /// For so long another node's lease must not have changed until that node is taken for gone, at least.
    pub lease: Duration,
    /// What times are stamped with, and set by what the database says where it is [`Clock::database`]. None: the function
    /// that [`open`] is given.
    pub clock: Option<Clock>,
    /// Is told of all transactions.
    pub observer: Option<Arc<dyn TransactionObserver>>,
}

impl StoreOptions {
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            connections_max: 16,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_mins(2),
            schema: None,
            single_node: None,
            lease: Duration::from_secs(10),
            clock: None,
            observer: None,
        }
    }
}

/// Opens the store and brings its schema up to date.
pub async fn open(options: &StoreOptions, now_ms: fn() -> i64) -> Result<Store> {
    let store = connect(options, now_ms).await?;
    migrate::run(&store).await?;
    store.clock_look().await?;
    store.lease_begin().await?;
    Ok(store.observed(options.observer.clone()))
}

/// Opens without touching the schema.
async fn connect(options: &StoreOptions, now_ms: fn() -> i64) -> Result<Store> {
    let clock = options.clock.clone().unwrap_or_else(|| Clock::from(now_ms));
    let own = options.single_node.as_ref();
    let watch = Watch::new(own.map_or(options.lease, |own| own.lease), own.map_or(monotonic, |own| own.monotonic));
    let watch = Arc::new(watch);
    let (pool, trust) = match options.url.split_once(':') {
        Some(("sqlite", path)) => (sqlite(options, path.trim_start_matches("//")).await?, Trust::Always),
        Some(("postgres" | "postgresql", _)) => {
            let lease = own.map(|own| Arc::new(Lease::new(own.clone(), Arc::clone(&watch))));
            (postgres(options).await?, lease.map_or(Trust::Never, Trust::Leased))
        }
        _ => {
            return Err(Error::meta(
                "the store must be sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE".to_owned(),
            ));
        }
    };
    Ok(Store::new(pool, trust, watch, clock))
}

async fn sqlite(options: &StoreOptions, path: &str) -> Result<Pool> {
    let file = SqliteFile::lock(std::path::Path::new(path))?;
    let connect = SqliteConnectOptions::new()
        .filename(file.path())
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // Acknowledged is durable: every commit is synced.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(30))
        .pragma("cache_size", "-16000");
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .acquire_timeout(options.acquire_timeout.max(Duration::from_mins(1)))
        .connect_with(connect.clone())
        .await
        .map_err(|e| convert("store_open", &e))?;
    let reader = SqlitePoolOptions::new()
        .max_connections(4)
        .test_before_acquire(false)
        .acquire_timeout(options.acquire_timeout)
        .connect_with(connect.read_only(true))
        .await
        .map_err(|e| convert("store_open", &e))?;
    file.check()?;
    Ok(Pool::Sqlite { writer, reader, _file: Arc::new(file) })
}

async fn postgres(options: &StoreOptions) -> Result<Pool> {
    let hosts = Hosts::parse(&options.url)?;
    let mut prepared = Vec::new();
    // A node that is to be alone and was halted within a write holds up the next one for no longer than by its lease.
    let idle = options.single_node.as_ref().map_or(IDLE_IN_WRITE, |node| node.lease.min(IDLE_IN_WRITE));
    for url in hosts.urls() {
        // The parser's own message could quote the URL, and with it the password.
        let mut connect = PgConnectOptions::from_str(url)
            .map_err(|_| Error::meta("the store's URL is not a valid postgres:// URL"))?
            .application_name("skep")
            .statement_cache_capacity(256)
            .options([
                ("statement_timeout", options.statement_timeout.as_millis().to_string()),
                ("idle_in_transaction_session_timeout", idle.as_millis().to_string()),
            ]);
        if let Some(schema) = &options.schema {
            connect = connect.options([("search_path", schema.as_str())]);
        }
        prepared.push(connect);
    }
    let pool_options = PgPoolOptions::new()
        .max_connections(options.connections_max)
        .acquire_timeout(options.acquire_timeout)
        // The pool tests a connection when it comes back; once more when it is taken, only if it rested for long or
        // another was found dead meanwhile.
        .test_before_acquire(false)
        .before_acquire(|conn, about| {
            Box::pin(async move {
                if about.idle_for > TESTED_FOR || lost_within(about.idle_for) {
                    conn.ping().await?;
                }
                Ok(true)
            })
        })
        .after_connect(|conn, _| Box::pin(super::pool::postgres_check(conn)));
    let mut last = Error::new(Kind::Unavailable, "no database host was named");
    for connect in &prepared {
        match pool_options.clone().connect_with(connect.clone()).await {
            Ok(pool) => return Ok(Pool::Postgres { shelf: Shelf::new(pool), hosts: prepared.clone().into() }),
            Err(error) => last = super::pool::open_error(&error),
        }
    }
    Err(last)
}
