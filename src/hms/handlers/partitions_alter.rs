//! Partitions: altering and renaming.

use skep_core::partition::Partition;
use skep_core::table::Parameters;
use skep_core::{Error, Kind, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use super::partitions_add::columns_set;
use crate::catalog::{PartitionRename, PartitionsAlter, TableRef};
use crate::hms::context::{Cx, given};
use crate::hms::convert::common::{columns_in, environment_in};
use crate::hms::convert::partition_spec_in::partitions_in;
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::AlterPartition>(alter)
        .on::<m::AlterPartitionWithEnvironmentContext>(alter_with_environment_context)
        .on::<m::AlterPartitions>(alter_many)
        .on::<m::AlterPartitionsWithEnvironmentContext>(alter_many_with_environment_context)
        .on::<m::AlterPartitionsReq>(alter_req)
        .on::<m::RenamePartition>(rename)
        .on::<m::RenamePartitionReq>(rename_req)
}

type Place<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);

/// Takes the partitions of a call for a table; each must name it. A table that is not there is the first error.
async fn partitions_of(cx: &Cx, at: &TableRef, sent: Vec<t::Partition>) -> Result<Vec<Partition>> {
    let is = |given: &Option<String>, name: &str| given.as_ref().is_some_and(|g| g.eq_ignore_ascii_case(name));
    if !sent.iter().all(|p| is(&p.db_name, &at.database) && is(&p.table_name, &at.table)) {
        cx.metastore().table_get(at).await.map_err(|e| e.recast(Kind::NotFound, Kind::InvalidOperation))?;
        return Err(Error::meta(format!("A partition must name the database and the table of the call, {at}")));
    }
    Ok(partitions_in(sent).into_iter().map(|p| p.partition).collect())
}

async fn alter_one(
    cx: &Cx,
    place: Place<'_>,
    partition: Option<t::Partition>,
    environment: Option<t::EnvironmentContext>,
) -> Result<()> {
    let at = cx.table(place.0, place.1, place.2)?;
    let partitions = partitions_of(cx, &at, vec![given(partition, "the new partition")?]).await?;
    let environment = environment_in(environment);
    let request = PartitionsAlter { at, partitions, fill_columns: false, environment };
    cx.metastore().partitions_alter(&cx.caller(), &request).await
}

async fn alter_all(
    cx: &Cx,
    place: Place<'_>,
    partitions: Vec<t::Partition>,
    environment: Option<t::EnvironmentContext>,
) -> Result<()> {
    let at = cx.table(place.0, place.1, place.2)?;
    let partitions = partitions_of(cx, &at, partitions).await?;
    let environment = environment_in(environment);
    let request = PartitionsAlter { at, partitions, fill_columns: true, environment };
    cx.metastore().partitions_alter(&cx.caller(), &request).await
}

async fn alter(cx: Cx, args: m::AlterPartitionArgs) -> Result<()> {
    alter_one(&cx, (None, args.db_name.as_deref(), args.tbl_name.as_deref()), args.new_part, None).await
}

async fn alter_with_environment_context(cx: Cx, args: m::AlterPartitionWithEnvironmentContextArgs) -> Result<()> {
    let place = (None, args.db_name.as_deref(), args.tbl_name.as_deref());
    alter_one(&cx, place, args.new_part, args.environment_context).await
}

async fn alter_many(cx: Cx, args: m::AlterPartitionsArgs) -> Result<()> {
    let partitions = given(args.new_parts, "the list of partitions")?;
    alter_all(&cx, (None, args.db_name.as_deref(), args.tbl_name.as_deref()), partitions, None).await
}

async fn alter_many_with_environment_context(cx: Cx, args: m::AlterPartitionsWithEnvironmentContextArgs) -> Result<()> {
    let partitions = given(args.new_parts, "the list of partitions")?;
    let place = (None, args.db_name.as_deref(), args.tbl_name.as_deref());
    alter_all(&cx, place, partitions, args.environment_context).await
}

async fn alter_req(cx: Cx, args: m::AlterPartitionsReqArgs) -> Result<t::AlterPartitionsResponse> {
    let request = given(args.req, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.table_name))?;
    let mut partitions = partitions_of(&cx, &at, request.partitions).await?;
    let shared = request.partition_col_schema.filter(|_| request.skip_column_schema_for_partition.unwrap_or_default());
    if let Some(columns) = shared.map(columns_in) {
        for partition in &mut partitions {
            columns_set(partition, &columns);
        }
    }
    if request.write_id > 0 {
        for partition in &mut partitions {
            partition.write_id = Some(request.write_id);
        }
    }
    let environment = environment_in(request.environment_context);
    let alter = PartitionsAlter { at, partitions, fill_columns: true, environment };
    cx.metastore().partitions_alter(&cx.caller(), &alter).await?;
    Ok(t::AlterPartitionsResponse {})
}

async fn rename_one(
    cx: &Cx,
    place: Place<'_>,
    old_values: Option<Vec<String>>,
    partition: Option<t::Partition>,
) -> Result<()> {
    let old_values = old_values.unwrap_or_default();
    if old_values.is_empty() {
        // Without old values it is an alter of what the new ones name.
        return alter_one(cx, place, partition, None).await;
    }
    let at = cx.table(place.0, place.1, place.2)?;
    let new = partitions_of(cx, &at, vec![given(partition, "the new partition")?]).await?;
    let new = new.into_iter().next().ok_or_else(|| Error::meta("the new partition is null"))?;
    let request = PartitionRename { at, old_values, new, environment: Parameters::new() };
    cx.metastore().partition_rename(&cx.caller(), &request).await
}

async fn rename(cx: Cx, args: m::RenamePartitionArgs) -> Result<()> {
    let place = (None, args.db_name.as_deref(), args.tbl_name.as_deref());
    rename_one(&cx, place, args.part_vals, args.new_part).await
}

async fn rename_req(cx: Cx, args: m::RenamePartitionReqArgs) -> Result<t::RenamePartitionResponse> {
    let request = given(args.req, "the request")?;
    // Hive copies only what a transaction writes; without a write id it renames.
    if request.clone_part.unwrap_or_default() && request.new_part.write_id.is_some_and(|id| id > 0) {
        return Err(Error::meta(
            "rename_partition_req: clonePart with a writeId copies the directory and leaves the old one to Hive's \
             cleaner, which is not here; rename without clonePart",
        ));
    }
    let place = (request.cat_name.as_deref(), Some(request.db_name.as_str()), Some(request.table_name.as_str()));
    rename_one(&cx, place, Some(request.part_vals), Some(request.new_part)).await?;
    Ok(t::RenamePartitionResponse {})
}
