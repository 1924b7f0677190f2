//! Data connectors. 4.0.0 has create, alter and drop with plain arguments, later releases with requests.

use skep_core::Result;
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::catalog::DataConnectorDrop;
use crate::hms::context::{Cx, given};
use crate::hms::convert::connector::{connector_in, connector_out};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::CreateDataconnector>(create)
        .on::<m::CreateDataconnectorReq>(create_req)
        .on::<m::GetDataconnectorReq>(get)
        .on::<m::GetDataconnectors>(names)
        .on::<m::AlterDataconnector>(alter)
        .on::<m::AlterDataconnectorReq>(alter_req)
        .on::<m::DropDataconnector>(drop)
        .on::<m::DropDataconnectorReq>(drop_req)
}

async fn create(cx: Cx, args: m::CreateDataconnectorArgs) -> Result<()> {
    let connector = connector_in(given(args.connector, "the data connector")?)?;
    cx.metastore().connector_create(&cx.caller(), connector).await
}

async fn create_req(cx: Cx, args: m::CreateDataconnectorReqArgs) -> Result<()> {
    let request = given(args.connector_req, "the request")?;
    create(cx, m::CreateDataconnectorArgs { connector: Some(request.connector) }).await
}

async fn get(cx: Cx, args: m::GetDataconnectorReqArgs) -> Result<t::DataConnector> {
    let request = given(args.request, "the request")?;
    Ok(connector_out(cx.metastore().connector_get(&request.connector_name).await?))
}

async fn names(cx: Cx, _: m::GetDataconnectorsArgs) -> Result<Vec<String>> {
    cx.metastore().connector_names().await
}

async fn alter(cx: Cx, args: m::AlterDataconnectorArgs) -> Result<()> {
    let name = given(args.name, "the data connector's name")?;
    // Name and type stay, so Hive does not ask for them.
    let new = given(args.connector, "the new data connector")?;
    let new = t::DataConnector { name: Some(name.clone()), r#type: Some(new.r#type.unwrap_or_default()), ..new };
    cx.metastore().connector_alter(&name, connector_in(new)?).await
}

async fn alter_req(cx: Cx, args: m::AlterDataconnectorReqArgs) -> Result<()> {
    let t::AlterDataConnectorRequest { connector_name, new_connector } = given(args.alter_req, "the request")?;
    alter(cx, m::AlterDataconnectorArgs { name: Some(connector_name), connector: Some(new_connector) }).await
}

async fn drop(cx: Cx, args: m::DropDataconnectorArgs) -> Result<()> {
    let name = given(args.name, "the data connector's name")?;
    let how = DataConnectorDrop { if_exists: args.if_not_exists, check_references: args.check_references };
    cx.metastore().connector_drop(&name, how).await
}

async fn drop_req(cx: Cx, args: m::DropDataconnectorReqArgs) -> Result<()> {
    let request = given(args.drop_dc_req, "the request")?;
    let how = DataConnectorDrop {
        // The field is misnamed since 4.0: true means "if exists".
        if_exists: request.if_not_exists.unwrap_or_default(),
        check_references: request.check_references.unwrap_or_default(),
    };
    cx.metastore().connector_drop(&request.connector_name, how).await
}
