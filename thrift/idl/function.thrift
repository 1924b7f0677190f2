// User-defined functions.

enum FunctionType {
  JAVA = 1,
}

enum ResourceType {
  JAR = 1,
  FILE = 2,
  ARCHIVE = 3,
}

struct Function {
  1: string functionName,
  2: string dbName,
  3: string className,
  4: string ownerName,
  5: PrincipalType ownerType,
  6: i32 createTime,
  7: FunctionType functionType,
  8: list<ResourceUri> resourceUris,
  9: optional string catName,  // since 2.3.10
}

struct GetAllFunctionsResponse {
  1: optional list<Function> functions,
}

// Since 4.1.
struct GetFunctionsRequest {
  1: required string dbName,
  2: optional string catalogName,
  3: optional string pattern,
  4: optional bool returnNames = true,
}

// Since 4.1.
struct GetFunctionsResponse {
  1: optional list<string> function_names,
  2: optional list<Function> functions,
}

struct ResourceUri {
  1: ResourceType resourceType,
  2: string uri,
}

service FunctionMethods {
  void alter_function(1: string dbName, 2: string funcName, 3: Function newFunc)
    throws (1: InvalidOperationException o1, 2: MetaException o2) (since = "2.3")
  void create_function(1: Function func)
    throws (1: AlreadyExistsException o1, 2: InvalidObjectException o2, 3: MetaException o3,
        4: NoSuchObjectException o4) (since = "2.3")
  void drop_function(1: string dbName, 2: string funcName)
    throws (1: NoSuchObjectException o1, 2: MetaException o3) (since = "2.3")
  GetAllFunctionsResponse get_all_functions() throws (1: MetaException o1) (since = "2.3")
  Function get_function(1: string dbName, 2: string funcName)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3")
  list<string> get_functions(1: string dbName, 2: string pattern) throws (1: MetaException o1) (since = "2.3")
  GetFunctionsResponse get_functions_req(1: GetFunctionsRequest request) throws (1: MetaException o1) (since = "4.1")
}
