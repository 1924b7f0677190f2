//! Thrift's structs from and to core's nouns. Pure; nothing here asks the catalog.

pub mod common;
pub mod database;
pub mod partition;
pub mod partition_spec_in;
pub mod projection;
pub mod table;
