//! Objects as fields by name, to say what differs. Each struct is taken apart with all its fields, so that one that is
//! added to the interface cannot be forgotten here.

use std::collections::BTreeMap;
use std::fmt::Debug;

use skep_thrift::types as t;

use super::canonical::name_of;

/// Value by the field's name in Hive's interface; what is absent is not there.
pub type Fields = BTreeMap<String, String>;

/// A field that two objects do not share: its name, and what each has.
pub type FieldDifference = (String, Option<String>, Option<String>);

/// What differs, by the fields' names.
pub fn differences(source: &Fields, target: &Fields) -> Vec<FieldDifference> {
    let mut names: Vec<&String> = source.keys().chain(target.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let pair = |name: &&String| source.get(*name) != target.get(*name);
    let said = |name: &String| (name.clone(), source.get(name).cloned(), target.get(name).cloned());
    names.into_iter().filter(pair).map(said).collect()
}

fn put(fields: &mut Fields, name: &str, value: &impl Debug) {
    fields.insert(name.to_owned(), format!("{value:?}"));
}

fn put_some<T: Debug>(fields: &mut Fields, name: &str, value: Option<&T>) {
    if let Some(value) = value {
        put(fields, name, value);
    }
}

fn put_map(fields: &mut Fields, name: &str, map: Option<&Vec<(String, String)>>) {
    for (key, value) in map.into_iter().flatten() {
        fields.insert(format!("{name}.{key}"), format!("{value:?}"));
    }
}

pub fn catalog_fields(catalog: &t::Catalog) -> Fields {
    let t::Catalog { name, description, location_uri, create_time, parameters } = catalog;
    let mut fields = Fields::new();
    put_some(&mut fields, "name", name.as_ref());
    put_some(&mut fields, "description", description.as_ref());
    put_some(&mut fields, "locationUri", location_uri.as_ref());
    put_some(&mut fields, "createTime", create_time.as_ref());
    put_map(&mut fields, "parameters", parameters.as_ref());
    fields
}

pub fn database_fields(database: &t::Database) -> Fields {
    let t::Database {
        name,
        description,
        location_uri,
        parameters,
        privileges: _,
        owner_name,
        owner_type,
        catalog_name,
        create_time,
        managed_location_uri,
        r#type,
        connector_name,
        remote_dbname,
    } = database;
    let mut fields = Fields::new();
    put_some(&mut fields, "name", name.as_ref());
    put_some(&mut fields, "description", description.as_ref());
    put_some(&mut fields, "locationUri", location_uri.as_ref());
    put_map(&mut fields, "parameters", parameters.as_ref());
    put_some(&mut fields, "ownerName", owner_name.as_ref());
    put_some(&mut fields, "ownerType", owner_type.as_ref());
    put_some(&mut fields, "catalogName", catalog_name.as_ref());
    put_some(&mut fields, "createTime", create_time.as_ref());
    put_some(&mut fields, "managedLocationUri", managed_location_uri.as_ref());
    put_some(&mut fields, "type", r#type.as_ref());
    put_some(&mut fields, "connector_name", connector_name.as_ref());
    put_some(&mut fields, "remote_dbname", remote_dbname.as_ref());
    fields
}

pub fn connector_fields(connector: &t::DataConnector) -> Fields {
    let t::DataConnector { name, r#type, url, description, parameters, owner_name, owner_type, create_time } =
        connector;
    let mut fields = Fields::new();
    put_some(&mut fields, "name", name.as_ref());
    put_some(&mut fields, "type", r#type.as_ref());
    put_some(&mut fields, "url", url.as_ref());
    put_some(&mut fields, "description", description.as_ref());
    put_map(&mut fields, "parameters", parameters.as_ref());
    put_some(&mut fields, "ownerName", owner_name.as_ref());
    put_some(&mut fields, "ownerType", owner_type.as_ref());
    put_some(&mut fields, "createTime", create_time.as_ref());
    fields
}

pub fn function_fields(function: &t::Function) -> Fields {
    let t::Function {
        function_name,
        db_name,
        class_name,
        owner_name,
        owner_type,
        create_time,
        function_type,
        resource_uris,
        cat_name,
    } = function;
    let mut fields = Fields::new();
    put_some(&mut fields, "functionName", function_name.as_ref());
    put_some(&mut fields, "dbName", db_name.as_ref());
    put_some(&mut fields, "className", class_name.as_ref());
    put_some(&mut fields, "ownerName", owner_name.as_ref());
    put_some(&mut fields, "ownerType", owner_type.as_ref());
    put(&mut fields, "createTime", create_time);
    put_some(&mut fields, "functionType", function_type.as_ref());
    put_some(&mut fields, "resourceUris", resource_uris.as_ref());
    put_some(&mut fields, "catName", cat_name.as_ref());
    fields
}

fn storage_fields(fields: &mut Fields, sd: &t::StorageDescriptor) {
    let t::StorageDescriptor {
        cols,
        location,
        input_format,
        output_format,
        compressed,
        num_buckets,
        serde_info,
        bucket_cols,
        sort_cols,
        parameters,
        skewed_info,
        stored_as_sub_directories,
    } = sd;
    put_some(fields, "sd.cols", cols.as_ref());
    put_some(fields, "sd.location", location.as_ref());
    put_some(fields, "sd.inputFormat", input_format.as_ref());
    put_some(fields, "sd.outputFormat", output_format.as_ref());
    put(fields, "sd.compressed", compressed);
    put(fields, "sd.numBuckets", num_buckets);
    put_some(fields, "sd.bucketCols", bucket_cols.as_ref());
    put_some(fields, "sd.sortCols", sort_cols.as_ref());
    put_map(fields, "sd.parameters", parameters.as_ref());
    put_some(fields, "sd.skewedInfo", skewed_info.as_ref());
    put_some(fields, "sd.storedAsSubDirectories", stored_as_sub_directories.as_ref());
    let Some(serde) = serde_info else { return };
    let t::SerDeInfo {
        name,
        serialization_lib,
        parameters,
        description,
        serializer_class,
        deserializer_class,
        serde_type,
    } = serde;
    put_some(fields, "sd.serdeInfo.name", name.as_ref());
    put_some(fields, "sd.serdeInfo.serializationLib", serialization_lib.as_ref());
    put_map(fields, "sd.serdeInfo.parameters", parameters.as_ref());
    put_some(fields, "sd.serdeInfo.description", description.as_ref());
    put_some(fields, "sd.serdeInfo.serializerClass", serializer_class.as_ref());
    put_some(fields, "sd.serdeInfo.deserializerClass", deserializer_class.as_ref());
    put_some(fields, "sd.serdeInfo.serdeType", serde_type.as_ref());
}

fn creation_fields(fields: &mut Fields, creation: &t::CreationMetadata) {
    let t::CreationMetadata {
        cat_name,
        db_name,
        tbl_name,
        tables_used,
        valid_txn_list,
        materialization_time,
        source_tables,
    } = creation;
    put(fields, "creationMetadata.name", &(cat_name, db_name, tbl_name));
    put(fields, "creationMetadata.tablesUsed", &tables_used.0);
    put_some(fields, "creationMetadata.validTxnList", valid_txn_list.as_ref());
    put_some(fields, "creationMetadata.materializationTime", materialization_time.as_ref());
    let count = |s: &t::SourceTable| (s.inserted_count, s.updated_count, s.deleted_count);
    for source in source_tables.iter().flatten() {
        put(fields, &format!("creationMetadata.sourceTables.{:?}", name_of(source)), &count(source));
    }
}

/// Of a table in its canonical form: what that leaves out is left out here too.
pub fn table_fields(table: &t::Table) -> Fields {
    let t::Table {
        table_name,
        db_name,
        owner,
        create_time,
        last_access_time,
        retention,
        sd,
        partition_keys,
        parameters,
        view_original_text,
        view_expanded_text,
        table_type,
        privileges: _,
        temporary,
        rewrite_enabled,
        creation_metadata,
        cat_name_v2: _,
        cat_name,
        owner_type,
        write_id,
        is_stats_compliant: _,
        col_stats: _,
        access_type: _,
        required_read_capabilities: _,
        required_write_capabilities: _,
        id: _,
        file_metadata: _,
        dictionary: _,
        txn_id: _,
    } = table;
    let mut fields = Fields::new();
    put_some(&mut fields, "tableName", table_name.as_ref());
    put_some(&mut fields, "dbName", db_name.as_ref());
    put_some(&mut fields, "owner", owner.as_ref());
    put(&mut fields, "createTime", create_time);
    put(&mut fields, "lastAccessTime", last_access_time);
    put(&mut fields, "retention", retention);
    if let Some(sd) = sd {
        storage_fields(&mut fields, sd);
    }
    put_some(&mut fields, "partitionKeys", partition_keys.as_ref());
    put_map(&mut fields, "parameters", parameters.as_ref());
    put_some(&mut fields, "viewOriginalText", view_original_text.as_ref());
    put_some(&mut fields, "viewExpandedText", view_expanded_text.as_ref());
    put_some(&mut fields, "tableType", table_type.as_ref());
    put(&mut fields, "temporary", temporary);
    put_some(&mut fields, "rewriteEnabled", rewrite_enabled.as_ref());
    if let Some(creation) = creation_metadata {
        creation_fields(&mut fields, creation);
    }
    put_some(&mut fields, "catName", cat_name.as_ref());
    put(&mut fields, "ownerType", owner_type);
    put_some(&mut fields, "writeId", write_id.as_ref());
    fields
}

pub fn partition_fields(partition: &t::Partition) -> Fields {
    let t::Partition {
        values,
        db_name,
        table_name,
        create_time,
        last_access_time,
        sd,
        parameters,
        privileges: _,
        cat_name,
        write_id,
        is_stats_compliant: _,
        col_stats: _,
        file_metadata: _,
    } = partition;
    let mut fields = Fields::new();
    put_some(&mut fields, "values", values.as_ref());
    put_some(&mut fields, "dbName", db_name.as_ref());
    put_some(&mut fields, "tableName", table_name.as_ref());
    put(&mut fields, "createTime", create_time);
    put(&mut fields, "lastAccessTime", last_access_time);
    if let Some(sd) = sd {
        storage_fields(&mut fields, sd);
    }
    put_map(&mut fields, "parameters", parameters.as_ref());
    put_some(&mut fields, "catName", cat_name.as_ref());
    put_some(&mut fields, "writeId", write_id.as_ref());
    fields
}
