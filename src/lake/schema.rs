//! Parquet's types as Hive's: what Spark, Trino and Hive read them as.

use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::schema::types::Type;
use skep_core::lake::FileColumn;

/// Types may nest so deep.
const DEPTH_MAX: usize = 64;
/// So many columns a file may have.
const COLUMNS_MAX: usize = 20_000;

/// The columns of a file, in its order. Errors name the column that no engine could read.
pub(super) fn file_columns(root: &Type) -> Result<Vec<FileColumn>, String> {
    if root.get_fields().len() > COLUMNS_MAX {
        return Err(format!("{} columns; at most {COLUMNS_MAX} are read", root.get_fields().len()));
    }
    let column = |field: &std::sync::Arc<Type>| {
        let type_name = field_type(field, 0).map_err(|e| format!("column `{}`: {e}", field.name()))?;
        Ok(FileColumn { name: field.name().to_lowercase(), written_as: field.name().to_owned(), type_name })
    };
    root.get_fields().iter().map(column).collect()
}

fn is_repeated(of: &Type) -> bool {
    let info = of.get_basic_info();
    info.has_repetition() && info.repetition() == Repetition::REPEATED
}

/// A field's type; one that repeats without a list around it is an array.
fn field_type(of: &Type, depth: usize) -> Result<String, String> {
    if depth > DEPTH_MAX {
        return Err(format!("nests deeper than {DEPTH_MAX}"));
    }
    let inner = plain_type(of, depth)?;
    Ok(if is_repeated(of) { format!("array<{inner}>") } else { inner })
}

fn plain_type(of: &Type, depth: usize) -> Result<String, String> {
    if of.is_primitive() {
        return primitive(of);
    }
    let info = of.get_basic_info();
    let is_list =
        matches!(info.logical_type_ref(), Some(LogicalType::List)) || info.converted_type() == ConvertedType::LIST;
    let is_map = matches!(info.logical_type_ref(), Some(LogicalType::Map))
        || matches!(info.converted_type(), ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE);
    match of.get_fields() {
        [repeated] if is_list && is_repeated(repeated) => Ok(format!("array<{}>", element(of, repeated, depth)?)),
        [entries] if is_map && is_repeated(entries) && !entries.is_primitive() => match entries.get_fields() {
            [key, value] => Ok(format!("map<{},{}>", field_type(key, depth + 1)?, field_type(value, depth + 1)?)),
            _ => Err("a map without key and value".to_owned()),
        },
        _ if matches!(info.logical_type_ref(), Some(LogicalType::Variant(_))) => {
            Err("is of the type variant, which Hive tables cannot have".to_owned())
        }
        [] => Err("a group without fields".to_owned()),
        fields => structure(fields, depth),
    }
}

fn structure(fields: &[std::sync::Arc<Type>], depth: usize) -> Result<String, String> {
    let field =
        |field: &std::sync::Arc<Type>| Ok(format!("{}:{}", field.name().to_lowercase(), field_type(field, depth + 1)?));
    let fields: Vec<String> = fields.iter().map(field).collect::<Result<_, String>>()?;
    Ok(format!("struct<{}>", fields.join(",")))
}

/// The element of a list, by the rules of the format for older writers: the repeated group *is* the element where it has
/// several fields, or is named `array` or after the list.
fn element(list: &Type, repeated: &Type, depth: usize) -> Result<String, String> {
    if repeated.is_primitive() {
        return primitive(repeated);
    }
    let name = repeated.name();
    let is_element = repeated.get_fields().len() != 1 || name == "array" || name == format!("{}_tuple", list.name());
    match repeated.get_fields() {
        [element] if !is_element => field_type(element, depth + 1),
        _ => plain_type(repeated, depth + 1),
    }
}

fn primitive(of: &Type) -> Result<String, String> {
    if let Some(logical) = of.get_basic_info().logical_type_ref()
        && let Some(name) = logical_type(logical)?
    {
        return Ok(name);
    }
    if let Some(name) = converted_type(of)? {
        return Ok(name);
    }
    Ok(match of.get_physical_type() {
        Physical::BOOLEAN => "boolean",
        Physical::INT32 => "int",
        Physical::INT64 => "bigint",
        Physical::INT96 => "timestamp",
        Physical::FLOAT => "float",
        Physical::DOUBLE => "double",
        Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY => "binary",
    }
    .to_owned())
}

fn integer(bits: i8, is_signed: bool) -> &'static str {
    match (bits, is_signed) {
        (8, true) => "tinyint",
        (16, true) | (8, false) => "smallint",
        (32, true) | (16, false) => "int",
        (64, true) | (32, false) => "bigint",
        _ => "decimal(20,0)",
    }
}

fn decimal(precision: i32, scale: i32) -> Result<String, String> {
    if (1..=38).contains(&precision) && (0..=precision).contains(&scale) {
        return Ok(format!("decimal({precision},{scale})"));
    }
    Err(format!("is decimal({precision},{scale}); Hive has up to 38 digits, and no more after the point"))
}

fn logical_type(logical: &LogicalType) -> Result<Option<String>, String> {
    Ok(Some(match logical {
        LogicalType::String | LogicalType::Enum | LogicalType::Json => "string".to_owned(),
        LogicalType::Bson | LogicalType::Uuid => "binary".to_owned(),
        LogicalType::Date => "date".to_owned(),
        LogicalType::Integer(kind) => integer(kind.bit_width, kind.is_signed).to_owned(),
        LogicalType::Decimal(kind) => return decimal(kind.precision, kind.scale).map(Some),
        LogicalType::Timestamp(_) => "timestamp".to_owned(),
        // There is no time of day in Hive.
        LogicalType::Time(kind) => if matches!(kind.unit, TimeUnit::MILLIS) { "int" } else { "bigint" }.to_owned(),
        LogicalType::Float16 => return Err("is of the type float16, which no engine reads from Hive tables".to_owned()),
        _ => return Ok(None),
    }))
}

fn converted_type(of: &Type) -> Result<Option<String>, String> {
    Ok(Some(match of.get_basic_info().converted_type() {
        ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON => "string".to_owned(),
        ConvertedType::DECIMAL => return decimal(of.get_precision(), of.get_scale()).map(Some),
        ConvertedType::DATE => "date".to_owned(),
        ConvertedType::TIMESTAMP_MILLIS | ConvertedType::TIMESTAMP_MICROS => "timestamp".to_owned(),
        ConvertedType::INT_8 => integer(8, true).to_owned(),
        ConvertedType::INT_16 => integer(16, true).to_owned(),
        ConvertedType::INT_32 => integer(32, true).to_owned(),
        ConvertedType::INT_64 => integer(64, true).to_owned(),
        ConvertedType::UINT_8 => integer(8, false).to_owned(),
        ConvertedType::UINT_16 => integer(16, false).to_owned(),
        ConvertedType::UINT_32 => integer(32, false).to_owned(),
        ConvertedType::UINT_64 => integer(64, false).to_owned(),
        _ => return Ok(None),
    }))
}
