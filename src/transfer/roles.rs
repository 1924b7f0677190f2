//! Roles and who is in them.

use std::collections::BTreeMap;

use skep_thrift::methods as m;
use skep_thrift::types as t;

use super::copier::{Copier, Mode, Step};
use super::endpoint::Endpoint;
use super::error::CallError;
use super::fields::Fields;

const ROLE: &str = "role";
const GRANT: &str = "role grant";

/// Every metastore has them from its start.
const FIRST: [&str; 2] = ["admin", "public"];

impl Endpoint {
    /// By name; of a role that nobody is in, no call tells time and owner.
    async fn role_list(&self) -> Result<BTreeMap<String, Option<t::Role>>, CallError> {
        let names = self.call::<m::GetRoleNames>(&m::GetRoleNamesArgs {}).await?;
        Ok(names.into_iter().map(|name| (name, None)).collect())
    }

    async fn role_grants(&self, role: &str) -> Result<Vec<t::RolePrincipalGrant>, CallError> {
        let request = t::GetPrincipalsInRoleRequest { role_name: role.to_owned() };
        let args = m::GetPrincipalsInRoleArgs { request: Some(request) };
        Ok(self.call::<m::GetPrincipalsInRole>(&args).await?.principal_grants)
    }

    /// A role as its first principal sees it.
    async fn role_of(&self, name: &str, grants: &[t::RolePrincipalGrant]) -> Result<Option<t::Role>, CallError> {
        let Some(grant) = grants.first() else { return Ok(None) };
        let args =
            m::ListRolesArgs { principal_name: grant.principal_name.clone(), principal_type: grant.principal_type };
        let roles = self.call::<m::ListRoles>(&args).await?;
        Ok(roles.into_iter().find(|role| role.role_name.as_deref() == Some(name)))
    }
}

fn grant_fields(grant: &t::RolePrincipalGrant) -> Fields {
    let t::RolePrincipalGrant {
        role_name: _,
        principal_name: _,
        principal_type: _,
        grant_option,
        grant_time,
        grantor_name,
        grantor_principal_type,
    } = grant;
    Fields::from([
        ("grantOption".to_owned(), grant_option.to_string()),
        ("grantTime".to_owned(), grant_time.to_string()),
        ("grantor".to_owned(), format!("{grantor_name:?} {grantor_principal_type:?}")),
    ])
}

fn role_fields(role: Option<&t::Role>) -> Fields {
    let Some(role) = role else { return Fields::new() };
    Fields::from([
        ("createTime".to_owned(), role.create_time.to_string()),
        ("ownerName".to_owned(), format!("{:?}", role.owner_name)),
    ])
}

fn grant_name(grant: &t::RolePrincipalGrant) -> String {
    let kind = grant.principal_type.and_then(t::PrincipalType::name).unwrap_or("USER");
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    format!("{} to {kind} {}", text(&grant.role_name), text(&grant.principal_name))
}

impl Copier<'_> {
    pub async fn roles(&self) -> Result<(), CallError> {
        if self.options.databases.is_some() {
            self.recorder.left_out("roles", None, "only some databases were asked for");
            return Ok(());
        }
        let Some(source) = self.read(ROLE, "(all)", self.source.role_list().await)? else { return Ok(()) };
        let Some(target) = self.read(ROLE, "(all)", self.target.role_list().await)? else { return Ok(()) };
        for name in source.keys() {
            self.role(name, target.contains_key(name)).await?;
        }
        // A role may be in one that comes later: all are there now.
        for name in source.keys() {
            self.role_grants(name).await?;
        }
        Ok(())
    }

    async fn role(&self, name: &str, is_there: bool) -> Result<(), CallError> {
        if FIRST.contains(&name) && is_there {
            return Ok(());
        }
        let grants = self.read(ROLE, name, self.source.role_grants(name).await)?.unwrap_or_default();
        let role = self.read(ROLE, name, self.source.role_of(name, &grants).await)?.flatten();
        if role.is_none() && self.mode != Mode::Compare {
            let why = "no call tells when a role was created, and by whom, while nobody is in it";
            self.recorder.left_out("creation time and owner of roles", Some(1), why);
        }
        let mut there = None;
        if is_there {
            // What the target shows can be compared only if both sides show something.
            let grants = self.read(ROLE, name, self.target.role_grants(name).await)?.unwrap_or_default();
            let found = self.read(ROLE, name, self.target.role_of(name, &grants).await)?.flatten();
            there = Some(if role.is_some() && found.is_some() {
                role_fields(found.as_ref())
            } else {
                role_fields(role.as_ref())
            });
        }
        let clash = Some("the target has another role of that name".to_owned());
        let step = self.step(ROLE, name, &role_fields(role.as_ref()), there.as_ref(), clash);
        if step == Step::Create {
            let role = role.unwrap_or_else(|| t::Role { role_name: Some(name.to_owned()), ..t::Role::default() });
            let args = m::CreateRoleArgs { role: Some(role) };
            let outcome = self.target.call::<m::CreateRole>(&args).await.map(drop);
            self.did(step, ROLE, name, outcome)?;
        }
        Ok(())
    }

    async fn role_grants(&self, role: &str) -> Result<(), CallError> {
        let source = self.read(GRANT, role, self.source.role_grants(role).await)?.unwrap_or_default();
        let target = match self.target.role_grants(role).await {
            Err(error) if !error.is_fatal() => Vec::new(),
            answer => answer?,
        };
        let mut target: BTreeMap<String, t::RolePrincipalGrant> =
            target.into_iter().map(|grant| (grant_name(&grant), grant)).collect();
        for grant in source {
            let name = grant_name(&grant);
            let there = target.remove(&name).map(|grant| grant_fields(&grant));
            let clash = Some("the target's grant is different".to_owned());
            let step = self.step(GRANT, &name, &grant_fields(&grant), there.as_ref(), clash);
            if step == Step::Create {
                let args = m::GrantRoleArgs {
                    role_name: grant.role_name,
                    principal_name: grant.principal_name,
                    principal_type: grant.principal_type,
                    grantor: grant.grantor_name,
                    grantor_type: grant.grantor_principal_type,
                    grant_option: grant.grant_option,
                };
                let outcome = self.target.call_at::<m::GrantRole>(grant.grant_time, &args).await.map(drop);
                self.did(step, GRANT, &name, outcome)?;
            } else if step == Step::Alter {
                self.recorder
                    .conflict(&format!("{GRANT} {name}"), "a grant is not replaced: revoke it first".to_owned());
            }
        }
        Ok(())
    }
}
