//! Java's regular expressions, as far as a matcher of bounded time reads them alike. What it does not (look-around, back
//! references, possessive quantifiers, classes within classes), and texts in which the two would differ, are unknown.

use regex::{Captures, Regex, RegexBuilder};

use super::call::MAX_RESULT;
use super::text::{int, of, text};
use crate::types::Value;

/// The longest pattern, in bytes.
const MAX_PATTERN: usize = 4 * 1024;
/// Memory for one compiled pattern, and for its run-time cache; bytes.
const MAX_COMPILED: usize = 256 * 1024;
/// Nested groups in one pattern.
const MAX_NESTING: u32 = 64;

/// A compiled pattern.
#[derive(Debug)]
pub struct JavaRegex {
    /// None: the pattern is empty, which Hive's `rlike` never matches.
    regex: Option<Regex>,
    /// Some class or flag means other characters outside of ASCII than it does in Java.
    is_ascii: bool,
}

impl JavaRegex {
    /// Compiles a pattern; none where Java would read it in another way, or not at all.
    pub fn new(pattern: &str) -> Option<Self> {
        if pattern.is_empty() {
            return Some(Self { regex: None, is_ascii: false });
        }
        if pattern.len() > MAX_PATTERN {
            return None;
        }
        let is_ascii = scan(pattern)?;
        let regex = RegexBuilder::new(pattern)
            .size_limit(MAX_COMPILED)
            .dfa_size_limit(MAX_COMPILED)
            .nest_limit(MAX_NESTING)
            .build()
            .ok()?;
        Some(Self { regex: Some(regex), is_ascii })
    }

    /// The matcher, for a text in which it finds what Java finds.
    fn for_text(&self, text: &str) -> Option<&Regex> {
        // Java's dot stops at each of these, and its `$` before the last one.
        let has_line_end = text.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']);
        if has_line_end || (self.is_ascii && !text.is_ascii()) {
            return None;
        }
        self.regex.as_ref()
    }
}

/// Looks for what the two languages read differently: none if there is such; else whether some part has the same meaning in
/// ASCII only.
fn scan(pattern: &str) -> Option<bool> {
    let mut is_ascii = false;
    let mut in_class = false;
    let mut after_quantifier = false;
    let mut characters = pattern.chars().peekable();
    while let Some(c) = characters.next() {
        let mut is_quantifier = false;
        match c {
            '\\' => is_ascii |= escape(characters.next()?)?,
            '[' if !in_class => {
                in_class = true;
                characters.next_if_eq(&'^');
                // A bracket at the start is a literal in one of them.
                if characters.peek() == Some(&']') {
                    return None;
                }
            }
            // Classes within classes, and set operations.
            '[' => return None,
            '&' | '-' | '~' if in_class && characters.peek() == Some(&c) => return None,
            ']' if in_class => in_class = false,
            _ if in_class => {}
            '(' if characters.next_if_eq(&'?').is_some() => match characters.next()? {
                ':' => {}
                'i' if characters.next()? == ')' => is_ascii = true,
                _ => return None,
            },
            '+' if after_quantifier => return None,
            '*' | '+' | '?' | '}' => is_quantifier = true,
            _ => {}
        }
        after_quantifier = is_quantifier;
    }
    Some(is_ascii)
}

/// A character behind a backslash: none where it means something else; else whether it is the same in ASCII only.
fn escape(c: char) -> Option<bool> {
    match c {
        'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'b' | 'B' => Some(true),
        't' | 'n' | 'r' | 'f' => Some(false),
        '<' | '>' => None,
        c if c.is_ascii_punctuation() => Some(false),
        _ => None,
    }
}

/// Whether a text has a part that matches.
pub(super) fn matches(pattern: &JavaRegex, arguments: &[&Value]) -> Option<Value> {
    let text = text(arguments, 0)?;
    if pattern.regex.is_none() {
        return Some(Value::Boolean(false));
    }
    Some(Value::Boolean(pattern.for_text(text)?.is_match(text)))
}

/// What a group of the first match holds; nothing where there is no match. The group is the first unless told.
pub(super) fn extract(pattern: &JavaRegex, arguments: &[&Value]) -> Option<Value> {
    let text = text(arguments, 0)?;
    let group = if arguments.len() > 2 { usize::try_from(int(arguments, 2)?).ok()? } else { 1 };
    let regex = pattern.for_text(text)?;
    // Java refuses groups that are not there, but only where something matches.
    if group >= regex.captures_len() {
        return None;
    }
    match regex.captures(text) {
        None => of(""),
        Some(captures) => captures.get(group).map_or(Some(Value::Null), |found| of(found.as_str())),
    }
}

/// Every match replaced.
pub(super) fn replace(pattern: &JavaRegex, arguments: &[&Value]) -> Option<Value> {
    let (whole, replacement) = (text(arguments, 0)?, text(arguments, 2)?);
    let (mut replaced, mut end) = (String::new(), 0);
    for captures in pattern.for_text(whole)?.captures_iter(whole) {
        let found = captures.get(0)?;
        // They differ in where empty matches are.
        if found.is_empty() {
            return None;
        }
        replaced.push_str(&whole[end..found.start()]);
        expand(&captures, replacement, &mut replaced)?;
        end = found.end();
        if replaced.len() > MAX_RESULT {
            return None;
        }
    }
    replaced.push_str(&whole[end..]);
    of(replaced)
}

/// Writes a replacement: `$1` is a group, a backslash takes the next character as it is.
fn expand(captures: &Captures<'_>, replacement: &str, replaced: &mut String) -> Option<()> {
    let mut characters = replacement.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' => replaced.push(characters.next()?),
            '$' => {
                let mut group = characters.next()?.to_digit(10)? as usize;
                // More digits belong to it as long as there is such a group.
                while let Some(digit) = characters.peek().and_then(|c| c.to_digit(10)) {
                    let longer = group * 10 + digit as usize;
                    if longer >= captures.len() {
                        break;
                    }
                    group = longer;
                    characters.next();
                }
                if group >= captures.len() {
                    return None;
                }
                replaced.push_str(captures.get(group).map_or("", |found| found.as_str()));
            }
            c => replaced.push(c),
        }
    }
    Some(())
}

/// `split(text, pattern)[place]`; NULL where there are not so many parts.
pub(super) fn split_part(pattern: &JavaRegex, arguments: &[&Value]) -> Option<Value> {
    let (whole, place) = (text(arguments, 0)?, int(arguments, 2)?);
    let Ok(mut place) = usize::try_from(place) else { return Some(Value::Null) };
    let mut start = 0;
    for found in pattern.for_text(whole)?.find_iter(whole) {
        if found.is_empty() {
            return None;
        }
        if place == 0 {
            return of(&whole[start..found.start()]);
        }
        (place, start) = (place - 1, found.end());
    }
    if place == 0 { of(&whole[start..]) } else { Some(Value::Null) }
}
