//! The pure core of Skep: Hive's nouns in our words, names and their escaping, filter strings and serialised
//! expressions, statistics. Nothing here does I/O, reads a clock or is async, so its tests run in seconds.

pub mod compaction;
pub mod difference;
pub mod error;
pub mod event_log;
pub mod evolution;
pub mod filter;
mod footprint;
pub mod function;
#[cfg(any(test, feature = "fuzz"))]
pub mod fuzz;
pub mod kryo;
pub mod lake;
pub mod name;
pub mod partition;
pub mod place;
pub mod prune;
pub mod recent;
pub mod registration;
pub mod rows;
pub mod spark_schema;
pub mod stats;
pub mod table;
pub mod transaction;
pub mod types;
pub mod view;

pub use error::{Error, Kind, Result};
pub use place::{Location, PlaceKey};
