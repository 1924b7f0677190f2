//! Reading a metastore of any release: catalogs, databases, tables, functions. The newer method is tried first where it
//! says more; a server that does not know it says so once.

use skep_thrift::methods as m;
use skep_thrift::types as t;

use super::canonical::{self, TableAt};
use super::endpoint::{CATALOG, Endpoint};
use super::error::CallError;

/// None for what is not there.
pub fn found<T>(answer: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_absent() => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a server that lacks the method is taken to answer.
pub fn or_default<T: Default>(answer: Result<T, CallError>) -> Result<T, CallError> {
    match answer {
        Err(error) if error.is_unknown() => Ok(T::default()),
        answer => answer,
    }
}

impl Endpoint {
    pub async fn catalog_names(&self) -> Result<Vec<String>, CallError> {
        if !self.has_catalogs {
            return Ok(vec![CATALOG.to_owned()]);
        }
        let mut names = self.call::<m::GetCatalogs>(&m::GetCatalogsArgs {}).await?.names.unwrap_or_default();
        names.sort();
        Ok(names)
    }

    /// None also of a server without catalogs.
    pub async fn catalog(&self, name: &str) -> Result<Option<t::Catalog>, CallError> {
        if !self.has_catalogs {
            return Ok(None);
        }
        let args = m::GetCatalogArgs { cat_name: Some(t::GetCatalogRequest { name: Some(name.to_owned()) }) };
        let answer = found(self.call::<m::GetCatalog>(&args).await)?;
        Ok(answer.and_then(|answer| answer.catalog).map(canonical::catalog))
    }

    /// Those that a pattern takes, sorted.
    pub async fn database_names(&self, catalog: &str, pattern: Option<&str>) -> Result<Vec<String>, CallError> {
        let pattern = pattern.unwrap_or("*");
        let pattern = if self.has_catalogs { format!("@{catalog}#{pattern}") } else { pattern.to_owned() };
        let mut names = self.call::<m::GetDatabases>(&m::GetDatabasesArgs { pattern: Some(pattern) }).await?;
        names.sort();
        Ok(names)
    }

    pub async fn database(&self, catalog: &str, name: &str) -> Result<Option<t::Database>, CallError> {
        let args = m::GetDatabaseArgs { name: Some(self.database_text(catalog, name)) };
        let answer = found(self.call::<m::GetDatabase>(&args).await)?;
        Ok(answer.map(|database| canonical::database(database, catalog)))
    }

    /// None where the server knows no connectors.
    pub async fn connector_names(&self) -> Result<Vec<String>, CallError> {
        let mut names = or_default(self.call::<m::GetDataconnectors>(&m::GetDataconnectorsArgs {}).await)?;
        names.sort();
        Ok(names)
    }

    pub async fn connector(&self, name: &str) -> Result<Option<t::DataConnector>, CallError> {
        let request = t::GetDataConnectorRequest { connector_name: name.to_owned() };
        let args = m::GetDataconnectorReqArgs { request: Some(request) };
        let answer = found(self.call::<m::GetDataconnectorReq>(&args).await);
        match answer {
            Err(error) if error.is_unknown() => Ok(None),
            answer => Ok(answer?.map(canonical::connector)),
        }
    }

    /// Sorted.
    pub async fn table_names(&self, catalog: &str, database: &str) -> Result<Vec<String>, CallError> {
        let args = m::GetAllTablesArgs { db_name: Some(self.database_text(catalog, database)) };
        let mut names = self.call::<m::GetAllTables>(&args).await?;
        names.sort();
        Ok(names)
    }

    pub async fn table(&self, at: &TableAt) -> Result<Option<t::Table>, CallError> {
        let request = t::GetTableRequest {
            db_name: at.database.clone(),
            tbl_name: at.table.clone(),
            // Or tables of inserts alone are refused.
            capabilities: Some(t::ClientCapabilities { values: vec![t::ClientCapability::INSERT_ONLY_TABLES] }),
            cat_name: self.catalog_field(&at.catalog),
            ..t::GetTableRequest::default()
        };
        let answer = self.call::<m::GetTableReq>(&m::GetTableReqArgs { req: Some(request) }).await;
        let answer = match answer {
            Err(error) if error.is_unknown() => {
                let dbname = Some(self.database_text(&at.catalog, &at.database));
                let args = m::GetTableArgs { dbname, tbl_name: Some(at.table.clone()) };
                self.call::<m::GetTable>(&args).await
            }
            answer => answer.map(|answer| answer.table),
        };
        Ok(found(answer)?.map(|table| canonical::table(table, at)))
    }

    /// Sorted.
    pub async fn function_names(&self, catalog: &str, database: &str) -> Result<Vec<String>, CallError> {
        let db_name = Some(self.database_text(catalog, database));
        let args = m::GetFunctionsArgs { db_name, pattern: Some("*".to_owned()) };
        let mut names = self.call::<m::GetFunctions>(&args).await?;
        names.sort();
        Ok(names)
    }

    pub async fn function(&self, catalog: &str, database: &str, name: &str) -> Result<Option<t::Function>, CallError> {
        let db_name = Some(self.database_text(catalog, database));
        let args = m::GetFunctionArgs { db_name, func_name: Some(name.to_owned()) };
        let answer = found(self.call::<m::GetFunction>(&args).await)?;
        Ok(answer.map(|function| canonical::function(function, catalog)))
    }
}
