//! How names and values are written in the two languages of a view.

use crate::types::{KeyType, Value};

/// A view's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Hive's, which Spark and Trino's Coral read, too.
    Hive,
    Trino,
}

impl Dialect {
    /// A quoted name.
    pub fn name(self, name: &str) -> String {
        match self {
            Self::Hive => format!("`{}`", name.replace('`', "``")),
            Self::Trino => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A string literal.
    pub fn text(self, text: &str) -> String {
        match self {
            Self::Hive => format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
            Self::Trino => format!("'{}'", text.replace('\'', "''")),
        }
    }

    /// The literal of a partition value. A value that its type cannot read is written as a text: it equals nothing.
    pub fn literal(self, value: &str, key_type: KeyType) -> String {
        match (key_type, Value::parse(value, key_type)) {
            (KeyType::Integer(_), Some(number)) => number.to_text().unwrap_or_else(|| self.text(value)),
            (KeyType::Date, Some(_)) => format!("DATE {}", self.text(value)),
            _ => self.text(value),
        }
    }
}
