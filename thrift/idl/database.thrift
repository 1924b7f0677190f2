// Databases.

// Since 4.0.
enum DatabaseType {
  NATIVE = 1,
  REMOTE = 2,
}

// Since 4.0.1.
struct AlterDatabaseRequest {
  1: required string oldDbName,
  2: required Database newDb,
}

// Since 4.0.
struct CreateDatabaseRequest {
  1: required string databaseName,
  2: optional string description,
  3: optional string locationUri,
  4: optional map<string,string> parameters,
  5: optional PrincipalPrivilegeSet privileges,
  6: optional string ownerName,
  7: optional PrincipalType ownerType,
  8: optional string catalogName,
  9: optional i32 createTime,
  10: optional string managedLocationUri,
  // 4.0.0 sends text here, which is passed over.
  11: optional DatabaseType type,
  12: optional string dataConnectorName,
  13: optional string remote_dbname,  // since 4.0.1
}

struct Database {
  1: string name,
  2: string description,
  3: string locationUri,
  4: map<string,string> parameters,
  5: optional PrincipalPrivilegeSet privileges,
  6: optional string ownerName,
  7: optional PrincipalType ownerType,
  8: optional string catalogName,  // since 2.3.10
  9: optional i32 createTime,  // since 4.0
  10: optional string managedLocationUri,  // since 4.0
  11: optional DatabaseType type,  // since 4.0
  12: optional string connector_name,  // since 4.0
  13: optional string remote_dbname,  // since 4.0
}

// Since 4.0.
struct DropDatabaseRequest {
  1: required string name,
  2: optional string catalogName,
  3: required bool ignoreUnknownDb,
  4: required bool deleteData,
  5: required bool cascade,
  6: optional bool softDelete = false,
  7: optional i64 txnId = 0,
  8: optional bool deleteManagedDir = true,
}

// Since 4.1.
struct GetDatabaseObjectsRequest {
  1: optional string catalogName,
  2: optional string pattern,
}

// Since 4.1.
struct GetDatabaseObjectsResponse {
  1: required list<Database> databases,
}

// Since 4.0.
struct GetDatabaseRequest {
  1: optional string name,
  2: optional string catalogName,
  3: optional list<string> processorCapabilities,
  4: optional string processorIdentifier,
}

service DatabaseMethods {
  void alter_database(1: string dbname, 2: Database db)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  void alter_database_req(1: AlterDatabaseRequest alterDbReq)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "4.0.1")
  void create_database(1: Database database)
    throws (1: AlreadyExistsException o1, 2: InvalidObjectException o2, 3: MetaException o3) (since = "2.3")
  void create_database_req(1: CreateDatabaseRequest createDatabaseRequest)
    throws (1: AlreadyExistsException o1, 2: InvalidObjectException o2, 3: MetaException o3) (since = "4.0.1")
  void drop_database(1: string name, 2: bool deleteData, 3: bool cascade)
    throws (1: NoSuchObjectException o1, 2: InvalidOperationException o2, 3: MetaException o3) (since = "2.3")
  void drop_database_req(1: DropDatabaseRequest req)
    throws (1: NoSuchObjectException o1, 2: InvalidOperationException o2, 3: MetaException o3) (since = "4.0")
  list<string> get_all_databases() throws (1: MetaException o1) (since = "2.3")
  Database get_database(1: string name) throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "2.3")
  Database get_database_req(1: GetDatabaseRequest request)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "4.0")
  list<string> get_databases(1: string pattern) throws (1: MetaException o1) (since = "2.3")
  GetDatabaseObjectsResponse get_databases_req(1: GetDatabaseObjectsRequest request)
    throws (1: MetaException o1) (since = "4.1")
}
