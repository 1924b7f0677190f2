//! Versions: what a restoration tells of itself and that it is all or nothing; what retention keeps, and what it leaves
//! behind.

use std::collections::HashSet;
use std::sync::Arc;

use skep::catalog::{
    AsOf, Caller, EventDetail, EventQuery, Expired, ExpiredQuery, Metastore, Settings, TableRef, VersionRestore,
    VersionSpan,
};
use skep_core::partition::Partition;
use skep_core::table::{Parameters, Table};
use skep_core::{Kind, Result};

use super::TestMetastore;
use super::events::{at, commit, events, hours, partition, table_make};

const DAY_MS: i64 = 86_400_000;

fn restore(version: i64) -> VersionRestore {
    VersionRestore { at: at("t"), version, redefine: false, checked: None, left: Arc::default() }
}

/// `t`, version 2: hours 1, 2, 3. Version 3: 2 is another one. Version 4: 3 is gone. Version 5: 4 is there.
async fn made(metastore: &Metastore) -> Table {
    let table = table_make(metastore, "t").await;
    let three: Vec<Partition> = ["1", "2", "3"].iter().map(|hour| partition(&table, hour)).collect();
    commit(metastore, &table, &[], &three, "ADD_PARTITION").await;
    let mut second = partition(&table, "2");
    second.parameters.insert("numRows".into(), "7".into());
    commit(metastore, &table, &["2"], &[second], "ALTER_PARTITION").await;
    commit(metastore, &table, &["3"], &[], "DROP_PARTITION").await;
    commit(metastore, &table, &[], &[partition(&table, "4")], "ADD_PARTITION").await;
    table
}

async fn then(metastore: &Metastore, version: i64) -> Result<Vec<Partition>> {
    let table = metastore.version_get(&at("t"), AsOf::Version(version)).await?;
    metastore.version_partitions(&table, "", 1_000).await
}

fn same(one: &[Partition], other: &[Partition]) -> bool {
    let of = |all: &[Partition]| -> Vec<Partition> { all.iter().map(|p| Partition { id: 0, ..p.clone() }).collect() };
    of(one) == of(other)
}

/// Past every event, and so many days more; what goes then.
async fn later(t: &TestMetastore, days: i64) -> u64 {
    // Versions have the database's time, so the clock is set past that.
    t.clock.set_ms(skep::clock::system_ms() + days * DAY_MS);
    t.metastore.events_purge().await.unwrap();
    t.metastore.versions_purge().await.unwrap()
}

async fn pin(metastore: &Metastore, version: i64) {
    let pinned = metastore.version_pin(&Caller::default(), &at("t"), AsOf::Version(version), Some("kept")).await;
    assert_eq!(pinned.unwrap(), version);
}

async fn listed(metastore: &Metastore) -> Vec<(i64, bool)> {
    let all = metastore.version_list(&at("t"), None, 100).await.unwrap();
    all.iter().map(|one| (one.version, one.is_pinned)).collect()
}

async fn expired(metastore: &Metastore) -> Vec<Expired> {
    metastore.expired_list(&ExpiredQuery { limit: 100, ..ExpiredQuery::default() }).await.unwrap().places
}

/// The place of an hour's partition, with a file in it.
fn data(table: &Table, hour: &str) -> std::path::PathBuf {
    let folder = partition(table, hour).location().unwrap().strip_prefix("file:").unwrap().to_owned();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(std::path::Path::new(&folder).join("f"), "data").unwrap();
    folder.into()
}

catalog_cases! {
    async fn a_restoration_tells_listeners_what_it_did(t: &TestMetastore) {
        let m = &t.metastore;
        made(m).await;
        let before = then(m, 2).await.unwrap();
        let last = m.event_last().await.unwrap();
        let done = m.version_restore(&Caller::default(), &restore(2)).await.unwrap();
        assert_eq!((done.version, done.came, done.went, done.changed, done.redefined), (6, 1, 1, 1, false));
        assert!(same(&then(m, 6).await.unwrap(), &before) && hours(&before) == ["1", "2", "3"]);
        let told: Vec<(String, String)> = events(m, EventQuery { after: last, ..EventQuery::default() })
            .await
            .into_iter()
            .map(|event| {
                let of = match event.detail {
                    EventDetail::Partitions { partitions, .. } => hours(&partitions).join(","),
                    EventDetail::PartitionAltered { before, after, .. } => {
                        let rows = |p: &Partition| p.parameters.get("numRows").cloned().unwrap_or_default();
                        format!("{}: {:?} -> {:?}", after.values[1], rows(&before), rows(&after))
                    }
                    other => format!("{other:?}"),
                };
                (event.kind, of)
            })
            .collect();
        let expected = [("ALTER_PARTITION", "2: \"7\" -> \"\""), ("DROP_PARTITION", "4"), ("ADD_PARTITION", "3")];
        let expected: Vec<(String, String)> = expected.map(|(kind, of)| (kind.to_owned(), of.to_owned())).into();
        assert_eq!(told, expected);
        assert_eq!(m.version_restore(&Caller::default(), &restore(2)).await.unwrap().version, 6, "nothing is left to do");
    }

    async fn a_restoration_that_fails_half_way_did_nothing(t: &TestMetastore) {
        let m = &t.metastore;
        let table = table_make(m, "t").await;
        let many: Vec<Partition> = (0..12_000).map(|hour| partition(&table, &format!("{hour:05}"))).collect();
        commit(m, &table, &[], &many, "ADD_PARTITION").await;
        let names: Vec<String> = many.iter().map(|p| p.values[1].clone()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        commit(m, &table, &names, &[partition(&table, "x")], "DROP_PARTITION").await;
        // All were looked at but the last: the writes before it are in the transaction by then.
        let mut rows: Vec<i64> = Vec::new();
        let mut plan = m.restore_plan(&at("t"), AsOf::Version(2), false).await.unwrap();
        loop {
            let steps = plan.next().await.unwrap();
            if steps.is_empty() {
                break;
            }
            rows.extend(steps.iter().filter_map(|step| step.restored.as_ref().map(|part| part.id)));
        }
        assert_eq!(rows.len(), 12_000);
        let last = m.event_last().await.unwrap();
        let half: HashSet<i64> = rows[..11_999].iter().copied().collect();
        let request = VersionRestore { checked: Some(Arc::new(half)), ..restore(2) };
        // As part of a shared write, so that it is not tried again.
        let tables = [at("t")];
        let failed = m.together("test", None, &tables, |within| {
            let request = request.clone();
            async move {
                within.version_restore(&Caller::default(), &request).await.map_err(|e| e.with_kind(Kind::InvalidOperation))?;
                Ok(Vec::new())
            }
        });
        assert!(failed.await.unwrap_err().message.contains("changed meanwhile"));
        assert_eq!(m.table_get(&at("t")).await.unwrap().version, 3);
        assert_eq!(hours(&then(m, 3).await.unwrap()), ["x"]);
        assert_eq!(m.event_last().await.unwrap(), last);
        let all = VersionRestore { checked: Some(Arc::new(rows.into_iter().collect())), ..restore(2) };
        let done = m.version_restore(&Caller::default(), &all).await.unwrap();
        assert_eq!((done.came, done.went, done.version), (12_000, 1, 4));
        let span = |from, to| VersionSpan { table_id: table.id, from, to };
        let came = m.version_changes(&at("t"), span(2, 4), true, ("", 20_000)).await.unwrap();
        let went = m.version_changes(&at("t"), span(2, 4), false, ("", 20_000)).await.unwrap();
        assert_eq!((came.len(), went.len()), (12_000, 12_000), "rows are others, as ever");
    }

    async fn what_is_pinned_stays_whole(t: &TestMetastore) {
        let m = &t.metastore;
        let table = made(m).await;
        let before = then(m, 2).await.unwrap();
        pin(m, 2).await;
        pin(m, 2).await;
        assert!(later(t, 40).await > 0);
        assert_eq!(listed(m).await, [(5, false), (2, true)]);
        assert!(same(&then(m, 2).await.unwrap(), &before), "all of it");
        // The entry of version 1 is still there, for its definition: that does not make it whole.
        for gone in [1, 3, 4] {
            let error = then(m, gone).await.unwrap_err();
            assert!(error.kind == Kind::NotFound && error.message.contains("past retention"), "{}", error.message);
            assert_eq!(m.version_restore(&Caller::default(), &restore(gone)).await.unwrap_err().kind, Kind::NotFound);
        }
        let span = VersionSpan { table_id: table.id, from: 3, to: 5 };
        assert_eq!(m.version_changes(&at("t"), span, true, ("", 10)).await.unwrap_err().kind, Kind::NotFound);
        let moment = AsOf::TimeMs(skep::clock::system_ms() - 3_600_000);
        assert_eq!(m.version_get(&at("t"), moment).await.unwrap_err().kind, Kind::NotFound);
        assert_eq!(later(t, 41).await, 0, "again nothing");

        m.version_restore(&Caller::default(), &restore(2)).await.unwrap();
        assert!(same(&then(m, 6).await.unwrap(), &before), "a pinned version can be restored for ever");
        let late = m.version_pin(&Caller::default(), &at("t"), AsOf::Version(3), None).await;
        assert_eq!(late.unwrap_err().kind, Kind::NotFound, "too late");
        m.version_unpin(&at("t"), 2).await.unwrap();
        assert_eq!(m.version_unpin(&at("t"), 2).await.unwrap_err().kind, Kind::NotFound);
        assert!(later(t, 41).await > 0);
        assert_eq!(then(m, 2).await.unwrap_err().kind, Kind::NotFound);
        assert_eq!(hours(&then(m, 6).await.unwrap()), ["1", "2", "3"], "the current one is never touched");
    }

    async fn places_that_nobody_has_are_told_of_and_deleted_on_command(t: &TestMetastore) {
        let m = &t.metastore;
        let table = made(m).await;
        let folders = ["1", "3", "4"].map(|hour| data(&table, hour));
        assert!(expired(m).await.is_empty());
        later(t, 40).await;
        let found = expired(m).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].place.partition.as_str(), found[0].files, found[0].bytes), ("dt=2024-01-01/h=3", Some(1), Some(4)));
        assert_eq!((found[0].place.table.as_str(), &found[0].kept), ("hive.default.t", &None));

        // Another table has it: below, around or there.
        let lower = table_make(m, "u").await;
        let mut there = partition(&lower, "9");
        let location = |text: &str| format!("file:{}{text}", folders[1].display());
        for place in [location(""), location("/deeper"), location("/..")] {
            there.storage.as_mut().unwrap().location = Some(skep::warehouse::Location::parse(&place).unwrap().to_string());
            commit(m, &lower, &["9"], &[there.clone()], "ADD_PARTITION").await;
            assert!(expired(m).await.is_empty(), "{place}");
            let looked = ExpiredQuery { limit: 100, ..ExpiredQuery::default() };
            let looked = m.expired_look(&looked).await.unwrap();
            let mut within = looked.clone();
            within.places.retain(|one| one.place.id < 0);
            assert!(m.expired_delete(&within).await.unwrap().places.is_empty());
            assert!(folders[1].exists());
        }
        m.table_drop(&Caller::default(), &at("u"), false, &Parameters::new()).await.unwrap();
        assert_eq!(expired(m).await.len(), 1);

        let query = ExpiredQuery { table: Some(at("t")), limit: 100, ..ExpiredQuery::default() };
        let other = ExpiredQuery { table: Some(TableRef::new("hive", "default", "none")), ..query.clone() };
        assert!(m.expired_list(&other).await.unwrap().places.is_empty());
        let looked = m.expired_look(&query).await.unwrap();
        assert!(folders[1].exists(), "looking deletes nothing");
        assert_eq!(m.expired_delete(&looked).await.unwrap().places.len(), 1);
        assert_eq!(folders.map(|folder| folder.exists()), [true, false, true]);
        assert!(expired(m).await.is_empty());
    }

    async fn what_came_back_is_not_expired(t: &TestMetastore) {
        let m = &t.metastore;
        let table = made(m).await;
        let folder = data(&table, "3");
        later(t, 40).await;
        assert_eq!(expired(m).await.len(), 1);
        // Somebody registers it again: it is in use, and so not to be deleted, even by who looked before.
        let looked = m.expired_look(&ExpiredQuery { limit: 100, ..ExpiredQuery::default() }).await.unwrap();
        commit(m, &table, &[], &[partition(&table, "3")], "ADD_PARTITION").await;
        assert!(expired(m).await.is_empty());
        assert!(m.expired_delete(&looked).await.unwrap().places.is_empty() && folder.exists());
        // Dropped with its data: nothing is left to be told of.
        commit(m, &table, &["3"], &[], "DROP_PARTITION").await;
        std::fs::remove_dir_all(&folder).unwrap();
        later(t, 80).await;
        assert!(expired(m).await.is_empty());
    }

    async fn a_dropped_tables_places_are_told_of(t: &TestMetastore) {
        let m = &t.metastore;
        let table = made(m).await;
        let folder = data(&table, "1");
        m.table_drop(&Caller::default(), &at("t"), false, &Parameters::new()).await.unwrap();
        assert!(expired(m).await.is_empty());
        later(t, 40).await;
        let found: Vec<String> = expired(m).await.into_iter().map(|one| one.place.partition).collect();
        assert_eq!(found, ["dt=2024-01-01/h=1", ""]);
        let all = ExpiredQuery { limit: 100, ..ExpiredQuery::default() };
        m.expired_delete(&m.expired_look(&all).await.unwrap()).await.unwrap();
        assert!(!folder.exists() && expired(m).await.is_empty());
    }
}

/// A metastore with settings of its own.
async fn with(store: crate::backend::TestStore, change: impl FnOnce(&mut Settings)) -> TestMetastore {
    let mut settings = Settings::default();
    change(&mut settings);
    TestMetastore::with(store, settings).await
}

async fn counted(t: TestMetastore) {
    let m = &t.metastore;
    made(m).await;
    assert_eq!(m.versions_purge().await.unwrap(), 0, "events tell of them, and it is the same day");
    assert!(later(&t, 2).await > 0);
    assert_eq!(listed(m).await, [(5, false), (4, false)], "though younger than the retention");
    assert_eq!(hours(&then(m, 4).await.unwrap()), ["1", "2"]);
    assert_eq!(then(m, 3).await.unwrap_err().kind, Kind::NotFound);
}

async fn at_least(t: TestMetastore) {
    let m = &t.metastore;
    made(m).await;
    later(&t, 40).await;
    assert_eq!(listed(m).await, [(5, false), (4, false), (3, false)], "though older than the retention");
    assert_eq!(hours(&then(m, 3).await.unwrap()), ["1", "2", "3"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_are_counted() {
    for store in [crate::backend::sqlite().await, crate::backend::postgres().await] {
        counted(with(store, |settings| settings.versions_max = 2).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_many_stay_however_old() {
    for store in [crate::backend::sqlite().await, crate::backend::postgres().await] {
        at_least(with(store, |settings| settings.versions_min = 3).await).await;
    }
}
