//! Hive's own methods and types through the engine.

use std::sync::Arc;

use skep::hms::{CallObserver, CallRecord, ConnectionLimits, Cx, Dispatcher, Generation, Routes, serve};
use skep_core::{Error, Result};
use skep_thrift::call::Answer;
use skep_thrift::{Exception, methods as m, types};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::client::{Client, WIRES};

struct Deaf;

impl CallObserver for Deaf {
    fn connection_opened(&self) {}
    fn connection_closed(&self) {}
    fn connection_refused(&self) {}
    fn connection_foreign(&self) {}
    fn call_finished(&self, _: &CallRecord<'_>) {}
}

async fn get(cx: Cx, args: m::GetTableArgs) -> Result<types::Table> {
    if args.tbl_name.as_deref() == Some("none") {
        return Err(Error::not_found("db.none table not found"));
    }
    Ok(types::Table { table_name: args.tbl_name, db_name: args.dbname, owner: cx.session.user(), ..Default::default() })
}

async fn set_ugi(cx: Cx, args: m::SetUgiArgs) -> Result<Vec<String>> {
    let groups = args.group_names.unwrap_or_default();
    cx.session.identity_set(args.user_name.unwrap_or_default(), groups.clone())?;
    Ok(groups)
}

/// Tells what the calls before betrayed of the client.
async fn catalogs(cx: Cx, _: m::GetCatalogsArgs) -> Result<types::GetCatalogsResponse> {
    assert_eq!(cx.session.generation(), Some(Generation::Hive3));
    Ok(types::GetCatalogsResponse::default())
}

#[tokio::test]
async fn a_session_lasts_from_call_to_call_and_not_longer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let routes = Routes::default().on::<m::GetTable>(get).on::<m::SetUgi>(set_ugi).on::<m::GetCatalogs>(catalogs);
    let dispatcher = Dispatcher::new(routes, crate::backend::services().await, Arc::new(Deaf));
    tokio::spawn(serve(listener, Arc::new(dispatcher), ConnectionLimits::default(), CancellationToken::new()));
    for wire in WIRES {
        for user in ["ann", "bob"] {
            let mut client = Client::connect(addr, wire).await;
            let named = |table: &str| m::GetTableArgs { dbname: Some("db".into()), tbl_name: Some(table.into()) };
            let owner = async |client: &mut Client| match client.call::<m::GetTable>(1, &named("t")).await {
                Answer::Reply(table) => table.owner,
                other => panic!("{other:?}"),
            };
            assert_eq!(owner(&mut client).await, None, "{wire}");
            let args = m::SetUgiArgs { user_name: Some(user.into()), group_names: Some(vec!["staff".into()]) };
            assert_eq!(client.call::<m::SetUgi>(2, &args).await, Answer::Reply(vec!["staff".to_owned()]));
            assert_eq!(owner(&mut client).await.as_deref(), Some(user));
            let expected = Answer::Exception(Some(Exception::NoSuchObject), "db.none table not found".to_owned());
            assert_eq!(client.call::<m::GetTable>(3, &named("none")).await, expected);
            let Answer::Reply(_) = client.call::<m::GetCatalogs>(4, &m::GetCatalogsArgs::default()).await else {
                panic!()
            };
        }
    }
}
