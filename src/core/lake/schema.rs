//! A data file's columns in Hive's words.

use crate::table::Column;

use super::finding::Finding;

/// A top-level column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileColumn {
    /// In lower case, as the metastore names it.
    pub name: String,
    /// As the file spells it.
    pub written_name: String,
    /// Hive's type text; `void` where the file only says that all values are null.
    pub hive_type: String,
    /// Whether the file allows nulls.
    pub is_optional: bool,
}

/// A file's columns in its order. Files of one job mostly share one: it is cheap to compare and to hash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct FileSchema {
    pub columns: Vec<FileColumn>,
    /// What stands against it (types that Hive has not, names that clash) and what some engines read differently.
    pub findings: Vec<Finding>,
}

impl FileSchema {
    /// The columns for a new table, without those that are partition keys and those whose type is not known.
    pub fn table_columns(&self, partition_keys: &[Column]) -> Vec<Column> {
        let is_key = |name: &str| partition_keys.iter().any(|key| key.name.eq_ignore_ascii_case(name));
        let known = self.columns.iter().filter(|column| column.hive_type != "void" && !is_key(&column.name));
        known
            .map(|column| Column {
                name: column.name.clone(),
                type_name: Some(column.hive_type.clone()),
                comment: None,
            })
            .collect()
    }

    pub fn column(&self, name: &str) -> Option<&FileColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}
