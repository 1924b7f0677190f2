//! Replies into the socket.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::hms::reply::{Reply, ReplyBody};

/// A reply leaves in pieces of at most this size, each with its own time, so that a large reply may take long as
/// long as it moves.
const CHUNK: usize = 64 * 1024;

/// Sends a whole reply. An error means that the client may have got a part of it: the connection is to be closed.
pub(super) async fn write_reply(
    stream: &mut (impl AsyncWrite + Unpin),
    reply: &Reply,
    patience: Duration,
) -> io::Result<()> {
    match reply.body() {
        ReplyBody::Value(bytes) => {
            for chunk in bytes.chunks(CHUNK) {
                send(stream, chunk, patience).await?;
            }
        }
        ReplyBody::Spliced { before, parts, after } => {
            let mut out = Gather { stream, waiting: Vec::new(), patience };
            out.put(before).await?;
            for part in parts {
                out.put(part).await?;
            }
            out.put(after).await?;
            out.send_waiting().await?;
        }
    }
    send_flush(stream, patience).await
}

/// Gathers small pieces, so that each becomes no packet of its own, and passes large ones through.
struct Gather<'a, S> {
    stream: &'a mut S,
    waiting: Vec<u8>,
    patience: Duration,
}

impl<S: AsyncWrite + Unpin> Gather<'_, S> {
    async fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.waiting.len() + bytes.len() < CHUNK {
            self.waiting.extend_from_slice(bytes);
            return Ok(());
        }
        self.send_waiting().await?;
        for chunk in bytes.chunks(CHUNK) {
            send(self.stream, chunk, self.patience).await?;
        }
        Ok(())
    }

    async fn send_waiting(&mut self) -> io::Result<()> {
        if !self.waiting.is_empty() {
            send(self.stream, &self.waiting, self.patience).await?;
            self.waiting.clear();
        }
        Ok(())
    }
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), chunk: &[u8], patience: Duration) -> io::Result<()> {
    timeout(patience, stream.write_all(chunk)).await.unwrap_or_else(|_| Err(not_taken()))
}

async fn send_flush(stream: &mut (impl AsyncWrite + Unpin), patience: Duration) -> io::Result<()> {
    timeout(patience, stream.flush()).await.unwrap_or_else(|_| Err(not_taken()))
}

fn not_taken() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the client does not take its reply")
}
