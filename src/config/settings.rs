//! All sections together, and their keys by name (`section.key`).

use super::log::Log;
use super::metastore::Metastore;
use super::section::{Key, Section};
use super::server::Server;
use super::store::Store;
use super::warehouse::Warehouse;

/// The effective configuration of a server. Built by [`super::Loaded::load`]; tests may start from `default()`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    pub server: Server,
    pub store: Store,
    pub warehouse: Warehouse,
    pub metastore: Metastore,
    pub log: Log,
}

impl Config {
    /// Every section's name and keys, in the order in which they are printed.
    pub fn sections() -> [(&'static str, &'static [Key]); 5] {
        [
            (Server::NAME, Server::KEYS),
            (Store::NAME, Store::KEYS),
            (Warehouse::NAME, Warehouse::KEYS),
            (Metastore::NAME, Metastore::KEYS),
            (Log::NAME, Log::KEYS),
        ]
    }

    /// `section.key` of every key.
    pub fn key_names() -> impl Iterator<Item = String> {
        Self::sections().into_iter().flat_map(|(section, keys)| keys.iter().map(move |key| path(section, key.name)))
    }

    /// Sets `section.key` from text. `None`: there is no such key.
    pub(super) fn set(&mut self, path: &str, text: &str) -> Option<Result<(), String>> {
        let (section, key) = path.split_once('.')?;
        match section {
            Server::NAME => self.server.set(key, text),
            Store::NAME => self.store.set(key, text),
            Warehouse::NAME => self.warehouse.set(key, text),
            Metastore::NAME => self.metastore.set(key, text),
            Log::NAME => self.log.set(key, text),
            _ => None,
        }
    }

    /// The value of `section.key` with secrets masked; `None`: not set, or no such key.
    pub(super) fn get(&self, path: &str) -> Option<toml::Value> {
        let (section, key) = path.split_once('.')?;
        match section {
            Server::NAME => self.server.get(key),
            Store::NAME => self.store.get(key),
            Warehouse::NAME => self.warehouse.get(key),
            Metastore::NAME => self.metastore.get(key),
            Log::NAME => self.log.get(key),
            _ => None,
        }
    }
}

/// `section.key`.
pub(super) fn path(section: &str, key: &str) -> String {
    format!("{section}.{key}")
}
