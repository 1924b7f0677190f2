//! The table that is measured: hourly partitions of four regions, 20 columns, Parquet.

use skep_core::types::calendar;
use skep_thrift::types as t;

pub const DATABASE: &str = "scale";
pub const TABLE: &str = "hourly";
pub const REGIONS: [&str; 4] = ["eu", "us", "ap", "sa"];
/// Partitions of a day: of each hour and region.
pub const A_DAY: usize = 24 * REGIONS.len();

const COLUMNS: usize = 20;
const TYPES: [&str; 10] =
    ["bigint", "string", "int", "double", "timestamp", "decimal(18,4)", "boolean", "date", "string", "array<string>"];
const PARQUET: &str = "org.apache.hadoop.hive.ql.io.parquet";

fn texts<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec()
}

fn column(name: &str, type_name: &str) -> t::FieldSchema {
    t::FieldSchema { name: Some(name.to_owned()), r#type: Some(type_name.to_owned()), comment: None }
}

fn storage(location: Option<String>) -> t::StorageDescriptor {
    let describe = |at: usize| t::FieldSchema {
        comment: at.is_multiple_of(4).then(|| format!("column number {at}")),
        ..column(&format!("column_{at}"), TYPES[at % TYPES.len()])
    };
    t::StorageDescriptor {
        cols: Some((0..COLUMNS).map(describe).collect::<Vec<_>>().into()),
        location,
        input_format: Some(format!("{PARQUET}.MapredParquetInputFormat")),
        output_format: Some(format!("{PARQUET}.MapredParquetOutputFormat")),
        num_buckets: -1,
        serde_info: Some(t::SerDeInfo {
            serialization_lib: Some(format!("{PARQUET}.serde.ParquetHiveSerDe")),
            parameters: Some(texts([("serialization.format", "1")])),
            ..Default::default()
        }),
        ..Default::default()
    }
}

/// The table, at the server's own place.
pub fn table() -> t::Table {
    t::Table {
        table_name: Some(TABLE.to_owned()),
        db_name: Some(DATABASE.to_owned()),
        owner: Some("scale".to_owned()),
        sd: Some(storage(None)),
        partition_keys: Some(vec![column("dt", "string"), column("hour", "int"), column("region", "string")]),
        table_type: Some("EXTERNAL_TABLE".to_owned()),
        parameters: Some(texts([("EXTERNAL", "TRUE")])),
        ..Default::default()
    }
}

/// The day that a partition is of.
pub fn day(row: usize) -> String {
    calendar::format_date(calendar::days(2024, 1, 1).unwrap_or_default() + (row / A_DAY) as i32)
}

fn values(row: usize) -> [String; 3] {
    [day(row), (row / REGIONS.len() % 24).to_string(), REGIONS[row % REGIONS.len()].to_owned()]
}

pub fn name(row: usize) -> String {
    let [dt, hour, region] = values(row);
    format!("dt={dt}/hour={hour}/region={region}")
}

/// A filter that one partition meets.
pub fn filter_of_one(row: usize) -> String {
    let [dt, hour, region] = values(row);
    format!("dt = '{dt}' and hour = {hour} and region = '{region}'")
}

/// A filter that whole days meet: those of the rows from `begin` to before `end`.
pub fn filter_of_days(begin: usize, end: usize) -> String {
    format!("dt >= '{}' and dt < '{}'", day(begin), day(end))
}

/// A partition below the table's location.
pub fn partition(location: &str, row: usize) -> t::Partition {
    let (files, size, rows) = ("4", (1_000_000 + row).to_string(), row.to_string());
    t::Partition {
        values: Some(values(row).to_vec()),
        db_name: Some(DATABASE.to_owned()),
        table_name: Some(TABLE.to_owned()),
        sd: Some(storage(Some(format!("{location}/{}", name(row))))),
        parameters: Some(texts([
            ("numFiles", files),
            ("numRows", &rows),
            ("totalSize", &size),
            ("transient_lastDdlTime", "1700000000"),
        ])),
        ..Default::default()
    }
}

/// The request that adds the partitions from `begin` to before `end`.
pub fn add_request(location: &str, begin: usize, end: usize) -> t::AddPartitionsRequest {
    t::AddPartitionsRequest {
        db_name: DATABASE.to_owned(),
        tbl_name: TABLE.to_owned(),
        parts: (begin..end).map(|row| partition(location, row)).collect(),
        need_result: false,
        ..Default::default()
    }
}
