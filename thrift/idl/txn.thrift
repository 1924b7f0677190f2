// Transactions, write ids and locks.

enum DataOperationType {
  SELECT = 1,
  INSERT = 2,
  UPDATE = 3,
  DELETE = 4,
  UNSET = 5,
  NO_TXN = 6,
}

enum LockLevel {
  DB = 1,
  TABLE = 2,
  PARTITION = 3,
}

enum LockState {
  ACQUIRED = 1,
  WAITING = 2,
  ABORT = 3,
  NOT_ACQUIRED = 4,
}

enum LockType {
  SHARED_READ = 1,
  SHARED_WRITE = 2,
  EXCLUSIVE = 3,
  EXCL_WRITE = 4,  // since 4.0
}

enum TxnState {
  COMMITTED = 1,
  ABORTED = 2,
  OPEN = 3,
}

// Since 4.0.
enum TxnType {
  DEFAULT = 0,
  REPL_CREATED = 1,
  READ_ONLY = 2,
  COMPACTION = 3,
  MATER_VIEW_REBUILD = 4,
  SOFT_DELETE = 5,
  REBALANCE_COMPACTION = 6,
}

struct AbortTxnRequest {
  1: required i64 txnid,
  2: optional string replPolicy,  // since 3.1
  3: optional TxnType txn_type,  // since 4.0
  4: optional i64 errorCode,  // since 4.0
}

struct AbortTxnsRequest {
  1: required list<i64> txn_ids,
  2: optional i64 errorCode,  // since 4.0
}

struct AddDynamicPartitions {
  1: required i64 txnid,
  // 2.3 sends its fields one place earlier: the database name here, as text.
  2: optional i64 writeid (also = "string dbnameV2"),
  // 2.3: the table name, if `dbnameV2` came.
  3: optional string dbname,
  // 2.3: the partition names.
  4: optional string tablename (also = "list<string> partitionnamesV2"),
  // 2.3: the operation.
  5: optional list<string> partitionnames (also = "DataOperationType operationTypeV2"),
  6: optional DataOperationType operationType = DataOperationType.UNSET,  // since 3.1
}

// Since 3.1.
struct AllocateTableWriteIdsRequest {
  1: required string dbName,
  2: required string tableName,
  3: optional list<i64> txnIds,
  4: optional string replPolicy,
  5: optional list<TxnToWriteId> srcTxnToWriteIdList,
  6: optional bool reallocate = false,  // since 4.0
}

// Since 3.1.
struct AllocateTableWriteIdsResponse {
  1: required list<TxnToWriteId> txnToWriteIds,
}

// Since 3.1.
struct BasicTxnInfo {
  1: required bool isnull,
  2: optional i64 time,
  3: optional i64 txnid,
  4: optional string dbname,
  5: optional string tablename,
  6: optional string partitionname,
}

struct CheckLockRequest {
  1: required i64 lockid,
  2: optional i64 txnid,
  3: optional i64 elapsed_ms,
}

// Since 4.0.
struct CommitTxnKeyValue {
  1: required i64 tableId,
  2: required string key,
  3: required string value,
}

struct CommitTxnRequest {
  1: required i64 txnid,
  2: optional string replPolicy,  // since 3.1
  3: optional list<WriteEventInfo> writeEventInfos,  // since 4.0
  4: optional ReplLastIdInfo replLastIdInfo,  // since 4.0
  5: optional CommitTxnKeyValue keyValue,  // since 4.0
  6: optional bool exclWriteEnabled = true,  // since 4.0
  7: optional TxnType txn_type,  // since 4.0
}

struct GetOpenTxnsInfoResponse {
  1: required i64 txn_high_water_mark,
  2: required list<TxnInfo> open_txns,
}

// Since 4.0.
struct GetOpenTxnsRequest {
  1: optional list<TxnType> excludeTxnTypes,
}

struct GetOpenTxnsResponse {
  1: required i64 txn_high_water_mark,
  // 2.3 wants a set here; give one of the two.
  2: optional list<i64> open_txns (also = "set<i64> openTxnsV2"),
  3: optional i64 min_open_txn,
  // Required from 3.1 on; 2.3 has none.
  4: optional binary abortedBits,  // since 3.1
}

// Since 3.1.
struct GetValidWriteIdsRequest {
  1: required list<string> fullTableNames,
  2: optional string validTxnList,
  3: optional i64 writeId,  // since 4.0
}

// Since 3.1.
struct GetValidWriteIdsResponse {
  1: required list<TableValidWriteIds> tblValidWriteIds,
}

struct HeartbeatRequest {
  1: optional i64 lockid,
  2: optional i64 txnid,
}

struct HeartbeatTxnRangeRequest {
  1: required i64 min,
  2: required i64 max,
}

struct HeartbeatTxnRangeResponse {
  1: required set<i64> aborted,
  2: required set<i64> nosuch,
}

struct LockComponent {
  1: required LockType type,
  2: required LockLevel level,
  3: required string dbname,
  4: optional string tablename,
  5: optional string partitionname,
  6: optional DataOperationType operationType = DataOperationType.UNSET,
  // 2.3 calls it isAcid.
  7: optional bool isTransactional = false,
  8: optional bool isDynamicPartitionWrite = false,
}

struct LockRequest {
  1: required list<LockComponent> component,
  2: optional i64 txnid,
  3: required string user,
  4: required string hostname,
  5: optional string agentInfo = "Unknown",
  6: optional bool zeroWaitReadEnabled = false,  // since 4.0
  7: optional bool exclusiveCTAS = false,  // since 4.0
  8: optional bool locklessReadsEnabled = false,  // since 4.0
}

struct LockResponse {
  1: required i64 lockid,
  2: required LockState state,
  3: optional string errorMessage,  // since 4.0
}

// Since 3.1.
struct Materialization {
  1: required bool sourceTablesUpdateDeleteModified,
  // Required from 4.0 on.
  2: optional bool sourceTablesCompacted,  // since 4.0
}

// Since 4.0.
struct MaxAllocatedTableWriteIdRequest {
  1: required string dbName,
  2: required string tableName,
}

// Since 4.0.
struct MaxAllocatedTableWriteIdResponse {
  1: required i64 maxWriteId,
}

// Since 4.0.
struct ObjectDictionary {
  1: required map<string,list<binary>> values,
}

struct OpenTxnRequest {
  1: required i32 num_txns,
  2: required string user,
  3: required string hostname,
  4: optional string agentInfo = "Unknown",
  5: optional string replPolicy,  // since 3.1
  6: optional list<i64> replSrcTxnIds,  // since 3.1
  7: optional TxnType txn_type = TxnType.DEFAULT,  // since 4.0
}

struct OpenTxnsResponse {
  1: required list<i64> txn_ids,
}

// Since 3.1.
struct ReplTblWriteIdStateRequest {
  1: required string validWriteIdlist,
  2: required string user,
  3: required string hostName,
  4: required string dbName,
  5: required string tableName,
  6: optional list<string> partNames,
}

// Since 4.2.
struct ReplayedTxnsForPolicyResult {
  1: map<string,string> replTxnMapEntry,
}

// Since 4.0.
struct SeedTableWriteIdsRequest {
  1: required string dbName,
  2: required string tableName,
  3: required i64 seedWriteId,
}

// Since 4.0.
struct SeedTxnIdRequest {
  1: required i64 seedTxnId,
}

struct ShowLocksRequest {
  1: optional string dbname,
  2: optional string tablename,
  3: optional string partname,
  4: optional bool isExtended = false,
  5: optional i64 txnid,  // since 4.0
}

struct ShowLocksResponse {
  1: list<ShowLocksResponseElement> locks,
}

struct ShowLocksResponseElement {
  1: required i64 lockid,
  2: required string dbname,
  3: optional string tablename,
  4: optional string partname,
  5: required LockState state,
  6: required LockType type,
  7: optional i64 txnid,
  8: required i64 lastheartbeat,
  9: optional i64 acquiredat,
  10: required string user,
  11: required string hostname,
  12: optional i32 heartbeatCount = 0,
  13: optional string agentInfo,
  14: optional i64 blockedByExtId,
  15: optional i64 blockedByIntId,
  16: optional i64 lockIdInternal,
}

// Since 3.1.
struct TableValidWriteIds {
  1: required string fullTableName,
  2: required i64 writeIdHighWaterMark,
  3: required list<i64> invalidWriteIds,
  4: optional i64 minOpenWriteId,
  5: required binary abortedBits,
}

struct TxnInfo {
  1: required i64 id,
  2: required TxnState state,
  3: required string user,
  4: required string hostname,
  5: optional string agentInfo = "Unknown",
  6: optional i32 heartbeatCount = 0,
  7: optional string metaInfo,
  8: optional i64 startedTime,
  9: optional i64 lastHeartbeatTime,
}

// Since 3.1.
struct TxnToWriteId {
  1: required i64 txnId,
  2: required i64 writeId,
}

struct UnlockRequest {
  1: required i64 lockid,
}

service TxnMethods {
  void abort_txn(1: AbortTxnRequest rqst) throws (1: NoSuchTxnException o1) (since = "2.3")
  void abort_txns(1: AbortTxnsRequest rqst) throws (1: NoSuchTxnException o1) (since = "2.3")
  void add_dynamic_partitions(1: AddDynamicPartitions rqst)
    throws (1: NoSuchTxnException o1, 2: TxnAbortedException o2) (since = "2.3")
  void add_write_ids_to_min_history(1: i64 txnId, 2: map<string,i64> writeIds)
    throws (1: MetaException o2) (since = "4.0")
  AllocateTableWriteIdsResponse allocate_table_write_ids(1: AllocateTableWriteIdsRequest rqst)
    throws (1: NoSuchTxnException o1, 2: TxnAbortedException o2, 3: MetaException o3) (since = "3.1")
  LockResponse check_lock(1: CheckLockRequest rqst)
    throws (1: NoSuchTxnException o1, 2: TxnAbortedException o2, 3: NoSuchLockException o3) (since = "2.3")
  void commit_txn(1: CommitTxnRequest rqst) throws (1: NoSuchTxnException o1, 2: TxnAbortedException o2) (since = "2.3")
  i64 get_latest_txnid_in_conflict(1: i64 txnId) throws (1: MetaException o1) (since = "4.0")
  MaxAllocatedTableWriteIdResponse get_max_allocated_table_write_id(1: MaxAllocatedTableWriteIdRequest rqst)
    throws (1: MetaException o1) (since = "4.0")
  GetOpenTxnsResponse get_open_txns() (since = "2.3")
  GetOpenTxnsInfoResponse get_open_txns_info() (since = "2.3")
  GetOpenTxnsResponse get_open_txns_req(1: GetOpenTxnsRequest getOpenTxnsRequest) (since = "4.0")
  GetValidWriteIdsResponse get_valid_write_ids(1: GetValidWriteIdsRequest rqst)
    throws (1: NoSuchTxnException o1, 2: MetaException o2) (since = "3.1")
  void heartbeat(1: HeartbeatRequest ids)
    throws (1: NoSuchLockException o1, 2: NoSuchTxnException o2, 3: TxnAbortedException o3) (since = "2.3")
  HeartbeatTxnRangeResponse heartbeat_txn_range(1: HeartbeatTxnRangeRequest txns) (since = "2.3")
  LockResponse lock(1: LockRequest rqst) throws (1: NoSuchTxnException o1, 2: TxnAbortedException o2) (since = "2.3")
  OpenTxnsResponse open_txns(1: OpenTxnRequest rqst) (since = "2.3")
  void seed_txn_id(1: SeedTxnIdRequest rqst) throws (1: MetaException o1) (since = "4.0")
  void seed_write_id(1: SeedTableWriteIdsRequest rqst) throws (1: MetaException o1) (since = "4.0")
  ShowLocksResponse show_locks(1: ShowLocksRequest rqst) (since = "2.3")
  void unlock(1: UnlockRequest rqst) throws (1: NoSuchLockException o1, 2: TxnOpenException o2) (since = "2.3")
  void update_transaction_statistics(1: UpdateTransactionalStatsRequest req)
    throws (1: MetaException o1) (since = "4.0")
}
