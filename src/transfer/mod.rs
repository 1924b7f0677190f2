//! Copies metadata from one metastore to another, both spoken to by Thrift: import and export are the same with the
//! sides exchanged. Knows Hive's interface (`skep_thrift`) and nothing else of ours; the command line starts it.
//! Files are never touched.

mod address;
mod canonical;
mod connection;
mod constraints;
mod copier;
mod endpoint;
mod error;
mod fields;
mod functions;
mod kept;
mod left_out;
mod namespaces;
mod options;
mod partitions;
mod privileges;
mod read;
mod read_parts;
mod report;
mod roles;
mod statistics;
mod tables;
mod write;

pub use address::Address;
pub use copier::transfer;
pub use endpoint::{Endpoint, Side};
pub use error::CallError;
pub use options::Options;
pub use report::{Count, Difference, LeftOut, Problem, Recorder, Report};
