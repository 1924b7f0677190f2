//! Directories around a commit: made before it, and taken back when it fails, as far as they are nobody's by then.

use std::collections::HashSet;

use skep_core::{Location, PlaceKey, Result};

use super::caller::Caller;
use super::metastore::Metastore;
use super::places::{Going, hold_row};
use super::together::Undo;
use crate::store::unconditionally;
use crate::warehouse::Created;

impl Metastore {
    /// Makes directories, runs the write, and takes them back if it fails.
    pub(super) async fn with_directories<T, F>(
        &self,
        caller: &Caller,
        locations: Vec<Location>,
        write: impl FnOnce(Vec<Created>) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let created = self.warehouse.directories_create(locations.clone(), caller.user()).await?;
        let outcome = write(created.clone()).await;
        if outcome.is_ok() {
            self.directories_keep(caller, locations, created).await;
        } else {
            self.directories_take_back(created, None).await;
        }
        outcome
    }

    /// After the commit: a directory that was there before may have been one that a failed call has taken back since.
    pub(super) async fn directories_keep(&self, caller: &Caller, locations: Vec<Location>, created: Vec<Created>) {
        let found: Vec<Location> = locations
            .into_iter()
            .zip(&created)
            .filter(|(location, created)| location.is_file() && !created.newly_made())
            .map(|(location, _)| location)
            .collect();
        self.undo_later(Undo::Created(created));
        if found.is_empty() || self.store.is_joined() {
            return;
        }
        if let Err(error) = self.warehouse.directories_create(found, caller.user()).await {
            tracing::warn!(%error, "a directory that was there is gone and could not be made again");
        }
    }

    /// Takes back directories that were made for a commit which failed, as far as they are empty and nobody's. `table` is
    /// the one whose partitions they were made for.
    pub(super) async fn directories_take_back(&self, created: Vec<Created>, table: Option<i64>) {
        let made: Vec<Created> = created.into_iter().filter(Created::newly_made).collect();
        if made.is_empty() {
            return;
        }
        if let Err(error) = unconditionally(self.directories_take_back_free(made, table)).await {
            tracing::warn!(%error, "directories that were made for a failed call stay");
        }
    }

    /// Within a transaction that holds the places and then ends without a trace: who wants one meanwhile waits, and makes
    /// its directory again.
    async fn directories_take_back_free(&self, made: Vec<Created>, table: Option<i64>) -> Result<()> {
        let mut txn = self.store.write().await?;
        if let Some(id) = table {
            txn.tables_lock(&[id]).await?;
        }
        let mut free = Vec::with_capacity(made.len());
        for mut created in made {
            let places: Vec<Location> = created.directories();
            let keys: Vec<PlaceKey> = self.warehouse.place_keys(&places).await;
            let mut taken = HashSet::new();
            for (place, key) in places.iter().zip(&keys) {
                txn.place_insert(&hold_row(key)).await?;
                if self.place_is_shared(&mut txn, std::slice::from_ref(key), &Going::default()).await? {
                    taken.insert(place.clone());
                }
            }
            created.retain(|place| !taken.contains(place));
            free.push(created);
        }
        self.warehouse.directories_undo(free).await
    }

    /// Removes these directories, the deepest first, as far as they are empty and nobody's.
    pub(super) async fn directories_tidy(&self, parents: Vec<Location>) {
        for parent in self.parents_later(parents) {
            if let Err(error) = unconditionally(self.directory_tidy(&parent)).await {
                tracing::warn!(location = %parent, %error, "an empty directory could not be removed");
            }
        }
    }

    /// Removes a directory that is empty and nobody's; says whether it did.
    pub(super) async fn directory_tidy(&self, location: &Location) -> Result<bool> {
        if !location.is_file() {
            return Ok(false);
        }
        let keys = [self.warehouse.place_key(location).await];
        let mut txn = self.store.write().await?;
        txn.places_lock(&keys).await?;
        if self.place_is_shared(&mut txn, &keys, &Going::default()).await? {
            return Ok(false);
        }
        self.warehouse.directory_remove_if_empty(location).await
    }
}
