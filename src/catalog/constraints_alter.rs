//! What becomes of constraints when a table's columns change (`semantics.md §10`).

use std::collections::HashSet;

use skep_core::Result;
use skep_core::name::normalize;
use skep_core::table::{Column, Table};

use super::constraints::{Constraint, ConstraintKind, scope};
use super::metastore::Metastore;
use crate::store::{DocumentKind, Txn};

/// What is left of a constraint without some columns of its own and of its parent; None: nothing, or it speaks of none.
fn without(kind: &ConstraintKind, own: &HashSet<String>, parents: &HashSet<String>) -> Option<ConstraintKind> {
    let mut kind = kind.clone();
    let is_gone = |columns: &HashSet<String>, name: &str| columns.contains(&normalize(name));
    let is_left = match &mut kind {
        ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns } => {
            columns.retain(|c| !is_gone(own, &c.name));
            !columns.is_empty()
        }
        ConstraintKind::ForeignKey { columns, .. } => {
            columns.retain(|c| !is_gone(own, &c.name) && !is_gone(parents, &c.parent));
            !columns.is_empty()
        }
        ConstraintKind::NotNull { column } | ConstraintKind::Default { column, .. } => !is_gone(own, column),
        ConstraintKind::Check { column, .. } => column.as_ref().is_none_or(|c| !is_gone(own, c)),
    };
    is_left.then_some(kind)
}

impl Metastore {
    /// As in Hive, columns that are not the same any more (in name, type and comment) leave the constraints that name
    /// them, also foreign keys of other tables, and a constraint goes with its last column; where a column stands does
    /// not matter. All stay as they are while partitions still have the old columns.
    pub(super) async fn constraints_after_alter(
        &self,
        txn: &mut Txn,
        old: &Table,
        new: &Table,
        version: i64,
    ) -> Result<()> {
        let is_gone = |column: &&Column| !new.columns().contains(column);
        let gone: HashSet<String> = old.columns().iter().filter(is_gone).map(|c| normalize(&c.name)).collect();
        if gone.is_empty() {
            return Ok(());
        }
        if old.is_partitioned() {
            let slots = txn.slot_list(old.id, version).await?;
            if slots.iter().any(|slot| slot.shape.columns() == old.columns()) {
                return Ok(());
            }
        }
        let none = HashSet::new();
        let own_scope = scope(old.id);
        for (of, name, mut constraint) in txn.document_list_all::<Constraint>(DocumentKind::Constraint).await? {
            let refers =
                matches!(&constraint.kind, ConstraintKind::ForeignKey { parent_id, .. } if *parent_id == old.id);
            let is_own = of == own_scope;
            if !is_own && !refers {
                continue;
            }
            let own = if is_own { &gone } else { &none };
            let parents = if refers { &gone } else { &none };
            match without(&constraint.kind, own, parents) {
                Some(kind) if kind == constraint.kind => {}
                Some(kind) => {
                    constraint.kind = kind;
                    txn.document_put(DocumentKind::Constraint, &of, &name, &constraint).await?;
                }
                None => {
                    txn.document_delete(DocumentKind::Constraint, &of, &name).await?;
                }
            }
        }
        Ok(())
    }
}
