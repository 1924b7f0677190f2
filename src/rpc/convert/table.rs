//! Tables.

use skep_core::table::{CreationMetadata, PrincipalType, SourceTable, Storage, Table, TableType};
use skep_proto::admin::v1 as p;

use super::common::{principal_in, principal_out, seconds_in, seconds_out};
use super::storage::{columns_in, columns_out, shape_out, storage_in};
use crate::catalog::TableRef;
use crate::rpc::error::{Answer, refused_field};

pub fn name_out(at: &TableRef) -> p::TableName {
    p::TableName { catalog: at.catalog.clone(), database: at.database.clone(), table: at.table.clone() }
}

/// UNSPECIFIED is none.
pub fn table_type_in(given: i32, field: &str) -> Answer<Option<TableType>> {
    match p::TableType::try_from(given) {
        Ok(p::TableType::Unspecified) => Ok(None),
        Ok(p::TableType::Managed) => Ok(Some(TableType::Managed)),
        Ok(p::TableType::External) => Ok(Some(TableType::External)),
        Ok(p::TableType::View) => Ok(Some(TableType::View)),
        Ok(p::TableType::MaterializedView) => Ok(Some(TableType::MaterializedView)),
        Err(_) => Err(refused_field(field, format!("{given} is no table type"))),
    }
}

fn table_type_out(table_type: TableType) -> i32 {
    let table_type = match table_type {
        TableType::Managed => p::TableType::Managed,
        TableType::External => p::TableType::External,
        TableType::View => p::TableType::View,
        TableType::MaterializedView => p::TableType::MaterializedView,
    };
    table_type.into()
}

/// A definition; `at` is its name, in normal form. Without a type it is what the parameter `EXTERNAL` says, as in Hive.
pub fn table_in(table: p::Table, at: TableRef) -> Answer<Table> {
    Ok(Table {
        id: 0,
        version: 0,
        catalog: at.catalog,
        database: at.database,
        name: at.table,
        owner: table.owner,
        owner_type: principal_in(table.owner_type, "table.owner_type")?.unwrap_or(PrincipalType::User),
        create_time: seconds_in(table.create_time, "table.create_time")?,
        last_access_time: seconds_in(table.last_access_time, "table.last_access_time")?,
        retention: table.retention,
        storage: table.storage.map(storage_in),
        partition_keys: columns_in(table.partition_keys),
        parameters: table.parameters,
        view_original_text: table.view_original_text,
        view_expanded_text: table.view_expanded_text,
        table_type: table_type_in(table.table_type, "table.table_type")?.unwrap_or_default(),
        rewrite_enabled: table.rewrite_enabled,
        creation_metadata: table.creation_metadata.map(creation_in),
        write_id: table.write_id,
    })
}

pub fn table_out(table: &Table) -> p::Table {
    let storage = |storage: &Storage| shape_out(&storage.shape, storage.location.clone());
    p::Table {
        name: Some(name_of(table)),
        version: table.version,
        owner: table.owner.clone(),
        owner_type: principal_out(table.owner_type),
        create_time: seconds_out(table.create_time),
        last_access_time: seconds_out(table.last_access_time),
        retention: table.retention,
        storage: table.storage.as_ref().map(storage),
        partition_keys: columns_out(&table.partition_keys),
        parameters: table.parameters.clone(),
        view_original_text: table.view_original_text.clone(),
        view_expanded_text: table.view_expanded_text.clone(),
        table_type: table_type_out(table.table_type),
        rewrite_enabled: table.rewrite_enabled,
        creation_metadata: table.creation_metadata.as_ref().map(creation_out),
        write_id: table.write_id,
    }
}

pub fn summary_out(table: &Table) -> p::TableSummary {
    p::TableSummary {
        name: Some(name_of(table)),
        table_type: table_type_out(table.table_type),
        owner: table.owner.clone(),
        owner_type: principal_out(table.owner_type),
        comment: table.parameters.get("comment").cloned(),
    }
}

fn name_of(table: &Table) -> p::TableName {
    p::TableName { catalog: table.catalog.clone(), database: table.database.clone(), table: table.name.clone() }
}

fn creation_in(made: p::CreationMetadata) -> CreationMetadata {
    let source = |source: p::SourceTable| SourceTable {
        catalog: source.catalog,
        database: source.database,
        table: source.table,
        inserted: source.inserted,
        updated: source.updated,
        deleted: source.deleted,
    };
    CreationMetadata {
        catalog: made.catalog,
        database: made.database,
        table: made.table,
        tables_used: made.tables_used,
        valid_txn_list: made.valid_txn_list,
        materialization_time: made.materialization_time,
        source_tables: made.source_tables.into_iter().map(source).collect(),
    }
}

fn creation_out(made: &CreationMetadata) -> p::CreationMetadata {
    let source = |source: &SourceTable| p::SourceTable {
        catalog: source.catalog.clone(),
        database: source.database.clone(),
        table: source.table.clone(),
        inserted: source.inserted,
        updated: source.updated,
        deleted: source.deleted,
    };
    p::CreationMetadata {
        catalog: made.catalog.clone(),
        database: made.database.clone(),
        table: made.table.clone(),
        tables_used: made.tables_used.clone(),
        valid_txn_list: made.valid_txn_list.clone(),
        materialization_time: made.materialization_time,
        source_tables: made.source_tables.iter().map(source).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use skep_core::table::{Column, CreationMetadata, PrincipalType, Shape, SourceTable, Storage, Table, TableType};

    use super::{table_in, table_out};
    use crate::catalog::TableRef;

    #[test]
    fn nothing_is_lost() {
        let text = |text: &str| Some(text.to_owned());
        for table_type in TableType::ALL {
            let source = SourceTable {
                catalog: "a".into(),
                database: "b".into(),
                table: "c".into(),
                inserted: 1,
                updated: 2,
                deleted: 3,
            };
            let table = Table {
                id: 0,
                version: 0,
                catalog: "c".into(),
                database: "d".into(),
                name: "t".into(),
                owner: text("o"),
                owner_type: PrincipalType::Role,
                create_time: 1,
                last_access_time: 2,
                retention: 3,
                storage: Some(Storage { shape: Arc::new(Shape::default()), location: text("file:/t") }),
                partition_keys: vec![Column { name: "k".into(), type_name: text("date"), comment: None }],
                parameters: [("k".to_owned(), "v".to_owned())].into(),
                view_original_text: text("vo"),
                view_expanded_text: text("ve"),
                table_type,
                rewrite_enabled: true,
                creation_metadata: Some(CreationMetadata {
                    catalog: text("c"),
                    database: "d".into(),
                    table: "m".into(),
                    tables_used: vec!["x.y".into()],
                    valid_txn_list: text("1:"),
                    materialization_time: Some(9),
                    source_tables: vec![source],
                }),
                write_id: Some(5),
            };
            let message = table_out(&Table { version: 8, ..table.clone() });
            assert_eq!(message.version, 8);
            assert_eq!(table_in(message, TableRef::new("C", "D", "T")).unwrap(), table);
        }
    }
}
