//! Row groups that a job tells of: no file is opened, and plans leave out what cannot match.

use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;
use tonic::Code;

use super::plan::{ask, planned};
use super::register::register;
use crate::grpc::fixture::{Field, at};

fn bounds(min: &str, max: &str) -> p::KnownBounds {
    p::KnownBounds { nulls: Some(0), min: Some(min.into()), max: Some(max.into()) }
}

fn group(offset: i64, rows: i64, columns: Vec<p::KnownBounds>) -> p::KnownRowGroup {
    p::KnownRowGroup { offset, length: 100, rows, columns }
}

fn file(name: &str, rows: i64, row_groups: Vec<p::KnownRowGroup>) -> p::KnownFile {
    let column =
        |name: &str, kind: &str| p::KnownColumn { name: name.into(), r#type: kind.into(), ..Default::default() };
    p::KnownFile {
        uri: format!("file:/nowhere/lake/dt=1/{name}.parquet"),
        size: 1_000,
        modified_at_ms: 1,
        rows,
        columns: vec![column("id", "bigint"), column("name", "string")],
        row_groups,
        ..Default::default()
    }
}

fn telling(files: Vec<p::KnownFile>) -> p::RegisterRequest {
    let base = "file:/nowhere/lake".into();
    p::RegisterRequest { table: at("people"), files, base, create: true, ..Default::default() }
}

/// The offsets of the row groups of each planned file.
async fn offsets(field: &Field, filter: &str) -> Vec<Vec<i64>> {
    let found = planned(&field.channel, ask("people", filter)).await.unwrap();
    found.files.iter().map(|(_, file)| file.row_groups.iter().map(|group| group.offset).collect()).collect()
}

grpc_cases! {
    async fn told_row_groups_are_pruned(field: &Field) {
        let groups = vec![
            group(4, 10, vec![bounds("0", "9"), bounds("ann", "bob")]),
            // Nothing of the second column: it may be anything.
            group(200, 10, vec![bounds("10", "19")]),
            group(300, 5, vec![p::KnownBounds { nulls: Some(5), ..Default::default() }, bounds("x", "z")]),
        ];
        let alone = vec![group(4, 3, vec![bounds("500", "509")])];
        let done = register(field, telling(vec![file("a", 25, groups), file("b", 3, alone), file("c", 7, vec![])])).await;
        assert_eq!(done.unwrap().outcome(), p::RegisterOutcome::Registered);
        // The last of the files tells of nothing.
        assert_eq!(offsets(field, "").await, [vec![4, 200, 300], vec![4], vec![]]);
        assert_eq!(offsets(field, "id = 12").await, [vec![200], vec![]]);
        assert_eq!(offsets(field, "id is null").await, [vec![300], vec![]]);
        assert_eq!(offsets(field, "id >= 5 and name = 'zed'").await, [vec![200], vec![4], vec![]]);
        assert_eq!(offsets(field, "id between 501 and 502").await, [vec![4], vec![]], "its bounds are the file's");
        assert_eq!(offsets(field, "id = 50").await, [Vec::<i64>::new()]);
    }

    async fn more_row_groups_than_are_kept_are_told_together(field: &Field) {
        let one = |n: i64| p::KnownRowGroup {
            offset: 4 + n * 10,
            length: 10,
            rows: 2,
            columns: vec![bounds(&n.to_string(), &n.to_string())],
        };
        let many = p::KnownFile { size: 0, ..file("a", 5_000, (0..2_500).map(one).collect()) };
        register(field, telling(vec![many])).await.unwrap();
        let found = planned(&field.channel, ask("people", "id = 7")).await.unwrap();
        let groups = &found.files[0].1.row_groups;
        assert_eq!((groups.len(), groups[0].offset, groups[0].length, groups[0].rows), (1, 64, 30, 6));
    }

    async fn wrong_row_groups_are_refused(field: &Field) {
        let good = || group(4, 10, vec![bounds("0", "9")]);
        let negative = |change: fn(&mut p::KnownRowGroup)| {
            let mut group = good();
            change(&mut group);
            vec![group]
        };
        for (groups, said) in [
            (vec![good()], "row_groups have 10 rows together, and the file 20"),
            (vec![good(), group(950, 10, vec![])], "row_groups[1] reaches to byte 1050, and the file has 1000"),
            (vec![good(), group(103, 10, vec![])], "row_groups[1] begins at byte 103, and the one before it ends at 104"),
            (vec![group(4, 20, vec![bounds("0", "9"); 3])], "row_groups[0] tells of 3 columns, and the file has 2"),
            (negative(|group| group.offset = -1), "row_groups[0].offset is -1; it is a number from 0 on"),
            (negative(|group| group.length = -1), "row_groups[0].length is -1"),
            (negative(|group| group.rows = -1), "row_groups[0].rows is -1"),
            (negative(|group| group.columns[0].nulls = Some(-1)), "row_groups[0].columns[0].nulls is -1"),
            (negative(|group| group.columns[0].nulls = Some(11)), "row_groups[0].columns[0].nulls is 11, and"),
            (negative(|group| group.length = i64::MAX), "row_groups[0] reaches to byte 9223372036854775811"),
        ] {
            let request = p::RegisterRequest { quarantine: true, ..telling(vec![file("fine", 1, vec![]), file("a", 20, groups)]) };
            let refused = register(field, request).await.unwrap_err();
            assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
            let message = refused.message();
            assert!(message.contains("file:/nowhere/lake/dt=1/a.parquet: ") && message.contains(said), "{message}");
        }
        let missing = field.tables().get_table(a::GetTableRequest { name: at("people"), ..Default::default() }).await;
        assert_eq!(missing.unwrap_err().code(), Code::NotFound, "nothing is registered");
    }

    async fn columns_that_say_more_than_there_are_rows_are_refused(field: &Field) {
        let column = |nulls, min: Option<&str>| p::KnownColumn {
            name: "id".into(),
            r#type: "bigint".into(),
            nulls,
            min: min.map(str::to_owned),
            ..Default::default()
        };
        for (rows, column, said) in [
            (10, column(Some(11), None), "`id` has 11 nulls; of 10 rows it is 0 to 10"),
            (10, column(Some(-1), None), "`id` has -1 nulls; of 10 rows it is 0 to 10"),
            (0, column(None, Some("5")), "`id` has a least or a greatest value, and the file no rows"),
        ] {
            let told = p::KnownFile { columns: vec![column], ..file("a", rows, vec![]) };
            let refused = register(field, telling(vec![told])).await.unwrap_err();
            assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
            assert!(refused.message().contains(said), "{refused}");
        }
        register(field, telling(vec![file("a", 0, vec![])])).await.unwrap();
    }
}
