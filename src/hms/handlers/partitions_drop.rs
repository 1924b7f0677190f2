//! Partitions: dropping and exchanging; partition names.

use skep_core::name::partition_name_parse;
use skep_core::{Error, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use super::partitions_add::{key_of_name, key_of_values};
use crate::catalog::{DropExpr, PartitionKey, PartitionsDrop, PartitionsExchange, PartitionsWhich};
use crate::hms::context::{Cx, given};
use crate::hms::convert::common::environment_in;
use crate::hms::convert::partition::partition_out;
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::DropPartition>(drop)
        .on::<m::DropPartitionWithEnvironmentContext>(drop_with_environment_context)
        .on::<m::DropPartitionByName>(drop_by_name)
        .on::<m::DropPartitionByNameWithEnvironmentContext>(drop_by_name_with_environment_context)
        .on::<m::DropPartitionReq>(drop_req)
        .on::<m::DropPartitionsReq>(drop_many)
        .on::<m::ExchangePartition>(exchange)
        .on::<m::ExchangePartitions>(exchange_many)
        .on::<m::PartitionNameHasValidCharacters>(name_has_valid_characters)
        .on::<m::PartitionNameToSpec>(name_to_spec)
        .on::<m::PartitionNameToVals>(name_to_values)
}

async fn drop_one(
    cx: &Cx,
    place: (Option<&str>, Option<&str>, Option<&str>),
    key: PartitionKey,
    delete_data: bool,
    environment: Option<t::EnvironmentContext>,
) -> Result<bool> {
    let at = cx.table(place.0, place.1, place.2)?;
    cx.metastore().partition_drop(&cx.caller(), &at, &key, delete_data, environment_in(environment)).await?;
    Ok(true)
}

async fn drop(cx: Cx, args: m::DropPartitionArgs) -> Result<bool> {
    let place = (None, args.db_name.as_deref(), args.tbl_name.as_deref());
    drop_one(&cx, place, key_of_values(args.part_vals)?, args.delete_data, None).await
}

async fn drop_with_environment_context(cx: Cx, args: m::DropPartitionWithEnvironmentContextArgs) -> Result<bool> {
    let place = (None, args.db_name.as_deref(), args.tbl_name.as_deref());
    drop_one(&cx, place, key_of_values(args.part_vals)?, args.delete_data, args.environment_context).await
}

async fn drop_by_name(cx: Cx, args: m::DropPartitionByNameArgs) -> Result<bool> {
    let place = (None, args.db_name.as_deref(), args.tbl_name.as_deref());
    drop_one(&cx, place, key_of_name(args.part_name)?, args.delete_data, None).await
}

async fn drop_by_name_with_environment_context(
    cx: Cx,
    args: m::DropPartitionByNameWithEnvironmentContextArgs,
) -> Result<bool> {
    let place = (None, args.db_name.as_deref(), args.tbl_name.as_deref());
    drop_one(&cx, place, key_of_name(args.part_name)?, args.delete_data, args.environment_context).await
}

async fn drop_req(cx: Cx, args: m::DropPartitionReqArgs) -> Result<bool> {
    let request = given(args.drop_partition_req, "the request")?;
    let key = match request.part_name {
        Some(name) if !name.is_empty() => PartitionKey::Name(name),
        _ => key_of_values(request.part_vals)?,
    };
    let place = (request.cat_name.as_deref(), Some(request.db_name.as_str()), Some(request.tbl_name.as_str()));
    drop_one(&cx, place, key, request.delete_data.unwrap_or_default(), request.environment_context).await
}

async fn drop_many(cx: Cx, args: m::DropPartitionsReqArgs) -> Result<t::DropPartitionsResult> {
    let request = given(args.req, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.tbl_name))?;
    let which = match (request.parts.exprs, request.parts.names) {
        (Some(exprs), _) => PartitionsWhich::Exprs(
            exprs.into_iter().map(|e| DropExpr { bytes: e.expr, archive_level: e.part_archive_level }).collect(),
        ),
        (None, Some(names)) => PartitionsWhich::Names(names),
        (None, None) => return Err(Error::meta("Partition spec is not set: neither names nor expressions")),
    };
    let drop = PartitionsDrop {
        at,
        which,
        delete_data: request.delete_data.unwrap_or_default(),
        if_exists: request.if_exists,
        ignore_protection: request.ignore_protection.unwrap_or_default(),
        environment: environment_in(request.environment_context),
    };
    let (dropped, _) = cx.metastore().partitions_drop(&cx.caller(), &drop).await?;
    let skip_columns = request.skip_column_schema_for_partition.unwrap_or_default();
    let partitions = request.need_result.then(|| {
        let out = dropped.iter().map(|p| {
            let mut partition = partition_out(p, &drop.at);
            if let (true, Some(sd)) = (skip_columns, partition.sd.as_mut()) {
                sd.cols = Some(Vec::new().into());
            }
            partition
        });
        out.collect()
    });
    Ok(t::DropPartitionsResult { partitions })
}

type Specification = Option<Vec<(String, String)>>;

async fn exchange_all(
    cx: &Cx,
    specification: Specification,
    source: (Option<&str>, Option<&str>),
    target: (Option<&str>, Option<&str>),
) -> Result<Vec<t::Partition>> {
    let request = PartitionsExchange {
        specification: given(specification, "the partition specification")?,
        source: cx.table(None, source.0, source.1)?,
        target: cx.table(None, target.0, target.1)?,
    };
    let moved = cx.metastore().partitions_exchange(&cx.caller(), &request).await?;
    Ok(moved.iter().map(|p| partition_out(p, &request.target)).collect())
}

async fn exchange(cx: Cx, args: m::ExchangePartitionArgs) -> Result<t::Partition> {
    let source = (args.source_db.as_deref(), args.source_table_name.as_deref());
    let target = (args.dest_db.as_deref(), args.dest_table_name.as_deref());
    exchange_all(&cx, args.partition_specs, source, target).await?;
    // There may be many; HMS answers an empty one.
    Ok(t::Partition::default())
}

async fn exchange_many(cx: Cx, args: m::ExchangePartitionsArgs) -> Result<Vec<t::Partition>> {
    let source = (args.source_db.as_deref(), args.source_table_name.as_deref());
    let target = (args.dest_db.as_deref(), args.dest_table_name.as_deref());
    exchange_all(&cx, args.partition_specs, source, target).await
}

async fn name_has_valid_characters(cx: Cx, args: m::PartitionNameHasValidCharactersArgs) -> Result<bool> {
    let checked = cx.metastore().partition_values_check(&args.part_vals.unwrap_or_default());
    if args.throw_exception {
        checked?;
        return Ok(true);
    }
    Ok(checked.is_ok())
}

/// Keys and values of a name; none of an empty one.
fn name_parse(name: Option<&str>) -> Result<Vec<(String, String)>> {
    match given(name, "the partition name")? {
        "" => Ok(Vec::new()),
        name => partition_name_parse(name),
    }
}

async fn name_to_spec(_: Cx, args: m::PartitionNameToSpecArgs) -> Result<Vec<(String, String)>> {
    name_parse(args.part_name.as_deref())
}

async fn name_to_values(_: Cx, args: m::PartitionNameToValsArgs) -> Result<Vec<String>> {
    Ok(name_parse(args.part_name.as_deref())?.into_iter().map(|(_, value)| value).collect())
}
