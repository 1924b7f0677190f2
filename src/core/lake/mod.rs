//! What is known of data files, without reading any: their schemas in Hive's types, their facts (rows, bounds, row
//! groups) and how these are stored, partition values in paths, and what a file's schema asks of a table.

mod block;
mod bounds;
mod evolve;
mod evolve_type;
mod facts;
mod facts_code;
mod facts_reader;
mod finding;
mod hive_type;
mod path_pattern;
mod path_values;
mod possible;
mod scan_filter;
#[cfg(test)]
mod scan_filter_test;
mod schema;
mod slack;
mod statistics;
mod table_format;

pub use block::{BLOCK_FILES_MAX, BLOCK_FILES_MIN, FileBlock, Filled};
pub use bounds::{Bounds, Nan, TEXT_BOUND_MAX, text_high, text_low};
pub use evolve::{Policy, SchemaChange, TypeChange, schema_compare};
pub use facts::{COLUMNS_MAX, ColumnFacts, FileFacts, GROUP_BOUNDS_MAX, ROW_GROUPS_MAX, RowGroupFacts};
pub use finding::{Finding, Severity};
pub use hive_type::HiveType;
pub use path_pattern::PathPattern;
pub use path_values::{EmptyValue, PathValues, path_key, path_keys, path_values};
pub use possible::Known;
pub use scan_filter::{ScanFilter, column_unknown};
pub use schema::{FileColumn, FileSchema};
pub use slack::Slack;
pub use statistics::statistics_of;
pub use table_format::{MARKERS, TableFormat};
