//! Whoever counts transactions: the store tells it, and knows nothing of what it does with that.

use std::time::Duration;

use skep_core::Kind;

/// Is told of every transaction that is over. It is called by those who wait, so it must be quick.
pub trait TransactionObserver: std::fmt::Debug + Send + Sync {
    /// A transaction of this name ended, with an error of this kind or none, after so many runs beyond the first.
    fn transaction_finished(&self, name: &'static str, error: Option<Kind>, elapsed: Duration, retries: u32);
}
