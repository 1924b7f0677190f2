//! Parameters of many rows: each list of keys once, the values one after the other.

use std::collections::HashMap;
use std::sync::Arc;

/// Values of all rows. Lengths are written with seven bits a byte, the last with its high bit clear.
#[derive(Debug, Default)]
pub struct Parameters {
    key_lists: Vec<KeyList>,
    bytes: Vec<u8>,
    /// Where each row's values begin.
    starts: Vec<u32>,
}

type KeyList = Arc<[Box<str>]>;

/// Gathers them.
#[derive(Debug, Default)]
pub struct ParametersBuilder {
    made: Parameters,
    known: HashMap<KeyList, u32>,
    keys: Vec<Box<str>>,
}

impl ParametersBuilder {
    /// Adds a row; gives the number of its list of keys. None where there is no more room: 4 GiB.
    pub fn push<'a>(&mut self, parameters: impl Iterator<Item = (&'a str, &'a str)>) -> Option<u32> {
        let start = u32::try_from(self.made.bytes.len()).ok()?;
        self.made.starts.push(start);
        // Neighbours nearly always have the same keys: they are compared in place with those of the row before.
        let mut count = 0;
        for (key, value) in parameters {
            if self.keys.get(count).is_none_or(|known| **known != *key) {
                self.keys.truncate(count);
                self.keys.push(key.into());
            }
            count += 1;
            write_length(&mut self.made.bytes, value.len());
            self.made.bytes.extend_from_slice(value.as_bytes());
        }
        self.keys.truncate(count);
        if let Some(list) = self.known.get(self.keys.as_slice()) {
            return Some(*list);
        }
        let list = u32::try_from(self.made.key_lists.len()).ok()?;
        let keys: KeyList = self.keys.clone().into();
        self.made.key_lists.push(Arc::clone(&keys));
        self.known.insert(keys, list);
        Some(list)
    }

    pub fn bytes(&self) -> usize {
        self.made.bytes()
    }

    pub fn finish(mut self) -> Parameters {
        self.made.bytes.shrink_to_fit();
        self.made.starts.shrink_to_fit();
        self.made
    }
}

impl Parameters {
    pub fn count(&self, list: u32) -> usize {
        self.keys(list).len()
    }

    /// A row's keys and values, sorted by key. `list` is what `push` gave for the row.
    pub fn of(&self, row: u32, list: u32) -> impl Iterator<Item = (&str, &str)> {
        let mut rest = self.starts.get(row as usize).and_then(|at| self.bytes.get(*at as usize..)).unwrap_or_default();
        self.keys(list).iter().map(move |key| {
            let length = read_length(&mut rest);
            let (value, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            rest = after;
            // They were texts when they were pushed.
            (&**key, std::str::from_utf8(value).unwrap_or_default())
        })
    }

    fn keys(&self, list: u32) -> &[Box<str>] {
        self.key_lists.get(list as usize).map(|keys| &**keys).unwrap_or_default()
    }

    /// Of the longest list of keys, with the lengths of keys and values.
    pub fn keys_bytes(&self) -> usize {
        let bytes = |list: &KeyList| list.iter().map(|key| key.len() + 10).sum();
        self.key_lists.iter().map(bytes).max().unwrap_or_default()
    }

    /// Roughly, in memory.
    pub fn bytes(&self) -> usize {
        let keys = self.key_lists.iter().flat_map(|list| list.iter());
        self.bytes.capacity() + 4 * self.starts.capacity() + keys.map(|key| key.len() + 32).sum::<usize>()
    }
}

fn write_length(bytes: &mut Vec<u8>, mut length: usize) {
    while length >= 0x80 {
        bytes.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
}

fn read_length(bytes: &mut &[u8]) -> usize {
    let mut length = 0;
    for shift in (0..usize::BITS).step_by(7) {
        let Some((byte, rest)) = bytes.split_first() else { break };
        *bytes = rest;
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    length
}
