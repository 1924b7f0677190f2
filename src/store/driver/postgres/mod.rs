//! Connections to Postgres: to the primary among the URL's hosts, bounded in time, and given up together when that host
//! falls silent or another one takes over.

mod connection;
mod connections;
mod hosts;
mod primary;
mod search;
mod watch;

pub use connection::{Answers, Connection};
pub use connections::{Connections, Limits};
pub use hosts::Hosts;
