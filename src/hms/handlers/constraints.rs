//! Constraints.

use skep_core::{Error, Kind, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::catalog::{ForeignKeyQuery, TableRef};
use crate::hms::context::{Cx, given};
use crate::hms::convert::constraint::{Constraints, constraint_out, constraints_in};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::GetPrimaryKeys>(primary_keys)
        .on::<m::GetForeignKeys>(foreign_keys)
        .on::<m::GetUniqueConstraints>(unique)
        .on::<m::GetNotNullConstraints>(not_null)
        .on::<m::GetDefaultConstraints>(default)
        .on::<m::GetCheckConstraints>(check)
        .on::<m::GetAllTableConstraints>(all)
        .on::<m::AddPrimaryKey>(primary_key_add)
        .on::<m::AddForeignKey>(foreign_key_add)
        .on::<m::AddUniqueConstraint>(unique_add)
        .on::<m::AddNotNullConstraint>(not_null_add)
        .on::<m::AddDefaultConstraint>(default_add)
        .on::<m::AddCheckConstraint>(check_add)
        .on::<m::DropConstraint>(drop)
}

async fn all_of(cx: &Cx, catalog: Option<&str>, db: &str, table: &str) -> Result<t::SQLAllTableConstraints> {
    let at = cx.table(catalog, Some(db), Some(table))?;
    let mut out = t::SQLAllTableConstraints {
        primary_keys: Some(Vec::new()),
        foreign_keys: Some(Vec::new()),
        unique_constraints: Some(Vec::new()),
        not_null_constraints: Some(Vec::new()),
        default_constraints: Some(Vec::new()),
        check_constraints: Some(Vec::new()),
    };
    for constraint in cx.metastore().constraint_list(&at).await? {
        constraint_out(&at, constraint, &mut out);
    }
    Ok(out)
}

async fn all(cx: Cx, args: m::GetAllTableConstraintsArgs) -> Result<t::AllTableConstraintsResponse> {
    let request = given(args.request, "the request")?;
    let all = all_of(&cx, Some(&request.cat_name), &request.db_name, &request.tbl_name).await?;
    Ok(t::AllTableConstraintsResponse { all_table_constraints: all })
}

async fn primary_keys(cx: Cx, args: m::GetPrimaryKeysArgs) -> Result<t::PrimaryKeysResponse> {
    let request = given(args.request, "the request")?;
    let all = all_of(&cx, request.cat_name.as_deref(), &request.db_name, &request.tbl_name).await?;
    Ok(t::PrimaryKeysResponse { primary_keys: all.primary_keys.unwrap_or_default() })
}

async fn unique(cx: Cx, args: m::GetUniqueConstraintsArgs) -> Result<t::UniqueConstraintsResponse> {
    let request = given(args.request, "the request")?;
    let all = all_of(&cx, Some(&request.cat_name), &request.db_name, &request.tbl_name).await?;
    Ok(t::UniqueConstraintsResponse { unique_constraints: all.unique_constraints.unwrap_or_default() })
}

async fn not_null(cx: Cx, args: m::GetNotNullConstraintsArgs) -> Result<t::NotNullConstraintsResponse> {
    let request = given(args.request, "the request")?;
    let all = all_of(&cx, Some(&request.cat_name), &request.db_name, &request.tbl_name).await?;
    Ok(t::NotNullConstraintsResponse { not_null_constraints: all.not_null_constraints.unwrap_or_default() })
}

async fn default(cx: Cx, args: m::GetDefaultConstraintsArgs) -> Result<t::DefaultConstraintsResponse> {
    let request = given(args.request, "the request")?;
    let all = all_of(&cx, Some(&request.cat_name), &request.db_name, &request.tbl_name).await?;
    Ok(t::DefaultConstraintsResponse { default_constraints: all.default_constraints.unwrap_or_default() })
}

async fn check(cx: Cx, args: m::GetCheckConstraintsArgs) -> Result<t::CheckConstraintsResponse> {
    let request = given(args.request, "the request")?;
    let all = all_of(&cx, Some(&request.cat_name), &request.db_name, &request.tbl_name).await?;
    Ok(t::CheckConstraintsResponse { check_constraints: all.check_constraints.unwrap_or_default() })
}

/// Either side may be left out, but not both.
async fn foreign_keys(cx: Cx, args: m::GetForeignKeysArgs) -> Result<t::ForeignKeysResponse> {
    let request = given(args.request, "the request")?;
    if request.parent_tbl_name.is_none() && request.foreign_tbl_name.is_none() {
        return Err(Error::meta("Both the parent's and the foreign table's name are null"));
    }
    let side = |db: Option<&str>| match db {
        Some(db) => cx.database_maybe(request.cat_name.as_deref(), Some(db)),
        None => cx.database_maybe(request.cat_name.as_deref(), None),
    };
    let (catalog, database) = side(request.foreign_db_name.as_deref())?;
    let (_, parent_database) = side(request.parent_db_name.as_deref())?;
    let query = ForeignKeyQuery {
        catalog,
        parent_database,
        parent_table: request.parent_tbl_name,
        database,
        table: request.foreign_tbl_name,
    };
    let mut out = t::SQLAllTableConstraints::default();
    for (at, constraint) in cx.metastore().foreign_key_list(&query).await? {
        constraint_out(&at, constraint, &mut out);
    }
    Ok(t::ForeignKeysResponse { foreign_keys: out.foreign_keys.unwrap_or_default() })
}

/// These methods declare no exception for an object that is not valid. Hive's server throws it all the same, and its
/// clients, which see a failed call then, are written to expect just that.
fn undeclared(error: Error) -> Error {
    error.recast(Kind::InvalidObject, Kind::Undeclared)
}

/// A struct's catalog, database and table.
type Place = (Option<String>, Option<String>, Option<String>);

async fn add(cx: &Cx, places: Vec<Place>, constraints: Constraints) -> Result<()> {
    let mut table: Option<TableRef> = None;
    for (catalog, db, name) in places {
        let at = cx.table(catalog.as_deref(), db.as_deref(), name.as_deref())?;
        if *table.get_or_insert_with(|| at.clone()) != at {
            return Err(Error::meta("Constraints of one call must all be of one table"));
        }
    }
    let Some(at) = table else { return Ok(()) };
    let constraints = constraints_in(constraints, &at.catalog)?;
    cx.metastore().constraints_add(&cx.caller(), &at, &constraints).await.map_err(undeclared)
}

async fn primary_key_add(cx: Cx, args: m::AddPrimaryKeyArgs) -> Result<()> {
    let rows = given(args.req, "the request")?.primary_key_cols;
    let places = rows.iter().map(|r| (r.cat_name.clone(), r.table_db.clone(), r.table_name.clone())).collect();
    add(&cx, places, Constraints { primary_keys: Some(rows), ..Constraints::default() }).await
}

async fn foreign_key_add(cx: Cx, args: m::AddForeignKeyArgs) -> Result<()> {
    let rows = given(args.req, "the request")?.foreign_key_cols;
    let places = rows.iter().map(|r| (r.cat_name.clone(), r.fktable_db.clone(), r.fktable_name.clone())).collect();
    add(&cx, places, Constraints { foreign_keys: Some(rows), ..Constraints::default() }).await
}

async fn unique_add(cx: Cx, args: m::AddUniqueConstraintArgs) -> Result<()> {
    let rows = given(args.req, "the request")?.unique_constraint_cols;
    let places = rows.iter().map(|r| (r.cat_name.clone(), r.table_db.clone(), r.table_name.clone())).collect();
    add(&cx, places, Constraints { unique: Some(rows), ..Constraints::default() }).await
}

async fn not_null_add(cx: Cx, args: m::AddNotNullConstraintArgs) -> Result<()> {
    let rows = given(args.req, "the request")?.not_null_constraint_cols;
    let places = rows.iter().map(|r| (r.cat_name.clone(), r.table_db.clone(), r.table_name.clone())).collect();
    add(&cx, places, Constraints { not_null: Some(rows), ..Constraints::default() }).await
}

async fn default_add(cx: Cx, args: m::AddDefaultConstraintArgs) -> Result<()> {
    let rows = given(args.req, "the request")?.default_constraint_cols;
    let places = rows.iter().map(|r| (r.cat_name.clone(), r.table_db.clone(), r.table_name.clone())).collect();
    add(&cx, places, Constraints { default: Some(rows), ..Constraints::default() }).await
}

async fn check_add(cx: Cx, args: m::AddCheckConstraintArgs) -> Result<()> {
    let rows = given(args.req, "the request")?.check_constraint_cols;
    let places = rows.iter().map(|r| (r.cat_name.clone(), r.table_db.clone(), r.table_name.clone())).collect();
    add(&cx, places, Constraints { check: Some(rows), ..Constraints::default() }).await
}

async fn drop(cx: Cx, args: m::DropConstraintArgs) -> Result<()> {
    let request = given(args.req, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), Some(&request.dbname), Some(&request.tablename))?;
    let dropped = cx.metastore().constraint_drop(&cx.caller(), &at, &request.constraintname).await;
    // Hive turns the declared NoSuchObjectException into the undeclared InvalidObjectException here.
    dropped.map_err(|e| undeclared(e.recast(Kind::NotFound, Kind::InvalidObject)))
}
