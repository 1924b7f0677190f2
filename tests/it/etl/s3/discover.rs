//! Discovery of a lake on S3 that fails: half a listing is none, or partitions would be dropped that are there.

use skep_proto::etl::v1 as p;
use tonic::Code;

use super::failures::seen;
use super::register::request;
use super::server::{Fault, S3};
use crate::etl::discover::{all, codes, discover, names};
use crate::etl::register::register;
use crate::grpc::fixture::Field;

/// What breaks, with which requests, and what the answer is.
const FAILURES: [(Fault, &str, Code); 9] = [
    (Fault::SlowDown, "list-type=2", Code::Unavailable),
    (Fault::Broken, "list-type=2", Code::Unavailable),
    (Fault::Silence, "list-type=2", Code::Unavailable),
    (Fault::Denied, "list-type=2", Code::FailedPrecondition),
    // The first page came.
    (Fault::SlowDown, "continuation-token", Code::Unavailable),
    (Fault::Stall, "continuation-token", Code::Unavailable),
    (Fault::Reset, "continuation-token", Code::Unavailable),
    (Fault::Denied, "continuation-token", Code::FailedPrecondition),
    (Fault::SlowDown, "GET /lake/clicks/dt=9/", Code::Unavailable),
];

/// Six days, of which one goes, one changes and another comes.
async fn changed(field: &Field, s3: &S3) -> (i64, Vec<String>) {
    for day in 1..=6 {
        s3.people(&format!("clicks/dt={day}/a.parquet"), day, 2);
    }
    register(field, request("clicks")).await.unwrap();
    s3.bucket.remove("clicks/dt=2/a.parquet");
    s3.people("clicks/dt=3/a.parquet", 30, 5);
    s3.people("clicks/dt=9/a.parquet", 90, 2);
    seen(field).await
}

s3_cases! {
    async fn half_a_listing_drops_nothing(field: &Field, s3: &S3) {
        let before = changed(field, s3).await;
        let ask = p::DiscoverRequest { request_id: "night-1".into(), ..all() };
        for (fault, part, code) in FAILURES {
            s3.fail(fault, part, usize::MAX);
            let error = discover(field, ask.clone()).await.unwrap_err();
            s3.mend();
            assert_eq!(error.code(), code, "{fault:?} {part}: {error}");
            assert!(error.message().contains("s3://lake/clicks"), "{fault:?} {part}: {error}");
            assert_eq!(seen(field).await, before, "{fault:?} {part}");
        }
        s3.bucket.secret_set("another");
        let error = discover(field, ask.clone()).await.unwrap_err();
        assert!(error.code() == Code::FailedPrecondition && error.message().contains("SignatureDoesNotMatch"), "{error}");
        assert_eq!(seen(field).await, before);
        s3.bucket.secret_set("right");
        let done = discover(field, ask.clone()).await.unwrap();
        assert_eq!((done.partitions_added, done.partitions_dropped, done.partitions_synced), (1, 1, 1), "{:?}", done.findings);
        assert_eq!(seen(field).await.1, ["dt=1", "dt=3", "dt=4", "dt=5", "dt=6", "dt=9"]);
        assert!(discover(field, ask).await.unwrap().replayed);
    }

    async fn a_fault_that_passes_is_not_seen(field: &Field, s3: &S3) {
        changed(field, s3).await;
        for part in ["list-type=2", "continuation-token", "GET /lake/clicks/dt=9/"] {
            s3.fail(Fault::SlowDown, part, 1);
        }
        let told = discover(field, p::DiscoverRequest { dry_run: true, ..all() }).await.unwrap();
        assert_eq!(s3.mend(), 0, "all of them were met");
        assert_eq!(names(told.new_partitions.as_ref()), ["dt=9"]);
        assert_eq!(names(told.gone_partitions.as_ref()), ["dt=2"]);
        assert_eq!(codes(&told.findings), ["file_changed"]);
    }

    async fn an_object_that_may_not_be_read_leaves_its_partition_out(field: &Field, s3: &S3) {
        let before = changed(field, s3).await;
        s3.fail(Fault::Denied, "GET /lake/clicks/dt=9/", usize::MAX);
        let done = discover(field, all()).await.unwrap();
        assert!(codes(&done.findings).contains(&"denied"), "{:?}", done.findings);
        assert_eq!((done.partitions_added, done.partitions_dropped), (0, 1));
        assert_eq!(seen(field).await.1.len(), before.1.len() - 1);
    }
}
