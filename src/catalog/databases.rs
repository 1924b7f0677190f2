//! Databases (`semantics.md §3`).

use serde::{Deserialize, Serialize};
use skep_core::name::{Pattern, normalize};
use skep_core::table::Database;
use skep_core::{Error, Kind, Location, Result};

use super::caller::Caller;
use super::metastore::Metastore;
use super::places::{Decided, Going, MANAGED_PLACES, PlaceKept, Placing};
use super::privileges::database_scope;
use super::validate::data_is_ours;
use crate::store::{DocumentKind, NewEvent, PlaceKind, StoredDatabase, Txn};
use crate::warehouse::Deletion;

/// What a drop may do.
#[derive(Debug, Clone, Copy, Default)]
pub struct DatabaseDrop {
    pub delete_data: bool,
    pub cascade: bool,
    /// Nothing there is no error.
    pub if_exists: bool,
}

/// An ALTER_DATABASE event's body.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DatabaseAltered {
    pub before: Database,
    pub after: Database,
}

/// A role as it is made from the start.
#[derive(Debug, Serialize)]
pub(super) struct RoleSeed {
    pub create_time: i32,
}

pub(super) fn missing(catalog: &str, name: &str) -> Error {
    Error::not_found(format!("database {catalog}.{name}"))
}

impl Metastore {
    pub async fn database_get(&self, catalog: &str, name: &str) -> Result<Database> {
        let (catalog, name) = (normalize(catalog), normalize(name));
        let found = self.store.peek().await?.database_get(&catalog, &name).await?;
        found.map(|d| d.database).ok_or_else(|| missing(&catalog, &name))
    }

    /// Names that a pattern takes (all without one), sorted.
    pub async fn database_names(&self, catalog: &str, pattern: Option<&str>) -> Result<Vec<String>> {
        let pattern = Pattern::new(pattern.unwrap_or("*"))?;
        let mut names = self.store.peek().await?.database_names(&normalize(catalog)).await?;
        names.retain(|name| pattern.matches(name));
        Ok(names)
    }

    /// Databases that a pattern takes, by name.
    pub async fn database_list(&self, catalog: &str, pattern: Option<&str>) -> Result<Vec<Database>> {
        let pattern = Pattern::new(pattern.unwrap_or("*"))?;
        let mut all = self.store.peek().await?.database_list(&normalize(catalog)).await?;
        all.retain(|database| pattern.matches(&database.name));
        Ok(all)
    }

    pub async fn database_create(&self, caller: &Caller, database: Database) -> Result<()> {
        let mut database = Database {
            catalog: normalize(&database.catalog),
            name: normalize(&database.name),
            create_time: if caller.imports { database.create_time } else { self.now_seconds() },
            ..database
        };
        if !self.name_is_valid(&database.name) {
            return Err(Error::invalid_object(format!("{} is not a valid database name", database.name)));
        }
        if database.owner.is_none() && !caller.imports {
            database.owner = caller.user.clone();
        }
        let catalog = self.store.peek().await?.catalog_get(&database.catalog).await?;
        let catalog = catalog.ok_or_else(|| Error::invalid_object(format!("No such catalog {}", database.catalog)))?;
        let is_default = database.location.is_empty();
        let usual = {
            let of_catalog = Location::parse(&catalog.location)?;
            let of_catalog = (database.catalog != self.default_catalog()).then_some(&of_catalog);
            self.warehouse.layout().database_location(of_catalog, &database.name)
        };
        let location = if is_default { usual.clone() } else { Location::parse(&database.location)? };
        if let (Some(managed), false) = (&database.managed_location, caller.imports) {
            database.managed_location = Some(Location::parse(managed)?.to_string());
        }
        // The name is looked up before directories are touched, and again by the insert itself.
        if self.store.peek().await?.database_get(&database.catalog, &database.name).await?.is_some() {
            return Err(taken(&database.name));
        }
        let placing = match is_default {
            true => Placing::Default,
            false if location.same_place(&usual) => Placing::NamedDefault,
            false => Placing::Named,
        };
        self.store
            .retrying("database_create", || self.database_create_placed(caller, &database, location.clone(), placing))
            .await
    }

    async fn database_create_placed(
        &self,
        caller: &Caller,
        database: &Database,
        mut location: Location,
        placing: Placing,
    ) -> Result<()> {
        if placing == Placing::Default
            && let Some(base) = location.parent()
        {
            location = self.place_choose(&base, location.name()).await?;
        }
        let mut database = database.clone();
        if !caller.imports || database.location.is_empty() {
            database.location = location.to_string();
        }
        let mut locations = vec![location];
        locations.extend(database.managed_location.as_deref().map(Location::parse).transpose()?);
        if caller.imports {
            locations.clear();
        }
        let database = &database;
        self.with_directories(caller, locations, |_| async move {
            let mut txn = self.store.write().await?;
            if txn.database_get(&database.catalog, &database.name).await?.is_some() {
                return Err(taken(&database.name));
            }
            txn.database_insert(database).await?;
            let stored = txn.database_lock(&database.catalog, &database.name).await?;
            let id = stored.ok_or_else(|| missing(&database.catalog, &database.name))?.id;
            self.database_place_follow(&mut txn, id, database, placing).await?;
            txn.event_insert(&event("CREATE_DATABASE", database, database)).await?;
            txn.commit().await
        })
        .await
    }

    /// Replaces parameters and owner and, where given, description and locations; never the name. An import replaces
    /// all but the name.
    pub async fn database_alter(&self, caller: &Caller, catalog: &str, name: &str, new: Database) -> Result<()> {
        let (catalog, name) = (&normalize(catalog), &normalize(name));
        let new = &new;
        self.store
            .retrying("database_alter", move || async move {
                let mut txn = self.store.write().await?;
                let old = txn.database_lock(catalog, name).await?.ok_or_else(|| missing(catalog, name))?;
                if caller.imports {
                    let name = (old.database.catalog.clone(), old.database.name.clone());
                    let after = Database { catalog: name.0, name: name.1, ..new.clone() };
                    return self.database_alter_stored(txn, old, after).await;
                }
                let mut after = old.database.clone();
                after.parameters = new.parameters.clone();
                if let Some(description) = new.description.as_ref().filter(|d| !d.trim().is_empty()) {
                    after.description = Some(description.clone());
                }
                after.owner = new.owner.clone();
                after.owner_type = new.owner_type.or(after.owner_type);
                if !new.location.is_empty() {
                    after.location = Location::parse(&new.location)?.to_string();
                }
                if let Some(managed) = new.managed_location.as_deref().filter(|l| !l.is_empty()) {
                    after.managed_location = Some(Location::parse(managed)?.to_string());
                }
                self.database_alter_stored(txn, old, after).await
            })
            .await
    }

    async fn database_alter_stored(&self, mut txn: Txn, old: StoredDatabase, after: Database) -> Result<()> {
        txn.database_update(old.id, &after).await?;
        self.database_place_follow(&mut txn, old.id, &after, Placing::Named).await?;
        let body = DatabaseAltered { before: old.database, after };
        txn.event_insert(&event("ALTER_DATABASE", &body.after, &body)).await?;
        txn.commit().await
    }

    /// Drops a database; with `cascade` its tables and functions as well. Gives the places whose data stays.
    pub async fn database_drop(
        &self,
        caller: &Caller,
        catalog: &str,
        name: &str,
        how: DatabaseDrop,
    ) -> Result<Vec<PlaceKept>> {
        let (catalog, name) = (&normalize(catalog), &normalize(name));
        if name == "default" && catalog == self.default_catalog() {
            return Err(Error::meta(format!("Can not drop {name} database in catalog {catalog}")));
        }
        let dropped =
            self.store.retrying("database_drop", || self.database_drop_once(caller, catalog, name, how)).await;
        match dropped {
            Ok(decided) => {
                self.tasks_run(decided.recorded).await;
                Ok(decided.kept)
            }
            Err(error) if how.if_exists && error.kind == Kind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    async fn database_drop_once(
        &self,
        caller: &Caller,
        catalog: &str,
        name: &str,
        how: DatabaseDrop,
    ) -> Result<Decided> {
        let mut txn = self.store.write().await?;
        let database = txn.database_lock(catalog, name).await?.ok_or_else(|| missing(catalog, name))?;
        if !how.cascade
            && let Some(content) = self.database_content(&mut txn, &database).await?
        {
            return Err(Error::invalid_operation(format!(
                "Database {name} is not empty. One or more {content} exist."
            )));
        }
        let mut deletions = Vec::new();
        let tables = txn.table_list(catalog, name).await?;
        self.materialized_check(&mut txn, &tables, Some(&database.database)).await?;
        let mut going =
            Going { tables: tables.iter().map(|t| t.id).collect(), databases: vec![database.id], ..Going::default() };
        self.moves_settle(&mut txn, &going.tables).await?;
        for table in tables {
            if how.delete_data && !data_is_ours(&table) {
                // It may lie in the directory that goes.
                going.data_stays.extend(self.table_data(&mut txn, &table).await?);
            }
            deletions.extend(self.table_drop_in(&mut txn, caller, &table, how.delete_data, false).await?);
        }
        for (function, body) in
            txn.document_list::<serde_json::Value>(DocumentKind::Function, &database.id.to_string()).await?
        {
            txn.document_delete(DocumentKind::Function, &database.id.to_string(), &function).await?;
            txn.event_insert(&NewEvent { kind: "DROP_FUNCTION", ..event("DROP_FUNCTION", &database.database, &body) })
                .await?;
        }
        txn.document_delete_scope(DocumentKind::Privilege, &database_scope(database.id)).await?;
        txn.compaction_forget(&database.database.catalog, &database.database.name, None).await?;
        let places = txn.place_of(PlaceKind::Database, database.id).await?;
        txn.place_delete(PlaceKind::Database, database.id).await?;
        txn.database_delete(database.id).await?;
        txn.event_insert(&event("DROP_DATABASE", &database.database, &database.database)).await?;
        if how.delete_data {
            let own = places.iter().filter(|place| MANAGED_PLACES.contains(&place.name.as_str()));
            for place in own {
                deletions.push(Deletion::new(Location::parse(&place.location)?, false));
            }
        }
        let decided = self.deletions_decide(&mut txn, deletions, &going).await?;
        txn.commit().await?;
        Ok(decided)
    }

    /// What is in a database, in the word of Hive's message; none when it is empty.
    pub(super) async fn database_content(
        &self,
        txn: &mut Txn,
        database: &StoredDatabase,
    ) -> Result<Option<&'static str>> {
        let of = &database.database;
        if !txn.table_names(&of.catalog, &of.name).await?.is_empty() {
            return Ok(Some("tables"));
        }
        let functions =
            txn.document_list::<serde_json::Value>(DocumentKind::Function, &database.id.to_string()).await?;
        Ok((!functions.is_empty()).then_some("functions"))
    }
}

fn taken(name: &str) -> Error {
    Error::already_exists(format!("Database {name} already exists"))
}

fn event<'a, B>(kind: &'static str, database: &'a Database, body: &'a B) -> NewEvent<'a, B> {
    NewEvent {
        kind,
        catalog: Some(&database.catalog),
        database: Some(&database.name),
        table: None,
        version: None,
        body,
    }
}
