//! Heads of messages, and the replies that are no method's result.

use super::limits::NAME_BYTES_MAX;
use super::reader::Form;
use super::{Kind, Protocol, Reader, WireError, Writer};

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum MessageKind {
    Call = 1,
    Reply = 2,
    /// A `TApplicationException` instead of a result.
    Exception = 3,
    /// A call nobody answers.
    Oneway = 4,
}

impl MessageKind {
    fn from_code(code: u8) -> Result<Self, WireError> {
        Ok(match code {
            1 => Self::Call,
            2 => Self::Reply,
            3 => Self::Exception,
            4 => Self::Oneway,
            other => return Err(WireError::BadHeader(u32::from(other))),
        })
    }
}

/// The head of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub name: String,
    pub kind: MessageKind,
    /// The caller's number, given back in the reply.
    pub seq: i32,
}

/// The type numbers of `TApplicationException`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum ErrorCode {
    Unknown = 0,
    /// Clients probe for methods and look at this code, or at the text `Invalid method name: 'NAME'`.
    UnknownMethod = 1,
    InvalidMessageType = 2,
    WrongMethodName = 3,
    BadSequenceId = 4,
    MissingResult = 5,
    InternalError = 6,
    ProtocolError = 7,
    InvalidTransform = 8,
    InvalidProtocol = 9,
    UnsupportedClientType = 10,
}

const BINARY_VERSION: u32 = 0x8001_0000;
const VERSION_MASK: u32 = 0xffff_0000;
const COMPACT_PROTOCOL: u8 = 0x82;
const COMPACT_VERSION: u8 = 1;

/// Refuses bytes that do not start like a message: a head is a version, or (the old Binary one) a length.
pub(super) fn check_version(protocol: Protocol, bytes: &[u8]) -> Result<(), WireError> {
    match protocol {
        Protocol::Compact => {
            let first: [u8; 2] = *bytes.first_chunk().ok_or(WireError::Truncated)?;
            if first[0] == COMPACT_PROTOCOL && first[1] & 0x1f == COMPACT_VERSION {
                return Ok(());
            }
            Err(WireError::BadHeader(u32::from(u16::from_be_bytes(first))))
        }
        Protocol::Binary => {
            let first = u32::from_be_bytes(*bytes.first_chunk().ok_or(WireError::Truncated)?);
            if first >> 31 == 0 || first & VERSION_MASK == BINARY_VERSION {
                return Ok(());
            }
            Err(WireError::BadHeader(first))
        }
    }
}

/// Reads a message's head. Binary may have the old header, which starts with the name.
pub fn read_head(r: &mut Reader<'_>) -> Result<Head, WireError> {
    if r.form == Form::Compact {
        check_version(Protocol::Compact, r.rest())?;
        let [_, version_kind] = r.array()?;
        let kind = MessageKind::from_code(version_kind >> 5)?;
        let seq = r.compact_seq()?;
        let len = r.compact_len(1)?;
        return Ok(Head { name: name(r, len)?, kind, seq });
    }
    check_version(Protocol::Binary, r.rest())?;
    let first = u32::from_be_bytes(r.array()?);
    if first >> 31 == 0 {
        let len = r.len_checked(i64::from(first), 1)?;
        let name = name(r, len)?;
        let kind = MessageKind::from_code(r.byte()?)?;
        return Ok(Head { name, kind, seq: r.i32()? });
    }
    let kind = MessageKind::from_code(first as u8)?;
    let len = r.binary_len(1)?;
    Ok(Head { name: name(r, len)?, kind, seq: r.i32()? })
}

fn name(r: &mut Reader<'_>, len: usize) -> Result<String, WireError> {
    if len > NAME_BYTES_MAX {
        return Err(WireError::NameTooLong(len));
    }
    Ok(String::from_utf8_lossy(r.take(len)?).into_owned())
}

/// Writes a message's head.
pub fn write_head(w: &mut Writer, name: &str, kind: MessageKind, seq: i32) {
    if w.form == Form::Compact {
        w.buf.extend_from_slice(&[COMPACT_PROTOCOL, COMPACT_VERSION | ((kind as u8) << 5)]);
        w.varint(u64::from(seq as u32));
        w.string(name);
    } else {
        w.buf.extend_from_slice(&(BINARY_VERSION | kind as u32).to_be_bytes());
        w.string(name);
        w.i32(seq);
    }
}

/// Writes a whole message that answers `name` with a `TApplicationException`.
pub fn write_error(w: &mut Writer, name: &str, seq: i32, code: ErrorCode, text: &str) {
    write_head(w, name, MessageKind::Exception, seq);
    let outer = w.struct_begin();
    w.field_begin(Kind::String, 1);
    w.string(text);
    w.field_end();
    w.field_begin(Kind::I32, 2);
    w.i32(code as i32);
    w.field_end();
    w.struct_end(outer);
}

/// Reads the body of a `TApplicationException`: its type number and text.
pub fn read_error(r: &mut Reader<'_>) -> Result<(i32, String), WireError> {
    let (mut code, mut text) = (0, String::new());
    let outer = r.struct_begin()?;
    while let Some(field) = r.field_begin()? {
        match (field.id, field.kind) {
            (1, Kind::String) => text = r.string()?,
            (2, Kind::I32) => code = r.i32()?,
            _ => r.skip(field.kind)?,
        }
        r.field_end()?;
    }
    r.struct_end(outer);
    Ok((code, text))
}
