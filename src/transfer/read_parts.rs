//! Reading what belongs to tables: partitions, statistics, constraints.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use super::canonical::{self, TableAt};
use super::endpoint::{CONNECTIONS, Endpoint};
use super::error::CallError;
use super::read::{found, or_default};

impl Endpoint {
    /// Of all partitions, sorted.
    pub async fn partition_names(&self, at: &TableAt) -> Result<Vec<String>, CallError> {
        let db_name = Some(self.database_text(&at.catalog, &at.database));
        let args = m::GetPartitionNamesArgs { db_name, tbl_name: Some(at.table.clone()), max_parts: -1 };
        let mut names = self.call::<m::GetPartitionNames>(&args).await?;
        names.sort();
        Ok(names)
    }

    /// Those that are still there.
    pub async fn partitions(&self, at: &TableAt, names: &[String]) -> Result<Vec<t::Partition>, CallError> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let db_name = Some(self.database_text(&at.catalog, &at.database));
        let args =
            m::GetPartitionsByNamesArgs { db_name, tbl_name: Some(at.table.clone()), names: Some(names.to_vec()) };
        let partitions = match self.call::<m::GetPartitionsByNames>(&args).await {
            Err(error) if error.is_unknown() => {
                let request = t::GetPartitionsByNamesRequest {
                    db_name: self.database_text(&at.catalog, &at.database),
                    tbl_name: at.table.clone(),
                    names: Some(names.to_vec()),
                    ..t::GetPartitionsByNamesRequest::default()
                };
                let args = m::GetPartitionsByNamesReqArgs { req: Some(request) };
                self.call::<m::GetPartitionsByNamesReq>(&args).await?.partitions
            }
            partitions => partitions?,
        };
        Ok(partitions.into_iter().map(|partition| canonical::partition(partition, at)).collect())
    }

    /// Engines whose statistics the server keeps apart.
    pub fn engines(&self) -> &'static [&'static str] {
        if self.is_hive_4() { &["hive", "impala"] } else { &["hive"] }
    }

    /// Statistics of a table's own columns, by column.
    pub async fn table_statistics(
        &self,
        at: &TableAt,
        engine: &str,
        columns: &[String],
    ) -> Result<Vec<t::ColumnStatisticsObj>, CallError> {
        let request = t::TableStatsRequest {
            db_name: at.database.clone(),
            tbl_name: at.table.clone(),
            col_names: columns.to_vec(),
            cat_name: self.catalog_field(&at.catalog),
            engine: engine.to_owned(),
            ..t::TableStatsRequest::default()
        };
        let args = m::GetTableStatisticsReqArgs { request: Some(request) };
        let answer = found(self.call::<m::GetTableStatisticsReq>(&args).await)?;
        let mut all = answer.map(|answer| answer.table_stats).unwrap_or_default();
        all.sort_by(|a, b| a.col_name.cmp(&b.col_name));
        Ok(all)
    }

    /// When a table's column was looked at, by Hive's own engine; no bulk call says it.
    pub async fn last_analyzed(&self, at: &TableAt, column: &str) -> Result<Option<i64>, CallError> {
        let db_name = Some(self.database_text(&at.catalog, &at.database));
        let tbl_name = Some(at.table.clone());
        let args = m::GetTableColumnStatisticsArgs { db_name, tbl_name, col_name: Some(column.to_owned()) };
        match self.call::<m::GetTableColumnStatistics>(&args).await {
            Ok(statistics) => Ok(statistics.stats_desc.last_analyzed),
            Err(error) if error.is_fatal() => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// Statistics of partitions by name; those without any are left out.
    pub async fn partition_statistics(
        &self,
        at: &TableAt,
        engine: &str,
        columns: &[String],
        names: &[String],
    ) -> Result<Vec<(String, Vec<t::ColumnStatisticsObj>)>, CallError> {
        if names.is_empty() || columns.is_empty() {
            return Ok(Vec::new());
        }
        let request = t::PartitionsStatsRequest {
            db_name: at.database.clone(),
            tbl_name: at.table.clone(),
            col_names: columns.to_vec(),
            part_names: names.to_vec(),
            cat_name: self.catalog_field(&at.catalog),
            engine: engine.to_owned(),
            ..t::PartitionsStatsRequest::default()
        };
        let args = m::GetPartitionsStatisticsReqArgs { request: Some(request) };
        let mut all = self.call::<m::GetPartitionsStatisticsReq>(&args).await?.part_stats;
        all.sort_by(|a, b| a.0.cmp(&b.0));
        for (_, columns) in &mut all {
            columns.sort_by(|a, b| a.col_name.cmp(&b.col_name));
        }
        all.retain(|(_, columns)| !columns.is_empty());
        Ok(all)
    }

    /// When statistics of partitions were computed, by Hive's own engine: in one call where the server is of Hive 4 and
    /// holds them for accurate, partition by partition for the rest. `all`: the partitions' names, each with a column.
    pub async fn partitions_analyzed(
        &self,
        at: &TableAt,
        all: &[(&str, &str)],
    ) -> Result<BTreeMap<String, i64>, CallError> {
        let mut times = BTreeMap::new();
        if self.is_hive_4() {
            let request = t::GetPartitionsByNamesRequest {
                db_name: self.database_text(&at.catalog, &at.database),
                tbl_name: at.table.clone(),
                names: Some(all.iter().map(|(name, _)| (*name).to_owned()).collect()),
                get_col_stats: Some(true),
                ..t::GetPartitionsByNamesRequest::default()
            };
            let args = m::GetPartitionsByNamesReqArgs { req: Some(request) };
            let answer = or_default(self.call::<m::GetPartitionsByNamesReq>(&args).await)?;
            let described = answer.partitions.into_iter().filter_map(|partition| Some(partition.col_stats?.stats_desc));
            times.extend(described.filter_map(|about| Some((about.part_name?, about.last_analyzed?))));
        }
        let untold: Vec<_> = all.iter().filter(|(name, _)| !times.contains_key(*name)).collect();
        let asked = stream::iter(untold).map(|(name, column)| async move {
            let args = m::GetPartitionColumnStatisticsArgs {
                db_name: Some(self.database_text(&at.catalog, &at.database)),
                tbl_name: Some(at.table.clone()),
                part_name: Some((*name).to_owned()),
                col_name: Some((*column).to_owned()),
            };
            match self.call::<m::GetPartitionColumnStatistics>(&args).await {
                Err(error) if error.is_fatal() => Err(error),
                answer => Ok(answer.ok().and_then(|of| Some(((*name).to_owned(), of.stats_desc.last_analyzed?)))),
            }
        });
        let told: Vec<_> = asked.buffer_unordered(CONNECTIONS).try_collect().await?;
        times.extend(told.into_iter().flatten());
        Ok(times)
    }

    /// All kinds that the release has.
    pub async fn constraints(&self, at: &TableAt) -> Result<t::SQLAllTableConstraints, CallError> {
        let (catalog, database, table) = (at.catalog.clone(), at.database.clone(), at.table.clone());
        let request = t::AllTableConstraintsRequest {
            db_name: database.clone(),
            tbl_name: table.clone(),
            cat_name: catalog.clone(),
            ..t::AllTableConstraintsRequest::default()
        };
        match self.call::<m::GetAllTableConstraints>(&m::GetAllTableConstraintsArgs { request: Some(request) }).await {
            Err(error) if error.is_unknown() => {}
            answer => return Ok(answer?.all_table_constraints),
        }
        let mut all = t::SQLAllTableConstraints::default();
        let request = t::PrimaryKeysRequest {
            db_name: database.clone(),
            tbl_name: table.clone(),
            cat_name: self.catalog_field(&catalog),
            ..t::PrimaryKeysRequest::default()
        };
        let args = m::GetPrimaryKeysArgs { request: Some(request) };
        all.primary_keys = Some(or_default(self.call::<m::GetPrimaryKeys>(&args).await.map(|a| a.primary_keys))?);
        let request = t::ForeignKeysRequest {
            foreign_db_name: Some(database.clone()),
            foreign_tbl_name: Some(table.clone()),
            cat_name: self.catalog_field(&catalog),
            ..t::ForeignKeysRequest::default()
        };
        let args = m::GetForeignKeysArgs { request: Some(request) };
        all.foreign_keys = Some(or_default(self.call::<m::GetForeignKeys>(&args).await.map(|a| a.foreign_keys))?);
        macro_rules! of_kind {
            ($field:ident, $method:ident, $args:ident, $request:ident) => {{
                let request = t::$request {
                    cat_name: catalog.clone(),
                    db_name: database.clone(),
                    tbl_name: table.clone(),
                    ..t::$request::default()
                };
                let answer = self.call::<m::$method>(&m::$args { request: Some(request) }).await;
                all.$field = Some(or_default(answer.map(|answer| answer.$field))?);
            }};
        }
        of_kind!(unique_constraints, GetUniqueConstraints, GetUniqueConstraintsArgs, UniqueConstraintsRequest);
        of_kind!(not_null_constraints, GetNotNullConstraints, GetNotNullConstraintsArgs, NotNullConstraintsRequest);
        of_kind!(default_constraints, GetDefaultConstraints, GetDefaultConstraintsArgs, DefaultConstraintsRequest);
        of_kind!(check_constraints, GetCheckConstraints, GetCheckConstraintsArgs, CheckConstraintsRequest);
        Ok(all)
    }
}
