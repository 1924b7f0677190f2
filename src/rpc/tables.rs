//! `skep.admin.v1.TableService`: reads. What changes tables is in `table_changes`.

use std::collections::BTreeSet;

use skep_core::table::TableType;
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::table_service_server::TableService;
use tonic::{Request, Response, Status};

use super::convert::{summary_out, table_out, table_type_in};
use super::cx::Cx;
use super::databases::at_pattern;
use super::error::{Answer, refused_field};
use super::front::Front;
use super::page::{PAGE_BYTES, after, page_size, token};
use super::table_changes::{ALTER, CREATE, DROP, RENAME, alter, create, drop_one, rename};
use super::versions::as_of;

/// Calls of tables.
pub struct Tables(pub Front);

#[tonic::async_trait]
impl TableService for Tables {
    async fn get_table(&self, request: Request<p::GetTableRequest>) -> Result<Response<p::GetTableResponse>, Status> {
        self.0.call("TableService/GetTable", request, get).await
    }
    async fn list_tables(
        &self,
        request: Request<p::ListTablesRequest>,
    ) -> Result<Response<p::ListTablesResponse>, Status> {
        self.0.call("TableService/ListTables", request, list).await
    }
    async fn create_table(
        &self,
        request: Request<p::CreateTableRequest>,
    ) -> Result<Response<p::CreateTableResponse>, Status> {
        self.0.change(CREATE, request, create).await
    }
    async fn alter_table(
        &self,
        request: Request<p::AlterTableRequest>,
    ) -> Result<Response<p::AlterTableResponse>, Status> {
        self.0.change(ALTER, request, alter).await
    }
    async fn rename_table(
        &self,
        request: Request<p::RenameTableRequest>,
    ) -> Result<Response<p::RenameTableResponse>, Status> {
        self.0.change(RENAME, request, rename).await
    }
    async fn drop_table(
        &self,
        request: Request<p::DropTableRequest>,
    ) -> Result<Response<p::DropTableResponse>, Status> {
        self.0.change(DROP, request, drop_one).await
    }
}

async fn get(cx: Cx, request: p::GetTableRequest) -> Answer<p::GetTableResponse> {
    let at = cx.table(request.name, "name")?;
    let table = match as_of(request.as_of) {
        None => table_out(&*cx.metastore().table_get(&at).await?),
        Some(as_of) => table_out(&cx.metastore().version_get(&at, as_of).await?),
    };
    Ok(p::GetTableResponse { table: Some(table) })
}

/// Definitions are read so many at a time, so that large ones are not in memory together.
const READ_AT_ONCE: usize = 50;

async fn list(cx: Cx, request: p::ListTablesRequest) -> Answer<p::ListTablesResponse> {
    let (size, after) = (page_size(request.page_size)?, after(&request.page_token)?);
    let database = if request.database.is_empty() { "default" } else { &request.database };
    let (catalog, database) = cx.database(&request.catalog, database);
    cx.metastore().database_get(&catalog, &database).await?;
    let full = match p::TableView::try_from(request.view) {
        Ok(p::TableView::Full) => true,
        Ok(p::TableView::Unspecified | p::TableView::Summary) => false,
        Err(_) => return Err(refused_field("view", format!("{} is no view", request.view))),
    };
    let mut names = names(&cx, &catalog, &database, &request).await?;
    names.retain(|name| after.as_ref().is_none_or(|after| name > after));
    let mut page = Page::default();
    for names in names.get(..size).unwrap_or(&names).chunks(READ_AT_ONCE) {
        let mut tables = cx.metastore().table_objects(&catalog, &database, Some(names)).await?;
        tables.sort_by(|one, other| one.name.cmp(&other.name));
        for table in tables {
            if !page.takes(&table, full) {
                return Ok(page.response(false));
            }
        }
        // What was dropped meanwhile is passed by.
        page.last = names.last().cloned();
    }
    let is_last = names.len() <= size;
    Ok(page.response(is_last))
}

/// All names that the request asks for, sorted.
async fn names(cx: &Cx, catalog: &str, database: &str, request: &p::ListTablesRequest) -> Answer<Vec<String>> {
    let pattern = Some(request.pattern.as_str()).filter(|pattern| !pattern.is_empty());
    let types = request.table_types.iter().map(|given| {
        table_type_in(*given, "table_types")?
            .ok_or_else(|| refused_field("table_types", "UNSPECIFIED is no table type"))
    });
    let types: Vec<TableType> = types.collect::<Answer<_>>()?;
    let of_type = async |table_type| {
        let names = cx.metastore().table_names(catalog, database, pattern, table_type).await;
        names.map_err(|error| at_pattern(error, pattern))
    };
    if types.is_empty() {
        return of_type(None).await;
    }
    let mut names = BTreeSet::new();
    for table_type in TableType::ALL.into_iter().filter(|one| types.contains(one)) {
        names.extend(of_type(Some(table_type)).await?);
    }
    Ok(names.into_iter().collect())
}

#[derive(Default)]
struct Page {
    summaries: Vec<p::TableSummary>,
    tables: Vec<p::Table>,
    bytes: usize,
    /// The name of the last table that was looked at.
    last: Option<String>,
}

impl Page {
    /// False when it is full.
    fn takes(&mut self, table: &skep_core::table::Table, full: bool) -> bool {
        use prost::Message as _;
        let is_empty = self.bytes == 0;
        if full {
            let table = table_out(table);
            self.bytes += table.encoded_len();
            if self.bytes > PAGE_BYTES && !is_empty {
                return false;
            }
            self.tables.push(table);
        } else {
            let summary = summary_out(table);
            self.bytes += summary.encoded_len();
            if self.bytes > PAGE_BYTES && !is_empty {
                return false;
            }
            self.summaries.push(summary);
        }
        self.last = Some(table.name.clone());
        true
    }

    fn response(self, is_last: bool) -> p::ListTablesResponse {
        let next = self.last.filter(|_| !is_last).map(|last| token(&last));
        p::ListTablesResponse {
            summaries: self.summaries,
            tables: self.tables,
            next_page_token: next.unwrap_or_default(),
        }
    }
}
