// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Partitions, and the calls that pick them.

use super::types::{
    ColumnStatistics, EnvironmentContext, FieldSchema, FileMetadata, ObjectDictionary, PrincipalPrivilegeSet,
    StorageDescriptor,
};
use crate::wire::macros::{wire_enum, wire_struct};

wire_enum! {
    PartitionEventType {
        LOAD_DONE = 1,
    }
}

wire_enum! {
    /// Since 4.0.
    PartitionFilterMode {
        BY_NAMES = 0,
        BY_VALUES = 1,
        BY_EXPR = 2,
    }
}

wire_struct! {
    AddPartitionsRequest {
        1 required("dbName"): db_name: String,
        2 required("tblName"): tbl_name: String,
        3 required("parts"): parts: Vec<Partition>,
        4 required("ifNotExists"): if_not_exists: bool,
        5: need_result: bool = true,
        /// Since 2.3.10.
        6: cat_name: Option<String>,
        /// Since 4.0.
        7: valid_write_id_list: Option<String>,
        /// Since 4.0.
        8: skip_column_schema_for_partition: Option<bool>,
        /// Since 4.0.
        9: partition_col_schema: Option<Vec<FieldSchema>>,
        /// Since 4.0.1.
        10: environment_context: Option<EnvironmentContext>,
    }
}

wire_struct! {
    AddPartitionsResult {
        1: partitions: Option<Vec<Partition>>,
        /// Since 4.0.
        2: is_stats_compliant: Option<bool>,
        /// Since 4.0.
        3: partition_col_schema: Option<Vec<FieldSchema>>,
    }
}

wire_struct! {
    /// Since 4.0.
    AlterPartitionsRequest {
        1: cat_name: Option<String>,
        2 required("dbName"): db_name: String,
        3 required("tableName"): table_name: String,
        4 required("partitions"): partitions: Vec<Partition>,
        5: environment_context: Option<EnvironmentContext>,
        6: write_id: i64 = -1,
        7: valid_write_id_list: Option<String>,
        8: skip_column_schema_for_partition: Option<bool>,
        9: partition_col_schema: Option<Vec<FieldSchema>>,
    }
}

wire_struct! {
    /// Since 4.0.
    AlterPartitionsResponse {}
}

wire_struct! {
    /// Since 4.0.1.
    AppendPartitionsRequest {
        1: catalog_name: Option<String>,
        2 required("dbName"): db_name: String,
        3 required("tableName"): table_name: String,
        4: name: Option<String>,
        5: part_vals: Option<Vec<String>>,
        6: environment_context: Option<EnvironmentContext>,
    }
}

wire_struct! {
    /// Since 4.0.1.
    DropPartitionRequest {
        1: cat_name: Option<String>,
        2 required("dbName"): db_name: String,
        3 required("tblName"): tbl_name: String,
        4: part_name: Option<String>,
        5: part_vals: Option<Vec<String>>,
        6: delete_data: Option<bool>,
        7: environment_context: Option<EnvironmentContext>,
    }
}

wire_struct! {
    DropPartitionsExpr {
        1 required("expr"): expr: Vec<u8>,
        2: part_archive_level: Option<i32>,
    }
}

wire_struct! {
    DropPartitionsRequest {
        1 required("dbName"): db_name: String,
        2 required("tblName"): tbl_name: String,
        3 required("parts"): parts: RequestPartsSpec,
        4: delete_data: Option<bool>,
        5: if_exists: bool = true,
        6: ignore_protection: Option<bool>,
        7: environment_context: Option<EnvironmentContext>,
        8: need_result: bool = true,
        /// Since 2.3.10.
        9: cat_name: Option<String>,
        /// Since 4.0.
        10: skip_column_schema_for_partition: Option<bool>,
    }
}

wire_struct! {
    DropPartitionsResult {
        1: partitions: Option<Vec<Partition>>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetPartitionNamesPsRequest {
        1: cat_name: Option<String>,
        2 required("dbName"): db_name: String,
        3 required("tblName"): tbl_name: String,
        4: part_values: Option<Vec<String>>,
        5: max_parts: i16 = -1,
        6: valid_write_id_list: Option<String>,
        7: id: i64 = -1,
    }
}

wire_struct! {
    /// Since 4.0.
    GetPartitionNamesPsResponse {
        1 required("names"): names: Vec<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetPartitionRequest {
        1: cat_name: Option<String>,
        2 required("dbName"): db_name: String,
        3 required("tblName"): tbl_name: String,
        4 required("partVals"): part_vals: Vec<String>,
        5: valid_write_id_list: Option<String>,
        6: id: i64 = -1,
    }
}

wire_struct! {
    /// Since 4.0.
    GetPartitionResponse {
        1 required("partition"): partition: Partition,
    }
}

wire_struct! {
    /// Since 4.0.
    GetPartitionsByFilterRequest {
        1: cat_name: Option<String>,
        2: db_name: Option<String>,
        3: tbl_name: Option<String>,
        4: filter: Option<String>,
        5: max_parts: i16 = -1,
        6: skip_column_schema_for_partition: Option<bool>,
        7: include_param_key_pattern: Option<String>,
        8: exclude_param_key_pattern: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetPartitionsByNamesRequest {
        1 required("db_name"): db_name: String,
        2 required("tbl_name"): tbl_name: String,
        3: names: Option<Vec<String>>,
        4: get_col_stats: Option<bool>,
        5: processor_capabilities: Option<Vec<String>>,
        6: processor_identifier: Option<String>,
        7: engine: String = "hive".to_owned(),
        8: valid_write_id_list: Option<String>,
        9: get_file_metadata: Option<bool>,
        10: id: i64 = -1,
        11: skip_column_schema_for_partition: Option<bool>,
        12: include_param_key_pattern: Option<String>,
        13: exclude_param_key_pattern: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetPartitionsByNamesResult {
        1 required("partitions"): partitions: Vec<Partition>,
        2: dictionary: Option<ObjectDictionary>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetPartitionsFilterSpec {
        7: filter_mode: Option<PartitionFilterMode>,
        8: filters: Option<Vec<String>>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetPartitionsPsWithAuthRequest {
        1: cat_name: Option<String>,
        2 required("dbName"): db_name: String,
        3 required("tblName"): tbl_name: String,
        4: part_vals: Option<Vec<String>>,
        5: max_parts: i16 = -1,
        6: user_name: Option<String>,
        7: group_names: Option<Vec<String>>,
        8: valid_write_id_list: Option<String>,
        9: id: i64 = -1,
        10: skip_column_schema_for_partition: Option<bool>,
        11: include_param_key_pattern: Option<String>,
        12: exclude_param_key_pattern: Option<String>,
        13: part_names: Option<Vec<String>>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetPartitionsPsWithAuthResponse {
        1 required("partitions"): partitions: Vec<Partition>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetPartitionsRequest {
        1: cat_name: Option<String>,
        2: db_name: Option<String>,
        3: tbl_name: Option<String>,
        4: with_auth: Option<bool>,
        5: user: Option<String>,
        6: group_names: Option<Vec<String>>,
        7: projection_spec: Option<GetProjectionsSpec>,
        8: filter_spec: Option<GetPartitionsFilterSpec>,
        9: processor_capabilities: Option<Vec<String>>,
        10: processor_identifier: Option<String>,
        11: valid_write_id_list: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetPartitionsResponse {
        1: partition_spec: Option<Vec<PartitionSpec>>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetProjectionsSpec {
        1: field_list: Option<Vec<String>>,
        2: include_param_key_pattern: Option<String>,
        3: exclude_param_key_pattern: Option<String>,
    }
}

wire_struct! {
    Partition {
        1: values: Option<Vec<String>>,
        2: db_name: Option<String>,
        3: table_name: Option<String>,
        4: create_time: i32,
        5: last_access_time: i32,
        6: sd: Option<StorageDescriptor>,
        7: parameters: Option<Vec<(String, String)>>,
        8: privileges: Option<PrincipalPrivilegeSet>,
        /// Since 2.3.10.
        9: cat_name: Option<String>,
        /// Since 4.0.
        10: write_id: Option<i64>,
        /// Since 4.0.
        11: is_stats_compliant: Option<bool>,
        /// Since 4.0.
        12: col_stats: Option<ColumnStatistics>,
        /// Since 4.0.
        13: file_metadata: Option<FileMetadata>,
    }
}

wire_struct! {
    PartitionListComposingSpec {
        1: partitions: Option<Vec<Partition>>,
    }
}

wire_struct! {
    PartitionSpec {
        1: db_name: Option<String>,
        2: table_name: Option<String>,
        3: root_path: Option<String>,
        4: shared_sd_partition_spec: Option<PartitionSpecWithSharedSD>,
        5: partition_list: Option<PartitionListComposingSpec>,
        /// Since 2.3.10.
        6: cat_name: Option<String>,
        /// Since 4.0.
        7: write_id: i64 = -1,
        /// Since 4.0.
        8: is_stats_compliant: Option<bool>,
    }
}

wire_struct! {
    PartitionSpecWithSharedSD {
        1: partitions: Option<Vec<PartitionWithoutSD>>,
        2: sd: Option<StorageDescriptor>,
    }
}

wire_struct! {
    PartitionValuesRequest {
        1 required("dbName"): db_name: String,
        2 required("tblName"): tbl_name: String,
        3 required("partitionKeys"): partition_keys: Vec<FieldSchema>,
        4: apply_distinct: bool = true,
        5: filter: Option<String>,
        6: partition_order: Option<Vec<FieldSchema>>,
        7: ascending: bool = true,
        8: max_parts: i64 = -1,
        /// Since 2.3.10.
        9: cat_name: Option<String>,
        /// Since 4.0.
        10: valid_write_id_list: Option<String>,
    }
}

wire_struct! {
    PartitionValuesResponse {
        1 required("partitionValues"): partition_values: Vec<PartitionValuesRow>,
    }
}

wire_struct! {
    PartitionValuesRow {
        1 required("row"): row: Vec<String>,
    }
}

wire_struct! {
    PartitionWithoutSD {
        1: values: Option<Vec<String>>,
        2: create_time: i32,
        3: last_access_time: i32,
        4: relative_path: Option<String>,
        5: parameters: Option<Vec<(String, String)>>,
        6: privileges: Option<PrincipalPrivilegeSet>,
    }
}

wire_struct! {
    PartitionsByExprRequest {
        1 required("dbName"): db_name: String,
        2 required("tblName"): tbl_name: String,
        3 required("expr"): expr: Vec<u8>,
        4: default_partition_name: Option<String>,
        5: max_parts: i16 = -1,
        /// Since 2.3.10.
        6: cat_name: Option<String>,
        /// Since 4.0.
        7: order: Option<String>,
        /// Since 4.0.
        8: valid_write_id_list: Option<String>,
        /// Since 4.0.
        9: id: i64 = -1,
        /// Since 4.0.
        10: skip_column_schema_for_partition: Option<bool>,
        /// Since 4.0.
        11: include_param_key_pattern: Option<String>,
        /// Since 4.0.
        12: exclude_param_key_pattern: Option<String>,
    }
}

wire_struct! {
    PartitionsByExprResult {
        1 required("partitions"): partitions: Vec<Partition>,
        2 required("hasUnknownPartitions"): has_unknown_partitions: bool,
    }
}

wire_struct! {
    /// Since 4.0.
    PartitionsRequest {
        1: cat_name: Option<String>,
        2 required("dbName"): db_name: String,
        3 required("tblName"): tbl_name: String,
        4: max_parts: i16 = -1,
        5: valid_write_id_list: Option<String>,
        6: id: i64 = -1,
        7: skip_column_schema_for_partition: Option<bool>,
        8: include_param_key_pattern: Option<String>,
        9: exclude_param_key_pattern: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    PartitionsResponse {
        1 required("partitions"): partitions: Vec<Partition>,
    }
}

wire_struct! {
    /// Since 4.0.
    PartitionsSpecByExprResult {
        1 required("partitionsSpec"): partitions_spec: Vec<PartitionSpec>,
        2 required("hasUnknownPartitions"): has_unknown_partitions: bool,
    }
}

wire_struct! {
    /// Since 4.0.
    RenamePartitionRequest {
        1: cat_name: Option<String>,
        2 required("dbName"): db_name: String,
        3 required("tableName"): table_name: String,
        4 required("partVals"): part_vals: Vec<String>,
        5 required("newPart"): new_part: Partition,
        6: valid_write_id_list: Option<String>,
        7: txn_id: Option<i64>,
        8: clone_part: Option<bool>,
    }
}

wire_struct! {
    /// Since 4.0.
    RenamePartitionResponse {}
}

wire_struct! {
    RequestPartsSpec {
        1: names: Option<Vec<String>>,
        2: exprs: Option<Vec<DropPartitionsExpr>>,
    }
}
