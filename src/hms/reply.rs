//! Replies as bytes: a whole message, addressed to one call, ready for the socket.

use bytes::Bytes;
use skep_core::{Error, Result};
use skep_thrift::wire::Kind;
use skep_thrift::wire::message::{self, ErrorCode, Head, MessageKind};
use skep_thrift::{Throw, Writer, method};

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
    /// A message that is complete, head, frame and all.
    pub fn of(body: ReplyBody) -> Self {
        Self { body }
    }
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

/// In place of an error reply that is too long for a frame, which none is: names and texts are bounded.
const NOTHING: Reply = Reply { body: ReplyBody::Value(Vec::new()) };

/// Whom a reply answers: everything its message head needs.
#[derive(Debug, Clone, Copy)]
pub struct ReplyTo<'a> {
    pub wire: Wire,
    pub name: &'a str,
    pub seq: i32,
}

impl ReplyTo<'_> {
    /// A reply with the method's value.
    pub fn value(&self, value: &impl method::Reply) -> Result<Reply> {
        self.whole(|w| method::write_reply(w, self.name, self.seq, value))
    }

    /// A reply whose return value, of type `kind`, is there as bytes.
    pub fn spliced(&self, kind: Kind, value: Encoded) -> Result<Reply> {
        let mut w = self.writer();
        message::write_head(&mut w, self.name, MessageKind::Reply, self.seq);
        w.struct_begin();
        w.field_begin(kind, 0);
        let mut before = w.into_bytes();
        // A struct's end, in both protocols.
        let after = vec![0];
        let length = before.len() + value.parts.iter().map(Bytes::len).sum::<usize>() + after.len();
        self.frame(&mut before, length)?;
        Ok(Reply { body: ReplyBody::Spliced { before, parts: value.parts, after } })
    }

    /// An exception that the method declares.
    pub fn declared(&self, throw: &Throw, text: &str) -> Result<Reply> {
        self.whole(|w| method::write_exception(w, self.name, self.seq, throw.id, text))
    }

    /// A protocol-level error (TApplicationException), which every client understands for every method.
    pub fn application(&self, code: ErrorCode, text: &str) -> Reply {
        self.whole(|w| message::write_error(w, self.name, self.seq, code, text)).unwrap_or(NOTHING)
    }

    /// With the text that Spark and Flink look for.
    pub fn unknown_method(&self) -> Reply {
        let head = Head { name: self.name.to_owned(), kind: MessageKind::Call, seq: self.seq };
        self.whole(|w| method::write_unknown_method(w, &head)).unwrap_or(NOTHING)
    }

    fn whole(&self, write: impl FnOnce(&mut Writer)) -> Result<Reply> {
        let mut w = self.writer();
        write(&mut w);
        let mut bytes = w.into_bytes();
        let length = bytes.len();
        self.frame(&mut bytes, length)?;
        Ok(Reply { body: ReplyBody::Value(bytes) })
    }

    /// Leaves room for the frame's length. Binary replies always have the versioned head, also to a client with the
    /// old one: Hive's own server does so, hence every client reads it.
    fn writer(&self) -> Writer {
        let mut buffer = Vec::with_capacity(256);
        if self.wire.framing == Framing::Framed {
            buffer.extend_from_slice(&[0; FRAME_HEAD]);
        }
        Writer::with_buffer(self.wire.protocol, buffer)
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
