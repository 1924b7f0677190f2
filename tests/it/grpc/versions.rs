//! Versions: the log, earlier states, differences.

use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::diff_versions_response::Item;
use tonic::Code;

use super::fixture::at;

type Names = Vec<String>;

async fn diff(field: &super::fixture::Field, from: i64, to: i64) -> (p::DefinitionDiff, Names, Names) {
    let request = p::DiffVersionsRequest { table: at("t"), from, to };
    let mut stream = field.versions().diff_versions(request).await.unwrap().into_inner();
    let (mut definition, mut went, mut came) = (None, Vec::new(), Vec::new());
    while let Some(message) = stream.message().await.unwrap() {
        match message.item.unwrap() {
            Item::Definition(found) => definition = Some(found),
            Item::Partitions(names) => {
                went.extend(names.went);
                came.extend(names.came);
            }
        }
    }
    (definition.unwrap(), went, came)
}

grpc_cases! {
    async fn what_was_and_what_changed(field: &Field) {
        field.table("t").await;
        field.add("t", &[["a", "1"], ["b", "2"]]).await;
        let drop = p::DropPartitionsRequest {
            table: at("t"), names: vec!["dt=a/hour=1".to_owned()], user: "ann".to_owned(),
            request_id: "once".to_owned(), ..Default::default()
        };
        field.partitions().drop_partitions(drop).await.unwrap();

        let mut request = p::ListVersionsRequest { table: at("t"), page_size: 2, page_token: String::new() };
        let first = field.versions().list_versions(request.clone()).await.unwrap().into_inner();
        let told: Vec<_> = first.versions.iter().map(|one| (one.version, one.operation.as_str())).collect();
        assert_eq!(told, [(3, "drop_partitions"), (2, "add_partitions")]);
        assert_eq!(first.versions[0].user.as_deref(), Some("ann"));
        assert_eq!(first.versions[0].request_id.as_deref(), Some("once"));
        request.page_token = first.next_page_token;
        let second = field.versions().list_versions(request).await.unwrap().into_inner();
        assert_eq!((second.versions.len(), second.versions[0].version), (1, 1));
        assert!(second.versions[0].defines && second.next_page_token.is_empty());

        let get = |state| p::GetVersionRequest { table: at("t"), as_of: Some(p::AsOf { state: Some(state) }) };
        let then = field.versions().get_version(get(p::as_of::State::Version(2))).await.unwrap().into_inner();
        assert_eq!(then.version.as_ref().unwrap().operation, "add_partitions");
        let time = get(p::as_of::State::TimeMs(then.version.unwrap().time_ms));
        let timed = field.versions().get_version(time).await.unwrap().into_inner();
        assert!([2, 3].contains(&timed.version.unwrap().version));
        let unknown = field.versions().get_version(get(p::as_of::State::Version(9))).await.unwrap_err();
        assert_eq!(unknown.code(), Code::NotFound);

        let (definition, went, came) = diff(field, 1, 0).await;
        assert_eq!((definition.from, definition.to), (1, 3));
        assert!(definition.before.is_none() && definition.after.is_none());
        assert_eq!((went.len(), came), (0, vec!["dt=b/hour=2".to_owned()]));
        let (definition, went, came) = diff(field, 2, 3).await;
        assert_eq!((definition.to, went, came.len()), (3, vec!["dt=a/hour=1".to_owned()], 0));
        let (definition, _, came) = diff(field, 0, 2).await;
        assert!(definition.before.is_none() && definition.after.is_some() && came.len() == 2);
        let backwards = p::DiffVersionsRequest { table: at("t"), from: 3, to: 2 };
        assert_eq!(field.versions().diff_versions(backwards).await.unwrap_err().code(), Code::InvalidArgument);
    }

    async fn a_difference_of_thousands_comes_in_pieces(field: &Field) {
        field.table("t").await;
        let values: Vec<String> = (0..2_500).map(|at| format!("{at:05}")).collect();
        let values: Vec<[&str; 2]> = values.iter().map(|value| [value.as_str(), "1"]).collect();
        field.add("t", &values).await;
        let (_, went, came) = diff(field, 1, 2).await;
        assert_eq!((went.len(), came.len()), (0, 2_500));
        assert!(came.is_sorted());
    }
}
