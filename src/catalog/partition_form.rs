//! What a partition that a client sends must be, and what the server fills in (`semantics.md §5`).

use std::collections::HashSet;
use std::sync::Arc;

use skep_core::name::{Whitelist, partition_name, partition_values_of};
use skep_core::partition::Partition;
use skep_core::stats::{DO_NOT_UPDATE_STATS, STATS_GENERATED, basic_state_update, fast_statistics_set};
use skep_core::table::{Parameters, Shape, Storage, Table};
use skep_core::{Error, Kind, Result};

use super::metastore::Metastore;
use super::reference::TableRef;
use crate::warehouse::Location;

/// The parameter that tells when an object was last defined, in seconds since the epoch.
pub(super) const DDL_TIME: &str = "transient_lastDdlTime";

/// How a call names one partition.
#[derive(Debug, Clone)]
pub enum PartitionKey {
    /// In the order of the table's keys.
    Values(Vec<String>),
    /// `k=v/k2=v2`, in any order; further keys are ignored.
    Name(String),
}

impl PartitionKey {
    /// The values, in the order of the keys. Errors: Meta for none or a wrong number; InvalidObject where the name
    /// lacks a key.
    pub(super) fn values(&self, table: &Table) -> Result<Vec<String>> {
        let values = match self {
            Self::Values(values) => values.clone(),
            Self::Name(name) => partition_values_of(&table.partition_keys, name)?,
        };
        partition_name(&table.partition_keys, &values)?;
        Ok(values)
    }

    /// The name by which the partition is stored.
    pub(super) fn name(&self, table: &Table) -> Result<String> {
        partition_name(&table.partition_keys, &self.values(table)?)
    }
}

/// Shapes of one request, each kept once: most requests repeat the table's.
pub(super) struct Shapes {
    known: HashSet<Arc<Shape>>,
    /// As it came and as it is known: the next one is mostly the same, which is seen at once.
    last: Option<(Arc<Shape>, Arc<Shape>)>,
}

impl Shapes {
    pub(super) fn of(table: &Table) -> Self {
        Self { known: table.storage.iter().map(|s| Arc::clone(&s.shape)).collect(), last: None }
    }

    pub(super) fn intern(&mut self, storage: &mut Storage) {
        let known = match &self.last {
            Some((came, known)) if Arc::ptr_eq(came, &storage.shape) => Arc::clone(known),
            _ => self.known.get(&storage.shape).map_or_else(|| Arc::clone(&storage.shape), Arc::clone),
        };
        if Arc::ptr_eq(&known, &storage.shape) {
            self.known.insert(Arc::clone(&known));
        }
        let came = std::mem::replace(&mut storage.shape, Arc::clone(&known));
        self.last = Some((came, known));
    }
}

/// Checks the storage descriptor; only partitions of views may lack one. Columns may be missing or of types that
/// nobody knows, as in Hive.
pub(super) fn storage_check(table: &Table, partition: &Partition) -> Result<()> {
    let wrong = |what: &str| Error::meta(format!("partition {} of {}: {what}", partition.name, table.full_name()));
    let Some(storage) = &partition.storage else {
        return if table.location().is_none() { Ok(()) } else { Err(wrong("the storage descriptor (sd) is null")) };
    };
    if storage.shape.serde.is_none() {
        return Err(wrong("the storage descriptor lacks a SerDe (sd.serdeInfo)"));
    }
    match storage.shape.columns().iter().find(|c| c.name.is_empty() || c.type_name.is_none()) {
        Some(column) => Err(wrong(&format!("the column '{}' lacks a name or a type", column.name))),
        None => Ok(()),
    }
}

/// Names partitions by their values and refuses what has none. All errors are Meta.
pub(super) fn partitions_name(table: &Table, partitions: &mut [Partition], whitelist: &Whitelist) -> Result<()> {
    for partition in partitions {
        if partition.values.is_empty() {
            return Err(Error::meta("The partition values cannot be null or empty."));
        }
        whitelist.check(&partition.values)?;
        partition.name = partition_name(&table.partition_keys, &partition.values)?;
    }
    Ok(())
}

/// Where a partition lies of which nothing is said; none in a view.
pub(super) fn default_location(table: &Table, name: &str) -> Result<Option<Location>> {
    table.location().map(|base| Ok(Location::parse(base)?.join(name))).transpose()
}

pub(super) fn told_not_to_list(parameters: &Parameters) -> bool {
    parameters.get(DO_NOT_UPDATE_STATS).is_some_and(|v| v.eq_ignore_ascii_case("true"))
}

/// The error of a write that names a table which is not there.
pub(super) fn table_missing(at: &TableRef, doing: &str, kind: Kind) -> Error {
    Error::new(kind, format!("Unable to {doing} because the table or database {at} does not exist"))
}

/// The table was changed by somebody else in a way that what was checked may no longer hold: once more.
pub(super) fn overtaken(at: &TableRef) -> Error {
    Error::new(Kind::Conflict, format!("{at} was changed meanwhile"))
}

/// The same, with what it was that changed.
pub(super) fn overtaken_by(at: &TableRef, what: impl std::fmt::Display) -> Error {
    Error::new(Kind::Conflict, format!("{at} was changed meanwhile: {what}"))
}

/// Does what was checked against one state of a table still hold in another one?
pub(super) fn same_frame(a: &Table, b: &Table) -> bool {
    a.id == b.id && a.location() == b.location() && a.partition_keys == b.partition_keys
}

impl Metastore {
    pub(super) fn whitelist(&self) -> Result<Whitelist> {
        Whitelist::new(&self.settings.partition_name_whitelist_pattern)
    }

    /// Does nothing unless the values are allowed (`partition_name_has_valid_characters`).
    pub fn partition_values_check(&self, values: &[String]) -> Result<()> {
        self.whitelist()?.check(values)
    }

    /// Lists the directories of these partitions, many at once, and sets what was found.
    pub(super) async fn partitions_list_files(
        &self,
        partitions: Vec<&mut Partition>,
        environment: &Parameters,
    ) -> Result<()> {
        let (mut listed, mut places) = (Vec::new(), Vec::new());
        for partition in partitions {
            // A place that is none (an alter may set any text) holds nothing.
            if let Some(place) = partition.location().and_then(|l| Location::parse(l).ok()) {
                listed.push(partition);
                places.push(place);
            }
        }
        let summaries = self.warehouse.files_summaries(&places).await?;
        for (partition, summary) in listed.into_iter().zip(summaries) {
            if let Some(summary) = summary {
                fast_statistics_set(&mut partition.parameters, summary.num_files, summary.total_size);
                basic_state_update(&mut partition.parameters, environment.get(STATS_GENERATED).map(String::as_str));
            }
        }
        Ok(())
    }
}
