// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Scheduled queries.

use crate::wire::macros::{wire_enum, wire_struct};

wire_enum! {
    /// Since 4.0.
    QueryState {
        INITED = 0,
        EXECUTING = 1,
        FAILED = 2,
        FINISHED = 3,
        TIMED_OUT = 4,
        AUTO_DISABLED = 5,
    }
}

wire_enum! {
    /// Since 4.0.
    ScheduledQueryMaintenanceRequestType {
        CREATE = 1,
        ALTER = 2,
        DROP = 3,
    }
}

wire_struct! {
    /// Since 4.0.
    ScheduledQuery {
        1 required("scheduleKey"): schedule_key: ScheduledQueryKey,
        2: enabled: Option<bool>,
        4: schedule: Option<String>,
        5: user: Option<String>,
        6: query: Option<String>,
        7: next_execution: Option<i32>,
    }
}

wire_struct! {
    /// Since 4.0.
    ScheduledQueryKey {
        1 required("scheduleName"): schedule_name: String,
        2 required("clusterNamespace"): cluster_namespace: String,
    }
}

wire_struct! {
    /// Since 4.0.
    ScheduledQueryMaintenanceRequest {
        1 required("type"): r#type: ScheduledQueryMaintenanceRequestType,
        2 required("scheduledQuery"): scheduled_query: ScheduledQuery,
    }
}

wire_struct! {
    /// Since 4.0.
    ScheduledQueryPollRequest {
        1 required("clusterNamespace"): cluster_namespace: String,
    }
}

wire_struct! {
    /// Since 4.0.
    ScheduledQueryPollResponse {
        1: schedule_key: Option<ScheduledQueryKey>,
        2: execution_id: Option<i64>,
        3: query: Option<String>,
        4: user: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    ScheduledQueryProgressInfo {
        1 required("scheduledExecutionId"): scheduled_execution_id: i64,
        2 required("state"): state: QueryState,
        3 required("executorQueryId"): executor_query_id: String,
        4: error_message: Option<String>,
    }
}
