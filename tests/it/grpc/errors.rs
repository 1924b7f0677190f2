//! What a client is told of what was wrong.

use skep_proto::admin::v1 as p;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::fixture::{at, partition, table};

fn field_of(status: &Status) -> String {
    let details = status.get_error_details();
    let bad = details.bad_request().unwrap_or_else(|| panic!("no field is named: {status:?}"));
    bad.field_violations[0].field.clone()
}

grpc_cases! {
    async fn the_field_that_is_wrong_is_named(field: &Field) {
        field.table("t").await;
        field.add("t", &[["a", "1"]]).await;
        let list = |filter: &str, order: &str| p::ListPartitionsRequest {
            table: at("t"), filter: filter.to_owned(), order: order.to_owned(), ..Default::default()
        };
        let add = |values: &[&str]| p::AddPartitionsRequest {
            table: at("t"), partitions: vec![partition(&["b", "2"]), partition(values)], ..Default::default()
        };
        let mut bad = table("bad");
        bad.table_type = 77;
        let unnamed = p::ListPartitionsRequest::default();
        let page = p::ListTablesRequest { database: "d".to_owned(), page_size: -1, ..Default::default() };
        let as_of = p::ListPartitionsRequest {
            as_of: Some(p::AsOf { state: Some(p::as_of::State::Version(1)) }), ..list("", "dt")
        };
        let both = p::DropPartitionsRequest {
            table: at("t"), names: vec!["x".to_owned()], filter: "dt = 'a'".to_owned(), ..Default::default()
        };
        let mut partitions = field.partitions();
        for (status, expected) in [
            (field.names(list("nokey = 'a'", "")).await.unwrap_err(), "filter"),
            (field.names(list("dt =", "hour")).await.unwrap_err(), "filter"),
            (field.names(list("", "nokey")).await.unwrap_err(), "order"),
            (field.names(list("", "dt sideways")).await.unwrap_err(), "order"),
            (field.names(as_of).await.unwrap_err(), "as_of"),
            (field.names(unnamed).await.unwrap_err(), "table.table"),
            (partitions.add_partitions(add(&[])).await.unwrap_err(), "partitions[1].values"),
            (partitions.add_partitions(add(&["too few"])).await.unwrap_err(), "partitions"),
            (partitions.drop_partitions(both).await.unwrap_err(), "names"),
            (field.tables().list_tables(page).await.unwrap_err(), "page_size"),
            (
                field.tables().create_table(p::CreateTableRequest { table: Some(bad), ..Default::default() }).await.unwrap_err(),
                "table.table_type",
            ),
            (field.tables().create_table(p::CreateTableRequest::default()).await.unwrap_err(), "table"),
        ] {
            assert_eq!(status.code(), Code::InvalidArgument, "{expected}: {status:?}");
            assert_eq!(field_of(&status), expected, "{status:?}");
            assert_eq!(status.get_error_details().error_info().unwrap().domain, "skep");
        }
    }

    async fn what_is_missing_is_named(field: &Field) {
        let get = p::GetTableRequest { name: at("none"), as_of: None };
        let status = field.tables().get_table(get).await.unwrap_err();
        let details = status.get_error_details();
        let resource = details.resource_info().unwrap();
        assert_eq!((resource.resource_type.as_str(), resource.resource_name.as_str()), ("skep.admin.v1.Table", "hive.d.none"));
        assert_eq!(details.error_info().unwrap().reason, "NOT_FOUND");
        let mut elsewhere = table("t");
        elsewhere.name = Some(p::TableName { database: "nowhere".to_owned(), table: "t".to_owned(), ..Default::default() });
        let create = p::CreateTableRequest { table: Some(elsewhere), ..Default::default() };
        assert_eq!(field.tables().create_table(create).await.unwrap_err().code(), Code::NotFound);
        let add = p::AddPartitionsRequest { table: at("none"), partitions: vec![partition(&["a", "1"])], ..Default::default() };
        assert_eq!(field.partitions().add_partitions(add).await.unwrap_err().code(), Code::NotFound);
    }

    async fn a_message_that_is_too_large_is_refused(field: &Field) {
        field.table("t").await;
        let huge = p::Partition { parameters: [("k".to_owned(), "x".repeat(33 << 20))].into(), ..partition(&["a", "1"]) };
        let add = p::AddPartitionsRequest { table: at("t"), partitions: vec![huge], ..Default::default() };
        let status = field.partitions().add_partitions(add).await.unwrap_err();
        assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
    }
}
