//! What the Thrift front and the store tell, counted.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use skep_core::Kind;

use crate::hms::{CallObserver, CallRecord};
use crate::store::TransactionObserver;
use crate::telemetry::Metrics;

const FRONT: &str = "thrift";

/// Puts what it is told into the metrics.
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

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counted")
    }
}

impl TransactionObserver for Counted {
    fn transaction_finished(&self, name: &'static str, error: Option<Kind>, elapsed: Duration, retries: u32) {
        self.0.transaction_finished(name, error.map_or("ok", Kind::as_str), elapsed.as_secs_f64(), retries);
    }
}
