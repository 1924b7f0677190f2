//! What jobs wrote becomes tables: registration, scan planning, event logs; through gRPC and the command line, read back by
//! Thrift.

mod discover;
pub mod files;
mod logs;
mod register;
