//! Tables: reading.

use std::sync::Arc;

use skep_core::table::{Table, TableType};
use skep_core::{Error, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use super::table_reply::TableReplies;
use crate::catalog::{TableMeta, TableMetaQuery};
use crate::hms::context::{Cx, given};
use crate::hms::convert::common::{columns_out, principal_out};
use crate::hms::convert::projection::table_project;
use crate::hms::convert::statistics::statistics_out;
use crate::hms::convert::table::table_out;
use crate::hms::routes::{Answer, Routes};

pub fn routes() -> Routes {
    let replies = Arc::new(TableReplies::default());
    let of_req = Arc::clone(&replies);
    Routes::default()
        .on_encoded::<m::GetTable>(move |cx, args| get(cx, args, Arc::clone(&replies)))
        .on_encoded::<m::GetTableReq>(move |cx, args| get_req(cx, args, Arc::clone(&of_req)))
        .on::<m::GetTableObjectsByName>(objects)
        .on::<m::GetTableObjectsByNameReq>(objects_req)
        .on::<m::GetTables>(names)
        .on::<m::GetAllTables>(names_all)
        .on::<m::GetTablesByType>(names_by_type)
        .on::<m::GetTablesExt>(names_ext)
        .on::<m::GetTableMeta>(meta)
        .on::<m::GetTableNamesByFilter>(names_by_filter)
        .on::<m::GetMaterializedViewsForRewriting>(materialized_names)
        .on::<m::GetAllMaterializedViewObjectsForRewriting>(materialized)
}

/// Insert-only tables are hidden from clients that do not say that they understand them (`semantics.md §4`).
fn capability_check(cx: &Cx, table: &Table, capabilities: Option<&t::ClientCapabilities>) -> Result<()> {
    let insert_only = table.flag("transactional")
        && table.parameters.get("transactional_properties").is_some_and(|p| p.eq_ignore_ascii_case("insert_only"));
    let able = capabilities.is_some_and(|c| c.values.contains(&t::ClientCapability::INSERT_ONLY_TABLES));
    if insert_only && !able && cx.metastore().settings().client_capability_check {
        return Err(Error::meta(format!(
            "Your client does not appear to support insert-only tables, which {} is. To skip capability checks, \
             set metastore.client.capability.check to false",
            table.full_name()
        )));
    }
    Ok(())
}

async fn get(cx: Cx, args: m::GetTableArgs, replies: Arc<TableReplies>) -> Result<Answer<t::Table>> {
    let at = cx.table(None, args.dbname.as_deref(), args.tbl_name.as_deref())?;
    let table = cx.metastore().table_told(cx.metastore().table_get(&at).await?).await?;
    capability_check(&cx, &table, None)?;
    Ok(Answer::Encoded(replies.bare(&cx, &table)?))
}

async fn get_req(cx: Cx, args: m::GetTableReqArgs, replies: Arc<TableReplies>) -> Result<Answer<t::GetTableResult>> {
    let request = given(args.req, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.tbl_name))?;
    let table = cx.metastore().table_told(cx.metastore().table_get(&at).await?).await?;
    capability_check(&cx, &table, request.capabilities.as_ref())?;
    if !request.get_column_stats.unwrap_or_default() {
        return Ok(Answer::Encoded(replies.in_struct(&cx, &table)?));
    }
    // Boxed, as all that is rare: a future has the size of its largest part, and is moved with each call.
    let found = Box::pin(cx.metastore().table_statistics(&at, &request.engine, None)).await?;
    let col_stats = (!found.is_empty()).then(|| statistics_out(found, &at, None, &request.engine));
    let table = t::Table { col_stats, ..table_out(&table) };
    Ok(Answer::Value(t::GetTableResult { table, is_stats_compliant: None }))
}

async fn objects(cx: Cx, args: m::GetTableObjectsByNameArgs) -> Result<Vec<t::Table>> {
    let (catalog, database) = cx.database_maybe(None, args.dbname.as_deref())?;
    let names = args.tbl_names.as_deref();
    let tables = cx.metastore().table_objects(&catalog, &database.unwrap_or_default(), names).await?;
    let tables = cx.metastore().tables_told(tables).await?;
    Ok(tables.iter().map(|table| table_out(table)).collect())
}

async fn objects_req(cx: Cx, args: m::GetTableObjectsByNameReqArgs) -> Result<t::GetTablesResult> {
    let request = given(args.req, "the request")?;
    let (catalog, database) = cx.database_maybe(request.cat_name.as_deref(), Some(&request.db_name))?;
    let database = database.unwrap_or_default();
    let tables = match (&request.tbl_names, &request.tables_pattern) {
        (None, Some(pattern)) => cx.metastore().table_objects_like(&catalog, &database, pattern).await?,
        (names, _) => cx.metastore().table_objects(&catalog, &database, names.as_deref()).await?,
    };
    let tables = cx.metastore().tables_told(tables).await?;
    let mut out = Vec::with_capacity(tables.len());
    for table in &tables {
        capability_check(&cx, table, request.capabilities.as_ref())?;
        out.push(match &request.projection_spec {
            Some(spec) => table_project(table, spec)?,
            None => table_out(table),
        });
    }
    Ok(t::GetTablesResult { tables: out })
}

async fn names_of(
    cx: &Cx,
    database: Option<&str>,
    pattern: Option<&str>,
    kind: Option<TableType>,
) -> Result<Vec<String>> {
    let (catalog, database) = cx.database(None, database)?;
    cx.metastore().table_names(&catalog, &database, pattern, kind).await
}

async fn names(cx: Cx, args: m::GetTablesArgs) -> Result<Vec<String>> {
    names_of(&cx, args.db_name.as_deref(), args.pattern.as_deref(), None).await
}

async fn names_all(cx: Cx, args: m::GetAllTablesArgs) -> Result<Vec<String>> {
    names_of(&cx, args.db_name.as_deref(), None, None).await
}

fn table_type(text: &str) -> Result<TableType> {
    TableType::parse(text).ok_or_else(|| {
        let known = TableType::ALL.map(TableType::as_str).join(", ");
        Error::meta(format!("{text} is no table type; these are: {known}"))
    })
}

async fn names_by_type(cx: Cx, args: m::GetTablesByTypeArgs) -> Result<Vec<String>> {
    let kind = args.table_type.as_deref().map(table_type).transpose()?;
    names_of(&cx, args.db_name.as_deref(), args.pattern.as_deref(), kind).await
}

/// What a table needs of a client, Hive's words: reading, writing.
fn capabilities_of(table: &Table) -> (Vec<String>, Vec<String>) {
    let words = |all: &[&str]| all.iter().map(|w| (*w).to_owned()).collect();
    if !table.flag("transactional") {
        return (Vec::new(), Vec::new());
    }
    if table.parameters.get("transactional_properties").is_some_and(|p| p.eq_ignore_ascii_case("insert_only")) {
        (words(&["HIVEMANAGEDINSERTREAD"]), words(&["HIVEMANAGEDINSERTWRITE"]))
    } else {
        (words(&["HIVEFULLACIDREAD"]), words(&["HIVEFULLACIDWRITE"]))
    }
}

async fn names_ext(cx: Cx, args: m::GetTablesExtArgs) -> Result<Vec<t::ExtendedTableInfo>> {
    let request = given(args.req, "the request")?;
    let (catalog, database) = cx.database(Some(&request.catalog), Some(&request.database))?;
    let tables = cx.metastore().table_objects_like(&catalog, &database, &request.table_name_pattern).await?;
    let limit = request.limit.and_then(|l| usize::try_from(l).ok()).unwrap_or(usize::MAX);
    let client = request.processor_capabilities.unwrap_or_default();
    let raw = client.is_empty() || client.iter().any(|c| c == "MANAGERAWMETADATA");
    let info = |table: &Table| {
        let (read, write) = capabilities_of(table);
        let has = |needed: &[String]| needed.iter().all(|n| client.contains(n));
        let access = 1 << (u32::from(has(&read)) + 2 * u32::from(has(&write)));
        t::ExtendedTableInfo {
            tbl_name: table.name.clone(),
            access_type: (!raw && request.requested_fields & 1 != 0).then_some(access),
            required_read_capabilities: (!raw && request.requested_fields & 2 != 0).then_some(read),
            required_write_capabilities: (!raw && request.requested_fields & 2 != 0).then_some(write),
        }
    };
    Ok(tables.iter().take(limit).map(info).collect())
}

fn meta_out(meta: TableMeta) -> t::TableMeta {
    t::TableMeta {
        db_name: meta.database,
        table_name: meta.name,
        table_type: meta.table_type.as_str().to_owned(),
        comments: meta.comment,
        cat_name: Some(meta.catalog),
        owner_name: meta.owner,
        owner_type: Some(principal_out(meta.owner_type)),
    }
}

async fn meta(cx: Cx, args: m::GetTableMetaArgs) -> Result<Vec<t::TableMeta>> {
    let (catalog, database_pattern) = cx.database_maybe(None, args.db_patterns.as_deref())?;
    let query = TableMetaQuery {
        catalog,
        database_pattern,
        table_pattern: args.tbl_patterns,
        types: args.tbl_types.unwrap_or_default(),
    };
    Ok(cx.metastore().table_meta_list(&query).await?.into_iter().map(meta_out).collect())
}

async fn names_by_filter(cx: Cx, args: m::GetTableNamesByFilterArgs) -> Result<Vec<String>> {
    let (catalog, database) = cx.database_maybe(None, args.dbname.as_deref())?;
    let database = database.unwrap_or_default();
    cx.metastore().table_names_by_filter(&catalog, &database, args.filter.as_deref(), args.max_tables).await
}

async fn materialized_names(cx: Cx, args: m::GetMaterializedViewsForRewritingArgs) -> Result<Vec<String>> {
    let (catalog, database) = cx.database(None, args.db_name.as_deref())?;
    let mut names: Vec<String> = cx
        .metastore()
        .materialized_views()
        .await?
        .into_iter()
        .filter(|view| view.catalog == catalog && view.database.eq_ignore_ascii_case(&database))
        .map(|view| view.name)
        .collect();
    names.sort();
    Ok(names)
}

async fn materialized(cx: Cx, _: m::GetAllMaterializedViewObjectsForRewritingArgs) -> Result<Vec<t::Table>> {
    Ok(cx.metastore().materialized_views().await?.iter().map(table_out).collect())
}

/// Columns of a table, for `get_fields` and `get_schema` in all their spellings.
pub(in crate::hms) async fn columns_of(
    cx: &Cx,
    place: (Option<&str>, Option<&str>, Option<&str>),
    keys: bool,
) -> Result<Vec<t::FieldSchema>> {
    let (catalog, database, table) = place;
    let (catalog, database) = cx.database(catalog, database)?;
    let table = table.ok_or_else(|| Error::meta("the table name is null"))?;
    Ok(columns_out(&cx.metastore().table_columns(&catalog, &database, table, keys).await?))
}
