//! Patterns of names (`get_databases`, `get_tables`, `get_functions`, …), semantics §3, and the whitelist of partition
//! values, semantics §5. Both are Java regular expressions from outside; look-around and back references, which need
//! unbounded time, are refused.

use std::fmt;

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use super::identifier::normalize;
use crate::{Error, Result};

/// Longest text of a pattern. HS2 never sends more than a few names.
const MAX_PATTERN_BYTES: usize = 16 * 1024;
/// Memory for one compiled pattern, bytes.
const MAX_COMPILED_BYTES: usize = 2 << 20;
/// Nested groups in one pattern.
const MAX_NESTING: u32 = 64;

/// A pattern of names: alternatives between `|`; in each, `*` is any run of characters and all else is a regular
/// expression (so `a.*` is `a`, one character, any run: Hive's own reading). It matches without case, the whole name.
#[derive(Debug, Clone)]
pub struct Pattern(Choice);

#[derive(Debug, Clone)]
enum Choice {
    All,
    /// Alternatives of word characters only, which most patterns are.
    Names(Vec<String>),
    Some(RegexSet),
}

impl Pattern {
    /// Reads a pattern. `*` and `.*` are all names, an empty one none. Where a call takes a missing pattern for all,
    /// that is the caller's to know.
    ///
    /// # Errors
    /// Meta where an alternative is no regular expression, or the pattern is too long or too costly.
    pub fn new(text: &str) -> Result<Self> {
        if text.len() > MAX_PATTERN_BYTES {
            return Err(Error::meta(format!(
                "The pattern has {} bytes, {MAX_PATTERN_BYTES} are allowed at most",
                text.len()
            )));
        }
        let text = normalize(text);
        let alternatives: Vec<&str> = text.split('|').filter(|alternative| !alternative.is_empty()).collect();
        if alternatives.iter().any(|a| *a == "*" || *a == ".*") {
            return Ok(Self(Choice::All));
        }
        if alternatives.iter().all(|a| a.chars().all(|c| c.is_alphanumeric() || c == '_')) {
            return Ok(Self(Choice::Names(alternatives.into_iter().map(str::to_owned).collect())));
        }
        let expressions = alternatives.iter().map(|a| format!(r"\A(?:{})\z", a.replace('*', ".*")));
        let set = RegexSetBuilder::new(expressions)
            .case_insensitive(true)
            .size_limit(MAX_COMPILED_BYTES)
            .dfa_size_limit(MAX_COMPILED_BYTES)
            .nest_limit(MAX_NESTING)
            .build()
            .map_err(|error| refused(&text, &error))?;
        Ok(Self(Choice::Some(set)))
    }

    pub fn matches(&self, name: &str) -> bool {
        match &self.0 {
            Choice::All => true,
            Choice::Names(names) => {
                let name = name.to_lowercase();
                names.contains(&name)
            }
            Choice::Some(set) => set.is_match(name),
        }
    }

    /// Whether every name matches, so that the caller need not look.
    pub fn matches_all(&self) -> bool {
        matches!(self.0, Choice::All)
    }

    /// The names (lower case) that alone can match, where the pattern is a plain list of such: a look-up by name.
    pub fn names(&self) -> Option<&[String]> {
        match &self.0 {
            Choice::Names(names) => Some(names),
            Choice::All | Choice::Some(_) => None,
        }
    }
}

fn refused(text: &str, error: &regex::Error) -> Error {
    Error::meta(match error {
        regex::Error::CompiledTooBig(_) => format!("The pattern '{text}' is too complex"),
        // The library draws the place over several lines; its last line says what is wrong.
        error => {
            let drawn = error.to_string();
            let reason = drawn.lines().last().unwrap_or_default();
            let reason = reason.strip_prefix("error: ").unwrap_or(reason);
            format!("The pattern '{text}' is not a valid regular expression: {reason}")
        }
    })
}

/// The server's `metastore.partition.name.whitelist.pattern`: what partition values may look like. Empty allows all.
#[derive(Clone, Default)]
pub struct Whitelist(Option<(String, Regex)>);

impl Whitelist {
    /// # Errors
    /// Meta where it is no regular expression.
    pub fn new(pattern: &str) -> Result<Self> {
        if pattern.is_empty() {
            return Ok(Self(None));
        }
        let regex = RegexBuilder::new(&format!(r"\A(?:{pattern})\z"))
            .size_limit(MAX_COMPILED_BYTES)
            .nest_limit(MAX_NESTING)
            .build()
            .map_err(|error| refused(pattern, &error))?;
        Ok(Self(Some((pattern.to_owned(), regex))))
    }

    /// Whether all values may be used (`partition_name_has_valid_characters`).
    pub fn allows(&self, values: &[impl AsRef<str>]) -> bool {
        self.check(values).is_ok()
    }

    /// # Errors
    /// Meta that names the first value which may not be used.
    pub fn check(&self, values: &[impl AsRef<str>]) -> Result<()> {
        let Some((pattern, regex)) = &self.0 else { return Ok(()) };
        match values.iter().map(AsRef::as_ref).find(|value| !regex.is_match(value)) {
            None => Ok(()),
            Some(value) => Err(Error::meta(format!(
                "Partition value '{value}' contains a character not matched by whitelist pattern '{pattern}'.  \
                 (configure with metastore.partition.name.whitelist.pattern)"
            ))),
        }
    }
}

impl fmt::Debug for Whitelist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Whitelist").field(&self.0.as_ref().map(|(pattern, _)| pattern)).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Kind;

    fn matching<'a>(pattern: &str, names: &[&'a str]) -> Vec<&'a str> {
        let pattern = Pattern::new(pattern).unwrap();
        names.iter().copied().filter(|name| pattern.matches(name)).collect()
    }

    #[test]
    fn patterns_read_as_hive_reads_them() {
        let names = ["a", "ab", "abc", "b", "x_y"];
        assert_eq!(matching("*", &names), names);
        assert_eq!(matching(".*", &names), names);
        assert_eq!(matching("a*", &names), ["a", "ab", "abc"]);
        assert_eq!(matching("a.*", &names), ["ab", "abc"]);
        assert_eq!(matching("a.", &names), ["ab"]);
        assert_eq!(matching("*B*|X_Y", &names), ["ab", "abc", "b", "x_y"]);
        assert_eq!(matching("a|b", &names), ["a", "b"]);
        assert_eq!(matching(" A ", &names), ["a"]);
        assert_eq!(matching("[a-b]b?", &names), ["a", "ab", "b"]);
        assert!(matching("", &names).is_empty());
        assert!(matching("|", &names).is_empty());
        assert_eq!(matching("a|", &names), ["a"]);
    }

    #[test]
    fn whole_names_only() {
        assert!(!Pattern::new("a.").unwrap().matches("xab"));
        assert!(!Pattern::new("a.").unwrap().matches("abx"));
        assert!(!Pattern::new("a.").unwrap().matches("ab\n"));
    }

    #[test]
    fn plain_lists_are_look_ups() {
        assert_eq!(Pattern::new("Orders|items").unwrap().names().unwrap(), ["orders", "items"]);
        assert!(Pattern::new("o*").unwrap().names().is_none());
        assert!(Pattern::new("x|*").unwrap().matches_all());
    }

    #[test]
    fn bad_patterns_are_errors_that_say_why() {
        for bad in ["(a", "a)", "[", "a|(", "+", r"(?=a)b", r"(a)\1", "(((((a{99}){99}){99}){99}){99})"] {
            let error = Pattern::new(bad).unwrap_err();
            assert_eq!(error.kind, Kind::Meta, "{bad}");
            assert!(error.message.contains("pattern"), "{error}");
        }
        assert!(Pattern::new(&"(".repeat(10_000)).is_err());
        assert!(Pattern::new(&"a".repeat(MAX_PATTERN_BYTES)).is_ok());
        assert!(Pattern::new(&"a".repeat(MAX_PATTERN_BYTES + 1)).is_err());
    }

    #[test]
    fn the_whitelist_names_the_value() {
        let list = Whitelist::new(r"[\x20-\x7E&&[^,]]*").unwrap();
        assert!(list.allows(&["a b", ""]));
        let error = list.check(&["ok", "a,b"]).unwrap_err();
        assert!(error.message.starts_with("Partition value 'a,b' contains a character not matched by"), "{error}");
        assert!(Whitelist::new("").unwrap().allows(&["é,\n"]));
        assert!(Whitelist::new("(").is_err());
    }

    proptest! {
        #[test]
        fn never_panics(pattern in any::<String>(), name in ".*") {
            if let Ok(pattern) = Pattern::new(&pattern) {
                pattern.matches(&name);
            }
        }

        #[test]
        fn a_name_matches_itself(name in "[a-z0-9_]{1,20}") {
            prop_assert!(Pattern::new(&name).unwrap().matches(&name.to_uppercase()));
            let prefix = Pattern::new(&format!("{}*", &name[..1])).unwrap();
            prop_assert!(prefix.matches(&name));
        }
    }
}
