//! Hive's transactions: as far as engines on ACID tables need them, without compaction (`semantics.md §12`).

use skep_core::name::normalize;
use skep_core::transaction::{DataOperation, TransactionKind, TransactionState};
use skep_core::{Error, Kind, Result};

use super::metastore::Metastore;
use super::reference::TableRef;
use crate::store::{AcidConflict, AcidOwner, AcidRow, Txn};

/// Transactions to open.
#[derive(Debug, Clone)]
pub struct TransactionOpen {
    pub count: i32,
    pub kind: TransactionKind,
    pub user: String,
    pub host: String,
    pub agent_info: String,
}

/// What has not been committed, at one moment.
#[derive(Debug, Clone)]
pub struct OpenTransactions {
    /// The highest id ever given.
    pub high_water_mark: i64,
    /// Open and aborted ones, by id.
    pub all: Vec<AcidRow>,
}

/// What became of a range of heartbeats.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RangeHeartbeat {
    pub aborted: Vec<i64>,
    pub unknown: Vec<i64>,
}

/// The longest range of one heartbeat.
const RANGE_MAX: i64 = 100_000;

pub(super) fn no_such_txn(id: i64) -> Error {
    Error::new(Kind::NoSuchTxn, format!("No such transaction txnid:{id}"))
}

pub(super) fn aborted(id: i64) -> Error {
    Error::new(Kind::TxnAborted, format!("Transaction txnid:{id} already aborted"))
}

fn conflicting(id: i64, conflict: &AcidConflict) -> Error {
    let partition = conflict.partition.as_deref().map(|p| format!("/{p}")).unwrap_or_default();
    Error::new(
        Kind::TxnAborted,
        format!(
            "Aborting txnid:{id} due to a write conflict on {}/{}{partition} committed by txnid:{}",
            conflict.database, conflict.table, conflict.committed
        ),
    )
}

impl Metastore {
    /// Opens transactions, at most a batch; gives their ids, ascending.
    pub async fn transaction_open(&self, request: &TransactionOpen) -> Result<Vec<i64>> {
        let count = u32::try_from(request.count).ok().filter(|count| *count > 0);
        let count = count.ok_or_else(|| {
            Error::new(Kind::InvalidInput, format!("Invalid input for number of txns: {}", request.count))
        })?;
        let count = count.min(self.settings.txn_max_open_batch);
        let owner = AcidOwner {
            kind: request.kind.code(),
            user: &request.user,
            host: &request.host,
            agent_info: &request.agent_info,
        };
        let owner = &owner;
        self.store
            .retrying("transaction_open", || async move {
                let (mut txn, now_ms) = self.locks_begin().await?;
                let ids = txn.acid_open(owner, count, now_ms).await?;
                txn.commit().await?;
                Ok(ids)
            })
            .await
    }

    /// Aborts a transaction; one that is aborted already stays so.
    pub async fn transaction_abort(&self, id: i64) -> Result<()> {
        self.store
            .retrying("transaction_abort", || async {
                let (mut txn, now_ms) = self.locks_begin().await?;
                match txn.acid_get(id).await?.map(|row| row.state) {
                    None => return Err(no_such_txn(id)),
                    Some(TransactionState::Committed) => {
                        return Err(Error::new(
                            Kind::NoSuchTxn,
                            format!("Transaction txnid:{id} is already committed."),
                        ));
                    }
                    Some(TransactionState::Aborted) => {}
                    Some(TransactionState::Open) => txn.acid_abort(&[id], now_ms).await?,
                }
                txn.commit().await
            })
            .await
    }

    /// Aborts those of these that are open.
    pub async fn transaction_abort_many(&self, ids: &[i64]) -> Result<()> {
        self.store
            .retrying("transaction_abort_many", || async {
                let (mut txn, now_ms) = self.locks_begin().await?;
                txn.acid_abort(ids, now_ms).await?;
                txn.commit().await
            })
            .await
    }

    /// Commits a transaction, again if need be. Its updates and deletes must not overlap what others have committed
    /// since it was opened; else it is aborted. Hive 4 trusts a client that says `exclWriteEnabled`, which is also
    /// the default of clients that never heard of it; here the check is always made.
    pub async fn transaction_commit(&self, id: i64) -> Result<()> {
        self.store
            .retrying("transaction_commit", || async {
                let (mut txn, now_ms) = self.locks_begin().await?;
                match txn.acid_get(id).await?.map(|row| row.state) {
                    None => return Err(no_such_txn(id)),
                    Some(TransactionState::Committed) => return Ok(()),
                    // Committed as well: the expired ones' abort came with it.
                    Some(TransactionState::Aborted) => return txn.commit().await.and(Err(aborted(id))),
                    Some(TransactionState::Open) => {}
                }
                if let Some(conflict) = txn.acid_conflict(id).await? {
                    txn.acid_abort(&[id], now_ms).await?;
                    txn.commit().await?;
                    return Err(conflicting(id, &conflict));
                }
                txn.acid_commit(id, now_ms).await?;
                txn.commit().await
            })
            .await
    }

    /// The latest commit that an open transaction's writes overlap; 0: none.
    pub async fn transaction_conflict(&self, id: i64) -> Result<i64> {
        Ok(self.store.peek().await?.acid_conflict(id).await?.map_or(0, |conflict| conflict.committed))
    }

    /// What is open and what is aborted, without transactions of these kinds.
    pub async fn transaction_list(&self, without: &[TransactionKind]) -> Result<OpenTransactions> {
        let mut txn = self.store.read().await?;
        let high_water_mark = txn.acid_high_water_mark().await?;
        let mut all = txn.acid_uncommitted().await?;
        all.retain(|row| !without.iter().any(|kind| kind.code() == row.kind));
        Ok(OpenTransactions { high_water_mark, all })
    }

    /// Renews all open transactions from `min` to `max`; tells which of the range are not open.
    pub async fn transaction_heartbeat_range(&self, min: i64, max: i64) -> Result<RangeHeartbeat> {
        if max.saturating_sub(min) >= RANGE_MAX {
            return Err(Error::new(
                Kind::InvalidInput,
                format!("a heartbeat is of at most {RANGE_MAX} transactions, not of {min} to {max}"),
            ));
        }
        self.store
            .retrying("transaction_heartbeat_range", || async {
                let (mut txn, now_ms) = self.locks_begin().await?;
                txn.acid_heartbeat(min, max, now_ms, self.lock_cutoff_ms(now_ms)).await?;
                let known = txn.acid_range(min, max).await?;
                txn.commit().await?;
                let mut out = RangeHeartbeat::default();
                let mut known = known.into_iter().peekable();
                for id in min..=max {
                    match known.next_if(|(known, _)| *known == id) {
                        Some((_, TransactionState::Open)) => {}
                        Some((_, TransactionState::Aborted)) => out.aborted.push(id),
                        Some((_, TransactionState::Committed)) | None => out.unknown.push(id),
                    }
                }
                Ok(out)
            })
            .await
    }

    /// Notes the partitions that a transaction turned out to update or delete in.
    pub async fn transaction_partitions_add(
        &self,
        id: i64,
        at: &TableRef,
        partitions: &[String],
        operation: DataOperation,
    ) -> Result<()> {
        self.store
            .retrying("transaction_partitions_add", || async {
                let (mut txn, _) = self.locks_begin().await?;
                self.transactions_check(&mut txn, &[id]).await?;
                if matches!(operation, DataOperation::Update | DataOperation::Delete) {
                    let names = partitions.iter().map(|name| Some(name.clone())).collect();
                    let place = (at.catalog.as_str(), at.database.as_str(), at.table.as_str());
                    txn.acid_component_insert(id, place, operation.code(), names).await?;
                }
                txn.commit().await
            })
            .await
    }

    /// All of them must be open.
    pub(super) async fn transactions_check(&self, txn: &mut Txn, ids: &[i64]) -> Result<Vec<AcidRow>> {
        let rows = txn.acid_list(ids).await?;
        for id in ids {
            match rows.iter().find(|row| row.id == *id).map(|row| row.state) {
                Some(TransactionState::Open) => {}
                Some(TransactionState::Aborted) => return Err(aborted(*id)),
                Some(TransactionState::Committed) | None => return Err(no_such_txn(*id)),
            }
        }
        Ok(rows)
    }
}

/// `db.table` or `cat.db.table`, as write ids name tables.
pub(super) fn full_name_parse(name: &str, default_catalog: &str) -> Result<TableRef> {
    let parts: Vec<&str> = name.split('.').collect();
    match parts.as_slice() {
        [database, table] => Ok(TableRef::new(default_catalog, database, table)),
        [catalog, database, table] => Ok(TableRef::new(&normalize(catalog), database, table)),
        _ => Err(Error::meta(format!("{name} is no full table name: DATABASE.TABLE is"))),
    }
}
