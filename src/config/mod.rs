//! The configuration: flags > `SKEP_…` variables > `skep.toml` > a Hive file > defaults, each key with its origin.
//! One file a section; the keys, their documents and defaults stand in the section's struct and nowhere else. This
//! room knows no store, no warehouse and no front: it hands them plain values.

mod check;
mod env;
mod error;
mod hive_answer;
mod hive_file;
mod hive_key;
mod hive_store;
mod load;
#[cfg(test)]
mod load_test;
mod log;
mod metastore;
mod origin;
mod print;
mod quantity;
mod secret;
mod section;
mod server;
mod setting;
mod settings;
mod store;
mod store_url;
mod toml_file;
mod warehouse;

pub use error::ConfigError;
pub use load::{Loaded, Sources};
pub use log::{Log, LogFormat};
pub use metastore::{Metastore, Order};
pub use origin::Origin;
pub use quantity::ByteSize;
pub use secret::Options;
pub use server::Server;
pub use settings::Config;
pub use store::Store;
pub use store_url::{StoreKind, StoreUrl};
pub use warehouse::{FileScope, Warehouse};
