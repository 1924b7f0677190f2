//! The one place that picks a backend, opens it and makes sure that it may be used.

use std::sync::Arc;
use std::time::Duration;

use skep_core::{Error, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::driver::error::convert;
use super::driver::postgres::{Connections, Hosts, Limits};
use super::lease::{Lease, SingleNode, Watch};
use super::memory::Trust;
use super::migrate;
use super::observer::TransactionObserver;
use super::pool::Pool;
use super::sqlite_file::SqliteFile;
use super::store::Store;
use crate::clock::{Clock, monotonic};

/// Postgres ends the session of a node that is silent in the midst of a transaction.
const IDLE_IN_WRITE: Duration = Duration::from_mins(1);

/// After its own time for a statement, Postgres has so long to say that it ended it.
const ANSWER_GRACE: Duration = Duration::from_secs(5);

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
    let mut hosts = Hosts::parse(&options.url)?;
    // A node that is to be alone and was halted within a write holds up the next one for no longer than by its lease.
    let idle = options.single_node.as_ref().map_or(IDLE_IN_WRITE, |node| node.lease.min(IDLE_IN_WRITE));
    for host in &mut hosts.all {
        let mut connect = host.clone().statement_cache_capacity(256).options([
            ("statement_timeout", options.statement_timeout.as_millis().to_string()),
            ("idle_in_transaction_session_timeout", idle.as_millis().to_string()),
        ]);
        if connect.get_application_name().is_none() {
            connect = connect.application_name("skep");
        }
        if let Some(schema) = &options.schema {
            connect = connect.options([("search_path", schema.as_str())]);
        }
        *host = connect;
    }
    let limits = Limits {
        connections_max: options.connections_max,
        acquire: options.acquire_timeout,
        // The database ends a statement itself, and is given the time to say so.
        statement: options.statement_timeout.saturating_add(ANSWER_GRACE),
    };
    let opened = Connections::open(hosts, limits).await;
    opened.map(Pool::Postgres).map_err(|e| super::pool::open_error(&e))
}
