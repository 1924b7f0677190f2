//! What jobs wrote becomes tables: registration, scan planning, event logs; through gRPC and the command line, read back by
//! Thrift.

mod event_logs;
mod files;
mod logs;
mod register;
