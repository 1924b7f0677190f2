//! Partition values in paths: `dt=2024-01-01/hour=5/`, or a declared pattern.

use crate::name::{DEFAULT_PARTITION, normalize, unescape};
use crate::types::{KeyType, Value};
use crate::{Error, Result};

/// The longest pattern, in bytes.
const PATTERN_MAX: usize = 1_000;

/// Values found in a path, and the directory that they end in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathValues {
    /// In the order of the keys.
    pub values: Vec<String>,
    /// Below the base; what the partition's location is. Empty where there are no keys.
    pub directory: String,
}

/// Whether engines ignore a file for its name or that of a directory above it.
pub fn is_hidden_path(path: &str) -> bool {
    path.split('/').any(|segment| segment.starts_with(['_', '.']) && !segment.contains('='))
}

/// Reads values of `k=v` segments, as Hive escapes them. `path` is that of a file, below the base.
/// Errors (InvalidInput) name the path.
pub fn values_of_path(keys: &[String], path: &str) -> Result<PathValues> {
    let wrong = |what: String| Error::new(crate::Kind::InvalidInput, format!("{path}: {what}"));
    let segments: Vec<&str> = path.split('/').collect();
    let directories = &segments[..segments.len() - 1];
    let mut values = Vec::with_capacity(keys.len());
    let mut end = 0;
    for (at, segment) in directories.iter().enumerate() {
        let Some((key, value)) = segment.split_once('=') else { continue };
        let key = normalize(&unescape(key));
        match keys.get(values.len()) {
            Some(expected) if *expected == key => {
                values.push(unescape(value).into_owned());
                end = at + 1;
            }
            Some(expected) => {
                let what = format!("the path has `{key}=` where the key `{expected}` is expected");
                return Err(wrong(what));
            }
            None => {
                let what = format!("the path has `{key}=` below the last key of the table ({})", keys.join(", "));
                return Err(wrong(what));
            }
        }
    }
    if values.len() < keys.len() {
        let lacking = keys[values.len()..].join(", ");
        return Err(wrong(format!("the path lacks `{lacking}=…`; the keys are {}", keys.join(", "))));
    }
    if let Some(empty) = values.iter().position(String::is_empty) {
        return Err(wrong(format!("the value of `{}` is empty; NULL is written {DEFAULT_PARTITION}", keys[empty])));
    }
    Ok(PathValues { values, directory: directories[..end].join("/") })
}

/// A declared form of paths: `{dt}/hour-{hour:int}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// A segment is parts that follow each other.
    segments: Vec<Vec<Part>>,
    keys: Vec<(String, Option<String>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    /// The place among the keys.
    Key(usize),
}

impl Pattern {
    /// Errors (InvalidInput) say what is wrong with it.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |what: &str| {
            let shown: String = text.chars().take(200).collect();
            Error::new(crate::Kind::InvalidInput, format!("the pattern {shown:?}: {what}"))
        };
        if text.len() > PATTERN_MAX {
            return Err(wrong("is too long"));
        }
        let (mut segments, mut keys) = (Vec::new(), Vec::<(String, Option<String>)>::new());
        for segment in text.trim_matches('/').split('/') {
            let mut parts = Vec::new();
            let mut rest = segment;
            while !rest.is_empty() {
                let Some(begin) = rest.find('{') else {
                    parts.push(Part::Literal(rest.to_owned()));
                    break;
                };
                if begin > 0 {
                    parts.push(Part::Literal(rest[..begin].to_owned()));
                } else if matches!(parts.last(), Some(Part::Key(_))) {
                    return Err(wrong("two keys need a text between them"));
                }
                let end = rest.find('}').filter(|end| *end > begin).ok_or_else(|| wrong("a { without }"))?;
                let inside = &rest[begin + 1..end];
                let (name, type_name) = inside.split_once(':').map_or((inside, None), |(n, t)| (n, Some(t.trim())));
                let name = normalize(name.trim());
                let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
                if !is_name || keys.iter().any(|(known, _)| *known == name) {
                    return Err(wrong("a key needs a name of its own, of letters, digits and _"));
                }
                parts.push(Part::Key(keys.len()));
                keys.push((name, type_name.map(str::to_owned)));
                rest = &rest[end + 1..];
            }
            if parts.is_empty() {
                return Err(wrong("has an empty directory"));
            }
            segments.push(parts);
        }
        if keys.is_empty() {
            return Err(wrong("has no key; write {name} where a value stands"));
        }
        Ok(Self { segments, keys })
    }

    /// Names and declared types of its keys, in order.
    pub fn keys(&self) -> &[(String, Option<String>)] {
        &self.keys
    }

    /// Reads the values of a path below the base. Errors (InvalidInput) name the path and what is expected.
    pub fn values(&self, path: &str) -> Result<PathValues> {
        let wrong = |what: String| Error::new(crate::Kind::InvalidInput, format!("{path}: {what}"));
        let segments: Vec<&str> = path.split('/').collect();
        if segments.len() <= self.segments.len() {
            return Err(wrong(format!(
                "has {} directories; the pattern has {}",
                segments.len() - 1,
                self.segments.len()
            )));
        }
        let mut values = vec![String::new(); self.keys.len()];
        for (segment, parts) in segments.iter().zip(&self.segments) {
            if !matches(segment, parts, &mut values) {
                return Err(wrong(format!("the directory {segment:?} does not fit the pattern")));
            }
        }
        for ((name, type_name), value) in self.keys.iter().zip(&values) {
            let Some(type_name) = type_name else { continue };
            if value != DEFAULT_PARTITION && Value::parse(value, KeyType::parse(type_name)).is_none() {
                return Err(wrong(format!("the value {value:?} of `{name}` is not {type_name}")));
            }
        }
        Ok(PathValues { values, directory: segments[..self.segments.len()].join("/") })
    }
}

/// A key takes as little as it can before the text that follows it.
fn matches(segment: &str, parts: &[Part], values: &mut [String]) -> bool {
    let mut rest = segment;
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Literal(text) => match rest.strip_prefix(text.as_str()) {
                Some(after) => rest = after,
                None => return false,
            },
            Part::Key(key) => {
                let end = match parts.get(at + 1) {
                    Some(Part::Literal(next)) => rest.find(next.as_str()),
                    _ => Some(rest.len()),
                };
                let Some(end) = end.filter(|end| *end > 0) else { return false };
                values[*key] = unescape(&rest[..end]).into_owned();
                rest = &rest[end..];
            }
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::name::escape;

    fn keys(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn hive_paths() {
        let found = values_of_path(&keys(&["dt", "h"]), "x/DT=2024-01-01/h=a%2Fb/more/f.parquet").unwrap();
        assert_eq!((found.values, found.directory.as_str()), (keys(&["2024-01-01", "a/b"]), "x/DT=2024-01-01/h=a%2Fb"));
        assert_eq!(values_of_path(&[], "a/f").unwrap().directory, "");
        for (path, expected) in [
            ("dt=1/f", "lacks `h=…`"),
            ("h=1/dt=1/f", "where the key `dt` is expected"),
            ("dt=1/h=1/x=1/f", "below the last key"),
            ("dt=/h=1/f", "is empty"),
            ("f", "lacks `dt, h=…`"),
        ] {
            let error = values_of_path(&keys(&["dt", "h"]), path).unwrap_err();
            assert!(error.message.contains(expected) && error.message.starts_with(path), "{path}: {error}");
        }
    }

    #[test]
    fn patterns() {
        let pattern = Pattern::parse("/{dt}/hour-{Hour:int}_x/").unwrap();
        assert_eq!(pattern.keys(), [("dt".into(), None), ("hour".into(), Some("int".into()))]);
        let found = pattern.values("2024-01-01/hour-05_x/part/f").unwrap();
        assert_eq!((found.values, found.directory.as_str()), (keys(&["2024-01-01", "05"]), "2024-01-01/hour-05_x"));
        for bad in ["2024-01-01/f", "2024-01-01/hour-x_x/f", "2024-01-01/h-5_x/f", "2024-01-01/hour-_x/f"] {
            assert!(pattern.values(bad).unwrap_err().message.starts_with(bad), "{bad}");
        }
        for bad in ["", "a/b", "{a}{b}", "{a", "{}", "{a}/{A}", "{a b}", "{a}//{b}"] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn hidden() {
        for path in ["_SUCCESS", "a/_temporary/0/f", ".hive-staging/f", "a/.f.crc"] {
            assert!(is_hidden_path(path), "{path}");
        }
        assert!(!is_hidden_path("a/b_c/f") && !is_hidden_path("_k=1/f"));
    }

    proptest! {
        #[test]
        fn values_survive_escaping(values in prop::collection::vec("[a-z/=%: é\"']{1,8}", 1..4)) {
            let names: Vec<String> = (0..values.len()).map(|n| format!("k{n}")).collect();
            let path: Vec<String> = names.iter().zip(&values).map(|(k, v)| format!("{k}={}", escape(v))).collect();
            let found = values_of_path(&names, &format!("{}/f.parquet", path.join("/"))).unwrap();
            prop_assert_eq!(found.values, values);
            prop_assert_eq!(found.directory, path.join("/"));
        }

        #[test]
        fn no_pattern_and_no_path_panics(pattern in "[a-c{}:/é]{0,20}", path in "[a-c=/é]{0,20}") {
            if let Ok(pattern) = Pattern::parse(&pattern) {
                let _ = pattern.values(&path);
            }
            let _ = values_of_path(&["a".to_owned()], &path);
        }
    }
}
