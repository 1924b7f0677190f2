//! Where something lies: a URI as Hadoop's `Path` reads and prints it.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The longest location that Hive's own metastore can store.
const LENGTH_MAX: usize = 4000;

/// Hadoop's scheme of the local file system; also that of a path without a scheme.
const FILE: &str = "file";

/// Schemes that name the same place.
const SAME_SCHEMES: [(&str, &str); 5] =
    [("s3a", "s3"), ("s3n", "s3"), ("abfss", "abfs"), ("wasbs", "wasb"), ("gcs", "gs")];

/// A qualified, normalised location: scheme, authority and an absolute path without `.`, `..`, empty segments or a
/// trailing slash. Nothing is percent-decoded: in Hadoop `%3A` in a path is three characters of a name.
///
/// Equality is of the text. [`Location::same_place`] asks whether two texts name the same place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Location {
    scheme: Arc<str>,
    /// Bucket, `container@account`, host and port; empty where there is none.
    authority: Arc<str>,
    /// Starts with a slash.
    path: String,
}

impl Location {
    /// Reads a location as HMS does (`Warehouse.getDnsPath`): a bare absolute path is a `file:` one.
    ///
    /// Errors (`Meta`): empty, relative, too long, a scheme that is none, a NUL character.
    pub fn parse(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Err(Error::meta("The location is empty; it must be an absolute path or a URI"));
        }
        if text.len() > LENGTH_MAX {
            return Err(Error::meta(format!(
                "The location is {} bytes long; at most {LENGTH_MAX} are allowed",
                text.len()
            )));
        }
        if text.contains('\0') {
            return Err(Error::meta(format!("The location {text:?} contains a NUL character")));
        }
        let (scheme, rest) = scheme_split(text)?;
        let (authority, path) = match rest.strip_prefix("//") {
            // `//` alone is a path: so Hadoop
            Some(after) if !after.is_empty() => after.split_at(after.find('/').unwrap_or(after.len())),
            _ => ("", rest),
        };
        let is_bucket = path.is_empty() && !authority.is_empty();
        if !is_bucket && !path.starts_with('/') {
            return Err(Error::meta(format!("Relative path in the location {text:?}; it must be absolute")));
        }
        if authority.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(Error::meta(format!("Blank or control character in the authority of the location {text:?}")));
        }
        let authority = if scheme == FILE && authority.eq_ignore_ascii_case("localhost") { "" } else { authority };
        if scheme == FILE && !authority.is_empty() {
            return Err(Error::meta(format!(
                "The location {text:?} names a host; local files are written file:/path or file:///path"
            )));
        }
        Ok(Self { scheme: scheme.into(), authority: authority.into(), path: path_normalise(path) })
    }

    /// A local directory. `path` must be absolute; it is normalised like any other.
    pub fn file(path: &str) -> Result<Self> {
        if !path.starts_with('/') {
            return Err(Error::meta(format!("Relative path {path:?}; it must be absolute")));
        }
        Self::parse(&format!("{FILE}:{path}").replacen("://", ":/", 1))
    }

    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Bucket, `container@account`, host and port; empty where there is none.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The absolute path; of an object store the key, with a slash before it.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn is_file(&self) -> bool {
        &*self.scheme == FILE
    }

    /// Whether this is the root of its file system or bucket (HMS refuses tables there).
    pub fn is_root(&self) -> bool {
        self.path == "/"
    }

    /// The last segment; empty for a root.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The place above; none for a root.
    pub fn parent(&self) -> Option<Self> {
        let (above, _) = self.path.rsplit_once('/').filter(|_| !self.is_root())?;
        let path = if above.is_empty() { "/" } else { above };
        Some(Self { path: path.to_owned(), ..self.clone() })
    }

    /// The place below, one or more segments. `..` in `child` stays within `child`: the result is never outside.
    #[must_use]
    pub fn join(&self, child: &str) -> Self {
        let below = path_normalise(child);
        let path = match (self.is_root(), below == "/") {
            (_, true) => self.path.clone(),
            (true, false) => below,
            (false, false) => format!("{}{below}", self.path),
        };
        Self { path, ..self.clone() }
    }

    /// Lets it hold what it has in common with another place but once, where hundreds of thousands are held.
    pub fn share(&mut self, other: &Self) {
        if self.scheme == other.scheme && self.authority == other.authority {
            self.scheme = Arc::clone(&other.scheme);
            self.authority = Arc::clone(&other.authority);
        }
    }

    /// Whether both name the same place: as the texts, but `s3`, `s3a`, `s3n` (and the like) are one scheme.
    pub fn same_place(&self, other: &Self) -> bool {
        self.same_store(other) && self.path == other.path
    }

    /// Whether this is `root` or lies below it.
    pub fn is_within(&self, root: &Self) -> bool {
        self.same_store(root)
            && (root.is_root()
                || self
                    .path
                    .strip_prefix(root.path.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// Whether this lies below `root`.
    pub fn is_below(&self, root: &Self) -> bool {
        self.path != root.path && self.is_within(root)
    }

    /// The scheme under which this store is known, whichever of its names was used.
    pub fn store_scheme(&self) -> &str {
        SAME_SCHEMES.iter().find(|(name, _)| *name == &*self.scheme).map_or(&*self.scheme, |(_, main)| main)
    }

    fn same_store(&self, other: &Self) -> bool {
        self.store_scheme() == other.store_scheme() && self.authority == other.authority
    }
}

/// The scheme in lower case (`file` if there is none) and the rest. As in Hadoop, a colon ends a scheme only before
/// the first slash.
fn scheme_split(text: &str) -> Result<(String, &str)> {
    match text.split_once(':') {
        Some((scheme, rest)) if !scheme.contains('/') => {
            let valid = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
            if !valid {
                return Err(Error::meta(format!(
                    "The location {text:?} has the scheme {scheme:?}, which is not a scheme; write an absolute path or a URI"
                )));
            }
            Ok((scheme.to_ascii_lowercase(), rest))
        }
        _ => Ok((FILE.to_owned(), text)),
    }
}

/// An absolute path without `.`, `..` and empty segments; `..` ends at the root (RFC 3986).
fn path_normalise(path: &str) -> String {
    let below = path.strip_prefix('/').unwrap_or_default();
    if !below.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return path.to_owned(); // as nearly always
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            name => segments.push(name),
        }
    }
    format!("/{}", segments.join("/"))
}

impl fmt::Display for Location {
    /// As Hadoop prints it: `file:/a`, `s3a://bucket/a`, `hdfs:/a` where the authority was left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.authority.is_empty() {
            write!(f, "{}:{}", self.scheme, self.path)
        } else {
            write!(f, "{}://{}{}", self.scheme, self.authority, self.path)
        }
    }
}

impl FromStr for Location {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Location {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<Location> for String {
    fn from(location: Location) -> Self {
        location.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        Location::parse(text).unwrap().to_string()
    }

    #[test]
    fn prints_as_hadoop_does() {
        for (given, printed) in [
            ("/a/b", "file:/a/b"),
            ("file:/a", "file:/a"),
            ("file:///a/", "file:/a"),
            ("file://localhost/a", "file:/a"),
            ("FILE:/a", "file:/a"),
            ("/", "file:/"),
            ("//", "file:/"),
            ("/a//b/./c/../d", "file:/a/b/d"),
            ("/../../etc", "file:/etc"),
            ("/a:b/c", "file:/a:b/c"),
            ("/dt=2020-01-01 10%3A00", "file:/dt=2020-01-01 10%3A00"),
            ("/a?b#c", "file:/a?b#c"),
            ("s3://b", "s3://b/"),
            ("s3a://b/k//x/", "s3a://b/k/x"),
            ("s3n://b/k/../../..", "s3n://b/"),
            ("gs://b/k", "gs://b/k"),
            ("abfss://c@acct.dfs.core.windows.net/p", "abfss://c@acct.dfs.core.windows.net/p"),
            ("hdfs://nn:8020/w", "hdfs://nn:8020/w"),
            ("hdfs:///w", "hdfs:/w"),
        ] {
            assert_eq!(shown(given), printed, "{given}");
        }
    }

    #[test]
    fn refuses_what_names_no_place() {
        for bad in [
            "",
            "a/b",
            "%^#$$%#$testlocation/part1",
            "file:a",
            "s3:k",
            "1x:/a",
            ":/a",
            "a b:/c",
            "/a\0b",
            "file://host/a",
            "s3://a b/c",
        ] {
            assert!(Location::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Location::parse(&format!("/{}", "x".repeat(LENGTH_MAX))).is_err());
    }

    #[test]
    fn within_goes_by_segments_and_stores() {
        let at = |text: &str| Location::parse(text).unwrap();
        assert!(at("/wh/db.db/t").is_below(&at("/wh/db.db")));
        assert!(!at("/wh/db.dbx").is_within(&at("/wh/db.db")));
        assert!(at("/wh").is_within(&at("file:///wh/")) && !at("/wh").is_below(&at("/wh")));
        assert!(at("/anything").is_below(&at("/")) && !at("/").is_below(&at("/")));
        assert!(at("s3n://b/k/x").is_below(&at("s3a://b/k")));
        assert!(at("s3://b/k").same_place(&at("s3a://b/k/")) && at("s3://b/k") != at("s3a://b/k"));
        assert!(!at("s3://b2/k").is_within(&at("s3://b/k")));
        assert!(!at("gs://b/k").is_within(&at("s3://b/k")));
        assert!(!at("/wh/../etc/x").is_within(&at("/wh")));
    }

    #[test]
    fn parents_end_at_the_root() {
        let mut at = Location::parse("s3://b/a/c").unwrap();
        assert_eq!((at.name(), at.is_root()), ("c", false));
        at = at.parent().unwrap();
        assert_eq!(at.to_string(), "s3://b/a");
        at = at.parent().unwrap();
        assert!(at.is_root() && at.parent().is_none() && at.name().is_empty());
    }

    #[test]
    fn stored_as_text() {
        let at: Location = serde_json::from_str("\"s3://b/k/\"").unwrap();
        assert_eq!(serde_json::to_string(&at).unwrap(), "\"s3://b/k\"");
        assert!(serde_json::from_str::<Location>("\"k\"").is_err());
    }

    proptest! {
        #[test]
        fn reading_what_was_printed_changes_nothing(text in "(file:|s3a://bucket|hdfs://h:1)?(/|\\.|\\.\\.|[a-c%: =é]|//){0,12}") {
            if let Ok(at) = Location::parse(&text) {
                prop_assert_eq!(&Location::parse(&at.to_string()).unwrap(), &at);
                prop_assert!(at.path().starts_with('/'));
                prop_assert!(at.path().split('/').skip(1).all(|s| !matches!(s, "." | "..")));
                prop_assert!(at.is_root() || !at.path().ends_with('/'));
            }
        }

        #[test]
        fn join_never_leaves(base in "/[a-c/]{0,6}", child in "(/|\\.|\\.\\.|[a-c]){0,10}") {
            let base = Location::parse(&format!("s3://b{base}")).unwrap();
            let below = base.join(&child);
            prop_assert!(below.is_within(&base));
            if let Some(parent) = below.parent() {
                prop_assert!(below.is_below(&parent));
                prop_assert!(parent.join(below.name()) == below);
            }
        }

        #[test]
        fn no_input_panics(text in ".{0,40}") {
            let _ = Location::parse(&text);
        }
    }
}
