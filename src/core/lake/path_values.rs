//! Partition values in paths of the form `dt=2024-01-01/hour=07/file`.

use crate::name::{DEFAULT_PARTITION, unescape};
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
/// their order, escaped as Hive does, and nothing else: engines read a partition's own directory, not those in it.
///
/// # Errors
/// An error finding that names the path and what was expected.
pub fn path_values(keys: &[Column], path: &str) -> Result<PathValues, Finding> {
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
        let (name, value) = (unescape(name), unescape(value));
        if name.to_lowercase() != key.name.to_lowercase() {
            let is_key = keys.iter().any(|key| key.name.to_lowercase() == name.to_lowercase());
            let what = if is_key { "stands in another place" } else { "is none of the table's keys" };
            return Err(wrong(format!("{name} {what}; expected {}", expected(keys))));
        }
        if value.is_empty() {
            return Err(wrong(format!("the key {} has no value; NULL is written {DEFAULT_PARTITION}", key.name)));
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

/// The keys that a path has of the form `key=value`, from its first directory on: for a new table's.
pub fn path_keys(path: &str) -> Vec<String> {
    let (directories, _) = path.rsplit_once('/').unwrap_or_default();
    let keys = directories.split('/').map_while(|segment| segment.split_once('='));
    keys.map(|(key, _)| unescape(key).to_lowercase()).collect()
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

    #[test]
    fn reads_and_refuses() {
        let keys = keys(&[("dt", "date"), ("hour", "int")]);
        let read = path_values(&keys, "DT=2024-01-02/hour=07/a=b.parquet").unwrap();
        assert_eq!(read, PathValues { values: vec!["2024-01-02".into(), "07".into()], directory_length: 21 });
        let null = path_values(&keys, "dt=__HIVE_DEFAULT_PARTITION__/hour=1/f").unwrap();
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
            let found = path_values(&keys, path).unwrap_err();
            assert!(found.message.contains(why) && found.message.starts_with(path), "{found}");
        }
        assert_eq!(path_values(&[], "f").unwrap().directory_length, 0);
        assert!(path_values(&[], "a/f").is_err());
        assert_eq!(path_keys("Dt=1/h=2/x/y=3/f"), ["dt", "h"]);
        assert!(path_keys("f=1").is_empty());
    }

    proptest! {
        #[test]
        fn names_come_back(values in proptest::collection::vec(any::<String>().prop_filter("not empty", |v| !v.is_empty()), 1..4)) {
            let list: Vec<String> = (0..values.len()).map(|n| format!("k{n}")).collect();
            let keys = keys(&list.iter().map(|name| (name.as_str(), "string")).collect::<Vec<_>>());
            let directory = partition_name(&keys, &values).unwrap();
            let read = path_values(&keys, &format!("{directory}/f.parquet")).unwrap();
            prop_assert_eq!(read, PathValues { values, directory_length: directory.len() });
        }

        #[test]
        fn no_path_panics(path in "(k0=|k1=|/|%|%41|é|[a-z]){0,12}") {
            let _ = path_values(&keys(&[("k0", "string"), ("k1", "int")]), &path);
            let _ = path_keys(&path);
        }
    }
}
