//! One wide line a call (target `skep::call`), and the same in figures for the observer.

use std::sync::Arc;
use std::time::Instant;

use skep_thrift::WireError;
use tracing::{info, warn};

use super::context::Cx;
use super::observer::{CallObserver, CallRecord, Outcome};
use super::reply::Reply;

/// The method's name in the books where the client's name is none of ours.
pub(super) const UNKNOWN: &str = "unknown";

/// A call being measured.
pub(super) struct CallLog {
    cx: Cx,
    observer: Arc<dyn CallObserver>,
    bytes_in: usize,
    started: Instant,
}

impl CallLog {
    pub(super) fn start(cx: Cx, observer: Arc<dyn CallObserver>, bytes_in: usize) -> Self {
        Self { cx, observer, bytes_in, started: Instant::now() }
    }

    /// A message that could not be read.
    pub(super) fn malformed(self, method: &'static str, error: &WireError, reply: Option<Reply>) -> Option<Reply> {
        self.end(method, Outcome::Malformed, reply, Some(&error.to_string()))
    }

    /// A method that is not there; its name is the client's own text.
    pub(super) fn unknown(self, called: &str, reply: Option<Reply>) -> Option<Reply> {
        self.end(UNKNOWN, Outcome::UnknownMethod, reply, Some(called))
    }

    /// Writes the line and passes the reply on. The line of a reply that is made while it is sent is written then.
    pub(super) fn end(
        self,
        method: &'static str,
        outcome: Outcome,
        reply: Option<Reply>,
        message: Option<&str>,
    ) -> Option<Reply> {
        match reply.as_ref().map(Reply::length) {
            Some(None) => reply.map(|reply| {
                reply.when_sent(move |sent, failed| match failed {
                    None => self.write(method, outcome, sent, None),
                    Some(error) => self.write(method, Outcome::Undeclared(error.kind), sent, Some(&error.message)),
                })
            }),
            length => {
                self.write(method, outcome, length.flatten().unwrap_or_default(), message);
                reply
            }
        }
    }

    fn write(&self, method: &'static str, outcome: Outcome, bytes_out: usize, message: Option<&str>) {
        let elapsed = self.started.elapsed();
        let call = CallRecord { method, outcome, message, elapsed, bytes_in: self.bytes_in, bytes_out };
        self.line(&call);
        self.observer.call_finished(&call);
    }

    fn line(&self, call: &CallRecord<'_>) {
        /// The same fields at two levels: tracing wants the level to be a constant.
        macro_rules! line {
            ($level:ident) => {
                $level!(
                    target: "skep::call",
                    // All that the span would add stands in the line itself.
                    parent: None,
                    method = call.method,
                    kind = call.outcome.as_str(),
                    db = self.cx.subject().map(|(db, _)| db),
                    table = self.cx.subject().map(|(_, table)| table),
                    user = self.cx.session.user(),
                    peer = %self.cx.session.peer(),
                    connection = self.cx.session.id(),
                    bytes_in = call.bytes_in,
                    bytes_out = call.bytes_out,
                    ms = call.elapsed.as_micros() as f64 / 1000.0,
                    error = call.message,
                    "call"
                )
            };
        }
        if call.outcome.is_fault() { line!(warn) } else { line!(info) }
    }
}
