//! Constraints: reading them. Foreign keys show their parents under their names of now.

use std::collections::BTreeMap;

use skep_core::Result;
use skep_core::name::normalize;

use super::constraints::{Constraint, ConstraintKind, scope};
use super::metastore::Metastore;
use super::reference::TableRef;
use crate::store::{DocumentKind, Txn};

/// Which foreign keys: what is none is not asked for.
#[derive(Debug, Clone, Default)]
pub struct ForeignKeyQuery {
    pub catalog: String,
    pub parent_database: Option<String>,
    pub parent_table: Option<String>,
    pub database: Option<String>,
    pub table: Option<String>,
}

impl Metastore {
    /// A table's constraints, by name; none of an unknown table.
    pub async fn constraint_list(&self, at: &TableRef) -> Result<Vec<Constraint>> {
        let mut txn = self.store.read().await?;
        let Some(head) = txn.table_head(&at.catalog, &at.database, &at.table).await? else { return Ok(Vec::new()) };
        let all = txn.document_list(DocumentKind::Constraint, &scope(head.id)).await?;
        parents_resolve(&mut txn, all.into_iter().map(|(_, constraint)| (at.clone(), constraint)).collect())
            .await
            .map(|all| all.into_iter().map(|(_, constraint)| constraint).collect())
    }

    /// Foreign keys with their tables. Those of one table are looked up, others searched for among all.
    pub async fn foreign_key_list(&self, query: &ForeignKeyQuery) -> Result<Vec<(TableRef, Constraint)>> {
        let is_foreign = |c: &Constraint| matches!(c.kind, ConstraintKind::ForeignKey { .. });
        let mut txn = self.store.read().await?;
        let mut all: Vec<(TableRef, Constraint)> = if let (Some(database), Some(table)) =
            (&query.database, &query.table)
        {
            let at = TableRef::new(&query.catalog, database, table);
            let Some(head) = txn.table_head(&at.catalog, &at.database, &at.table).await? else { return Ok(Vec::new()) };
            let of_table = txn.document_list::<Constraint>(DocumentKind::Constraint, &scope(head.id)).await?;
            of_table.into_iter().map(|(_, c)| (at.clone(), c)).filter(|(_, c)| is_foreign(c)).collect()
        } else {
            let stored = txn.document_list_all::<Constraint>(DocumentKind::Constraint).await?;
            let foreign: Vec<(i64, Constraint)> = stored
                .into_iter()
                .filter(|(_, _, c)| is_foreign(c))
                .filter_map(|(scope, _, c)| Some((scope.parse().ok()?, c)))
                .collect();
            let places = places(&mut txn, foreign.iter().map(|(id, _)| *id).collect()).await?;
            foreign.into_iter().filter_map(|(id, c)| Some((places.get(&id)?.clone(), c))).collect()
        };
        all = parents_resolve(&mut txn, all).await?;
        let same = |asked: &Option<String>, is: &str| asked.as_ref().is_none_or(|a| normalize(a) == *is);
        all.retain(|(at, c)| {
            let ConstraintKind::ForeignKey { parent: (_, database, table), .. } = &c.kind else { return false };
            at.catalog == normalize(&query.catalog)
                && same(&query.database, &at.database)
                && same(&query.table, &at.table)
                && same(&query.parent_database, database)
                && same(&query.parent_table, table)
        });
        Ok(all)
    }
}

/// Where live tables lie, by id.
async fn places(txn: &mut Txn, mut ids: Vec<i64>) -> Result<BTreeMap<i64, TableRef>> {
    ids.sort_unstable();
    ids.dedup();
    let found = txn.table_places(&ids).await?;
    Ok(found
        .into_iter()
        .map(|p| (p.id, TableRef { catalog: p.catalog, database: p.database, table: p.name }))
        .collect())
}

/// Names the parents and their keys as they are called now. A foreign key whose parent was dropped says nothing any
/// more and is left out, as Hive does.
async fn parents_resolve(txn: &mut Txn, all: Vec<(TableRef, Constraint)>) -> Result<Vec<(TableRef, Constraint)>> {
    let parent_of = |c: &Constraint| match c.kind {
        ConstraintKind::ForeignKey { parent_id, .. } => Some(parent_id),
        _ => None,
    };
    let ids: Vec<i64> = all.iter().filter_map(|(_, c)| parent_of(c)).collect();
    if ids.is_empty() {
        return Ok(all);
    }
    let places = places(txn, ids).await?;
    let mut keys: BTreeMap<i64, Vec<Constraint>> = BTreeMap::new();
    for id in places.keys() {
        let of_parent = txn.document_list(DocumentKind::Constraint, &scope(*id)).await?;
        keys.insert(*id, of_parent.into_iter().map(|(_, constraint)| constraint).collect());
    }
    let mut resolved = Vec::with_capacity(all.len());
    for (at, mut constraint) in all {
        if let ConstraintKind::ForeignKey { parent, parent_id, columns, parent_key, .. } = &mut constraint.kind {
            let Some(place) = places.get(parent_id) else { continue };
            *parent = (place.catalog.clone(), place.database.clone(), place.table.clone());
            let refers = |c: &&Constraint| {
                c.kind.key().is_some_and(|key| {
                    key.len() == columns.len() && columns.iter().all(|c| key.iter().any(|k| k.name == c.parent))
                })
            };
            if let Some(key) = keys.get(parent_id).and_then(|all| all.iter().find(refers)) {
                *parent_key = Some(key.name.clone());
            }
        }
        resolved.push((at, constraint));
    }
    Ok(resolved)
}
