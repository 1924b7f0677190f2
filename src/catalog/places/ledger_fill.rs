//! Filling the ledger of a store that was made before there was one; and keeping it in step with the configured roots.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use skep_core::table::{Database, TableType};
use skep_core::{Location, PlaceKey, Result};

use super::super::metastore::Metastore;
use super::claim::place_of;
use super::rows::{base_row, damaged_row, database_row, link_row, table_row};
use crate::store::{DocumentKind, PlaceKind, StoredDatabase, Txn};

/// So many tables are read at a time.
const TABLES_MAX: i64 = 1_000;
/// So many partitions get their keys in one statement.
const PARTITIONS_MAX: i64 = 2_500;

/// What was filled in, and for which roots.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Filled {
    managed: String,
    external: String,
}

impl Metastore {
    /// Notes the places of all that is there already, once, and those of databases anew when the roots are others.
    pub(in super::super) async fn ledger_fill(&self) -> Result<()> {
        let layout = self.warehouse.layout();
        let wanted =
            Filled { managed: layout.managed_root().to_string(), external: layout.external_root().to_string() };
        let filled = self.store.peek().await?.document_get::<Filled>(DocumentKind::Node, "", "places").await?;
        if filled.as_ref() == Some(&wanted) {
            return Ok(());
        }
        self.store.retrying("ledger_fill", || self.ledger_fill_once(filled.is_none(), &wanted)).await
    }

    async fn ledger_fill_once(&self, is_first: bool, wanted: &Filled) -> Result<()> {
        let mut txn = self.store.write().await?;
        let (databases, damaged) = txn.database_list_all().await?;
        for database in &databases {
            let known = txn.place_of(PlaceKind::Database, database.id).await?;
            for (name, location) in self.database_places(&database.database)? {
                let key = self.warehouse.place_key(&location).await;
                if !known.iter().any(|row| row.key == key) {
                    txn.place_insert(&database_row(key, database.id, name, &location)).await?;
                }
            }
        }
        for one in &damaged {
            let known = txn.place_of(PlaceKind::Database, one.id).await?;
            for (key, location) in self.places_that_may_be(&one.locations).await {
                if !known.iter().any(|row| row.key == key) {
                    txn.place_insert(&database_row(key, one.id, "damaged", &location)).await?;
                }
            }
        }
        if is_first {
            let odd = self.tables_fill(&mut txn, &databases).await?;
            self.partitions_fill(&mut txn).await?;
            for (id, key) in odd {
                self.crowd_around(&mut txn, id, &key).await?;
            }
            tracing::info!("the places of tables, databases and partitions are noted");
        }
        txn.document_put(DocumentKind::Node, "", "places", wanted).await?;
        txn.commit().await
    }

    /// Gives those that do not lie where their names would have them.
    async fn tables_fill(&self, txn: &mut Txn, databases: &[StoredDatabase]) -> Result<Vec<(i64, PlaceKey)>> {
        let known: HashMap<(&str, &str), &Database> = databases
            .iter()
            .map(|one| ((one.database.catalog.as_str(), one.database.name.as_str()), &one.database))
            .collect();
        let (mut after, mut odd) = (0, Vec::new());
        loop {
            let page = txn.table_page(after, TABLES_MAX).await?;
            let Some(last) = page.last else { return Ok(odd) };
            after = last;
            for one in &page.damaged {
                for (key, location) in self.places_that_may_be(&one.locations).await {
                    odd.push((one.id, key.clone()));
                    txn.place_insert(&damaged_row(key, one.id, &location)).await?;
                }
            }
            let placed: Vec<_> = page.tables.iter().filter_map(|table| Some((table, place_of(table)?))).collect();
            let locations: Vec<_> = placed.iter().map(|(_, location)| location.clone()).collect();
            let keys: Vec<PlaceKey> = self.warehouse.place_keys(&locations).await;
            for ((table, place), key) in placed.into_iter().zip(keys) {
                let external = table.table_type == TableType::External;
                let usual = known
                    .get(&(table.catalog.as_str(), table.database.as_str()))
                    .and_then(|database| self.table_location_default(database, &table.name, external).ok());
                if usual.is_none_or(|usual| !usual.same_place(&place)) {
                    odd.push((table.id, key.clone()));
                }
                txn.place_insert(&table_row(key, table)).await?;
                for base in txn.bases_of(table.id).await? {
                    let Ok(place) = Location::parse(&base) else { continue };
                    if Some(base.as_str()) == table.location() {
                        continue;
                    }
                    let key = self.warehouse.place_key(&place).await;
                    txn.place_insert(&base_row(key, table.id, base)).await?;
                }
            }
        }
    }

    /// Gives the places that a damaged definition may mean: what lies there is held like what a sound one names.
    async fn places_that_may_be(&self, locations: &[String]) -> Vec<(PlaceKey, Location)> {
        let mut places = Vec::with_capacity(locations.len());
        for location in locations.iter().filter_map(|text| Location::parse(text).ok()) {
            places.push((self.warehouse.place_key(&location).await, location));
        }
        places
    }

    /// Tells those around a place that they are not alone.
    async fn crowd_around(&self, txn: &mut Txn, own: i64, key: &PlaceKey) -> Result<()> {
        let keys = std::slice::from_ref(key);
        let near = self.neighbours(txn, keys, &[own]).await?;
        let mut tables = near.tables(keys, own);
        if near.crowds(key, own) {
            tables.push(own);
        }
        txn.places_crowd(&tables, &near.databases(keys)).await
    }

    /// Partitions with places of their own get the keys of these, and those that links lead to.
    async fn partitions_fill(&self, txn: &mut Txn) -> Result<()> {
        let mut after = 0;
        loop {
            let page = txn.partitions_placed(after, PARTITIONS_MAX).await?;
            let Some((last, ..)) = page.last() else { return Ok(()) };
            after = *last;
            let mut keys = Vec::with_capacity(page.len());
            for (id, table_id, text) in &page {
                let Ok(location) = Location::parse(text) else { continue };
                let written = PlaceKey::of(&location);
                let real = self.warehouse.place_key(&location).await;
                if real != written {
                    txn.place_insert(&link_row(real.clone(), *table_id, text)).await?;
                }
                self.crowd_around(txn, *table_id, &real).await?;
                txn.places_crowd(&[*table_id], &[]).await?;
                keys.push((*id, written));
            }
            txn.partitions_key(&keys).await?;
        }
    }
}
