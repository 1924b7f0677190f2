//! Roles and privileges.

use skep_core::Result;
use skep_core::table::PrincipalType;
use skep_thrift::types as t;

use super::common::{principal_in, principal_out};
use super::partition_list::PartitionRights;
use crate::catalog::{
    DEFAULT_AUTHORIZER, PartitionPrivileges, Principal, Privilege, PrivilegeObject, PrivilegeSet, Role, RoleGrant,
};
use crate::hms::context::given;

pub fn principal_of(name: Option<String>, kind: Option<t::PrincipalType>) -> Result<Principal> {
    let kind = principal_in(given(kind, "the principal's type")?);
    Ok(Principal { kind, name: given(name, "the principal's name")? })
}

/// A grantor may be missing.
pub fn grantor_of(name: Option<String>, kind: Option<t::PrincipalType>) -> Option<Principal> {
    name.map(|name| Principal { kind: kind.map(principal_in).unwrap_or_default(), name })
}

pub fn role_out(role: Role) -> t::Role {
    t::Role { role_name: Some(role.name), create_time: role.create_time, owner_name: role.owner }
}

pub fn role_grant_out(grant: RoleGrant) -> t::RolePrincipalGrant {
    t::RolePrincipalGrant {
        role_name: Some(grant.role),
        principal_name: Some(grant.principal.name),
        principal_type: Some(principal_out(grant.principal.kind)),
        grant_option: grant.grant_option,
        grant_time: grant.grant_time,
        grantor_principal_type: grant.grantor.as_ref().map(|g| principal_out(g.kind)),
        grantor_name: grant.grantor.map(|g| g.name),
    }
}

fn object_out(object: PrivilegeObject) -> t::HiveObjectRef {
    use t::HiveObjectType as T;
    let table = |kind, catalog, database, table, part_values, column_name| t::HiveObjectRef {
        object_type: Some(kind),
        db_name: Some(database),
        object_name: Some(table),
        part_values,
        column_name,
        cat_name: Some(catalog),
    };
    let values_maybe = |values: Vec<String>| (!values.is_empty()).then_some(values);
    match object {
        PrivilegeObject::Global => t::HiveObjectRef { object_type: Some(T::GLOBAL), ..Default::default() },
        PrivilegeObject::DataConnector { name } => {
            t::HiveObjectRef { object_type: Some(T::DATACONNECTOR), object_name: Some(name), ..Default::default() }
        }
        PrivilegeObject::Database { catalog, database } => t::HiveObjectRef {
            object_type: Some(T::DATABASE),
            db_name: Some(database),
            cat_name: Some(catalog),
            ..Default::default()
        },
        PrivilegeObject::Table { catalog, database, table: name } => {
            table(T::TABLE, catalog, database, name, None, None)
        }
        PrivilegeObject::Partition { catalog, database, table: name, values } => {
            table(T::PARTITION, catalog, database, name, Some(values), None)
        }
        PrivilegeObject::Column { catalog, database, table: name, values, column } => {
            table(T::COLUMN, catalog, database, name, values_maybe(values), Some(column))
        }
    }
}

fn grant_out(privilege: Privilege) -> t::PrivilegeGrantInfo {
    t::PrivilegeGrantInfo {
        privilege: Some(privilege.privilege),
        create_time: privilege.create_time,
        grantor_type: privilege.grantor.as_ref().map(|g| principal_out(g.kind)),
        grantor: privilege.grantor.map(|g| g.name),
        grant_option: privilege.grant_option,
    }
}

/// What a new object comes with.
pub fn privilege_set_in(set: t::PrincipalPrivilegeSet, object: &PrivilegeObject) -> Vec<Privilege> {
    let mut all = Vec::new();
    let lists = [
        (PrincipalType::User, set.user_privileges),
        (PrincipalType::Group, set.group_privileges),
        (PrincipalType::Role, set.role_privileges),
    ];
    for (kind, list) in lists {
        for (name, grants) in list.unwrap_or_default() {
            all.extend(grants.into_iter().map(|grant| Privilege {
                object: object.clone(),
                principal: Principal { kind, name: name.clone() },
                privilege: grant.privilege.unwrap_or_default(),
                create_time: 0,
                grantor: grantor_of(grant.grantor, grant.grantor_type),
                grant_option: grant.grant_option,
                authorizer: DEFAULT_AUTHORIZER.to_owned(),
            }));
        }
    }
    all
}

pub fn privilege_out(privilege: Privilege) -> t::HiveObjectPrivilege {
    t::HiveObjectPrivilege {
        hive_object: Some(object_out(privilege.object.clone())),
        principal_name: Some(privilege.principal.name.clone()),
        principal_type: Some(principal_out(privilege.principal.kind)),
        authorizer: Some(privilege.authorizer.clone()),
        grant_info: Some(grant_out(privilege)),
    }
}

type Grants = Vec<(String, Vec<t::PrivilegeGrantInfo>)>;

fn grants_out(all: std::collections::BTreeMap<String, Vec<Privilege>>) -> Grants {
    all.into_iter().map(|(name, all)| (name, all.into_iter().map(grant_out).collect())).collect()
}

pub fn privilege_set_out(set: PrivilegeSet) -> t::PrincipalPrivilegeSet {
    t::PrincipalPrivilegeSet {
        user_privileges: Some(grants_out(set.users)),
        group_privileges: Some(grants_out(set.groups)),
        role_privileges: Some(grants_out(set.roles)),
    }
}

/// What partitions say: kinds of principals that are not asked for are left out.
pub fn partition_rights_out(privileges: PartitionPrivileges) -> PartitionRights {
    let some = |grants: Grants| Some(grants).filter(|grants| !grants.is_empty());
    let out = |set: PrivilegeSet| t::PrincipalPrivilegeSet {
        user_privileges: some(grants_out(set.users)),
        group_privileges: some(grants_out(set.groups)),
        role_privileges: some(grants_out(set.roles)),
    };
    PartitionRights {
        none: out(privileges.none),
        granted: privileges.granted.into_iter().map(|(values, set)| (values, out(set))).collect(),
    }
}
