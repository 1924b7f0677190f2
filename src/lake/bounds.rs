//! Statistics of a footer as facts: bounds in the words of Hive's types, none where a writer's cannot be trusted.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnDescriptor;
use skep_core::lake::{ColumnFacts, FileColumn, FileFacts, GroupBounds, GroupFacts, bound_above, bound_below};
use skep_core::types::{KeyType, Value, calendar, decimal};

/// Bounds are kept of so many columns, the first ones.
const COLUMNS_MAX: usize = 200;
/// And of so many row groups; a file with more has bounds as a whole only.
const GROUPS_MAX: usize = 256;

/// Lower and upper bound, as texts of the column's type.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Range {
    nulls: Option<i64>,
    min: Option<String>,
    max: Option<String>,
}

/// The facts of a file whose columns are known.
pub(super) fn file_facts(metadata: &ParquetMetaData, columns: &[FileColumn]) -> FileFacts {
    let schema = metadata.file_metadata().schema_descr();
    // Leaves that are whole columns, with their place among the columns.
    let plain: Vec<(usize, usize)> = (0..schema.num_columns())
        .filter(|leaf| schema.column(*leaf).path().parts().len() == 1 && schema.column(*leaf).max_rep_level() == 0)
        .filter_map(|leaf| {
            let name = schema.column(leaf).name().to_lowercase();
            let place = columns.iter().position(|column| column.name == name)?;
            Some((leaf, place))
        })
        .take(COLUMNS_MAX)
        .collect();
    let groups = metadata.row_groups();
    let facts = plain.iter().map(|(leaf, place)| column_facts(groups, *leaf, &columns[*place])).collect();
    let with_groups = groups.len() > 1 && groups.len() <= GROUPS_MAX;
    let group = |group: &RowGroupMetaData| group_facts(group, &plain, columns);
    FileFacts { columns: facts, groups: if with_groups { groups.iter().map(group).collect() } else { Vec::new() } }
}

fn column_facts(groups: &[RowGroupMetaData], leaf: usize, column: &FileColumn) -> ColumnFacts {
    let key_type = KeyType::parse(&column.type_name);
    let mut all = Range { nulls: Some(0), ..Range::default() };
    let (mut bounded, mut bytes, mut distinct) = (true, Some(0_i64), None);
    for (at, group) in groups.iter().enumerate() {
        let Some(chunk) = group.columns().get(leaf) else { return ColumnFacts::default() };
        let range = range(chunk, key_type);
        all.nulls = all.nulls.zip(range.nulls).and_then(|(sum, more)| sum.checked_add(more));
        let only_nulls = range.nulls == Some(group.num_rows());
        bounded &= only_nulls || (range.min.is_some() && range.max.is_some());
        all.min = least(all.min.take(), range.min, key_type, false);
        all.max = least(all.max.take(), range.max, key_type, true);
        bytes = bytes.zip(chunk.unencoded_byte_array_data_bytes()).and_then(|(sum, more)| sum.checked_add(more));
        let told = chunk.statistics().and_then(Statistics::distinct_count_opt);
        // Of several groups nobody knows how many values they share.
        distinct = if at == 0 && groups.len() == 1 { told.and_then(|n| i64::try_from(n).ok()) } else { None };
    }
    if !bounded {
        (all.min, all.max) = (None, None);
    }
    let has_length = matches!(key_type, KeyType::Text | KeyType::Varchar(_) | KeyType::Char(_));
    ColumnFacts {
        name: column.name.clone(),
        type_name: column.type_name.clone(),
        nulls: all.nulls,
        min: all.min,
        max: all.max,
        distinct,
        bytes: bytes.filter(|_| has_length),
    }
}

fn group_facts(group: &RowGroupMetaData, plain: &[(usize, usize)], columns: &[FileColumn]) -> GroupFacts {
    let begin = |chunk: &ColumnChunkMetaData| {
        chunk.dictionary_page_offset().filter(|at| *at > 0).unwrap_or(i64::MAX).min(chunk.data_page_offset())
    };
    let bounds = plain.iter().filter_map(|(leaf, place)| {
        let range = range(group.columns().get(*leaf)?, KeyType::parse(&columns[*place].type_name));
        let known = range.nulls.is_some() || range.min.is_some() || range.max.is_some();
        known.then_some(GroupBounds { column: *place, nulls: range.nulls, min: range.min, max: range.max })
    });
    GroupFacts {
        offset: group.columns().iter().map(begin).min().unwrap_or_default(),
        length: group.compressed_size(),
        rows: group.num_rows(),
        bounds: bounds.collect(),
    }
}

/// The lesser of two bounds, or the greater.
fn least(one: Option<String>, other: Option<String>, key_type: KeyType, greater: bool) -> Option<String> {
    let (Some(a), Some(b)) = (&one, &other) else { return one.or(other) };
    let order = match (Value::parse(a, key_type), Value::parse(b, key_type)) {
        (Some(a), Some(b)) => a.order(&b),
        _ => a.cmp(b),
    };
    if order.is_lt() == greater { other } else { one }
}

fn range(chunk: &ColumnChunkMetaData, key_type: KeyType) -> Range {
    let Some(statistics) = chunk.statistics() else { return Range::default() };
    let nulls = statistics.null_count_opt().and_then(|n| i64::try_from(n).ok());
    let descriptor = chunk.column_descr();
    // Old writers compared bytes with signs: their bounds hold for numbers only.
    let is_bytes = matches!(descriptor.physical_type(), Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY);
    if is_bytes && statistics.is_min_max_deprecated() {
        return Range { nulls, ..Range::default() };
    }
    let value = |bytes: Option<&[u8]>| bytes.and_then(|bytes| text_of(bytes, descriptor, key_type));
    let (min, max) = (value(statistics.min_bytes_opt()), value(statistics.max_bytes_opt()));
    let is_text = matches!(key_type, KeyType::Text | KeyType::Varchar(_) | KeyType::Char(_));
    let (min, max) =
        if is_text { (min.as_deref().map(bound_below), max.as_deref().and_then(bound_above)) } else { (min, max) };
    // A bound that its own type cannot read is none.
    let readable = |text: Option<String>| text.filter(|text| Value::parse(text, key_type).is_some());
    Range { nulls, min: readable(min), max: readable(max) }
}

fn text_of(bytes: &[u8], descriptor: &ColumnDescriptor, key_type: KeyType) -> Option<String> {
    match (descriptor.physical_type(), key_type) {
        (Physical::BOOLEAN, KeyType::Boolean) => Some((*bytes.first()? != 0).to_string()),
        (Physical::INT32, key_type) => {
            integer(i64::from(i32::from_le_bytes(bytes.try_into().ok()?)), descriptor, key_type)
        }
        (Physical::INT64, key_type) => integer(i64::from_le_bytes(bytes.try_into().ok()?), descriptor, key_type),
        (Physical::FLOAT, KeyType::Float) => float(f64::from(f32::from_le_bytes(bytes.try_into().ok()?))),
        (Physical::DOUBLE, KeyType::Double) => float(f64::from_le_bytes(bytes.try_into().ok()?)),
        (Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY, KeyType::Decimal { scale, .. }) => {
            Some(decimal::format(big_endian(bytes)?, scale))
        }
        (Physical::BYTE_ARRAY, KeyType::Text | KeyType::Varchar(_) | KeyType::Char(_)) if is_string(descriptor) => {
            String::from_utf8(bytes.to_vec()).ok()
        }
        _ => None,
    }
}

fn is_string(descriptor: &ColumnDescriptor) -> bool {
    matches!(descriptor.logical_type_ref(), Some(LogicalType::String | LogicalType::Enum | LogicalType::Json))
        || matches!(descriptor.converted_type(), ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON)
}

/// Zero has two signs, and a bound that is no number says nothing.
fn float(value: f64) -> Option<String> {
    value.is_finite().then(|| value.to_string())
}

fn integer(value: i64, descriptor: &ColumnDescriptor, key_type: KeyType) -> Option<String> {
    match key_type {
        KeyType::Integer(_) if is_unsigned(descriptor) => {
            u32::try_from(value & 0xffff_ffff).ok().filter(|_| value >= i64::from(i32::MIN)).map(|n| n.to_string())
        }
        KeyType::Integer(_) => Some(value.to_string()),
        KeyType::Date => {
            let days = i32::try_from(value).ok()?;
            // What Hive's texts can say.
            (-719_162..=2_932_896).contains(&days).then(|| calendar::format_date(days))
        }
        KeyType::Timestamp => timestamp(value, descriptor),
        KeyType::Decimal { .. } if is_unsigned(descriptor) => Some((value as u64).to_string()),
        KeyType::Decimal { scale, .. } => Some(decimal::format(i128::from(value), scale)),
        _ => None,
    }
}

fn is_unsigned(descriptor: &ColumnDescriptor) -> bool {
    matches!(descriptor.logical_type_ref(), Some(LogicalType::Integer(kind)) if !kind.is_signed)
        || matches!(
            descriptor.converted_type(),
            ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64
        )
}

fn timestamp(value: i64, descriptor: &ColumnDescriptor) -> Option<String> {
    let per_second = match (descriptor.logical_type_ref(), descriptor.converted_type()) {
        (Some(LogicalType::Timestamp(kind)), _) => match kind.unit {
            TimeUnit::MILLIS => 1_000,
            TimeUnit::MICROS => 1_000_000,
            TimeUnit::NANOS => 1_000_000_000,
        },
        (_, ConvertedType::TIMESTAMP_MILLIS) => 1_000,
        (_, ConvertedType::TIMESTAMP_MICROS) => 1_000_000,
        _ => return None,
    };
    let (seconds, part) = (value.div_euclid(per_second), value.rem_euclid(per_second));
    let days = i32::try_from(seconds.div_euclid(86_400)).ok()?;
    let nanos = u32::try_from(part * (1_000_000_000 / per_second)).ok()?;
    (-719_162..=2_932_896).contains(&days).then(|| calendar::format_timestamp(seconds, nanos))
}

fn big_endian(bytes: &[u8]) -> Option<i128> {
    let sign = if bytes.first()? & 0x80 == 0 { 0 } else { 0xff };
    let skip = bytes.len().saturating_sub(16);
    if bytes[..skip].iter().any(|byte| *byte != sign) {
        return None;
    }
    let mut all = [sign; 16];
    all[16 - (bytes.len() - skip)..].copy_from_slice(&bytes[skip..]);
    Some(i128::from_be_bytes(all))
}
