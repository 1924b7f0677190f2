//! Stores for tests: each case has a SQLite file or a Postgres schema of its own.

use std::sync::atomic::{AtomicU64, Ordering};

use skep::store::{Store, StoreOptions, open};

/// A store and what must live as long as it.
pub struct TestStore {
    pub store: Store,
    pub options: StoreOptions,
    _dir: Option<tempfile::TempDir>,
}

impl TestStore {
    /// A second node over the same database.
    pub fn again(store: Store, first: &Self) -> Self {
        Self { store, options: first.options.clone(), _dir: None }
    }
}

pub fn now_ms() -> i64 {
    1_700_000_000_000
}

/// The Postgres server of the tests. It must be there: a test that is skipped proves nothing.
pub fn postgres_url() -> String {
    std::env::var("SKEP_TEST_POSTGRES").expect("SKEP_TEST_POSTGRES is not set: run the tests by scripts/test.sh")
}

pub async fn sqlite() -> TestStore {
    let dir = tempfile::tempdir().unwrap();
    let options = StoreOptions::new(format!("sqlite:{}", dir.path().join("skep.db").display()));
    TestStore { store: open(&options, now_ms).await.unwrap(), options, _dir: Some(dir) }
}

/// Options for a new, empty Postgres schema.
pub async fn postgres_options() -> StoreOptions {
    use sqlx::Connection as _;
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let schema = format!("t{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut admin = sqlx::PgConnection::connect(&postgres_url()).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("create schema {schema}"));
    sqlx::query(create).execute(&mut admin).await.unwrap();
    StoreOptions { schema: Some(schema), connections_max: 8, ..StoreOptions::new(postgres_url()) }
}

/// A database's clock that the test sets: statements find it before Postgres's own.
pub struct DatabaseClock {
    admin: sqlx::PgConnection,
    schema: String,
}

impl DatabaseClock {
    /// Gives the schema of these options such a clock, which goes right until it is set.
    pub async fn of(options: &mut StoreOptions) -> Self {
        use sqlx::{Connection as _, Executor as _};
        let mut admin = sqlx::PgConnection::connect(&options.url).await.unwrap();
        let schema = format!("{}_clock", options.schema.as_ref().unwrap());
        let script = format!(
            "create schema {schema}; \
             create table {schema}.ahead (seconds double precision not null); \
             insert into {schema}.ahead values (0); \
             create function {schema}.clock_timestamp() returns timestamptz language sql volatile as \
             'select pg_catalog.clock_timestamp() + make_interval(secs => (select seconds from {schema}.ahead))'"
        );
        admin.execute(sqlx::AssertSqlSafe(script)).await.unwrap();
        options.schema = Some(format!("{},{schema},pg_catalog", options.schema.as_ref().unwrap()));
        Self { admin, schema }
    }

    /// Sets it so many seconds ahead of the right time, or back.
    pub async fn set_ahead(&mut self, seconds: i32) {
        use sqlx::Executor as _;
        let set = format!("update {}.ahead set seconds = {seconds}", self.schema);
        self.admin.execute(sqlx::AssertSqlSafe(set)).await.unwrap();
    }
}

pub async fn postgres() -> TestStore {
    let options = postgres_options().await;
    TestStore { store: open(&options, now_ms).await.unwrap(), options, _dir: None }
}

/// The rooms below the Thrift front, over a SQLite store and a warehouse in a folder that lives as long as the process.
pub async fn services() -> std::sync::Arc<skep::hms::Services> {
    let dir = tempfile::tempdir().unwrap().keep();
    let options = StoreOptions::new(format!("sqlite:{}", dir.join("skep.db").display()));
    let store = open(&options, now_ms).await.unwrap();
    let warehouse = skep::warehouse::WarehouseConfig {
        managed_root: dir.join("warehouse").display().to_string(),
        ..skep::warehouse::WarehouseConfig::default()
    };
    let warehouse = skep::warehouse::Warehouse::new(warehouse, std::sync::Arc::new(now_ms)).unwrap();
    let settings = skep::catalog::Settings::default();
    let clock = skep::clock::Clock::manual(now_ms());
    let metastore = skep::catalog::Metastore::new(store, std::sync::Arc::new(warehouse), settings, clock);
    metastore.bootstrap().await.unwrap();
    let config = std::sync::Arc::new(skep::config::Config::default());
    std::sync::Arc::new(skep::hms::Services { metastore, config, started_at: now_ms() / 1000 })
}
