//! The Thrift front: Hive's interface on a port. Bytes become calls here, calls reach handlers, and whatever comes
//! back leaves as bytes of the same wire form. No `skep_thrift` type goes below this room, and nothing here knows
//! SQL, stores or caches.

mod call_log;
mod context;
mod convert;
mod dispatch;
mod exception;
mod handlers;
mod observer;
mod reply;
mod routes;
mod session;
mod transport;

pub use context::{Cx, Services};
pub use dispatch::Dispatcher;
pub use exception::{declared, text, wanted};
pub use observer::{CallObserver, CallRecord, Outcome};
pub use reply::{Encoded, Reply, ReplyBody, ReplyTo, Source};
pub use routes::{Answer, Fates, Handler, REFUSED, Routes, fates, routes};
pub use session::{Generation, Identity, Session};
pub use transport::{ConnectionLimits, Foreign, Framing, Sniff, Wire, serve, sniff};
