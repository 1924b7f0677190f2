//! Partitions.

use std::collections::HashMap;

use skep_core::partition::Partition;
use skep_core::rows::RowView;
use skep_proto::admin::v1 as p;

use super::common::{seconds_in, seconds_out};
use super::storage::{shape_out, storage_in};
use crate::rpc::error::Answer;

/// A partition that a client sends; its name is made by the catalog.
pub fn partition_in(partition: p::Partition, field: &str) -> Answer<Partition> {
    Ok(Partition {
        id: 0,
        values: partition.values,
        name: String::new(),
        create_time: 0,
        last_access_time: seconds_in(partition.last_access_time, &format!("{field}.last_access_time"))?,
        storage: partition.storage.map(storage_in),
        parameters: partition.parameters,
        write_id: partition.write_id,
    })
}

/// How much of each partition is told. Storage descriptors are converted once and copied.
pub struct PartitionForm {
    view: p::PartitionView,
    storages: HashMap<i64, p::Storage>,
}

impl PartitionForm {
    pub fn new(view: p::PartitionView) -> Self {
        Self { view, storages: HashMap::new() }
    }

    pub fn is_names(&self) -> bool {
        self.view == p::PartitionView::Names
    }

    pub fn row(&mut self, row: RowView<'_>) -> p::Partition {
        let location = row.location_text();
        let storage = row.slot().zip(row.shape()).map(|(slot, shape)| {
            if self.view != p::PartitionView::Full {
                return p::Storage { location: location.clone(), ..p::Storage::default() };
            }
            let known = self.storages.entry(slot).or_insert_with(|| shape_out(shape, None));
            p::Storage { location: location.clone(), ..known.clone() }
        });
        p::Partition {
            values: row.values().map(str::to_owned).collect(),
            name: row.name(),
            create_time: seconds_out(row.create_time()),
            last_access_time: seconds_out(row.last_access_time()),
            storage,
            parameters: row.parameters().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            write_id: row.write_id(),
        }
    }

    pub fn partition(&self, partition: Partition) -> p::Partition {
        let storage = partition.storage.map(|storage| match self.view {
            p::PartitionView::Full => shape_out(&storage.shape, storage.location),
            _ => p::Storage { location: storage.location, ..p::Storage::default() },
        });
        p::Partition {
            values: partition.values,
            name: partition.name,
            create_time: seconds_out(partition.create_time),
            last_access_time: seconds_out(partition.last_access_time),
            storage,
            parameters: partition.parameters,
            write_id: partition.write_id,
        }
    }
}
