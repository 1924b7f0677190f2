//! Keys that no location can name: with empty segments, `.` and `..`, and those that end with a slash.

use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;
use skep_proto::etl::v1::registration_service_client::RegistrationServiceClient;

use super::register::request;
use super::warehouse::{database, drop_table, managed, name, partitions};
use crate::etl::discover::{all, codes as discovered, discover};
use crate::etl::plan::{ask, planned};
use crate::etl::register::{codes, list, register};
use crate::grpc::fixture::{at, partition, table};

/// What may follow the key of a directory.
const BELOW: [&str; 16] = [
    "/",
    "//",
    "//y",
    "/./z",
    "/../q",
    "/../../r",
    "/tail/",
    "/tail//",
    "/é😀",
    "/a b",
    "/a%20b",
    "/a+b",
    "/a#b?c",
    "/a&<b>",
    "/odd-key:x",
    "/a\rb",
];

/// What may follow it and lies elsewhere.
const BESIDE: [&str; 6] = ["", ".parquet", "_x", "2/", "2//f", "2/../f"];

fn fill(s3: &super::server::S3, place: &str, ends: &[&str]) -> Vec<String> {
    let mut keys: Vec<String> = ends.iter().map(|end| format!("{place}{end}")).collect();
    for key in &keys {
        s3.bucket.put(key, b"x".to_vec());
    }
    keys.sort();
    keys
}

/// Files of two days, and in the first one what nobody can name.
fn clicks(s3: &super::server::S3) -> [&'static str; 3] {
    for key in
        ["clicks/dt=1/a.parquet", "clicks/dt=1//b.parquet", "clicks/dt=1/./c.parquet", "clicks/dt=1/../d.parquet"]
    {
        s3.people(key, 1, 2);
    }
    for marker in ["clicks/", "clicks/dt=1/", "clicks//"] {
        s3.bucket.put(marker, Vec::new());
    }
    s3.people("clicks/dt=2/a.parquet", 1, 3);
    ["s3://lake/clicks/dt=1/../d.parquet", "s3://lake/clicks/dt=1/./c.parquet", "s3://lake/clicks/dt=1//b.parquet"]
}

s3_cases! {
    async fn a_drop_takes_odd_keys_and_none_beside(field: &Field, s3: &S3) {
        database(field).await;
        let place = managed(field, "t").await;
        let place = place.strip_prefix("s3://lake/").unwrap();
        partitions(field, "t", &[["2024-01-01", "1"]]).await;
        let beside = fill(s3, place, &BESIDE);
        let below = fill(s3, place, &BELOW);
        let kept = fill(s3, &format!("{place}/dt=2024-01-01/hour=1"), &BESIDE);
        fill(s3, &format!("{place}/dt=2024-01-01/hour=1"), &BELOW);
        let drop = a::DropPartitionsRequest {
            table: name("t"), names: vec!["dt=2024-01-01/hour=1".into()], delete_data: true, ..Default::default()
        };
        field.partitions().drop_partitions(drop).await.unwrap();
        let mut left = [beside.clone(), below, kept].concat();
        left.sort();
        assert_eq!(s3.bucket.keys(), left);
        s3.seen();
        field.tables().drop_table(drop_table("t")).await.unwrap();
        assert_eq!(s3.bucket.keys(), beside);
        assert!(s3.seen().iter().all(|line| line.starts_with("GET /lake?") || line == "POST /lake?delete"));
    }

    async fn a_place_with_a_marker_alone_is_dropped(field: &Field, s3: &S3) {
        database(field).await;
        let place = managed(field, "t").await;
        fill(s3, place.strip_prefix("s3://lake/").unwrap(), &["/"]);
        field.tables().drop_table(drop_table("t")).await.unwrap();
        assert!(s3.bucket.keys().is_empty(), "{:?}", s3.bucket.keys());
    }

    async fn a_registration_tells_of_odd_keys_and_leaves_them_out(field: &Field, s3: &S3) {
        let odd = clicks(s3);
        let refused = register(field, p::RegisterRequest { quarantine: true, ..request("clicks") }).await.unwrap();
        assert_eq!(refused.outcome(), p::RegisterOutcome::Refused);
        assert_eq!(codes(&refused), ["unnameable"; 3], "{:?}", refused.findings);
        let mut told: Vec<&str> =
            refused.findings.iter().filter(|f| f.code == "unnameable").map(|f| f.uri.as_str()).collect();
        told.sort_unstable();
        assert_eq!(told, odd);
        let publish = p::PublishRequest {
            quarantine_id: refused.quarantine_id, without_bad_files: true, ..Default::default()
        };
        let mut calls = RegistrationServiceClient::new(field.channel.clone());
        let mut stream = calls.publish(publish).await.unwrap().into_inner();
        let mut done = None;
        while let Some(message) = stream.message().await.unwrap() {
            if let Some(p::publish_response::Event::Report(report)) = message.event {
                done = Some((report.outcome(), report.files_added, report.rows));
            }
        }
        assert_eq!(done, Some((p::RegisterOutcome::Registered, 2, 5)));
        assert_eq!(field.names(list("people")).await.unwrap(), ["dt=1", "dt=2"]);
    }

    async fn a_discovery_tells_of_odd_keys_and_goes_on(field: &Field, s3: &S3) {
        s3.people("clicks/dt=0/a.parquet", 1, 2);
        register(field, request("clicks")).await.unwrap();
        clicks(s3);
        s3.bucket.remove("clicks/dt=0/a.parquet");
        s3.people("clicks/dt=0//a.parquet", 1, 2);
        let done = discover(field, all()).await.unwrap();
        assert_eq!((done.partitions_added, done.partitions_dropped), (2, 0), "{:?}", done.findings);
        assert_eq!(discovered(&done.findings), ["unclear", "unnameable", "unnameable", "unnameable", "unnameable"]);
        assert_eq!(field.names(list("people")).await.unwrap(), ["dt=0", "dt=1", "dt=2"], "what may be data is not gone");
    }

    async fn a_plan_lists_what_can_be_named(field: &Field, s3: &S3) {
        let mut definition = table("plain");
        definition.storage.as_mut().unwrap().location = Some("s3://lake/plain".into());
        let request = a::CreateTableRequest { table: Some(definition), ..Default::default() };
        field.tables().create_table(request).await.unwrap();
        let request = a::AddPartitionsRequest {
            table: at("plain"), partitions: vec![partition(&["1", "2"])], ..Default::default()
        };
        field.partitions().add_partitions(request).await.unwrap();
        for key in ["a.parquet", "a b.parquet", "a%20b.parquet", "a#b?c.parquet", "é😀.parquet", "/b.parquet", "../c.parquet"] {
            s3.people(&format!("plain/dt=1/hour=2/{key}"), 1, 2);
        }
        s3.bucket.put("plain/dt=1/hour=2/", Vec::new());
        let found = planned(&field.channel, ask("plain", "")).await.unwrap();
        let mut names: Vec<&str> = found.names();
        names.sort_unstable();
        let wanted = ["a b.parquet", "a#b?c.parquet", "a%20b.parquet", "a.parquet", "é😀.parquet"];
        assert_eq!(names, wanted.map(|name| format!("plain/dt=1/hour=2/{name}")));
    }
}
