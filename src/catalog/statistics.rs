//! Column statistics: reading (`semantics.md §9`).

use std::collections::BTreeMap;

use skep_core::name::partition_name_for_statistics;
use skep_core::stats::{Aggregate, ColumnStatistics, PartitionStatistics, aggregate};
use skep_core::{Error, Result};

use super::metastore::Metastore;
use super::reference::TableRef;
use super::table_read::missing;

/// Column names as they are stored.
pub(super) fn columns_normal(columns: &[String]) -> Vec<String> {
    columns.iter().map(|c| c.to_lowercase()).collect()
}

/// Partition names as statistics are stored under, in the order given.
pub(super) fn partitions_normal(names: &[String]) -> Result<Vec<String>> {
    names.iter().map(|name| partition_name_for_statistics(name)).collect()
}

impl Metastore {
    async fn statistics_of_table(&self, at: &TableRef, engine: &str) -> Result<Vec<ColumnStatistics>> {
        let mut txn = self.store.read().await?;
        let head = txn.table_head(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        txn.statistics_table(head.id, engine).await
    }

    /// Statistics of the table itself, of the named columns or all, by column; columns without any are left out.
    pub async fn table_statistics(
        &self,
        at: &TableRef,
        engine: &str,
        columns: Option<&[String]>,
    ) -> Result<Vec<ColumnStatistics>> {
        let columns = columns.map(columns_normal);
        let mut all = self.statistics_of_table(at, engine).await?;
        all.retain(|c| columns.as_ref().is_none_or(|wanted| wanted.contains(&c.column)));
        for column in &mut all {
            self.sketches_settle(column);
        }
        Ok(all)
    }

    async fn statistics_of_partitions(
        &self,
        at: &TableRef,
        engine: &str,
        names: &[String],
        columns: &[String],
    ) -> Result<BTreeMap<String, Vec<ColumnStatistics>>> {
        let mut txn = self.store.read().await?;
        let head = txn.table_head(&at.catalog, &at.database, &at.table).await?.ok_or_else(|| missing(at))?;
        let mut all: BTreeMap<String, Vec<ColumnStatistics>> = BTreeMap::new();
        for (partition, column) in txn.statistics_partitions(head.id, engine, names, columns).await? {
            all.entry(partition).or_default().push(column);
        }
        Ok(all)
    }

    /// Statistics by partition name, in the names' form of the store; partitions without any are left out.
    pub async fn partition_statistics(
        &self,
        at: &TableRef,
        engine: &str,
        names: &[String],
        columns: &[String],
    ) -> Result<BTreeMap<String, Vec<ColumnStatistics>>> {
        let (names, columns) = (partitions_normal(names)?, columns_normal(columns));
        let mut all = self.statistics_of_partitions(at, engine, &names, &columns).await?;
        all.values_mut().flatten().for_each(|c| self.sketches_settle(c));
        Ok(all)
    }

    /// Statistics of one column of the table or of one partition; NotFound where there are none.
    pub async fn column_statistics(
        &self,
        at: &TableRef,
        engine: &str,
        partition: Option<&str>,
        column: &str,
    ) -> Result<ColumnStatistics> {
        let columns = [column.to_owned()];
        let found = match partition {
            None => self.table_statistics(at, engine, Some(&columns)).await?.pop(),
            Some(name) => {
                let all = self.partition_statistics(at, engine, &[name.to_owned()], &columns).await?;
                all.into_values().flatten().next()
            }
        };
        found.ok_or_else(|| {
            let of = partition.map_or_else(|| at.to_string(), |name| format!("{at}/{name}"));
            Error::not_found(format!("Statistics for {of}, column {column}, engine {engine} do not exist"))
        })
    }

    /// Statistics of many partitions as one.
    pub async fn statistics_aggregate(
        &self,
        at: &TableRef,
        engine: &str,
        names: &[String],
        columns: &[String],
    ) -> Result<Aggregate> {
        if names.is_empty() || columns.is_empty() {
            return Ok(Aggregate::default());
        }
        let (names, columns) = (partitions_normal(names)?, columns_normal(columns));
        let found = self.statistics_of_partitions(at, engine, &names, &columns).await?;
        let found: Vec<PartitionStatistics<'_>> =
            found.iter().map(|(partition_name, columns)| PartitionStatistics { partition_name, columns }).collect();
        let mut answer = aggregate(&names, &columns, &found, self.settings.stats_ndv_tuner);
        answer.columns.iter_mut().for_each(|c| self.sketches_settle(c));
        Ok(answer)
    }

    /// Sketches go out only where the server is set to send them.
    fn sketches_settle(&self, column: &mut ColumnStatistics) {
        column.data.sketches_clear(!self.settings.stats_fetch_bitvector, !self.settings.stats_fetch_kll);
    }
}
