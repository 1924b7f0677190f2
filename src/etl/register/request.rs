//! What a registration is asked for.

use serde::{Deserialize, Serialize};
use skep_core::lake::{EmptyValue, Policy};
use skep_core::table::Table;

use crate::catalog::TableRef;

/// The table parameter that holds the pattern of its paths.
pub(in crate::etl) const PATTERN: &str = "skep.partition.pattern";

/// The table parameter that says what directories `key=` mean: `null` or `error`.
pub(in crate::etl) const EMPTY_VALUE: &str = "skep.partition.empty_value";

/// What directories `key=` mean: as a request says, else as the table does.
pub(in crate::etl) fn empty_value(asked: Option<EmptyValue>, table: &Table) -> EmptyValue {
    let of_table = || table.parameters.get(EMPTY_VALUE).and_then(|text| EmptyValue::parse(text));
    asked.or_else(of_table).unwrap_or_default()
}

/// A table by its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TableName {
    pub catalog: String,
    pub database: String,
    pub table: String,
}

impl TableName {
    pub fn at(&self) -> TableRef {
        TableRef::new(&self.catalog, &self.database, &self.table)
    }
}

/// Files to register in one table.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Register {
    pub table: TableName,
    /// Files, or prefixes below which all files are meant.
    pub uris: Vec<String>,
    /// Files whose facts the job knows.
    #[serde(default)]
    pub files: Vec<KnownFile>,
    /// Makes the table if there is none.
    #[serde(default)]
    pub create: bool,
    /// Keys of a new table: `name` or `name:type`.
    #[serde(default)]
    pub partition_by: Vec<String>,
    #[serde(default)]
    pub pattern: Option<String>,
    /// Where paths begin that hold values.
    #[serde(default)]
    pub base: Option<String>,
    /// What directories `key=` mean; None: as the table says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty_value: Option<EmptyValue>,
    #[serde(default, with = "policy_text")]
    pub policy: Policy,
    #[serde(default)]
    pub mode: Mode,
    #[serde(default)]
    pub dry_run: bool,
    /// Keeps a refused batch.
    #[serde(default)]
    pub quarantine: bool,
    /// Files with errors are left out instead of refusing the batch.
    #[serde(default)]
    pub without_bad_files: bool,
}

/// What becomes of files that a partition has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    #[default]
    Append,
    /// They are none of it any more; the partition may move.
    Replace,
}

/// A file that needs not be opened.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct KnownFile {
    pub uri: String,
    /// Bytes.
    pub size: u64,
    /// Milliseconds since the epoch.
    pub modified_at_ms: i64,
    #[serde(default)]
    pub etag: Option<String>,
    pub rows: i64,
    pub columns: Vec<KnownColumn>,
    /// In the file's order; empty: they are not told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub row_groups: Vec<KnownRowGroup>,
}

/// A column of it. Bounds are texts of its type.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct KnownColumn {
    pub name: String,
    pub type_name: String,
    #[serde(default)]
    pub nulls: Option<i64>,
    #[serde(default)]
    pub min: Option<String>,
    #[serde(default)]
    pub max: Option<String>,
    #[serde(default)]
    pub distinct: Option<i64>,
}

/// A row group of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownRowGroup {
    /// Where it begins, in bytes.
    pub offset: i64,
    /// Compressed bytes.
    pub length: i64,
    pub rows: i64,
    /// Of the file's columns, in their order; of those after the last nothing is told.
    #[serde(default)]
    pub columns: Vec<KnownBounds>,
}

/// What a column holds in it. Bounds are texts of its type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownBounds {
    #[serde(default)]
    pub nulls: Option<i64>,
    #[serde(default)]
    pub min: Option<String>,
    #[serde(default)]
    pub max: Option<String>,
}

/// The policy as it is stored.
mod policy_text {
    use serde::{Deserialize as _, Deserializer, Serializer};
    use skep_core::lake::Policy;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub fn serialize<S: Serializer>(policy: &Policy, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match policy {
            Policy::Strict => "strict",
            Policy::AddColumns => "add-columns",
            Policy::Widen => "widen",
        })
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Policy, D::Error> {
        Ok(match String::deserialize(deserializer)?.as_str() {
            "strict" => Policy::Strict,
            "widen" => Policy::Widen,
            _ => Policy::AddColumns,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn told_files_are_kept_as_they_came() {
        let bounds = KnownBounds { nulls: Some(0), min: Some("1".to_owned()), max: None };
        let group = KnownRowGroup { offset: 4, length: 10, rows: 2, columns: vec![bounds] };
        let file = KnownFile { rows: 2, row_groups: vec![group.clone()], ..KnownFile::default() };
        let read: KnownFile = serde_json::from_str(&serde_json::to_string(&file).unwrap()).unwrap();
        assert_eq!(read.row_groups, [group]);
        // A batch from before row groups were told.
        let old = r#"{"uri":"file:/a","size":1,"modified_at_ms":1,"rows":2,"columns":[]}"#;
        let read: KnownFile = serde_json::from_str(old).unwrap();
        assert!(read.row_groups.is_empty() && !serde_json::to_string(&read).unwrap().contains("row_groups"));
    }
}
