//! Thrift's structs from and to core's nouns. Pure; nothing here asks the catalog.

pub mod common;
pub mod compaction;
pub mod connector;
pub mod constraint;
pub mod database;
pub mod event;
pub mod event_message;
pub mod function;
pub mod lock;
pub mod named_type;
pub mod partition;
pub mod partition_bytes;
pub mod partition_encode;
pub mod partition_list;
pub mod partition_projection;
pub mod partition_spec;
pub mod partition_spec_in;
pub mod privilege;
pub mod projection;
pub mod statistics;
pub mod table;
