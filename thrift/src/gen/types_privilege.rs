// Made by skep-thrift-gen from thrift/idl. Do not edit.

//! Roles and privileges.

use super::types::PrincipalType;
use crate::wire::macros::{wire_enum, wire_struct};

wire_enum! {
    GrantRevokeType {
        GRANT = 1,
        REVOKE = 2,
    }
}

wire_enum! {
    HiveObjectType {
        GLOBAL = 1,
        DATABASE = 2,
        TABLE = 3,
        PARTITION = 4,
        COLUMN = 5,
        /// Since 4.0.
        DATACONNECTOR = 6,
    }
}

wire_struct! {
    GetPrincipalsInRoleRequest {
        1 required("roleName"): role_name: String,
    }
}

wire_struct! {
    GetPrincipalsInRoleResponse {
        1 required("principalGrants"): principal_grants: Vec<RolePrincipalGrant>,
    }
}

wire_struct! {
    GetRoleGrantsForPrincipalRequest {
        1 required("principal_name"): principal_name: String,
        2 required("principal_type"): principal_type: PrincipalType,
    }
}

wire_struct! {
    GetRoleGrantsForPrincipalResponse {
        1 required("principalGrants"): principal_grants: Vec<RolePrincipalGrant>,
    }
}

wire_struct! {
    GrantRevokePrivilegeRequest {
        1: request_type: Option<GrantRevokeType>,
        2: privileges: Option<PrivilegeBag>,
        3: revoke_grant_option: Option<bool>,
    }
}

wire_struct! {
    GrantRevokePrivilegeResponse {
        1: success: Option<bool>,
    }
}

wire_struct! {
    GrantRevokeRoleRequest {
        1: request_type: Option<GrantRevokeType>,
        2: role_name: Option<String>,
        3: principal_name: Option<String>,
        4: principal_type: Option<PrincipalType>,
        5: grantor: Option<String>,
        6: grantor_type: Option<PrincipalType>,
        7: grant_option: Option<bool>,
    }
}

wire_struct! {
    GrantRevokeRoleResponse {
        1: success: Option<bool>,
    }
}

wire_struct! {
    HiveObjectPrivilege {
        1: hive_object: Option<HiveObjectRef>,
        2: principal_name: Option<String>,
        3: principal_type: Option<PrincipalType>,
        4: grant_info: Option<PrivilegeGrantInfo>,
        /// Since 3.1.
        5: authorizer: Option<String>,
    }
}

wire_struct! {
    HiveObjectRef {
        1: object_type: Option<HiveObjectType>,
        2: db_name: Option<String>,
        3: object_name: Option<String>,
        4: part_values: Option<Vec<String>>,
        5: column_name: Option<String>,
        /// Since 2.3.10.
        6: cat_name: Option<String>,
    }
}

wire_struct! {
    PrincipalPrivilegeSet {
        1: user_privileges: Option<Vec<(String, Vec<PrivilegeGrantInfo>)>>,
        2: group_privileges: Option<Vec<(String, Vec<PrivilegeGrantInfo>)>>,
        3: role_privileges: Option<Vec<(String, Vec<PrivilegeGrantInfo>)>>,
    }
}

wire_struct! {
    PrivilegeBag {
        1: privileges: Option<Vec<HiveObjectPrivilege>>,
    }
}

wire_struct! {
    PrivilegeGrantInfo {
        1: privilege: Option<String>,
        2: create_time: i32,
        3: grantor: Option<String>,
        4: grantor_type: Option<PrincipalType>,
        5: grant_option: bool,
    }
}

wire_struct! {
    Role {
        1: role_name: Option<String>,
        2: create_time: i32,
        3: owner_name: Option<String>,
    }
}

wire_struct! {
    RolePrincipalGrant {
        1: role_name: Option<String>,
        2: principal_name: Option<String>,
        3: principal_type: Option<PrincipalType>,
        4: grant_option: bool,
        5: grant_time: i32,
        6: grantor_name: Option<String>,
        7: grantor_principal_type: Option<PrincipalType>,
    }
}
