//! One column over a file's row groups.

use super::schema_leaf::{Instant, LeafKind, leaf};
use super::statistics_value::bounds;
use parquet::basic::{ColumnOrder, Encoding, Type as Physical};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::schema::types::ColumnDescriptor;
use skep_core::lake::{Bounds, ColumnFacts};

/// A dictionary page's head, in bytes: what is beyond it are values.
const DICTIONARY_HEAD: f64 = 15.0;

/// A top-level primitive column, and its bounds in each row group.
pub(super) struct Column {
    pub(super) facts: ColumnFacts,
    pub(super) group_bounds: Vec<Bounds>,
}

/// None for what is nested or has no type.
pub(super) fn column(metadata: &ParquetMetaData, at: usize) -> Option<Column> {
    let file = metadata.file_metadata();
    let descriptor = file.schema_descr().column(at);
    if descriptor.path().parts().len() != 1 || descriptor.max_rep_level() != 0 {
        return None;
    }
    let leaf = leaf(descriptor.self_type()).ok()?;
    let order = file
        .column_orders()
        .map_or(ColumnOrder::UNDEFINED, |orders| orders.get(at).copied().unwrap_or(ColumnOrder::UNKNOWN));
    let is_text = matches!(leaf.kind, LeafKind::Text | LeafKind::Bytes);
    let mut facts = ColumnFacts {
        name: descriptor.name().to_lowercase(),
        hive_type: leaf.hive_type,
        is_instant: matches!(leaf.kind, LeafKind::Timestamp(_, Instant::Utc)),
        value_bytes: is_text.then_some(0),
        ..ColumnFacts::default()
    };
    let mut group_bounds = Vec::with_capacity(metadata.num_row_groups());
    let mut rows = 0_u64;
    for group in metadata.row_groups() {
        let chunk = group.column(at);
        let mut found = bounds(chunk.statistics(), leaf.kind, order);
        let group_rows = u64::try_from(group.num_rows()).unwrap_or_default();
        if found.nulls.is_none() && (descriptor.max_def_level() == 0 || group_rows == 0) {
            found.nulls = Some(0);
        }
        // values beyond the rows are no nulls of theirs
        found.nulls = found.nulls.filter(|nulls| *nulls <= group_rows);
        let values = group_rows.saturating_sub(found.nulls.unwrap_or_default());
        let bytes = value_bytes(chunk, &descriptor, values).filter(|_| is_text);
        facts.value_bytes = facts.value_bytes.zip(bytes).map(|(all, more)| all.saturating_add(more));
        facts.distinct = facts.distinct.max(distinct(chunk, &descriptor, values, bytes));
        facts.bounds = if rows == 0 { found.clone() } else { facts.bounds.union(rows, &found, group_rows) };
        rows = rows.saturating_add(group_rows);
        group_bounds.push(found);
    }
    if group_bounds.is_empty() {
        facts.bounds.nulls = Some(0);
    }
    Some(Column { facts, group_bounds })
}

/// Bytes of all texts together.
fn value_bytes(chunk: &ColumnChunkMetaData, descriptor: &ColumnDescriptor, values: u64) -> Option<u64> {
    if descriptor.physical_type() == Physical::FIXED_LEN_BYTE_ARRAY {
        return u64::try_from(descriptor.type_length()).ok()?.checked_mul(values);
    }
    chunk.unencoded_byte_array_data_bytes().and_then(|bytes| u64::try_from(bytes).ok())
}

/// The number of distinct values: as the file says (hardly any does), or by the size of the dictionary where all pages
/// use it. A compressed dictionary's size is estimated by what the chunk's compression is worth.
fn distinct(
    chunk: &ColumnChunkMetaData,
    descriptor: &ColumnDescriptor,
    values: u64,
    value_bytes: Option<u64>,
) -> Option<u64> {
    if let Some(told) = chunk.statistics().and_then(parquet::file::statistics::Statistics::distinct_count_opt) {
        return Some(told.min(values));
    }
    if values == 0 {
        return Some(0);
    }
    let start = chunk.dictionary_page_offset().filter(|start| *start > 0)?;
    let size = chunk.data_page_offset().checked_sub(start).filter(|size| *size > 0)?;
    let has = |wanted| chunk.encodings().any(|encoding| encoding == wanted);
    let all_pages_use_it = chunk.page_encoding_stats_mask().map_or_else(
        || has(Encoding::PLAIN_DICTIONARY) && !has(Encoding::PLAIN),
        |pages| pages.encodings().all(is_dictionary),
    );
    if !all_pages_use_it {
        return None;
    }
    let width = match descriptor.physical_type() {
        Physical::BOOLEAN => return None,
        Physical::INT32 | Physical::FLOAT => 4.0,
        Physical::INT64 | Physical::DOUBLE => 8.0,
        Physical::INT96 => 12.0,
        Physical::FIXED_LEN_BYTE_ARRAY => f64::from(descriptor.type_length().max(1)),
        Physical::BYTE_ARRAY => 4.0 + value_bytes? as f64 / values as f64,
    };
    let worth = (chunk.uncompressed_size() as f64 / chunk.compressed_size().max(1) as f64).clamp(1.0, 20.0);
    let estimate = ((size as f64 - DICTIONARY_HEAD).max(0.0) * worth / width).round() as u64;
    Some(estimate.clamp(1, values))
}

fn is_dictionary(encoding: Encoding) -> bool {
    matches!(encoding, Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY)
}
