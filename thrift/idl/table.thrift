// Tables, their storage, and materialized views.

// Since 4.0.
enum GetTablesExtRequestFields {
  ACCESS_TYPE = 1,
  PROCESSOR_CAPABILITIES = 2,
  ALL = 2147483647,
}

// Since 4.0.
struct AlterTableRequest {
  1: optional string catName,
  2: required string dbName,
  3: required string tableName,
  4: required Table table,
  5: optional EnvironmentContext environmentContext,
  6: optional i64 writeId = -1,
  7: optional string validWriteIdList,
  8: optional list<string> processorCapabilities,
  9: optional string processorIdentifier,
  10: optional string expectedParameterKey,
  11: optional string expectedParameterValue,
}

// Since 4.0.
struct AlterTableResponse {
}

// Since 4.0.
struct CreateTableRequest {
  1: required Table table,
  2: optional EnvironmentContext envContext,
  3: optional list<SQLPrimaryKey> primaryKeys,
  4: optional list<SQLForeignKey> foreignKeys,
  5: optional list<SQLUniqueConstraint> uniqueConstraints,
  6: optional list<SQLNotNullConstraint> notNullConstraints,
  7: optional list<SQLDefaultConstraint> defaultConstraints,
  8: optional list<SQLCheckConstraint> checkConstraints,
  9: optional list<string> processorCapabilities,
  10: optional string processorIdentifier,
}

// Since 3.1.
struct CreationMetadata {
  1: required string catName,
  2: required string dbName,
  3: required string tblName,
  4: required set<string> tablesUsed,
  5: optional string validTxnList,
  6: optional i64 materializationTime,
  7: optional list<SourceTable> sourceTables,  // since 4.0
}

// Since 4.0.1.
struct DropTableRequest {
  1: optional string catalogName,
  2: required string dbName,
  3: required string tableName,
  4: optional bool deleteData,
  5: optional EnvironmentContext envContext,
  6: optional bool dropPartitions,
}

// Since 4.0.
struct ExtendedTableInfo {
  1: required string tblName,
  2: optional i32 accessType,
  3: optional list<string> requiredReadCapabilities,
  4: optional list<string> requiredWriteCapabilities,
}

// Since 4.0.
struct GetFieldsRequest {
  1: optional string catName,
  2: required string dbName,
  3: required string tblName,
  4: optional EnvironmentContext envContext,
  5: optional string validWriteIdList,
  6: optional i64 id = -1,
}

// Since 4.0.
struct GetFieldsResponse {
  1: required list<FieldSchema> fields,
}

// Since 4.0.
struct GetSchemaRequest {
  1: optional string catName,
  2: required string dbName,
  3: required string tblName,
  4: optional EnvironmentContext envContext,
  5: optional string validWriteIdList,
  6: optional i64 id = -1,
}

// Since 4.0.
struct GetSchemaResponse {
  1: required list<FieldSchema> fields,
}

struct GetTableRequest {
  1: required string dbName,
  2: required string tblName,
  3: optional ClientCapabilities capabilities,
  4: optional string catName,  // since 3.1
  6: optional string validWriteIdList,  // since 4.0
  7: optional bool getColumnStats,  // since 4.0
  8: optional list<string> processorCapabilities,  // since 4.0
  9: optional string processorIdentifier,  // since 4.0
  10: optional string engine = "hive",  // since 4.0
  11: optional i64 id = -1,  // since 4.0
}

struct GetTableResult {
  1: required Table table,
  2: optional bool isStatsCompliant,  // since 4.0
}

// Since 4.0.
struct GetTablesExtRequest {
  1: required string catalog,
  2: required string database,
  3: required string tableNamePattern,
  4: required i32 requestedFields,
  5: optional i32 limit,
  6: optional list<string> processorCapabilities,
  7: optional string processorIdentifier,
}

struct GetTablesRequest {
  1: required string dbName,
  2: optional list<string> tblNames,
  3: optional ClientCapabilities capabilities,
  4: optional string catName,  // since 3.1
  5: optional list<string> processorCapabilities,  // since 4.0
  6: optional string processorIdentifier,  // since 4.0
  7: optional GetProjectionsSpec projectionSpec,  // since 4.0
  8: optional string tablesPattern,  // since 4.0
}

struct GetTablesResult {
  1: required list<Table> tables,
}

struct Order {
  1: string col,
  2: i32 order,
}

struct Schema {
  1: list<FieldSchema> fieldSchemas,
  2: map<string,string> properties,
}

struct SerDeInfo {
  1: string name,
  2: string serializationLib,
  3: map<string,string> parameters,
  4: optional string description,  // since 3.1
  5: optional string serializerClass,  // since 3.1
  6: optional string deserializerClass,  // since 3.1
  7: optional SerdeType serdeType,  // since 3.1
}

struct SkewedInfo {
  1: list<string> skewedColNames,
  2: list<list<string>> skewedColValues,
  3: map<list<string>,string> skewedColValueLocationMaps,
}

// Since 4.0.
struct SourceTable {
  1: required Table table,
  2: required i64 insertedCount,
  3: required i64 updatedCount,
  4: required i64 deletedCount,
}

struct StorageDescriptor {
  1: list<FieldSchema> cols,
  2: string location,
  3: string inputFormat,
  4: string outputFormat,
  5: bool compressed,
  6: i32 numBuckets,
  7: SerDeInfo serdeInfo,
  8: list<string> bucketCols,
  9: list<Order> sortCols,
  10: map<string,string> parameters,
  11: optional SkewedInfo skewedInfo,
  12: optional bool storedAsSubDirectories,
}

struct Table {
  1: string tableName,
  2: string dbName,
  3: string owner,
  4: i32 createTime,
  5: i32 lastAccessTime,
  6: i32 retention,
  7: StorageDescriptor sd,
  8: list<FieldSchema> partitionKeys,
  9: map<string,string> parameters,
  10: string viewOriginalText,
  11: string viewExpandedText,
  12: string tableType,
  13: optional PrincipalPrivilegeSet privileges,
  14: optional bool temporary = false,
  15: optional bool rewriteEnabled,
  // 2.3.10 sends the catalog name here, as text.
  16: optional CreationMetadata creationMetadata (also = "string catNameV2"),  // since 2.3.10
  17: optional string catName,  // since 3.1
  18: optional PrincipalType ownerType = PrincipalType.USER,  // since 3.1
  // Hive declares -1 as the default and yet always writes it; clients compare.
  19: optional i64 writeId,  // since 4.0
  20: optional bool isStatsCompliant,  // since 4.0
  21: optional ColumnStatistics colStats,  // since 4.0
  22: optional byte accessType,  // since 4.0
  23: optional list<string> requiredReadCapabilities,  // since 4.0
  24: optional list<string> requiredWriteCapabilities,  // since 4.0
  25: optional i64 id,  // since 4.0
  26: optional FileMetadata fileMetadata,  // since 4.0
  27: optional ObjectDictionary dictionary,  // since 4.0
  28: optional i64 txnId,  // since 4.0
}

struct TableMeta {
  1: required string dbName,
  2: required string tableName,
  3: required string tableType,
  4: optional string comments,
  5: optional string catName,  // since 3.1
  6: optional string ownerName,  // since 4.0
  7: optional PrincipalType ownerType,  // since 4.0
}

// Since 4.0.
struct TruncateTableRequest {
  1: required string dbName,
  2: required string tableName,
  3: optional list<string> partNames,
  4: optional i64 writeId = -1,
  5: optional string validWriteIdList,
  6: optional EnvironmentContext environmentContext,
}

// Since 4.0.
struct TruncateTableResponse {
}

service TableMethods {
  void alter_table(1: string dbname, 2: string tbl_name, 3: Table new_tbl)
    throws (1: InvalidOperationException o1, 2: MetaException o2) (since = "2.3")
  AlterTableResponse alter_table_req(1: AlterTableRequest req)
    throws (1: InvalidOperationException o1, 2: MetaException o2) (since = "4.0")
  void alter_table_with_cascade(1: string dbname, 2: string tbl_name, 3: Table new_tbl, 4: bool cascade)
    throws (1: InvalidOperationException o1, 2: MetaException o2) (since = "2.3")
  void alter_table_with_environment_context(
    1: string dbname, 2: string tbl_name, 3: Table new_tbl, 4: EnvironmentContext environment_context)
    throws (1: InvalidOperationException o1, 2: MetaException o2) (since = "2.3")
  void create_table(1: Table tbl)
    throws (1: AlreadyExistsException o1, 2: InvalidObjectException o2, 3: MetaException o3,
        4: NoSuchObjectException o4) (since = "2.3")
  void create_table_req(1: CreateTableRequest request)
    throws (1: AlreadyExistsException o1, 2: InvalidObjectException o2, 3: MetaException o3,
        4: NoSuchObjectException o4) (since = "4.0")
  void create_table_with_constraints(
    1: Table tbl, 2: list<SQLPrimaryKey> primaryKeys, 3: list<SQLForeignKey> foreignKeys,
        4: list<SQLUniqueConstraint> uniqueConstraints, 5: list<SQLNotNullConstraint> notNullConstraints,
        6: list<SQLDefaultConstraint> defaultConstraints, 7: list<SQLCheckConstraint> checkConstraints)
    throws (1: AlreadyExistsException o1, 2: InvalidObjectException o2, 3: MetaException o3,
        4: NoSuchObjectException o4) (since = "2.3")
  void create_table_with_environment_context(1: Table tbl, 2: EnvironmentContext environment_context)
    throws (1: AlreadyExistsException o1, 2: InvalidObjectException o2, 3: MetaException o3,
        4: NoSuchObjectException o4) (since = "2.3")
  void drop_table(1: string dbname, 2: string name, 3: bool deleteData)
    throws (1: NoSuchObjectException o1, 2: MetaException o3) (since = "2.3")
  void drop_table_req(1: DropTableRequest dropTableReq)
    throws (1: NoSuchObjectException o1, 2: MetaException o3) (since = "4.0.1")
  void drop_table_with_environment_context(
    1: string dbname, 2: string name, 3: bool deleteData, 4: EnvironmentContext environment_context)
    throws (1: NoSuchObjectException o1, 2: MetaException o3) (since = "2.3")
  list<Table> get_all_materialized_view_objects_for_rewriting() throws (1: MetaException o1) (since = "4.0")
  list<string> get_all_tables(1: string db_name) throws (1: MetaException o1) (since = "2.3")
  list<FieldSchema> get_fields(1: string db_name, 2: string table_name)
    throws (1: MetaException o1, 2: UnknownTableException o2, 3: UnknownDBException o3) (since = "2.3")
  GetFieldsResponse get_fields_req(1: GetFieldsRequest req)
    throws (1: MetaException o1, 2: UnknownTableException o2, 3: UnknownDBException o3) (since = "4.0")
  list<FieldSchema> get_fields_with_environment_context(
    1: string db_name, 2: string table_name, 3: EnvironmentContext environment_context)
    throws (1: MetaException o1, 2: UnknownTableException o2, 3: UnknownDBException o3) (since = "2.3")
  LockResponse get_lock_materialization_rebuild(1: string dbName, 2: string tableName, 3: i64 txnId) (since = "3.1")
  Materialization get_materialization_invalidation_info(1: CreationMetadata creation_metadata, 2: string validTxnList)
    throws (1: MetaException o1, 2: InvalidOperationException o2, 3: UnknownDBException o3) (since = "3.1")
  list<string> get_materialized_views_for_rewriting(1: string db_name) throws (1: MetaException o1) (since = "3.1")
  list<FieldSchema> get_schema(1: string db_name, 2: string table_name)
    throws (1: MetaException o1, 2: UnknownTableException o2, 3: UnknownDBException o3) (since = "2.3")
  GetSchemaResponse get_schema_req(1: GetSchemaRequest req)
    throws (1: MetaException o1, 2: UnknownTableException o2, 3: UnknownDBException o3) (since = "4.0")
  list<FieldSchema> get_schema_with_environment_context(
    1: string db_name, 2: string table_name, 3: EnvironmentContext environment_context)
    throws (1: MetaException o1, 2: UnknownTableException o2, 3: UnknownDBException o3) (since = "2.3")
  Table get_table(1: string dbname, 2: string tbl_name)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3", until = "4.0")
  list<TableMeta> get_table_meta(1: string db_patterns, 2: string tbl_patterns, 3: list<string> tbl_types)
    throws (1: MetaException o1) (since = "2.3")
  list<string> get_table_names_by_filter(1: string dbname, 2: string filter, 3: i16 max_tables)
    throws (1: MetaException o1, 2: InvalidOperationException o2, 3: UnknownDBException o3) (since = "2.3")
  // 3.1 and 4.0 declare none of these.
  list<Table> get_table_objects_by_name(1: string dbname, 2: list<string> tbl_names)
    throws (1: MetaException o1, 2: InvalidOperationException o2, 3: UnknownDBException o3) (since = "2.3",
        until = "4.0")
  GetTablesResult get_table_objects_by_name_req(1: GetTablesRequest req)
    throws (1: MetaException o1, 2: InvalidOperationException o2, 3: UnknownDBException o3) (since = "2.3")
  GetTableResult get_table_req(1: GetTableRequest req)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  list<string> get_tables(1: string db_name, 2: string pattern) throws (1: MetaException o1) (since = "2.3")
  list<string> get_tables_by_type(1: string db_name, 2: string pattern, 3: string tableType)
    throws (1: MetaException o1) (since = "2.3")
  list<ExtendedTableInfo> get_tables_ext(1: GetTablesExtRequest req) throws (1: MetaException o1) (since = "4.0")
  bool heartbeat_lock_materialization_rebuild(1: string dbName, 2: string tableName, 3: i64 txnId) (since = "3.1")
  Table translate_table_dryrun(1: CreateTableRequest request)
    throws (1: AlreadyExistsException o1, 2: InvalidObjectException o2, 3: MetaException o3,
        4: NoSuchObjectException o4) (since = "4.0")
  void truncate_table(1: string dbName, 2: string tableName, 3: list<string> partNames)
    throws (1: MetaException o1) (since = "3.1")
  TruncateTableResponse truncate_table_req(1: TruncateTableRequest req) throws (1: MetaException o1) (since = "4.0")
  void update_creation_metadata(
    1: string catName, 2: string dbname, 3: string tbl_name, 4: CreationMetadata creation_metadata)
    throws (1: MetaException o1, 2: InvalidOperationException o2, 3: UnknownDBException o3) (since = "3.1")
}
