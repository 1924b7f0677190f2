// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Data connectors.

use super::types::PrincipalType;
use crate::wire::macros::wire_struct;

wire_struct! {
    /// Since 4.0.1.
    AlterDataConnectorRequest {
        1 required("connectorName"): connector_name: String,
        2 required("newConnector"): new_connector: DataConnector,
    }
}

wire_struct! {
    /// Since 4.0.
    CreateDataConnectorRequest {
        1 required("connector"): connector: DataConnector,
    }
}

wire_struct! {
    /// Since 4.0.
    DataConnector {
        1: name: Option<String>,
        2: r#type: Option<String>,
        3: url: Option<String>,
        4: description: Option<String>,
        5: parameters: Option<Vec<(String, String)>>,
        6: owner_name: Option<String>,
        7: owner_type: Option<PrincipalType>,
        8: create_time: Option<i32>,
    }
}

wire_struct! {
    /// Since 4.0.1.
    DropDataConnectorRequest {
        1 required("connectorName"): connector_name: String,
        2: if_not_exists: Option<bool>,
        3: check_references: Option<bool>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetDataConnectorRequest {
        1 required("connectorName"): connector_name: String,
    }
}
