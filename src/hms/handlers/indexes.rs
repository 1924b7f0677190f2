//! Indexes, which Hive has had none of since 3.0: tables are answered for as tables without any (`semantics.md §15`).

use skep_core::{Error, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::hms::context::Cx;
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::AddIndex>(add)
        .on::<m::AlterIndex>(alter)
        .on::<m::DropIndexByName>(drop)
        .on::<m::GetIndexByName>(get)
        .on::<m::GetIndexes>(list)
        .on::<m::GetIndexNames>(names)
}

const GONE: &str = "indexes are not supported: Hive has none since 3.0";

fn missing(database: Option<&str>, table: Option<&str>, index: Option<&str>) -> Error {
    let shown = |name: Option<&str>| name.unwrap_or("null").to_owned();
    Error::not_found(format!("{}.{} index={} not found", shown(database), shown(table), shown(index)))
}

async fn add(_: Cx, _: m::AddIndexArgs) -> Result<t::Index> {
    Err(Error::invalid_object(GONE))
}

async fn alter(_: Cx, _: m::AlterIndexArgs) -> Result<()> {
    Err(Error::invalid_operation(GONE))
}

async fn drop(_: Cx, args: m::DropIndexByNameArgs) -> Result<bool> {
    Err(missing(args.db_name.as_deref(), args.tbl_name.as_deref(), args.index_name.as_deref()))
}

async fn get(_: Cx, args: m::GetIndexByNameArgs) -> Result<t::Index> {
    Err(missing(args.db_name.as_deref(), args.tbl_name.as_deref(), args.index_name.as_deref()))
}

async fn list(_: Cx, _: m::GetIndexesArgs) -> Result<Vec<t::Index>> {
    Ok(Vec::new())
}

async fn names(_: Cx, _: m::GetIndexNamesArgs) -> Result<Vec<String>> {
    Ok(Vec::new())
}
