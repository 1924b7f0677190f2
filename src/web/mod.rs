//! The HTTP side of the API port: metrics, health, a page to look at; and the loop that serves it together with gRPC.
//! Knows the node's telemetry and nothing of the metastore.

mod page;
mod pages;
mod serve;

pub use pages::{Refresh, router};
pub use serve::{ApiLimits, serve};
