//! Privileges on single partitions (`semantics.md §11`). New partitions inherit the table's where its parameter
//! `PARTITION_LEVEL_PRIVILEGE` says so; they die with the partition and follow its renaming.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap, HashSet};

use skep_core::Result;
use skep_core::partition::Partition;
use skep_core::table::{PrincipalType, Table};

use super::metastore::Metastore;
use super::privileges::{Privilege, PrivilegeObject, PrivilegeSet, table_scope};
use super::roles::{Principal, roles_of};
use crate::store::{DocumentKind, Txn};

/// The table's parameter that partitions have privileges of their own.
const PARTITION_LEVEL: &str = "PARTITION_LEVEL_PRIVILEGE";

/// What a user may do with partitions of a table: by itself, by its groups and by its roles, which all are named.
#[derive(Debug, Clone, Default)]
pub struct PartitionPrivileges {
    /// With partitions that nothing is granted on.
    pub none: PrivilegeSet,
    /// With the others, by partition values.
    pub granted: HashMap<Vec<String>, PrivilegeSet>,
}

/// The values of a partition that a privilege is on, or on a column of.
fn values_mut(object: &mut PrivilegeObject) -> Option<&mut Vec<String>> {
    match object {
        PrivilegeObject::Partition { values, .. } | PrivilegeObject::Column { values, .. } => Some(values),
        _ => None,
    }
}

fn is_on(privilege: &mut Privilege, of: &HashSet<&[String]>) -> bool {
    values_mut(&mut privilege.object).is_some_and(|values| of.contains(values.as_slice()))
}

/// The same privilege on a new partition, if it is one on the whole table.
fn inherited(privilege: &Privilege, values: &[String]) -> Option<Privilege> {
    let values = values.to_vec();
    let object = match privilege.object.clone() {
        PrivilegeObject::Table { catalog, database, table } => {
            PrivilegeObject::Partition { catalog, database, table, values }
        }
        PrivilegeObject::Column { catalog, database, table, values: of, column } if of.is_empty() => {
            PrivilegeObject::Column { catalog, database, table, values, column }
        }
        _ => return None,
    };
    Some(Privilege { object, ..privilege.clone() })
}

impl Metastore {
    /// What a user may do with partitions of a table; none where the table's parameter does not ask for such rights.
    pub async fn partition_privileges(
        &self,
        table: &Table,
        user: Option<&str>,
        groups: &[String],
    ) -> Result<Option<PartitionPrivileges>> {
        if !table.flag(PARTITION_LEVEL) {
            return Ok(None);
        }
        let mut txn = self.store.read().await?;
        let of = |kind, name: &str| Principal { kind, name: name.to_owned() };
        let mut principals: Vec<Principal> = user.iter().map(|u| of(PrincipalType::User, u)).collect();
        principals.extend(groups.iter().map(|g| of(PrincipalType::Group, g)));
        let roles = roles_of(&mut txn, &principals).await?;
        let named = |names: &mut dyn Iterator<Item = &String>| names.map(|n| (n.clone(), Vec::new())).collect();
        let none = PrivilegeSet {
            users: user.iter().map(|u| ((*u).to_owned(), Vec::new())).collect(),
            groups: named(&mut groups.iter()),
            roles: named(&mut roles.iter()),
        };
        let all = txn.document_list::<Privilege>(DocumentKind::Privilege, &table_scope(table.id)).await?;
        let mut granted: HashMap<Vec<String>, PrivilegeSet> = HashMap::new();
        for (_, mut privilege) in all {
            let PrivilegeObject::Partition { values, .. } = &mut privilege.object else { continue };
            let values = std::mem::take(values);
            let knows = |names: &BTreeMap<String, Vec<Privilege>>| names.contains_key(&privilege.principal.name);
            let is_ours = match privilege.principal.kind {
                PrincipalType::User => knows(&none.users),
                PrincipalType::Group => knows(&none.groups),
                PrincipalType::Role => knows(&none.roles),
            };
            if is_ours {
                granted.entry(values).or_insert_with(|| none.clone()).add(privilege);
            }
        }
        Ok(Some(PartitionPrivileges { none, granted }))
    }

    /// New partitions of a table that says so get its privileges.
    pub(super) async fn partition_privileges_inherit(
        &self,
        txn: &mut Txn,
        table: &Table,
        partitions: &[impl Borrow<Partition>],
    ) -> Result<()> {
        if !table.flag(PARTITION_LEVEL) {
            return Ok(());
        }
        let scope = table_scope(table.id);
        let now = self.now_seconds();
        let of_table = txn.document_list::<Privilege>(DocumentKind::Privilege, &scope).await?;
        let of_partition = |partition: &Partition| -> Vec<Privilege> {
            of_table.iter().filter_map(|(_, privilege)| inherited(privilege, &partition.values)).collect()
        };
        let new: Vec<(String, Privilege)> = partitions
            .iter()
            .flat_map(|partition| of_partition(partition.borrow()))
            .map(|privilege| Privilege { create_time: now, ..privilege })
            .map(|privilege| (privilege.key(), privilege))
            .collect();
        txn.document_insert_many(DocumentKind::Privilege, &scope, &new).await
    }
}

/// Partitions are dropped.
pub(super) async fn partition_privileges_forget(txn: &mut Txn, table_id: i64, partitions: &[Partition]) -> Result<()> {
    let scope = table_scope(table_id);
    let of: HashSet<&[String]> = partitions.iter().map(|p| p.values.as_slice()).collect();
    let all = txn.document_list::<Privilege>(DocumentKind::Privilege, &scope).await?;
    let gone: Vec<String> =
        all.into_iter().filter_map(|(key, mut privilege)| is_on(&mut privilege, &of).then_some(key)).collect();
    txn.document_delete_many(DocumentKind::Privilege, &scope, &gone).await
}

/// A partition has other values now.
pub(super) async fn partition_privileges_move(
    txn: &mut Txn,
    table_id: i64,
    old: &[String],
    new: &[String],
) -> Result<()> {
    let scope = table_scope(table_id);
    let of = HashSet::from([old]);
    let all = txn.document_list::<Privilege>(DocumentKind::Privilege, &scope).await?;
    let (mut gone, mut moved) = (Vec::new(), Vec::new());
    for (key, mut privilege) in all {
        if is_on(&mut privilege, &of) {
            if let Some(values) = values_mut(&mut privilege.object) {
                *values = new.to_vec();
            }
            gone.push(key);
            moved.push((privilege.key(), privilege));
        }
    }
    txn.document_delete_many(DocumentKind::Privilege, &scope, &gone).await?;
    txn.document_insert_many(DocumentKind::Privilege, &scope, &moved).await
}
