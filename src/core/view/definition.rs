//! A definition, and what becomes of it.

use super::ast::{Item, Node, Query, Source, SourceKind};
use super::check::{Checker, FoundTable};
use super::expr::any;
use super::functions::is_aggregate;
use super::lex::error;
use super::parse::parse;
use super::sql_type::SqlType;
use crate::event_log::TRINO_MARK;
use crate::table::{Column, Table};
use crate::{Error, Result};

/// Parameter of a view that was made so: its definition.
pub const VIEW_SQL: &str = "skep.view.sql";

/// A table that a definition names: its database, where that was said, and its name.
pub type ViewTable = (Option<String>, String);

/// A view's definition, parsed.
#[derive(Debug)]
pub struct ViewDefinition {
    sql: String,
    query: Query,
}

/// What a definition is in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewTexts {
    pub hive: String,
    pub trino: String,
    pub columns: Vec<Column>,
}

/// Views may have so many columns.
const COLUMNS_MAX: usize = 10_000;

impl ViewDefinition {
    /// Errors (InvalidObject) name the character and what was expected.
    pub fn parse(sql: &str) -> Result<Self> {
        Ok(Self { sql: sql.to_owned(), query: parse(sql)? })
    }

    /// Tables that it reads, each once.
    pub fn tables(&self) -> Vec<ViewTable> {
        let mut found = Vec::new();
        tables_of(&self.query, &mut found);
        found.sort();
        found.dedup();
        found
    }

    /// Whether Trino's translation of Hive's texts (Coral) takes it, which matters where the view has no text of Trino's own.
    /// Errors (InvalidObject) name the character. Tried with Trino 476.
    pub fn coral_check(&self) -> Result<()> {
        match coral_problem(&self.query) {
            None => Ok(()),
            Some((at, what)) => {
                let what = format!("Trino cannot translate {what} of Hive's text: give the view a text of Trino's own");
                Err(error(&self.sql, at, &what))
            }
        }
    }

    /// Holds it against the tables that it reads; those without a database lie in `database`.
    ///
    /// Errors: NotFound for a table that is not among them; InvalidObject for a column that is not there, for types that do not
    /// go together, for what engines read differently.
    pub fn texts(&self, database: &str, tables: &[Table]) -> Result<ViewTexts> {
        let find = |of: Option<&str>, name: &str| {
            let of = of.unwrap_or(database);
            let table = tables.iter().find(|table| table.database == of && table.name == name);
            found(table.ok_or_else(|| Error::not_found(format!("there is no table {of}.{name}")))?)
        };
        let checker = Checker { text: &self.sql, table: &find };
        let checked = checker.query(&self.query)?;
        if checked.columns.len() > COLUMNS_MAX {
            return Err(Error::invalid_object(format!(
                "{} columns; a view has at most {COLUMNS_MAX}",
                checked.columns.len()
            )));
        }
        let column = |(name, of): (String, SqlType)| Column { name, type_name: Some(of.hive()), comment: None };
        let columns = checked.columns.into_iter().map(column).collect();
        Ok(ViewTexts { hive: checked.texts.hive, trino: checked.texts.trino, columns })
    }
}

fn is_unknown_to_coral(node: &Node) -> bool {
    match node {
        // Columns are cast to their types, and it derives no type of an aggregate within a cast.
        Node::Timestamp(_) | Node::CountAll => true,
        Node::Call { name, .. } => matches!(name.as_str(), "year" | "month" | "day") || is_aggregate(name),
        _ => false,
    }
}

/// HAVING, aggregates, moments and their parts.
fn coral_problem(query: &Query) -> Option<(usize, &'static str)> {
    query.branches.iter().find_map(|select| {
        if let Some(having) = &select.having {
            return Some((having.at, "HAVING"));
        }
        let items = select.items.iter().filter_map(|item| match item {
            Item::Expr { expr, .. } => Some(expr),
            Item::All { .. } => None,
        });
        let joined = select.joins.iter().filter_map(|join| join.on.as_ref());
        let all = items.chain(joined).chain(&select.filter).chain(&select.group);
        let unknown = all.into_iter().find(|expr| any(expr, &is_unknown_to_coral));
        let part = unknown.map(|expr| (expr.at, "aggregates, TIMESTAMP '…', year, month and day"));
        let sources = std::iter::once(&select.from).chain(select.joins.iter().map(|join| &join.source));
        part.or_else(|| {
            sources.into_iter().find_map(|source| match &source.what {
                SourceKind::Query(query) => coral_problem(query),
                SourceKind::Table { .. } => None,
            })
        })
    })
}

fn tables_of(query: &Query, found: &mut Vec<ViewTable>) {
    for select in &query.branches {
        let sources = std::iter::once(&select.from).chain(select.joins.iter().map(|join| &join.source));
        for Source { what, .. } in sources {
            match what {
                SourceKind::Table { database, table } => found.push((database.clone(), table.clone())),
                SourceKind::Query(query) => tables_of(query, found),
            }
        }
    }
}

/// What a view can read of a table. Errors: InvalidObject where not all engines can read it through Hive's interface.
fn found(table: &Table) -> Result<FoundTable> {
    let unfit = |what: &str| Err(Error::invalid_object(format!("{}.{} {what}", table.database, table.name)));
    if table.is_view() && table.parameters.get(TRINO_MARK.0).map(String::as_str) != Some(TRINO_MARK.1) {
        return unfit("is a view with one text, which not all engines read: make it by `skep views create`");
    }
    let format = ["table_type", "spark.sql.sources.provider"].into_iter().find_map(|key| table.parameters.get(key));
    if let Some(format) = format.filter(|f| ["iceberg", "delta", "hudi"].iter().any(|it| f.eq_ignore_ascii_case(it))) {
        return unfit(&format!("is a table of {format}, which Trino reads by a catalog of its own"));
    }
    let all = table.columns().iter().chain(&table.partition_keys);
    let columns = all.map(|c| (c.name.clone(), SqlType::parse(c.type_name.as_deref().unwrap_or_default())));
    Ok(FoundTable { database: table.database.clone(), name: table.name.clone(), columns: columns.collect() })
}
