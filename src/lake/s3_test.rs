//! Against a server that speaks as much of S3's protocol as listing and reading need, and fails where a test says so.

use super::tests::{lake, listing, read_all, sample};
use super::*;
use crate::warehouse::Location;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

/// Keys of one answer to a listing, as S3 has it.
const KEYS_MAX: usize = 1000;
const LAST_MODIFIED: &str = "Mon, 23 Nov 2026 01:02:03 GMT";

/// What goes wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// The first requests, so many, are answered 503 SlowDown.
    SlowDown(u32),
    /// The first requests, so many, are never answered.
    Silence(u32),
    /// A listing's second page is refused.
    SecondPage,
}

struct Bucket {
    objects: Mutex<BTreeMap<String, (Vec<u8>, String)>>,
    fault: Fault,
    requests: AtomicU32,
    reads: AtomicU32,
}

fn answer(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    Response::builder().status(status).body(body.into()).unwrap()
}

fn refusal(status: StatusCode, code: &str) -> Response<Body> {
    answer(status, format!("<Error><Code>{code}</Code><Message>{code}</Message></Error>"))
}

async fn serve(State(bucket): State<Arc<Bucket>>, request: Request<Body>) -> Response<Body> {
    let number = bucket.requests.fetch_add(1, Ordering::SeqCst);
    match bucket.fault {
        Fault::SlowDown(count) if number < count => return refusal(StatusCode::SERVICE_UNAVAILABLE, "SlowDown"),
        Fault::Silence(count) if number < count => return std::future::pending().await,
        _ => {}
    }
    let signed = request.headers().get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !signed.contains("Credential=right/") {
        return refusal(StatusCode::FORBIDDEN, "InvalidAccessKeyId");
    }
    let key = decoded(request.uri().path().trim_start_matches("/bucket").trim_start_matches('/'));
    if key.is_empty() {
        return bucket.list(request.uri().query().unwrap_or_default());
    }
    bucket.get(&key, request.method(), request.headers())
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

impl Bucket {
    fn list(&self, query: &str) -> Response<Body> {
        let query: HashMap<String, String> =
            query.split('&').filter_map(|p| p.split_once('=')).map(|(k, v)| (k.to_owned(), decoded(v))).collect();
        let prefix = query.get("prefix").cloned().unwrap_or_default();
        let after = query.get("continuation-token").cloned();
        if after.is_some() && self.fault == Fault::SecondPage {
            return refusal(StatusCode::FORBIDDEN, "AccessDenied");
        }
        let objects = self.objects.lock().unwrap();
        let later = |key: &str| after.as_deref().is_none_or(|after| key > after);
        let mut keys = objects.iter().filter(|(key, _)| key.starts_with(&prefix) && later(key)).peekable();
        let (mut xml, mut last) = ("<ListBucketResult>".to_owned(), String::new());
        for (key, (bytes, etag)) in keys.by_ref().take(KEYS_MAX) {
            write!(
                xml,
                "<Contents><Key>{key}</Key><LastModified>2026-11-23T01:02:03.000Z</LastModified><ETag>{etag}</ETag><Size>{}</Size></Contents>",
                bytes.len()
            )
            .unwrap();
            last.clone_from(key);
        }
        if keys.peek().is_some() {
            write!(xml, "<NextContinuationToken>{last}</NextContinuationToken>").unwrap();
        }
        answer(StatusCode::OK, xml + "</ListBucketResult>")
    }

    fn get(&self, key: &str, method: &Method, headers: &HeaderMap) -> Response<Body> {
        let objects = self.objects.lock().unwrap();
        let Some((bytes, etag)) = objects.get(key) else { return refusal(StatusCode::NOT_FOUND, "NoSuchKey") };
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if header("if-match").is_some_and(|wanted| wanted != etag) {
            return refusal(StatusCode::PRECONDITION_FAILED, "PreconditionFailed");
        }
        let described = Response::builder().header("etag", etag).header("last-modified", LAST_MODIFIED);
        if method == Method::HEAD {
            return described.header("content-length", bytes.len()).body(Body::empty()).unwrap();
        }
        self.reads.fetch_add(1, Ordering::SeqCst);
        let Some((start, end)) = header("range").and_then(|range| range.strip_prefix("bytes=")?.split_once('-')) else {
            return refusal(StatusCode::BAD_REQUEST, "only ranges are read here");
        };
        let (start, end): (usize, usize) = (start.parse().unwrap(), end.parse().unwrap());
        if start >= bytes.len() {
            return refusal(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange");
        }
        let end = end.min(bytes.len() - 1);
        described
            .status(StatusCode::PARTIAL_CONTENT)
            .header("content-range", format!("bytes {start}-{end}/{}", bytes.len()))
            .body(bytes[start..=end].to_vec().into())
            .unwrap()
    }

    fn put(&self, key: &str, bytes: &[u8], etag: &str) {
        self.objects.lock().unwrap().insert(key.to_owned(), (bytes.to_vec(), format!("\"{etag}\"")));
    }
}

async fn started(fault: Fault) -> (Arc<Bucket>, Lake) {
    with_key(fault, "right").await
}

async fn with_key(fault: Fault, key: &str) -> (Arc<Bucket>, Lake) {
    let bucket =
        Arc::new(Bucket { objects: Mutex::default(), fault, requests: AtomicU32::new(0), reads: AtomicU32::new(0) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().fallback(serve).with_state(Arc::clone(&bucket));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let options = [
        ("aws_endpoint", format!("http://127.0.0.1:{}", address.port())),
        ("aws_allow_http", "true".to_owned()),
        ("aws_region", "us-east-1".to_owned()),
        ("aws_access_key_id", key.to_owned()),
        ("aws_secret_access_key", "secret".to_owned()),
        ("timeout", "300ms".to_owned()),
    ];
    (bucket, lake(&options))
}

#[tokio::test]
async fn a_listing_of_many_pages_is_whole() {
    let (bucket, lake) = started(Fault::None).await;
    for n in 0..2500 {
        bucket.put(&format!("wh/t/dt={}/f{n}.parquet", n % 7), b"x", "e");
    }
    for hidden in ["wh/t/_SUCCESS", "wh/t/_temporary/0/f", "wh/t/dt=1/.x", "wh/t/dt=1_$folder$", "wh/t/dt=2/"] {
        bucket.put(hidden, b"", "e");
    }
    bucket.put("wh/t2/f", b"x", "e");
    let (files, skipped) = listing(&lake, "s3a://bucket/wh/t").await.unwrap();
    assert_eq!(files.len(), 2500);
    assert_eq!(files[0].location.to_string(), "s3a://bucket/wh/t/dt=0/f0.parquet");
    assert_eq!((files[0].size, files[0].modified_at_ms), (1, 1_795_395_723_000));
    assert!(skipped.len() >= 4, "{skipped:?}");
    let (none, _) = listing(&lake, "s3://bucket/none").await.unwrap();
    assert!(none.is_empty());
}

#[tokio::test]
async fn a_listing_that_breaks_off_is_an_error() {
    let (bucket, lake) = started(Fault::SecondPage).await;
    for n in 0..1001 {
        bucket.put(&format!("wh/t/f{n}"), b"x", "e");
    }
    let error = listing(&lake, "s3://bucket/wh/t").await.unwrap_err();
    assert!(error.message.contains("Cannot list s3://bucket/wh/t"), "{error}");
}

#[tokio::test]
async fn footers_by_ranges_only() {
    let (bucket, lake) = started(Fault::None).await;
    let good = sample();
    // more than one read takes, of which the metadata lies at the end
    let mut large = b"PAR1".to_vec();
    large.resize(300_000, 0);
    large.extend_from_slice(&good[good.len() - 2000.min(good.len())..]);
    bucket.put("t/dt=a%3Ab/good", &good, "1");
    bucket.put("t/changed", &good, "1");
    bucket.put("t/shorter", &large, "1");
    bucket.put("t/vanished", &good, "1");
    bucket.put("t/zz-not", b"no parquet at all", "1");
    let (files, _) = listing(&lake, "s3://bucket/t").await.unwrap();
    assert_eq!(files.len(), 5);
    bucket.put("t/changed", &good, "2");
    bucket.put("t/shorter", b"PAR1", "2");
    bucket.objects.lock().unwrap().remove("t/vanished");
    let reads = read_all(&lake, files).await;
    let codes: Vec<&str> =
        reads.iter().map(|read| read.outcome.as_ref().map_or_else(FileProblem::code, |_| "good")).collect();
    assert_eq!(codes, ["changed", "good", "changed", "vanished", "not_parquet"]);
    assert_eq!(bucket.reads.load(Ordering::SeqCst), 3, "one read for the good one, two for what is no Parquet");
}

#[tokio::test]
async fn throttling_and_silence_are_waited_out() {
    for fault in [Fault::SlowDown(3), Fault::Silence(1)] {
        let (bucket, lake) = started(fault).await;
        bucket.put("t/f", &sample(), "1");
        let (files, _) = listing(&lake, "s3://bucket/t").await.unwrap();
        assert!(read_all(&lake, files).await[0].outcome.is_ok());
    }
}

#[tokio::test]
async fn wrong_credentials_are_told() {
    let (bucket, lake) = with_key(Fault::None, "wrong").await;
    bucket.put("t/f", &sample(), "1");
    let error = listing(&lake, "s3://bucket/t").await.unwrap_err();
    assert!(error.message.contains("InvalidAccessKeyId"), "{error}");
    let problem = lake.file(&Location::parse("s3://bucket/t/f").unwrap()).await.unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Denied);
}
