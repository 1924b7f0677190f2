//! Dropping and exchanging partitions.

use skep::catalog::{DropExpr, PartitionKey, PartitionsDrop, PartitionsExchange, PartitionsWhich};
use skep_core::Kind;
use skep_core::partition::Partition;
use skep_core::table::{Parameters, Table};

use super::fixture::{Field, at, field};
use super::partition_writes::{add, adding, altering, days, names, partition, path};

fn dropping(which: PartitionsWhich) -> PartitionsDrop {
    PartitionsDrop {
        at: at("t"),
        which,
        delete_data: true,
        if_exists: false,
        ignore_protection: false,
        environment: Parameters::new(),
    }
}

fn named(names: &[&str]) -> PartitionsDrop {
    dropping(PartitionsWhich::Names(names.iter().map(|n| (*n).to_owned()).collect()))
}

fn by(texts: &[&[u8]]) -> PartitionsDrop {
    let expr = |bytes: &&[u8]| DropExpr { bytes: bytes.to_vec(), archive_level: None };
    dropping(PartitionsWhich::Exprs(texts.iter().map(expr).collect()))
}

/// Bytes that Hive 4.0.1 made of an expression over `ds string, hr int, …`.
fn kryo(name: &str) -> Vec<u8> {
    let all = include_str!("../../../src/core/kryo/testdata/vectors.tsv");
    let mut rows = all.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let row = rows.find(|row| row[0] == name && row.contains(&"4.0.1")).unwrap();
    let hex = row.last().unwrap();
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

async fn dropped(f: &Field, request: &PartitionsDrop) -> Result<Vec<String>, Kind> {
    let (dropped, _) = f.metastore.partitions_drop(&f.caller, request).await.map_err(|e| e.kind)?;
    Ok(dropped.into_iter().map(|p| p.name).collect())
}

fn exchanging(specification: &[(&str, &str)], target: &Table) -> PartitionsExchange {
    PartitionsExchange {
        specification: specification.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        source: at("t"),
        target: at(&target.name),
    }
}

store_cases! {
    async fn a_drop_takes_data_and_empty_directories_above_it(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = days(&f, "t", false).await;
        let root = path(table.location().unwrap());
        add(&f, &table, &[("a", "1"), ("a", "2"), ("b", "1"), ("c", "1"), ("keep", "1")]).await.unwrap();
        std::fs::write(root.join("ds=a/hr=1/data"), "x").unwrap();
        std::fs::write(root.join("ds=c/other"), "x").unwrap();
        assert_eq!(dropped(&f, &named(&["ds=a/hr=1", "ds=none/hr=1"])).await, Err(Kind::NotFound));
        assert!(root.join("ds=a/hr=1/data").is_file());
        let all = named(&["ds=c/hr=1", "ds=a/hr=1", "ds=a/hr=2", "ds=b/hr=1"]);
        assert_eq!(dropped(&f, &all).await.unwrap(), ["ds=a/hr=1", "ds=a/hr=2", "ds=b/hr=1", "ds=c/hr=1"]);
        assert!(!root.join("ds=a").exists() && !root.join("ds=b").exists());
        assert!(root.join("ds=c/other").is_file() && !root.join("ds=c/hr=1").exists());
        assert_eq!(names(&f, "t").await, ["ds=keep/hr=1"]);
        assert_eq!(f.event_kinds().await.iter().filter(|k| *k == "DROP_PARTITION").count(), 1);
        let missing = PartitionsDrop { if_exists: true, ..all };
        assert!(dropped(&f, &missing).await.unwrap().is_empty());
        let due = t.store.peek().await.unwrap().file_task_due(i64::MAX, 0, 10).await.unwrap();
        assert!(due.is_empty(), "deletions that are done are forgotten");
    }

    async fn what_was_made_again_since_does_not_expire(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = days(&f, "t", false).await;
        let root = path(table.location().unwrap());
        add(&f, &table, &[("a", "1"), ("b", "1"), ("c", "1")]).await.unwrap();
        assert!(f.clock.advance_ms(60_000));
        let before = f.clock.now_seconds();
        // All three were found to be too old. Then one is dropped and made again, and one is altered.
        let found = names(&f, "t").await;
        dropped(&f, &named(&["ds=b/hr=1"])).await.unwrap();
        add(&f, &table, &[("b", "1")]).await.unwrap();
        std::fs::write(root.join("ds=b/hr=1/data"), "x").unwrap();
        let mut changed = f.partition_list("t").await.into_iter().find(|p| p.name == "ds=c/hr=1").unwrap();
        changed.parameters.insert("k".into(), "v".into());
        f.metastore.partitions_alter(&f.caller, &altering(&table, vec![changed])).await.unwrap();
        let expired = dropping(PartitionsWhich::MadeBefore(found, before));
        assert_eq!(dropped(&f, &expired).await.unwrap(), ["ds=a/hr=1", "ds=c/hr=1"]);
        assert_eq!(names(&f, "t").await, ["ds=b/hr=1"]);
        assert!(root.join("ds=b/hr=1/data").is_file() && !root.join("ds=a").exists() && !root.join("ds=c").exists());
        let expire = async |before| f.metastore.partitions_expire(&f.caller, &at("t"), before).await.unwrap();
        assert_eq!((expire(before).await, names(&f, "t").await.len()), (0, 1));
        assert_eq!((expire(before + 1).await, names(&f, "t").await.len()), (1, 0));
    }

    async fn data_that_is_not_ours_stays(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = days(&f, "t", true).await;
        let root = path(table.location().unwrap());
        add(&f, &table, &[("a", "1"), ("b", "1")]).await.unwrap();
        let key = PartitionKey::Values(vec!["a".into(), "1".into()]);
        f.metastore.partition_drop(&f.caller, &at("t"), &key, true, Parameters::new()).await.unwrap();
        assert!(root.join("ds=a/hr=1").is_dir(), "of an external table");
        let again = f.metastore.partition_drop(&f.caller, &at("t"), &key, true, Parameters::new()).await;
        assert_eq!(again.unwrap_err().kind, Kind::NotFound);
        for (key, kind) in [
            (PartitionKey::Values(vec!["a".into()]), Kind::Meta),
            (PartitionKey::Name("ds=a".into()), Kind::NotFound),
        ] {
            let error = f.metastore.partition_drop(&f.caller, &at("t"), &key, true, Parameters::new()).await;
            assert_eq!(error.unwrap_err().kind, kind);
        }
        let managed = days(&f, "m", false).await;
        let mut around = partition(&managed, "x", "1");
        around.storage.as_mut().unwrap().location = managed.location().map(str::to_owned);
        let mut archived = partition(&managed, "y", "1");
        let original = path(managed.location().unwrap()).join("original");
        archived.parameters = [
            ("is_archived".to_owned(), "true".to_owned()),
            ("original_location".to_owned(), original.to_str().unwrap().to_owned()),
        ].into();
        f.metastore.partitions_add(&f.caller, &adding(&managed, vec![around, archived])).await.unwrap();
        std::fs::create_dir(&original).unwrap();
        let all = PartitionsDrop { at: at("m"), ..named(&["ds=x/hr=1", "ds=y/hr=1"]) };
        assert_eq!(dropped(&f, &all).await.unwrap().len(), 2);
        assert!(path(managed.location().unwrap()).join("ds=y/hr=1").is_dir(), "the archive's own place stays");
        assert!(!original.exists());
    }

    async fn expressions_say_what_to_drop_or_are_refused(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = days(&f, "t", false).await;
        let all = [("2020-01-01", "5"), ("2020-01-01", "6"), ("2020-02-01", "5"), ("b.c", "1"), ("bxc", "1"), ("", "1")];
        add(&f, &table, &all).await.unwrap();
        // As in Hive, the partitions must be as many as the expressions, whichever took them.
        let nothing: &[u8] = b"ds='none'";
        assert_eq!(dropped(&f, &by(&[nothing, b"ds='b.c' OR ds='bxc'"])).await.map(drop), Ok(()));
        assert_eq!(dropped(&f, &by(&[nothing])).await, Err(Kind::NotFound));
        assert_eq!(dropped(&f, &by(&[b"none='1'"])).await, Err(Kind::Meta));
        assert_eq!(dropped(&f, &by(&[b"\x01\x02\x03"])).await, Err(Kind::Meta));
        assert_eq!(names(&f, "t").await.len(), 4);
        // SQL's pattern takes nothing here, Java's all of 2020.
        assert_eq!(dropped(&f, &by(&[b"ds like '2020-.*'"])).await, Err(Kind::Meta));
        assert_eq!(names(&f, "t").await.len(), 4);
        let eq = kryo("init_eq_str");
        let first = dropped(&f, &by(&[&eq])).await;
        assert_eq!(first.unwrap(), ["ds=2020-01-01/hr=5", "ds=2020-01-01/hr=6"]);
        // A comparison of the default partition is NULL: it stays.
        let rest = dropped(&f, &by(&[b"(ds>='2020' AND ds<'2021')"])).await.unwrap();
        assert!(rest.contains(&"ds=2020-02-01/hr=5".to_owned()));
        assert_eq!(names(&f, "t").await, ["ds=__HIVE_DEFAULT_PARTITION__/hr=1"]);
    }

    async fn dropped_partitions_can_be_added_again(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = days(&f, "t", false).await;
        for _ in 0..3 {
            add(&f, &table, &[("a", "1"), ("a", "2")]).await.unwrap();
            assert_eq!(dropped(&f, &named(&["ds=a/hr=1", "ds=a/hr=2"])).await.unwrap().len(), 2);
        }
        assert!(names(&f, "t").await.is_empty());
        assert!(path(table.location().unwrap()).is_dir(), "the table's own directory is never tidied away");
    }

    async fn an_exchange_moves_rows_and_data(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let source = days(&f, "t", false).await;
        let target = days(&f, "u", false).await;
        let (from, to) = (path(source.location().unwrap()), path(target.location().unwrap()));
        add(&f, &source, &[("a", "1"), ("a", "2"), ("b", "1")]).await.unwrap();
        add(&f, &target, &[("a", "3")]).await.unwrap();
        std::fs::write(from.join("ds=a/hr=1/data"), "x").unwrap();
        let moved = f.metastore.partitions_exchange(&f.caller, &exchanging(&[("ds", "a")], &target)).await.unwrap();
        assert_eq!(moved.len(), 2);
        assert_eq!(names(&f, "t").await, ["ds=b/hr=1"]);
        assert_eq!(names(&f, "u").await, ["ds=a/hr=1", "ds=a/hr=2", "ds=a/hr=3"]);
        assert!(to.join("ds=a/hr=1/data").is_file() && !from.join("ds=a").exists());
        let kinds = f.event_kinds().await;
        assert_eq!(kinds[kinds.len() - 2..], ["ADD_PARTITION", "DROP_PARTITION"]);
    }

    async fn an_exchange_that_fails_moves_nothing(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let source = days(&f, "t", false).await;
        let target = days(&f, "u", false).await;
        let (from, to) = (path(source.location().unwrap()), path(target.location().unwrap()));
        add(&f, &source, &[("a", "1"), ("a", "2"), ("c", "1")]).await.unwrap();
        let mut apart = partition(&source, "apart", "1");
        apart.storage.as_mut().unwrap().location = Some(format!("{}/elsewhere", source.location().unwrap()));
        f.metastore.partitions_add(&f.caller, &adding(&source, vec![apart])).await.unwrap();
        add(&f, &target, &[("c", "1")]).await.unwrap();
        // The second directory cannot be moved: the first one comes back.
        std::fs::create_dir_all(to.join("ds=a/hr=2")).unwrap();
        for specification in [
            &[("ds", "a")][..], &[("ds", "c")], &[("ds", "apart")], &[("ds", "none")], &[("hr", "1")], &[], &[("x", "1")],
        ] {
            let error = f.metastore.partitions_exchange(&f.caller, &exchanging(specification, &target)).await;
            assert_eq!(error.unwrap_err().kind, Kind::Meta, "{specification:?}");
        }
        assert_eq!(names(&f, "t").await.len(), 4);
        assert_eq!(names(&f, "u").await, ["ds=c/hr=1"]);
        assert!(from.join("ds=a/hr=1").is_dir() && !to.join("ds=a/hr=1").exists());
    }

    async fn exchanges_back_and_forth_do_not_wait_for_each_other(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let source = days(&f, "t", false).await;
        let target = days(&f, "u", false).await;
        let values: Vec<String> = (0..8).map(|n| n.to_string()).collect();
        let all = |table: &Table| -> Vec<Partition> { values.iter().map(|v| partition(table, v, "1")).collect() };
        f.metastore.partitions_add(&f.caller, &adding(&source, all(&source))).await.unwrap();
        let tasks: Vec<_> = values.iter().cloned().map(|value| {
            let (m, caller) = (f.metastore.clone(), f.caller.clone());
            tokio::spawn(async move {
                for turn in 0..4 {
                    let (a, b) = if turn % 2 == 0 { ("t", "u") } else { ("u", "t") };
                    let specification = vec![("ds".to_owned(), value.clone())];
                    let request = PartitionsExchange { specification, source: at(a), target: at(b) };
                    m.partitions_exchange(&caller, &request).await.unwrap();
                }
            })
        }).collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(names(&f, "t").await.len(), 8);
        assert!(names(&f, "u").await.is_empty());
        for partition in f.partition_list("t").await {
            assert!(path(partition.location().unwrap()).is_dir());
        }
        assert!(path(target.location().unwrap()).is_dir());
    }
}
