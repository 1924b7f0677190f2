//! What the background does for tables with Hive's `discover.partitions`: which tables these are, whose turn it is, which
//! partitions are older than their table keeps them.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use skep_core::Result;
use skep_core::table::{Parameters, Table};

use super::caller::Caller;
use super::metastore::Metastore;
use super::partition_drop::PartitionsDrop;
use super::partition_drop_select::PartitionsWhich;
use super::reference::TableRef;
use crate::store::DocumentKind;

/// The table parameters, as Hive spells them.
const DISCOVER: &str = "discover.partitions";
const RETENTION: &str = "partition.retention.period";
/// Of the turn, among the store's own documents; and of the counter whose row makes claims wait for each other.
const TURN: &str = "partition_management";
/// A node that has not said for so long that it is at it is gone.
const LEASE_MS: i64 = 10 * 60_000;

/// Whose turn it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Turn {
    holder: String,
    began_at_ms: i64,
    lease_until_ms: i64,
}

impl Metastore {
    /// Partitioned tables of any catalog that want their partitions discovered.
    pub async fn tables_managed(&self) -> Result<Vec<Table>> {
        let mut all = self.store.peek().await?.table_mentioning_discovery().await?;
        all.retain(|table| table.is_partitioned() && table.flag(DISCOVER));
        Ok(all)
    }

    /// Whether this node shall do a round now: the last began an interval ago, and no other node is at one.
    pub async fn management_claim(&self, holder: &str, interval: Duration) -> Result<bool> {
        let interval_ms = i64::try_from(interval.as_millis()).unwrap_or(i64::MAX);
        self.store
            .retrying("management_claim", || async {
                let mut txn = self.store.write().await?;
                txn.counter_next(TURN, 0).await?;
                let now_ms = txn.moment(&self.clock).await?;
                let last: Turn = txn.document_get(DocumentKind::Node, "", TURN).await?.unwrap_or_default();
                // A clock that was set back does not stop the rounds: no lease is longer, no beginning in the future.
                let is_taken = last.holder != holder && (1..=LEASE_MS).contains(&(last.lease_until_ms - now_ms));
                let is_early = (last.began_at_ms..last.began_at_ms.saturating_add(interval_ms)).contains(&now_ms);
                if is_taken || is_early {
                    return Ok(false);
                }
                let turn = Turn { holder: holder.to_owned(), began_at_ms: now_ms, lease_until_ms: now_ms + LEASE_MS };
                txn.document_put(DocumentKind::Node, "", TURN, &turn).await?;
                txn.commit().await?;
                Ok(true)
            })
            .await
    }

    /// The round goes on, or is over.
    pub async fn management_renew(&self, holder: &str, is_over: bool) -> Result<()> {
        self.store
            .retrying("management_renew", || async {
                let mut txn = self.store.write().await?;
                txn.counter_next(TURN, 0).await?;
                let turn: Option<Turn> = txn.document_get(DocumentKind::Node, "", TURN).await?;
                let Some(turn) = turn.filter(|turn| turn.holder == holder) else { return Ok(()) };
                let lease_until_ms = if is_over { 0 } else { txn.moment(&self.clock).await? + LEASE_MS };
                txn.document_put(DocumentKind::Node, "", TURN, &Turn { lease_until_ms, ..turn }).await?;
                txn.commit().await
            })
            .await
    }

    /// Drops the partitions that were made before `made_before` (seconds since the epoch), as Hive does: with their data
    /// where that is the metastore's to delete. How old they are is read again under the table's lock. Gives how many.
    pub async fn partitions_expire(&self, caller: &Caller, at: &TableRef, made_before: i64) -> Result<usize> {
        let mut names = Vec::new();
        self.publish_state(at, |stored| {
            if i64::from(stored.create_time) < made_before {
                names.push(stored.name.to_owned());
            }
            Ok(())
        })
        .await?;
        if names.is_empty() {
            return Ok(0);
        }
        let request = PartitionsDrop {
            at: at.clone(),
            which: PartitionsWhich::MadeBefore(names, made_before),
            delete_data: true,
            if_exists: true,
            ignore_protection: true,
            environment: Parameters::new(),
        };
        self.partitions_drop(caller, &request).await.map(|(dropped, _)| dropped.len())
    }
}

/// How long a table keeps its partitions, in seconds; none where it does not say, or says 0 (as in Hive). Errors with what
/// is written there.
pub fn retention_seconds(table: &Table) -> std::result::Result<Option<i64>, String> {
    let Some(text) = table.parameters.get(RETENTION) else { return Ok(None) };
    seconds(text)
        .map(|kept| Some(kept).filter(|kept| *kept > 0))
        .ok_or_else(|| format!("{RETENTION} = {text:?} is no time; write e.g. 7d, 12h or 30m"))
}

/// Hive's spelling of a time: a whole number and a unit; seconds without.
fn seconds(text: &str) -> Option<i64> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: i64 = number.parse().ok()?;
    let unit = unit.trim();
    let is = |short: &str, long: &str| unit == short || unit.starts_with(long);
    match unit {
        "" => Some(number),
        _ if is("d", "day") => number.checked_mul(86_400),
        _ if is("h", "hour") => number.checked_mul(3_600),
        _ if is("m", "min") => number.checked_mul(60),
        _ if is("s", "sec") => Some(number),
        _ if is("ms", "msec") => Some(number / 1_000),
        _ if is("us", "usec") => Some(number / 1_000_000),
        _ if is("ns", "nsec") => Some(number / 1_000_000_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_hive_writes_them() {
        for (text, wanted) in [
            ("7d", Some(604_800)),
            ("2 Days", Some(172_800)),
            ("12h", Some(43_200)),
            ("5m", Some(300)),
            ("5min", Some(300)),
            ("1500ms", Some(1)),
            ("30", Some(30)),
            ("0", Some(0)),
            ("", None),
            ("d", None),
            ("-1d", None),
            ("1.5d", None),
            ("1w", None),
            ("9223372036854775807d", None),
        ] {
            assert_eq!(seconds(text), wanted, "{text}");
        }
    }

    #[test]
    fn zero_is_for_ever() {
        let of = |text: &str| {
            let parameters = [(RETENTION.to_owned(), text.to_owned())].into();
            retention_seconds(&Table { parameters, ..Table::default() })
        };
        assert_eq!(of("0"), Ok(None));
        assert_eq!(of("1d"), Ok(Some(86_400)));
        assert_eq!(retention_seconds(&Table::default()), Ok(None));
        assert!(of("soon").is_err_and(|why| why.contains("soon")));
    }
}
