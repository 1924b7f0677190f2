// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! The property store.

use crate::wire::macros::wire_struct;

wire_struct! {
    /// Since 4.0.
    PropertyGetRequest {
        1 required("nameSpace"): name_space: String,
        2: map_prefix: Option<String>,
        3: map_predicate: Option<String>,
        4: map_selection: Option<Vec<String>>,
    }
}

wire_struct! {
    /// Since 4.0.
    PropertyGetResponse {
        1: properties: Option<Vec<(String, Vec<(String, String)>)>>,
    }
}

wire_struct! {
    /// Since 4.0.
    PropertySetRequest {
        1 required("nameSpace"): name_space: String,
        2: property_map: Option<Vec<(String, String)>>,
    }
}
