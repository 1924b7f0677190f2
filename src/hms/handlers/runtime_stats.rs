//! What Hive 4 learned of the operators of past queries.

use skep_core::Result;
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::hms::context::{Cx, given};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default().on::<m::AddRuntimeStats>(add).on::<m::GetRuntimeStats>(list)
}

async fn add(cx: Cx, args: m::AddRuntimeStatsArgs) -> Result<()> {
    let stat = given(args.stat, "the statistics")?;
    cx.metastore().runtime_stat_add(stat.weight, stat.payload).await
}

async fn list(cx: Cx, args: m::GetRuntimeStatsArgs) -> Result<Vec<t::RuntimeStat>> {
    let request = given(args.rqst, "the request")?;
    let found = cx.metastore().runtime_stat_list(request.max_weight, request.max_create_time).await?;
    let out = |s: crate::catalog::RuntimeStat| t::RuntimeStat {
        create_time: Some(s.create_time),
        weight: s.weight,
        payload: s.payload.0,
    };
    Ok(found.into_iter().map(out).collect())
}
