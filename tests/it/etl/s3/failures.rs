//! A failing S3: nothing is half registered, the error names what could not be read, and the same request succeeds when
//! it is over.

use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;
use tonic::Code;

use super::register::request;
use super::server::{Fault, S3};
use crate::etl::register::{codes, list, register};
use crate::grpc::fixture::{Field, at};

/// The table as readers see it: its version, and its partitions.
pub async fn seen(field: &Field) -> (i64, Vec<String>) {
    let request = a::GetTableRequest { name: at("people"), ..Default::default() };
    let version = field.tables().get_table(request).await.unwrap().into_inner().table.unwrap().version;
    (version, field.names(list("people")).await.unwrap())
}

/// What breaks, with which requests, what the answer is, and what it names.
const FAILURES: [(Fault, &str, Code, &str); 10] = [
    (Fault::SlowDown, "GET /lake/clicks/dt=3/b.parquet", Code::Unavailable, "s3://lake/clicks/dt=3/b.parquet"),
    (Fault::Broken, "GET /lake/clicks/dt=3/b.parquet", Code::Unavailable, "s3://lake/clicks/dt=3/b.parquet"),
    (Fault::Silence, "GET /lake/clicks/dt=3/b.parquet", Code::Unavailable, "s3://lake/clicks/dt=3/b.parquet"),
    (Fault::Stall, "GET /lake/clicks/dt=3/b.parquet", Code::Unavailable, "s3://lake/clicks/dt=3/b.parquet"),
    (Fault::Reset, "GET /lake/clicks/dt=3/b.parquet", Code::Unavailable, "s3://lake/clicks/dt=3/b.parquet"),
    (Fault::SlowDown, "list-type=2", Code::Unavailable, "s3://lake/clicks"),
    (Fault::Denied, "list-type=2", Code::FailedPrecondition, "s3://lake/clicks"),
    // The first page came.
    (Fault::Denied, "continuation-token", Code::FailedPrecondition, "s3://lake/clicks"),
    (Fault::SlowDown, "continuation-token", Code::Unavailable, "s3://lake/clicks"),
    (Fault::Reset, "continuation-token", Code::Unavailable, "s3://lake/clicks"),
];

/// A table with a partition, and files of another three.
async fn begun(field: &Field, s3: &S3) -> (i64, Vec<String>) {
    s3.people("clicks/dt=1/a.parquet", 1, 2);
    register(field, request("clicks")).await.unwrap();
    for day in 2..=4 {
        s3.people(&format!("clicks/dt={day}/a.parquet"), 1, 2);
        s3.people(&format!("clicks/dt={day}/b.parquet"), 1, 2);
    }
    seen(field).await
}

s3_cases! {
    async fn nothing_is_half_registered(field: &Field, s3: &S3) {
        let before = begun(field, s3).await;
        let ask = p::RegisterRequest { request_id: "job-1".into(), ..request("clicks") };
        for (fault, part, code, named) in FAILURES {
            s3.fail(fault, part, usize::MAX);
            let error = register(field, ask.clone()).await.unwrap_err();
            s3.mend();
            assert_eq!(error.code(), code, "{fault:?} {part}: {error}");
            assert!(error.message().contains(named), "{fault:?} {part}: {error}");
            assert_eq!(seen(field).await, before, "{fault:?} {part}");
        }
        let done = register(field, ask.clone()).await.unwrap();
        assert_eq!((done.outcome(), done.replayed), (p::RegisterOutcome::Registered, false));
        assert_eq!((done.files_added, done.files_unchanged, done.partitions_added), (6, 1, 3));
        let again = register(field, ask).await.unwrap();
        assert!(again.replayed && again.version == done.version);
        assert_eq!(seen(field).await.1.len(), 4);
    }

    async fn an_object_that_may_not_be_read_is_a_finding(field: &Field, s3: &S3) {
        let before = begun(field, s3).await;
        s3.fail(Fault::Denied, "dt=3/b.parquet", usize::MAX);
        let ask = p::RegisterRequest { request_id: "job-1".into(), ..request("clicks") };
        let refused = register(field, ask.clone()).await.unwrap();
        assert_eq!((refused.outcome(), codes(&refused)), (p::RegisterOutcome::Refused, vec!["denied"]));
        assert_eq!(refused.findings[0].uri, "s3://lake/clicks/dt=3/b.parquet");
        assert_eq!(seen(field).await, before);
        s3.mend();
        assert_eq!(register(field, ask).await.unwrap().files_added, 6);
    }

    async fn wrong_credentials_are_told_and_mended(field: &Field, s3: &S3) {
        s3.people("clicks/dt=1/a.parquet", 1, 2);
        s3.bucket.secret_set("another");
        let ask = p::RegisterRequest { request_id: "job-1".into(), ..request("clicks") };
        let error = register(field, ask.clone()).await.unwrap_err();
        assert_eq!(error.code(), Code::FailedPrecondition, "{error}");
        assert!(error.message().contains("s3://lake/clicks") && error.message().contains("SignatureDoesNotMatch"), "{error}");
        assert!(!error.message().contains("right"), "the secret stays where it is: {error}");
        assert!(field.names(list("people")).await.is_err(), "the table is not there");
        s3.bucket.secret_set("right");
        assert_eq!(register(field, ask).await.unwrap().files_added, 1);
    }
}
