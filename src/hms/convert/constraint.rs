//! Constraints. On the wire a constraint is as many structs as it has columns; here it is one.

use skep_core::{Error, Result};
use skep_thrift::types as t;

use crate::catalog::{Constraint, ConstraintKind, ForeignColumn, KeyColumn, TableRef};

/// All kinds, as calls that create a table send them.
#[derive(Debug, Default)]
pub struct Constraints {
    pub primary_keys: Option<Vec<t::SQLPrimaryKey>>,
    pub foreign_keys: Option<Vec<t::SQLForeignKey>>,
    pub unique: Option<Vec<t::SQLUniqueConstraint>>,
    pub not_null: Option<Vec<t::SQLNotNullConstraint>>,
    pub default: Option<Vec<t::SQLDefaultConstraint>>,
    pub check: Option<Vec<t::SQLCheckConstraint>>,
}

/// The constraints of one table, whatever table the structs name. `catalog` is the table's, where foreign keys find
/// their parents.
pub fn constraints_in(all: Constraints, catalog: &str) -> Result<Vec<Constraint>> {
    let mut out = primary_keys_in(all.primary_keys.unwrap_or_default())?;
    out.extend(unique_in(all.unique.unwrap_or_default())?);
    out.extend(all.not_null.unwrap_or_default().into_iter().map(not_null_in).collect::<Result<Vec<_>>>()?);
    out.extend(all.default.unwrap_or_default().into_iter().map(default_in).collect::<Result<Vec<_>>>()?);
    out.extend(all.check.unwrap_or_default().into_iter().map(check_in));
    out.extend(foreign_keys_in(all.foreign_keys.unwrap_or_default(), catalog)?);
    Ok(out)
}

fn column_name(name: Option<String>) -> Result<String> {
    name.map(|n| n.to_lowercase()).ok_or_else(|| Error::meta("a constraint's column name is null"))
}

/// Starts the structs of this one a constraint of their own? Those of a named one share the name; those of an unnamed
/// one come in the order of their numbers.
fn begins(name: &str, sequence: i32, last: Option<&(String, i32)>) -> bool {
    last.is_none_or(|(last_name, last_sequence)| name != last_name || name.is_empty() && sequence <= *last_sequence)
}

/// A table has one primary key: all structs are of it.
fn primary_keys_in(rows: Vec<t::SQLPrimaryKey>) -> Result<Vec<Constraint>> {
    let Some(first) = rows.first().cloned() else { return Ok(Vec::new()) };
    let column = |r: t::SQLPrimaryKey| Ok(KeyColumn { name: column_name(r.column_name)?, sequence: r.key_seq });
    Ok(vec![Constraint {
        name: first.pk_name.unwrap_or_default(),
        kind: ConstraintKind::PrimaryKey { columns: rows.into_iter().map(column).collect::<Result<_>>()? },
        enable: first.enable_cstr,
        validate: first.validate_cstr,
        rely: first.rely_cstr,
    }])
}

fn unique_in(rows: Vec<t::SQLUniqueConstraint>) -> Result<Vec<Constraint>> {
    let mut all: Vec<Constraint> = Vec::new();
    let mut last = None;
    for row in rows {
        let name = row.uk_name.unwrap_or_default();
        let column = KeyColumn { name: column_name(row.column_name)?, sequence: row.key_seq };
        if begins(&name, row.key_seq, last.as_ref()) {
            all.push(Constraint {
                name: name.clone(),
                kind: ConstraintKind::Unique { columns: Vec::new() },
                enable: row.enable_cstr,
                validate: row.validate_cstr,
                rely: row.rely_cstr,
            });
        }
        if let Some(Constraint { kind: ConstraintKind::Unique { columns }, .. }) = all.last_mut() {
            columns.push(column);
        }
        last = Some((name, row.key_seq));
    }
    Ok(all)
}

fn foreign_keys_in(rows: Vec<t::SQLForeignKey>, catalog: &str) -> Result<Vec<Constraint>> {
    let mut all: Vec<Constraint> = Vec::new();
    let mut last = None;
    for row in rows {
        let name = row.fk_name.unwrap_or_default();
        if begins(&name, row.key_seq, last.as_ref()) {
            let parent = TableRef::new(
                row.cat_name.as_deref().filter(|c| !c.is_empty()).unwrap_or(catalog),
                &row.pktable_db.ok_or_else(|| Error::meta("a foreign key's parent database is null"))?,
                &row.pktable_name.ok_or_else(|| Error::meta("a foreign key's parent table is null"))?,
            );
            all.push(Constraint {
                name: name.clone(),
                kind: ConstraintKind::ForeignKey {
                    parent: (parent.catalog, parent.database, parent.table),
                    parent_id: 0,
                    columns: Vec::new(),
                    parent_key: row.pk_name,
                    update_rule: row.update_rule,
                    delete_rule: row.delete_rule,
                },
                enable: row.enable_cstr,
                validate: row.validate_cstr,
                rely: row.rely_cstr,
            });
        }
        if let Some(Constraint { kind: ConstraintKind::ForeignKey { columns, .. }, .. }) = all.last_mut() {
            columns.push(ForeignColumn {
                name: column_name(row.fkcolumn_name)?,
                parent: column_name(row.pkcolumn_name)?,
                sequence: row.key_seq,
            });
        }
        last = Some((name, row.key_seq));
    }
    Ok(all)
}

fn not_null_in(row: t::SQLNotNullConstraint) -> Result<Constraint> {
    Ok(Constraint {
        name: row.nn_name.unwrap_or_default(),
        kind: ConstraintKind::NotNull { column: column_name(row.column_name)? },
        enable: row.enable_cstr,
        validate: row.validate_cstr,
        rely: row.rely_cstr,
    })
}

fn default_in(row: t::SQLDefaultConstraint) -> Result<Constraint> {
    let (column, value) = (column_name(row.column_name)?, row.default_value.unwrap_or_default());
    Ok(Constraint {
        name: row.dc_name.unwrap_or_default(),
        kind: ConstraintKind::Default { column, value },
        enable: row.enable_cstr,
        validate: row.validate_cstr,
        rely: row.rely_cstr,
    })
}

fn check_in(row: t::SQLCheckConstraint) -> Constraint {
    let column = row.column_name.filter(|c| !c.is_empty()).map(|c| c.to_lowercase());
    Constraint {
        name: row.dc_name.unwrap_or_default(),
        kind: ConstraintKind::Check { column, expression: row.check_expression.unwrap_or_default() },
        enable: row.enable_cstr,
        validate: row.validate_cstr,
        rely: row.rely_cstr,
    }
}

/// A constraint joins the list of its kind.
pub fn constraint_out(at: &TableRef, constraint: Constraint, out: &mut t::SQLAllTableConstraints) {
    match constraint.kind {
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::ForeignKey { .. } => {
            key_out(at, constraint, out);
        }
        ConstraintKind::NotNull { .. } | ConstraintKind::Default { .. } | ConstraintKind::Check { .. } => {
            column_constraint_out(at, constraint, out);
        }
    }
}

fn list<T>(place: &mut Option<Vec<T>>) -> &mut Vec<T> {
    place.get_or_insert_default()
}

/// Keys are as many structs as they have columns.
fn key_out(at: &TableRef, constraint: Constraint, out: &mut t::SQLAllTableConstraints) {
    let Constraint { name, kind, enable, validate, rely } = constraint;
    let (catalog, db, table) = (Some(at.catalog.clone()), Some(at.database.clone()), Some(at.table.clone()));
    match kind {
        ConstraintKind::PrimaryKey { columns } => {
            list(&mut out.primary_keys).extend(columns.into_iter().map(|c| t::SQLPrimaryKey {
                table_db: db.clone(),
                table_name: table.clone(),
                column_name: Some(c.name),
                key_seq: c.sequence,
                pk_name: Some(name.clone()),
                enable_cstr: enable,
                validate_cstr: validate,
                rely_cstr: rely,
                cat_name: catalog.clone(),
            }));
        }
        ConstraintKind::Unique { columns } => {
            list(&mut out.unique_constraints).extend(columns.into_iter().map(|c| t::SQLUniqueConstraint {
                cat_name: catalog.clone(),
                table_db: db.clone(),
                table_name: table.clone(),
                column_name: Some(c.name),
                key_seq: c.sequence,
                uk_name: Some(name.clone()),
                enable_cstr: enable,
                validate_cstr: validate,
                rely_cstr: rely,
            }));
        }
        ConstraintKind::ForeignKey { parent, columns, parent_key, update_rule, delete_rule, .. } => {
            list(&mut out.foreign_keys).extend(columns.into_iter().map(|c| t::SQLForeignKey {
                pktable_db: Some(parent.1.clone()),
                pktable_name: Some(parent.2.clone()),
                pkcolumn_name: Some(c.parent),
                fktable_db: db.clone(),
                fktable_name: table.clone(),
                fkcolumn_name: Some(c.name),
                key_seq: c.sequence,
                update_rule,
                delete_rule,
                fk_name: Some(name.clone()),
                pk_name: parent_key.clone(),
                enable_cstr: enable,
                validate_cstr: validate,
                rely_cstr: rely,
                cat_name: catalog.clone(),
            }));
        }
        ConstraintKind::NotNull { .. } | ConstraintKind::Default { .. } | ConstraintKind::Check { .. } => {}
    }
}

/// Constraints of one column are one struct.
fn column_constraint_out(at: &TableRef, constraint: Constraint, out: &mut t::SQLAllTableConstraints) {
    let Constraint { name, kind, enable, validate, rely } = constraint;
    let (catalog, db, table) = (Some(at.catalog.clone()), Some(at.database.clone()), Some(at.table.clone()));
    match kind {
        ConstraintKind::NotNull { column } => list(&mut out.not_null_constraints).push(t::SQLNotNullConstraint {
            cat_name: catalog,
            table_db: db,
            table_name: table,
            column_name: Some(column),
            nn_name: Some(name),
            enable_cstr: enable,
            validate_cstr: validate,
            rely_cstr: rely,
        }),
        ConstraintKind::Default { column, value } => list(&mut out.default_constraints).push(t::SQLDefaultConstraint {
            cat_name: catalog,
            table_db: db,
            table_name: table,
            column_name: Some(column),
            default_value: Some(value),
            dc_name: Some(name),
            enable_cstr: enable,
            validate_cstr: validate,
            rely_cstr: rely,
        }),
        ConstraintKind::Check { column, expression } => list(&mut out.check_constraints).push(t::SQLCheckConstraint {
            cat_name: catalog,
            table_db: db,
            table_name: table,
            column_name: column,
            check_expression: Some(expression),
            dc_name: Some(name),
            enable_cstr: enable,
            validate_cstr: validate,
            rely_cstr: rely,
        }),
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::ForeignKey { .. } => {}
    }
}
