//! A node's state, for every front that is asked for it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use skep_core::{Error, Kind, Result};

use crate::clock::Clock;

/// Asks the store whether it answers.
pub type Probe = Arc<dyn Fn() -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// A store that has not answered for so long is not ready. Balancers ask every few seconds.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Version, store, uptime and readiness. Cheap to clone.
#[derive(Clone)]
pub struct NodeStatus {
    clock: Clock,
    started_ms: i64,
    store: &'static str,
    probe: Probe,
}

impl NodeStatus {
    /// The node starts now. `store` is the kind of its database.
    pub fn new(clock: Clock, store: &'static str, probe: Probe) -> Self {
        let started_ms = clock.now_ms();
        Self { clock, started_ms, store, probe }
    }

    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    pub fn store(&self) -> &'static str {
        self.store
    }

    /// Never negative, whatever happens to the machine's clock.
    pub fn uptime_ms(&self) -> u64 {
        u64::try_from(self.clock.now_ms().saturating_sub(self.started_ms)).unwrap_or(0)
    }

    /// Whether the store answers; the error says why not. Takes two seconds at most.
    pub async fn ready(&self) -> Result<()> {
        match tokio::time::timeout(PROBE_TIMEOUT, (self.probe)()).await {
            Ok(answer) => answer,
            Err(_) => Err(Error::new(Kind::Unavailable, "the store does not answer")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::FutureExt;
    use futures_util::future::{pending, ready};
    use skep_core::Kind;

    use super::{Clock, NodeStatus};

    #[tokio::test(start_paused = true)]
    async fn a_store_that_hangs_is_not_ready() {
        let node = NodeStatus::new(Clock::manual(0), "sqlite", Arc::new(|| pending().boxed()));
        assert_eq!(node.ready().await.unwrap_err().kind, Kind::Unavailable);
    }

    #[test]
    fn uptime_survives_a_clock_that_is_set_back() {
        let clock = Clock::manual(5_000);
        let node = NodeStatus::new(clock.clone(), "sqlite", Arc::new(|| ready(Ok(())).boxed()));
        clock.advance_ms(1_500);
        assert_eq!(node.uptime_ms(), 1_500);
        clock.set_ms(0);
        assert_eq!(node.uptime_ms(), 0);
    }
}
