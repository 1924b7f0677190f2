//! Compiled patterns of an expression: those of LIKE, and those of functions.

use std::collections::{BTreeSet, HashMap};

use regex::{Regex, RegexBuilder};

use super::ast::{Expr, LikeDialect, Value};
use super::eval::Reading;
use crate::function::JavaRegex;
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
pub struct Patterns {
    likes: HashMap<String, Compiled>,
    /// None: Java reads it otherwise, or not at all.
    functions: HashMap<String, Option<JavaRegex>>,
}

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
        let functions = function_patterns(expr);
        let count = found.len() + functions.len();
        if count > MAX_PATTERNS {
            return Err(Error::meta(format!("The filter has {count} patterns, {MAX_PATTERNS} are allowed")));
        }
        let compile = |(pattern, regular): (&str, bool)| {
            if pattern.len() > MAX_PATTERN {
                let length = pattern.len();
                return Err(Error::meta(format!("A LIKE pattern has {length} bytes, {MAX_PATTERN} are allowed")));
            }
            let regex = if regular { java_regex(pattern) } else { None };
            Ok((pattern.to_owned(), Compiled { sql: LikePattern::new(pattern), regex }))
        };
        let likes = found.into_iter().map(compile).collect::<Result<_>>()?;
        let functions = functions.into_iter().map(|pattern| (pattern.to_owned(), JavaRegex::new(pattern)));
        Ok(Self { likes, functions: functions.collect() })
    }

    /// A function's pattern, which must be one of the expression's; none where it cannot be used.
    pub fn java_regex(&self, pattern: &str) -> Option<&JavaRegex> {
        self.functions.get(pattern)?.as_ref()
    }

    /// Whether the pattern, which must be one of the expression's, matches the whole text.
    pub fn matches(&self, pattern: &str, reading: Reading, text: &str) -> bool {
        self.likes.get(pattern).is_some_and(|compiled| match reading {
            Reading::Sql => compiled.sql.matches(text),
            Reading::JavaRegex => compiled.regex.as_ref().is_some_and(|regex| regex.is_match(text)),
        })
    }
}

/// The patterns that functions are called with.
fn function_patterns(expr: &Expr) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    expr.visit(&mut |node| {
        if let Expr::Call { call, arguments } = node
            && let Some(at) = call.pattern_argument()
            && let Some(Value::Text(pattern)) = arguments.get(at).and_then(Expr::as_literal)
        {
            found.insert(pattern.as_str());
        }
    });
    found
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
