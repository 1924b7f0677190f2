//! Privileges. All that is wrong is a MetaException here: the methods declare nothing else.

use skep_core::name::normalize;
use skep_core::{Error, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::catalog::{DEFAULT_AUTHORIZER, Privilege, PrivilegeObject};
use crate::hms::context::{Cx, given};
use crate::hms::convert::privilege::{grantor_of, principal_of, privilege_out, privilege_set_out};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::GrantPrivileges>(grant)
        .on::<m::RevokePrivileges>(revoke)
        .on::<m::GrantRevokePrivileges>(grant_revoke)
        .on::<m::RefreshPrivileges>(refresh)
        .on::<m::ListPrivileges>(list)
        .on::<m::GetPrivilegeSet>(set)
}

/// None where no type is given: all objects. A column reference without a column has an empty one.
fn object_in(cx: &Cx, object: t::HiveObjectRef) -> Result<Option<PrivilegeObject>> {
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

/// A struct may name several privileges between commas.
fn privileges_in(cx: &Cx, bag: Option<t::PrivilegeBag>) -> Result<Vec<Privilege>> {
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
                create_time: cx.time_given(info.create_time),
                grantor: grantor.clone(),
                grant_option: info.grant_option,
                authorizer: authorizer.clone().unwrap_or_else(|| DEFAULT_AUTHORIZER.to_owned()),
            });
        }
    }
    Ok(all)
}

async fn grant(cx: Cx, args: m::GrantPrivilegesArgs) -> Result<bool> {
    cx.metastore().privileges_grant(privileges_in(&cx, args.privileges)?).await?;
    Ok(true)
}

async fn revoke(cx: Cx, args: m::RevokePrivilegesArgs) -> Result<bool> {
    cx.metastore().privileges_revoke(privileges_in(&cx, args.privileges)?, false).await?;
    Ok(true)
}

async fn grant_revoke(cx: Cx, args: m::GrantRevokePrivilegesArgs) -> Result<t::GrantRevokePrivilegeResponse> {
    let request = given(args.request, "the request")?;
    let privileges = privileges_in(&cx, request.privileges)?;
    match given(request.request_type, "the type of the request")? {
        t::GrantRevokeType::GRANT => cx.metastore().privileges_grant(privileges).await?,
        t::GrantRevokeType::REVOKE => {
            let grant_option_only = request.revoke_grant_option.unwrap_or_default();
            cx.metastore().privileges_revoke(privileges, grant_option_only).await?;
        }
        other => return Err(Error::meta(format!("{} is neither grant nor revoke", other.0))),
    }
    Ok(t::GrantRevokePrivilegeResponse { success: Some(true) })
}

async fn refresh(cx: Cx, args: m::RefreshPrivilegesArgs) -> Result<t::GrantRevokePrivilegeResponse> {
    let object = object_in(&cx, given(args.obj_to_refresh, "the object")?)?;
    let object = given(object, "the object's type")?;
    let columns = matches!(object, PrivilegeObject::Column { .. });
    let authorizer = args.authorizer.unwrap_or_else(|| DEFAULT_AUTHORIZER.to_owned());
    let privileges = privileges_in(&cx, given(args.grant_request, "the request")?.privileges)?;
    cx.metastore().privileges_refresh(&object, columns, &authorizer, &privileges).await?;
    Ok(t::GrantRevokePrivilegeResponse { success: Some(true) })
}

async fn list(cx: Cx, args: m::ListPrivilegesArgs) -> Result<Vec<t::HiveObjectPrivilege>> {
    let principal = match args.principal_name {
        None => None,
        name => Some(principal_of(name, args.principal_type)?),
    };
    let object = args.hive_object.map_or(Ok(None), |object| object_in(&cx, object))?;
    let found = cx.metastore().privilege_list(principal.as_ref(), object.as_ref()).await?;
    Ok(found.into_iter().map(privilege_out).collect())
}

async fn set(cx: Cx, args: m::GetPrivilegeSetArgs) -> Result<t::PrincipalPrivilegeSet> {
    let object = object_in(&cx, given(args.hive_object, "the object")?)?;
    let object = given(object, "the object's type")?;
    let groups = args.group_names.unwrap_or_default();
    let set = cx.metastore().privilege_set(&object, args.user_name.as_deref(), &groups).await?;
    Ok(privilege_set_out(set))
}
