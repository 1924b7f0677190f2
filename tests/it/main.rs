//! The one integration binary: whatever needs a socket or a database.

mod wire;
