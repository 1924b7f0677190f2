// The schema registry.

// Since 3.1.
enum SchemaCompatibility {
  NONE = 1,
  BACKWARD = 2,
  FORWARD = 3,
  BOTH = 4,
}

// Since 3.1.
enum SchemaType {
  HIVE = 1,
  AVRO = 2,
}

// Since 3.1.
enum SchemaValidation {
  LATEST = 1,
  ALL = 2,
}

// Since 3.1.
enum SchemaVersionState {
  INITIATED = 1,
  START_REVIEW = 2,
  CHANGES_REQUIRED = 3,
  REVIEWED = 4,
  ENABLED = 5,
  DISABLED = 6,
  ARCHIVED = 7,
  DELETED = 8,
}

// Since 3.1.
enum SerdeType {
  HIVE = 1,
  SCHEMA_REGISTRY = 2,
}

// Since 3.1.
struct AlterISchemaRequest {
  1: ISchemaName name,
  3: ISchema newSchema,
}

// Since 3.1.
struct FindSchemasByColsResp {
  1: list<SchemaVersionDescriptor> schemaVersions,
}

// Since 3.1.
struct FindSchemasByColsRqst {
  1: optional string colName,
  2: optional string colNamespace,
  3: optional string type,
}

// Since 3.1.
struct GetSerdeRequest {
  1: string serdeName,
}

// Since 3.1.
struct ISchema {
  1: SchemaType schemaType,
  2: string name,
  3: string catName,
  4: string dbName,
  5: SchemaCompatibility compatibility,
  6: SchemaValidation validationLevel,
  7: bool canEvolve,
  8: optional string schemaGroup,
  9: optional string description,
}

// Since 3.1.
struct ISchemaName {
  1: string catName,
  2: string dbName,
  3: string schemaName,
}

// Since 3.1.
struct MapSchemaVersionToSerdeRequest {
  1: SchemaVersionDescriptor schemaVersion,
  2: string serdeName,
}

// Since 3.1.
struct SchemaVersion {
  1: ISchemaName schema,
  2: i32 version,
  3: i64 createdAt,
  4: list<FieldSchema> cols,
  5: optional SchemaVersionState state,
  6: optional string description,
  7: optional string schemaText,
  8: optional string fingerprint,
  9: optional string name,
  10: optional SerDeInfo serDe,
}

// Since 3.1.
struct SchemaVersionDescriptor {
  1: ISchemaName schema,
  2: i32 version,
}

// Since 3.1.
struct SetSchemaVersionStateRequest {
  1: SchemaVersionDescriptor schemaVersion,
  2: SchemaVersionState state,
}

service SchemaMethods {
  void add_schema_version(1: SchemaVersion schemaVersion)
    throws (1: AlreadyExistsException o1, 2: NoSuchObjectException o2, 3: MetaException o3) (since = "3.1")
  void add_serde(1: SerDeInfo serde) throws (1: AlreadyExistsException o1, 2: MetaException o2) (since = "3.1")
  void alter_ischema(1: AlterISchemaRequest rqst)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "3.1")
  // Up to 3.1 there was one more, with the impossible id -1: NoSuchObjectException.
  void create_ischema(1: ISchema schema)
    throws (1: AlreadyExistsException o1, 2: NoSuchObjectException o2, 3: MetaException o3) (since = "3.1")
  void drop_ischema(1: ISchemaName name)
    throws (1: NoSuchObjectException o1, 2: InvalidOperationException o2, 3: MetaException o3) (since = "3.1")
  void drop_schema_version(1: SchemaVersionDescriptor schemaVersion)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "3.1")
  ISchema get_ischema(1: ISchemaName name) throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "3.1")
  list<SchemaVersion> get_schema_all_versions(1: ISchemaName schemaName)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "3.1")
  SchemaVersion get_schema_latest_version(1: ISchemaName schemaName)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "3.1")
  SchemaVersion get_schema_version(1: SchemaVersionDescriptor schemaVersion)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "3.1")
  FindSchemasByColsResp get_schemas_by_cols(1: FindSchemasByColsRqst rqst) throws (1: MetaException o1) (since = "3.1")
  SerDeInfo get_serde(1: GetSerdeRequest rqst) throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "3.1")
  void map_schema_version_to_serde(1: MapSchemaVersionToSerdeRequest rqst)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "3.1")
  void set_schema_version_state(1: SetSchemaVersionStateRequest rqst)
    throws (1: NoSuchObjectException o1, 2: InvalidOperationException o2, 3: MetaException o3) (since = "3.1")
}
