//! Databases and the status.

use skep_proto::admin::v1 as p;
use tonic::Code;

fn database(name: &str) -> p::Database {
    p::Database { name: name.to_owned(), ..p::Database::default() }
}

grpc_cases! {
    async fn a_database_from_birth_to_death(field: &Field) {
        let mut calls = field.databases();
        let given = p::Database {
            description: Some("clicks".to_owned()),
            parameters: [("a".to_owned(), "b".to_owned())].into(),
            ..database("Web")
        };
        let create = p::CreateDatabaseRequest { database: Some(given), user: "ann".to_owned(), ..Default::default() };
        let made = calls.create_database(create.clone()).await.unwrap().into_inner();
        assert!(made.location.ends_with("/web.db"), "{}", made.location);
        assert_eq!(calls.create_database(create).await.unwrap_err().code(), Code::AlreadyExists);

        let get = p::GetDatabaseRequest { name: "WEB".to_owned(), ..Default::default() };
        let found = calls.get_database(get.clone()).await.unwrap().into_inner().database.unwrap();
        assert_eq!((found.catalog.as_str(), found.name.as_str()), ("hive", "web"));
        assert_eq!((found.owner.as_deref(), found.owner_type()), (Some("ann"), p::PrincipalType::User));
        assert_eq!((found.description.as_deref(), found.location.as_str()), (Some("clicks"), made.location.as_str()));

        let after = p::Database { parameters: [("c".to_owned(), "d".to_owned())].into(), ..found };
        let alter = p::AlterDatabaseRequest { database: Some(after.clone()), ..Default::default() };
        calls.alter_database(alter).await.unwrap();
        assert_eq!(calls.get_database(get.clone()).await.unwrap().into_inner().database.unwrap(), after);

        let drop = p::DropDatabaseRequest { name: "web".to_owned(), ..Default::default() };
        calls.drop_database(drop.clone()).await.unwrap();
        assert_eq!(calls.get_database(get).await.unwrap_err().code(), Code::NotFound);
        assert_eq!(calls.drop_database(drop.clone()).await.unwrap_err().code(), Code::NotFound);
        calls.drop_database(p::DropDatabaseRequest { if_exists: true, ..drop }).await.unwrap();
        // A database that holds a table stays.
        field.table("t").await;
        let drop = p::DropDatabaseRequest { name: "d".to_owned(), ..Default::default() };
        assert_eq!(calls.drop_database(drop.clone()).await.unwrap_err().code(), Code::FailedPrecondition);
        calls.drop_database(p::DropDatabaseRequest { cascade: true, ..drop }).await.unwrap();
    }

    async fn databases_come_in_pages(field: &Field) {
        for name in ["b1", "b2", "b3", "c"] {
            field.database(name).await;
        }
        let mut request = p::ListDatabasesRequest { pattern: "b*|c".to_owned(), page_size: 2, ..Default::default() };
        let mut pages: Vec<Vec<String>> = Vec::new();
        loop {
            let page = field.databases().list_databases(request.clone()).await.unwrap().into_inner();
            pages.push(page.databases.into_iter().map(|one| one.name).collect());
            request.page_token = page.next_page_token;
            if request.page_token.is_empty() {
                break;
            }
        }
        assert_eq!(pages, [vec!["b1", "b2"], vec!["b3", "c"]]);
        request.page_token = "?".into();
        assert_eq!(field.databases().list_databases(request).await.unwrap_err().code(), Code::InvalidArgument);
    }

    async fn the_status_tells_where_and_how(field: &Field) {
        let status = field.status().get_server_status(p::GetServerStatusRequest {}).await.unwrap().into_inner();
        let status = status.status.unwrap();
        assert!(status.ready && status.problem.is_empty());
        assert_eq!(status.thrift_address, field.server.address.to_string());
        assert_eq!(status.api_address, field.server.api.to_string());
        assert!(status.warehouse.ends_with("/warehouse") && status.schema_version >= 2, "{status:?}");
        assert_eq!(status.default_catalog, "hive");
        assert!(status.pool.is_some() && status.caches.is_some());
    }
}
