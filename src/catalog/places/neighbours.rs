//! What the ledger knows of the surroundings of some places, read within one transaction.

use std::collections::HashMap;

use skep_core::place::Relation;
use skep_core::{Location, PlaceKey, Result};

use super::super::metastore::Metastore;
use super::tasks::FileTask;
use crate::store::{PlaceKind, PlaceRow, PlacedPartition, Txn};

/// Who lies at, above or below some places.
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    pub(super) places: Vec<PlaceRow>,
    /// Partitions with places of their own, of all kept versions of live tables.
    pub(super) partitions: Vec<PlacedPartition>,
    tasks: HashMap<i64, FileTask>,
}

impl Neighbours {
    /// Makes them of holders alone.
    pub(super) fn of(places: Vec<PlaceRow>) -> Self {
        Self { places, ..Self::default() }
    }

    /// Gives a task that touches this place.
    pub(super) fn task_at(&self, key: &PlaceKey) -> Option<&FileTask> {
        let near = self.places.iter().filter(|place| place.kind.is_task() && place.key.touches(key));
        near.filter_map(|place| self.tasks.get(&place.owner)).find(|task| task.touches(key))
    }

    /// Gives the ids of tables, but one, whose places touch one of these.
    pub(super) fn tables(&self, keys: &[PlaceKey], but: i64) -> Vec<i64> {
        self.owners(PlaceKind::Table, but, |place| keys.iter().any(|key| place.touches(key)))
    }

    /// Gives the ids of databases whose places touch one of these.
    pub(super) fn databases(&self, keys: &[PlaceKey]) -> Vec<i64> {
        self.owners(PlaceKind::Database, 0, |place| keys.iter().any(|key| place.touches(key)))
    }

    fn owners(&self, kind: PlaceKind, but: i64, is_near: impl Fn(&PlaceKey) -> bool) -> Vec<i64> {
        let near = self.places.iter().filter(|place| place.kind == kind && place.owner != but && is_near(&place.key));
        let mut ids: Vec<i64> = near.map(|place| place.owner).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Tells whether anything of others, but databases around it, lies around a table's place.
    pub(super) fn crowds(&self, key: &PlaceKey, table_id: i64) -> bool {
        let is_own = |place: &PlaceRow| {
            place.owner == table_id
                && matches!(place.kind, PlaceKind::Table | PlaceKind::Base | PlaceKind::Kept | PlaceKind::Link)
        };
        let around = |place: &PlaceRow| place.kind == PlaceKind::Database && place.key.relation(key) == Relation::Above;
        self.places.iter().any(|place| place.key.touches(key) && !is_own(place) && !around(place))
            || self.partitions.iter().any(|partition| partition.key.touches(key))
    }

    /// Tells whether a default place would be somebody's: something lies at or below it, or it is being deleted.
    pub(super) fn takes(&self, key: &PlaceKey, table_id: i64) -> bool {
        let within = |other: &PlaceKey| matches!(other.relation(key), Relation::At | Relation::Below);
        let is_own = |place: &PlaceRow| place.kind == PlaceKind::Table && place.owner == table_id;
        self.task_at(key).is_some()
            || self.places.iter().any(|place| !place.kind.is_task() && within(&place.key) && !is_own(place))
            || self.partitions.iter().any(|partition| within(&partition.key))
    }
}

impl Metastore {
    /// Reads who lies around these places. Partitions of tables that are going are of no interest.
    pub(super) async fn neighbours(&self, txn: &mut Txn, keys: &[PlaceKey], going: &[i64]) -> Result<Neighbours> {
        if keys.is_empty() {
            return Ok(Neighbours::default());
        }
        let places = txn.places_related(keys).await?;
        let mut partitions = txn.partitions_related(keys, going).await?;
        for link in places.iter().filter(|place| place.kind == PlaceKind::Link) {
            let Ok(location) = Location::parse(&link.location) else { continue };
            let written = PlaceKey::of(&location);
            // Where the link leads now is where its partitions lie.
            let behind = txn.partitions_related(std::slice::from_ref(&written), going).await?;
            let here = behind.into_iter().filter(|one| one.key == written && one.table_id == link.owner);
            partitions.extend(here.map(|one| PlacedPartition { key: link.key.clone(), ..one }));
        }
        let tasks: Vec<i64> = places.iter().filter(|place| place.kind.is_task()).map(|place| place.owner).collect();
        let tasks = if tasks.is_empty() { Vec::new() } else { txn.file_task_list(&tasks).await? };
        let places = places.into_iter().filter(|place| place.kind != PlaceKind::Link).collect();
        Ok(Neighbours { places, partitions, tasks: tasks.into_iter().collect() })
    }

    /// Errors: Meta, to be tried again, where one of these places is being deleted or moved to.
    pub(super) async fn tasks_refuse(&self, txn: &mut Txn, keys: &[PlaceKey]) -> Result<()> {
        let near = txn.place_tasks(keys).await?;
        if near.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = near.iter().map(|place| place.owner).collect();
        let tasks: Vec<(i64, FileTask)> = txn.file_task_list(&ids).await?;
        for key in keys {
            if let Some((_, task)) = tasks.iter().find(|(_, task)| task.touches(key)) {
                return Err(task.refusal(key));
            }
        }
        Ok(())
    }
}
