//! The one integration binary: whatever needs a socket, a process or a database.

#![expect(clippy::unwrap_used, reason = "helpers of tests, outside #[test] functions")]

mod command_line;
mod golden;
mod web;
