//! Registration of what lies on S3.

use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;

use super::server::Fault;
use crate::etl::register::{codes, list, register};
use crate::grpc::fixture::{Field, at};

/// A registration of what lies below `s3://lake/NAME/`.
pub fn request(name: &str) -> p::RegisterRequest {
    let uris = vec![format!("s3://lake/{name}/")];
    p::RegisterRequest { table: at("people"), uris, create: true, user: "etl".into(), ..Default::default() }
}

/// Where a partition lies, and its parameters.
async fn partition(field: &Field, values: &[&str]) -> (String, std::collections::HashMap<String, String>) {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    let key = Some(a::get_partition_request::Key::Values(a::ValueList { values }));
    let request = a::GetPartitionRequest { table: at("people"), key };
    let found = field.partitions().get_partition(request).await.unwrap().into_inner().partition.unwrap();
    (found.storage.unwrap().location.unwrap(), found.parameters.into_iter().collect())
}

s3_cases! {
    async fn a_prefix_becomes_a_table(field: &Field, s3: &S3) {
        for day in 1..=3 {
            for file in 0..3 {
                s3.people(&format!("clicks/dt=2024-01-0{day}/hour=0%3A5/part-{file}.parquet"), 1, 4);
            }
        }
        s3.bucket.put("clicks/_SUCCESS", Vec::new());
        s3.bucket.put("clicks/dt=2024-01-01_$folder$", Vec::new());
        s3.people("clicks2/dt=2024-01-09/other.parquet", 1, 1);
        let done = register(field, request("clicks")).await.unwrap();
        assert_eq!(done.outcome(), p::RegisterOutcome::Registered, "{:?}", done.findings);
        assert_eq!((done.files_added, done.partitions_added, done.rows, done.table_created), (9, 3, 36, true));
        let (location, parameters) = partition(field, &["2024-01-02", "0:5"]).await;
        assert_eq!(location, "s3://lake/clicks/dt=2024-01-02/hour=0%3A5");
        assert_eq!((parameters["numFiles"].as_str(), parameters["numRows"].as_str()), ("3", "12"));
        let reads = s3.seen().iter().filter(|line| line.starts_with("GET /lake/clicks/")).count();
        assert_eq!(reads, 9, "a footer is one read");

        // Again: known by their ETags. One that was written anew is another file.
        let again = register(field, request("clicks")).await.unwrap();
        assert_eq!((again.outcome(), again.files_unchanged), (p::RegisterOutcome::Unchanged, 9));
        assert!(!s3.seen().iter().any(|line| line.starts_with("GET /lake/clicks/")));
        s3.people("clicks/dt=2024-01-02/hour=0%3A5/part-1.parquet", 90, 5);
        let anew = register(field, request("clicks")).await.unwrap();
        assert_eq!((anew.files_added, anew.files_removed, anew.partitions_changed), (1, 1, 1), "{:?}", anew.findings);
        assert_eq!(partition(field, &["2024-01-02", "0:5"]).await.1["numRows"], "13");
    }

    async fn a_single_object_and_a_place_without_any(field: &Field, s3: &S3) {
        s3.people("one/dt=1/a.parquet", 1, 2);
        s3.people("one/dt=1/b.parquet", 1, 2);
        let single = p::RegisterRequest { uris: vec!["s3://lake/one/dt=1/a.parquet".into()], ..request("one") };
        let done = register(field, single).await.unwrap();
        assert_eq!((done.files_added, done.partitions), (1, vec!["dt=1".to_owned()]), "{:?}", done.findings);
        let none = register(field, request("none")).await.unwrap();
        assert_eq!((none.outcome(), codes(&none)), (p::RegisterOutcome::Refused, vec!["no_files"]));
        let elsewhere = p::RegisterRequest { uris: vec!["s3://pond/x/".into()], ..request("one") };
        let error = register(field, elsewhere).await.unwrap_err();
        assert_eq!(error.code(), tonic::Code::NotFound, "{error}");
        assert!(error.message().contains("s3://pond/x"), "{error}");
    }

    async fn what_changes_between_listing_and_reading_is_told(field: &Field, s3: &S3) {
        let changed = "clicks/dt=2/changed.parquet";
        for key in ["clicks/dt=1/good.parquet", changed, "clicks/dt=2/gone.parquet"] {
            s3.people(key, 1, 2);
        }
        s3.after_listing(move |bucket| {
            bucket.remove("clicks/dt=2/gone.parquet");
            bucket.put(changed, b"PAR1, and then something else".to_vec());
        });
        let ask = p::RegisterRequest { request_id: "job-1".into(), ..request("clicks") };
        let refused = register(field, ask.clone()).await.unwrap();
        assert_eq!(refused.outcome(), p::RegisterOutcome::Refused);
        let told: Vec<(&str, &str)> = refused.findings.iter().map(|f| (f.code.as_str(), f.uri.as_str())).collect();
        assert!(told.contains(&("vanished", "s3://lake/clicks/dt=2/gone.parquet")), "{told:?}");
        assert!(told.contains(&("changed", "s3://lake/clicks/dt=2/changed.parquet")), "{told:?}");
        assert!(field.names(list("people")).await.is_err(), "the table is not there");
        s3.people(changed, 1, 3);
        let done = register(field, ask).await.unwrap();
        assert_eq!((done.outcome(), done.files_added, done.rows), (p::RegisterOutcome::Registered, 2, 5));
    }

    async fn a_few_failures_are_survived(field: &Field, s3: &S3) {
        for day in 1..=5 {
            s3.people(&format!("clicks/dt={day}/a.parquet"), 1, 2);
        }
        s3.fail(Fault::SlowDown, "list-type=2", 2);
        s3.fail(Fault::SlowDown, "dt=1/", 3);
        s3.fail(Fault::Reset, "dt=2/", 1);
        s3.fail(Fault::Silence, "dt=3/", 1);
        s3.fail(Fault::Stall, "dt=4/", 1);
        s3.fail(Fault::Broken, "dt=5/", 1);
        s3.fail(Fault::Broken, "continuation-token", 1);
        let done = register(field, request("clicks")).await.unwrap();
        assert_eq!((done.outcome(), done.files_added, done.rows), (p::RegisterOutcome::Registered, 5, 10));
        assert_eq!(s3.mend(), 0, "all of them happened");
    }
}
