//! Tables: creating, altering, dropping, truncating.

use std::sync::Arc;

use skep_core::table::{Parameters, TableType};
use skep_core::{Error, Kind, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::catalog::{PrivilegeObject, TableAlter, TableCreate, TableRef};
use crate::hms::context::{Cx, given};
use crate::hms::convert::common::environment_in;
use crate::hms::convert::constraint::{Constraints, constraints_in};
use crate::hms::convert::privilege::privilege_set_in;
use crate::hms::convert::statistics::statistics_in;
use crate::hms::convert::table::{creation_metadata_in, table_in, table_out};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::CreateTable>(create)
        .on::<m::CreateTableWithEnvironmentContext>(create_with_environment_context)
        .on::<m::CreateTableWithConstraints>(create_with_constraints)
        .on::<m::CreateTableReq>(create_req)
        .on::<m::TranslateTableDryrun>(translate_dryrun)
        .on::<m::AlterTable>(alter)
        .on::<m::AlterTableWithCascade>(alter_with_cascade)
        .on::<m::AlterTableWithEnvironmentContext>(alter_with_environment_context)
        .on::<m::AlterTableReq>(alter_req)
        .on::<m::UpdateCreationMetadata>(update_creation_metadata)
        .on::<m::DropTable>(drop)
        .on::<m::DropTableWithEnvironmentContext>(drop_with_environment_context)
        .on::<m::DropTableReq>(drop_req)
        .on::<m::TruncateTable>(truncate)
        .on::<m::TruncateTableReq>(truncate_req)
}

/// The table of a create call; catalog and database are read out of `@cat#db`.
fn table_of(cx: &Cx, table: t::Table) -> Result<skep_core::table::Table> {
    let at = cx.table(table.cat_name.as_deref(), table.db_name.as_deref(), table.table_name.as_deref())?;
    let table = t::Table {
        cat_name: Some(at.catalog.clone()),
        db_name: Some(at.database),
        table_name: Some(at.table),
        ..table
    };
    table_in(table, &at.catalog)
}

async fn table_create(
    cx: &Cx,
    table: Option<t::Table>,
    environment: Option<t::EnvironmentContext>,
    processor_capabilities: Option<Vec<String>>,
    constraints: Constraints,
) -> Result<()> {
    let mut table = given(table, "the table")?;
    let statistics = table.col_stats.take().map_or_else(|| Ok(Vec::new()), statistics_in)?;
    let privileges = table.privileges.take();
    let table = table_of(cx, table)?;
    let at = TableRef::new(&table.catalog, &table.database, &table.name);
    let object = PrivilegeObject::Table { catalog: at.catalog, database: at.database, table: at.table };
    let constraints = constraints_in(constraints, &table.catalog)?;
    let request = TableCreate {
        table,
        environment: environment_in(environment),
        processor_capabilities,
        constraints,
        statistics,
        privileges: privileges.map_or_else(Vec::new, |set| privilege_set_in(set, &object)),
    };
    cx.metastore().table_create(&cx.caller(), request).await
}

async fn create(cx: Cx, args: m::CreateTableArgs) -> Result<()> {
    table_create(&cx, args.tbl, None, None, Constraints::default()).await
}

async fn create_with_environment_context(cx: Cx, args: m::CreateTableWithEnvironmentContextArgs) -> Result<()> {
    table_create(&cx, args.tbl, args.environment_context, None, Constraints::default()).await
}

async fn create_with_constraints(cx: Cx, args: m::CreateTableWithConstraintsArgs) -> Result<()> {
    let constraints = Constraints {
        primary_keys: args.primary_keys,
        foreign_keys: args.foreign_keys,
        unique: args.unique_constraints,
        not_null: args.not_null_constraints,
        default: args.default_constraints,
        check: args.check_constraints,
    };
    table_create(&cx, args.tbl, None, None, constraints).await
}

async fn create_req(cx: Cx, args: m::CreateTableReqArgs) -> Result<()> {
    let request = given(args.request, "the request")?;
    let constraints = Constraints {
        primary_keys: request.primary_keys,
        foreign_keys: request.foreign_keys,
        unique: request.unique_constraints,
        not_null: request.not_null_constraints,
        default: request.default_constraints,
        check: request.check_constraints,
    };
    table_create(&cx, Some(request.table), request.env_context, request.processor_capabilities, constraints).await
}

async fn translate_dryrun(cx: Cx, args: m::TranslateTableDryrunArgs) -> Result<t::Table> {
    let request = given(args.request, "the request")?;
    let table = table_of(&cx, request.table)?;
    Ok(table_out(&cx.metastore().table_translate(table, request.processor_capabilities).await?))
}

/// What all spellings of alter come down to; a spelling names what it has.
#[derive(Default)]
struct Alter<'a> {
    catalog: Option<&'a str>,
    database: Option<&'a str>,
    table: Option<&'a str>,
    new: Option<t::Table>,
    environment: Parameters,
    cascade: bool,
    expected: Option<(String, String)>,
}

async fn table_alter(cx: &Cx, alter: Alter<'_>) -> Result<()> {
    let at = cx.table(alter.catalog, alter.database, alter.table)?;
    let new = given(alter.new, "the new table")?;
    let environment = alter.environment;
    let cascade = alter.cascade || environment.get("CASCADE").is_some_and(|v| v.eq_ignore_ascii_case("true"));
    let expected = alter.expected.or_else(|| {
        Some((environment.get("expected_parameter_key")?.clone(), environment.get("expected_parameter_value")?.clone()))
    });
    let (catalog, _) =
        cx.database_maybe(Some(new.cat_name.as_deref().unwrap_or(&at.catalog)), new.db_name.as_deref())?;
    let new = t::Table { cat_name: Some(catalog), ..new };
    let new = table_in(new, &at.catalog)?;
    cx.metastore().table_alter(&cx.caller(), TableAlter { at, new, environment, cascade, expected }).await
}

async fn alter(cx: Cx, args: m::AlterTableArgs) -> Result<()> {
    let alter = Alter {
        database: args.dbname.as_deref(),
        table: args.tbl_name.as_deref(),
        new: args.new_tbl,
        ..Alter::default()
    };
    table_alter(&cx, alter).await
}

async fn alter_with_cascade(cx: Cx, args: m::AlterTableWithCascadeArgs) -> Result<()> {
    let alter = Alter {
        database: args.dbname.as_deref(),
        table: args.tbl_name.as_deref(),
        new: args.new_tbl,
        cascade: args.cascade,
        ..Alter::default()
    };
    table_alter(&cx, alter).await
}

async fn alter_with_environment_context(cx: Cx, args: m::AlterTableWithEnvironmentContextArgs) -> Result<()> {
    let alter = Alter {
        database: args.dbname.as_deref(),
        table: args.tbl_name.as_deref(),
        new: args.new_tbl,
        environment: environment_in(args.environment_context),
        ..Alter::default()
    };
    table_alter(&cx, alter).await
}

async fn alter_req(cx: Cx, args: m::AlterTableReqArgs) -> Result<t::AlterTableResponse> {
    let request = given(args.req, "the request")?;
    let alter = Alter {
        catalog: request.cat_name.as_deref(),
        database: Some(&request.db_name),
        table: Some(&request.table_name),
        new: Some(request.table),
        environment: environment_in(request.environment_context),
        expected: request.expected_parameter_key.zip(request.expected_parameter_value),
        ..Alter::default()
    };
    table_alter(&cx, alter).await?;
    Ok(t::AlterTableResponse {})
}

async fn update_creation_metadata(cx: Cx, args: m::UpdateCreationMetadataArgs) -> Result<()> {
    let at = cx.table(args.cat_name.as_deref(), args.dbname.as_deref(), args.tbl_name.as_deref())?;
    let metadata = creation_metadata_in(given(args.creation_metadata, "the creation metadata")?);
    let old = cx.metastore().table_get(&at).await.map_err(|e| e.recast(Kind::NotFound, Kind::InvalidOperation))?;
    let mut new = Arc::unwrap_or_clone(old);
    if new.table_type != TableType::MaterializedView {
        return Err(Error::invalid_operation(format!("{at} is no materialized view")));
    }
    new.creation_metadata = Some(metadata);
    let environment = [("DO_NOT_UPDATE_STATS".to_owned(), "true".to_owned())].into();
    let alter = TableAlter { at, new, environment, cascade: false, expected: None };
    cx.metastore().table_alter(&cx.caller(), alter).await
}

async fn table_drop(
    cx: &Cx,
    place: (Option<&str>, Option<&str>, Option<&str>),
    delete_data: bool,
    environment: Option<t::EnvironmentContext>,
) -> Result<()> {
    let at = cx.table(place.0, place.1, place.2)?;
    cx.metastore().table_drop(&cx.caller(), &at, delete_data, &environment_in(environment)).await
}

async fn drop(cx: Cx, args: m::DropTableArgs) -> Result<()> {
    table_drop(&cx, (None, args.dbname.as_deref(), args.name.as_deref()), args.delete_data, None).await
}

async fn drop_with_environment_context(cx: Cx, args: m::DropTableWithEnvironmentContextArgs) -> Result<()> {
    let place = (None, args.dbname.as_deref(), args.name.as_deref());
    table_drop(&cx, place, args.delete_data, args.environment_context).await
}

async fn drop_req(cx: Cx, args: m::DropTableReqArgs) -> Result<()> {
    let request = given(args.drop_table_req, "the request")?;
    let place = (request.catalog_name.as_deref(), Some(request.db_name.as_str()), Some(request.table_name.as_str()));
    table_drop(&cx, place, request.delete_data.unwrap_or_default(), request.env_context).await
}

async fn truncate(cx: Cx, args: m::TruncateTableArgs) -> Result<()> {
    let at = cx.table(None, args.db_name.as_deref(), args.table_name.as_deref())?;
    let names = args.part_names.as_deref();
    cx.metastore().table_truncate(&cx.caller(), &at, names, &Parameters::new()).await
}

async fn truncate_req(cx: Cx, args: m::TruncateTableReqArgs) -> Result<t::TruncateTableResponse> {
    let request = given(args.req, "the request")?;
    let at = cx.table(None, Some(&request.db_name), Some(&request.table_name))?;
    let environment = environment_in(request.environment_context);
    cx.metastore().table_truncate(&cx.caller(), &at, request.part_names.as_deref(), &environment).await?;
    Ok(t::TruncateTableResponse {})
}
