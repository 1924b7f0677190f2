//! Partitions whose files are no Parquet: the metastore knows how many files they have, not what is in them.

use skep_core::partition::Partition;
use skep_core::stats::{Accuracy, fast_statistics_set};
use skep_core::table::Table;

use super::draft::Draft;
use super::gather::Source;
use super::partitions::Part;
use crate::catalog::Published;

/// Whether files of this table have footers that can be read.
pub(in crate::etl) fn is_parquet(table: &Table) -> bool {
    let Some(storage) = &table.storage else { return false };
    let library = storage.shape.serde.as_ref().and_then(|serde| serde.library.as_ref());
    let names = storage.shape.input_format.iter().chain(library);
    names.into_iter().any(|name| name.to_ascii_lowercase().contains("parquet"))
}

impl Draft<'_> {
    /// Takes a partition in as other clients would: with the number and the size of its files.
    pub fn part_bare(&mut self, name: &str, part: &Part, known: Option<&Partition>, sources: &[Source]) {
        let bytes: u64 = part.files.iter().map(|at| sources[*at].file.size).sum();
        let mut parameters = known.map(|p| p.parameters.clone()).unwrap_or_default();
        let before = parameters.clone();
        fast_statistics_set(&mut parameters, part.files.len() as u64, bytes);
        if known.is_some() && parameters == before {
            return;
        }
        Accuracy::clear(&mut parameters);
        parameters.insert("transient_lastDdlTime".to_owned(), self.now_seconds.to_string());
        match known {
            Some(_) => self.counts.partitions_changed += 1,
            None => self.counts.partitions_added += 1,
        }
        self.published.push(Published {
            partition: self.partition(name, part, known, parameters),
            replaces: known.map(|p| p.id).filter(|_| !name.is_empty()),
            ..Published::default()
        });
    }
}
