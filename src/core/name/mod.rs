//! Names: normal form, validity, catalogs inside database names, partition names and their escaping, name patterns.
//! All functions are pure and total: no text from a client makes them panic.

mod database;
mod identifier;
mod like;
mod partition;
mod pattern;

pub use database::{DbName, parse_db_name};
pub use identifier::{directory_name, normalize, valid_column_type, validate_name};
pub use like::LikePattern;
pub use partition::{
    DEFAULT_PARTITION, escape, escape_into, is_escaped, partition_name, partition_name_for_statistics,
    partition_name_of, partition_name_parse, partition_name_values, partition_values_of, unescape, unescape_path,
};
pub use pattern::{Pattern, Whitelist};
