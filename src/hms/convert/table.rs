//! Tables and storage descriptors.

use std::sync::Arc;

use skep_core::table::{CreationMetadata, Serde, Shape, Skewed, SortColumn, SourceTable, Storage, Table, TableType};
use skep_core::{Error, Result};
use skep_thrift::types as t;
use skep_thrift::wire::Set;

use super::common::{columns_in, columns_out, parameters_in, parameters_out, principal_in, principal_out};

fn serde_in(serde: t::SerDeInfo) -> Serde {
    Serde {
        name: serde.name,
        library: serde.serialization_lib,
        parameters: parameters_in(serde.parameters),
        description: serde.description,
        serializer_class: serde.serializer_class,
        deserializer_class: serde.deserializer_class,
        serde_type: serde.serde_type.map(|s| s.0),
    }
}

fn serde_out(serde: &Serde) -> t::SerDeInfo {
    t::SerDeInfo {
        name: serde.name.clone(),
        serialization_lib: serde.library.clone(),
        parameters: parameters_out(&serde.parameters),
        description: serde.description.clone(),
        serializer_class: serde.serializer_class.clone(),
        deserializer_class: serde.deserializer_class.clone(),
        serde_type: serde.serde_type.map(t::SerdeType),
    }
}

fn skewed_in(skewed: t::SkewedInfo) -> Option<Skewed> {
    let skewed = Skewed {
        columns: skewed.skewed_col_names.unwrap_or_default().into_iter().map(|c| c.to_lowercase()).collect(),
        values: skewed.skewed_col_values.unwrap_or_default(),
        locations: skewed.skewed_col_value_location_maps.unwrap_or_default(),
    };
    (skewed != Skewed::default()).then_some(skewed)
}

/// Column names are stored in lower case, as Hive does.
pub fn storage_in(sd: t::StorageDescriptor) -> Storage {
    let sort =
        |order: t::Order| SortColumn { column: order.col.unwrap_or_default().to_lowercase(), order: order.order };
    let shape = Shape {
        columns: sd.cols.map(|columns| columns_in(columns.into_inner())),
        input_format: sd.input_format,
        output_format: sd.output_format,
        compressed: sd.compressed,
        buckets: sd.num_buckets,
        serde: sd.serde_info.map(serde_in),
        bucket_columns: sd.bucket_cols.unwrap_or_default().into_iter().map(|c| c.to_lowercase()).collect(),
        sort_columns: sd.sort_cols.unwrap_or_default().into_iter().map(sort).collect(),
        parameters: parameters_in(sd.parameters),
        skewed: sd.skewed_info.and_then(skewed_in),
        stored_as_sub_directories: sd.stored_as_sub_directories.unwrap_or_default(),
    };
    Storage { shape: Arc::new(shape), location: sd.location }
}

/// Converts the storage descriptors of a list: neighbours that differ in their location alone share a shape.
#[derive(Default)]
pub struct StoragesIn {
    last: Option<(t::StorageDescriptor, Arc<Shape>)>,
}

impl StoragesIn {
    pub fn convert(&mut self, mut sd: t::StorageDescriptor) -> Storage {
        let location = sd.location.take();
        if let Some((known, shape)) = &self.last
            && *known == sd
        {
            return Storage { shape: Arc::clone(shape), location };
        }
        let Storage { shape, .. } = storage_in(sd.clone());
        self.last = Some((sd, Arc::clone(&shape)));
        Storage { shape, location }
    }
}

/// Collections are always there, maybe empty (`semantics.md §4`).
pub fn shape_out(shape: &Shape, location: Option<String>) -> t::StorageDescriptor {
    let skewed = shape.skewed.clone().unwrap_or_default();
    t::StorageDescriptor {
        // None stays none: a partition may be stored without a list of columns.
        cols: shape.columns.as_deref().map(|columns| columns_out(columns).into()),
        location,
        input_format: shape.input_format.clone(),
        output_format: shape.output_format.clone(),
        compressed: shape.compressed,
        num_buckets: shape.buckets,
        serde_info: shape.serde.as_ref().map(serde_out),
        bucket_cols: Some(shape.bucket_columns.clone()),
        sort_cols: Some(
            shape.sort_columns.iter().map(|s| t::Order { col: Some(s.column.clone()), order: s.order }).collect(),
        ),
        parameters: parameters_out(&shape.parameters),
        skewed_info: Some(t::SkewedInfo {
            skewed_col_names: Some(skewed.columns),
            skewed_col_values: Some(skewed.values),
            skewed_col_value_location_maps: Some(skewed.locations),
        }),
        stored_as_sub_directories: Some(shape.stored_as_sub_directories),
    }
}

pub fn storage_out(storage: &Storage) -> t::StorageDescriptor {
    shape_out(&storage.shape, storage.location.clone())
}

pub fn creation_metadata_in(metadata: t::CreationMetadata) -> CreationMetadata {
    let source = |s: t::SourceTable| SourceTable {
        catalog: s.table.cat_name.unwrap_or_default(),
        database: s.table.db_name.unwrap_or_default(),
        table: s.table.table_name.unwrap_or_default(),
        inserted: s.inserted_count,
        updated: s.updated_count,
        deleted: s.deleted_count,
    };
    CreationMetadata {
        catalog: Some(metadata.cat_name),
        database: metadata.db_name,
        table: metadata.tbl_name,
        tables_used: metadata.tables_used.0,
        valid_txn_list: metadata.valid_txn_list,
        materialization_time: metadata.materialization_time,
        source_tables: metadata.source_tables.unwrap_or_default().into_iter().map(source).collect(),
    }
}

fn creation_metadata_out(metadata: &CreationMetadata) -> t::CreationMetadata {
    let source = |s: &SourceTable| t::SourceTable {
        table: t::Table {
            cat_name: Some(s.catalog.clone()),
            db_name: Some(s.database.clone()),
            table_name: Some(s.table.clone()),
            ..t::Table::default()
        },
        inserted_count: s.inserted,
        updated_count: s.updated,
        deleted_count: s.deleted,
    };
    t::CreationMetadata {
        cat_name: metadata.catalog.clone().unwrap_or_default(),
        db_name: metadata.database.clone(),
        tbl_name: metadata.table.clone(),
        tables_used: Set(metadata.tables_used.clone()),
        valid_txn_list: metadata.valid_txn_list.clone(),
        materialization_time: metadata.materialization_time,
        source_tables: Some(metadata.source_tables.iter().map(source).collect()),
    }
}

/// `catalog` is where the table belongs when the struct does not say. A null name is a MetaException.
pub fn table_in(table: t::Table, catalog: &str) -> Result<Table> {
    let name = table.table_name.ok_or_else(|| Error::meta("the table name is null"))?;
    let database = table.db_name.ok_or_else(|| Error::meta(format!("table {name}: the database name is null")))?;
    let table_type = match table.table_type.as_deref() {
        None | Some("" | "INDEX_TABLE") => TableType::Managed,
        Some(text) => TableType::parse(text).ok_or_else(|| {
            Error::meta(format!(
                "table {name}: {text} is no table type; these are: {}",
                TableType::ALL.map(TableType::as_str).join(", ")
            ))
        })?,
    };
    Ok(Table {
        id: 0,
        version: 0,
        catalog: table.cat_name.or(table.cat_name_v2).unwrap_or_else(|| catalog.to_owned()),
        database,
        name,
        owner: table.owner,
        owner_type: principal_in(table.owner_type),
        create_time: table.create_time,
        last_access_time: table.last_access_time,
        retention: table.retention,
        storage: table.sd.map(storage_in),
        partition_keys: columns_in(table.partition_keys.unwrap_or_default()),
        parameters: parameters_in(table.parameters),
        view_original_text: table.view_original_text,
        view_expanded_text: table.view_expanded_text,
        table_type,
        rewrite_enabled: table.rewrite_enabled.unwrap_or_default(),
        creation_metadata: table.creation_metadata.map(creation_metadata_in),
        write_id: table.write_id.filter(|id| *id > 0),
    })
}

pub fn table_out(table: &Table) -> t::Table {
    t::Table {
        table_name: Some(table.name.clone()),
        db_name: Some(table.database.clone()),
        owner: table.owner.clone(),
        create_time: table.create_time,
        last_access_time: table.last_access_time,
        retention: table.retention,
        sd: table.storage.as_ref().map(storage_out),
        partition_keys: Some(columns_out(&table.partition_keys)),
        parameters: parameters_out(&table.parameters),
        view_original_text: table.view_original_text.clone(),
        view_expanded_text: table.view_expanded_text.clone(),
        table_type: Some(table.table_type.as_str().to_owned()),
        rewrite_enabled: Some(table.rewrite_enabled),
        creation_metadata: table.creation_metadata.as_ref().map(creation_metadata_out),
        cat_name: Some(table.catalog.clone()),
        owner_type: principal_out(table.owner_type),
        write_id: Some(table.write_id.unwrap_or(-1)),
        id: Some(table.id),
        ..t::Table::default()
    }
}
