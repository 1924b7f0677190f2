//! A data file's columns in Hive's words.

use crate::table::Column;

use super::finding::Finding;
use super::hive_type::HiveType;

/// A top-level column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileColumn {
    /// In lower case, as the metastore names it.
    pub name: String,
    /// As the file spells it.
    pub written_name: String,
    /// Hive's type text; `void`, also within it, where the file only says that all values are null.
    pub hive_type: String,
    /// Whether the file allows nulls.
    pub is_optional: bool,
}

impl FileColumn {
    /// Gives the type that a table's column can have for it: without parts that hold nothing but nulls. None where no
    /// other part is left.
    pub fn known_type(&self) -> Option<String> {
        match HiveType::parse(&self.hive_type) {
            Some(parsed) if parsed.is_known() => Some(self.hive_type.clone()),
            Some(parsed) => parsed.known().map(|known| known.to_string()),
            // A type that a job told, and only it knows.
            None => Some(self.hive_type.clone()),
        }
    }
}

/// A file's columns in its order. Files of one job mostly share one: it is cheap to compare and to hash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct FileSchema {
    pub columns: Vec<FileColumn>,
    /// What stands against it (types that Hive has not, names that clash) and what some engines read differently.
    pub findings: Vec<Finding>,
}

impl FileSchema {
    /// The columns for a new table, without those that are partition keys and what has no type that is known.
    pub fn table_columns(&self, partition_keys: &[Column]) -> Vec<Column> {
        let is_key = |name: &str| partition_keys.iter().any(|key| key.name.to_lowercase() == name);
        let columns = self.columns.iter().filter(|column| !is_key(&column.name));
        let known = columns.filter_map(|column| {
            Some(Column { name: column.name.clone(), type_name: Some(column.known_type()?), comment: None })
        });
        known.collect()
    }

    pub fn column(&self, name: &str) -> Option<&FileColumn> {
        self.columns.iter().find(|column| column.name == name)
    }
}
