//! The Thrift front through real sockets: every wire form, every way to misbehave.

mod apache;
mod calls;
pub mod client;
mod exceptions;
mod fixture;
mod forms;
mod hive;
mod hostile;
mod lifetimes;
mod lines;
mod methods;
mod table;
