//! The log of changes as a stream.

use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::watch_changes_response::Item;
use tonic::Code;

use super::fixture::at;

fn from(cursor: i64) -> p::WatchChangesRequest {
    p::WatchChangesRequest { cursor, ..Default::default() }
}

async fn next(stream: &mut tonic::Streaming<p::WatchChangesResponse>) -> Option<p::ChangeEvent> {
    while let Some(message) = stream.message().await.unwrap() {
        if let Some(Item::Change(change)) = message.item {
            return Some(change);
        }
    }
    None
}

grpc_cases! {
    async fn a_stream_follows_the_log(field: &Field) {
        let cursor = field.changes().get_cursor(p::GetCursorRequest {}).await.unwrap().into_inner().cursor;
        assert!(cursor > 0, "the database's creation");
        let follow = p::WatchChangesRequest { follow: true, database: "D".to_owned(), tables: vec!["T".to_owned()], ..from(cursor) };
        let mut stream = field.changes().watch_changes(follow).await.unwrap().into_inner();
        field.table("t").await;
        field.table("other").await;
        let version = field.add("t", &[["a", "1"]]).await;
        let made = next(&mut stream).await.unwrap();
        assert_eq!((made.id, made.r#type.as_str(), made.version), (cursor + 1, "CREATE_TABLE", Some(1)));
        let added = next(&mut stream).await.unwrap();
        assert_eq!((added.id, added.r#type.as_str(), added.version), (cursor + 3, "ADD_PARTITION", Some(version)));
        assert_eq!((added.database.as_deref(), added.table.as_deref()), (Some("d"), Some("t")));

        // Without following it ends at the end, gapless from the first on.
        let mut all = field.changes().watch_changes(from(0)).await.unwrap().into_inner();
        let mut ids = Vec::new();
        while let Some(change) = next(&mut all).await {
            ids.push(change.id);
        }
        assert_eq!(ids, (1..=cursor + 3).collect::<Vec<_>>());
        for (cursor, code) in [(-1, Code::InvalidArgument), (cursor + 99, Code::OutOfRange)] {
            assert_eq!(field.changes().watch_changes(from(cursor)).await.unwrap_err().code(), code);
        }
    }

    async fn a_server_that_goes_ends_its_streams(field: &Field) {
        let follow = p::WatchChangesRequest { follow: true, ..from(0) };
        let mut stream = field.changes().watch_changes(follow).await.unwrap().into_inner();
        next(&mut stream).await.unwrap();
        field.server.signal("TERM");
        let status = loop {
            match stream.message().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the stream ended well"),
                Err(status) => break status,
            }
        };
        assert_eq!(status.code(), Code::Unavailable);
        assert!(status.message().contains("cursor"), "{status}");
    }

    async fn a_change_of_many_is_one_event_each(field: &Field) {
        field.table("t").await;
        let cursor = field.changes().get_cursor(p::GetCursorRequest {}).await.unwrap().into_inner().cursor;
        let drop = p::DropTableRequest { name: at("t"), ..Default::default() };
        field.tables().drop_table(drop).await.unwrap();
        let mut stream = field.changes().watch_changes(from(cursor)).await.unwrap().into_inner();
        assert_eq!(next(&mut stream).await.unwrap().r#type, "DROP_TABLE");
        assert!(next(&mut stream).await.is_none());
    }
}
