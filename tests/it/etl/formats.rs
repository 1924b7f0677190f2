//! Tables of Delta Lake, Hudi and Iceberg: never taken for the files that lie in them, by whichever door.

use std::fs;
use std::path::{Path, PathBuf};

use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;
use skep_proto::etl::v1::discovery_service_client::DiscoveryServiceClient;
use tonic::Code;

use super::discover::{all, discover};
use super::files::people;
use super::plan::{ask, planned};
use super::register::{codes, register, request};
use crate::grpc::fixture::{Field, at, column, table};

/// A format's name, what marks its directory, where its files lie.
const FORMATS: [(&str, &str, &str); 3] = [
    ("Delta Lake", "_delta_log/00000000000000000000.json", "dt=1"),
    ("Hudi", ".hoodie/hoodie.properties", "2024/05"),
    ("Iceberg", "metadata/00000-9c1f.metadata.json", "data/dt=1"),
];

fn place(field: &Field, path: &str) -> String {
    format!("file:{}", field.folder.path().join(path).display())
}

fn put(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, "{}").unwrap();
}

/// A table's directory with a file and the marker.
fn lay(field: &Field, directory: &str, (_, marker, data): (&str, &str, &str)) -> PathBuf {
    let directory = field.folder.path().join(directory);
    people(&directory.join(data).join("part-0.parquet"), 1, 2);
    put(&directory.join(marker));
    directory
}

fn refusal<'f>(findings: &'f [p::FileFinding], format: &str) -> Option<&'f str> {
    let mut found = findings.iter().filter(|finding| finding.code == "table_format");
    found.find(|finding| finding.message.contains(format)).map(|finding| finding.uri.as_str())
}

grpc_cases! {
    async fn a_directory_of_another_format_is_refused(field: &Field) {
        for (n, format) in FORMATS.into_iter().enumerate() {
            let (name, _, data) = format;
            let root = format!("lake{n}/t");
            lay(field, &root, format);
            let whole = place(field, &root);
            // The table, what lies in it, one of its files, and all that lies around it.
            let file = format!("{whole}/{data}/part-0.parquet");
            for uri in [whole.clone(), format!("{whole}/{data}/"), file, place(field, &format!("lake{n}"))] {
                let ask = p::RegisterRequest { uris: vec![uri.clone()], ..request(field, "") };
                let report = register(field, ask.clone()).await.unwrap();
                assert_eq!(report.outcome(), p::RegisterOutcome::Refused, "{uri}: {:?}", report.findings);
                assert_eq!(refusal(&report.findings, name), Some(whole.as_str()), "{uri}: {:?}", report.findings);
                assert_eq!(report.findings.iter().filter(|f| f.code == "table_format").count(), 1, "{uri}");
            }
        }
        // A told file is not opened, and not believed either.
        let told = p::KnownFile {
            uri: format!("{}/dt=1/part-9.parquet", place(field, "lake0/t")),
            size: 1,
            rows: 1,
            columns: vec![p::KnownColumn { name: "id".into(), r#type: "int".into(), ..Default::default() }],
            ..Default::default()
        };
        let ask = p::RegisterRequest { uris: Vec::new(), files: vec![told], ..request(field, "") };
        assert_eq!(codes(&register(field, ask).await.unwrap()), ["table_format"]);
        // Beside it, all is as ever.
        people(&field.folder.path().join("lake0/plain/dt=1/a.parquet"), 1, 2);
        let plain = register(field, request(field, "lake0/plain")).await.unwrap();
        assert_eq!(plain.outcome(), p::RegisterOutcome::Registered, "{:?}", plain.findings);
    }

    async fn a_table_whose_place_became_another_format_is_left_alone(field: &Field) {
        for (n, format) in FORMATS.into_iter().enumerate() {
            let folder = format!("lake{n}");
            people(&field.folder.path().join(&folder).join("dt=1/a.parquet"), 1, 2);
            let name = format!("t{n}");
            let create = p::RegisterRequest { table: at(&name), ..request(field, &folder) };
            assert_eq!(register(field, create.clone()).await.unwrap().outcome(), p::RegisterOutcome::Registered);
            lay(field, &folder, (format.0, format.1, "dt=2"));
            let told = discover(field, p::DiscoverRequest { table: at(&name), ..all() }).await.unwrap();
            assert_eq!(told.outcome(), p::RegisterOutcome::Refused, "{:?}", told.findings);
            assert_eq!(refusal(&told.findings, format.0), Some(place(field, &folder).as_str()));
            assert_eq!((told.partitions_added, register(field, create).await.unwrap().outcome()), (0, p::RegisterOutcome::Refused));
        }
    }

    async fn a_dump_with_another_formats_table_is_refused(field: &Field) {
        people(&field.folder.path().join("dump/crm.plain/a.parquet"), 1, 2);
        lay(field, "dump/crm.orders", FORMATS[0]);
        let ask = p::RegisterDumpRequest { uri: place(field, "dump"), create_databases: true, ..Default::default() };
        let mut stream =
            DiscoveryServiceClient::new(field.channel.clone()).register_dump(ask).await.unwrap().into_inner();
        let mut report = None;
        while let Some(message) = stream.message().await.unwrap() {
            if let Some(p::register_dump_response::Event::Report(came)) = message.event {
                report = Some(came);
            }
        }
        let report = report.unwrap();
        assert_eq!(report.outcome(), p::RegisterOutcome::Refused);
        assert_eq!(refusal(&report.findings, "Delta Lake"), Some(place(field, "dump/crm.orders").as_str()));
    }

    async fn a_table_of_another_format_is_refused_by_its_name(field: &Field) {
        people(&field.folder.path().join("lake/dt=1/a.parquet"), 1, 2);
        for (n, (key, value, format)) in [
            ("table_type", "ICEBERG", "Iceberg"),
            ("spark.sql.sources.provider", "delta", "Delta Lake"),
            ("spark.sql.sources.provider", "HUDI", "Hudi"),
            ("storage_handler", "org.apache.iceberg.mr.hive.HiveIcebergStorageHandler", "Iceberg"),
            ("storage_handler", "org.apache.hadoop.hive.kudu.KuduStorageHandler", "KuduStorageHandler"),
        ].into_iter().enumerate() {
            let name = format!("t{n}");
            let mut made = table(&name);
            made.partition_keys = vec![column("dt", "string")];
            made.parameters.insert(key.to_owned(), value.to_owned());
            made.storage.as_mut().unwrap().location = Some(place(field, "lake"));
            let create = a::CreateTableRequest { table: Some(made), ..Default::default() };
            field.tables().create_table(create).await.unwrap();
            let registering = register(field, p::RegisterRequest { table: at(&name), ..request(field, "lake") }).await;
            let discovering = discover(field, p::DiscoverRequest { table: at(&name), ..all() }).await;
            let planning = planned(&field.channel, ask(&name, "")).await;
            for (door, error) in [
                ("register", registering.unwrap_err()),
                ("discover", discovering.unwrap_err()),
                ("plan", planning.unwrap_err()),
            ] {
                assert_eq!(error.code(), Code::FailedPrecondition, "{door} {key}={value}: {error}");
                assert!(error.message().contains(format), "{door} {key}={value}: {error}");
            }
        }
    }

    // A plan lists what nobody registered: there, too, the files are not the table's.
    async fn a_plan_lists_no_other_formats_directory(field: &Field) {
        for (n, format) in FORMATS.into_iter().enumerate() {
            let folder = format!("lake{n}");
            lay(field, &folder, format);
            let name = format!("t{n}");
            let mut made = table(&name);
            made.partition_keys.clear();
            made.storage.as_mut().unwrap().location = Some(place(field, &folder));
            let create = a::CreateTableRequest { table: Some(made), ..Default::default() };
            field.tables().create_table(create).await.unwrap();
            let error = planned(&field.channel, ask(&name, "")).await.unwrap_err();
            assert_eq!(error.code(), Code::FailedPrecondition, "{error}");
            assert!(error.message().contains(format.0) && error.message().contains(&place(field, &folder)), "{error}");
        }
    }
}
