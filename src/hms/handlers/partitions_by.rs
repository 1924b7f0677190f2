//! Reading partitions by names, filters, expressions and specifications.

use std::collections::{BTreeMap, BTreeSet};

use skep_core::rows::RowView;
use skep_core::stats::{Accuracy, COLUMN_STATS_ACCURATE};
use skep_core::{Error, Kind, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use super::partition_reply::{names_reply, partitions_reply};
use super::partitions_read::{Asking, limit, read, stream};
use crate::catalog::{PartitionAnswer, PartitionExpr, PartitionPick, PartitionQuery, RequestScope, TableRef};
use crate::hms::context::{Cx, given};
use crate::hms::convert::partition_encode::Frame;
use crate::hms::convert::partition_list::{PartitionForm, answer_out};
use crate::hms::convert::partition_projection::Projection;
use crate::hms::convert::partition_spec::{specs_grouped, specs_out};
use crate::hms::convert::statistics::statistics_out;
use crate::hms::routes::{Answer, Routes};

pub fn routes() -> Routes {
    Routes::default()
        .on_encoded::<m::GetPartitionsByNames>(by_names)
        .on_encoded::<m::GetPartitionsByNamesReq>(by_names_req)
        .on_encoded::<m::GetPartitionsByFilter>(by_filter)
        .on_encoded::<m::GetPartitionsByFilterReq>(by_filter_req)
        .on::<m::GetNumPartitionsByFilter>(count_by_filter)
        .on::<m::GetPartSpecsByFilter>(specs_by_filter)
        .on_encoded::<m::GetPartitionsByExpr>(by_expr)
        .on::<m::GetPartitionsSpecByExpr>(specs_by_expr)
        .on_encoded::<m::GetPartitionNamesReq>(names_by_expr)
        .on::<m::GetPartitionsWithSpecs>(with_specs)
}

fn named(at: TableRef, names: Option<Vec<String>>) -> Result<PartitionQuery> {
    let pick = PartitionPick::Names(given(names, "the list of partition names")?);
    Ok(PartitionQuery { table: at, pick, limit: None, scope: RequestScope::Asked })
}

async fn by_names(cx: Cx, args: m::GetPartitionsByNamesArgs) -> Result<Answer<Vec<t::Partition>>> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    let answer = cx.metastore().partitions_stream(&named(at, args.names)?).await?;
    partitions_reply(&cx, answer, PartitionForm::default(), Frame::Bare)
}

async fn by_names_req(cx: Cx, args: m::GetPartitionsByNamesReqArgs) -> Result<Answer<t::GetPartitionsByNamesResult>> {
    let request = given(args.req, "the request")?;
    let at = cx.table(None, Some(&request.db_name), Some(&request.tbl_name))?;
    // Hive declares both for a missing table and throws this one here, but for a name that is empty.
    let is_named = !at.database.is_empty() && !at.table.is_empty();
    let missing = if is_named { Kind::InvalidObject } else { Kind::NotFound };
    let query = named(at.clone(), request.names)?;
    let recast = |error: Error| error.recast(Kind::NotFound, missing);
    let form = PartitionForm::new(
        request.skip_column_schema_for_partition,
        request.include_param_key_pattern.as_deref(),
        request.exclude_param_key_pattern.as_deref(),
    );
    if request.get_col_stats.unwrap_or_default() {
        let answer = cx.metastore().partitions_read(&query).await.map_err(recast)?;
        let partitions = with_statistics(&cx, &at, &request.engine, &answer, &form).await?;
        return Ok(Answer::Value(t::GetPartitionsByNamesResult { partitions, dictionary: None }));
    }
    let answer = cx.metastore().partitions_stream(&query).await.map_err(recast)?;
    partitions_reply(&cx, answer, form, Frame::Struct)
}

/// Partitions with the statistics of the columns that each of them says are accurate.
async fn with_statistics(
    cx: &Cx,
    at: &TableRef,
    engine: &str,
    answer: &PartitionAnswer,
    form: &PartitionForm,
) -> Result<Vec<t::Partition>> {
    let accurate: Vec<Accuracy> = answer.rows().iter().map(accuracy).collect();
    let columns: BTreeSet<String> = accurate.iter().flat_map(Accuracy::columns).map(str::to_owned).collect();
    let columns: Vec<String> = columns.into_iter().collect();
    let mut found = if columns.is_empty() {
        BTreeMap::new()
    } else {
        cx.metastore().partition_statistics(at, engine, &answer.names(), &columns).await?
    };
    let mut partitions = answer_out(answer, form);
    for ((row, accuracy), partition) in answer.rows().iter().zip(&accurate).zip(&mut partitions) {
        let mut columns = found.remove(&row.name()).unwrap_or_default();
        columns.retain(|column| accuracy.column(&column.column));
        if !columns.is_empty() {
            partition.col_stats = Some(statistics_out(columns, at, Some(&row.name()), engine));
        }
    }
    Ok(partitions)
}

fn accuracy(row: &RowView<'_>) -> Accuracy {
    let text = row.parameters().find(|(key, _)| *key == COLUMN_STATS_ACCURATE).map(|(_, text)| text);
    text.map_or_else(Accuracy::default, Accuracy::parse)
}

/// No filter keeps everything.
fn filter(text: Option<String>) -> PartitionPick {
    PartitionPick::Filter(text.unwrap_or_default())
}

async fn by_filter(cx: Cx, args: m::GetPartitionsByFilterArgs) -> Result<Answer<Vec<t::Partition>>> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    let answer = stream(&cx, at, filter(args.filter), limit(args.max_parts), RequestScope::Asked).await?;
    partitions_reply(&cx, answer, PartitionForm::default(), Frame::Bare)
}

async fn by_filter_req(cx: Cx, args: m::GetPartitionsByFilterReqArgs) -> Result<Answer<Vec<t::Partition>>> {
    let request = given(args.req, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), request.db_name.as_deref(), request.tbl_name.as_deref())?;
    let answer = stream(&cx, at, filter(request.filter), limit(request.max_parts), RequestScope::Asked).await?;
    let form = PartitionForm::new(
        request.skip_column_schema_for_partition,
        request.include_param_key_pattern.as_deref(),
        request.exclude_param_key_pattern.as_deref(),
    );
    partitions_reply(&cx, answer, form, Frame::Bare)
}

async fn count_by_filter(cx: Cx, args: m::GetNumPartitionsByFilterArgs) -> Result<i32> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    let count = cx.metastore().partition_count(&at, args.filter).await?;
    i32::try_from(count).map_err(|_| Error::meta(format!("{at} has {count} such partitions, more than an i32 holds")))
}

async fn specs_by_filter(cx: Cx, args: m::GetPartSpecsByFilterArgs) -> Result<Vec<t::PartitionSpec>> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    let answer = read(&cx, at, filter(args.filter), limit(args.max_parts), RequestScope::Asked).await?;
    Ok(specs_out(&answer, &PartitionForm::default()))
}

/// What an expression asks for, and the form that the request wants it in.
fn expressed(
    cx: &Cx,
    request: t::PartitionsByExprRequest,
    scope: RequestScope,
) -> Result<(PartitionQuery, PartitionForm)> {
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.tbl_name))?;
    let form = PartitionForm::new(
        request.skip_column_schema_for_partition,
        request.include_param_key_pattern.as_deref(),
        request.exclude_param_key_pattern.as_deref(),
    );
    let expr =
        PartitionExpr { bytes: request.expr, default_partition: request.default_partition_name, order: request.order };
    let (pick, limit) = (PartitionPick::Expr(expr), limit(request.max_parts));
    Ok((PartitionQuery { table: at, pick, limit, scope }, form))
}

async fn by_expr(cx: Cx, args: m::GetPartitionsByExprArgs) -> Result<Answer<t::PartitionsByExprResult>> {
    let (query, form) = expressed(&cx, given(args.req, "the request")?, RequestScope::Found)?;
    let answer = cx.metastore().partitions_stream(&query).await?;
    let frame = Frame::Unknown(answer.has_unknown());
    partitions_reply(&cx, answer, form, frame)
}

async fn specs_by_expr(cx: Cx, args: m::GetPartitionsSpecByExprArgs) -> Result<t::PartitionsSpecByExprResult> {
    let (query, form) = expressed(&cx, given(args.req, "the request")?, RequestScope::Found)?;
    let answer = cx.metastore().partitions_read(&query).await?;
    let partitions_spec = specs_grouped(&answer, &form, &Projection::default());
    Ok(t::PartitionsSpecByExprResult { partitions_spec, has_unknown_partitions: answer.has_unknown })
}

async fn names_by_expr(cx: Cx, args: m::GetPartitionNamesReqArgs) -> Result<Answer<Vec<String>>> {
    let (query, _) = expressed(&cx, given(args.req, "the request")?, RequestScope::Unlimited)?;
    let answer = cx.metastore().partitions_stream(&query).await?;
    names_reply(&cx, answer, Frame::Bare)
}

async fn with_specs(cx: Cx, args: m::GetPartitionsWithSpecsArgs) -> Result<t::GetPartitionsResponse> {
    let request = given(args.request, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), request.db_name.as_deref(), request.tbl_name.as_deref())?;
    let projection = request.projection_spec.unwrap_or_default();
    let wanted = Projection::new(&projection.field_list.unwrap_or_default())?;
    let (pick, scope) = picked(request.filter_spec.unwrap_or_default())?;
    let answer = read(&cx, at, pick, None, scope).await?;
    let mut form = PartitionForm::new(
        None,
        projection.include_param_key_pattern.as_deref(),
        projection.exclude_param_key_pattern.as_deref(),
    );
    if request.with_auth.unwrap_or_default() {
        let asking = Asking { user: request.user, groups: request.group_names };
        form.rights = asking.rights_listed(&cx, answer.table()).await?;
    }
    Ok(t::GetPartitionsResponse { partition_spec: Some(specs_grouped(&answer, &form, &wanted)) })
}

/// What a filter specification picks (semantics §7).
fn picked(spec: t::GetPartitionsFilterSpec) -> Result<(PartitionPick, RequestScope)> {
    let Some(mode) = spec.filter_mode else { return Ok((PartitionPick::All, RequestScope::Asked)) };
    let filters = spec.filters.filter(|filters| !filters.is_empty()).ok_or_else(|| {
        let mode = mode.name().unwrap_or("an unknown one");
        Error::meta(format!("The filter mode is {mode}, but there are no filters"))
    })?;
    match mode {
        t::PartitionFilterMode::BY_NAMES => Ok((PartitionPick::Names(filters), RequestScope::Asked)),
        t::PartitionFilterMode::BY_VALUES => Ok((PartitionPick::Prefix(filters), RequestScope::Found)),
        t::PartitionFilterMode::BY_EXPR => {
            let all: Vec<String> = filters.iter().map(|filter| format!("({filter})")).collect();
            Ok((PartitionPick::Filter(all.join(" AND ")), RequestScope::Found))
        }
        other => Err(Error::meta(format!("{} is not a filter mode: these are BY_NAMES, BY_VALUES, BY_EXPR", other.0))),
    }
}
