//! Files as other programs write them: types of columns without a value, names, values in paths.

use std::path::PathBuf;

use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;
use tonic::Code;

use super::discover::{all, codes as discovered, discover};
use super::files::{Values, nulls, people, write};
use super::plan::{ask, planned};
use super::register::{codes, list, register, request};
use crate::cli::{json, said, skep};
use crate::grpc::fixture::{Field, at, column};

fn lake(field: &Field, path: &str) -> PathBuf {
    field.folder.path().join("lake").join(path)
}

/// The table's columns, as `name type`.
async fn columns(field: &Field) -> Vec<String> {
    let get = a::GetTableRequest { name: at("people"), as_of: None };
    let table = field.tables().get_table(get).await.unwrap().into_inner().table.unwrap();
    let columns = table.storage.unwrap().columns.unwrap().columns;
    columns.into_iter().map(|column| format!("{} {}", column.name, column.r#type())).collect()
}

/// The columns of a partition.
async fn partition_columns(field: &Field, value: &str) -> Vec<String> {
    let key = Some(a::get_partition_request::Key::Values(a::ValueList { values: vec![value.to_owned()] }));
    let get = a::GetPartitionRequest { table: at("people"), key };
    let found = field.partitions().get_partition(get).await.unwrap().into_inner().partition.unwrap();
    let columns = found.storage.unwrap().columns.unwrap().columns;
    columns.into_iter().map(|column| format!("{} {}", column.name, column.r#type())).collect()
}

async fn registered(field: &Field, request: p::RegisterRequest) -> p::RegisterReport {
    let report = register(field, request).await.unwrap();
    assert_eq!(report.outcome(), p::RegisterOutcome::Registered, "{:?}", report.findings);
    report
}

/// Columns as PyArrow writes them where all values are null, at some depths.
const VOID: &str = "optional int32 id; optional int32 v (UNKNOWN);
    optional group l (LIST) { repeated group list { optional int32 element (UNKNOWN); } }
    optional group s { optional int64 a; optional int32 b (UNKNOWN); }
    optional group m (MAP) { repeated group key_value { required binary key (STRING); optional int32 value (UNKNOWN); } }";
/// The same with values.
const KNOWN: &str = "optional int32 id; optional binary v (STRING);
    optional group l (LIST) { repeated group list { optional int32 element (DATE); } }
    optional group s { optional int64 a; optional double b; }
    optional group m (MAP) { repeated group key_value { required binary key (STRING); optional int64 value; } }";
const COLUMNS: [&str; 5] =
    ["id int", "v string", "l array<date>", "s struct<a:bigint,b:double>", "m map<string,bigint>"];

grpc_cases! {
    async fn void_at_any_depth_waits_for_a_type_over_days(field: &Field) {
        nulls(&lake(field, "dt=1/a.parquet"), VOID, 3);
        let first = registered(field, request(field, "lake")).await;
        assert_eq!(columns(field).await, ["id int", "s struct<a:bigint>"]);
        assert_eq!(first.findings.iter().filter(|f| f.code == "type_unknown").count(), 3, "{:?}", first.findings);
        // The same kind again changes nothing of the columns; then values come.
        nulls(&lake(field, "dt=2/a.parquet"), VOID, 3);
        assert_eq!(registered(field, request(field, "lake")).await.columns.len(), 0);
        nulls(&lake(field, "dt=3/a.parquet"), KNOWN, 2);
        let changed = registered(field, request(field, "lake")).await;
        let mut wanted = COLUMNS.to_vec();
        wanted.sort_unstable();
        let mut now = columns(field).await;
        now.sort();
        assert_eq!((now, changed.columns.len()), (wanted.into_iter().map(str::to_owned).collect(), 4));
        nulls(&lake(field, "dt=4/a.parquet"), VOID, 3);
        assert_eq!(registered(field, request(field, "lake")).await.columns.len(), 0);
        assert_eq!(planned(&field.channel, ask("people", "")).await.unwrap().files.len(), 4);
    }

    async fn void_at_any_depth_in_one_batch(field: &Field) {
        for (file, fields) in [("a", VOID), ("b", KNOWN), ("c", VOID)] {
            nulls(&lake(field, &format!("dt=1/{file}.parquet")), fields, 3);
        }
        let done = registered(field, request(field, "lake")).await;
        let mut now = columns(field).await;
        now.sort();
        let mut wanted = COLUMNS.to_vec();
        wanted.sort_unstable();
        assert_eq!((now, done.files_added), (wanted.into_iter().map(str::to_owned).collect(), 3));
        // A batch that tells no type at all is no table.
        nulls(&field.folder.path().join("void/a.parquet"), "optional int32 v (UNKNOWN);", 3);
        let nothing = p::RegisterRequest { table: at("nothing"), ..request(field, "void") };
        let refused = register(field, nothing).await.unwrap();
        assert_eq!((refused.outcome(), codes(&refused)), (p::RegisterOutcome::Refused, vec!["no_columns"]));
    }

    // A table from before, or of another client.
    async fn void_in_a_table_is_replaced_also_in_its_partitions(field: &Field) {
        let mut table = crate::grpc::fixture::table("people");
        table.partition_keys = vec![column("dt", "string")];
        let storage = table.storage.as_mut().unwrap();
        storage.location = Some(format!("file:{}", lake(field, "").display()));
        storage.serde.as_mut().unwrap().parameters.clear();
        storage.input_format = Some("org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat".into());
        storage.columns = Some(a::ColumnList { columns: vec![column("id", "int"), column("l", "array<void>")] });
        let create = a::CreateTableRequest { table: Some(table), ..Default::default() };
        field.tables().create_table(create).await.unwrap();
        let add = a::AddPartitionsRequest {
            table: at("people"),
            partitions: vec![crate::grpc::fixture::partition(&["0"])],
            ..Default::default()
        };
        field.partitions().add_partitions(add).await.unwrap();
        nulls(&lake(field, "dt=1/a.parquet"), KNOWN, 1);
        let strict = p::RegisterRequest { evolution: p::EvolutionPolicy::Strict.into(), ..request(field, "lake") };
        assert_eq!(register(field, strict).await.unwrap().outcome(), p::RegisterOutcome::Refused);
        registered(field, request(field, "lake")).await;
        assert_eq!(columns(field).await[1], "l array<date>");
        assert_eq!(partition_columns(field, "0").await[1], "l array<date>");
        assert_eq!(partition_columns(field, "1").await[1], "l array<date>");
    }

    async fn names_with_blanks_and_commas_are_registered_and_told(field: &Field) {
        // The library's parser of schemas takes no such names; a job tells them.
        let told = |file: &str, names: &[&str]| p::KnownFile {
            uri: format!("file:{}", lake(field, &format!("dt=1/{file}")).display()),
            size: 10,
            modified_at_ms: 1,
            rows: 2,
            columns: names
                .iter()
                .map(|name| p::KnownColumn {
                    name: (*name).to_owned(),
                    r#type: "string".into(),
                    nulls: Some(0),
                    min: Some("a".into()),
                    max: Some("b".into()),
                    ..Default::default()
                })
                .collect(),
            ..Default::default()
        };
        let base = format!("file:{}", lake(field, "").display());
        let of = |files| p::RegisterRequest { table: at("people"), files, base: base.clone(), create: true, ..Default::default() };
        let first = registered(field, of(vec![told("a", &["id", " Name", "a,b"]), told("b", &["id", " Name", "x"])])).await;
        assert_eq!(columns(field).await, ["id string", " name string", "a,b string", "x string"]);
        let warned = |code: &str| first.findings.iter().filter(|f| f.code == code && f.severity() == p::Severity::Warning).count();
        assert_eq!((warned("column_blank"), warned("column_comma")), (2, 1), "{:?}", first.findings);
        let more = registered(field, of(vec![told("c", &["id", " Name", "a,b"])])).await;
        assert_eq!((more.columns.len(), more.files_added), (0, 1));
        let clash = register(field, of(vec![told("d", &["id", "name"])])).await.unwrap();
        assert_eq!((clash.outcome(), codes(&clash)), (p::RegisterOutcome::Refused, vec!["name_clash"]));
        // A plan reads what the file says of the column, not of another.
        for (filter, files) in [("` name` = 'a'", 3), ("` name` = 'c'", 0)] {
            assert_eq!(planned(&field.channel, ask("people", filter)).await.unwrap().files.len(), files, "{filter}");
        }
    }

    async fn paths_of_other_writers_are_read(field: &Field) {
        people(&lake(field, "land=T%C3%BCrkiye/_code=1/a.parquet"), 1, 2);
        people(&lake(field, "land=%E6%97%A5%E6%9C%AC%20%2F/_code=2/a.parquet"), 1, 2);
        people(&lake(field, "land=Türkiye/_code=3/a.parquet"), 1, 2);
        people(&lake(field, "land=T%C3%BCrkiye/_temporary/0/a.parquet"), 1, 2);
        let done = registered(field, request(field, "lake")).await;
        assert_eq!(done.files_added, 3, "{:?}", done.findings);
        let names = ["land=Türkiye/_code=1", "land=Türkiye/_code=3", "land=日本 %2F/_code=2"];
        let mut found = field.names(list("people")).await.unwrap();
        found.sort();
        assert_eq!(found, names);
        // Discovery finds them where they lie, and new ones.
        assert_eq!(discover(field, all()).await.unwrap().outcome(), p::RegisterOutcome::Unchanged);
        people(&lake(field, "land=T%C3%BCrkiye/_code=4/a.parquet"), 1, 2);
        let more = discover(field, all()).await.unwrap();
        assert_eq!((more.partitions_added, more.partitions_dropped), (1, 0), "{:?}", more.findings);
        let plan = planned(&field.channel, ask("people", "land = 'Türkiye'")).await.unwrap();
        assert_eq!(plan.files.len(), 3);
    }

    async fn an_empty_value_is_what_was_chosen(field: &Field) {
        people(&lake(field, "k=x/a.parquet"), 1, 2);
        people(&lake(field, "k=/a.parquet"), 1, 3);
        let refused = register(field, request(field, "lake")).await.unwrap();
        assert_eq!(codes(&refused), ["partition_path"]);
        assert!(refused.findings.iter().any(|f| f.message.contains("--empty-value null")), "{:?}", refused.findings);
        let null = p::RegisterRequest { empty_value: p::EmptyValue::Null.into(), ..request(field, "lake") };
        registered(field, null).await;
        let names = ["k=__HIVE_DEFAULT_PARTITION__", "k=x"];
        assert_eq!(field.names(list("people")).await.unwrap(), names);
        // The table knows it from then on; who asks for an error gets it.
        people(&lake(field, "k=/b.parquet"), 9, 1);
        let done = discover(field, all()).await.unwrap();
        assert_eq!((done.partitions_synced, discovered(&done.findings)), (1, vec!["file_new"]), "{:?}", done.findings);
        assert_eq!(register(field, request(field, "lake")).await.unwrap().outcome(), p::RegisterOutcome::Unchanged);
        let error = p::RegisterRequest { empty_value: p::EmptyValue::Error.into(), ..request(field, "lake") };
        assert_eq!(codes(&register(field, error).await.unwrap()), ["partition_path"; 2]);
        let nonsense = p::RegisterRequest { empty_value: 7, ..request(field, "lake") };
        assert_eq!(register(field, nonsense).await.unwrap_err().code(), Code::InvalidArgument);
        let plan = planned(&field.channel, ask("people", "k is null")).await.unwrap();
        assert_eq!((plan.files.len(), plan.summary.rows), (2, 4));
        people(&lake(field, "k=__HIVE_DEFAULT_PARTITION__/c.parquet"), 9, 1);
        assert_eq!(codes(&register(field, request(field, "lake")).await.unwrap()), ["two_places"]);
    }

    // `CREATE TABLE t USING parquet` in a database whose place only Spark knows: it writes to the SerDe's `path`.
    async fn a_table_of_sparks_lies_where_spark_writes(field: &Field) {
        let place = |name: &str| format!("file:{}/spark/{name}", field.folder.path().display());
        let mut made = crate::grpc::fixture::table("people");
        made.partition_keys.clear();
        made.table_type = a::TableType::Managed.into();
        made.parameters = [("spark.sql.sources.provider".to_owned(), "parquet".to_owned())].into();
        let serde = made.storage.as_mut().unwrap().serde.as_mut().unwrap();
        serde.parameters.insert("path".to_owned(), place("people"));
        let create = a::CreateTableRequest { table: Some(made.clone()), ..Default::default() };
        let location = field.tables().create_table(create).await.unwrap().into_inner().location;
        assert_eq!(location, place("people"));
        people(&field.folder.path().join("spark/people/part-0.parquet"), 1, 2);
        assert_eq!(planned(&field.channel, ask("people", "")).await.unwrap().files.len(), 1);
        // Hive's own table says nothing of a path.
        made.name = at("own");
        made.parameters.clear();
        let create = a::CreateTableRequest { table: Some(made), ..Default::default() };
        let location = field.tables().create_table(create).await.unwrap().into_inner().location;
        assert!(location.ends_with("/d.db/own"), "{location}");
    }

    async fn keys_and_times_on_the_command_line(field: &Field) {
        write(&lake(field, "p=1.50/dt=x/a.parquet"), &[vec![("id", Values::Int(vec![1]))]]);
        let run = |args: &[&str]| skep(field, args);
        let place = format!("file:{}", lake(field, "").display());
        said(run(&["register", &place, "--table", "d.people", "--create", "--partition-by", "p:decimal(10,2),dt"]));
        let shown = json(run(&["tables", "show", "d.people", "-o", "json"]));
        let keys: Vec<&str> = shown["partition_keys"].as_array().unwrap().iter().map(|key| key["type"].as_str().unwrap()).collect();
        assert_eq!(keys, ["decimal(10,2)", "string"]);
        write(&lake(field, "p=1.50/dt=x/b.parquet"), &[vec![("id", Values::Double(vec![1.0]))]]);
        let refused = run(&["register", &place, "--table", "d.people", "--quarantine"]);
        assert_eq!(refused.status.code(), Some(1));
        let listed = json(run(&["quarantine", "list", "-o", "json"]));
        let at_ms = listed[0]["time"].as_i64().unwrap();
        assert!(at_ms > 1_700_000_000_000, "{listed}");
        // The same moment, for people: its year is the first column's four digits.
        let table = said(run(&["quarantine", "list"]));
        let year = 1970 + at_ms / 31_556_952_000;
        assert!(table.lines().nth(1).unwrap().contains(&format!("{year}-")), "{table}");
    }
}
