//! Databases and catalogs.

use skep_core::table::{Catalog, Database, RemoteDatabase};
use skep_thrift::types as t;

use super::common::{parameters_in, parameters_out, principal_in, principal_out};

/// `catalog` is where it belongs when the struct does not say.
pub fn database_in(database: t::Database, catalog: &str) -> Database {
    let remote = (database.r#type == Some(t::DatabaseType::REMOTE)).then(|| RemoteDatabase {
        connector: database.connector_name.clone(),
        database: database.remote_dbname.clone(),
    });
    Database {
        catalog: database.catalog_name.unwrap_or_else(|| catalog.to_owned()),
        name: database.name.unwrap_or_default(),
        description: database.description,
        location: database.location_uri.unwrap_or_default(),
        managed_location: database.managed_location_uri,
        parameters: parameters_in(database.parameters),
        owner: database.owner_name,
        owner_type: database.owner_type.map(principal_in),
        create_time: database.create_time.unwrap_or_default(),
        remote,
    }
}

pub fn database_out(database: Database) -> t::Database {
    let (connector_name, remote_dbname) = match &database.remote {
        Some(remote) => (remote.connector.clone(), remote.database.clone()),
        None => (None, None),
    };
    t::Database {
        name: Some(database.name),
        description: database.description,
        location_uri: Some(database.location),
        parameters: parameters_out(&database.parameters),
        owner_name: database.owner,
        owner_type: database.owner_type.map(principal_out),
        catalog_name: Some(database.catalog),
        create_time: Some(database.create_time),
        managed_location_uri: database.managed_location,
        // Never null: Hive 4 calls equals on it (semantics §3).
        r#type: Some(if database.remote.is_some() { t::DatabaseType::REMOTE } else { t::DatabaseType::NATIVE }),
        connector_name,
        remote_dbname,
        ..t::Database::default()
    }
}

/// The struct of a create request (4.x) as the older calls have it.
pub fn database_of_request(request: t::CreateDatabaseRequest) -> t::Database {
    t::Database {
        name: Some(request.database_name),
        description: request.description,
        location_uri: request.location_uri,
        parameters: request.parameters,
        privileges: request.privileges,
        owner_name: request.owner_name,
        owner_type: request.owner_type,
        catalog_name: request.catalog_name,
        create_time: request.create_time,
        managed_location_uri: request.managed_location_uri,
        r#type: request.r#type,
        connector_name: request.data_connector_name,
        remote_dbname: request.remote_dbname,
    }
}

pub fn catalog_in(catalog: t::Catalog) -> Catalog {
    Catalog {
        name: catalog.name.unwrap_or_default(),
        description: catalog.description,
        location: catalog.location_uri.unwrap_or_default(),
        create_time: catalog.create_time.unwrap_or_default(),
        parameters: parameters_in(catalog.parameters),
    }
}

pub fn catalog_out(catalog: Catalog) -> t::Catalog {
    t::Catalog {
        name: Some(catalog.name),
        description: catalog.description,
        location_uri: Some(catalog.location),
        create_time: Some(catalog.create_time),
        parameters: parameters_out(&catalog.parameters),
    }
}
