// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Stored procedures and packages.

use crate::wire::macros::wire_struct;

wire_struct! {
    /// Since 4.0.
    AddPackageRequest {
        1: cat_name: Option<String>,
        2: db_name: Option<String>,
        3: package_name: Option<String>,
        4: owner_name: Option<String>,
        5: header: Option<String>,
        6: body: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    DropPackageRequest {
        1 required("catName"): cat_name: String,
        2 required("dbName"): db_name: String,
        3 required("packageName"): package_name: String,
    }
}

wire_struct! {
    /// Since 4.0.
    GetPackageRequest {
        1 required("catName"): cat_name: String,
        2 required("dbName"): db_name: String,
        3 required("packageName"): package_name: String,
    }
}

wire_struct! {
    /// Since 4.0.
    ListPackageRequest {
        1 required("catName"): cat_name: String,
        2: db_name: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    ListStoredProcedureRequest {
        1 required("catName"): cat_name: String,
        2: db_name: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    Package {
        1: cat_name: Option<String>,
        2: db_name: Option<String>,
        3: package_name: Option<String>,
        4: owner_name: Option<String>,
        5: header: Option<String>,
        6: body: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    StoredProcedure {
        1: name: Option<String>,
        2: db_name: Option<String>,
        3: cat_name: Option<String>,
        4: owner_name: Option<String>,
        5: source: Option<String>,
    }
}

wire_struct! {
    /// Since 4.0.
    StoredProcedureRequest {
        1 required("catName"): cat_name: String,
        2 required("dbName"): db_name: String,
        3 required("procName"): proc_name: String,
    }
}
