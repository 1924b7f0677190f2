//! Hive's locks (`semantics.md §12`). Nothing here blocks: who has to wait asks again.

use skep_core::name::normalize;
use skep_core::transaction::{DataOperation, LockKind, LockLevel, LockState, TransactionState};
use skep_core::{Error, Kind, Result};

use super::compactions::COMPACTION_KEPT_MS;
use super::metastore::Metastore;
use super::transactions::{aborted, no_such_txn};
use crate::store::{LockBlocker, LockFilter, LockOwner, LockPlace, LockRow, Txn};

/// A lock asked for: all of its components are granted at once, or none.
#[derive(Debug, Clone)]
pub struct LockRequest {
    pub components: Vec<LockComponent>,
    /// 0: outside of transactions.
    pub txn_id: i64,
    pub user: String,
    pub host: String,
    /// Kept as it is: Iceberg finds its lock again by it when a reply was lost.
    pub agent_info: String,
    /// A read in a transaction that would have to wait is given up.
    pub zero_wait_read: bool,
    /// A CREATE TABLE AS that would have to wait is given up.
    pub exclusive_ctas: bool,
}

#[derive(Debug, Clone)]
pub struct LockComponent {
    pub catalog: String,
    pub database: String,
    pub table: Option<String>,
    /// Hive's partition name.
    pub partition: Option<String>,
    pub kind: LockKind,
    pub level: LockLevel,
    pub operation: DataOperation,
    pub is_transactional: bool,
    pub is_dynamic_partition_write: bool,
}

/// What became of a request, now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockAnswer {
    pub lock_id: i64,
    pub state: LockState,
    pub message: Option<String>,
}

/// What a waiting request may do.
#[derive(Debug, Clone, Copy, Default)]
struct Patience {
    zero_wait_read: bool,
    exclusive_ctas: bool,
}

fn no_such_lock(lock_id: i64) -> Error {
    Error::new(Kind::NoSuchLock, format!("No such lock lockid:{lock_id}"))
}

/// Keys in lower case, values as they are.
pub(super) fn partition_normalize(name: &str) -> String {
    let part = |part: &str| match part.split_once('=') {
        Some((key, value)) => format!("{}={value}", key.to_lowercase()),
        None => part.to_owned(),
    };
    name.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn place(component: &LockComponent) -> LockPlace {
    LockPlace {
        catalog: normalize(&component.catalog),
        database: normalize(&component.database),
        table: component.table.as_deref().map(normalize),
        partition: component.partition.as_deref().map(partition_normalize),
        kind: component.kind.code(),
        level: component.level.code(),
        operation: component.operation.code(),
    }
}

/// A lock in the words of Hive's messages.
fn described(blocker: &LockBlocker) -> String {
    format!(
        "lockid:{} intLockId:{} txnid:{} db:{} table:{} partition:{} state:{} type:{}",
        blocker.lock_id,
        blocker.idx,
        blocker.txn_id,
        blocker.database,
        blocker.table.as_deref().unwrap_or("null"),
        blocker.partition.as_deref().unwrap_or("null"),
        if blocker.state == LockState::Acquired.code() { "ACQUIRED" } else { "WAITING" },
        match LockKind::of_code(blocker.kind) {
            Some(LockKind::SharedRead) => "SHARED_READ",
            Some(LockKind::SharedWrite) => "SHARED_WRITE",
            Some(LockKind::ExclWrite) => "EXCL_WRITE",
            _ => "EXCLUSIVE",
        },
    )
}

impl Metastore {
    /// What has had no heartbeat since then is over, at this moment of the clock that all nodes have in common.
    pub(super) fn lock_cutoff_ms(&self, now_ms: i64) -> i64 {
        let timeout = i64::try_from(self.settings.txn_timeout.as_millis()).unwrap_or(i64::MAX);
        now_ms.saturating_sub(timeout)
    }

    /// Begins a write of locks or transactions: alone, and rid of what is over. Gives the moment from when it is alone, by
    /// the clock that all nodes have in common: a node whose own is wrong ends nobody's lock.
    pub(super) async fn locks_begin(&self) -> Result<(Txn, i64)> {
        let mut txn = self.store.write_locks().await?;
        let now_ms = txn.lock_serialize(&self.clock).await?;
        let cutoff = self.lock_cutoff_ms(now_ms);
        let locks = txn.lock_expire(cutoff).await?;
        let expired = txn.acid_expired(cutoff).await?;
        if !expired.is_empty() {
            txn.acid_abort(&expired, now_ms).await?;
        }
        if locks > 0 || !expired.is_empty() {
            tracing::info!(locks, transactions = expired.len(), "locks and transactions without a heartbeat are over");
        }
        Ok((txn, now_ms))
    }

    /// Ends locks and transactions whose holders are gone, and forgets transactions and compactions of long ago. To be run every some
    /// seconds, by any number of nodes.
    pub async fn locks_sweep(&self) -> Result<()> {
        const KEPT_MS: i64 = 86_400_000;
        self.store
            .retrying("locks_sweep", || async {
                let (mut txn, now_ms) = self.locks_begin().await?;
                if txn.lock_settle(now_ms).await? + txn.acid_settle(now_ms).await? > 0 {
                    tracing::warn!("heartbeats came from the future: the database's clock was set back");
                }
                let forgotten = txn.acid_purge(now_ms - KEPT_MS).await?;
                if forgotten > 0 {
                    txn.write_id_purge().await?;
                }
                txn.compaction_purge(now_ms - COMPACTION_KEPT_MS).await?;
                txn.commit().await
            })
            .await
    }

    /// Queues a lock and tries it at once.
    pub async fn lock(&self, request: &LockRequest) -> Result<LockAnswer> {
        if request.components.is_empty() {
            return Err(Error::new(Kind::InvalidInput, "a lock request needs at least one component"));
        }
        let places: Vec<LockPlace> = request.components.iter().map(place).collect();
        self.store.retrying("lock", || self.lock_once(request, &places)).await
    }

    async fn lock_once(&self, request: &LockRequest, places: &[LockPlace]) -> Result<LockAnswer> {
        let (mut txn, now_ms) = self.locks_begin().await?;
        if request.txn_id != 0 {
            self.transaction_heartbeat(&mut txn, request.txn_id, now_ms).await?;
            for (component, place) in request.components.iter().zip(places) {
                self.lock_component_record(&mut txn, request.txn_id, component, place).await?;
            }
        }
        let owner = LockOwner {
            txn_id: request.txn_id,
            user: &request.user,
            host: &request.host,
            agent_info: &request.agent_info,
        };
        let lock_id = txn.lock_insert(&owner, places, now_ms).await?;
        let patience = Patience {
            zero_wait_read: request.zero_wait_read && request.txn_id != 0,
            exclusive_ctas: request.exclusive_ctas,
        };
        let answer = self.lock_try(&mut txn, lock_id, patience, now_ms).await?;
        txn.commit().await?;
        Ok(answer)
    }

    /// What the holder of a lock in a transaction is going to write.
    async fn lock_component_record(
        &self,
        txn: &mut Txn,
        txn_id: i64,
        component: &LockComponent,
        place: &LockPlace,
    ) -> Result<()> {
        let writes = matches!(component.operation, DataOperation::Update | DataOperation::Delete);
        // Partitions written dynamically are named later, by `add_dynamic_partitions`.
        let (true, false, Some(table)) =
            (writes && component.is_transactional, component.is_dynamic_partition_write, &place.table)
        else {
            return Ok(());
        };
        let at = (place.catalog.as_str(), place.database.as_str(), table.as_str());
        txn.acid_component_insert(txn_id, at, place.operation, vec![place.partition.clone()]).await
    }

    async fn lock_try(&self, txn: &mut Txn, lock_id: i64, patience: Patience, now_ms: i64) -> Result<LockAnswer> {
        let Some(blocker) = txn.lock_blocker(lock_id).await? else {
            txn.lock_acquire(lock_id, now_ms).await?;
            return Ok(LockAnswer { lock_id, state: LockState::Acquired, message: None });
        };
        let given_up = if patience.exclusive_ctas {
            Some("Failed to initiate a concurrent CTAS operation with the same table name, lockInfo : ")
        } else if patience.zero_wait_read && blocker.waiting_kind == LockKind::SharedRead.code() {
            Some("Unable to acquire read lock due to an existing exclusive lock ")
        } else {
            None
        };
        if let Some(why) = given_up {
            txn.lock_delete(lock_id).await?;
            let message = Some(format!("{why}{{{}}}", described(&blocker)));
            return Ok(LockAnswer { lock_id, state: LockState::NotAcquired, message });
        }
        txn.lock_block(lock_id, &blocker).await?;
        Ok(LockAnswer { lock_id, state: LockState::Waiting, message: None })
    }

    /// Renews a lock and, if it waits, tries it again.
    pub async fn lock_check(&self, lock_id: i64) -> Result<LockAnswer> {
        self.store
            .retrying("lock_check", || async {
                let (mut txn, now_ms) = self.locks_begin().await?;
                let (txn_id, state) = txn.lock_head(lock_id).await?.ok_or_else(|| no_such_lock(lock_id))?;
                if txn_id == 0 {
                    txn.lock_heartbeat(lock_id, now_ms, self.lock_cutoff_ms(now_ms)).await?;
                } else {
                    self.transaction_heartbeat(&mut txn, txn_id, now_ms).await?;
                }
                let answer = if state == LockState::Acquired.code() {
                    LockAnswer { lock_id, state: LockState::Acquired, message: None }
                } else {
                    self.lock_try(&mut txn, lock_id, Patience::default(), now_ms).await?
                };
                txn.commit().await?;
                Ok(answer)
            })
            .await
    }

    /// Gives a lock back. One that is not there is no error, the acquired one of a transaction is.
    pub async fn unlock(&self, lock_id: i64) -> Result<()> {
        self.store
            .retrying("unlock", || async {
                let mut txn = self.store.write_locks().await?;
                txn.lock_serialize(&self.clock).await?;
                if !txn.lock_unlock(lock_id).await? && txn.lock_head(lock_id).await?.is_some() {
                    return Err(Error::new(
                        Kind::TxnOpen,
                        format!("Unlocking locks associated with transaction not permitted. lockid:{lock_id}"),
                    ));
                }
                txn.commit().await
            })
            .await
    }

    /// Renews a lock, a transaction, or both; 0 means none.
    pub async fn lock_heartbeat(&self, txn_id: i64, lock_id: i64) -> Result<()> {
        self.store
            .retrying("lock_heartbeat", || async {
                let mut txn = self.store.write_locks().await?;
                let now_ms = txn.moment(&self.clock).await?;
                let cutoff = self.lock_cutoff_ms(now_ms);
                if lock_id != 0 && !txn.lock_heartbeat(lock_id, now_ms, cutoff).await? {
                    // A transaction's locks live as long as it does.
                    match txn.lock_head(lock_id).await? {
                        Some((of_txn, _)) if of_txn != 0 => {
                            self.transaction_heartbeat(&mut txn, of_txn, now_ms).await?;
                        }
                        _ => return Err(no_such_lock(lock_id)),
                    }
                }
                if txn_id != 0 {
                    self.transaction_heartbeat(&mut txn, txn_id, now_ms).await?;
                }
                txn.commit().await
            })
            .await
    }

    /// Renews a transaction, which must be open.
    pub(super) async fn transaction_heartbeat(&self, txn: &mut Txn, id: i64, now_ms: i64) -> Result<()> {
        if txn.acid_heartbeat(id, id, now_ms, self.lock_cutoff_ms(now_ms)).await? > 0 {
            return Ok(());
        }
        Err(match txn.acid_get(id).await?.map(|row| row.state) {
            // Open in the row, but its time is over.
            Some(TransactionState::Aborted | TransactionState::Open) => aborted(id),
            Some(TransactionState::Committed) | None => no_such_txn(id),
        })
    }

    /// Locks that are held or waited for, by id.
    pub async fn lock_list(&self, filter: &LockFilter) -> Result<Vec<LockRow>> {
        let mut peek = self.store.peek().await?;
        let now_ms = peek.moment(&self.clock).await?;
        peek.lock_list(filter, self.lock_cutoff_ms(now_ms)).await
    }
}

/// A filter in normal form.
pub fn lock_filter(
    database: Option<(String, String)>,
    table: Option<&str>,
    partition: Option<&str>,
    txn_id: Option<i64>,
) -> LockFilter {
    LockFilter {
        database,
        table: table.filter(|t| !t.is_empty()).map(normalize),
        partition: partition.filter(|p| !p.is_empty()).map(partition_normalize),
        txn_id: txn_id.filter(|id| *id > 0),
    }
}
