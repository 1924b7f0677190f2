//! Placing partitions: those with places of their own, and those whose places follow from the table's and their names.

use std::collections::HashSet;

use skep_core::partition::Partition;
use skep_core::place::Relation;
use skep_core::table::{Table, TableType};
use skep_core::{Location, PlaceKey, Result};

use super::super::metastore::Metastore;
use super::claim::name_apart;
use super::neighbours::Neighbours;
use super::rows::link_row;
use crate::store::{PlaceKind, PlaceRow, Txn};

/// Default places of some partitions that somebody has.
#[derive(Debug, Default)]
pub(in super::super) struct DefaultPlaces {
    pub(in super::super) taken: HashSet<String>,
}

/// A partition's own place.
struct OwnPlace<'p> {
    location: &'p str,
    /// As it is written, and where it leads.
    written: PlaceKey,
    real: PlaceKey,
}

/// Whether a partition's place is told by the table's and its name alone.
fn is_by_name(table: &Table, partition: &Partition) -> bool {
    let (Some(base), Some(location)) = (table.location(), partition.location()) else { return false };
    location.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')) == Some(&partition.name)
}

impl Metastore {
    /// Lets the ledger follow partitions that are added to a locked table, or whose places change. The rows themselves hold
    /// the places. Errors: Meta where one is being deleted; Conflict where a default place is somebody's by now.
    pub(in super::super) async fn partitions_place_follow<'p>(
        &self,
        txn: &mut Txn,
        table: &Table,
        partitions: impl IntoIterator<Item = &'p Partition>,
    ) -> Result<()> {
        let (by_name, own): (Vec<&Partition>, Vec<&Partition>) =
            partitions.into_iter().filter(|p| p.location().is_some()).partition(|p| is_by_name(table, p));
        let is_crowded = (!by_name.is_empty() || !own.is_empty()) && txn.table_is_crowded(table.id).await?;
        if !own.is_empty() {
            self.own_places_take(txn, table, &own).await?;
        }
        if by_name.is_empty() || !is_crowded {
            return Ok(());
        }
        let names: Vec<&str> = by_name.iter().map(|p| p.name.as_str()).collect();
        let keys = self.keys_by_name(txn, table, &names).await?;
        txn.places_lock(&keys).await?;
        self.tasks_refuse(txn, &keys).await
    }

    /// Lets partitions whose rows were replaced by such at other places still hold the places that follow from their names:
    /// their data lies there, for earlier versions to show.
    pub(in super::super) async fn partitions_place_leave<'p>(
        &self,
        txn: &mut Txn,
        table: &Table,
        moved: impl IntoIterator<Item = &'p Partition>,
    ) -> Result<()> {
        let left = moved.into_iter().filter(|old| is_by_name(table, old));
        let left = left.filter_map(|old| Some((old.id, PlaceKey::of(&Location::parse(old.location()?).ok()?))));
        let left: Vec<(i64, PlaceKey)> = left.collect();
        if left.is_empty() {
            return Ok(());
        }
        txn.places_crowd(&[table.id], &[]).await?;
        txn.partitions_key(&left).await
    }

    async fn own_places_take(&self, txn: &mut Txn, table: &Table, own: &[&Partition]) -> Result<()> {
        let parsed: Vec<(&str, Location)> = own
            .iter()
            .filter_map(|p| p.location())
            .filter_map(|text| Some((text, Location::parse(text).ok()?)))
            .collect();
        let locations: Vec<Location> = parsed.iter().map(|(_, location)| location.clone()).collect();
        let real = self.warehouse.place_keys(&locations).await;
        let places = parsed.iter().zip(real);
        let places: Vec<OwnPlace<'_>> = places
            .map(|((text, location), real)| OwnPlace { location: text, written: PlaceKey::of(location), real })
            .collect();
        let mut keys: Vec<PlaceKey> = places.iter().map(|place| place.real.clone()).collect();
        keys.sort_unstable();
        keys.dedup();
        if keys.is_empty() {
            return Ok(());
        }
        txn.places_lock(&keys).await?;
        let near = Neighbours::of(txn.places_related(&keys).await?);
        let table_key = self.table_key(txn, table).await?;
        // What lies in the table's own place concerns no other table's default place.
        let outside: Vec<PlaceKey> = keys
            .iter()
            .filter(|key| !table_key.as_ref().is_some_and(|own| key.relation(own) == Relation::Below))
            .cloned()
            .collect();
        txn.places_crowd(&near.tables(&keys, 0), &near.databases(&outside)).await?;
        self.tasks_refuse(txn, &keys).await?;
        let linked = places.iter().filter(|place| place.written != place.real);
        let links: Vec<PlaceRow> = linked.map(|place| link_row(place.real.clone(), table.id, place.location)).collect();
        self.links_note(txn, table.id, links).await
    }

    /// Notes the links of a locked table that are not known yet, each once.
    async fn links_note(&self, txn: &mut Txn, table_id: i64, links: Vec<PlaceRow>) -> Result<()> {
        if links.is_empty() {
            return Ok(());
        }
        let known = txn.place_of(PlaceKind::Link, table_id).await?;
        let mut known: HashSet<(PlaceKey, String)> = known.into_iter().map(|row| (row.key, row.location)).collect();
        for row in links {
            if known.insert((row.key.clone(), row.location.clone())) {
                txn.place_insert(&row).await?;
            }
        }
        Ok(())
    }

    /// The table's place as the ledger has it.
    pub(in super::super) async fn table_key(&self, txn: &mut Txn, table: &Table) -> Result<Option<PlaceKey>> {
        let known = txn.place_of(PlaceKind::Table, table.id).await?.into_iter().next().map(|row| row.key);
        Ok(known.or_else(|| super::claim::place_of(table).map(|location| PlaceKey::of(&location))))
    }

    async fn keys_by_name(&self, txn: &mut Txn, table: &Table, names: &[&str]) -> Result<Vec<PlaceKey>> {
        let Some(base) = self.table_key(txn, table).await? else { return Ok(Vec::new()) };
        Ok(names.iter().map(|name| base.join(name)).collect())
    }

    /// Tells which of these partitions cannot have the places that follow from their names. What lies in the directory
    /// of an external table belongs to it, whoever else has it; but what is being deleted is nobody's.
    pub(in super::super) async fn default_places(
        &self,
        txn: &mut Txn,
        table: &Table,
        names: &[&str],
    ) -> Result<DefaultPlaces> {
        let mut places = DefaultPlaces::default();
        if names.is_empty() || !txn.table_is_crowded(table.id).await? {
            return Ok(places);
        }
        let keys = self.keys_by_name(txn, table, names).await?;
        let near = self.neighbours(txn, &keys, &[]).await?;
        let is_managed = table.table_type == TableType::Managed;
        for (name, key) in names.iter().zip(&keys) {
            let within = |other: &PlaceKey| matches!(other.relation(key), Relation::At | Relation::Below);
            let of_own = near.partitions.iter().any(|one| one.table_id == table.id && one.is_live && within(&one.key));
            if near.task_at(key).is_some() || of_own || (is_managed && near.takes(key, table.id)) {
                places.taken.insert((*name).to_owned());
            }
        }
        Ok(places)
    }
}

impl DefaultPlaces {
    /// Gives the place of a partition of which nothing is said, below the table's.
    pub(in super::super) fn place(&self, base: &Location, name: &str) -> Location {
        if self.taken.contains(name) { base.join(&name_apart(name)) } else { base.join(name) }
    }
}
