//! The one integration binary: whatever needs a socket or a database.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

mod golden;
mod wire;
