//! `SKEP_…` variables. Each key has its own, `SKEP_SECTION_KEY`; those of the flags have a short name too.

use std::collections::BTreeMap;

use super::error::ConfigError;
use super::settings::Config;
use super::toml_file::nearest;

/// Names the configuration file.
pub const CONFIG_VARIABLE: &str = "SKEP_CONFIG";

/// Where the command line's clients find a server; no key of a server's.
pub const ENDPOINT_VARIABLE: &str = "SKEP_ENDPOINT";

/// The short variables: one for each flag of `skep serve`.
const SHORT: [(&str, &str); 7] = [
    ("SKEP_STORE", "store.url"),
    ("SKEP_WAREHOUSE", "warehouse.root"),
    ("SKEP_EXTERNAL_WAREHOUSE", "warehouse.external_root"),
    ("SKEP_THRIFT_LISTEN", "server.thrift_listen"),
    ("SKEP_API_LISTEN", "server.api_listen"),
    ("SKEP_HIVE_CONF", "server.hive_conf"),
    ("SKEP_ALLOW_UNAUTHENTICATED", "server.allow_unauthenticated"),
];

/// What the variables say: keys as (`section.key`, variable, text), and notices on variables that mean nothing.
pub struct EnvKeys {
    pub keys: Vec<(String, String, String)>,
    pub notices: Vec<String>,
}

/// Reads the variables that start with `SKEP_`. Unknown ones are told, not refused: Kubernetes invents some for a
/// service of this name.
pub fn env_keys(variables: &BTreeMap<String, String>) -> Result<EnvKeys, ConfigError> {
    let mut known: BTreeMap<String, String> = Config::key_names().map(|key| (long_name(&key), key)).collect();
    known.extend(SHORT.map(|(name, key)| (name.to_owned(), key.to_owned())));
    let mut found = EnvKeys { keys: Vec::new(), notices: Vec::new() };
    for (name, text) in variables.iter().filter(|(name, _)| name.starts_with("SKEP_")) {
        let Some(key) = known.get(name) else {
            if name != CONFIG_VARIABLE && name != ENDPOINT_VARIABLE && !of_kubernetes(name, text) {
                let hint = nearest(name, known.keys().cloned()).map(|known| format!("; did you mean {known}?"));
                found.notices.push(format!("unknown variable {name} is ignored{}", hint.unwrap_or_default()));
            }
            continue;
        };
        if let Some((_, other, _)) = found.keys.iter().find(|(other, _, _)| other == key) {
            return Err(ConfigError::new(format!("{other} and {name} are the same key; set one of them")));
        }
        found.keys.push((key.clone(), name.clone(), text.clone()));
    }
    Ok(found)
}

impl Config {
    /// Whether a variable of this name is read.
    pub fn has_variable(name: &str) -> bool {
        SHORT.iter().any(|(short, _)| *short == name) || Self::key_names().any(|key| long_name(&key) == name)
    }
}

fn long_name(key: &str) -> String {
    format!("SKEP_{}", key.replace('.', "_").to_ascii_uppercase())
}

fn of_kubernetes(name: &str, text: &str) -> bool {
    name.contains("_SERVICE_") || name.contains("_PORT_") || (name.ends_with("_PORT") && text.starts_with("tcp://"))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{Config, SHORT, env_keys, long_name};

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn each_key_has_one_long_variable_and_no_short_one_shadows_another_key() {
        let long: BTreeSet<_> = Config::key_names().map(|key| long_name(&key)).collect();
        assert_eq!(long.len(), Config::key_names().count());
        for (short, key) in SHORT {
            assert!(!long.contains(short) && Config::key_names().any(|known| known == key), "{short}");
        }
    }

    #[test]
    fn unknown_variables_are_told_but_not_those_of_kubernetes() {
        let found = env_keys(&variables(&[
            ("SKEP_CONFIG", "x"),
            ("SKEP_PORT", "tcp://10.0.0.1:9083"),
            ("SKEP_PORT_9083_TCP", "tcp://10.0.0.1:9083"),
            ("SKEP_SERVICE_HOST", "10.0.0.1"),
            ("SKEP_THRIFT_LISTN", "x"),
            ("OTHER", "x"),
        ]));
        let found = found.unwrap();
        assert!(found.keys.is_empty());
        assert_eq!(found.notices, ["unknown variable SKEP_THRIFT_LISTN is ignored; did you mean SKEP_THRIFT_LISTEN?"]);
    }

    #[test]
    fn two_variables_of_one_key_are_refused_without_their_values() {
        let both = variables(&[("SKEP_STORE", "postgres://u:hush@a/b"), ("SKEP_STORE_URL", "sqlite:x")]);
        let error = env_keys(&both).err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("SKEP_STORE and SKEP_STORE_URL are the same key; set one of them"));
    }
}
