//! Several changes in one transaction.

use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::table_change::Change;
use skep_thrift::methods as m;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::fixture::{Field, at, partition, table};

fn commit(changes: Vec<Change>) -> p::CommitRequest {
    let changes = changes.into_iter().map(|change| p::TableChange { change: Some(change) }).collect();
    p::CommitRequest { changes, user: "ann".to_owned(), ..Default::default() }
}

fn create(name: &str) -> Change {
    Change::CreateTable(p::CreateTableRequest { table: Some(table(name)), ..Default::default() })
}

fn add(name: &str, values: &[[&str; 2]]) -> Change {
    let partitions = values.iter().map(|values| partition(values)).collect();
    Change::AddPartitions(p::AddPartitionsRequest { table: at(name), partitions, ..Default::default() })
}

/// Names as a Hive client sees them.
fn names(field: &Field, name: &str) -> Vec<String> {
    let arguments = m::GetPartitionNamesArgs { db_name: Some("d".into()), tbl_name: Some(name.into()), max_parts: -1 };
    field.thrift().get::<m::GetPartitionNames>(&arguments)
}

grpc_cases! {
    async fn all_changes_land_together(field: &Field) {
        field.table("old").await;
        field.add("old", &[["a", "1"]]).await;
        let drop = p::DropPartitionsRequest { table: at("old"), filter: "dt = 'a'".to_owned(), ..Default::default() };
        let changes =
            vec![create("new"), add("new", &[["b", "2"], ["b", "3"]]), Change::DropPartitions(drop), add("old", &[["c", "4"]])];
        let done = field.commits().commit(commit(changes)).await.unwrap().into_inner().results;
        let told: Vec<_> = done.iter().map(|one| (one.table.as_ref().unwrap().table.as_str(), one.version, one.partitions)).collect();
        assert_eq!(told, [("new", 1, 0), ("new", 2, 2), ("old", 3, 1), ("old", 4, 1)]);
        assert_eq!(names(field, "new"), ["dt=b/hour=2", "dt=b/hour=3"]);
        assert_eq!(names(field, "old"), ["dt=c/hour=4"]);
    }

    async fn a_change_that_fails_takes_all_back(field: &Field) {
        field.table("one").await;
        field.table("two").await;
        field.add("two", &[["x", "1"]]).await;
        let cursor = field.changes().get_cursor(p::GetCursorRequest {}).await.unwrap().into_inner().cursor;
        let changes = vec![add("one", &[["a", "1"]]), create("three"), add("two", &[["x", "1"]])];
        let refused = field.commits().commit(commit(changes)).await.unwrap_err();
        assert_eq!(refused.code(), Code::AlreadyExists);
        assert!(refused.message().starts_with("changes[2]: "), "{refused}");
        assert!(names(field, "one").is_empty());
        let get = p::GetTableRequest { name: at("three"), as_of: None };
        assert_eq!(field.tables().get_table(get).await.unwrap_err().code(), Code::NotFound);
        let get = p::GetTableRequest { name: at("one"), as_of: None };
        assert_eq!(field.tables().get_table(get).await.unwrap().into_inner().table.unwrap().version, 1);
        let after = field.changes().get_cursor(p::GetCursorRequest {}).await.unwrap().into_inner().cursor;
        assert_eq!(after, cursor, "nothing that did not happen is told");
        let directory = field.folder.path().join("warehouse/d.db/three");
        assert!(!directory.exists(), "the directory that was made is taken back");
    }

    async fn a_commit_that_makes_no_sense_is_refused(field: &Field) {
        let of = |request: p::CommitRequest| async { field.commits().commit(request).await.unwrap_err() };
        assert_eq!(of(commit(Vec::new())).await.code(), Code::InvalidArgument);
        let empty = p::CommitRequest { changes: vec![p::TableChange::default()], ..Default::default() };
        let status = of(empty).await;
        assert_eq!(status.get_error_details().bad_request().unwrap().field_violations[0].field, "changes[0]");
        let own_id = Change::DropTable(p::DropTableRequest {
            name: at("t"), request_id: "mine".to_owned(), ..Default::default()
        });
        assert_eq!(of(commit(vec![own_id])).await.code(), Code::InvalidArgument);
        let nameless = Change::DropTable(p::DropTableRequest::default());
        let status = of(commit(vec![nameless])).await;
        let details = status.get_error_details();
        assert_eq!(details.bad_request().unwrap().field_violations[0].field, "changes[0].name.table");
    }
}
