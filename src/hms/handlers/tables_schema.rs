//! Columns of tables.

use skep_core::Result;
use skep_thrift::methods as m;
use skep_thrift::types as t;

use super::tables::columns_of;
use crate::hms::context::{Cx, given};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::GetFields>(fields)
        .on::<m::GetFieldsWithEnvironmentContext>(fields_with_environment_context)
        .on::<m::GetFieldsReq>(fields_req)
        .on::<m::GetSchema>(schema)
        .on::<m::GetSchemaWithEnvironmentContext>(schema_with_environment_context)
        .on::<m::GetSchemaReq>(schema_req)
}

async fn fields(cx: Cx, args: m::GetFieldsArgs) -> Result<Vec<t::FieldSchema>> {
    columns_of(&cx, (None, args.db_name.as_deref(), args.table_name.as_deref()), false).await
}

async fn fields_with_environment_context(
    cx: Cx,
    args: m::GetFieldsWithEnvironmentContextArgs,
) -> Result<Vec<t::FieldSchema>> {
    columns_of(&cx, (None, args.db_name.as_deref(), args.table_name.as_deref()), false).await
}

async fn fields_req(cx: Cx, args: m::GetFieldsReqArgs) -> Result<t::GetFieldsResponse> {
    let request = given(args.req, "the request")?;
    let place = (request.cat_name.as_deref(), Some(request.db_name.as_str()), Some(request.tbl_name.as_str()));
    Ok(t::GetFieldsResponse { fields: columns_of(&cx, place, false).await? })
}

async fn schema(cx: Cx, args: m::GetSchemaArgs) -> Result<Vec<t::FieldSchema>> {
    columns_of(&cx, (None, args.db_name.as_deref(), args.table_name.as_deref()), true).await
}

async fn schema_with_environment_context(
    cx: Cx,
    args: m::GetSchemaWithEnvironmentContextArgs,
) -> Result<Vec<t::FieldSchema>> {
    columns_of(&cx, (None, args.db_name.as_deref(), args.table_name.as_deref()), true).await
}

async fn schema_req(cx: Cx, args: m::GetSchemaReqArgs) -> Result<t::GetSchemaResponse> {
    let request = given(args.req, "the request")?;
    let place = (request.cat_name.as_deref(), Some(request.db_name.as_str()), Some(request.tbl_name.as_str()));
    Ok(t::GetSchemaResponse { fields: columns_of(&cx, place, true).await? })
}
