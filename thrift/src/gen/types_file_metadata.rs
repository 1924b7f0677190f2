// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! The file metadata cache of Hive 2, which few servers ever filled.

use crate::wire::macros::{wire_enum, wire_struct};

wire_enum! {
    FileMetadataExprType {
        ORC_SARG = 1,
    }
}

wire_struct! {
    CacheFileMetadataRequest {
        1 required("dbName"): db_name: String,
        2 required("tblName"): tbl_name: String,
        3: part_name: Option<String>,
        4: is_all_parts: Option<bool>,
    }
}

wire_struct! {
    CacheFileMetadataResult {
        1 required("isSupported"): is_supported: bool,
    }
}

wire_struct! {
    ClearFileMetadataRequest {
        1 required("fileIds"): file_ids: Vec<i64>,
    }
}

wire_struct! {
    ClearFileMetadataResult {}
}

wire_struct! {
    /// Since 4.0.
    FileMetadata {
        1: r#type: i8 = 1,
        2: version: i8 = 1,
        3: data: Option<Vec<Vec<u8>>>,
    }
}

wire_struct! {
    GetFileMetadataByExprRequest {
        1 required("fileIds"): file_ids: Vec<i64>,
        2 required("expr"): expr: Vec<u8>,
        3: do_get_footers: Option<bool>,
        4: r#type: Option<FileMetadataExprType>,
    }
}

wire_struct! {
    GetFileMetadataByExprResult {
        1 required("metadata"): metadata: Vec<(i64, MetadataPpdResult)>,
        2 required("isSupported"): is_supported: bool,
    }
}

wire_struct! {
    GetFileMetadataRequest {
        1 required("fileIds"): file_ids: Vec<i64>,
    }
}

wire_struct! {
    GetFileMetadataResult {
        1 required("metadata"): metadata: Vec<(i64, Vec<u8>)>,
        2 required("isSupported"): is_supported: bool,
    }
}

wire_struct! {
    MetadataPpdResult {
        1: metadata: Option<Vec<u8>>,
        2: include_bitset: Option<Vec<u8>>,
    }
}

wire_struct! {
    PutFileMetadataRequest {
        1 required("fileIds"): file_ids: Vec<i64>,
        2 required("metadata"): metadata: Vec<Vec<u8>>,
        3: r#type: Option<FileMetadataExprType>,
    }
}

wire_struct! {
    PutFileMetadataResult {}
}
