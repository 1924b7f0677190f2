// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Column statistics.

use crate::wire::macros::wire_struct;

wire_struct! {
    AggrStats {
        1 required("colStats"): col_stats: Vec<ColumnStatisticsObj>,
        2 required("partsFound"): parts_found: i64,
        /// Since 4.0.
        3: is_stats_compliant: Option<bool>,
    }
}

wire_struct! {
    BinaryColumnStatsData {
        1 required("maxColLen"): max_col_len: i64,
        2 required("avgColLen"): avg_col_len: f64,
        3 required("numNulls"): num_nulls: i64,
        4: bit_vectors: Option<Vec<u8>>,
    }
}

wire_struct! {
    BooleanColumnStatsData {
        1 required("numTrues"): num_trues: i64,
        2 required("numFalses"): num_falses: i64,
        3 required("numNulls"): num_nulls: i64,
        4: bit_vectors: Option<Vec<u8>>,
    }
}

wire_struct! {
    ColumnStatistics {
        1 required("statsDesc"): stats_desc: ColumnStatisticsDesc,
        2 required("statsObj"): stats_obj: Vec<ColumnStatisticsObj>,
        /// Since 4.0.
        3: is_stats_compliant: Option<bool>,
        /// Since 4.0.
        4: engine: String = "hive".to_owned(),
    }
}

wire_struct! {
    ColumnStatisticsData {
        1: boolean_stats: Option<BooleanColumnStatsData>,
        2: long_stats: Option<LongColumnStatsData>,
        3: double_stats: Option<DoubleColumnStatsData>,
        4: string_stats: Option<StringColumnStatsData>,
        5: binary_stats: Option<BinaryColumnStatsData>,
        6: decimal_stats: Option<DecimalColumnStatsData>,
        7: date_stats: Option<DateColumnStatsData>,
        /// Since 4.0.
        8: timestamp_stats: Option<TimestampColumnStatsData>,
    }
}

wire_struct! {
    ColumnStatisticsDesc {
        1 required("isTblLevel"): is_tbl_level: bool,
        2 required("dbName"): db_name: String,
        3 required("tableName"): table_name: String,
        4: part_name: Option<String>,
        5: last_analyzed: Option<i64>,
        /// Since 2.3.10.
        6: cat_name: Option<String>,
    }
}

wire_struct! {
    ColumnStatisticsObj {
        1 required("colName"): col_name: String,
        2 required("colType"): col_type: String,
        3 required("statsData"): stats_data: ColumnStatisticsData,
    }
}

wire_struct! {
    Date {
        1 required("daysSinceEpoch"): days_since_epoch: i64,
    }
}

wire_struct! {
    DateColumnStatsData {
        1: low_value: Option<Date>,
        2: high_value: Option<Date>,
        3 required("numNulls"): num_nulls: i64,
        4 required("numDVs"): num_d_vs: i64,
        5: bit_vectors: Option<Vec<u8>>,
        /// Since 4.0.
        6: histogram: Option<Vec<u8>>,
    }
}

wire_struct! {
    Decimal {
        /// Java writes them in this order.
        3 required("scale"): scale: i16,
        1 required("unscaled"): unscaled: Vec<u8>,
    }
}

wire_struct! {
    DecimalColumnStatsData {
        1: low_value: Option<Decimal>,
        2: high_value: Option<Decimal>,
        3 required("numNulls"): num_nulls: i64,
        4 required("numDVs"): num_d_vs: i64,
        5: bit_vectors: Option<Vec<u8>>,
        /// Since 4.0.
        6: histogram: Option<Vec<u8>>,
    }
}

wire_struct! {
    /// Since 4.1.
    DeleteColumnStatisticsRequest {
        1: cat_name: Option<String>,
        2 required("db_name"): db_name: String,
        3 required("tbl_name"): tbl_name: String,
        4: part_names: Option<Vec<String>>,
        5: col_names: Option<Vec<String>>,
        6: engine: String = "hive".to_owned(),
        7: table_level: bool = false,
    }
}

wire_struct! {
    DoubleColumnStatsData {
        1: low_value: Option<f64>,
        2: high_value: Option<f64>,
        3 required("numNulls"): num_nulls: i64,
        4 required("numDVs"): num_d_vs: i64,
        5: bit_vectors: Option<Vec<u8>>,
        /// Since 4.0.
        6: histogram: Option<Vec<u8>>,
    }
}

wire_struct! {
    /// Since 3.1.
    GetRuntimeStatsRequest {
        1 required("maxWeight"): max_weight: i32,
        2 required("maxCreateTime"): max_create_time: i32,
    }
}

wire_struct! {
    LongColumnStatsData {
        1: low_value: Option<i64>,
        2: high_value: Option<i64>,
        3 required("numNulls"): num_nulls: i64,
        4 required("numDVs"): num_d_vs: i64,
        5: bit_vectors: Option<Vec<u8>>,
        /// Since 4.0.
        6: histogram: Option<Vec<u8>>,
    }
}

wire_struct! {
    PartitionsStatsRequest {
        1 required("dbName"): db_name: String,
        2 required("tblName"): tbl_name: String,
        3 required("colNames"): col_names: Vec<String>,
        4 required("partNames"): part_names: Vec<String>,
        /// Since 2.3.10.
        5: cat_name: Option<String>,
        /// Since 4.0.
        6: valid_write_id_list: Option<String>,
        /// Since 4.0.
        7: engine: String = "hive".to_owned(),
    }
}

wire_struct! {
    PartitionsStatsResult {
        1 required("partStats"): part_stats: Vec<(String, Vec<ColumnStatisticsObj>)>,
        /// Since 4.0.
        2: is_stats_compliant: Option<bool>,
    }
}

wire_struct! {
    /// Since 3.1.
    RuntimeStat {
        1: create_time: Option<i32>,
        2 required("weight"): weight: i32,
        3 required("payload"): payload: Vec<u8>,
    }
}

wire_struct! {
    SetPartitionsStatsRequest {
        1 required("colStats"): col_stats: Vec<ColumnStatistics>,
        2: need_merge: Option<bool>,
        /// Since 4.0.
        3: write_id: i64 = -1,
        /// Since 4.0.
        4: valid_write_id_list: Option<String>,
        /// Since 4.0.
        5: engine: String = "hive".to_owned(),
    }
}

wire_struct! {
    /// Since 4.0.
    SetPartitionsStatsResponse {
        1 required("result"): result: bool,
    }
}

wire_struct! {
    StringColumnStatsData {
        1 required("maxColLen"): max_col_len: i64,
        2 required("avgColLen"): avg_col_len: f64,
        3 required("numNulls"): num_nulls: i64,
        4 required("numDVs"): num_d_vs: i64,
        5: bit_vectors: Option<Vec<u8>>,
    }
}

wire_struct! {
    TableStatsRequest {
        1 required("dbName"): db_name: String,
        2 required("tblName"): tbl_name: String,
        3 required("colNames"): col_names: Vec<String>,
        /// Since 3.1.
        4: cat_name: Option<String>,
        /// Since 4.0.
        5: valid_write_id_list: Option<String>,
        /// Since 4.0.
        6: engine: String = "hive".to_owned(),
        /// Since 4.0.
        7: id: i64 = -1,
    }
}

wire_struct! {
    TableStatsResult {
        1 required("tableStats"): table_stats: Vec<ColumnStatisticsObj>,
        /// Since 4.0.
        2: is_stats_compliant: Option<bool>,
    }
}

wire_struct! {
    /// Since 4.0.
    Timestamp {
        1 required("secondsSinceEpoch"): seconds_since_epoch: i64,
    }
}

wire_struct! {
    /// Since 4.0.
    TimestampColumnStatsData {
        1: low_value: Option<Timestamp>,
        2: high_value: Option<Timestamp>,
        3 required("numNulls"): num_nulls: i64,
        4 required("numDVs"): num_d_vs: i64,
        5: bit_vectors: Option<Vec<u8>>,
        6: histogram: Option<Vec<u8>>,
    }
}

wire_struct! {
    /// Since 4.0.
    UpdateTransactionalStatsRequest {
        1 required("tableId"): table_id: i64,
        2 required("insertCount"): insert_count: i64,
        3 required("updatedCount"): updated_count: i64,
        4 required("deletedCount"): deleted_count: i64,
    }
}
