//! The one integration binary: whatever needs a socket, a process or a database.

mod command_line;
mod golden;
mod web;
