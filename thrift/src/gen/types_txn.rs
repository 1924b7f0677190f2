// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Transactions, write ids and locks.

use super::types::{ReplLastIdInfo, WriteEventInfo};
use crate::wire::Set;
use crate::wire::macros::{wire_enum, wire_struct};

wire_enum! {
    DataOperationType {
        SELECT = 1,
        INSERT = 2,
        UPDATE = 3,
        DELETE = 4,
        UNSET = 5,
        NO_TXN = 6,
    }
}

wire_enum! {
    LockLevel {
        DB = 1,
        TABLE = 2,
        PARTITION = 3,
    }
}

wire_enum! {
    LockState {
        ACQUIRED = 1,
        WAITING = 2,
        ABORT = 3,
        NOT_ACQUIRED = 4,
    }
}

wire_enum! {
    LockType {
        SHARED_READ = 1,
        SHARED_WRITE = 2,
        EXCLUSIVE = 3,
        /// Since 4.0.
        EXCL_WRITE = 4,
    }
}

wire_enum! {
    TxnState {
        COMMITTED = 1,
        ABORTED = 2,
        OPEN = 3,
    }
}

wire_enum! {
    /// Since 4.0.
    TxnType {
        DEFAULT = 0,
        REPL_CREATED = 1,
        READ_ONLY = 2,
        COMPACTION = 3,
        MATER_VIEW_REBUILD = 4,
        SOFT_DELETE = 5,
        REBALANCE_COMPACTION = 6,
    }
}

wire_struct! {
    AbortTxnRequest {
        1 required("txnid"): txnid: i64,
        /// Since 3.1.
        2: repl_policy: Option<String>,
        /// Since 4.0.
        3: txn_type: Option<TxnType>,
        /// Since 4.0.
        4: error_code: Option<i64>,
    }
}

wire_struct! {
    AbortTxnsRequest {
        1 required("txn_ids"): txn_ids: Vec<i64>,
        /// Since 4.0.
        2: error_code: Option<i64>,
    }
}

wire_struct! {
    AddDynamicPartitions {
        1 required("txnid"): txnid: i64,
        /// 2.3 sends its fields one place earlier: the database name here, as text.
        2: writeid: Option<i64>,
        /// What older releases have under the same id.
        2: dbname_v2: Option<String>,
        /// 2.3: the table name, if `dbnameV2` came.
        3: dbname: Option<String>,
        /// 2.3: the partition names.
        4: tablename: Option<String>,
        /// What older releases have under the same id.
        4: partitionnames_v2: Option<Vec<String>>,
        /// 2.3: the operation.
        5: partitionnames: Option<Vec<String>>,
        /// What older releases have under the same id.
        5: operation_type_v2: Option<DataOperationType>,
        /// Since 3.1.
        6: operation_type: DataOperationType = DataOperationType::UNSET,
    }
}

wire_struct! {
    /// Since 3.1.
    AllocateTableWriteIdsRequest {
        1 required("dbName"): db_name: String,
        2 required("tableName"): table_name: String,
        3: txn_ids: Option<Vec<i64>>,
        4: repl_policy: Option<String>,
        5: src_txn_to_write_id_list: Option<Vec<TxnToWriteId>>,
        /// Since 4.0.
        6: reallocate: bool = false,
    }
}

wire_struct! {
    /// Since 3.1.
    AllocateTableWriteIdsResponse {
        1 required("txnToWriteIds"): txn_to_write_ids: Vec<TxnToWriteId>,
    }
}

wire_struct! {
    /// Since 3.1.
    BasicTxnInfo {
        1 required("isnull"): isnull: bool,
        2: time: Option<i64>,
        3: txnid: Option<i64>,
        4: dbname: Option<String>,
        5: tablename: Option<String>,
        6: partitionname: Option<String>,
    }
}

wire_struct! {
    CheckLockRequest {
        1 required("lockid"): lockid: i64,
        2: txnid: Option<i64>,
        3: elapsed_ms: Option<i64>,
    }
}

wire_struct! {
    /// Since 4.0.
    CommitTxnKeyValue {
        1 required("tableId"): table_id: i64,
        2 required("key"): key: String,
        3 required("value"): value: String,
    }
}

wire_struct! {
    CommitTxnRequest {
        1 required("txnid"): txnid: i64,
        /// Since 3.1.
        2: repl_policy: Option<String>,
        /// Since 4.0.
        3: write_event_infos: Option<Vec<WriteEventInfo>>,
        /// Since 4.0.
        4: repl_last_id_info: Option<ReplLastIdInfo>,
        /// Since 4.0.
        5: key_value: Option<CommitTxnKeyValue>,
        /// Since 4.0.
        6: excl_write_enabled: bool = true,
        /// Since 4.0.
        7: txn_type: Option<TxnType>,
    }
}

wire_struct! {
    GetOpenTxnsInfoResponse {
        1 required("txn_high_water_mark"): txn_high_water_mark: i64,
        2 required("open_txns"): open_txns: Vec<TxnInfo>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetOpenTxnsRequest {
        1: exclude_txn_types: Option<Vec<TxnType>>,
    }
}

wire_struct! {
    GetOpenTxnsResponse {
        1 required("txn_high_water_mark"): txn_high_water_mark: i64,
        /// 2.3 wants a set here; give one of the two.
        2: open_txns: Option<Vec<i64>>,
        /// What older releases have under the same id.
        2: open_txns_v2: Option<Set<i64>>,
        3: min_open_txn: Option<i64>,
        /// Required from 3.1 on; 2.3 has none.
        /// Since 3.1.
        4: aborted_bits: Option<Vec<u8>>,
    }
}

wire_struct! {
    /// Since 3.1.
    GetValidWriteIdsRequest {
        1 required("fullTableNames"): full_table_names: Vec<String>,
        2: valid_txn_list: Option<String>,
        /// Since 4.0.
        3: write_id: Option<i64>,
    }
}

wire_struct! {
    /// Since 3.1.
    GetValidWriteIdsResponse {
        1 required("tblValidWriteIds"): tbl_valid_write_ids: Vec<TableValidWriteIds>,
    }
}

wire_struct! {
    HeartbeatRequest {
        1: lockid: Option<i64>,
        2: txnid: Option<i64>,
    }
}

wire_struct! {
    HeartbeatTxnRangeRequest {
        1 required("min"): min: i64,
        2 required("max"): max: i64,
    }
}

wire_struct! {
    HeartbeatTxnRangeResponse {
        1 required("aborted"): aborted: Set<i64>,
        2 required("nosuch"): nosuch: Set<i64>,
    }
}

wire_struct! {
    LockComponent {
        1 required("type"): r#type: LockType,
        2 required("level"): level: LockLevel,
        3 required("dbname"): dbname: String,
        4: tablename: Option<String>,
        5: partitionname: Option<String>,
        6: operation_type: DataOperationType = DataOperationType::UNSET,
        /// 2.3 calls it isAcid.
        7: is_transactional: bool = false,
        8: is_dynamic_partition_write: bool = false,
    }
}

wire_struct! {
    LockRequest {
        1 required("component"): component: Vec<LockComponent>,
        2: txnid: Option<i64>,
        3 required("user"): user: String,
        4 required("hostname"): hostname: String,
        5: agent_info: String = "Unknown".to_owned(),
        /// Since 4.0.
        6: zero_wait_read_enabled: bool = false,
        /// Since 4.0.
        7: exclusive_ctas: bool = false,
        /// Since 4.0.
        8: lockless_reads_enabled: bool = false,
    }
}

wire_struct! {
    LockResponse {
        1 required("lockid"): lockid: i64,
        2 required("state"): state: LockState,
        /// Since 4.0.
        3: error_message: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    Materialization {
        1 required("sourceTablesUpdateDeleteModified"): source_tables_update_delete_modified: bool,
        /// Required from 4.0 on.
        /// Since 4.0.
        2: source_tables_compacted: Option<bool>,
    }
}

wire_struct! {
    /// Since 4.0.
    MaxAllocatedTableWriteIdRequest {
        1 required("dbName"): db_name: String,
        2 required("tableName"): table_name: String,
    }
}

wire_struct! {
    /// Since 4.0.
    MaxAllocatedTableWriteIdResponse {
        1 required("maxWriteId"): max_write_id: i64,
    }
}

wire_struct! {
    /// Since 4.0.
    ObjectDictionary {
        1 required("values"): values: Vec<(String, Vec<Vec<u8>>)>,
    }
}

wire_struct! {
    OpenTxnRequest {
        1 required("num_txns"): num_txns: i32,
        2 required("user"): user: String,
        3 required("hostname"): hostname: String,
        4: agent_info: String = "Unknown".to_owned(),
        /// Since 3.1.
        5: repl_policy: Option<String>,
        /// Since 3.1.
        6: repl_src_txn_ids: Option<Vec<i64>>,
        /// Since 4.0.
        7: txn_type: TxnType = TxnType::DEFAULT,
    }
}

wire_struct! {
    OpenTxnsResponse {
        1 required("txn_ids"): txn_ids: Vec<i64>,
    }
}

wire_struct! {
    /// Since 3.1.
    ReplTblWriteIdStateRequest {
        1 required("validWriteIdlist"): valid_write_idlist: String,
        2 required("user"): user: String,
        3 required("hostName"): host_name: String,
        4 required("dbName"): db_name: String,
        5 required("tableName"): table_name: String,
        6: part_names: Option<Vec<String>>,
    }
}

wire_struct! {
    /// Since 4.2.
    ReplayedTxnsForPolicyResult {
        1: repl_txn_map_entry: Option<Vec<(String, String)>>,
    }
}

wire_struct! {
    /// Since 4.0.
    SeedTableWriteIdsRequest {
        1 required("dbName"): db_name: String,
        2 required("tableName"): table_name: String,
        3 required("seedWriteId"): seed_write_id: i64,
    }
}

wire_struct! {
    /// Since 4.0.
    SeedTxnIdRequest {
        1 required("seedTxnId"): seed_txn_id: i64,
    }
}

wire_struct! {
    ShowLocksRequest {
        1: dbname: Option<String>,
        2: tablename: Option<String>,
        3: partname: Option<String>,
        4: is_extended: bool = false,
        /// Since 4.0.
        5: txnid: Option<i64>,
    }
}

wire_struct! {
    ShowLocksResponse {
        1: locks: Option<Vec<ShowLocksResponseElement>>,
    }
}

wire_struct! {
    ShowLocksResponseElement {
        1 required("lockid"): lockid: i64,
        2 required("dbname"): dbname: String,
        3: tablename: Option<String>,
        4: partname: Option<String>,
        5 required("state"): state: LockState,
        6 required("type"): r#type: LockType,
        7: txnid: Option<i64>,
        8 required("lastheartbeat"): lastheartbeat: i64,
        9: acquiredat: Option<i64>,
        10 required("user"): user: String,
        11 required("hostname"): hostname: String,
        12: heartbeat_count: i32 = 0,
        13: agent_info: Option<String>,
        14: blocked_by_ext_id: Option<i64>,
        15: blocked_by_int_id: Option<i64>,
        16: lock_id_internal: Option<i64>,
    }
}

wire_struct! {
    /// Since 3.1.
    TableValidWriteIds {
        1 required("fullTableName"): full_table_name: String,
        2 required("writeIdHighWaterMark"): write_id_high_water_mark: i64,
        3 required("invalidWriteIds"): invalid_write_ids: Vec<i64>,
        4: min_open_write_id: Option<i64>,
        5 required("abortedBits"): aborted_bits: Vec<u8>,
    }
}

wire_struct! {
    TxnInfo {
        1 required("id"): id: i64,
        2 required("state"): state: TxnState,
        3 required("user"): user: String,
        4 required("hostname"): hostname: String,
        5: agent_info: String = "Unknown".to_owned(),
        6: heartbeat_count: i32 = 0,
        7: meta_info: Option<String>,
        8: started_time: Option<i64>,
        9: last_heartbeat_time: Option<i64>,
    }
}

wire_struct! {
    /// Since 3.1.
    TxnToWriteId {
        1 required("txnId"): txn_id: i64,
        2 required("writeId"): write_id: i64,
    }
}

wire_struct! {
    UnlockRequest {
        1 required("lockid"): lockid: i64,
    }
}
