//! Notifications through the Thrift port: the messages that readers parse are golden.

use std::fmt::Write as _;
use std::sync::Arc;

use skep::catalog::{Caller, Constraint, ConstraintKind, KeyColumn};
use skep::config::Config;
use skep::hms::{CallObserver, CallRecord, ConnectionLimits, Dispatcher, Services, Wire, routes, serve};
use skep_core::table::Parameters;
use skep_thrift::call::Answer;
use skep_thrift::{methods as m, types as t};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::TestMetastore;
use super::events::life;
use crate::golden;
use crate::wire::client::{BINARY, Client};

struct Deaf;

impl CallObserver for Deaf {
    fn connection_opened(&self) {}
    fn connection_closed(&self) {}
    fn connection_refused(&self) {}
    fn connection_foreign(&self) {}
    fn call_finished(&self, _: &CallRecord<'_>) {}
}

/// A client of a server over this metastore.
async fn client(of: &TestMetastore) -> Client {
    client_as(of, &[BINARY]).await.remove(0)
}

/// Clients of one server, each speaking as told.
pub async fn client_as(of: &TestMetastore, wires: &[Wire]) -> Vec<Client> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let services = Services { metastore: of.metastore.clone(), config: Arc::new(Config::default()), started_at: 0 };
    let dispatcher = Dispatcher::new(routes(), Arc::new(services), Arc::new(Deaf));
    tokio::spawn(serve(listener, Arc::new(dispatcher), ConnectionLimits::default(), CancellationToken::new()));
    let mut clients = Vec::new();
    for wire in wires {
        clients.push(Client::connect(addr, *wire).await);
    }
    clients
}

pub fn reply<T: std::fmt::Debug>(answer: Answer<T>) -> T {
    match answer {
        Answer::Reply(reply) => reply,
        other => panic!("{other:?}"),
    }
}

async fn fire(client: &mut Client, data: t::FireEventRequestData, values: Option<Vec<String>>) -> Vec<i64> {
    let rqst = t::FireEventRequest {
        successful: true,
        data,
        db_name: Some("default".into()),
        table_name: Some("t".into()),
        partition_vals: values,
        ..t::FireEventRequest::default()
    };
    reply(client.call::<m::FireListenerEvent>(1, &m::FireListenerEventArgs { rqst: Some(rqst) }).await)
        .event_ids
        .unwrap()
}

#[tokio::test]
async fn messages_are_as_hives_readers_parse_them() {
    let of = TestMetastore::sqlite().await;
    let table = super::events::table_make(&of.metastore, "t").await;
    let mut client = client(&of).await;
    // Both wire forms: 2.3 sends its files as field 1.
    let old = t::InsertEventRequestData { files_added_v2: Some(vec!["file:/w/a".into()]), ..Default::default() };
    let new = t::InsertEventRequestData {
        replace: Some(true),
        files_added: Some(vec!["file:/w/b".into()]),
        sub_directory_list: Some(vec!["delta_1".into()]),
        ..Default::default()
    };
    for (insert, id) in [(old, 2), (new, 3)] {
        let data = t::FireEventRequestData { insert_data: Some(insert), ..Default::default() };
        assert_eq!(fire(&mut client, data, None).await, [id]);
    }
    let data = t::FireEventRequestData { refresh_event: Some(true), ..Default::default() };
    assert_eq!(fire(&mut client, data, None).await, [4]);
    let key = Constraint {
        name: "pk".into(),
        kind: ConstraintKind::PrimaryKey { columns: vec![KeyColumn { name: "a".into(), sequence: 1 }] },
        enable: true,
        validate: false,
        rely: true,
    };
    of.metastore.constraints_add(&Caller::default(), &super::events::at("t"), &[key]).await.unwrap();
    of.metastore.constraint_drop(&Caller::default(), &super::events::at("t"), "pk").await.unwrap();
    of.metastore.table_drop(&Caller::default(), &super::events::at("t"), true, &Parameters::new()).await.unwrap();
    life(&of.metastore).await;
    let rqst = t::NotificationEventRequest { last_event: 0, ..Default::default() };
    let args = m::GetNextNotificationArgs { rqst: Some(rqst) };
    let events = reply(client.call::<m::GetNextNotification>(1, &args).await).events;
    let root = table.location().unwrap().trim_end_matches("/t").to_owned();
    let mut out = String::new();
    for event in events {
        assert_eq!(event.message_format.as_deref(), Some("json-0.2"));
        let message: serde_json::Value = serde_json::from_str(&event.message).unwrap();
        let (database, table) = (event.db_name.unwrap_or_default(), event.table_name.unwrap_or_default());
        writeln!(out, "{} {} {database}.{table} at {}", event.event_id, event.event_type, event.event_time).unwrap();
        for (key, value) in message.as_object().unwrap() {
            writeln!(out, "  {key}: {}", value.to_string().replace(&root, "<root>")).unwrap();
        }
    }
    golden::check("notifications.txt", &out);
}

#[tokio::test]
async fn locks_over_the_wire_echo_their_agent() {
    let of = TestMetastore::sqlite().await;
    let mut client = client(&of).await;
    let component = t::LockComponent {
        r#type: t::LockType::EXCLUSIVE,
        level: t::LockLevel::TABLE,
        dbname: "default".into(),
        tablename: Some("T".into()),
        ..Default::default()
    };
    let request = t::LockRequest {
        component: vec![component],
        user: "ann".into(),
        hostname: "h".into(),
        agent_info: "Iceberg-7".into(),
        ..Default::default()
    };
    let lock = m::LockArgs { rqst: Some(request) };
    let first = reply(client.call::<m::Lock>(1, &lock).await);
    let second = reply(client.call::<m::Lock>(2, &lock).await);
    assert_eq!((first.state, second.state), (t::LockState::ACQUIRED, t::LockState::WAITING));
    let rqst =
        t::ShowLocksRequest { dbname: Some("DEFAULT".into()), tablename: Some("t".into()), ..Default::default() };
    let shown = reply(client.call::<m::ShowLocks>(3, &m::ShowLocksArgs { rqst: Some(rqst) }).await).locks.unwrap();
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[1].blocked_by_ext_id, Some(first.lockid));
    assert_eq!((shown[0].agent_info.as_deref(), shown[0].tablename.as_deref()), (Some("Iceberg-7"), Some("t")));
    let unlock = m::UnlockArgs { rqst: Some(t::UnlockRequest { lockid: first.lockid }) };
    reply(client.call::<m::Unlock>(4, &unlock).await);
    let rqst = t::CheckLockRequest { lockid: second.lockid, ..Default::default() };
    let checked = reply(client.call::<m::CheckLock>(5, &m::CheckLockArgs { rqst: Some(rqst) }).await);
    assert_eq!(checked.state, t::LockState::ACQUIRED);
    let rqst = t::CheckLockRequest { lockid: 999, ..Default::default() };
    let unknown = client.call::<m::CheckLock>(6, &m::CheckLockArgs { rqst: Some(rqst) }).await;
    let expected = (Some(skep_thrift::Exception::NoSuchLock), "No such lock lockid:999".to_owned());
    assert_eq!(unknown, Answer::Exception(expected.0, expected.1));
    // What 2.3's own readers take.
    let ids = reply(client.call::<m::GetIndexNames>(7, &m::GetIndexNamesArgs::default()).await);
    assert!(ids.is_empty());
}
