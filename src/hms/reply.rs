//! Replies as bytes: a whole message, addressed to one call, ready for the socket.

use bytes::Bytes;
use futures_util::future::BoxFuture;
use skep_core::{Error, Result};
use skep_thrift::wire::Kind;
use skep_thrift::wire::message::{self, ErrorCode, Head, MessageKind};
use skep_thrift::{Throw, Writer, method};

use super::transport::{Framing, Wire};

/// Bytes of a frame's own length.
const FRAME_HEAD: usize = 4;

/// A whole reply message, framed if the client frames.
#[derive(Debug)]
pub struct Reply {
    body: ReplyBody,
    /// What waits to hear how many bytes were sent, for a reply whose length is not known before.
    sent: Option<Sent>,
}

/// How a reply lies in memory.
#[derive(Debug)]
pub enum ReplyBody {
    /// One buffer.
    Value(Vec<u8>),
    /// Shared, ready-made bytes between a head and an end of this call's own: nothing is copied.
    Spliced { before: Vec<u8>, parts: Vec<Bytes>, after: Vec<u8> },
    /// Made while it is sent, so that it takes no memory and waits for the client.
    Streamed { before: Vec<u8>, source: Box<dyn Source>, after: Vec<u8> },
}

/// A method's return value that was encoded before, in the protocol of the session
/// ([`super::Session::wire`]); its parts stand one after the other. No message head, no field head.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encoded {
    pub parts: Vec<Bytes>,
}

/// A return value as bytes in the session's protocol, made piece by piece.
pub trait Source: Send + 'static {
    /// Appends the next piece, of some hundred kilobytes at most.
    fn fill(&mut self, buffer: &mut Vec<u8>) -> Filled;
    /// Gets what the next pieces are made of, where `fill` said that it lacks it.
    fn feed(&mut self) -> BoxFuture<'_, Result<()>>;
    /// Begins anew.
    fn rewind(&mut self);
    /// No fewer bytes than all pieces have together; it may be many more. Where that is not known, what is to be
    /// expected.
    fn bytes_at_most(&self) -> u64;
}

/// What filling a buffer came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filled {
    /// There is more.
    Piece,
    /// More can be made once the source is fed; there may be no bytes this time.
    Hungry,
    /// This was the last.
    All,
}

/// A source that gave bytes enough to send is not fed before they are sent.
const ENOUGH: usize = 64 * 1024;

/// Appends the next piece of a source, which is waited for. False once there is nothing more.
///
/// # Errors
/// The source's, where it is fed.
pub async fn advance(source: &mut dyn Source, buffer: &mut Vec<u8>) -> Result<bool> {
    loop {
        match source.fill(buffer) {
            Filled::Piece => return Ok(true),
            Filled::All => return Ok(false),
            Filled::Hungry => source.feed().await?,
        }
        if buffer.len() >= ENOUGH {
            return Ok(true);
        }
    }
}

impl std::fmt::Debug for dyn Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Source")
    }
}

/// Told once how many bytes of a reply went out, and what broke it off.
pub struct Sent(Box<dyn FnOnce(usize, Option<Error>) + Send>);

impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sent")
    }
}

impl Reply {
    /// A message that is complete, head, frame and all.
    pub fn of(body: ReplyBody) -> Self {
        Self { body, sent: None }
    }
    pub fn body(&mut self) -> &mut ReplyBody {
        &mut self.body
    }
    /// Bytes on the wire; None where only sending tells.
    pub fn length(&self) -> Option<usize> {
        match &self.body {
            ReplyBody::Value(bytes) => Some(bytes.len()),
            ReplyBody::Spliced { before, parts, after } => {
                Some(before.len() + parts.iter().map(Bytes::len).sum::<usize>() + after.len())
            }
            ReplyBody::Streamed { .. } => None,
        }
    }

    /// Has somebody told when the reply has been sent, or as much of it as the client took or as could be made.
    #[must_use]
    pub fn when_sent(mut self, tell: impl FnOnce(usize, Option<Error>) + Send + 'static) -> Self {
        self.sent = Some(Sent(Box::new(tell)));
        self
    }

    /// So many bytes went out; an error says why no more could be made.
    pub fn sent(self, bytes: usize, failed: Option<Error>) {
        if let Some(Sent(tell)) = self.sent {
            tell(bytes, failed);
        }
    }
}

/// In place of an error reply that is too long for a frame, which none is: names and texts are bounded.
const NOTHING: Reply = Reply { body: ReplyBody::Value(Vec::new()), sent: None };

/// Thrift's clients count a message's bytes in 31 bits.
pub const LENGTH_MAX: u64 = i32::MAX as u64;

pub fn too_long(length: u64) -> Error {
    Error::meta(format!(
        "the reply would have {length} bytes and a message can have {LENGTH_MAX}: ask for less at once, by a filter, \
         by names in batches, with max_parts, or without the columns of each partition (skipColumnSchemaForPartition)"
    ))
}

/// The bytes of all pieces. `scratch` is memory, from `from` on.
async fn length(source: &mut dyn Source, scratch: &mut Vec<u8>, from: usize) -> Result<u64> {
    let mut length = 0;
    loop {
        scratch.truncate(from);
        let is_more = advance(source, scratch).await?;
        length += scratch.len().saturating_sub(from) as u64;
        if !is_more {
            return Ok(length);
        }
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
        Ok(Reply::of(ReplyBody::Spliced { before, parts: value.parts, after }))
    }

    /// A reply whose return value, of type `kind`, is made piece by piece. A value of one piece becomes a plain reply.
    ///
    /// # Errors
    /// Meta for a reply above what a frame or Thrift's own limit of 2 GiB allows, and the source's: said before
    /// anything is sent.
    pub async fn streamed(&self, kind: Kind, mut source: Box<dyn Source>) -> Result<Reply> {
        let mut w = self.writer();
        message::write_head(&mut w, self.name, MessageKind::Reply, self.seq);
        w.struct_begin();
        w.field_begin(kind, 0);
        let mut before = w.into_bytes();
        let head = before.len();
        if !advance(&mut *source, &mut before).await? {
            before.push(0);
            let length = before.len();
            self.frame(&mut before, length)?;
            return Ok(Reply::of(ReplyBody::Value(before)));
        }
        if self.wire.framing == Framing::Framed || source.bytes_at_most() > LENGTH_MAX {
            source.rewind();
            let length = head as u64 + length(&mut *source, &mut before, head).await? + 1;
            before.truncate(head);
            if length > LENGTH_MAX {
                return Err(too_long(length));
            }
            self.frame(&mut before, usize::try_from(length).unwrap_or(usize::MAX))?;
            source.rewind();
        }
        Ok(Reply::of(ReplyBody::Streamed { before, source, after: vec![0] }))
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
        Ok(Reply::of(ReplyBody::Value(bytes)))
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
        let payload = i32::try_from(length.saturating_sub(FRAME_HEAD)).map_err(|_| too_long(length as u64))?;
        if let Some(head) = before.first_chunk_mut::<FRAME_HEAD>() {
            *head = payload.to_be_bytes();
        }
        Ok(())
    }
}
