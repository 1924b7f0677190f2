//! What a table that a client sends must be, whatever is then done with it (`semantics.md §2`, §4).

use skep_core::name::valid_column_type;
use skep_core::table::{Column, Shape, Table, TableType};
use skep_core::{Error, Kind, Result};

/// Checks the storage descriptor and the columns. Missing parts are MetaExceptions, as Hive's null pointers come out;
/// a wrong column is of the kind given (InvalidObject on create, InvalidOperation on alter).
pub(super) fn table_check(table: &Table, wrong: Kind) -> Result<()> {
    let storage = table.storage.as_ref().ok_or_else(|| missing(table, "a storage descriptor (sd)"))?;
    let columns = storage.shape.columns.as_deref().ok_or_else(|| missing(table, "a list of columns (sd.cols)"))?;
    if storage.shape.serde.is_none() {
        return Err(missing(table, "a SerDe (sd.serdeInfo)"));
    }
    columns_check(columns, "column", wrong)?;
    columns_check(&table.partition_keys, "partition column", wrong)?;
    skewed_check(&storage.shape)
}

fn missing(table: &Table, what: &str) -> Error {
    Error::meta(format!("table {} lacks {what}", table.name))
}

/// Each column must have a type, and one that Hive knows.
pub(super) fn columns_check(columns: &[Column], what: &str, wrong: Kind) -> Result<()> {
    for column in columns {
        let Some(type_name) = column.type_name.as_deref() else {
            return Err(Error::meta(format!("{what} {} has no type", column.name)));
        };
        if !valid_column_type(type_name) {
            return Err(Error::new(
                wrong,
                format!("Invalid {what} name {}, type: {type_name}: not a type that Hive knows", column.name),
            ));
        }
    }
    Ok(())
}

/// Bucket columns must be columns; Hive asks it of an alter only.
pub(super) fn bucket_check(shape: &Shape) -> Result<()> {
    let is_strange = |name: &&String| !shape.columns().iter().any(|c| c.name.eq_ignore_ascii_case(name));
    let wrong: Vec<&str> = shape.bucket_columns.iter().filter(is_strange).map(String::as_str).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let wrong = wrong.join(", ");
    Err(Error::invalid_operation(format!("Bucket columns - [{wrong}] doesn't match with any table columns")))
}

fn skewed_check(shape: &Shape) -> Result<()> {
    let Some(skewed) = &shape.skewed else { return Ok(()) };
    for column in &skewed.columns {
        if !shape.columns().iter().any(|c| c.name.eq_ignore_ascii_case(column)) {
            return Err(Error::invalid_object(format!("skewed column {column} is not a column of the table")));
        }
    }
    if let Some(values) = skewed.values.iter().find(|values| values.len() != skewed.columns.len()) {
        return Err(Error::invalid_object(format!(
            "skewed values {values:?} are {}, the skewed columns {}",
            values.len(),
            skewed.columns.len()
        )));
    }
    Ok(())
}

/// The parameter `EXTERNAL` decides between managed and external, not the type that was sent (`semantics.md §4`).
pub(super) fn table_type_settle(table: &mut Table) {
    let external = table.flag("EXTERNAL");
    table.table_type = match table.table_type {
        TableType::Managed if external => TableType::External,
        TableType::External if !external => TableType::Managed,
        other => other,
    };
}

/// Iceberg's tables: Hive's checks of types and keys do not apply to them, and they never move.
pub(super) fn is_iceberg(table: &Table) -> bool {
    table.parameters.get("table_type").is_some_and(|t| t.eq_ignore_ascii_case("ICEBERG"))
}

/// A dropped table's data is deleted only if it is managed, or external and marked to be purged.
pub(super) fn data_is_ours(table: &Table) -> bool {
    match table.table_type {
        TableType::Managed | TableType::MaterializedView => true,
        TableType::External => table.flag("external.table.purge"),
        TableType::View => false,
    }
}
