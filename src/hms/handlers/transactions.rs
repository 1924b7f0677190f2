//! Transactions and write ids.

use skep_core::transaction::TransactionKind;
use skep_core::{Error, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;
use skep_thrift::wire::Set;

use crate::catalog::{Snapshot, TableRef, TransactionOpen};
use crate::hms::context::{Cx, given};
use crate::hms::convert::lock::{
    open_transactions_out, operation_in, transaction_kind_in, transaction_out, valid_write_ids_out,
};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::OpenTxns>(open)
        .on::<m::AbortTxn>(abort)
        .on::<m::AbortTxns>(abort_many)
        .on::<m::CommitTxn>(commit)
        .on::<m::GetOpenTxns>(list)
        .on::<m::GetOpenTxnsReq>(list_req)
        .on::<m::GetOpenTxnsInfo>(info)
        .on::<m::HeartbeatTxnRange>(heartbeat_range)
        .on::<m::AddDynamicPartitions>(partitions_add)
        .on::<m::GetLatestTxnidInConflict>(conflict)
        .on::<m::AllocateTableWriteIds>(write_ids_allocate)
        .on::<m::GetMaxAllocatedTableWriteId>(write_id_max)
        .on::<m::GetValidWriteIds>(write_ids_valid)
}

/// Transactions mapped from another cluster's are not kept.
fn not_replicated(policy: Option<&str>) -> Result<()> {
    match policy {
        None | Some("") => Ok(()),
        Some(policy) => Err(Error::meta(format!(
            "transactions of the replication policy {policy} are not supported: this metastore is no target of REPL LOAD"
        ))),
    }
}

async fn open(cx: Cx, args: m::OpenTxnsArgs) -> Result<t::OpenTxnsResponse> {
    let request = given(args.rqst, "the request")?;
    not_replicated(request.repl_policy.as_deref())?;
    let open = TransactionOpen {
        count: request.num_txns,
        kind: transaction_kind_in(request.txn_type)?,
        user: request.user,
        host: request.hostname,
        agent_info: request.agent_info,
    };
    Ok(t::OpenTxnsResponse { txn_ids: cx.metastore().transaction_open(&open).await? })
}

async fn abort(cx: Cx, args: m::AbortTxnArgs) -> Result<()> {
    let request = given(args.rqst, "the request")?;
    not_replicated(request.repl_policy.as_deref())?;
    cx.metastore().transaction_abort(request.txnid).await
}

async fn abort_many(cx: Cx, args: m::AbortTxnsArgs) -> Result<()> {
    let request = given(args.rqst, "the request")?;
    cx.metastore().transaction_abort_many(&request.txn_ids).await
}

async fn commit(cx: Cx, args: m::CommitTxnArgs) -> Result<()> {
    let request = given(args.rqst, "the request")?;
    not_replicated(request.repl_policy.as_deref())?;
    if let Some(change) = &request.key_value {
        return Err(Error::meta(format!(
            "commit_txn cannot set the parameter {} of table {}: alter the table instead",
            change.key, change.table_id
        )));
    }
    cx.metastore().transaction_commit(request.txnid).await
}

async fn list(cx: Cx, _: m::GetOpenTxnsArgs) -> Result<t::GetOpenTxnsResponse> {
    Ok(open_transactions_out(&cx.metastore().transaction_list(&[TransactionKind::ReadOnly]).await?))
}

async fn list_req(cx: Cx, args: m::GetOpenTxnsReqArgs) -> Result<t::GetOpenTxnsResponse> {
    let request = given(args.get_open_txns_request, "the request")?;
    let kinds = request.exclude_txn_types.unwrap_or_default();
    let without = kinds.into_iter().map(transaction_kind_in).collect::<Result<Vec<_>>>()?;
    Ok(open_transactions_out(&cx.metastore().transaction_list(&without).await?))
}

async fn info(cx: Cx, _: m::GetOpenTxnsInfoArgs) -> Result<t::GetOpenTxnsInfoResponse> {
    let open = cx.metastore().transaction_list(&[]).await?;
    Ok(t::GetOpenTxnsInfoResponse {
        txn_high_water_mark: open.high_water_mark,
        open_txns: open.all.into_iter().map(transaction_out).collect(),
    })
}

async fn heartbeat_range(cx: Cx, args: m::HeartbeatTxnRangeArgs) -> Result<t::HeartbeatTxnRangeResponse> {
    let request = given(args.txns, "the request")?;
    let range = cx.metastore().transaction_heartbeat_range(request.min, request.max).await?;
    Ok(t::HeartbeatTxnRangeResponse { aborted: Set(range.aborted), nosuch: Set(range.unknown) })
}

async fn partitions_add(cx: Cx, args: m::AddDynamicPartitionsArgs) -> Result<()> {
    let request = given(args.rqst, "the request")?;
    // 2.3's fields stand one place earlier: a text where later releases have the write id.
    let is_2 = request.dbname_v2.is_some();
    let (database, table) = if is_2 {
        (request.dbname_v2.as_deref(), request.dbname.as_deref())
    } else {
        (request.dbname.as_deref(), request.tablename.as_deref())
    };
    let at = cx.table(None, database, table)?;
    let partitions = request.partitionnames.or(request.partitionnames_v2).unwrap_or_default();
    let operation = operation_in(request.operation_type_v2.unwrap_or(request.operation_type))?;
    cx.metastore().transaction_partitions_add(request.txnid, &at, &partitions, operation).await
}

async fn conflict(cx: Cx, args: m::GetLatestTxnidInConflictArgs) -> Result<i64> {
    cx.metastore().transaction_conflict(args.txn_id).await
}

fn table(cx: &Cx, database: &str, table: &str) -> Result<TableRef> {
    cx.table(None, Some(database), Some(table))
}

async fn write_ids_allocate(cx: Cx, args: m::AllocateTableWriteIdsArgs) -> Result<t::AllocateTableWriteIdsResponse> {
    let request = given(args.rqst, "the request")?;
    not_replicated(request.repl_policy.as_deref())?;
    let at = table(&cx, &request.db_name, &request.table_name)?;
    let ids = given(request.txn_ids, "the list of transactions")?;
    let all = cx.metastore().write_id_allocate(&at, &ids, request.reallocate).await?;
    let one = |(txn_id, write_id)| t::TxnToWriteId { txn_id, write_id };
    Ok(t::AllocateTableWriteIdsResponse { txn_to_write_ids: all.into_iter().map(one).collect() })
}

async fn write_id_max(cx: Cx, args: m::GetMaxAllocatedTableWriteIdArgs) -> Result<t::MaxAllocatedTableWriteIdResponse> {
    let request = given(args.rqst, "the request")?;
    let at = table(&cx, &request.db_name, &request.table_name)?;
    Ok(t::MaxAllocatedTableWriteIdResponse { max_write_id: cx.metastore().write_id_max(&at).await? })
}

async fn write_ids_valid(cx: Cx, args: m::GetValidWriteIdsArgs) -> Result<t::GetValidWriteIdsResponse> {
    let request = given(args.rqst, "the request")?;
    let snapshot = match (&request.valid_txn_list, request.write_id) {
        (Some(text), _) => Snapshot::Transactions(text),
        (None, Some(id)) if id > 0 => Snapshot::WriteId(id),
        (None, _) => Snapshot::Now,
    };
    let valid = cx.metastore().write_ids_valid(&request.full_table_names, snapshot).await?;
    let all = valid.into_iter().map(valid_write_ids_out).collect();
    Ok(t::GetValidWriteIdsResponse { tbl_valid_write_ids: all })
}
