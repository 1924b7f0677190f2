//! Placing tables and databases: named places beside whoever has them, default places where nobody is.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use skep_core::place::Relation;
use skep_core::table::{Database, Table};
use skep_core::{Error, Kind, Location, Result};

use super::super::metastore::Metastore;
use super::rows::{database_row, table_row};
use crate::store::{PlaceKind, PlaceRow, Txn};
use crate::warehouse::DatabasePlace;

/// How a place came to be an object's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Placing {
    /// Nobody named it: it must not be anybody's.
    Default,
    /// It was named, and is the one that the object's name would get.
    NamedDefault,
    Named,
}

/// A table's place from now on.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct TablePlaceChange<'a> {
    /// With its id.
    pub(in super::super) new: &'a Table,
    /// None: it is made.
    pub(in super::super) old: Option<&'a Table>,
    pub(in super::super) placing: Placing,
    /// The data moves along, so that no earlier version has any at the old place.
    pub(in super::super) is_moved: bool,
}

/// A name for what cannot have its own: `NAME-` and something that nothing else has.
pub(in super::super) fn name_apart(name: &str) -> String {
    format!("{name}-{:08x}", RandomState::new().build_hasher().finish() >> 32)
}

/// The place that a table's definition names; none for a view, or where the text is no location.
pub(super) fn place_of(table: &Table) -> Option<Location> {
    let text = table.location().filter(|text| !text.is_empty() && !table.is_view())?;
    Location::parse(text).ok()
}

/// What a database's own places are for, by which they are found again.
const LOCATION: &str = "location";
const MANAGED: &str = "managed";
/// Those that a database's directories are; its external tables may lie elsewhere.
pub(in super::super) const MANAGED_PLACES: [&str; 2] = [LOCATION, MANAGED];
const EXTERNAL: &str = "external";

impl Metastore {
    /// Lets the ledger follow a table whose row the transaction has locked or made. Errors: Conflict where a default place
    /// is somebody's: choose another; Meta where the place is being deleted.
    pub(in super::super) async fn table_place_follow(&self, txn: &mut Txn, change: TablePlaceChange<'_>) -> Result<()> {
        let TablePlaceChange { new, old, placing, is_moved } = change;
        let (now, before) = (place_of(new), old.and_then(place_of));
        if old.is_some_and(|old| old.location() == new.location() && old.is_partitioned() == new.is_partitioned()) {
            return Ok(());
        }
        if let Some(old) = old {
            self.table_place_leave(txn, old, before.as_ref(), is_moved).await?;
        }
        let Some(location) = now else { return Ok(()) };
        let key = self.warehouse.place_key(&location).await;
        self.place_take(txn, table_row(key, new), placing).await
    }

    /// What was the table's place stays known as long as a version shows data there.
    async fn table_place_leave(
        &self,
        txn: &mut Txn,
        old: &Table,
        place: Option<&Location>,
        is_moved: bool,
    ) -> Result<()> {
        let known = txn.place_of(PlaceKind::Table, old.id).await?;
        txn.place_delete(PlaceKind::Table, old.id).await?;
        if place.is_none() || is_moved {
            return Ok(());
        }
        for row in known {
            let kind = if old.is_partitioned() { PlaceKind::Base } else { PlaceKind::Kept };
            if kind == PlaceKind::Kept || txn.base_is_used(old.id, &row.location).await? {
                txn.place_insert(&PlaceRow { kind, is_leaf: kind == PlaceKind::Kept, ..row }).await?;
            }
        }
        Ok(())
    }

    /// Lets a table whose data was moved to a place of its own forget that it had neighbours.
    pub(in super::super) async fn table_alone_again(&self, txn: &mut Txn, table: &Table) -> Result<()> {
        let Some(location) = place_of(table) else { return Ok(()) };
        let key = self.warehouse.place_key(&location).await;
        let near = self.neighbours(txn, std::slice::from_ref(&key), &[]).await?;
        if near.crowds(&key, table.id) { Ok(()) } else { txn.table_alone(table.id).await }
    }

    /// Notes a holder, and tells those around it that they are not alone any more.
    pub(super) async fn place_take(&self, txn: &mut Txn, row: PlaceRow, placing: Placing) -> Result<()> {
        let keys = std::slice::from_ref(&row.key);
        txn.places_lock(keys).await?;
        let near = self.neighbours(txn, keys, &[]).await?;
        let own = if row.kind == PlaceKind::Table { row.owner } else { 0 };
        if placing == Placing::Default && near.takes(&row.key, own) {
            return Err(Error::new(Kind::Conflict, format!("the place {} was taken meanwhile", row.location)));
        }
        let databases = if placing == Placing::Named { near.databases(keys) } else { Vec::new() };
        txn.places_crowd(&near.tables(keys, own), &databases).await?;
        // Those who were at work beside are done by now: they are seen.
        self.tasks_refuse(txn, keys).await?;
        txn.place_insert(&row).await?;
        if near.crowds(&row.key, own) {
            match row.kind {
                PlaceKind::Table => txn.places_crowd(&[row.owner], &[]).await?,
                PlaceKind::Database => txn.places_crowd(&[], &[row.owner]).await?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Gives a place below `base` that is nobody's, by the name if that can be.
    pub(in super::super) async fn place_choose(&self, base: &Location, name: &str) -> Result<Location> {
        let mut place = base.join(name);
        loop {
            let keys = [self.warehouse.place_key(&place).await];
            let mut txn = self.store.read().await?;
            let near = self.neighbours(&mut txn, &keys, &[]).await?;
            if !near.takes(&keys[0], 0) {
                return Ok(place);
            }
            // A place within one that is being deleted would be no better by another name.
            if near.places.iter().any(|one| one.kind.is_task() && one.key.relation(&keys[0]) == Relation::Above)
                && let Some(task) = near.task_at(&keys[0])
                && task.touches(&self.warehouse.place_key(base).await)
            {
                return Err(task.refusal(&keys[0]));
            }
            place = base.join(&name_apart(name));
        }
    }

    /// Gives what the places of a database's tables depend on. Errors: InvalidOperation where a location of it is none.
    pub(in super::super) fn database_place<'d>(&self, database: &'d Database) -> Result<DatabasePlace<'d>> {
        Ok(DatabasePlace {
            name: &database.name,
            in_default_catalog: database.catalog == self.default_catalog(),
            location: Location::parse(&database.location)?,
            managed_location: database.managed_location.as_deref().map(Location::parse).transpose()?,
        })
    }

    /// Gives the places that a database has, and gives to its tables, each with what it is for.
    pub(in super::super) fn database_places(&self, database: &Database) -> Result<Vec<(&'static str, Location)>> {
        let place = self.database_place(database)?;
        let layout = self.warehouse.layout();
        let mut all = vec![(LOCATION, place.location.clone())];
        let others = [
            (MANAGED, layout.managed_database_location(&place)),
            (EXTERNAL, layout.external_database_location(&place)),
        ];
        for (name, other) in others {
            if !all.iter().any(|(_, known)| known.same_place(&other)) {
                all.push((name, other));
            }
        }
        Ok(all)
    }

    /// Notes the places of a database that has just been made or changed.
    pub(in super::super) async fn database_place_follow(
        &self,
        txn: &mut Txn,
        id: i64,
        database: &Database,
        placing: Placing,
    ) -> Result<()> {
        let known = txn.place_of(PlaceKind::Database, id).await?;
        for (name, location) in self.database_places(database)? {
            let key = self.warehouse.place_key(&location).await;
            if known.iter().any(|row| row.key == key) {
                continue;
            }
            self.place_take(txn, database_row(key, id, name, &location), placing).await?;
        }
        Ok(())
    }
}

/// What a compaction or a batch in quarantine has.
impl Metastore {
    /// Notes that something which is no table uses a place, until it is forgotten by its name. A place that is being
    /// deleted is an error (Meta).
    pub(in super::super) async fn place_hold(
        &self,
        txn: &mut Txn,
        kind: PlaceKind,
        owner: i64,
        name: &str,
        location: &Location,
    ) -> Result<()> {
        let key = self.warehouse.place_key(location).await;
        let (name, text) = (name.to_owned(), location.to_string());
        let row = PlaceRow { key, kind, owner, name, is_leaf: true, location: text };
        self.place_take(txn, row, Placing::Named).await
    }
}
