//! Projections of tables: only the named fields (`semantics.md §3`, patterns). As in Hive, single-valued fields come
//! alone, and one field that is a list or a map brings the whole table.

use skep_core::table::Table;
use skep_core::{Error, Result};
use skep_thrift::types as t;

use super::table::table_out;

/// Fields that are lists or maps, or lead into one.
const MULTI_VALUED: [&str; 9] = [
    "parameters",
    "partitionKeys",
    "sd.cols",
    "sd.bucketCols",
    "sd.sortCols",
    "sd.parameters",
    "sd.serdeInfo.parameters",
    "sd.skewedInfo",
    "creationMetadata",
];

/// The table with the fields that the specification lists; all of them where it lists none.
pub fn table_project(table: &Table, spec: &t::GetProjectionsSpec) -> Result<t::Table> {
    let fields = spec.field_list.as_deref().unwrap_or_default();
    let patterns = [&spec.include_param_key_pattern, &spec.exclude_param_key_pattern];
    if fields.is_empty() && patterns.iter().any(|p| p.as_deref().is_some_and(|p| !p.is_empty())) {
        return Err(Error::invalid_operation("Include and Exclude Param key are not supported."));
    }
    let all = table_out(table);
    let multi = |field: &String| {
        MULTI_VALUED.iter().any(|m| field == m || field.strip_prefix(m).is_some_and(|r| r.starts_with('.')))
    };
    if fields.is_empty() || fields.iter().any(multi) {
        return Ok(all);
    }
    let mut out = t::Table::default();
    for field in fields {
        match field.split_once('.') {
            Some(("sd", inner)) => storage_field(&all, out.sd.get_or_insert_default(), inner)?,
            _ => table_field(&all, &mut out, field)?,
        }
    }
    Ok(out)
}

fn unknown(field: &str) -> Error {
    Error::meta(format!("Invalid field name {field}: a table has no such field"))
}

fn table_field(all: &t::Table, out: &mut t::Table, field: &str) -> Result<()> {
    match field {
        "tableName" => out.table_name.clone_from(&all.table_name),
        "dbName" => out.db_name.clone_from(&all.db_name),
        "catName" => out.cat_name.clone_from(&all.cat_name),
        "owner" => out.owner.clone_from(&all.owner),
        "ownerType" => out.owner_type = all.owner_type,
        "createTime" => out.create_time = all.create_time,
        "lastAccessTime" => out.last_access_time = all.last_access_time,
        "retention" => out.retention = all.retention,
        "sd" => out.sd.clone_from(&all.sd),
        "viewOriginalText" => out.view_original_text.clone_from(&all.view_original_text),
        "viewExpandedText" => out.view_expanded_text.clone_from(&all.view_expanded_text),
        "tableType" => out.table_type.clone_from(&all.table_type),
        "rewriteEnabled" => out.rewrite_enabled = all.rewrite_enabled,
        "writeId" => out.write_id = all.write_id,
        "id" => out.id = all.id,
        other => return Err(unknown(other)),
    }
    Ok(())
}

fn storage_field(all: &t::Table, out: &mut t::StorageDescriptor, field: &str) -> Result<()> {
    let Some(sd) = &all.sd else { return Ok(()) };
    match field {
        "location" => out.location.clone_from(&sd.location),
        "inputFormat" => out.input_format.clone_from(&sd.input_format),
        "outputFormat" => out.output_format.clone_from(&sd.output_format),
        "compressed" => out.compressed = sd.compressed,
        "numBuckets" => out.num_buckets = sd.num_buckets,
        "storedAsSubDirectories" => out.stored_as_sub_directories = sd.stored_as_sub_directories,
        "serdeInfo" => out.serde_info.clone_from(&sd.serde_info),
        inner => {
            let (serde, into) = match (inner.strip_prefix("serdeInfo."), &sd.serde_info) {
                (Some(field), Some(serde)) => ((field, serde), out.serde_info.get_or_insert_default()),
                (Some(_), None) => return Ok(()),
                (None, _) => return Err(unknown(&format!("sd.{inner}"))),
            };
            serde_field(serde.1, into, serde.0)?;
        }
    }
    Ok(())
}

fn serde_field(all: &t::SerDeInfo, out: &mut t::SerDeInfo, field: &str) -> Result<()> {
    match field {
        "name" => out.name.clone_from(&all.name),
        "serializationLib" => out.serialization_lib.clone_from(&all.serialization_lib),
        "description" => out.description.clone_from(&all.description),
        "serializerClass" => out.serializer_class.clone_from(&all.serializer_class),
        "deserializerClass" => out.deserializer_class.clone_from(&all.deserializer_class),
        "serdeType" => out.serde_type = all.serde_type,
        other => return Err(unknown(&format!("sd.serdeInfo.{other}"))),
    }
    Ok(())
}
