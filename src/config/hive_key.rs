//! Hive's names of our keys, both ways: a Hive file is read by this table, and clients that ask for a
//! configuration value are answered from it.

use super::quantity::duration_parse;
use super::setting::{NONE, Setting};

/// A key that Hive knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HiveKey {
    /// The name since Hive 3, `metastore.…`. Its spelling with `hive.` before it is accepted too.
    pub name: &'static str,
    /// The older name, where it is not just that.
    pub old: Option<&'static str>,
    /// Our key, `section.key`.
    pub key: &'static str,
    pub form: Form,
}

/// How Hive writes the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Text,
    Flag,
    Number,
    /// A number; below zero there is no limit.
    Limit,
    Bytes,
    /// A time; a bare number counts in these milliseconds.
    Time(u64),
    /// A whole number of minutes, as Hadoop's keys are.
    Minutes,
    /// The class that translates tables: Hive's own one or blank.
    Transformer,
}

const TRANSFORMER: &str = "org.apache.hadoop.hive.metastore.MetastoreDefaultTransformer";
const SECONDS: Form = Form::Time(1_000);

const fn key(name: &'static str, key: &'static str, form: Form) -> HiveKey {
    HiveKey { name, old: None, key, form }
}

impl HiveKey {
    const fn old(self, old: &'static str) -> Self {
        Self { old: Some(old), ..self }
    }

    /// Whether the key has this name, and if so whether it is the newer spelling, which wins.
    pub fn spelled(&self, name: &str) -> Option<bool> {
        if name == self.name {
            return Some(true);
        }
        let older = self.old.map_or_else(|| name.strip_prefix("hive.") == Some(self.name), |old| old == name);
        older.then_some(false)
    }
}

/// Every key of ours that has a Hive name, except those that are made of several properties (listen address, store,
/// object store).
pub const HIVE_KEYS: &[HiveKey] = &[
    key("metastore.warehouse.dir", "warehouse.root", Form::Text),
    key("metastore.warehouse.external.dir", "warehouse.external_root", Form::Text),
    key("fs.trash.interval", "warehouse.trash_interval", Form::Minutes),
    key("metastore.authorization.storage.checks", "warehouse.storage_checks", Form::Flag),
    key("metastore.server.max.message.size", "server.max_message", Form::Bytes),
    key("metastore.server.max.threads", "server.max_connections", Form::Number),
    key("datanucleus.connectionPool.maxPoolSize", "store.pool_size", Form::Number),
    key("metastore.catalog.default", "metastore.default_catalog", Form::Text),
    key("metastore.metadata.transformer.class", "metastore.translate_tables", Form::Transformer),
    key("metastore.batch.retrieve.max", "metastore.batch_retrieve_max", Form::Number),
    key("metastore.batch.retrieve.table.partition.max", "metastore.batch_retrieve_partition_max", Form::Number),
    key("metastore.limit.partition.request", "metastore.limit_partition_request", Form::Limit),
    key("metastore.stats.autogather", "metastore.stats_autogather", Form::Flag).old("hive.stats.autogather"),
    key("metastore.stats.fetch.bitvector", "metastore.stats_fetch_bitvector", Form::Flag)
        .old("hive.stats.fetch.bitvector"),
    key("metastore.stats.fetch.kll", "metastore.stats_fetch_kll", Form::Flag).old("hive.stats.fetch.kll"),
    key("metastore.stats.ndv.tuner", "metastore.stats_ndv_tuner", Form::Number),
    key(
        "metastore.disallow.incompatible.col.type.changes",
        "metastore.disallow_incompatible_col_type_changes",
        Form::Flag,
    ),
    key("metastore.client.capability.check", "metastore.client_capability_check", Form::Flag),
    key("metastore.partition.name.whitelist.pattern", "metastore.partition_name_whitelist_pattern", Form::Text),
    key("metastore.partition.order.expr", "metastore.partition_order_expr", Form::Text),
    key("metastore.partition.inherit.table.properties", "metastore.partition_inherit_table_properties", Form::Text),
    key("metastore.support.special.characters.tablename", "metastore.special_characters_in_table_names", Form::Flag)
        .old("hive.support.special.characters.tablename"),
    key("metastore.txn.timeout", "metastore.txn_timeout", SECONDS).old("hive.txn.timeout"),
    key("metastore.txn.max.open.batch", "metastore.txn_max_open_batch", Form::Number).old("hive.txn.max.open.batch"),
    key("metastore.dml.events", "metastore.dml_events", Form::Flag),
    key("metastore.event.db.listener.timetolive", "metastore.event_ttl", SECONDS),
    key("metastore.max.event.response", "metastore.max_event_response", Form::Number),
];

/// The key with this Hive name, and whether the name is the newer spelling.
pub fn hive_key(name: &str) -> Option<(&'static HiveKey, bool)> {
    HIVE_KEYS.iter().find_map(|key| key.spelled(name).map(|newer| (key, newer)))
}

impl Form {
    /// Hive's text as the text of our key.
    pub fn read(self, text: &str) -> Result<String, String> {
        let text = text.trim();
        match self {
            Self::Limit if text.starts_with('-') => Ok(NONE.to_owned()),
            Self::Text | Self::Flag | Self::Number | Self::Limit => Ok(text.to_owned()),
            Self::Bytes => hive_bytes(text),
            Self::Time(unit_ms) => Ok(format!("{}ms", duration_parse(text, Some(unit_ms))?.as_millis())),
            Self::Minutes => text
                .parse::<u64>()
                .map(|minutes| format!("{minutes}m"))
                .map_err(|_| format!("`{text}` is not a number of minutes")),
            Self::Transformer if text.is_empty() => Ok("false".to_owned()),
            Self::Transformer if text == TRANSFORMER => Ok("true".to_owned()),
            Self::Transformer => Err(format!("`{text}` is a Java class; only {TRANSFORMER} or blank can be had here")),
        }
    }

    /// Our value (`None`: not set) as Hive writes it.
    pub fn write(self, value: Option<&toml::Value>) -> String {
        let text = match value {
            None => String::new(),
            Some(toml::Value::String(text)) => text.clone(),
            Some(toml::Value::Array(items)) => {
                items.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(",")
            }
            Some(other) => other.to_string(),
        };
        let time_ms = || duration_parse(&text, None).map_or(0, |time| time.as_millis());
        match self {
            Self::Text | Self::Flag | Self::Number => text,
            Self::Limit => value.map_or_else(|| "-1".to_owned(), ToString::to_string),
            Self::Bytes => super::ByteSize::parse(&text).map_or(text, |size| size.bytes().to_string()),
            Self::Time(_) if time_ms() % 1_000 != 0 => format!("{}ms", time_ms()),
            Self::Time(_) => format!("{}s", time_ms() / 1_000),
            Self::Minutes => (time_ms() / 60_000).to_string(),
            Self::Transformer => if text == "true" { TRANSFORMER } else { " " }.to_owned(),
        }
    }
}

/// Hive writes sizes as a number, or with `kb`, `mb`, `gb` in powers of 1024.
fn hive_bytes(text: &str) -> Result<String, String> {
    let lower = text.to_ascii_lowercase();
    let ours = ["k", "m", "g", "t"].iter().find_map(|unit| {
        let digits = lower.strip_suffix(&format!("{unit}b"))?;
        Some(format!("{digits}{unit}iB"))
    });
    let ours = ours.unwrap_or(lower);
    super::ByteSize::parse(&ours).map(|size| size.to_string()).map_err(|_| format!("`{text}` is not a size"))
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::{Form, HIVE_KEYS, SECONDS, TRANSFORMER, hive_key};

    #[test]
    fn every_row_names_a_key_of_ours_once() {
        for (index, row) in HIVE_KEYS.iter().enumerate() {
            assert!(Config::key_names().any(|key| key == row.key), "{}", row.key);
            assert!(HIVE_KEYS[..index].iter().all(|other| other.key != row.key && other.name != row.name));
        }
    }

    #[test]
    fn the_default_of_every_row_survives_the_way_to_hive_and_back() {
        for row in HIVE_KEYS {
            let mut config = Config::default();
            let hive = row.form.write(config.get(row.key).as_ref());
            config.set(row.key, &row.form.read(&hive).unwrap()).unwrap().unwrap();
            assert_eq!(config, Config::default(), "{}", row.name);
        }
    }

    #[test]
    fn both_spellings_are_known() {
        for name in ["metastore.dml.events", "hive.metastore.dml.events"] {
            assert_eq!(hive_key(name).map(|(row, _)| row.key), Some("metastore.dml_events"));
        }
        assert_eq!(
            hive_key("hive.txn.timeout").map(|(row, newer)| (row.key, newer)),
            Some(("metastore.txn_timeout", false))
        );
        assert_eq!(hive_key("hive.fs.trash.interval.x"), None);
    }

    #[test]
    fn hives_forms_are_read() {
        assert_eq!(SECONDS.read("300"), Ok("300000ms".to_owned()));
        assert_eq!(SECONDS.read("1d"), Ok("86400000ms".to_owned()));
        assert_eq!(Form::Limit.read("-1"), Ok("none".to_owned()));
        assert_eq!(Form::Bytes.read("100mb"), Ok("100MiB".to_owned()));
        assert_eq!(Form::Transformer.read(" "), Ok("false".to_owned()));
        assert_eq!(Form::Transformer.read(TRANSFORMER), Ok("true".to_owned()));
        for wrong in [SECONDS.read("soon"), Form::Minutes.read("5m"), Form::Transformer.read("com.example.Mine")] {
            assert!(wrong.is_err());
        }
    }
}
