//! One whole message after another out of a stream of bytes.

use std::fmt;
use std::io;
use std::ops::Range;
use std::time::Duration;

use skep_thrift::wire::{Scan, Scanner};
use skep_thrift::{Limits, WireError};
use tokio::io::AsyncRead;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::buffer::{Budget, Buffer};
use super::limits::ConnectionLimits;
use super::sniff::{Foreign, Framing, Sniff, Wire, sniff};

/// Why no further message comes from a connection.
#[derive(Debug)]
pub(super) enum End {
    /// The client closed between two messages: the ordinary end.
    Closed,
    /// The server drains.
    Drained,
    /// Nothing came for longer than allowed: before the first byte, or between two messages.
    Idle(Duration),
    /// A message began and was not there in full when its time was up.
    Slow(Duration),
    /// The client closed within a message.
    Torn,
    /// Not Thrift as we speak it.
    Foreign(Foreign),
    /// Bytes after which nobody knows where the next message begins.
    OutOfStep(WireError),
    Io(io::Error),
    /// A call asked for it: fb303's `shutdown`.
    Ended,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the client closed it"),
            Self::Drained => f.write_str("the server stops"),
            Self::Idle(patience) => write!(f, "nothing came for {patience:?}"),
            Self::Slow(patience) => write!(f, "a message was not complete after {patience:?}"),
            Self::Torn => f.write_str("the client closed it within a message"),
            Self::Foreign(foreign) => write!(f, "{foreign}"),
            Self::OutOfStep(error) => write!(f, "bad message: {error}"),
            Self::Io(error) => write!(f, "{error}"),
            Self::Ended => f.write_str("the client said goodbye"),
        }
    }
}

/// Finds the messages of one connection.
pub(super) struct MessageReader {
    buffer: Buffer,
    limits: Limits,
    wire: Option<Wire>,
    /// Resumes in the middle of an unframed message, so that a slow sender's bytes are looked at once.
    scanner: Option<Scanner>,
}

impl MessageReader {
    pub(super) fn new(budget: Budget, limits: Limits) -> Self {
        Self { buffer: Buffer::new(budget), limits, wire: None, scanner: None }
    }

    pub(super) fn wire(&self) -> Option<Wire> {
        self.wire
    }
    /// All bytes received and not consumed.
    pub(super) fn pending(&self) -> &[u8] {
        self.buffer.pending()
    }
    pub(super) fn consume(&mut self, count: usize) {
        self.buffer.consume(count);
    }

    /// The place of the next whole message among [`Self::pending`]. To be consumed up to its end before the next call.
    pub(super) async fn next(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        limits: &ConnectionLimits,
        drain: &CancellationToken,
    ) -> Result<Range<usize>, End> {
        if drain.is_cancelled() {
            return Err(End::Drained);
        }
        if self.pending().is_empty() {
            self.wait_for_first_byte(stream, limits, drain).await?;
        }
        let deadline = Instant::now() + limits.message_timeout;
        loop {
            if let Some(range) = self.find()? {
                return Ok(range);
            }
            match timeout_at(deadline, self.buffer.fill(stream)).await {
                Err(_) => return Err(End::Slow(limits.message_timeout)),
                Ok(Err(e)) => return Err(End::Io(e)),
                Ok(Ok(0)) => return Err(End::Torn),
                Ok(Ok(_)) => {}
            }
        }
    }

    /// Takes in what comes while a call runs; returns when the client has closed. A client that sends further calls
    /// ahead is not watched once they fill the buffer of an ordinary call. May be cancelled without loss.
    pub(super) async fn until_closed(&mut self, stream: &mut (impl AsyncRead + Unpin)) {
        while self.buffer.has_small_room() {
            if !matches!(self.buffer.fill(stream).await, Ok(1..)) {
                return;
            }
        }
        std::future::pending::<()>().await;
    }

    /// Between two messages a connection may rest, and a draining server may close it.
    async fn wait_for_first_byte(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        limits: &ConnectionLimits,
        drain: &CancellationToken,
    ) -> Result<(), End> {
        let patience = if self.wire.is_none() { limits.first_byte_timeout } else { limits.idle_timeout };
        let filled = tokio::select! {
            biased;
            filled = self.buffer.fill(stream) => filled,
            () = drain.cancelled() => return Err(End::Drained),
            () = tokio::time::sleep(patience) => return Err(End::Idle(patience)),
        };
        match filled {
            Ok(0) => Err(End::Closed),
            Ok(_) => Ok(()),
            Err(e) => Err(End::Io(e)),
        }
    }

    /// Looks for a whole message in what is there; None asks for more bytes.
    fn find(&mut self) -> Result<Option<Range<usize>>, End> {
        let wire = match self.wire {
            Some(wire) => wire,
            None => match sniff(self.buffer.pending()) {
                Sniff::More => return Ok(None),
                Sniff::Foreign(foreign) => return Err(End::Foreign(foreign)),
                Sniff::Thrift(wire) => *self.wire.insert(wire),
            },
        };
        match wire.framing {
            Framing::Framed => self.find_framed(),
            Framing::Unframed => self.find_unframed(wire),
        }
        .map_err(End::OutOfStep)
    }

    fn find_framed(&self) -> Result<Option<Range<usize>>, WireError> {
        let pending = self.buffer.pending();
        let Some(head) = pending.first_chunk::<4>() else { return Ok(None) };
        let claimed = i32::from_be_bytes(*head);
        let length = usize::try_from(claimed).map_err(|_| WireError::NegativeLength(i64::from(claimed)))?;
        if length > self.limits.message_bytes {
            return Err(WireError::MessageTooLong { limit: self.limits.message_bytes });
        }
        let end = head.len() + length;
        Ok((pending.len() >= end).then_some(head.len()..end))
    }

    fn find_unframed(&mut self, wire: Wire) -> Result<Option<Range<usize>>, WireError> {
        let scanner = self.scanner.get_or_insert_with(|| Scanner::new(wire.protocol, self.limits));
        match scanner.advance(self.buffer.pending())? {
            Scan::NeedMore => Ok(None),
            Scan::Complete(length) => {
                self.scanner = None;
                Ok(Some(0..length))
            }
        }
    }
}
