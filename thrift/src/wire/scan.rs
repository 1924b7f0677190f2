//! Finds the end of a message in bytes that are still arriving.
//!
//! Unframed Thrift has no message length: one must walk the values. The walk is an explicit stack, so no nesting
//! can end the process, and it stops and goes on between reads, so a slow sender costs linear work.

use super::compact::varint;
use super::limits::NAME_BYTES_MAX;
use super::message::check_version;
use super::{Kind, Limits, Protocol, WireError};

/// How far a scan came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// The message goes on beyond the bytes given.
    NeedMore,
    /// The message is the first so many bytes.
    Complete(usize),
}

/// A scan of one message. Give [`Scanner::advance`] the same bytes again with more behind them.
pub struct Scanner {
    walker: Walker,
    headed: bool,
}

impl Scanner {
    pub fn new(protocol: Protocol, limits: Limits) -> Self {
        Self { walker: Walker::new(protocol, limits), headed: false }
    }

    /// Goes on from where the last call stopped. `message` starts at the message's first byte.
    pub fn advance(&mut self, message: &[u8]) -> Result<Scan, WireError> {
        if !self.headed {
            match head_end(self.walker.protocol, message)? {
                Some(end) => self.walker.pos = end,
                None => return Ok(Scan::NeedMore),
            }
            self.walker.push(Frame::Struct)?;
            self.headed = true;
        }
        self.walker.walk(message)
    }
}

/// Where the head ends (behind the end of `bytes`, perhaps), or `None` if its length is not known yet.
fn head_end(protocol: Protocol, bytes: &[u8]) -> Result<Option<usize>, WireError> {
    match protocol {
        Protocol::Binary => {
            let Some(first) = bytes.first_chunk().map(|chunk| i32::from_be_bytes(*chunk)) else { return Ok(None) };
            check_version(protocol, bytes)?;
            if first >= 0 {
                // The old header: name, type, sequence number.
                return Ok(Some(4 + name_len(first as usize)? + 5));
            }
            let Some(len) = bytes.get(4..8).and_then(<[u8]>::first_chunk).map(|chunk| i32::from_be_bytes(*chunk))
            else {
                return Ok(None);
            };
            let len = usize::try_from(len).map_err(|_| WireError::NegativeLength(i64::from(len)))?;
            Ok(Some(8 + name_len(len)? + 4))
        }
        Protocol::Compact => {
            if bytes.len() >= 2 {
                check_version(protocol, bytes)?;
            }
            let mut at = 2;
            let mut len = 0;
            // The sequence number, then the name's length.
            for _ in 0..2 {
                let Some((value, taken)) = bytes.get(at..).map_or(Ok(None), varint)? else { return Ok(None) };
                at += taken;
                len = value;
            }
            Ok(Some(at + name_len(usize::try_from(len).unwrap_or(usize::MAX))?))
        }
    }
}

fn name_len(len: usize) -> Result<usize, WireError> {
    if len > NAME_BYTES_MAX { Err(WireError::NameTooLong(len)) } else { Ok(len) }
}

/// What the walk is inside of.
#[derive(Clone, Copy)]
enum Frame {
    Struct,
    List { kind: Kind, left: usize },
    Map { key: Kind, value: Kind, left: usize, at_value: bool },
}

/// A walk over values without reading them.
pub(super) struct Walker {
    protocol: Protocol,
    limits: Limits,
    /// May be behind the end of the bytes: a string is passed over as soon as its length is known.
    pos: usize,
    elements_left: usize,
    /// A value that is due before the innermost frame goes on.
    due: Option<Kind>,
    stack: Vec<Frame>,
}

impl Walker {
    fn new(protocol: Protocol, limits: Limits) -> Self {
        Self { protocol, limits, pos: 0, elements_left: limits.elements, due: None, stack: Vec::new() }
    }

    pub(super) fn of_value(protocol: Protocol, kind: Kind, limits: Limits) -> Self {
        Self { due: Some(kind), ..Self::new(protocol, limits) }
    }

    /// How many of the complete `bytes` the value takes.
    pub(super) fn skip(mut self, bytes: &[u8]) -> Result<usize, WireError> {
        match self.walk(bytes)? {
            Scan::Complete(len) => Ok(len),
            Scan::NeedMore => Err(WireError::Truncated),
        }
    }

    fn push(&mut self, frame: Frame) -> Result<(), WireError> {
        if self.stack.len() >= self.limits.depth {
            return Err(WireError::TooDeep { limit: self.limits.depth });
        }
        self.stack.push(frame);
        Ok(())
    }

    fn walk(&mut self, bytes: &[u8]) -> Result<Scan, WireError> {
        loop {
            if self.pos > self.limits.message_bytes {
                return Err(WireError::MessageTooLong { limit: self.limits.message_bytes });
            }
            // No step for bytes that did not come: a map of ten million numbers is announced in six bytes.
            if self.pos > bytes.len() {
                return Ok(Scan::NeedMore);
            }
            let goes_on = match self.due {
                Some(kind) => self.value(kind, bytes)?,
                None if self.stack.is_empty() => return Ok(Scan::Complete(self.pos)),
                None => self.frame(bytes)?,
            };
            if !goes_on {
                return Ok(Scan::NeedMore);
            }
        }
    }

    /// One step of the innermost frame; `false` if the bytes end before it.
    fn frame(&mut self, bytes: &[u8]) -> Result<bool, WireError> {
        let Some(frame) = self.stack.last_mut() else { return Ok(true) };
        match frame {
            Frame::Struct => return self.field(bytes),
            Frame::List { left: 0, .. } | Frame::Map { left: 0, .. } => {
                self.stack.pop();
            }
            Frame::List { kind, left } => {
                *left -= 1;
                self.due = Some(*kind);
            }
            Frame::Map { key, at_value, .. } if !*at_value => {
                *at_value = true;
                self.due = Some(*key);
            }
            Frame::Map { value, left, at_value, .. } => {
                *at_value = false;
                *left -= 1;
                self.due = Some(*value);
            }
        }
        Ok(true)
    }

    fn field(&mut self, bytes: &[u8]) -> Result<bool, WireError> {
        let Some(rest) = bytes.get(self.pos..) else { return Ok(false) };
        let Some(&head) = rest.first() else { return Ok(false) };
        if self.protocol == Protocol::Binary {
            if head == 0 {
                self.pos += 1;
                self.stack.pop();
            } else {
                self.due = Some(Kind::from_binary(head)?);
                self.pos += 3;
            }
            return Ok(true);
        }
        let code = head & 0x0f;
        if code == 0 {
            self.pos += 1;
            self.stack.pop();
            return Ok(true);
        }
        let mut taken = 1;
        if head >> 4 == 0 {
            let Some((_, id_len)) = varint(&rest[1..])? else { return Ok(false) };
            taken += id_len;
        }
        let kind = Kind::from_compact(code)?;
        // A field's bool is in its head.
        self.due = (kind != Kind::Bool).then_some(kind);
        self.pos += taken;
        Ok(true)
    }

    /// Passes over a primitive, or opens a string, container or struct.
    fn value(&mut self, kind: Kind, bytes: &[u8]) -> Result<bool, WireError> {
        let rest = bytes.get(self.pos..).unwrap_or(&[]);
        match (kind, self.protocol) {
            (Kind::Struct, _) => self.push(Frame::Struct)?,
            (Kind::String, Protocol::Binary) => {
                let Some(len) = rest.first_chunk() else { return Ok(false) };
                self.string(i64::from(i32::from_be_bytes(*len)), 4)?;
            }
            (Kind::String, Protocol::Compact) => {
                let Some((len, taken)) = varint(rest)? else { return Ok(false) };
                self.string(compact_len(len)?, taken)?;
            }
            (Kind::Set | Kind::List, Protocol::Binary) => {
                let Some([code, len @ ..]) = rest.first_chunk::<5>() else { return Ok(false) };
                self.list(i64::from(i32::from_be_bytes(*len)), Kind::from_binary(*code), 5)?;
            }
            (Kind::Set | Kind::List, Protocol::Compact) => {
                let Some(&head) = rest.first() else { return Ok(false) };
                let kind = Kind::from_compact(head & 0x0f);
                if head >> 4 == 15 {
                    let Some((len, taken)) = varint(&rest[1..])? else { return Ok(false) };
                    self.list(compact_len(len)?, kind, 1 + taken)?;
                } else {
                    self.list(i64::from(head >> 4), kind, 1)?;
                }
            }
            (Kind::Map, Protocol::Binary) => {
                let Some([key, value, len @ ..]) = rest.first_chunk::<6>() else { return Ok(false) };
                let len = i64::from(i32::from_be_bytes(*len));
                self.map(len, Kind::from_binary(*key), Kind::from_binary(*value), 6)?;
            }
            (Kind::Map, Protocol::Compact) => return self.compact_map(rest),
            (_, Protocol::Binary) => self.pos += kind.binary_size().unwrap_or(0),
            (Kind::Bool | Kind::Byte, Protocol::Compact) => self.pos += 1,
            (Kind::Double, Protocol::Compact) => self.pos += 8,
            (Kind::I16 | Kind::I32 | Kind::I64, Protocol::Compact) => {
                let Some((_, taken)) = varint(rest)? else { return Ok(false) };
                self.pos += taken;
            }
        }
        self.due = None;
        // A container's first element comes due when its frame is looked at again.
        Ok(true)
    }

    fn compact_map(&mut self, rest: &[u8]) -> Result<bool, WireError> {
        let Some((len, taken)) = varint(rest)? else { return Ok(false) };
        let len = compact_len(len)?;
        if len == 0 {
            self.pos += taken;
        } else {
            let Some(&codes) = rest.get(taken) else { return Ok(false) };
            self.map(len, Kind::from_compact(codes >> 4), Kind::from_compact(codes & 0x0f), taken + 1)?;
        }
        self.due = None;
        Ok(true)
    }

    fn string(&mut self, len: i64, head: usize) -> Result<(), WireError> {
        let len = usize::try_from(len).map_err(|_| WireError::NegativeLength(len))?;
        if len > self.limits.string_bytes {
            return Err(WireError::StringTooLong { len, limit: self.limits.string_bytes });
        }
        self.pos += head + len;
        Ok(())
    }

    /// Takes `len` elements of at least `size_min` bytes from what the message may still hold.
    fn elements(&mut self, len: i64, size_min: usize) -> Result<usize, WireError> {
        let len = usize::try_from(len).map_err(|_| WireError::NegativeLength(len))?;
        let limit = self.limits.elements;
        self.elements_left = self.elements_left.checked_sub(len).ok_or(WireError::TooManyElements { limit })?;
        if len.saturating_mul(size_min) > self.limits.message_bytes.saturating_sub(self.pos) {
            return Err(WireError::MessageTooLong { limit: self.limits.message_bytes });
        }
        Ok(len)
    }

    fn list(&mut self, len: i64, kind: Result<Kind, WireError>, head: usize) -> Result<(), WireError> {
        self.pos += head;
        // An empty list's element type is whatever the peer had at hand.
        if len == 0 {
            return Ok(());
        }
        let kind = kind?;
        let left = self.elements(len, kind.size_min(self.protocol))?;
        match kind.binary_size() {
            Some(size) if self.protocol == Protocol::Binary => self.pos += left * size,
            _ => self.push(Frame::List { kind, left })?,
        }
        Ok(())
    }

    fn map(
        &mut self,
        len: i64,
        key: Result<Kind, WireError>,
        value: Result<Kind, WireError>,
        head: usize,
    ) -> Result<(), WireError> {
        self.pos += head;
        if len == 0 {
            return Ok(());
        }
        let (key, value) = (key?, value?);
        let left = self.elements(len, key.size_min(self.protocol) + value.size_min(self.protocol))?;
        self.push(Frame::Map { key, value, left, at_value: false })
    }
}

/// Java holds lengths in 32 bits: one with the top bit set was negative.
fn compact_len(len: u64) -> Result<i64, WireError> {
    Ok(i64::from(u32::try_from(len).map_err(|_| WireError::BadNumber)? as i32))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Work must be paid for with bytes (found by the fuzzer: 1 kB cost 150 ms).
    #[test]
    fn does_not_run_ahead() {
        let message = b"\x80\x01\x00\x01\x00\x00\x00\x01x\x00\x00\x00\x01\x0d\x00\x01\x02\x03\x00\x98\x96\x80";
        let mut scanner = Scanner::new(Protocol::Binary, Limits::default());
        assert_eq!(scanner.advance(message), Ok(Scan::NeedMore));
        assert_eq!(scanner.walker.pos, message.len() + 1);
    }
}
