//! Parquet's primitive types as Hive's.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::schema::types::Type;

/// What a leaf is: Hive's type, how its bounds are read, what some readers make of it.
pub(super) struct Leaf {
    pub(super) hive_type: String,
    pub(super) kind: LeafKind,
    /// A word for programs, and a sentence: engines that cannot read it so.
    pub(super) note: Option<(&'static str, &'static str)>,
}

/// How bytes of statistics are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeafKind {
    Boolean,
    Signed,
    Unsigned,
    /// Unsigned of 64 bits: a decimal, for bigint has no room.
    UnsignedBig,
    Float,
    Double,
    Half,
    /// Unscaled, of this scale.
    DecimalInteger(u8),
    DecimalBytes(u8),
    Text,
    Bytes,
    Date,
    /// So many in a second.
    Timestamp(i64, Instant),
    /// No order that could be trusted.
    Unordered,
}

/// Whether a timestamp is a point in time (adjusted to UTC) or what a clock on the wall showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instant {
    Utc,
    Local,
}

const MILLIS: i64 = 1000;
const MICROS: i64 = 1_000_000;
const NANOS: i64 = 1_000_000_000;

const TIME_NOTE: (&str, &str) =
    ("time_of_day", "Hive has no type for a time of day: Hive and Trino read its number, Spark refuses the column");

fn plain(hive_type: &str, kind: LeafKind) -> Leaf {
    Leaf { hive_type: hive_type.to_owned(), kind, note: None }
}

fn noted(hive_type: &str, kind: LeafKind, note: (&'static str, &'static str)) -> Leaf {
    Leaf { note: Some(note), ..plain(hive_type, kind) }
}

/// # Errors
/// Says why Hive has no type for it, as the end of a sentence.
pub(super) fn leaf(node: &Type) -> Result<Leaf, String> {
    let physical = node.get_physical_type();
    match node.get_basic_info().logical_type_ref() {
        Some(logical) => of_logical(logical, physical, node),
        None => of_converted(node.get_basic_info().converted_type(), physical, node),
    }
}

fn of_logical(logical: &LogicalType, physical: Physical, node: &Type) -> Result<Leaf, String> {
    Ok(match logical {
        LogicalType::String | LogicalType::Enum | LogicalType::Json => text(physical),
        LogicalType::Bson | LogicalType::Uuid => plain("binary", LeafKind::Bytes),
        LogicalType::Decimal(decimal) => return of_decimal(decimal.precision, decimal.scale, node),
        LogicalType::Date => plain("date", LeafKind::Date),
        LogicalType::Time(_) => time(physical),
        LogicalType::Timestamp(timestamp) => {
            let instant = if timestamp.is_adjusted_to_u_t_c { Instant::Utc } else { Instant::Local };
            match timestamp.unit {
                TimeUnit::MILLIS => plain("timestamp", LeafKind::Timestamp(MILLIS, instant)),
                TimeUnit::MICROS => plain("timestamp", LeafKind::Timestamp(MICROS, instant)),
                TimeUnit::NANOS => noted(
                    "timestamp",
                    LeafKind::Timestamp(NANOS, instant),
                    (
                        "timestamp_nanos",
                        "Timestamps of nanoseconds: Spark 3 refuses the column, later ones need spark.sql.legacy.parquet.nanosAsLong",
                    ),
                ),
            }
        }
        LogicalType::Integer(integer) => integer_of(integer.bit_width.into(), integer.is_signed),
        LogicalType::Unknown => plain("void", LeafKind::Unordered),
        LogicalType::Float16 => noted(
            "float",
            LeafKind::Half,
            ("float16", "Floats of 16 bits: Spark 3, Hive and Trino do not read the column"),
        ),
        LogicalType::Geometry(_) | LogicalType::Geography(_) => {
            noted("binary", LeafKind::Unordered, ("geometry", "Shapes are read as bytes (WKB)"))
        }
        LogicalType::Variant(_) => return Err("is a variant, for which Hive has no type".to_owned()),
        other => return Err(format!("has the logical type {other:?}, for which Hive has no type")),
    })
}

fn of_converted(converted: ConvertedType, physical: Physical, node: &Type) -> Result<Leaf, String> {
    Ok(match converted {
        ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON => text(physical),
        ConvertedType::BSON => plain("binary", LeafKind::Bytes),
        ConvertedType::DECIMAL => return of_decimal(node.get_precision(), node.get_scale(), node),
        ConvertedType::DATE => plain("date", LeafKind::Date),
        ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS => time(physical),
        ConvertedType::TIMESTAMP_MILLIS => plain("timestamp", LeafKind::Timestamp(MILLIS, Instant::Utc)),
        ConvertedType::TIMESTAMP_MICROS => plain("timestamp", LeafKind::Timestamp(MICROS, Instant::Utc)),
        ConvertedType::UINT_8 => integer_of(8, false),
        ConvertedType::UINT_16 => integer_of(16, false),
        ConvertedType::UINT_32 => integer_of(32, false),
        ConvertedType::UINT_64 => integer_of(64, false),
        ConvertedType::INT_8 => integer_of(8, true),
        ConvertedType::INT_16 => integer_of(16, true),
        ConvertedType::INT_32 => integer_of(32, true),
        ConvertedType::INT_64 => integer_of(64, true),
        ConvertedType::INTERVAL => {
            noted("binary", LeafKind::Unordered, ("interval", "Intervals: Spark refuses the column, Hive reads bytes"))
        }
        _ => of_physical(physical),
    })
}

fn of_physical(physical: Physical) -> Leaf {
    match physical {
        Physical::BOOLEAN => plain("boolean", LeafKind::Boolean),
        Physical::INT32 => plain("int", LeafKind::Signed),
        Physical::INT64 => plain("bigint", LeafKind::Signed),
        Physical::INT96 => plain("timestamp", LeafKind::Unordered),
        Physical::FLOAT => plain("float", LeafKind::Float),
        Physical::DOUBLE => plain("double", LeafKind::Double),
        Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY => plain("binary", LeafKind::Bytes),
    }
}

fn text(physical: Physical) -> Leaf {
    if physical == Physical::BYTE_ARRAY { plain("string", LeafKind::Text) } else { plain("binary", LeafKind::Bytes) }
}

fn time(physical: Physical) -> Leaf {
    noted(if physical == Physical::INT32 { "int" } else { "bigint" }, LeafKind::Signed, TIME_NOTE)
}

fn integer_of(bits: i32, is_signed: bool) -> Leaf {
    match (bits, is_signed) {
        (..=8, true) => plain("tinyint", LeafKind::Signed),
        (..=8, false) => plain("smallint", LeafKind::Unsigned),
        (..=16, true) => plain("smallint", LeafKind::Signed),
        (..=16, false) => plain("int", LeafKind::Unsigned),
        (..=32, true) => plain("int", LeafKind::Signed),
        (..=32, false) => plain("bigint", LeafKind::Unsigned),
        (_, true) => plain("bigint", LeafKind::Signed),
        (_, false) => plain("decimal(20,0)", LeafKind::UnsignedBig),
    }
}

fn of_decimal(precision: i32, scale: i32, node: &Type) -> Result<Leaf, String> {
    if !(1..=38).contains(&precision) || !(0..=precision).contains(&scale) {
        return Err(format!("is a decimal({precision},{scale}); Hive has decimals of 1 to 38 digits"));
    }
    let kind = match node.get_physical_type() {
        Physical::INT32 | Physical::INT64 => LeafKind::DecimalInteger(scale as u8),
        Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY => LeafKind::DecimalBytes(scale as u8),
        other => return Err(format!("is a decimal of physical type {other}, which Parquet has not")),
    };
    Ok(Leaf { hive_type: format!("decimal({precision},{scale})"), kind, note: None })
}
