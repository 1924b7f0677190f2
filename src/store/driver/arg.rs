//! Arguments of a statement, and how each driver binds them.

use serde::{Serialize, Serializer};
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
    Columns(&'a [ColumnArg<'a>]),
}

/// A column of rows to insert.
#[derive(Debug, Clone)]
pub enum ColumnArg<'a> {
    I64(Vec<i64>),
    OptI64(Vec<Option<i64>>),
    Text(Vec<String>),
    OptText(Vec<Option<String>>),
    /// Texts that lie elsewhere.
    Str(Vec<&'a str>),
    OptStr(Vec<Option<&'a str>>),
}

impl ColumnArg<'_> {
    fn len(&self) -> usize {
        match self {
            Self::I64(v) => v.len(),
            Self::OptI64(v) => v.len(),
            Self::Text(v) => v.len(),
            Self::OptText(v) => v.len(),
            Self::Str(v) => v.len(),
            Self::OptStr(v) => v.len(),
        }
    }
}

/// A row's value in a column.
struct Cell<'a>(&'a ColumnArg<'a>, usize);

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self(column, row) = *self;
        match column {
            ColumnArg::I64(v) => v.get(row).serialize(to),
            ColumnArg::OptI64(v) => v.get(row).serialize(to),
            ColumnArg::Text(v) => v.get(row).serialize(to),
            ColumnArg::OptText(v) => v.get(row).serialize(to),
            ColumnArg::Str(v) => v.get(row).serialize(to),
            ColumnArg::OptStr(v) => v.get(row).serialize(to),
        }
    }
}

/// A row of all columns.
struct CellRow<'a>(&'a [ColumnArg<'a>], usize);

impl Serialize for CellRow<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.0.iter().map(|column| Cell(column, self.1)))
    }
}

fn rows_json(columns: &[ColumnArg<'_>]) -> String {
    let mut text = Vec::new();
    let rows = columns.first().map_or(0, ColumnArg::len);
    // Neither texts and numbers nor memory can fail to be written.
    let _ = serde_json::Serializer::new(&mut text).collect_seq((0..rows).map(|row| CellRow(columns, row)));
    String::from_utf8(text).unwrap_or_default()
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
            ColumnArg::Str(v) => v.iter().any(|s| nul(s)),
            ColumnArg::OptStr(v) => v.iter().flatten().any(|s| nul(s)),
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
                ColumnArg::Str(v) => query.bind(v),
                ColumnArg::OptStr(v) => query.bind(v),
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
