//! The metastore: store, warehouse and settings, which the operations of all nouns are methods of.

use std::sync::Arc;

use skep_core::name::validate_name;
use skep_core::table::{Catalog, Database, PrincipalType};
use skep_core::{Error, Location, Result};

use super::database_cache::DatabaseCache;
use super::partition_cache::PartitionCache;
use super::places::TaskWatch;
use super::settings::Settings;
use super::table_cache::TableCache;
use super::together::Ends;
use super::totals::ToldTables;
use crate::clock::Clock;
use crate::store::{DocumentKind, Store};
use crate::warehouse::Warehouse;

/// Of the memory for caches, table definitions take this part, what clients are told of them another, replies that are
/// made of them a third, lists of partition names that are asked for again a fourth, partitions the rest.
const TABLES_SHARE: u64 = 32;

/// Cheap to clone.
#[derive(Clone)]
pub struct Metastore {
    pub(super) store: Store,
    pub(super) warehouse: Arc<Warehouse>,
    pub(super) settings: Arc<Settings>,
    pub(super) clock: Clock,
    pub(super) partition_cache: Arc<PartitionCache>,
    pub(super) table_cache: Arc<TableCache>,
    pub(super) database_cache: Arc<DatabaseCache>,
    pub(super) told_tables: Arc<ToldTables>,
    pub(super) tasks: Arc<TaskWatch>,
    /// Set where all operations are parts of one shared write (`together`).
    pub(super) ends: Option<Arc<Ends>>,
}

impl Metastore {
    pub fn new(store: Store, warehouse: Arc<Warehouse>, settings: Settings, clock: Clock) -> Self {
        let definitions = settings.cache_memory_max / TABLES_SHARE;
        let table_cache = Arc::new(TableCache::new(definitions));
        let partition_cache = Arc::new(PartitionCache::new(settings.cache_memory_max - 4 * definitions));
        let database_cache = Arc::new(DatabaseCache::default());
        let told_tables = Arc::new(ToldTables::new(definitions));
        let kept = (Arc::clone(&table_cache), Arc::clone(&partition_cache), Arc::clone(&database_cache));
        let told = Arc::clone(&told_tables);
        store.on_move(move || {
            let (tables, partitions, databases) = &kept;
            tables.clear();
            partitions.clear();
            databases.clear();
            told.clear();
        });
        Self {
            store,
            warehouse,
            settings: Arc::new(settings),
            clock,
            partition_cache,
            table_cache,
            database_cache,
            told_tables,
            tasks: Arc::default(),
            ends: None,
        }
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// Its directories and object stores.
    pub fn warehouse(&self) -> Arc<Warehouse> {
        Arc::clone(&self.warehouse)
    }
    pub fn store(&self) -> &Store {
        &self.store
    }
    /// Of the store's schema.
    pub fn schema_version(&self) -> i64 {
        crate::store::SCHEMA_VERSION
    }
    /// Tables whose definition is in memory.
    pub fn table_cache_len(&self) -> usize {
        self.table_cache.len()
    }
    /// Bytes that definitions may take, as many the replies that are made of them, and as many lists of partition names.
    pub fn table_cache_max(&self) -> u64 {
        self.settings.cache_memory_max / TABLES_SHARE
    }
    /// Bytes of those definitions.
    pub fn table_cache_bytes(&self) -> usize {
        self.table_cache.bytes()
    }
    /// Bytes of partitions in memory.
    pub fn partition_cache_bytes(&self) -> usize {
        self.partition_cache.bytes()
    }
    /// How many reads were answered from memory, and how many had to load.
    pub fn cache_reads(&self) -> (u64, u64) {
        self.table_cache.reads().get()
    }
    pub fn default_catalog(&self) -> &str {
        &self.settings.default_catalog
    }

    /// Whole seconds since the epoch, as Hive's times are.
    pub(super) fn now_seconds(&self) -> i32 {
        self.clock.now_seconds() as i32
    }

    /// The time that an object brings along; now where it brings none.
    pub(super) fn time_settle(&self, given: i32) -> i32 {
        if given == 0 { self.now_seconds() } else { given }
    }

    pub(super) fn name_is_valid(&self, name: &str) -> bool {
        validate_name(name, self.settings.special_characters_in_table_names)
    }

    /// Makes what exists from the start: the catalog `hive` with its database `default`, and two roles
    /// (`semantics.md §2`). May run on every start and on several nodes at once.
    pub async fn bootstrap(&self) -> Result<()> {
        self.warehouse.roots_create().await?;
        self.store.retrying("bootstrap", || self.bootstrap_once()).await?;
        self.ledger_fill().await?;
        self.moves_recover().await
    }

    async fn bootstrap_once(&self) -> Result<()> {
        let layout = self.warehouse.layout();
        let mut txn = self.store.write().await?;
        let name = self.default_catalog();
        if txn.catalog_get(name).await?.is_none() {
            let catalog = Catalog {
                name: name.to_owned(),
                description: Some("Default catalog, for Hive".to_owned()),
                location: layout.managed_root().to_string(),
                create_time: self.now_seconds(),
                ..Catalog::default()
            };
            txn.catalog_insert(&catalog).await.map_err(another_node)?;
            let database = self.default_database(name, layout.external_root());
            txn.database_insert(&database).await.map_err(another_node)?;
            for role in ["admin", "public"] {
                let body = super::databases::RoleSeed { create_time: self.now_seconds() };
                txn.document_insert(DocumentKind::Role, "", role, &body).await.map_err(another_node)?;
            }
            txn.commit().await?;
        }
        Ok(())
    }

    /// The identity of this store, made when it is first asked for.
    pub async fn uuid(&self) -> Result<String> {
        if let Some(uuid) = self.store.peek().await?.document_get(DocumentKind::Node, "", "uuid").await? {
            return Ok(uuid);
        }
        self.store
            .retrying("uuid_make", || async {
                let mut txn = self.store.write().await?;
                if let Some(uuid) = txn.document_get(DocumentKind::Node, "", "uuid").await? {
                    return Ok(uuid);
                }
                let uuid = uuid_random();
                txn.document_insert(DocumentKind::Node, "", "uuid", &uuid).await.map_err(another_node)?;
                txn.commit().await?;
                Ok(uuid)
            })
            .await
    }

    /// A catalog's `default` database.
    pub(super) fn default_database(&self, catalog: &str, location: &Location) -> Database {
        Database {
            catalog: catalog.to_owned(),
            name: "default".to_owned(),
            description: Some("Default Hive database".to_owned()),
            location: location.to_string(),
            owner: Some("public".to_owned()),
            owner_type: Some(PrincipalType::Role),
            create_time: self.now_seconds(),
            ..Database::default()
        }
    }
}

/// Another node makes the same at the same time: look again.
fn another_node(error: Error) -> Error {
    error.recast(skep_core::Kind::AlreadyExists, skep_core::Kind::Conflict)
}

/// A random UUID (version 4), from the standard library's randomly keyed hasher: it must be unique, not secret.
fn uuid_random() -> String {
    use std::hash::{BuildHasher as _, Hasher as _, RandomState};
    let random = || RandomState::new().build_hasher().finish();
    let (a, b) = (random(), random());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        (b >> 48) & 0x3fff | 0x8000,
        b & 0xffff_ffff_ffff
    )
}
