// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! The interface's types and methods, as tables.

pub mod constants;
pub mod exceptions;
pub mod methods;
#[cfg(any(test, feature = "sample"))]
pub mod samples;
mod types_catalog;
mod types_common;
mod types_compaction;
mod types_connector;
mod types_constraint;
mod types_database;
mod types_fb303;
mod types_file_metadata;
mod types_function;
mod types_index;
mod types_notification;
mod types_partition;
mod types_privilege;
mod types_procedure;
mod types_property;
mod types_schedule;
mod types_schema;
mod types_stats;
mod types_table;
mod types_txn;
mod types_workload;

/// The structs and enums of all nouns.
pub mod types {
    pub use super::types_catalog::*;
    pub use super::types_common::*;
    pub use super::types_compaction::*;
    pub use super::types_connector::*;
    pub use super::types_constraint::*;
    pub use super::types_database::*;
    pub use super::types_fb303::*;
    pub use super::types_file_metadata::*;
    pub use super::types_function::*;
    pub use super::types_index::*;
    pub use super::types_notification::*;
    pub use super::types_partition::*;
    pub use super::types_privilege::*;
    pub use super::types_procedure::*;
    pub use super::types_property::*;
    pub use super::types_schedule::*;
    pub use super::types_schema::*;
    pub use super::types_stats::*;
    pub use super::types_table::*;
    pub use super::types_txn::*;
    pub use super::types_workload::*;
}
