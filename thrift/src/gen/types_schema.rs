// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! The schema registry.

use super::types::{FieldSchema, SerDeInfo};
use crate::wire::macros::{wire_enum, wire_struct};

wire_enum! {
    /// Since 3.1.
    SchemaCompatibility {
        NONE = 1,
        BACKWARD = 2,
        FORWARD = 3,
        BOTH = 4,
    }
}

wire_enum! {
    /// Since 3.1.
    SchemaType {
        HIVE = 1,
        AVRO = 2,
    }
}

wire_enum! {
    /// Since 3.1.
    SchemaValidation {
        LATEST = 1,
        ALL = 2,
    }
}

wire_enum! {
    /// Since 3.1.
    SchemaVersionState {
        INITIATED = 1,
        START_REVIEW = 2,
        CHANGES_REQUIRED = 3,
        REVIEWED = 4,
        ENABLED = 5,
        DISABLED = 6,
        ARCHIVED = 7,
        DELETED = 8,
    }
}

wire_enum! {
    /// Since 3.1.
    SerdeType {
        HIVE = 1,
        SCHEMA_REGISTRY = 2,
    }
}

wire_struct! {
    /// Since 3.1.
    AlterISchemaRequest {
        1: name: Option<ISchemaName>,
        3: new_schema: Option<ISchema>,
    }
}

wire_struct! {
    /// Since 3.1.
    FindSchemasByColsResp {
        1: schema_versions: Option<Vec<SchemaVersionDescriptor>>,
    }
}

wire_struct! {
    /// Since 3.1.
    FindSchemasByColsRqst {
        1: col_name: Option<String>,
        2: col_namespace: Option<String>,
        3: r#type: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    GetSerdeRequest {
        1: serde_name: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    ISchema {
        1: schema_type: Option<SchemaType>,
        2: name: Option<String>,
        3: cat_name: Option<String>,
        4: db_name: Option<String>,
        5: compatibility: Option<SchemaCompatibility>,
        6: validation_level: Option<SchemaValidation>,
        7: can_evolve: bool,
        8: schema_group: Option<String>,
        9: description: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    ISchemaName {
        1: cat_name: Option<String>,
        2: db_name: Option<String>,
        3: schema_name: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    MapSchemaVersionToSerdeRequest {
        1: schema_version: Option<SchemaVersionDescriptor>,
        2: serde_name: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    SchemaVersion {
        1: schema: Option<ISchemaName>,
        2: version: i32,
        3: created_at: i64,
        4: cols: Option<Vec<FieldSchema>>,
        5: state: Option<SchemaVersionState>,
        6: description: Option<String>,
        7: schema_text: Option<String>,
        8: fingerprint: Option<String>,
        9: name: Option<String>,
        10: ser_de: Option<SerDeInfo>,
    }
}

wire_struct! {
    /// Since 3.1.
    SchemaVersionDescriptor {
        1: schema: Option<ISchemaName>,
        2: version: i32,
    }
}

wire_struct! {
    /// Since 3.1.
    SetSchemaVersionStateRequest {
        1: schema_version: Option<SchemaVersionDescriptor>,
        2: state: Option<SchemaVersionState>,
    }
}
