//! A partition: values, name, storage.

use serde::{Deserialize, Serialize};

use crate::table::{Parameters, Storage};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    /// Row id in the store; 0 before that. It tells statistics apart from those of an earlier namesake.
    #[serde(skip)]
    pub id: i64,
    /// In the order of the table's partition keys; case kept. Values are as given by the client.
    pub values: Vec<String>,
    /// Hive's escaped `k=v/k2=v2` (`semantics.md §5`), made by [`crate::name::partition_name`].
    pub name: String,
    /// Seconds since the epoch.
    pub create_time: i32,
    #[serde(default)]
    pub last_access_time: i32,
    pub storage: Option<Storage>,
    #[serde(default)]
    pub parameters: Parameters,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_id: Option<i64>,
}

impl Partition {
    pub fn location(&self) -> Option<&str> {
        self.storage.as_ref()?.location.as_deref()
    }
}
