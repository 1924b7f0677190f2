//! Constraints, which come after all tables: first those that others refer to, then foreign keys.

use std::collections::BTreeMap;
use std::fmt::Debug;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use super::canonical::TableAt;
use super::copier::{Copier, Mode, Step};
use super::endpoint::{CONNECTIONS, Endpoint};
use super::error::CallError;
use super::fields::Fields;

const KIND: &str = "constraint";

/// The structs of one constraint: one for each of its columns.
#[derive(Debug, Clone)]
enum Constraint {
    Primary(Vec<t::SQLPrimaryKey>),
    Unique(Vec<t::SQLUniqueConstraint>),
    NotNull(Vec<t::SQLNotNullConstraint>),
    Default(Vec<t::SQLDefaultConstraint>),
    Check(Vec<t::SQLCheckConstraint>),
    Foreign(Vec<t::SQLForeignKey>),
}

/// By name, which is unique in a table.
type Constraints = BTreeMap<String, Constraint>;

impl Constraint {
    fn is_foreign(&self) -> bool {
        matches!(self, Self::Foreign(_))
    }
    /// A line a column; the catalog is the table's, whatever it says.
    fn fields(&self) -> Fields {
        fn lines<T: Debug>(rows: &[T]) -> Fields {
            rows.iter().zip(1..).map(|(row, number)| (format!("column {number}"), format!("{row:?}"))).collect()
        }
        match self {
            Self::Primary(rows) => lines(rows),
            Self::Unique(rows) => lines(rows),
            Self::NotNull(rows) => lines(rows),
            Self::Default(rows) => lines(rows),
            Self::Check(rows) => lines(rows),
            Self::Foreign(rows) => lines(rows),
        }
    }
}

/// The structs in their order, those of a constraint together.
fn constraints_of(all: t::SQLAllTableConstraints, at: &TableAt) -> Constraints {
    let mut out = Constraints::new();
    macro_rules! gather {
        ($($field:ident $kind:ident $name:ident $key:expr;)+) => {
            $(
                let mut rows = all.$field.unwrap_or_default();
                rows.sort_by_key($key);
                for mut row in rows {
                    row.cat_name = Some(at.catalog.clone());
                    let name = row.$name.clone().unwrap_or_default();
                    match out.get_mut(&name) {
                        Some(Constraint::$kind(rows)) => rows.push(row),
                        _ => { out.insert(name, Constraint::$kind(vec![row])); }
                    }
                }
            )+
        };
    }
    gather! {
        primary_keys Primary pk_name |row| row.key_seq;
        unique_constraints Unique uk_name |row| row.key_seq;
        not_null_constraints NotNull nn_name |row| row.column_name.clone();
        default_constraints Default dc_name |row| row.column_name.clone();
        check_constraints Check dc_name |row| row.column_name.clone();
        foreign_keys Foreign fk_name |row| row.key_seq;
    }
    out
}

impl Endpoint {
    async fn constraint_add(&self, constraint: Constraint) -> Result<(), CallError> {
        macro_rules! add {
            ($method:ident, $args:ident, $request:ident, $field:ident, $rows:expr) => {
                self.call::<m::$method>(&m::$args { req: Some(t::$request { $field: $rows }) }).await
            };
        }
        match constraint {
            Constraint::Primary(rows) => {
                add!(AddPrimaryKey, AddPrimaryKeyArgs, AddPrimaryKeyRequest, primary_key_cols, rows)
            }
            Constraint::Foreign(rows) => {
                add!(AddForeignKey, AddForeignKeyArgs, AddForeignKeyRequest, foreign_key_cols, rows)
            }
            Constraint::Unique(rows) => {
                add!(
                    AddUniqueConstraint,
                    AddUniqueConstraintArgs,
                    AddUniqueConstraintRequest,
                    unique_constraint_cols,
                    rows
                )
            }
            Constraint::NotNull(rows) => {
                add!(
                    AddNotNullConstraint,
                    AddNotNullConstraintArgs,
                    AddNotNullConstraintRequest,
                    not_null_constraint_cols,
                    rows
                )
            }
            Constraint::Default(rows) => {
                add!(
                    AddDefaultConstraint,
                    AddDefaultConstraintArgs,
                    AddDefaultConstraintRequest,
                    default_constraint_cols,
                    rows
                )
            }
            Constraint::Check(rows) => {
                add!(AddCheckConstraint, AddCheckConstraintArgs, AddCheckConstraintRequest, check_constraint_cols, rows)
            }
        }
    }

    async fn constraint_drop(&self, at: &TableAt, name: &str) -> Result<(), CallError> {
        let request = t::DropConstraintRequest {
            dbname: at.database.clone(),
            tablename: at.table.clone(),
            constraintname: name.to_owned(),
            cat_name: self.catalog_field(&at.catalog),
        };
        self.call::<m::DropConstraint>(&m::DropConstraintArgs { req: Some(request) }).await
    }
}

impl Copier<'_> {
    pub async fn constraints(&self, tables: &[TableAt]) -> Result<(), CallError> {
        let own = stream::iter(tables).map(|at| self.constraints_of(at)).buffer_unordered(CONNECTIONS);
        let foreign: Vec<_> = own.try_collect().await?;
        for (at, foreign) in foreign {
            for (name, constraint, replaces) in foreign {
                self.constraint_store(&at, &name, constraint, replaces).await?;
            }
        }
        Ok(())
    }

    /// Copies a table's constraints but its foreign keys; gives those that are to be stored, and whether they replace
    /// others.
    async fn constraints_of(&self, at: &TableAt) -> Result<(TableAt, Vec<(String, Constraint, bool)>), CallError> {
        let (object, mut foreign) = (at.to_string(), Vec::new());
        let Some(source) = self.read(KIND, &object, self.source.constraints(at).await)? else {
            return Ok((at.clone(), foreign));
        };
        let source = constraints_of(source, at);
        let none = t::SQLAllTableConstraints::default();
        let target = match self.target.constraints(at).await {
            Err(error) if !error.is_fatal() => none,
            answer => answer?,
        };
        let mut target = constraints_of(target, at);
        for (name, constraint) in source {
            let found = target.remove(&name);
            let named = format!("{object} {name}");
            let clash = Some("the target's is different".to_owned());
            let there = found.as_ref().map(Constraint::fields);
            let step = self.step(KIND, &named, &constraint.fields(), there.as_ref(), clash);
            if matches!(step, Step::Nothing | Step::Leave) {
                continue;
            }
            if constraint.is_foreign() {
                foreign.push((name, constraint, step == Step::Alter));
            } else {
                self.constraint_store(at, &name, constraint, step == Step::Alter).await?;
            }
        }
        if self.mode == Mode::Compare {
            for name in target.into_keys() {
                let object = format!("{KIND} {object} {name}");
                self.recorder.difference(&object, "(all of it)".to_owned(), None, Some("there".to_owned()));
            }
        }
        Ok((at.clone(), foreign))
    }

    async fn constraint_store(
        &self,
        at: &TableAt,
        name: &str,
        constraint: Constraint,
        replaces: bool,
    ) -> Result<(), CallError> {
        let object = format!("{at} {name}");
        if replaces && self.read(KIND, &object, self.target.constraint_drop(at, name).await)?.is_none() {
            return Ok(());
        }
        let step = if replaces { Step::Alter } else { Step::Create };
        let outcome = self.target.constraint_add(constraint).await;
        self.did(step, KIND, &object, outcome).map(drop)
    }
}
