// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Compactions of transactional tables.

use crate::wire::macros::{wire_enum, wire_struct};

wire_enum! {
    /// Since 4.0.
    CompactionMetricsMetricType {
        NUM_OBSOLETE_DELTAS = 0,
        NUM_DELTAS = 1,
        NUM_SMALL_DELTAS = 2,
    }
}

wire_enum! {
    CompactionType {
        MINOR = 1,
        MAJOR = 2,
        /// Since 4.0.
        REBALANCE = 3,
        /// Since 4.0.
        ABORT_TXN_CLEANUP = 4,
        /// Since 4.1.
        SMART_OPTIMIZE = 5,
    }
}

wire_struct! {
    /// Since 4.0.
    AbortCompactResponse {
        1 required("abortedcompacts"): abortedcompacts: Vec<(i64, AbortCompactionResponseElement)>,
    }
}

wire_struct! {
    /// Since 4.0.
    AbortCompactionRequest {
        1 required("compactionIds"): compaction_ids: Vec<i64>,
        2: r#type: Option<String>,
        3: pool_name: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    AbortCompactionResponseElement {
        1 required("compactionId"): compaction_id: i64,
        2: status: Option<String>,
        3: message: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    CompactionInfoStruct {
        1 required("id"): id: i64,
        2 required("dbname"): dbname: String,
        3 required("tablename"): tablename: String,
        4: partitionname: Option<String>,
        5 required("type"): r#type: CompactionType,
        6: runas: Option<String>,
        7: properties: Option<String>,
        8: toomanyaborts: Option<bool>,
        9: state: Option<String>,
        10: worker_id: Option<String>,
        11: start: Option<i64>,
        12: highest_write_id: Option<i64>,
        13: error_message: Option<String>,
        14: hasoldabort: Option<bool>,
        15: enqueue_time: Option<i64>,
        16: retry_retention: Option<i64>,
        17: poolname: Option<String>,
        18: number_of_buckets: Option<i32>,
        19: order_by_clause: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    CompactionMetricsDataRequest {
        1 required("dbName"): db_name: String,
        2 required("tblName"): tbl_name: String,
        3: partition_name: Option<String>,
        4 required("type"): r#type: CompactionMetricsMetricType,
    }
}

wire_struct! {
    /// Since 4.0.
    CompactionMetricsDataResponse {
        1: data: Option<CompactionMetricsDataStruct>,
    }
}

wire_struct! {
    /// Since 4.0.
    CompactionMetricsDataStruct {
        1 required("dbname"): dbname: String,
        2 required("tblname"): tblname: String,
        3: partitionname: Option<String>,
        4 required("type"): r#type: CompactionMetricsMetricType,
        5 required("metricvalue"): metricvalue: i32,
        6 required("version"): version: i32,
        7 required("threshold"): threshold: i32,
    }
}

wire_struct! {
    CompactionRequest {
        1 required("dbname"): dbname: String,
        2 required("tablename"): tablename: String,
        3: partitionname: Option<String>,
        4 required("type"): r#type: CompactionType,
        5: runas: Option<String>,
        6: properties: Option<Vec<(String, String)>>,
        /// Since 4.0.
        7: initiator_id: Option<String>,
        /// Since 4.0.
        8: initiator_version: Option<String>,
        /// Since 4.0.
        9: pool_name: Option<String>,
        /// Since 4.0.
        10: number_of_buckets: Option<i32>,
        /// Since 4.0.
        11: order_by_clause: Option<String>,
    }
}

wire_struct! {
    CompactionResponse {
        1 required("id"): id: i64,
        2 required("state"): state: String,
        3 required("accepted"): accepted: bool,
        /// Since 4.0.
        4: errormessage: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    FindNextCompactRequest {
        1: worker_id: Option<String>,
        2: worker_version: Option<String>,
        3: pool_name: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetLatestCommittedCompactionInfoRequest {
        1 required("dbname"): dbname: String,
        2 required("tablename"): tablename: String,
        3: partitionnames: Option<Vec<String>>,
        4: last_compaction_id: Option<i64>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetLatestCommittedCompactionInfoResponse {
        1 required("compactions"): compactions: Vec<CompactionInfoStruct>,
    }
}

wire_struct! {
    /// Since 4.0.
    OptionalCompactionInfoStruct {
        1: ci: Option<CompactionInfoStruct>,
    }
}

wire_struct! {
    ShowCompactRequest {
        /// Since 4.0.
        1: id: Option<i64>,
        /// Since 4.0.
        2: pool_name: Option<String>,
        /// Since 4.0.
        3: db_name: Option<String>,
        /// Since 4.0.
        4: tb_name: Option<String>,
        /// Since 4.0.
        5: part_name: Option<String>,
        /// Since 4.0.
        6: r#type: Option<CompactionType>,
        /// Since 4.0.
        7: state: Option<String>,
        /// Since 4.0.
        8: limit: Option<i64>,
        /// Since 4.0.
        9: order: Option<String>,
    }
}

wire_struct! {
    ShowCompactResponse {
        1 required("compacts"): compacts: Vec<ShowCompactResponseElement>,
    }
}

wire_struct! {
    ShowCompactResponseElement {
        1 required("dbname"): dbname: String,
        2 required("tablename"): tablename: String,
        3: partitionname: Option<String>,
        4 required("type"): r#type: CompactionType,
        5 required("state"): state: String,
        6: workerid: Option<String>,
        7: start: Option<i64>,
        8: run_as: Option<String>,
        9: hightest_txn_id: Option<i64>,
        10: meta_info: Option<String>,
        11: end_time: Option<i64>,
        12: hadoop_job_id: String = "None".to_owned(),
        13: id: Option<i64>,
        /// Since 4.0.
        14: error_message: Option<String>,
        /// Since 4.0.
        15: enqueue_time: Option<i64>,
        /// Since 4.0.
        16: worker_version: Option<String>,
        /// Since 4.0.
        17: initiator_id: Option<String>,
        /// Since 4.0.
        18: initiator_version: Option<String>,
        /// Since 4.0.
        19: cleaner_start: Option<i64>,
        /// Since 4.0.
        20: pool_name: Option<String>,
        /// Since 4.0.
        21: next_txn_id: Option<i64>,
        /// Since 4.0.
        22: txn_id: Option<i64>,
        /// Since 4.0.
        23: commit_time: Option<i64>,
        /// Since 4.0.
        24: hightest_write_id: Option<i64>,
    }
}
