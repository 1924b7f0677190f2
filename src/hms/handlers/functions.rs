//! Functions.

use skep_core::Result;
use skep_core::table::Function;
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::hms::context::{Cx, given};
use crate::hms::convert::function::{function_in, function_out};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::CreateFunction>(create)
        .on::<m::AlterFunction>(alter)
        .on::<m::DropFunction>(drop)
        .on::<m::GetFunction>(get)
        .on::<m::GetFunctions>(names)
        .on::<m::GetFunctionsReq>(list_req)
        .on::<m::GetAllFunctions>(list_all)
}

fn function_of(cx: &Cx, function: Option<t::Function>) -> Result<Function> {
    let function = given(function, "the function")?;
    let (catalog, database) = cx.database(function.cat_name.as_deref(), function.db_name.as_deref())?;
    function_in(function, catalog, database)
}

async fn create(cx: Cx, args: m::CreateFunctionArgs) -> Result<()> {
    let mut function = function_of(&cx, args.func)?;
    function.create_time = cx.time_given(function.create_time);
    cx.metastore().function_create(function).await
}

async fn alter(cx: Cx, args: m::AlterFunctionArgs) -> Result<()> {
    let (catalog, database) = cx.database(None, args.db_name.as_deref())?;
    let name = given(args.func_name, "the function name")?;
    let new = function_of(&cx, args.new_func)?;
    cx.metastore().function_alter(&catalog, &database, &name, new).await
}

async fn drop(cx: Cx, args: m::DropFunctionArgs) -> Result<()> {
    let (catalog, database) = cx.database(None, args.db_name.as_deref())?;
    let name = given(args.func_name, "the function name")?;
    cx.metastore().function_drop(&catalog, &database, &name).await
}

async fn get(cx: Cx, args: m::GetFunctionArgs) -> Result<t::Function> {
    let (catalog, database) = cx.database(None, args.db_name.as_deref())?;
    let name = given(args.func_name, "the function name")?;
    Ok(function_out(cx.metastore().function_get(&catalog, &database, &name).await?))
}

async fn names(cx: Cx, args: m::GetFunctionsArgs) -> Result<Vec<String>> {
    let (catalog, database) = cx.database(None, args.db_name.as_deref())?;
    let functions = cx.metastore().function_list(&catalog, &database, args.pattern.as_deref()).await?;
    Ok(functions.into_iter().map(|f| f.name).collect())
}

async fn list_req(cx: Cx, args: m::GetFunctionsReqArgs) -> Result<t::GetFunctionsResponse> {
    let request = given(args.request, "the request")?;
    let (catalog, database) = cx.database(request.catalog_name.as_deref(), Some(&request.db_name))?;
    let functions = cx.metastore().function_list(&catalog, &database, request.pattern.as_deref()).await?;
    Ok(if request.return_names {
        let names = functions.into_iter().map(|f| f.name).collect();
        t::GetFunctionsResponse { function_names: Some(names), functions: None }
    } else {
        let functions = functions.into_iter().map(function_out).collect();
        t::GetFunctionsResponse { function_names: None, functions: Some(functions) }
    })
}

async fn list_all(cx: Cx, _: m::GetAllFunctionsArgs) -> Result<t::GetAllFunctionsResponse> {
    let functions = cx.metastore().function_list_all().await?;
    Ok(t::GetAllFunctionsResponse { functions: Some(functions.into_iter().map(function_out).collect()) })
}
