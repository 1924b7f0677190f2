//! Compactions.

use skep_core::compaction::{Compaction, CompactionKind};
use skep_core::{Error, Kind, Result};
use skep_thrift::types as t;

use crate::catalog::{CompactionAborted, CompactionAnswer};

pub fn compaction_kind_in(kind: t::CompactionType) -> Result<CompactionKind> {
    CompactionKind::of_code(i64::from(kind.0))
        .ok_or_else(|| Error::new(Kind::InvalidInput, format!("Unexpected compaction type {}", kind.0)))
}

pub fn compaction_answer_out(answer: CompactionAnswer) -> t::CompactionResponse {
    match answer {
        CompactionAnswer::Initiated(id) => {
            t::CompactionResponse { id, state: "initiated".to_owned(), accepted: true, errormessage: None }
        }
        CompactionAnswer::Waits(id) => t::CompactionResponse {
            id: -1,
            state: "refused".to_owned(),
            accepted: false,
            errormessage: Some(format!("Compaction is already scheduled with state='initiated' and id={id}")),
        },
    }
}

/// Fields of Hive's workers are as Hive has them before a worker has begun.
pub fn compaction_out(compaction: Compaction) -> t::ShowCompactResponseElement {
    t::ShowCompactResponseElement {
        dbname: compaction.database,
        tablename: compaction.table,
        partitionname: compaction.partition,
        r#type: t::CompactionType(compaction.kind.code() as i32),
        state: compaction.state.name().to_owned(),
        start: compaction.ended_at.map(|_| 0),
        run_as: compaction.run_as,
        hightest_txn_id: Some(0),
        end_time: compaction.ended_at,
        id: Some(compaction.id),
        error_message: compaction.error,
        enqueue_time: Some(compaction.enqueued_at),
        initiator_id: compaction.initiator_id,
        initiator_version: compaction.initiator_version,
        pool_name: Some(compaction.pool.filter(|p| !p.trim().is_empty()).unwrap_or_else(|| "default".to_owned())),
        next_txn_id: Some(0),
        txn_id: Some(0),
        commit_time: Some(0),
        ..t::ShowCompactResponseElement::default()
    }
}

pub fn compaction_aborted_out(id: i64, outcome: CompactionAborted) -> t::AbortCompactionResponseElement {
    let (status, message) = match outcome {
        CompactionAborted::Done => ("Success", "Successfully aborted compaction".to_owned()),
        CompactionAborted::Not(state) => {
            ("Error", format!("Error while aborting compaction as compaction is in state-{}", state.name()))
        }
        CompactionAborted::Unknown => ("Error", "No Such Compaction Id Available".to_owned()),
    };
    t::AbortCompactionResponseElement { compaction_id: id, status: Some(status.to_owned()), message: Some(message) }
}
