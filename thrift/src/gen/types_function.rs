// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! User-defined functions.

use super::types::PrincipalType;
use crate::wire::macros::{wire_enum, wire_struct};

wire_enum! {
    FunctionType {
        JAVA = 1,
    }
}

wire_enum! {
    ResourceType {
        JAR = 1,
        FILE = 2,
        ARCHIVE = 3,
    }
}

wire_struct! {
    Function {
        1: function_name: Option<String>,
        2: db_name: Option<String>,
        3: class_name: Option<String>,
        4: owner_name: Option<String>,
        5: owner_type: Option<PrincipalType>,
        6: create_time: i32,
        7: function_type: Option<FunctionType>,
        8: resource_uris: Option<Vec<ResourceUri>>,
        /// Since 2.3.10.
        9: cat_name: Option<String>,
    }
}

wire_struct! {
    GetAllFunctionsResponse {
        1: functions: Option<Vec<Function>>,
    }
}

wire_struct! {
    /// Since 4.1.
    GetFunctionsRequest {
        1 required("dbName"): db_name: String,
        2: catalog_name: Option<String>,
        3: pattern: Option<String>,
        4: return_names: bool = true,
    }
}

wire_struct! {
    /// Since 4.1.
    GetFunctionsResponse {
        1: function_names: Option<Vec<String>>,
        2: functions: Option<Vec<Function>>,
    }
}

wire_struct! {
    ResourceUri {
        1: resource_type: Option<ResourceType>,
        2: uri: Option<String>,
    }
}
