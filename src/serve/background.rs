//! What a node does by itself: deletions that are due, expired locks, old events and versions. None of it is needed
//! for a right answer: expiry is checked on use, and reads never show what is retired.

use std::sync::Arc;
use std::time::Duration;

use skep_core::Result;

use tokio_util::sync::CancellationToken;

use crate::catalog::Metastore;
use crate::etl::Etl;
use crate::telemetry::{LogFigures, Metrics};

/// Between two rounds. Work that is due sooner is done where it falls due; this is what was left over.
const ROUND: Duration = Duration::from_secs(15);
/// Rounds between purges of events and of versions.
const EVENTS_EVERY: u64 = 20;
const VERSIONS_EVERY: u64 = 240;
/// Rounds between looks at event logs: each walks over all their partitions.
const LOGS_EVERY: u64 = 4;
/// The longest time between two looks whether a round of partition management is due.
const MANAGE_ASK: Duration = Duration::from_mins(1);

/// Runs until the node stops.
pub async fn run(metastore: Metastore, metrics: Arc<Metrics>, stop: CancellationToken) {
    for round in 1_u64.. {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(ROUND) => {}
        }
        told("file tasks", metastore.tasks_sweep(metastore.tasks_patience()).await.map(|_| ()));
        told("file tasks", tasks_measure(&metastore, &metrics).await);
        told("locks", metastore.locks_sweep().await);
        // In the first round, too: an alarm that has no figures for a minute after each start is none.
        if round % LOGS_EVERY == 1 {
            told("event logs", logs_measure(&metastore, &metrics).await);
        }
        if round.is_multiple_of(EVENTS_EVERY) {
            told("events", metastore.events_purge().await.map(|_| ()));
        }
        if round.is_multiple_of(VERSIONS_EVERY) {
            told("versions", metastore.versions_purge().await.map(|_| ()));
            told("requests", metastore.requests_purge().await.map(|_| ()));
        }
    }
}

/// Puts into the metrics what is left to be done to files.
async fn tasks_measure(metastore: &Metastore, metrics: &Metrics) -> Result<()> {
    let tasks = metastore.file_tasks().await?;
    metrics.file_tasks_set(tasks.deletions, tasks.moves, tasks.oldest_age_ms / 1_000);
    Ok(())
}

/// Puts into the metrics how far snapshots are behind their logs.
async fn logs_measure(metastore: &Metastore, metrics: &Metrics) -> Result<()> {
    let mut all = Vec::new();
    for (at, record) in metastore.log_list().await? {
        let lag = metastore.log_lag(&at, &record).await?;
        all.push(LogFigures {
            log: at.to_string(),
            partitions: lag.partitions,
            rows: lag.rows,
            bytes: lag.bytes,
            late: record.late.len() as i64,
            snapshot_age_seconds: record.shown().map(|_| lag.snapshot_age_ms / 1_000),
        });
    }
    metrics.logs_set(&all);
    Ok(())
}

/// Rounds of partition management, until the node stops. Each node asks often; the store says whose turn it is.
pub async fn manage(etl: Etl, holder: String, interval: Duration, metrics: Arc<Metrics>, stop: CancellationToken) {
    let rounds = async {
        loop {
            tokio::time::sleep(interval.min(MANAGE_ASK)).await;
            match etl.partitions_manage(&holder, interval).await {
                Ok(Some(round)) => {
                    metrics.discovery_tables(round.tables - round.failed, round.failed);
                    metrics.discovery_partitions([
                        ("added", round.added),
                        ("dropped", round.dropped),
                        ("synced", round.synced),
                        ("expired", round.expired),
                    ]);
                }
                Ok(None) => {}
                Err(error) => told("partition management", Err(error)),
            }
        }
    };
    stop.run_until_cancelled(rounds).await;
}

fn told(what: &'static str, outcome: Result<()>) {
    if let Err(error) = outcome {
        tracing::warn!(what, %error, "housekeeping waits for the next round");
    }
}
