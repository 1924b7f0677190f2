//! Roles and privileges.

use skep_core::name::normalize;
use skep_core::{Error, Result};
use skep_thrift::types as t;

use super::common::{principal_in, principal_out};
use crate::catalog::{DEFAULT_AUTHORIZER, Principal, Privilege, PrivilegeObject, PrivilegeSet, Role, RoleGrant};
use crate::hms::context::{Cx, given};

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

/// None where no type is given: all objects. A column reference without a column has an empty one.
pub fn object_in(cx: &Cx, object: t::HiveObjectRef) -> Result<Option<PrivilegeObject>> {
    let t::HiveObjectRef { object_type, db_name, object_name, part_values, column_name, cat_name } = object;
    let Some(kind) = object_type else { return Ok(None) };
    if kind == t::HiveObjectType::GLOBAL {
        return Ok(Some(PrivilegeObject::Global));
    }
    if kind == t::HiveObjectType::DATACONNECTOR {
        return Ok(Some(PrivilegeObject::DataConnector {
            name: normalize(&given(object_name, "the connector's name")?),
        }));
    }
    if kind == t::HiveObjectType::DATABASE {
        let (catalog, database) = cx.database(cat_name.as_deref(), db_name.as_deref())?;
        return Ok(Some(PrivilegeObject::Database { catalog: normalize(&catalog), database: normalize(&database) }));
    }
    let at = cx.table(cat_name.as_deref(), db_name.as_deref(), object_name.as_deref())?;
    let (catalog, database, table, values) = (at.catalog, at.database, at.table, part_values.unwrap_or_default());
    match kind {
        t::HiveObjectType::TABLE => Ok(Some(PrivilegeObject::Table { catalog, database, table })),
        t::HiveObjectType::PARTITION => Ok(Some(PrivilegeObject::Partition { catalog, database, table, values })),
        t::HiveObjectType::COLUMN => {
            let column = normalize(&column_name.unwrap_or_default());
            Ok(Some(PrivilegeObject::Column { catalog, database, table, values, column }))
        }
        other => Err(Error::meta(format!("{} is no type of object that privileges are on", other.0))),
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

/// A struct may name several privileges between commas.
pub fn privileges_in(cx: &Cx, bag: Option<t::PrivilegeBag>) -> Result<Vec<Privilege>> {
    let structs = given(bag.and_then(|bag| bag.privileges), "the list of privileges")?;
    let mut all = Vec::new();
    for t::HiveObjectPrivilege { hive_object, principal_name, principal_type, grant_info, authorizer } in structs {
        let object = object_in(cx, given(hive_object, "a privilege's object")?)?;
        let object = given(object, "the type of a privilege's object")?;
        let info = given(grant_info, "a privilege's grant")?;
        let principal = principal_of(principal_name, principal_type)?;
        let grantor = grantor_of(info.grantor, info.grantor_type);
        for privilege in given(info.privilege, "a privilege's name")?.split(',') {
            all.push(Privilege {
                object: object.clone(),
                principal: principal.clone(),
                privilege: privilege.trim().to_owned(),
                create_time: info.create_time,
                grantor: grantor.clone(),
                grant_option: info.grant_option,
                authorizer: authorizer.clone().unwrap_or_else(|| DEFAULT_AUTHORIZER.to_owned()),
            });
        }
    }
    Ok(all)
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

pub fn privilege_out(privilege: Privilege) -> t::HiveObjectPrivilege {
    t::HiveObjectPrivilege {
        hive_object: Some(object_out(privilege.object.clone())),
        principal_name: Some(privilege.principal.name.clone()),
        principal_type: Some(principal_out(privilege.principal.kind)),
        authorizer: Some(privilege.authorizer.clone()),
        grant_info: Some(grant_out(privilege)),
    }
}

pub fn privilege_set_out(set: PrivilegeSet) -> t::PrincipalPrivilegeSet {
    let map = |map: std::collections::BTreeMap<String, Vec<Privilege>>| {
        Some(map.into_iter().map(|(name, all)| (name, all.into_iter().map(grant_out).collect())).collect())
    };
    t::PrincipalPrivilegeSet {
        user_privileges: map(set.users),
        group_privileges: map(set.groups),
        role_privileges: map(set.roles),
    }
}
