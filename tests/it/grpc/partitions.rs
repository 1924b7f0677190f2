//! Partitions: reads as streams, and changes.

use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::list_partition_stats_response::Item as StatsItem;
use skep_proto::admin::v1::list_partitions_response::Item;
use skep_proto::admin::v1::partition_service_client::PartitionServiceClient;
use tonic::Code;

use super::fixture::{at, partition};

const HOURS: [[&str; 2]; 4] = [["2024-01-01", "9"], ["2024-01-01", "10"], ["2024-01-02", "9"], ["2024-01-03", "0"]];

fn list(name: &str, filter: &str) -> p::ListPartitionsRequest {
    p::ListPartitionsRequest { table: at(name), filter: filter.to_owned(), ..Default::default() }
}

grpc_cases! {
    async fn lists_by_filter_name_order_and_version(field: &Field) {
        field.table("t").await;
        let version = field.add("t", &HOURS).await;
        let names = |request| field.names(request);
        let day = names(list("t", "dt = '2024-01-01' and hour >= 10")).await.unwrap();
        assert_eq!(day, ["dt=2024-01-01/hour=10"]);
        let ordered = p::ListPartitionsRequest { order: "DT desc, hour".to_owned(), limit: 3, ..list("t", "") };
        let ordered = names(ordered).await.unwrap();
        assert_eq!(ordered, ["dt=2024-01-03/hour=0", "dt=2024-01-02/hour=9", "dt=2024-01-01/hour=9"]);
        let order = p::ListPartitionsRequest { order: "hour desc".to_owned(), ..list("t", "dt < '2024-01-02'") };
        assert_eq!(names(order).await.unwrap(), ["dt=2024-01-01/hour=10", "dt=2024-01-01/hour=9"]);
        let named = vec!["dt=2024-01-03/hour=0".to_owned(), "dt=none/hour=1".to_owned()];
        let named = p::ListPartitionsRequest { names: named, view: p::PartitionView::Names.into(), ..list("t", "") };
        assert_eq!(names(named).await.unwrap(), ["dt=2024-01-03/hour=0"]);

        let drop = p::DropPartitionsRequest { table: at("t"), filter: "hour = 9".to_owned(), ..Default::default() };
        let dropped = field.partitions().drop_partitions(drop).await.unwrap().into_inner();
        assert_eq!((dropped.dropped, dropped.version), (2, version + 1));
        assert_eq!(names(list("t", "")).await.unwrap().len(), 2);
        let as_of = Some(p::AsOf { state: Some(p::as_of::State::Version(version)) });
        let before = p::ListPartitionsRequest { as_of, ..list("t", "hour = 9") };
        assert_eq!(names(before).await.unwrap(), ["dt=2024-01-01/hour=9", "dt=2024-01-02/hour=9"]);
        let count = p::CountPartitionsRequest { table: at("t"), filter: "hour < 5".to_owned() };
        let count = field.partitions().count_partitions(count).await.unwrap().into_inner();
        assert_eq!((count.count, count.version), (1, version + 1));
    }

    async fn a_partition_is_told_as_much_as_was_asked_for(field: &Field) {
        field.table("t").await;
        let place = format!("file:{}/elsewhere", field.folder.path().display());
        let given = p::Partition {
            storage: Some(p::Storage { location: Some(place.clone()), ..Default::default() }),
            parameters: [("numRows".to_owned(), "5".to_owned()), ("totalSize".to_owned(), "70".to_owned())].into(),
            ..partition(&["a b", "7"])
        };
        let add = p::AddPartitionsRequest { table: at("t"), partitions: vec![given], ..Default::default() };
        field.partitions().add_partitions(add).await.unwrap();
        for (view, columns) in [(p::PartitionView::Unspecified, false), (p::PartitionView::Full, true)] {
            let request = p::ListPartitionsRequest { view: view.into(), ..list("t", "") };
            let mut stream = field.partitions().list_partitions(request).await.unwrap().into_inner();
            let Some(Item::Head(head)) = stream.message().await.unwrap().unwrap().item else { panic!("no head") };
            assert_eq!((head.count, head.partition_keys.len(), head.version), (Some(1), 2, 2));
            let Some(Item::Batch(batch)) = stream.message().await.unwrap().unwrap().item else { panic!("no batch") };
            let one = &batch.partitions[0];
            assert_eq!((one.values.clone(), one.name.as_str()), (vec!["a b".into(), "7".into()], "dt=a b/hour=7"));
            let storage = one.storage.as_ref().unwrap();
            assert_eq!((storage.location.as_ref(), storage.columns.is_some()), (Some(&place), columns));
            assert!(stream.message().await.unwrap().is_none());
        }
        let stats = p::ListPartitionStatsRequest { table: at("t"), filter: String::new() };
        let mut stream = field.partitions().list_partition_stats(stats).await.unwrap().into_inner();
        stream.message().await.unwrap();
        let Some(StatsItem::Batch(batch)) = stream.message().await.unwrap().unwrap().item else { panic!("no batch") };
        assert_eq!((batch.partitions[0].num_rows, batch.partitions[0].total_size), (Some(5), Some(70)));

        // What an alteration does not say stays.
        let change = p::Partition { parameters: [("k".to_owned(), "v".to_owned())].into(), ..partition(&["a b", "7"]) };
        let alter = p::AlterPartitionsRequest { table: at("t"), partitions: vec![change], ..Default::default() };
        assert_eq!(field.partitions().alter_partitions(alter.clone()).await.unwrap().into_inner().version, 3);
        let values = p::ValueList { values: vec!["a b".to_owned(), "7".to_owned()] };
        let key = Some(p::get_partition_request::Key::Values(values));
        let get = p::GetPartitionRequest { table: at("t"), key };
        let found = field.partitions().get_partition(get).await.unwrap().into_inner().partition.unwrap();
        assert_eq!(found.parameters.get("k").map(String::as_str), Some("v"));
        assert_eq!(found.storage.unwrap().location.as_ref(), Some(&place));
        let alter = p::AlterPartitionsRequest { partitions: vec![partition(&["x", "1"])], ..alter };
        assert_eq!(field.partitions().alter_partitions(alter).await.unwrap_err().code(), Code::NotFound);
        let key = Some(p::get_partition_request::Key::Name("dt=x/hour=1".to_owned()));
        let get = p::GetPartitionRequest { table: at("t"), key };
        assert_eq!(field.partitions().get_partition(get).await.unwrap_err().code(), Code::NotFound);
    }

    async fn partitions_are_added_all_or_none(field: &Field) {
        field.table("t").await;
        let version = field.add("t", &HOURS[..1]).await;
        let add = p::AddPartitionsRequest {
            table: at("t"), partitions: HOURS.iter().map(|values| partition(values)).collect(), ..Default::default()
        };
        let taken = field.partitions().add_partitions(add.clone()).await.unwrap_err();
        assert_eq!(taken.code(), Code::AlreadyExists);
        assert_eq!(field.names(list("t", "")).await.unwrap().len(), 1);
        let add = p::AddPartitionsRequest { if_not_exists: true, ..add };
        let added = field.partitions().add_partitions(add).await.unwrap().into_inner();
        assert_eq!((added.added, added.version), (3, version + 1));
        let missing = p::DropPartitionsRequest {
            table: at("t"),
            names: vec!["dt=2024-01-01/hour=9".to_owned(), "dt=x/hour=1".to_owned()],
            ..Default::default()
        };
        assert_eq!(field.partitions().drop_partitions(missing.clone()).await.unwrap_err().code(), Code::NotFound);
        let missing = p::DropPartitionsRequest { if_exists: true, ..missing };
        assert_eq!(field.partitions().drop_partitions(missing).await.unwrap().into_inner().dropped, 1);
    }
}

/// A list is streamed: neither does the server build it, nor does a slow client make it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_list_takes_no_memory() {
    const COUNT: usize = 50_000;
    let field = super::fixture::sqlite().await;
    // Of a scheme that nobody configured: no directories to make.
    let mut long = super::fixture::table("long");
    long.storage.as_mut().unwrap().location = Some("hdfs://nowhere/long".to_owned());
    let create = p::CreateTableRequest { table: Some(long), ..Default::default() };
    field.tables().create_table(create).await.unwrap();
    for chunk in 0..COUNT / 10_000 {
        let one = |at: usize| {
            let day = format!("day{:06}", chunk * 10_000 + at);
            let padding = [("pad".to_owned(), "x".repeat(400))].into();
            p::Partition { parameters: padding, ..partition(&[&day, "1"]) }
        };
        let add = p::AddPartitionsRequest {
            table: at("long"),
            partitions: (0..10_000).map(one).collect(),
            ..Default::default()
        };
        field.partitions().add_partitions(add).await.unwrap();
    }
    assert_eq!(field.names(list("long", "")).await.unwrap().len(), COUNT);
    let before = field.server.resident_bytes();
    // Readers that take the first message and then nothing: each would be 30 MB if the answer was made beforehand.
    let full = p::ListPartitionsRequest { view: p::PartitionView::Full.into(), ..list("long", "") };
    let mut slow = Vec::new();
    for _ in 0..20 {
        // A connection each: what is not taken counts against the window of its connection.
        let channel = field.channel_again().await;
        let mut calls = PartitionServiceClient::new(channel).max_decoding_message_size(8 << 20);
        let mut stream = calls.list_partitions(full.clone()).await.unwrap().into_inner();
        stream.message().await.unwrap();
        slow.push(stream);
    }
    // A reader that takes all beside them finds all.
    assert_eq!(field.names(full).await.unwrap().len(), COUNT);
    let grown = field.server.resident_bytes().saturating_sub(before);
    assert!(grown < 64 << 20, "{} MiB for 20 slow readers", grown >> 20);
    drop(slow);
}
