//! Compiled LIKE patterns of an expression.

use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

use super::ast::{Expr, LikeDialect};
use super::eval::Reading;
use crate::name::LikePattern;
use crate::{Error, Result};

/// The longest pattern, in bytes: partition values are shorter.
const MAX_PATTERN: usize = 16 * 1024;
/// The most different patterns in one filter: with the next bound, the memory that a filter's patterns may take.
const MAX_PATTERNS: usize = 256;
/// Memory for one compiled regular expression, and for its run-time cache; bytes.
const MAX_COMPILED: usize = 256 * 1024;
/// Nested groups in one regular expression.
const MAX_NESTING: u32 = 64;

/// The patterns of an expression, compiled for the readings that are asked of them.
#[derive(Debug, Default)]
pub struct Patterns(HashMap<String, Compiled>);

#[derive(Debug)]
struct Compiled {
    sql: LikePattern,
    /// None where no LIKE reads it so, or where it is no regular expression: then that reading matches nothing.
    regex: Option<Regex>,
}

impl Patterns {
    /// Compiles all patterns of an expression. Too many or too long ones are an error of kind Meta.
    pub fn of(expr: &Expr) -> Result<Self> {
        // Pattern → whether some LIKE may read it as a regular expression.
        let mut found: HashMap<&str, bool> = HashMap::new();
        expr.visit(&mut |node| {
            if let Expr::Like { pattern, dialect, .. } = node {
                *found.entry(pattern).or_default() |= *dialect != LikeDialect::Sql;
            }
        });
        if found.len() > MAX_PATTERNS {
            return Err(Error::meta(format!(
                "The filter has {} LIKE patterns, {MAX_PATTERNS} are allowed",
                found.len()
            )));
        }
        let compile = |(pattern, regular): (&str, bool)| {
            if pattern.len() > MAX_PATTERN {
                let length = pattern.len();
                return Err(Error::meta(format!("A LIKE pattern has {length} bytes, {MAX_PATTERN} are allowed")));
            }
            let regex = if regular { java_regex(pattern) } else { None };
            Ok((pattern.to_owned(), Compiled { sql: LikePattern::new(pattern), regex }))
        };
        found.into_iter().map(compile).collect::<Result<_>>().map(Self)
    }

    /// Whether the pattern, which must be one of the expression's, matches the whole text.
    pub fn matches(&self, pattern: &str, reading: Reading, text: &str) -> bool {
        self.0.get(pattern).is_some_and(|compiled| match reading {
            Reading::Sql => compiled.sql.matches(text),
            Reading::JavaRegex => compiled.regex.as_ref().is_some_and(|regex| regex.is_match(text)),
        })
    }
}

/// What every text begins with that the pattern matches under a reading.
pub fn literal_prefix(pattern: &str, reading: Reading) -> &str {
    let special: &[char] = match reading {
        Reading::Sql => &['%', '_', '\\'],
        // Alternatives may begin with anything.
        Reading::JavaRegex if pattern.contains('|') => return "",
        Reading::JavaRegex => &['.', '*', '+', '?', '(', ')', '[', ']', '{', '}', '^', '$', '\\'],
    };
    let Some(end) = pattern.find(special) else { return pattern };
    let (prefix, rest) = pattern.split_at(end);
    // Of what is repeated there may be none.
    let is_repeated = reading == Reading::JavaRegex && rest.starts_with(['*', '?', '{']);
    let last = prefix.char_indices().next_back().filter(|_| is_repeated);
    last.map_or(prefix, |(start, _)| &prefix[..start])
}

/// The part of Java's regular expressions that can be matched in linear time; look-around and back references are not
/// in it.
fn java_regex(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&format!(r"\A(?:{pattern})\z"))
        .size_limit(MAX_COMPILED)
        .dfa_size_limit(MAX_COMPILED)
        .nest_limit(MAX_NESTING)
        .build()
        .ok()
}
