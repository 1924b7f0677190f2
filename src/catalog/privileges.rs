//! Privileges (`semantics.md §11`). They are kept, not enforced: engines ask and decide.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use skep_core::table::PrincipalType;
use skep_core::{Error, Result};

use super::connectors::connector_find;
use super::metastore::Metastore;
use super::reference::TableRef;
use super::roles::{Principal, roles_of};
use crate::store::{DocumentKind, Txn};

/// Whose grants these are when nobody says so.
pub const DEFAULT_AUTHORIZER: &str = "SQL";

/// What a privilege is on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PrivilegeObject {
    Global,
    Database {
        catalog: String,
        database: String,
    },
    Table {
        catalog: String,
        database: String,
        table: String,
    },
    Partition {
        catalog: String,
        database: String,
        table: String,
        values: Vec<String>,
    },
    /// Of a table, or of one of its partitions.
    Column {
        catalog: String,
        database: String,
        table: String,
        values: Vec<String>,
        column: String,
    },
    DataConnector {
        name: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privilege {
    pub object: PrivilegeObject,
    pub principal: Principal,
    /// `SELECT`, …
    pub privilege: String,
    /// Seconds since the epoch.
    pub create_time: i32,
    pub grantor: Option<Principal>,
    pub grant_option: bool,
    pub authorizer: String,
}

/// What a user may do with an object: by user, by group, by role.
#[derive(Debug, Clone, Default)]
pub struct PrivilegeSet {
    pub users: BTreeMap<String, Vec<Privilege>>,
    pub groups: BTreeMap<String, Vec<Privilege>>,
    pub roles: BTreeMap<String, Vec<Privilege>>,
}

impl PrivilegeSet {
    /// Puts a privilege to those of its principal.
    pub(super) fn add(&mut self, privilege: Privilege) {
        let lists = match privilege.principal.kind {
            PrincipalType::User => &mut self.users,
            PrincipalType::Group => &mut self.groups,
            PrincipalType::Role => &mut self.roles,
        };
        lists.entry(privilege.principal.name.clone()).or_default().push(privilege);
    }
}

impl PrivilegeObject {
    fn table(&self) -> Option<TableRef> {
        match self {
            Self::Table { catalog, database, table }
            | Self::Partition { catalog, database, table, .. }
            | Self::Column { catalog, database, table, .. } => Some(TableRef::new(catalog, database, table)),
            Self::Global | Self::Database { .. } | Self::DataConnector { .. } => None,
        }
    }
    /// The same object of a table that is called differently now.
    fn moved(self, at: &TableRef) -> Self {
        let (catalog, database, table) = (at.catalog.clone(), at.database.clone(), at.table.clone());
        match self {
            Self::Table { .. } => Self::Table { catalog, database, table },
            Self::Partition { values, .. } => Self::Partition { catalog, database, table, values },
            Self::Column { values, column, .. } => Self::Column { catalog, database, table, values, column },
            other => other,
        }
    }
}

impl Privilege {
    pub(super) fn key(&self) -> String {
        let (values, column): (&[String], Option<&str>) = match &self.object {
            PrivilegeObject::Partition { values, .. } => (values, None),
            PrivilegeObject::Column { values, column, .. } => (values, Some(column)),
            _ => (&[], None),
        };
        serde_json::json!([self.authorizer, self.principal, self.privilege, self.grantor, values, column]).to_string()
    }
}

/// The documents' scope of a table's privileges; they die with it and follow a rename.
pub(super) fn table_scope(table_id: i64) -> String {
    format!("table:{table_id}")
}

/// The documents' scope of a database's own privileges.
pub(super) fn database_scope(database_id: i64) -> String {
    format!("database:{database_id}")
}

/// The documents' scope of a data connector's privileges, by its normal name.
pub(super) fn connector_scope(name: &str) -> String {
    format!("connector:{name}")
}

/// Where an object's privileges are kept; NotFound where it is not there.
async fn scope(txn: &mut Txn, object: &PrivilegeObject) -> Result<String> {
    match object {
        PrivilegeObject::Global => Ok("global".to_owned()),
        PrivilegeObject::DataConnector { name } => {
            connector_find(txn, name).await?;
            Ok(connector_scope(name))
        }
        PrivilegeObject::Database { catalog, database } => {
            let found = txn.database_get(catalog, database).await?;
            let found = found.ok_or_else(|| Error::not_found(format!("Database {database} does not exist")))?;
            Ok(database_scope(found.id))
        }
        _ => {
            let at = object.table().ok_or_else(|| Error::internal("an object without a place"))?;
            let head = txn.table_head(&at.catalog, &at.database, &at.table).await?;
            Ok(table_scope(head.ok_or_else(|| super::table_read::missing(&at))?.id))
        }
    }
}

/// All privileges kept in the scope of an object, the object as it is called now.
async fn of_scope(txn: &mut Txn, object: &PrivilegeObject) -> Result<Vec<Privilege>> {
    let scope = scope(txn, object).await?;
    let all = txn.document_list::<Privilege>(DocumentKind::Privilege, &scope).await?;
    Ok(match object.table() {
        None => all.into_iter().map(|(_, p)| p).collect(),
        Some(at) => all.into_iter().map(|(_, p)| Privilege { object: p.object.moved(&at), ..p }).collect(),
    })
}

impl Metastore {
    /// Grants privileges, now where they have no time: all, or none. What the same grantor granted already is a Meta error.
    pub async fn privileges_grant(&self, privileges: Vec<Privilege>) -> Result<()> {
        let privileges = &privileges;
        self.store
            .retrying("privileges_grant", move || async move {
                let mut txn = self.store.write().await?;
                self.privileges_insert(&mut txn, privileges).await?;
                txn.commit().await
            })
            .await
    }

    /// Stores grants in a transaction.
    pub(super) async fn privileges_insert(&self, txn: &mut Txn, privileges: &[Privilege]) -> Result<()> {
        for privilege in privileges {
            let privilege = Privilege { create_time: self.time_settle(privilege.create_time), ..privilege.clone() };
            let scope = scope(txn, &privilege.object).await?;
            let key = privilege.key();
            if txn.document_get::<Privilege>(DocumentKind::Privilege, &scope, &key).await?.is_some() {
                return Err(Error::meta(format!(
                    "{} is already granted to {} by {}",
                    privilege.privilege,
                    privilege.principal.name,
                    privilege.grantor.as_ref().map_or("nobody", |g| &g.name)
                )));
            }
            txn.document_insert(DocumentKind::Privilege, &scope, &key, &privilege).await?;
        }
        Ok(())
    }

    /// Revokes privileges, or only the right to grant them: all, or none. One that was not granted is a Meta error.
    /// Of several grantors' grants the named grantor's goes, else the first.
    pub async fn privileges_revoke(&self, privileges: Vec<Privilege>, grant_option_only: bool) -> Result<()> {
        let privileges = &privileges;
        self.store
            .retrying("privileges_revoke", move || async move {
                let mut txn = self.store.write().await?;
                for revoked in privileges {
                    let same = |p: &&Privilege| {
                        p.object == revoked.object
                            && p.principal == revoked.principal
                            && p.privilege.eq_ignore_ascii_case(&revoked.privilege)
                            && p.authorizer == revoked.authorizer
                    };
                    let all = of_scope(&mut txn, &revoked.object).await?;
                    let found = all.iter().filter(same).find(|p| p.grantor == revoked.grantor);
                    let Some(found) = found.or_else(|| all.iter().find(same)) else {
                        let (principal, privilege) = (&revoked.principal.name, &revoked.privilege);
                        return Err(Error::meta(format!("{principal} was not granted {privilege}")));
                    };
                    let scope = scope(&mut txn, &revoked.object).await?;
                    if grant_option_only && !found.grant_option {
                        let (principal, privilege) = (&revoked.principal.name, &revoked.privilege);
                        return Err(Error::meta(format!(
                            "User {principal} does not have grant option with privilege {privilege}"
                        )));
                    }
                    if grant_option_only {
                        let kept = Privilege { grant_option: false, ..found.clone() };
                        txn.document_put(DocumentKind::Privilege, &scope, &found.key(), &kept).await?;
                    } else {
                        txn.document_delete(DocumentKind::Privilege, &scope, &found.key()).await?;
                    }
                }
                txn.commit().await
            })
            .await
    }

    /// Replaces all that an authorizer knows of an object. With `columns` those of all columns of the table are meant.
    pub async fn privileges_refresh(
        &self,
        object: &PrivilegeObject,
        columns: bool,
        authorizer: &str,
        privileges: &[Privilege],
    ) -> Result<()> {
        self.store
            .retrying("privileges_refresh", || async {
                let mut txn = self.store.write().await?;
                let scope = scope(&mut txn, object).await?;
                let meant = |p: &Privilege| {
                    p.authorizer == authorizer
                        && if columns {
                            matches!(p.object, PrivilegeObject::Column { .. })
                        } else {
                            p.object == *object
                        }
                };
                for old in of_scope(&mut txn, object).await?.iter().filter(|p| meant(p)) {
                    txn.document_delete(DocumentKind::Privilege, &scope, &old.key()).await?;
                }
                self.privileges_insert(&mut txn, privileges).await?;
                txn.commit().await
            })
            .await
    }

    /// Grants to a principal (none: to all) on an object (none: on all).
    pub async fn privilege_list(
        &self,
        principal: Option<&Principal>,
        object: Option<&PrivilegeObject>,
    ) -> Result<Vec<Privilege>> {
        let mut txn = self.store.read().await?;
        let mut all = match object {
            Some(object) => {
                let mut all = of_scope(&mut txn, object).await?;
                all.retain(|p| p.object == *object);
                all
            }
            None => all_now(&mut txn).await?,
        };
        all.retain(|p| principal.is_none_or(|wanted| p.principal == *wanted));
        Ok(all)
    }

    /// What a user may do with an object, by itself, by its groups and by all roles that these are in.
    pub async fn privilege_set(
        &self,
        object: &PrivilegeObject,
        user: Option<&str>,
        groups: &[String],
    ) -> Result<PrivilegeSet> {
        let mut txn = self.store.read().await?;
        let of = |kind, name: &str| Principal { kind, name: name.to_owned() };
        let mut principals: Vec<Principal> = user.iter().map(|u| of(PrincipalType::User, u)).collect();
        principals.extend(groups.iter().map(|g| of(PrincipalType::Group, g)));
        let roles = roles_of(&mut txn, &principals).await?;
        let mut set = PrivilegeSet::default();
        for privilege in of_scope(&mut txn, object).await?.into_iter().filter(|p| p.object == *object) {
            let name = &privilege.principal.name;
            let is_theirs = match privilege.principal.kind {
                PrincipalType::User => user == Some(name),
                PrincipalType::Group => groups.contains(name),
                PrincipalType::Role => roles.contains(name),
            };
            if is_theirs {
                set.add(privilege);
            }
        }
        Ok(set)
    }

    /// A principal's privileges go with it.
    pub(super) async fn privileges_drop_of(&self, txn: &mut Txn, principal: &Principal) -> Result<()> {
        for (scope, key, privilege) in txn.document_list_all::<Privilege>(DocumentKind::Privilege).await? {
            if privilege.principal == *principal {
                txn.document_delete(DocumentKind::Privilege, &scope, &key).await?;
            }
        }
        Ok(())
    }
}

/// All privileges, tables under their names of now.
async fn all_now(txn: &mut Txn) -> Result<Vec<Privilege>> {
    let stored = txn.document_list_all::<Privilege>(DocumentKind::Privilege).await?;
    let id = |scope: &str| scope.strip_prefix("table:").and_then(|id| id.parse::<i64>().ok());
    let ids: Vec<i64> = stored.iter().filter_map(|(scope, _, _)| id(scope)).collect();
    let places: BTreeMap<i64, TableRef> = txn
        .table_places(&ids)
        .await?
        .into_iter()
        .map(|p| (p.id, TableRef { catalog: p.catalog, database: p.database, table: p.name }))
        .collect();
    let now = |(scope, _, privilege): (String, String, Privilege)| match id(&scope) {
        None => Some(privilege),
        Some(id) => places.get(&id).map(|at| Privilege { object: privilege.object.moved(at), ..privilege }),
    };
    Ok(stored.into_iter().filter_map(now).collect())
}
