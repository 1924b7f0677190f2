//! Data connectors.

use skep::catalog::{DEFAULT_AUTHORIZER, DataConnector, DataConnectorDrop, Principal, Privilege, PrivilegeObject};
use skep_core::Kind;
use skep_core::table::{Database, PrincipalType, RemoteDatabase};

use super::fixture::{Field, field};

fn connector(name: &str) -> DataConnector {
    DataConnector {
        name: name.into(),
        connector_type: "mysql".into(),
        url: "jdbc:mysql://there:3306/hive1".into(),
        description: Some("theirs".into()),
        parameters: [("hive.sql.dbcp.username".to_owned(), "hive".to_owned())].into(),
        owner: None,
        owner_type: None,
        create_time: 7,
    }
}

fn reads(name: &str) -> Privilege {
    Privilege {
        object: PrivilegeObject::DataConnector { name: name.into() },
        principal: Principal { kind: PrincipalType::User, name: "bob".into() },
        privilege: "SELECT".into(),
        create_time: 0,
        grantor: None,
        grant_option: false,
        authorizer: DEFAULT_AUTHORIZER.into(),
    }
}

async fn remote(f: &Field, name: &str, connector: &str) {
    let remote = RemoteDatabase { connector: Some(connector.into()), database: Some("theirs".into()) };
    let database = Database { catalog: "hive".into(), name: name.into(), remote: Some(remote), ..Database::default() };
    f.metastore.database_create(&f.caller, database).await.unwrap();
}

store_cases! {
    async fn a_connector_lives(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let m = &f.metastore;
        m.connector_create(&f.caller, connector("Mine")).await.unwrap();
        m.connector_create(&f.caller, DataConnector { owner: Some("eve".into()), ..connector("a_b") }).await.unwrap();
        assert_eq!(m.connector_names().await.unwrap(), ["a_b", "mine"]);
        let got = m.connector_get(" MINE ").await.unwrap();
        let expected = DataConnector {
            owner: Some("ann".into()),
            owner_type: Some(PrincipalType::User),
            create_time: 1_700_000_000,
            ..connector("mine")
        };
        assert_eq!(got, expected);
        assert_eq!(m.connector_get("a_b").await.unwrap().owner.as_deref(), Some("eve"));
        let taken = m.connector_create(&f.caller, connector("MINE")).await.unwrap_err();
        assert_eq!(taken.kind, Kind::AlreadyExists, "{taken}");
        let wrong = m.connector_create(&f.caller, connector("é")).await.unwrap_err();
        assert_eq!(wrong.kind, Kind::InvalidObject, "{wrong}");
        // Nobody's log is told: a connector's parameters hold a password.
        m.connector_drop("mine", DataConnectorDrop::default()).await.unwrap();
        assert_eq!(f.event_kinds().await, ["CREATE_DATABASE"]);
    }

    async fn an_altered_connector_keeps_name_and_type(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let m = &f.metastore;
        m.connector_create(&f.caller, connector("c")).await.unwrap();
        let new = DataConnector {
            connector_type: "postgres".into(),
            url: "jdbc:postgresql://here".into(),
            description: Some(" ".into()),
            parameters: [("p".to_owned(), "5".to_owned())].into(),
            owner: Some("admins".into()),
            owner_type: Some(PrincipalType::Role),
            ..connector("d")
        };
        m.connector_alter("C", new.clone()).await.unwrap();
        let got = m.connector_get("c").await.unwrap();
        let expected = DataConnector {
            name: "c".into(),
            connector_type: "mysql".into(),
            description: Some("theirs".into()),
            create_time: 1_700_000_000,
            ..new.clone()
        };
        assert_eq!(got, expected);
        m.connector_alter("c", DataConnector { owner_type: None, ..new.clone() }).await.unwrap();
        assert_eq!(m.connector_get("c").await.unwrap().owner_type, Some(PrincipalType::Role));
        assert_eq!(m.connector_alter("d", new).await.unwrap_err().kind, Kind::NotFound);
    }

    async fn a_connector_in_use_is_dropped_by_those_who_do_not_ask(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let m = &f.metastore;
        m.connector_create(&f.caller, connector("c")).await.unwrap();
        remote(&f, "far", "C").await;
        let asking = DataConnectorDrop { check_references: true, ..DataConnectorDrop::default() };
        let used = m.connector_drop("c", asking).await.unwrap_err();
        assert_eq!(used.kind, Kind::InvalidOperation);
        assert!(used.message.contains("hive.far"), "{used}");
        m.connector_drop("c", DataConnectorDrop::default()).await.unwrap();
        assert_eq!(m.connector_get("c").await.unwrap_err().kind, Kind::NotFound);
        // The database lives on as it was made.
        let far = m.database_get("hive", "far").await.unwrap();
        assert_eq!(far.remote.unwrap().connector.as_deref(), Some("C"));
        m.connector_create(&f.caller, connector("unused")).await.unwrap();
        m.connector_drop("unused", asking).await.unwrap();
        assert_eq!(m.connector_drop("c", asking).await.unwrap_err().kind, Kind::NotFound);
        m.connector_drop("c", DataConnectorDrop { if_exists: true, ..asking }).await.unwrap();
    }

    async fn privileges_on_a_connector_die_with_it(t: &TestStore) {
        let f = field(t, |_| ()).await;
        let m = &f.metastore;
        let none = m.privileges_grant(vec![reads("c")]).await.unwrap_err();
        assert_eq!(none.kind, Kind::NotFound, "{none}");
        m.connector_create(&f.caller, connector("c")).await.unwrap();
        m.privileges_grant(vec![reads("c")]).await.unwrap();
        assert_eq!(m.privilege_list(None, Some(&reads("c").object)).await.unwrap().len(), 1);
        m.connector_drop("c", DataConnectorDrop::default()).await.unwrap();
        m.connector_create(&f.caller, connector("c")).await.unwrap();
        assert_eq!(m.privilege_list(None, Some(&reads("c").object)).await.unwrap(), []);
    }

    async fn alters_of_one_connector_lose_nothing(t: &TestStore) {
        let f = field(t, |_| ()).await;
        f.metastore.connector_create(&f.caller, connector("c")).await.unwrap();
        // One sets the description alone, the other the owner's type alone: both stay.
        let alter = |description: Option<&str>, owner_type| {
            let new = DataConnector { description: description.map(Into::into), owner_type, ..connector("c") };
            let m = f.metastore.clone();
            tokio::spawn(async move { m.connector_alter("c", new).await })
        };
        for turn in 0..8 {
            let text = format!("turn {turn}");
            let kind = if turn % 2 == 0 { PrincipalType::Group } else { PrincipalType::Role };
            let (one, other) = (alter(Some(&text), None), alter(None, Some(kind)));
            one.await.unwrap().unwrap();
            other.await.unwrap().unwrap();
            let got = f.metastore.connector_get("c").await.unwrap();
            assert_eq!((got.description, got.owner_type), (Some(text), Some(kind)));
        }
    }
}
