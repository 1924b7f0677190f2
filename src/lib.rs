//! Skep, a Hive-compatible metastore server. `ARCHITECTURE.md` is the map.

pub mod store;
