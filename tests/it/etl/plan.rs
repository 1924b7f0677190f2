//! Scan planning: files and row groups that can have rows of interest, no others, all of one version.

use std::fs;

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;
use skep_proto::etl::v1::plan_response::Item;
use skep_proto::etl::v1::plan_service_client::PlanServiceClient;
use skep_proto::etl::v1::registration_service_client::RegistrationServiceClient;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::files::{Values, people, write};
use super::register::{register, request};
use crate::grpc::fixture::{Field, at, partition, table};

/// A plan as it came.
#[derive(Debug, Default)]
pub struct Planned {
    head: p::PlanHead,
    /// With the names of their partitions.
    pub files: Vec<(String, p::PlanFile)>,
    pub summary: p::PlanSummary,
}

impl Planned {
    fn take(&mut self, message: p::PlanResponse) {
        match message.item.unwrap() {
            Item::Head(head) => self.head = head,
            Item::Summary(summary) => self.summary = summary,
            Item::Batch(batch) => {
                let of = |file: &p::PlanFile| batch.partitions[file.partition as usize].name.clone();
                self.files.extend(batch.files.iter().map(|file| (of(file), file.clone())));
            }
        }
    }

    /// The last parts of the URIs.
    pub fn names(&self) -> Vec<&str> {
        self.files.iter().map(|(_, file)| file.uri.rsplit_once("/lake/").map_or("", |(_, name)| name)).collect()
    }
}

pub fn ask(name: &str, filter: &str) -> p::PlanRequest {
    p::PlanRequest { table: at(name), filter: filter.into(), ..Default::default() }
}

pub async fn planned(channel: &Channel, request: p::PlanRequest) -> Result<Planned, Status> {
    let mut stream = PlanServiceClient::new(channel.clone()).plan(request).await?.into_inner();
    let mut planned = Planned::default();
    while let Some(message) = stream.message().await? {
        planned.take(message);
    }
    Ok(planned)
}

async fn plan(field: &Field, filter: &str) -> Planned {
    planned(&field.channel, ask("people", filter)).await.unwrap()
}

/// Files that nobody opens: `ids` of each lie in a range of ten.
fn known(directory: &str, count: i64) -> Vec<p::KnownFile> {
    let column = |name: &str, kind: &str, min: String, max: String| p::KnownColumn {
        name: name.into(),
        r#type: kind.into(),
        nulls: Some(0),
        min: Some(min),
        max: Some(max),
        distinct: None,
    };
    let file = |n: i64| p::KnownFile {
        uri: format!("file:/nowhere/lake/{directory}{}-{n:06}.parquet", "long-".repeat(30)),
        size: 1_000,
        modified_at_ms: 1,
        etag: String::new(),
        rows: 10,
        columns: vec![column("id", "bigint", (n * 10).to_string(), (n * 10 + 9).to_string())],
        row_groups: Vec::new(),
    };
    (0..count).map(file).collect()
}

fn facts(files: Vec<p::KnownFile>) -> p::RegisterRequest {
    let base = "file:/nowhere/lake".into();
    p::RegisterRequest { table: at("people"), files, base, create: true, ..Default::default() }
}

async fn registered(field: &Field, request: p::RegisterRequest) -> i64 {
    let report = register(field, request).await.unwrap();
    assert_eq!(report.outcome(), p::RegisterOutcome::Registered, "{:?}", report.findings);
    report.version
}

fn group(first: i64) -> Vec<(&'static str, Values)> {
    let names = (0..10).map(|n| if n % 2 == 0 { Some("ann") } else { None }).collect();
    vec![("Id", Values::Long((first..first + 10).collect())), ("name", Values::Text(names))]
}

grpc_cases! {
    async fn files_and_row_groups_that_cannot_match_are_left_out(field: &Field) {
        let lake = field.folder.path().join("lake");
        for day in 1..4 {
            write(&lake.join(format!("dt={day}/a.parquet")), &[group(0), group(100), group(200)]);
            write(&lake.join(format!("dt={day}/b.parquet")), &[group(1_000)]);
        }
        let version = registered(field, request(field, "lake")).await;
        let all = plan(field, "").await;
        assert_eq!((all.files.len(), all.head.version), (6, version));
        assert_eq!((all.summary.files, all.summary.files_planned, all.summary.rows), (6, 6, 120));
        assert_eq!((all.summary.partitions, all.summary.partitions_planned, all.summary.files_listed), (3, 3, 0));

        let some = plan(field, "dt >= '2' and ID between 105 and 120").await;
        assert_eq!(some.names(), ["dt=2/a.parquet", "dt=3/a.parquet"]);
        let (partition, file) = &some.files[0];
        assert_eq!((partition.as_str(), file.rows, file.listed), ("dt=2", Some(30), false));
        let path = lake.join("dt=2/a.parquet");
        assert_eq!(file.size, fs::metadata(&path).unwrap().len() as i64);
        let reader = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
        let chunk = reader.metadata().row_group(1).column(0);
        let begins = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
        assert_eq!(file.row_groups.iter().map(|one| (one.offset, one.rows)).collect::<Vec<_>>(), [(begins, 10)]);
        let expected = (2, 2, 4, 2, 20);
        let told = some.summary;
        assert_eq!((told.partitions, told.partitions_planned, told.files, told.files_planned, told.rows), expected);

        assert_eq!(plan(field, "id = 50").await.files.len(), 0, "between two row groups");
        assert_eq!(plan(field, "id > 1009 or (dt = '1' and id = 5)").await.names(), ["dt=1/a.parquet"]);
        assert_eq!(plan(field, "int(dt) = 1 and id = 5 and date_add(dt, 1) is null").await.names(), ["dt=1/a.parquet"]);
        // A function of a column leaves no file out.
        assert_eq!(plan(field, "dt = '1' and abs(id) < 0").await.names(), ["dt=1/a.parquet", "dt=1/b.parquet"]);
        assert_eq!(plan(field, "name like 'b%' or dt = '9'").await.files.len(), 0);
        assert_eq!(plan(field, "dt = '9'").await.summary, p::PlanSummary::default());
    }

    async fn columns_come_and_widen(field: &Field) {
        let lake = field.folder.path().join("lake");
        write(&lake.join("dt=1/a.parquet"), &[vec![("id", Values::Int(vec![1, 2]))]]);
        let first = registered(field, request(field, "lake")).await;
        write(&lake.join("dt=2/a.parquet"), &[vec![("ID", Values::Long(vec![1 << 40])), ("Extra", Values::Text(vec![Some("x")]))]]);
        let widen = p::RegisterRequest { evolution: p::EvolutionPolicy::Widen.into(), ..request(field, "lake") };
        registered(field, widen).await;
        assert_eq!(plan(field, "extra = 'x'").await.names(), ["dt=2/a.parquet"]);
        assert_eq!(plan(field, "extra is null").await.names(), ["dt=1/a.parquet"]);
        assert_eq!(plan(field, "id < 1000000000000").await.names(), ["dt=1/a.parquet"]);
        let columns = |planned: &Planned| -> Vec<String> {
            planned.head.columns.iter().map(|c| format!("{} {}", c.name, c.r#type())).collect()
        };
        let two = p::PlanRequest { columns: vec!["EXTRA".into(), "dt".into(), "id".into()], ..ask("people", "") };
        let two = planned(&field.channel, two).await.unwrap();
        assert_eq!(columns(&two), ["extra string", "id bigint"]);
        assert_eq!(two.head.partition_keys[0].name, "dt");
        // As it was: the column was not there.
        let then = Some(a::AsOf { state: Some(a::as_of::State::Version(first)) });
        let old = planned(&field.channel, p::PlanRequest { as_of: then, ..ask("people", "") }).await.unwrap();
        assert_eq!((old.names(), columns(&old)), (vec!["dt=1/a.parquet"], vec!["id int".to_owned()]));
        let none = planned(&field.channel, p::PlanRequest { as_of: then, ..ask("people", "extra = 'x'") }).await;
        assert_eq!(none.unwrap_err().code(), Code::InvalidArgument);
    }

    async fn what_is_published_meanwhile_is_not_in_a_plan(field: &Field) {
        let days = |count: i64| (0..5).flat_map(move |day| known(&format!("dt={day}/"), count)).collect::<Vec<_>>();
        let first = registered(field, facts(days(1_000))).await;
        let whole = plan(field, "").await;
        assert_eq!(whole.files.len(), 5_000);
        assert!(whole.files.is_sorted_by(|one, other| one.1.uri < other.1.uri));
        for filter in ["", "dt >= '0'"] {
            // A reader that takes little at a time.
            let endpoint = Endpoint::from_shared(format!("http://{}", field.server.api)).unwrap();
            let channel = endpoint.initial_stream_window_size(65_535).initial_connection_window_size(65_535);
            let channel = channel.connect().await.unwrap();
            let mut stream = PlanServiceClient::new(channel).plan(ask("people", filter)).await.unwrap().into_inner();
            let mut slow = Planned::default();
            while slow.files.is_empty() {
                slow.take(stream.message().await.unwrap().unwrap());
            }
            assert!(slow.files.len() < 1_000);
            // Files go, files come, partitions go and come.
            let count = 500 + filter.len() as i64;
            let replace = p::RegisterRequest { mode: p::RegisterMode::Replace.into(), ..facts(days(count)) };
            registered(field, replace).await;
            registered(field, facts(known("dt=9/", 10 + filter.len() as i64))).await;
            let drop = a::DropPartitionsRequest { table: at("people"), names: vec!["dt=4".into()], ..Default::default() };
            field.partitions().drop_partitions(drop).await.unwrap();
            while let Some(message) = stream.message().await.unwrap() {
                slow.take(message);
            }
            assert_eq!(slow.summary.files_planned, slow.files.len() as i64);
            if filter.is_empty() {
                assert_eq!((slow.files == whole.files, slow.head.version), (true, first));
            } else {
                assert!(slow.files.iter().filter(|(name, _)| name == "dt=4").count() == 500, "before the second drop");
            }
            let back = p::RegisterRequest { mode: p::RegisterMode::Replace.into(), ..facts(days(500)) };
            registered(field, back).await;
        }
        // The first version is there for who asks for it, also by a filter on its files.
        let then = Some(a::AsOf { state: Some(a::as_of::State::Version(first)) });
        let old = planned(&field.channel, p::PlanRequest { as_of: then, ..ask("people", "") }).await.unwrap();
        assert!(old.files == whole.files);
        let old = p::PlanRequest { as_of: then, ..ask("people", "dt > '2' and id between 9995 and 10000") };
        assert_eq!(planned(&field.channel, old).await.unwrap().files.len(), 2);
    }

    async fn a_table_without_partitions_is_read_page_by_page(field: &Field) {
        registered(field, facts(known("", 5_000))).await;
        let all = plan(field, "").await;
        assert_eq!((all.files.len(), all.summary.partitions), (5_000, 1));
        assert!(all.files.is_sorted_by(|one, other| one.1.uri < other.1.uri) && all.files[0].0.is_empty());
        let some = plan(field, "id in (5, 45000, 45009, 60000)").await;
        assert_eq!((some.files.len(), some.summary.files), (2, 5_000));
        registered(field, p::RegisterRequest { mode: p::RegisterMode::Replace.into(), ..facts(known("", 10)) }).await;
        assert_eq!(plan(field, "").await.files.len(), 10);
    }

    async fn what_others_wrote_is_listed(field: &Field) {
        let lake = field.folder.path().join("lake");
        for day in 1..4 {
            people(&lake.join(format!("dt={day}/a.parquet")), 1, 5);
        }
        registered(field, request(field, "lake")).await;
        // Another client adds a partition with two files, one without a directory, and writes into one that is known.
        people(&lake.join("dt=4/one.parquet"), 1, 5);
        people(&lake.join("dt=4/two.parquet"), 1, 5);
        fs::write(lake.join("dt=4/_SUCCESS"), "").unwrap();
        people(&lake.join("dt=2/b.parquet"), 1, 5);
        let add = a::AddPartitionsRequest {
            table: at("people"),
            partitions: vec![partition(&["4"]), partition(&["5"])],
            ..Default::default()
        };
        field.partitions().add_partitions(add).await.unwrap();
        fs::remove_dir(lake.join("dt=5")).unwrap();
        let mut changed = partition(&["2"]);
        changed.parameters = field.partition("people", &["2"]).await.into_iter().collect();
        changed.parameters.insert("numFiles".into(), "2".into());
        let alter = a::AlterPartitionsRequest { table: at("people"), partitions: vec![changed], ..Default::default() };
        field.partitions().alter_partitions(alter).await.unwrap();

        let found = plan(field, "id > 1000").await;
        let mut names = found.names();
        names.sort_unstable();
        assert_eq!(names, ["dt=2/a.parquet", "dt=2/b.parquet", "dt=4/one.parquet", "dt=4/two.parquet"]);
        assert!(found.files.iter().all(|(_, file)| file.listed && file.rows.is_none() && file.row_groups.is_empty()));
        assert_eq!((found.summary.files_listed, found.summary.files), (4, 6));
        assert_eq!(plan(field, "id > 1000 and (dt = '1' or (dt = '3' and id = 5))").await.files.len(), 0);
        assert_eq!(plan(field, "").await.files.len(), 6);
        // To register it ends that.
        registered(field, request(field, "lake")).await;
        assert_eq!(plan(field, "id > 1000").await.summary.files_planned, 0);

        let mut elsewhere = partition(&["6"]);
        elsewhere.storage = Some(a::Storage { location: Some("hdfs://nn/x".into()), ..Default::default() });
        let add = a::AddPartitionsRequest { table: at("people"), partitions: vec![elsewhere], ..Default::default() };
        field.partitions().add_partitions(add).await.unwrap();
        let refused = planned(&field.channel, ask("people", "dt > '5'")).await.unwrap_err();
        assert_eq!(refused.code(), Code::FailedPrecondition);
        assert!(refused.message().contains("dt=6") && refused.message().contains("hdfs://nn/x"), "{refused}");
        assert_eq!(plan(field, "dt < '2'").await.files.len(), 1);
    }

    async fn what_is_wrong_is_named(field: &Field) {
        field.table("t").await;
        let fields = |status: &Status| -> Vec<String> {
            let details = status.get_error_details();
            details.bad_request().map(|bad| bad.field_violations.iter().map(|v| v.field.clone()).collect()).unwrap_or_default()
        };
        let refused = async |request: p::PlanRequest| planned(&field.channel, request).await.unwrap_err();
        let unknown = refused(ask("t", "dt = '1' and nobody > 5")).await;
        assert_eq!((unknown.code(), fields(&unknown)), (Code::InvalidArgument, vec!["filter".to_owned()]));
        assert!(unknown.message().contains("`nobody`") && unknown.message().contains("dt, hour, id, note"), "{unknown}");
        let misfit = refused(ask("t", "hour = 1 and id = 'x'")).await;
        assert_eq!((misfit.code(), fields(&misfit)), (Code::InvalidArgument, vec!["filter".to_owned()]));
        let column = refused(p::PlanRequest { columns: vec!["id".into(), "idd".into()], ..ask("t", "") }).await;
        assert_eq!((column.code(), fields(&column)), (Code::InvalidArgument, vec!["columns[1]".to_owned()]));
        assert!(column.message().contains("dt, hour, id, note"), "{column}");
        let version = Some(a::AsOf { state: Some(a::as_of::State::Version(99)) });
        assert_eq!(refused(p::PlanRequest { as_of: version, ..ask("t", "") }).await.code(), Code::NotFound);
        assert_eq!(refused(ask("nobody", "")).await.code(), Code::NotFound);
        let mut view = table("v");
        view.table_type = a::TableType::View.into();
        (view.view_original_text, view.view_expanded_text) = (Some("select 1".into()), Some("select 1".into()));
        view.partition_keys.clear();
        let create = a::CreateTableRequest { table: Some(view), ..Default::default() };
        field.tables().create_table(create).await.unwrap();
        assert_eq!(refused(ask("v", "")).await.code(), Code::FailedPrecondition);
        assert_eq!(planned(&field.channel, ask("t", "hour = 1")).await.unwrap().files.len(), 0);
    }
}

/// The client of a stream goes: nothing is left of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_that_nobody_takes_ends() {
    let field = crate::grpc::fixture::sqlite().await;
    registered(&field, facts(known("dt=1/", 5_000))).await;
    for _ in 0..50 {
        let mut stream =
            PlanServiceClient::new(field.channel.clone()).plan(ask("people", "")).await.unwrap().into_inner();
        assert!(stream.message().await.unwrap().is_some());
    }
    let mut calls = RegistrationServiceClient::new(field.channel.clone());
    calls.list_quarantine(p::ListQuarantineRequest::default()).await.unwrap();
    assert_eq!(plan(&field, "id = 7").await.files.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_prints_a_plan() {
    let field = crate::grpc::fixture::sqlite().await;
    let lake = field.folder.path().join("lake");
    write(&lake.join("dt=1/a.parquet"), &[group(0), group(100)]);
    let first = registered(&field, request(&field, "lake")).await;
    write(&lake.join("dt=2/a.parquet"), &[group(0), group(100)]);
    registered(&field, request(&field, "lake")).await;
    let skep = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_skep"));
        let endpoint = format!("http://{}", field.server.api);
        command.args(["plan", "d.people"]).args(args).env_clear().env("SKEP_ENDPOINT", endpoint).output().unwrap()
    };
    let said = |args: &[&str]| {
        let output = skep(args);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let found: serde_json::Value = serde_json::from_str(&said(&["--filter", "id = 105", "--output", "json"])).unwrap();
    let names = |found: &serde_json::Value| -> Vec<String> {
        found.as_array().unwrap().iter().map(|file| file["partition"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((names(&found), &found[0]["row_groups"][0]["rows"]), (vec!["dt=1".into(), "dt=2".into()], &10.into()));
    let then: serde_json::Value =
        serde_json::from_str(&said(&["--as-of", &first.to_string(), "--columns", "id,DT", "-o", "json"])).unwrap();
    assert_eq!(names(&then), ["dt=1"]);
    let csv = said(&["--filter", "dt = '2' and id < 10", "-o", "csv"]);
    assert!(
        csv.starts_with("uri,partition,bytes,rows,row_groups,listed\r\nfile:") && csv.lines().count() == 2,
        "{csv}"
    );
    assert!(
        said(&["--filter", "id < 10"]).ends_with(" rows\n") && said(&["--filter", "id = 5"]).contains("2 of 2 files")
    );
    let refused = skep(&["--columns", "id,nobody"]);
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(1) && told.contains("`nobody`") && told.contains("dt, id, name"), "{told}");
    assert_eq!(skep(&["--as-of", "yesterday"]).status.code(), Some(2));
}
