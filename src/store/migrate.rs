//! Migrations: applied in order, each in a transaction, under a lock, and recorded with their checksum.

use sha2::{Digest as _, Sha256};
use skep_core::{Error, Result};

use super::driver::{Arg, Conn, Sql};
use super::pool::Pool;
use super::store::Store;

/// One step, with its text per dialect.
struct Migration {
    version: i64,
    name: &'static str,
    postgres: &'static str,
    sqlite: &'static str,
}

macro_rules! migration {
    ($version:literal, $name:literal) => {
        Migration {
            version: $version,
            name: $name,
            postgres: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
            sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
        }
    };
}

const MIGRATIONS: &[Migration] = &[
    migration!(1, "0001_init"),
    migration!(2, "0002_registration"),
    migration!(3, "0003_plan"),
    migration!(4, "0004_versions"),
    migration!(5, "0005_file_blocks"),
    migration!(6, "0006_places"),
    migration!(7, "0007_node_lease"),
    migration!(8, "0008_definitions"),
];

/// The version that a store has after [`run`].
pub const SCHEMA_VERSION: i64 = match MIGRATIONS.last() {
    Some(last) => last.version,
    None => 0,
};

const CREATE: Sql = Sql::both(
    "migration_create",
    "create table if not exists skep_migration (version bigint primary key, name text not null, checksum text not null, at bigint not null)",
);
const LOCK: Sql = Sql::per_dialect("migration_lock", "lock table skep_migration in exclusive mode", "select 1");
const LIST: Sql = Sql::both("migration_list", "select version, checksum from skep_migration order by version");
const INSERT: Sql =
    Sql::both("migration_insert", "insert into skep_migration (version, name, checksum, at) values ($1, $2, $3, $4)");
/// Tables of the target schema that are not ours, when ours are not there.
const FOREIGN: Sql = Sql::per_dialect(
    "migration_foreign",
    "select table_name::text from information_schema.tables where table_schema = current_schema() \
     and not exists (select 1 from information_schema.tables where table_schema = current_schema() and table_name = 'skep_migration') \
     order by (table_name = 'DBS') desc, table_name limit 4",
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' \
     and not exists (select 1 from sqlite_master where name = 'skep_migration') order by name limit 4",
);

/// Brings the schema up to date. Refuses a schema that holds something else, an HMS's tables say.
pub async fn run(store: &Store) -> Result<()> {
    let mut conn = store.conn_write().await?;
    let foreign = conn.list(&FOREIGN, &[], |row| row.text(0).map(str::to_owned)).await?;
    if !foreign.is_empty() {
        let hms = if foreign.iter().any(|t| t == "DBS") { " (a Hive metastore's)" } else { "" };
        return Err(Error::meta(format!(
            "the database already holds tables that are not Skep's{hms}: {}, …; give Skep an empty database or schema of its own",
            foreign.join(", ")
        )));
    }
    conn.execute(&CREATE, &[]).await?;
    conn.execute(&LOCK, &[]).await?;
    let done = conn.list(&LIST, &[], |row| Ok((row.i64(0)?, row.string(1)?))).await?;
    check(store, &done)?;
    for migration in MIGRATIONS.iter().skip(done.len()) {
        apply(store, &mut conn, migration).await?;
    }
    conn.commit().await
}

fn text(store: &Store, migration: &Migration) -> &'static str {
    match store.pool() {
        Pool::Postgres { .. } => migration.postgres,
        Pool::Sqlite { .. } => migration.sqlite,
    }
}

fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// What is recorded must be what this binary has.
fn check(store: &Store, done: &[(i64, String)]) -> Result<()> {
    for (at, (version, sum)) in done.iter().enumerate() {
        match MIGRATIONS.get(at) {
            Some(known) if known.version == *version && checksum(text(store, known)) == *sum => {}
            Some(_) => {
                return Err(Error::meta(format!(
                    "migration {version} of this database is not the one that this version of Skep has"
                )));
            }
            None => {
                return Err(Error::meta(format!(
                    "the database is of a later version of Skep (migration {version}); run that version"
                )));
            }
        }
    }
    Ok(())
}

async fn apply(store: &Store, conn: &mut Conn, migration: &Migration) -> Result<()> {
    let text = text(store, migration);
    conn.script(migration.name, text).await?;
    let args = [Arg::I64(migration.version), Arg::Text(migration.name), Arg::Text(&checksum(text)), Arg::I64(0)];
    conn.execute(&INSERT, &args).await?;
    tracing::info!(migration = migration.name, "schema migrated");
    Ok(())
}
