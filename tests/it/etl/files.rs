//! Parquet files, written by the parquet crate.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

/// A column and its values; a text may be NULL.
pub enum Values {
    Long(Vec<i64>),
    Int(Vec<i32>),
    Double(Vec<f64>),
    Text(Vec<Option<&'static str>>),
}

/// Writes a file of these columns, a row group for each list of them.
pub fn write(path: &Path, groups: &[Vec<(&str, Values)>]) {
    let fields: Vec<String> = groups[0]
        .iter()
        .map(|(name, values)| match values {
            Values::Long(_) => format!("required int64 {name};"),
            Values::Int(_) => format!("required int32 {name};"),
            Values::Double(_) => format!("required double {name};"),
            Values::Text(_) => format!("optional binary {name} (STRING);"),
        })
        .collect();
    let schema = Arc::new(parse_message_type(&format!("message m {{ {} }}", fields.join(" "))).unwrap());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = fs::File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(WriterProperties::default())).unwrap();
    for group in groups {
        let mut rows = writer.next_row_group().unwrap();
        for (_, values) in group {
            column(&mut rows, values);
        }
        rows.close().unwrap();
    }
    writer.close().unwrap();
}

fn column(rows: &mut SerializedRowGroupWriter<'_, fs::File>, values: &Values) {
    let mut column = rows.next_column().unwrap().unwrap();
    match values {
        Values::Long(values) => column.typed::<Int64Type>().write_batch(values, None, None).unwrap(),
        Values::Int(values) => column.typed::<Int32Type>().write_batch(values, None, None).unwrap(),
        Values::Double(values) => column.typed::<DoubleType>().write_batch(values, None, None).unwrap(),
        Values::Text(values) => {
            let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
            let present: Vec<ByteArray> = values.iter().flatten().map(|value| ByteArray::from(*value)).collect();
            column.typed::<ByteArrayType>().write_batch(&present, Some(&levels), None).unwrap()
        }
    };
    column.close().unwrap();
}

/// Writes so many rows of any schema whose columns are optional, as `optional int32 id; …`: all of them are NULL.
pub fn nulls(path: &Path, fields: &str, rows: usize) {
    let schema = Arc::new(parse_message_type(&format!("message m {{ {fields} }}")).unwrap());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = fs::File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(WriterProperties::default())).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let levels = Some(vec![0_i16; rows]);
    while let Some(mut column) = group.next_column().unwrap() {
        let levels = levels.as_deref();
        match column.untyped() {
            ColumnWriter::BoolColumnWriter(writer) => writer.write_batch(&[], levels, levels),
            ColumnWriter::Int32ColumnWriter(writer) => writer.write_batch(&[], levels, levels),
            ColumnWriter::Int64ColumnWriter(writer) => writer.write_batch(&[], levels, levels),
            ColumnWriter::Int96ColumnWriter(writer) => writer.write_batch(&[], levels, levels),
            ColumnWriter::FloatColumnWriter(writer) => writer.write_batch(&[], levels, levels),
            ColumnWriter::DoubleColumnWriter(writer) => writer.write_batch(&[], levels, levels),
            ColumnWriter::ByteArrayColumnWriter(writer) => writer.write_batch(&[], levels, levels),
            ColumnWriter::FixedLenByteArrayColumnWriter(writer) => writer.write_batch(&[], levels, levels),
        }
        .unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
}

/// `id` from `first` on, and `name`.
pub fn people(path: &Path, first: i64, rows: i64) {
    let names = (0..rows).map(|n| if n % 3 == 2 { None } else { Some("ann") }).collect();
    write(path, &[vec![("Id", Values::Long((first..first + rows).collect())), ("name", Values::Text(names))]]);
}
