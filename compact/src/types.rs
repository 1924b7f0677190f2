//! Hive's types as Arrow's: what a snapshot's files are to have.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, TimeUnit};

/// Types may nest so deep.
const DEPTH_MAX: usize = 64;

/// The type that files have for a column of this type. None where there is none.
pub fn arrow_type(hive: &str) -> Option<DataType> {
    convert(&hive.trim().to_ascii_lowercase(), 0)
}

/// Whether values of this type are padded with spaces that mean nothing.
pub fn is_padded(hive: &str) -> bool {
    hive.trim().to_ascii_lowercase().split('(').next().is_some_and(|word| word.trim() == "char")
}

fn convert(text: &str, depth: usize) -> Option<DataType> {
    if depth > DEPTH_MAX {
        return None;
    }
    let text = text.trim();
    if let Some(element) = inside(text, "array<") {
        return Some(DataType::List(Arc::new(Field::new("element", convert(element, depth + 1)?, true))));
    }
    if let Some(entry) = inside(text, "map<") {
        let parts = split(entry);
        let [key, value] = parts.as_slice() else { return None };
        let entry = Fields::from(vec![
            Field::new("key", convert(key, depth + 1)?, false),
            Field::new("value", convert(value, depth + 1)?, true),
        ]);
        return Some(DataType::Map(Arc::new(Field::new("key_value", DataType::Struct(entry), false)), false));
    }
    if let Some(fields) = inside(text, "struct<") {
        let field = |field: &&str| {
            let (name, hive) = field.split_once(':')?;
            Some(Field::new(name.trim(), convert(hive, depth + 1)?, true))
        };
        let fields: Option<Vec<Field>> = split(fields).iter().map(field).collect();
        return Some(DataType::Struct(fields?.into()));
    }
    primitive(text)
}

fn primitive(text: &str) -> Option<DataType> {
    let (word, arguments) = text.split_once('(').map_or((text, None), |(word, rest)| (word.trim(), Some(rest)));
    Some(match (word, arguments) {
        ("boolean", None) => DataType::Boolean,
        ("tinyint", None) => DataType::Int8,
        ("smallint", None) => DataType::Int16,
        ("int" | "integer", None) => DataType::Int32,
        ("bigint", None) => DataType::Int64,
        ("float", None) => DataType::Float32,
        ("double", None) => DataType::Float64,
        ("string", None) | ("varchar" | "char", Some(_)) => DataType::Utf8,
        ("binary", None) => DataType::Binary,
        ("date", None) => DataType::Date32,
        // In UTC, as Spark writes it: Hive and Trino take it for the time on the wall.
        ("timestamp" | "timestamp with local time zone", None) => {
            DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
        }
        ("decimal", None) => DataType::Decimal128(10, 0),
        ("decimal", Some(arguments)) => {
            let (precision, scale) = arguments
                .trim_end()
                .strip_suffix(')')?
                .split_once(',')
                .unwrap_or((arguments.trim_end().strip_suffix(')')?, "0"));
            let (precision, scale): (u8, i8) = (precision.trim().parse().ok()?, scale.trim().parse().ok()?);
            let is_valid = (1..=38).contains(&precision) && (0..=precision.cast_signed()).contains(&scale);
            is_valid.then_some(DataType::Decimal128(precision, scale))?
        }
        _ => return None,
    })
}

/// What stands between `begin` and the closing bracket.
fn inside<'t>(text: &'t str, begin: &str) -> Option<&'t str> {
    text.strip_prefix(begin)?.strip_suffix('>')
}

/// At commas outside of brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut parts) = (0_usize, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '<' | '(' => depth += 1,
            '>' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[begin..]);
    parts
}

/// Whether a file's values may be taken for a column's: the same, in another width or unit. What does not fit is an error
/// when it is met.
pub fn is_readable(file: &DataType, column: &DataType) -> bool {
    use DataType::{Binary, Decimal128, Float32, Float64, List, Map, Struct, Timestamp, Utf8};
    match (file, column) {
        (a, b) if a == b => true,
        (a, b) if a.is_integer() && b.is_integer() => true,
        (Float32, Float64) | (Binary, Utf8) | (Timestamp(..), Timestamp(..)) => true,
        (Decimal128(_, a), Decimal128(_, b)) => a == b,
        (List(a), List(b)) | (Map(a, _), Map(b, _)) => is_readable(a.data_type(), b.data_type()),
        (Struct(a), Struct(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_readable(a.data_type(), b.data_type()))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        for (hive, arrow) in [
            ("BIGINT", DataType::Int64),
            ("varchar(10)", DataType::Utf8),
            ("decimal(12, 2)", DataType::Decimal128(12, 2)),
            ("decimal(5)", DataType::Decimal128(5, 0)),
            ("array<int>", DataType::List(Arc::new(Field::new("element", DataType::Int32, true)))),
        ] {
            assert_eq!(arrow_type(hive), Some(arrow), "{hive}");
        }
        assert!(arrow_type("map<string,struct<a:int,b:decimal(3,1)>>").is_some());
        let bad = ["", "decimal(39,1)", "decimal(3,4)", "map<int>", "struct<a>", "uniontype<int>", "varchar"];
        for bad in bad.into_iter().map(str::to_owned).chain(["array<".repeat(100_000)]) {
            assert_eq!(arrow_type(&bad), None, "{bad:.40}");
        }
        assert!(is_padded(" CHAR(3)") && !is_padded("varchar(3)"));
    }
}
