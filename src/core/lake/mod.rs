//! What lies in a data lake, without looking: schemas and facts of files, how a schema may change, partition values in
//! paths. Knows no file format and no storage.

mod evolve;
mod facts;
mod hive_type;
mod paths;
mod statistics;

pub use evolve::{ColumnChange, Evolution, Policy, Problem, evolve};
pub use facts::{ColumnFacts, FileColumn, FileFacts, GroupBounds, GroupFacts, bound_above, bound_below};
pub use hive_type::HiveType;
pub use paths::{PathValues, Pattern, is_hidden_path, values_of_path};
pub use statistics::column_statistics;
