//! Reading tables: by name, by pattern, by filter.

use skep_core::filter::TableFilter;
use skep_core::name::{Pattern, normalize};
use skep_core::table::{Column, PrincipalType, Table, TableType};
use skep_core::{Error, Kind, Result};

use super::metastore::Metastore;
use super::reference::TableRef;
use crate::store::Txn;

/// Which tables `table_meta_list` lists.
#[derive(Debug, Clone, Default)]
pub struct TableMetaQuery {
    pub catalog: String,
    pub database_pattern: Option<String>,
    pub table_pattern: Option<String>,
    /// Hive's words; empty: all.
    pub types: Vec<String>,
}

/// A line of a table listing.
#[derive(Debug, Clone)]
pub struct TableMeta {
    pub catalog: String,
    pub database: String,
    pub name: String,
    pub table_type: TableType,
    pub comment: Option<String>,
    pub owner: Option<String>,
    pub owner_type: PrincipalType,
}

pub(super) fn missing(at: &TableRef) -> Error {
    Error::not_found(format!("{at} table not found"))
}

/// Listings of an unknown catalog are an error, those of an unknown database are empty.
async fn catalog_check(txn: &mut Txn, catalog: &str) -> Result<()> {
    match txn.catalog_get(catalog).await? {
        Some(_) => Ok(()),
        None => Err(Error::new(Kind::UnknownDatabase, format!("Could not find catalog {catalog}"))),
    }
}

/// The pattern of a table listing; none and `.*` mean all.
fn table_pattern(pattern: Option<&str>) -> Result<Pattern> {
    match pattern.map(|p| p.trim().to_lowercase()) {
        None => Pattern::new("*"),
        Some(p) if p == ".*" => Pattern::new("*"),
        Some(p) => Pattern::new(&p),
    }
}

impl Metastore {
    /// Names of a database's tables that a pattern takes, sorted; none of an unknown database (`semantics.md §3`).
    pub async fn table_names(
        &self,
        catalog: &str,
        database: &str,
        pattern: Option<&str>,
        table_type: Option<TableType>,
    ) -> Result<Vec<String>> {
        let pattern = table_pattern(pattern)?;
        let names = self.store.peek().await?.table_names(&normalize(catalog), &normalize(database)).await?;
        Ok(names
            .into_iter()
            .filter(|(name, kind)| table_type.is_none_or(|t| t == *kind) && pattern.matches(name))
            .map(|(name, _)| name)
            .collect())
    }

    /// Those of the named tables that are there, by name.
    pub async fn table_objects(&self, catalog: &str, database: &str, names: Option<&[String]>) -> Result<Vec<Table>> {
        let (catalog, database) = (normalize(catalog), normalize(database));
        if database.is_empty() {
            return Err(Error::new(Kind::UnknownDatabase, "DB name is null or empty"));
        }
        let Some(names) = names else {
            return Err(Error::invalid_operation(format!("{catalog}.{database} cannot find null tables")));
        };
        let mut txn = self.store.read().await?;
        if txn.database_get(&catalog, &database).await?.is_none() {
            return Err(Error::new(Kind::UnknownDatabase, format!("Could not find database {catalog}.{database}")));
        }
        let names: Vec<String> = names.iter().map(|n| normalize(n)).collect();
        txn.table_by_names(&catalog, &database, &names).await
    }

    /// Tables that a pattern takes, of the databases that a pattern takes.
    pub async fn table_objects_like(&self, catalog: &str, database: &str, pattern: &str) -> Result<Vec<Table>> {
        let (databases, pattern) = (Pattern::new(database)?, table_pattern(Some(pattern))?);
        let catalog = normalize(catalog);
        let mut txn = self.store.read().await?;
        catalog_check(&mut txn, &catalog).await?;
        let mut all = Vec::new();
        for database in txn.database_names(&catalog).await?.into_iter().filter(|d| databases.matches(d)) {
            let tables = txn.table_list(&catalog, &database).await?;
            all.extend(tables.into_iter().filter(|t| pattern.matches(&t.name)));
        }
        Ok(all)
    }

    /// Tables of the databases that a pattern takes, with what a listing shows.
    pub async fn table_meta_list(&self, query: &TableMetaQuery) -> Result<Vec<TableMeta>> {
        let databases = Pattern::new(query.database_pattern.as_deref().unwrap_or("*"))?;
        let tables = table_pattern(query.table_pattern.as_deref())?;
        let catalog = normalize(&query.catalog);
        let mut txn = self.store.read().await?;
        let mut all = Vec::new();
        for database in txn.database_names(&catalog).await?.into_iter().filter(|d| databases.matches(d)) {
            let found = txn.table_list(&catalog, &database).await?;
            let wanted = |t: &Table| {
                tables.matches(&t.name)
                    && (query.types.is_empty() || query.types.iter().any(|w| w == t.table_type.as_str()))
            };
            all.extend(found.into_iter().filter(wanted).map(|t| TableMeta {
                comment: t.parameters.get("comment").cloned(),
                catalog: t.catalog,
                database: t.database,
                name: t.name,
                table_type: t.table_type,
                owner: t.owner,
                owner_type: t.owner_type,
            }));
        }
        Ok(all)
    }

    /// Names of tables that a filter over owner, parameters, … takes; at most `limit`, all when negative.
    pub async fn table_names_by_filter(
        &self,
        catalog: &str,
        database: &str,
        filter: Option<&str>,
        limit: i16,
    ) -> Result<Vec<String>> {
        let (catalog, database) = (normalize(catalog), normalize(database));
        if database.is_empty() {
            return Err(Error::new(Kind::UnknownDatabase, "DB name is null or empty"));
        }
        let Some(filter) = filter else {
            return Err(Error::invalid_operation(format!("{filter:?} cannot apply null filter")));
        };
        let filter = TableFilter::parse(filter)?;
        let mut txn = self.store.read().await?;
        catalog_check(&mut txn, &catalog).await?;
        let mut names = Vec::new();
        for table in txn.table_list(&catalog, &database).await? {
            if limit >= 0 && names.len() >= limit as usize {
                break;
            }
            if filter.matches(&table) {
                names.push(table.name);
            }
        }
        Ok(names)
    }

    /// The columns, with `keys` the partition keys as well. `a.b` in the name is cut at the dot.
    pub async fn table_columns(&self, catalog: &str, database: &str, table: &str, keys: bool) -> Result<Vec<Column>> {
        let base = table.split('.').next().unwrap_or_default();
        let at = TableRef::new(catalog, database, base);
        let table = self.table_get(&at).await.map_err(|e| e.recast(Kind::NotFound, Kind::UnknownTable))?;
        let mut columns = table.columns().to_vec();
        if keys {
            columns.extend_from_slice(&table.partition_keys);
        }
        Ok(columns)
    }

    /// All materialized views that may answer for the tables they read.
    pub async fn materialized_views(&self) -> Result<Vec<Table>> {
        let mut all = self.store.peek().await?.table_materialized().await?;
        all.retain(|t| t.rewrite_enabled);
        Ok(all)
    }
}
