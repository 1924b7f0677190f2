//! Tables and their versions (`ARCHITECTURE.md`, Versions): every change is a commit that raises the version by one.

use skep_core::Result;
use skep_core::table::{Table, TableType};

use super::driver::{Arg, Row, Sql};
use super::sketch::{Damaged, TableSketch, readable};
use super::txn::Txn;

macro_rules! from_table {
    ($tail:literal) => {
        concat!(
            "from catalog c join database d on d.catalog_id = c.id \
             join tbl t on t.database_id = d.id and t.dropped_at is null \
             join table_version v on v.table_id = t.id and v.version = t.definition_version \
             where c.name = $1 and d.name = $2",
            $tail
        )
    };
}
macro_rules! select_table {
    ($tail:literal) => {
        concat!("select t.id, t.version, v.definition ", from_table!($tail))
    };
}
macro_rules! select_head {
    () => {
        "select t.id, t.version from catalog c join database d on d.catalog_id = c.id \
         join tbl t on t.database_id = d.id and t.dropped_at is null where c.name = $1 and d.name = $2 and t.name = $3"
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
const TABLE_HEAD: Sql = Sql::both("table_head", select_head!());
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
/// Tables whose definition has this word, of every catalog: few, of perhaps very many.
const TABLE_MENTIONING_DISCOVERY: Sql = Sql::both(
    "table_mentioning_discovery",
    "select t.id, t.version, v.definition from tbl t join table_version v on v.table_id = t.id \
     and v.version = t.definition_version where t.kind in (0, 1) and t.dropped_at is null \
     and v.definition like '%\"discover.partitions\"%' order by t.id",
);
const TABLE_PAGE: Sql = Sql::both(
    "table_page",
    "select t.id, t.version, v.definition from tbl t join table_version v on v.table_id = t.id \
     and v.version = t.definition_version where t.id > $1 and t.dropped_at is null order by t.id limit $2",
);
/// The same as [`TABLE_LOCK`], and whether there is any materialized view, which might read the table.
const TABLE_LOCK_LAST: Sql = Sql::per_dialect(
    "table_lock_last",
    concat!(
        "select t.id, t.version, v.definition, \
         (select count(*) from (select 1 from tbl where kind = 3 and dropped_at is null limit 1) m) ",
        from_table!(" and t.name = $3 for update of t")
    ),
    concat!(
        "select t.id, t.version, v.definition, \
         (select count(*) from (select 1 from tbl where kind = 3 and dropped_at is null limit 1) m) ",
        from_table!(" and t.name = $3")
    ),
);
const TABLE_LOCK_HEAD: Sql =
    Sql::per_dialect("table_lock_head", concat!(select_head!(), " for update of t"), select_head!());
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
    &TABLE_MENTIONING_DISCOVERY,
    &TABLE_PAGE,
    &TABLE_LOCK_LAST,
    &TABLE_LOCK_HEAD,
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

/// Some of all tables, by id.
#[derive(Debug, Default)]
pub struct TablePage {
    pub tables: Vec<Table>,
    pub damaged: Vec<Damaged>,
    /// The last id of the page, none at the end.
    pub last: Option<i64>,
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
    /// The same before it is dropped; and whether there is any materialized view at all.
    pub async fn table_lock_last(
        &mut self,
        catalog: &str,
        database: &str,
        name: &str,
    ) -> Result<Option<(Table, bool)>> {
        let args = [Arg::Text(catalog), Arg::Text(database), Arg::Text(name)];
        let row = self.first(&TABLE_LOCK_LAST, &args).await?;
        row.map(|row| Ok((read_table(&row)?, row.i64(3)? > 0))).transpose()
    }
    /// The same where only the version is wanted.
    pub async fn table_lock_head(&mut self, catalog: &str, database: &str, name: &str) -> Result<Option<TableHead>> {
        self.head_by(&TABLE_LOCK_HEAD, catalog, database, name).await
    }
    /// Id and version alone.
    pub async fn table_head(&mut self, catalog: &str, database: &str, name: &str) -> Result<Option<TableHead>> {
        self.head_by(&TABLE_HEAD, catalog, database, name).await
    }
    async fn head_by(
        &mut self,
        sql: &'static Sql,
        catalog: &str,
        database: &str,
        name: &str,
    ) -> Result<Option<TableHead>> {
        let args = [Arg::Text(catalog), Arg::Text(database), Arg::Text(name)];
        let row = self.first(sql, &args).await?;
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
    /// Tables that say something of `discover.partitions`, of every catalog. Damaged ones are left out.
    pub async fn table_mentioning_discovery(&mut self) -> Result<Vec<Table>> {
        let read = |row: &Row| readable("a table's definition", row.i64(0)?, read_table(row));
        let tables = self.list(&TABLE_MENTIONING_DISCOVERY, &[], read).await?;
        Ok(tables.into_iter().flatten().collect())
    }
    /// Reads up to `limit` tables that are there, with ids above `after`, by id. One that cannot be read is logged and comes
    /// as [`Damaged`].
    pub async fn table_page(&mut self, after: i64, limit: i64) -> Result<TablePage> {
        let args = [Arg::I64(after), Arg::I64(limit)];
        let all = self.list(&TABLE_PAGE, &args, |row| {
            let id = row.i64(0)?;
            let table = readable("a table's definition", id, read_table(row))?;
            Ok((id, table.ok_or(Damaged { id, locations: TableSketch::of(id, row.text(2)?).locations })))
        });
        let mut page = TablePage::default();
        for (id, table) in all.await? {
            page.last = Some(id);
            match table {
                Ok(table) => page.tables.push(table),
                Err(damaged) => page.damaged.push(damaged),
            }
        }
        Ok(page)
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
    /// What housekeeping asks of a table's last definition, of a dropped table too.
    pub(super) async fn table_sketch(&mut self, table_id: i64) -> Result<Option<TableSketch>> {
        let row = self.first(&VERSION_DEFINITION, &[Arg::I64(table_id), Arg::I64(i64::MAX)]).await?;
        row.map(|row| Ok(TableSketch::of(table_id, row.text(2)?))).transpose()
    }
}
