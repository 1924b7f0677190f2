//! TBinaryProtocol: big-endian, fixed sizes.

use super::{Kind, Protocol, Reader, WireError};

impl Reader<'_> {
    pub(super) fn binary_field(&mut self) -> Result<Option<(Kind, i16)>, WireError> {
        match self.byte()? {
            0 => Ok(None),
            code => Ok(Some((Kind::from_binary(code)?, i16::from_be_bytes(self.array()?)))),
        }
    }

    /// A length that must fit what is left, at `size_min` bytes each.
    pub(super) fn binary_len(&mut self, size_min: usize) -> Result<usize, WireError> {
        let len = i32::from_be_bytes(self.array()?);
        self.len_checked(i64::from(len), size_min)
    }

    pub(super) fn binary_list(&mut self) -> Result<(Option<Kind>, usize), WireError> {
        let code = self.byte()?;
        let len = self.binary_len(1)?;
        if len == 0 {
            return Ok((None, 0));
        }
        let kind = Kind::from_binary(code)?;
        self.len_checked(len as i64, kind.size_min(Protocol::Binary))?;
        Ok((Some(kind), len))
    }

    pub(super) fn binary_map(&mut self) -> Result<(Option<(Kind, Kind)>, usize), WireError> {
        let [key, value] = self.array()?;
        let len = self.binary_len(2)?;
        if len == 0 {
            return Ok((None, 0));
        }
        let kinds = (Kind::from_binary(key)?, Kind::from_binary(value)?);
        self.len_checked(len as i64, kinds.0.size_min(Protocol::Binary) + kinds.1.size_min(Protocol::Binary))?;
        Ok((Some(kinds), len))
    }
}
