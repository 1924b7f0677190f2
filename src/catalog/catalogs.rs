//! Catalogs.

use serde::{Deserialize, Serialize};
use skep_core::name::normalize;
use skep_core::table::Catalog;
use skep_core::{Error, Kind, Location, Result};

use super::caller::Caller;
use super::metastore::Metastore;
use super::places::Placing;
use crate::store::{NewEvent, PlaceKind};

/// An ALTER_CATALOG event's body.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CatalogAltered {
    pub before: Catalog,
    pub after: Catalog,
}

impl Metastore {
    pub async fn catalog_get(&self, name: &str) -> Result<Catalog> {
        let name = normalize(name);
        let found = self.store.peek().await?.catalog_get(&name).await?;
        found.ok_or_else(|| Error::not_found(format!("No catalog {name}")))
    }

    /// Names, sorted.
    pub async fn catalog_list(&self) -> Result<Vec<String>> {
        self.store.peek().await?.catalog_list().await
    }

    /// Makes a catalog with its `default` database (`semantics.md §2`).
    pub async fn catalog_create(&self, caller: &Caller, catalog: Catalog) -> Result<()> {
        let create_time = if caller.imports { catalog.create_time } else { self.now_seconds() };
        let catalog = Catalog { name: normalize(&catalog.name), create_time, ..catalog };
        if !self.name_is_valid(&catalog.name) {
            return Err(Error::invalid_object(format!("{} is not a valid catalog name", catalog.name)));
        }
        if catalog.location.is_empty() {
            return Err(Error::invalid_object("You must specify a path for the catalog"));
        }
        let location = Location::parse(&catalog.location)?;
        // Kept as given, as Hive does; the directory is made where it points.
        let default = self.default_database(&catalog.name, &location);
        let (catalog, default) = (&catalog, &default);
        let directories = if caller.imports { Vec::new() } else { vec![location] };
        self.with_directories(caller, directories, |_| {
            self.store.retrying("catalog_create", move || async move {
                let mut txn = self.store.write().await?;
                if txn.catalog_get(&catalog.name).await?.is_some() {
                    return Err(Error::already_exists(format!("Catalog {} already exists", catalog.name)));
                }
                txn.catalog_insert(catalog).await?;
                txn.database_insert(default).await?;
                if let Some(stored) = txn.database_lock(&default.catalog, &default.name).await? {
                    self.database_place_follow(&mut txn, stored.id, default, Placing::NamedDefault).await?;
                }
                txn.event_insert(&event("CREATE_CATALOG", &catalog.name, catalog)).await?;
                txn.commit().await
            })
        })
        .await
    }

    /// Changes location and description; a catalog's name is for ever.
    pub async fn catalog_alter(&self, caller: &Caller, name: &str, new: Catalog) -> Result<()> {
        let name = normalize(name);
        if normalize(&new.name) != name {
            return Err(Error::invalid_operation("Cannot change a catalog's name"));
        }
        let (name, new) = (&name, &new);
        self.store
            .retrying("catalog_alter", move || async move {
                let mut txn = self.store.write().await?;
                let old = txn.catalog_get(name).await?;
                let old = old.ok_or_else(|| Error::not_found(format!("No catalog {name}")))?;
                let location = if new.location.is_empty() { old.location.clone() } else { new.location.clone() };
                let kept = if caller.imports { new.clone() } else { old.clone() };
                let description = new.description.clone();
                let catalog = Catalog { name: name.clone(), location, description, ..kept };
                txn.catalog_update(name, &catalog).await?;
                let body = CatalogAltered { before: old, after: catalog };
                txn.event_insert(&event("ALTER_CATALOG", name, &body)).await?;
                txn.commit().await
            })
            .await
    }

    /// Drops a catalog that holds nothing but an empty `default` database.
    pub async fn catalog_drop(&self, name: &str, if_exists: bool) -> Result<()> {
        let name = normalize(name);
        if name == self.default_catalog() {
            return Err(Error::meta(format!("Can not drop {name} catalog")));
        }
        let name = &name;
        let dropped = self
            .store
            .retrying("catalog_drop", move || async move {
                let mut txn = self.store.write().await?;
                let Some(catalog) = txn.catalog_get(name).await? else {
                    return if if_exists { Ok(None) } else { Err(Error::not_found(format!("No catalog {name}"))) };
                };
                let not_empty =
                    || Error::new(Kind::InvalidOperation, format!("There are still databases in catalog {name}"));
                let databases = txn.database_names(name).await?;
                if databases.iter().any(|d| d != "default") {
                    return Err(not_empty());
                }
                let mut places = vec![catalog.location.clone()];
                if let Some(default) = txn.database_lock(name, "default").await? {
                    places.push(default.database.location.clone());
                    if self.database_content(&mut txn, &default).await?.is_some() {
                        return Err(not_empty());
                    }
                    txn.place_delete(PlaceKind::Database, default.id).await?;
                    txn.database_delete(default.id).await?;
                }
                txn.catalog_delete(name).await?;
                txn.event_insert(&event("DROP_CATALOG", name, &catalog)).await?;
                txn.commit().await?;
                Ok(Some(places))
            })
            .await?;
        for place in dropped.unwrap_or_default() {
            let Ok(location) = Location::parse(&place) else { continue };
            if let Err(error) = self.directory_tidy(&location).await {
                tracing::warn!(catalog = name, place, %error, "a directory of a dropped catalog stays");
            }
        }
        Ok(())
    }
}

fn event<'a, B>(kind: &'static str, name: &'a str, body: &'a B) -> NewEvent<'a, B> {
    NewEvent { kind, catalog: Some(name), database: None, table: None, version: None, body }
}
