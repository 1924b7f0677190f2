//! The key of a place: a text by which an index finds what lies at, above or below it.

use super::location::Location;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest key, in bytes; Postgres's B-tree takes some 2,700. What is longer is cut: two places that differ only
/// behind the cut count as one, so that neither is ever deleted for the other.
const LENGTH_MAX: usize = 1_500;

/// How one place lies to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Both are the same place.
    At,
    /// The first holds the second.
    Above,
    /// The first lies in the second.
    Below,
    Apart,
}

/// A normalised place that ends with a slash: `s3://bucket/wh/t/`, `file:///wh/t/`. Names of one store
/// (`s3`, `s3a`, `s3n`) are one. A place lies below another exactly if the other's key is the beginning of its own.
///
/// Links are not resolved here: that needs the file system.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlaceKey(String);

impl PlaceKey {
    /// Makes the key of a location, whose links are taken as they are written.
    pub fn of(location: &Location) -> Self {
        let mut key = format!("{}://{}{}", location.store_scheme(), location.authority(), location.path());
        if !key.ends_with('/') {
            key.push('/');
        }
        Self::cut(key)
    }

    /// Takes a key as the store keeps it.
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    fn cut(mut key: String) -> Self {
        if key.len() > LENGTH_MAX {
            let end = (0..=LENGTH_MAX).rev().find(|at| key.is_char_boundary(*at)).unwrap_or_default();
            key.truncate(end);
        }
        Self(key)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives the path within the store, with slashes at its ends; of a local place the path of the file system.
    pub fn path(&self) -> &str {
        let after = self.0.find("://").map_or("", |at| &self.0[at + 3..]);
        after.find('/').map_or("", |at| &after[at..])
    }

    /// Gives the key of a place below this one.
    #[must_use]
    pub fn join(&self, below: &str) -> Self {
        Self::cut(format!("{}{}/", self.0, below.trim_matches('/')))
    }

    /// Gives the keys of all places above, the outermost first.
    pub fn above(&self) -> impl Iterator<Item = &str> {
        let root = self.0.find("://").map_or(0, |at| at + 3);
        let inner = self.0.len().saturating_sub(1);
        self.0
            .char_indices()
            .filter(move |(at, c)| *c == '/' && *at >= root && *at < inner)
            .map(|(at, _)| &self.0[..=at])
    }

    /// Gives the bounds of all keys at or below this one: from the first, to before the second, in the order of bytes.
    pub fn range(&self) -> (&str, String) {
        // Nothing but a slash ends a key that is not cut, and `0` follows it.
        let high = match self.0.strip_suffix('/') {
            Some(open) => format!("{open}0"),
            None => format!("{}\u{10FFFF}", self.0),
        };
        (&self.0, high)
    }

    /// Tells how this place lies to another.
    pub fn relation(&self, other: &Self) -> Relation {
        if self == other {
            Relation::At
        } else if other.0.starts_with(&self.0) && (self.0.ends_with('/')) {
            Relation::Above
        } else if self.0.starts_with(&other.0) && (other.0.ends_with('/')) {
            Relation::Below
        } else {
            Relation::Apart
        }
    }

    /// Tells whether the two are the same place, or one holds the other.
    pub fn touches(&self, other: &Self) -> bool {
        self.relation(other) != Relation::Apart
    }

    /// Gives the path of this place below another, without slashes at its ends; none where it does not lie below.
    pub fn path_below<'k>(&'k self, other: &Self) -> Option<&'k str> {
        let rest = self.0.strip_prefix(&other.0).filter(|_| other.0.ends_with('/'))?;
        let path = rest.trim_end_matches('/');
        (!path.is_empty()).then_some(path)
    }

    /// Gives the innermost place that holds all of these or is one of them; none where there is no such place.
    pub fn common<'k>(keys: impl IntoIterator<Item = &'k Self>) -> Option<Self> {
        let mut keys = keys.into_iter();
        let mut common = keys.next()?.0.as_str();
        for key in keys {
            let same = common.bytes().zip(key.0.bytes()).take_while(|(a, b)| a == b).count();
            let within = &common.as_bytes()[..same];
            let end = within.iter().rposition(|b| *b == b'/').map_or(0, |at| at + 1);
            common = &common[..end];
        }
        let root = common.find("://").map(|at| at + 3)?;
        common[root..].contains('/').then(|| Self(common.to_owned()))
    }
}

impl fmt::Display for PlaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(text: &str) -> PlaceKey {
        PlaceKey::of(&Location::parse(text).unwrap())
    }

    #[test]
    fn keys_of_one_place_are_one() {
        assert_eq!(key("s3a://b/k//x/"), key("s3n://b/k/x"));
        assert_eq!(key("/wh/t").as_str(), "file:///wh/t/");
        assert_eq!(key("s3://b").as_str(), "s3://b/");
        assert_eq!(key("s3://b/wh/t").above().collect::<Vec<_>>(), ["s3://b/", "s3://b/wh/"]);
        assert_eq!(key("/").above().count(), 0);
    }

    #[test]
    fn relations_go_by_segments() {
        assert_eq!(key("/wh/d").relation(&key("/wh/d/t")), Relation::Above);
        assert_eq!(key("/wh/d/t").relation(&key("/wh/d")), Relation::Below);
        assert_eq!(key("/wh/dx").relation(&key("/wh/d")), Relation::Apart);
        assert_eq!(key("/wh/d/t/p=1").path_below(&key("/wh/d/t")), Some("p=1"));
        assert_eq!(key("/wh/d/t").path_below(&key("/wh/d/t")), None);
        let common = |keys: &[&str]| {
            let keys: Vec<PlaceKey> = keys.iter().map(|k| key(k)).collect();
            PlaceKey::common(&keys).map(|k| k.to_string())
        };
        assert_eq!(common(&["/wh/d/t/p=1", "/wh/d/t/p=12"]).as_deref(), Some("file:///wh/d/t/"));
        assert_eq!(common(&["/wh/a"]).as_deref(), Some("file:///wh/a/"));
        assert_eq!(common(&["/a", "/b"]).as_deref(), Some("file:///"));
        assert_eq!(common(&["s3://a/x", "s3://ab/x"]), None);
    }

    proptest! {
        #[test]
        fn the_range_holds_what_lies_at_or_below(a in "/([a-c0é=-]{1,3}/){0,4}", b in "/([a-c0é=-]{1,3}/){0,4}") {
            let (a, b) = (key(&a), key(&b));
            let (low, high) = a.range();
            let inside = b.as_str() >= low && b.as_str() < high.as_str();
            prop_assert_eq!(inside, matches!(b.relation(&a), Relation::At | Relation::Below));
            prop_assert_eq!(a.above().any(|above| above == b.as_str()), b.relation(&a) == Relation::Above);
        }

        #[test]
        fn long_places_are_cut_to_the_safe_side(tail in "[a-z]{1,20}") {
            let long = key(&format!("/{}/{tail}", "x/".repeat(1_000)));
            let other = key(&format!("/{}/y", "x/".repeat(1_000)));
            prop_assert!(long.as_str().len() <= LENGTH_MAX && long.touches(&other));
        }
    }
}
