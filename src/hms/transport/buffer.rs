//! The bytes of one connection that were received and not yet understood.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What an idle connection keeps: enough for an ordinary call, so that most never allocate again.
const SMALL: usize = 8 * 1024;
/// The budget's unit; buffers up to this size are not counted (the cap on connections bounds those).
const UNIT: usize = 64 * 1024;

/// Room for half-received messages, shared by all connections. Without it a cap on one message and a cap on
/// connections still multiply to more memory than any node has.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    units: Arc<Semaphore>,
    total: usize,
}

impl Budget {
    pub(super) fn new(bytes: usize) -> Self {
        let total = bytes.div_ceil(UNIT).min(Semaphore::MAX_PERMITS);
        Self { units: Arc::new(Semaphore::new(total)), total }
    }
}

/// A receive buffer that grows only behind bytes that really came, never ahead of a length that was only claimed.
#[derive(Debug)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    budget: Budget,
    held: Option<OwnedSemaphorePermit>,
}

impl Buffer {
    pub(super) fn new(budget: Budget) -> Self {
        Self { bytes: Vec::new(), start: 0, budget, held: None }
    }

    pub(super) fn pending(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    /// Whether more can be received without taking of the budget.
    pub(super) fn has_small_room(&self) -> bool {
        self.pending().len() < SMALL / 2
    }

    /// Receives what is there, at least one byte; 0 means the peer has finished. May be cancelled without loss.
    pub(super) async fn fill(&mut self, stream: &mut (impl AsyncRead + Unpin)) -> io::Result<usize> {
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        if self.bytes.len() == self.bytes.capacity() {
            self.grow().await;
        }
        stream.read_buf(&mut self.bytes).await
    }

    /// Forgets a message that was dealt with. A big one's memory goes back at once.
    pub(super) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.bytes.len());
        if self.start < self.bytes.len() {
            return;
        }
        self.start = 0;
        if self.bytes.capacity() > UNIT {
            self.bytes = Vec::new();
            self.held = None;
        } else {
            self.bytes.clear();
        }
    }

    /// Doubles the buffer; waits for the other connections where all of them together hold too much.
    async fn grow(&mut self) {
        let capacity = (self.bytes.capacity() * 2).max(SMALL);
        if capacity > UNIT {
            let wanted = capacity.div_ceil(UNIT).min(self.budget.total);
            let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
            let more = u32::try_from(wanted.saturating_sub(held)).unwrap_or(u32::MAX);
            // The semaphore is never closed, so an error can't be.
            if let Ok(permit) = Arc::clone(&self.budget.units).acquire_many_owned(more).await {
                match &mut self.held {
                    Some(held) => held.merge(permit),
                    None => self.held = Some(permit),
                }
            }
        }
        self.bytes.reserve_exact(capacity - self.bytes.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn memory_follows_the_bytes_and_goes_back_after_a_big_message() {
        let mut buffer = Buffer::new(Budget::new(1 << 20));
        let big = vec![7_u8; 300_000];
        let mut source = big.as_slice();
        while buffer.fill(&mut source).await.unwrap() > 0 {
            assert!(buffer.bytes.capacity() <= (2 * buffer.pending().len()).max(2 * SMALL));
        }
        assert_eq!(buffer.pending(), big);
        assert!(buffer.budget.units.available_permits() < 16);
        buffer.consume(299_999);
        assert_eq!(buffer.pending(), [7]);
        buffer.consume(1);
        assert_eq!(buffer.bytes.capacity(), 0);
        assert_eq!(buffer.budget.units.available_permits(), 16);
    }

    #[tokio::test]
    async fn who_would_pass_the_budget_waits_until_another_gives_back() {
        let budget = Budget::new(4 * UNIT);
        let (mut first, mut second) = (Buffer::new(budget.clone()), Buffer::new(budget));
        let mut source = tokio::io::repeat(1);
        while first.pending().len() < 3 * UNIT {
            first.fill(&mut source).await.unwrap();
        }
        let mut fill = Box::pin(async {
            while second.pending().len() < 2 * UNIT {
                second.fill(&mut source).await.unwrap();
            }
        });
        // Polled once, it must stand still at the budget: `biased` looks at it first.
        tokio::select! { biased; () = &mut fill => panic!("grew past the budget"), () = std::future::ready(()) => {} }
        first.consume(usize::MAX - first.start);
        fill.await;
    }
}
