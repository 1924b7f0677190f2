// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Small types that several nouns share, and calls about the connection.

use crate::wire::macros::{wire_enum, wire_struct};

wire_enum! {
    ClientCapability {
        TEST_CAPABILITY = 1,
        /// Since 3.1.
        INSERT_ONLY_TABLES = 2,
    }
}

wire_enum! {
    PrincipalType {
        USER = 1,
        ROLE = 2,
        GROUP = 3,
    }
}

wire_struct! {
    ClientCapabilities {
        1 required("values"): values: Vec<ClientCapability>,
    }
}

wire_struct! {
    EnvironmentContext {
        1: properties: Option<Vec<(String, String)>>,
    }
}

wire_struct! {
    FieldSchema {
        1: name: Option<String>,
        2: r#type: Option<String>,
        3: comment: Option<String>,
    }
}

wire_struct! {
    Type {
        1: name: Option<String>,
        2: type1: Option<String>,
        3: type2: Option<String>,
        4: fields: Option<Vec<FieldSchema>>,
    }
}

wire_struct! {
    Version {
        1: version: Option<String>,
        2: comments: Option<String>,
    }
}
