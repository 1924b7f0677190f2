//! Restoring versions, with real Parquet files: what a bad job did is undone, what is missing is named, nothing is half done.

use std::fs;
use std::path::PathBuf;

use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;
use skep_thrift::call::Answer;
use skep_thrift::methods as m;
use skep_thrift::types as t;
use tonic::{Code, Status};

use super::files::{Values, people, write};
use super::plan::{ask, planned};
use super::register::{register, request};
use crate::grpc::fixture::{Field, at, table};

/// A partition as a list tells it, all of it.
type Told = (String, Option<String>, Vec<(String, String)>, Vec<String>);

fn version(number: i64) -> a::AsOf {
    a::AsOf { state: Some(a::as_of::State::Version(number)) }
}

fn restore_to(name: &str, number: i64) -> a::RestoreVersionRequest {
    a::RestoreVersionRequest { table: at(name), as_of: Some(version(number)), user: "ann".into(), ..Default::default() }
}

async fn restore(field: &Field, request: a::RestoreVersionRequest) -> Result<a::RestoreVersionResponse, Status> {
    Ok(field.versions().restore_version(request).await?.into_inner())
}

async fn partitions(field: &Field, as_of: Option<a::AsOf>) -> Vec<Told> {
    let view = a::PartitionView::Full.into();
    let request = a::ListPartitionsRequest { table: at("people"), view, as_of, ..Default::default() };
    let mut stream = field.partitions().list_partitions(request).await.unwrap().into_inner();
    let mut all = Vec::new();
    while let Some(message) = stream.message().await.unwrap() {
        if let Some(a::list_partitions_response::Item::Batch(batch)) = message.item {
            all.extend(batch.partitions.into_iter().map(told));
        }
    }
    all
}

fn told(one: a::Partition) -> Told {
    let storage = one.storage.unwrap_or_default();
    let columns = storage.columns.unwrap_or_default().columns.into_iter().map(|c| format!("{} {}", c.name, c.r#type()));
    (one.name, storage.location, one.parameters.into_iter().collect(), columns.collect())
}

async fn plan_names(field: &Field, filter: &str, as_of: Option<a::AsOf>) -> Vec<String> {
    let request = p::PlanRequest { as_of, ..ask("people", filter) };
    let plan = planned(&field.channel, request).await.unwrap();
    plan.names().iter().map(ToString::to_string).collect()
}

/// What Hive's clients are told of the column `id` of a partition.
pub fn ids(field: &Field, partition: &str) -> Option<(Option<i64>, Option<i64>)> {
    let request = t::PartitionsStatsRequest {
        db_name: "d".into(),
        tbl_name: "people".into(),
        col_names: vec!["id".into()],
        part_names: vec![partition.into()],
        engine: "hive".into(),
        ..Default::default()
    };
    let args = m::GetPartitionsStatisticsReqArgs { request: Some(request) };
    let Answer::Reply(found) = field.thrift().call::<m::GetPartitionsStatisticsReq>(&args).unwrap() else {
        panic!("no statistics")
    };
    let (_, columns) = found.part_stats.first()?;
    let long = columns[0].stats_data.long_stats.clone().unwrap();
    Some((long.low_value, long.high_value))
}

fn lake(field: &Field, path: &str) -> PathBuf {
    field.folder.path().join("lake").join(path)
}

/// Days 1 to `days`, a file each, registered; gives the version.
async fn days(field: &Field, days: i64) -> i64 {
    for day in 1..=days {
        people(&lake(field, &format!("dt={day:02}/a.parquet")), day * 100, 6);
    }
    register(field, request(field, "lake")).await.unwrap().version
}

async fn drop_days(field: &Field, names: Vec<String>) -> i64 {
    let drop = a::DropPartitionsRequest { table: at("people"), names, ..Default::default() };
    field.partitions().drop_partitions(drop).await.unwrap().into_inner().version
}

async fn current(field: &Field) -> i64 {
    let get = a::GetTableRequest { name: at("people"), as_of: None };
    field.tables().get_table(get).await.unwrap().into_inner().table.unwrap().version
}

fn counts(report: &a::RestoreVersionResponse) -> [i64; 4] {
    [&report.came, &report.went, &report.changed, &report.left].map(|list| list.as_ref().unwrap().count)
}

/// Day 1 goes, day 2 gets other files, day 4 comes; day 3 stays. Gives the version.
async fn bad_job(field: &Field) -> i64 {
    drop_days(field, vec!["dt=01".into()]).await;
    people(&lake(field, "dt=02/b.parquet"), 9_000, 3);
    people(&lake(field, "dt=04/a.parquet"), 400, 3);
    let uris = |path: &str| vec![format!("file:{}", lake(field, path).display())];
    let replace = p::RegisterRequest {
        mode: p::RegisterMode::Replace.into(),
        uris: uris("dt=02/b.parquet"),
        ..request(field, "lake")
    };
    assert_eq!(register(field, replace).await.unwrap().files_removed, 1);
    register(field, p::RegisterRequest { uris: uris("dt=04/"), ..request(field, "lake") }).await.unwrap().version
}

grpc_cases! {
    async fn the_undo_of_a_bad_job(field: &Field) {
        let good = days(field, 3).await;
        let then = (partitions(field, None).await, plan_names(field, "id < 1000", None).await, ids(field, "dt=02"));
        assert_eq!((then.0.len(), then.1.len(), then.2), (3, 3, Some((Some(200), Some(205)))));
        let bad = bad_job(field).await;
        let after = (partitions(field, None).await, plan_names(field, "", None).await, ids(field, "dt=02"));
        assert_eq!(after.1, ["dt=02/b.parquet", "dt=03/a.parquet", "dt=04/a.parquet"]);
        assert_eq!(after.2, Some((Some(9_000), Some(9_002))));
        assert!(partitions(field, Some(version(good))).await == then.0, "as of then");

        let dry = a::RestoreVersionRequest { dry_run: true, ..restore_to("people", good) };
        let dry = restore(field, dry).await.unwrap();
        assert_eq!((dry.outcome(), counts(&dry)), (a::RestoreOutcome::Planned, [1, 1, 1, 0]));
        assert_eq!((dry.partitions_looked_at, dry.files_looked_at, current(field).await), (2, 2, bad));
        assert_eq!(dry.came.unwrap().names, ["dt=01"]);
        // Who lists directories would read the bad job's file, too.
        let told: Vec<(&str, bool)> = dry.findings.iter().map(|one| (one.code.as_str(), one.warning)).collect();
        assert_eq!(told, [("extra", true)], "{:?}", dry.findings);
        assert!(dry.findings[0].uri.ends_with("/dt=02/b.parquet"));

        let ask = a::RestoreVersionRequest { request_id: "undo".into(), ..restore_to("people", good) };
        let done = restore(field, ask.clone()).await.unwrap();
        assert_eq!((done.outcome(), counts(&done), done.version), (a::RestoreOutcome::Restored, [1, 1, 1, 0], bad + 1));
        assert!(partitions(field, None).await == then.0, "partitions are as they were");
        assert_eq!(plan_names(field, "id < 1000", None).await, then.1);
        assert_eq!(ids(field, "dt=02"), then.2, "statistics are those of the old files");
        assert_eq!(ids(field, "dt=04"), None);
        assert!(lake(field, "dt=04/a.parquet").exists() && lake(field, "dt=02/b.parquet").exists(), "no file goes");

        let again = restore(field, ask).await.unwrap();
        assert_eq!((again.replayed, again.version, current(field).await), (true, bad + 1, bad + 1));
        let same = restore(field, restore_to("people", good)).await.unwrap();
        assert_eq!((same.outcome(), same.version), (a::RestoreOutcome::Unchanged, bad + 1));
        let log = a::ListVersionsRequest { table: at("people"), page_size: 1, ..Default::default() };
        let log = field.versions().list_versions(log).await.unwrap().into_inner().versions.remove(0);
        assert_eq!((log.operation.as_str(), log.user(), log.request_id()), ("restore", "ann", "undo"));

        // The undo of the undo; files that were read by their facts are again.
        let back = restore(field, restore_to("people", bad)).await.unwrap();
        assert_eq!((back.outcome(), counts(&back)), (a::RestoreOutcome::Restored, [1, 1, 1, 0]));
        assert!(partitions(field, None).await == after.0);
        assert_eq!((plan_names(field, "", None).await, ids(field, "dt=02")), (after.1.clone(), after.2));
        // And what was in between is still what it was.
        assert!(partitions(field, Some(version(bad + 1))).await == then.0);
        assert_eq!(plan_names(field, "", Some(version(bad))).await, after.1);
        // Registering what lies there finds nothing new but what the bad job left out.
        let more = register(field, request(field, "lake")).await.unwrap();
        assert_eq!((more.files_added, more.files_unchanged), (2, 3));
    }

    async fn what_is_missing_is_named_and_nothing_is_half_done(field: &Field) {
        let good = days(field, 30).await;
        let names: Vec<String> = (1..=30).map(|day| format!("dt={day:02}")).collect();
        let dropped = drop_days(field, names).await;
        // The last one's file is gone, another is not the same.
        let last = fs::read(lake(field, "dt=30/a.parquet")).unwrap();
        fs::remove_file(lake(field, "dt=30/a.parquet")).unwrap();
        fs::write(lake(field, "dt=07/a.parquet"), "shorter").unwrap();
        let refused = restore(field, restore_to("people", good)).await.unwrap();
        assert_eq!((refused.outcome(), refused.version), (a::RestoreOutcome::Refused, dropped));
        let mut found: Vec<(&str, bool)> =
            refused.findings.iter().map(|one| (one.code.as_str(), one.uri.ends_with("/dt=30/a.parquet"))).collect();
        found.sort_unstable();
        assert_eq!(found, [("changed", false), ("missing", true)], "{:?}", refused.findings);
        assert_eq!(refused.left.unwrap().names, ["dt=07", "dt=30"]);
        assert_eq!((partitions(field, None).await.len(), current(field).await), (0, dropped), "all is as it was");

        let allowed = a::RestoreVersionRequest { allow_missing: true, ..restore_to("people", good) };
        let allowed = restore(field, allowed).await.unwrap();
        assert_eq!((allowed.outcome(), counts(&allowed)), (a::RestoreOutcome::Restored, [28, 0, 0, 2]));
        assert_eq!(partitions(field, None).await.len(), 28);
        // The same bytes in a new file are another file to who compares sizes, times and tags.
        fs::write(lake(field, "dt=30/a.parquet"), last).unwrap();
        let copied = restore(field, a::RestoreVersionRequest { allow_missing: true, ..restore_to("people", good) });
        assert_eq!(counts(&copied.await.unwrap()), [0, 0, 0, 2], "a file that was written anew is another one");
        let unseen = a::RestoreVersionRequest { skip_files: true, ..restore_to("people", good) };
        let unseen = restore(field, unseen).await.unwrap();
        assert_eq!((counts(&unseen), unseen.files_looked_at), ([2, 0, 0, 0], 0));
    }

    async fn places_of_other_clients_are_looked_at(field: &Field) {
        field.table("t").await;
        let folder = |day: &str| field.folder.path().join("other").join(day);
        for day in ["1", "2"] {
            fs::create_dir_all(folder(day)).unwrap();
            fs::write(folder(day).join("part-0.orc"), "orc").unwrap();
        }
        let partition = |day: &str| {
            let location = Some(format!("file:{}", folder(day).display()));
            let storage = Some(a::Storage { location, ..Default::default() });
            a::Partition { values: vec![day.into(), "1".into()], storage, ..Default::default() }
        };
        let add = a::AddPartitionsRequest { table: at("t"), partitions: vec![partition("1"), partition("2")], ..Default::default() };
        let good = field.partitions().add_partitions(add).await.unwrap().into_inner().version;
        let names = vec!["dt=1/hour=1".to_owned(), "dt=2/hour=1".to_owned()];
        let drop = a::DropPartitionsRequest { table: at("t"), names, ..Default::default() };
        field.partitions().drop_partitions(drop).await.unwrap();
        fs::remove_dir_all(folder("2")).unwrap();
        let refused = restore(field, restore_to("t", good)).await.unwrap();
        let found: Vec<&str> = refused.findings.iter().map(|one| one.code.as_str()).collect();
        assert_eq!((refused.outcome(), found), (a::RestoreOutcome::Refused, vec!["missing"]));
        fs::create_dir_all(folder("2")).unwrap();
        let refused = restore(field, restore_to("t", good)).await.unwrap();
        assert_eq!(refused.findings[0].code, "empty", "it had files, and has none");
        fs::write(folder("2").join("part-1.orc"), "orc").unwrap();
        let done = restore(field, restore_to("t", good)).await.unwrap();
        assert_eq!((done.outcome(), counts(&done)), (a::RestoreOutcome::Restored, [2, 0, 0, 0]));
    }

    async fn the_definition_goes_back_only_if_it_is_asked_for(field: &Field) {
        let good = days(field, 2).await;
        let then = partitions(field, None).await;
        let more = vec![("id", Values::Long(vec![1])), ("name", Values::Text(vec![None])), ("extra", Values::Text(vec![Some("x")]))];
        write(&lake(field, "dt=03/a.parquet"), &[more]);
        register(field, request(field, "lake")).await.unwrap();
        drop_days(field, vec!["dt=01".into()]).await;
        let columns = |all: &[Told]| -> Vec<Vec<String>> { all.iter().map(|one| one.3.clone()).collect() };
        let wide = vec!["id bigint".to_owned(), "name string".to_owned(), "extra string".to_owned()];

        let done = restore(field, restore_to("people", good)).await.unwrap();
        assert_eq!((counts(&done), done.redefined), ([1, 1, 0, 0], false));
        let now = partitions(field, None).await;
        assert_eq!(columns(&now), [wide.clone(), wide.clone()], "what came back has what its siblings got");
        assert_eq!(ids(field, "dt=01"), Some((Some(100), Some(105))));

        let done = restore(field, a::RestoreVersionRequest { definition: true, ..restore_to("people", good) });
        let done = done.await.unwrap();
        assert_eq!((done.outcome(), counts(&done), done.redefined), (a::RestoreOutcome::Restored, [0, 0, 0, 0], true));
        assert!(partitions(field, None).await == then);
        let get = a::GetTableRequest { name: at("people"), as_of: None };
        let table = field.tables().get_table(get).await.unwrap().into_inner().table.unwrap();
        assert_eq!(table.storage.unwrap().columns.unwrap().columns.len(), 2);
        let same = restore(field, a::RestoreVersionRequest { definition: true, ..restore_to("people", good) });
        assert_eq!(same.await.unwrap().outcome(), a::RestoreOutcome::Unchanged);
    }

    async fn a_table_without_partitions_is_its_definition(field: &Field) {
        people(&lake(field, "a.parquet"), 1, 4);
        let good = register(field, request(field, "lake")).await.unwrap().version;
        people(&lake(field, "b.parquet"), 50, 4);
        let uris = vec![format!("file:{}", lake(field, "b.parquet").display())];
        let replace = p::RegisterRequest { mode: p::RegisterMode::Replace.into(), uris, ..request(field, "lake") };
        let bad = register(field, replace).await.unwrap().version;
        assert_eq!(plan_names(field, "", None).await, ["b.parquet"]);
        let alone = restore(field, restore_to("people", good)).await.unwrap_err();
        assert_eq!(alone.code(), Code::FailedPrecondition);
        assert!(alone.message().contains("--definition"), "{}", alone.message());
        let whole = |number| a::RestoreVersionRequest { definition: true, ..restore_to("people", number) };
        let done = restore(field, whole(good)).await.unwrap();
        assert_eq!((done.outcome(), done.redefined), (a::RestoreOutcome::Restored, true));
        assert_eq!(plan_names(field, "", None).await, ["a.parquet"]);
        assert_eq!(plan_names(field, "", Some(version(bad))).await, ["b.parquet"]);
        fs::remove_file(lake(field, "b.parquet")).unwrap();
        assert_eq!(restore(field, whole(bad)).await.unwrap().outcome(), a::RestoreOutcome::Refused);
        let half = a::RestoreVersionRequest { allow_missing: true, ..whole(bad) };
        assert_eq!(restore(field, half).await.unwrap().outcome(), a::RestoreOutcome::Refused, "half a table is none");
    }

    async fn what_cannot_be_restored_says_why(field: &Field) {
        let refusal = async |request| {
            let status = restore(field, request).await.unwrap_err();
            (status.code(), status.message().to_owned())
        };
        for (name, key, value) in [("acid", "transactional", "true"), ("ice", "table_type", "ICEBERG")] {
            let mut table = table(name);
            table.parameters.insert(key.into(), value.into());
            let create = a::CreateTableRequest { table: Some(table), ..Default::default() };
            if let Err(status) = field.tables().create_table(create).await {
                assert_eq!(name, "acid", "{status:?}");
                continue;
            }
            let (code, why) = refusal(restore_to(name, 1)).await;
            assert!(code == Code::FailedPrecondition && why.contains("is "), "{why}");
        }
        field.table("t").await;
        let (code, why) = refusal(restore_to("t", 9)).await;
        assert!(code == Code::NotFound && why.contains("newest is 1"), "{why}");
        assert_eq!(refusal(restore_to("none", 1)).await.0, Code::NotFound);
        let now = a::RestoreVersionRequest { as_of: None, ..restore_to("t", 1) };
        assert_eq!(refusal(now).await.0, Code::InvalidArgument);
        let before = Some(a::AsOf { state: Some(a::as_of::State::TimeMs(1_000)) });
        assert_eq!(refusal(a::RestoreVersionRequest { as_of: before, ..restore_to("t", 1) }).await.0, Code::NotFound);
        let same = restore(field, restore_to("t", 1)).await.unwrap();
        assert_eq!((same.outcome(), same.version), (a::RestoreOutcome::Unchanged, 1));
    }

    async fn lists_and_plans_are_of_any_moment(field: &Field) {
        let first = days(field, 3).await;
        let entry = a::GetVersionRequest { table: at("people"), as_of: Some(version(first)) };
        let at_ms = field.versions().get_version(entry).await.unwrap().into_inner().version.unwrap().time_ms;
        let bad = bad_job(field).await;
        let moment = Some(a::AsOf { state: Some(a::as_of::State::TimeMs(at_ms)) });
        assert_eq!(plan_names(field, "", moment).await.len(), 3);
        let list = |names: &[&str], as_of| a::ListPartitionsRequest {
            table: at("people"), names: names.iter().map(ToString::to_string).collect(), as_of, ..Default::default()
        };
        assert_eq!(field.names(list(&["dt=04", "dt=02", "dt=01", "dt=02"], moment)).await.unwrap(), ["dt=01", "dt=02"]);
        assert_eq!(field.names(list(&["dt=04", "dt=01"], Some(version(bad)))).await.unwrap(), ["dt=04"]);
        let two = a::ListPartitionsRequest { filter: "dt > '01'".into(), limit: 1, ..list(&[], moment) };
        assert_eq!(field.names(two).await.unwrap(), ["dt=02"]);
        let ordered = a::ListPartitionsRequest { order: "dt desc".into(), ..list(&[], moment) };
        assert_eq!(field.names(ordered).await.unwrap_err().code(), Code::InvalidArgument);
    }
}
