//! Column statistics. Calls of old spelling name no engine: they mean Hive's.

use skep_core::stats::DEFAULT_ENGINE;
use skep_core::{Error, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::catalog::{StatisticsDelete, StatisticsScope, StatisticsUpdate, TableRef};
use crate::hms::context::{Cx, given};
use crate::hms::convert::statistics::{columns_statistics_told, statistics_in, statistics_out};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::UpdateTableColumnStatistics>(update_table)
        .on::<m::UpdateTableColumnStatisticsReq>(update_table_req)
        .on::<m::UpdatePartitionColumnStatistics>(update_partition)
        .on::<m::UpdatePartitionColumnStatisticsReq>(update_partition_req)
        .on::<m::SetAggrStatsFor>(set)
        .on::<m::GetTableColumnStatistics>(get_table)
        .on::<m::GetPartitionColumnStatistics>(get_partition)
        .on::<m::GetTableStatisticsReq>(get_table_req)
        .on::<m::GetPartitionsStatisticsReq>(get_partitions_req)
        .on::<m::GetAggrStatsFor>(aggregate)
        .on::<m::DeleteTableColumnStatistics>(delete_table)
        .on::<m::DeletePartitionColumnStatistics>(delete_partition)
        .on::<m::DeleteColumnStatisticsReq>(delete_req)
}

/// All structs of a call must be of one table, and either of it or of its partitions.
async fn update(cx: &Cx, all: Vec<t::ColumnStatistics>, merge: bool) -> Result<bool> {
    let mut columns = Vec::with_capacity(all.len());
    let mut place: Option<(TableRef, bool)> = None;
    for statistics in all {
        let about = &statistics.stats_desc;
        let at = cx.table(about.cat_name.as_deref(), Some(&about.db_name), Some(&about.table_name))?;
        let of_table = about.is_tbl_level;
        let first = place.get_or_insert_with(|| (at.clone(), of_table));
        if *first != (at, of_table) {
            return Err(Error::meta("Statistics of one call must all be of one table or all of its partitions"));
        }
        if of_table && !columns.is_empty() {
            return Err(Error::meta("Expecting only 1 ColumnStatistics for table's column stats, but found more"));
        }
        let partition = if of_table { None } else { Some(given(about.part_name.clone(), "the partition name")?) };
        columns.push((partition, statistics_in(statistics)?));
    }
    let Some((at, _)) = place else { return Ok(true) };
    cx.metastore().statistics_update(&cx.caller(), StatisticsUpdate { at, columns, merge }).await?;
    Ok(true)
}

async fn update_one(cx: &Cx, statistics: Option<t::ColumnStatistics>) -> Result<bool> {
    update(cx, vec![given(statistics, "the statistics")?], false).await
}

async fn update_table(cx: Cx, args: m::UpdateTableColumnStatisticsArgs) -> Result<bool> {
    update_one(&cx, args.stats_obj).await
}

async fn update_partition(cx: Cx, args: m::UpdatePartitionColumnStatisticsArgs) -> Result<bool> {
    update_one(&cx, args.stats_obj).await
}

/// The newer spelling of the calls for one table or partition, which never merges.
async fn update_req(cx: &Cx, request: Option<t::SetPartitionsStatsRequest>) -> Result<t::SetPartitionsStatsResponse> {
    let request = given(request, "the request")?;
    if request.col_stats.len() != 1 {
        let count = request.col_stats.len();
        return Err(Error::invalid_object(format!("The call takes one struct of statistics, not {count}")));
    }
    Ok(t::SetPartitionsStatsResponse { result: update(cx, request.col_stats, false).await? })
}

async fn update_table_req(
    cx: Cx,
    args: m::UpdateTableColumnStatisticsReqArgs,
) -> Result<t::SetPartitionsStatsResponse> {
    update_req(&cx, args.req).await
}

async fn update_partition_req(
    cx: Cx,
    args: m::UpdatePartitionColumnStatisticsReqArgs,
) -> Result<t::SetPartitionsStatsResponse> {
    update_req(&cx, args.req).await
}

async fn set(cx: Cx, args: m::SetAggrStatsForArgs) -> Result<bool> {
    let request = given(args.request, "the request")?;
    update(&cx, request.col_stats, request.need_merge.unwrap_or_default()).await
}

async fn get_table(cx: Cx, args: m::GetTableColumnStatisticsArgs) -> Result<t::ColumnStatistics> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    let column = given(args.col_name, "the column name")?;
    let found = cx.metastore().column_statistics(&at, DEFAULT_ENGINE, None, &column).await?;
    Ok(statistics_out(vec![found], &at, None, DEFAULT_ENGINE))
}

async fn get_partition(cx: Cx, args: m::GetPartitionColumnStatisticsArgs) -> Result<t::ColumnStatistics> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    let partition = given(args.part_name, "the partition name")?;
    let column = given(args.col_name, "the column name")?;
    let found = cx.metastore().column_statistics(&at, DEFAULT_ENGINE, Some(&partition), &column).await?;
    Ok(statistics_out(vec![found], &at, Some(&partition), DEFAULT_ENGINE))
}

async fn get_table_req(cx: Cx, args: m::GetTableStatisticsReqArgs) -> Result<t::TableStatsResult> {
    let request = given(args.request, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.tbl_name))?;
    let found = cx.metastore().table_statistics(&at, &request.engine, Some(&request.col_names)).await?;
    Ok(t::TableStatsResult {
        table_stats: columns_statistics_told(request.cat_name.as_deref(), found),
        is_stats_compliant: None,
    })
}

async fn get_partitions_req(cx: Cx, args: m::GetPartitionsStatisticsReqArgs) -> Result<t::PartitionsStatsResult> {
    let request = given(args.request, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.tbl_name))?;
    let (names, columns) = (&request.part_names, &request.col_names);
    let catalog = request.cat_name.as_deref();
    let found = cx.metastore().partition_statistics(&at, &request.engine, names, columns).await?;
    let part_stats =
        found.into_iter().map(|(name, columns)| (name, columns_statistics_told(catalog, columns))).collect();
    Ok(t::PartitionsStatsResult { part_stats, is_stats_compliant: None })
}

async fn aggregate(cx: Cx, args: m::GetAggrStatsForArgs) -> Result<t::AggrStats> {
    let request = given(args.request, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.tbl_name))?;
    let (names, columns) = (&request.part_names, &request.col_names);
    let found = cx.metastore().statistics_aggregate(&at, &request.engine, names, columns).await?;
    Ok(t::AggrStats {
        col_stats: columns_statistics_told(request.cat_name.as_deref(), found.columns),
        parts_found: found.partitions_found,
        is_stats_compliant: None,
    })
}

async fn delete(
    cx: &Cx,
    at: TableRef,
    of: StatisticsScope,
    columns: Option<Vec<String>>,
    engine: Option<String>,
) -> Result<bool> {
    let engine = engine.unwrap_or_else(|| DEFAULT_ENGINE.to_owned());
    cx.metastore().statistics_delete(&cx.caller(), StatisticsDelete { at, of, columns, engine }).await?;
    Ok(true)
}

async fn delete_table(cx: Cx, args: m::DeleteTableColumnStatisticsArgs) -> Result<bool> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    delete(&cx, at, StatisticsScope::Table, args.col_name.map(|c| vec![c]), args.engine).await
}

async fn delete_partition(cx: Cx, args: m::DeletePartitionColumnStatisticsArgs) -> Result<bool> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    let of = StatisticsScope::Partitions(vec![given(args.part_name, "the partition name")?]);
    delete(&cx, at, of, args.col_name.map(|c| vec![c]), args.engine).await
}

async fn delete_req(cx: Cx, args: m::DeleteColumnStatisticsReqArgs) -> Result<bool> {
    let request = given(args.req, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.tbl_name))?;
    let partitioned = cx.metastore().table_get(&at).await?.is_partitioned();
    let of = match request.part_names {
        _ if request.table_level || !partitioned => StatisticsScope::Table,
        Some(names) if !names.is_empty() => StatisticsScope::Partitions(names),
        _ => StatisticsScope::AllPartitions,
    };
    let columns = request.col_names.filter(|columns| !columns.is_empty());
    delete(&cx, at, of, columns, Some(request.engine)).await
}
