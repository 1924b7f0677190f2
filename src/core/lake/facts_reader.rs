//! Reads the packed form of facts: total, and it allocates nothing that the input has no bytes for.

use crate::types::Value;

use super::bounds::{Bounds, Nan};
use super::facts::ColumnFacts;
use super::facts_code::{
    DATE, DECIMAL, DOUBLE, FALSE, HAS_BYTES, HAS_DISTINCT, HAS_HIGH, HAS_LOW, HAS_NULLS, HIGH_EXACT, INSTANT, INTEGER,
    LOW_EXACT, NAN_PERHAPS, TEXT, TIMESTAMP, TRUE,
};

pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn u128(&mut self) -> Option<u128> {
        let mut n = 0_u128;
        for shift in (0..128).step_by(7) {
            let byte = self.byte()?;
            n |= u128::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(n);
            }
        }
        None
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.u128()?.try_into().ok()
    }

    fn i128(&mut self) -> Option<i128> {
        let n = self.u128()?;
        Some((n >> 1).cast_signed() ^ -(n & 1).cast_signed())
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.u64()?.try_into().ok()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    /// A list whose items take `bytes_min` at least.
    pub(super) fn list<T>(&mut self, bytes_min: usize, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = usize::try_from(self.u64()?).ok()?;
        if count > self.rest.len() / bytes_min {
            return None;
        }
        let mut items = Vec::with_capacity(count);
        for _ in 0..count {
            items.push(item(self)?);
        }
        Some(items)
    }

    /// A column, and whether it is wanted; of one that is not nothing is kept.
    pub(super) fn column(&mut self, is_wanted: impl Fn(&str) -> bool) -> Option<(ColumnFacts, bool)> {
        let (name, hive_type, flags) = (self.text()?, self.text()?, self.byte()?);
        let is_wanted = is_wanted(name);
        let bounds = self.bounds(is_wanted)?;
        let distinct = if flags & HAS_DISTINCT == 0 { None } else { Some(self.u64()?) };
        let value_bytes = if flags & HAS_BYTES == 0 { None } else { Some(self.u64()?) };
        let (name, hive_type) =
            if is_wanted { (name.to_owned(), hive_type.to_owned()) } else { (String::new(), String::new()) };
        let is_instant = flags & INSTANT != 0;
        Some((ColumnFacts { name, hive_type, is_instant, bounds, distinct, value_bytes }, is_wanted))
    }

    /// Bounds; those that are not wanted are read past.
    pub(super) fn bounds(&mut self, is_wanted: bool) -> Option<Bounds> {
        let flags = self.byte()?;
        let bounds = Bounds {
            low: if flags & HAS_LOW == 0 { None } else { Some(self.value(is_wanted)?) },
            high: if flags & HAS_HIGH == 0 { None } else { Some(self.value(is_wanted)?) },
            low_is_exact: flags & LOW_EXACT != 0,
            high_is_exact: flags & HIGH_EXACT != 0,
            nulls: if flags & HAS_NULLS == 0 { None } else { Some(self.u64()?) },
            nan: if flags & NAN_PERHAPS == 0 { Nan::None } else { Nan::Perhaps },
        };
        Some(if is_wanted { bounds } else { Bounds::default() })
    }

    fn value(&mut self, is_wanted: bool) -> Option<Value> {
        Some(match self.byte()? {
            FALSE => Value::Boolean(false),
            TRUE => Value::Boolean(true),
            INTEGER => Value::Integer(self.i128()?.try_into().ok()?),
            DOUBLE => Value::Double(f64::from_bits(u64::from_le_bytes(self.take(8)?.try_into().ok()?))),
            DECIMAL => {
                let digits = self.i128()?;
                let scale = self.byte().filter(|scale| *scale <= crate::types::decimal::MAX_DIGITS)?;
                Value::Decimal { digits, scale }
            }
            TEXT => {
                let text = self.text()?;
                Value::Text(if is_wanted { text.to_owned() } else { String::new() })
            }
            DATE => Value::Date(self.i128()?.try_into().ok()?),
            TIMESTAMP => {
                let seconds = self.i128()?.try_into().ok()?;
                Value::Timestamp { seconds, nanos: self.u64()?.try_into().ok()? }
            }
            _ => return None,
        })
    }
}
