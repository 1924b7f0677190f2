// The file metadata cache of Hive 2, which few servers ever filled.

enum FileMetadataExprType {
  ORC_SARG = 1,
}

struct CacheFileMetadataRequest {
  1: required string dbName,
  2: required string tblName,
  3: optional string partName,
  4: optional bool isAllParts,
}

struct CacheFileMetadataResult {
  1: required bool isSupported,
}

struct ClearFileMetadataRequest {
  1: required list<i64> fileIds,
}

struct ClearFileMetadataResult {
}

// Since 4.0.
struct FileMetadata {
  1: byte type = 1,
  2: byte version = 1,
  3: list<binary> data,
}

struct GetFileMetadataByExprRequest {
  1: required list<i64> fileIds,
  2: required binary expr,
  3: optional bool doGetFooters,
  4: optional FileMetadataExprType type,
}

struct GetFileMetadataByExprResult {
  1: required map<i64,MetadataPpdResult> metadata,
  2: required bool isSupported,
}

struct GetFileMetadataRequest {
  1: required list<i64> fileIds,
}

struct GetFileMetadataResult {
  1: required map<i64,binary> metadata,
  2: required bool isSupported,
}

struct MetadataPpdResult {
  1: optional binary metadata,
  2: optional binary includeBitset,
}

struct PutFileMetadataRequest {
  1: required list<i64> fileIds,
  2: required list<binary> metadata,
  3: optional FileMetadataExprType type,
}

struct PutFileMetadataResult {
}

service FileMetadataMethods {
  CacheFileMetadataResult cache_file_metadata(1: CacheFileMetadataRequest req) (since = "2.3")
  ClearFileMetadataResult clear_file_metadata(1: ClearFileMetadataRequest req) (since = "2.3")
  GetFileMetadataResult get_file_metadata(1: GetFileMetadataRequest req) (since = "2.3")
  GetFileMetadataByExprResult get_file_metadata_by_expr(1: GetFileMetadataByExprRequest req) (since = "2.3")
  PutFileMetadataResult put_file_metadata(1: PutFileMetadataRequest req) (since = "2.3")
}
