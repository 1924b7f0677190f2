//! Projections of tables: only the named fields (`semantics.md §3`, patterns).

use skep_core::table::Table;
use skep_core::{Error, Result};
use skep_thrift::types as t;

use super::table::table_out;

/// The table with the fields that the specification lists; all of them where it lists none.
pub fn table_project(table: &Table, spec: &t::GetProjectionsSpec) -> Result<t::Table> {
    let fields = spec.field_list.as_deref().unwrap_or_default();
    let patterns = [&spec.include_param_key_pattern, &spec.exclude_param_key_pattern];
    if fields.is_empty() {
        if patterns.iter().any(|p| p.as_deref().is_some_and(|p| !p.is_empty())) {
            return Err(Error::invalid_operation("Include and Exclude Param key are not supported."));
        }
        return Ok(table_out(table));
    }
    let all = table_out(table);
    let mut out = t::Table { cat_name: all.cat_name.clone(), ..t::Table::default() };
    for field in fields {
        match field.split('.').next().unwrap_or_default() {
            "tableName" => out.table_name.clone_from(&all.table_name),
            "dbName" => out.db_name.clone_from(&all.db_name),
            "owner" => out.owner.clone_from(&all.owner),
            "ownerType" => out.owner_type = all.owner_type,
            "createTime" => out.create_time = all.create_time,
            "lastAccessTime" => out.last_access_time = all.last_access_time,
            "retention" => out.retention = all.retention,
            "sd" => out.sd.clone_from(&all.sd),
            "partitionKeys" => out.partition_keys.clone_from(&all.partition_keys),
            "parameters" => out.parameters.clone_from(&all.parameters),
            "viewOriginalText" => out.view_original_text.clone_from(&all.view_original_text),
            "viewExpandedText" => out.view_expanded_text.clone_from(&all.view_expanded_text),
            "tableType" => out.table_type.clone_from(&all.table_type),
            "rewriteEnabled" => out.rewrite_enabled = all.rewrite_enabled,
            "creationMetadata" => out.creation_metadata.clone_from(&all.creation_metadata),
            "catName" => {}
            "writeId" => out.write_id = all.write_id,
            "id" => out.id = all.id,
            other => return Err(Error::meta(format!("Invalid field name {other}: a table has no such field"))),
        }
    }
    Ok(out)
}
