//! Whose a place is: what is made, moved and deleted, one after the other and amid others. The chaos test tries the same
//! at random.

use std::path::PathBuf;
use std::time::Duration;

use skep::catalog::{
    DatabaseDrop, PartitionRename, PartitionsDrop, PartitionsWhich, PlaceKept, TableAlter, TableCreate,
};
use skep::store::PlaceKind;
use skep_core::Kind;
use skep_core::table::{Database, Parameters, Table, TableType};

use super::fixture::{Field, at, field, field_again, table};
use super::partition_writes::{add, adding, days, names, partition, path};

impl Field {
    async fn place(&self, name: &str) -> PathBuf {
        path(self.metastore.table_get(&at(name)).await.unwrap().location().unwrap())
    }
    async fn fill(&self, name: &str) -> PathBuf {
        let file = self.place(name).await.join(format!("of-{name}"));
        std::fs::write(&file, name).unwrap();
        file
    }
    async fn placed(&self, name: &str, location: &str) -> Result<(), Kind> {
        let mut table = table(name, &[]);
        table.storage.as_mut().unwrap().location = Some(location.to_owned());
        let request = TableCreate { table, ..TableCreate::default() };
        self.metastore.table_create(&self.caller, request).await.map_err(|e| e.kind)
    }
    async fn gone(&self, name: &str) -> Vec<PlaceKept> {
        self.metastore.table_drop(&self.caller, &at(name), true, &Parameters::new()).await.unwrap()
    }
    async fn renamed(&self, from: &str, to: &str) -> Result<(), Kind> {
        let new = Table { name: to.into(), ..(*self.metastore.table_get(&at(from)).await.unwrap()).clone() };
        let request = TableAlter { at: at(from), new, environment: Parameters::new(), cascade: false, expected: None };
        self.metastore.table_alter(&self.caller, request).await.map_err(|e| e.kind)
    }
    async fn moved_to(&self, name: &str, location: &str) {
        let mut new = (*self.metastore.table_get(&at(name)).await.unwrap()).clone();
        new.storage.as_mut().unwrap().location = Some(location.to_owned());
        let request = TableAlter { at: at(name), new, environment: Parameters::new(), cascade: false, expected: None };
        self.metastore.table_alter(&self.caller, request).await.unwrap();
    }
    /// Nothing is left to be done, nor held.
    async fn settled(&self) {
        let tasks = self.metastore.file_tasks().await.unwrap();
        assert_eq!((tasks.deletions, tasks.moves), (0, 0));
    }
}

fn uri(path: &std::path::Path) -> String {
    format!("file:{}", path.display())
}

fn dropping(table: &str, names: &[&str]) -> PartitionsDrop {
    PartitionsDrop {
        at: at(table),
        which: PartitionsWhich::Names(names.iter().map(|n| (*n).to_owned()).collect()),
        delete_data: true,
        if_exists: false,
        ignore_protection: false,
        environment: Parameters::new(),
    }
}

store_cases! {
    async fn what_two_have_goes_with_the_last(t: &TestStore) {
        let f = field(t, |_| ()).await;
        f.table("a", &[]).await;
        let data = f.fill("a").await;
        let place = data.parent().unwrap();
        f.placed("b", &uri(place)).await.unwrap();
        f.placed("inner", &uri(&place.join("x/inner"))).await.unwrap();
        let inner = f.fill("inner").await;
        let kept = f.gone("a").await;
        assert!(kept.len() == 1 && kept[0].holder == "table hive.d.b", "{kept:?}");
        assert!(data.exists() && inner.exists());
        // All but what the other one has.
        let kept = f.gone("b").await;
        assert!(kept.len() == 1 && kept[0].holder == "table hive.d.inner", "{kept:?}");
        assert!(!data.exists() && inner.exists());
        assert!(f.gone("inner").await.is_empty());
        assert!(!inner.exists());
        f.settled().await;
        f.table("a", &[]).await;
        assert_eq!(f.place("a").await, place, "nobody has it any more");
    }

    async fn the_directory_of_a_database_is_not_a_tables_to_delete(t: &TestStore) {
        let f = field(t, |_| ()).await;
        f.table("c", &[]).await;
        let data = f.fill("c").await;
        let database = data.parent().unwrap().parent().unwrap();
        f.placed("e", &uri(database)).await.unwrap();
        assert_eq!(f.gone("e").await.len(), 1);
        assert!(data.exists());
        // Nor is one database's another's.
        let same = Database {
            catalog: "hive".into(), name: "g".into(), location: uri(database), ..Database::default()
        };
        f.metastore.database_create(&f.caller, same).await.unwrap();
        let how = DatabaseDrop { delete_data: true, ..DatabaseDrop::default() };
        let kept = f.metastore.database_drop(&f.caller, "hive", "g", how).await.unwrap();
        assert!(!kept.is_empty() && data.exists());
    }

    async fn a_database_goes_without_what_is_not_its_own(t: &TestStore) {
        let f = field(t, |_| ()).await;
        f.database("e").await;
        let e = path(&f.metastore.database_get("hive", "e").await.unwrap().location);
        let mut external = table("x", &[]);
        (external.database, external.table_type) = ("e".into(), TableType::External);
        external.parameters.insert("EXTERNAL".into(), "TRUE".into());
        let request = TableCreate { table: external, ..TableCreate::default() };
        f.metastore.table_create(&f.caller, request).await.unwrap();
        f.placed("guest", &uri(&e.join("guest"))).await.unwrap();
        let guest = f.fill("guest").await;
        for file in ["x/data", "rest"] {
            std::fs::write(e.join(file), "x").unwrap();
        }
        let how = DatabaseDrop { delete_data: true, cascade: true, ..DatabaseDrop::default() };
        let kept = f.metastore.database_drop(&f.caller, "hive", "e", how).await.unwrap();
        assert!(!kept.is_empty() && guest.exists(), "{kept:?}");
        assert!(e.join("x/data").exists() && !e.join("rest").exists());
    }

    async fn a_link_is_the_place_that_it_leads_to(t: &TestStore) {
        let f = field(t, |_| ()).await;
        f.table("a", &[]).await;
        let data = f.fill("a").await;
        let database = data.parent().unwrap().parent().unwrap().to_owned();
        let link = database.with_file_name("link");
        std::os::unix::fs::symlink(&database, &link).unwrap();
        f.placed("b", &uri(&link.join("a"))).await.unwrap();
        assert_eq!(f.gone("b").await.len(), 1);
        assert!(data.exists());
        let days = days(&f, "t", false).await;
        let mut linked = partition(&days, "a", "1");
        linked.storage.as_mut().unwrap().location = Some(uri(&link.join("a")));
        f.metastore.partitions_add(&f.caller, &adding(&days, vec![linked])).await.unwrap();
        let kept = f.gone("a").await;
        assert!(kept[0].holder.contains("ds=a/hr=1 of table hive.d.t") && data.exists(), "{kept:?}");
        f.metastore.partitions_drop(&f.caller, &dropping("t", &["ds=a/hr=1"])).await.unwrap();
        assert!(!data.exists(), "the last one");
    }

    async fn partitions_share_and_leave(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let days = days(&f, "t", false).await;
        let first = add(&f, &days, &[("a", "1")]).await.unwrap().remove(0);
        let place = path(first.location().unwrap());
        std::fs::write(place.join("data"), "x").unwrap();
        let mut second = partition(&days, "b", "1");
        second.storage.as_mut().unwrap().location = first.location().map(str::to_owned);
        f.metastore.partitions_add(&f.caller, &adding(&days, vec![second])).await.unwrap();
        let (_, kept) = f.metastore.partitions_drop(&f.caller, &dropping("t", &["ds=b/hr=1"])).await.unwrap();
        assert!(kept.len() == 1 && kept[0].holder.contains("ds=a/hr=1"), "{kept:?}");
        assert!(place.join("data").exists());
        f.metastore.table_truncate(&f.caller, &at("t"), None, &Parameters::new()).await.unwrap();
        assert!(!place.join("data").exists() && place.exists());
        f.settled().await;
    }

    async fn what_others_have_is_not_emptied(t: &TestStore) {
        let f = field(t, |_| ()).await;
        f.table("n", &[]).await;
        let data = f.fill("n").await;
        let days = days(&f, "t", false).await;
        let mut elsewhere = partition(&days, "a", "1");
        elsewhere.storage.as_mut().unwrap().location = Some(uri(data.parent().unwrap()));
        f.metastore.partitions_add(&f.caller, &adding(&days, vec![elsewhere])).await.unwrap();
        f.metastore.table_truncate(&f.caller, &at("t"), None, &Parameters::new()).await.unwrap();
        assert!(data.exists());
    }

    async fn a_rename_takes_the_directory_where_it_is_alone(t: &TestStore) {
        let f = field(t, |_| ()).await;
        f.table("a", &[]).await;
        let data = f.fill("a").await;
        f.renamed("a", "b").await.unwrap();
        let moved = f.place("b").await;
        assert!(moved.ends_with("b") && moved.join("of-a").exists() && !data.exists());
        f.settled().await;
        // What lies in it is somebody else's: it stays, with the directory.
        f.placed("guest", &uri(&moved.join("guest"))).await.unwrap();
        f.renamed("b", "c").await.unwrap();
        assert_eq!(f.place("c").await, moved);
        assert!(f.fill("guest").await.exists() && moved.join("of-a").exists());
        // The old name has a place of its own now.
        f.table("b", &[]).await;
        let other = f.place("b").await;
        assert!(other != moved && other.file_name().unwrap().to_str().unwrap().starts_with("b-"), "{}", other.display());
        f.gone("b").await;
        assert!(moved.join("of-a").exists());
        // And where something lies already, nothing goes.
        std::fs::create_dir_all(moved.with_file_name("full")).unwrap();
        f.table("p", &[]).await;
        assert_eq!(f.renamed("p", "full").await, Err(Kind::InvalidOperation));
        f.settled().await;
    }

    async fn a_rename_that_broke_off_is_taken_back(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let table = f.table("a", &[]).await;
        let data = f.fill("a").await;
        let (from, to) = (data.parent().unwrap().to_owned(), data.parent().unwrap().with_file_name("b"));
        // The node died after it had moved the directory, before its commit.
        let key = f.metastore.warehouse().place_key(&skep_core::Location::parse(&uri(&to)).unwrap()).await;
        let body = serde_json::json!({"kind": "move", "tables": [table.id], "at_ms": 0,
            "moves": [{"from": uri(&from), "to": uri(&to), "to_key": key}]});
        let mut txn = t.store.write().await.unwrap();
        let id = txn.file_task_insert(&body).await.unwrap();
        txn.place_insert_task(PlaceKind::Move, id, &[key]).await.unwrap();
        txn.places_crowd(&[table.id], &[]).await.unwrap();
        txn.commit().await.unwrap();
        std::fs::rename(&from, &to).unwrap();
        assert_eq!(f.metastore.file_tasks().await.unwrap().moves, 1);
        // Whoever comes first: one that drops it, another node, the sweeper.
        let other = field_again(t).await;
        assert!(data.exists() && !to.exists());
        other.settled().await;
        assert_eq!(f.metastore.tasks_sweep(Duration::ZERO).await.unwrap(), 0);
        f.gone("a").await;
        assert!(!from.exists());
    }

    async fn renamed_partitions_keep_their_data(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let days = days(&f, "t", true).await;
        let old = add(&f, &days, &[("a", "1")]).await.unwrap().remove(0);
        let place = path(old.location().unwrap());
        std::fs::write(place.join("data"), "x").unwrap();
        let rename = PartitionRename {
            at: at("t"),
            old_values: old.values.clone(),
            new: skep_core::partition::Partition { values: vec!["b".into(), "1".into()], ..old.clone() },
            environment: Parameters::new(),
        };
        f.metastore.partition_rename(&f.caller, &rename).await.unwrap();
        let again = add(&f, &days, &[("a", "1")]).await.unwrap().remove(0);
        assert_ne!(path(again.location().unwrap()), place, "it is the renamed one's");
        assert_eq!(names(&f, "t").await, ["ds=a/hr=1", "ds=b/hr=1"]);
        assert!(place.join("data").exists());
    }

    async fn an_earlier_version_keeps_its_data_from_others(t: &TestStore) {
        let f = field(t, |_| ()).await;
        f.table("a", &[]).await;
        let data = f.fill("a").await;
        let place = data.parent().unwrap().to_owned();
        f.moved_to("a", &uri(&place.with_file_name("elsewhere"))).await;
        f.placed("b", &uri(&place)).await.unwrap();
        let kept = f.gone("b").await;
        assert!(kept[0].holder == "an earlier version of table hive.d.a" && data.exists(), "{kept:?}");
        // By its name alone nobody gets it.
        f.renamed("a", "c").await.unwrap();
        f.table("a", &[]).await;
        assert_ne!(f.place("a").await, place);
    }

    async fn what_is_not_deleted_yet_is_nobodys(t: &TestStore) {
        let f = field(t, |_| ()).await;
        f.table("a", &[]).await;
        let data = f.fill("a").await;
        let place = data.parent().unwrap().to_owned();
        // The node died between its commit and the deletion.
        let mut txn = t.store.write().await.unwrap();
        let key = f.metastore.warehouse().place_key(&skep_core::Location::parse(&uri(&place)).unwrap()).await;
        let body = serde_json::json!({"kind": "delete", "places": [{"location": uri(&place), "keys": [key]}]});
        let id = txn.file_task_insert(&body).await.unwrap();
        let own = f.metastore.table_get(&at("a")).await.unwrap().id;
        txn.place_delete(PlaceKind::Table, own).await.unwrap();
        txn.place_insert_task(PlaceKind::Deletion, id, &[key]).await.unwrap();
        txn.commit().await.unwrap();
        f.metastore.table_drop(&f.caller, &at("a"), false, &Parameters::new()).await.unwrap();
        f.table("a", &[]).await;
        let fresh = f.fill("a").await;
        assert_ne!(fresh.parent().unwrap(), place);
        for named in [&place, &place.join("below")] {
            assert_eq!(f.placed("named", &uri(named)).await, Err(Kind::Meta));
        }
        // Other nodes leave it to its own for a minute; nobody else has seen it yet.
        assert_eq!(f.metastore.tasks_sweep(Duration::from_mins(1)).await.unwrap(), 0);
        assert!(data.exists());
        assert_eq!(f.metastore.tasks_sweep(Duration::ZERO).await.unwrap(), 1);
        assert!(!place.exists() && fresh.exists());
        f.settled().await;
        f.placed("named", &uri(&place)).await.unwrap();
    }

    async fn who_loses_leaves_the_winners_directory(t: &TestStore) {
        let f = field(t, |_| ()).await;
        for round in 0..20 {
            let name = format!("t{round}");
            let racers: Vec<_> = (0..4).map(|_| {
                let (m, caller, table) = (f.metastore.clone(), f.caller.clone(), table(&name, &[]));
                tokio::spawn(async move {
                    m.table_create(&caller, TableCreate { table, ..TableCreate::default() }).await.is_ok()
                })
            }).collect();
            let mut won = 0;
            for racer in racers {
                won += usize::from(racer.await.unwrap());
            }
            assert_eq!(won, 1);
            assert!(f.place(&name).await.is_dir(), "{name}");
        }
    }

    async fn racing_renames_and_drops_lose_nothing(t: &TestStore) {
        let f = field(t, |_| ()).await;
        for round in 0..15 {
            let (own, other) = (format!("own{round}"), format!("other{round}"));
            f.table(&own, &[]).await;
            let data = f.fill(&own).await;
            let call = |to: String| {
                let (m, caller, from) = (f.metastore.clone(), f.caller.clone(), own.clone());
                tokio::spawn(async move {
                    let new = Table { name: to, ..(*m.table_get(&at(&from)).await?).clone() };
                    let request = TableAlter {
                        at: at(&from), new, environment: Parameters::new(), cascade: false, expected: None,
                    };
                    m.table_alter(&caller, request).await
                })
            };
            let racers = [call(format!("x{round}")), call(format!("y{round}")), call(other)];
            let mut won = 0;
            for racer in racers {
                won += usize::from(racer.await.unwrap().is_ok());
            }
            assert_eq!(won, 1);
            let found = [format!("x{round}"), format!("y{round}"), format!("other{round}")];
            let mut there = Vec::new();
            for name in found {
                if f.metastore.table_get(&at(&name)).await.is_ok() {
                    there.push(f.place(&name).await);
                }
            }
            assert_eq!(there.len(), 1);
            assert!(there[0].join(data.file_name().unwrap()).exists(), "{there:?}");
        }
        f.settled().await;
    }
}
