//! Registration.

use std::fs;

use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;
use skep_proto::etl::v1::registration_service_client::RegistrationServiceClient;
use skep_thrift::call::Answer;
use skep_thrift::methods as m;
use skep_thrift::types as t;
use tonic::Code;

use super::files::{Values, people, write};
use crate::grpc::fixture::{Field, at};

/// A registration of what lies below `name` in the field's folder.
pub fn request(field: &Field, name: &str) -> p::RegisterRequest {
    let uris = vec![format!("file:{}/{name}/", field.folder.path().display())];
    p::RegisterRequest { table: at("people"), uris, create: true, user: "etl".into(), ..Default::default() }
}

pub async fn register(field: &Field, request: p::RegisterRequest) -> Result<p::RegisterReport, tonic::Status> {
    let mut calls = RegistrationServiceClient::new(field.channel.clone());
    let mut stream = calls.register(request).await?.into_inner();
    let mut report = None;
    while let Some(message) = stream.message().await? {
        if let Some(p::register_response::Event::Report(came)) = message.event {
            report = Some(came);
        }
    }
    Ok(report.expect("a call ends with its report"))
}

pub fn codes(report: &p::RegisterReport) -> Vec<&str> {
    report.findings.iter().filter(|f| f.severity() == p::Severity::Error).map(|f| f.code.as_str()).collect()
}

fn folder(field: &Field, name: &str) -> std::path::PathBuf {
    field.folder.path().join(name)
}

grpc_cases! {
    async fn files_become_a_table_that_hives_clients_read(field: &Field) {
        let lake = folder(field, "lake");
        for (n, day) in ["2024-01-01", "2024-01-02"].iter().enumerate() {
            for hour in 0..2 {
                for file in 0..2 {
                    let path = lake.join(format!("dt={day}/hour={hour}/part-{file}.parquet"));
                    people(&path, (n * 100 + hour * 10) as i64, 6);
                }
            }
        }
        fs::write(lake.join("_SUCCESS"), "").unwrap();
        fs::create_dir_all(lake.join("_temporary/0")).unwrap();
        let ask = p::RegisterRequest { partition_by: vec!["dt".into(), "hour:int".into()], ..request(field, "lake") };
        let planned = register(field, p::RegisterRequest { dry_run: true, ..ask.clone() }).await.unwrap();
        assert_eq!((planned.outcome(), planned.files_added), (p::RegisterOutcome::Planned, 8));
        let done = register(field, ask.clone()).await.unwrap();
        assert_eq!(done.outcome(), p::RegisterOutcome::Registered, "{:?}", done.findings);
        assert_eq!((done.files_added, done.partitions_added, done.rows, done.table_created), (8, 4, 48, true));
        assert!(done.findings.iter().any(|f| f.code == "hidden" && f.uri.ends_with("_SUCCESS")), "{:?}", done.findings);

        let mut thrift = field.thrift();
        let table = thrift.call::<m::GetTable>(&m::GetTableArgs { dbname: Some("d".into()), tbl_name: Some("people".into()) });
        let Answer::Reply(table) = table.unwrap() else { panic!("no table") };
        let columns = |list: &[t::FieldSchema]| -> Vec<String> {
            list.iter().map(|c| format!("{}:{}", c.name.clone().unwrap_or_default(), c.r#type.clone().unwrap_or_default())).collect()
        };
        assert_eq!(columns(&table.sd.clone().unwrap().cols.unwrap_or_default()), ["id:bigint", "name:string"]);
        assert_eq!(columns(&table.partition_keys.unwrap_or_default()), ["dt:string", "hour:int"]);

        // The same files once more: nothing changes, and no footer is read.
        let again = register(field, ask.clone()).await.unwrap();
        assert_eq!((again.outcome(), again.files_unchanged, again.version), (p::RegisterOutcome::Unchanged, 8, done.version));
        // One more file: one partition changes.
        people(&lake.join("dt=2024-01-02/hour=1/part-2.parquet"), 500, 3);
        let more = register(field, ask).await.unwrap();
        assert_eq!((more.files_added, more.files_unchanged, more.partitions_changed, more.rows), (1, 8, 1, 3));
        let listed = field.partition("people", &["2024-01-02", "1"]).await;
        assert_eq!((listed["numFiles"].as_str(), listed["numRows"].as_str()), ("3", "15"));
        assert!(listed["COLUMN_STATS_ACCURATE"].contains("\"id\":\"true\""), "{listed:?}");
    }

    async fn a_batch_with_a_bad_file_is_refused_whole(field: &Field) {
        let lake = folder(field, "lake");
        people(&lake.join("dt=1/a.parquet"), 1, 2);
        assert_eq!(register(field, request(field, "lake")).await.unwrap().outcome(), p::RegisterOutcome::Registered);
        people(&lake.join("dt=2/good.parquet"), 1, 2);
        fs::create_dir_all(lake.join("dt=3")).unwrap();
        fs::write(lake.join("dt=3/bad.parquet"), "no parquet at all, but long enough").unwrap();
        fs::write(lake.join("dt=3/empty.parquet"), "").unwrap();
        let whole = fs::read(lake.join("dt=1/a.parquet")).unwrap();
        fs::write(lake.join("dt=3/cut.parquet"), &whole[..whole.len() - 10]).unwrap();
        write(&lake.join("dt=3/type.parquet"), &[vec![("id", Values::Double(vec![1.0])), ("name", Values::Text(vec![None]))]]);
        let refused = register(field, p::RegisterRequest { quarantine: true, ..request(field, "lake") }).await.unwrap();
        assert_eq!(refused.outcome(), p::RegisterOutcome::Refused);
        let mut found = codes(&refused);
        found.sort_unstable();
        assert_eq!(found, ["empty", "not_parquet", "truncated", "type_conflict"], "{:?}", refused.findings);
        assert_eq!(field.names(list("people")).await.unwrap(), ["dt=1"]);

        // The good part is published later, by the same door.
        let mut calls = RegistrationServiceClient::new(field.channel.clone());
        let kept = calls.list_quarantine(p::ListQuarantineRequest::default()).await.unwrap().into_inner();
        assert_eq!((kept.batches.len(), kept.batches[0].quarantine_id.clone()), (1, refused.quarantine_id.clone()));
        let publish = p::PublishRequest { quarantine_id: refused.quarantine_id, without_bad_files: true, ..Default::default() };
        let mut stream = calls.publish(publish).await.unwrap().into_inner();
        let mut outcome = None;
        while let Some(message) = stream.message().await.unwrap() {
            if let Some(p::publish_response::Event::Report(report)) = message.event {
                outcome = Some((report.outcome(), report.files_added));
            }
        }
        assert_eq!(outcome, Some((p::RegisterOutcome::Registered, 1)));
        assert_eq!(field.names(list("people")).await.unwrap(), ["dt=1", "dt=2"]);
        assert!(calls.list_quarantine(p::ListQuarantineRequest::default()).await.unwrap().into_inner().batches.is_empty());
    }

    async fn columns_may_come_and_types_widen_as_the_policy_says(field: &Field) {
        let lake = folder(field, "lake");
        write(&lake.join("dt=1/a.parquet"), &[vec![("id", Values::Int(vec![1, 2]))]]);
        register(field, request(field, "lake")).await.unwrap();
        write(&lake.join("dt=2/a.parquet"), &[vec![("id", Values::Long(vec![1])), ("extra", Values::Text(vec![Some("x")]))]]);
        let with = |policy: p::EvolutionPolicy| p::RegisterRequest { evolution: policy.into(), ..request(field, "lake") };
        let strict = register(field, with(p::EvolutionPolicy::Strict)).await.unwrap();
        assert_eq!(strict.outcome(), p::RegisterOutcome::Refused);
        let added = register(field, with(p::EvolutionPolicy::AddColumns)).await.unwrap();
        assert_eq!(codes(&added), ["type_conflict"]);
        let widened = register(field, with(p::EvolutionPolicy::Widen)).await.unwrap();
        assert_eq!(widened.outcome(), p::RegisterOutcome::Registered, "{:?}", widened.findings);
        let changes: Vec<String> = widened.columns.iter().map(|c| format!("{} {}>{}", c.name, c.old_type, c.new_type)).collect();
        assert_eq!(changes, ["id int>bigint", "extra >string"]);
    }

    async fn replacing_points_a_partition_to_other_files(field: &Field) {
        people(&folder(field, "lake/dt=1/a.parquet"), 1, 2);
        register(field, request(field, "lake")).await.unwrap();
        people(&folder(field, "other/dt=1/b.parquet"), 1, 5);
        let elsewhere = p::RegisterRequest { base: format!("file:{}/other", field.folder.path().display()), ..request(field, "other") };
        let refused = register(field, elsewhere.clone()).await.unwrap();
        assert_eq!(codes(&refused), ["two_places"]);
        let replace = p::RegisterRequest { mode: p::RegisterMode::Replace.into(), ..elsewhere };
        let done = register(field, replace).await.unwrap();
        assert_eq!((done.outcome(), done.files_added, done.files_removed), (p::RegisterOutcome::Registered, 1, 1));
        let now = field.partition("people", &["1"]).await;
        assert_eq!(now["numRows"], "5");
    }

    async fn a_name_that_was_left_comes_again_with_statistics_of_its_own(field: &Field) {
        for day in 1..4 {
            people(&folder(field, &format!("lake/dt={day}/a.parquet")), 10 * day, 4);
        }
        register(field, request(field, "lake")).await.unwrap();
        let drop = a::DropPartitionsRequest { table: at("people"), filter: "dt = '1'".to_owned(), ..Default::default() };
        field.partitions().drop_partitions(drop).await.unwrap();
        let mut thrift = field.thrift();
        let args = m::GetPartitionArgs {
            db_name: Some("d".into()), tbl_name: Some("people".into()), part_vals: Some(vec!["2".into()])
        };
        let Answer::Reply(old) = thrift.call::<m::GetPartition>(&args).unwrap() else { panic!("no partition") };
        let rename = t::RenamePartitionRequest {
            db_name: "d".into(),
            table_name: "people".into(),
            part_vals: vec!["2".into()],
            new_part: t::Partition { values: Some(vec!["9".into()]), ..old },
            ..Default::default()
        };
        let renamed = thrift.call::<m::RenamePartitionReq>(&m::RenamePartitionReqArgs { req: Some(rename) }).unwrap();
        assert!(matches!(renamed, Answer::Reply(_)), "{renamed:?}");
        for day in 1..3 {
            people(&folder(field, &format!("other/dt={day}/a.parquet")), 1_000 * day, 4);
        }
        let elsewhere = p::RegisterRequest { base: format!("file:{}/other", field.folder.path().display()), ..request(field, "other") };
        let done = register(field, elsewhere).await.unwrap();
        assert_eq!((done.outcome(), done.partitions_added), (p::RegisterOutcome::Registered, 2), "{:?}", done.findings);
        let request = t::PartitionsStatsRequest {
            db_name: "d".into(),
            tbl_name: "people".into(),
            col_names: vec!["id".into()],
            part_names: [1, 2, 3, 9].map(|day| format!("dt={day}")).into(),
            ..Default::default()
        };
        let found = thrift.call::<m::GetPartitionsStatisticsReq>(&m::GetPartitionsStatisticsReqArgs { request: Some(request) });
        let Answer::Reply(found) = found.unwrap() else { panic!("no statistics") };
        let mut lows: Vec<(String, Option<i64>)> = found.part_stats.into_iter()
            .map(|(name, of)| (name, of[0].stats_data.long_stats.as_ref().and_then(|s| s.low_value)))
            .collect();
        lows.sort();
        let of = |day: i64, low: i64| (format!("dt={day}"), Some(low));
        assert_eq!(lows, [of(1, 1_000), of(2, 2_000), of(3, 30), of(9, 20)]);
    }

    async fn a_thousand_duplicates_have_one_effect(field: &Field) {
        for day in 0..3 {
            people(&folder(field, &format!("lake/dt={day}/a.parquet")), 1, 2);
        }
        let mut all = tokio::task::JoinSet::new();
        for n in 0..1_000 {
            let channel = field.channel.clone();
            // Half of them with an id, half without: content decides.
            let id = if n % 2 == 0 { "job-1".to_owned() } else { String::new() };
            let ask = p::RegisterRequest { request_id: id, ..request(field, "lake") };
            all.spawn(async move {
                let mut stream = RegistrationServiceClient::new(channel).register(ask).await?.into_inner();
                let mut added = 0;
                while let Some(message) = stream.message().await? {
                    if let Some(p::register_response::Event::Report(report)) = message.event {
                        added = if report.replayed { 0 } else { report.files_added };
                    }
                }
                Ok::<_, tonic::Status>(added)
            });
        }
        let mut added = 0;
        while let Some(done) = all.join_next().await {
            added += done.unwrap().unwrap();
        }
        assert_eq!(added, 3);
        assert_eq!(field.names(list("people")).await.unwrap().len(), 3);
    }

    async fn requests_that_make_no_sense_are_told_so(field: &Field) {
        let nothing = register(field, p::RegisterRequest { table: at("people"), ..Default::default() }).await.unwrap_err();
        assert_eq!(nothing.code(), Code::InvalidArgument);
        let gone = register(field, p::RegisterRequest { create: false, ..request(field, "lake") }).await.unwrap_err();
        assert_eq!(gone.code(), Code::NotFound, "{gone}");
        fs::create_dir_all(folder(field, "lake")).unwrap();
        let empty = register(field, request(field, "lake")).await.unwrap();
        assert_eq!((empty.outcome(), codes(&empty)), (p::RegisterOutcome::Refused, vec!["no_files"]));
        let scheme = p::RegisterRequest { uris: vec!["hdfs://nn/x/".into()], ..request(field, "lake") };
        assert!(register(field, scheme).await.is_err());
        people(&folder(field, "lake/2024/05/a.parquet"), 1, 2);
        let pattern = p::RegisterRequest { pattern: "{dt}/{hour:int}".into(), ..request(field, "lake") };
        let done = register(field, pattern).await.unwrap();
        assert_eq!(done.partitions, ["dt=2024/hour=05"], "{:?}", done.findings);
    }
}

pub fn list(table: &str) -> skep_proto::admin::v1::ListPartitionsRequest {
    skep_proto::admin::v1::ListPartitionsRequest { table: at(table), ..Default::default() }
}
