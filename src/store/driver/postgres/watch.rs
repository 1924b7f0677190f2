//! Watching the primary, so that a node learns that it is silent also when no call asks it, or all wait for it.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::connections::{Connections, Open};

/// After so long without an answer the primary is asked for a sign of life.
const PERIOD: Duration = Duration::from_millis(500);
/// A primary that gives none for so long is in doubt.
const SILENCE: Duration = Duration::from_secs(1);
/// In doubt, all hosts are asked for so long; then who waits for the silent one is told.
const SEARCH: Duration = Duration::from_secs(2);

/// Watches until the connections are closed or gone.
pub async fn run(all: Weak<Connections>, closed: CancellationToken) {
    let mut own = None;
    let watch = async {
        loop {
            tokio::time::sleep(PERIOD).await;
            let Some(all) = all.upgrade() else { return };
            turn(&all, &mut own).await;
        }
    };
    closed.run_until_cancelled(watch).await.unwrap_or_default();
}

/// `own` is the connection that asks, opened when it is first needed.
async fn turn(all: &Arc<Connections>, own: &mut Option<Open>) {
    let primary = all.primary();
    let was_over = primary.is_over();
    if !was_over {
        if primary.has_answered() {
            return;
        }
        if own.as_ref().is_none_or(|own| !own.is_of(&primary)) {
            let connect = tokio::time::timeout(SILENCE, all.connect(&primary));
            *own = connect.await.ok().and_then(Result::ok);
        }
        if let Some(asks) = own
            && asks.ping(SILENCE).await.is_ok()
        {
            return;
        }
        primary.doubt();
    }
    *own = None;
    match all.look(&primary, Instant::now() + SEARCH).await {
        Ok(open) => *own = Some(open),
        Err(error) => {
            if !was_over {
                tracing::warn!(%error, "the database is silent: calls that wait for it fail, and its primary is looked for");
            }
            primary.give_up();
        }
    }
}
