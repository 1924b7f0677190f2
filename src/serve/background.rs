//! What a node does by itself: deletions that are due, expired locks, old events and versions.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::catalog::Metastore;

/// Between two rounds. Work that is due sooner is done where it falls due; this is what was left over.
const ROUND: Duration = Duration::from_secs(30);

/// Runs until the node stops.
pub async fn run(metastore: Metastore, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(ROUND) => {}
        }
        if let Err(error) = metastore.deletions_sweep().await {
            tracing::warn!(%error, "deletions wait for the next round");
        }
    }
}
