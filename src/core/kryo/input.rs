//! A cursor over Kryo's primitive forms (Kryo 3.0.3 and 5.5.0). Nothing here allocates before the bytes that it was
//! announced for were seen.

use super::error::Error;

/// Kryo's high bit: ends an ASCII run, starts every other string.
const HIGH_BIT: u8 = 0x80;
/// In the first byte of a flagged length: more bytes follow.
const MORE: u8 = 0x40;
/// What is quoted of a stranger's text in a message.
const QUOTED: usize = 120;

#[derive(Debug, Clone)]
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Byte order of fixed-width numbers: Kryo 3 writes the high byte first, Kryo 5 the low one.
    little_endian: bool,
}

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a [u8], little_endian: bool) -> Self {
        Self { bytes, at: 0, little_endian }
    }

    /// Bytes left.
    pub(super) fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(super) fn error(&self, reason: impl Into<std::borrow::Cow<'static, str>>) -> Error {
        Error::new(self.at, reason)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Error> {
        let byte = *self.bytes.get(self.at).ok_or_else(|| self.error("the bytes end too early"))?;
        self.at += 1;
        Ok(byte)
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or_else(|| self.error("the bytes end too early"))?;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// One byte, 0 or 1. Java reads only 1 as true; anything else was never written.
    pub(super) fn boolean(&mut self) -> Result<bool, Error> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.error(format!("{other} is no boolean"))),
        }
    }

    /// LEB128 of at most 32 bits.
    pub(super) fn varint(&mut self) -> Result<u32, Error> {
        let value = self.leb128(5)?;
        u32::try_from(value).map_err(|_| self.error("an integer has more than 32 bits"))
    }

    /// A zigzag varint of 32 bits.
    pub(super) fn signed(&mut self) -> Result<i32, Error> {
        let raw = self.varint()?;
        Ok((raw >> 1) as i32 ^ -((raw & 1) as i32))
    }

    /// A zigzag varint of 64 bits. Kryo's ninth byte carries eight bits.
    pub(super) fn signed_long(&mut self) -> Result<i64, Error> {
        let raw = self.leb128(9)?;
        Ok((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }

    fn leb128(&mut self, longest: u32) -> Result<u64, Error> {
        let mut value = 0;
        for place in 0..longest {
            let byte = self.byte()?;
            if place == 8 {
                return Ok(value | u64::from(byte) << 56);
            }
            value |= u64::from(byte & 0x7f) << (7 * place);
            if byte & HIGH_BIT == 0 {
                return Ok(value);
            }
        }
        Err(self.error("an integer does not end"))
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N)?);
        if self.little_endian {
            bytes.reverse();
        }
        Ok(bytes)
    }

    pub(super) fn fixed_short(&mut self) -> Result<i16, Error> {
        self.fixed().map(i16::from_be_bytes)
    }

    pub(super) fn fixed_int(&mut self) -> Result<i32, Error> {
        self.fixed().map(i32::from_be_bytes)
    }

    pub(super) fn fixed_long(&mut self) -> Result<i64, Error> {
        self.fixed().map(i64::from_be_bytes)
    }

    pub(super) fn float(&mut self) -> Result<f32, Error> {
        self.fixed().map(f32::from_be_bytes)
    }

    pub(super) fn double(&mut self) -> Result<f64, Error> {
        self.fixed().map(f64::from_be_bytes)
    }

    /// Kryo's "varint with a flag": the flag is the first byte's high bit.
    pub(super) fn flagged_varint(&mut self) -> Result<(bool, u32), Error> {
        let first = self.byte()?;
        let flag = first & HIGH_BIT != 0;
        let mut value = u64::from(first & 0x3f);
        if first & MORE != 0 {
            value |= self.leb128(4)? << 6;
        }
        let value = u32::try_from(value).map_err(|_| self.error("a length has more than 32 bits"))?;
        Ok((flag, value))
    }

    /// A Kryo string; none is Java's null.
    pub(super) fn string(&mut self) -> Result<Option<String>, Error> {
        let start = self.at;
        let first = self.byte()?;
        self.at = start;
        if first & HIGH_BIT == 0 { self.ascii_run().map(Some) } else { self.utf8_string() }
    }

    /// Characters up to the one that has the high bit.
    fn ascii_run(&mut self) -> Result<String, Error> {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|byte| byte & HIGH_BIT != 0);
        let end = end.ok_or_else(|| self.error("a string does not end"))?;
        self.at += end + 1;
        Ok(rest[..=end].iter().map(|byte| char::from(byte & 0x7f)).collect())
    }

    /// Length + 1 in UTF-16 units, then the units, each in UTF-8's form on its own (surrogates too).
    fn utf8_string(&mut self) -> Result<Option<String>, Error> {
        let (_, length) = self.flagged_varint()?;
        let Some(length) = (length as usize).checked_sub(1) else { return Ok(None) };
        if length > self.remaining() {
            return Err(self.error("a string is longer than the bytes left"));
        }
        let mut units = Vec::with_capacity(length);
        for _ in 0..length {
            units.push(self.utf16_unit()?);
        }
        String::from_utf16(&units).map(Some).map_err(|_| self.error("a string is not valid UTF-16"))
    }

    fn utf16_unit(&mut self) -> Result<u16, Error> {
        let first = u16::from(self.byte()?);
        match first >> 4 {
            0..=7 => Ok(first),
            12 | 13 => Ok((first & 0x1f) << 6 | self.continuation()?),
            14 => Ok(first << 12 | self.continuation()? << 6 | self.continuation()?),
            _ => Err(self.error("a string is not in Kryo's UTF-8")),
        }
    }

    fn continuation(&mut self) -> Result<u16, Error> {
        let byte = self.byte()?;
        if byte & 0xc0 == 0x80 {
            Ok(u16::from(byte & 0x3f))
        } else {
            Err(self.error("a string is not in Kryo's UTF-8"))
        }
    }
}

/// A stranger's name for a message: bounded, without control characters.
pub(super) fn quote(name: &str) -> String {
    name.chars().take(QUOTED).map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn input(bytes: &[u8]) -> Input<'_> {
        Input::new(bytes, false)
    }

    /// Kryo's own writer of long strings, as documented in semantics §8.
    fn utf8_form(text: &str) -> Vec<u8> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let length = units.len() as u32 + 1;
        let mut bytes = vec![0x80 | (length & 0x3f) as u8];
        let mut rest = length >> 6;
        if rest != 0 {
            bytes[0] |= 0x40;
            while rest >= 0x80 {
                bytes.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            bytes.push(rest as u8);
        }
        for unit in units {
            match unit {
                0..=0x7f => bytes.push(unit as u8),
                0x80..=0x7ff => bytes.extend([0xc0 | (unit >> 6) as u8, 0x80 | (unit & 0x3f) as u8]),
                _ => bytes.extend([
                    0xe0 | (unit >> 12) as u8,
                    0x80 | (unit >> 6 & 0x3f) as u8,
                    0x80 | (unit & 0x3f) as u8,
                ]),
            }
        }
        bytes
    }

    fn varint(mut value: u64, longest: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while bytes.len() + 1 < longest && value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }

    #[test]
    fn known_forms() {
        assert_eq!(input(&[0xe4, 0x0f]).varint(), Ok(2020));
        assert_eq!(input(&[0x1e]).signed_long(), Ok(15));
        assert_eq!(input(&[0x01]).signed(), Ok(-1));
        assert_eq!(input(&[0x80, 0xf8, 0x82, 0xad, 0x16]).signed_long(), Ok(3_000_000_000));
        assert_eq!(input(&[0x64, 0xf3]).string(), Ok(Some("ds".to_owned())));
        assert_eq!(input(&[0x82, 0x3d]).string(), Ok(Some("=".to_owned())));
        assert_eq!(input(&[0x80]).string(), Ok(None));
        assert_eq!(input(&[0x81]).string(), Ok(Some(String::new())));
        assert_eq!(input(&[0xff; 5]).varint().ok(), None, "more than 32 bits");
        assert_eq!(input(&[0x82, 0x80]).string().ok(), None, "a lone continuation byte");
        assert_eq!(input(&[0xbf, 0x61]).string().ok(), None, "62 characters announced, one there");
        assert_eq!(input(&[0x82, 0xed, 0xa0, 0x80]).string().ok(), None, "half a surrogate pair");
        assert_eq!(Input::new(&[0, 0, 0, 0, 0, 0, 0xf8, 0x3f], true).double(), Ok(1.5));
    }

    proptest! {
        #[test]
        fn strings_return(text in any::<String>()) {
            let bytes = utf8_form(&text);
            let mut input = input(&bytes);
            prop_assert_eq!(input.string(), Ok(Some(text)));
            prop_assert_eq!(input.remaining(), 0);
        }

        #[test]
        fn ascii_runs_return(text in "[ -~]{2,63}") {
            let mut bytes = text.clone().into_bytes();
            *bytes.last_mut().unwrap() |= 0x80;
            prop_assert_eq!(input(&bytes).string(), Ok(Some(text)));
        }

        #[test]
        fn numbers_return(number in any::<i64>(), small in any::<i32>()) {
            let bytes = varint((number << 1 ^ number >> 63) as u64, 9);
            prop_assert_eq!(input(&bytes).signed_long(), Ok(number));
            let bytes = varint(u64::from((small << 1 ^ small >> 31) as u32), 5);
            prop_assert_eq!(input(&bytes).signed(), Ok(small));
        }

        #[test]
        fn anything_ends(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            drop(input(&bytes).string());
            drop(input(&bytes).varint());
            drop(input(&bytes).signed_long());
            drop(input(&bytes).flagged_varint());
        }
    }
}
