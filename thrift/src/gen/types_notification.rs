// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Notification events and replication.

use crate::wire::macros::{wire_enum, wire_struct};

wire_enum! {
    EventRequestType {
        INSERT = 1,
        UPDATE = 2,
        DELETE = 3,
    }
}

wire_struct! {
    /// Since 3.1.
    CmRecycleRequest {
        1 required("dataPath"): data_path: String,
        2 required("purge"): purge: bool,
    }
}

wire_struct! {
    /// Since 3.1.
    CmRecycleResponse {}
}

wire_struct! {
    CurrentNotificationEventId {
        1 required("eventId"): event_id: i64,
    }
}

wire_struct! {
    FireEventRequest {
        1 required("successful"): successful: bool,
        2 required("data"): data: FireEventRequestData,
        3: db_name: Option<String>,
        4: table_name: Option<String>,
        5: partition_vals: Option<Vec<String>>,
        /// Since 3.1.
        6: cat_name: Option<String>,
        /// Since 4.0.
        7: tbl_params: Option<Vec<(String, String)>>,
        /// Since 4.2.
        8: batch_partition_vals_for_refresh: Option<Vec<Vec<String>>>,
    }
}

wire_struct! {
    FireEventRequestData {
        1: insert_data: Option<InsertEventRequestData>,
        /// Since 4.0.
        2: insert_datas: Option<Vec<InsertEventRequestData>>,
        /// Since 4.0.
        3: refresh_event: Option<bool>,
    }
}

wire_struct! {
    FireEventResponse {
        /// Since 4.0.
        1: event_ids: Option<Vec<i64>>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetAllWriteEventInfoRequest {
        1 required("txnId"): txn_id: i64,
        2: db_name: Option<String>,
        3: table_name: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetReplicationMetricsRequest {
        1: scheduled_execution_id: Option<i64>,
        2: policy: Option<String>,
        3: dump_execution_id: Option<i64>,
    }
}

wire_struct! {
    InsertEventRequestData {
        /// 2.3 sends the added files here.
        1: replace: Option<bool>,
        /// What older releases have under the same id.
        1: files_added_v2: Option<Vec<String>>,
        /// 2.3 sends the checksums here, if `filesAddedV2` came.
        2: files_added: Option<Vec<String>>,
        /// Since 3.1.
        3: files_added_checksum: Option<Vec<String>>,
        /// Since 4.0.
        4: sub_directory_list: Option<Vec<String>>,
        /// Since 4.0.
        5: partition_val: Option<Vec<String>>,
    }
}

wire_struct! {
    NotificationEvent {
        1 required("eventId"): event_id: i64,
        2 required("eventTime"): event_time: i32,
        3 required("eventType"): event_type: String,
        4: db_name: Option<String>,
        5: table_name: Option<String>,
        6 required("message"): message: String,
        7: message_format: Option<String>,
        /// Since 3.1.
        8: cat_name: Option<String>,
    }
}

wire_struct! {
    NotificationEventRequest {
        1 required("lastEvent"): last_event: i64,
        2: max_events: Option<i32>,
        /// Since 4.0.
        3: event_type_skip_list: Option<Vec<String>>,
        /// Since 4.0.
        4: cat_name: Option<String>,
        /// Since 4.0.
        5: db_name: Option<String>,
        /// Since 4.0.
        6: table_names: Option<Vec<String>>,
        /// Since 4.1.
        7: event_type_list: Option<Vec<String>>,
    }
}

wire_struct! {
    NotificationEventResponse {
        1 required("events"): events: Vec<NotificationEvent>,
    }
}

wire_struct! {
    /// Since 3.1.
    NotificationEventsCountRequest {
        1 required("fromEventId"): from_event_id: i64,
        2 required("dbName"): db_name: String,
        3: cat_name: Option<String>,
        /// Since 4.0.
        4: to_event_id: Option<i64>,
        /// Since 4.0.
        5: limit: Option<i64>,
        /// Since 4.0.
        6: table_names: Option<Vec<String>>,
    }
}

wire_struct! {
    /// Since 3.1.
    NotificationEventsCountResponse {
        1 required("eventsCount"): events_count: i64,
    }
}

wire_struct! {
    /// Since 4.0.
    ReplLastIdInfo {
        1 required("database"): database: String,
        2 required("lastReplId"): last_repl_id: i64,
        3: table: Option<String>,
        4: catalog: Option<String>,
        5: partition_list: Option<Vec<String>>,
    }
}

wire_struct! {
    /// Since 4.0.
    ReplicationMetricList {
        1 required("replicationMetricList"): replication_metric_list: Vec<ReplicationMetrics>,
    }
}

wire_struct! {
    /// Since 4.0.
    ReplicationMetrics {
        1 required("scheduledExecutionId"): scheduled_execution_id: i64,
        2 required("policy"): policy: String,
        3 required("dumpExecutionId"): dump_execution_id: i64,
        4: metadata: Option<String>,
        5: progress: Option<String>,
        6: message_format: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    WriteEventInfo {
        1 required("writeId"): write_id: i64,
        2 required("database"): database: String,
        3 required("table"): table: String,
        4 required("files"): files: String,
        5: partition: Option<String>,
        6: table_obj: Option<String>,
        7: partition_obj: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    WriteNotificationLogBatchRequest {
        1 required("catalog"): catalog: String,
        2 required("db"): db: String,
        3 required("table"): table: String,
        4 required("requestList"): request_list: Vec<WriteNotificationLogRequest>,
    }
}

wire_struct! {
    /// Since 4.0.
    WriteNotificationLogBatchResponse {}
}

wire_struct! {
    /// Since 4.0.
    WriteNotificationLogRequest {
        1 required("txnId"): txn_id: i64,
        2 required("writeId"): write_id: i64,
        3 required("db"): db: String,
        4 required("table"): table: String,
        5 required("fileInfo"): file_info: InsertEventRequestData,
        6: partition_vals: Option<Vec<String>>,
    }
}

wire_struct! {
    /// Since 4.0.
    WriteNotificationLogResponse {}
}
