//! Arguments of a statement, and how each driver binds them.

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Postgres, Sqlite};

/// A value bound to a placeholder.
#[derive(Debug, Clone)]
pub enum Arg<'a> {
    I64(i64),
    OptI64(Option<i64>),
    Text(&'a str),
    OptText(Option<&'a str>),
    /// A list: an array in Postgres (`= ANY($1)`), a JSON text in SQLite (`IN (SELECT value FROM json_each($1))`).
    I64s(&'a [i64]),
    Texts(&'a [String]),
    /// Rows to insert, by column; the last argument. Postgres gets an array a column (UNNEST), SQLite one JSON text
    /// of rows (`json_each`), which measured as fast as its best.
    Columns(&'a [ColumnArg]),
}

/// A column of rows to insert.
#[derive(Debug, Clone)]
pub enum ColumnArg {
    I64(Vec<i64>),
    OptI64(Vec<Option<i64>>),
    Text(Vec<String>),
    OptText(Vec<Option<String>>),
}

impl ColumnArg {
    fn len(&self) -> usize {
        match self {
            Self::I64(v) => v.len(),
            Self::OptI64(v) => v.len(),
            Self::Text(v) => v.len(),
            Self::OptText(v) => v.len(),
        }
    }

    fn json(&self, row: usize) -> serde_json::Value {
        match self {
            Self::I64(v) => v.get(row).copied().into(),
            Self::OptI64(v) => v.get(row).copied().flatten().into(),
            Self::Text(v) => v.get(row).cloned().into(),
            Self::OptText(v) => v.get(row).cloned().flatten().into(),
        }
    }
}

fn rows_json(columns: &[ColumnArg]) -> String {
    let rows = columns.first().map_or(0, ColumnArg::len);
    let rows: Vec<Vec<serde_json::Value>> =
        (0..rows).map(|row| columns.iter().map(|c| c.json(row)).collect()).collect();
    serde_json::to_string(&rows).unwrap_or_default()
}

/// True when a text cannot be stored: Postgres has no U+0000 in text.
pub fn holds_nul(args: &[Arg<'_>]) -> bool {
    let nul = |s: &str| s.contains('\0');
    args.iter().any(|arg| match arg {
        Arg::Text(s) => nul(s),
        Arg::OptText(s) => s.is_some_and(nul),
        Arg::Texts(v) => v.iter().any(|s| nul(s)),
        Arg::Columns(columns) => columns.iter().any(|c| match c {
            ColumnArg::Text(v) => v.iter().any(|s| nul(s)),
            ColumnArg::OptText(v) => v.iter().flatten().any(|s| nul(s)),
            ColumnArg::I64(_) | ColumnArg::OptI64(_) => false,
        }),
        Arg::I64(_) | Arg::OptI64(_) | Arg::I64s(_) => false,
    })
}

pub fn bind_postgres<'q>(
    mut query: Query<'q, Postgres, PgArguments>,
    args: &'q [Arg<'q>],
) -> Query<'q, Postgres, PgArguments> {
    for arg in args {
        query = match arg {
            Arg::I64(v) => query.bind(*v),
            Arg::OptI64(v) => query.bind(*v),
            Arg::Text(v) => query.bind(*v),
            Arg::OptText(v) => query.bind(*v),
            Arg::I64s(v) => query.bind(*v),
            Arg::Texts(v) => query.bind(*v),
            Arg::Columns(columns) => columns.iter().fold(query, |query, column| match column {
                ColumnArg::I64(v) => query.bind(v),
                ColumnArg::OptI64(v) => query.bind(v),
                ColumnArg::Text(v) => query.bind(v),
                ColumnArg::OptText(v) => query.bind(v),
            }),
        };
    }
    query
}

pub fn bind_sqlite<'q>(
    mut query: Query<'q, Sqlite, SqliteArguments>,
    args: &'q [Arg<'q>],
) -> Query<'q, Sqlite, SqliteArguments> {
    for arg in args {
        query = match arg {
            Arg::I64(v) => query.bind(*v),
            Arg::OptI64(v) => query.bind(*v),
            Arg::Text(v) => query.bind(*v),
            Arg::OptText(v) => query.bind(*v),
            Arg::I64s(v) => query.bind(serde_json::to_string(v).unwrap_or_default()),
            Arg::Texts(v) => query.bind(serde_json::to_string(v).unwrap_or_default()),
            Arg::Columns(columns) => query.bind(rows_json(columns)),
        };
    }
    query
}
