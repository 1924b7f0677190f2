//! Registrations that were refused, kept as documents that the layer above makes and reads.

use serde::Serialize;
use serde::de::DeserializeOwned;
use skep_core::{Location, Result};

use super::metastore::Metastore;
use super::together::RequestKey;
use crate::store::{DocumentKind, PlaceKind};

/// More files of a batch than this are held by the directories that they lie in.
const PLACES_MAX: usize = 100;

/// Few places that hold all of these.
fn held(places: &[Location]) -> Vec<Location> {
    let mut held: Vec<Location> = places.to_vec();
    loop {
        held.sort_unstable();
        held.dedup();
        if held.len() <= PLACES_MAX {
            return held;
        }
        let before = held.clone();
        held = held.iter().map(|one| one.parent().filter(|up| !up.is_root()).unwrap_or_else(|| one.clone())).collect();
        if held == before {
            return held;
        }
    }
}

impl Metastore {
    /// Keeps a batch, whose files lie at these places, and gives its id.
    pub async fn quarantine_insert<T: Serialize + Sync>(&self, batch: &T, places: &[Location]) -> Result<String> {
        self.store
            .retrying("quarantine_insert", || async {
                let mut txn = self.store.write().await?;
                let id = format!("q{:08}", txn.counter_next("quarantine", 1).await?);
                txn.document_insert(DocumentKind::Quarantine, "", &id, batch).await?;
                for place in &held(places) {
                    self.place_hold(&mut txn, PlaceKind::Quarantine, 0, &id, place).await?;
                }
                txn.commit().await?;
                Ok(id)
            })
            .await
    }

    pub async fn quarantine_get<T: DeserializeOwned>(&self, id: &str) -> Result<Option<T>> {
        self.store.peek().await?.document_get(DocumentKind::Quarantine, "", id).await
    }

    /// By id.
    pub async fn quarantine_list<T: DeserializeOwned + Send>(&self) -> Result<Vec<(String, T)>> {
        self.store.peek().await?.document_list(DocumentKind::Quarantine, "").await
    }

    /// False where there is none.
    pub async fn quarantine_delete(&self, id: &str) -> Result<bool> {
        self.store
            .retrying("quarantine_delete", || async {
                let mut txn = self.store.write().await?;
                let found = txn.document_delete(DocumentKind::Quarantine, "", id).await?;
                txn.place_delete_named(PlaceKind::Quarantine, 0, id).await?;
                txn.commit().await?;
                Ok(found)
            })
            .await
    }

    /// What a request was answered that was here before. Errors: InvalidInput where it was another one.
    pub async fn request_answer(&self, key: &RequestKey) -> Result<Option<Vec<u8>>> {
        let found = self.store.peek().await?.request_get(key.scope, &key.id).await?;
        let Some(found) = found else { return Ok(None) };
        super::together::replay(key, &found.body_hash, found.answer.as_deref()).map(|done| Some(done.answer))
    }
}
