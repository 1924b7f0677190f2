//! `skep.toml` as a flat list of keys. An unknown key is an error, with the nearest known one named.

use toml::{Table, Value};

use super::error::ConfigError;
use super::settings::{Config, path};

/// The keys of the file's text as (`section.key`, text). `file` is named in errors.
pub fn toml_keys(file: &str, text: &str) -> Result<Vec<(String, String)>, ConfigError> {
    let table: Table = text.parse().map_err(|error| ConfigError::new(format!("{file}: {error}")))?;
    let mut keys = Vec::new();
    for (section, body) in table {
        let known: Vec<_> = Config::sections().iter().map(|(name, _)| (*name).to_owned()).collect();
        if !known.contains(&section) {
            return Err(unknown(file, "section", &section, known));
        }
        let Value::Table(body) = body else {
            return Err(ConfigError::new(format!("{file}: `{section}` is a section; write [{section}]")));
        };
        for (key, value) in body {
            let name = path(&section, &key);
            if !Config::key_names().any(|known| known == name) {
                return Err(unknown(file, "key", &name, Config::key_names()));
            }
            let text =
                flat(&value).ok_or_else(|| ConfigError::new(format!("{file}: {name}: not a value of this key")))?;
            keys.push((name, text));
        }
    }
    Ok(keys)
}

/// The text form of a scalar, a list of scalars (`a,b`) or a table of scalars (`k=v,k=v`).
fn flat(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Boolean(flag) => Some(flag.to_string()),
        Value::Array(items) => items.iter().map(part).collect::<Option<Vec<_>>>().map(|items| items.join(",")),
        Value::Table(table) => {
            let pairs = table.iter().map(|(name, value)| Some(format!("{name}={}", part(value)?)));
            pairs.collect::<Option<Vec<_>>>().map(|pairs| pairs.join(","))
        }
        Value::Datetime(_) => None,
    }
}

/// A member of a list or table; one that holds the separator itself cannot be said in text.
fn part(value: &Value) -> Option<String> {
    match value {
        Value::Array(_) | Value::Table(_) => None,
        scalar => flat(scalar).filter(|text| !text.contains(',')),
    }
}

fn unknown(file: &str, what: &str, name: &str, known: impl IntoIterator<Item = String>) -> ConfigError {
    let hint = nearest(name, known).map(|known| format!("; did you mean `{known}`?")).unwrap_or_default();
    ConfigError::new(format!("{file}: unknown {what} `{name}`{hint}"))
}

/// The known name that looks most like a misspelt one, if any looks like it at all. Keys are compared without their
/// section, so that one in the wrong section is found; the right section decides between equals.
pub fn nearest(name: &str, known: impl IntoIterator<Item = String>) -> Option<String> {
    fn parts(name: &str) -> (&str, &str) {
        name.rsplit_once('.').unwrap_or(("", name))
    }
    let likeness = |other: &str| {
        let ((section, key), (other_section, other_key)) = (parts(name), parts(other));
        strsim::jaro_winkler(key, other_key) + if section == other_section { 0.01 } else { 0.0 }
    };
    known
        .into_iter()
        .map(|other| (likeness(&other), other))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::toml_keys;

    fn error(text: &str) -> String {
        toml_keys("skep.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn a_misspelt_key_is_an_error_that_names_the_right_one() {
        assert_eq!(
            error("[server]\nthrift_lissten = \"127.0.0.1:1\""),
            "skep.toml: unknown key `server.thrift_lissten`; did you mean `server.thrift_listen`?"
        );
        assert_eq!(
            error("[server]\nstorage_checks = true"),
            "skep.toml: unknown key `server.storage_checks`; did you mean `warehouse.storage_checks`?"
        );
        assert_eq!(error("[sever]\n"), "skep.toml: unknown section `sever`; did you mean `server`?");
        assert_eq!(error("[store]\nzzz = 1"), "skep.toml: unknown key `store.zzz`");
        assert_eq!(error("store = 1"), "skep.toml: `store` is a section; write [store]");
        assert!(error("[store").starts_with("skep.toml: TOML parse error"));
    }

    #[test]
    fn values_become_text() {
        let text = "[metastore]\nbatch_retrieve_max = 7\npartition_inherit_table_properties = [\"a\", \"b\"]\n\
                    [warehouse.object_store]\naws_region = \"eu\"\naws_allow_http = true\n";
        let keys = toml_keys("skep.toml", text).unwrap();
        let keys: Vec<_> = keys.iter().map(|(key, text)| (key.as_str(), text.as_str())).collect();
        assert_eq!(
            keys,
            [
                ("metastore.batch_retrieve_max", "7"),
                ("metastore.partition_inherit_table_properties", "a,b"),
                ("warehouse.object_store", "aws_allow_http=true,aws_region=eu"),
            ]
        );
        assert!(error("[warehouse.object_store.s3]\nx = 1").contains("warehouse.object_store"));
    }
}
