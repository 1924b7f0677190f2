//! Writing to a metastore of any release.

use std::collections::BTreeMap;

use skep_thrift::methods as m;
use skep_thrift::types as t;

use super::canonical::TableAt;
use super::endpoint::Endpoint;
use super::error::CallError;

/// Files are not looked at: the numbers come from the source.
fn environment() -> t::EnvironmentContext {
    let properties = [("DO_NOT_UPDATE_STATS", "true")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    t::EnvironmentContext { properties: Some(properties.into()) }
}

/// Without these Hive 4 refuses transactional tables.
fn capabilities() -> Vec<String> {
    let all = [
        "HIVEFULLACIDWRITE",
        "HIVEFULLACIDREAD",
        "HIVEMANAGEDINSERTWRITE",
        "HIVEMANAGEDINSERTREAD",
        "EXTWRITE",
        "EXTREAD",
    ];
    all.map(str::to_owned).into()
}

impl Endpoint {
    pub async fn catalog_create(&self, catalog: &t::Catalog) -> Result<(), CallError> {
        let request = t::CreateCatalogRequest { catalog: Some(catalog.clone()) };
        self.call::<m::CreateCatalog>(&m::CreateCatalogArgs { catalog: Some(request) }).await
    }

    pub async fn catalog_alter(&self, catalog: &t::Catalog) -> Result<(), CallError> {
        let request = t::AlterCatalogRequest { name: catalog.name.clone(), new_cat: Some(catalog.clone()) };
        self.call::<m::AlterCatalog>(&m::AlterCatalogArgs { rqst: Some(request) }).await
    }

    pub async fn database_create(&self, database: &t::Database) -> Result<(), CallError> {
        self.call::<m::CreateDatabase>(&m::CreateDatabaseArgs { database: Some(database.clone()) }).await
    }

    pub async fn database_alter(&self, catalog: &str, database: &t::Database) -> Result<(), CallError> {
        let name = database.name.clone().unwrap_or_default();
        let dbname = Some(self.database_text(catalog, &name));
        self.call::<m::AlterDatabase>(&m::AlterDatabaseArgs { dbname, db: Some(database.clone()) }).await
    }

    pub async fn connector_create(&self, connector: &t::DataConnector) -> Result<(), CallError> {
        let request = t::CreateDataConnectorRequest { connector: connector.clone() };
        let args = m::CreateDataconnectorReqArgs { connector_req: Some(request) };
        match self.call::<m::CreateDataconnectorReq>(&args).await {
            Err(error) if error.is_unknown() => {
                let args = m::CreateDataconnectorArgs { connector: Some(connector.clone()) };
                self.call::<m::CreateDataconnector>(&args).await
            }
            answer => answer,
        }
    }

    pub async fn table_create(&self, table: &t::Table) -> Result<(), CallError> {
        let request = t::CreateTableRequest {
            table: table.clone(),
            env_context: Some(environment()),
            processor_capabilities: Some(capabilities()),
            processor_identifier: Some("skep".to_owned()),
            ..t::CreateTableRequest::default()
        };
        match self.call::<m::CreateTableReq>(&m::CreateTableReqArgs { request: Some(request) }).await {
            Err(error) if error.is_unknown() => {
                let args = m::CreateTableWithEnvironmentContextArgs {
                    tbl: Some(table.clone()),
                    environment_context: Some(environment()),
                };
                self.call::<m::CreateTableWithEnvironmentContext>(&args).await
            }
            answer => answer,
        }
    }

    pub async fn table_alter(&self, at: &TableAt, table: &t::Table) -> Result<(), CallError> {
        let request = t::AlterTableRequest {
            cat_name: self.catalog_field(&at.catalog),
            db_name: at.database.clone(),
            table_name: at.table.clone(),
            table: table.clone(),
            environment_context: Some(environment()),
            processor_capabilities: Some(capabilities()),
            processor_identifier: Some("skep".to_owned()),
            ..t::AlterTableRequest::default()
        };
        match self.call::<m::AlterTableReq>(&m::AlterTableReqArgs { req: Some(request) }).await {
            Err(error) if error.is_unknown() => {
                let args = m::AlterTableWithEnvironmentContextArgs {
                    dbname: Some(self.database_text(&at.catalog, &at.database)),
                    tbl_name: Some(at.table.clone()),
                    new_tbl: Some(table.clone()),
                    environment_context: Some(environment()),
                };
                self.call::<m::AlterTableWithEnvironmentContext>(&args).await
            }
            answer => answer.map(drop),
        }
    }

    /// Adds those that are not there.
    pub async fn partitions_add(&self, at: &TableAt, partitions: Vec<t::Partition>) -> Result<(), CallError> {
        let request = t::AddPartitionsRequest {
            db_name: at.database.clone(),
            tbl_name: at.table.clone(),
            parts: partitions,
            if_not_exists: true,
            need_result: false,
            cat_name: self.catalog_field(&at.catalog),
            environment_context: Some(environment()),
            ..t::AddPartitionsRequest::default()
        };
        self.call::<m::AddPartitionsReq>(&m::AddPartitionsReqArgs { request: Some(request) }).await.map(drop)
    }

    pub async fn partitions_alter(&self, at: &TableAt, partitions: Vec<t::Partition>) -> Result<(), CallError> {
        let request = t::AlterPartitionsRequest {
            cat_name: self.catalog_field(&at.catalog),
            db_name: at.database.clone(),
            table_name: at.table.clone(),
            partitions,
            environment_context: Some(environment()),
            ..t::AlterPartitionsRequest::default()
        };
        let partitions = request.partitions.clone();
        match self.call::<m::AlterPartitionsReq>(&m::AlterPartitionsReqArgs { req: Some(request) }).await {
            Err(error) if error.is_unknown() => {
                let args = m::AlterPartitionsWithEnvironmentContextArgs {
                    db_name: Some(self.database_text(&at.catalog, &at.database)),
                    tbl_name: Some(at.table.clone()),
                    new_parts: Some(partitions),
                    environment_context: Some(environment()),
                };
                self.call::<m::AlterPartitionsWithEnvironmentContext>(&args).await
            }
            answer => answer.map(drop),
        }
    }

    fn statistics_of(
        &self,
        at: &TableAt,
        partition: Option<String>,
        engine: &str,
        last_analyzed: Option<i64>,
        columns: Vec<t::ColumnStatisticsObj>,
    ) -> t::ColumnStatistics {
        t::ColumnStatistics {
            stats_desc: t::ColumnStatisticsDesc {
                is_tbl_level: partition.is_none(),
                db_name: at.database.clone(),
                table_name: at.table.clone(),
                part_name: partition,
                last_analyzed,
                cat_name: self.catalog_field(&at.catalog),
            },
            stats_obj: columns,
            is_stats_compliant: None,
            engine: engine.to_owned(),
        }
    }

    /// Statistics of a table's own columns, all looked at at that time.
    pub async fn table_statistics_set(
        &self,
        at: &TableAt,
        engine: &str,
        last_analyzed: Option<i64>,
        columns: Vec<t::ColumnStatisticsObj>,
    ) -> Result<(), CallError> {
        let all = self.statistics_of(at, None, engine, last_analyzed, columns);
        let args = m::UpdateTableColumnStatisticsArgs { stats_obj: Some(all) };
        self.call::<m::UpdateTableColumnStatistics>(&args).await.map(drop)
    }

    /// `times`: when those of a partition were computed.
    pub async fn partition_statistics_set(
        &self,
        at: &TableAt,
        engine: &str,
        all: Vec<(String, Vec<t::ColumnStatisticsObj>)>,
        times: &BTreeMap<String, i64>,
    ) -> Result<(), CallError> {
        let of = |(name, columns): (String, _)| {
            let time = times.get(&name).copied();
            self.statistics_of(at, Some(name), engine, time, columns)
        };
        let request = t::SetPartitionsStatsRequest {
            col_stats: all.into_iter().map(of).collect(),
            need_merge: Some(false),
            engine: engine.to_owned(),
            ..t::SetPartitionsStatsRequest::default()
        };
        self.call::<m::SetAggrStatsFor>(&m::SetAggrStatsForArgs { request: Some(request) }).await.map(drop)
    }

    pub async fn function_create(&self, function: &t::Function) -> Result<(), CallError> {
        self.call::<m::CreateFunction>(&m::CreateFunctionArgs { func: Some(function.clone()) }).await
    }

    pub async fn function_drop(&self, catalog: &str, database: &str, name: &str) -> Result<(), CallError> {
        let db_name = Some(self.database_text(catalog, database));
        self.call::<m::DropFunction>(&m::DropFunctionArgs { db_name, func_name: Some(name.to_owned()) }).await
    }
}
