//! The values of one partition key, each distinct text once.

use std::collections::HashMap;
use std::sync::Arc;

use crate::name::DEFAULT_PARTITION;
use crate::types::{KeyType, Value};

/// A row that has no value of a key at all: a damaged partition.
pub const MISSING: u32 = u32::MAX;

/// The distinct texts of a key with their values. Shared by the versions of a table; it only grows.
#[derive(Debug, Clone)]
pub struct Dictionary {
    key_type: KeyType,
    texts: Vec<Arc<str>>,
    values: Vec<Value>,
    codes: HashMap<Arc<str>, u32>,
    /// Bytes of the texts.
    bytes: usize,
}

/// A key's dictionary and the code of each row.
#[derive(Debug, Clone)]
pub struct Column {
    pub dictionary: Arc<Dictionary>,
    pub codes: Vec<u32>,
}

impl Dictionary {
    pub fn new(key_type: KeyType) -> Self {
        Self { key_type, texts: Vec::new(), values: Vec::new(), codes: HashMap::new(), bytes: 0 }
    }

    pub fn key_type(&self) -> KeyType {
        self.key_type
    }
    pub fn len(&self) -> usize {
        self.texts.len()
    }
    pub fn code(&self, text: &str) -> Option<u32> {
        self.codes.get(text).copied()
    }
    pub fn text(&self, code: u32) -> Option<&str> {
        self.texts.get(code as usize).map(AsRef::as_ref)
    }
    pub fn value(&self, code: u32) -> Option<&Value> {
        self.values.get(code as usize)
    }

    /// Roughly, in memory.
    pub fn bytes(&self) -> usize {
        self.bytes + self.len() * (size_of::<Value>() + 2 * size_of::<Arc<str>>() + 48)
    }

    fn add(&mut self, text: &str) -> u32 {
        let code = self.texts.len() as u32;
        let text: Arc<str> = text.into();
        self.bytes += text.len();
        self.values.push(Value::of_partition(&text, self.key_type, DEFAULT_PARTITION));
        self.texts.push(Arc::clone(&text));
        self.codes.insert(text, code);
        code
    }
}

impl Column {
    pub fn new(key_type: KeyType) -> Self {
        Self { dictionary: Arc::new(Dictionary::new(key_type)), codes: Vec::new() }
    }

    /// Adds a row. A dictionary that an earlier version shares is copied first, once.
    pub fn push(&mut self, text: Option<&str>) {
        let code = match text {
            None => MISSING,
            Some(text) => match self.dictionary.code(text) {
                Some(code) => code,
                None => Arc::make_mut(&mut self.dictionary).add(text),
            },
        };
        self.codes.push(code);
    }

    pub fn text(&self, row: usize) -> Option<&str> {
        self.dictionary.text(*self.codes.get(row)?)
    }

    /// Whether most of the dictionary is of rows that went.
    pub fn is_worn(&self) -> bool {
        self.dictionary.len() > 2 * self.codes.len() + 1024
    }

    /// The same rows over a dictionary of their own.
    pub fn renewed(&self) -> Self {
        let mut column = Self::new(self.dictionary.key_type());
        for row in 0..self.codes.len() {
            column.push(self.text(row));
        }
        column
    }
}
