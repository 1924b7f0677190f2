//! The calls that are measured, on the one table.

use skep_bench::data::{self, DATABASE, TABLE};
use skep_thrift::{methods as m, types as t};

pub fn create_database() -> m::CreateDatabaseArgs {
    let database = t::Database { name: Some(DATABASE.to_owned()), ..Default::default() };
    m::CreateDatabaseArgs { database: Some(database) }
}

pub fn create_table() -> m::CreateTableArgs {
    m::CreateTableArgs { tbl: Some(data::table()) }
}

pub fn get_table() -> m::GetTableArgs {
    m::GetTableArgs { dbname: Some(DATABASE.to_owned()), tbl_name: Some(TABLE.to_owned()) }
}

pub fn alter_table_cascade(new: t::Table) -> m::AlterTableWithCascadeArgs {
    m::AlterTableWithCascadeArgs {
        dbname: Some(DATABASE.to_owned()),
        tbl_name: Some(TABLE.to_owned()),
        new_tbl: Some(new),
        cascade: true,
    }
}

pub fn drop_table() -> m::DropTableArgs {
    m::DropTableArgs { dbname: Some(DATABASE.to_owned()), name: Some(TABLE.to_owned()), delete_data: false }
}

/// By name, the partitions from `begin` to before `end`.
pub fn drop_partitions(begin: usize, end: usize) -> m::DropPartitionsReqArgs {
    let request = t::DropPartitionsRequest {
        db_name: DATABASE.to_owned(),
        tbl_name: TABLE.to_owned(),
        parts: t::RequestPartsSpec { names: Some((begin..end).map(data::name).collect()), exprs: None },
        delete_data: Some(false),
        if_exists: false,
        need_result: false,
        ..Default::default()
    };
    m::DropPartitionsReqArgs { req: Some(request) }
}

pub fn all() -> m::GetPartitionsArgs {
    m::GetPartitionsArgs { db_name: Some(DATABASE.to_owned()), tbl_name: Some(TABLE.to_owned()), max_parts: -1 }
}

pub fn names() -> m::GetPartitionNamesArgs {
    m::GetPartitionNamesArgs { db_name: Some(DATABASE.to_owned()), tbl_name: Some(TABLE.to_owned()), max_parts: -1 }
}

pub fn filtered(filter: &str) -> m::GetPartitionsByFilterArgs {
    m::GetPartitionsByFilterArgs {
        db_name: Some(DATABASE.to_owned()),
        tbl_name: Some(TABLE.to_owned()),
        filter: Some(filter.to_owned()),
        max_parts: -1,
    }
}

pub fn counted(filter: &str) -> m::GetNumPartitionsByFilterArgs {
    m::GetNumPartitionsByFilterArgs {
        db_name: Some(DATABASE.to_owned()),
        tbl_name: Some(TABLE.to_owned()),
        filter: Some(filter.to_owned()),
    }
}

/// So many of the table's partitions, as far from each other as can be.
pub fn by_names(rows: usize, count: usize) -> m::GetPartitionsByNamesArgs {
    m::GetPartitionsByNamesArgs {
        db_name: Some(DATABASE.to_owned()),
        tbl_name: Some(TABLE.to_owned()),
        names: Some((0..count).map(|at| data::name(rows / count * at)).collect()),
    }
}
