//! S3 on a socket, and what goes wrong on the way to it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Request, Response, StatusCode};
use futures_util::{StreamExt as _, stream};
use s3s::service::{S3Service, S3ServiceBuilder};

use super::bucket::{Bucket, Shared};
use crate::etl::files;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 503 SlowDown.
    SlowDown,
    /// 500 InternalError.
    Broken,
    /// 403 AccessDenied.
    Denied,
    /// No answer, ever.
    Silence,
    /// Half of the answer, and no more of it, ever.
    Stall,
    /// Half of the answer, and then the connection ends.
    Reset,
}

/// With which requests.
struct Rule {
    fault: Fault,
    /// A part of `METHOD /bucket/key?query`, escapes resolved.
    part: String,
    times: usize,
}

type Trick = Box<dyn FnOnce(&Bucket) + Send>;

struct Way {
    service: S3Service,
    bucket: Arc<Bucket>,
    rules: Mutex<Vec<Rule>>,
    /// Done once, when the last page of a listing is on its way.
    after_listing: Mutex<Option<Trick>>,
    seen: Mutex<Vec<String>>,
}

/// A running S3 with one bucket, `lake`.
pub struct S3 {
    pub bucket: Arc<Bucket>,
    way: Arc<Way>,
    endpoint: String,
}

impl S3 {
    pub async fn start() -> Self {
        let bucket = Arc::new(Bucket::new("lake", "reader", "right"));
        let shared = Shared(Arc::clone(&bucket));
        let mut builder = S3ServiceBuilder::new(shared.clone());
        builder.set_auth(shared);
        let way = Arc::new(Way {
            service: builder.build(),
            bucket: Arc::clone(&bucket),
            rules: Mutex::default(),
            after_listing: Mutex::default(),
            seen: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(Arc::clone(&way));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { bucket, way, endpoint }
    }

    /// What a server needs to know of it: the variables that all of AWS's tools read, and how patient to be.
    pub fn variables(&self) -> Vec<(&str, &str)> {
        vec![
            ("AWS_ENDPOINT", &self.endpoint),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", self.bucket.access_key),
            ("AWS_SECRET_ACCESS_KEY", "right"),
            ("SKEP_WAREHOUSE_OBJECT_STORE", "timeout=400ms"),
            ("SKEP_WAREHOUSE_OBJECT_STORE_RETRY", "2s"),
            ("SKEP_WAREHOUSE_ALLOWED_ROOTS", "s3://lake/managed"),
        ]
    }

    /// Requests that have `part` in `METHOD /bucket/key?query` fail, so many times.
    pub fn fail(&self, fault: Fault, part: &str, times: usize) {
        self.way.rules.lock().unwrap().push(Rule { fault, part: part.to_owned(), times });
    }

    /// Nothing fails any more; gives how many failures were left.
    pub fn mend(&self) -> usize {
        self.way.rules.lock().unwrap().drain(..).map(|rule| rule.times).sum()
    }

    /// Does this when the next listing is complete and nothing is read yet.
    pub fn after_listing(&self, trick: impl FnOnce(&Bucket) + Send + 'static) {
        *self.way.after_listing.lock().unwrap() = Some(Box::new(trick));
    }

    /// Requests since this was asked last.
    pub fn seen(&self) -> Vec<String> {
        std::mem::take(&mut *self.way.seen.lock().unwrap())
    }

    /// A Parquet file of people.
    pub fn people(&self, key: &str, first: i64, rows: i64) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        files::people(&path, first, rows);
        self.bucket.put(key, std::fs::read(path).unwrap());
    }
}

fn refusal(status: StatusCode, code: &str) -> Response<Body> {
    let body = format!("<Error><Code>{code}</Code><Message>{code}</Message></Error>");
    Response::builder().status(status).body(body.into()).unwrap()
}

async fn answer(State(way): State<Arc<Way>>, request: Request<Body>) -> Response<Body> {
    let line = format!("{} {}", request.method(), request.uri());
    let line = percent_encoding::percent_decode_str(&line).decode_utf8().unwrap().into_owned();
    way.seen.lock().unwrap().push(line.clone());
    let fault = way.fault(&line);
    match fault {
        Some(Fault::SlowDown) => return refusal(StatusCode::SERVICE_UNAVAILABLE, "SlowDown"),
        Some(Fault::Broken) => return refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
        Some(Fault::Denied) => return refusal(StatusCode::FORBIDDEN, "AccessDenied"),
        Some(Fault::Silence) => return std::future::pending().await,
        Some(Fault::Stall | Fault::Reset) | None => {}
    }
    let answered = way.service.call(request.map(s3s::Body::http_body_unsync)).await.unwrap();
    let (head, body) = answered.into_parts();
    let whole = axum::body::to_bytes(Body::new(body), usize::MAX).await.unwrap();
    if line.contains("list-type=2") && !whole.windows(23).any(|part| part == b"<NextContinuationToken>") {
        let trick = way.after_listing.lock().unwrap().take();
        if let Some(trick) = trick {
            trick(&way.bucket);
        }
    }
    Response::from_parts(head, broken(fault, whole))
}

/// The body, or what a fault leaves of it.
fn broken(fault: Option<Fault>, whole: Bytes) -> Body {
    let half = whole.slice(..whole.len() / 2);
    let first = stream::iter([Ok(half)]);
    match fault {
        Some(Fault::Reset) => Body::from_stream(first.chain(stream::iter([Err(std::io::Error::other("cut"))]))),
        Some(Fault::Stall) => Body::from_stream(first.chain(stream::pending())),
        _ => whole.into(),
    }
}

impl Way {
    /// What goes wrong with this request.
    fn fault(&self, line: &str) -> Option<Fault> {
        let mut rules = self.rules.lock().unwrap();
        let rule = rules.iter_mut().find(|rule| rule.times > 0 && line.contains(&rule.part))?;
        rule.times -= 1;
        Some(rule.fault)
    }
}
