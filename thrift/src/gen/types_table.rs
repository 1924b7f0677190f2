// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Tables, their storage, and materialized views.

use super::types::{
    ClientCapabilities, ColumnStatistics, EnvironmentContext, FieldSchema, FileMetadata, GetProjectionsSpec,
    ObjectDictionary, PrincipalPrivilegeSet, PrincipalType, SQLCheckConstraint, SQLDefaultConstraint, SQLForeignKey,
    SQLNotNullConstraint, SQLPrimaryKey, SQLUniqueConstraint, SerdeType,
};
use crate::wire::Set;
use crate::wire::Shared;
use crate::wire::macros::{wire_enum, wire_struct};

wire_enum! {
    /// Since 4.0.
    GetTablesExtRequestFields {
        ACCESS_TYPE = 1,
        PROCESSOR_CAPABILITIES = 2,
        ALL = 2_147_483_647,
    }
}

wire_struct! {
    /// Since 4.0.
    AlterTableRequest {
        1: cat_name: Option<String>,
        2 required("dbName"): db_name: String,
        3 required("tableName"): table_name: String,
        4 required("table"): table: Table,
        5: environment_context: Option<EnvironmentContext>,
        6: write_id: i64 = -1,
        7: valid_write_id_list: Option<String>,
        8: processor_capabilities: Option<Vec<String>>,
        9: processor_identifier: Option<String>,
        10: expected_parameter_key: Option<String>,
        11: expected_parameter_value: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    AlterTableResponse {}
}

wire_struct! {
    /// Since 4.0.
    CreateTableRequest {
        1 required("table"): table: Table,
        2: env_context: Option<EnvironmentContext>,
        3: primary_keys: Option<Vec<SQLPrimaryKey>>,
        4: foreign_keys: Option<Vec<SQLForeignKey>>,
        5: unique_constraints: Option<Vec<SQLUniqueConstraint>>,
        6: not_null_constraints: Option<Vec<SQLNotNullConstraint>>,
        7: default_constraints: Option<Vec<SQLDefaultConstraint>>,
        8: check_constraints: Option<Vec<SQLCheckConstraint>>,
        9: processor_capabilities: Option<Vec<String>>,
        10: processor_identifier: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    CreationMetadata {
        1 required("catName"): cat_name: String,
        2 required("dbName"): db_name: String,
        3 required("tblName"): tbl_name: String,
        4 required("tablesUsed"): tables_used: Set<String>,
        5: valid_txn_list: Option<String>,
        6: materialization_time: Option<i64>,
        /// Since 4.0.
        7: source_tables: Option<Vec<SourceTable>>,
    }
}

wire_struct! {
    /// Since 4.0.1.
    DropTableRequest {
        1: catalog_name: Option<String>,
        2 required("dbName"): db_name: String,
        3 required("tableName"): table_name: String,
        4: delete_data: Option<bool>,
        5: env_context: Option<EnvironmentContext>,
        6: drop_partitions: Option<bool>,
    }
}

wire_struct! {
    /// Since 4.0.
    ExtendedTableInfo {
        1 required("tblName"): tbl_name: String,
        2: access_type: Option<i32>,
        3: required_read_capabilities: Option<Vec<String>>,
        4: required_write_capabilities: Option<Vec<String>>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetFieldsRequest {
        1: cat_name: Option<String>,
        2 required("dbName"): db_name: String,
        3 required("tblName"): tbl_name: String,
        4: env_context: Option<EnvironmentContext>,
        5: valid_write_id_list: Option<String>,
        6: id: i64 = -1,
    }
}

wire_struct! {
    /// Since 4.0.
    GetFieldsResponse {
        1 required("fields"): fields: Vec<FieldSchema>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetSchemaRequest {
        1: cat_name: Option<String>,
        2 required("dbName"): db_name: String,
        3 required("tblName"): tbl_name: String,
        4: env_context: Option<EnvironmentContext>,
        5: valid_write_id_list: Option<String>,
        6: id: i64 = -1,
    }
}

wire_struct! {
    /// Since 4.0.
    GetSchemaResponse {
        1 required("fields"): fields: Vec<FieldSchema>,
    }
}

wire_struct! {
    GetTableRequest {
        1 required("dbName"): db_name: String,
        2 required("tblName"): tbl_name: String,
        3: capabilities: Option<ClientCapabilities>,
        /// Since 3.1.
        4: cat_name: Option<String>,
        /// Since 4.0.
        6: valid_write_id_list: Option<String>,
        /// Since 4.0.
        7: get_column_stats: Option<bool>,
        /// Since 4.0.
        8: processor_capabilities: Option<Vec<String>>,
        /// Since 4.0.
        9: processor_identifier: Option<String>,
        /// Since 4.0.
        10: engine: String = "hive".to_owned(),
        /// Since 4.0.
        11: id: i64 = -1,
    }
}

wire_struct! {
    GetTableResult {
        1 required("table"): table: Table,
        /// Since 4.0.
        2: is_stats_compliant: Option<bool>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetTablesExtRequest {
        1 required("catalog"): catalog: String,
        2 required("database"): database: String,
        3 required("tableNamePattern"): table_name_pattern: String,
        4 required("requestedFields"): requested_fields: i32,
        5: limit: Option<i32>,
        6: processor_capabilities: Option<Vec<String>>,
        7: processor_identifier: Option<String>,
    }
}

wire_struct! {
    GetTablesRequest {
        1 required("dbName"): db_name: String,
        2: tbl_names: Option<Vec<String>>,
        3: capabilities: Option<ClientCapabilities>,
        /// Since 3.1.
        4: cat_name: Option<String>,
        /// Since 4.0.
        5: processor_capabilities: Option<Vec<String>>,
        /// Since 4.0.
        6: processor_identifier: Option<String>,
        /// Since 4.0.
        7: projection_spec: Option<GetProjectionsSpec>,
        /// Since 4.0.
        8: tables_pattern: Option<String>,
    }
}

wire_struct! {
    GetTablesResult {
        1 required("tables"): tables: Vec<Table>,
    }
}

wire_struct! {
    Order {
        1: col: Option<String>,
        2: order: i32,
    }
}

wire_struct! {
    Schema {
        1: field_schemas: Option<Vec<FieldSchema>>,
        2: properties: Option<Vec<(String, String)>>,
    }
}

wire_struct! {
    SerDeInfo {
        1: name: Option<String>,
        2: serialization_lib: Option<String>,
        3: parameters: Option<Vec<(String, String)>>,
        /// Since 3.1.
        4: description: Option<String>,
        /// Since 3.1.
        5: serializer_class: Option<String>,
        /// Since 3.1.
        6: deserializer_class: Option<String>,
        /// Since 3.1.
        7: serde_type: Option<SerdeType>,
    }
}

wire_struct! {
    SkewedInfo {
        1: skewed_col_names: Option<Vec<String>>,
        2: skewed_col_values: Option<Vec<Vec<String>>>,
        3: skewed_col_value_location_maps: Option<Vec<(Vec<String>, String)>>,
    }
}

wire_struct! {
    /// Since 4.0.
    SourceTable {
        1 required("table"): table: Table,
        2 required("insertedCount"): inserted_count: i64,
        3 required("updatedCount"): updated_count: i64,
        4 required("deletedCount"): deleted_count: i64,
    }
}

wire_struct! {
    StorageDescriptor {
        1: cols: Option<Shared<Vec<FieldSchema>>>,
        2: location: Option<String>,
        3: input_format: Option<String>,
        4: output_format: Option<String>,
        5: compressed: bool,
        6: num_buckets: i32,
        7: serde_info: Option<SerDeInfo>,
        8: bucket_cols: Option<Vec<String>>,
        9: sort_cols: Option<Vec<Order>>,
        10: parameters: Option<Vec<(String, String)>>,
        11: skewed_info: Option<SkewedInfo>,
        12: stored_as_sub_directories: Option<bool>,
    }
}

wire_struct! {
    Table {
        1: table_name: Option<String>,
        2: db_name: Option<String>,
        3: owner: Option<String>,
        4: create_time: i32,
        5: last_access_time: i32,
        6: retention: i32,
        7: sd: Option<StorageDescriptor>,
        8: partition_keys: Option<Vec<FieldSchema>>,
        9: parameters: Option<Vec<(String, String)>>,
        10: view_original_text: Option<String>,
        11: view_expanded_text: Option<String>,
        12: table_type: Option<String>,
        13: privileges: Option<PrincipalPrivilegeSet>,
        14: temporary: bool = false,
        15: rewrite_enabled: Option<bool>,
        /// 2.3.10 sends the catalog name here, as text.
        /// Since 2.3.10.
        16: creation_metadata: Option<CreationMetadata>,
        /// What older releases have under the same id.
        16: cat_name_v2: Option<String>,
        /// Since 3.1.
        17: cat_name: Option<String>,
        /// Since 3.1.
        18: owner_type: PrincipalType = PrincipalType::USER,
        /// Hive declares -1 as the default and yet always writes it; clients compare.
        /// Since 4.0.
        19: write_id: Option<i64>,
        /// Since 4.0.
        20: is_stats_compliant: Option<bool>,
        /// Since 4.0.
        21: col_stats: Option<ColumnStatistics>,
        /// Since 4.0.
        22: access_type: Option<i8>,
        /// Since 4.0.
        23: required_read_capabilities: Option<Vec<String>>,
        /// Since 4.0.
        24: required_write_capabilities: Option<Vec<String>>,
        /// Since 4.0.
        25: id: Option<i64>,
        /// Since 4.0.
        26: file_metadata: Option<FileMetadata>,
        /// Since 4.0.
        27: dictionary: Option<ObjectDictionary>,
        /// Since 4.0.
        28: txn_id: Option<i64>,
    }
}

wire_struct! {
    TableMeta {
        1 required("dbName"): db_name: String,
        2 required("tableName"): table_name: String,
        3 required("tableType"): table_type: String,
        4: comments: Option<String>,
        /// Since 3.1.
        5: cat_name: Option<String>,
        /// Since 4.0.
        6: owner_name: Option<String>,
        /// Since 4.0.
        7: owner_type: Option<PrincipalType>,
    }
}

wire_struct! {
    /// Since 4.0.
    TruncateTableRequest {
        1 required("dbName"): db_name: String,
        2 required("tableName"): table_name: String,
        3: part_names: Option<Vec<String>>,
        4: write_id: i64 = -1,
        5: valid_write_id_list: Option<String>,
        6: environment_context: Option<EnvironmentContext>,
    }
}

wire_struct! {
    /// Since 4.0.
    TruncateTableResponse {}
}
