// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Indexes: gone since Hive 3, still answered.

use super::types::StorageDescriptor;
use crate::wire::macros::wire_struct;

wire_struct! {
    /// Until 2.3.10.
    Index {
        1: index_name: Option<String>,
        2: index_handler_class: Option<String>,
        3: db_name: Option<String>,
        4: orig_table_name: Option<String>,
        5: create_time: i32,
        6: last_access_time: i32,
        7: index_table_name: Option<String>,
        8: sd: Option<StorageDescriptor>,
        9: parameters: Option<Vec<(String, String)>>,
        10: deferred_rebuild: bool,
    }
}
