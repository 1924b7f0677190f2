//! Files written by the parquet crate, listed and read; footers that were damaged.

use super::footer::parquet_file;
use super::*;
use crate::warehouse::{Location, Warehouse, WarehouseConfig};
use futures_util::{StreamExt, TryStreamExt, stream};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FixedLenByteArrayType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;
use skep_core::lake::{FileSchema, Nan};
use skep_core::types::Value;
use std::fs;
use std::path::Path;
use std::sync::Arc;

pub(super) fn lake(options: &[(&str, String)]) -> Lake {
    let config = WarehouseConfig {
        managed_root: "/nowhere/managed".into(),
        object_store_options: options.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect(),
        ..WarehouseConfig::default()
    };
    Lake::new(&Warehouse::new(config, Arc::new(|| 0)).unwrap(), Limits::default())
}

/// Two row groups of five columns.
pub(super) fn sample() -> Vec<u8> {
    let schema = "message m {
        required int32 ID;
        optional binary name (STRING);
        optional double score;
        optional int64 at (TIMESTAMP(MICROS,true));
        optional fixed_len_byte_array(5) price (DECIMAL(10,2));
        optional group tags (LIST) { repeated group list { optional int32 element; } }
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut out = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut out, schema, Arc::new(WriterProperties::default())).unwrap();
    for group in 0..2_i32 {
        let mut rows = writer.next_row_group().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<Int32Type>().write_batch(&[group * 10 + 3, group * 10 + 1, group * 10 + 2], None, None).unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        let long = "z".repeat(200);
        let names = [ByteArray::from("éa"), ByteArray::from(long.as_str())];
        column.typed::<ByteArrayType>().write_batch(&names, Some(&[1, 0, 1]), None).unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(&[1.5, f64::NAN, 0.0], Some(&[1, 1, 1]), None).unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&[-1], Some(&[0, 1, 0]), None).unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        let prices = [-150_i64, 20_000].map(|n| ByteArray::from(n.to_be_bytes()[3..].to_vec()).into());
        column.typed::<FixedLenByteArrayType>().write_batch(&prices, Some(&[1, 1, 0]), None).unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<Int32Type>().write_batch(&[7, 8], Some(&[3, 3, 0, 0]), Some(&[0, 1, 0, 0])).unwrap();
        column.close().unwrap();
        rows.close().unwrap();
    }
    writer.close().unwrap();
    out
}

pub(super) async fn listing(
    lake: &Lake,
    prefix: &str,
) -> skep_core::Result<(Vec<LakeFile>, Vec<(String, &'static str)>)> {
    let pages: Vec<Vec<Listed>> = lake.list(&Location::parse(prefix).unwrap()).try_collect().await?;
    let (mut files, mut skipped) = (Vec::new(), Vec::new());
    for listed in pages.into_iter().flatten() {
        match listed {
            Listed::File(file) => files.push(file),
            Listed::Skipped(uri, why) => skipped.push((uri, why.code)),
        }
    }
    files.sort_by(|a, b| a.location.cmp(&b.location));
    skipped.sort();
    Ok((files, skipped))
}

pub(super) async fn read_all(lake: &Lake, files: Vec<LakeFile>) -> Vec<FileRead> {
    let mut reads: Vec<FileRead> = lake.footers(stream::iter(files), Arc::default()).collect().await;
    reads.sort_by(|a, b| a.file.location.cmp(&b.file.location));
    reads
}

fn schema_of(message: &str) -> FileSchema {
    schema::file_schema(&parse_message_type(&format!("message m {{ {message} }}")).unwrap())
}

#[test]
fn types_of_leaves() {
    for (message, wanted) in [
        ("required boolean c", "boolean"),
        ("required int32 c", "int"),
        ("required int32 c (INTEGER(8,true))", "tinyint"),
        ("required int32 c (INT_16)", "smallint"),
        ("required int32 c (UINT_8)", "smallint"),
        ("required int32 c (INTEGER(16,false))", "int"),
        ("required int32 c (UINT_32)", "bigint"),
        ("required int64 c", "bigint"),
        ("required int64 c (INTEGER(64,false))", "decimal(20,0)"),
        ("required int96 c", "timestamp"),
        ("required float c", "float"),
        ("required double c", "double"),
        ("required int32 c (DECIMAL(9,3))", "decimal(9,3)"),
        ("required int64 c (DECIMAL(18,0))", "decimal(18,0)"),
        ("required fixed_len_byte_array(16) c (DECIMAL(38,38))", "decimal(38,38)"),
        ("required binary c (DECIMAL(20,2))", "decimal(20,2)"),
        ("required int32 c (DATE)", "date"),
        ("required int64 c (TIMESTAMP(MILLIS,false))", "timestamp"),
        ("required int64 c (TIMESTAMP_MICROS)", "timestamp"),
        ("required int64 c (TIMESTAMP(NANOS,true))", "timestamp"),
        ("required int32 c (TIME(MILLIS,true))", "int"),
        ("required int64 c (TIME(MICROS,false))", "bigint"),
        ("required binary c (STRING)", "string"),
        ("required binary c (UTF8)", "string"),
        ("required binary c (ENUM)", "string"),
        ("required binary c (JSON)", "string"),
        ("required binary c (BSON)", "binary"),
        ("required binary c", "binary"),
        ("required fixed_len_byte_array(16) c (UUID)", "binary"),
        ("required fixed_len_byte_array(2) c (FLOAT16)", "float"),
        ("required fixed_len_byte_array(12) c (INTERVAL)", "binary"),
        ("required int32 c (UNKNOWN)", "void"),
    ] {
        let schema = schema_of(&format!("{message};"));
        assert_eq!(schema.columns[0].hive_type, wanted, "{message} {:?}", schema.findings);
        assert!(!schema.findings.iter().any(skep_core::lake::Finding::is_error), "{message}");
    }
}

#[test]
fn nested_types_in_all_their_forms() {
    for (message, wanted) in [
        ("optional group c (LIST) { repeated group list { optional int32 element; } }", "array<int>"),
        ("optional group c (LIST) { repeated group bag { optional binary array_element (UTF8); } }", "array<string>"),
        ("optional group c (LIST) { repeated int32 element; }", "array<int>"),
        (
            "optional group c (LIST) { repeated group element { required int32 a; required int64 b; } }",
            "array<struct<a:int,b:bigint>>",
        ),
        ("optional group c (LIST) { repeated group array { required int32 a; } }", "array<struct<a:int>>"),
        ("optional group c (LIST) { repeated group c_tuple { required int32 a; } }", "array<struct<a:int>>"),
        ("repeated int32 c", "array<int>"),
        ("repeated group c { required int32 a; }", "array<struct<a:int>>"),
        (
            "optional group c (MAP) { repeated group key_value { required binary key (UTF8); optional int32 value; } }",
            "map<string,int>",
        ),
        (
            "optional group c (MAP_KEY_VALUE) { repeated group map { required int32 key; optional double value; } }",
            "map<int,double>",
        ),
        ("optional group c { optional group S { optional int32 X; } }", "struct<s:struct<x:int>>"),
        (
            "optional group c (LIST) { repeated group list { optional group element (LIST) { repeated group list { optional int32 element; } } } }",
            "array<array<int>>",
        ),
        // As parquet-avro wrote lists of maps and of lists, for years.
        (
            "optional group c (LIST) { repeated group array (MAP) { repeated group map (MAP_KEY_VALUE) { required binary key (UTF8); required int32 value; } } }",
            "array<map<string,int>>",
        ),
        (
            "optional group c (LIST) { repeated group array (MAP) { repeated group map { required binary key (UTF8); required group value (LIST) { repeated int64 array; } } } }",
            "array<map<string,array<bigint>>>",
        ),
        ("optional group c (LIST) { repeated group array (LIST) { repeated int32 array; } }", "array<array<int>>"),
        (
            "repeated group c (MAP) { repeated group map (MAP_KEY_VALUE) { required int32 key; required int32 value; } }",
            "array<map<int,int>>",
        ),
        (
            "repeated group c (MAP_KEY_VALUE) { required int32 key; required int32 value; }",
            "array<struct<key:int,value:int>>",
        ),
        // What pandas and PyArrow write of values that are all null.
        ("optional group c (LIST) { repeated group list { optional int32 element (UNKNOWN); } }", "array<void>"),
        ("optional group c { optional int32 a (UNKNOWN); optional int32 b; }", "struct<a:void,b:int>"),
    ] {
        let message = if message.ends_with('}') { message.to_owned() } else { format!("{message};") };
        let schema = schema_of(&message);
        assert_eq!(schema.columns[0].hive_type, wanted, "{message}");
        assert!(skep_core::lake::HiveType::parse(wanted).is_some());
    }
    for (message, code) in [
        ("required int32 a; required int32 A;", "name_clash"),
        ("required group s { required int32 a; required int32 A; }", "name_clash"),
        ("required group c (MAP) { repeated group key_value { required int32 key; } }", "map_form"),
        ("required group c (LIST) { required int32 element; }", "list_form"),
    ] {
        assert_eq!(schema_of(message).findings[0].code, code, "{message}");
    }
}

/// Old writers left the scale of a decimal out where it was 0; Parquet says that it is then.
#[tokio::test]
async fn a_decimal_without_a_scale_has_scale_zero() {
    let schema = "message m { required int32 n; required int32 price (DECIMAL(5,0)); optional int32 last; }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::default())).unwrap();
    let mut rows = writer.next_row_group().unwrap();
    for n in 0..3 {
        let mut column = rows.next_column().unwrap().unwrap();
        let levels: Option<&[i16]> = (n == 2).then_some(&[1, 1]);
        column.typed::<Int32Type>().write_batch(&[7, 9], levels, None).unwrap();
        column.close().unwrap();
    }
    rows.close().unwrap();
    writer.close().unwrap();
    // The converted type (6) is 5, scale (7) is 0, precision (8) is 5; then without the scale.
    let (with, without) = ([0x25, 0x0a, 0x15, 0x00, 0x15, 0x0a], [0x25, 0x0a, 0x25, 0x0a]);
    let at = bytes.windows(with.len()).position(|window| window == with).unwrap();
    bytes.splice(at..at + with.len(), without);
    let length_at = bytes.len() - 8;
    let length = u32::from_le_bytes(bytes[length_at..length_at + 4].try_into().unwrap()) - 2;
    bytes[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f.parquet");
    fs::write(&path, bytes).unwrap();
    let lake = lake(&[]);
    let file = lake.file(&Location::file(path.to_str().unwrap()).unwrap()).await.unwrap();
    let read = read_all(&lake, vec![file]).await.remove(0).outcome.unwrap();
    let types: Vec<&str> = read.schema.columns.iter().map(|c| c.hive_type.as_str()).collect();
    assert_eq!(types, ["int", "decimal(5,0)", "int"], "{:?}", read.schema.findings);
    let price = &read.facts.column("price").unwrap().bounds;
    assert_eq!(
        (&price.low, &price.high),
        (&Some(Value::Decimal { digits: 7, scale: 0 }), &Some(Value::Decimal { digits: 9, scale: 0 }))
    );
}

#[tokio::test]
async fn facts_of_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f.parquet");
    fs::write(&path, sample()).unwrap();
    let lake = lake(&[]);
    let file = lake.file(&Location::file(path.to_str().unwrap()).unwrap()).await.unwrap();
    let read = read_all(&lake, vec![file]).await.remove(0).outcome.unwrap();
    let types: Vec<&str> = read.schema.columns.iter().map(|c| c.hive_type.as_str()).collect();
    assert_eq!(types, ["int", "string", "double", "timestamp", "decimal(10,2)", "array<int>"]);
    assert_eq!(read.schema.columns[0].written_name, "ID");
    let facts = &read.facts;
    assert_eq!((facts.rows, facts.columns.len(), facts.row_groups.len()), (6, 5, 2));
    let id = facts.column("id").unwrap();
    assert_eq!((&id.bounds.low, &id.bounds.high), (&Some(Value::Integer(1)), &Some(Value::Integer(13))));
    assert_eq!(id.bounds.nulls, Some(0), "required columns have none");
    assert_eq!(facts.group_bounds(1, 0).unwrap().low, Some(Value::Integer(11)));
    let name = &facts.column("name").unwrap();
    assert_eq!(name.bounds.nulls, Some(2));
    let (Some(Value::Text(low)), Some(Value::Text(high))) = (&name.bounds.low, &name.bounds.high) else { panic!() };
    assert!(low.starts_with('z') && low.len() <= 64 && !name.bounds.low_is_exact, "bytes order: z < é");
    assert_eq!(high, "éa");
    assert_eq!(name.value_bytes, Some(2 * 203));
    let score = &facts.column("score").unwrap().bounds;
    assert_eq!((score.nan, score.high_with_nan()), (Nan::Perhaps, None), "a NaN hides above");
    let at = facts.column("at").unwrap();
    assert!(at.is_instant);
    assert_eq!(at.bounds.low, Some(Value::Timestamp { seconds: -1, nanos: 999_999_000 }));
    let price = &facts.column("price").unwrap().bounds;
    assert_eq!(price.low, Some(Value::Decimal { digits: -150, scale: 2 }));
    assert_eq!(price.high, Some(Value::Decimal { digits: 20_000, scale: 2 }));
    let (first, second) = (&facts.row_groups[0], &facts.row_groups[1]);
    assert!(first.offset == 4 && first.offset + first.length <= second.offset && first.rows == 3);
    assert_eq!(skep_core::lake::FileFacts::parse(&facts.to_text()).unwrap(), *facts);
}

#[tokio::test]
async fn what_is_wrong_with_files() {
    let dir = tempfile::tempdir().unwrap();
    let good = sample();
    let cut = &good[..good.len() - 9];
    let mut encrypted = good.clone();
    let end = encrypted.len();
    encrypted[end - 1] = b'E';
    let mut long = good.clone();
    long[end - 8..end - 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut zeroed = good.clone();
    zeroed[end - 100..end - 8].fill(0xff);
    let cases: [(&str, &[u8], ProblemKind); 8] = [
        ("a.parquet", b"", ProblemKind::Empty),
        ("b.parquet", b"PAR1", ProblemKind::NotParquet),
        ("c.parquet", cut, ProblemKind::Truncated),
        ("d.csv", b"a,b,c\n1,2,3\n", ProblemKind::NotParquet),
        ("e.parquet", &encrypted, ProblemKind::Encrypted),
        ("f.parquet", &long, ProblemKind::Corrupt),
        ("g.parquet", &zeroed, ProblemKind::Corrupt),
        ("h.parquet", &[good.as_slice(), b"PAR1"].concat(), ProblemKind::Corrupt),
    ];
    for (name, bytes, _) in &cases {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    let lake = lake(&[]);
    let (files, _) = listing(&lake, dir.path().to_str().unwrap()).await.unwrap();
    let kinds: Vec<ProblemKind> =
        read_all(&lake, files).await.into_iter().map(|r| r.outcome.unwrap_err().kind).collect();
    assert_eq!(kinds, cases.map(|(_, _, kind)| kind));
}

#[tokio::test]
async fn files_that_change_or_vanish_after_the_listing() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).unwrap();
    let good = sample();
    for name in ["changed", "kept", "longer", "replaced", "shorter", "vanished"] {
        write(name, &good);
    }
    let lake = lake(&[]);
    let (mut files, _) = listing(&lake, dir.path().to_str().unwrap()).await.unwrap();
    files[0].etag = Some("another".into());
    write("longer", &[good.as_slice(), &good].concat());
    write("new", &good);
    fs::rename(dir.path().join("new"), dir.path().join("replaced")).unwrap();
    write("shorter", &good[..50]);
    fs::remove_file(dir.path().join("vanished")).unwrap();
    let kinds: Vec<Option<ProblemKind>> =
        read_all(&lake, files).await.into_iter().map(|read| read.outcome.err().map(|e| e.kind)).collect();
    let changed = Some(ProblemKind::Changed);
    assert_eq!(kinds, [changed, None, changed, changed, changed, Some(ProblemKind::Vanished)]);
}

#[tokio::test]
async fn local_listings() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "x").unwrap();
    let root = dir.path().join("_root");
    let write = |path: &str, bytes: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    write("dt=1/a b%3A.parquet", "x");
    write("dt=1/.hive-staging/f", "x");
    write("dt=2/_SUCCESS", "");
    write("dt=2/empty", "");
    write("dt=2/empty.parquet", "");
    write("_temporary/0/f", "x");
    write("_code=1/f", "x");
    write("_code=1/_code=2", "x");
    symlink(root.join("dt=1/a b%3A.parquet"), root.join("dt=2/inside")).unwrap();
    symlink(outside.path().join("secret"), root.join("dt=2/outside")).unwrap();
    symlink(outside.path(), root.join("dt=3")).unwrap();
    let lake = lake(&[]);
    let (files, skipped) = listing(&lake, root.to_str().unwrap()).await.unwrap();
    let names: Vec<&str> = files.iter().map(|file| file.location.name()).collect();
    let wanted = ["f", "a b%3A.parquet", "empty.parquet", "inside"];
    assert_eq!(names, wanted, "an empty .parquet is a file with a problem; `_code=1/` is a partition");
    let codes: Vec<&str> = skipped.iter().map(|(_, code)| *code).collect();
    assert_eq!(codes, ["hidden", "hidden", "hidden", "hidden", "marker", "link", "link"], "{skipped:?}");
    let (one, _) = listing(&lake, files[1].location.path()).await.unwrap();
    assert_eq!(one[0], files[1], "a file is listed as itself");
    let error = listing(&lake, root.join("none").to_str().unwrap()).await.unwrap_err();
    assert_eq!(error.kind, skep_core::Kind::NotFound);
    assert!(listing(&lake, "hdfs://n/x").await.is_err());
}

#[tokio::test]
async fn a_listing_of_many_pages_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    for n in 0..50 {
        let folder = dir.path().join(format!("p={n}"));
        fs::create_dir(&folder).unwrap();
        (0..100).for_each(|f| fs::write(folder.join(format!("{f}")), "x").unwrap());
    }
    let (files, _) = listing(&lake(&[]), dir.path().to_str().unwrap()).await.unwrap();
    assert_eq!(files.len(), 5000);
}

/// The metadata of the sample, and the file that it is of.
fn sample_metadata() -> (Vec<u8>, LakeFile) {
    let bytes = sample();
    let end = bytes.len() - 8;
    let length = u32::from_le_bytes(bytes[end..end + 4].try_into().unwrap()) as usize;
    let location = Location::parse("/f").unwrap();
    let file = LakeFile { location, size: bytes.len() as u64, modified_at_ms: 0, etag: None };
    (bytes[end - length..end].to_vec(), file)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn damaged_metadata_is_a_problem_or_another_file(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::weighted(0.2, any::<proptest::sample::Index>()),
    ) {
        let (mut metadata, file) = sample_metadata();
        for (at, byte) in changes {
            let at = at.index(metadata.len());
            metadata[at] = byte;
        }
        if let Some(cut) = cut {
            metadata.truncate(cut.index(metadata.len()));
        }
        match parquet_file(&metadata, &file) {
            Ok(read) => {
                prop_assert!(read.facts.row_groups.iter().all(|g| g.offset + g.length <= u64::MAX / 2));
                prop_assert_eq!(&skep_core::lake::FileFacts::parse(&read.facts.to_text()).unwrap().rows, &read.facts.rows);
            }
            Err(problem) => prop_assert!(matches!(problem.kind, ProblemKind::Corrupt | ProblemKind::Encrypted)),
        }
    }
}

/// Files of another writer, with what that writer says of them (`scripts/lake-samples.py DIR`).
#[tokio::test]
async fn files_of_pyarrow() {
    let Some(dir) = std::env::var_os("SKEP_TEST_LAKE_SAMPLES") else { return };
    let lake = lake(&[]);
    let mut compared = 0;
    for entry in fs::read_dir(Path::new(&dir)).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "parquet") {
            continue;
        }
        let said: serde_json::Value = serde_json::from_slice(&fs::read(path.with_extension("json")).unwrap()).unwrap();
        let file = lake.file(&Location::file(path.to_str().unwrap()).unwrap()).await.unwrap();
        let read = read_all(&lake, vec![file]).await.remove(0).outcome.unwrap();
        assert_eq!(read.facts.rows, said["rows"].as_u64().unwrap(), "{path:?}");
        for (name, wanted) in said["columns"].as_object().unwrap() {
            let column = read.schema.column(name).unwrap_or_else(|| panic!("{path:?} {name} {:?}", read.schema));
            assert_eq!(column.hive_type, wanted["type"].as_str().unwrap(), "{path:?} {name}");
            let Some(facts) = read.facts.column(name) else { continue };
            assert_eq!(facts.bounds.nulls, wanted["nulls"].as_u64(), "{path:?} {name}");
            for (bound, key) in [(&facts.bounds.low, "min"), (&facts.bounds.high, "max")] {
                let shown = bound.as_ref().and_then(Value::to_text);
                assert_eq!(shown.as_deref(), wanted[key].as_str(), "{path:?} {name} {key}");
            }
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared} columns");
}
