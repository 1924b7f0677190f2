// Small types that several nouns share, and calls about the connection.

enum ClientCapability {
  TEST_CAPABILITY = 1,
  INSERT_ONLY_TABLES = 2,  // since 3.1
}

enum PrincipalType {
  USER = 1,
  ROLE = 2,
  GROUP = 3,
}

struct ClientCapabilities {
  1: required list<ClientCapability> values,
}

struct EnvironmentContext {
  1: map<string,string> properties,
}

struct FieldSchema {
  1: string name,
  2: string type,
  3: string comment,
}

struct Type {
  1: string name,
  2: optional string type1,
  3: optional string type2,
  4: optional list<FieldSchema> fields,
}

struct Version {
  1: string version,
  2: string comments,
}

service CommonMethods {
  bool create_type(1: Type type)
    throws (1: AlreadyExistsException o1, 2: InvalidObjectException o2, 3: MetaException o3) (since = "2.3")
  bool drop_type(1: string type) throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  void flushCache() (since = "2.3")
  string getMetaConf(1: string key) throws (1: MetaException o1) (since = "2.3")
  string get_config_value(1: string name, 2: string defaultValue)
    throws (1: ConfigValSecurityException o1) (since = "2.3", nullable = "true")
  string get_metastore_db_uuid() throws (1: MetaException o1) (since = "3.1")
  Type get_type(1: string name) throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  map<string,Type> get_type_all(1: string name) throws (1: MetaException o2) (since = "2.3")
  void setMetaConf(1: string key, 2: string value) throws (1: MetaException o1) (since = "2.3")
  list<string> set_ugi(1: string user_name, 2: list<string> group_names) throws (1: MetaException o1) (since = "2.3")
}
