//! Partition specifications as clients send them: a list of partitions, or partitions that share a storage descriptor.

use skep_core::partition::Partition;
use skep_core::table::Storage;
use skep_core::{Error, Result};
use skep_thrift::types as t;

use super::common::parameters_in;
use super::partition::partition_in_with;
use super::table::{StoragesIn, storage_in};

/// A partition and the table that it says it belongs to.
#[derive(Debug)]
pub struct SentPartition {
    pub database: Option<String>,
    pub table: Option<String>,
    pub partition: Partition,
}

/// The partitions of a list.
pub fn partitions_in(sent: Vec<t::Partition>) -> Vec<SentPartition> {
    let mut storages = StoragesIn::default();
    let convert = |mut partition: t::Partition| SentPartition {
        database: partition.db_name.take(),
        table: partition.table_name.take(),
        partition: partition_in_with(partition, |sd| storages.convert(sd)),
    };
    sent.into_iter().map(convert).collect()
}

/// The partitions of a specification. Where it has both forms, the list counts, as in Hive. Errors: Meta.
pub fn partition_spec_in(spec: t::PartitionSpec) -> Result<Vec<SentPartition>> {
    if let Some(list) = spec.partition_list {
        let partitions = list.partitions.ok_or_else(|| Error::meta("The partition list cannot be null."))?;
        return Ok(partitions_in(partitions));
    }
    let shared = spec
        .shared_sd_partition_spec
        .ok_or_else(|| Error::meta("A partition specification needs a list of partitions or a shared descriptor"))?;
    let partitions = shared.partitions.ok_or_else(|| Error::meta("The partition list cannot be null."))?;
    let sd = shared.sd.ok_or_else(|| Error::meta("The shared storage descriptor must be set."))?;
    let storage = storage_in(sd);
    let base = storage.location.clone().filter(|l| !l.is_empty());
    let base = base.ok_or_else(|| Error::meta("The shared storage descriptor must have a location."))?;
    let sent = |partition: t::PartitionWithoutSD| SentPartition {
        database: spec.db_name.clone(),
        table: spec.table_name.clone(),
        partition: Partition {
            values: partition.values.unwrap_or_default(),
            create_time: partition.create_time,
            last_access_time: partition.last_access_time,
            // Hive puts both texts together, and `null` for one that is missing.
            storage: Some(Storage {
                shape: storage.shape.clone(),
                location: Some(format!("{base}{}", partition.relative_path.as_deref().unwrap_or("null"))),
            }),
            parameters: parameters_in(partition.parameters),
            ..Partition::default()
        },
    };
    Ok(partitions.into_iter().map(sent).collect())
}
