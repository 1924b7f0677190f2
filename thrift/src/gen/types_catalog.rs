// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Catalogs.

use crate::wire::macros::wire_struct;

wire_struct! {
    /// Since 3.1.
    AlterCatalogRequest {
        1: name: Option<String>,
        2: new_cat: Option<Catalog>,
    }
}

wire_struct! {
    /// Since 3.1.
    Catalog {
        1: name: Option<String>,
        2: description: Option<String>,
        3: location_uri: Option<String>,
        /// Since 4.0.
        4: create_time: Option<i32>,
        /// Since 4.2.
        5: parameters: Option<Vec<(String, String)>>,
    }
}

wire_struct! {
    /// Since 3.1.
    CreateCatalogRequest {
        1: catalog: Option<Catalog>,
    }
}

wire_struct! {
    /// Since 3.1.
    DropCatalogRequest {
        1: name: Option<String>,
        /// Since 4.1.
        2: if_exists: bool = true,
    }
}

wire_struct! {
    /// Since 3.1.
    GetCatalogRequest {
        1: name: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    GetCatalogResponse {
        1: catalog: Option<Catalog>,
    }
}

wire_struct! {
    /// Since 3.1.
    GetCatalogsResponse {
        1: names: Option<Vec<String>>,
    }
}
