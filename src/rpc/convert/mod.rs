//! Between core's nouns and the messages, without loss. What a message may not hold is refused with
//! the path of its field.

mod common;
mod database;
mod discover;
mod event_log;
mod partition;
mod register;
mod storage;
mod table;

pub use common::{kept_out, seconds_out};
pub use database::{database_in, database_out};
pub use discover::{discover_in, discovered_out, dump_in, dump_out};
pub use event_log::{
    boundary_out, ended_out, file_out, log_in, log_out, part_field, running_out, snapshot_out, state_out, stored_out,
    work_out,
};
pub use partition::{PartitionForm, partition_in};
pub use register::{finding_out, register_in, report_out};
pub use storage::columns_out;
pub use table::{name_out, summary_out, table_in, table_out, table_type_in};
