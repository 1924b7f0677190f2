//! Several operations in one commit, and requests that come again.

use std::path::Path;

use skep::catalog::{
    Metastore, PartitionsAdd, PartitionsDrop, PartitionsWhich, RequestKey, TableAlter, TableCreate, Together,
};
use skep_core::partition::Partition;
use skep_core::table::{Parameters, Table};
use skep_core::{Kind, Result};

use super::fixture::{Field, at, field, field_again, table};

fn key(id: &str, body: u8) -> RequestKey {
    RequestKey { scope: "test", id: id.into(), body_hash: [body; 32] }
}

fn create(name: &str) -> TableCreate {
    TableCreate { table: table(name, &["p"]), ..TableCreate::default() }
}

fn add(table: &str, values: &[&str]) -> PartitionsAdd {
    let partition = |value: &&str| {
        let storage = super::fixture::table(table, &["p"]).storage;
        Partition { values: vec![(*value).to_owned()], storage, ..Partition::default() }
    };
    PartitionsAdd {
        at: at(table),
        partitions: values.iter().map(partition).collect(),
        if_not_exists: false,
        columns_of_table: false,
        environment: Parameters::new(),
        statistics: Vec::new(),
    }
}

fn drop_of(table: &str, names: &[&str]) -> PartitionsDrop {
    PartitionsDrop {
        at: at(table),
        which: PartitionsWhich::Names(names.iter().map(|n| (*n).to_owned()).collect()),
        delete_data: true,
        if_exists: false,
        ignore_protection: false,
        environment: Parameters::new(),
    }
}

async fn names(field: &Field, table: &str) -> Vec<String> {
    let found = field.metastore.table_get(&at(table)).await.unwrap();
    let mut txn = field.metastore.store().read().await.unwrap();
    let list = txn.partition_list(found.id, found.version, None).await.unwrap();
    list.into_iter().map(|p| p.name).collect()
}

fn folder(table: &Table) -> std::path::PathBuf {
    Path::new(table.location().unwrap().strip_prefix("file:").unwrap()).to_owned()
}

store_cases! {
    async fn changes_of_several_tables_land_together(store: &TestStore) {
        let field = field(store, |_| {}).await;
        let old = field.table("old", &["p"]).await;
        field.metastore.partitions_add(&field.caller, &add("old", &["1", "2"])).await.unwrap();
        let caller = &field.caller;
        let done = field.metastore.together("t", Some(&key("one", 1)), &[at("old"), at("new")], |within: Metastore| {
            let old = old.clone();
            async move {
                within.table_create(caller, create("new")).await?;
                // Later operations see what earlier ones did, nobody else does.
                within.partitions_add(caller, &add("new", &["7"])).await?;
                within.partitions_drop(caller, &drop_of("old", &["p=1"])).await?;
                let mut changed = (*within.table_get(&at("old")).await?).clone();
                changed.parameters.insert("said".into(), "so".into());
                let alter = TableAlter {
                    at: at("old"), new: changed, environment: Parameters::new(), cascade: false, expected: None,
                };
                within.table_alter(caller, alter).await?;
                assert!(folder(&old).join("p=1").exists(), "files go after the commit only");
                Ok(b"done".to_vec())
            }
        }).await.unwrap();
        assert_eq!(done, Together { answer: b"done".to_vec(), replayed: false });
        assert_eq!(names(&field, "old").await, ["p=2"]);
        assert_eq!(names(&field, "new").await, ["p=7"]);
        assert!(!folder(&old).join("p=1").exists() && folder(&old).join("p=2").exists());
        let now = field.metastore.table_get(&at("old")).await.unwrap();
        assert_eq!((now.parameters["said"].as_str(), now.version), ("so", 4));
        assert!(field.metastore.store().peek().await.unwrap().file_task_due(i64::MAX, 0, 9).await.unwrap().is_empty());
    }

    async fn what_fails_leaves_nothing(store: &TestStore) {
        let field = field(store, |_| {}).await;
        let old = field.table("old", &["p"]).await;
        field.metastore.partitions_add(&field.caller, &add("old", &["1"])).await.unwrap();
        let caller = &field.caller;
        let made = std::sync::Mutex::new(None);
        let failed = field.metastore.together("t", Some(&key("one", 1)), &[at("old")], |within: Metastore| {
            let made = &made;
            async move {
                within.table_create(caller, create("new")).await?;
                *made.lock().unwrap() = Some(folder(&*within.table_get(&at("new")).await?));
                within.partitions_drop(caller, &drop_of("old", &["p=1"])).await?;
                within.partitions_add(caller, &add("old", &["3"])).await?;
                within.partitions_add(caller, &add("gone", &["1"])).await?;
                Ok(Vec::new())
            }
        }).await.unwrap_err();
        assert_eq!(failed.kind, Kind::InvalidObject, "{failed}");
        assert_eq!(names(&field, "old").await, ["p=1"]);
        assert_eq!(field.metastore.table_get(&at("new")).await.unwrap_err().kind, Kind::NotFound);
        let made = made.into_inner().unwrap().unwrap();
        assert!(!made.exists() && !folder(&old).join("p=3").exists(), "directories were not taken back");
        assert!(folder(&old).join("p=1").exists());
        // Nor was the request noted: it may come again.
        let again = field.metastore.together("t", Some(&key("one", 1)), &[], |_| async { Ok(vec![1]) }).await.unwrap();
        assert!(!again.replayed);
    }

    async fn a_request_that_comes_again_does_nothing(store: &TestStore) {
        let field = std::sync::Arc::new(field(store, |_| {}).await);
        let table = field.table("t", &["p"]).await;
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let field = std::sync::Arc::clone(&field);
            calls.spawn(async move {
                let (caller, request) = (&field.caller, key("again", 1));
                field.metastore.together("t", Some(&request), &[at("t")], |within: Metastore| async move {
                    within.partitions_add(caller, &add("t", &["1"])).await?;
                    Ok(b"first".to_vec())
                }).await
            });
        }
        let answers: Vec<Together> = calls.join_all().await.into_iter().collect::<Result<_>>().unwrap();
        assert_eq!(answers.iter().filter(|one| !one.replayed).count(), 1);
        assert!(answers.iter().all(|one| one.answer == b"first"));
        assert_eq!(names(&field, "t").await, ["p=1"]);
        let other = field.metastore.together("t", Some(&key("again", 2)), &[], |_| async { Ok(Vec::new()) }).await;
        assert_eq!(other.unwrap_err().kind, Kind::InvalidInput);
        // The version says whose it is.
        let history = field.metastore.store().peek().await.unwrap().version_list(table.id, None, 10).await.unwrap();
        assert_eq!(history.iter().map(|v| v.request_id.as_deref()).collect::<Vec<_>>(), [Some("again"), None]);
    }

    async fn an_id_has_bounds(store: &TestStore) {
        let field = field(store, |_| {}).await;
        for id in ["", "a\0b", &"x".repeat(257)] {
            let failed = field.metastore.together("t", Some(&key(id, 1)), &[], |_| async { Ok(Vec::new()) }).await;
            assert_eq!(failed.unwrap_err().kind, Kind::InvalidInput, "{id:?}");
        }
    }

    async fn a_database_that_another_node_changed_is_seen(store: &TestStore) {
        let (one, other) = (field(store, |_| {}).await, field_again(store).await);
        one.table("before", &[]).await;
        let mut database = one.metastore.database_get("hive", "d").await.unwrap();
        database.location = format!("{}/elsewhere", database.location);
        other.metastore.database_alter(&other.caller, "hive", "d", database.clone()).await.unwrap();
        let mut external = table("after", &[]);
        external.table_type = skep_core::table::TableType::External;
        external.parameters.insert("EXTERNAL".into(), "TRUE".into());
        one.metastore.table_create(&one.caller, TableCreate { table: external, ..TableCreate::default() }).await.unwrap();
        let made = one.metastore.table_get(&at("after")).await.unwrap();
        assert!(made.location().unwrap().starts_with(&database.location), "{:?}", made.location());
        let how = skep::catalog::DatabaseDrop { cascade: true, ..Default::default() };
        other.metastore.database_drop(&other.caller, "hive", "d", how).await.unwrap();
        let late = TableCreate { table: table("late", &[]), ..TableCreate::default() };
        let failed = one.metastore.table_create(&one.caller, late).await.unwrap_err();
        assert_eq!(failed.kind, Kind::InvalidObject, "{failed}");
    }
}
