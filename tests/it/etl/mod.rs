//! What jobs wrote becomes tables: registration, scan planning, event logs; through gRPC and the command line, read back by
//! Thrift.

#[macro_use]
pub mod s3;

mod blocks;
mod discover;
mod event_logs;
pub mod files;
pub mod final_view;
mod formats;
mod log_versions;
mod logs;
mod plan;
mod register;
mod restore;
mod spark_copy;
mod strangers;
mod told_groups;
