//! Databases.

use skep_core::table::{Database, RemoteDatabase};
use skep_proto::admin::v1 as p;

use super::common::{principal_in, principal_out, seconds_out};
use crate::rpc::error::Answer;

/// `catalog` is where it belongs when the message does not say.
pub fn database_in(database: p::Database, catalog: &str) -> Answer<Database> {
    let remote =
        database.remote.map(|remote| RemoteDatabase { connector: remote.connector, database: remote.database });
    Ok(Database {
        catalog: if database.catalog.is_empty() { catalog.to_owned() } else { database.catalog },
        name: database.name,
        description: database.description,
        location: database.location,
        managed_location: database.managed_location,
        parameters: database.parameters,
        owner: database.owner,
        owner_type: principal_in(database.owner_type, "database.owner_type")?,
        create_time: 0,
        remote,
    })
}

pub fn database_out(database: Database) -> p::Database {
    p::Database {
        catalog: database.catalog,
        name: database.name,
        description: database.description,
        location: database.location,
        managed_location: database.managed_location,
        parameters: database.parameters,
        owner: database.owner,
        owner_type: database.owner_type.map(principal_out).unwrap_or_default(),
        create_time: seconds_out(database.create_time),
        remote: database
            .remote
            .map(|remote| p::RemoteDatabase { connector: remote.connector, database: remote.database }),
    }
}
