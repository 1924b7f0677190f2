//! Roles.

use skep_core::{Error, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::catalog::{Principal, Role, RoleGrant};
use crate::hms::context::{Cx, given};
use crate::hms::convert::common::principal_in;
use crate::hms::convert::privilege::{grantor_of, principal_of, role_grant_out, role_out};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::CreateRole>(create)
        .on::<m::DropRole>(drop)
        .on::<m::GetRoleNames>(names)
        .on::<m::GrantRole>(grant)
        .on::<m::RevokeRole>(revoke)
        .on::<m::GrantRevokeRole>(grant_revoke)
        .on::<m::ListRoles>(list)
        .on::<m::GetPrincipalsInRole>(principals)
        .on::<m::GetRoleGrantsForPrincipal>(grants)
}

async fn create(cx: Cx, args: m::CreateRoleArgs) -> Result<bool> {
    let role = given(args.role, "the role")?;
    let name = given(role.role_name, "the role's name")?;
    let create_time = cx.time_given(role.create_time);
    cx.metastore().role_create(Role { name, create_time, owner: role.owner_name }).await?;
    Ok(true)
}

async fn drop(cx: Cx, args: m::DropRoleArgs) -> Result<bool> {
    cx.metastore().role_drop(&given(args.role_name, "the role's name")?).await?;
    Ok(true)
}

async fn names(cx: Cx, _: m::GetRoleNamesArgs) -> Result<Vec<String>> {
    cx.metastore().role_names().await
}

async fn grant(cx: Cx, args: m::GrantRoleArgs) -> Result<bool> {
    let grant = RoleGrant {
        role: given(args.role_name, "the role's name")?,
        principal: principal_of(args.principal_name, args.principal_type)?,
        grant_option: args.grant_option,
        grant_time: cx.import_time(),
        grantor: grantor_of(args.grantor, args.grantor_type),
    };
    cx.metastore().role_grant(grant).await?;
    Ok(true)
}

async fn revoke(cx: Cx, args: m::RevokeRoleArgs) -> Result<bool> {
    let role = given(args.role_name, "the role's name")?;
    let principal = principal_of(args.principal_name, args.principal_type)?;
    cx.metastore().role_revoke(&role, &principal, false).await?;
    Ok(true)
}

async fn grant_revoke(cx: Cx, args: m::GrantRevokeRoleArgs) -> Result<t::GrantRevokeRoleResponse> {
    let request = given(args.request, "the request")?;
    let role = given(request.role_name, "the role's name")?;
    let principal = principal_of(request.principal_name, request.principal_type)?;
    let grant_option = request.grant_option.unwrap_or_default();
    match given(request.request_type, "the type of the request")? {
        t::GrantRevokeType::GRANT => {
            let grantor = grantor_of(request.grantor, request.grantor_type);
            cx.metastore()
                .role_grant(RoleGrant { role, principal, grant_option, grant_time: cx.import_time(), grantor })
                .await?;
        }
        t::GrantRevokeType::REVOKE => cx.metastore().role_revoke(&role, &principal, grant_option).await?,
        other => return Err(Error::meta(format!("{} is neither grant nor revoke", other.0))),
    }
    Ok(t::GrantRevokeRoleResponse { success: Some(true) })
}

async fn list(cx: Cx, args: m::ListRolesArgs) -> Result<Vec<t::Role>> {
    let principal = principal_of(args.principal_name, args.principal_type)?;
    Ok(cx.metastore().role_list(&principal).await?.into_iter().map(role_out).collect())
}

async fn principals(cx: Cx, args: m::GetPrincipalsInRoleArgs) -> Result<t::GetPrincipalsInRoleResponse> {
    let request = given(args.request, "the request")?;
    let grants = cx.metastore().role_principals(&request.role_name).await?;
    Ok(t::GetPrincipalsInRoleResponse { principal_grants: grants.into_iter().map(role_grant_out).collect() })
}

async fn grants(cx: Cx, args: m::GetRoleGrantsForPrincipalArgs) -> Result<t::GetRoleGrantsForPrincipalResponse> {
    let request = given(args.request, "the request")?;
    let principal = Principal { kind: principal_in(request.principal_type), name: request.principal_name };
    let grants = cx.metastore().role_grants(&principal).await?;
    Ok(t::GetRoleGrantsForPrincipalResponse { principal_grants: grants.into_iter().map(role_grant_out).collect() })
}
