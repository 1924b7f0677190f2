//! What a node tells about itself: its log, its metrics, its state. The lowest room of the server package: it knows
//! only the clock and the configuration's `[log]`.

mod log;
mod metrics;
mod status;

pub use log::{init, subscriber};
pub use metrics::{CONTENT_TYPE, LogFigures, Metrics, OpenConnection};
pub use status::{NodeStatus, Probe};
