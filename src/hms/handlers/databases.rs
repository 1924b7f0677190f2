//! Databases.

use skep_core::{Error, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::catalog::DatabaseDrop;
use crate::hms::context::{Cx, given};
use crate::hms::convert::database::{database_in, database_of_request, database_out};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::GetDatabase>(get)
        .on::<m::GetDatabaseReq>(get_req)
        .on::<m::GetDatabases>(names)
        .on::<m::GetAllDatabases>(names_all)
        .on::<m::GetDatabasesReq>(list_req)
        .on::<m::CreateDatabase>(create)
        .on::<m::CreateDatabaseReq>(create_req)
        .on::<m::AlterDatabase>(alter)
        .on::<m::AlterDatabaseReq>(alter_req)
        .on::<m::DropDatabase>(drop)
        .on::<m::DropDatabaseReq>(drop_req)
}

async fn get(cx: Cx, args: m::GetDatabaseArgs) -> Result<t::Database> {
    let (catalog, name) = cx.database(None, args.name.as_deref())?;
    Ok(database_out(cx.metastore().database_get(&catalog, &name).await?))
}

async fn get_req(cx: Cx, args: m::GetDatabaseReqArgs) -> Result<t::Database> {
    let request = given(args.request, "the request")?;
    let (catalog, name) = cx.database(request.catalog_name.as_deref(), request.name.as_deref())?;
    Ok(database_out(cx.metastore().database_get(&catalog, &name).await?))
}

async fn names(cx: Cx, args: m::GetDatabasesArgs) -> Result<Vec<String>> {
    let (catalog, pattern) = cx.database_maybe(None, args.pattern.as_deref())?;
    cx.metastore().database_names(&catalog, pattern.as_deref()).await
}

async fn names_all(cx: Cx, _: m::GetAllDatabasesArgs) -> Result<Vec<String>> {
    cx.metastore().database_names(cx.metastore().default_catalog(), None).await
}

async fn list_req(cx: Cx, args: m::GetDatabasesReqArgs) -> Result<t::GetDatabaseObjectsResponse> {
    let request = given(args.request, "the request")?;
    let (catalog, pattern) = cx.database_maybe(request.catalog_name.as_deref(), request.pattern.as_deref())?;
    let databases = cx.metastore().database_list(&catalog, pattern.as_deref()).await?;
    Ok(t::GetDatabaseObjectsResponse { databases: databases.into_iter().map(database_out).collect() })
}

async fn create_database(cx: &Cx, database: t::Database) -> Result<()> {
    let name = given(database.name.as_deref(), "the database name")?;
    let (catalog, name) = cx.database(database.catalog_name.as_deref(), Some(name))?;
    let database = t::Database { name: Some(name), catalog_name: Some(catalog), ..database };
    cx.metastore().database_create(&cx.caller(), database_in(database, cx.metastore().default_catalog())).await
}

async fn create(cx: Cx, args: m::CreateDatabaseArgs) -> Result<()> {
    create_database(&cx, given(args.database, "the database")?).await
}

async fn create_req(cx: Cx, args: m::CreateDatabaseReqArgs) -> Result<()> {
    create_database(&cx, database_of_request(given(args.create_database_request, "the request")?)).await
}

async fn alter_database(cx: &Cx, name: Option<&str>, database: t::Database) -> Result<()> {
    let (catalog, name) = cx.database(None, name)?;
    if database.name.is_none() {
        return Err(Error::meta("the database name is null"));
    }
    let new = database_in(database, &catalog);
    cx.metastore().database_alter(&cx.caller(), &catalog, &name, new).await
}

async fn alter(cx: Cx, args: m::AlterDatabaseArgs) -> Result<()> {
    alter_database(&cx, args.dbname.as_deref(), given(args.db, "the database")?).await
}

async fn alter_req(cx: Cx, args: m::AlterDatabaseReqArgs) -> Result<()> {
    let request = given(args.alter_db_req, "the request")?;
    alter_database(&cx, Some(&request.old_db_name), request.new_db).await
}

async fn drop_database(cx: &Cx, catalog: Option<&str>, name: Option<&str>, how: DatabaseDrop) -> Result<()> {
    let (catalog, name) = cx.database(catalog, name)?;
    cx.metastore().database_drop(&cx.caller(), &catalog, &name, how).await.map(|_| ())
}

async fn drop(cx: Cx, args: m::DropDatabaseArgs) -> Result<()> {
    let how = DatabaseDrop { delete_data: args.delete_data, cascade: args.cascade, if_exists: false };
    drop_database(&cx, None, args.name.as_deref(), how).await
}

async fn drop_req(cx: Cx, args: m::DropDatabaseReqArgs) -> Result<()> {
    let request = given(args.req, "the request")?;
    let how = DatabaseDrop {
        delete_data: request.delete_data,
        cascade: request.cascade,
        if_exists: request.ignore_unknown_db,
    };
    drop_database(&cx, request.catalog_name.as_deref(), Some(&request.name), how).await
}
