//! Tables and their versions (`ARCHITECTURE.md`, Versions): every change is a commit that raises the version by one.

use skep_core::table::{Table, TableType};
use skep_core::{Error, Result};

use super::driver::{Arg, Row, Sql};
use super::txn::{Txn, to_json};

macro_rules! select_table {
    ($tail:literal) => {
        concat!(
            "select t.id, t.version, v.definition from catalog c join database d on d.catalog_id = c.id \
             join tbl t on t.database_id = d.id and t.dropped_at is null \
             join table_version v on v.table_id = t.id and v.version = t.definition_version \
             where c.name = $1 and d.name = $2",
            $tail
        )
    };
}

const TABLE_GET: Sql = Sql::both("table_get", select_table!(" and t.name = $3"));
const TABLE_LOCK: Sql = Sql::per_dialect(
    "table_lock",
    select_table!(" and t.name = $3 for update of t"),
    select_table!(" and t.name = $3"),
);
const TABLE_LIST: Sql = Sql::both("table_list", select_table!(" order by t.name"));
const TABLE_BY_NAMES: Sql = Sql::per_dialect(
    "table_by_names",
    select_table!(" and t.name = any($3) order by t.name"),
    select_table!(" and t.name in (select value from json_each($3)) order by t.name"),
);
const TABLE_HEAD: Sql = Sql::both(
    "table_head",
    "select t.id, t.version from catalog c join database d on d.catalog_id = c.id \
     join tbl t on t.database_id = d.id and t.dropped_at is null where c.name = $1 and d.name = $2 and t.name = $3",
);
const TABLE_NAMES: Sql = Sql::both(
    "table_names",
    "select t.name, t.kind from catalog c join database d on d.catalog_id = c.id \
     join tbl t on t.database_id = d.id and t.dropped_at is null where c.name = $1 and d.name = $2 order by t.name",
);
const TABLE_PLACES: Sql = Sql::per_dialect(
    "table_places",
    "select t.id, c.name, d.name, t.name from tbl t join database d on d.id = t.database_id \
     join catalog c on c.id = d.catalog_id where t.dropped_at is null and t.id = any($1)",
    "select t.id, c.name, d.name, t.name from tbl t join database d on d.id = t.database_id \
     join catalog c on c.id = d.catalog_id where t.dropped_at is null and t.id in (select value from json_each($1))",
);
/// All materialized views, of every catalog.
const TABLE_MATERIALIZED: Sql = Sql::both(
    "table_materialized",
    "select t.id, t.version, v.definition from tbl t join table_version v on v.table_id = t.id \
     and v.version = t.definition_version where t.kind = 3 and t.dropped_at is null order by t.id",
);
const TABLE_INSERT: Sql = Sql::per_dialect(
    "table_insert",
    "insert into tbl (database_id, name, kind, version, definition_version, changed_at) \
     values ($1, $2, $3, 1, 1, (extract(epoch from clock_timestamp()) * 1000)::bigint) returning id, changed_at",
    "insert into tbl (database_id, name, kind, version, definition_version, changed_at) \
     values ($1, $2, $3, 1, 1, cast(unixepoch('subsec') * 1000 as integer)) returning id, changed_at",
);
/// The next version; its time is the database's clock, strictly rising.
const TABLE_NEXT: Sql = Sql::per_dialect(
    "table_next",
    "update tbl set version = version + 1, \
     changed_at = greatest(changed_at + 1, (extract(epoch from clock_timestamp()) * 1000)::bigint) \
     where id = $1 and dropped_at is null returning version, changed_at",
    "update tbl set version = version + 1, \
     changed_at = max(changed_at + 1, cast(unixepoch('subsec') * 1000 as integer)) \
     where id = $1 and dropped_at is null returning version, changed_at",
);
const TABLE_REDEFINE: Sql = Sql::both(
    "table_redefine",
    "update tbl set definition_version = version, name = $2, kind = $3, database_id = $4 where id = $1",
);
const TABLE_DROP: Sql = Sql::both("table_drop", "update tbl set dropped_at = changed_at where id = $1");
const VERSION_INSERT: Sql = Sql::both(
    "table_version_insert",
    "insert into table_version (table_id, version, definition, operation, at, by_user) values ($1, $2, $3, $4, $5, $6)",
);
const VERSION_DEFINITION: Sql = Sql::both(
    "table_version_definition",
    "select t.id, v.version, v.definition from tbl t join table_version v on v.table_id = t.id \
     where t.id = $1 and v.version <= $2 and v.definition is not null order by v.version desc limit 1",
);

pub(super) const ALL: &[&Sql] = &[
    &TABLE_GET,
    &TABLE_LOCK,
    &TABLE_LIST,
    &TABLE_BY_NAMES,
    &TABLE_HEAD,
    &TABLE_NAMES,
    &TABLE_PLACES,
    &TABLE_MATERIALIZED,
    &TABLE_INSERT,
    &TABLE_NEXT,
    &TABLE_REDEFINE,
    &TABLE_DROP,
    &VERSION_INSERT,
    &VERSION_DEFINITION,
];

/// Which table, in which version: what a cache checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TableHead {
    pub id: i64,
    pub version: i64,
}

/// Where a table lies.
#[derive(Debug, Clone)]
pub struct TablePlace {
    pub id: i64,
    pub catalog: String,
    pub database: String,
    pub name: String,
}

/// Who does what: recorded with each version.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// `alter_table`, `add_partitions`, …
    pub operation: &'static str,
    pub by: Option<&'a str>,
}

fn kind_code(kind: TableType) -> i64 {
    match kind {
        TableType::Managed => 0,
        TableType::External => 1,
        TableType::View => 2,
        TableType::MaterializedView => 3,
    }
}

fn kind_of(code: i64) -> TableType {
    match code {
        1 => TableType::External,
        2 => TableType::View,
        3 => TableType::MaterializedView,
        _ => TableType::Managed,
    }
}

fn read_table(row: &Row) -> Result<Table> {
    let table: Table = row.json(2)?;
    Ok(Table { id: row.i64(0)?, version: row.i64(1)?, ..table })
}

impl Txn {
    pub async fn table_get(&mut self, catalog: &str, database: &str, name: &str) -> Result<Option<Table>> {
        let args = [Arg::Text(catalog), Arg::Text(database), Arg::Text(name)];
        self.first(&TABLE_GET, &args).await?.as_ref().map(read_table).transpose()
    }
    /// The table, for this transaction alone to change.
    pub async fn table_lock(&mut self, catalog: &str, database: &str, name: &str) -> Result<Option<Table>> {
        let args = [Arg::Text(catalog), Arg::Text(database), Arg::Text(name)];
        self.first(&TABLE_LOCK, &args).await?.as_ref().map(read_table).transpose()
    }
    /// Id and version alone.
    pub async fn table_head(&mut self, catalog: &str, database: &str, name: &str) -> Result<Option<TableHead>> {
        let args = [Arg::Text(catalog), Arg::Text(database), Arg::Text(name)];
        let row = self.first(&TABLE_HEAD, &args).await?;
        row.map(|row| Ok(TableHead { id: row.i64(0)?, version: row.i64(1)? })).transpose()
    }
    /// All tables of a database, by name.
    pub async fn table_list(&mut self, catalog: &str, database: &str) -> Result<Vec<Table>> {
        self.list(&TABLE_LIST, &[Arg::Text(catalog), Arg::Text(database)], read_table).await
    }
    /// Those of the named tables that are there, by name.
    pub async fn table_by_names(&mut self, catalog: &str, database: &str, names: &[String]) -> Result<Vec<Table>> {
        let args = [Arg::Text(catalog), Arg::Text(database), Arg::Texts(names)];
        self.list(&TABLE_BY_NAMES, &args, read_table).await
    }
    /// Where those of these tables lie that are not dropped.
    pub async fn table_places(&mut self, ids: &[i64]) -> Result<Vec<TablePlace>> {
        self.list(&TABLE_PLACES, &[Arg::I64s(ids)], |row| {
            let text = |index| -> Result<String> { Ok(row.text(index)?.to_owned()) };
            Ok(TablePlace { id: row.i64(0)?, catalog: text(1)?, database: text(2)?, name: text(3)? })
        })
        .await
    }
    /// All materialized views, of every catalog.
    pub async fn table_materialized(&mut self) -> Result<Vec<Table>> {
        self.list(&TABLE_MATERIALIZED, &[], read_table).await
    }
    /// Names and types, by name.
    pub async fn table_names(&mut self, catalog: &str, database: &str) -> Result<Vec<(String, TableType)>> {
        self.list(&TABLE_NAMES, &[Arg::Text(catalog), Arg::Text(database)], |row| {
            Ok((row.string(0)?, kind_of(row.i64(1)?)))
        })
        .await
    }
    /// The definition as of a version, of a dropped table too.
    pub async fn table_at(&mut self, table_id: i64, version: i64) -> Result<Option<Table>> {
        let args = [Arg::I64(table_id), Arg::I64(version)];
        self.first(&VERSION_DEFINITION, &args).await?.as_ref().map(read_table).transpose()
    }

    /// Stores a new table as its version 1 and gives its id. A taken name is `AlreadyExists`.
    pub async fn table_insert(&mut self, database_id: i64, table: &Table, change: Change<'_>) -> Result<i64> {
        let args = [Arg::I64(database_id), Arg::Text(&table.name), Arg::I64(kind_code(table.table_type))];
        let row = self.one(&TABLE_INSERT, &args).await?;
        let (id, at) = (row.i64(0)?, row.i64(1)?);
        self.version_insert(id, 1, at, Some(table), change).await?;
        Ok(id)
    }

    /// Begins the table's next version, which partitions are then added to and removed in, and gives its number.
    /// With a definition it becomes the table's; `database_id` is where it lies from now on.
    pub async fn table_commit(
        &mut self,
        table_id: i64,
        definition: Option<(i64, &Table)>,
        change: Change<'_>,
    ) -> Result<i64> {
        self.table_changes(table_id);
        let row = self.first(&TABLE_NEXT, &[Arg::I64(table_id)]).await?;
        let row = row.ok_or_else(|| Error::not_found("the table was dropped meanwhile"))?;
        let (version, at) = (row.i64(0)?, row.i64(1)?);
        if let Some((database_id, table)) = definition {
            let args = [
                Arg::I64(table_id),
                Arg::Text(&table.name),
                Arg::I64(kind_code(table.table_type)),
                Arg::I64(database_id),
            ];
            self.execute(&TABLE_REDEFINE, &args).await?;
        }
        self.version_insert(table_id, version, at, definition.map(|(_, table)| table), change).await?;
        Ok(version)
    }

    /// Drops the table: gone for ordinary reads, kept for those of an explicit version until retention ends it.
    pub async fn table_drop(&mut self, table_id: i64, change: Change<'_>) -> Result<i64> {
        let version = self.table_commit(table_id, None, change).await?;
        self.execute(&TABLE_DROP, &[Arg::I64(table_id)]).await?;
        Ok(version)
    }

    async fn version_insert(
        &mut self,
        table_id: i64,
        version: i64,
        at: i64,
        definition: Option<&Table>,
        change: Change<'_>,
    ) -> Result<()> {
        let definition = definition.map(to_json).transpose()?;
        let args = [
            Arg::I64(table_id),
            Arg::I64(version),
            Arg::OptText(definition.as_deref()),
            Arg::Text(change.operation),
            Arg::I64(at),
            Arg::OptText(change.by),
        ];
        self.execute(&VERSION_INSERT, &args).await.map(drop)
    }
}
