//! Reading partitions: one, all, and those with the first values of a list.

use skep_core::table::Table;
use skep_core::{Error, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use super::partition_reply::partitions_reply;
use crate::catalog::{
    PartitionAnswer, PartitionKey, PartitionPick, PartitionQuery, PartitionReading, PartitionValuesQuery, RequestScope,
    TableRef,
};
use crate::hms::context::{Cx, given};
use crate::hms::convert::partition_encode::Frame;
use crate::hms::convert::partition_list::{PartitionForm, PartitionRights, answer_out};
use crate::hms::convert::partition_spec::specs_out;
use crate::hms::convert::privilege::partition_rights_out;
use crate::hms::routes::{Answer, Routes};

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::GetPartition>(get)
        .on::<m::GetPartitionReq>(get_req)
        .on::<m::GetPartitionByName>(get_by_name)
        .on::<m::GetPartitionWithAuth>(get_with_auth)
        .on_encoded::<m::GetPartitions>(list)
        .on_encoded::<m::GetPartitionsReq>(list_req)
        .on_encoded::<m::GetPartitionsWithAuth>(list_with_auth)
        .on::<m::GetPartitionsPspec>(list_pspec)
        .on_encoded::<m::GetPartitionsPs>(list_ps)
        .on_encoded::<m::GetPartitionsPsWithAuth>(list_ps_with_auth)
        .on_encoded::<m::GetPartitionsPsWithAuthReq>(list_ps_with_auth_req)
        .on::<m::GetPartitionValues>(values)
}

/// Hive's limits: negative is all.
pub fn limit(max: impl Into<i64>) -> Option<usize> {
    usize::try_from(max.into()).ok()
}

/// Who asks, for calls that tell rights.
#[derive(Debug, Clone, Default)]
pub struct Asking {
    pub user: Option<String>,
    pub groups: Option<Vec<String>>,
}

impl Asking {
    /// What partitions say of the user's rights: there only where the table's parameter asks for it.
    async fn rights(&self, cx: &Cx, table: &Table) -> Result<Option<PartitionRights>> {
        let groups = self.groups.as_deref().unwrap_or_default();
        let found = cx.metastore().partition_privileges(table, self.user.as_deref(), groups).await?;
        Ok(found.map(partition_rights_out))
    }
    /// The same in lists, which say it only if both a user and groups were given.
    pub async fn rights_listed(&self, cx: &Cx, table: &Table) -> Result<Option<PartitionRights>> {
        if self.user.is_some() && self.groups.is_some() { self.rights(cx, table).await } else { Ok(None) }
    }
}

/// An answer that is sent as it is made, of whatever size.
pub async fn stream(
    cx: &Cx,
    table: TableRef,
    pick: PartitionPick,
    limit: Option<usize>,
    scope: RequestScope,
) -> Result<PartitionReading> {
    cx.metastore().partitions_stream(&PartitionQuery { table, pick, limit, scope }).await
}

/// An answer that is needed as a whole.
pub async fn read(
    cx: &Cx,
    table: TableRef,
    pick: PartitionPick,
    limit: Option<usize>,
    scope: RequestScope,
) -> Result<PartitionAnswer> {
    cx.metastore().partitions_read(&PartitionQuery { table, pick, limit, scope }).await
}

/// Partitions by their first values.
pub fn prefix(values: Option<Vec<String>>) -> Result<PartitionPick> {
    given(values, "the list of partition values").map(PartitionPick::Prefix)
}

async fn one(cx: &Cx, at: TableRef, key: PartitionKey, asking: Option<Asking>) -> Result<t::Partition> {
    let answer = cx.metastore().partition_get(&at, &key).await?;
    let rights = match asking {
        Some(asking) => asking.rights(cx, answer.table()).await?,
        None => None,
    };
    let form = PartitionForm { rights, ..PartitionForm::default() };
    answer_out(&answer, &form).pop().ok_or_else(|| Error::not_found(format!("{at} partition not found")))
}

async fn get(cx: Cx, args: m::GetPartitionArgs) -> Result<t::Partition> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    one(&cx, at, PartitionKey::Values(given(args.part_vals, "the list of partition values")?), None).await
}

async fn get_req(cx: Cx, args: m::GetPartitionReqArgs) -> Result<t::GetPartitionResponse> {
    let request = given(args.req, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.tbl_name))?;
    let partition = one(&cx, at, PartitionKey::Values(request.part_vals), None).await?;
    Ok(t::GetPartitionResponse { partition })
}

async fn get_by_name(cx: Cx, args: m::GetPartitionByNameArgs) -> Result<t::Partition> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    one(&cx, at, PartitionKey::Name(given(args.part_name, "the partition name")?), None).await
}

async fn get_with_auth(cx: Cx, args: m::GetPartitionWithAuthArgs) -> Result<t::Partition> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    let key = PartitionKey::Values(given(args.part_vals, "the list of partition values")?);
    one(&cx, at, key, Some(Asking { user: args.user_name, groups: args.group_names })).await
}

async fn list(cx: Cx, args: m::GetPartitionsArgs) -> Result<Answer<Vec<t::Partition>>> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    let answer = stream(&cx, at, PartitionPick::All, limit(args.max_parts), RequestScope::Asked).await?;
    partitions_reply(&cx, answer, PartitionForm::default(), Frame::Bare)
}

async fn list_req(cx: Cx, args: m::GetPartitionsReqArgs) -> Result<Answer<t::PartitionsResponse>> {
    let request = given(args.req, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.tbl_name))?;
    let answer = stream(&cx, at, PartitionPick::All, limit(request.max_parts), RequestScope::Asked).await?;
    let form = PartitionForm::new(
        request.skip_column_schema_for_partition,
        request.include_param_key_pattern.as_deref(),
        request.exclude_param_key_pattern.as_deref(),
    );
    partitions_reply(&cx, answer, form, Frame::Struct)
}

async fn list_with_auth(cx: Cx, args: m::GetPartitionsWithAuthArgs) -> Result<Answer<Vec<t::Partition>>> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    let answer = stream(&cx, at, PartitionPick::All, limit(args.max_parts), RequestScope::Asked).await?;
    let asking = Asking { user: args.user_name, groups: args.group_names };
    let rights = asking.rights_listed(&cx, answer.table()).await?;
    partitions_reply(&cx, answer, PartitionForm { rights, ..PartitionForm::default() }, Frame::Bare)
}

async fn list_pspec(cx: Cx, args: m::GetPartitionsPspecArgs) -> Result<Vec<t::PartitionSpec>> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    let answer = read(&cx, at, PartitionPick::All, limit(args.max_parts), RequestScope::Asked).await?;
    Ok(specs_out(&answer, &PartitionForm::default()))
}

async fn list_ps(cx: Cx, args: m::GetPartitionsPsArgs) -> Result<Answer<Vec<t::Partition>>> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    let answer = stream(&cx, at, prefix(args.part_vals)?, limit(args.max_parts), RequestScope::Found).await?;
    partitions_reply(&cx, answer, PartitionForm::default(), Frame::Bare)
}

async fn list_ps_with_auth(cx: Cx, args: m::GetPartitionsPsWithAuthArgs) -> Result<Answer<Vec<t::Partition>>> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    let answer = stream(&cx, at, prefix(args.part_vals)?, limit(args.max_parts), RequestScope::Found).await?;
    let asking = Asking { user: args.user_name, groups: args.group_names };
    let rights = asking.rights_listed(&cx, answer.table()).await?;
    partitions_reply(&cx, answer, PartitionForm { rights, ..PartitionForm::default() }, Frame::Bare)
}

async fn list_ps_with_auth_req(
    cx: Cx,
    args: m::GetPartitionsPsWithAuthReqArgs,
) -> Result<Answer<t::GetPartitionsPsWithAuthResponse>> {
    let request = given(args.req, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.tbl_name))?;
    let pick = match request.part_names {
        Some(names) => PartitionPick::Names(names),
        // Hive 4's client asks so for all partitions.
        None => request.part_vals.map_or(PartitionPick::All, PartitionPick::Prefix),
    };
    let answer = stream(&cx, at, pick, limit(request.max_parts), RequestScope::Found).await?;
    let mut form = PartitionForm::new(
        request.skip_column_schema_for_partition,
        request.include_param_key_pattern.as_deref(),
        request.exclude_param_key_pattern.as_deref(),
    );
    let asking = Asking { user: request.user_name, groups: request.group_names };
    form.rights = asking.rights_listed(&cx, answer.table()).await?;
    partitions_reply(&cx, answer, form, Frame::Struct)
}

async fn values(cx: Cx, args: m::GetPartitionValuesArgs) -> Result<t::PartitionValuesResponse> {
    let request = given(args.request, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.tbl_name))?;
    let names = |keys: Vec<t::FieldSchema>| -> Result<Vec<String>> {
        keys.into_iter().map(|key| given(key.name, "the name of a partition key")).collect()
    };
    let query = PartitionValuesQuery {
        keys: names(request.partition_keys)?,
        filter: request.filter,
        distinct: request.apply_distinct,
        order: names(request.partition_order.unwrap_or_default())?,
        descending: !request.ascending,
        limit: limit(request.max_parts),
    };
    let rows = cx.metastore().partition_values(&at, &query).await?;
    let partition_values = rows.into_iter().map(|row| t::PartitionValuesRow { row }).collect();
    Ok(t::PartitionValuesResponse { partition_values })
}
