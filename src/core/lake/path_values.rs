//! Partition values in paths of the form `dt=2024-01-01/hour=07/file`.

use serde::{Deserialize, Serialize};

use crate::name::{DEFAULT_PARTITION, unescape_path};
use crate::table::Column;
use crate::types::{KeyType, Value};

use super::finding::Finding;

/// What a file's path says of its partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathValues {
    /// One for each key, in the table's order; [`DEFAULT_PARTITION`] stands for NULL.
    pub values: Vec<String>,
    /// How many bytes of the path are the partition's directory, without a slash at its end; 0 where there are no keys.
    pub directory_length: usize,
}

/// What a directory `key=` means. DuckDB, PyArrow and Polars write it for an empty text, which is no value of a partition
/// in Hive: only who wrote the files knows whether NULL may stand for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmptyValue {
    /// It is an error.
    #[default]
    Error,
    /// NULL.
    Null,
}

impl EmptyValue {
    /// Gives the value that an empty text stands for; none where it is an error.
    pub(super) fn value(self) -> Option<&'static str> {
        match self {
            Self::Error => None,
            Self::Null => Some(DEFAULT_PARTITION),
        }
    }

    /// Reads `null` or `error`; none for other texts.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Error, Self::Null].into_iter().find(|one| one.as_str().eq_ignore_ascii_case(text.trim()))
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Null => "null",
        }
    }
}

/// Checks a value against its key's type.
pub(super) fn value_check(path: &str, key: &str, key_type: &str, value: &str) -> Result<(), Finding> {
    if value == DEFAULT_PARTITION || Value::parse(value, KeyType::parse(key_type)).is_some() {
        return Ok(());
    }
    Err(Finding::error("partition_value", format!("{path}: {value:?} is no {key_type}, the type of the key {key}")))
}

/// `dt=…/hour=…`, for messages.
fn expected(keys: &[Column]) -> String {
    keys.iter().map(|key| format!("{}=…", key.name)).collect::<Vec<_>>().join("/")
}

/// The values of `path`, a file's path below the table's location, whose directories must be `key=value` of all keys in
/// their order, escaped as Hive or any other writer does ([`unescape_path`]), and nothing else: engines read a partition's
/// own directory, not those in it.
///
/// # Errors
/// An error finding that names the path and what was expected.
pub fn path_values(keys: &[Column], path: &str, empty: EmptyValue) -> Result<PathValues, Finding> {
    let wrong = |why: String| Finding::error("partition_path", format!("{path}: {why}"));
    let mut segments: Vec<&str> = path.split('/').collect();
    segments.pop();
    let mut values = Vec::with_capacity(keys.len());
    let mut length = 0;
    for (n, key) in keys.iter().enumerate() {
        let Some(segment) = segments.get(n) else {
            return Err(wrong(format!("a directory for the key {} is missing; expected {}", key.name, expected(keys))));
        };
        let Some((name, value)) = segment.split_once('=') else {
            return Err(wrong(format!("the directory {segment:?} is no key=value; expected {}", expected(keys))));
        };
        let (name, mut value) = (unescape_path(name), unescape_path(value));
        if name.to_lowercase() != key.name.to_lowercase() {
            let is_key = keys.iter().any(|key| key.name.to_lowercase() == name.to_lowercase());
            let what = if is_key { "stands in another place" } else { "is none of the table's keys" };
            return Err(wrong(format!("{name} {what}; expected {}", expected(keys))));
        }
        if value.is_empty() {
            let Some(stands_for) = empty.value() else {
                return Err(wrong(format!(
                    "the key {} has no value; NULL is written {DEFAULT_PARTITION}, or an empty value may be taken for NULL (--empty-value null)",
                    key.name
                )));
            };
            value = stands_for.into();
        }
        value_check(path, &key.name, key.type_name.as_deref().unwrap_or("string"), &value)?;
        values.push(value.into_owned());
        length += segment.len() + usize::from(n > 0);
    }
    if let Some(extra) = segments.get(keys.len()) {
        let wanted = if keys.is_empty() { "no directories: the table has no keys".to_owned() } else { expected(keys) };
        return Err(wrong(format!("{extra:?} is a directory too many; expected {wanted}")));
    }
    Ok(PathValues { values, directory_length: length })
}

/// The key of a directory `key=value`, as a table names it; none of another directory.
pub fn path_key(directory: &str) -> Option<String> {
    directory.split_once('=').map(|(key, _)| unescape_path(key).to_lowercase())
}

/// The keys that a path has of the form `key=value`, from its first directory on: for a new table's.
pub fn path_keys(path: &str) -> Vec<String> {
    let (directories, _) = path.rsplit_once('/').unwrap_or_default();
    directories.split('/').map_while(path_key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::partition_name;
    use proptest::prelude::*;

    pub(crate) fn keys(list: &[(&str, &str)]) -> Vec<Column> {
        let column = |(name, kind): &(&str, &str)| Column {
            name: (*name).to_owned(),
            type_name: Some((*kind).to_owned()),
            comment: None,
        };
        list.iter().map(column).collect()
    }

    fn read(keys: &[Column], path: &str) -> Result<PathValues, Finding> {
        path_values(keys, path, EmptyValue::Error)
    }

    #[test]
    fn paths_of_other_writers() {
        let keys = keys(&[("land", "string"), ("_code", "decimal(4,2)")]);
        let found = read(&keys, "land=T%C3%BCrkiye%20%2F/_code=1.50/f").unwrap();
        assert_eq!(found.values, ["Türkiye /", "1.50"]);
        assert_eq!(found.directory_length, "land=T%C3%BCrkiye%20%2F/_code=1.50".len());
        let empty = path_values(&keys, "land=/_code=/f", EmptyValue::Null).unwrap();
        assert_eq!((empty.values, empty.directory_length), (vec![DEFAULT_PARTITION.to_owned(); 2], 12));
        assert!(read(&keys, "land=/_code=1/f").unwrap_err().message.contains("--empty-value null"));
        assert_eq!((path_key("L%C3%84nd=1"), path_key("land")), (Some("länd".to_owned()), None));
        for one in [EmptyValue::Error, EmptyValue::Null] {
            assert_eq!(EmptyValue::parse(one.as_str()), Some(one));
        }
        assert_eq!(EmptyValue::parse("nil"), None);
    }

    #[test]
    fn reads_and_refuses() {
        let keys = keys(&[("dt", "date"), ("hour", "int")]);
        let found = read(&keys, "DT=2024-01-02/hour=07/a=b.parquet").unwrap();
        assert_eq!(found, PathValues { values: vec!["2024-01-02".into(), "07".into()], directory_length: 21 });
        let null = read(&keys, "dt=__HIVE_DEFAULT_PARTITION__/hour=1/f").unwrap();
        assert_eq!(null.values[0], DEFAULT_PARTITION);
        for (path, why) in [
            ("f", "the key dt is missing"),
            ("dt=2024-01-02/f", "the key hour is missing"),
            ("hour=1/dt=2024-01-02/f", "hour stands in another place"),
            ("dt=2024-01-02/hour=1/x=2/f", "a directory too many"),
            ("dt=2024-01-02/h=1/f", "h is none of the table's keys"),
            ("2024-01-02/1/f", "is no key=value"),
            ("dt=2024-01-02/hour=x/f", "\"x\" is no int"),
            ("dt=2024-13-02/hour=1/f", "is no date"),
            ("dt=/hour=1/f", "has no value"),
        ] {
            let found = read(&keys, path).unwrap_err();
            assert!(found.message.contains(why) && found.message.starts_with(path), "{found}");
        }
        assert_eq!(read(&[], "f").unwrap().directory_length, 0);
        assert!(read(&[], "a/f").is_err());
        assert_eq!(path_keys("Dt=1/h=2/x/y=3/f"), ["dt", "h"]);
        assert!(path_keys("f=1").is_empty());
    }

    proptest! {
        #[test]
        fn names_come_back(values in proptest::collection::vec(any::<String>().prop_filter("not empty", |v| !v.is_empty()), 1..4)) {
            let list: Vec<String> = (0..values.len()).map(|n| format!("k{n}")).collect();
            let keys = keys(&list.iter().map(|name| (name.as_str(), "string")).collect::<Vec<_>>());
            let directory = partition_name(&keys, &values).unwrap();
            let found = read(&keys, &format!("{directory}/f.parquet")).unwrap();
            prop_assert_eq!(found, PathValues { values, directory_length: directory.len() });
        }

        #[test]
        fn no_path_panics(path in "(k0=|k1=|/|%|%41|é|[a-z]){0,12}") {
            let _ = path_values(&keys(&[("k0", "string"), ("k1", "int")]), &path, EmptyValue::Null);
            let _ = path_keys(&path);
        }
    }
}
