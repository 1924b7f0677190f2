//! Locks.

use skep_core::Result;
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::catalog::{LockComponent, LockRequest, lock_filter};
use crate::hms::context::{Cx, given};
use crate::hms::convert::lock::{lock_answer_out, lock_kind_in, lock_level_in, lock_row_out, operation_in};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::Lock>(lock)
        .on::<m::CheckLock>(check)
        .on::<m::Unlock>(unlock)
        .on::<m::Heartbeat>(heartbeat)
        .on::<m::ShowLocks>(list)
}

fn component_in(cx: &Cx, component: t::LockComponent) -> Result<LockComponent> {
    let (catalog, database) = cx.database(None, Some(&component.dbname))?;
    cx.about(&database, component.tablename.as_deref().unwrap_or_default());
    Ok(LockComponent {
        catalog,
        database,
        table: component.tablename,
        partition: component.partitionname,
        kind: lock_kind_in(component.r#type)?,
        level: lock_level_in(component.level)?,
        operation: operation_in(component.operation_type)?,
        is_transactional: component.is_transactional,
        is_dynamic_partition_write: component.is_dynamic_partition_write,
    })
}

async fn lock(cx: Cx, args: m::LockArgs) -> Result<t::LockResponse> {
    let request = given(args.rqst, "the request")?;
    let request = LockRequest {
        components: request.component.into_iter().map(|c| component_in(&cx, c)).collect::<Result<_>>()?,
        txn_id: request.txnid.unwrap_or_default(),
        user: request.user,
        host: request.hostname,
        agent_info: request.agent_info,
        zero_wait_read: request.zero_wait_read_enabled,
        exclusive_ctas: request.exclusive_ctas,
    };
    Ok(lock_answer_out(cx.metastore().lock(&request).await?))
}

async fn check(cx: Cx, args: m::CheckLockArgs) -> Result<t::LockResponse> {
    let request = given(args.rqst, "the request")?;
    Ok(lock_answer_out(cx.metastore().lock_check(request.lockid).await?))
}

async fn unlock(cx: Cx, args: m::UnlockArgs) -> Result<()> {
    let request = given(args.rqst, "the request")?;
    cx.metastore().unlock(request.lockid).await
}

async fn heartbeat(cx: Cx, args: m::HeartbeatArgs) -> Result<()> {
    let request = given(args.ids, "the request")?;
    cx.metastore().lock_heartbeat(request.txnid.unwrap_or_default(), request.lockid.unwrap_or_default()).await
}

async fn list(cx: Cx, args: m::ShowLocksArgs) -> Result<t::ShowLocksResponse> {
    let request = given(args.rqst, "the request")?;
    let database = match request.dbname.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => Some(cx.database(None, Some(name))?),
        None => None,
    };
    let (table, partition) = (request.tablename.as_deref(), request.partname.as_deref());
    let locks = cx.metastore().lock_list(&lock_filter(database, table, partition, request.txnid)).await?;
    Ok(t::ShowLocksResponse { locks: Some(locks.into_iter().map(lock_row_out).collect()) })
}
