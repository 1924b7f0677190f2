//! Requests that come again.

use skep_proto::admin::v1 as p;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::fixture::{at, partition, table};

grpc_cases! {
    async fn the_same_request_has_one_effect_and_one_answer(field: &Field) {
        field.table("t").await;
        let add = p::AddPartitionsRequest {
            table: at("t"),
            partitions: vec![p::Partition {
                // Maps have no order on the wire, and the request is the same all the same.
                parameters: (0..20).map(|at| (format!("k{at}"), String::new())).collect(),
                ..partition(&["a", "1"])
            }],
            request_id: "job-17".to_owned(),
            ..Default::default()
        };
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let (mut calls, add) = (field.partitions(), add.clone());
            all.spawn(async move { calls.add_partitions(add).await.map(tonic::Response::into_inner) });
        }
        while let Some(done) = all.join_next().await {
            let done = done.unwrap().unwrap();
            assert_eq!((done.added, done.version), (1, 2));
        }
        let get = p::GetTableRequest { name: at("t"), as_of: None };
        assert_eq!(field.tables().get_table(get).await.unwrap().into_inner().table.unwrap().version, 2);

        let other = p::AddPartitionsRequest { partitions: vec![partition(&["b", "1"])], ..add };
        let refused = field.partitions().add_partitions(other).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let details = refused.get_error_details();
        assert_eq!(details.bad_request().unwrap().field_violations[0].field, "request_id");
    }

    async fn every_change_can_come_again(field: &Field) {
        let id = |text: &str| text.to_owned();
        let create = p::CreateTableRequest { table: Some(table("t")), request_id: id("c"), ..Default::default() };
        let rename =
            p::RenameTableRequest { name: at("t"), new_name: at("u"), request_id: id("r"), ..Default::default() };
        let drop = p::DropTableRequest { name: at("u"), request_id: id("d"), ..Default::default() };
        let first = field.tables().create_table(create.clone()).await.unwrap().into_inner();
        field.tables().rename_table(rename.clone()).await.unwrap();
        assert!(field.tables().drop_table(drop.clone()).await.unwrap().into_inner().dropped);
        // A client that heard nothing tries all again, in any order.
        assert!(field.tables().drop_table(drop).await.unwrap().into_inner().dropped);
        assert_eq!(field.tables().create_table(create).await.unwrap().into_inner(), first);
        assert_eq!(field.tables().rename_table(rename).await.unwrap().into_inner().version, 2);
        let database = p::Database { name: "e".to_owned(), ..Default::default() };
        let create = p::CreateDatabaseRequest { database: Some(database), request_id: id("c"), ..Default::default() };
        let first = field.databases().create_database(create.clone()).await.unwrap().into_inner();
        assert_eq!(field.databases().create_database(create).await.unwrap().into_inner(), first);
        let drop = p::DropDatabaseRequest { name: "e".to_owned(), request_id: id("d"), ..Default::default() };
        field.databases().drop_database(drop.clone()).await.unwrap();
        field.databases().drop_database(drop).await.unwrap();
    }

    async fn a_request_that_failed_may_be_mended(field: &Field) {
        let add = p::AddPartitionsRequest {
            table: at("t"), partitions: vec![partition(&["a", "1"])], request_id: "x".to_owned(), ..Default::default()
        };
        assert_eq!(field.partitions().add_partitions(add.clone()).await.unwrap_err().code(), Code::NotFound);
        field.table("t").await;
        assert_eq!(field.partitions().add_partitions(add).await.unwrap().into_inner().added, 1);
    }
}
