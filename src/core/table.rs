//! Catalog, database, table and function: the nouns above partitions. These are both what the fronts convert to and
//! what is stored (as JSON, versioned), so fields are added with `#[serde(default)]` and never change their meaning.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Parameters of any object. Hive drops null values; so do the fronts.
pub type Parameters = BTreeMap<String, String>;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    pub name: String,
    pub description: Option<String>,
    pub location: String,
    /// Seconds since the epoch.
    #[serde(default)]
    pub create_time: i32,
    /// Since Hive 4.2.
    #[serde(default)]
    pub parameters: Parameters,
}

/// Hive's PrincipalType.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PrincipalType {
    #[default]
    User,
    Role,
    Group,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    pub catalog: String,
    pub name: String,
    pub description: Option<String>,
    pub location: String,
    pub managed_location: Option<String>,
    #[serde(default)]
    pub parameters: Parameters,
    pub owner: Option<String>,
    pub owner_type: Option<PrincipalType>,
    /// Seconds since the epoch.
    #[serde(default)]
    pub create_time: i32,
    /// A remote database names its connector and the database there; a native one has neither.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<RemoteDatabase>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteDatabase {
    pub connector: Option<String>,
    pub database: Option<String>,
}

/// A column or a partition key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    /// Hive's type text, `decimal(10,2)` or `struct<a:int>`. Null on the wire is possible; it is stored as such.
    #[serde(rename = "type")]
    pub type_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Serde {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library: Option<String>,
    #[serde(default)]
    pub parameters: Parameters,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serializer_class: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deserializer_class: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serde_type: Option<i32>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SortColumn {
    pub column: String,
    /// 1 ascending, 0 descending.
    pub order: i32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Skewed {
    pub columns: Vec<String>,
    pub values: Vec<Vec<String>>,
    /// Value list → location.
    pub locations: Vec<(Vec<String>, String)>,
}

/// A storage descriptor without its location: what many partitions share, stored once (`design.md §3`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Shape {
    /// None where the client sent no column list at all (Hive distinguishes that from an empty one).
    pub columns: Option<Vec<Column>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_format: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_format: Option<String>,
    #[serde(default)]
    pub compressed: bool,
    #[serde(default)]
    pub buckets: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serde: Option<Serde>,
    #[serde(default)]
    pub bucket_columns: Vec<String>,
    #[serde(default)]
    pub sort_columns: Vec<SortColumn>,
    #[serde(default)]
    pub parameters: Parameters,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skewed: Option<Skewed>,
    #[serde(default)]
    pub stored_as_sub_directories: bool,
}

impl Shape {
    /// The columns, none where there is no list.
    pub fn columns(&self) -> &[Column] {
        self.columns.as_deref().unwrap_or_default()
    }
}

/// A storage descriptor as clients send and get it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storage {
    pub shape: std::sync::Arc<Shape>,
    pub location: Option<String>,
}

/// Hive's table types. The parameter `EXTERNAL` decides between the first two (`semantics.md §4`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TableType {
    #[default]
    Managed,
    External,
    View,
    MaterializedView,
}

impl TableType {
    pub const ALL: [TableType; 4] = [Self::Managed, Self::External, Self::View, Self::MaterializedView];

    /// Hive's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Managed => "MANAGED_TABLE",
            Self::External => "EXTERNAL_TABLE",
            Self::View => "VIRTUAL_VIEW",
            Self::MaterializedView => "MATERIALIZED_VIEW",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.as_str() == text)
    }
}

/// A table that a materialized view reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceTable {
    pub catalog: String,
    pub database: String,
    pub table: String,
    pub inserted: i64,
    pub updated: i64,
    pub deleted: i64,
}

/// What a materialized view was made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreationMetadata {
    pub catalog: Option<String>,
    pub database: String,
    pub table: String,
    /// `cat.db.table` or `db.table`.
    pub tables_used: Vec<String>,
    pub valid_txn_list: Option<String>,
    pub materialization_time: Option<i64>,
    #[serde(default)]
    pub source_tables: Vec<SourceTable>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Given by the store; 0 before that.
    #[serde(skip)]
    pub id: i64,
    /// The version that this state is (`design.md §2`); 0 before it is stored.
    #[serde(skip)]
    pub version: i64,
    pub catalog: String,
    pub database: String,
    pub name: String,
    pub owner: Option<String>,
    #[serde(default)]
    pub owner_type: PrincipalType,
    /// Seconds since the epoch.
    pub create_time: i32,
    #[serde(default)]
    pub last_access_time: i32,
    #[serde(default)]
    pub retention: i32,
    pub storage: Option<Storage>,
    #[serde(default)]
    pub partition_keys: Vec<Column>,
    #[serde(default)]
    pub parameters: Parameters,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view_original_text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view_expanded_text: Option<String>,
    pub table_type: TableType,
    #[serde(default)]
    pub rewrite_enabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_metadata: Option<CreationMetadata>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_id: Option<i64>,
}

impl Table {
    /// `cat.db.table`, as Hive's messages name it.
    pub fn full_name(&self) -> String {
        format!("{}.{}.{}", self.catalog, self.database, self.name)
    }
    pub fn location(&self) -> Option<&str> {
        self.storage.as_ref()?.location.as_deref()
    }
    pub fn columns(&self) -> &[Column] {
        self.storage.as_ref().map(|s| s.shape.columns()).unwrap_or_default()
    }
    pub fn is_partitioned(&self) -> bool {
        !self.partition_keys.is_empty()
    }
    pub fn is_view(&self) -> bool {
        self.table_type == TableType::View
    }
    /// A parameter whose value is `TRUE` in any case, as Hive reads flags.
    pub fn flag(&self, key: &str) -> bool {
        self.parameters.get(key).is_some_and(|v| v.eq_ignore_ascii_case("true"))
    }
}

/// A resource that a function needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceUri {
    /// Hive's ResourceType: 1 JAR, 2 FILE, 3 ARCHIVE.
    pub resource_type: i32,
    pub uri: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    pub catalog: String,
    pub database: String,
    pub name: String,
    pub class_name: Option<String>,
    pub owner: Option<String>,
    pub owner_type: Option<PrincipalType>,
    pub create_time: i32,
    /// Hive's FunctionType: 1 JAVA.
    pub function_type: Option<i32>,
    pub resources: Option<Vec<ResourceUri>>,
}
