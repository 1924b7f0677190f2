//! What of a place may be deleted: all, all but what others have, or nothing.

use std::collections::{BTreeSet, HashSet};

use skep_core::place::Relation;
use skep_core::table::Table;
use skep_core::{Location, PlaceKey, Result};

use super::super::metastore::Metastore;
use super::neighbours::Neighbours;
use super::tasks::{FileTask, Recorded};
use crate::store::{PlaceKind, PlaceRow, PlacedPartition, Txn};
use crate::warehouse::Deletion;

/// Objects that go with the transaction: what they have does not keep a place.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Going {
    /// Tables that are dropped.
    pub(in super::super) tables: Vec<i64>,
    pub(in super::super) databases: Vec<i64>,
    /// The table whose partitions go: what its earlier versions show does not keep a place.
    pub(in super::super) partitions_of: Option<i64>,
    /// Names of those partitions, or of those that are emptied: each is the only one at the place that follows from it.
    pub(in super::super) partitions: HashSet<String>,
    /// Nothing else lies around the table's place, and all that goes lies there by its name: nobody needs to be asked.
    pub(in super::super) is_alone: bool,
    /// Places of the objects that go whose data stays: it is kept like that of others.
    pub(in super::super) data_stays: Vec<PlaceKey>,
}

/// A place whose data was not deleted, and who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceKept {
    pub location: String,
    /// `table hive.d.t`, `partition p=1 of table hive.d.t`, `database hive.d`, …
    pub holder: String,
}

/// What a transaction decided on files.
#[derive(Debug, Default)]
pub(in super::super) struct Decided {
    pub(in super::super) recorded: Recorded,
    pub(in super::super) kept: Vec<PlaceKept>,
}

/// Who has a place that was to be deleted.
enum Share {
    Nobody,
    /// All of it stays.
    Whole(Holder),
    /// These places in it stay.
    Parts(BTreeSet<PlaceKey>, Holder),
}

#[derive(Debug, Clone)]
enum Holder {
    Place(PlaceRow),
    Partition(PlacedPartition),
    /// A partition that lies by its name below this place.
    Named(PlaceRow, String),
    /// Data of an object that goes without it.
    Left,
}

impl Metastore {
    /// Decides on deletions within the transaction that has changed the metadata, and records what is left to be done.
    /// Gives the task, and what stays since somebody else has it.
    pub(in super::super) async fn deletions_decide(
        &self,
        txn: &mut Txn,
        mut deletions: Vec<Deletion>,
        going: &Going,
    ) -> Result<Decided> {
        if deletions.is_empty() {
            return Ok(Decided::default());
        }
        self.deletions_resolve(&mut deletions).await;
        let keys: Vec<PlaceKey> = deletions.iter().flat_map(|one| one.keys.iter().cloned()).collect();
        if going.is_alone {
            let recorded = self.task_record_alone(txn, FileTask::Delete { places: deletions }).await?;
            return Ok(Decided { recorded, kept: Vec::new() });
        }
        txn.places_lock(&keys).await?;
        let near = self.neighbours(txn, &keys, &going.tables).await?;
        let (mut go, mut kept) = (Vec::with_capacity(deletions.len()), Vec::new());
        for mut deletion in deletions {
            let mut parts = BTreeSet::new();
            let mut is_whole = false;
            for key in deletion.keys.clone() {
                let (share, holder) = match self.share(txn, &near, &key, going).await? {
                    Share::Nobody => continue,
                    Share::Whole(holder) => (None, holder),
                    Share::Parts(parts, holder) => (Some(parts), holder),
                };
                is_whole |= share.is_none();
                parts.extend(share.into_iter().flatten());
                let holder = self.holder_name(txn, &holder).await?;
                tracing::info!(location = %deletion.location, %holder, "data that somebody else has is kept");
                kept.push(PlaceKept { location: deletion.location.to_string(), holder });
            }
            if !is_whole {
                deletion.except = parts.into_iter().collect();
                go.push(deletion);
            }
        }
        let recorded = self.task_record(txn, FileTask::Delete { places: go }).await?;
        Ok(Decided { recorded, kept })
    }

    /// Gives the places where a table's data lies: its own, and those of its partitions that lie elsewhere.
    pub(in super::super) async fn table_data(&self, txn: &mut Txn, table: &Table) -> Result<Vec<PlaceKey>> {
        let Some(base) = super::claim::place_of(table) else { return Ok(Vec::new()) };
        let mut locations = vec![base.clone()];
        let apart = txn.partition_apart(table.id, table.location().unwrap_or_default()).await?;
        locations.extend(apart.iter().filter_map(|text| Location::parse(text).ok()).filter(|at| !at.is_within(&base)));
        Ok(self.warehouse.place_keys(&locations).await)
    }

    /// Fills in the keys of places.
    pub(in super::super) async fn deletions_resolve(&self, deletions: &mut [Deletion]) {
        let locations: Vec<_> = deletions.iter().map(|one| one.location.clone()).collect();
        let keys = self.warehouse.deletion_keys(&locations).await;
        for (deletion, keys) in deletions.iter_mut().zip(keys) {
            deletion.keys = keys;
        }
    }

    /// Tells whether anybody but those who go has this place, something in it, or what it lies in.
    pub(in super::super) async fn place_is_shared(
        &self,
        txn: &mut Txn,
        keys: &[PlaceKey],
        going: &Going,
    ) -> Result<bool> {
        let near = self.neighbours(txn, keys, &going.tables).await?;
        for key in keys {
            if !matches!(self.share(txn, &near, key, going).await?, Share::Nobody) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn share(&self, txn: &mut Txn, near: &Neighbours, key: &PlaceKey, going: &Going) -> Result<Share> {
        let mut parts = BTreeSet::new();
        let mut holder = None;
        let gone: HashSet<i64> = going.tables.iter().copied().collect();
        for left in going.data_stays.iter().filter(|left| left.touches(key)) {
            if left.relation(key) != Relation::Below {
                return Ok(Share::Whole(Holder::Left));
            }
            parts.insert(left.clone());
            holder.get_or_insert(Holder::Left);
        }
        for partition in near.partitions.iter().filter(|one| one.key.touches(key) && !gone.contains(&one.table_id)) {
            let is_own = going.partitions_of == Some(partition.table_id);
            if is_own && (!partition.is_live || going.partitions.contains(&partition.name)) {
                continue;
            }
            if partition.key.relation(key) != Relation::Below {
                return Ok(Share::Whole(Holder::Partition(partition.clone())));
            }
            parts.insert(partition.key.clone());
            holder.get_or_insert_with(|| Holder::Partition(partition.clone()));
        }
        for place in near.places.iter().filter(|one| one.key.touches(key)) {
            let is_going = match place.kind {
                PlaceKind::Database => going.databases.contains(&place.owner),
                PlaceKind::Deletion => true,
                PlaceKind::Move => false,
                _ => gone.contains(&place.owner),
            };
            if is_going {
                continue;
            }
            let by_name = key.path_below(&place.key).is_some_and(|path| going.partitions.contains(path));
            if by_name && place.kind == PlaceKind::Table && going.partitions_of == Some(place.owner) {
                continue;
            }
            match self.place_share(txn, near, place, key).await? {
                Share::Nobody => {}
                Share::Whole(holder) => return Ok(Share::Whole(holder)),
                Share::Parts(more, of) => {
                    parts.extend(more);
                    holder.get_or_insert(of);
                }
            }
        }
        Ok(holder.map_or(Share::Nobody, |holder| Share::Parts(parts, holder)))
    }

    /// What one holder has of a place.
    async fn place_share(&self, txn: &mut Txn, near: &Neighbours, place: &PlaceRow, key: &PlaceKey) -> Result<Share> {
        let holder = || Holder::Place(place.clone());
        let relation = place.key.relation(key);
        if place.kind == PlaceKind::Move {
            let Some(task) = near.task_at(key) else { return Ok(Share::Nobody) };
            let within = task.places_below(key);
            return Ok(if within.is_empty() { Share::Whole(holder()) } else { Share::Parts(within, holder()) });
        }
        if place.kind == PlaceKind::Base && !txn.base_is_used(place.owner, &place.location).await? {
            return Ok(Share::Nobody);
        }
        match relation {
            Relation::At => Ok(Share::Whole(holder())),
            Relation::Below => Ok(Share::Parts([place.key.clone()].into(), holder())),
            Relation::Above if place.is_leaf => Ok(Share::Whole(holder())),
            Relation::Above if matches!(place.kind, PlaceKind::Table | PlaceKind::Base) => {
                let Some(path) = key.path_below(&place.key) else { return Ok(Share::Nobody) };
                let names = txn.partitions_below_base(place.owner, &place.location, path).await?;
                let Some(first) = names.first() else { return Ok(Share::Nobody) };
                let named = Holder::Named(place.clone(), first.clone());
                let within: BTreeSet<PlaceKey> = names.iter().map(|name| place.key.join(name)).collect();
                let is_whole = within.iter().any(|one| one.relation(key) != Relation::Below);
                Ok(if is_whole { Share::Whole(named) } else { Share::Parts(within, named) })
            }
            Relation::Above | Relation::Apart => Ok(Share::Nobody),
        }
    }

    async fn holder_name(&self, txn: &mut Txn, holder: &Holder) -> Result<String> {
        let (place, partition) = match holder {
            Holder::Place(place) => (place, None),
            Holder::Named(place, name) => (place, Some(name.as_str())),
            Holder::Partition(partition) => {
                let table = table_name(txn, partition.table_id).await?;
                let earlier = if partition.is_live { "" } else { "an earlier version of " };
                return Ok(format!("{earlier}partition {} of table {table}", partition.name));
            }
            Holder::Left => return Ok("an external table that is dropped without its data".to_owned()),
        };
        Ok(match (place.kind, partition) {
            (PlaceKind::Database, _) => format!("a database at {}", place.location),
            (PlaceKind::Quarantine, _) => format!("the batch {} in quarantine", place.name),
            (PlaceKind::Compaction, _) => {
                format!("compaction {} of {}", place.name, table_name(txn, place.owner).await?)
            }
            (PlaceKind::Move, _) => "an object that is being moved there".to_owned(),
            (PlaceKind::Kept, _) => format!("an earlier version of table {}", table_name(txn, place.owner).await?),
            (_, Some(name)) => format!("partition {name} of table {}", table_name(txn, place.owner).await?),
            (_, None) => format!("table {}", table_name(txn, place.owner).await?),
        })
    }
}

async fn table_name(txn: &mut Txn, id: i64) -> Result<String> {
    let found = txn.table_places(&[id]).await?.pop();
    Ok(found.map_or_else(|| format!("number {id}"), |at| format!("{}.{}.{}", at.catalog, at.database, at.name)))
}
