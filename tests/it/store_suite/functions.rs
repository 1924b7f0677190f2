//! Functions.

use skep_core::Kind;
use skep_core::table::{Function, PrincipalType, ResourceUri};

use super::fixture::field;

fn function(database: &str, name: &str) -> Function {
    Function {
        catalog: "hive".into(),
        database: database.into(),
        name: name.into(),
        class_name: Some("C".into()),
        owner: Some("ann".into()),
        owner_type: Some(PrincipalType::User),
        // When, is for the server to say; only an import says it itself.
        create_time: 0,
        function_type: Some(1),
        // Trino keeps whole routines in a resource's text.
        resources: Some(vec![ResourceUri { resource_type: 1, uri: Some("x".repeat(100_000)) }]),
    }
}

store_cases! {
    async fn a_function_lives(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let m = &f.metastore;
        m.function_create(function("D", "Fun")).await.unwrap();
        let got = m.function_get("hive", "d", "FUN").await.unwrap();
        assert_eq!((got.name.as_str(), got.database.as_str(), got.create_time), ("fun", "d", 1_700_000_000));
        assert_eq!(got.resources, function("d", "fun").resources);
        assert_eq!(m.function_create(function("d", "fun")).await.unwrap_err().kind, Kind::AlreadyExists);
        assert_eq!(m.function_create(function("none", "fun")).await.unwrap_err().kind, Kind::NotFound);
        assert_eq!(m.function_create(function("d", "f;")).await.unwrap_err().kind, Kind::InvalidObject);
        let classless = Function { class_name: None, ..function("d", "g") };
        assert_eq!(m.function_create(classless).await.unwrap_err().kind, Kind::InvalidObject);
        m.function_create(function("d", "other")).await.unwrap();
        let names = async |pattern| {
            let found = m.function_list("hive", "d", pattern).await.unwrap();
            found.into_iter().map(|f| f.name).collect::<Vec<_>>()
        };
        assert_eq!(names(None).await, ["fun", "other"]);
        assert_eq!(names(Some("F*|x")).await, ["fun"]);
        assert!(names(Some("")).await.is_empty());
        assert!(m.function_list("hive", "none", None).await.unwrap().is_empty());
        m.function_drop("hive", "d", "fun").await.unwrap();
        assert_eq!(m.function_drop("hive", "d", "fun").await.unwrap_err().kind, Kind::NotFound);
        assert_eq!(m.function_list_all().await.unwrap().len(), 1);
        let kinds = f.event_kinds().await;
        assert_eq!(kinds[1..], ["CREATE_FUNCTION", "CREATE_FUNCTION", "DROP_FUNCTION"]);
    }

    async fn an_altered_function_moves_and_keeps_its_resources(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let m = &f.metastore;
        f.database("e").await;
        m.function_create(function("d", "f")).await.unwrap();
        m.function_create(function("e", "taken")).await.unwrap();
        let new = Function { class_name: Some("D".into()), resources: None, ..function("e", "g") };
        for wrong in [function("e", "taken"), function("none", "g"), Function { owner_type: None, ..new.clone() }] {
            assert_eq!(m.function_alter("hive", "d", "f", wrong).await.unwrap_err().kind, Kind::Meta);
        }
        assert_eq!(m.function_alter("hive", "d", "none", new.clone()).await.unwrap_err().kind, Kind::Meta);
        m.function_alter("hive", "d", "f", new).await.unwrap();
        assert_eq!(m.function_get("hive", "d", "f").await.unwrap_err().kind, Kind::NotFound);
        let got = m.function_get("hive", "e", "g").await.unwrap();
        assert_eq!((got.class_name.as_deref(), got.create_time), (Some("D"), 1_700_000_000));
        assert_eq!(got.resources, function("d", "f").resources);
    }

    async fn of_two_that_create_one_function_one_wins(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let creates = (0..8).map(|_| {
            let m = f.metastore.clone();
            tokio::spawn(async move { m.function_create(function("d", "f")).await })
        });
        let mut won = 0;
        for create in creates.collect::<Vec<_>>() {
            match create.await.unwrap() {
                Ok(()) => won += 1,
                Err(e) => assert_eq!(e.kind, Kind::AlreadyExists, "{e}"),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(f.event_kinds().await[1..], ["CREATE_FUNCTION"]);
    }
}
