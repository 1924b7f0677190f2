//! Marks that clients put on partitions, there or not: "its load is done".

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use skep_core::name::{normalize, partition_name};
use skep_core::table::Table;
use skep_core::{Error, Kind, Result};

use super::metastore::Metastore;
use super::reference::TableRef;
use crate::store::{DocumentKind, Txn};

#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    /// Milliseconds since the epoch.
    at: i64,
}

/// Hive's only one is 1, LOAD_DONE.
fn mark_name(table: &Table, values: &BTreeMap<String, String>, event_type: i32) -> Result<String> {
    let values: BTreeMap<String, &String> = values.iter().map(|(key, value)| (normalize(key), value)).collect();
    let keys = &table.partition_keys;
    let of_keys: Vec<&String> = keys.iter().filter_map(|key| values.get(&key.name).copied()).collect();
    if keys.is_empty() || values.len() != keys.len() || of_keys.len() != keys.len() {
        return Err(Error::new(
            Kind::InvalidPartition,
            format!(
                "Number of partition columns in table: {} doesn't match with number of supplied partition values: {}",
                keys.len(),
                values.len()
            ),
        ));
    }
    Ok(format!("{event_type} {}", partition_name(keys, &of_keys)?))
}

impl Metastore {
    async fn mark_table(&self, txn: &mut Txn, at: &TableRef) -> Result<Table> {
        let found = txn.table_get(&at.catalog, &at.database, &at.table).await?;
        found.ok_or_else(|| Error::new(Kind::UnknownTable, format!("Table: {at} is not found.")))
    }

    pub async fn partition_mark(&self, at: &TableRef, values: &BTreeMap<String, String>, kind: i32) -> Result<()> {
        self.store
            .retrying("partition_mark", || async {
                let mut txn = self.store.write().await?;
                let table = self.mark_table(&mut txn, at).await?;
                let name = mark_name(&table, values, kind)?;
                let mark = Mark { at: txn.moment(&self.clock).await? };
                txn.document_put(DocumentKind::PartitionMark, &table.id.to_string(), &name, &mark).await?;
                txn.commit().await
            })
            .await
    }

    pub async fn partition_is_marked(
        &self,
        at: &TableRef,
        values: &BTreeMap<String, String>,
        kind: i32,
    ) -> Result<bool> {
        let mut txn = self.store.read().await?;
        let table = self.mark_table(&mut txn, at).await?;
        let name = mark_name(&table, values, kind)?;
        let scope = table.id.to_string();
        Ok(txn.document_get::<Mark>(DocumentKind::PartitionMark, &scope, &name).await?.is_some())
    }
}
