//! Writes values into one buffer.

use super::json_write::JsonState;
use super::reader::Form;
use super::{Kind, Protocol};

/// Appends values to a buffer. It cannot fail: what we send is ours.
pub struct Writer {
    pub(super) buf: Vec<u8>,
    pub(super) form: Form,
    /// Compact: the id of the struct's field before, and a bool field whose head waits for the value.
    pub(super) last_id: i16,
    bool_field: Option<i16>,
    pub(super) json: JsonState,
}

impl Writer {
    pub fn new(protocol: Protocol) -> Self {
        Self::with_buffer(protocol, Vec::new())
    }

    /// A writer that appends to `buf`, so that a connection can keep its buffer.
    pub fn with_buffer(protocol: Protocol, buf: Vec<u8>) -> Self {
        let form = match protocol {
            Protocol::Binary => Form::Binary,
            Protocol::Compact => Form::Compact,
        };
        Self::with_form(form, buf)
    }

    pub(super) fn with_form(form: Form, buf: Vec<u8>) -> Self {
        Self { buf, form, last_id: 0, bool_field: None, json: JsonState::default() }
    }

    /// The bytes written (and what the buffer held before).
    pub fn into_bytes(self) -> Vec<u8> {
        self.buf
    }

    pub fn bytes(&self) -> &[u8] {
        &self.buf
    }

    /// Takes back everything after the first `len` bytes: for an error found while a reply was being written.
    pub fn truncate(&mut self, len: usize) {
        self.buf.truncate(len);
        self.last_id = 0;
        self.bool_field = None;
        self.json = JsonState::default();
    }

    /// Splices bytes that were encoded before, in the same protocol: whole values where a value is due, or whole
    /// fields inside a struct. In Compact the next field's head depends on the field before it: name the last
    /// spliced one with [`Self::field_last`].
    pub fn raw(&mut self, encoded: &[u8]) {
        self.buf.extend_from_slice(encoded);
    }

    /// Says which field of the current struct was written last, after fields were spliced.
    pub fn field_last(&mut self, id: i16) {
        self.last_id = id;
    }

    /// Starts a struct; give what it returns to [`Self::struct_end`].
    pub fn struct_begin(&mut self) -> i16 {
        if self.form == Form::Json {
            self.json_struct_begin();
        }
        std::mem::take(&mut self.last_id)
    }

    #[inline]
    pub fn field_begin(&mut self, kind: Kind, id: i16) {
        match self.form {
            Form::Binary => {
                let [high, low] = id.to_be_bytes();
                self.buf.extend_from_slice(&[kind as u8, high, low]);
            }
            Form::Compact if kind == Kind::Bool => self.bool_field = Some(id),
            Form::Compact => self.compact_field(kind.to_compact(), id),
            Form::Json => self.json_field_begin(kind, id),
        }
    }

    #[inline]
    pub fn field_end(&mut self) {
        if self.form == Form::Json {
            self.json_field_end();
        }
    }

    pub fn struct_end(&mut self, outer: i16) {
        if self.form == Form::Json {
            self.json_struct_end();
        } else {
            self.buf.push(0);
        }
        self.last_id = outer;
    }

    pub fn bool(&mut self, value: bool) {
        match self.form {
            Form::Binary => self.buf.push(u8::from(value)),
            Form::Compact => {
                let code = if value { 1 } else { 2 };
                match self.bool_field.take() {
                    Some(id) => self.compact_field(code, id),
                    None => self.buf.push(code),
                }
            }
            Form::Json => self.json_int(i64::from(value)),
        }
    }

    pub fn i8(&mut self, value: i8) {
        match self.form {
            Form::Binary | Form::Compact => self.buf.push(value as u8),
            Form::Json => self.json_int(i64::from(value)),
        }
    }

    pub fn i16(&mut self, value: i16) {
        match self.form {
            Form::Binary => self.buf.extend_from_slice(&value.to_be_bytes()),
            Form::Compact => self.compact_int(i64::from(value)),
            Form::Json => self.json_int(i64::from(value)),
        }
    }

    pub fn i32(&mut self, value: i32) {
        match self.form {
            Form::Binary => self.buf.extend_from_slice(&value.to_be_bytes()),
            Form::Compact => self.compact_int(i64::from(value)),
            Form::Json => self.json_int(i64::from(value)),
        }
    }

    pub fn i64(&mut self, value: i64) {
        match self.form {
            Form::Binary => self.buf.extend_from_slice(&value.to_be_bytes()),
            Form::Compact => self.compact_int(value),
            Form::Json => self.json_int(value),
        }
    }

    pub fn double(&mut self, value: f64) {
        match self.form {
            Form::Binary => self.buf.extend_from_slice(&value.to_be_bytes()),
            Form::Compact => self.buf.extend_from_slice(&value.to_le_bytes()),
            Form::Json => self.json_double(value),
        }
    }

    pub fn string(&mut self, value: &str) {
        if self.form == Form::Json { self.json_string(value) } else { self.sized(value.as_bytes()) }
    }

    pub fn binary(&mut self, value: &[u8]) {
        if self.form == Form::Json { self.json_binary(value) } else { self.sized(value) }
    }

    fn sized(&mut self, bytes: &[u8]) {
        if self.form == Form::Compact {
            self.varint(bytes.len() as u64);
        } else {
            self.buf.extend_from_slice(&(bytes.len() as i32).to_be_bytes());
        }
        self.buf.extend_from_slice(bytes);
    }

    /// Starts a list or set of `len` elements.
    pub fn list_begin(&mut self, kind: Kind, len: usize) {
        match self.form {
            Form::Binary => {
                self.buf.push(kind as u8);
                self.buf.extend_from_slice(&(len as i32).to_be_bytes());
            }
            Form::Compact => self.compact_list(kind, len),
            Form::Json => self.json_list_begin(kind, len),
        }
    }

    /// Starts a map of `len` pairs.
    pub fn map_begin(&mut self, key: Kind, value: Kind, len: usize) {
        match self.form {
            Form::Binary => {
                self.buf.extend_from_slice(&[key as u8, value as u8]);
                self.buf.extend_from_slice(&(len as i32).to_be_bytes());
            }
            Form::Compact => self.compact_map(key, value, len),
            Form::Json => self.json_map_begin(key, value, len),
        }
    }

    /// Ends a list or set.
    pub fn list_end(&mut self) {
        if self.form == Form::Json {
            self.json_list_end();
        }
    }

    /// Ends a map.
    pub fn map_end(&mut self) {
        if self.form == Form::Json {
            self.json_map_end();
        }
    }
}
