// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Databases.

use super::types::{PrincipalPrivilegeSet, PrincipalType};
use crate::wire::macros::{wire_enum, wire_struct};

wire_enum! {
    /// Since 4.0.
    DatabaseType {
        NATIVE = 1,
        REMOTE = 2,
    }
}

wire_struct! {
    /// Since 4.0.1.
    AlterDatabaseRequest {
        1 required("oldDbName"): old_db_name: String,
        2 required("newDb"): new_db: Database,
    }
}

wire_struct! {
    /// Since 4.0.
    CreateDatabaseRequest {
        1 required("databaseName"): database_name: String,
        2: description: Option<String>,
        3: location_uri: Option<String>,
        4: parameters: Option<Vec<(String, String)>>,
        5: privileges: Option<PrincipalPrivilegeSet>,
        6: owner_name: Option<String>,
        7: owner_type: Option<PrincipalType>,
        8: catalog_name: Option<String>,
        9: create_time: Option<i32>,
        10: managed_location_uri: Option<String>,
        /// 4.0.0 sends text here, which is passed over.
        11: r#type: Option<DatabaseType>,
        12: data_connector_name: Option<String>,
        /// Since 4.0.1.
        13: remote_dbname: Option<String>,
    }
}

wire_struct! {
    Database {
        1: name: Option<String>,
        2: description: Option<String>,
        3: location_uri: Option<String>,
        4: parameters: Option<Vec<(String, String)>>,
        5: privileges: Option<PrincipalPrivilegeSet>,
        6: owner_name: Option<String>,
        7: owner_type: Option<PrincipalType>,
        /// Since 2.3.10.
        8: catalog_name: Option<String>,
        /// Since 4.0.
        9: create_time: Option<i32>,
        /// Since 4.0.
        10: managed_location_uri: Option<String>,
        /// Since 4.0.
        11: r#type: Option<DatabaseType>,
        /// Since 4.0.
        12: connector_name: Option<String>,
        /// Since 4.0.
        13: remote_dbname: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    DropDatabaseRequest {
        1 required("name"): name: String,
        2: catalog_name: Option<String>,
        3 required("ignoreUnknownDb"): ignore_unknown_db: bool,
        4 required("deleteData"): delete_data: bool,
        5 required("cascade"): cascade: bool,
        6: soft_delete: bool = false,
        7: txn_id: i64 = 0,
        8: delete_managed_dir: bool = true,
    }
}

wire_struct! {
    /// Since 4.1.
    GetDatabaseObjectsRequest {
        1: catalog_name: Option<String>,
        2: pattern: Option<String>,
    }
}

wire_struct! {
    /// Since 4.1.
    GetDatabaseObjectsResponse {
        1 required("databases"): databases: Vec<Database>,
    }
}

wire_struct! {
    /// Since 4.0.
    GetDatabaseRequest {
        1: name: Option<String>,
        2: catalog_name: Option<String>,
        3: processor_capabilities: Option<Vec<String>>,
        4: processor_identifier: Option<String>,
    }
}
