// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Constraints, which nobody enforces.

use crate::wire::macros::wire_struct;

wire_struct! {
    /// Since 3.1.
    AddCheckConstraintRequest {
        1 required("checkConstraintCols"): check_constraint_cols: Vec<SQLCheckConstraint>,
    }
}

wire_struct! {
    /// Since 3.1.
    AddDefaultConstraintRequest {
        1 required("defaultConstraintCols"): default_constraint_cols: Vec<SQLDefaultConstraint>,
    }
}

wire_struct! {
    AddForeignKeyRequest {
        1 required("foreignKeyCols"): foreign_key_cols: Vec<SQLForeignKey>,
    }
}

wire_struct! {
    /// Since 3.1.
    AddNotNullConstraintRequest {
        1 required("notNullConstraintCols"): not_null_constraint_cols: Vec<SQLNotNullConstraint>,
    }
}

wire_struct! {
    AddPrimaryKeyRequest {
        1 required("primaryKeyCols"): primary_key_cols: Vec<SQLPrimaryKey>,
    }
}

wire_struct! {
    /// Since 3.1.
    AddUniqueConstraintRequest {
        1 required("uniqueConstraintCols"): unique_constraint_cols: Vec<SQLUniqueConstraint>,
    }
}

wire_struct! {
    /// Since 4.0.
    AllTableConstraintsRequest {
        1 required("dbName"): db_name: String,
        2 required("tblName"): tbl_name: String,
        3 required("catName"): cat_name: String,
        /// Until 4.1.
        4: valid_write_id_list: Option<String>,
        /// Until 4.1.
        5: table_id: i64 = -1,
    }
}

wire_struct! {
    /// Since 4.0.
    AllTableConstraintsResponse {
        1 required("allTableConstraints"): all_table_constraints: SQLAllTableConstraints,
    }
}

wire_struct! {
    /// Since 3.1.
    CheckConstraintsRequest {
        1 required("catName"): cat_name: String,
        2 required("db_name"): db_name: String,
        3 required("tbl_name"): tbl_name: String,
        /// Since 4.0, until 4.1.
        4: valid_write_id_list: Option<String>,
        /// Since 4.0, until 4.1.
        5: table_id: i64 = -1,
    }
}

wire_struct! {
    /// Since 3.1.
    CheckConstraintsResponse {
        1 required("checkConstraints"): check_constraints: Vec<SQLCheckConstraint>,
    }
}

wire_struct! {
    /// Since 3.1.
    DefaultConstraintsRequest {
        1 required("catName"): cat_name: String,
        2 required("db_name"): db_name: String,
        3 required("tbl_name"): tbl_name: String,
        /// Since 4.0, until 4.1.
        4: valid_write_id_list: Option<String>,
        /// Since 4.0, until 4.1.
        5: table_id: i64 = -1,
    }
}

wire_struct! {
    /// Since 3.1.
    DefaultConstraintsResponse {
        1 required("defaultConstraints"): default_constraints: Vec<SQLDefaultConstraint>,
    }
}

wire_struct! {
    DropConstraintRequest {
        1 required("dbname"): dbname: String,
        2 required("tablename"): tablename: String,
        3 required("constraintname"): constraintname: String,
        /// Since 3.1.
        4: cat_name: Option<String>,
    }
}

wire_struct! {
    ForeignKeysRequest {
        1: parent_db_name: Option<String>,
        2: parent_tbl_name: Option<String>,
        3: foreign_db_name: Option<String>,
        4: foreign_tbl_name: Option<String>,
        /// Since 3.1.
        5: cat_name: Option<String>,
        /// Since 4.0, until 4.1.
        6: valid_write_id_list: Option<String>,
        /// Since 4.0, until 4.1.
        7: table_id: i64 = -1,
    }
}

wire_struct! {
    ForeignKeysResponse {
        1 required("foreignKeys"): foreign_keys: Vec<SQLForeignKey>,
    }
}

wire_struct! {
    /// Since 3.1.
    NotNullConstraintsRequest {
        1 required("catName"): cat_name: String,
        2 required("db_name"): db_name: String,
        3 required("tbl_name"): tbl_name: String,
        /// Since 4.0, until 4.1.
        4: valid_write_id_list: Option<String>,
        /// Since 4.0, until 4.1.
        5: table_id: i64 = -1,
    }
}

wire_struct! {
    /// Since 3.1.
    NotNullConstraintsResponse {
        1 required("notNullConstraints"): not_null_constraints: Vec<SQLNotNullConstraint>,
    }
}

wire_struct! {
    PrimaryKeysRequest {
        1 required("db_name"): db_name: String,
        2 required("tbl_name"): tbl_name: String,
        /// Since 3.1.
        3: cat_name: Option<String>,
        /// Since 4.0, until 4.1.
        4: valid_write_id_list: Option<String>,
        /// Since 4.0, until 4.1.
        5: table_id: i64 = -1,
    }
}

wire_struct! {
    PrimaryKeysResponse {
        1 required("primaryKeys"): primary_keys: Vec<SQLPrimaryKey>,
    }
}

wire_struct! {
    /// Since 4.0.
    SQLAllTableConstraints {
        1: primary_keys: Option<Vec<SQLPrimaryKey>>,
        2: foreign_keys: Option<Vec<SQLForeignKey>>,
        3: unique_constraints: Option<Vec<SQLUniqueConstraint>>,
        4: not_null_constraints: Option<Vec<SQLNotNullConstraint>>,
        5: default_constraints: Option<Vec<SQLDefaultConstraint>>,
        6: check_constraints: Option<Vec<SQLCheckConstraint>>,
    }
}

wire_struct! {
    /// Since 3.1.
    SQLCheckConstraint {
        1: cat_name: Option<String>,
        2: table_db: Option<String>,
        3: table_name: Option<String>,
        4: column_name: Option<String>,
        5: check_expression: Option<String>,
        6: dc_name: Option<String>,
        7: enable_cstr: bool,
        8: validate_cstr: bool,
        9: rely_cstr: bool,
    }
}

wire_struct! {
    /// Since 3.1.
    SQLDefaultConstraint {
        1: cat_name: Option<String>,
        2: table_db: Option<String>,
        3: table_name: Option<String>,
        4: column_name: Option<String>,
        5: default_value: Option<String>,
        6: dc_name: Option<String>,
        7: enable_cstr: bool,
        8: validate_cstr: bool,
        9: rely_cstr: bool,
    }
}

wire_struct! {
    SQLForeignKey {
        1: pktable_db: Option<String>,
        2: pktable_name: Option<String>,
        3: pkcolumn_name: Option<String>,
        4: fktable_db: Option<String>,
        5: fktable_name: Option<String>,
        6: fkcolumn_name: Option<String>,
        7: key_seq: i32,
        8: update_rule: i32,
        9: delete_rule: i32,
        10: fk_name: Option<String>,
        11: pk_name: Option<String>,
        12: enable_cstr: bool,
        13: validate_cstr: bool,
        14: rely_cstr: bool,
        /// Since 3.1.
        15: cat_name: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    SQLNotNullConstraint {
        1: cat_name: Option<String>,
        2: table_db: Option<String>,
        3: table_name: Option<String>,
        4: column_name: Option<String>,
        5: nn_name: Option<String>,
        6: enable_cstr: bool,
        7: validate_cstr: bool,
        8: rely_cstr: bool,
    }
}

wire_struct! {
    SQLPrimaryKey {
        1: table_db: Option<String>,
        2: table_name: Option<String>,
        3: column_name: Option<String>,
        4: key_seq: i32,
        5: pk_name: Option<String>,
        6: enable_cstr: bool,
        7: validate_cstr: bool,
        8: rely_cstr: bool,
        /// Since 3.1.
        9: cat_name: Option<String>,
    }
}

wire_struct! {
    /// Since 3.1.
    SQLUniqueConstraint {
        1: cat_name: Option<String>,
        2: table_db: Option<String>,
        3: table_name: Option<String>,
        4: column_name: Option<String>,
        5: key_seq: i32,
        6: uk_name: Option<String>,
        7: enable_cstr: bool,
        8: validate_cstr: bool,
        9: rely_cstr: bool,
    }
}

wire_struct! {
    /// Since 3.1.
    UniqueConstraintsRequest {
        1 required("catName"): cat_name: String,
        2 required("db_name"): db_name: String,
        3 required("tbl_name"): tbl_name: String,
        /// Since 4.0, until 4.1.
        4: valid_write_id_list: Option<String>,
        /// Since 4.0, until 4.1.
        5: table_id: i64 = -1,
    }
}

wire_struct! {
    /// Since 3.1.
    UniqueConstraintsResponse {
        1 required("uniqueConstraints"): unique_constraints: Vec<SQLUniqueConstraint>,
    }
}
