//! The distinct texts of one partition key, in the order of its type.

use std::cmp::Ordering;
use std::ops::Range;

use crate::name::{DEFAULT_PARTITION, escape_into, is_escaped};
use crate::types::{KeyType, Value};

/// Each text of a key once. Its number is its code, and codes ascend with values: what is between two values is a range
/// of codes. Texts of the same value (`5`, `05`) are neighbours; texts that are NULL come last. Values are read from
/// the texts when they are asked for: a look-up asks for a few only.
#[derive(Debug, Clone)]
pub struct Dictionary {
    key_type: KeyType,
    /// One after the other.
    texts: Box<str>,
    /// Where each ends.
    ends: Box<[usize]>,
    /// The first code that is NULL.
    nulls: u32,
    /// No text is changed on its way into a name.
    is_plain_in_names: bool,
}

/// How the values of a key, which ascend with their codes, lie to a literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// Less before this range, equal in it, greater after it (as far as there are values and not NULL).
    Ordered(Range<u32>),
    /// Comparing is NULL for each.
    Null,
    /// Their order does not tell.
    Unordered,
}

impl Dictionary {
    /// From different texts; also says which code each of them got.
    pub fn new(key_type: KeyType, texts: Vec<Box<str>>) -> (Self, Vec<u32>) {
        let mut numbers: Vec<u32> = (0..texts.len() as u32).collect();
        let text = |number: u32| texts.get(number as usize).map_or("", AsRef::as_ref);
        // Stable sorts notice what is in order already, as the leading key's texts are.
        let nulls = if is_plain(key_type) {
            numbers.sort_by_key(|number| (text(*number) == DEFAULT_PARTITION, text(*number)));
            numbers.partition_point(|number| text(*number) != DEFAULT_PARTITION)
        } else {
            let values: Vec<Value> = texts.iter().map(|text| value(text, key_type)).collect();
            let value = |number: u32| values.get(number as usize).unwrap_or(&Value::Null);
            numbers.sort_by(|left, right| {
                let nulls = value(*left).is_null().cmp(&value(*right).is_null());
                let values = nulls.then_with(|| value(*left).order(value(*right)));
                values.then_with(|| text(*left).cmp(text(*right)))
            });
            numbers.partition_point(|number| !value(*number).is_null())
        };
        let mut codes = vec![0; texts.len()];
        let mut all = String::with_capacity(texts.iter().map(|text| text.len()).sum());
        let mut ends = Vec::with_capacity(texts.len());
        for (code, number) in numbers.iter().enumerate() {
            all.push_str(text(*number));
            ends.push(all.len());
            if let Some(slot) = codes.get_mut(*number as usize) {
                *slot = code as u32;
            }
        }
        let is_plain_in_names = !is_escaped(&all) && !texts.iter().any(|text| text.is_empty());
        let (texts, ends, nulls) = (all.into_boxed_str(), ends.into_boxed_slice(), nulls as u32);
        (Self { key_type, texts, ends, nulls, is_plain_in_names }, codes)
    }

    pub fn key_type(&self) -> KeyType {
        self.key_type
    }

    /// How many texts there are. As a code, it is that of rows that have no value of the key at all (a damaged
    /// partition).
    pub fn len(&self) -> u32 {
        self.ends.len() as u32
    }

    /// The first code that is NULL.
    pub fn nulls(&self) -> u32 {
        self.nulls
    }

    /// Whether no text is changed on its way into a name.
    pub fn is_plain_in_names(&self) -> bool {
        self.is_plain_in_names
    }

    pub fn text(&self, code: u32) -> Option<&str> {
        let code = code as usize;
        let end = *self.ends.get(code)?;
        let start = code.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.texts.get(start..end)
    }

    /// Appends a code's text as it stands in a name.
    pub fn name_text_into(&self, code: u32, name: &mut String) {
        let Some(text) = self.text(code) else { return };
        if self.is_plain_in_names { name.push_str(text) } else { escape_into(text, name) }
    }

    /// A code's value; NULL where there is none.
    pub fn value(&self, code: u32) -> Value {
        if code >= self.nulls {
            return Value::Null;
        }
        self.text(code).map_or(Value::Null, |text| value(text, self.key_type))
    }

    pub fn code(&self, text: &str) -> Option<u32> {
        let own = |code: u32| self.text(code).unwrap_or_default();
        let code = if is_plain(self.key_type) {
            let codes = if text == DEFAULT_PARTITION { self.nulls..self.len() } else { 0..self.nulls };
            first(codes, |code| own(code) >= text)
        } else {
            match value(text, self.key_type) {
                Value::Null => first(self.nulls..self.len(), |code| own(code) >= text),
                value => first(0..self.nulls, |code| {
                    self.value(code).order(&value).then_with(|| own(code).cmp(text)).is_ge()
                }),
            }
        };
        (self.text(code) == Some(text)).then_some(code)
    }

    /// Where a literal stands among the values: exactly as if each was compared with it.
    pub fn against(&self, literal: &Value) -> Against {
        if self.key_type.is_text() {
            let Value::Text(literal) = literal else { return Against::Unordered };
            let is_char = matches!(self.key_type, KeyType::Char(_));
            return self.ordered(|code| {
                let text = self.text(code).unwrap_or_default();
                let text = if is_char { text.trim_end_matches(' ') } else { text };
                text.cmp(literal)
            });
        }
        // A text is read as a value of the key's kind, of which all values are.
        let read = match literal {
            Value::Text(_) if self.nulls == 0 => return Against::Null,
            Value::Text(text) => match Value::read_like(text, &self.value(0)) {
                Some(read) => Some(read),
                None => return Against::Null,
            },
            _ => None,
        };
        let literal = read.as_ref().unwrap_or(literal);
        if !is_monotonic(self.key_type, literal) {
            return Against::Unordered;
        }
        self.ordered(|code| self.value(code).compare(literal).unwrap_or(Ordering::Less))
    }

    /// Values that begin so. None where a value is not its text.
    pub fn with_prefix(&self, prefix: &str) -> Option<Range<u32>> {
        if !is_plain(self.key_type) {
            return None;
        }
        let own = |code: u32| self.text(code).unwrap_or_default();
        let start = first(0..self.nulls, |code| own(code) >= prefix);
        Some(start..first(start..self.nulls, |code| !own(code).starts_with(prefix)))
    }

    /// Whether [`Dictionary::against`] may be expected to tell.
    pub fn is_ordered_beside(&self, literal: &Value) -> bool {
        // A text is read as the kind of the key's values; a decimal key may then meet a double after all.
        matches!(literal, Value::Text(_)) || is_monotonic(self.key_type, literal)
    }

    fn ordered(&self, order: impl Fn(u32) -> Ordering) -> Against {
        let low = first(0..self.nulls, |code| order(code).is_ge());
        Against::Ordered(low..first(low..self.nulls, |code| order(code).is_gt()))
    }

    /// In memory.
    pub fn bytes(&self) -> usize {
        self.texts.len() + size_of_val(&*self.ends)
    }
}

/// Whether a value is its text, so that codes are in the texts' order.
fn is_plain(key_type: KeyType) -> bool {
    matches!(key_type, KeyType::Text | KeyType::Varchar(_))
}

fn value(text: &str, key_type: KeyType) -> Value {
    Value::of_partition(text, key_type, DEFAULT_PARTITION)
}

/// Whether [`Value::compare`] with the literal only rises along values of a type (but text) in their order.
fn is_monotonic(key_type: KeyType, literal: &Value) -> bool {
    match key_type {
        KeyType::Text | KeyType::Varchar(_) | KeyType::Char(_) => false,
        KeyType::Boolean => matches!(literal, Value::Boolean(_)),
        // Beside a double an integer becomes one, and a greater integer never a lesser double.
        KeyType::Integer(_) | KeyType::Float | KeyType::Double => {
            matches!(literal, Value::Integer(_) | Value::Decimal { .. } | Value::Double(_))
        }
        // A decimal becomes a double by its digits and scale; nobody promises that this keeps the order.
        KeyType::Decimal { .. } => matches!(literal, Value::Integer(_) | Value::Decimal { .. }),
        KeyType::Date | KeyType::Timestamp => matches!(literal, Value::Date(_) | Value::Timestamp { .. }),
    }
}

/// The first code from which on a test holds; the end where it never does.
fn first(codes: Range<u32>, test: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (codes.start, codes.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if test(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}
