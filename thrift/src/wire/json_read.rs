//! Reads TJSON (see [`super::to_json`]), with the same bounds as the binary protocols.

use super::reader::Form;
use super::{Decode, Kind, Limits, Reader, WireError};

/// The struct that `text` holds.
pub fn from_json<T: Decode>(text: &str, limits: Limits) -> Result<T, WireError> {
    if text.len() > limits.message_bytes {
        return Err(WireError::MessageTooLong { limit: limits.message_bytes });
    }
    let mut r = Reader::with_form(Form::Json, text.as_bytes(), limits);
    let value = T::decode(&mut r)?;
    r.json_space();
    if r.rest().is_empty() { Ok(value) } else { Err(r.json_error("the end of the text")) }
}

/// Whether a comma, a colon or nothing is due, for each array or object that is open.
#[derive(Default)]
pub(super) struct JsonState {
    open: Vec<Place>,
}

enum Place {
    List { first: bool },
    Pairs { first: bool, key: bool },
}

impl Reader<'_> {
    fn json_error(&self, expected: &'static str) -> WireError {
        WireError::Json { at: self.pos, expected }
    }

    fn json_space(&mut self) {
        while matches!(self.rest().first(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.pos += 1;
        }
    }

    fn json_token(&mut self, token: u8, expected: &'static str) -> Result<(), WireError> {
        self.json_space();
        if self.rest().first() != Some(&token) {
            return Err(self.json_error(expected));
        }
        self.pos += 1;
        Ok(())
    }

    fn json_peek(&mut self) -> Option<u8> {
        self.json_space();
        self.rest().first().copied()
    }

    /// Takes the comma or colon that is due before a value.
    fn json_next(&mut self) -> Result<(), WireError> {
        let token = match self.json.open.last_mut() {
            None => None,
            Some(Place::List { first }) => (!std::mem::take(first)).then_some(b','),
            Some(Place::Pairs { first, key }) => {
                let is_key = *key;
                *key = !is_key;
                if is_key { (!std::mem::take(first)).then_some(b',') } else { Some(b':') }
            }
        };
        match token {
            Some(token) => self.json_token(token, "a comma or a colon"),
            None => Ok(()),
        }
    }

    fn json_object(&mut self) -> Result<(), WireError> {
        self.json_next()?;
        self.json_token(b'{', "an object")?;
        self.json.open.push(Place::Pairs { first: true, key: true });
        Ok(())
    }

    fn json_array(&mut self) -> Result<(), WireError> {
        self.json_next()?;
        self.json_token(b'[', "an array")?;
        self.json.open.push(Place::List { first: true });
        Ok(())
    }

    fn json_close(&mut self, bracket: u8, expected: &'static str) -> Result<(), WireError> {
        self.json.open.pop();
        self.json_token(bracket, expected)
    }

    pub(super) fn json_struct_begin(&mut self) -> Result<(), WireError> {
        self.json_object()
    }

    pub(super) fn json_field_begin(&mut self) -> Result<Option<(Kind, i16)>, WireError> {
        if self.json_peek() == Some(b'}') {
            self.json_close(b'}', "the end of a struct")?;
            return Ok(None);
        }
        let id = i16::try_from(self.json_int()?).map_err(|_| WireError::BadNumber)?;
        self.json_object()?;
        Ok(Some((self.json_kind()?, id)))
    }

    pub(super) fn json_field_end(&mut self) -> Result<(), WireError> {
        self.json_close(b'}', "the end of a field")
    }

    fn json_kind(&mut self) -> Result<Kind, WireError> {
        let tag = self.json_string()?;
        Kind::from_json_tag(&tag).ok_or_else(|| self.json_error("a type's tag"))
    }

    fn json_len(&mut self, size_min: usize) -> Result<usize, WireError> {
        let len = self.json_int()?;
        self.len_checked(len, size_min)
    }

    pub(super) fn json_list_begin(&mut self) -> Result<(Option<Kind>, usize), WireError> {
        self.json_array()?;
        let kind = self.json_kind()?;
        Ok((Some(kind), self.json_len(2)?))
    }

    pub(super) fn json_list_end(&mut self) -> Result<(), WireError> {
        self.json_close(b']', "the end of a list")
    }

    pub(super) fn json_map_begin(&mut self) -> Result<(Option<(Kind, Kind)>, usize), WireError> {
        self.json_array()?;
        let kinds = (self.json_kind()?, self.json_kind()?);
        let len = self.json_len(4)?;
        self.json_object()?;
        Ok((Some(kinds), len))
    }

    pub(super) fn json_map_end(&mut self) -> Result<(), WireError> {
        self.json_close(b'}', "the end of a map")?;
        self.json_close(b']', "the end of a map")
    }

    /// A number's characters, with or without quotes: a key has them, and some writers put them everywhere.
    fn json_number(&mut self) -> Result<&str, WireError> {
        self.json_next()?;
        let quoted = self.json_peek() == Some(b'"');
        if quoted {
            self.pos += 1;
        }
        let rest = self.rest();
        let len = rest
            .iter()
            .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.')))
            .unwrap_or(rest.len());
        let text = std::str::from_utf8(self.take(len)?).map_err(|_| WireError::BadNumber)?;
        if quoted {
            self.json_token(b'"', "the end of a string")?;
        }
        Ok(text)
    }

    pub(super) fn json_int(&mut self) -> Result<i64, WireError> {
        self.json_number()?.parse().map_err(|_| WireError::BadNumber)
    }

    pub(super) fn json_double(&mut self) -> Result<f64, WireError> {
        self.json_number()?.parse().map_err(|_| WireError::BadNumber)
    }

    pub(super) fn json_string(&mut self) -> Result<String, WireError> {
        self.json_next()?;
        self.json_token(b'"', "a string")?;
        let mut bytes = Vec::new();
        loop {
            let rest = self.rest();
            let len = rest.iter().position(|b| matches!(b, b'"' | b'\\')).ok_or(WireError::Truncated)?;
            bytes.extend_from_slice(self.take(len)?);
            if self.byte()? == b'"' {
                return Ok(String::from_utf8_lossy(&bytes).into_owned());
            }
            let plain = match self.byte()? {
                b'b' => 8,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'u' => {
                    let c = self.json_escape()?;
                    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                    continue;
                }
                other @ (b'"' | b'\\' | b'/') => other,
                _ => return Err(self.json_error("an escape")),
            };
            bytes.push(plain);
        }
    }

    fn json_hex(&mut self) -> Result<u32, WireError> {
        let digits = std::str::from_utf8(self.take(4)?).map_err(|_| self.json_error("four hex digits"))?;
        u32::from_str_radix(digits, 16).map_err(|_| self.json_error("four hex digits"))
    }

    /// What follows `\u`: one character, or two halves of one. A half alone is replaced.
    fn json_escape(&mut self) -> Result<char, WireError> {
        let high = self.json_hex()?;
        if !(0xd800..0xdc00).contains(&high) || !self.rest().starts_with(b"\\u") {
            return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        self.pos += 2;
        let low = self.json_hex()?;
        let code = 0x10000 + ((high - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff);
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    pub(super) fn json_binary(&mut self) -> Result<Vec<u8>, WireError> {
        let text = self.json_string()?;
        let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
        let (mut bits, mut held) = (0_u32, 0);
        for byte in text.bytes().take_while(|&byte| byte != b'=') {
            let six = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return Err(self.json_error("base64")),
            };
            bits = (bits << 6) | u32::from(six);
            held += 6;
            if held >= 8 {
                held -= 8;
                out.push((bits >> held) as u8);
            }
        }
        Ok(out)
    }

    /// Passes over a value; its nesting is bounded as everything's is.
    pub(super) fn json_skip(&mut self, kind: Kind) -> Result<(), WireError> {
        match kind {
            Kind::Bool | Kind::Byte | Kind::I16 | Kind::I32 | Kind::I64 | Kind::Double => {
                self.json_number()?;
            }
            Kind::String => {
                self.json_string()?;
            }
            Kind::Struct => {
                let outer = self.struct_begin()?;
                while let Some(field) = self.field_begin()? {
                    self.json_skip(field.kind)?;
                    self.field_end()?;
                }
                self.struct_end(outer);
            }
            Kind::List | Kind::Set => {
                let (kind, len) = self.list_begin()?;
                for _ in 0..len {
                    self.json_skip(kind.unwrap_or(Kind::String))?;
                }
                self.list_end()?;
            }
            Kind::Map => {
                let (kinds, len) = self.map_begin()?;
                let (key, value) = kinds.unwrap_or((Kind::String, Kind::String));
                for _ in 0..len {
                    self.json_skip(key)?;
                    self.json_skip(value)?;
                }
                self.map_end()?;
            }
        }
        Ok(())
    }
}
