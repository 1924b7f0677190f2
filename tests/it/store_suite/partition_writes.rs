//! Adding, altering and renaming partitions: all or nothing, with directories and statistics.

use std::path::PathBuf;
use std::sync::Arc;

use skep::catalog::{PartitionKey, PartitionRename, PartitionsAdd, PartitionsAlter, TableCreate};
use skep::store::StatisticsRow;
use skep_core::partition::Partition;
use skep_core::table::{Column, Parameters, Shape, Storage, Table};
use skep_core::{Error, Kind};

use super::fixture::{Field, at, field, table};

pub fn path(location: &str) -> PathBuf {
    PathBuf::from(location.strip_prefix("file:").unwrap())
}

/// A table with the keys `ds` and `hr`, both of type string.
pub async fn days(f: &Field, name: &str, external: bool) -> Table {
    let mut new = table(name, &["ds", "hr"]);
    new.parameters.insert("own".into(), "of the table".into());
    for key in &mut new.partition_keys {
        key.type_name = Some("string".into());
    }
    if external {
        new.parameters.insert("EXTERNAL".into(), "TRUE".into());
    }
    f.metastore.table_create(&f.caller, TableCreate { table: new, ..TableCreate::default() }).await.unwrap();
    (*f.metastore.table_get(&at(name)).await.unwrap()).clone()
}

pub fn partition(table: &Table, ds: &str, hr: &str) -> Partition {
    let shape = Arc::new(Shape::clone(&table.storage.as_ref().unwrap().shape));
    Partition {
        values: vec![ds.into(), hr.into()],
        storage: Some(Storage { shape, location: None }),
        ..Partition::default()
    }
}

pub fn adding(table: &Table, partitions: Vec<Partition>) -> PartitionsAdd {
    PartitionsAdd {
        at: at(&table.name),
        partitions,
        if_not_exists: false,
        columns_of_table: false,
        environment: Parameters::new(),
        statistics: Vec::new(),
    }
}

pub async fn add(f: &Field, table: &Table, values: &[(&str, &str)]) -> Result<Vec<Partition>, Error> {
    let partitions = values.iter().map(|(ds, hr)| partition(table, ds, hr)).collect();
    f.metastore.partitions_add(&f.caller, &adding(table, partitions)).await
}

pub async fn names(f: &Field, table: &str) -> Vec<String> {
    f.partition_list(table).await.into_iter().map(|p| p.name).collect()
}

pub fn altering(table: &Table, partitions: Vec<Partition>) -> PartitionsAlter {
    PartitionsAlter { at: at(&table.name), partitions, fill_columns: true, environment: Parameters::new() }
}

async fn statistics(f: &Field, table: &Table, partition: &str) -> Vec<String> {
    let mut txn = f.metastore.store().read().await.unwrap();
    let (parts, columns) = ([partition.to_owned()], ["a".to_owned(), "b".to_owned()]);
    let found = txn.statistics_partitions::<String>(table.id, "hive", &parts, &columns).await.unwrap();
    found.into_iter().map(|(_, body)| body).collect()
}

async fn statistics_put(f: &Field, table: &Table, partition: &str) {
    let mut txn = f.metastore.store().write_table(table.id).await.unwrap();
    let (a, b) = ("of a".to_owned(), "of b".to_owned());
    let row = |column, body| StatisticsRow { partition, engine: "hive", column, body };
    txn.statistics_put(table.id, &[row("a", &a), row("b", &b)]).await.unwrap();
    txn.commit().await.unwrap();
}

store_cases! {
    async fn an_add_is_all_or_nothing(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = days(&f, "t", false).await;
        let root = path(table.location().unwrap());
        add(&f, &table, &[("b", "1")]).await.unwrap();
        let error = add(&f, &table, &[("a", "1"), ("b", "1"), ("c", "1")]).await.unwrap_err();
        assert_eq!(error.kind, Kind::AlreadyExists, "{error}");
        // The default partition's name and an empty value are one partition.
        let twice = [("x", ""), ("y", "1"), ("x", "__HIVE_DEFAULT_PARTITION__")];
        assert_eq!(add(&f, &table, &twice).await.unwrap_err().kind, Kind::Meta);
        let mut bad = partition(&table, "d", "1");
        bad.storage.as_mut().unwrap().location = Some("host:80000/relative".into());
        let request = adding(&table, vec![partition(&table, "a", "1"), bad, partition(&table, "c", "1")]);
        assert_eq!(f.metastore.partitions_add(&f.caller, &request).await.unwrap_err().kind, Kind::Meta);
        assert_eq!(names(&f, "t").await, ["ds=b/hr=1"]);
        let left: Vec<_> = std::fs::read_dir(&root).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["ds=b"], "no directory of a failed call is left");
        assert_eq!(f.event_kinds().await.iter().filter(|k| *k == "ADD_PARTITION").count(), 1);
        let gone = Table { name: "none".into(), ..table.clone() };
        assert_eq!(add(&f, &gone, &[("a", "1")]).await.unwrap_err().kind, Kind::InvalidObject);
    }

    async fn what_is_there_may_be_left_out(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = days(&f, "t", false).await;
        add(&f, &table, &[("b", "1")]).await.unwrap();
        let all = ["c", "b", "a"].map(|ds| partition(&table, ds, "1")).to_vec();
        let request = PartitionsAdd { if_not_exists: true, ..adding(&table, all) };
        let added = f.metastore.partitions_add(&f.caller, &request).await.unwrap();
        assert_eq!(added.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["ds=c/hr=1", "ds=a/hr=1"]);
        assert!(f.metastore.partitions_add(&f.caller, &request).await.unwrap().is_empty());
        assert_eq!(f.event_kinds().await.iter().filter(|k| *k == "ADD_PARTITION").count(), 2);
    }

    async fn many_partitions_share_one_shape_one_version_one_event(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = days(&f, "t", false).await;
        let many = (0..1000).map(|n| partition(&table, &format!("{n:04}"), "1")).collect();
        let added = f.metastore.partitions_add(&f.caller, &adding(&table, many)).await.unwrap();
        let shapes: std::collections::HashSet<_> =
            added.iter().map(|p| Arc::as_ptr(&p.storage.as_ref().unwrap().shape)).collect();
        assert_eq!(shapes.len(), 1);
        let now = f.metastore.table_get(&at("t")).await.unwrap();
        assert_eq!(now.version, table.version + 1);
        let mut txn = t.store.read().await.unwrap();
        assert_eq!(txn.slot_list(table.id, now.version).await.unwrap().len(), 1);
        assert_eq!(txn.partition_count(table.id).await.unwrap(), 1000);
        assert!(txn.partition_apart(table.id, table.location().unwrap()).await.unwrap().is_empty());
        assert!(path(table.location().unwrap()).join("ds=0999/hr=1").is_dir());
    }

    async fn directories_that_were_there_are_listed(t: &TestStore) {
        let f = field(t, |s| s.partition_inherit_table_properties = vec!["own".into(), "none".into()]).await;
        let table = days(&f, "t", false).await;
        let old = path(table.location().unwrap()).join("ds=old/hr=1");
        std::fs::create_dir_all(&old).unwrap();
        std::fs::write(old.join("data"), "12345").unwrap();
        let added = add(&f, &table, &[("old", "1"), ("new", "1")]).await.unwrap();
        assert_eq!(added[0].parameters["totalSize"], "5");
        assert_eq!(added[0].create_time, 1_700_000_000);
        assert!(!added[1].parameters.contains_key("numFiles"), "a new directory is not listed");
        assert_eq!(added[1].parameters.get("own").map(String::as_str), Some("of the table"));
        let told = [("DO_NOT_UPDATE_STATS".to_owned(), "true".to_owned())].into();
        std::fs::create_dir_all(path(table.location().unwrap()).join("ds=told/hr=1")).unwrap();
        let request = PartitionsAdd { environment: told, ..adding(&table, vec![partition(&table, "told", "1")]) };
        let added = f.metastore.partitions_add(&f.caller, &request).await.unwrap();
        assert!(!added[0].parameters.contains_key("numFiles"));
        let key = PartitionKey::Name("HR=2/more=3/DS=a%2Fb".into());
        let one = f.metastore.partition_append(&f.caller, &at("t"), key.clone(), Parameters::new()).await.unwrap();
        assert_eq!((one.name.as_str(), one.values.as_slice()), ("ds=a%2Fb/hr=2", &["a/b".to_owned(), "2".into()][..]));
        let again = f.metastore.partition_append(&f.caller, &at("t"), key, Parameters::new()).await;
        assert_eq!(again.unwrap_err().kind, Kind::AlreadyExists);
        let key = PartitionKey::Name("ds=1".into());
        let short = f.metastore.partition_append(&f.caller, &at("t"), key, Parameters::new()).await;
        assert_eq!(short.unwrap_err().kind, Kind::InvalidObject);
    }

    async fn concurrent_adders_lose_nothing(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = Arc::new(days(&f, "t", false).await);
        let tasks: Vec<_> = (0..16).map(|task| {
            let (m, caller, table) = (f.metastore.clone(), f.caller.clone(), Arc::clone(&table));
            tokio::spawn(async move {
                for n in 0..5 {
                    let own = adding(&table, vec![partition(&table, &format!("{task:02}"), &n.to_string())]);
                    m.partitions_add(&caller, &own).await.unwrap();
                }
                // The first comes alone, so that a loser's directory is one that nobody else needs.
                let both = vec![partition(&table, "of one", &task.to_string()), partition(&table, "of all", "1")];
                m.partitions_add(&caller, &adding(&table, both)).await.map(drop)
            })
        }).collect();
        let mut won = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(()) => won += 1,
                Err(error) => assert_eq!(error.kind, Kind::AlreadyExists, "{error}"),
            }
        }
        assert_eq!(won, 1);
        let all = f.partition_list("t").await;
        assert_eq!(all.len(), 16 * 5 + 2);
        for partition in &all {
            assert!(path(partition.location().unwrap()).is_dir(), "{}", partition.name);
        }
        let now = f.metastore.table_get(&at("t")).await.unwrap();
        assert_eq!(now.version, table.version + 16 * 5 + 1, "a version for each add, none for a failed one");
        let root = path(table.location().unwrap());
        assert_eq!(std::fs::read_dir(root.join("ds=of one")).unwrap().count(), 1, "losers leave no directories");
    }

    async fn an_alter_replaces_all_or_none(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = days(&f, "t", false).await;
        add(&f, &table, &[("a", "1"), ("b", "1")]).await.unwrap();
        statistics_put(&f, &table, "ds=a/hr=1").await;
        let mut new = f.partition_list("t").await;
        new[0].parameters = [
            ("k".to_owned(), "v".to_owned()),
            ("transient_lastDdlTime".to_owned(), "0".to_owned()),
            ("COLUMN_STATS_ACCURATE".to_owned(), r#"{"COLUMN_STATS":{"a":"true","b":"true"}}"#.to_owned()),
        ].into();
        let text = Column { name: "b".into(), type_name: Some("string".into()), comment: None };
        Arc::make_mut(&mut new[0].storage.as_mut().unwrap().shape).columns.as_mut().unwrap()[1] = text;
        new[1].storage.as_mut().unwrap().location = Some("somewhere".into());
        let told = [("DO_NOT_UPDATE_STATS".to_owned(), "true".to_owned())].into();
        let request = PartitionsAlter { environment: told, ..altering(&table, new.clone()) };
        let stray = Partition { values: vec!["none".into(), "1".into()], ..new[0].clone() };
        let with_stray = PartitionsAlter { partitions: vec![new[0].clone(), stray], ..request.clone() };
        let error = f.metastore.partitions_alter(&f.caller, &with_stray).await.unwrap_err();
        assert_eq!(error.kind, Kind::InvalidOperation);
        assert!(!f.partition_list("t").await[0].parameters.contains_key("k"));
        f.metastore.partitions_alter(&f.caller, &request).await.unwrap();
        let now = f.partition_list("t").await;
        assert_eq!(now[0].parameters["transient_lastDdlTime"], "1700000000");
        assert_eq!(now[0].parameters["COLUMN_STATS_ACCURATE"], r#"{"COLUMN_STATS":{"a":"true"}}"#);
        assert_eq!(now[1].location(), Some("somewhere"));
        assert_eq!(statistics(&f, &table, "ds=a/hr=1").await, ["of a"]);
        let events = f.events().await;
        let bodies: Vec<_> = events.iter().filter(|e| e.kind == "ALTER_PARTITION").map(|e| e.body.clone()).collect();
        assert_eq!(bodies.len(), 2);
        assert!(bodies[0].contains("ds=a/hr=1") && bodies[1].contains("ds=b/hr=1"), "{bodies:?}");
    }

    async fn a_rename_takes_data_and_statistics_along(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = days(&f, "t", false).await;
        add(&f, &table, &[("a", "1"), ("taken", "1")]).await.unwrap();
        let root = path(table.location().unwrap());
        std::fs::write(root.join("ds=a/hr=1/data"), "12345").unwrap();
        statistics_put(&f, &table, "ds=a/hr=1").await;
        let old = f.partition_list("t").await.remove(0);
        let rename = |from: &[&str], ds: &str| PartitionRename {
            at: at("t"),
            old_values: from.iter().map(|v| (*v).to_owned()).collect(),
            new: Partition { values: vec![ds.into(), "1".into()], ..old.clone() },
            environment: Parameters::new(),
        };
        for (from, to) in [(["a", "1"], "taken"), (["none", "1"], "b"), (["a", "1"], "a")] {
            let error = f.metastore.partition_rename(&f.caller, &rename(&from, to)).await.unwrap_err();
            assert_eq!(error.kind, Kind::InvalidOperation, "{error}");
        }
        // Something lies where the data would go.
        std::fs::create_dir_all(root.join("ds=full/hr=1")).unwrap();
        let error = f.metastore.partition_rename(&f.caller, &rename(&["a", "1"], "full")).await.unwrap_err();
        assert_eq!(error.kind, Kind::InvalidOperation, "{error}");
        assert!(root.join("ds=a/hr=1/data").is_file());
        f.metastore.partition_rename(&f.caller, &rename(&["a", "1"], "b")).await.unwrap();
        assert_eq!(names(&f, "t").await, ["ds=b/hr=1", "ds=taken/hr=1"]);
        let new = f.partition_list("t").await.remove(0);
        assert_eq!(path(new.location().unwrap()), root.join("ds=b/hr=1"));
        assert_eq!(new.parameters["totalSize"], "5");
        assert!(root.join("ds=b/hr=1/data").is_file() && !root.join("ds=a/hr=1").exists());
        assert_eq!(statistics(&f, &table, "ds=b/hr=1").await, ["of a", "of b"]);
        assert!(statistics(&f, &table, "ds=a/hr=1").await.is_empty());
        let body = f.events().await.pop().unwrap().body;
        assert!(body.contains("ds=a/hr=1") && body.contains("ds=b/hr=1"), "{body}");
    }

    async fn an_external_partition_keeps_its_place_when_renamed(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = days(&f, "t", true).await;
        let old = add(&f, &table, &[("a", "1")]).await.unwrap().remove(0);
        let new = Partition { values: vec!["b".into(), "1".into()], ..old.clone() };
        let request = PartitionRename {
            at: at("t"), old_values: old.values.clone(), new, environment: Parameters::new(),
        };
        f.metastore.partition_rename(&f.caller, &request).await.unwrap();
        let now = f.partition_list("t").await.remove(0);
        assert_eq!((now.name.as_str(), now.location()), ("ds=b/hr=1", old.location()));
        assert!(path(old.location().unwrap()).is_dir());
    }
}
