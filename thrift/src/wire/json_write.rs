//! Writes TJSON, the text in which notification messages carry whole structs.
//!
//! A field is `"ID":{"TAG":VALUE}`, a list `["TAG",N,VALUE...]`, a map `["KTAG","VTAG",N,{KEY:VALUE...}]`, a bool 0 or
//! 1, a binary base64 without padding. Keys are strings, so a number in a key's place is quoted.

use std::fmt::Write as _;

use super::reader::Form;
use super::{Encode, Kind, Writer};

/// `value` as TJSON text, as Java's `TSerializer` with `TJSONProtocol` writes it.
pub fn to_json<T: Encode>(value: &T) -> String {
    let mut w = Writer::with_form(Form::Json, Vec::new());
    value.encode(&mut w);
    String::from_utf8_lossy(&w.into_bytes()).into_owned()
}

/// Where the next value stands, for each array or object that is open.
#[derive(Default)]
pub(super) struct JsonState {
    open: Vec<Place>,
}

enum Place {
    List { first: bool },
    Pairs { first: bool, key: bool },
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

impl Writer {
    /// Writes the comma or colon that is due before a value; says whether the value is a key.
    fn json_next(&mut self) -> bool {
        match self.json.open.last_mut() {
            None => false,
            Some(Place::List { first }) => {
                if !std::mem::take(first) {
                    self.buf.push(b',');
                }
                false
            }
            Some(Place::Pairs { first, key }) => {
                let is_key = *key;
                if !is_key {
                    self.buf.push(b':');
                } else if !std::mem::take(first) {
                    self.buf.push(b',');
                }
                *key = !is_key;
                is_key
            }
        }
    }

    fn json_object(&mut self) {
        self.json_next();
        self.buf.push(b'{');
        self.json.open.push(Place::Pairs { first: true, key: true });
    }

    fn json_array(&mut self) {
        self.json_next();
        self.buf.push(b'[');
        self.json.open.push(Place::List { first: true });
    }

    fn json_close(&mut self, bracket: u8) {
        self.json.open.pop();
        self.buf.push(bracket);
    }

    pub(super) fn json_struct_begin(&mut self) {
        self.json_object();
    }

    pub(super) fn json_struct_end(&mut self) {
        self.json_close(b'}');
    }

    pub(super) fn json_field_begin(&mut self, kind: Kind, id: i16) {
        self.json_int(i64::from(id));
        self.json_object();
        self.json_string(kind.json_tag());
    }

    pub(super) fn json_field_end(&mut self) {
        self.json_close(b'}');
    }

    pub(super) fn json_list_begin(&mut self, kind: Kind, len: usize) {
        self.json_array();
        self.json_string(kind.json_tag());
        self.json_int(len as i64);
    }

    pub(super) fn json_list_end(&mut self) {
        self.json_close(b']');
    }

    pub(super) fn json_map_begin(&mut self, key: Kind, value: Kind, len: usize) {
        self.json_array();
        self.json_string(key.json_tag());
        self.json_string(value.json_tag());
        self.json_int(len as i64);
        self.json_object();
    }

    pub(super) fn json_map_end(&mut self) {
        self.json_close(b'}');
        self.json_close(b']');
    }

    fn json_bare(&mut self, text: &str, quoted: bool) {
        let quoted = self.json_next() || quoted;
        if quoted {
            self.buf.push(b'"');
        }
        self.buf.extend_from_slice(text.as_bytes());
        if quoted {
            self.buf.push(b'"');
        }
    }

    pub(super) fn json_int(&mut self, value: i64) {
        self.json_bare(&value.to_string(), false);
    }

    pub(super) fn json_double(&mut self, value: f64) {
        if value.is_nan() {
            self.json_bare("NaN", true);
        } else if value.is_infinite() {
            self.json_bare(if value > 0.0 { "Infinity" } else { "-Infinity" }, true);
        } else {
            self.json_bare(&format!("{value:?}"), false);
        }
    }

    pub(super) fn json_string(&mut self, value: &str) {
        self.json_next();
        let mut text = String::with_capacity(value.len() + 2);
        text.push('"');
        for c in value.chars() {
            match c {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                '\u{8}' => text.push_str("\\b"),
                '\u{c}' => text.push_str("\\f"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                c if c < ' ' => {
                    // Writing to a String cannot fail.
                    let _ = write!(text, "\\u{:04x}", u32::from(c));
                }
                c => text.push(c),
            }
        }
        text.push('"');
        self.buf.extend_from_slice(text.as_bytes());
    }

    pub(super) fn json_binary(&mut self, value: &[u8]) {
        self.json_next();
        self.buf.push(b'"');
        for chunk in value.chunks(3) {
            let three = [chunk[0], chunk.get(1).copied().unwrap_or(0), chunk.get(2).copied().unwrap_or(0)];
            let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
            for at in 0..=chunk.len() {
                self.buf.push(BASE64[(bits >> (18 - 6 * at)) as usize & 63]);
            }
        }
        self.buf.push(b'"');
    }
}
