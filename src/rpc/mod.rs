//! The gRPC front: Skep's own interface (`proto/skep`), health and reflection. The only room that knows `skep_proto`'s
//! messages, besides the client.

mod routes;
mod status;

pub use routes::{Health, routes};
