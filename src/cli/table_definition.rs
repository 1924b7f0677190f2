//! A table's definition as it is written and shown on the command line.

use std::fmt::Write as _;

use serde_json::{Value, json};
use skep_proto::admin::v1 as p;

use super::failure::Failure;
use super::moment::Moment;
use super::output::visible;
use super::table_arg::{TableArg, pair};

/// File formats, by their classes: name, input format, output format, SerDe.
const FORMATS: [(&str, &str, &str, &str); 5] = [
    (
        "parquet",
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    ),
    (
        "orc",
        "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
        "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
        "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
    ),
    (
        "avro",
        "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
        "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat",
        "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
    ),
    (
        "json",
        "org.apache.hadoop.mapred.TextInputFormat",
        "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "org.apache.hive.hcatalog.data.JsonSerDe",
    ),
    (
        "text",
        "org.apache.hadoop.mapred.TextInputFormat",
        "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
    ),
];

#[derive(Debug, clap::Args)]
pub struct TableFields {
    /// Columns: 'NAME TYPE, NAME TYPE, …'
    #[arg(long, value_name = "COLUMNS")]
    columns: String,
    /// Partition keys, as the columns
    #[arg(long, value_name = "COLUMNS")]
    partition_by: Option<String>,
    /// File format
    #[arg(long, value_name = "FORMAT", default_value = "parquet", value_parser = FORMATS.map(|format| format.0))]
    format: String,
    /// Where the data lies [default: below the database]
    #[arg(long, value_name = "URI")]
    location: Option<String>,
    /// The data is somebody else's: a drop leaves it
    #[arg(long)]
    external: bool,
    /// Description
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// Owner [default: the user]
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// Property; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    property: Vec<(String, String)>,
}

impl TableFields {
    pub fn table(self, name: p::TableName) -> Result<p::Table, Failure> {
        let format = FORMATS.iter().find(|format| format.0 == self.format);
        let (_, input, output, serde) = *format.ok_or_else(|| Failure::usage("no such format"))?;
        let mut table = p::Table {
            name: Some(name),
            owner: self.owner,
            partition_keys: columns(self.partition_by.as_deref().unwrap_or_default())?,
            parameters: self.property.into_iter().collect(),
            table_type: p::TableType::Managed.into(),
            storage: Some(p::Storage {
                columns: Some(p::ColumnList { columns: columns(&self.columns)? }),
                location: self.location,
                input_format: Some(input.to_owned()),
                output_format: Some(output.to_owned()),
                serde: Some(p::Serde { library: Some(serde.to_owned()), ..p::Serde::default() }),
                buckets: -1,
                ..p::Storage::default()
            }),
            ..p::Table::default()
        };
        if self.external {
            table.table_type = p::TableType::External.into();
            table.parameters.insert("EXTERNAL".to_owned(), "TRUE".to_owned());
        }
        table.parameters.extend(self.comment.map(|comment| ("comment".to_owned(), comment)));
        Ok(table)
    }
}

#[derive(Debug, clap::Args)]
pub struct TableChanges {
    /// New name, DATABASE.TABLE
    #[arg(long, value_name = "TABLE")]
    rename: Option<TableArg>,
    /// Columns behind the last: 'NAME TYPE, …'
    #[arg(long, value_name = "COLUMNS")]
    add_columns: Option<String>,
    /// New place; data and partitions stay where they are
    #[arg(long, value_name = "URI")]
    location: Option<String>,
    /// Description
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// Owner
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// Property; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    property: Vec<(String, String)>,
    /// Property to take away
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,
}

impl TableChanges {
    pub fn over(self, mut table: p::Table) -> Result<p::Table, Failure> {
        if let Some(name) = self.rename {
            let mut name = name.name();
            if name.catalog.is_empty() {
                name.catalog = table.name.take().unwrap_or_default().catalog;
            }
            table.name = Some(name);
        }
        if self.add_columns.is_some() || self.location.is_some() {
            let storage = table.storage.get_or_insert_default();
            if let Some(added) = &self.add_columns {
                storage.columns.get_or_insert_default().columns.extend(columns(added)?);
            }
            if self.location.is_some() {
                storage.location = self.location;
            }
        }
        table.parameters.retain(|key, _| !self.unset.contains(key));
        table.parameters.extend(self.property);
        table.parameters.extend(self.comment.map(|comment| ("comment".to_owned(), comment)));
        if self.owner.is_some() {
            table.owner = self.owner;
        }
        Ok(table)
    }
}

/// Parts a list at its commas: those within brackets are a type's, as in `dt,p:decimal(10,2)`.
pub(super) fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, c) in text.char_indices() {
        match c {
            '<' | '(' => depth += 1,
            '>' | ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// Reads `id bigint, s struct<a:int,b:map<string,int>>, d decimal(10,2)`.
fn columns(text: &str) -> Result<Vec<p::Column>, Failure> {
    let parts = parts(text);
    if parts == [""] {
        return Ok(Vec::new());
    }
    let column = |part: &&str| match part.split_once(char::is_whitespace) {
        Some((name, type_name)) => {
            Ok(p::Column { name: name.to_owned(), r#type: Some(type_name.trim().to_owned()), comment: None })
        }
        None => Err(Failure::usage(format!("column {part:?} in {text:?} is not NAME TYPE"))),
    };
    parts.iter().map(column).collect()
}

pub fn table_type_text(table_type: i32) -> &'static str {
    match p::TableType::try_from(table_type) {
        Ok(p::TableType::Managed) => "managed",
        Ok(p::TableType::External) => "external",
        Ok(p::TableType::View) => "view",
        Ok(p::TableType::MaterializedView) => "materialized_view",
        Ok(p::TableType::Unspecified) | Err(_) => "unknown",
    }
}

pub fn principal_text(principal: i32) -> &'static str {
    match p::PrincipalType::try_from(principal) {
        Ok(p::PrincipalType::Role) => "role",
        Ok(p::PrincipalType::Group) => "group",
        _ => "user",
    }
}

fn columns_json(columns: &[p::Column]) -> Value {
    let column = |column: &p::Column| json!({"name": column.name, "type": column.r#type, "comment": column.comment});
    columns.iter().map(column).collect()
}

fn columns_of(storage: Option<&p::Storage>) -> &[p::Column] {
    storage.and_then(|storage| storage.columns.as_ref()).map(|list| list.columns.as_slice()).unwrap_or_default()
}

/// All of a definition that people ask for.
pub fn table_json(table: &p::Table) -> Vec<(&'static str, Value)> {
    let name = table.name.clone().unwrap_or_default();
    let storage = table.storage.as_ref();
    let serde = storage.and_then(|storage| storage.serde.as_ref());
    let sorted = storage.map(|storage| {
        let sort = |sort: &p::SortColumn| json!({"column": sort.column, "ascending": sort.order == 1});
        storage.sort_columns.iter().map(sort).collect::<Value>()
    });
    vec![
        ("catalog", json!(name.catalog)),
        ("database", json!(name.database)),
        ("table", json!(name.table)),
        ("version", json!(table.version)),
        ("type", json!(table_type_text(table.table_type))),
        ("owner", json!(table.owner)),
        ("owner_type", json!(principal_text(table.owner_type))),
        ("create_time", json!(table.create_time)),
        ("location", json!(storage.and_then(|storage| storage.location.as_ref()))),
        ("columns", columns_json(columns_of(storage))),
        ("partition_keys", columns_json(&table.partition_keys)),
        ("input_format", json!(storage.and_then(|storage| storage.input_format.as_ref()))),
        ("output_format", json!(storage.and_then(|storage| storage.output_format.as_ref()))),
        ("serde", json!(serde.and_then(|serde| serde.library.as_ref()))),
        ("serde_properties", json!(serde.map(|serde| &serde.parameters))),
        ("buckets", json!(storage.map(|storage| storage.buckets))),
        ("bucket_columns", json!(storage.map(|storage| &storage.bucket_columns))),
        ("sort_columns", json!(sorted)),
        ("properties", json!(table.parameters)),
        ("view_text", json!(table.view_original_text)),
        ("view_expanded_text", json!(table.view_expanded_text)),
    ]
}

/// The same for people.
pub fn table_text(table: &p::Table) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "{name:<14}  {}", visible(value));
        }
    };
    let name = table.name.clone().unwrap_or_default();
    let storage = table.storage.clone().unwrap_or_default();
    line("table", &format!("{}.{}.{}", name.catalog, name.database, name.table));
    line("type", table_type_text(table.table_type));
    line("version", &table.version.to_string());
    line("owner", table.owner.as_deref().unwrap_or_default());
    line("created", &Moment::Seconds(table.create_time).told());
    line("location", storage.location.as_deref().unwrap_or_default());
    let serde = storage.serde.as_ref().and_then(|serde| serde.library.as_deref()).unwrap_or_default();
    let format = FORMATS.iter().find(|format| format.3 == serde && Some(format.1) == storage.input_format.as_deref());
    line("format", format.map_or(serde, |format| format.0));
    line("view", table.view_original_text.as_deref().unwrap_or_default());
    for (title, columns) in
        [("columns", columns_of(table.storage.as_ref())), ("partitioned by", table.partition_keys.as_slice())]
    {
        let width = columns.iter().map(|column| column.name.chars().count()).max().unwrap_or_default();
        if !columns.is_empty() {
            let _ = writeln!(text, "{title}");
        }
        for column in columns {
            let comment = column.comment.as_deref().map(|comment| format!("  -- {comment}")).unwrap_or_default();
            let line = format!("  {:<width$}  {}{comment}", column.name, column.r#type.as_deref().unwrap_or("?"));
            let _ = writeln!(text, "{}", visible(&line));
        }
    }
    if !table.parameters.is_empty() {
        let _ = writeln!(text, "properties");
    }
    for (key, value) in &table.parameters {
        let _ = writeln!(text, "  {}", visible(&format!("{key} = {value}")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn columns_as_they_are_written() {
        let found = columns("id bigint, s struct<a:int,b:map<string,int>> ,d  decimal(10,2)").unwrap();
        let found: Vec<_> = found.iter().map(|c| (c.name.as_str(), c.r#type.as_deref().unwrap())).collect();
        assert_eq!(found, [("id", "bigint"), ("s", "struct<a:int,b:map<string,int>>"), ("d", "decimal(10,2)")]);
        assert!(columns("").unwrap().is_empty() && columns("a").is_err() && columns("a int,").is_err());
    }
}
