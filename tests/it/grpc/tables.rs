//! Tables, also as Thrift's clients see them.

use skep_proto::admin::v1 as p;
use skep_thrift::methods as m;
use tonic::Code;

use super::fixture::{at, column, table};

fn get(name: &str) -> p::GetTableRequest {
    p::GetTableRequest { name: at(name), as_of: None }
}

grpc_cases! {
    async fn a_table_from_birth_to_death(field: &Field) {
        let mut calls = field.tables();
        let create = p::CreateTableRequest { table: Some(table("T1")), user: "ann".to_owned(), ..Default::default() };
        let made = calls.create_table(create.clone()).await.unwrap().into_inner();
        assert_eq!(made.version, 1);
        assert!(made.location.ends_with("/d.db/t1"), "{}", made.location);
        assert_eq!(calls.create_table(create).await.unwrap_err().code(), Code::AlreadyExists);

        let found = calls.get_table(get("t1")).await.unwrap().into_inner().table.unwrap();
        assert_eq!((found.owner.as_deref(), found.version), (Some("ann"), 1));
        assert_eq!(found.partition_keys, table("t").partition_keys);
        let arguments = m::GetTableArgs { dbname: Some("d".into()), tbl_name: Some("t1".into()) };
        let thrift = field.thrift().get::<m::GetTable>(&arguments);
        assert_eq!(thrift.sd.unwrap().location.as_deref(), Some(made.location.as_str()));
        assert_eq!(thrift.owner.as_deref(), Some("ann"));

        let mut changed = found.clone();
        changed.storage.as_mut().unwrap().columns.as_mut().unwrap().columns.push(column("New", "double"));
        let alter = p::AlterTableRequest {
            name: at("t1"), table: Some(changed), expected_version: 1, ..Default::default()
        };
        assert_eq!(calls.alter_table(alter.clone()).await.unwrap().into_inner().version, 2);
        // Who is late is told so, and changes nothing.
        let late = calls.alter_table(alter).await.unwrap_err();
        assert_eq!(late.code(), Code::FailedPrecondition);
        assert!(late.message().contains("version 2, not 1"), "{late}");
        let found = calls.get_table(get("t1")).await.unwrap().into_inner().table.unwrap();
        let columns = found.storage.unwrap().columns.unwrap().columns;
        assert_eq!(columns.last().unwrap().name, "new");

        let as_of = Some(p::AsOf { state: Some(p::as_of::State::Version(1)) });
        let before = calls.get_table(p::GetTableRequest { as_of, ..get("t1") }).await.unwrap().into_inner();
        assert_eq!(before.table.unwrap().storage.unwrap().columns.unwrap().columns.len(), 2);

        let rename = p::RenameTableRequest { name: at("t1"), new_name: at("t2"), ..Default::default() };
        assert_eq!(calls.rename_table(rename).await.unwrap().into_inner().version, 3);
        assert_eq!(calls.get_table(get("t1")).await.unwrap_err().code(), Code::NotFound);

        let drop = p::DropTableRequest { name: at("t2"), ..Default::default() };
        assert!(calls.drop_table(drop.clone()).await.unwrap().into_inner().dropped);
        assert_eq!(calls.drop_table(drop.clone()).await.unwrap_err().code(), Code::NotFound);
        let drop = p::DropTableRequest { if_exists: true, ..drop };
        assert!(!calls.drop_table(drop).await.unwrap().into_inner().dropped);
    }

    async fn tables_come_in_pages_of_what_was_asked_for(field: &Field) {
        for name in ["a1", "a2", "a3", "b"] {
            field.table(name).await;
        }
        let view = p::Table {
            name: at("v"),
            table_type: p::TableType::View.into(),
            view_original_text: Some("select 1".to_owned()),
            view_expanded_text: Some("select 1".to_owned()),
            parameters: [("comment".to_owned(), "one".to_owned())].into(),
            storage: table("v").storage,
            ..Default::default()
        };
        let create = p::CreateTableRequest { table: Some(view), ..Default::default() };
        field.tables().create_table(create).await.unwrap();

        let mut request = p::ListTablesRequest { database: "D".to_owned(), page_size: 2, ..Default::default() };
        let mut pages: Vec<Vec<String>> = Vec::new();
        loop {
            let page = field.tables().list_tables(request.clone()).await.unwrap().into_inner();
            assert!(page.tables.is_empty());
            pages.push(page.summaries.into_iter().map(|one| one.name.unwrap().table).collect());
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        assert_eq!(pages, [vec!["a1", "a2"], vec!["a3", "b"], vec!["v"]]);
        let views = p::ListTablesRequest {
            database: "d".to_owned(), table_types: vec![p::TableType::View.into()], ..Default::default()
        };
        let views = field.tables().list_tables(views).await.unwrap().into_inner().summaries;
        assert_eq!((views.len(), views[0].comment.as_deref()), (1, Some("one")));
        assert_eq!(views[0].table_type(), p::TableType::View);
        let full = p::ListTablesRequest {
            database: "d".to_owned(), pattern: "a*".to_owned(), view: p::TableView::Full.into(), ..Default::default()
        };
        let full = field.tables().list_tables(full).await.unwrap().into_inner().tables;
        assert_eq!(full.len(), 3);
        assert_eq!(full[0].storage.as_ref().unwrap().columns.as_ref().unwrap().columns.len(), 2);
        let nowhere = p::ListTablesRequest { database: "none".to_owned(), ..Default::default() };
        assert_eq!(field.tables().list_tables(nowhere).await.unwrap_err().code(), Code::NotFound);
    }

    async fn all_of_a_table_comes_back(field: &Field) {
        let mut given = table("all");
        given.retention = 7;
        given.owner = Some("etl".to_owned());
        given.owner_type = p::PrincipalType::Role.into();
        let storage = given.storage.as_mut().unwrap();
        storage.location = Some(format!("file:{}/elsewhere", field.folder.path().display()));
        storage.bucket_columns = vec!["id".to_owned()];
        storage.buckets = 4;
        storage.compressed = true;
        storage.stored_as_sub_directories = true;
        storage.sort_columns = vec![p::SortColumn { column: "id".to_owned(), order: 1 }];
        storage.parameters = [("k".to_owned(), "v".to_owned())].into();
        storage.input_format = Some("in".to_owned());
        storage.output_format = Some("out".to_owned());
        storage.skewed = Some(p::Skewed {
            columns: vec!["id".to_owned()],
            values: vec![p::ValueList { values: vec!["1".to_owned()] }],
            locations: vec![p::SkewedLocation { values: vec!["1".to_owned()], location: "file:/x".to_owned() }],
        });
        let create = p::CreateTableRequest { table: Some(given.clone()), ..Default::default() };
        field.tables().create_table(create).await.unwrap();
        let found = field.tables().get_table(get("all")).await.unwrap().into_inner().table.unwrap();
        assert_eq!(found.storage, given.storage);
        assert_eq!((found.retention, found.owner, found.owner_type), (7, given.owner, given.owner_type));
    }
}
