//! One connection: read a message, have it answered, write the reply, until one side has enough.

use std::sync::Arc;
use std::time::Duration;

use skep_thrift::WireError;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::buffer::Budget;
use super::limits::ConnectionLimits;
use super::listener::Slot;
use super::reader::{End, MessageReader};
use super::sniff::Framing;
use super::writer::write_reply;
use crate::hms::dispatch::Dispatcher;
use crate::hms::session::Session;

/// How long, and for how many bytes, a closing connection still reads: closing over unread bytes makes the
/// operating system reset the connection, and the client may then lose the last reply.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 1 << 20;

/// A message above this size takes so long to decode (a hundred megabytes: half a second) that the thread's other
/// connections must not wait for it.
const HEAVY: usize = 1 << 20;

/// What all connections of a port share.
pub(super) struct Terms {
    pub(super) limits: ConnectionLimits,
    pub(super) budget: Budget,
    pub(super) dispatcher: Arc<Dispatcher>,
    pub(super) drain: CancellationToken,
}

pub(super) struct Connection<S> {
    stream: S,
    session: Arc<Session>,
    reader: MessageReader,
    terms: Arc<Terms>,
    _slot: Slot,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub(super) fn new(stream: S, session: Session, terms: Arc<Terms>, slot: Slot) -> Self {
        let reader = MessageReader::new(terms.budget.clone(), terms.limits.wire());
        Self { stream, session: Arc::new(session), reader, terms, _slot: slot }
    }

    pub(super) async fn run(mut self) {
        let end = self.converse().await;
        self.log(&end);
        match end {
            End::OutOfStep(error) => {
                self.last_word(&error).await;
                self.linger().await;
            }
            End::Foreign(_) => {
                self.terms.dispatcher.observer().connection_foreign();
                self.linger().await;
            }
            End::Drained if !self.reader.pending().is_empty() => self.linger().await,
            _ => {}
        }
    }

    /// Answers calls one after the other: a client that sends several at once gets their replies in that order.
    async fn converse(&mut self) -> End {
        let terms = Arc::clone(&self.terms);
        loop {
            let place = match self.reader.next(&mut self.stream, &terms.limits, &terms.drain).await {
                Ok(place) => place,
                Err(end) => return end,
            };
            let Some(wire) = self.reader.wire() else { return End::Closed };
            let end = place.end;
            let message = self.reader.pending().get(place).unwrap_or_default();
            let begin = || terms.dispatcher.begin(&self.session, wire, message, terms.limits.wire());
            let mut call = if message.len() > HEAVY { aside(begin) } else { begin() };
            // Decoded; its bytes need not wait for the handler.
            self.reader.consume(end);
            let reply = tokio::select! {
                biased;
                reply = &mut call => reply,
                () = self.reader.until_closed(&mut self.stream) => {
                    self.session.gone().cancel();
                    call.await
                }
            };
            if let Some(reply) = reply
                && let Err(error) = write_reply(&mut self.stream, reply, terms.limits.write_timeout).await
            {
                return End::Io(error);
            }
            if self.session.has_ended() {
                return End::Ended;
            }
        }
    }

    /// One line for one ending; strangers and misbehaviour are worth an operator's eye, ordinary ends are not.
    fn log(&self, end: &End) {
        let (peer, connection) = (self.session.peer(), self.session.id());
        match end {
            End::Closed | End::Ended | End::Drained => debug!(%peer, connection, "connection ended: {end}"),
            End::Idle(_) | End::Torn | End::Io(_) => debug!(%peer, connection, "connection closed: {end}"),
            End::Slow(_) | End::Foreign(_) | End::OutOfStep(_) => {
                warn!(%peer, connection, "connection closed: {end}");
            }
        }
    }

    /// Tells the client what was wrong with its bytes.
    async fn last_word(&mut self, error: &WireError) {
        let Some(wire) = self.reader.wire() else { return };
        let frame_head = if wire.framing == Framing::Framed { 4 } else { 0 };
        let message = self.reader.pending().get(frame_head..).unwrap_or_default();
        let reply = Dispatcher::out_of_step(wire, message, self.terms.limits.wire(), error);
        // Whether it arrives or not, the connection ends here.
        let _ = write_reply(&mut self.stream, reply, self.terms.limits.write_timeout).await;
    }

    /// Says that nothing more comes, and waits a little for the client to have read it and closed.
    async fn linger(&mut self) {
        let until_closed = async {
            self.stream.shutdown().await?;
            let mut left = LINGER_BYTES;
            let mut sink = vec![0; 8 * 1024];
            while left > 0 {
                match self.stream.read(&mut sink).await? {
                    0 => break,
                    count => left = left.saturating_sub(count),
                }
            }
            std::io::Result::Ok(())
        };
        let _ = timeout(LINGER, until_closed).await;
    }
}

/// Does long work without holding up the other tasks of this thread, where the runtime has more than one.
fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::MultiThread => block_in_place(work),
        _ => work(),
    }
}
