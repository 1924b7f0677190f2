//! Constraints: what a client declares of a table's columns (`semantics.md §10`). The metastore keeps and names them;
//! engines decide what they mean.

use serde::{Deserialize, Serialize};
use skep_core::name::normalize;
use skep_core::table::Table;
use skep_core::{Error, Kind, Result};

use super::caller::Caller;
use super::metastore::Metastore;
use super::reference::TableRef;
use crate::store::{DocumentKind, NewEvent, Txn};

/// A column of a key, with the number that the client gave it in the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyColumn {
    pub name: String,
    pub sequence: i32,
}

/// A column of a foreign key and the parent's column that it refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignColumn {
    pub name: String,
    pub parent: String,
    pub sequence: i32,
}

/// What is constrained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConstraintKind {
    PrimaryKey {
        columns: Vec<KeyColumn>,
    },
    ForeignKey {
        /// Catalog, database and table; as given, or as the parent is called now when it is read.
        parent: (String, String, String),
        /// The parent's id, which outlasts a rename; 0 before it is stored.
        #[serde(default)]
        parent_id: i64,
        columns: Vec<ForeignColumn>,
        /// Name of the parent's key, as given, or as it is called now when it is read.
        parent_key: Option<String>,
        update_rule: i32,
        delete_rule: i32,
    },
    Unique {
        columns: Vec<KeyColumn>,
    },
    NotNull {
        column: String,
    },
    Default {
        column: String,
        value: String,
    },
    /// Of one column, or of the whole row.
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

impl ConstraintKind {
    /// Its event's type.
    fn event(&self) -> &'static str {
        match self {
            Self::PrimaryKey { .. } => "ADD_PRIMARYKEY",
            Self::ForeignKey { .. } => "ADD_FOREIGNKEY",
            Self::Unique { .. } => "ADD_UNIQUECONSTRAINT",
            Self::NotNull { .. } => "ADD_NOTNULLCONSTRAINT",
            Self::Default { .. } => "ADD_DEFAULTCONSTRAINT",
            Self::Check { .. } => "ADD_CHECKCONSTRAINT",
        }
    }
    /// How generated names begin.
    fn prefix(&self) -> &'static str {
        match self {
            Self::PrimaryKey { .. } => "pk",
            Self::ForeignKey { .. } => "fk",
            Self::Unique { .. } => "uk",
            Self::NotNull { .. } => "nn",
            Self::Default { .. } => "dc",
            Self::Check { .. } => "cc",
        }
    }
    /// The table's columns that it speaks of.
    fn columns(&self) -> Vec<&str> {
        match self {
            Self::PrimaryKey { columns } | Self::Unique { columns } => {
                columns.iter().map(|c| c.name.as_str()).collect()
            }
            Self::ForeignKey { columns, .. } => columns.iter().map(|c| c.name.as_str()).collect(),
            Self::NotNull { column } | Self::Default { column, .. } => vec![column],
            Self::Check { column, .. } => column.iter().map(String::as_str).collect(),
        }
    }
    /// The columns of a key that a foreign key may refer to.
    pub(super) fn key(&self) -> Option<&[KeyColumn]> {
        match self {
            Self::PrimaryKey { columns } | Self::Unique { columns } => Some(columns),
            _ => None,
        }
    }
}

/// The documents' scope: constraints belong to a table, whatever it is called.
pub(super) fn scope(table_id: i64) -> String {
    table_id.to_string()
}

impl Metastore {
    /// Adds constraints to a table: all, or none. A missing table or column, or a name that is taken, is InvalidObject;
    /// a second primary key, or a foreign key to what is no key, is Meta.
    pub async fn constraints_add(&self, _: &Caller, at: &TableRef, constraints: &[Constraint]) -> Result<()> {
        let gone = || Error::invalid_object(format!("Table not found: {at}"));
        self.store
            .retrying("constraints_add", || async {
                let head = self.store.peek().await?.table_head(&at.catalog, &at.database, &at.table).await?;
                let mut txn = self.store.write_table(head.ok_or_else(gone)?.id).await?;
                let table = txn.table_lock(&at.catalog, &at.database, &at.table).await?.ok_or_else(gone)?;
                self.constraints_insert(&mut txn, &table, constraints).await?;
                txn.commit().await
            })
            .await
    }

    /// Stores constraints of a table that the transaction holds, with an event a kind.
    pub(super) async fn constraints_insert(
        &self,
        txn: &mut Txn,
        table: &Table,
        constraints: &[Constraint],
    ) -> Result<()> {
        if constraints.is_empty() {
            return Ok(());
        }
        let scope = scope(table.id);
        let mut all: Vec<Constraint> =
            txn.document_list(DocumentKind::Constraint, &scope).await?.into_iter().map(|(_, c)| c).collect();
        // A foreign key may refer to a key that comes with it.
        let (foreign, own): (Vec<_>, Vec<_>) =
            constraints.iter().partition(|c| matches!(c.kind, ConstraintKind::ForeignKey { .. }));
        let mut added: Vec<Constraint> = Vec::with_capacity(constraints.len());
        for constraint in own.into_iter().chain(foreign) {
            let mut constraint = constraint.clone();
            constraint_check(table, &constraint, &all)?;
            self.parent_settle(txn, table, &mut constraint, &all).await?;
            constraint.name = name_settle(table, &constraint, &all)?;
            let stored = txn.document_insert(DocumentKind::Constraint, &scope, &constraint.name, &constraint).await;
            stored.map_err(|e| if e.kind == Kind::AlreadyExists { name_taken(&constraint.name) } else { e })?;
            all.push(constraint.clone());
            added.push(constraint);
        }
        for of_kind in added.chunk_by(|a, b| a.kind.event() == b.kind.event()) {
            let kind = of_kind.first().map_or("", |c| c.kind.event());
            txn.event_insert(&event(kind, table, &of_kind)).await?;
        }
        Ok(())
    }

    /// Finds a foreign key's parent, which must have a key of these columns and their types.
    async fn parent_settle(
        &self,
        txn: &mut Txn,
        table: &Table,
        constraint: &mut Constraint,
        own: &[Constraint],
    ) -> Result<()> {
        let ConstraintKind::ForeignKey { parent: (catalog, database, name), parent_id, columns, .. } =
            &mut constraint.kind
        else {
            return Ok(());
        };
        let is_self = (&*catalog, &*database, &*name) == (&table.catalog, &table.database, &table.name);
        let parent = if is_self { Some(table.clone()) } else { txn.table_get(catalog, database, name).await? };
        let parent =
            parent.ok_or_else(|| Error::invalid_object(format!("Parent table not found: {database}.{name}")))?;
        let keys: Vec<Constraint> = if is_self {
            own.to_vec()
        } else {
            let all = txn.document_list(DocumentKind::Constraint, &scope(parent.id)).await?;
            all.into_iter().map(|(_, constraint)| constraint).collect()
        };
        let fits = |key: &[KeyColumn]| {
            key.len() == columns.len()
                && columns.iter().all(|c| {
                    key.iter().any(|k| k.name == c.parent)
                        && column_type(&parent, &c.parent) == column_type(table, &c.name)
                })
        };
        if !keys.iter().filter_map(|c| c.kind.key()).any(fits) {
            return Err(Error::meta(format!(
                "There is no primary key or unique constraint of {} with these columns and types: {}",
                parent.full_name(),
                columns.iter().map(|c| c.parent.as_str()).collect::<Vec<_>>().join(", ")
            )));
        }
        *parent_id = parent.id;
        Ok(())
    }

    /// Drops a constraint by name; NotFound where the table or the constraint is not there.
    pub async fn constraint_drop(&self, _: &Caller, at: &TableRef, name: &str) -> Result<()> {
        let name = &normalize(name);
        let gone = || Error::not_found(format!("The constraint {name} of table {at} does not exist"));
        self.store
            .retrying("constraint_drop", || async {
                let head = self.store.peek().await?.table_head(&at.catalog, &at.database, &at.table).await?;
                let mut txn = self.store.write_table(head.ok_or_else(gone)?.id).await?;
                let table = txn.table_lock(&at.catalog, &at.database, &at.table).await?.ok_or_else(gone)?;
                if !txn.document_delete(DocumentKind::Constraint, &scope(table.id), name).await? {
                    return Err(gone());
                }
                txn.event_insert(&event("DROP_CONSTRAINT", &table, name)).await?;
                txn.commit().await
            })
            .await
    }
}

fn name_taken(name: &str) -> Error {
    Error::invalid_object(format!("Constraint name already exists: {name}"))
}

/// The name in normal form, or a new one.
fn name_settle(table: &Table, constraint: &Constraint, all: &[Constraint]) -> Result<String> {
    let is_taken = |name: &str| all.iter().any(|c| c.name == name);
    if constraint.name.is_empty() {
        let made = |n: usize| format!("{}_{}_{n}", constraint.kind.prefix(), table.id);
        // One more than there are constraints: one is free.
        let first_free = (1..=all.len() + 1).map(made).find(|name| !is_taken(name));
        return first_free.ok_or_else(|| Error::internal("no name is free"));
    }
    let name = normalize(&constraint.name);
    if is_taken(&name) { Err(name_taken(&name)) } else { Ok(name) }
}

fn column_type<'a>(table: &'a Table, name: &str) -> Option<&'a str> {
    let all = table.columns().iter().chain(&table.partition_keys);
    all.into_iter().find(|c| c.name.eq_ignore_ascii_case(name))?.type_name.as_deref()
}

fn constraint_check(table: &Table, constraint: &Constraint, all: &[Constraint]) -> Result<()> {
    let columns = constraint.kind.columns();
    if let Some(lacking) = columns.iter().find(|c| column_type(table, c).is_none()) {
        return Err(Error::invalid_object(format!("Column not found: {lacking} of {}", table.full_name())));
    }
    let is_primary = |c: &Constraint| matches!(c.kind, ConstraintKind::PrimaryKey { .. });
    if is_primary(constraint) && all.iter().any(is_primary) {
        return Err(Error::meta(format!(" Primary key already exists for: {}", table.full_name())));
    }
    Ok(())
}

fn event<'a, B>(kind: &'static str, table: &'a Table, body: &'a B) -> NewEvent<'a, B> {
    NewEvent {
        kind,
        catalog: Some(&table.catalog),
        database: Some(&table.database),
        table: Some(&table.name),
        version: Some((table.id, table.version)),
        body,
    }
}
