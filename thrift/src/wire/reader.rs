//! Reads the values of one complete message.

use super::json_read::JsonState;
use super::scan::Walker;
use super::shared::Repeated;
use super::{Kind, Limits, Protocol, WireError};

/// What the bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Binary,
    Compact,
    Json,
}

/// The start of a field: its type and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldHead {
    pub kind: Kind,
    pub id: i16,
}

/// Reads values from a complete message. Every length is checked against the bytes left before memory is taken.
pub struct Reader<'a> {
    pub(super) buf: &'a [u8],
    pub(super) pos: usize,
    pub(super) form: Form,
    /// Compact: the id of the struct's field before, and a bool that came in its field's head.
    pub(super) last_id: i16,
    pub(super) bool_value: Option<bool>,
    pub(super) json: JsonState,
    /// What [`super::Shared`] values are.
    pub(super) repeated: Option<Repeated<'a>>,
    depth: usize,
    memory_left: usize,
    limits: Limits,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `message` (head and all).
    pub fn new(protocol: Protocol, message: &'a [u8], limits: Limits) -> Self {
        let form = match protocol {
            Protocol::Binary => Form::Binary,
            Protocol::Compact => Form::Compact,
        };
        Self::with_form(form, message, limits)
    }

    pub(super) fn with_form(form: Form, buf: &'a [u8], limits: Limits) -> Self {
        Self {
            buf,
            pos: 0,
            form,
            last_id: 0,
            bool_value: None,
            json: JsonState::default(),
            repeated: None,
            depth: 0,
            memory_left: limits.memory_bytes,
            limits,
        }
    }

    /// How many bytes were read.
    pub fn position(&self) -> usize {
        self.pos
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.buf.get(self.pos..).unwrap_or(&[])
    }

    pub(super) fn byte(&mut self) -> Result<u8, WireError> {
        let byte = *self.buf.get(self.pos).ok_or(WireError::Truncated)?;
        self.pos += 1;
        Ok(byte)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let array = *self.rest().first_chunk().ok_or(WireError::Truncated)?;
        self.pos += N;
        Ok(array)
    }

    pub(super) fn take(&mut self, len: usize) -> Result<&'a [u8], WireError> {
        let bytes = self.rest().get(..len).ok_or(WireError::Truncated)?;
        self.pos += len;
        Ok(bytes)
    }

    /// `len` as a length, if that many values of `size_min` bytes can still come.
    pub(super) fn len_checked(&self, len: i64, size_min: usize) -> Result<usize, WireError> {
        let checked = usize::try_from(len).map_err(|_| WireError::NegativeLength(len))?;
        if checked.saturating_mul(size_min) > self.buf.len() - self.pos {
            return Err(WireError::Truncated);
        }
        Ok(checked)
    }

    /// Charges `count` values of `size` bytes to the memory budget.
    pub(super) fn charge(&mut self, count: usize, size: usize) -> Result<(), WireError> {
        let bytes = count.saturating_mul(size);
        let limit = self.limits.memory_bytes;
        self.memory_left = self.memory_left.checked_sub(bytes).ok_or(WireError::TooMuchMemory { limit })?;
        Ok(())
    }

    pub(super) fn enter(&mut self) -> Result<(), WireError> {
        self.depth += 1;
        if self.depth > self.limits.depth {
            return Err(WireError::TooDeep { limit: self.limits.depth });
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Starts a struct; give what it returns to [`Self::struct_end`].
    pub fn struct_begin(&mut self) -> Result<i16, WireError> {
        self.enter()?;
        if self.form == Form::Json {
            self.json_struct_begin()?;
        }
        Ok(std::mem::take(&mut self.last_id))
    }

    /// The next field, or `None` at the end of the struct.
    #[inline]
    pub fn field_begin(&mut self) -> Result<Option<FieldHead>, WireError> {
        let head = match self.form {
            Form::Binary => self.binary_field()?,
            Form::Compact => self.compact_field()?,
            Form::Json => self.json_field_begin()?,
        };
        Ok(head.map(|(kind, id)| FieldHead { kind, id }))
    }

    /// Ends a field whose value was read or skipped.
    #[inline]
    pub fn field_end(&mut self) -> Result<(), WireError> {
        if self.form == Form::Json { self.json_field_end() } else { Ok(()) }
    }

    /// Ends a struct after [`Self::field_begin`] gave `None`.
    pub fn struct_end(&mut self, outer: i16) {
        self.last_id = outer;
        self.leave();
    }

    /// Passes over a value, without recursion.
    pub fn skip(&mut self, kind: Kind) -> Result<(), WireError> {
        let protocol = match self.form {
            Form::Binary => Protocol::Binary,
            Form::Compact => Protocol::Compact,
            Form::Json => return self.json_skip(kind),
        };
        if kind == Kind::Bool && self.bool_value.take().is_some() {
            return Ok(());
        }
        if protocol == Protocol::Binary
            && let Some(size) = kind.binary_size()
        {
            return self.take(size).map(drop);
        }
        let limits = Limits { depth: self.limits.depth.saturating_sub(self.depth), ..self.limits };
        self.pos += Walker::of_value(protocol, kind, limits).skip(self.rest())?;
        Ok(())
    }

    pub fn bool(&mut self) -> Result<bool, WireError> {
        match self.form {
            Form::Binary => Ok(self.byte()? != 0),
            Form::Compact => match self.bool_value.take() {
                Some(value) => Ok(value),
                None => Ok(self.byte()? == 1),
            },
            Form::Json => Ok(self.json_int()? != 0),
        }
    }

    pub fn i8(&mut self) -> Result<i8, WireError> {
        match self.form {
            Form::Binary | Form::Compact => Ok(self.byte()? as i8),
            Form::Json => i8::try_from(self.json_int()?).map_err(|_| WireError::BadNumber),
        }
    }

    pub fn i16(&mut self) -> Result<i16, WireError> {
        match self.form {
            Form::Binary => Ok(i16::from_be_bytes(self.array()?)),
            Form::Compact => i16::try_from(self.compact_int()?).map_err(|_| WireError::BadNumber),
            Form::Json => i16::try_from(self.json_int()?).map_err(|_| WireError::BadNumber),
        }
    }

    pub fn i32(&mut self) -> Result<i32, WireError> {
        match self.form {
            Form::Binary => Ok(i32::from_be_bytes(self.array()?)),
            Form::Compact => i32::try_from(self.compact_int()?).map_err(|_| WireError::BadNumber),
            Form::Json => i32::try_from(self.json_int()?).map_err(|_| WireError::BadNumber),
        }
    }

    pub fn i64(&mut self) -> Result<i64, WireError> {
        match self.form {
            Form::Binary => Ok(i64::from_be_bytes(self.array()?)),
            Form::Compact => self.compact_int(),
            Form::Json => self.json_int(),
        }
    }

    pub fn double(&mut self) -> Result<f64, WireError> {
        match self.form {
            Form::Binary => Ok(f64::from_be_bytes(self.array()?)),
            // Little-endian, unlike the rest of Thrift: a slip of the first implementation that became the rule.
            Form::Compact => Ok(f64::from_le_bytes(self.array()?)),
            Form::Json => self.json_double(),
        }
    }

    fn bytes(&mut self) -> Result<&'a [u8], WireError> {
        let len = if self.form == Form::Compact { self.compact_len(1)? } else { self.binary_len(1)? };
        if len > self.limits.string_bytes {
            return Err(WireError::StringTooLong { len, limit: self.limits.string_bytes });
        }
        self.take(len)
    }

    /// Text. What is not UTF-8 is replaced, never refused: Java does the same.
    pub fn string(&mut self) -> Result<String, WireError> {
        if self.form == Form::Json {
            return self.json_string();
        }
        let bytes = self.bytes()?;
        // Nearly all text is valid, and this check is several times faster than the one that can replace.
        Ok(match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => String::from_utf8_lossy(bytes).into_owned(),
        })
    }

    pub fn binary(&mut self) -> Result<Vec<u8>, WireError> {
        if self.form == Form::Json {
            return self.json_binary();
        }
        self.bytes().map(<[u8]>::to_vec)
    }

    /// Starts a list or set: the elements' type (`None` if there are none) and number.
    pub fn list_begin(&mut self) -> Result<(Option<Kind>, usize), WireError> {
        self.enter()?;
        match self.form {
            Form::Binary => self.binary_list(),
            Form::Compact => self.compact_list(),
            Form::Json => self.json_list_begin(),
        }
    }

    /// Starts a map: the types of keys and values (`None` if there are none) and the number of pairs.
    pub fn map_begin(&mut self) -> Result<(Option<(Kind, Kind)>, usize), WireError> {
        self.enter()?;
        match self.form {
            Form::Binary => self.binary_map(),
            Form::Compact => self.compact_map(),
            Form::Json => self.json_map_begin(),
        }
    }

    /// Ends a list or set.
    pub fn list_end(&mut self) -> Result<(), WireError> {
        self.leave();
        if self.form == Form::Json { self.json_list_end() } else { Ok(()) }
    }

    /// Ends a map.
    pub fn map_end(&mut self) -> Result<(), WireError> {
        self.leave();
        if self.form == Form::Json { self.json_map_end() } else { Ok(()) }
    }
}
