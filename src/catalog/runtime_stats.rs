//! What Hive 4 learned of the operators of past queries: opaque to us, kept for three days, as Hive does by default.

use serde::{Deserialize, Serialize};
use skep_core::Result;
use skep_core::stats::Bytes;

use super::metastore::Metastore;
use crate::store::DocumentKind;

const MAX_AGE_SECONDS: i64 = 3 * 86_400;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuntimeStat {
    /// Seconds since the epoch; the server's, whatever was sent.
    pub create_time: i32,
    /// How many operators it tells of.
    pub weight: i32,
    pub payload: Bytes,
}

/// Names sort by time.
fn name(create_time: i64, number: i64) -> String {
    format!("{create_time:012}-{number:019}")
}

impl Metastore {
    /// Stores one and forgets those that are too old.
    pub async fn runtime_stat_add(&self, weight: i32, payload: Vec<u8>) -> Result<()> {
        let now = self.now_seconds();
        let stat = &RuntimeStat { create_time: now, weight, payload: Bytes(payload) };
        self.store
            .retrying("runtime_stat_add", move || async move {
                let mut txn = self.store.write().await?;
                let number = txn.counter_next("runtime_stat", 1).await?;
                let oldest = name(i64::from(now) - MAX_AGE_SECONDS, 0);
                txn.document_delete_before(DocumentKind::RuntimeStat, "", &oldest).await?;
                txn.document_insert(DocumentKind::RuntimeStat, "", &name(now.into(), number), stat).await?;
                txn.commit().await
            })
            .await
    }

    /// The latest ones, from before `before` (all when negative), until their weights reach `max_weight` (none when
    /// negative).
    pub async fn runtime_stat_list(&self, max_weight: i32, before: i32) -> Result<Vec<RuntimeStat>> {
        let all = self.store.peek().await?.document_list::<RuntimeStat>(DocumentKind::RuntimeStat, "").await?;
        let mut sum = 0_i64;
        let mut latest = Vec::new();
        for (_, stat) in all.into_iter().rev().filter(|(_, s)| before < 0 || s.create_time < before) {
            sum += i64::from(stat.weight);
            latest.push(stat);
            if max_weight >= 0 && sum >= max_weight.into() {
                break;
            }
        }
        Ok(latest)
    }
}
