//! Locks, transactions and write ids.

use skep_core::transaction::{DataOperation, LockKind, LockLevel, TransactionKind, TransactionState};
use skep_core::{Error, Kind, Result};
use skep_thrift::types as t;

use crate::catalog::{LockAnswer, OpenTransactions, ValidWriteIds};
use crate::store::{AcidRow, LockRow};

fn unknown(what: &'static str, code: i32) -> Error {
    Error::new(Kind::InvalidInput, format!("{code} is no {what} that this server knows"))
}

pub fn lock_kind_in(kind: t::LockType) -> Result<LockKind> {
    LockKind::of_code(i64::from(kind.0)).ok_or_else(|| unknown("lock type", kind.0))
}
pub fn lock_level_in(level: t::LockLevel) -> Result<LockLevel> {
    LockLevel::of_code(i64::from(level.0)).ok_or_else(|| unknown("lock level", level.0))
}
pub fn operation_in(operation: t::DataOperationType) -> Result<DataOperation> {
    DataOperation::of_code(i64::from(operation.0)).ok_or_else(|| unknown("operation type", operation.0))
}
pub fn transaction_kind_in(kind: t::TxnType) -> Result<TransactionKind> {
    TransactionKind::of_code(i64::from(kind.0)).ok_or_else(|| unknown("transaction type", kind.0))
}

pub fn lock_answer_out(answer: LockAnswer) -> t::LockResponse {
    t::LockResponse {
        lockid: answer.lock_id,
        state: t::LockState(answer.state.code() as i32),
        error_message: answer.message,
    }
}

pub fn lock_row_out(row: LockRow) -> t::ShowLocksResponseElement {
    t::ShowLocksResponseElement {
        lockid: row.lock_id,
        dbname: row.database,
        tablename: row.table,
        partname: row.partition,
        state: t::LockState(row.state as i32),
        r#type: t::LockType(row.kind as i32),
        txnid: (row.txn_id > 0).then_some(row.txn_id),
        lastheartbeat: row.heartbeat_at,
        acquiredat: row.acquired_at,
        user: row.user,
        hostname: row.host,
        heartbeat_count: 0,
        agent_info: Some(row.agent_info),
        blocked_by_ext_id: row.blocked_by.map(|(lock, _)| lock),
        blocked_by_int_id: row.blocked_by.map(|(_, idx)| idx),
        lock_id_internal: Some(row.idx),
    }
}

/// A Java `BitSet`'s bytes: bit 0 first, no zero bytes at the end.
fn bit_set(bits: impl Iterator<Item = bool>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (at, _) in bits.enumerate().filter(|(_, set)| *set) {
        bytes.resize(at / 8 + 1, 0);
        if let Some(byte) = bytes.last_mut() {
            *byte |= 1 << (at % 8);
        }
    }
    bytes
}

/// As a list, and with the aborted ones marked: 2.3's own clients alone want a set, and nothing on the wire tells
/// them apart (`semantics.md §12`).
pub fn open_transactions_out(open: &OpenTransactions) -> t::GetOpenTxnsResponse {
    let is_open = |row: &&AcidRow| row.state == TransactionState::Open;
    t::GetOpenTxnsResponse {
        txn_high_water_mark: open.high_water_mark,
        open_txns: Some(open.all.iter().map(|row| row.id).collect()),
        open_txns_v2: None,
        min_open_txn: open.all.iter().find(is_open).map(|row| row.id),
        aborted_bits: Some(bit_set(open.all.iter().map(|row| row.state == TransactionState::Aborted))),
    }
}

pub fn transaction_out(row: AcidRow) -> t::TxnInfo {
    t::TxnInfo {
        id: row.id,
        state: t::TxnState(row.state.code() as i32),
        user: row.user,
        hostname: row.host,
        agent_info: row.agent_info,
        heartbeat_count: 0,
        meta_info: None,
        started_time: Some(row.started_at),
        last_heartbeat_time: Some(row.heartbeat_at),
    }
}

pub fn valid_write_ids_out(valid: ValidWriteIds) -> t::TableValidWriteIds {
    t::TableValidWriteIds {
        min_open_write_id: valid.min_open(),
        write_id_high_water_mark: valid.high_water_mark,
        invalid_write_ids: valid.invalid.iter().map(|(id, _)| *id).collect(),
        aborted_bits: bit_set(valid.invalid.iter().map(|(_, aborted)| *aborted)),
        full_table_name: valid.table,
    }
}

#[cfg(test)]
mod tests {
    use super::bit_set;

    #[test]
    fn bits_are_as_javas_bit_set_has_them() {
        assert_eq!(bit_set([false, false].into_iter()), [0_u8; 0]);
        assert_eq!(bit_set([true, false, true].into_iter()), [5]);
        let tenth = (0..20).map(|at| at == 9);
        assert_eq!(bit_set(tenth), [0, 2]);
    }
}
