//! What all services of the front share, and the one way in which a call runs: span, error, log line, figures.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use axum::extract::ConnectInfo;
use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, Stream};
use futures_util::{FutureExt as _, StreamExt as _};
use skep_core::Error;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};
use tracing::{Instrument as _, info_span};

use super::call_log::CallLog;
use super::cx::Cx;
use super::error::{Answer, Refusal};
use crate::catalog::Metastore;
use crate::etl::Etl;
use crate::telemetry::{Metrics, NodeStatus};

/// Streams that wait for changes, at a time. Each takes a place on a connection and asks the database now and then.
const WATCHES_MAX: usize = 256;

/// A stream of answers, as handlers make it.
pub type Answers<R> = BoxStream<'static, Answer<R>>;
/// The same as it is sent.
pub type Replies<R> = Pin<Box<dyn Stream<Item = Result<R, Status>> + Send>>;

/// Where the node can be reached, as soon as it listens.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    pub thrift: OnceLock<SocketAddr>,
    pub api: OnceLock<SocketAddr>,
}

/// The rooms below the front. Made once by the server's wiring.
pub struct Services {
    pub metastore: Metastore,
    pub etl: Etl,
    pub node: NodeStatus,
    pub metrics: Arc<Metrics>,
    pub addresses: Arc<Addresses>,
    /// Root of managed tables, to be shown.
    pub warehouse: String,
    /// Cancelled when the node goes: streams that would go on for ever end.
    pub stop: CancellationToken,
}

/// Runs calls. Cheap to clone.
#[derive(Clone)]
pub struct Front(Arc<Inner>);

struct Inner {
    services: Services,
    watches: Arc<Semaphore>,
}

impl Front {
    pub fn new(services: Services) -> Self {
        Self(Arc::new(Inner { services, watches: Arc::new(Semaphore::new(WATCHES_MAX)) }))
    }
    pub fn services(&self) -> &Services {
        &self.0.services
    }
    pub(super) fn watches(&self) -> &Arc<Semaphore> {
        &self.0.watches
    }

    /// Runs a call with one answer. `method` is `Service/Method`.
    pub async fn call<Q, R, F, Fut>(
        &self,
        method: &'static str,
        request: Request<Q>,
        handler: F,
    ) -> Result<Response<R>, Status>
    where
        F: FnOnce(Cx, Q) -> Fut,
        Fut: Future<Output = Answer<R>>,
    {
        let (log, cx) = self.begin(method, &request);
        let span = info_span!(target: "skep::call", "rpc.call", method);
        match caught(handler(cx.clone(), request.into_inner())).instrument(span).await {
            Ok(answer) => {
                log.end(None);
                Ok(Response::new(answer))
            }
            Err(refusal) => Err(log.refused(refusal)),
        }
    }

    /// Runs a call that changes something: to its end, whether or not the client waits for it. What was begun is not left
    /// half done because a deadline passed.
    pub async fn change<Q, R, F, Fut>(
        &self,
        method: &'static str,
        request: Request<Q>,
        handler: F,
    ) -> Result<Response<R>, Status>
    where
        F: FnOnce(Cx, Q) -> Fut,
        Fut: Future<Output = Answer<R>> + Send + 'static,
        R: Send + 'static,
    {
        let whole = |cx, request| {
            // Of a named type: what lies below is too deep for the compiler to see through at each service's call.
            let handler: BoxFuture<'static, Answer<R>> = Box::pin(handler(cx, request));
            async { tokio::spawn(handler.in_current_span()).await.unwrap_or_else(|_| Err(panicked())) }
        };
        self.call(method, request, whole).await
    }

    /// Runs a call that answers with a stream. Its log line is written when the stream has ended, however it did.
    pub async fn stream<Q, R, F, Fut>(
        &self,
        method: &'static str,
        request: Request<Q>,
        handler: F,
    ) -> Result<Response<Replies<R>>, Status>
    where
        F: FnOnce(Cx, Q) -> Fut,
        Fut: Future<Output = Answer<Answers<R>>>,
        R: Send + 'static,
    {
        let (log, cx) = self.begin(method, &request);
        let span = info_span!(target: "skep::call", "rpc.call", method);
        let opened = caught(handler(cx.clone(), request.into_inner())).instrument(span.clone()).await;
        let answers = match opened {
            Ok(answers) => answers,
            Err(refusal) => return Err(log.refused(refusal)),
        };
        let sending = Sending { answers, log: Some(log), span };
        let replies = futures_util::stream::unfold(sending, |mut sending| async move {
            let reply = sending.next().await?;
            Some((reply, sending))
        });
        Ok(Response::new(Box::pin(replies)))
    }

    fn begin<Q>(&self, method: &'static str, request: &Request<Q>) -> (CallLog, Cx) {
        let cx = Cx::new(self.clone());
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        let log = CallLog::start(method, peer, cx.clone(), Arc::clone(&self.services().metrics));
        (log, cx)
    }
}

/// A stream on its way.
struct Sending<R> {
    answers: Answers<R>,
    /// None when its line is written.
    log: Option<CallLog>,
    span: tracing::Span,
}

impl<R> Sending<R> {
    async fn next(&mut self) -> Option<Result<R, Status>> {
        let log = self.log.as_mut()?;
        let next = AssertUnwindSafe(self.answers.next()).catch_unwind().instrument(self.span.clone()).await;
        match next {
            Ok(Some(Ok(answer))) => {
                log.sent();
                Some(Ok(answer))
            }
            Ok(Some(Err(refusal))) => self.log.take().map(|log| Err(log.refused(refusal))),
            Ok(None) => {
                if let Some(log) = self.log.take() {
                    log.end(None);
                }
                None
            }
            Err(_) => self.log.take().map(|log| Err(log.refused(panicked()))),
        }
    }
}

/// One call that panics fails, and not its connection.
async fn caught<T>(running: impl Future<Output = Answer<T>>) -> Answer<T> {
    AssertUnwindSafe(running).catch_unwind().await.unwrap_or_else(|_| Err(panicked()))
}

fn panicked() -> Refusal {
    Error::internal("the handler panicked").into()
}
