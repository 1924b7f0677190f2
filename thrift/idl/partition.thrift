// Partitions, and the calls that pick them.

enum PartitionEventType {
  LOAD_DONE = 1,
}

// Since 4.0.
enum PartitionFilterMode {
  BY_NAMES = 0,
  BY_VALUES = 1,
  BY_EXPR = 2,
}

struct AddPartitionsRequest {
  1: required string dbName,
  2: required string tblName,
  3: required list<Partition> parts,
  4: required bool ifNotExists,
  5: optional bool needResult = true,
  6: optional string catName,  // since 2.3.10
  7: optional string validWriteIdList,  // since 4.0
  8: optional bool skipColumnSchemaForPartition,  // since 4.0
  9: optional list<FieldSchema> partitionColSchema,  // since 4.0
  10: optional EnvironmentContext environmentContext,  // since 4.0.1
}

struct AddPartitionsResult {
  1: optional list<Partition> partitions,
  2: optional bool isStatsCompliant,  // since 4.0
  3: optional list<FieldSchema> partitionColSchema,  // since 4.0
}

// Since 4.0.
struct AlterPartitionsRequest {
  1: optional string catName,
  2: required string dbName,
  3: required string tableName,
  4: required list<Partition> partitions,
  5: optional EnvironmentContext environmentContext,
  6: optional i64 writeId = -1,
  7: optional string validWriteIdList,
  8: optional bool skipColumnSchemaForPartition,
  9: optional list<FieldSchema> partitionColSchema,
}

// Since 4.0.
struct AlterPartitionsResponse {
}

// Since 4.0.1.
struct AppendPartitionsRequest {
  1: optional string catalogName,
  2: required string dbName,
  3: required string tableName,
  4: optional string name,
  5: optional list<string> partVals,
  6: optional EnvironmentContext environmentContext,
}

// Since 4.0.1.
struct DropPartitionRequest {
  1: optional string catName,
  2: required string dbName,
  3: required string tblName,
  4: optional string partName,
  5: optional list<string> partVals,
  6: optional bool deleteData,
  7: optional EnvironmentContext environmentContext,
}

struct DropPartitionsExpr {
  1: required binary expr,
  2: optional i32 partArchiveLevel,
}

struct DropPartitionsRequest {
  1: required string dbName,
  2: required string tblName,
  3: required RequestPartsSpec parts,
  4: optional bool deleteData,
  5: optional bool ifExists = true,
  6: optional bool ignoreProtection,
  7: optional EnvironmentContext environmentContext,
  8: optional bool needResult = true,
  9: optional string catName,  // since 2.3.10
  10: optional bool skipColumnSchemaForPartition,  // since 4.0
}

struct DropPartitionsResult {
  1: optional list<Partition> partitions,
}

// Since 4.0.
struct GetPartitionNamesPsRequest {
  1: optional string catName,
  2: required string dbName,
  3: required string tblName,
  4: optional list<string> partValues,
  5: optional i16 maxParts = -1,
  6: optional string validWriteIdList,
  7: optional i64 id = -1,
}

// Since 4.0.
struct GetPartitionNamesPsResponse {
  1: required list<string> names,
}

// Since 4.0.
struct GetPartitionRequest {
  1: optional string catName,
  2: required string dbName,
  3: required string tblName,
  4: required list<string> partVals,
  5: optional string validWriteIdList,
  6: optional i64 id = -1,
}

// Since 4.0.
struct GetPartitionResponse {
  1: required Partition partition,
}

// Since 4.0.
struct GetPartitionsByFilterRequest {
  1: optional string catName,
  2: string dbName,
  3: string tblName,
  4: string filter,
  5: optional i16 maxParts = -1,
  6: optional bool skipColumnSchemaForPartition,
  7: optional string includeParamKeyPattern,
  8: optional string excludeParamKeyPattern,
}

// Since 4.0.
struct GetPartitionsByNamesRequest {
  1: required string db_name,
  2: required string tbl_name,
  3: optional list<string> names,
  4: optional bool get_col_stats,
  5: optional list<string> processorCapabilities,
  6: optional string processorIdentifier,
  7: optional string engine = "hive",
  8: optional string validWriteIdList,
  9: optional bool getFileMetadata,
  10: optional i64 id = -1,
  11: optional bool skipColumnSchemaForPartition,
  12: optional string includeParamKeyPattern,
  13: optional string excludeParamKeyPattern,
}

// Since 4.0.
struct GetPartitionsByNamesResult {
  1: required list<Partition> partitions,
  2: optional ObjectDictionary dictionary,
}

// Since 4.0.
struct GetPartitionsFilterSpec {
  7: optional PartitionFilterMode filterMode,
  8: optional list<string> filters,
}

// Since 4.0.
struct GetPartitionsPsWithAuthRequest {
  1: optional string catName,
  2: required string dbName,
  3: required string tblName,
  4: optional list<string> partVals,
  5: optional i16 maxParts = -1,
  6: optional string userName,
  7: optional list<string> groupNames,
  8: optional string validWriteIdList,
  9: optional i64 id = -1,
  10: optional bool skipColumnSchemaForPartition,
  11: optional string includeParamKeyPattern,
  12: optional string excludeParamKeyPattern,
  13: optional list<string> partNames,
}

// Since 4.0.
struct GetPartitionsPsWithAuthResponse {
  1: required list<Partition> partitions,
}

// Since 4.0.
struct GetPartitionsRequest {
  1: optional string catName,
  2: string dbName,
  3: string tblName,
  4: optional bool withAuth,
  5: optional string user,
  6: optional list<string> groupNames,
  7: GetProjectionsSpec projectionSpec,
  8: GetPartitionsFilterSpec filterSpec,
  9: optional list<string> processorCapabilities,
  10: optional string processorIdentifier,
  11: optional string validWriteIdList,
}

// Since 4.0.
struct GetPartitionsResponse {
  1: list<PartitionSpec> partitionSpec,
}

// Since 4.0.
struct GetProjectionsSpec {
  1: list<string> fieldList,
  2: string includeParamKeyPattern,
  3: string excludeParamKeyPattern,
}

struct Partition {
  1: list<string> values,
  2: string dbName,
  3: string tableName,
  4: i32 createTime,
  5: i32 lastAccessTime,
  6: StorageDescriptor sd,
  7: map<string,string> parameters,
  8: optional PrincipalPrivilegeSet privileges,
  9: optional string catName,  // since 2.3.10
  10: optional i64 writeId,  // since 4.0
  11: optional bool isStatsCompliant,  // since 4.0
  12: optional ColumnStatistics colStats,  // since 4.0
  13: optional FileMetadata fileMetadata,  // since 4.0
}

struct PartitionListComposingSpec {
  1: list<Partition> partitions,
}

struct PartitionSpec {
  1: string dbName,
  2: string tableName,
  3: string rootPath,
  4: optional PartitionSpecWithSharedSD sharedSDPartitionSpec,
  5: optional PartitionListComposingSpec partitionList,
  6: optional string catName,  // since 2.3.10
  7: optional i64 writeId = -1,  // since 4.0
  8: optional bool isStatsCompliant,  // since 4.0
}

struct PartitionSpecWithSharedSD {
  1: list<PartitionWithoutSD> partitions,
  2: StorageDescriptor sd,
}

struct PartitionValuesRequest {
  1: required string dbName,
  2: required string tblName,
  3: required list<FieldSchema> partitionKeys,
  4: optional bool applyDistinct = true,
  5: optional string filter,
  6: optional list<FieldSchema> partitionOrder,
  7: optional bool ascending = true,
  8: optional i64 maxParts = -1,
  9: optional string catName,  // since 2.3.10
  10: optional string validWriteIdList,  // since 4.0
}

struct PartitionValuesResponse {
  1: required list<PartitionValuesRow> partitionValues,
}

struct PartitionValuesRow {
  1: required list<string> row,
}

struct PartitionWithoutSD {
  1: list<string> values,
  2: i32 createTime,
  3: i32 lastAccessTime,
  4: string relativePath,
  5: map<string,string> parameters,
  6: optional PrincipalPrivilegeSet privileges,
}

struct PartitionsByExprRequest {
  1: required string dbName,
  2: required string tblName,
  3: required binary expr,
  4: optional string defaultPartitionName,
  5: optional i16 maxParts = -1,
  6: optional string catName,  // since 2.3.10
  7: optional string order,  // since 4.0
  8: optional string validWriteIdList,  // since 4.0
  9: optional i64 id = -1,  // since 4.0
  10: optional bool skipColumnSchemaForPartition,  // since 4.0
  11: optional string includeParamKeyPattern,  // since 4.0
  12: optional string excludeParamKeyPattern,  // since 4.0
}

struct PartitionsByExprResult {
  1: required list<Partition> partitions,
  2: required bool hasUnknownPartitions,
}

// Since 4.0.
struct PartitionsRequest {
  1: optional string catName,
  2: required string dbName,
  3: required string tblName,
  4: optional i16 maxParts = -1,
  5: optional string validWriteIdList,
  6: optional i64 id = -1,
  7: optional bool skipColumnSchemaForPartition,
  8: optional string includeParamKeyPattern,
  9: optional string excludeParamKeyPattern,
}

// Since 4.0.
struct PartitionsResponse {
  1: required list<Partition> partitions,
}

// Since 4.0.
struct PartitionsSpecByExprResult {
  1: required list<PartitionSpec> partitionsSpec,
  2: required bool hasUnknownPartitions,
}

// Since 4.0.
struct RenamePartitionRequest {
  1: optional string catName,
  2: required string dbName,
  3: required string tableName,
  4: required list<string> partVals,
  5: required Partition newPart,
  6: optional string validWriteIdList,
  7: optional i64 txnId,
  8: optional bool clonePart,
}

// Since 4.0.
struct RenamePartitionResponse {
}

union RequestPartsSpec {
  1: optional list<string> names,
  2: optional list<DropPartitionsExpr> exprs,
}

service PartitionMethods {
  Partition add_partition(1: Partition new_part)
    throws (1: InvalidObjectException o1, 2: AlreadyExistsException o2, 3: MetaException o3) (since = "2.3")
  Partition add_partition_with_environment_context(1: Partition new_part, 2: EnvironmentContext environment_context)
    throws (1: InvalidObjectException o1, 2: AlreadyExistsException o2, 3: MetaException o3) (since = "2.3")
  i32 add_partitions(1: list<Partition> new_parts)
    throws (1: InvalidObjectException o1, 2: AlreadyExistsException o2, 3: MetaException o3) (since = "2.3")
  i32 add_partitions_pspec(1: list<PartitionSpec> new_parts)
    throws (1: InvalidObjectException o1, 2: AlreadyExistsException o2, 3: MetaException o3) (since = "2.3")
  AddPartitionsResult add_partitions_req(1: AddPartitionsRequest request)
    throws (1: InvalidObjectException o1, 2: AlreadyExistsException o2, 3: MetaException o3) (since = "2.3")
  void alter_partition(1: string db_name, 2: string tbl_name, 3: Partition new_part)
    throws (1: InvalidOperationException o1, 2: MetaException o2) (since = "2.3")
  void alter_partition_with_environment_context(
    1: string db_name, 2: string tbl_name, 3: Partition new_part, 4: EnvironmentContext environment_context)
    throws (1: InvalidOperationException o1, 2: MetaException o2) (since = "2.3")
  void alter_partitions(1: string db_name, 2: string tbl_name, 3: list<Partition> new_parts)
    throws (1: InvalidOperationException o1, 2: MetaException o2) (since = "2.3")
  AlterPartitionsResponse alter_partitions_req(1: AlterPartitionsRequest req)
    throws (1: InvalidOperationException o1, 2: MetaException o2) (since = "4.0")
  void alter_partitions_with_environment_context(
    1: string db_name, 2: string tbl_name, 3: list<Partition> new_parts, 4: EnvironmentContext environment_context)
    throws (1: InvalidOperationException o1, 2: MetaException o2) (since = "2.3")
  Partition append_partition(1: string db_name, 2: string tbl_name, 3: list<string> part_vals)
    throws (1: InvalidObjectException o1, 2: AlreadyExistsException o2, 3: MetaException o3) (since = "2.3")
  Partition append_partition_by_name(1: string db_name, 2: string tbl_name, 3: string part_name)
    throws (1: InvalidObjectException o1, 2: AlreadyExistsException o2, 3: MetaException o3) (since = "2.3")
  Partition append_partition_by_name_with_environment_context(
    1: string db_name, 2: string tbl_name, 3: string part_name, 4: EnvironmentContext environment_context)
    throws (1: InvalidObjectException o1, 2: AlreadyExistsException o2, 3: MetaException o3) (since = "2.3")
  Partition append_partition_req(1: AppendPartitionsRequest appendPartitionsReq)
    throws (1: InvalidObjectException o1, 2: AlreadyExistsException o2, 3: MetaException o3) (since = "4.0.1")
  Partition append_partition_with_environment_context(
    1: string db_name, 2: string tbl_name, 3: list<string> part_vals, 4: EnvironmentContext environment_context)
    throws (1: InvalidObjectException o1, 2: AlreadyExistsException o2, 3: MetaException o3) (since = "2.3")
  bool drop_partition(1: string db_name, 2: string tbl_name, 3: list<string> part_vals, 4: bool deleteData)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "2.3")
  bool drop_partition_by_name(1: string db_name, 2: string tbl_name, 3: string part_name, 4: bool deleteData)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "2.3")
  bool drop_partition_by_name_with_environment_context(
    1: string db_name, 2: string tbl_name, 3: string part_name, 4: bool deleteData,
        5: EnvironmentContext environment_context)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "2.3")
  bool drop_partition_req(1: DropPartitionRequest dropPartitionReq)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "4.0.1")
  bool drop_partition_with_environment_context(
    1: string db_name, 2: string tbl_name, 3: list<string> part_vals, 4: bool deleteData,
        5: EnvironmentContext environment_context)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "2.3")
  DropPartitionsResult drop_partitions_req(1: DropPartitionsRequest req)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "2.3")
  Partition exchange_partition(
    1: map<string,string> partitionSpecs, 2: string source_db, 3: string source_table_name, 4: string dest_db,
        5: string dest_table_name)
    throws (1: MetaException o1, 2: NoSuchObjectException o2, 3: InvalidObjectException o3,
        4: InvalidInputException o4) (since = "2.3")
  list<Partition> exchange_partitions(
    1: map<string,string> partitionSpecs, 2: string source_db, 3: string source_table_name, 4: string dest_db,
        5: string dest_table_name)
    throws (1: MetaException o1, 2: NoSuchObjectException o2, 3: InvalidObjectException o3,
        4: InvalidInputException o4) (since = "2.3")
  list<string> fetch_partition_names_req(1: PartitionsRequest partitionReq)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "4.0.1")
  i32 get_num_partitions_by_filter(1: string db_name, 2: string tbl_name, 3: string filter)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  list<PartitionSpec> get_part_specs_by_filter(
    1: string db_name, 2: string tbl_name, 3: string filter, 4: i32 max_parts)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  Partition get_partition(1: string db_name, 2: string tbl_name, 3: list<string> part_vals)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  Partition get_partition_by_name(1: string db_name, 2: string tbl_name, 3: string part_name)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  // 2.3 declares MetaException as 1: its only field is the text as well, so either reads the other.
  list<string> get_partition_names(1: string db_name, 2: string tbl_name, 3: i16 max_parts)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "2.3")
  list<string> get_partition_names_ps(
    1: string db_name, 2: string tbl_name, 3: list<string> part_vals, 4: i16 max_parts)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  GetPartitionNamesPsResponse get_partition_names_ps_req(1: GetPartitionNamesPsRequest req)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "4.0")
  list<string> get_partition_names_req(1: PartitionsByExprRequest req)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "4.0")
  GetPartitionResponse get_partition_req(1: GetPartitionRequest req)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "4.0")
  PartitionValuesResponse get_partition_values(1: PartitionValuesRequest request)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  Partition get_partition_with_auth(
    1: string db_name, 2: string tbl_name, 3: list<string> part_vals, 4: string user_name, 5: list<string> group_names)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  list<Partition> get_partitions(1: string db_name, 2: string tbl_name, 3: i16 max_parts)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "2.3")
  PartitionsByExprResult get_partitions_by_expr(1: PartitionsByExprRequest req)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  list<Partition> get_partitions_by_filter(1: string db_name, 2: string tbl_name, 3: string filter, 4: i16 max_parts)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  list<Partition> get_partitions_by_filter_req(1: GetPartitionsByFilterRequest req)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "4.0")
  list<Partition> get_partitions_by_names(1: string db_name, 2: string tbl_name, 3: list<string> names)
    throws (1: MetaException o1, 2: NoSuchObjectException o2, 3: InvalidObjectException o3) (since = "2.3")
  GetPartitionsByNamesResult get_partitions_by_names_req(1: GetPartitionsByNamesRequest req)
    throws (1: MetaException o1, 2: NoSuchObjectException o2, 3: InvalidObjectException o3) (since = "4.0")
  list<Partition> get_partitions_ps(1: string db_name, 2: string tbl_name, 3: list<string> part_vals, 4: i16 max_parts)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  list<Partition> get_partitions_ps_with_auth(
    1: string db_name, 2: string tbl_name, 3: list<string> part_vals, 4: i16 max_parts, 5: string user_name,
        6: list<string> group_names)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "2.3")
  GetPartitionsPsWithAuthResponse get_partitions_ps_with_auth_req(1: GetPartitionsPsWithAuthRequest req)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "4.0")
  list<PartitionSpec> get_partitions_pspec(1: string db_name, 2: string tbl_name, 3: i32 max_parts)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "2.3")
  PartitionsResponse get_partitions_req(1: PartitionsRequest req)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "4.0")
  PartitionsSpecByExprResult get_partitions_spec_by_expr(1: PartitionsByExprRequest req)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "4.0")
  list<Partition> get_partitions_with_auth(
    1: string db_name, 2: string tbl_name, 3: i16 max_parts, 4: string user_name, 5: list<string> group_names)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "2.3")
  GetPartitionsResponse get_partitions_with_specs(1: GetPartitionsRequest request)
    throws (1: MetaException o1) (since = "4.0")
  bool partition_name_has_valid_characters(1: list<string> part_vals, 2: bool throw_exception)
    throws (1: MetaException o1) (since = "2.3")
  map<string,string> partition_name_to_spec(1: string part_name) throws (1: MetaException o1) (since = "2.3")
  list<string> partition_name_to_vals(1: string part_name) throws (1: MetaException o1) (since = "2.3")
  void rename_partition(1: string db_name, 2: string tbl_name, 3: list<string> part_vals, 4: Partition new_part)
    throws (1: InvalidOperationException o1, 2: MetaException o2) (since = "2.3")
  RenamePartitionResponse rename_partition_req(1: RenamePartitionRequest req)
    throws (1: InvalidOperationException o1, 2: MetaException o2) (since = "4.0")
}
