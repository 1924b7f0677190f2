//! Partitions: adding and appending.

use skep_core::partition::Partition;
use skep_core::stats::ColumnStatistics;
use skep_core::table::{Column, Parameters};
use skep_core::{Error, Kind, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::catalog::{PartitionKey, PartitionsAdd, TableRef};
use crate::hms::context::{Cx, given};
use crate::hms::convert::common::{columns_in, columns_out, environment_in};
use crate::hms::convert::partition::{partition_in, partition_out};
use crate::hms::convert::partition_spec_in::{SentPartition, partition_spec_in, partitions_in};
use crate::hms::convert::statistics::statistics_in;
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::AddPartition>(add)
        .on::<m::AddPartitionWithEnvironmentContext>(add_with_environment_context)
        .on::<m::AddPartitions>(add_many)
        .on::<m::AddPartitionsReq>(add_req)
        .on::<m::AddPartitionsPspec>(add_pspec)
        .on::<m::AppendPartition>(append)
        .on::<m::AppendPartitionWithEnvironmentContext>(append_with_environment_context)
        .on::<m::AppendPartitionByName>(append_by_name)
        .on::<m::AppendPartitionByNameWithEnvironmentContext>(append_by_name_with_environment_context)
        .on::<m::AppendPartitionReq>(append_req)
}

/// How a partition must name the table of its call.
enum Naming<'a> {
    /// In these letters: what HMS's bulk calls ask for.
    Exact(&'a str, &'a str),
    AnyCase,
}

/// Takes the partitions of a call for a table; each must name it. A table that is not there is the first error.
async fn partitions_of(cx: &Cx, at: &TableRef, sent: Vec<SentPartition>, naming: Naming<'_>) -> Result<Vec<Partition>> {
    let belongs = |p: &SentPartition| match (&p.database, &p.table, &naming) {
        (Some(database), Some(table), Naming::Exact(d, t)) => database == d && table == t,
        (Some(database), Some(table), Naming::AnyCase) => {
            database.eq_ignore_ascii_case(&at.database) && table.eq_ignore_ascii_case(&at.table)
        }
        _ => false,
    };
    if let Some(stray) = sent.iter().find(|p| !belongs(p)) {
        cx.metastore().table_get(at).await.map_err(|e| e.recast(Kind::NotFound, Kind::InvalidObject))?;
        return Err(Error::meta(match (&stray.database, &stray.table) {
            (Some(database), Some(table)) => {
                format!("Partition does not belong to target table {at}. It belongs to the table {database}.{table}")
            }
            _ => "The database and table name must be set in the partition.".to_owned(),
        }));
    }
    Ok(sent.into_iter().map(|p| p.partition).collect())
}

/// Takes the column statistics that partitions of bulk calls may bring along.
fn statistics_take(sent: &mut [t::Partition]) -> Result<Vec<(String, Vec<ColumnStatistics>)>> {
    let brought = sent.iter_mut().filter_map(|p| p.col_stats.take());
    let named = |statistics: t::ColumnStatistics| {
        let name = given(statistics.stats_desc.part_name.clone(), "the partition name of statistics")?;
        Ok((name, statistics_in(statistics)?))
    };
    brought.map(named).collect()
}

/// A request of the older calls.
fn plain(at: TableRef, partitions: Vec<Partition>) -> PartitionsAdd {
    PartitionsAdd {
        at,
        partitions,
        if_not_exists: false,
        columns_of_table: false,
        environment: Parameters::new(),
        statistics: Vec::new(),
    }
}

async fn add_one(
    cx: &Cx,
    partition: Option<t::Partition>,
    environment: Option<t::EnvironmentContext>,
) -> Result<t::Partition> {
    let partition = given(partition, "the partition")?;
    let at = cx.table(partition.cat_name.as_deref(), partition.db_name.as_deref(), partition.table_name.as_deref())?;
    let partition = partition_in(partition);
    let request = PartitionsAdd { environment: environment_in(environment), ..plain(at, vec![partition]) };
    let added = cx.metastore().partitions_add(&cx.caller(), &request).await?;
    let added = added.first().ok_or_else(|| Error::internal("the partition was not added"))?;
    Ok(partition_out(added, &request.at))
}

async fn add(cx: Cx, args: m::AddPartitionArgs) -> Result<t::Partition> {
    add_one(&cx, args.new_part, None).await
}

async fn add_with_environment_context(cx: Cx, args: m::AddPartitionWithEnvironmentContextArgs) -> Result<t::Partition> {
    add_one(&cx, args.new_part, args.environment_context).await
}

async fn add_many(cx: Cx, args: m::AddPartitionsArgs) -> Result<i32> {
    let mut partitions = given(args.new_parts, "the list of partitions")?;
    let statistics = statistics_take(&mut partitions)?;
    let Some(first) = partitions.first() else { return Ok(0) };
    let (database, table) = (first.db_name.clone(), first.table_name.clone());
    let at = cx.table(first.cat_name.as_deref(), database.as_deref(), table.as_deref())?;
    let naming = Naming::Exact(database.as_deref().unwrap_or_default(), table.as_deref().unwrap_or_default());
    let sent = partitions_in(partitions);
    let partitions = partitions_of(&cx, &at, sent, naming).await?;
    let request = PartitionsAdd { statistics, ..plain(at, partitions) };
    Ok(cx.metastore().partitions_add(&cx.caller(), &request).await?.len() as i32)
}

async fn add_req(cx: Cx, args: m::AddPartitionsReqArgs) -> Result<t::AddPartitionsResult> {
    let mut request = given(args.request, "the request")?;
    let statistics = statistics_take(&mut request.parts)?;
    if request.parts.is_empty() {
        return Ok(t::AddPartitionsResult::default());
    }
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.tbl_name))?;
    // As written, but for a catalog before it (`@cat#db`).
    let database = request.db_name.strip_prefix('@').and_then(|d| d.split_once('#')).map(|(_, d)| d);
    let naming = Naming::Exact(database.unwrap_or(&request.db_name), &request.tbl_name);
    let sent = partitions_in(request.parts);
    let mut partitions = partitions_of(&cx, &at, sent, naming).await?;
    let skip_columns = request.skip_column_schema_for_partition.unwrap_or_default();
    let shared = request.partition_col_schema.filter(|_| skip_columns).map(columns_in);
    if let Some(columns) = &shared {
        for partition in &mut partitions {
            columns_set(partition, columns);
        }
    }
    let add = PartitionsAdd {
        at,
        partitions,
        if_not_exists: request.if_not_exists,
        columns_of_table: skip_columns && shared.is_none(),
        environment: environment_in(request.environment_context),
        statistics,
    };
    let added = cx.metastore().partitions_add(&cx.caller(), &add).await?;
    let mut result = t::AddPartitionsResult::default();
    if request.need_result {
        let columns = added.first().and_then(|p| p.storage.as_ref()).map(|s| columns_out(s.shape.columns()));
        let mut partitions: Vec<t::Partition> = added.iter().map(|p| partition_out(p, &add.at)).collect();
        if skip_columns {
            partitions.iter_mut().filter_map(|p| p.sd.as_mut()).for_each(|sd| sd.cols = Some(Vec::new().into()));
            result.partition_col_schema = columns;
        }
        result.partitions = Some(partitions);
    }
    Ok(result)
}

/// Gives a partition these columns.
pub(super) fn columns_set(partition: &mut Partition, columns: &[Column]) {
    if let Some(storage) = partition.storage.as_mut() {
        std::sync::Arc::make_mut(&mut storage.shape).columns = Some(columns.to_vec());
    }
}

async fn add_pspec(cx: Cx, args: m::AddPartitionsPspecArgs) -> Result<i32> {
    let specs = given(args.new_parts, "the list of partition specifications")?;
    let Some(first) = specs.first() else { return Ok(0) };
    let at = cx.table(first.cat_name.as_deref(), first.db_name.as_deref(), first.table_name.as_deref())?;
    let mut sent = Vec::new();
    for spec in specs {
        sent.extend(partition_spec_in(spec)?);
    }
    let partitions = partitions_of(&cx, &at, sent, Naming::AnyCase).await?;
    Ok(cx.metastore().partitions_add(&cx.caller(), &plain(at, partitions)).await?.len() as i32)
}

async fn append_one(
    cx: &Cx,
    place: (Option<&str>, Option<&str>, Option<&str>),
    key: PartitionKey,
    environment: Option<t::EnvironmentContext>,
) -> Result<t::Partition> {
    let at = cx.table(place.0, place.1, place.2)?;
    let added = cx.metastore().partition_append(&cx.caller(), &at, key, environment_in(environment)).await?;
    Ok(partition_out(&added, &at))
}

/// The values of a call; none are as wrong as no list.
pub(super) fn key_of_values(values: Option<Vec<String>>) -> Result<PartitionKey> {
    let values = values.filter(|v| !v.is_empty());
    Ok(PartitionKey::Values(values.ok_or_else(|| Error::meta("The partition values must not be null or empty."))?))
}

pub(super) fn key_of_name(name: Option<String>) -> Result<PartitionKey> {
    let name = name.filter(|n| !n.is_empty());
    Ok(PartitionKey::Name(name.ok_or_else(|| Error::meta("The partition name must not be null or empty."))?))
}

async fn append(cx: Cx, args: m::AppendPartitionArgs) -> Result<t::Partition> {
    let place = (None, args.db_name.as_deref(), args.tbl_name.as_deref());
    append_one(&cx, place, key_of_values(args.part_vals)?, None).await
}

async fn append_with_environment_context(
    cx: Cx,
    args: m::AppendPartitionWithEnvironmentContextArgs,
) -> Result<t::Partition> {
    let place = (None, args.db_name.as_deref(), args.tbl_name.as_deref());
    append_one(&cx, place, key_of_values(args.part_vals)?, args.environment_context).await
}

async fn append_by_name(cx: Cx, args: m::AppendPartitionByNameArgs) -> Result<t::Partition> {
    let place = (None, args.db_name.as_deref(), args.tbl_name.as_deref());
    append_one(&cx, place, key_of_name(args.part_name)?, None).await
}

async fn append_by_name_with_environment_context(
    cx: Cx,
    args: m::AppendPartitionByNameWithEnvironmentContextArgs,
) -> Result<t::Partition> {
    let place = (None, args.db_name.as_deref(), args.tbl_name.as_deref());
    append_one(&cx, place, key_of_name(args.part_name)?, args.environment_context).await
}

async fn append_req(cx: Cx, args: m::AppendPartitionReqArgs) -> Result<t::Partition> {
    let request = given(args.append_partitions_req, "the request")?;
    let key = match request.part_vals {
        Some(values) if !values.is_empty() => PartitionKey::Values(values),
        _ => key_of_name(request.name)?,
    };
    let place = (request.catalog_name.as_deref(), Some(request.db_name.as_str()), Some(request.table_name.as_str()));
    append_one(&cx, place, key, request.environment_context).await
}
