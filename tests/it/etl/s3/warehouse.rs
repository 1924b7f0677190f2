//! Directories of databases, tables and partitions on S3: prefixes, that exist as long as something lies below.

use skep_proto::admin::v1 as a;
use skep_thrift::methods as m;

use super::server::Fault;
use crate::grpc::fixture::{Field, at, table};

/// A database whose tables lie below `s3://lake/managed`, which is the server's to delete in.
pub async fn database(field: &Field) {
    let database =
        a::Database { name: "m".into(), managed_location: Some("s3://lake/managed/m.db".into()), ..Default::default() };
    let request = a::CreateDatabaseRequest { database: Some(database), ..Default::default() };
    field.databases().create_database(request).await.unwrap();
}

pub fn name(table: &str) -> Option<a::TableName> {
    at(table).map(|name| a::TableName { database: "m".into(), ..name })
}

/// A managed table; gives its place.
pub async fn managed(field: &Field, table_name: &str) -> String {
    let table = a::Table {
        name: name(table_name),
        table_type: a::TableType::Managed.into(),
        parameters: std::collections::BTreeMap::default(),
        ..table(table_name)
    };
    let request = a::CreateTableRequest { table: Some(table), ..Default::default() };
    field.tables().create_table(request).await.unwrap().into_inner().location
}

pub async fn partitions(field: &Field, table: &str, values: &[[&str; 2]]) {
    let partitions = values.iter().map(|values| crate::grpc::fixture::partition(values)).collect();
    let request = a::AddPartitionsRequest { table: name(table), partitions, ..Default::default() };
    field.partitions().add_partitions(request).await.unwrap();
}

pub fn drop_table(table: &str) -> a::DropTableRequest {
    a::DropTableRequest { name: name(table), delete_data: true, ..Default::default() }
}

s3_cases! {
    async fn a_managed_tables_objects_go_with_it_and_no_others(field: &Field, s3: &S3) {
        database(field).await;
        assert_eq!(managed(field, "t").await, "s3://lake/managed/m.db/t");
        managed(field, "t2").await;
        partitions(field, "t", &[["2024-01-01", "1"], ["2024-01-01", "2"], ["2024-01-02", "1"]]).await;
        let mut thrift = field.thrift();
        let by_name = m::GetPartitionByNameArgs {
            db_name: Some("m".into()), tbl_name: Some("t".into()), part_name: Some("dt=2024-01-01/hour=2".into()),
        };
        let place = thrift.get::<m::GetPartitionByName>(&by_name).sd.unwrap().location;
        assert_eq!(place.as_deref(), Some("s3://lake/managed/m.db/t/dt=2024-01-01/hour=2"));

        let all = [
            "elsewhere/m.db/t/f", "managed/m.db/t/dt=2024-01-01/hour=1/f", "managed/m.db/t/dt=2024-01-01/hour=2/_x/f",
            "managed/m.db/t/dt=2024-01-01/hour=2/f", "managed/m.db/t/dt=2024-01-01/hour=22/f",
            "managed/m.db/t/dt=2024-01-02/hour=1/f", "managed/m.db/t2/f", "managed/m.db/t_/f",
        ];
        for key in all {
            s3.bucket.put(key, b"x".to_vec());
        }
        let request = a::DropPartitionsRequest {
            table: name("t"), names: vec!["dt=2024-01-01/hour=2".into()], delete_data: true, ..Default::default()
        };
        field.partitions().drop_partitions(request).await.unwrap();
        let gone = |left: &[&str]| -> Vec<String> { left.iter().map(|key| (*key).to_owned()).collect() };
        assert_eq!(s3.bucket.keys(), gone(&[all[0], all[1], all[4], all[5], all[6], all[7]]));
        field.tables().drop_table(drop_table("t")).await.unwrap();
        assert_eq!(s3.bucket.keys(), gone(&[all[0], all[6], all[7]]));
    }

    async fn outside_of_the_roots_nothing_is_deleted(field: &Field, s3: &S3) {
        s3.people("elsewhere/t/dt=1/a.parquet", 1, 2);
        s3.people("managed", 1, 2);
        for (table_name, place) in [("outside", "s3://lake/elsewhere/t"), ("beside", "s3://lake/managed2/t"), ("above", "s3://lake/managed")] {
            s3.people("managed2/t/a.parquet", 1, 2);
            let mut definition = table(table_name);
            definition.parameters.insert("external.table.purge".into(), "true".into());
            definition.storage.as_mut().unwrap().location = Some(place.into());
            let request = a::CreateTableRequest { table: Some(definition), ..Default::default() };
            field.tables().create_table(request).await.unwrap();
            let before = s3.bucket.keys();
            s3.seen();
            let mut thrift = field.thrift();
            let drop = m::DropTableArgs { dbname: Some("d".into()), name: Some(table_name.into()), delete_data: true };
            thrift.get::<m::DropTable>(&drop);
            assert_eq!(s3.bucket.keys(), before, "{place}");
            let deletions: Vec<String> = s3.seen().into_iter().filter(|line| !line.starts_with("GET")).collect();
            assert!(deletions.is_empty(), "{place}: {deletions:?}");
        }
    }

    async fn a_drop_survives_a_store_that_fails(field: &Field, s3: &S3) {
        database(field).await;
        managed(field, "t").await;
        s3.bucket.put("managed/m.db/t/f", b"x".to_vec());
        // A few failures are waited out.
        s3.fail(Fault::SlowDown, "POST /lake?delete", 2);
        field.tables().drop_table(drop_table("t")).await.unwrap();
        assert!(s3.bucket.keys().is_empty());
        assert_eq!(s3.mend(), 0);
        // A store that is away keeps nobody from dropping: the deletion is on record, and done later.
        managed(field, "u").await;
        s3.bucket.put("managed/m.db/u/f", b"x".to_vec());
        s3.fail(Fault::Denied, "/lake", usize::MAX);
        field.tables().drop_table(drop_table("u")).await.unwrap();
        let request = a::GetTableRequest { name: name("u"), as_of: None };
        assert_eq!(field.tables().get_table(request).await.unwrap_err().code(), tonic::Code::NotFound);
        assert_eq!(s3.bucket.keys(), ["managed/m.db/u/f"]);
    }
}
