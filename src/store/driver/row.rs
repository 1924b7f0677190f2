//! A row of either driver. A column that is not what the schema says is a `Corrupt` error, never a panic. Postgres's
//! columns have the types of the schema, so these are not compared again for every value.

use skep_core::{Error, Kind, Result};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use super::nul::without_nul;

#[derive(Debug)]
pub enum Row {
    Postgres(PgRow),
    Sqlite(SqliteRow),
}

fn corrupt(index: usize, error: &sqlx::Error) -> Error {
    Error::new(Kind::Corrupt, format!("a stored row is damaged: column {index}: {error}"))
}

impl Row {
    pub fn i64(&self, index: usize) -> Result<i64> {
        match self {
            Self::Postgres(row) => row.try_get_unchecked(index),
            Self::Sqlite(row) => row.try_get(index),
        }
        .map_err(|e| corrupt(index, &e))
    }
    pub fn opt_i64(&self, index: usize) -> Result<Option<i64>> {
        match self {
            Self::Postgres(row) => row.try_get_unchecked(index),
            Self::Sqlite(row) => row.try_get(index),
        }
        .map_err(|e| corrupt(index, &e))
    }
    pub fn text(&self, index: usize) -> Result<&str> {
        match self {
            Self::Postgres(row) => row.try_get_unchecked(index),
            Self::Sqlite(row) => row.try_get(index),
        }
        .map_err(|e| corrupt(index, &e))
    }
    pub fn opt_text(&self, index: usize) -> Result<Option<&str>> {
        match self {
            Self::Postgres(row) => row.try_get_unchecked(index),
            Self::Sqlite(row) => row.try_get(index),
        }
        .map_err(|e| corrupt(index, &e))
    }
    pub fn string(&self, index: usize) -> Result<String> {
        self.text(index).map(str::to_owned)
    }
    pub fn opt_string(&self, index: usize) -> Result<Option<String>> {
        Ok(self.opt_text(index)?.map(str::to_owned))
    }
    /// A JSON document; U+FFFD stands where a store from before still has U+0000.
    pub fn json<T: serde::de::DeserializeOwned>(&self, index: usize) -> Result<T> {
        serde_json::from_str(&without_nul(self.text(index)?))
            .map_err(|e| Error::new(Kind::Corrupt, format!("a stored document is damaged: column {index}: {e}")))
    }
}
