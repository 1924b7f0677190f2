//! The notification log: numbers, content, firing, purging.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use skep::catalog::{
    Altered, Caller, Event, EventCount, EventDetail, EventFire, EventQuery, Fired, Metastore, TableAlter, TableCreate,
    TableRef,
};
use skep::store::{Change, NewEvent};
use skep_core::Kind;
use skep_core::partition::Partition;
use skep_core::table::{Column, Database, Parameters, Serde, Shape, Storage, Table};

const CHANGE: Change<'static> = Change { operation: "test", by: None };

pub fn at(table: &str) -> TableRef {
    TableRef::new("hive", "default", table)
}

fn column(name: &str, type_name: &str) -> Column {
    Column { name: name.into(), type_name: Some(type_name.into()), comment: None }
}

fn table(name: &str) -> Table {
    let serde = Serde { library: Some("org.example.Serde".into()), ..Serde::default() };
    let shape = Shape { columns: Some(vec![column("a", "int")]), serde: Some(serde), ..Shape::default() };
    Table {
        catalog: "hive".into(),
        database: "default".into(),
        name: name.into(),
        owner: Some("ann".into()),
        create_time: 1_700_000_000,
        storage: Some(Storage { shape: Arc::new(shape), location: None }),
        partition_keys: vec![column("dt", "string"), column("h", "int")],
        ..Table::default()
    }
}

pub async fn table_make(metastore: &Metastore, name: &str) -> Table {
    let create = TableCreate { table: table(name), ..TableCreate::default() };
    metastore.table_create(&Caller::default(), create).await.unwrap();
    (*metastore.table_get(&at(name)).await.unwrap()).clone()
}

pub fn partition(table: &Table, hour: &str) -> Partition {
    let shape = table.storage.as_ref().unwrap().shape.clone();
    let name = format!("dt=2024-01-01/h={hour}");
    Partition {
        values: vec!["2024-01-01".into(), hour.into()],
        storage: Some(Storage { shape, location: Some(format!("{}/{name}", table.location().unwrap())) }),
        create_time: 1_700_000_000,
        name,
        ..Partition::default()
    }
}

/// Adds, changes or drops partitions of one version, with its event.
pub async fn commit(metastore: &Metastore, table: &Table, drop: &[&str], add: &[Partition], kind: &'static str) {
    let mut txn = metastore.store().write_table(table.id).await.unwrap();
    let version = txn.table_commit(table.id, None, CHANGE).await.unwrap();
    let drop: Vec<String> = drop.iter().map(|hour| format!("dt=2024-01-01/h={hour}")).collect();
    txn.partition_remove_many(table.id, version, &drop).await.unwrap();
    txn.partition_add_many(table.id, version, table.location(), add).await.unwrap();
    let partition = add.first().map(|p| p.name.clone());
    let event = NewEvent {
        kind,
        catalog: Some("hive"),
        database: Some("default"),
        table: Some(&table.name),
        version: Some((table.id, version)),
        body: &Altered { partition, ..Altered::default() },
    };
    txn.event_insert(&event).await.unwrap();
    txn.commit().await.unwrap();
}

pub async fn events(metastore: &Metastore, query: EventQuery) -> Vec<Event> {
    let mut all = Vec::new();
    let each = |event| {
        all.push(event);
        ControlFlow::Continue(())
    };
    metastore.event_list(&query, each).await.unwrap();
    all
}

async fn kinds(metastore: &Metastore, query: EventQuery) -> Vec<String> {
    events(metastore, query).await.into_iter().map(|event| event.kind).collect()
}

pub fn hours(partitions: &[Partition]) -> Vec<&str> {
    partitions.iter().map(|p| p.values[1].as_str()).collect()
}

/// A table's life: made, three partitions, one changed, one dropped, altered, dropped.
pub async fn life(metastore: &Metastore) -> Table {
    let table = table_make(metastore, "t").await;
    let three: Vec<Partition> = ["1", "2", "3"].iter().map(|hour| partition(&table, hour)).collect();
    commit(metastore, &table, &[], &three, "ADD_PARTITION").await;
    let mut second = partition(&table, "2");
    second.parameters.insert("numRows".into(), "7".into());
    commit(metastore, &table, &["2"], &[second], "ALTER_PARTITION").await;
    commit(metastore, &table, &["3"], &[], "DROP_PARTITION").await;
    let mut new = table.clone();
    new.parameters.insert("comment".into(), "with \"quotes\" and ünïcode".into());
    let alter = TableAlter { at: at("t"), new, environment: Parameters::new(), cascade: false, expected: None };
    metastore.table_alter(&Caller::default(), alter).await.unwrap();
    metastore.table_drop(&Caller::default(), &at("t"), true, &Parameters::new()).await.unwrap();
    table
}

catalog_cases! {
    async fn events_tell_of_the_versions_that_made_them(t: &TestMetastore) {
        let m = &t.metastore;
        life(m).await;
        let all = events(m, EventQuery::default()).await;
        assert_eq!(all.iter().map(|e| e.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
        let [made, added, changed, dropped, altered, gone] = &all[..] else { panic!("six events") };
        let EventDetail::Table(table) = &made.detail else { panic!("{made:?}") };
        assert_eq!((made.kind.as_str(), table.name.as_str()), ("CREATE_TABLE", "t"));
        let EventDetail::Partitions { partitions, .. } = &added.detail else { panic!("{added:?}") };
        assert_eq!(hours(partitions), ["1", "2", "3"]);
        let EventDetail::PartitionAltered { before, after, truncate, .. } = &changed.detail else { panic!() };
        assert_eq!((before.parameters.len(), after.parameters["numRows"].as_str(), *truncate), (0, "7", false));
        assert_eq!(before.location(), after.location());
        let EventDetail::Partitions { partitions, .. } = &dropped.detail else { panic!("{dropped:?}") };
        assert_eq!(hours(partitions), ["3"]);
        let EventDetail::TableAltered { before, after, .. } = &altered.detail else { panic!("{altered:?}") };
        assert!(!before.parameters.contains_key("comment") && after.parameters.contains_key("comment"));
        let EventDetail::Table(table) = &gone.detail else { panic!("{gone:?}") };
        assert!(table.parameters.contains_key("comment"), "as it was in the end");
    }

    async fn a_reader_chooses(t: &TestMetastore) {
        let m = &t.metastore;
        life(m).await;
        table_make(m, "u").await;
        let database = Database { catalog: "hive".into(), name: "d2".into(), ..Database::default() };
        m.database_create(&Caller::default(), database).await.unwrap();
        assert_eq!(m.event_last().await.unwrap(), 8);
        let all = EventQuery::default;
        assert_eq!(events(m, EventQuery { after: 6, ..all() }).await.len(), 2);
        assert_eq!(events(m, EventQuery { after: 2, limit: 3, ..all() }).await.last().unwrap().id, 5);
        assert_eq!(events(m, EventQuery { after: 8, ..all() }).await.len(), 0);
        let only = EventQuery { only: vec!["DROP_TABLE".into(), "CREATE_DATABASE".into()], ..all() };
        assert_eq!(kinds(m, only).await, ["DROP_TABLE", "CREATE_DATABASE"]);
        let skip = EventQuery { skip: vec!["CREATE_TABLE".into()], after: 4, ..all() };
        assert_eq!(kinds(m, skip).await, ["ALTER_TABLE", "DROP_TABLE", "CREATE_DATABASE"]);
        let place = EventQuery { database: Some("DEFAULT".into()), tables: vec!["U".into()], ..all() };
        assert_eq!(kinds(m, place).await, ["CREATE_TABLE"]);
        let other = EventQuery { catalog: Some("hive".into()), database: Some("d2".into()), limit: 5, ..all() };
        assert_eq!(kinds(m, other).await, ["CREATE_DATABASE"]);
        let count = EventCount { catalog: "hive".into(), database: "default".into(), ..EventCount::default() };
        assert_eq!(m.event_count(&count).await.unwrap(), 7);
        let some = EventCount { after: 2, up_to: Some(5), tables: vec!["t".into()], ..count.clone() };
        assert_eq!(m.event_count(&some).await.unwrap(), 3);
        assert_eq!(m.event_count(&EventCount { limit: 2, ..count }).await.unwrap(), 2);
    }

    async fn an_insert_names_its_partition_as_it_was_then(t: &TestMetastore) {
        let m = &t.metastore;
        let table = table_make(m, "t").await;
        commit(m, &table, &[], &[partition(&table, "1")], "ADD_PARTITION").await;
        let fired = Fired {
            files: vec!["file:/w/t/f###".into()],
            table_parameters: [("impala.events.catalogServiceId".to_owned(), "x".to_owned())].into(),
            ..Fired::default()
        };
        let of = |values: Option<&[&str]>| EventFire {
            at: at("t"),
            partition_values: values.map(|v| v.iter().map(|v| (*v).to_owned()).collect()),
            fired: fired.clone(),
        };
        assert_eq!(m.event_fire(&[of(None), of(Some(&["2024-01-01", "1"]))]).await.unwrap(), [3, 4]);
        let unknown = m.event_fire(&[of(None), of(Some(&["2024-01-01", "9"]))]).await.unwrap_err();
        assert_eq!((unknown.kind, m.event_last().await.unwrap()), (Kind::NotFound, 4), "all or none");
        let mut changed = partition(&table, "1");
        changed.parameters.insert("numRows".into(), "1".into());
        commit(m, &table, &["1"], &[changed], "ALTER_PARTITION").await;
        let all = events(m, EventQuery { only: vec!["INSERT".into()], ..EventQuery::default() }).await;
        let EventDetail::Fired { table, partition, fired } = &all[1].detail else { panic!("{all:?}") };
        assert_eq!(table.parameters["impala.events.catalogServiceId"], "x");
        assert_eq!((partition.as_ref().unwrap().parameters.len(), fired.files.len()), (0, 1));
        let EventDetail::Fired { partition: None, .. } = &all[0].detail else { panic!("{all:?}") };
        let refresh = EventFire { fired: Fired { refresh: Some(true), ..Fired::default() }, ..of(None) };
        assert_eq!(m.event_fire(&[refresh]).await.unwrap(), [6]);
        assert_eq!(kinds(m, EventQuery { after: 5, ..EventQuery::default() }).await, ["RELOAD"]);
    }

    async fn a_damaged_event_does_not_stop_its_readers(t: &TestMetastore) {
        let m = &t.metastore;
        let mut txn = m.store().write().await.unwrap();
        for kind in ["CREATE_TABLE", "ALTER_DATABASE", "INSERT", "SOMETHING_NEW"] {
            let event = NewEvent { kind, catalog: None, database: None, table: None, version: Some((77, 1)), body: &7 };
            txn.event_insert(&event).await.unwrap();
        }
        txn.commit().await.unwrap();
        assert_eq!(events(m, EventQuery::default()).await.len(), 4);
    }

    async fn numbers_have_no_gaps_while_writers_write_and_the_purge_runs(t: &TestMetastore) {
        let m = &t.metastore;
        t.clock.advance_ms(90_000_000);
        let writers = (0..4).map(|writer| {
            let m = m.clone();
            tokio::spawn(async move {
                for n in 0..5 {
                    table_make(&m, &format!("t{writer}_{n}")).await;
                }
            })
        });
        let writers = writers.collect::<Vec<_>>();
        let written = tokio::spawn(async move {
            for writer in writers {
                writer.await.unwrap();
            }
        });
        let (mut after, mut purged) = (0, 0);
        loop {
            let is_last = written.is_finished();
            let page = events(m, EventQuery { after, limit: 3, ..EventQuery::default() }).await;
            let ids: Vec<i64> = page.iter().map(|event| event.id).collect();
            assert!(ids.first().is_none_or(|first| *first == after + 1), "{ids:?} after {after}");
            assert!(ids.windows(2).all(|two| two[1] == two[0] + 1), "a hole within {ids:?}");
            after = ids.last().copied().unwrap_or(after);
            if is_last && ids.is_empty() {
                break;
            }
            if after == m.event_last().await.unwrap() {
                // What was written meanwhile may go unread with it.
                purged += m.events_purge().await.unwrap();
                after = after.max(i64::try_from(purged).unwrap());
            }
        }
        written.await.unwrap();
        purged += m.events_purge().await.unwrap();
        assert_eq!((after, purged), (20, 20), "each event once");
        assert_eq!(events(m, EventQuery::default()).await.len(), 0);
        table_make(m, "later").await;
        assert_eq!(events(m, EventQuery::default()).await[0].id, 21, "ids go on");
    }

    async fn retention_takes_what_nobody_can_ask_for(t: &TestMetastore) {
        let m = &t.metastore;
        let dropped = life(m).await;
        let table = table_make(m, "u").await;
        commit(m, &table, &[], &[partition(&table, "1"), partition(&table, "2")], "ADD_PARTITION").await;
        commit(m, &table, &["1"], &[], "DROP_PARTITION").await;
        commit(m, &table, &[], &[partition(&table, "3")], "ADD_PARTITION").await;
        // Versions have the database's time, so the clock is set past that.
        let day = 86_400_000;
        t.clock.set_ms(skep::clock::system_ms() + 29 * day);
        assert_eq!(m.versions_purge().await.unwrap(), 0);
        t.clock.advance_ms(3 * day);
        assert_eq!(m.versions_purge().await.unwrap(), 0, "events still tell of it");
        m.events_purge().await.unwrap();
        assert!(m.versions_purge().await.unwrap() > 0);
        let mut read = m.store().read().await.unwrap();
        assert!(read.table_at(dropped.id, 1).await.unwrap().is_none());
        let now = read.table_head("hive", "default", "u").await.unwrap().unwrap();
        assert_eq!((now.id, now.version), (table.id, 4));
        let left = read.partition_list(now.id, now.version, None).await.unwrap();
        assert_eq!(hours(&left), ["2", "3"]);
        assert_eq!(read.partition_removed_in(now.id, 3).await.unwrap().len(), 0);
        drop(read);
        assert_eq!(m.table_get(&at("u")).await.unwrap().name, "u");
        commit(m, &table, &["2"], &[], "DROP_PARTITION").await;
        assert_eq!(m.versions_purge().await.unwrap(), 0, "again nothing");
    }

    async fn partitions_are_marked(t: &TestMetastore) {
        let m = &t.metastore;
        table_make(m, "t").await;
        let values = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
        };
        let mine = values(&[("DT", "2024-01-01"), ("h", "1")]);
        m.partition_mark(&at("t"), &mine, 1).await.unwrap();
        m.partition_mark(&at("t"), &mine, 1).await.unwrap();
        assert!(m.partition_is_marked(&at("t"), &values(&[("dt", "2024-01-01"), ("h", "1")]), 1).await.unwrap());
        assert!(!m.partition_is_marked(&at("t"), &values(&[("dt", "2024-01-02"), ("h", "1")]), 1).await.unwrap());
        let unknown = m.partition_mark(&at("none"), &mine, 1).await.unwrap_err();
        assert_eq!(unknown.kind, Kind::UnknownTable);
        let short = m.partition_mark(&at("t"), &values(&[("dt", "2024-01-01")]), 1).await.unwrap_err();
        assert_eq!(short.kind, Kind::InvalidPartition);
        let wrong = m.partition_is_marked(&at("t"), &values(&[("dt", "x"), ("z", "1")]), 1).await.unwrap_err();
        assert_eq!(wrong.kind, Kind::InvalidPartition);
    }
}
