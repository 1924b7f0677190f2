// Indexes: gone since Hive 3, still answered.

// Until 2.3.10.
struct Index {
  1: string indexName,
  2: string indexHandlerClass,
  3: string dbName,
  4: string origTableName,
  5: i32 createTime,
  6: i32 lastAccessTime,
  7: string indexTableName,
  8: StorageDescriptor sd,
  9: map<string,string> parameters,
  10: bool deferredRebuild,
}

service IndexMethods {
  Index add_index(1: Index new_index, 2: Table index_table)
    throws (1: InvalidObjectException o1, 2: AlreadyExistsException o2, 3: MetaException o3) (since = "2.3",
        until = "2.3.10")
  void alter_index(1: string dbname, 2: string base_tbl_name, 3: string idx_name, 4: Index new_idx)
    throws (1: InvalidOperationException o1, 2: MetaException o2) (since = "2.3", until = "2.3.10")
  bool drop_index_by_name(1: string db_name, 2: string tbl_name, 3: string index_name, 4: bool deleteData)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "2.3", until = "2.3.10")
  Index get_index_by_name(1: string db_name, 2: string tbl_name, 3: string index_name)
    throws (1: MetaException o1, 2: NoSuchObjectException o2) (since = "2.3", until = "2.3.10")
  list<string> get_index_names(1: string db_name, 2: string tbl_name, 3: i16 max_indexes)
    throws (1: MetaException o2) (since = "2.3", until = "2.3.10")
  list<Index> get_indexes(1: string db_name, 2: string tbl_name, 3: i16 max_indexes)
    throws (1: NoSuchObjectException o1, 2: MetaException o2) (since = "2.3", until = "2.3.10")
}
