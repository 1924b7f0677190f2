//! Catalogs and databases.

use skep_core::table::{Catalog, Database};
use skep_core::{Error, Result};

use super::driver::{Arg, Sql};
use super::sketch::{Damaged, locations_in, readable};
use super::txn::{Txn, to_json};

const CATALOG_GET: Sql = Sql::both("catalog_get", "select definition from catalog where name = $1");
const CATALOG_LIST: Sql = Sql::both("catalog_list", "select name from catalog order by name");
const CATALOG_INSERT: Sql = Sql::both("catalog_insert", "insert into catalog (name, definition) values ($1, $2)");
const CATALOG_UPDATE: Sql =
    Sql::both("catalog_update", "update catalog set name = $2, definition = $3 where name = $1");
const CATALOG_DELETE: Sql = Sql::both("catalog_delete", "delete from catalog where name = $1");
const DATABASE_GET: Sql = Sql::both(
    "database_get",
    "select d.id, d.definition from database d join catalog c on c.id = d.catalog_id where c.name = $1 and d.name = $2",
);
/// The database, and how many tables of a name it has.
const DATABASE_GET_BESIDE: Sql = Sql::both(
    "database_get_beside",
    "select d.id, d.definition, \
     (select count(*) from tbl t where t.database_id = d.id and t.name = $3 and t.dropped_at is null) \
     from database d join catalog c on c.id = d.catalog_id where c.name = $1 and d.name = $2",
);
/// Keeps the database from being dropped while something is put into it.
const DATABASE_SHARE: Sql = Sql::per_dialect(
    "database_share",
    "select d.id, d.definition from database d join catalog c on c.id = d.catalog_id where c.name = $1 and d.name = $2 for share of d",
    DATABASE_GET.sqlite,
);
const DATABASE_LOCK: Sql = Sql::per_dialect(
    "database_lock",
    "select d.id, d.definition from database d join catalog c on c.id = d.catalog_id where c.name = $1 and d.name = $2 for update of d",
    DATABASE_GET.sqlite,
);
const DATABASE_LIST: Sql = Sql::both(
    "database_list",
    "select d.definition from database d join catalog c on c.id = d.catalog_id where c.name = $1 order by d.name",
);
const DATABASE_LIST_ALL: Sql = Sql::both("database_list_all", "select id, definition from database order by id");
const DATABASE_NAMES: Sql = Sql::both(
    "database_names",
    "select d.name from database d join catalog c on c.id = d.catalog_id where c.name = $1 order by d.name",
);
const DATABASE_INSERT: Sql = Sql::both(
    "database_insert",
    "insert into database (catalog_id, name, definition) select id, $2, $3 from catalog where name = $1",
);
const DATABASE_UPDATE: Sql = Sql::both("database_update", "update database set definition = $2 where id = $1");
const DATABASE_TABLES_DETACH: Sql = Sql::both(
    "database_tables_detach",
    "update tbl set database_id = null where database_id = $1 and dropped_at is not null",
);
const DATABASE_DELETE: Sql = Sql::both("database_delete", "delete from database where id = $1");

pub(super) const ALL: &[&Sql] = &[
    &CATALOG_GET,
    &CATALOG_LIST,
    &CATALOG_INSERT,
    &CATALOG_UPDATE,
    &CATALOG_DELETE,
    &DATABASE_GET,
    &DATABASE_GET_BESIDE,
    &DATABASE_SHARE,
    &DATABASE_LOCK,
    &DATABASE_LIST,
    &DATABASE_LIST_ALL,
    &DATABASE_NAMES,
    &DATABASE_INSERT,
    &DATABASE_UPDATE,
    &DATABASE_TABLES_DETACH,
    &DATABASE_DELETE,
];

/// A database with the id of its row.
#[derive(Debug, Clone)]
pub struct StoredDatabase {
    pub id: i64,
    pub database: Database,
}

impl Txn {
    pub async fn catalog_get(&mut self, name: &str) -> Result<Option<Catalog>> {
        self.first(&CATALOG_GET, &[Arg::Text(name)]).await?.map(|row| row.json(0)).transpose()
    }
    /// Names, sorted.
    pub async fn catalog_list(&mut self) -> Result<Vec<String>> {
        self.list(&CATALOG_LIST, &[], |row| row.text(0).map(str::to_owned)).await
    }
    /// A taken name is `AlreadyExists`.
    pub async fn catalog_insert(&mut self, catalog: &Catalog) -> Result<()> {
        self.execute(&CATALOG_INSERT, &[Arg::Text(&catalog.name), Arg::Text(&to_json("a catalog", catalog)?)])
            .await
            .map(drop)
    }
    /// Replaces the catalog `name`; false when there is none.
    pub async fn catalog_update(&mut self, name: &str, catalog: &Catalog) -> Result<bool> {
        let args = [Arg::Text(name), Arg::Text(&catalog.name), Arg::Text(&to_json("a catalog", catalog)?)];
        Ok(self.execute(&CATALOG_UPDATE, &args).await? > 0)
    }
    pub async fn catalog_delete(&mut self, name: &str) -> Result<bool> {
        Ok(self.execute(&CATALOG_DELETE, &[Arg::Text(name)]).await? > 0)
    }

    async fn database_by(&mut self, sql: &'static Sql, catalog: &str, name: &str) -> Result<Option<StoredDatabase>> {
        let row = self.first(sql, &[Arg::Text(catalog), Arg::Text(name)]).await?;
        row.map(|row| Ok(StoredDatabase { id: row.i64(0)?, database: row.json(1)? })).transpose()
    }
    pub async fn database_get(&mut self, catalog: &str, name: &str) -> Result<Option<StoredDatabase>> {
        self.database_by(&DATABASE_GET, catalog, name).await
    }
    /// The database, as it is stored too, and whether it has a table of this name.
    pub async fn database_get_beside(
        &mut self,
        catalog: &str,
        name: &str,
        table: &str,
    ) -> Result<Option<(Database, String, bool)>> {
        let row = self.first(&DATABASE_GET_BESIDE, &[Arg::Text(catalog), Arg::Text(name), Arg::Text(table)]).await?;
        row.map(|row| Ok((row.json(1)?, row.string(1)?, row.i64(2)? > 0))).transpose()
    }
    /// The database, kept from being dropped until this transaction ends.
    pub async fn database_share(&mut self, catalog: &str, name: &str) -> Result<Option<StoredDatabase>> {
        self.database_by(&DATABASE_SHARE, catalog, name).await
    }
    /// The database, for this transaction alone to change.
    pub async fn database_lock(&mut self, catalog: &str, name: &str) -> Result<Option<StoredDatabase>> {
        self.database_by(&DATABASE_LOCK, catalog, name).await
    }
    /// All databases of a catalog, by name.
    pub async fn database_list(&mut self, catalog: &str) -> Result<Vec<Database>> {
        self.list(&DATABASE_LIST, &[Arg::Text(catalog)], |row| row.json(0)).await
    }
    /// Reads all databases of all catalogs, by id. One that cannot be read is logged and comes as [`Damaged`].
    pub async fn database_list_all(&mut self) -> Result<(Vec<StoredDatabase>, Vec<Damaged>)> {
        let all = self.list(&DATABASE_LIST_ALL, &[], |row| {
            let id = row.i64(0)?;
            let database = readable("a database's definition", id, row.json(1))?;
            let stored = database.map(|database| StoredDatabase { id, database });
            Ok(stored.ok_or(Damaged { id, locations: locations_in(row.text(1)?) }))
        });
        let (mut databases, mut damaged) = (Vec::new(), Vec::new());
        for one in all.await? {
            match one {
                Ok(database) => databases.push(database),
                Err(one) => damaged.push(one),
            }
        }
        Ok((databases, damaged))
    }
    /// Names, sorted.
    pub async fn database_names(&mut self, catalog: &str) -> Result<Vec<String>> {
        self.list(&DATABASE_NAMES, &[Arg::Text(catalog)], |row| row.text(0).map(str::to_owned)).await
    }
    /// A taken name is `AlreadyExists`, an unknown catalog `NotFound`.
    pub async fn database_insert(&mut self, database: &Database) -> Result<()> {
        let args =
            [Arg::Text(&database.catalog), Arg::Text(&database.name), Arg::Text(&to_json("a database", database)?)];
        if self.execute(&DATABASE_INSERT, &args).await? == 0 {
            return Err(Error::not_found(format!("No catalog {}", database.catalog)));
        }
        Ok(())
    }
    pub async fn database_update(&mut self, id: i64, database: &Database) -> Result<()> {
        self.execute(&DATABASE_UPDATE, &[Arg::I64(id), Arg::Text(&to_json("a database", database)?)]).await.map(drop)
    }
    /// Deletes a locked database that has no tables left.
    pub async fn database_delete(&mut self, id: i64) -> Result<()> {
        self.execute(&DATABASE_TABLES_DETACH, &[Arg::I64(id)]).await?;
        self.execute(&DATABASE_DELETE, &[Arg::I64(id)]).await.map(drop)
    }
}
