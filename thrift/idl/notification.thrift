// Notification events and replication.

enum EventRequestType {
  INSERT = 1,
  UPDATE = 2,
  DELETE = 3,
}

// Since 3.1.
struct CmRecycleRequest {
  1: required string dataPath,
  2: required bool purge,
}

// Since 3.1.
struct CmRecycleResponse {
}

struct CurrentNotificationEventId {
  1: required i64 eventId,
}

struct FireEventRequest {
  1: required bool successful,
  2: required FireEventRequestData data,
  3: optional string dbName,
  4: optional string tableName,
  5: optional list<string> partitionVals,
  6: optional string catName,  // since 3.1
  7: optional map<string,string> tblParams,  // since 4.0
  8: optional list<list<string>> batchPartitionValsForRefresh,  // since 4.2
}

union FireEventRequestData {
  1: optional InsertEventRequestData insertData,
  2: optional list<InsertEventRequestData> insertDatas,  // since 4.0
  3: optional bool refreshEvent,  // since 4.0
}

struct FireEventResponse {
  1: list<i64> eventIds,  // since 4.0
}

// Since 4.0.
struct GetAllWriteEventInfoRequest {
  1: required i64 txnId,
  2: optional string dbName,
  3: optional string tableName,
}

// Since 4.0.
struct GetReplicationMetricsRequest {
  1: optional i64 scheduledExecutionId,
  2: optional string policy,
  3: optional i64 dumpExecutionId,
}

struct InsertEventRequestData {
  // 2.3 sends the added files here.
  1: optional bool replace (also = "list<string> filesAddedV2"),
  // 2.3 sends the checksums here, if `filesAddedV2` came.
  2: optional list<string> filesAdded,
  3: optional list<string> filesAddedChecksum,  // since 3.1
  4: optional list<string> subDirectoryList,  // since 4.0
  5: optional list<string> partitionVal,  // since 4.0
}

struct NotificationEvent {
  1: required i64 eventId,
  2: required i32 eventTime,
  3: required string eventType,
  4: optional string dbName,
  5: optional string tableName,
  6: required string message,
  7: optional string messageFormat,
  8: optional string catName,  // since 3.1
}

struct NotificationEventRequest {
  1: required i64 lastEvent,
  2: optional i32 maxEvents,
  3: optional list<string> eventTypeSkipList,  // since 4.0
  4: optional string catName,  // since 4.0
  5: optional string dbName,  // since 4.0
  6: optional list<string> tableNames,  // since 4.0
  7: optional list<string> eventTypeList,  // since 4.1
}

struct NotificationEventResponse {
  1: required list<NotificationEvent> events,
}

// Since 3.1.
struct NotificationEventsCountRequest {
  1: required i64 fromEventId,
  2: required string dbName,
  3: optional string catName,
  4: optional i64 toEventId,  // since 4.0
  5: optional i64 limit,  // since 4.0
  6: optional list<string> tableNames,  // since 4.0
}

// Since 3.1.
struct NotificationEventsCountResponse {
  1: required i64 eventsCount,
}

// Since 4.0.
struct ReplLastIdInfo {
  1: required string database,
  2: required i64 lastReplId,
  3: optional string table,
  4: optional string catalog,
  5: optional list<string> partitionList,
}

// Since 4.0.
struct ReplicationMetricList {
  1: required list<ReplicationMetrics> replicationMetricList,
}

// Since 4.0.
struct ReplicationMetrics {
  1: required i64 scheduledExecutionId,
  2: required string policy,
  3: required i64 dumpExecutionId,
  4: optional string metadata,
  5: optional string progress,
  6: optional string messageFormat,
}

// Since 4.0.
struct WriteEventInfo {
  1: required i64 writeId,
  2: required string database,
  3: required string table,
  4: required string files,
  5: optional string partition,
  6: optional string tableObj,
  7: optional string partitionObj,
}

// Since 4.0.
struct WriteNotificationLogBatchRequest {
  1: required string catalog,
  2: required string db,
  3: required string table,
  4: required list<WriteNotificationLogRequest> requestList,
}

// Since 4.0.
struct WriteNotificationLogBatchResponse {
}

// Since 4.0.
struct WriteNotificationLogRequest {
  1: required i64 txnId,
  2: required i64 writeId,
  3: required string db,
  4: required string table,
  5: required InsertEventRequestData fileInfo,
  6: optional list<string> partitionVals,
}

// Since 4.0.
struct WriteNotificationLogResponse {
}

service NotificationMethods {
  void add_replication_metrics(1: ReplicationMetricList replicationMetricList)
    throws (1: MetaException o1) (since = "4.0")
  WriteNotificationLogResponse add_write_notification_log(1: WriteNotificationLogRequest rqst) (since = "4.0")
  WriteNotificationLogBatchResponse add_write_notification_log_in_batch(1: WriteNotificationLogBatchRequest rqst)
    (since = "4.0")
  CmRecycleResponse cm_recycle(1: CmRecycleRequest request) throws (1: MetaException o1) (since = "3.1")
  FireEventResponse fire_listener_event(1: FireEventRequest rqst) (since = "2.3")
  list<WriteEventInfo> get_all_write_event_info(1: GetAllWriteEventInfoRequest request)
    throws (1: MetaException o1) (since = "4.0")
  CurrentNotificationEventId get_current_notificationEventId() (since = "2.3")
  NotificationEventResponse get_next_notification(1: NotificationEventRequest rqst) (since = "2.3")
  NotificationEventsCountResponse get_notification_events_count(1: NotificationEventsCountRequest rqst) (since = "3.1")
  ReplayedTxnsForPolicyResult get_replayed_txns_for_policy(1: string policyName)
    throws (1: MetaException o1) (since = "4.2")
  ReplicationMetricList get_replication_metrics(1: GetReplicationMetricsRequest rqst)
    throws (1: MetaException o1) (since = "4.0")
  bool isPartitionMarkedForEvent(
    1: string db_name, 2: string tbl_name, 3: map<string,string> part_vals, 4: PartitionEventType eventType)
    throws (1: MetaException o1, 2: NoSuchObjectException o2, 3: UnknownDBException o3, 4: UnknownTableException o4,
        5: UnknownPartitionException o5, 6: InvalidPartitionException o6) (since = "2.3")
  void markPartitionForEvent(
    1: string db_name, 2: string tbl_name, 3: map<string,string> part_vals, 4: PartitionEventType eventType)
    throws (1: MetaException o1, 2: NoSuchObjectException o2, 3: UnknownDBException o3, 4: UnknownTableException o4,
        5: UnknownPartitionException o5, 6: InvalidPartitionException o6) (since = "2.3")
  void repl_tbl_writeid_state(1: ReplTblWriteIdStateRequest rqst) (since = "3.1")
}
