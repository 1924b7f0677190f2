//! TCompactProtocol: variable-length numbers, field ids as differences.

use super::{Kind, Protocol, Reader, WireError, Writer};

/// The value of a zigzag number: 0, -1, 1, -2, ...
pub(super) fn unzigzag(n: u64) -> i64 {
    ((n >> 1) as i64) ^ -((n & 1) as i64)
}

fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)) as u64
}

/// Reads a variable-length number of at most 64 bits: value and bytes taken, or `None` when `bytes` ends before it.
pub(super) fn varint(bytes: &[u8]) -> Result<Option<(u64, usize)>, WireError> {
    let mut value = 0_u64;
    for (at, &byte) in bytes.iter().enumerate() {
        if at == 9 && byte > 1 {
            return Err(WireError::BadNumber);
        }
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Ok(Some((value, at + 1)));
        }
    }
    Ok(None)
}

impl Reader<'_> {
    fn varint(&mut self) -> Result<u64, WireError> {
        if let Some(&byte) = self.rest().first()
            && byte < 0x80
        {
            self.pos += 1;
            return Ok(u64::from(byte));
        }
        let (value, taken) = varint(self.rest())?.ok_or(WireError::Truncated)?;
        self.pos += taken;
        Ok(value)
    }

    pub(super) fn compact_int(&mut self) -> Result<i64, WireError> {
        self.varint().map(unzigzag)
    }

    /// A message's sequence number: 32 bits, not zigzag.
    pub(super) fn compact_seq(&mut self) -> Result<i32, WireError> {
        Ok(u32::try_from(self.varint()?).map_err(|_| WireError::BadNumber)? as i32)
    }

    pub(super) fn compact_len(&mut self, size_min: usize) -> Result<usize, WireError> {
        let len = self.varint()?;
        // Java writes lengths as 32-bit numbers; one with the top bit set was negative.
        self.len_checked(i64::from(u32::try_from(len).map_err(|_| WireError::BadNumber)? as i32), size_min)
    }

    pub(super) fn compact_field(&mut self) -> Result<Option<(Kind, i16)>, WireError> {
        let head = self.byte()?;
        let code = head & 0x0f;
        if code == 0 {
            return Ok(None);
        }
        let kind = Kind::from_compact(code)?;
        let delta = head >> 4;
        let id = if delta == 0 {
            i16::try_from(self.compact_int()?).map_err(|_| WireError::BadNumber)?
        } else {
            self.last_id.wrapping_add(i16::from(delta))
        };
        self.last_id = id;
        if kind == Kind::Bool {
            self.bool_value = Some(code == 1);
        }
        Ok(Some((kind, id)))
    }

    pub(super) fn compact_list(&mut self) -> Result<(Option<Kind>, usize), WireError> {
        let head = self.byte()?;
        let len = if head >> 4 == 15 { self.compact_len(1)? } else { usize::from(head >> 4) };
        if len == 0 {
            return Ok((None, 0));
        }
        let kind = Kind::from_compact(head & 0x0f)?;
        self.len_checked(len as i64, kind.size_min(Protocol::Compact))?;
        Ok((Some(kind), len))
    }

    pub(super) fn compact_map(&mut self) -> Result<(Option<(Kind, Kind)>, usize), WireError> {
        let len = self.compact_len(1)?;
        if len == 0 {
            return Ok((None, 0));
        }
        let codes = self.byte()?;
        let kinds = (Kind::from_compact(codes >> 4)?, Kind::from_compact(codes & 0x0f)?);
        self.len_checked(len as i64, kinds.0.size_min(Protocol::Compact) + kinds.1.size_min(Protocol::Compact))?;
        Ok((Some(kinds), len))
    }
}

impl Writer {
    pub(super) fn varint(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.buf.push((n as u8) | 0x80);
            n >>= 7;
        }
        self.buf.push(n as u8);
    }

    pub(super) fn compact_int(&mut self, n: i64) {
        self.varint(zigzag(n));
    }

    pub(super) fn compact_field(&mut self, code: u8, id: i16) {
        let delta = i32::from(id) - i32::from(self.last_id);
        if (1..=15).contains(&delta) {
            self.buf.push(((delta as u8) << 4) | code);
        } else {
            self.buf.push(code);
            self.compact_int(i64::from(id));
        }
        self.last_id = id;
    }

    pub(super) fn compact_list(&mut self, kind: Kind, len: usize) {
        if len < 15 {
            self.buf.push(((len as u8) << 4) | kind.to_compact());
        } else {
            self.buf.push(0xf0 | kind.to_compact());
            self.varint(len as u64);
        }
    }

    pub(super) fn compact_map(&mut self, key: Kind, value: Kind, len: usize) {
        self.varint(len as u64);
        if len > 0 {
            self.buf.push((key.to_compact() << 4) | value.to_compact());
        }
    }
}
