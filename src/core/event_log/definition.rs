//! What makes a table an event log.

use serde::{Deserialize, Serialize};

use super::boundary::ArrivalOrder;
use super::horizon::{EventTime, HORIZON_MAX_MS, HORIZON_MIN_MS};
use crate::name::normalize;
use crate::table::{Column, Table};
use crate::{Error, Result};

/// Parameter of every table of a log: the log's name, `db.table`.
pub const EVENT_LOG: &str = "skep.event_log";
/// Parameter that says what the table is to it: [`LogRole`].
pub const LOG_ROLE: &str = "skep.event_log.role";
/// The key of the table of snapshots.
pub const SNAPSHOT_ID: &str = "snapshot_id";
/// The column of the view's inner query that ranks the events of a key.
pub const RANK: &str = "skep_rank";

/// What a table is to an event log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogRole {
    Log,
    Snapshots,
    View,
    /// The view of a snapshot alone.
    Compacted,
}

impl LogRole {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Snapshots => "snapshots",
            Self::View => "view",
            Self::Compacted => "compacted",
        }
    }

    /// The role of this table, if it has one.
    pub fn of(table: &Table) -> Option<Self> {
        let role = table.parameters.get(LOG_ROLE)?;
        [Self::Log, Self::Snapshots, Self::View, Self::Compacted].into_iter().find(|known| known.as_str() == role)
    }
}

/// Parts of a definition, for who wants to say which one is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogPart {
    Table,
    Keys,
    Order,
    Operation,
    Deletes,
    Tombstones,
}

/// How an event says what it does. Without one every event sets the state of its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    pub column: String,
    /// Values that mean: from here on there is no such key.
    pub deletes: Vec<String>,
}

/// The rules of one event log. Column names are in normal form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventLog {
    /// What identifies a row of the final view.
    pub keys: Vec<String>,
    /// Which event of a key is the later one: the greater in the first of these, then in the second, …
    pub order: Vec<String>,
    /// No two events of a key are equal in `order`. If not, all other columns decide, so that every engine chooses the
    /// same one.
    #[serde(default)]
    pub is_order_total: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// In the log's database.
    pub snapshot_table: String,
    /// In the log's database.
    pub view: String,
    /// A view of the last snapshot alone, in the log's database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compacted_view: Option<String>,
    /// How Trino calls the catalog that this metastore is; None: the view has no text of Trino's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trino_catalog: Option<String>,
    /// Deleted keys stay in snapshots for so long after the time of their event, its first order column; None: for ever.
    /// Events that are older when their partition's turn comes do not count then. In milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tombstones_ms: Option<i64>,
}

/// Types that order alike in all engines, and that a tie may be broken by.
fn is_ordered(type_name: &str) -> bool {
    let word = type_name.split('(').next().unwrap_or_default().trim();
    matches!(
        word,
        "boolean"
            | "tinyint"
            | "smallint"
            | "int"
            | "bigint"
            | "decimal"
            | "string"
            | "varchar"
            | "char"
            | "date"
            | "timestamp"
            | "float"
            | "double"
    )
}

fn is_floating(type_name: &str) -> bool {
    matches!(type_name, "float" | "double")
}

pub(super) fn type_of(column: &Column) -> String {
    column.type_name.as_deref().unwrap_or_default().trim().to_ascii_lowercase()
}

impl EventLog {
    /// Brings names into normal form.
    #[must_use]
    pub fn normalized(mut self) -> Self {
        let all = self.keys.iter_mut().chain(&mut self.order).chain(self.operation.as_mut().map(|o| &mut o.column));
        for name in all.chain([&mut self.snapshot_table, &mut self.view]).chain(&mut self.compacted_view) {
            *name = normalize(name);
        }
        self
    }

    /// Whether the table can be this log. Errors (InvalidObject) name the column and what is allowed.
    pub fn check(&self, table: &Table) -> Result<()> {
        match self.problem(table) {
            Some((_, what)) => Err(Error::invalid_object(format!("event log {}: {what}", table.full_name()))),
            None => Ok(()),
        }
    }

    /// Why the table cannot be this log, and which part of the definition that is about.
    pub fn problem(&self, table: &Table) -> Option<(LogPart, String)> {
        let wrong = |part, what: String| Some((part, what));
        if table.is_view() || table.location().is_none() {
            return wrong(LogPart::Table, "a view cannot be an event log; it must be a table of Parquet files".into());
        }
        if let Err(error) = ArrivalOrder::of(table) {
            return wrong(LogPart::Table, error.message.into_owned());
        }
        for (part, what, names) in [(LogPart::Keys, "key", &self.keys), (LogPart::Order, "order", &self.order)] {
            if names.is_empty() {
                return wrong(part, format!("names no {what} column; at least one is needed"));
            }
            for (at, name) in names.iter().enumerate() {
                if names[..at].contains(name) {
                    return wrong(part, format!("the {what} column `{name}` is named twice"));
                }
                if let Some(problem) = column_problem(table, what, name) {
                    return wrong(part, problem);
                }
            }
        }
        if let Some(problem) = self.operation_problem(table).or_else(|| self.tombstones_problem(table)) {
            return Some(problem);
        }
        if let Some(column) = table.columns().iter().find(|c| c.name == RANK) {
            let what = format!("the column name `{}` is used by the final view itself", column.name);
            return wrong(LogPart::Table, what);
        }
        self.tie_problem(table).map(|problem| (LogPart::Order, problem))
    }

    fn operation_problem(&self, table: &Table) -> Option<(LogPart, String)> {
        let operation = self.operation.as_ref()?;
        let Some(column) = column_of(table, &operation.column) else {
            return Some((LogPart::Operation, no_column(table, "operation", &operation.column)));
        };
        let word = type_of(column);
        if !matches!(word.split('(').next(), Some("string" | "varchar" | "char")) {
            let what = format!("the operation column `{}` is {word}; it must be a string", operation.column);
            return Some((LogPart::Operation, what));
        }
        let what = "an operation column needs at least one value that means deletion";
        operation.deletes.is_empty().then(|| (LogPart::Deletes, what.to_owned()))
    }

    fn tombstones_problem(&self, table: &Table) -> Option<(LogPart, String)> {
        let ms = self.tombstones_ms?;
        let what = if !(HORIZON_MIN_MS..=HORIZON_MAX_MS).contains(&ms) {
            format!("tombstones stay {ms} ms; {HORIZON_MIN_MS} to {HORIZON_MAX_MS} are allowed")
        } else if self.operation.is_none() {
            "tombstones are to go, but no operation column says what deletes".to_owned()
        } else if EventTime::of(self, table).is_none() {
            let first = self.order.first().map_or("", String::as_str);
            format!(
                "tombstones go by the time of their event: the first order column, `{first}`, must be a timestamp or a date"
            )
        } else {
            return None;
        };
        Some((LogPart::Tombstones, what))
    }

    fn tie_problem(&self, table: &Table) -> Option<String> {
        if self.is_order_total {
            return None;
        }
        let column = self.tie_columns(table).find(|column| !is_ordered(&type_of(column)))?;
        Some(format!(
            "where events of a key are equal in {}, all other columns decide, but `{}` is {}, which has no order in all \
             engines; say that the order is total, or name more order columns",
            self.order.join(", "),
            column.name,
            type_of(column)
        ))
    }

    /// Columns by whose greatest values the latest event of a key is told, the weightiest first.
    pub fn ranking<'a>(&'a self, table: &'a Table) -> impl Iterator<Item = &'a str> {
        let ties = self.tie_columns(table).map(|column| column.name.as_str());
        self.order.iter().map(String::as_str).chain(ties)
    }

    /// Columns that decide where order columns do not, in the table's order.
    fn tie_columns<'a>(&'a self, table: &'a Table) -> impl Iterator<Item = &'a Column> {
        let decides = |name: &String| !self.keys.contains(name) && !self.order.contains(name);
        table.columns().iter().filter(move |c| !self.is_order_total && decides(&c.name))
    }
}

fn column_problem(table: &Table, what: &str, name: &str) -> Option<String> {
    let Some(column) = column_of(table, name) else { return Some(no_column(table, what, name)) };
    let word = type_of(column);
    if !is_ordered(&word) {
        return Some(format!("the {what} column `{name}` is {word}; it must be of a primitive type with an order"));
    }
    if what == "key" && is_floating(&word) {
        return Some(format!("the key column `{name}` is {word}; floating-point numbers do not identify rows"));
    }
    None
}

pub(super) fn column_of<'a>(table: &'a Table, name: &str) -> Option<&'a Column> {
    table.columns().iter().find(|c| c.name == name)
}

fn no_column(table: &Table, what: &str, name: &str) -> String {
    if table.partition_keys.iter().any(|k| k.name == name) {
        return format!("the {what} column `{name}` is a partition key; it must be a column of the files");
    }
    let known: Vec<&str> = table.columns().iter().map(|c| c.name.as_str()).collect();
    format!("there is no {what} column `{name}`; the table has {}", known.join(", "))
}
