//! Spark's copy of the schema: in step with the columns whichever door changes them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;
use skep_thrift::call::Answer;
use skep_thrift::methods as m;

use super::discover::{all, discover};
use super::files::{Values, write};
use super::register::{register, request};
use crate::grpc::fixture::{Field, at, column, table};

const SCHEMA: &str = "spark.sql.sources.schema";

/// As Spark makes `CREATE TABLE people (Id INT, dt STRING) USING parquet PARTITIONED BY (dt)`.
const COPY: &str = r#"{"type":"struct","fields":[{"name":"Id","type":"integer","nullable":true,"metadata":{}},{"name":"dt","type":"string","nullable":true,"metadata":{}}]}"#;

fn parameters(of_copy: &[(&str, &str)]) -> BTreeMap<String, String> {
    let common = [
        ("EXTERNAL", "TRUE"),
        ("spark.sql.create.version", "3.5.1"),
        ("spark.sql.sources.provider", "parquet"),
        ("spark.sql.sources.schema.numPartCols", "1"),
        ("spark.sql.sources.schema.partCol.0", "dt"),
        ("spark.sql.partitionProvider", "catalog"),
    ];
    common.iter().chain(of_copy).map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// Makes `d.people` over `lake/`, with such a copy.
async fn made(field: &Field, of_copy: &[(&str, &str)]) {
    let mut made = table("people");
    made.partition_keys = vec![column("dt", "string")];
    made.parameters = parameters(of_copy);
    let storage = made.storage.as_mut().unwrap();
    storage.columns = Some(a::ColumnList { columns: vec![column("id", "int")] });
    storage.location = Some(format!("file:{}/lake", field.folder.path().display()));
    storage.input_format = Some("org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat".into());
    let create = a::CreateTableRequest { table: Some(made), ..Default::default() };
    field.tables().create_table(create).await.unwrap();
}

/// The parameters as Hive's clients get them.
fn told(field: &Field) -> BTreeMap<String, String> {
    let args = m::GetTableArgs { dbname: Some("d".into()), tbl_name: Some("people".into()) };
    let Answer::Reply(table) = field.thrift().call::<m::GetTable>(&args).unwrap() else { panic!("no table") };
    table.parameters.unwrap().into_iter().collect()
}

/// The copy, as Spark puts it together: `name type` of its fields.
fn copy(parameters: &BTreeMap<String, String>) -> Vec<String> {
    let text = parameters.get(SCHEMA).cloned().unwrap_or_else(|| {
        let count: usize = parameters["spark.sql.sources.schema.numParts"].parse().unwrap();
        (0..count).map(|at| parameters[&format!("spark.sql.sources.schema.part.{at}")].clone()).collect()
    });
    let schema: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(schema["type"], "struct");
    let field = |field: &Value| format!("{} {}", field["name"].as_str().unwrap(), field["type"]);
    schema["fields"].as_array().unwrap().iter().map(field).collect()
}

fn lay(field: &Field, path: &str, columns: Vec<(&str, Values)>) {
    write(&field.folder.path().join("lake").join(path), &[columns]);
}

fn widen(field: &Field) -> p::RegisterRequest {
    p::RegisterRequest { evolution: p::EvolutionPolicy::Widen.into(), ..request(field, "lake") }
}

async fn version(field: &Field) -> i64 {
    let get = a::GetTableRequest { name: at("people"), as_of: None };
    field.tables().get_table(get).await.unwrap().into_inner().table.unwrap().version
}

grpc_cases! {
    async fn register_discover_restore_and_alter_keep_it(field: &Field) {
        made(field, &[(SCHEMA, COPY)]).await;
        lay(field, "dt=1/a.parquet", vec![("id", Values::Int(vec![1]))]);
        register(field, widen(field)).await.unwrap();
        assert_eq!(copy(&told(field)), ["Id \"integer\"", "dt \"string\""]);
        let before = version(field).await;

        lay(field, "dt=2/a.parquet", vec![("ID", Values::Long(vec![1])), ("eXtra", Values::Text(vec![None]))]);
        let done = register(field, widen(field)).await.unwrap();
        assert_eq!(done.outcome(), p::RegisterOutcome::Registered, "{:?}", done.findings);
        let after = told(field);
        assert_eq!(copy(&after), ["Id \"long\"", "eXtra \"string\"", "dt \"string\""]);
        for (key, value) in parameters(&[]) {
            assert_eq!(after.get(&key), Some(&value), "{key} stays");
        }

        lay(field, "dt=3/a.parquet", vec![("id", Values::Long(vec![1])), ("found", Values::Double(vec![1.0]))]);
        let found = discover(field, all()).await.unwrap();
        assert_eq!(found.columns.len(), 1, "{:?}", found.findings);
        assert_eq!(copy(&told(field)), ["Id \"long\"", "eXtra \"string\"", "found \"double\"", "dt \"string\""]);

        let mut new = field
            .tables()
            .get_table(a::GetTableRequest { name: at("people"), as_of: None })
            .await
            .unwrap()
            .into_inner()
            .table
            .unwrap();
        new.storage.as_mut().unwrap().columns.as_mut().unwrap().columns.push(column("by_hand", "array<decimal(9,2)>"));
        let alter = a::AlterTableRequest { name: at("people"), table: Some(new), ..Default::default() };
        field.tables().alter_table(alter).await.unwrap();
        let array = json!({"type": "array", "elementType": "decimal(9,2)", "containsNull": true});
        assert_eq!(copy(&told(field))[3], format!("by_hand {array}"));

        let restore = a::RestoreVersionRequest {
            table: at("people"),
            as_of: Some(a::AsOf { state: Some(a::as_of::State::Version(before)) }),
            definition: true,
            ..Default::default()
        };
        field.versions().restore_version(restore).await.unwrap();
        assert_eq!(copy(&told(field)), ["Id \"integer\"", "dt \"string\""]);
    }

    // Spark before 3.1 always writes parts, later ones where a schema is long.
    async fn a_copy_in_parts_stays_in_parts(field: &Field) {
        let (first, second) = COPY.split_at(50);
        let parts = [
            ("spark.sql.sources.schema.numParts", "2"),
            ("spark.sql.sources.schema.part.0", first),
            ("spark.sql.sources.schema.part.1", second),
        ];
        made(field, &parts).await;
        let names: Vec<String> = (0..120).map(|n| format!("a_column_with_a_long_name_{n:03}")).collect();
        let mut columns: Vec<(&str, Values)> = vec![("id", Values::Int(vec![1]))];
        columns.extend(names.iter().map(|name| (name.as_str(), Values::Long(vec![1]))));
        lay(field, "dt=1/a.parquet", columns);
        register(field, request(field, "lake")).await.unwrap();
        let now = told(field);
        assert!(!now.contains_key(SCHEMA) && now["spark.sql.sources.schema.numParts"] != "1", "{:?}", now.keys());
        assert!(now.values().all(|value| value.len() <= 4_000));
        let copied = copy(&now);
        assert_eq!((copied.len(), copied[0].as_str(), copied[121].as_str()), (122, "Id \"integer\"", "dt \"string\""));
    }

    // A table without keys is its own partition; and one whose copy an earlier change left behind comes back into step.
    async fn a_table_without_keys_and_one_that_was_left_behind(field: &Field) {
        let behind = r#"{"type":"struct","fields":[{"name":"Id","type":"integer","nullable":true,"metadata":{}}]}"#;
        let mut made = table("people");
        made.partition_keys.clear();
        made.parameters.insert(SCHEMA.to_owned(), behind.to_owned());
        let storage = made.storage.as_mut().unwrap();
        storage.columns = Some(a::ColumnList { columns: vec![column("id", "int"), column("lost", "date")] });
        storage.location = Some(format!("file:{}/lake", field.folder.path().display()));
        let create = a::CreateTableRequest { table: Some(made), ..Default::default() };
        field.tables().create_table(create).await.unwrap();
        lay(field, "a.parquet", vec![("id", Values::Int(vec![1])), ("New", Values::Int(vec![1]))]);
        register(field, request(field, "lake")).await.unwrap();
        assert_eq!(copy(&told(field)), ["Id \"integer\"", "lost \"date\"", "New \"integer\""]);
    }
}
