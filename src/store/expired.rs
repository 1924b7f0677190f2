//! Places that only versions knew whose retention is over. The store notes them when it forgets the last row that it
//! would know them by; whether somebody else has them is asked when they are told of.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};
use skep_core::Result;

use super::driver::{Arg, ColumnArg, Sql};
use super::sketch::TableSketch;
use super::txn::Txn;

/// Rows about to go, where no row of the same name is left that has its data in the same place.
const EXPIRED_ROWS: Sql = Sql::per_dialect(
    "expired_rows",
    "select p.name, coalesce(p.location, b.uri || '/' || p.name) from partition p left join base b on b.id = p.base_id \
     cross join lateral (select count(*) as live from partition n where n.table_id = $1 and n.removed is null \
     and n.name = p.name and n.id <> p.id and coalesce(n.base_id, 0) = coalesce(p.base_id, 0) \
     and coalesce(n.location, '') = coalesce(p.location, '') offset 0) l where p.id = any($2) and l.live = 0",
    "select p.name, coalesce(p.location, b.uri || '/' || p.name) from partition p left join base b on b.id = p.base_id \
     where p.id in (select value from json_each($2)) and not exists (select 1 from partition n where n.table_id = $1 \
     and n.removed is null and n.name = p.name and n.id <> p.id and coalesce(n.base_id, 0) = coalesce(p.base_id, 0) \
     and coalesce(n.location, '') = coalesce(p.location, ''))",
);
/// Definitions that are about to go. They are read here and not by the database, which would end at one that is damaged.
const EXPIRED_DEFINITIONS: Sql = Sql::per_dialect(
    "expired_definitions",
    "select definition from table_version where table_id = $1 and version < $2 and version <> all($3) \
     and definition is not null",
    "select definition from table_version where table_id = $1 and version < $2 \
     and version not in (select value from json_each($3)) and definition is not null",
);
const EXPIRED_INSERT: Sql = Sql::per_dialect(
    "expired_insert",
    "insert into expired_place (table_id, table_name, at, location, location_hash, partition) \
     select $1, $2, $3, u.* from unnest($4::text[], $5::text[], $6::text[]) u on conflict (location_hash) do nothing",
    "insert into expired_place (table_id, table_name, at, location, location_hash, partition) \
     select $1, $2, $3, value->>0, value->>1, value->>2 from json_each($4) where true \
     on conflict (location_hash) do nothing",
);
const EXPIRED_LIST: Sql = Sql::both(
    "expired_list",
    "select id, location, table_id, table_name, partition, at from expired_place where id > $1 order by id limit $2",
);
const EXPIRED_LIST_OF: Sql = Sql::both(
    "expired_list_of",
    "select id, location, table_id, table_name, partition, at from expired_place where table_name = $3 and id > $1 \
     order by id limit $2",
);
const EXPIRED_DELETE: Sql = Sql::per_dialect(
    "expired_delete",
    "delete from expired_place where id = any($1)",
    "delete from expired_place where id in (select value from json_each($1))",
);
/// The beginnings of places that follow from partitions' names.
const PLACE_BASES: Sql = Sql::both("place_bases", "select id, uri from base");
/// Where partitions of any version lie, and whether the table is there: those with places of their own, and those below
/// some beginnings.
const PLACE_PARTITIONS: Sql = Sql::per_dialect(
    "place_partitions",
    "select coalesce(p.location, b.uri || '/' || p.name) from partition p left join base b on b.id = p.base_id \
     join tbl t on t.id = p.table_id and t.dropped_at is null where p.location is not null or p.base_id = any($1)",
    "select coalesce(p.location, b.uri || '/' || p.name) from partition p left join base b on b.id = p.base_id \
     join tbl t on t.id = p.table_id and t.dropped_at is null \
     where p.location is not null or p.base_id in (select value from json_each($1))",
);
/// Definitions that are kept of tables that are there.
const PLACE_TABLES: Sql = Sql::both(
    "place_tables",
    "select t.id, v.definition from table_version v join tbl t on t.id = v.table_id and t.dropped_at is null \
     where v.definition is not null",
);

pub(super) const ALL: &[&Sql] = &[
    &EXPIRED_ROWS,
    &EXPIRED_DEFINITIONS,
    &EXPIRED_INSERT,
    &EXPIRED_LIST,
    &EXPIRED_LIST_OF,
    &EXPIRED_DELETE,
    &PLACE_BASES,
    &PLACE_PARTITIONS,
    &PLACE_TABLES,
];

/// A place that only expired versions knew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiredPlace {
    pub id: i64,
    pub location: String,
    pub table_id: i64,
    /// `catalog.database.table`, as it was called then.
    pub table: String,
    /// Empty where it was the table's own.
    pub partition: String,
    /// When it was forgotten, in milliseconds since the epoch.
    pub at_ms: i64,
}

fn hash(location: &str) -> String {
    Sha256::digest(location.as_bytes()).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

impl Txn {
    /// Notes the places of partition rows that are about to go.
    pub(super) async fn expired_note(&mut self, table_id: i64, rows: &[i64]) -> Result<()> {
        let args = [Arg::I64(table_id), Arg::I64s(rows)];
        let places =
            self.list(&EXPIRED_ROWS, &args, |row| Ok(row.opt_string(1)?.map(|place| (row.string(0), place)))).await?;
        let places = places.into_iter().flatten().map(|(name, place)| Ok((name?, place)));
        self.expired_insert(table_id, places.collect::<Result<_>>()?).await
    }

    /// The same of definitions: of a table, before a version, but those of some versions.
    pub(super) async fn expired_note_definitions(&mut self, table_id: i64, args: &[Arg<'_>]) -> Result<()> {
        let mut places = BTreeSet::new();
        self.for_each(&EXPIRED_DEFINITIONS, args, |row| {
            places.extend(TableSketch::of(table_id, row.text(0)?).locations);
            Ok(())
        })
        .await?;
        let Some(now) = self.table_sketch(table_id).await? else { return Ok(()) };
        let old = places.into_iter().filter(|place| !now.locations.contains(place));
        self.expired_insert(table_id, old.map(|place| (String::new(), place)).collect()).await
    }

    /// The same of a dropped table's own place.
    pub(super) async fn expired_note_table(&mut self, table_id: i64) -> Result<()> {
        let last = self.table_sketch(table_id).await?.filter(|table| !table.is_view).unwrap_or_default();
        self.expired_insert(table_id, last.locations.into_iter().map(|place| (String::new(), place)).collect()).await
    }

    async fn expired_insert(&mut self, table_id: i64, places: Vec<(String, String)>) -> Result<()> {
        if places.is_empty() {
            return Ok(());
        }
        let table = self.table_sketch(table_id).await?.unwrap_or_default().full_name;
        let columns = [
            ColumnArg::Text(places.iter().map(|(_, place)| place.clone()).collect()),
            ColumnArg::Text(places.iter().map(|(_, place)| hash(place)).collect()),
            ColumnArg::Text(places.into_iter().map(|(name, _)| name).collect()),
        ];
        let args = [Arg::I64(table_id), Arg::Text(&table), Arg::I64(self.now_ms()), Arg::Columns(&columns)];
        self.execute(&EXPIRED_INSERT, &args).await.map(drop)
    }

    /// Places after `after`, of one table (by its full name) or of all, in the order in which they were forgotten.
    pub async fn expired_list(&mut self, table: Option<&str>, after: i64, limit: i64) -> Result<Vec<ExpiredPlace>> {
        let args = [Arg::I64(after), Arg::I64(limit), Arg::Text(table.unwrap_or_default())];
        let (sql, args) = match table {
            Some(_) => (&EXPIRED_LIST_OF, &args[..]),
            None => (&EXPIRED_LIST, &args[..2]),
        };
        self.list(sql, args, |row| {
            Ok(ExpiredPlace {
                id: row.i64(0)?,
                location: row.string(1)?,
                table_id: row.i64(2)?,
                table: row.string(3)?,
                partition: row.string(4)?,
                at_ms: row.i64(5)?,
            })
        })
        .await
    }

    pub async fn expired_delete(&mut self, ids: &[i64]) -> Result<u64> {
        if ids.is_empty() { Ok(0) } else { self.execute(&EXPIRED_DELETE, &[Arg::I64s(ids)]).await }
    }

    /// Where places of partitions begin: id and text.
    pub async fn place_bases(&mut self) -> Result<Vec<(i64, String)>> {
        self.list(&PLACE_BASES, &[], |row| Ok((row.i64(0)?, row.string(1)?))).await
    }

    /// Calls `each` with the place of every partition of a table that is there, in any version that is kept, which has a
    /// place of its own or begins so. Reads very many rows: only on command.
    pub async fn place_partitions(&mut self, bases: &[i64], mut each: impl FnMut(&str) + Send) -> Result<()> {
        self.for_each(&PLACE_PARTITIONS, &[Arg::I64s(bases)], |row| {
            if let Some(place) = row.opt_text(0)? {
                each(place);
            }
            Ok(())
        })
        .await
    }

    /// Calls `each` with every place that a table which is there has or had by a definition that is kept, its id, and
    /// whether it has partitions.
    pub async fn place_tables(&mut self, mut each: impl FnMut(&str, i64, bool) + Send) -> Result<()> {
        self.for_each(&PLACE_TABLES, &[], |row| {
            let table_id = row.i64(0)?;
            let table = TableSketch::of(table_id, row.text(1)?);
            for place in &table.locations {
                each(place, table_id, table.is_partitioned);
            }
            Ok(())
        })
        .await
    }
}
