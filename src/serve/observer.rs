//! The Thrift front's events, counted.

use std::sync::Arc;

use crate::hms::{CallObserver, CallRecord};
use crate::telemetry::Metrics;

const FRONT: &str = "thrift";

/// Puts what the front tells into the metrics.
pub struct Counted(pub Arc<Metrics>);

impl CallObserver for Counted {
    fn connection_opened(&self) {
        self.0.connections_open_add(FRONT, 1);
    }
    fn connection_closed(&self) {
        self.0.connections_open_add(FRONT, -1);
    }
    fn connection_refused(&self) {
        self.0.connection_refused(FRONT);
    }
    fn connection_foreign(&self) {
        self.0.connection_refused(FRONT);
    }
    fn call_finished(&self, call: &CallRecord<'_>) {
        self.0.call_finished(call.method, call.outcome.as_str(), call.elapsed.as_secs_f64());
        self.0.bytes_received(FRONT, call.bytes_in as u64);
        self.0.bytes_sent(FRONT, call.bytes_out as u64);
    }
}
