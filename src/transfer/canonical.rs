//! One form for what releases say differently: absent and empty collections, the order of maps, fields that every server
//! fills in by itself (ids) or that are read elsewhere (privileges, statistics).

use skep_thrift::types as t;

/// A table's place in a metastore.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableAt {
    pub catalog: String,
    pub database: String,
    pub table: String,
}

impl std::fmt::Display for TableAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.catalog, self.database, self.table)
    }
}

/// Marks of what one Skep promises of its own tables; another one takes them from nobody.
const OURS: [&str; 3] = ["skep.registered", "skep.event_log", "skep.event_log.role"];

fn map(parameters: &mut Option<Vec<(String, String)>>) {
    let parameters = parameters.get_or_insert_default();
    parameters.retain(|(key, _)| !OURS.iter().any(|ours| key == ours));
    parameters.sort();
}

pub fn catalog(mut catalog: t::Catalog) -> t::Catalog {
    map(&mut catalog.parameters);
    catalog.create_time.get_or_insert_default();
    catalog
}

pub fn database(mut database: t::Database, catalog: &str) -> t::Database {
    map(&mut database.parameters);
    database.catalog_name = Some(catalog.to_owned());
    database.create_time.get_or_insert_default();
    database.privileges = None;
    database.owner_type.get_or_insert(t::PrincipalType::USER);
    database.r#type.get_or_insert(t::DatabaseType::NATIVE);
    database.description = database.description.filter(|text| !text.is_empty());
    database.managed_location_uri = database.managed_location_uri.filter(|text| !text.is_empty());
    database
}

pub fn connector(mut connector: t::DataConnector) -> t::DataConnector {
    map(&mut connector.parameters);
    connector
}

pub fn function(mut function: t::Function, catalog: &str) -> t::Function {
    function.cat_name = Some(catalog.to_owned());
    function.resource_uris.get_or_insert_default();
    function
}

pub fn storage(sd: &mut t::StorageDescriptor) {
    map(&mut sd.parameters);
    sd.bucket_cols.get_or_insert_default();
    sd.sort_cols.get_or_insert_default();
    sd.stored_as_sub_directories.get_or_insert_default();
    let skewed = sd.skewed_info.get_or_insert_default();
    skewed.skewed_col_names.get_or_insert_default();
    skewed.skewed_col_values.get_or_insert_default();
    skewed.skewed_col_value_location_maps.get_or_insert_default().sort();
    if let Some(serde) = &mut sd.serde_info {
        map(&mut serde.parameters);
    }
}

pub fn table(mut table: t::Table, at: &TableAt) -> t::Table {
    map(&mut table.parameters);
    if let Some(sd) = &mut table.sd {
        storage(sd);
    }
    table.partition_keys.get_or_insert_default();
    table.rewrite_enabled.get_or_insert_default();
    table.write_id = Some(table.write_id.filter(|id| *id > 0).unwrap_or(-1));
    if let Some(creation) = &mut table.creation_metadata {
        creation.tables_used.0.sort();
        // An empty list would win over the names before it.
        creation.source_tables = creation.source_tables.take().filter(|all| !all.is_empty());
        creation.source_tables.iter_mut().for_each(|all| all.sort_by(|a, b| name_of(a).cmp(&name_of(b))));
    }
    t::Table {
        cat_name: Some(at.catalog.clone()),
        cat_name_v2: None,
        privileges: None,
        is_stats_compliant: None,
        col_stats: None,
        access_type: None,
        required_read_capabilities: None,
        required_write_capabilities: None,
        id: None,
        file_metadata: None,
        dictionary: None,
        txn_id: None,
        ..table
    }
}

/// The source of a materialized view, by name: its definition is not part of the view.
pub fn name_of(source: &t::SourceTable) -> (Option<&str>, Option<&str>, Option<&str>) {
    let of = &source.table;
    (of.cat_name.as_deref(), of.db_name.as_deref(), of.table_name.as_deref())
}

pub fn partition(mut partition: t::Partition, at: &TableAt) -> t::Partition {
    map(&mut partition.parameters);
    if let Some(sd) = &mut partition.sd {
        storage(sd);
    }
    t::Partition {
        db_name: Some(at.database.clone()),
        table_name: Some(at.table.clone()),
        cat_name: Some(at.catalog.clone()),
        write_id: Some(partition.write_id.filter(|id| *id > 0).unwrap_or(-1)),
        privileges: None,
        is_stats_compliant: None,
        col_stats: None,
        file_metadata: None,
        ..partition
    }
}
