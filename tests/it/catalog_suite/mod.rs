//! The catalog's rules on both stores, with a clock that the test sets.

use skep::catalog::{Metastore, Settings};
use skep::clock::Clock;
use skep::warehouse::{Warehouse, WarehouseConfig};

use crate::backend::{TestStore, now_ms, postgres, sqlite};

/// A metastore of its own, and what must live as long as it.
pub struct TestMetastore {
    pub metastore: Metastore,
    pub clock: Clock,
    pub store: TestStore,
    _warehouse: tempfile::TempDir,
}

impl TestMetastore {
    pub async fn new(store: TestStore) -> Self {
        Self::with(store, Settings::default()).await
    }
    pub async fn with(store: TestStore, settings: Settings) -> Self {
        let warehouse = tempfile::tempdir().unwrap();
        let config = WarehouseConfig {
            managed_root: format!("file:{}", warehouse.path().display()),
            ..WarehouseConfig::default()
        };
        let rooms = std::sync::Arc::new(Warehouse::new(config, std::sync::Arc::new(now_ms)).unwrap());
        let clock = Clock::manual(now_ms());
        let metastore = Metastore::new(store.store.clone(), rooms, settings, clock.clone());
        metastore.bootstrap().await.unwrap();
        Self { metastore, clock, store, _warehouse: warehouse }
    }
    pub async fn sqlite() -> Self {
        Self::new(sqlite().await).await
    }
    pub async fn postgres() -> Self {
        Self::new(postgres().await).await
    }
}

/// Makes `on_sqlite::case` and `on_postgres::case` from one function.
macro_rules! catalog_cases {
    ($(async fn $name:ident($metastore:ident: &TestMetastore) $body:block)+) => {
        $(async fn $name($metastore: &crate::catalog_suite::TestMetastore) $body)+
        mod on_sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$name(&crate::catalog_suite::TestMetastore::sqlite().await).await;
        })+ }
        mod on_postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $name() {
            super::$name(&crate::catalog_suite::TestMetastore::postgres().await).await;
        })+ }
    };
}

mod clocks;
mod events;
mod locks;
mod management;
mod messages;
mod replies;
mod transactions;
mod versions;
