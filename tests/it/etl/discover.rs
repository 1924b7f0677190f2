//! Discovery: the lake beside the table.

use std::fs;
use std::time::Duration;

use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;
use skep_proto::etl::v1::discovery_service_client::DiscoveryServiceClient;
use skep_proto::etl::v1::registration_service_client::RegistrationServiceClient;
use skep_thrift::methods as m;
use skep_thrift::types as t;
use tonic::{Code, Status};

use super::files::{Values, people, write};
use super::register::list;
use crate::grpc::fixture::{Field, at};
use crate::process::client::Client;
use crate::process::server::log_of;

fn folder(field: &Field, name: &str) -> std::path::PathBuf {
    field.folder.path().join(name)
}

async fn registered(field: &Field, table: &str, pattern: &str) {
    let uris = vec![format!("file:{}/", folder(field, "lake").display())];
    let request =
        p::RegisterRequest { table: at(table), uris, create: true, pattern: pattern.into(), ..Default::default() };
    let mut stream =
        RegistrationServiceClient::new(field.channel.clone()).register(request).await.unwrap().into_inner();
    while let Some(message) = stream.message().await.unwrap() {
        if let Some(p::register_response::Event::Report(report)) = message.event {
            assert_eq!(report.outcome(), p::RegisterOutcome::Registered, "{:?}", report.findings);
        }
    }
}

pub async fn discover(field: &Field, request: p::DiscoverRequest) -> Result<p::DiscoverReport, Status> {
    let mut stream = DiscoveryServiceClient::new(field.channel.clone()).discover(request).await?.into_inner();
    let mut report = None;
    while let Some(message) = stream.message().await? {
        if let Some(p::discover_response::Event::Report(came)) = message.event {
            report = Some(came);
        }
    }
    Ok(report.expect("a call ends with its report"))
}

/// Add, drop and sync.
pub fn all() -> p::DiscoverRequest {
    p::DiscoverRequest { table: at("people"), add: true, drop: true, sync: true, ..Default::default() }
}

pub fn codes(findings: &[p::FileFinding]) -> Vec<&str> {
    let mut codes: Vec<&str> =
        findings.iter().filter(|f| f.severity() != p::Severity::Info).map(|f| f.code.as_str()).collect();
    codes.sort_unstable();
    codes
}

pub fn names(list: Option<&p::PartitionNames>) -> Vec<&str> {
    list.map(|list| list.names.iter().map(String::as_str).collect()).unwrap_or_default()
}

/// `dt=1` to `dt=n`, two rows each, registered as `d.people`.
async fn days(field: &Field, count: usize) {
    for day in 1..=count {
        people(&folder(field, &format!("lake/dt={day:02}/a.parquet")), day as i64, 2);
    }
    registered(field, "people", "").await;
}

async fn dump(field: &Field, request: p::RegisterDumpRequest) -> p::DumpReport {
    let mut calls = DiscoveryServiceClient::new(field.channel.clone());
    let mut stream = calls.register_dump(request).await.unwrap().into_inner();
    let mut report = None;
    while let Some(message) = stream.message().await.unwrap() {
        if let Some(p::register_dump_response::Event::Report(came)) = message.event {
            report = Some(came);
        }
    }
    report.expect("a call ends with its report")
}

grpc_cases! {
    async fn a_table_follows_its_lake(field: &Field) {
        days(field, 4).await;
        let lake = folder(field, "lake");
        people(&lake.join("dt=01/b.parquet"), 50, 3);
        fs::remove_dir_all(lake.join("dt=02")).unwrap();
        people(&lake.join("dt=03/a.parquet"), 70, 7);
        people(&lake.join("dt=04/b.parquet"), 80, 1);
        fs::remove_file(lake.join("dt=04/a.parquet")).unwrap();
        people(&lake.join("dt=05/a.parquet"), 90, 2);
        people(&lake.join("dt=05/_temporary/0/x.parquet"), 90, 2);
        fs::write(lake.join("_SUCCESS"), "").unwrap();
        people(&lake.join("dt=__HIVE_DEFAULT_PARTITION__/a.parquet"), 95, 1);
        people(&lake.join("dt=a%3Ab/a.parquet"), 96, 1);

        let told = discover(field, p::DiscoverRequest { table: at("people"), ..Default::default() }).await.unwrap();
        assert_eq!((told.outcome(), told.partitions), (p::RegisterOutcome::Unchanged, 4));
        assert_eq!(names(told.new_partitions.as_ref()), ["dt=05", "dt=__HIVE_DEFAULT_PARTITION__", "dt=a%3Ab"]);
        assert_eq!(names(told.gone_partitions.as_ref()), ["dt=02"]);
        assert_eq!(names(told.changed_partitions.as_ref()), ["dt=01", "dt=03", "dt=04"]);
        assert_eq!((told.files_new, told.files_changed, told.files_vanished), (2, 1, 1));
        assert_eq!(codes(&told.findings), ["file_changed", "file_new", "file_new", "file_vanished"]);
        let version = told.version;

        let planned = discover(field, p::DiscoverRequest { dry_run: true, ..all() }).await.unwrap();
        assert_eq!((planned.outcome(), planned.version), (p::RegisterOutcome::Planned, version));
        assert_eq!((planned.partitions_added, planned.partitions_dropped, planned.partitions_synced), (3, 1, 3));

        let with_id = p::DiscoverRequest { request_id: "night-1".into(), ..all() };
        let done = discover(field, with_id.clone()).await.unwrap();
        assert_eq!(done.outcome(), p::RegisterOutcome::Registered, "{:?}", done.findings);
        assert_eq!((done.partitions_added, done.partitions_dropped, done.partitions_synced), (3, 1, 3));
        assert!(done.version > version);
        assert_eq!(
            field.names(list("people")).await.unwrap(),
            ["dt=01", "dt=03", "dt=04", "dt=05", "dt=__HIVE_DEFAULT_PARTITION__", "dt=a%3Ab"]
        );
        assert_eq!(field.partition("people", &["01"]).await["numRows"], "5");
        assert_eq!(field.partition("people", &["03"]).await["numRows"], "7");
        assert_eq!(field.partition("people", &["04"]).await["numFiles"], "1");

        let again = discover(field, all()).await.unwrap();
        assert_eq!((again.outcome(), again.version), (p::RegisterOutcome::Unchanged, done.version), "{:?}", again.findings);
        let replayed = discover(field, with_id).await.unwrap();
        assert!(replayed.replayed && replayed.partitions_added == 3);
    }

    async fn an_absent_lake_drops_nothing(field: &Field) {
        days(field, 3).await;
        let (lake, away) = (folder(field, "lake"), folder(field, "away"));
        fs::rename(&lake, &away).unwrap();
        let gone = discover(field, all()).await.unwrap_err();
        assert_eq!(gone.code(), Code::NotFound, "{gone}");
        // A mount point without its disk.
        fs::create_dir(&lake).unwrap();
        let refused = discover(field, all()).await.unwrap();
        assert_eq!((refused.outcome(), codes(&refused.findings)), (p::RegisterOutcome::Refused, vec!["location_missing"]));
        assert_eq!(field.names(list("people")).await.unwrap().len(), 3);
        let allowed = p::DiscoverRequest { allow_missing_location: true, ..all() };
        assert_eq!(discover(field, allowed).await.unwrap().partitions_dropped, 3);
        assert!(field.names(list("people")).await.unwrap().is_empty());
    }

    async fn a_listing_that_breaks_off_changes_nothing(field: &Field) {
        days(field, 2).await;
        fs::remove_dir_all(folder(field, "lake/dt=01")).unwrap();
        people(&folder(field, "lake/dt=03/a.parquet"), 1, 2);
        // A path too long to be opened, made from within.
        let mut within = fs::File::open(folder(field, "lake/dt=02")).unwrap();
        for _ in 0..18 {
            let name = "0".repeat(250);
            rustix::fs::mkdirat(&within, &name, rustix::fs::Mode::RWXU).unwrap();
            let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::DIRECTORY;
            within = rustix::fs::openat(&within, &name, flags, rustix::fs::Mode::empty()).unwrap().into();
        }
        let broken = discover(field, all()).await.unwrap_err();
        assert!(broken.message().contains("Cannot list"), "{broken}");
        assert_eq!(field.names(list("people")).await.unwrap(), ["dt=01", "dt=02"]);
    }

    async fn most_partitions_go_only_by_name(field: &Field) {
        days(field, 20).await;
        for day in 1..=11 {
            fs::remove_dir_all(folder(field, &format!("lake/dt={day:02}"))).unwrap();
        }
        let refused = discover(field, all()).await.unwrap();
        assert_eq!((refused.outcome(), codes(&refused.findings)), (p::RegisterOutcome::Refused, vec!["drop_most"]));
        assert_eq!(field.names(list("people")).await.unwrap().len(), 20);
        let done = discover(field, p::DiscoverRequest { allow_drop_most: true, ..all() }).await.unwrap();
        assert_eq!(done.partitions_dropped, 11);
        assert_eq!(field.names(list("people")).await.unwrap().len(), 9);
    }

    async fn a_bad_partition_is_left_and_the_others_go_on(field: &Field) {
        days(field, 2).await;
        let lake = folder(field, "lake");
        people(&lake.join("dt=03/good.parquet"), 1, 2);
        people(&lake.join("dt=04/good.parquet"), 1, 2);
        fs::write(lake.join("dt=04/bad.parquet"), "no parquet at all, but long enough").unwrap();
        // Its second file asks for a column, its first has another type: nothing of it is taken.
        write(&lake.join("dt=05/a.parquet"), &[vec![("id", Values::Double(vec![1.0]))]]);
        write(&lake.join("dt=05/b.parquet"), &[vec![("id", Values::Long(vec![1])), ("extra", Values::Long(vec![1]))]]);
        // Files where no partition has any: it is not gone.
        fs::create_dir(lake.join("dt=02/deep")).unwrap();
        fs::rename(lake.join("dt=02/a.parquet"), lake.join("dt=02/deep/a.parquet")).unwrap();
        let done = discover(field, all()).await.unwrap();
        assert_eq!((done.outcome(), done.partitions_added, done.partitions_dropped), (p::RegisterOutcome::Registered, 1, 0));
        assert_eq!(
            codes(&done.findings),
            ["left_out", "left_out", "not_parquet", "partition_path", "type_conflict", "unclear"],
            "{:?}", done.findings
        );
        assert!(done.columns.is_empty(), "{:?}", done.columns);
        assert_eq!(field.names(list("people")).await.unwrap(), ["dt=01", "dt=02", "dt=03"]);
    }

    async fn partitions_elsewhere_and_of_other_clients(field: &Field) {
        days(field, 1).await;
        people(&folder(field, "archive/x/a.parquet"), 1, 2);
        fs::create_dir(folder(field, "lake/dt=empty")).unwrap();
        let place = |name: &str| Some(format!("file:{}/{name}", field.folder.path().display()));
        let partition = |value: &str, location: Option<String>| a::Partition {
            storage: Some(a::Storage { location, ..Default::default() }),
            ..crate::grpc::fixture::partition(&[value])
        };
        let partitions = vec![
            partition("there", place("archive/x")),
            partition("unmounted", place("mount/disk/x")),
            partition("empty", None),
        ];
        let add = a::AddPartitionsRequest { table: at("people"), partitions, ..Default::default() };
        field.partitions().add_partitions(add).await.unwrap();
        let _ = fs::remove_dir_all(folder(field, "mount"));
        let told = discover(field, p::DiscoverRequest { table: at("people"), ..Default::default() }).await.unwrap();
        assert_eq!(names(told.gone_partitions.as_ref()), Vec::<&str>::new());
        assert_eq!(names(told.empty_partitions.as_ref()), ["dt=empty"]);
        assert!(codes(&told.findings).contains(&"unreachable"), "{:?}", told.findings);
        assert_eq!(told.partitions_unknown, 1);
        let kept = discover(field, p::DiscoverRequest { keep_empty: true, ..all() }).await.unwrap();
        assert_eq!(kept.partitions_dropped, 0);
        let done = discover(field, all()).await.unwrap();
        assert_eq!(done.partitions_dropped, 1);
        assert_eq!(field.names(list("people")).await.unwrap(), ["dt=01", "dt=there", "dt=unmounted"]);
        assert!(folder(field, "lake/dt=empty").exists());
    }

    async fn tables_without_keys_and_with_patterns(field: &Field) {
        people(&folder(field, "lake/a.parquet"), 1, 2);
        registered(field, "flat", "").await;
        people(&folder(field, "lake/b.parquet"), 1, 3);
        let flat = p::DiscoverRequest { table: at("flat"), ..all() };
        let done = discover(field, flat.clone()).await.unwrap();
        assert_eq!((done.outcome(), done.files_added), (p::RegisterOutcome::Registered, 1), "{:?}", done.findings);
        assert_eq!(discover(field, flat).await.unwrap().outcome(), p::RegisterOutcome::Unchanged);
        fs::remove_file(folder(field, "lake/a.parquet")).unwrap();
        fs::remove_file(folder(field, "lake/b.parquet")).unwrap();

        people(&folder(field, "lake/2024-01/05/a.parquet"), 1, 2);
        registered(field, "people", "{month}/{day:int}").await;
        people(&folder(field, "lake/2024-02/01/a.parquet"), 1, 2);
        fs::remove_dir_all(folder(field, "lake/2024-01")).unwrap();
        // The table knows its pattern.
        let done = discover(field, all()).await.unwrap();
        assert_eq!((done.partitions_added, done.partitions_dropped), (1, 1), "{:?}", done.findings);
        assert_eq!(field.names(list("people")).await.unwrap(), ["month=2024-02/day=01"]);
        assert_eq!(discover(field, all()).await.unwrap().outcome(), p::RegisterOutcome::Unchanged);
    }

    async fn a_dump_becomes_a_database(field: &Field) {
        people(&folder(field, "dump/crm.customers/part-0.parquet"), 1, 2);
        people(&folder(field, "dump/crm/orders/dt=1/part-0.parquet"), 1, 3);
        people(&folder(field, "dump/crm/orders/dt=2/part-0.parquet"), 4, 3);
        people(&folder(field, "dump/notes/part-0.parquet"), 1, 1);
        let ask = p::RegisterDumpRequest {
            uri: format!("file:{}", folder(field, "dump").display()),
            database: "crm_copy".into(),
            create_databases: true,
            ..Default::default()
        };
        let planned = dump(field, p::RegisterDumpRequest { dry_run: true, ..ask.clone() }).await;
        assert_eq!((planned.outcome(), planned.tables.len()), (p::RegisterOutcome::Planned, 3), "{planned:?}");
        let done = dump(field, ask.clone()).await;
        assert_eq!((done.outcome(), done.databases_created.clone()), (p::RegisterOutcome::Registered, vec!["crm_copy".to_owned()]));
        let rows: Vec<(String, i64)> = done.tables.iter().map(|t| (t.table.clone().unwrap().table, t.rows)).collect();
        assert_eq!(rows, [("customers".to_owned(), 2), ("orders".to_owned(), 6), ("notes".to_owned(), 1)].map(|row| row));
        let again = dump(field, ask.clone()).await;
        assert_eq!((again.outcome(), again.databases_created.len()), (p::RegisterOutcome::Unchanged, 0));
        // One bad file refuses the whole dump.
        people(&folder(field, "dump/more/part-0.parquet"), 1, 1);
        fs::write(folder(field, "dump/notes/part-1.parquet"), "no parquet at all, but long enough").unwrap();
        let refused = dump(field, ask).await;
        assert_eq!(refused.outcome(), p::RegisterOutcome::Refused);
        let list = a::ListPartitionsRequest {
            table: Some(a::TableName { database: "crm_copy".into(), table: "orders".into(), ..Default::default() }),
            ..Default::default()
        };
        assert_eq!(field.names(list).await.unwrap(), ["dt=1", "dt=2"]);
        let more = a::TableName { database: "crm_copy".into(), table: "more".into(), ..Default::default() };
        let missing = field.tables().get_table(a::GetTableRequest { name: Some(more), ..Default::default() }).await;
        assert_eq!(missing.unwrap_err().code(), Code::NotFound);
    }
}

/// Runs a server whose background discovers every 200 ms.
async fn managed(folder: tempfile::TempDir, store: &str, schema: Option<&str>) {
    let mut variables = vec![("SKEP_METASTORE_PARTITION_MANAGEMENT_INTERVAL", "200ms")];
    variables.extend(schema.map(|schema| ("SKEP_STORE_SCHEMA", schema)));
    let field = &crate::grpc::fixture::field(folder, store, &variables).await;
    days(field, 2).await;
    // Partitions of which nobody knows how old they are: by a client that says when they were made.
    let mut thrift = field.thrift();
    let mut expired = partition_of(&mut thrift, "dt=02");
    expired.create_time = 1_000_000;
    alter(&mut thrift, expired);
    // A table with an error does not stop the others.
    people(&self::folder(field, "broken/dt=1/a.parquet"), 1, 1);
    let mut broken = table_of(&mut thrift, "people");
    broken.table_name = Some("broken".into());
    broken.sd.as_mut().unwrap().location = Some(format!("file:{}/nowhere", field.folder.path().display()));
    broken.parameters.get_or_insert_default().push(("discover.partitions".into(), "true".into()));
    thrift.get::<m::CreateTable>(&m::CreateTableArgs { tbl: Some(broken) });
    let _ = fs::remove_dir_all(self::folder(field, "nowhere"));

    people(&self::folder(field, "lake/dt=03/a.parquet"), 5, 3);
    let mut table = table_of(&mut thrift, "people");
    let parameters = table.parameters.get_or_insert_default();
    parameters.push(("discover.partitions".into(), "TRUE".into()));
    parameters.push(("partition.retention.period".into(), "7d".into()));
    let args = m::AlterTableArgs { dbname: Some("d".into()), tbl_name: Some("people".into()), new_tbl: Some(table) };
    thrift.get::<m::AlterTable>(&args);
    // It comes, and the old one goes; its files are new, so it comes again, and is as young as they.
    wait(field, &mut thrift, &["dt=01", "dt=02", "dt=03"]).await;
    let back = partition_of(&mut thrift, "dt=02");
    assert!(back.create_time > 1_000_000);
    fs::remove_dir_all(self::folder(field, "lake/dt=01")).unwrap();
    wait(field, &mut thrift, &["dt=02", "dt=03"]).await;
    let log = log_of(field.folder.path());
    assert!(log.contains("hive.d.broken") && log.contains("could not be discovered"), "{log}");
}

fn partition_of(thrift: &mut Client, name: &str) -> t::Partition {
    let args = m::GetPartitionByNameArgs {
        db_name: Some("d".into()),
        tbl_name: Some("people".into()),
        part_name: Some(name.into()),
    };
    thrift.get::<m::GetPartitionByName>(&args)
}

fn alter(thrift: &mut Client, partition: t::Partition) {
    let args =
        m::AlterPartitionArgs { db_name: Some("d".into()), tbl_name: Some("people".into()), new_part: Some(partition) };
    thrift.get::<m::AlterPartition>(&args);
}

fn table_of(thrift: &mut Client, name: &str) -> t::Table {
    thrift.get::<m::GetTable>(&m::GetTableArgs { dbname: Some("d".into()), tbl_name: Some(name.into()) })
}

/// Until a Thrift client sees these partitions, and dt=02 is not the expired one: looks after each change of the table.
async fn wait(field: &Field, thrift: &mut Client, wanted: &[&str]) {
    let cursor = field.changes().get_cursor(a::GetCursorRequest {}).await.unwrap().into_inner().cursor;
    let follow = a::WatchChangesRequest {
        cursor,
        database: "d".into(),
        tables: vec!["people".into()],
        follow: true,
        ..Default::default()
    };
    let mut changes = field.changes().watch_changes(follow).await.unwrap().into_inner();
    let args = m::GetPartitionNamesArgs { db_name: Some("d".into()), tbl_name: Some("people".into()), max_parts: -1 };
    let until = tokio::time::Instant::now() + Duration::from_mins(1);
    loop {
        let names = thrift.get::<m::GetPartitionNames>(&args);
        if names == wanted && partition_of(thrift, "dt=02").create_time > 1_000_000 {
            return;
        }
        let change = tokio::time::timeout_at(until, changes.message()).await;
        let told = || format!("{names:?}, not {wanted:?}\n{}", log_of(field.folder.path()));
        assert!(change.unwrap_or_else(|_| panic!("{}", told())).unwrap().is_some(), "the stream ended");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_background_discovers_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", folder.path().join("skep.db").display());
    managed(folder, &store, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_background_discovers_on_postgres() {
    let options = crate::backend::postgres_options().await;
    managed(tempfile::tempdir().unwrap(), &options.url, options.schema.as_deref()).await;
}
