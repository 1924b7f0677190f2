//! From sockets to whole messages and back: listening, telling the wire forms apart, bounded reading, chunked
//! writing, timeouts and draining. This room knows message boundaries and nothing of methods; what a message means
//! is the dispatcher's business.

mod buffer;
mod connection;
mod limits;
mod listener;
mod reader;
mod sniff;
mod writer;

pub use limits::ConnectionLimits;
pub use listener::serve;
pub use sniff::{Foreign, Framing, Sniff, Wire, sniff};
