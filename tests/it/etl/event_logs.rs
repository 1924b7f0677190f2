//! Event logs through gRPC and the command line, with real Parquet files: what a compactor writes is looked at.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as e;
use skep_proto::etl::v1::registration_service_client::RegistrationServiceClient;
use skep_proto::log::v1 as p;
use skep_proto::log::v1::compaction_service_client::CompactionServiceClient;
use skep_proto::log::v1::event_log_service_client::EventLogServiceClient;
use skep_proto::log::v1::snapshot_service_client::SnapshotServiceClient;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::files::{Values, write};
use crate::cli;
use crate::grpc::fixture::{Field, at};

/// Key, operation, place in the order.
type Event = (i64, &'static str, i64);

const DAYS: [(&str, &[Event]); 3] = [
    ("2024-01-01", &[(1, "I", 1), (2, "I", 2), (1, "U", 3)]),
    ("2024-01-02", &[(2, "D", 4), (3, "I", 5)]),
    ("2024-01-03", &[(1, "U", 6)]),
];

fn events(path: &Path, all: &[Event]) {
    let operations = all.iter().map(|event| Some(event.1)).collect();
    write(
        path,
        &[vec![
            ("id", Values::Long(all.iter().map(|event| event.0).collect())),
            ("op", Values::Text(operations)),
            ("seq", Values::Long(all.iter().map(|event| event.2).collect())),
        ]],
    );
}

/// What a compaction of these must write.
fn reduced(all: &[&[Event]]) -> Vec<Event> {
    let mut latest = BTreeMap::new();
    for event in all.iter().copied().flatten() {
        let known = latest.entry(event.0).or_insert(*event);
        if event.2 > known.2 {
            *known = *event;
        }
    }
    latest.into_values().collect()
}

fn logs(field: &Field) -> EventLogServiceClient<Channel> {
    EventLogServiceClient::new(field.channel.clone())
}
fn snapshots(field: &Field) -> SnapshotServiceClient<Channel> {
    SnapshotServiceClient::new(field.channel.clone())
}
fn compactions(field: &Field) -> CompactionServiceClient<Channel> {
    CompactionServiceClient::new(field.channel.clone())
}

async fn register(field: &Field, day: &str, all: &[Event]) {
    events(&field.folder.path().join(format!("lake/day={day}/part-0.parquet")), all);
    register_lake(field).await;
}

async fn register_lake(field: &Field) {
    let uris = vec![format!("file:{}/lake/", field.folder.path().display())];
    let request = e::RegisterRequest { table: at("events"), uris, create: true, ..Default::default() };
    let mut stream =
        RegistrationServiceClient::new(field.channel.clone()).register(request).await.unwrap().into_inner();
    while let Some(message) = stream.message().await.unwrap() {
        if let Some(e::register_response::Event::Report(report)) = message.event {
            assert_eq!(report.outcome(), e::RegisterOutcome::Registered, "{:?}", report.findings);
        }
    }
}

fn log() -> p::EventLog {
    p::EventLog {
        table: at("events"),
        key_columns: vec!["ID".into()],
        order_columns: vec!["seq".into()],
        order_is_total: true,
        operation_column: "op".into(),
        delete_values: vec!["D".into()],
        trino_catalog: "hive".into(),
        ..Default::default()
    }
}

/// Three days, registered, as a log.
async fn make(field: &Field) {
    for (day, all) in DAYS {
        register(field, day, all).await;
    }
    let create = p::CreateEventLogRequest { log: Some(log()), ..Default::default() };
    let made = logs(field).create_event_log(create).await.unwrap().into_inner();
    assert_eq!(made.log.unwrap().view, "events_latest");
}

fn begin_request() -> p::BeginCompactionRequest {
    p::BeginCompactionRequest { table: at("events"), holder: "ann".into(), ..Default::default() }
}

async fn begin(field: &Field, request: p::BeginCompactionRequest) -> Result<Option<p::Compaction>, Status> {
    Ok(compactions(field).begin_compaction(request).await?.into_inner().compaction)
}

fn file(work: &p::Compaction, name: &str) -> PathBuf {
    PathBuf::from(work.location.strip_prefix("file:").unwrap()).join(name)
}

fn commit_request(token: i64) -> p::CommitCompactionRequest {
    p::CommitCompactionRequest { table: at("events"), token, user: "ann".into(), ..Default::default() }
}

async fn commit(field: &Field, token: i64) -> Result<p::CommitCompactionResponse, Status> {
    Ok(compactions(field).commit_compaction(commit_request(token)).await?.into_inner())
}

async fn state(field: &Field) -> p::EventLogState {
    let request = p::GetEventLogRequest { table: at("events") };
    logs(field).get_event_log(request).await.unwrap().into_inner().state.unwrap()
}

async fn view(field: &Field) -> (i64, String) {
    let get = a::GetTableRequest { name: at("events_latest"), as_of: None };
    let table = field.tables().get_table(get).await.unwrap().into_inner().table.unwrap();
    (table.version, table.view_expanded_text.unwrap())
}

fn codes(done: &p::CommitCompactionResponse) -> Vec<&str> {
    done.findings.iter().filter(|f| f.severity() == e::Severity::Error).map(|f| f.code.as_str()).collect()
}

fn field_named(status: &Status) -> String {
    let details = status.get_error_details();
    let bad = details.bad_request().unwrap_or_else(|| panic!("no field is named: {status:?}"));
    bad.field_violations[0].field.clone()
}

grpc_cases! {
    async fn a_log_from_its_birth_to_its_end(field: &Field) {
        make(field).await;
        let before = state(field).await;
        let lag = before.lag.clone().unwrap();
        assert_eq!((before.snapshot_id.as_str(), lag.partitions, lag.files, lag.rows, lag.partitions_untold), ("", 3, 3, 6, 0));
        assert_eq!(lag.newest_partition, "day=2024-01-03");

        let work = begin(field, begin_request()).await.unwrap().unwrap();
        assert_eq!(work.partitions.iter().map(|one| one.rows).collect::<Vec<_>>(), [Some(3), Some(2)]);
        assert!(work.hive_query.contains("`day` IN ('2024-01-01', '2024-01-02')"), "{}", work.hive_query);
        let first = reduced(&[DAYS[0].1, DAYS[1].1]);
        events(&file(&work, "a.parquet"), &first);
        let done = commit(field, work.token).await.unwrap();
        let snapshot = done.snapshot.clone().unwrap_or_else(|| panic!("{:?}", done.findings));
        assert_eq!((snapshot.rows, snapshot.partitions, snapshot.current, done.replayed), (3, 2, true, false));
        assert_eq!(done.files.len(), 1);
        assert!(commit(field, work.token).await.unwrap().replayed);
        assert!(view(field).await.1.contains("`day` > '2024-01-02'"));
        assert_eq!(state(field).await.lag.unwrap().rows, 1);

        // One comes late, and the newest is sealed.
        register(field, "2023-12-31", &[(9, "I", 0)]).await;
        assert_eq!(state(field).await.late, [p::Boundary { values: vec!["2023-12-31".into()] }]);
        let seal = p::SealPartitionRequest {
            table: at("events"), partition: Some(p::Boundary { values: vec!["2024-01-03".into()] }), ..Default::default()
        };
        logs(field).seal_partition(seal).await.unwrap();
        let work = begin(field, begin_request()).await.unwrap().unwrap();
        assert_eq!((work.base_snapshot_id.as_str(), work.base_rows, work.partitions.len()), ("s00000001", 3, 2));
        let second = reduced(&[&first, DAYS[2].1, &[(9, "I", 0)]]);
        events(&file(&work, "a.parquet"), &second[..2]);
        events(&file(&work, "b.parquet"), &second[2..]);
        let done = commit(field, work.token).await.unwrap();
        assert_eq!(done.snapshot.clone().map(|s| s.rows), Some(4), "{:?}", done.findings);

        let listed = snapshots(field).list_snapshots(p::ListSnapshotsRequest { table: at("events"), page_size: 1, ..Default::default() }).await.unwrap().into_inner();
        assert_eq!((listed.snapshots[0].snapshot_id.as_str(), listed.next_page_token.is_empty()), ("s00000002", false));
        let shown = p::GetSnapshotRequest { table: at("events"), snapshot_id: String::new() };
        let shown = snapshots(field).get_snapshot(shown).await.unwrap().into_inner();
        assert_eq!((shown.location, shown.files.len()), (work.location.clone(), 2));
        let diff = p::DiffSnapshotsRequest { table: at("events"), from_id: "s00000001".into(), ..Default::default() };
        let diff = snapshots(field).diff_snapshots(diff).await.unwrap().into_inner();
        assert_eq!(diff.partitions, ["day=2023-12-31", "day=2024-01-03"]);

        let back = p::RollbackSnapshotRequest { table: at("events"), snapshot_id: "s00000001".into(), ..Default::default() };
        assert_eq!(snapshots(field).rollback_snapshot(back).await.unwrap().into_inner().late.len(), 1);
        assert!(view(field).await.1.contains("'s00000001'"));
        let pin = p::PinSnapshotRequest { table: at("events"), snapshot_id: "s00000002".into(), ..Default::default() };
        snapshots(field).pin_snapshot(pin.clone()).await.unwrap();
        let held = p::ExpireSnapshotsRequest { table: at("events"), delete_files: true, ..Default::default() };
        let expire = p::ExpireSnapshotsRequest { reader_grace_ms: Some(0), ..held.clone() };
        assert!(snapshots(field).expire_snapshots(expire.clone()).await.unwrap().into_inner().expired.is_empty());
        snapshots(field).pin_snapshot(p::PinSnapshotRequest { unpin: true, ..pin }).await.unwrap();
        let none = snapshots(field).expire_snapshots(held).await.unwrap().into_inner().expired;
        assert!(none.is_empty(), "who reads the view may have its text of a moment ago: {none:?}");
        let gone = snapshots(field).expire_snapshots(expire).await.unwrap().into_inner().expired;
        assert!(gone.iter().map(|one| &one.location).eq([&work.location]), "{gone:?}");
        assert!(!file(&work, "a.parquet").exists());

        logs(field).drop_event_log(p::DropEventLogRequest { table: at("events"), ..Default::default() }).await.unwrap();
        let none = logs(field).get_event_log(p::GetEventLogRequest { table: at("events") }).await.unwrap_err();
        assert_eq!((none.code(), none.get_error_details().resource_info().is_some()), (Code::NotFound, true));
        assert!(logs(field).list_event_logs(p::ListEventLogsRequest::default()).await.unwrap().into_inner().logs.is_empty());
    }

    async fn files_that_are_no_snapshot_change_nothing(field: &Field) {
        make(field).await;
        let work = begin(field, begin_request()).await.unwrap().unwrap();
        let before = view(field).await;
        let right = reduced(&[DAYS[0].1, DAYS[1].1]);
        let a = file(&work, "a.parquet");
        assert_eq!(codes(&commit(field, work.token).await.unwrap()), ["rows_missing"]);
        // Another schema; a text file; a key too many; a key that nobody has; a file that the commit does not name.
        write(&a, &[vec![("id", Values::Long(vec![1])), ("seq", Values::Int(vec![1])), ("op", Values::Text(vec![None]))]]);
        std::fs::write(file(&work, "b.parquet"), "not parquet at all, but long enough").unwrap();
        let mut found = codes(&commit(field, work.token).await.unwrap()).into_iter().map(str::to_owned).collect::<Vec<_>>();
        found.sort();
        assert_eq!(found, ["key_bounds", "not_parquet"], "a narrower integer is read well");
        std::fs::remove_file(file(&work, "b.parquet")).unwrap();
        write(&a, &[vec![("id", Values::Long(vec![1, 2, 3])), ("op", Values::Text(vec![None; 3]))]]);
        assert_eq!(codes(&commit(field, work.token).await.unwrap()), ["column_missing", "null_key"]);
        write(&a, &[vec![("id", Values::Long(vec![1, 2, 3])), ("op", Values::Text(vec![None; 3])), ("seq", Values::Double(vec![1.0; 3]))]]);
        assert_eq!(codes(&commit(field, work.token).await.unwrap()), ["type_conflict"]);
        events(&a, &[DAYS[0].1, DAYS[0].1].concat());
        assert_eq!(codes(&commit(field, work.token).await.unwrap()), ["rows_too_many"]);
        events(&a, &right[..2]);
        assert_eq!(codes(&commit(field, work.token).await.unwrap()), ["key_bounds"]);
        events(&a, &right);
        events(&file(&work, "below/b.parquet"), &right[..1]);
        let named = p::CommitCompactionRequest { files: vec![format!("{}/a.parquet", work.location)], ..commit_request(work.token) };
        let extra = compactions(field).commit_compaction(named.clone()).await.unwrap().into_inner();
        assert_eq!(codes(&extra), ["extra_file", "nested"]);
        assert_eq!(view(field).await, before);
        std::fs::remove_dir_all(file(&work, "below")).unwrap();
        let missing = p::CommitCompactionRequest { files: vec![format!("{}/c.parquet", work.location)], ..commit_request(work.token) };
        assert_eq!(codes(&compactions(field).commit_compaction(missing).await.unwrap().into_inner()), ["vanished", "extra_file"]);
        assert!(compactions(field).commit_compaction(named).await.unwrap().into_inner().snapshot.is_some());
    }

    async fn a_thousand_commits_have_one_effect(field: &Field) {
        make(field).await;
        let work = begin(field, begin_request()).await.unwrap().unwrap();
        events(&file(&work, "a.parquet"), &reduced(&[DAYS[0].1, DAYS[1].1]));
        let before = view(field).await.0;
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..1_000 {
            let mut calls = compactions(field);
            let request = commit_request(work.token);
            all.spawn(async move { calls.commit_compaction(request).await.map(|done| done.into_inner().snapshot) });
        }
        while let Some(done) = all.join_next().await {
            assert_eq!(done.unwrap().unwrap().unwrap().snapshot_id, "s00000001");
        }
        assert_eq!((view(field).await.0, state(field).await.snapshots), (before + 1, 1));
    }

    async fn who_was_overtaken_is_told_by_whom(field: &Field) {
        make(field).await;
        let asked = p::BeginCompactionRequest { request_id: "r1".into(), ..begin_request() };
        let old = begin(field, asked.clone()).await.unwrap().unwrap();
        let again = begin(field, asked.clone()).await.unwrap().unwrap();
        assert_eq!((again.token, again.partitions.len()), (old.token, old.partitions.len()), "the same request");
        let other = begin(field, p::BeginCompactionRequest { holder: "bob".into(), ..asked }).await.unwrap_err();
        assert_eq!((other.code(), field_named(&other).as_str()), (Code::InvalidArgument, "request_id"));
        let held = begin(field, begin_request()).await.unwrap_err();
        assert_eq!(held.code(), Code::FailedPrecondition);
        assert!(held.message().contains("under way by ann"), "{held}");
        let alive = p::HeartbeatCompactionRequest { table: at("events"), token: old.token, ttl_ms: 600_000 };
        let until = compactions(field).heartbeat_compaction(alive.clone()).await.unwrap().into_inner().expires_at_ms;
        assert!(until > old.expires_at_ms);

        events(&file(&old, "a.parquet"), &reduced(&[DAYS[0].1, DAYS[1].1]));
        let abort = p::AbortCompactionRequest { table: at("events"), token: old.token, reason: "test".into() };
        assert_eq!(compactions(field).abort_compaction(abort.clone()).await.unwrap().into_inner().location, old.location);
        let new = begin(field, p::BeginCompactionRequest { holder: "bob".into(), ..begin_request() }).await.unwrap().unwrap();
        for stale in [
            commit(field, old.token).await.map(drop).unwrap_err(),
            compactions(field).heartbeat_compaction(alive).await.map(drop).unwrap_err(),
            compactions(field).abort_compaction(abort).await.map(drop).unwrap_err(),
        ] {
            assert_eq!(stale.code(), Code::FailedPrecondition);
            assert!(stale.message().contains(&format!("overtaken by compaction {} of bob", new.token)), "{stale}");
        }
        let left = p::ListCompactionsRequest { table: at("events"), abandoned: true, with_files: true };
        let left = compactions(field).list_compactions(left).await.unwrap().into_inner().compactions;
        assert_eq!((left.len(), left[0].files.len(), left[0].state.clone().unwrap().reason.as_str()), (1, 1, "test"));
        let clean = p::CleanCompactionsRequest { table: at("events"), delete_files: true, request_id: "c".into(), ..Default::default() };
        for _ in 0..2 {
            let cleaned = compactions(field).clean_compactions(clean.clone()).await.unwrap().into_inner().cleaned;
            assert_eq!(cleaned.iter().map(|one| one.token).collect::<Vec<_>>(), [old.token]);
        }
        assert!(!file(&old, "a.parquet").exists());
    }

    async fn what_is_wrong_is_told_by_its_field(field: &Field) {
        for (day, all) in DAYS {
            register(field, day, all).await;
        }
        let create = async |log: p::EventLog| {
            let request = p::CreateEventLogRequest { log: Some(log), ..Default::default() };
            logs(field).create_event_log(request).await.map(drop).unwrap_err()
        };
        for (wrong, named, words) in [
            (p::EventLog { key_columns: vec![], ..log() }, "log.key_columns", "at least one"),
            (p::EventLog { key_columns: vec!["nope".into()], ..log() }, "log.key_columns", "the table has id, op, seq"),
            (p::EventLog { order_columns: vec!["day".into()], ..log() }, "log.order_columns", "partition key"),
            (p::EventLog { operation_column: "seq".into(), ..log() }, "log.operation_column", "must be a string"),
            (p::EventLog { delete_values: vec![], ..log() }, "log.delete_values", "at least one value"),
            (p::EventLog { snapshot_table: "../b".into(), ..log() }, "log", "letters, digits"),
            (p::EventLog { table: None, ..log() }, "log.table.table", "needed"),
        ] {
            let status = create(wrong).await;
            assert_eq!((status.code(), field_named(&status).as_str()), (Code::InvalidArgument, named), "{status}");
            assert!(status.message().contains(words), "{status}");
        }
        assert_eq!(create(p::EventLog { table: at("none"), ..log() }).await.code(), Code::NotFound);
        assert_eq!(create(p::EventLog { view: "events".into(), ..log() }).await.code(), Code::AlreadyExists);
        write(
            &field.folder.path().join("lake/day=2024-01-04/part-0.parquet"),
            &[vec![("id", Values::Long(vec![1, 2])), ("op", Values::Text(vec![Some("U"), None])), ("seq", Values::Long(vec![9, 9]))]],
        );
        register_lake(field).await;
        let nulls = create(p::EventLog { key_columns: vec!["id".into(), "op".into()], ..log() }).await;
        assert_eq!(field_named(&nulls), "log.table");
        assert!(nulls.message().contains("day=2024-01-04/part-0.parquet") && nulls.message().contains("NULL in 1 rows"), "{nulls}");

        let asked = p::CreateEventLogRequest { log: Some(log()), request_id: "once".into(), ..Default::default() };
        for _ in 0..2 {
            logs(field).create_event_log(asked.clone()).await.unwrap();
        }
        assert_eq!(create(log()).await.code(), Code::AlreadyExists);
        let unnamed = begin(field, p::BeginCompactionRequest { holder: " ".into(), ..begin_request() }).await.unwrap_err();
        assert_eq!(field_named(&unnamed), "holder");
        let ttl = begin(field, p::BeginCompactionRequest { ttl_ms: 5, ..begin_request() }).await.unwrap_err();
        assert_eq!(field_named(&ttl), "ttl_ms");
        let place = Some(p::Boundary { values: vec!["a".into(), "b".into()] });
        let up_to = begin(field, p::BeginCompactionRequest { up_to: place.clone(), ..begin_request() }).await.unwrap_err();
        assert_eq!(field_named(&up_to), "up_to");
        let seal = p::SealPartitionRequest { table: at("events"), partition: place, ..Default::default() };
        assert_eq!(field_named(&logs(field).seal_partition(seal).await.unwrap_err()), "partition");
        let back = p::RollbackSnapshotRequest { table: at("events"), snapshot_id: "s9".into(), ..Default::default() };
        let unknown = snapshots(field).rollback_snapshot(back).await.unwrap_err();
        assert!(unknown.code() == Code::NotFound && unknown.message().contains("it has none"), "{unknown}");
        let keep = p::ExpireSnapshotsRequest { table: at("events"), keep: -1, ..Default::default() };
        assert_eq!(field_named(&snapshots(field).expire_snapshots(keep).await.unwrap_err()), "keep");
    }

    async fn the_command_line_does_all_of_it(field: &Field) {
        for (day, all) in DAYS {
            register(field, day, all).await;
        }
        let run = |args: &[&str]| cli::skep(field, args);
        let json = |args: &[&str]| cli::json(cli::skep(field, &[args, &["-o", "json"]].concat()));
        let made = json(&["logs", "create", "d.events", "--key", "id", "--order", "seq", "--order-is-total", "--operation", "op", "--delete", "D"]);
        assert_eq!(made["view"], "d.events_latest");
        cli::said(run(&["logs", "seal", "d.events", "day=2024-01-03"]));
        let work = json(&["compaction", "begin", "d.events", "--up-to", "day=2024-01-02"]);
        let place = PathBuf::from(work["location"].as_str().unwrap().strip_prefix("file:").unwrap());
        events(&place.join("a.parquet"), &reduced(&[DAYS[0].1]));
        let token = work["token"].to_string();
        let refused = run(&["compaction", "commit", "d.events", "--token", &token]);
        assert_eq!(refused.status.code(), Some(1));
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(told.contains("[key_bounds]") && told.contains("the lease goes on"), "{told}");
        events(&place.join("a.parquet"), &reduced(&[DAYS[0].1, DAYS[1].1]));
        json(&["compaction", "heartbeat", "d.events", "--token", &token]);
        let done = json(&["compaction", "commit", "d.events", "--token", &token]);
        assert_eq!((&done["snapshot"], &done["rows"], done["files"].as_array().unwrap().len()), (&"s00000001".into(), &3.into(), 1));
        let second = json(&["compaction", "begin", "d.events"]);
        assert_eq!(second["partitions"][0]["name"], "day=2024-01-03");
        let held = run(&["compaction", "begin", "d.events"]);
        assert_eq!(held.status.code(), Some(1));
        json(&["compaction", "abort", "d.events", "--token", &second["token"].to_string(), "--reason", "later"]);
        let listed = json(&["compaction", "list", "d.events", "--abandoned", "--files"]);
        assert_eq!(listed[0]["reason"], "later");
        assert_eq!(json(&["compaction", "clean", "d.events"])[0]["token"], second["token"]);

        let shown = json(&["logs", "show", "d.events"]);
        assert_eq!((&shown["snapshot"], &shown["lag_partitions"], &shown["lag_rows"]), (&"s00000001".into(), &1.into(), &1.into()));
        assert_eq!((&shown["watermark"][0], &shown["history"][0]["status"]), (&"2024-01-02".into(), &"committed".into()));
        let text = cli::said(run(&["logs", "show", "d.events"]));
        assert!(text.contains("watermark         2024-01-02") && text.contains("committed"), "{text}");
        assert_eq!(json(&["logs", "lag"])[0]["rows"], 1);
        assert_eq!(json(&["logs", "list"])[0]["log"], "d.events");
        assert_eq!(json(&["snapshots", "list", "d.events"])[0]["current"], true);
        assert_eq!(json(&["snapshots", "show", "d.events"])["files"][0]["rows"], 3);
        assert_eq!(json(&["snapshots", "diff", "d.events", "0"])["partitions"][1], "day=2024-01-02");
        cli::said(run(&["snapshots", "pin", "d.events", "s00000001"]));
        json(&["snapshots", "rollback", "d.events", "--to-log"]);
        assert_eq!(json(&["snapshots", "expire", "d.events", "--keep", "0"]), serde_json::json!([]));
        cli::said(run(&["snapshots", "pin", "d.events", "s00000001", "--remove"]));
        let expire = ["snapshots", "expire", "d.events", "--keep", "0", "--dry-run"];
        assert_eq!(json(&expire), serde_json::json!([]), "who reads may have seen it a moment ago");
        assert_eq!(json(&[&expire[..], &["--reader-grace-ms", "0"]].concat())[0]["snapshot"], "s00000001");
        cli::said(run(&["logs", "drop", "d.events", "--yes"]));
        assert_eq!(json(&["logs", "list"]), serde_json::json!([]));
    }
}
