//! Replies into the socket.

use std::io;
use std::time::Duration;

use skep_core::Error;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use crate::hms::reply::{LENGTH_MAX, Reply, ReplyBody, advance, too_long};

/// A reply leaves in pieces of at most this size, each with its own time, so that a large reply may take long as
/// long as it moves.
const CHUNK: usize = 64 * 1024;

/// Bytes a second below which a client does not read but hold our memory.
const RATE_MIN: usize = 256 * 1024;

/// Sends a whole reply. An error means that the client may have got a part of it: the connection is to be closed.
pub(super) async fn write_reply(
    stream: &mut (impl AsyncWrite + Unpin),
    mut reply: Reply,
    patience: Duration,
) -> io::Result<()> {
    let mut out = Gather { stream, waiting: Vec::new(), patience, deadline: Instant::now() + patience, sent: 0 };
    let mut failed = None;
    let written = write_body(&mut out, reply.body(), &mut failed).await;
    let sent = out.sent;
    reply.sent(sent, failed);
    written
}

/// A reply that cannot be made to its end leaves why in `failed`; all that can be done for its client is to close.
async fn write_body(
    out: &mut Gather<'_, impl AsyncWrite + Unpin>,
    body: &mut ReplyBody,
    failed: &mut Option<Error>,
) -> io::Result<()> {
    match body {
        ReplyBody::Value(bytes) => out.send(bytes).await?,
        ReplyBody::Spliced { before, parts, after } => {
            out.put(before).await?;
            for part in parts {
                out.put(part).await?;
            }
            out.put(after).await?;
            out.send_waiting().await?;
        }
        ReplyBody::Streamed { before, source, after } => {
            let buffer = before;
            loop {
                let mut made = advance(&mut **source, buffer).await;
                if (out.sent + buffer.len()) as u64 > LENGTH_MAX {
                    made = Err(too_long((out.sent + buffer.len()) as u64));
                }
                let is_more = match made {
                    Ok(is_more) => is_more,
                    Err(error) => {
                        *failed = Some(error);
                        return Err(io::Error::other("the reply could not be made to its end"));
                    }
                };
                if !is_more {
                    buffer.extend_from_slice(after);
                }
                out.send(buffer).await?;
                buffer.clear();
                if !is_more {
                    break;
                }
                // Making pieces is work without waiting, as long as the client takes them at once.
                tokio::task::consume_budget().await;
            }
        }
    }
    out.flush().await
}

/// Gathers small pieces, so that each becomes no packet of its own, and passes large ones through.
struct Gather<'a, S> {
    stream: &'a mut S,
    waiting: Vec<u8>,
    patience: Duration,
    /// Moves on with what is sent: a client that takes less than `RATE_MIN` is not waited for.
    deadline: Instant,
    sent: usize,
}

impl<S: AsyncWrite + Unpin> Gather<'_, S> {
    async fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.waiting.len() + bytes.len() < CHUNK {
            self.waiting.extend_from_slice(bytes);
            return Ok(());
        }
        self.send_waiting().await?;
        self.send(bytes).await
    }

    async fn send_waiting(&mut self) -> io::Result<()> {
        let mut waiting = std::mem::take(&mut self.waiting);
        self.send(&waiting).await?;
        waiting.clear();
        self.waiting = waiting;
        Ok(())
    }

    async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        for chunk in bytes.chunks(CHUNK) {
            self.deadline += Duration::from_micros((chunk.len() * 1_000_000 / RATE_MIN) as u64);
            let until = self.until();
            timeout_at(until, self.stream.write_all(chunk)).await.unwrap_or_else(|_| Err(not_taken()))?;
            self.sent += chunk.len();
        }
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        let until = self.until();
        timeout_at(until, self.stream.flush()).await.unwrap_or_else(|_| Err(not_taken()))
    }

    fn until(&self) -> Instant {
        self.deadline.min(Instant::now() + self.patience)
    }
}

fn not_taken() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the client does not take its reply")
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    async fn write_to(reader: impl AsyncFnOnce(tokio::io::DuplexStream), bytes: usize) -> io::Result<()> {
        let (mut ours, theirs) = tokio::io::duplex(1024);
        let reply = Reply::of(ReplyBody::Value(vec![7; bytes]));
        let (written, ()) =
            tokio::join!(async move { write_reply(&mut ours, reply, Duration::from_mins(1)).await }, reader(theirs));
        written
    }

    #[tokio::test(start_paused = true)]
    async fn a_steady_reader_may_take_longer_than_the_timeout_and_a_dripping_one_not() {
        let read_every = async |pause: Duration, mut stream: tokio::io::DuplexStream| {
            let mut sink = [0; 1024];
            while stream.read(&mut sink).await.is_ok_and(|count| count > 0) {
                tokio::time::sleep(pause).await;
            }
        };
        let started = Instant::now();
        write_to(async |s| read_every(Duration::from_millis(3), s).await, 50 << 20).await.unwrap();
        assert!(started.elapsed() > Duration::from_mins(2));
        // Each chunk is taken within its minute; the whole would take 13 hours.
        let dripped = write_to(async |s| read_every(Duration::from_millis(900), s).await, 50 << 20).await;
        assert_eq!(dripped.unwrap_err().kind(), io::ErrorKind::TimedOut);
        let stalled = write_to(async |s| read_every(Duration::from_hours(1), s).await, 5000).await;
        assert_eq!(stalled.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
