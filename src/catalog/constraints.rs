//! Constraints: what a client declares of a table's columns. The metastore keeps and names them; engines decide what
//! they mean.

use serde::{Deserialize, Serialize};
use skep_core::Result;

use super::metastore::Metastore;
use super::reference::TableRef;
use crate::store::{DocumentKind, Txn};

/// What is constrained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConstraintKind {
    /// Columns in key order.
    PrimaryKey {
        columns: Vec<String>,
    },
    /// Columns in key order, each with the parent's.
    ForeignKey {
        parent: (String, String, String),
        columns: Vec<(String, String)>,
        parent_key: Option<String>,
        update_rule: i32,
        delete_rule: i32,
    },
    Unique {
        columns: Vec<String>,
    },
    NotNull {
        column: String,
    },
    Default {
        column: String,
        value: String,
    },
    Check {
        column: Option<String>,
        expression: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Constraint {
    /// Unique in the table; empty where the server is to make one.
    pub name: String,
    pub kind: ConstraintKind,
    pub enable: bool,
    pub validate: bool,
    pub rely: bool,
}

impl Metastore {
    pub(super) async fn constraints_insert(
        &self,
        txn: &mut Txn,
        table_id: i64,
        at: &TableRef,
        constraints: &[Constraint],
    ) -> Result<()> {
        for constraint in constraints {
            tracing::debug!(table = %at, constraint = constraint.name, "constraint");
            txn.document_insert(DocumentKind::Constraint, &table_id.to_string(), &constraint.name, constraint).await?;
        }
        Ok(())
    }
}
