// Compactions of transactional tables.

// Since 4.0.
enum CompactionMetricsMetricType {
  NUM_OBSOLETE_DELTAS = 0,
  NUM_DELTAS = 1,
  NUM_SMALL_DELTAS = 2,
}

enum CompactionType {
  MINOR = 1,
  MAJOR = 2,
  REBALANCE = 3,  // since 4.0
  ABORT_TXN_CLEANUP = 4,  // since 4.0
  SMART_OPTIMIZE = 5,  // since 4.1
}

// Since 4.0.
struct AbortCompactResponse {
  1: required map<i64,AbortCompactionResponseElement> abortedcompacts,
}

// Since 4.0.
struct AbortCompactionRequest {
  1: required list<i64> compactionIds,
  2: optional string type,
  3: optional string poolName,
}

// Since 4.0.
struct AbortCompactionResponseElement {
  1: required i64 compactionId,
  2: optional string status,
  3: optional string message,
}

// Since 4.0.
struct CompactionInfoStruct {
  1: required i64 id,
  2: required string dbname,
  3: required string tablename,
  4: optional string partitionname,
  5: required CompactionType type,
  6: optional string runas,
  7: optional string properties,
  8: optional bool toomanyaborts,
  9: optional string state,
  10: optional string workerId,
  11: optional i64 start,
  12: optional i64 highestWriteId,
  13: optional string errorMessage,
  14: optional bool hasoldabort,
  15: optional i64 enqueueTime,
  16: optional i64 retryRetention,
  17: optional string poolname,
  18: optional i32 numberOfBuckets,
  19: optional string orderByClause,
}

// Since 4.0.
struct CompactionMetricsDataRequest {
  1: required string dbName,
  2: required string tblName,
  3: optional string partitionName,
  4: required CompactionMetricsMetricType type,
}

// Since 4.0.
struct CompactionMetricsDataResponse {
  1: optional CompactionMetricsDataStruct data,
}

// Since 4.0.
struct CompactionMetricsDataStruct {
  1: required string dbname,
  2: required string tblname,
  3: optional string partitionname,
  4: required CompactionMetricsMetricType type,
  5: required i32 metricvalue,
  6: required i32 version,
  7: required i32 threshold,
}

struct CompactionRequest {
  1: required string dbname,
  2: required string tablename,
  3: optional string partitionname,
  4: required CompactionType type,
  5: optional string runas,
  6: optional map<string,string> properties,
  7: optional string initiatorId,  // since 4.0
  8: optional string initiatorVersion,  // since 4.0
  9: optional string poolName,  // since 4.0
  10: optional i32 numberOfBuckets,  // since 4.0
  11: optional string orderByClause,  // since 4.0
}

struct CompactionResponse {
  1: required i64 id,
  2: required string state,
  3: required bool accepted,
  4: optional string errormessage,  // since 4.0
}

// Since 4.0.
struct FindNextCompactRequest {
  1: optional string workerId,
  2: optional string workerVersion,
  3: optional string poolName,
}

// Since 4.0.
struct GetLatestCommittedCompactionInfoRequest {
  1: required string dbname,
  2: required string tablename,
  3: optional list<string> partitionnames,
  4: optional i64 lastCompactionId,
}

// Since 4.0.
struct GetLatestCommittedCompactionInfoResponse {
  1: required list<CompactionInfoStruct> compactions,
}

// Since 4.0.
struct OptionalCompactionInfoStruct {
  1: optional CompactionInfoStruct ci,
}

struct ShowCompactRequest {
  1: optional i64 id,  // since 4.0
  2: optional string poolName,  // since 4.0
  3: optional string dbName,  // since 4.0
  4: optional string tbName,  // since 4.0
  5: optional string partName,  // since 4.0
  6: optional CompactionType type,  // since 4.0
  7: optional string state,  // since 4.0
  8: optional i64 limit,  // since 4.0
  9: optional string order,  // since 4.0
}

struct ShowCompactResponse {
  1: required list<ShowCompactResponseElement> compacts,
}

struct ShowCompactResponseElement {
  1: required string dbname,
  2: required string tablename,
  3: optional string partitionname,
  4: required CompactionType type,
  5: required string state,
  6: optional string workerid,
  7: optional i64 start,
  8: optional string runAs,
  9: optional i64 hightestTxnId,
  10: optional string metaInfo,
  11: optional i64 endTime,
  12: optional string hadoopJobId = "None",
  13: optional i64 id,
  14: optional string errorMessage,  // since 4.0
  15: optional i64 enqueueTime,  // since 4.0
  16: optional string workerVersion,  // since 4.0
  17: optional string initiatorId,  // since 4.0
  18: optional string initiatorVersion,  // since 4.0
  19: optional i64 cleanerStart,  // since 4.0
  20: optional string poolName,  // since 4.0
  21: optional i64 nextTxnId,  // since 4.0
  22: optional i64 txnId,  // since 4.0
  23: optional i64 commitTime,  // since 4.0
  24: optional i64 hightestWriteId,  // since 4.0
}

service CompactionMethods {
  AbortCompactResponse abort_Compactions(1: AbortCompactionRequest rqst) (since = "4.0")
  void compact(1: CompactionRequest rqst) (since = "2.3")
  CompactionResponse compact2(1: CompactionRequest rqst) (since = "2.3")
  list<string> find_columns_with_stats(1: CompactionInfoStruct cr) (since = "4.0")
  OptionalCompactionInfoStruct find_next_compact(1: string workerId)
    throws (1: MetaException o1) (since = "4.0")
  OptionalCompactionInfoStruct find_next_compact2(1: FindNextCompactRequest rqst)
    throws (1: MetaException o1) (since = "4.0")
  GetLatestCommittedCompactionInfoResponse get_latest_committed_compaction_info(
    1: GetLatestCommittedCompactionInfoRequest rqst)
    (since = "4.0")
  void mark_cleaned(1: CompactionInfoStruct cr) throws (1: MetaException o1) (since = "4.0")
  void mark_compacted(1: CompactionInfoStruct cr) throws (1: MetaException o1) (since = "4.0")
  void mark_failed(1: CompactionInfoStruct cr) throws (1: MetaException o1) (since = "4.0")
  void mark_refused(1: CompactionInfoStruct cr) throws (1: MetaException o1) (since = "4.0")
  void remove_compaction_metrics_data(1: CompactionMetricsDataRequest request)
    throws (1: MetaException o1) (since = "4.0")
  void set_hadoop_jobid(1: string jobId, 2: i64 cq_id) (since = "4.0")
  ShowCompactResponse show_compact(1: ShowCompactRequest rqst) (since = "2.3")
  bool submit_for_cleanup(1: CompactionRequest o1, 2: i64 o2, 3: i64 o3) throws (1: MetaException o1) (since = "4.0")
  bool update_compaction_metrics_data(1: CompactionMetricsDataStruct data) throws (1: MetaException o1) (since = "4.0")
  void update_compactor_state(1: CompactionInfoStruct cr, 2: i64 txn_id) (since = "4.0")
}
