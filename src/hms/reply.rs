//! Replies as bytes: a whole message, addressed to one call, ready for the socket.

use bytes::Bytes;
use skep_core::{Error, Result};
use skep_thrift::wire::Kind;
use skep_thrift::wire::message::{self, ErrorCode, Head, MessageKind};
use skep_thrift::{Throw, Writer};

use super::transport::{Framing, Wire};

/// Bytes of a frame's own length.
const FRAME_HEAD: usize = 4;

/// A whole reply message, framed if the client frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    body: ReplyBody,
}

/// How a reply lies in memory. A stream of chunks that are made while they are sent becomes a third form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyBody {
    /// One buffer.
    Value(Vec<u8>),
    /// Shared, ready-made bytes between a head and an end of this call's own: nothing is copied.
    Spliced { before: Vec<u8>, parts: Vec<Bytes>, after: Vec<u8> },
}

/// A method's return value that was encoded before, in the protocol of the session
/// ([`super::Session::wire`]); its parts stand one after the other. No message head, no field head.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encoded {
    pub parts: Vec<Bytes>,
}

impl Reply {
    pub fn body(&self) -> &ReplyBody {
        &self.body
    }
    /// Bytes on the wire.
    pub fn len(&self) -> usize {
        match &self.body {
            ReplyBody::Value(bytes) => bytes.len(),
            ReplyBody::Spliced { before, parts, after } => {
                before.len() + parts.iter().map(Bytes::len).sum::<usize>() + after.len()
            }
        }
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Whom a reply answers: everything its message head needs.
#[derive(Debug, Clone, Copy)]
pub struct ReplyTo<'a> {
    pub wire: Wire,
    pub name: &'a str,
    pub seq: i32,
}

impl ReplyTo<'_> {
    /// A reply whose result struct the caller writes, fields and all.
    pub fn value(&self, result: impl FnOnce(&mut Writer)) -> Result<Reply> {
        let mut w = self.open(MessageKind::Reply);
        result(&mut w);
        self.close(w.into_bytes())
    }

    /// A reply whose return value is there as bytes.
    pub fn spliced(&self, kind: Kind, value: Encoded) -> Result<Reply> {
        let mut w = self.open(MessageKind::Reply);
        w.struct_begin();
        w.field_begin(kind, 0);
        let mut before = w.into_bytes();
        // A struct's end, in both protocols.
        let after = vec![0];
        let length = before.len() + value.parts.iter().map(Bytes::len).sum::<usize>() + after.len();
        self.frame(&mut before, length)?;
        Ok(Reply { body: ReplyBody::Spliced { before, parts: value.parts, after } })
    }

    /// An exception that the method declares. All of Hive's are a struct of one field, 1, the message.
    pub fn declared(&self, throw: &Throw, text: &str) -> Result<Reply> {
        self.value(|w| {
            let outer = w.struct_begin();
            w.field_begin(Kind::Struct, throw.id);
            let inner = w.struct_begin();
            w.field_begin(Kind::String, 1);
            w.string(text);
            w.field_end();
            w.struct_end(inner);
            w.field_end();
            w.struct_end(outer);
        })
    }

    /// A protocol-level error (TApplicationException), which every client understands for every method.
    pub fn application(&self, code: ErrorCode, text: &str) -> Reply {
        let mut w = self.open(MessageKind::Exception);
        message::write_error(&mut w, code, text);
        let bytes = w.into_bytes();
        // A name of at most 255 bytes and a short text: never too long for a frame.
        self.close(bytes).unwrap_or(Reply { body: ReplyBody::Value(Vec::new()) })
    }

    fn open(&self, kind: MessageKind) -> Writer {
        let mut buffer = Vec::with_capacity(256);
        if self.wire.framing == Framing::Framed {
            buffer.extend_from_slice(&[0; FRAME_HEAD]);
        }
        let mut w = Writer::with_buffer(self.wire.protocol, buffer);
        message::write_head(&mut w, &Head { name: self.name.to_owned(), kind, seq: self.seq });
        w
    }

    fn close(&self, mut bytes: Vec<u8>) -> Result<Reply> {
        let length = bytes.len();
        self.frame(&mut bytes, length)?;
        Ok(Reply { body: ReplyBody::Value(bytes) })
    }

    /// Fills in the frame's length, which is known only now.
    fn frame(&self, before: &mut [u8], length: usize) -> Result<()> {
        if self.wire.framing == Framing::Unframed {
            return Ok(());
        }
        let payload = i32::try_from(length.saturating_sub(FRAME_HEAD)).map_err(|_| {
            Error::meta(format!("the reply has {length} bytes, a frame at most 2 GiB; ask for less or unframed"))
        })?;
        if let Some(head) = before.first_chunk_mut::<FRAME_HEAD>() {
            *head = payload.to_be_bytes();
        }
        Ok(())
    }
}
