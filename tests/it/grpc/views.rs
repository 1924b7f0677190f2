//! Views of one definition, and what is told of wrong ones.

use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::view_service_client::ViewServiceClient;
use skep_thrift::methods as m;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::fixture::{Field, at};

fn request(name: &str, sql: &str) -> p::CreateViewRequest {
    p::CreateViewRequest {
        name: at(name),
        sql: sql.into(),
        trino_catalog: "hive".into(),
        user: "ann".into(),
        ..Default::default()
    }
}

async fn create(field: &Field, request: p::CreateViewRequest) -> Result<p::View, Status> {
    let made = ViewServiceClient::new(field.channel.clone()).create_view(request).await?;
    Ok(made.into_inner().view.unwrap())
}

async fn get(field: &Field, name: &str) -> Result<p::View, Status> {
    let get = p::GetViewRequest { name: at(name) };
    Ok(ViewServiceClient::new(field.channel.clone()).get_view(get).await?.into_inner().view.unwrap())
}

async fn drop_view(field: &Field, name: &str, if_exists: bool) -> Result<bool, Status> {
    let drop = p::DropViewRequest { name: at(name), if_exists, ..Default::default() };
    Ok(ViewServiceClient::new(field.channel.clone()).drop_view(drop).await?.into_inner().dropped)
}

grpc_cases! {
    async fn a_view_from_its_birth_to_its_end(field: &Field) {
        field.table("clicks").await;
        let sql = "SELECT dt, count(*) AS clicks FROM clicks WHERE hour > 6 GROUP BY dt";
        let planned = create(field, p::CreateViewRequest { dry_run: true, ..request("daily", sql) }).await.unwrap();
        assert_eq!(get(field, "daily").await.unwrap_err().code(), Code::NotFound);
        let asked = p::CreateViewRequest { request_id: "r1".into(), ..request("daily", sql) };
        let made = create(field, asked.clone()).await.unwrap();
        assert_eq!((&made.hive_text, &made.trino_text), (&planned.hive_text, &planned.trino_text));
        assert_eq!(create(field, asked).await.unwrap(), made, "the same request");
        assert_eq!(get(field, "daily").await.unwrap(), made);
        assert_eq!((made.sql.as_str(), made.owner.as_deref(), made.columns.len()), (sql, Some("ann"), 2));

        // As engines find it.
        let args = m::GetTableArgs { dbname: Some("d".into()), tbl_name: Some("daily".into()) };
        let found = field.thrift().get::<m::GetTable>(&args);
        assert_eq!(found.table_type.as_deref(), Some("VIRTUAL_VIEW"));
        assert_eq!(found.view_expanded_text.as_deref(), Some(
            "SELECT `clicks`.`dt` AS `dt`, CAST(COUNT(*) AS bigint) AS `clicks` FROM `d`.`clicks` `clicks` WHERE (`clicks`.`hour` > 6) \
             GROUP BY `clicks`.`dt`"
        ));
        let parameters = found.parameters.unwrap();
        for (key, value) in [("presto_view", "true"), ("comment", "Presto View"), ("skep.view.sql", sql)] {
            assert!(parameters.iter().any(|(k, v)| k == key && v == value), "{key}: {parameters:?}");
        }
        assert!(found.view_original_text.unwrap().starts_with("/* Presto View: "));

        let taken = create(field, request("daily", "SELECT id FROM clicks")).await.unwrap_err();
        assert_eq!(taken.code(), Code::AlreadyExists);
        let plain = p::CreateViewRequest { replace: true, trino_catalog: String::new(), ..request("daily", "SELECT id FROM clicks") };
        let replaced = create(field, plain).await.unwrap();
        assert_eq!((replaced.version, replaced.trino_text.as_str()), (made.version + 1, ""));
        let parameters = field.thrift().get::<m::GetTable>(&args).parameters.unwrap();
        assert!(!parameters.iter().any(|(key, _)| key == "presto_view"), "{parameters:?}");

        assert!(drop_view(field, "daily", false).await.unwrap());
        assert!(!drop_view(field, "daily", true).await.unwrap());
        assert_eq!(drop_view(field, "daily", false).await.unwrap_err().code(), Code::NotFound);
    }

    async fn what_is_wrong_is_not_published(field: &Field) {
        field.table("clicks").await;
        for (sql, code, told) in [
            ("SELECT idd FROM clicks", Code::InvalidArgument, "character 8: there is no column `idd`"),
            ("SELECT id FROM", Code::InvalidArgument, "a name is expected"),
            ("SELECT id / hour AS x FROM clicks", Code::InvalidArgument, "division"),
            ("SELECT id FROM clickss", Code::NotFound, "there is no table d.clickss"),
            ("SELECT id FROM v", Code::InvalidArgument, "would read itself"),
        ] {
            if told.contains("itself") {
                create(field, request("v", "SELECT id FROM clicks")).await.unwrap();
            }
            let refused = create(field, p::CreateViewRequest { replace: true, ..request("v", sql) }).await.unwrap_err();
            assert_eq!(refused.code(), code, "{sql}: {refused:?}");
            assert!(refused.message().contains(told), "{sql}: {}", refused.message());
            if code == Code::InvalidArgument {
                assert_eq!(refused.get_error_details().bad_request().unwrap().field_violations[0].field, "sql");
            }
        }
        // By way of another one.
        create(field, request("w", "SELECT id FROM v")).await.unwrap();
        let circle = create(field, p::CreateViewRequest { replace: true, ..request("v", "SELECT id FROM w") }).await.unwrap_err();
        assert!(circle.message().contains("d.v would read itself"), "{circle:?}");
        field.table("other").await;
        let table = create(field, p::CreateViewRequest { replace: true, ..request("other", "SELECT id FROM w") }).await.unwrap_err();
        assert_eq!(table.code(), Code::FailedPrecondition, "{table:?}");
        assert_eq!(drop_view(field, "other", false).await.unwrap_err().code(), Code::FailedPrecondition);
        assert_eq!(get(field, "other").await.unwrap_err().code(), Code::FailedPrecondition);
        let name = create(field, request("a.b", "SELECT id FROM clicks")).await.unwrap_err();
        assert_eq!(name.code(), Code::InvalidArgument);
    }
}
