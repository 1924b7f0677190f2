//! Hive 4's translation of tables when they are created, off unless the setting asks for it (`semantics.md §4`).

use skep_core::table::{Database, Table, TableType};
use skep_core::{Error, Result};

use super::metastore::Metastore;
use crate::warehouse::Location;

/// A managed table that becomes external, with its data still Hive's to delete.
pub(super) fn make_external(table: &mut Table) {
    if table.table_type != TableType::Managed || table.flag("EXTERNAL") {
        return;
    }
    table.table_type = TableType::External;
    for (key, value) in [("EXTERNAL", "TRUE"), ("external.table.purge", "TRUE"), ("TRANSLATED_TO_EXTERNAL", "TRUE")] {
        table.parameters.insert(key.to_owned(), value.to_owned());
    }
}

/// Is it a table of Hive's transactions?
pub(super) fn is_transactional(table: &Table) -> bool {
    table.flag("transactional")
}

pub(super) fn table_create(
    metastore: &Metastore,
    table: &mut Table,
    database: &Database,
    capabilities: Option<&[String]>,
) -> Result<()> {
    let translated = table.catalog == metastore.default_catalog();
    if !translated || table.is_view() || table.table_type == TableType::MaterializedView {
        return Ok(());
    }
    let location = table.location().filter(|l| !l.is_empty()).map(Location::parse).transpose()?;
    let in_managed = |location: &Location| location.is_within(metastore.warehouse.layout().managed_root());
    let apart = !metastore.warehouse.layout().external_root().same_place(metastore.warehouse.layout().managed_root());
    if table.table_type == TableType::External || table.flag("EXTERNAL") {
        if let Some(location) = location.as_ref().filter(|l| apart && in_managed(l)) {
            return Err(Error::meta(format!(
                "An external table's location should not be located within managed warehouse root directory or \
                 within its database's managedLocationUri: {location}"
            )));
        }
        return Ok(());
    }
    if is_transactional(table) {
        let needed = if table.parameters.get("transactional_properties").is_some_and(|p| p == "insert_only") {
            "HIVEMANAGEDINSERTWRITE"
        } else {
            "HIVEFULLACIDWRITE"
        };
        if !capabilities.unwrap_or_default().iter().any(|c| c.eq_ignore_ascii_case(needed)) {
            return Err(Error::meta(format!(
                "Processor has no capabilities, cannot create an ACID table: {needed} is needed"
            )));
        }
        return match location.filter(|l| apart && !in_managed(l)) {
            Some(location) => Err(Error::meta(format!(
                "A managed table's location should be located within managed warehouse root directory or within \
                 its database's managedLocationUri, not at {location}"
            ))),
            None => Ok(()),
        };
    }
    make_external(table);
    if location.is_none()
        && let Some(storage) = table.storage.as_mut()
    {
        storage.location = Some(metastore.table_location_default(database, &table.name, true)?.to_string());
    }
    Ok(())
}

impl Metastore {
    /// What `table_create` would make of a table, nothing stored.
    pub async fn table_translate(&self, table: Table, capabilities: Option<Vec<String>>) -> Result<Table> {
        let mut table = table;
        let database = self.database_get(&table.catalog, &table.database).await?;
        if self.settings.translate_tables {
            table_create(self, &mut table, &database, capabilities.as_deref())?;
        }
        super::validate::table_type_settle(&mut table);
        if table.storage.as_ref().is_some_and(|s| s.location.as_deref().is_none_or(str::is_empty)) {
            self.table_location_settle(&mut table, &database)?;
        }
        Ok(table)
    }
}
