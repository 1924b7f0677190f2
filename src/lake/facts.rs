//! A file's facts out of its metadata.

use super::column_facts;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use skep_core::lake::{COLUMNS_MAX, FileFacts, FileSchema, RowGroupFacts};

/// # Errors
/// Says where the metadata contradicts itself or the file, as the end of a sentence.
pub(super) fn file_facts(metadata: &ParquetMetaData, schema: &FileSchema, file_size: u64) -> Result<FileFacts, String> {
    let mut row_groups = Vec::with_capacity(metadata.num_row_groups());
    for group in metadata.row_groups() {
        row_groups.push(group_facts(group, file_size)?);
    }
    let rows = metadata.file_metadata().num_rows();
    let rows = u64::try_from(rows).map_err(|_| format!("it says to have {rows} rows"))?;
    let sum = row_groups.iter().fold(0_u64, |sum, group| sum.saturating_add(group.rows));
    if sum != rows {
        return Err(format!("it says to have {rows} rows, and its row groups have {sum}"));
    }
    let mut columns = Vec::new();
    for at in 0..metadata.file_metadata().schema_descr().num_columns() {
        if columns.len() == COLUMNS_MAX {
            break;
        }
        let Some(column) = column_facts::column(metadata, at) else { continue };
        // a column whose name clashes is an error of the schema; facts by name would be of one of the two
        if schema.column(&column.facts.name).is_none() {
            continue;
        }
        for (group, bounds) in row_groups.iter_mut().zip(column.group_bounds) {
            group.bounds.push(bounds);
        }
        columns.push(column.facts);
    }
    Ok(FileFacts { rows, columns, row_groups })
}

fn group_facts(group: &RowGroupMetaData, file_size: u64) -> Result<RowGroupFacts, String> {
    let rows = group.num_rows();
    let rows = u64::try_from(rows).map_err(|_| format!("a row group says to have {rows} rows"))?;
    let (mut start, mut end, mut length) = (u64::MAX, 0_u64, 0_u64);
    for chunk in group.columns() {
        if chunk.file_path().is_some() {
            return Err("its columns lie in other files".to_owned());
        }
        // a dictionary page comes first; some writers say 0 where there is none
        let dictionary = chunk.dictionary_page_offset().filter(|at| *at > 0);
        let at = dictionary.map_or(chunk.data_page_offset(), |at| at.min(chunk.data_page_offset()));
        let (Ok(at), Ok(size)) = (u64::try_from(at), u64::try_from(chunk.compressed_size())) else {
            return Err("a column chunk lies before the file's beginning".to_owned());
        };
        start = start.min(at);
        end = end.max(at.saturating_add(size));
        length = length.saturating_add(size);
    }
    if end > file_size {
        return Err(format!("its row groups reach to byte {end}, and the file has {file_size}"));
    }
    Ok(RowGroupFacts { offset: start.min(end), length, rows, bounds: Vec::new() })
}
