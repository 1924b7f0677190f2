//! The loop of the API port: HTTP/1 and HTTP/2 without TLS on one listener, bounded and drained.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::telemetry::Metrics;

/// The front's name in metrics.
const FRONT: &str = "api";
/// After a failed accept (no file descriptors left, say) the loop waits so long rather than spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// A client that sends the preface in pieces is looked at again after so long.
const PREFACE_PAUSE: Duration = Duration::from_millis(20);

/// What a client of the API port may take.
#[derive(Debug, Clone, Copy)]
pub struct ApiLimits {
    /// Connections at a time; more are closed at once.
    pub connections: usize,
    /// From the first byte of a request's headers to the last.
    pub header_timeout: Duration,
    /// HTTP/2: a client that does not answer a ping for so long is gone.
    pub keepalive: Duration,
    /// HTTP/2: requests at a time on one connection.
    pub streams: u32,
}

impl Default for ApiLimits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connections: 1_024, header_timeout: seconds(10), keepalive: seconds(30), streams: 128 }
    }
}

/// Serves until `stop` is cancelled, then finishes the requests that run; the caller bounds that time. An idle
/// connection is told to go at once.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ApiLimits,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) {
    let builder = builder(limits);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits.connections));
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener) => accepted,
        };
        let Some(stream) = stream else { continue };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            metrics.connection_refused(FRONT);
            continue;
        };
        let open = metrics.connection_opened(FRONT);
        // Who calls, for the log.
        let peer = stream.peer_addr().map(ConnectInfo);
        let router = peer.map_or_else(|_| router.clone(), |peer| router.clone().layer(Extension(peer)));
        let service = TowerToHyperService::new(router);
        let (builder, watcher) = (builder.clone(), graceful.watcher());
        let going = stop.clone();
        tokio::spawn(async move {
            let _held = (place, open);
            let speaks = tokio::select! {
                () = going.cancelled() => false,
                speaks = tokio::time::timeout(limits.header_timeout, speaks_http(&stream)) => speaks.unwrap_or(false),
            };
            if !speaks {
                return;
            }
            let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(error, "api connection ended");
            }
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

fn builder(limits: ApiLimits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.header_timeout);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .keep_alive_interval(limits.keepalive)
        .keep_alive_timeout(limits.keepalive);
    builder
}

/// Waits until the client has said which protocol it speaks, which hyper does without a time limit: something other
/// than the start of HTTP/2's preface, or all of that. False when the client left.
async fn speaks_http(stream: &TcpStream) -> bool {
    let mut first = [0; PREFACE.len()];
    loop {
        match stream.peek(&mut first).await {
            Ok(0) | Err(_) => return false,
            Ok(count) if count < PREFACE.len() && PREFACE.starts_with(&first[..count]) => {
                tokio::time::sleep(PREFACE_PAUSE).await;
            }
            Ok(_) => return true,
        }
    }
}

/// The next connection; none when accepting failed, which is logged and slowed down.
async fn accept(listener: &TcpListener) -> Option<TcpStream> {
    match listener.accept().await {
        Ok((stream, _)) => {
            // Only speed is lost where it is not possible.
            let _ = stream.set_nodelay(true);
            Some(stream)
        }
        Err(error) if is_the_clients(&error) => None,
        Err(error) => {
            tracing::warn!(%error, "api port: a connection could not be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

/// Errors of a client that went away before it was accepted.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
