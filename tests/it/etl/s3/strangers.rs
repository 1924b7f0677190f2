//! Keys and directories on S3 as other programs make them.

use skep_proto::etl::v1 as p;

use super::register::request;
use crate::etl::discover::{all, discover};
use crate::etl::plan::{ask, planned};
use crate::etl::register::{codes, list, register};

s3_cases! {
    async fn one_file_by_two_names_of_its_store(field: &Field, s3: &S3) {
        s3.people("t/dt=1/a.parquet", 1, 2);
        s3.people("t/dt=1/b.parquet", 3, 2);
        let uris = ["s3a://lake/t/", "s3://lake/t/dt=1/b.parquet", "s3://lake/t/"].map(str::to_owned).to_vec();
        let both = p::RegisterRequest { uris, ..request("t") };
        let done = register(field, both.clone()).await.unwrap();
        assert_eq!((done.outcome(), done.files_added, done.rows), (p::RegisterOutcome::Registered, 2, 4), "{:?}", done.findings);
        let again = register(field, both).await.unwrap();
        assert_eq!((again.outcome(), again.files_unchanged), (p::RegisterOutcome::Unchanged, 2));
        s3.people("t/dt=1/c.parquet", 5, 1);
        let more = register(field, request("t")).await.unwrap();
        assert_eq!((more.files_added, more.files_unchanged), (1, 2), "{:?}", more.findings);
        assert_eq!(planned(&field.channel, ask("people", "")).await.unwrap().files.len(), 3);
        assert_eq!(discover(field, all()).await.unwrap().outcome(), p::RegisterOutcome::Unchanged);
    }

    async fn paths_of_other_writers(field: &Field, s3: &S3) {
        s3.people("t/land=T%C3%BCrkiye/_code=/a.parquet", 1, 2);
        s3.people("t/land=x/_code=1/a.parquet", 1, 2);
        s3.people("t/land=x/_tmp/a.parquet", 1, 2);
        let null = p::RegisterRequest { empty_value: p::EmptyValue::Null.into(), ..request("t") };
        let done = register(field, null).await.unwrap();
        assert_eq!((done.outcome(), done.files_added), (p::RegisterOutcome::Registered, 2), "{:?}", done.findings);
        let names = ["land=Türkiye/_code=__HIVE_DEFAULT_PARTITION__", "land=x/_code=1"];
        assert_eq!(field.names(list("people")).await.unwrap(), names);
        assert_eq!(discover(field, all()).await.unwrap().outcome(), p::RegisterOutcome::Unchanged);
        let plan = planned(&field.channel, ask("people", "land = 'Türkiye'")).await.unwrap();
        assert_eq!(plan.files[0].1.uri, "s3://lake/t/land=T%C3%BCrkiye/_code=/a.parquet");
    }

    async fn directories_of_other_formats(field: &Field, s3: &S3) {
        for (n, (format, marker, data)) in [
            ("Delta Lake", "_delta_log/00000000000000000000.json", "dt=1"),
            ("Hudi", ".hoodie/hoodie.properties", "2024/05"),
            ("Iceberg", "metadata/00000-9c1f.metadata.json", "data/dt=1"),
        ]
        .into_iter()
        .enumerate()
        {
            s3.people(&format!("t{n}/{data}/a.parquet"), 1, 2);
            s3.bucket.put(&format!("t{n}/{marker}"), b"{}".to_vec());
            let place = format!("s3://lake/t{n}");
            for uri in [format!("{place}/"), format!("{place}/{data}/"), format!("{place}/{data}/a.parquet")] {
                let ask = p::RegisterRequest { uris: vec![uri.clone()], ..request("t") };
                let report = register(field, ask).await.unwrap();
                assert!(codes(&report).contains(&"table_format"), "{uri}: {:?}", report.findings);
                let found = report.findings.iter().find(|f| f.code == "table_format").unwrap();
                assert_eq!((found.uri.as_str(), found.message.contains(format)), (place.as_str(), true), "{uri}");
            }
        }
        s3.people("plain/dt=1/a.parquet", 1, 2);
        let plain = register(field, request("plain")).await.unwrap();
        assert_eq!(plain.outcome(), p::RegisterOutcome::Registered, "{:?}", plain.findings);
    }
}
