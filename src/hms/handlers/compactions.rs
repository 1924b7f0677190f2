//! The queue of compactions.

use skep_core::Result;
use skep_core::compaction::{CompactionFilter, CompactionOptions, CompactionOrder};
use skep_core::name::normalize;
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::catalog::{CompactionAnswer, CompactionRequest};
use crate::hms::context::{Cx, given};
use crate::hms::convert::compaction::{
    compaction_aborted_out, compaction_answer_out, compaction_kind_in, compaction_out,
};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::Compact>(request_void)
        .on::<m::Compact2>(request)
        .on::<m::ShowCompact>(list)
        .on::<m::AbortCompactions>(abort)
}

async fn request_once(cx: &Cx, rqst: Option<t::CompactionRequest>) -> Result<CompactionAnswer> {
    let request = given(rqst, "the request")?;
    let request = CompactionRequest {
        at: cx.table(None, Some(&request.dbname), Some(&request.tablename))?,
        partition: request.partitionname,
        kind: compaction_kind_in(request.r#type)?,
        pool: request.pool_name,
        run_as: request.runas,
        initiator_id: request.initiator_id,
        initiator_version: request.initiator_version,
        options: CompactionOptions {
            properties: request.properties.unwrap_or_default().into_iter().collect(),
            buckets: request.number_of_buckets,
            order_by: request.order_by_clause,
        },
    };
    cx.metastore().compaction_request(&request).await
}

async fn request_void(cx: Cx, args: m::CompactArgs) -> Result<()> {
    request_once(&cx, args.rqst).await.map(drop)
}

async fn request(cx: Cx, args: m::Compact2Args) -> Result<t::CompactionResponse> {
    Ok(compaction_answer_out(request_once(&cx, args.rqst).await?))
}

async fn list(cx: Cx, args: m::ShowCompactArgs) -> Result<t::ShowCompactResponse> {
    let request = given(args.rqst, "the request")?;
    let database = request.db_name.as_deref().map(|name| cx.database(None, Some(name))).transpose()?;
    let filter = CompactionFilter {
        id: request.id.filter(|id| *id > 0),
        database: database.map(|(catalog, name)| (catalog, normalize(&name))),
        table: request.tb_name.as_deref().map(normalize),
        partition: request.part_name,
        kind: request.r#type.map(compaction_kind_in).transpose()?,
        state: request.state,
        pool: request.pool_name,
    };
    let order = CompactionOrder::parse(request.order.as_deref().unwrap_or_default())?;
    let limit = request.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or_default();
    let all = cx.metastore().compaction_list(&filter, &order, limit).await?;
    Ok(t::ShowCompactResponse { compacts: all.into_iter().map(compaction_out).collect() })
}

async fn abort(cx: Cx, args: m::AbortCompactionsArgs) -> Result<t::AbortCompactResponse> {
    let request = given(args.rqst, "the request")?;
    let all = cx.metastore().compaction_abort(&request.compaction_ids).await?;
    let element = |(id, outcome)| (id, compaction_aborted_out(id, outcome));
    Ok(t::AbortCompactResponse { abortedcompacts: all.into_iter().map(element).collect() })
}
