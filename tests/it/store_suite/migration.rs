//! A store as commit 77a6d53 left it, before there was a ledger of places, and what becomes of it: `a` and `b` at one
//! place, `u` moved away from the place of its name, `p` with partitions by name, apart and behind a link to `a`, and two
//! deletions left undone: of `old`, which nobody has, and of `a`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use skep::catalog::{Caller, Metastore, Settings, TableCreate};
use skep::clock::Clock;
use skep::store::{PlaceKind, StoreOptions, open};
use skep::warehouse::{Warehouse, WarehouseConfig};
use skep_core::table::Parameters;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use super::fixture::{at, table};
use super::lease::raw;
use crate::backend::{now_ms, postgres_options};

async fn opened(options: &StoreOptions, root: &Path) -> Metastore {
    let config = WarehouseConfig { managed_root: root.display().to_string(), ..WarehouseConfig::default() };
    let warehouse = Warehouse::new(config, Arc::new(now_ms)).unwrap();
    let store = open(options, now_ms).await.unwrap();
    let metastore = Metastore::new(store, Arc::new(warehouse), Settings::default(), Clock::manual(now_ms()));
    metastore.bootstrap().await.unwrap();
    metastore
}

fn fill(root: &Path) {
    for directory in ["a", "moved", "u", "p/k=1", "own", "old"] {
        std::fs::create_dir_all(root.join("d.db").join(directory)).unwrap();
        std::fs::write(root.join("d.db").join(directory).join("f"), directory).unwrap();
    }
    std::os::unix::fs::symlink(root.join("d.db"), root.join("link")).unwrap();
}

async fn judge(metastore: &Metastore, root: &Path) {
    let caller = Caller::default();
    let there = |name: &str| root.join("d.db").join(name).join("f").exists();
    metastore.tasks_sweep(Duration::ZERO).await.unwrap();
    assert!(!there("old") && there("a"), "what somebody has is not deleted by what an earlier server noted");
    for drop in ["b", "a"] {
        let kept = metastore.table_drop(&caller, &at(drop), true, &Parameters::new()).await.unwrap();
        assert!(kept.len() == 1 && kept[0].holder == "partition k=3 of table hive.d.p", "{kept:?}");
        assert!(there("a"));
    }
    // An earlier version of `u` has the place of its name.
    metastore.table_drop(&caller, &at("u"), false, &Parameters::new()).await.unwrap();
    let create = TableCreate { table: table("own", &[]), ..TableCreate::default() };
    metastore.table_create(&caller, create).await.unwrap();
    let own = metastore.table_get(&at("own")).await.unwrap();
    assert!(own.location().unwrap().contains("/own-"), "a partition has the place: {own:?}");
    let kept = metastore.table_drop(&caller, &at("p"), true, &Parameters::new()).await.unwrap();
    assert!(kept.is_empty() && !there("a") && !there("own") && !there("p/k=1"), "{kept:?}");
    let mut txn = metastore.store().read().await.unwrap();
    let database = txn.database_get("hive", "a-b").await.unwrap().unwrap();
    let places = txn.place_of(PlaceKind::Database, database.id).await.unwrap();
    assert!(places.iter().all(|place| place.location.ends_with("/a-b.db")), "{places:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_of_before_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap().join("wh");
    fill(&root);
    let script = include_str!("../../golden/store-0005.sqlite.sql").replace("/WAREHOUSE", root.to_str().unwrap());
    let url = format!("sqlite:{}", dir.path().join("skep.db").display());
    let mut file = sqlx::SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    file.execute(AssertSqlSafe(script)).await.unwrap();
    file.close().await.unwrap();
    judge(&opened(&StoreOptions::new(url), &root).await, &root).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_of_before_on_postgres() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap().join("wh");
    fill(&root);
    let options = postgres_options().await;
    let script = include_str!("../../golden/store-0005.postgres.sql").replace("/WAREHOUSE", root.to_str().unwrap());
    sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut raw(&options).await).await.unwrap();
    judge(&opened(&options, &root).await, &root).await;
}
