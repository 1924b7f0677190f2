//! Catalogs.

use skep_core::Result;
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::hms::context::{Cx, given};
use crate::hms::convert::database::{catalog_in, catalog_out};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::GetCatalog>(get)
        .on::<m::GetCatalogs>(list)
        .on::<m::CreateCatalog>(create)
        .on::<m::AlterCatalog>(alter)
        .on::<m::DropCatalog>(drop)
}

async fn get(cx: Cx, args: m::GetCatalogArgs) -> Result<t::GetCatalogResponse> {
    let name = given(args.cat_name.and_then(|r| r.name), "the catalog name")?;
    Ok(t::GetCatalogResponse { catalog: Some(catalog_out(cx.metastore().catalog_get(&name).await?)) })
}

async fn list(cx: Cx, _: m::GetCatalogsArgs) -> Result<t::GetCatalogsResponse> {
    Ok(t::GetCatalogsResponse { names: Some(cx.metastore().catalog_list().await?) })
}

async fn create(cx: Cx, args: m::CreateCatalogArgs) -> Result<()> {
    let catalog = given(args.catalog.and_then(|r| r.catalog), "the catalog")?;
    cx.metastore().catalog_create(&cx.caller(), catalog_in(catalog)).await
}

async fn alter(cx: Cx, args: m::AlterCatalogArgs) -> Result<()> {
    let request = given(args.rqst, "the request")?;
    let name = given(request.name, "the catalog name")?;
    let new = given(request.new_cat, "the new catalog")?;
    cx.metastore().catalog_alter(&cx.caller(), &name, catalog_in(new)).await
}

async fn drop(cx: Cx, args: m::DropCatalogArgs) -> Result<()> {
    let request = given(args.cat_name, "the request")?;
    let name = given(request.name, "the catalog name")?;
    // `ifExists` came with 4.1, and its default is true; clients from before it expect the error.
    cx.metastore().catalog_drop(&name, false).await
}
