//! One wide line a call (target `skep::call`, as the Thrift front's), and the same in figures.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use tonic::Status;
use tracing::{info, warn};

use super::cx::Cx;
use super::error::Refusal;
use crate::telemetry::Metrics;

/// A call being measured.
pub(super) struct CallLog {
    method: &'static str,
    peer: Option<SocketAddr>,
    cx: Cx,
    metrics: Arc<Metrics>,
    started: Instant,
    messages: u64,
    is_over: bool,
}

impl CallLog {
    pub(super) fn start(method: &'static str, peer: Option<SocketAddr>, cx: Cx, metrics: Arc<Metrics>) -> Self {
        Self { method, peer, cx, metrics, started: Instant::now(), messages: 0, is_over: false }
    }

    /// A message of a stream went out.
    pub(super) fn sent(&mut self) {
        self.messages += 1;
    }

    pub(super) fn end(mut self, refusal: Option<&Refusal>) {
        self.write(refusal.map_or("ok", |refusal| refusal.error.kind.as_str()), refusal);
    }

    /// The end of a call that is refused, as the client sees it.
    pub(super) fn refused(self, refusal: Refusal) -> Status {
        let refusal = refusal.about(self.cx.resource());
        self.end(Some(&refusal));
        refusal.status()
    }

    fn write(&mut self, kind: &'static str, refusal: Option<&Refusal>) {
        /// The same fields at two levels: tracing wants the level to be a constant.
        macro_rules! line {
            ($level:ident) => {
                $level!(
                    target: "skep::call",
                    // All that the span would add stands in the line itself.
                    parent: None,
                    method = self.method,
                    kind,
                    db = self.cx.subject().map(|at| at.database.as_str()),
                    table = self.cx.subject().map(|at| at.table.as_str()),
                    user = self.cx.user(),
                    peer = self.peer.map(tracing::field::display),
                    messages = self.messages,
                    ms = self.started.elapsed().as_micros() as f64 / 1000.0,
                    error = refusal.map(|refusal| refusal.error.message.as_ref()),
                    "call"
                )
            };
        }
        self.is_over = true;
        if refusal.is_some_and(Refusal::is_fault) {
            line!(warn);
        } else {
            line!(info);
        }
        self.metrics.call_finished(self.method, kind, self.started.elapsed().as_secs_f64());
    }
}

/// A client that goes before its answer is whole.
impl Drop for CallLog {
    fn drop(&mut self) {
        if !self.is_over {
            self.write("cancelled", None);
        }
    }
}
