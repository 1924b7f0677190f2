//! Roles and who is in them (`semantics.md §11`). They are kept, not enforced: engines ask and decide.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use skep_core::table::PrincipalType;
use skep_core::{Error, Result};

use super::metastore::Metastore;
use crate::store::{DocumentKind, Txn};

/// Everybody is in it.
const PUBLIC: &str = "public";
const ADMIN: &str = "admin";

/// A user, group or role by name. Names are kept as they are given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Principal {
    pub kind: PrincipalType,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub name: String,
    /// Seconds since the epoch.
    pub create_time: i32,
    pub owner: Option<String>,
}

/// A role as it is stored under its name.
#[derive(Debug, Serialize, Deserialize)]
struct RoleBody {
    create_time: i32,
    #[serde(default)]
    owner: Option<String>,
}

/// That a principal is in a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleGrant {
    pub role: String,
    pub principal: Principal,
    /// May the principal grant the role to others?
    pub grant_option: bool,
    /// Seconds since the epoch.
    pub grant_time: i32,
    pub grantor: Option<Principal>,
}

impl RoleGrant {
    fn key(role: &str, principal: &Principal) -> String {
        serde_json::json!([role, principal.kind, principal.name]).to_string()
    }
}

fn missing(role: &str) -> Error {
    Error::meta(format!("Role {role} does not exist"))
}

/// Changes of roles come one after the other, so that each sees what the others did.
async fn lock(txn: &mut Txn) -> Result<()> {
    txn.counter_next("role", 1).await.map(drop)
}

async fn role_check(txn: &mut Txn, name: &str) -> Result<()> {
    let found = txn.document_get::<RoleBody>(DocumentKind::Role, "", name).await?;
    found.map(drop).ok_or_else(|| missing(name))
}

async fn grants(txn: &mut Txn) -> Result<Vec<RoleGrant>> {
    Ok(txn.document_list(DocumentKind::RoleGrant, "").await?.into_iter().map(|(_, grant)| grant).collect())
}

/// The roles that these principals are in, directly or by other roles; all users are in `public`.
pub(super) async fn roles_of(txn: &mut Txn, principals: &[Principal]) -> Result<BTreeSet<String>> {
    let all = grants(txn).await?;
    let mut roles = BTreeSet::from([PUBLIC.to_owned()]);
    let mut next: Vec<Principal> = principals.to_vec();
    next.push(Principal { kind: PrincipalType::Role, name: PUBLIC.to_owned() });
    while let Some(principal) = next.pop() {
        for grant in all.iter().filter(|g| g.principal == principal) {
            if roles.insert(grant.role.clone()) {
                next.push(Principal { kind: PrincipalType::Role, name: grant.role.clone() });
            }
        }
    }
    Ok(roles)
}

impl Metastore {
    /// Without a time it is made now.
    pub async fn role_create(&self, role: Role) -> Result<()> {
        if role.name == PUBLIC {
            return Err(Error::meta("public role implicitly exists. It can't be created."));
        }
        let (name, body) =
            (&role.name, &RoleBody { create_time: self.time_settle(role.create_time), owner: role.owner });
        self.store
            .retrying("role_create", move || async move {
                let mut txn = self.store.write().await?;
                lock(&mut txn).await?;
                if role_check(&mut txn, name).await.is_ok() {
                    return Err(Error::meta(format!("Role {name} already exists.")));
                }
                txn.document_insert(DocumentKind::Role, "", name, body).await?;
                txn.commit().await
            })
            .await
    }

    /// Drops a role with all that was granted to it and of it. One that is not there is no error, as in Hive.
    pub async fn role_drop(&self, name: &str) -> Result<()> {
        if name == PUBLIC || name == ADMIN {
            return Err(Error::meta("public,admin roles can't be dropped."));
        }
        self.store
            .retrying("role_drop", move || async move {
                let mut txn = self.store.write().await?;
                lock(&mut txn).await?;
                txn.document_delete(DocumentKind::Role, "", name).await?;
                let principal = Principal { kind: PrincipalType::Role, name: name.to_owned() };
                for grant in grants(&mut txn).await?.iter().filter(|g| g.role == name || g.principal == principal) {
                    let key = RoleGrant::key(&grant.role, &grant.principal);
                    txn.document_delete(DocumentKind::RoleGrant, "", &key).await?;
                }
                self.privileges_drop_of(&mut txn, &principal).await?;
                txn.commit().await
            })
            .await
    }

    /// Names, sorted.
    pub async fn role_names(&self) -> Result<Vec<String>> {
        let all = self.store.peek().await?.document_list::<RoleBody>(DocumentKind::Role, "").await?;
        Ok(all.into_iter().map(|(name, _)| name).collect())
    }

    /// Puts a principal into a role; now, if the grant has no time.
    pub async fn role_grant(&self, grant: RoleGrant) -> Result<()> {
        if grant.role == PUBLIC {
            return Err(Error::meta(
                "No user can be added to public. Since all users implicitly belong to public role.",
            ));
        }
        let grant = &RoleGrant { grant_time: self.time_settle(grant.grant_time), ..grant };
        let RoleGrant { role, principal, .. } = grant;
        self.store
            .retrying("role_grant", move || async move {
                let mut txn = self.store.write().await?;
                lock(&mut txn).await?;
                role_check(&mut txn, role).await?;
                if principal.kind == PrincipalType::Role {
                    role_check(&mut txn, &principal.name).await?;
                    let itself = Principal { kind: PrincipalType::Role, name: role.clone() };
                    if *role == principal.name || roles_of(&mut txn, &[itself]).await?.contains(&principal.name) {
                        return Err(Error::meta(format!(
                            "Cannot grant role {role} to {0} as {0} already belongs to the role {role}. (no cycles)",
                            principal.name
                        )));
                    }
                }
                let key = RoleGrant::key(role, principal);
                if txn.document_get::<RoleGrant>(DocumentKind::RoleGrant, "", &key).await?.is_some() {
                    return Err(Error::meta(format!("Principal {} already has the role {role}", principal.name)));
                }
                txn.document_insert(DocumentKind::RoleGrant, "", &key, grant).await?;
                txn.commit().await
            })
            .await
    }

    /// Takes a principal out of a role, or only its right to grant it.
    pub async fn role_revoke(&self, role: &str, principal: &Principal, grant_option_only: bool) -> Result<()> {
        if role == PUBLIC {
            return Err(Error::meta("public role can't be revoked."));
        }
        let not_in = || Error::meta(format!("Principal {} does not have the role {role}", principal.name));
        self.store
            .retrying("role_revoke", || async {
                let mut txn = self.store.write().await?;
                lock(&mut txn).await?;
                let key = RoleGrant::key(role, principal);
                let grant = txn.document_get::<RoleGrant>(DocumentKind::RoleGrant, "", &key).await?;
                let grant = grant.ok_or_else(not_in)?;
                if grant_option_only {
                    if !grant.grant_option {
                        return Err(Error::meta(format!(
                            "User {} does not have grant option with role {role}",
                            principal.name
                        )));
                    }
                    let grant = RoleGrant { grant_option: false, ..grant };
                    txn.document_put(DocumentKind::RoleGrant, "", &key, &grant).await?;
                } else {
                    txn.document_delete(DocumentKind::RoleGrant, "", &key).await?;
                }
                txn.commit().await
            })
            .await
    }

    /// The roles that a principal is in directly; every user is in `public`.
    pub async fn role_list(&self, principal: &Principal) -> Result<Vec<Role>> {
        let mut txn = self.store.read().await?;
        let mut names: BTreeSet<String> =
            grants(&mut txn).await?.into_iter().filter(|g| g.principal == *principal).map(|g| g.role).collect();
        if principal.kind == PrincipalType::User {
            names.insert(PUBLIC.to_owned());
        }
        let all = txn.document_list::<RoleBody>(DocumentKind::Role, "").await?;
        let role = |(name, body): (String, RoleBody)| Role { name, create_time: body.create_time, owner: body.owner };
        Ok(all.into_iter().filter(|(name, _)| names.contains(name)).map(role).collect())
    }

    /// Who was put into a role.
    pub async fn role_principals(&self, role: &str) -> Result<Vec<RoleGrant>> {
        let mut all = grants(&mut self.store.peek().await?).await?;
        all.retain(|grant| grant.role == role);
        Ok(all)
    }

    /// What a principal was put into; for a user that is `public` besides.
    pub async fn role_grants(&self, principal: &Principal) -> Result<Vec<RoleGrant>> {
        let mut all = grants(&mut self.store.peek().await?).await?;
        all.retain(|grant| grant.principal == *principal);
        if principal.kind == PrincipalType::User {
            all.push(RoleGrant {
                role: PUBLIC.to_owned(),
                principal: principal.clone(),
                grant_option: false,
                grant_time: 0,
                grantor: None,
            });
        }
        Ok(all)
    }
}
