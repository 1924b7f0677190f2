// Roles and privileges.

enum GrantRevokeType {
  GRANT = 1,
  REVOKE = 2,
}

enum HiveObjectType {
  GLOBAL = 1,
  DATABASE = 2,
  TABLE = 3,
  PARTITION = 4,
  COLUMN = 5,
  DATACONNECTOR = 6,  // since 4.0
}

struct GetPrincipalsInRoleRequest {
  1: required string roleName,
}

struct GetPrincipalsInRoleResponse {
  1: required list<RolePrincipalGrant> principalGrants,
}

struct GetRoleGrantsForPrincipalRequest {
  1: required string principal_name,
  2: required PrincipalType principal_type,
}

struct GetRoleGrantsForPrincipalResponse {
  1: required list<RolePrincipalGrant> principalGrants,
}

struct GrantRevokePrivilegeRequest {
  1: GrantRevokeType requestType,
  2: PrivilegeBag privileges,
  3: optional bool revokeGrantOption,
}

struct GrantRevokePrivilegeResponse {
  1: optional bool success,
}

struct GrantRevokeRoleRequest {
  1: GrantRevokeType requestType,
  2: string roleName,
  3: string principalName,
  4: PrincipalType principalType,
  5: optional string grantor,
  6: optional PrincipalType grantorType,
  7: optional bool grantOption,
}

struct GrantRevokeRoleResponse {
  1: optional bool success,
}

struct HiveObjectPrivilege {
  1: HiveObjectRef hiveObject,
  2: string principalName,
  3: PrincipalType principalType,
  4: PrivilegeGrantInfo grantInfo,
  5: string authorizer,  // since 3.1
}

struct HiveObjectRef {
  1: HiveObjectType objectType,
  2: string dbName,
  3: string objectName,
  4: list<string> partValues,
  5: string columnName,
  6: optional string catName,  // since 2.3.10
}

struct PrincipalPrivilegeSet {
  1: map<string,list<PrivilegeGrantInfo>> userPrivileges,
  2: map<string,list<PrivilegeGrantInfo>> groupPrivileges,
  3: map<string,list<PrivilegeGrantInfo>> rolePrivileges,
}

struct PrivilegeBag {
  1: list<HiveObjectPrivilege> privileges,
}

struct PrivilegeGrantInfo {
  1: string privilege,
  2: i32 createTime,
  3: string grantor,
  4: PrincipalType grantorType,
  5: bool grantOption,
}

struct Role {
  1: string roleName,
  2: i32 createTime,
  3: string ownerName,
}

struct RolePrincipalGrant {
  1: string roleName,
  2: string principalName,
  3: PrincipalType principalType,
  4: bool grantOption,
  5: i32 grantTime,
  6: string grantorName,
  7: PrincipalType grantorPrincipalType,
}

service PrivilegeMethods {
  bool create_role(1: Role role) throws (1: MetaException o1) (since = "2.3")
  bool drop_role(1: string role_name) throws (1: MetaException o1) (since = "2.3")
  GetPrincipalsInRoleResponse get_principals_in_role(1: GetPrincipalsInRoleRequest request)
    throws (1: MetaException o1) (since = "2.3")
  PrincipalPrivilegeSet get_privilege_set(1: HiveObjectRef hiveObject, 2: string user_name, 3: list<string> group_names)
    throws (1: MetaException o1) (since = "2.3")
  GetRoleGrantsForPrincipalResponse get_role_grants_for_principal(1: GetRoleGrantsForPrincipalRequest request)
    throws (1: MetaException o1) (since = "2.3")
  list<string> get_role_names() throws (1: MetaException o1) (since = "2.3")
  bool grant_privileges(1: PrivilegeBag privileges) throws (1: MetaException o1) (since = "2.3")
  GrantRevokePrivilegeResponse grant_revoke_privileges(1: GrantRevokePrivilegeRequest request)
    throws (1: MetaException o1) (since = "2.3")
  GrantRevokeRoleResponse grant_revoke_role(1: GrantRevokeRoleRequest request)
    throws (1: MetaException o1) (since = "2.3")
  bool grant_role(
    1: string role_name, 2: string principal_name, 3: PrincipalType principal_type, 4: string grantor,
        5: PrincipalType grantorType, 6: bool grant_option)
    throws (1: MetaException o1) (since = "2.3")
  list<HiveObjectPrivilege> list_privileges(
    1: string principal_name, 2: PrincipalType principal_type, 3: HiveObjectRef hiveObject)
    throws (1: MetaException o1) (since = "2.3")
  list<Role> list_roles(1: string principal_name, 2: PrincipalType principal_type)
    throws (1: MetaException o1) (since = "2.3")
  GrantRevokePrivilegeResponse refresh_privileges(
    1: HiveObjectRef objToRefresh, 2: string authorizer, 3: GrantRevokePrivilegeRequest grantRequest)
    throws (1: MetaException o1) (since = "3.1")
  bool revoke_privileges(1: PrivilegeBag privileges) throws (1: MetaException o1) (since = "2.3")
  bool revoke_role(1: string role_name, 2: string principal_name, 3: PrincipalType principal_type)
    throws (1: MetaException o1) (since = "2.3")
}
