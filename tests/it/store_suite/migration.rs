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

/// Cuts the definitions of the table `u`, which lies at `moved`, and of the database `a-b`.
const DAMAGE: &str = "update table_version set definition = substr(definition, 1, length(definition) - 1)
    where definition like '%\"name\":\"u\"%';
    update database set definition = substr(definition, 1, length(definition) - 1) where name = 'a-b';";

/// What lies at the places of a table and a database whose definitions cannot be read is left when others are dropped.
async fn judge_damaged(metastore: &Metastore, root: &Path) {
    let caller = Caller::default();
    let mut txn = metastore.store().read().await.unwrap();
    let (_, damaged) = txn.database_list_all().await.unwrap();
    drop(txn);
    let [damaged] = damaged.try_into().unwrap();
    let database = damaged.locations.iter().find_map(|location| location.strip_prefix("file:")).unwrap().to_owned();
    std::fs::create_dir_all(&database).unwrap();
    std::fs::write(Path::new(&database).join("f"), "a table of a-b").unwrap();
    for place in [root.join("d.db/moved").display().to_string(), database] {
        let mut other = table("other", &[]);
        other.storage.as_mut().unwrap().location = Some(format!("file:{place}"));
        metastore.table_create(&caller, TableCreate { table: other, ..TableCreate::default() }).await.unwrap();
        let kept = metastore.table_drop(&caller, &at("other"), true, &Parameters::new()).await.unwrap();
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert!(Path::new(&place).join("f").exists(), "{place}");
    }
}

async fn sqlite_of_before(dir: &Path, root: &Path, damage: &str) -> Metastore {
    fill(root);
    let script = include_str!("../../golden/store-0005.sqlite.sql").replace("/WAREHOUSE", root.to_str().unwrap());
    let url = format!("sqlite:{}", dir.join("skep.db").display());
    let mut file = sqlx::SqliteConnection::connect(&format!("{url}?mode=rwc")).await.unwrap();
    file.execute(AssertSqlSafe(script + damage)).await.unwrap();
    file.close().await.unwrap();
    opened(&StoreOptions::new(url), root).await
}

async fn postgres_of_before(root: &Path, damage: &str) -> Metastore {
    fill(root);
    let options = postgres_options().await;
    let script = include_str!("../../golden/store-0005.postgres.sql").replace("/WAREHOUSE", root.to_str().unwrap());
    sqlx::raw_sql(AssertSqlSafe(script + damage)).execute(&mut raw(&options).await).await.unwrap();
    opened(&options, root).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_of_before_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap().join("wh");
    judge(&sqlite_of_before(dir.path(), &root, "").await, &root).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_of_before_on_postgres() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap().join("wh");
    judge(&postgres_of_before(&root, "").await, &root).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_definitions_of_before_hold_their_places_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap().join("wh");
    judge_damaged(&sqlite_of_before(dir.path(), &root, DAMAGE).await, &root).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_definitions_of_before_hold_their_places_on_postgres() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap().join("wh");
    judge_damaged(&postgres_of_before(&root, DAMAGE).await, &root).await;
}
