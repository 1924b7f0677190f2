//! What clients may ask about the configuration (`get_config_value`, `getMetaConf`; semantics §1).

use super::hive_key::hive_key;
use super::settings::Config;

/// Values that clients ask for and that are not ours to choose, under the newer name.
const FIXED: &[(&str, &str)] = &[
    ("metastore.client.socket.timeout", "600s"),
    ("metastore.default.partition.name", "__HIVE_DEFAULT_PARTITION__"),
    ("metastore.expression.proxy", "org.apache.hadoop.hive.ql.optimizer.ppr.PartitionExpressionForMetastore"),
    ("metastore.notification.parameters.exclude.patterns", ""),
    ("metastore.notifications.add.thrift.objects", "true"),
    ("metastore.sasl.enabled", "false"),
    ("metastore.try.direct.sql", "true"),
    ("metastore.try.direct.sql.ddl", "true"),
];

/// The keys of `getMetaConf` and `setMetaConf`, under the newer name.
const META_CONF: [&str; 8] = [
    "metastore.client.capability.check",
    "metastore.client.socket.timeout",
    "metastore.disallow.incompatible.col.type.changes",
    "metastore.expression.proxy",
    "metastore.partition.name.whitelist.pattern",
    "metastore.partition.order.expr",
    "metastore.try.direct.sql",
    "metastore.try.direct.sql.ddl",
];

/// Hive's older names that are not just `hive.` before the newer one.
const OLD_FIXED: [(&str, &str); 1] = [("hive.exec.default.partition.name", "metastore.default.partition.name")];

impl Config {
    /// The value of a Hive property in Hive's own form (`300s`, `-1`), by either of its names. `None`: unknown here.
    /// Neither passwords nor the store's URL have a name here.
    pub fn hive_value(&self, name: &str) -> Option<String> {
        match newer_name(name) {
            "metastore.thrift.port" | "hive.metastore.port" => Some(self.server.thrift_listen.port().to_string()),
            "metastore.thrift.bind.host" => Some(self.server.thrift_listen.ip().to_string()),
            "metastore.warehouse.external.dir" => {
                Some(self.warehouse.external_root.as_ref().unwrap_or(&self.warehouse.root).clone())
            }
            newer => match hive_key(name) {
                Some((row, _)) => Some(row.form.write(self.get(row.key).as_ref())),
                None => FIXED.iter().find(|(fixed, _)| *fixed == newer).map(|(_, value)| (*value).to_owned()),
            },
        }
    }

    /// The newer name of a key that `getMetaConf` and `setMetaConf` know; `None`: they must refuse it.
    pub fn meta_conf_name(name: &str) -> Option<&'static str> {
        META_CONF.into_iter().find(|known| *known == newer_name(name))
    }
}

fn newer_name(name: &str) -> &str {
    if let Some((_, newer)) = OLD_FIXED.iter().find(|(old, _)| *old == name) {
        return newer;
    }
    match name.strip_prefix("hive.") {
        Some(newer) if newer.starts_with("metastore.") && newer != "metastore.port" => newer,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Config, META_CONF};

    #[test]
    fn what_engines_ask_is_answered() {
        let config = Config::default();
        let asked = [
            ("metastore.txn.timeout", "300s"), // Trino
            ("hive.txn.timeout", "300s"),
            ("hive.metastore.dml.events", "true"), // Impala
            ("metastore.catalog.default", "hive"),
            ("hive.metastore.notifications.add.thrift.objects", "true"),
            ("hive.exec.default.partition.name", "__HIVE_DEFAULT_PARTITION__"),
            ("metastore.batch.retrieve.max", "300"), // HiveServer2
            ("hive.metastore.partition.name.whitelist.pattern", ""),
            ("hive.metastore.limit.partition.request", "-1"),
            ("metastore.metadata.transformer.class", " "),
            ("hive.metastore.server.max.message.size", "104857600"),
            ("hive.metastore.port", "9083"),
            ("metastore.stats.ndv.tuner", "0.0"),
        ];
        for (name, value) in asked {
            assert_eq!(config.hive_value(name).as_deref(), Some(value), "{name}");
        }
    }

    #[test]
    fn answers_follow_the_configuration() {
        let mut config = Config::default();
        config.metastore.txn_timeout = Duration::from_millis(1_500);
        config.metastore.limit_partition_request = Some(100);
        config.metastore.partition_inherit_table_properties = vec!["a".to_owned(), "b".to_owned()];
        config.warehouse.root = "file:/w".to_owned();
        assert_eq!(config.hive_value("metastore.txn.timeout").as_deref(), Some("1500ms"));
        assert_eq!(config.hive_value("metastore.limit.partition.request").as_deref(), Some("100"));
        assert_eq!(config.hive_value("metastore.partition.inherit.table.properties").as_deref(), Some("a,b"));
        assert_eq!(config.hive_value("hive.metastore.warehouse.external.dir").as_deref(), Some("file:/w"));
    }

    #[test]
    fn secrets_and_strangers_have_no_answer() {
        for name in ["javax.jdo.option.ConnectionPassword", "javax.jdo.option.ConnectionURL", "store.url", "hive.x", ""]
        {
            assert_eq!(Config::default().hive_value(name), None, "{name}");
        }
    }

    #[test]
    fn meta_conf_knows_its_eight_keys_in_both_spellings() {
        for name in META_CONF {
            assert_eq!(Config::meta_conf_name(name), Some(name));
            assert_eq!(Config::meta_conf_name(&format!("hive.{name}")), Some(name));
            assert!(Config::default().hive_value(name).is_some(), "{name}");
        }
        assert_eq!(Config::meta_conf_name("metastore.batch.retrieve.max"), None);
    }
}
