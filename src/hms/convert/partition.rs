//! Partitions.

use skep_core::partition::Partition;
use skep_core::table::Storage;
use skep_thrift::types as t;

use super::common::{parameters_in, parameters_out};
use super::table::{storage_in, storage_out};
use crate::catalog::TableRef;

/// The name is made by the catalog, from the table's keys. Values may be null as a whole: none then.
pub fn partition_in(partition: t::Partition) -> Partition {
    partition_in_with(partition, storage_in)
}

/// The same; `storage` converts its descriptor.
pub fn partition_in_with(partition: t::Partition, storage: impl FnOnce(t::StorageDescriptor) -> Storage) -> Partition {
    Partition {
        id: 0,
        values: partition.values.unwrap_or_default(),
        name: String::new(),
        create_time: partition.create_time,
        last_access_time: partition.last_access_time,
        storage: partition.sd.map(storage),
        parameters: parameters_in(partition.parameters),
        write_id: partition.write_id.filter(|id| *id > 0),
    }
}

pub fn partition_out(partition: &Partition, at: &TableRef) -> t::Partition {
    t::Partition {
        values: Some(partition.values.clone()),
        db_name: Some(at.database.clone()),
        table_name: Some(at.table.clone()),
        create_time: partition.create_time,
        last_access_time: partition.last_access_time,
        sd: partition.storage.as_ref().map(storage_out),
        parameters: parameters_out(&partition.parameters),
        cat_name: Some(at.catalog.clone()),
        write_id: Some(partition.write_id.unwrap_or(-1)),
        ..t::Partition::default()
    }
}
