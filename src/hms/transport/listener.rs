//! The Thrift port: accepting, the cap on connections, draining.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info, warn};

use super::buffer::Budget;
use super::connection::{Connection, Terms};
use super::limits::ConnectionLimits;
use crate::hms::dispatch::Dispatcher;
use crate::hms::observer::CallObserver;
use crate::hms::session::Session;

/// Pause after a failed `accept`: it fails for want of file handles, and those come back when connections end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// At most one line in this time about refused connections: a flood of them must not become a flood of lines.
const REFUSAL_LINE_EVERY: Duration = Duration::from_secs(1);
/// For dropped connections to go, after the drain's own time is over.
const DROP_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves a port until `drain` is cancelled; then closes idle connections, lets running calls end for
/// [`ConnectionLimits::drain_timeout`], and returns.
pub async fn serve(
    listener: TcpListener,
    dispatcher: Arc<Dispatcher>,
    limits: ConnectionLimits,
    drain: CancellationToken,
) {
    let connections = TaskTracker::new();
    let give_up = CancellationToken::new();
    let mut port = Port {
        slots: Arc::new(Semaphore::new(limits.connections_max.min(Semaphore::MAX_PERMITS))),
        terms: Arc::new(Terms { budget: Budget::new(limits.buffered_bytes_max), limits, dispatcher, drain }),
        last_id: 0,
        refused: Refused::default(),
    };
    loop {
        let accepted = tokio::select! {
            biased;
            () = port.terms.drain.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let Some(connection) = port.admit(stream, peer) else { continue };
                let give_up = give_up.clone();
                connections.spawn(async move {
                    tokio::select! { () = connection.run() => {}, () = give_up.cancelled() => {} }
                });
            }
            Err(error) => {
                warn!(%error, "cannot accept a Thrift connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    connections.close();
    info!(connections = connections.len(), "the Thrift port drains");
    if timeout(port.terms.limits.drain_timeout, connections.wait()).await.is_err() {
        warn!(
            connections = connections.len(),
            "calls still run at the end of the drain; their connections are dropped"
        );
        give_up.cancel();
        // A handler that blocks its thread can't be dropped; the process must end all the same.
        let _ = timeout(DROP_TIMEOUT, connections.wait()).await;
    }
}

struct Port {
    terms: Arc<Terms>,
    slots: Arc<Semaphore>,
    last_id: u64,
    refused: Refused,
}

impl Port {
    /// Gives the connection a slot and a session, or closes it.
    fn admit(&mut self, stream: TcpStream, peer: std::net::SocketAddr) -> Option<Connection<TcpStream>> {
        let observer = self.terms.dispatcher.observer();
        let Ok(permit) = Arc::clone(&self.slots).try_acquire_owned() else {
            observer.connection_refused();
            self.refused.note(peer, self.terms.limits.connections_max);
            return None;
        };
        if let Err(error) = prepare(&stream, &self.terms.limits) {
            debug!(%peer, %error, "the socket of a new connection is dead");
            return None;
        }
        self.last_id += 1;
        observer.connection_opened();
        let slot = Slot { _permit: permit, observer: Arc::clone(observer) };
        Some(Connection::new(stream, Session::new(self.last_id, peer), Arc::clone(&self.terms), slot))
    }
}

/// Replies are written whole, so waiting to fill a packet only costs time; keepalive finds peers whose machine is
/// gone, which idle clients otherwise hide for ever.
fn prepare(stream: &TcpStream, limits: &ConnectionLimits) -> io::Result<()> {
    stream.set_nodelay(true)?;
    // The system counts whole seconds and refuses none.
    let after = limits.keepalive_after.max(Duration::from_secs(1));
    let keepalive = TcpKeepalive::new().with_time(after).with_interval((after / 4).max(Duration::from_secs(1)));
    SockRef::from(stream).set_tcp_keepalive(&keepalive)
}

/// A place among the connections; given back however the connection ends, by a panic too.
pub(super) struct Slot {
    _permit: OwnedSemaphorePermit,
    observer: Arc<dyn CallObserver>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.observer.connection_closed();
    }
}

#[derive(Default)]
struct Refused {
    line_at: Option<Instant>,
    since_line: u64,
}

impl Refused {
    fn note(&mut self, peer: std::net::SocketAddr, connections_max: usize) {
        self.since_line += 1;
        if self.line_at.is_none_or(|at| at.elapsed() >= REFUSAL_LINE_EVERY) {
            warn!(%peer, connections_max, refused = self.since_line, "connection closed: too many connections");
            *self = Self { line_at: Some(Instant::now()), since_line: 0 };
        }
    }
}
