//! A view's object in the metastore: two texts, each for the engines that read it.

use std::sync::Arc;

use crate::Result;
use crate::event_log::{TRINO_COMMENT, TRINO_MARK, trino_view_text};
use crate::table::{Column, Serde, Shape, Storage, Table, TableType};

/// A view's texts.
#[derive(Debug, Clone, Copy)]
pub struct ViewObject<'v> {
    pub catalog: &'v str,
    pub database: &'v str,
    pub name: &'v str,
    pub columns: &'v [Column],
    /// For Spark and Hive, and for Trino where it has none of its own.
    pub hive: &'v str,
    /// Trino's own, and how it calls this metastore's catalog.
    pub trino: Option<(&'v str, &'v str)>,
}

impl ViewObject<'_> {
    /// The table, without an owner. Errors (InvalidObject): a type that Trino has no equal of.
    pub fn table(self) -> Result<Table> {
        let mut table = Table {
            catalog: self.catalog.to_owned(),
            database: self.database.to_owned(),
            name: self.name.to_owned(),
            view_original_text: Some(self.hive.to_owned()),
            view_expanded_text: Some(self.hive.to_owned()),
            table_type: TableType::View,
            ..Table::default()
        };
        if let Some((text, catalog)) = self.trino {
            for (key, value) in [TRINO_MARK, TRINO_COMMENT] {
                table.parameters.insert(key.to_owned(), value.to_owned());
            }
            table.view_original_text = Some(trino_view_text(text, catalog, self.database, self.columns)?);
        }
        let columns = Some(self.columns.to_vec());
        let shape = Shape { columns, serde: Some(Serde::default()), ..Shape::default() };
        table.storage = Some(Storage { shape: Arc::new(shape), location: None });
        Ok(table)
    }
}
