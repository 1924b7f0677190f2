//! Replies that are kept encoded: the same bytes for every spelling and wire, and never an old table's.

use skep_thrift::{methods as m, types as t};

use super::TestMetastore;
use super::messages::{client_as, reply};
use crate::wire::client::{Client, WIRES};

fn request() -> t::GetTableRequest {
    t::GetTableRequest { db_name: "default".into(), tbl_name: "t".into(), ..t::GetTableRequest::default() }
}

/// By a spelling that is made anew each time.
async fn made_anew(client: &mut Client) -> t::Table {
    let (dbname, tbl_names) = (Some("default".to_owned()), Some(vec!["t".to_owned()]));
    let args = m::GetTableObjectsByNameArgs { dbname, tbl_names };
    reply(client.call::<m::GetTableObjectsByName>(1, &args).await).pop().unwrap()
}

async fn kept(client: &mut Client) -> [t::Table; 2] {
    let args = m::GetTableArgs { dbname: Some("default".into()), tbl_name: Some("t".into()) };
    let table = reply(client.call::<m::GetTable>(2, &args).await);
    let args = m::GetTableReqArgs { req: Some(request()) };
    let result = reply(client.call::<m::GetTableReq>(3, &args).await);
    assert_eq!(result.is_stats_compliant, None);
    [table, result.table]
}

#[tokio::test]
async fn a_kept_reply_is_the_table_as_it_is() {
    let of = TestMetastore::sqlite().await;
    super::events::table_make(&of.metastore, "t").await;
    let mut clients = client_as(&of, &WIRES).await;
    for state in 0..3 {
        for client in &mut clients {
            for _ in 0..3 {
                let wanted = made_anew(client).await;
                let marks = wanted.parameters.iter().flatten().filter(|(key, _)| key == "state");
                assert_eq!(
                    marks.map(|(_, value)| value.clone()).collect::<String>(),
                    if state == 0 { String::new() } else { state.to_string() }
                );
                assert_eq!(kept(client).await, [wanted.clone(), wanted]);
            }
        }
        let mut new = made_anew(&mut clients[0]).await;
        let parameters = new.parameters.get_or_insert_default();
        parameters.retain(|(key, _)| key != "state");
        parameters.push(("state".into(), (state + 1).to_string()));
        let args = m::AlterTableArgs { dbname: Some("default".into()), tbl_name: Some("t".into()), new_tbl: Some(new) };
        reply(clients[state % 4].call::<m::AlterTable>(4, &args).await);
    }
    let (hits, misses) = of.metastore.cache_reads();
    assert!(hits > 60 && misses <= 3, "{hits} {misses}");
    assert!(of.metastore.table_cache_len() == 1 && of.metastore.table_cache_bytes() > 1000);
}
