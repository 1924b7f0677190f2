//! Partition values in paths of any other form: `{dt}/hour-{hour:int}`.

use crate::name::{normalize, unescape_path};
use crate::table::Column;
use crate::types::KeyType;
use crate::{Error, Result};

use super::finding::Finding;
use super::path_values::{EmptyValue, PathValues, value_check};

/// Longer patterns are refused.
const LENGTH_MAX: usize = 4000;

/// A piece of a directory's name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    /// By its place in the list of keys.
    Key(usize),
}

/// How directories below a table's location name partition values. Segments are parted by `/`; `{key}` or
/// `{key:type}` is a value, all else is literal text. Directories below the last segment are allowed where the pattern
/// ends with `/**` (or `/…`). Values are taken as they are, but after a literal that ends with `=` by writers' escaping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    text: String,
    /// Types are None where the pattern does not say.
    keys: Vec<Column>,
    segments: Vec<Vec<Piece>>,
    is_open: bool,
}

impl PathPattern {
    /// # Errors
    /// InvalidInput that says where the pattern is wrong: no key, one that comes twice, two values side by side,
    /// braces that do not close, an unknown type.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |why: &str| {
            Error::new(
                crate::Kind::InvalidInput,
                format!("The pattern {text:?} {why}; a pattern is like {{dt}}/{{hour:int}}"),
            )
        };
        if text.len() > LENGTH_MAX {
            return Err(Error::new(crate::Kind::InvalidInput, format!("A pattern has {LENGTH_MAX} bytes at most")));
        }
        let trimmed = text.trim_matches('/');
        let open = ["**", "…", "..."].iter().find_map(|end| trimmed.strip_suffix(end));
        let body = open.and_then(|body| body.strip_suffix('/')).unwrap_or(trimmed);
        let is_open = body.len() < trimmed.len();
        let mut pattern = Self { text: text.to_owned(), keys: Vec::new(), segments: Vec::new(), is_open };
        for segment in body.split('/') {
            if segment.is_empty() {
                return Err(wrong("has an empty directory"));
            }
            let pieces = pattern.segment_parse(segment).map_err(|why| wrong(&why))?;
            pattern.segments.push(pieces);
        }
        if pattern.keys.is_empty() { Err(wrong("names no key")) } else { Ok(pattern) }
    }

    fn segment_parse(&mut self, segment: &str) -> Result<Vec<Piece>, String> {
        let mut pieces = Vec::new();
        let mut rest = segment;
        while !rest.is_empty() {
            let Some(inner) = rest.strip_prefix('{') else {
                let end = rest.find('{').unwrap_or(rest.len());
                let (literal, after) = rest.split_at(end);
                if literal.contains('}') {
                    return Err("has a } without a {".to_owned());
                }
                pieces.push(Piece::Literal(literal.to_owned()));
                rest = after;
                continue;
            };
            let (key, after) = inner.split_once('}').ok_or("has a { that is not closed within its directory")?;
            if matches!(pieces.last(), Some(Piece::Key(_))) {
                return Err(format!("has nothing between {{{key}}} and the value before it"));
            }
            pieces.push(Piece::Key(self.key_add(key)?));
            rest = after;
        }
        Ok(pieces)
    }

    fn key_add(&mut self, key: &str) -> Result<usize, String> {
        let (name, kind) = key.split_once(':').map_or((key, None), |(name, kind)| (name, Some(kind.trim())));
        let name = normalize(name.trim());
        if name.is_empty() || name.contains(['{', '=', '/']) {
            return Err(format!("has a key without a proper name: {{{key}}}"));
        }
        if self.keys.iter().any(|known| known.name == name) {
            return Err(format!("names {name} twice"));
        }
        if let Some(kind) = kind
            && KeyType::parse(kind) == KeyType::Text
            && !kind.eq_ignore_ascii_case("string")
        {
            return Err(format!("gives {name} the type {kind:?}, which no partition key has"));
        }
        self.keys.push(Column { name, type_name: kind.map(str::to_ascii_lowercase), comment: None });
        Ok(self.keys.len() - 1)
    }

    /// The pattern's keys in its order; the type is None where it says none.
    pub fn keys(&self) -> &[Column] {
        &self.keys
    }

    /// Whether the pattern names just these keys, in whatever order.
    ///
    /// # Errors
    /// InvalidInput that names what is missing or too much.
    pub fn keys_check(&self, keys: &[Column]) -> Result<()> {
        let has = |list: &[Column], name: &str| list.iter().any(|key| normalize(&key.name) == normalize(name));
        let missing = keys.iter().find(|key| !has(&self.keys, &key.name)).map(|key| ("does not name", key));
        let extra = self.keys.iter().find(|key| !has(keys, &key.name)).map(|key| ("names", key));
        match missing.or(extra) {
            None => Ok(()),
            Some((what, key)) => Err(Error::new(
                crate::Kind::InvalidInput,
                format!(
                    "The pattern {:?} {what} {}; the table's keys are [{}]",
                    self.text,
                    key.name,
                    keys.iter().map(|key| key.name.as_str()).collect::<Vec<_>>().join(", ")
                ),
            )),
        }
    }

    /// The values of `path`, a file's path below the table's location, in the order of `keys` (which
    /// [`PathPattern::keys_check`] has seen); checked against the pattern's types and the keys'.
    ///
    /// # Errors
    /// An error finding that names the path and what was expected.
    pub fn values(&self, keys: &[Column], path: &str, empty: EmptyValue) -> Result<PathValues, Finding> {
        let wrong =
            |why: String| Finding::error("partition_path", format!("{path}: {why}; the pattern is {:?}", self.text));
        let mut directories: Vec<&str> = path.split('/').collect();
        directories.pop();
        if directories.len() < self.segments.len() {
            return Err(wrong(format!("{} directories, not {}", directories.len(), self.segments.len())));
        }
        if directories.len() > self.segments.len() && !self.is_open {
            return Err(wrong(format!("{:?} is a directory too many", directories[self.segments.len()])));
        }
        let mut found = vec![String::new(); self.keys.len()];
        for (pieces, directory) in self.segments.iter().zip(&directories) {
            segment_match(pieces, directory, empty, &mut found)
                .ok_or_else(|| wrong(format!("the directory {directory:?} is not of the form")))?;
        }
        let mut values = Vec::with_capacity(keys.len());
        for key in keys {
            let name = normalize(&key.name);
            let at = self.keys.iter().position(|known| known.name == name);
            let at = at.ok_or_else(|| wrong(format!("it has no value of the key {name}")))?;
            for kind in self.keys[at].type_name.iter().chain(&key.type_name) {
                value_check(path, &name, kind, &found[at])?;
            }
            values.push(std::mem::take(&mut found[at]));
        }
        let directory_length = directories[..self.segments.len()].iter().map(|d| d.len() + 1).sum::<usize>() - 1;
        Ok(PathValues { values, directory_length })
    }
}

/// Takes a directory's name apart. A value ends where the literal after it first comes.
fn segment_match(pieces: &[Piece], directory: &str, empty: EmptyValue, found: &mut [String]) -> Option<()> {
    let mut rest = directory;
    let mut is_escaped = false;
    for (n, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Literal(literal) => {
                rest = rest.strip_prefix(literal.as_str())?;
                is_escaped = literal.ends_with('=');
            }
            Piece::Key(at) => {
                let end = match pieces.get(n + 1) {
                    // a value has a character at least
                    Some(Piece::Literal(literal)) => {
                        let first = rest.chars().next()?.len_utf8();
                        first + rest[first..].find(literal.as_str())?
                    }
                    _ => rest.len(),
                };
                let (value, after) = rest.split_at(end);
                found[*at] = match (value.is_empty(), is_escaped) {
                    (false, true) => unescape_path(value).into_owned(),
                    (false, false) => value.to_owned(),
                    (true, true) => empty.value()?.to_owned(),
                    (true, false) => return None,
                };
                rest = after;
            }
        }
    }
    rest.is_empty().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(pattern: &str, path: &str) -> Result<Vec<String>, Finding> {
        let pattern = PathPattern::parse(pattern).unwrap();
        pattern.values(pattern.keys(), path, EmptyValue::Error).map(|found| found.values)
    }

    #[test]
    fn takes_paths_apart() {
        for (pattern, path, wanted) in [
            ("{dt}/{hour:int}", "2024-01-02/07/f", &["2024-01-02", "07"][..]),
            ("/{dt}/hour-{hour}/", "2024-01-02/hour-7/f", &["2024-01-02", "7"]),
            ("{y}-{m}/**", "2024-01/deeper/still/f", &["2024", "01"]),
            ("{y}/…", "2024/f", &["2024"]),
            ("raw/dt={dt}", "raw/dt=a%3Ab/f", &["a:b"]),
            ("raw/{dt}", "raw/a%3Ab/f", &["a%3Ab"]),
            ("land={l}/{p:decimal(10,2)}", "land=T%C3%BCrkiye/1.25/f", &["Türkiye", "1.25"]),
            ("{a}x{b}", "xxy/f", &["x", "y"]),
        ] {
            assert_eq!(values(pattern, path).unwrap(), wanted, "{pattern} {path}");
        }
        let empty = PathPattern::parse("k={k}/{n}").unwrap();
        let found = empty.values(empty.keys(), "k=/1/f", EmptyValue::Null).unwrap();
        assert_eq!(found.values, [crate::name::DEFAULT_PARTITION, "1"]);
        for (pattern, path, why) in [
            ("k={k}", "k=/f", "not of the form"),
            ("{dt}/{hour:int}", "2024/seven/f", "no int"),
            ("{dt}/{hour}", "2024/f", "1 directories, not 2"),
            ("{dt}", "2024/07/f", "a directory too many"),
            ("h-{h}", "hour/f", "not of the form"),
            ("h-{h}", "h-/f", "not of the form"),
            ("{a}-x", "1-xy/f", "not of the form"),
        ] {
            let found = values(pattern, path).unwrap_err();
            assert!(found.message.contains(why) && found.message.contains(path), "{found}");
        }
    }

    #[test]
    fn refuses_bad_patterns() {
        for bad in ["", "abc", "{a}{b}", "{a}/{A}", "{a", "a}", "{}", "{a:blob}", "{a}//{b}", "{a/b}", "/**"] {
            assert_eq!(PathPattern::parse(bad).unwrap_err().kind, crate::Kind::InvalidInput, "{bad}");
        }
        let pattern = PathPattern::parse("{b}/{a}").unwrap();
        let keys = |names: &[&str]| -> Vec<Column> {
            names.iter().map(|n| Column { name: (*n).to_owned(), ..Column::default() }).collect()
        };
        assert_eq!(pattern.values(&keys(&["A", "b"]), "1/2/f", EmptyValue::Error).unwrap().values, ["2", "1"]);
        assert!(pattern.keys_check(&keys(&["a", "b"])).is_ok());
        assert!(pattern.keys_check(&keys(&["a"])).unwrap_err().message.contains("names b"));
        assert!(pattern.keys_check(&keys(&["a", "b", "c"])).unwrap_err().message.contains("does not name c"));
    }

    proptest! {
        #[test]
        fn what_was_put_in_comes_out(a in "[a-z0-9é]{1,6}", b in "[a-z0-9]{1,6}", c in "[^/]{1,6}") {
            let read = values("{a}_{b}/x-{c}", &format!("{a}_{b}/x-{c}/file")).unwrap();
            prop_assert_eq!(read, vec![a, b, c]);
        }

        #[test]
        fn no_text_panics(pattern in "(\\{a\\}|\\{b:int\\}|\\{|\\}|/|x|é|:|\\*){0,8}", path in "(x|é|/|1|=){0,10}") {
            if let Ok(pattern) = PathPattern::parse(&pattern) {
                let _ = pattern.values(pattern.keys(), &path, EmptyValue::Null);
            }
        }
    }
}
