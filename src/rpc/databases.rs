//! `skep.admin.v1.DatabaseService`.

use skep_core::table::PrincipalType;
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::database_service_server::DatabaseService;
use tonic::{Request, Response, Status};

use super::convert::{database_in, database_out, kept_out};
use super::cx::Cx;
use super::error::{Answer, refused_field};
use super::front::Front;
use super::mutation::Mutation;
use super::page::{after, fill, page_size, token};
use crate::catalog::DatabaseDrop;

/// Calls of databases.
pub struct Databases(pub Front);

#[tonic::async_trait]
impl DatabaseService for Databases {
    async fn get_database(
        &self,
        request: Request<p::GetDatabaseRequest>,
    ) -> Result<Response<p::GetDatabaseResponse>, Status> {
        self.0.call("DatabaseService/GetDatabase", request, get).await
    }
    async fn list_databases(
        &self,
        request: Request<p::ListDatabasesRequest>,
    ) -> Result<Response<p::ListDatabasesResponse>, Status> {
        self.0.call("DatabaseService/ListDatabases", request, list).await
    }
    async fn create_database(
        &self,
        request: Request<p::CreateDatabaseRequest>,
    ) -> Result<Response<p::CreateDatabaseResponse>, Status> {
        self.0.change(CREATE, request, create).await
    }
    async fn alter_database(
        &self,
        request: Request<p::AlterDatabaseRequest>,
    ) -> Result<Response<p::AlterDatabaseResponse>, Status> {
        self.0.change(ALTER, request, alter).await
    }
    async fn drop_database(
        &self,
        request: Request<p::DropDatabaseRequest>,
    ) -> Result<Response<p::DropDatabaseResponse>, Status> {
        self.0.change(DROP, request, drop_one).await
    }
}

const CREATE: &str = "DatabaseService/CreateDatabase";
const ALTER: &str = "DatabaseService/AlterDatabase";
const DROP: &str = "DatabaseService/DropDatabase";

fn named(name: &str, field: &str) -> Answer<()> {
    if name.trim().is_empty() { Err(refused_field(field, "the name of a database is needed")) } else { Ok(()) }
}

async fn get(cx: Cx, request: p::GetDatabaseRequest) -> Answer<p::GetDatabaseResponse> {
    named(&request.name, "name")?;
    let (catalog, name) = cx.database(&request.catalog, &request.name);
    let database = cx.metastore().database_get(&catalog, &name).await?;
    Ok(p::GetDatabaseResponse { database: Some(database_out(database)) })
}

async fn list(cx: Cx, request: p::ListDatabasesRequest) -> Answer<p::ListDatabasesResponse> {
    let (size, after) = (page_size(request.page_size)?, after(&request.page_token)?);
    let catalog = cx.catalog(&request.catalog);
    cx.metastore().catalog_get(&catalog).await?;
    let pattern = Some(request.pattern.as_str()).filter(|pattern| !pattern.is_empty());
    let all = cx.metastore().database_list(&catalog, pattern).await.map_err(|error| at_pattern(error, pattern))?;
    let mut left = all.into_iter().filter(|one| after.as_ref().is_none_or(|after| one.name > *after)).peekable();
    let (databases, all_fit) = fill(left.by_ref().take(size).map(database_out));
    let is_last = all_fit && left.peek().is_none();
    let next = databases.last().filter(|_| !is_last).map(|last| token(&last.name));
    Ok(p::ListDatabasesResponse { databases, next_page_token: next.unwrap_or_default() })
}

/// An error of a list that has a pattern is of the pattern.
pub(super) fn at_pattern(error: skep_core::Error, pattern: Option<&str>) -> super::error::Refusal {
    let refusal = super::error::Refusal::from(error);
    if pattern.is_some() { refusal.at("pattern") } else { refusal }
}

async fn create(cx: Cx, request: p::CreateDatabaseRequest) -> Answer<p::CreateDatabaseResponse> {
    let mutation = Mutation::new(CREATE, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let given = request.database.ok_or_else(|| refused_field("database", "what to create is missing"))?;
    named(&given.name, "database.name")?;
    let (catalog, name) = cx.database(&given.catalog, &given.name);
    let mut database = database_in(given, &catalog)?;
    (database.catalog, database.name) = (catalog, name);
    if database.owner.is_none() && caller.user.is_some() {
        (database.owner, database.owner_type) = (caller.user.clone(), Some(PrincipalType::User));
    }
    let answer = mutation
        .run(&cx, &[], |within| {
            let (caller, database) = (caller.clone(), database.clone());
            async move {
                let (catalog, name) = (database.catalog.clone(), database.name.clone());
                within.catalog_get(&catalog).await?;
                within.database_create(&caller, database).await?;
                let stored = within.database_get(&catalog, &name).await?;
                Ok(p::CreateDatabaseResponse { location: stored.location })
            }
        })
        .await;
    answer.map_err(|refusal| refusal.at("database"))
}

async fn alter(cx: Cx, request: p::AlterDatabaseRequest) -> Answer<p::AlterDatabaseResponse> {
    let mutation = Mutation::new(ALTER, &request.request_id, &request);
    let caller = cx.caller(&request.user);
    let given = request.database.ok_or_else(|| refused_field("database", "what it shall be is missing"))?;
    named(&given.name, "database.name")?;
    let (catalog, name) = cx.database(&given.catalog, &given.name);
    let database = database_in(given, &catalog)?;
    let answer = mutation
        .run(&cx, &[], |within| {
            let (catalog, name, database, caller) = (catalog.clone(), name.clone(), database.clone(), caller.clone());
            async move {
                within.database_alter(&caller, &catalog, &name, database).await?;
                let stored = within.database_get(&catalog, &name).await?;
                Ok(p::AlterDatabaseResponse { location: stored.location })
            }
        })
        .await;
    answer.map_err(|refusal| refusal.at("database"))
}

async fn drop_one(cx: Cx, request: p::DropDatabaseRequest) -> Answer<p::DropDatabaseResponse> {
    let mutation = Mutation::new(DROP, &request.request_id, &request);
    named(&request.name, "name")?;
    let caller = cx.caller(&request.user);
    let (catalog, name) = cx.database(&request.catalog, &request.name);
    let how = DatabaseDrop { delete_data: request.delete_data, cascade: request.cascade, if_exists: request.if_exists };
    let answer = mutation
        .run(&cx, &[], |within| {
            let (catalog, name, caller) = (catalog.clone(), name.clone(), caller.clone());
            async move {
                let kept = within.database_drop(&caller, &catalog, &name, how).await?;
                Ok(p::DropDatabaseResponse { kept: kept_out(kept) })
            }
        })
        .await;
    answer.map_err(|refusal| refusal.at("name"))
}
