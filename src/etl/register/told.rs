//! Files as a request tells them, which are not opened: what it says is checked as far as it can be without.

use std::sync::Arc;

use skep_core::lake::{
    Bounds, ColumnFacts, FileColumn, FileFacts, FileSchema, Nan, RowGroupFacts, text_high, text_low,
};
use skep_core::types::{KeyType, Value};
use skep_core::{Error, Kind, Result};

use super::footer::Footer;
use super::gather::Source;
use super::request::{KnownColumn, KnownFile, KnownRowGroup};
use crate::lake::{LakeFile, ParquetFile};
use crate::warehouse::Location;

/// So many row groups of a file are taken: writers make one a hundred megabytes, or a million rows.
const ROW_GROUPS_TOLD_MAX: usize = 100_000;

/// A file and its facts. Errors: InvalidInput, which names the file and what is wrong.
pub(super) fn told(known: &KnownFile) -> Result<(Source, Footer)> {
    let location = Location::parse(&known.uri).map_err(|e| e.with_kind(Kind::InvalidInput))?;
    let wrong = |what: String| Error::new(Kind::InvalidInput, format!("{}: {what}", known.uri));
    let rows = u64::try_from(known.rows).map_err(|_| wrong("a negative number of rows".to_owned()))?;
    if known.columns.is_empty() {
        return Err(wrong("columns are not told; a file that is not to be opened needs them".to_owned()));
    }
    known.columns.iter().try_for_each(|column| column_check(column, rows)).map_err(wrong)?;
    let groups = groups_told(known, rows).map_err(wrong)?;
    let prefix = Arc::new(location.parent().unwrap_or_else(|| location.clone()));
    let file = LakeFile {
        location,
        size: known.size,
        modified_at_ms: known.modified_at_ms,
        etag: known.etag.clone().filter(|etag| !etag.is_empty()),
    };
    Ok((Source { file, prefix }, Footer::of(file_told(known, rows, groups))))
}

fn file_told(known: &KnownFile, rows: u64, row_groups: Vec<RowGroupFacts>) -> ParquetFile {
    let columns = known.columns.iter().map(|column| FileColumn {
        name: column.name.to_lowercase(),
        written_name: column.name.clone(),
        hive_type: column.type_name.clone(),
        is_optional: true,
    });
    let schema = Arc::new(FileSchema { columns: columns.collect(), findings: Vec::new() });
    let mut columns: Vec<ColumnFacts> = known.columns.iter().map(column_told).collect();
    for (at, column) in columns.iter_mut().enumerate() {
        add_of_groups(&mut column.bounds, at, &row_groups);
    }
    let mut facts = FileFacts { rows, columns, row_groups };
    facts.bound();
    ParquetFile { schema, facts, created_by: None }
}

/// What the file says nothing of and all of its row groups do: of one group alone nothing else is kept.
fn add_of_groups(bounds: &mut Bounds, column: usize, groups: &[RowGroupFacts]) {
    let all = groups.iter().map(|group| group.bounds.get(column).map(|bounds| (group.rows, bounds.clone())));
    let together = all.reduce(|all, next| {
        let ((rows, all), (next_rows, next)) = all.zip(next)?;
        Some((rows.saturating_add(next_rows), all.union(rows, &next, next_rows)))
    });
    if let Some(Some((_, together))) = together {
        bounds.low = bounds.low.take().or(together.low);
        bounds.high = bounds.high.take().or(together.high);
        bounds.nulls = bounds.nulls.or(together.nulls);
    }
}

/// What a column says of rows that there are not would be held for true, also of files beside it.
fn column_check(column: &KnownColumn, rows: u64) -> std::result::Result<(), String> {
    let name = &column.name;
    if let Some(nulls) = column.nulls.filter(|nulls| u64::try_from(*nulls).map_or(true, |nulls| nulls > rows)) {
        return Err(format!("`{name}` has {nulls} nulls; of {rows} rows it is 0 to {rows}"));
    }
    if rows == 0 && (column.min.is_some() || column.max.is_some()) {
        return Err(format!("`{name}` has a least or a greatest value, and the file no rows; tell both or neither"));
    }
    Ok(())
}

fn column_told(column: &KnownColumn) -> ColumnFacts {
    let key_type = KeyType::parse(&column.type_name);
    let nulls = column.nulls.and_then(|nulls| u64::try_from(nulls).ok());
    ColumnFacts {
        name: column.name.to_lowercase(),
        hive_type: column.type_name.clone(),
        // Who tells of timestamps may mean points in time.
        is_instant: key_type == KeyType::Timestamp,
        bounds: bounds_told(key_type, column.min.as_deref(), column.max.as_deref(), nulls),
        distinct: column.distinct.and_then(|distinct| u64::try_from(distinct).ok()),
        value_bytes: None,
    }
}

fn bounds_told(key_type: KeyType, min: Option<&str>, max: Option<&str>, nulls: Option<u64>) -> Bounds {
    let is_float = matches!(key_type, KeyType::Float | KeyType::Double);
    let low = min.map(|text| if key_type.is_text() { text_low(text) } else { (text.to_owned(), true) });
    let high = max.and_then(|text| if key_type.is_text() { text_high(text) } else { Some((text.to_owned(), true)) });
    let value = |bound: Option<(String, bool)>| bound.and_then(|(text, _)| Value::parse(&text, key_type));
    Bounds {
        low: value(low),
        high: value(high),
        // Who tells of bounds need not have seen the values.
        low_is_exact: false,
        high_is_exact: false,
        nulls,
        nan: if is_float { Nan::Perhaps } else { Nan::None },
    }
}

/// The row groups. Errors say what is wrong, and what would be right.
fn groups_told(known: &KnownFile, rows: u64) -> std::result::Result<Vec<RowGroupFacts>, String> {
    if known.row_groups.is_empty() {
        return Ok(Vec::new());
    }
    if known.row_groups.len() > ROW_GROUPS_TOLD_MAX {
        let count = known.row_groups.len();
        return Err(format!("{count} row_groups; at most {ROW_GROUPS_TOLD_MAX} are told, or none"));
    }
    let types: Vec<KeyType> = known.columns.iter().map(|column| KeyType::parse(&column.type_name)).collect();
    let (mut end, mut sum, mut groups) = (0_u64, 0_u64, Vec::with_capacity(known.row_groups.len()));
    for (at, told) in known.row_groups.iter().enumerate() {
        let group = group_told(told, &types).map_err(|what| format!("row_groups[{at}]{what}"))?;
        if group.offset < end {
            return Err(format!(
                "row_groups[{at}] begins at byte {}, and the one before it ends at {end}; they are told in the file's order",
                group.offset
            ));
        }
        end = group.offset.saturating_add(group.length);
        // 0: it is not told.
        if known.size > 0 && end > known.size {
            return Err(format!("row_groups[{at}] reaches to byte {end}, and the file has {}", known.size));
        }
        sum = sum.saturating_add(group.rows);
        groups.push(group);
    }
    if sum != rows {
        return Err(format!("row_groups have {sum} rows together, and the file {rows}; tell all of them, or none"));
    }
    Ok(groups)
}

/// Errors go on where the group was named.
fn group_told(told: &KnownRowGroup, types: &[KeyType]) -> std::result::Result<RowGroupFacts, String> {
    let count = |what: &str, number: i64| {
        u64::try_from(number).map_err(|_| format!(".{what} is {number}; it is a number from 0 on"))
    };
    let (offset, length) = (count("offset", told.offset)?, count("length", told.length)?);
    let rows = count("rows", told.rows)?;
    if told.columns.len() > types.len() {
        return Err(format!(
            " tells of {} columns, and the file has {}; they are those of `columns`, in the same order",
            told.columns.len(),
            types.len()
        ));
    }
    let bounds = told.columns.iter().zip(types).enumerate().map(|(at, (told, key_type))| {
        let nulls = told.nulls.map(|nulls| count(&format!("columns[{at}].nulls"), nulls)).transpose()?;
        if let Some(nulls) = nulls.filter(|nulls| *nulls > rows) {
            return Err(format!(".columns[{at}].nulls is {nulls}, and the row group has {rows} rows"));
        }
        Ok(bounds_told(*key_type, told.min.as_deref(), told.max.as_deref(), nulls))
    });
    Ok(RowGroupFacts { offset, length, rows, bounds: bounds.collect::<std::result::Result<_, _>>()? })
}
