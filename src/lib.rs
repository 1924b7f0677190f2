//! Skep, a Hive-compatible metastore.

pub mod warehouse;
