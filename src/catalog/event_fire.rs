//! Events that clients fire: they inserted data past the metastore, or want others to read a table anew.

use serde::{Deserialize, Serialize};
use skep_core::name::partition_name;
use skep_core::table::{Parameters, Table};
use skep_core::{Error, Result};

use super::metastore::Metastore;
use super::reference::TableRef;
use super::table_read::missing;
use crate::store::{NewEvent, Txn};

/// An event to fire.
#[derive(Debug, Clone)]
pub struct EventFire {
    pub at: TableRef,
    /// None: the event is of the table itself.
    pub partition_values: Option<Vec<String>>,
    /// `row` is filled in.
    pub fired: Fired,
}

/// What a client says of it; an INSERT or RELOAD event's body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fired {
    /// The partition's row, as it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<i64>,
    /// The data replaces what was there.
    #[serde(default)]
    pub replace: bool,
    /// Files that were added, each with its checksum and its directory, in Hive's form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// Not an insert: the table is to be read anew, or (false) its cache to be dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh: Option<bool>,
    #[serde(default, skip_serializing_if = "Parameters::is_empty")]
    pub table_parameters: Parameters,
}

impl Metastore {
    /// Fires events, all or none; gives their ids, ascending. With `metastore.dml.events` off nothing is fired.
    pub async fn event_fire(&self, events: &[EventFire]) -> Result<Vec<i64>> {
        if !self.settings.dml_events || events.is_empty() {
            return Ok(Vec::new());
        }
        let seqs = self
            .store
            .retrying("event_fire", || async {
                let mut txn = self.store.write().await?;
                let mut seqs = Vec::with_capacity(events.len());
                let mut table: Option<(&TableRef, Table)> = None;
                for event in events {
                    // As a rule all are of one table.
                    if table.as_ref().is_none_or(|(at, _)| **at != event.at) {
                        let at = &event.at;
                        let found = txn.table_get(&at.catalog, &at.database, &at.table).await?;
                        table = Some((at, found.ok_or_else(|| missing(at))?));
                    }
                    if let Some((_, table)) = &table {
                        seqs.push(self.event_fire_one(&mut txn, table, event).await?);
                    }
                }
                txn.commit().await?;
                Ok(seqs)
            })
            .await?;
        self.store.event_number().await?;
        self.store.peek().await?.event_ids(&seqs).await
    }

    async fn event_fire_one(&self, txn: &mut Txn, table: &Table, event: &EventFire) -> Result<i64> {
        let mut fired = event.fired.clone();
        if let Some(values) = &event.partition_values {
            let name = partition_name(&table.partition_keys, values)?;
            let found = txn.partition_get(table.id, table.version, &name).await?;
            let unknown = || Error::not_found(format!("partition {name} of {} not found", event.at));
            fired.row = Some(found.ok_or_else(unknown)?.id);
        }
        txn.event_insert_seq(&NewEvent {
            kind: if fired.refresh.is_some() { "RELOAD" } else { "INSERT" },
            catalog: Some(&table.catalog),
            database: Some(&table.database),
            table: Some(&table.name),
            version: Some((table.id, table.version)),
            body: &fired,
        })
        .await
    }
}
