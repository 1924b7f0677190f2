//! Event logs in the catalog: every order of partitions that come, compactions that begin and end, and rollbacks.

use std::sync::Arc;

use skep::catalog::{
    Caller, CompactionBegin, CompactionCommit, CompactionState, CompactionWork, LogAlter, LogCreate, LogOutcome,
    Metastore, PartitionsAdd, PartitionsDrop, PartitionsWhich, SnapshotsExpire, TableAlter, TableCreate, TableRef,
};
use skep_core::event_log::{EventLog, EventTime, LATE_MAX, Operation};
use skep_core::partition::Partition;
use skep_core::table::{Column, Parameters, Serde, Shape, Storage, Table, TableType};
use skep_core::{Kind, Result};

use crate::backend::TestStore;
use crate::store_suite::fixture::{Field, at, field};

fn columns(all: &[(&str, &str)]) -> Vec<Column> {
    let column =
        |(name, kind): &(&str, &str)| Column { name: (*name).into(), type_name: Some((*kind).into()), comment: None };
    all.iter().map(column).collect()
}

fn log() -> EventLog {
    EventLog {
        keys: vec!["id".into()],
        order: vec!["seq".into()],
        is_order_total: true,
        operation: Some(Operation { column: "op".into(), deletes: vec!["D".into()] }),
        snapshot_table: "events_snapshots".into(),
        view: "latest".into(),
        trino_catalog: Some("hive".into()),
        compacted_view: None,
        tombstones_ms: None,
    }
}

fn parquet() -> Shape {
    Shape {
        columns: Some(columns(&[("id", "bigint"), ("op", "string"), ("seq", "bigint"), ("at", "timestamp")])),
        input_format: Some("org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat".into()),
        serde: Some(Serde::default()),
        ..Shape::default()
    }
}

/// A log `d.events` by day, with these days.
pub(super) async fn make(store: &TestStore, days: &[&str]) -> Field {
    let field = field(store, |_| {}).await;
    let table = Table {
        catalog: "hive".into(),
        database: "d".into(),
        name: "events".into(),
        storage: Some(Storage { shape: Arc::new(parquet()), location: None }),
        partition_keys: columns(&[("day", "string")]),
        table_type: TableType::External,
        parameters: [("EXTERNAL".to_owned(), "TRUE".to_owned())].into(),
        ..Table::default()
    };
    let create = TableCreate { table, ..TableCreate::default() };
    field.metastore.table_create(&field.caller, create).await.unwrap();
    for day in days {
        add(&field, day).await.unwrap();
    }
    let request = LogCreate { at: at("events"), log: log(), snapshot_location: None };
    field.metastore.log_create(&field.caller, &request).await.unwrap();
    field
}

pub(super) async fn add(field: &Field, day: &str) -> Result<()> {
    let storage = Some(Storage { shape: Arc::new(parquet()), location: None });
    let partition = Partition { values: vec![day.into()], storage, ..Partition::default() };
    let request = PartitionsAdd {
        at: at("events"),
        partitions: vec![partition],
        if_not_exists: false,
        columns_of_table: false,
        environment: Parameters::new(),
        statistics: Vec::new(),
    };
    field.metastore.partitions_add(&field.caller, &request).await.map(drop)
}

pub(super) async fn remove(field: &Field, table: &str, name: &str) -> Result<()> {
    let request = PartitionsDrop {
        at: at(table),
        which: PartitionsWhich::Names(vec![name.into()]),
        delete_data: false,
        if_exists: false,
        ignore_protection: true,
        environment: Parameters::new(),
    };
    field.metastore.partitions_drop(&field.caller, &request).await.map(drop)
}

fn all_sealed() -> CompactionBegin {
    CompactionBegin { at: at("events"), holder: "test".into(), ttl_ms: 60_000, up_to: None, seal: false }
}

async fn begin_with(metastore: &Metastore, begin: &CompactionBegin) -> Result<Option<CompactionWork>> {
    let Some(begun) = metastore.compaction_begin(begin).await? else { return Ok(None) };
    match metastore.compaction_state(&at("events"), begun.token).await? {
        CompactionState::Open(work) => Ok(Some(*work)),
        CompactionState::Committed(snapshot) => panic!("{snapshot:?} is there already"),
    }
}

async fn begin(metastore: &Metastore) -> Result<Option<CompactionWork>> {
    begin_with(metastore, &all_sealed()).await
}

async fn commit(metastore: &Metastore, work: &CompactionWork) -> Result<String> {
    let commit = CompactionCommit {
        at: at("events"),
        token: work.compaction.token,
        files: Vec::new(),
        blocks: Vec::new(),
        rows: 3,
        bytes: 100,
    };
    metastore.compaction_commit(&Caller::default(), &commit).await.map(|snapshot| snapshot.id)
}

pub(super) async fn compact(field: &Field) -> String {
    let work = begin(&field.metastore).await.unwrap().unwrap();
    commit(&field.metastore, &work).await.unwrap()
}

/// What the view's text reads of the log: a model of its condition over the partitions that there are, and the snapshot.
pub(super) async fn view(field: &Field) -> (Option<String>, Vec<String>) {
    let table = field.metastore.table_get(&at("latest")).await.unwrap();
    let text = table.view_expanded_text.clone().unwrap();
    assert!(table.view_original_text.as_ref().unwrap().starts_with("/* Presto View: "));
    let quoted = |after: &str| -> Vec<String> {
        text.match_indices(after)
            .map(|(at, _)| text[at + after.len()..].split('\'').next().unwrap().to_owned())
            .collect()
    };
    let snapshot = quoted("`snapshot_id` = '").pop();
    let after = quoted("`day` > '").pop();
    // One late partition is named by `=`, several by `IN`.
    let many = text.split_once("`day` IN (").map_or("", |(_, rest)| rest.split(')').next().unwrap());
    let many = many.split(", ").map(|one| one.trim_matches('\'').to_owned());
    let late: Vec<String> = quoted("`day` = '").into_iter().chain(many).collect();
    let log = field.metastore.table_get(&at("events")).await.unwrap();
    let all = field.metastore.version_partitions(&log, "", 10_000).await.unwrap();
    let days = all.into_iter().map(|p| p.values[0].clone());
    (snapshot, days.filter(|day| after.as_ref().is_none_or(|after| day > after) || late.contains(day)).collect())
}

pub(super) fn days(range: std::ops::RangeInclusive<u32>) -> Vec<String> {
    range.map(|n| format!("2024-01-{n:02}")).collect()
}

store_cases! {
    async fn a_view_shows_the_snapshot_and_what_came_since(store: &TestStore) {
        let field = make(store, &["2024-01-01", "2024-01-02", "2024-01-03"]).await;
        assert_eq!(view(&field).await, (None, days(1..=3)));
        // The newest partition may still grow: it is not sealed.
        let first = compact(&field).await;
        assert_eq!(view(&field).await, (Some(first), days(3..=3)));
        add(&field, "2024-01-04").await.unwrap();
        assert_eq!(view(&field).await.1, days(3..=4));
        assert!(compact(&field).await.ends_with('2'));
        assert_eq!(view(&field).await.1, days(4..=4));
        assert!(begin(&field.metastore).await.unwrap().is_none(), "nothing is sealed since");
    }

    async fn what_comes_late_is_in_the_view_at_once_and_folded_in_later(store: &TestStore) {
        let field = make(store, &["2024-01-02", "2024-01-04", "2024-01-05"]).await;
        compact(&field).await;
        add(&field, "2024-01-01").await.unwrap();
        assert_eq!(view(&field).await.1, ["2024-01-01", "2024-01-05"]);
        // Late while a compaction runs that does not read it.
        let work = begin(&field.metastore).await.unwrap().unwrap();
        assert_eq!(work.input.partitions.len(), 1);
        assert!(work.hive_query.contains("'2024-01-01'") && !work.hive_query.contains("'2024-01-05'"));
        add(&field, "2024-01-03").await.unwrap();
        assert_eq!(view(&field).await.1, ["2024-01-01", "2024-01-03", "2024-01-05"]);
        commit(&field.metastore, &work).await.unwrap();
        assert_eq!(view(&field).await.1, ["2024-01-03", "2024-01-05"]);
        compact(&field).await;
        assert_eq!(view(&field).await.1, ["2024-01-05"]);
    }

    async fn rolling_back_loses_nothing(store: &TestStore) {
        let field = make(store, &["2024-01-01", "2024-01-03", "2024-01-04"]).await;
        let first = compact(&field).await;
        add(&field, "2024-01-02").await.unwrap();
        add(&field, "2024-01-05").await.unwrap();
        let second = compact(&field).await;
        assert_eq!(view(&field).await, (Some(second.clone()), days(5..=5)));
        field.metastore.log_rollback(&field.caller, &at("events"), Some(&first)).await.unwrap();
        assert_eq!(view(&field).await, (Some(first.clone()), ["2024-01-02", "2024-01-04", "2024-01-05"].map(String::from).to_vec()));
        field.metastore.log_rollback(&field.caller, &at("events"), None).await.unwrap();
        assert_eq!(view(&field).await, (None, days(1..=5)));
        field.metastore.log_rollback(&field.caller, &at("events"), Some(&second)).await.unwrap();
        assert_eq!(view(&field).await, (Some(second), days(5..=5)));
        let unknown = field.metastore.log_rollback(&field.caller, &at("events"), Some("s9")).await.unwrap_err();
        assert_eq!(unknown.kind, Kind::NotFound);
    }

    async fn only_the_last_compaction_wins(store: &TestStore) {
        let field = make(store, &["2024-01-01", "2024-01-02"]).await;
        let old = begin(&field.metastore).await.unwrap().unwrap();
        let held = begin(&field.metastore).await.unwrap_err();
        assert!(held.kind == Kind::InvalidOperation && held.message.contains("by test"), "{held}");
        field.metastore.compaction_give_up(&at("events"), old.compaction.token, Some("why")).await.unwrap();
        let new = begin(&field.metastore).await.unwrap().unwrap();
        let stale = commit(&field.metastore, &old).await.unwrap_err();
        assert!(stale.message.contains("overtaken by compaction 2 of test"), "{stale}");
        assert!(field.metastore.compaction_heartbeat(&at("events"), old.compaction.token, 1_000).await.is_err());
        field.metastore.compaction_heartbeat(&at("events"), new.compaction.token, 1_000).await.unwrap();
        let made = commit(&field.metastore, &new).await.unwrap();
        // The same commit, a hundred times more: one effect.
        let version = field.metastore.table_get(&at("latest")).await.unwrap().version;
        for _ in 0..100 {
            assert_eq!(commit(&field.metastore, &new).await.unwrap(), made);
        }
        assert_eq!(field.metastore.table_get(&at("latest")).await.unwrap().version, version);
        assert_eq!(field.metastore.log_get(&at("events")).await.unwrap().snapshots.len(), 1);
    }

    async fn what_a_snapshot_has_is_not_taken_out_of_it(store: &TestStore) {
        let field = make(store, &["2024-01-01", "2024-01-02", "2024-01-03"]).await;
        let work = begin(&field.metastore).await.unwrap().unwrap();
        remove(&field, "events", "day=2024-01-02").await.unwrap();
        let changed = commit(&field.metastore, &work).await.unwrap_err();
        assert!(changed.message.contains("day=2024-01-02"), "{changed}");
        field.metastore.compaction_give_up(&at("events"), work.compaction.token, None).await.unwrap();
        let snapshot = compact(&field).await;
        let refused = remove(&field, "events", "day=2024-01-01").await.unwrap_err();
        assert!(refused.message.contains(&snapshot), "{refused}");
        remove(&field, "events", "day=2024-01-03").await.unwrap();
        let of_snapshots = remove(&field, "events_snapshots", &format!("snapshot_id={snapshot}")).await;
        assert_eq!(of_snapshots.unwrap_err().kind, Kind::InvalidOperation);
        for table in ["events", "events_snapshots", "latest"] {
            let refused = field.metastore.table_drop(&field.caller, &at(table), true, &Parameters::new()).await;
            assert!(refused.unwrap_err().message.contains("event log d.events"), "{table}");
        }
        assert_eq!(add(&field, "__HIVE_DEFAULT_PARTITION__").await.unwrap_err().kind, Kind::InvalidObject);
    }

    async fn columns_that_the_log_gets_are_in_all_of_it(store: &TestStore) {
        let field = make(store, &["2024-01-01", "2024-01-02"]).await;
        compact(&field).await;
        let alter = async |change: &dyn Fn(&mut Vec<Column>)| {
            let mut new = (*field.metastore.table_get(&at("events")).await.unwrap()).clone();
            let shape = Arc::make_mut(&mut new.storage.as_mut().unwrap().shape);
            change(shape.columns.as_mut().unwrap());
            let alter = TableAlter { at: at("events"), new, environment: Parameters::new(), cascade: false, expected: None };
            field.metastore.table_alter(&field.caller, alter).await
        };
        assert!(alter(&|columns| drop(columns.remove(0))).await.is_err());
        alter(&|all| all.extend(columns(&[("extra", "string")]))).await.unwrap();
        let last = async |table: &str| {
            let found: Arc<Table> = field.metastore.table_get(&TableRef::new("hive", "d", table)).await.unwrap();
            found.columns().last().unwrap().name.clone()
        };
        assert_eq!([last("events").await, last("events_snapshots").await, last("latest").await], ["extra"; 3]);
        let text = field.metastore.table_get(&at("latest")).await.unwrap().view_expanded_text.clone().unwrap();
        assert!(text.contains("`events_snapshots`.`extra`") && text.contains("`events`.`extra`"), "{text}");
    }

    async fn too_many_late_partitions_move_the_base_back(store: &TestStore) {
        let field = make(store, &["2024-01-01", "2024-06-01", "2024-07-01"]).await;
        let first = compact(&field).await;
        for n in 0..=LATE_MAX {
            add(&field, &format!("2024-02-{n:03}")).await.unwrap();
        }
        let (snapshot, read) = view(&field).await;
        assert_eq!((snapshot, read.len()), (None, LATE_MAX + 4));
        compact(&field).await;
        assert_eq!(view(&field).await.1, ["2024-07-01"]);
        let back = field.metastore.log_rollback(&field.caller, &at("events"), Some(&first)).await.unwrap_err();
        assert!(back.message.contains("came late"), "{back}");
    }

    async fn snapshots_expire_but_never_what_is_shown(store: &TestStore) {
        let field = make(store, &["2024-01-01", "2024-01-02"]).await;
        let mut made = vec![compact(&field).await];
        for day in 3..6 {
            add(&field, &format!("2024-01-{day:02}")).await.unwrap();
            made.push(compact(&field).await);
        }
        field.metastore.log_rollback(&field.caller, &at("events"), Some(&made[1])).await.unwrap();
        field.metastore.snapshot_pin(&at("events"), &made[0], true).await.unwrap();
        let expire = |dry_run| SnapshotsExpire { at: at("events"), keep: 1, before_ms: i64::MAX, reader_grace_ms: 0, delete_files: false, dry_run };
        let planned = field.metastore.snapshots_expire(&field.caller, &expire(true)).await.unwrap();
        let gone = field.metastore.snapshots_expire(&field.caller, &expire(false)).await.unwrap();
        assert_eq!(planned, gone);
        assert_eq!(gone.iter().map(|(one, _)| one.id.clone()).collect::<Vec<_>>(), [made[2].clone()]);
        assert!(gone[0].1.contains(&format!("/events_snapshots/{}-", made[2])), "{gone:?}");
        let left = field.metastore.log_get(&at("events")).await.unwrap();
        assert_eq!(left.snapshots.len(), 3);
    }

    async fn a_compaction_that_stops_early_takes_all_that_came_late(store: &TestStore) {
        let field = make(store, &["2024-01-01", "2024-01-04", "2024-01-06", "2024-01-07"]).await;
        compact(&field).await;
        add(&field, "2024-01-02").await.unwrap();
        add(&field, "2024-01-05").await.unwrap();
        add(&field, "2024-01-08").await.unwrap();
        let early = CompactionBegin { up_to: Some(vec!["2024-01-03".into()]), ..all_sealed() };
        let work = begin_with(&field.metastore, &early).await.unwrap().unwrap();
        let read: Vec<&str> = work.input.partitions.iter().map(|p| p.values[0].as_str()).collect();
        assert_eq!(read, ["2024-01-02", "2024-01-05"]);
        commit(&field.metastore, &work).await.unwrap();
        assert_eq!(view(&field).await.1, ["2024-01-07", "2024-01-08"]);
    }

    async fn what_became_of_compactions_is_remembered(store: &TestStore) {
        let field = make(store, &["2024-01-01", "2024-01-02"]).await;
        let given_up = begin(&field.metastore).await.unwrap().unwrap();
        field.metastore.compaction_give_up(&at("events"), given_up.compaction.token, Some("full disk")).await.unwrap();
        let dead = CompactionBegin { ttl_ms: 1_000, ..all_sealed() };
        let dead = begin_with(&field.metastore, &dead).await.unwrap().unwrap();
        field.clock.advance_ms(2_000);
        let won = begin(&field.metastore).await.unwrap().unwrap();
        assert_ne!(won.compaction.location, dead.compaction.location);
        commit(&field.metastore, &won).await.unwrap();
        let stale = commit(&field.metastore, &dead).await.unwrap_err();
        assert!(stale.message.contains("expired; snapshot s00000003 is from compaction 3"), "{stale}");
        let ended = field.metastore.log_get(&at("events")).await.unwrap().ended;
        let told: Vec<_> = ended.iter().map(|one| (one.token, one.outcome, one.reason.as_deref())).collect();
        assert_eq!(
            told,
            [(1, LogOutcome::Aborted, Some("full disk")), (2, LogOutcome::Expired, None), (3, LogOutcome::Committed, None)]
        );
        let none = field.metastore.compactions_clean(&field.caller, &at("events"), &[3], false).await.unwrap_err();
        assert_eq!(none.kind, Kind::InvalidOperation);
        let cleaned = field.metastore.compactions_clean(&field.caller, &at("events"), &[], true).await.unwrap();
        assert_eq!(cleaned.iter().map(|one| one.location.clone()).collect::<Vec<_>>(), [given_up, dead].map(|w| w.compaction.location));
        assert_eq!(field.metastore.log_get(&at("events")).await.unwrap().ended.len(), 1);
    }

    async fn the_lag_is_what_the_view_reads_beside_the_snapshot(store: &TestStore) {
        let field = make(store, &["2024-01-01", "2024-01-03"]).await;
        let lag = async || {
            let record = field.metastore.log_get(&at("events")).await.unwrap();
            field.metastore.log_lag(&at("events"), &record).await.unwrap()
        };
        assert_eq!((lag().await.partitions, lag().await.untold, lag().await.snapshot_age_ms), (2, 2, 0));
        let first = compact(&field).await;
        add(&field, "2024-01-02").await.unwrap();
        compact(&field).await;
        add(&field, "2023-12-31").await.unwrap();
        assert_eq!((lag().await.partitions, lag().await.newest.as_deref()), (2, Some("day=2024-01-03")));
        let diff = field.metastore.snapshot_diff(&at("events"), &first, "").await.unwrap();
        assert_eq!(diff.partitions, ["day=2024-01-02"]);
        let all = field.metastore.snapshot_diff(&at("events"), "", "").await.unwrap();
        assert_eq!(all.partitions, ["day=2024-01-01", "day=2024-01-02"]);
        assert!(diff.hive_query.contains(" EXCEPT ") && !all.hive_query.contains("EXCEPT"), "{}", diff.hive_query);
    }

    async fn a_compacted_view_shows_the_last_snapshot_alone(store: &TestStore) {
        let field = make(store, &["2024-01-01", "2024-01-02"]).await;
        let events = at("events");
        let alter = async |name: Option<&str>| {
            let alter = LogAlter { compacted_view: Some(name.map(str::to_owned)), tombstones_ms: None };
            field.metastore.log_alter(&field.caller, &events, &alter).await
        };
        let text = async |name: &str| {
            let view = field.metastore.table_get(&at(name)).await.unwrap();
            let shown = view.parameters["skep.event_log.snapshot"].clone();
            let text = view.view_expanded_text.clone().unwrap();
            assert!(text.contains(&format!("`snapshot_id` = '{shown}'")), "{text}");
            (shown, view.version, text)
        };
        assert_eq!(alter(Some("latest")).await.unwrap_err().kind, Kind::AlreadyExists);
        assert_eq!(alter(Some("../x")).await.unwrap_err().kind, Kind::InvalidObject);
        alter(Some("Compacted")).await.unwrap();
        assert_eq!(text("compacted").await.0, "", "no rows before there is a snapshot");
        let first = compact(&field).await;
        let (shown, version, sql) = text("compacted").await;
        assert!(shown == first && sql.ends_with("(`events_snapshots`.`op` IS NULL OR `events_snapshots`.`op` NOT IN ('D'))"), "{sql}");
        // What comes late is in the final view alone, and too much of it moves that view, not this one.
        for day in 0..=LATE_MAX {
            add(&field, &format!("2023-{:02}-{:02}", 1 + day / 28, 1 + day % 28)).await.unwrap();
        }
        assert_eq!(view(&field).await.0, None);
        assert_eq!((text("compacted").await.0, text("compacted").await.1), (first.clone(), version));
        let expire = SnapshotsExpire { at: at("events"), keep: 0, before_ms: i64::MAX, reader_grace_ms: 0, delete_files: false, dry_run: true };
        assert!(field.metastore.snapshots_expire(&field.caller, &expire).await.unwrap().is_empty(), "it is still read");
        add(&field, "2024-01-03").await.unwrap();
        let second = compact(&field).await;
        assert_eq!(text("compacted").await.0, second);
        field.metastore.log_rollback(&field.caller, &at("events"), None).await.unwrap();
        assert_eq!(text("compacted").await.0, "");
        field.metastore.log_rollback(&field.caller, &at("events"), Some(&second)).await.unwrap();
        // It is the log's: nobody else changes it. Another name takes its place.
        let mut other = field.metastore.table_get(&at("compacted")).await.unwrap().as_ref().clone();
        other.view_expanded_text = Some("SELECT 1".into());
        let changed = TableAlter { at: at("compacted"), new: other, cascade: false, environment: Parameters::new(), expected: None };
        assert_eq!(field.metastore.table_alter(&field.caller, changed).await.unwrap_err().kind, Kind::InvalidOperation);
        alter(Some("state")).await.unwrap();
        assert_eq!(text("state").await.0, second);
        assert_eq!(field.metastore.table_get(&at("compacted")).await.unwrap_err().kind, Kind::NotFound);
        alter(None).await.unwrap();
        assert_eq!(field.metastore.table_get(&at("state")).await.unwrap_err().kind, Kind::NotFound);
        alter(Some("state")).await.unwrap();
        field.metastore.log_drop(&field.caller, &at("events"), false).await.unwrap();
        assert_eq!(field.metastore.table_get(&at("state")).await.unwrap_err().kind, Kind::NotFound);
    }

    async fn tombstones_go_behind_a_horizon_that_never_goes_back(store: &TestStore) {
        const DAY_MS: i64 = 86_400_000;
        let field = make(store, &["2024-01-01", "2024-01-02"]).await;
        let events = at("events");
        field.metastore.log_drop(&field.caller, &events, false).await.unwrap();
        let log = EventLog { order: vec!["at".into()], tombstones_ms: Some(2 * DAY_MS), ..log() };
        let create = LogCreate { at: events.clone(), log, snapshot_location: None };
        field.metastore.log_create(&field.caller, &create).await.unwrap();
        let horizon = || EventTime::Timestamp.text(field.clock.now_ms() - 2 * DAY_MS);
        let bar = |horizon: &str| format!("`events`.`at` >= CAST('{horizon}' AS TIMESTAMP)");
        let text = async || field.metastore.table_get(&at("latest")).await.unwrap().view_expanded_text.clone().unwrap();

        // What is in the log already counts, however old it is; its tombstones go.
        let (work, first) = (begin(&field.metastore).await.unwrap().unwrap(), horizon());
        assert_eq!((work.compaction.horizon.as_ref(), &work.barred), (Some(&first), &None));
        assert!(!work.hive_query.contains(&bar(&first)) && work.hive_query.ends_with(&format!("`r`.`at` >= CAST('{first}' AS TIMESTAMP))")));
        assert!(!text().await.contains("CAST"));
        let made = commit(&field.metastore, &work).await.unwrap();
        assert!(text().await.contains(&bar(&first)), "beside the snapshot");

        field.clock.advance_ms(DAY_MS);
        add(&field, "2024-01-03").await.unwrap();
        let (work, second) = (begin(&field.metastore).await.unwrap().unwrap(), horizon());
        assert!(first < second && work.hive_query.contains(&bar(&first)) && !work.hive_query.contains(&bar(&second)));
        let (hive, trino) = work.barred.clone().unwrap();
        assert!(hive.contains(&format!("`events`.`at` < CAST('{first}'")) && trino.contains("\"at\" < "), "{hive} {trino}");
        commit(&field.metastore, &work).await.unwrap();

        // Who lets them stay from now on has lost those before; who rolls back has them again.
        let forever = LogAlter { tombstones_ms: Some(None), ..LogAlter::default() };
        field.metastore.log_alter(&field.caller, &events, &forever).await.unwrap();
        add(&field, "2024-01-04").await.unwrap();
        compact(&field).await;
        assert!(text().await.contains(&bar(&second)));
        field.metastore.log_rollback(&field.caller, &events, Some(&made)).await.unwrap();
        assert!(text().await.contains(&bar(&first)));
        field.metastore.log_rollback(&field.caller, &events, None).await.unwrap();
        assert!(!text().await.contains("CAST"));
        let short = LogAlter { tombstones_ms: Some(Some(1)), ..LogAlter::default() };
        let refused = field.metastore.log_alter(&field.caller, &events, &short).await.unwrap_err();
        assert!(refused.kind == Kind::InvalidObject && refused.message.contains("3600000"), "{refused}");
    }

    async fn a_log_becomes_an_ordinary_table_again(store: &TestStore) {
        let field = make(store, &["2024-01-01", "2024-01-02"]).await;
        compact(&field).await;
        field.metastore.log_drop(&field.caller, &at("events"), true).await.unwrap();
        assert_eq!(field.metastore.table_get(&at("latest")).await.unwrap_err().kind, Kind::NotFound);
        remove(&field, "events", "day=2024-01-01").await.unwrap();
        remove(&field, "events_snapshots", "snapshot_id=s00000001").await.unwrap();
        assert!(field.metastore.log_list().await.unwrap().is_empty());
        assert_eq!(field.metastore.log_get(&at("events")).await.unwrap_err().kind, Kind::NotFound);
    }
}
