//! Privileges. All that is wrong is a MetaException here: the methods declare nothing else.

use skep_core::{Error, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::catalog::{DEFAULT_AUTHORIZER, PrivilegeObject};
use crate::hms::context::{Cx, given};
use crate::hms::convert::privilege::{object_in, principal_of, privilege_out, privilege_set_out, privileges_in};
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
