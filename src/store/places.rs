//! The ledger of places: who lies at, above or below a place, each question one look-up by index.

use sha2::{Digest as _, Sha256};
use skep_core::{Error, Kind, PlaceKey, Result};

use super::driver::{Arg, ColumnArg, Row, Sql};
use super::sketch::TableSketch;
use super::txn::Txn;

/// Locks places until the transaction ends: alone (1) or beside others (0). SQLite has one writer at a time.
const PLACES_LOCK: Sql = Sql::per_dialect(
    "places_lock",
    "select count(*) from (select case when u.alone = 1 then pg_advisory_xact_lock(u.hash)::text \
     else pg_advisory_xact_lock_shared(u.hash)::text end as taken \
     from unnest($1::bigint[], $2::bigint[]) u (hash, alone)) l where l.taken is not null",
    "select count(*) from json_each($1)",
);
/// Holders at or above some keys ($1), and those at or below each of some ($2: bounds).
const PLACES_RELATED: Sql = Sql::per_dialect(
    "places_related",
    "select p.key, p.kind, p.owner, p.name, p.leaf, p.location from place p where p.key = any($1) \
     union all select p.key, p.kind, p.owner, p.name, p.leaf, p.location \
     from unnest($2::text[], $3::text[]) u (low, high) cross join lateral \
     (select * from place where key >= u.low and key < u.high offset 0) p",
    "select p.key, p.kind, p.owner, p.name, p.leaf, p.location from place p \
     where p.key in (select value from json_each($1)) \
     union all select p.key, p.kind, p.owner, p.name, p.leaf, p.location \
     from json_each($2) u join place p on p.key >= u.value->>0 and p.key < u.value->>1",
);
/// The same of partitions with places of their own, but those of some tables ($2).
const PARTITIONS_RELATED: Sql = Sql::per_dialect(
    "partitions_related",
    "select p.id, p.table_id, p.place, p.name, (p.removed is null)::int::bigint, p.location \
     from partition p join tbl t on t.id = p.table_id and t.dropped_at is null \
     where p.place = any($1) and p.table_id <> all($2) \
     union all select p.id, p.table_id, p.place, p.name, (p.removed is null)::int::bigint, p.location \
     from unnest($3::text[], $4::text[]) u (low, high) cross join lateral \
     (select * from partition where place >= u.low and place < u.high and table_id <> all($2) offset 0) p \
     join tbl t on t.id = p.table_id and t.dropped_at is null",
    "select p.id, p.table_id, p.place, p.name, p.removed is null, p.location \
     from partition p join tbl t on t.id = p.table_id and t.dropped_at is null \
     where p.place in (select value from json_each($1)) and p.table_id not in (select value from json_each($2)) \
     union all select p.id, p.table_id, p.place, p.name, p.removed is null, p.location \
     from json_each($3) u join partition p on p.place >= u.value->>0 and p.place < u.value->>1 \
     join tbl t on t.id = p.table_id and t.dropped_at is null \
     where p.table_id not in (select value from json_each($2))",
);
/// What is being deleted or moved at, above or below some keys; asked for before all who add something.
const PLACE_TASKS: Sql = Sql::per_dialect(
    "place_tasks",
    "select p.key, p.kind, p.owner, p.name, p.leaf, p.location from place p \
     where p.kind >= 10 and p.key = any($1) \
     union all select p.key, p.kind, p.owner, p.name, p.leaf, p.location from place p \
     where p.kind >= 10 and p.key >= $2 and p.key < $3",
    "select p.key, p.kind, p.owner, p.name, p.leaf, p.location from place p \
     where p.kind >= 10 and p.key in (select value from json_each($1)) \
     union all select p.key, p.kind, p.owner, p.name, p.leaf, p.location from place p \
     where p.kind >= 10 and p.key >= $2 and p.key < $3",
);
/// Names of a table's partitions below a base that follow from it: those given, and those from one name to before another.
const PARTITIONS_BELOW_BASE: Sql = Sql::per_dialect(
    "partitions_below_base",
    "select p.name from partition p join base b on b.id = p.base_id where p.table_id = $1 and b.uri = $2 \
     and p.removed is null and (p.name = any($3) or (p.name >= $4 and p.name < $5)) limit 1000",
    "select p.name from partition p join base b on b.id = p.base_id where p.table_id = $1 and b.uri = $2 \
     and p.removed is null and (p.name in (select value from json_each($3)) or (p.name >= $4 and p.name < $5)) limit 1000",
);
const PARTITIONS_OF_BASE: Sql = Sql::both(
    "partitions_of_base",
    "select 1 from partition p join base b on b.id = p.base_id where p.table_id = $1 and b.uri = $2 limit 1",
);
const PLACE_INSERT: Sql = Sql::both(
    "place_insert",
    "insert into place (key, rank, kind, owner, name, leaf, location) \
     select $1, coalesce((select max(rank) + 1 from place where key = $1), 0), $2, $3, $4, $5, $6",
);
/// The places of one task, each once.
const PLACE_INSERT_TASK: Sql = Sql::per_dialect(
    "place_insert_task",
    "insert into place (key, rank, kind, owner, leaf, location) select u.key, \
     coalesce((select max(p.rank) + 1 from place p where p.key = u.key), 0), $1, $2, 1, u.key \
     from unnest($3::text[]) u (key)",
    "insert into place (key, rank, kind, owner, leaf, location) select u.value->>0, \
     coalesce((select max(p.rank) + 1 from place p where p.key = u.value->>0), 0), $1, $2, 1, u.value->>0 \
     from json_each($3) u where true",
);
const PLACE_DELETE: Sql = Sql::both("place_delete", "delete from place where kind = $1 and owner = $2");
/// What a dropped table has had besides its own place, which a deletion may have by now.
const PLACES_LEAVE: Sql = Sql::both("places_leave", "delete from place where owner = $1 and kind in (2, 3, 4)");
const PLACE_DELETE_NAMED: Sql =
    Sql::both("place_delete_named", "delete from place where kind = $1 and owner = $2 and name = $3");
const PLACE_DELETE_AT: Sql =
    Sql::both("place_delete_at", "delete from place where kind = $1 and owner = $2 and key = $3 and location = $4");
const TABLE_DEFINITIONS: Sql = Sql::both(
    "table_definitions",
    "select definition from table_version where table_id = $1 and definition is not null",
);
const PLACE_OF: Sql = Sql::both(
    "place_of",
    "select key, kind, owner, name, leaf, location from place where kind = $1 and owner = $2 order by id",
);
const PLACE_CROWDED: Sql = Sql::both("place_crowded", "select crowded from tbl where id = $1");
const PLACE_CROWD_TABLES: Sql = Sql::per_dialect(
    "place_crowd_tables",
    "update tbl set crowded = 1 where crowded = 0 and id = any($1)",
    "update tbl set crowded = 1 where crowded = 0 and id in (select value from json_each($1))",
);
const PLACE_CROWD_DATABASES: Sql = Sql::per_dialect(
    "place_crowd_databases",
    "update database set crowded = 1 where crowded = 0 and id = any($1)",
    "update database set crowded = 1 where crowded = 0 and id in (select value from json_each($1))",
);
/// Nothing lies around a table's place any more.
const PLACE_ALONE: Sql = Sql::both("place_alone", "update tbl set crowded = 0 where id = $1 and crowded = 1");
/// Where partitions of any version lie below by their names.
const BASES_OF: Sql = Sql::both(
    "bases_of",
    "select b.uri from base b where b.id in (select distinct p.base_id from partition p where p.table_id = $1 \
     and p.base_id is not null)",
);
const PARTITIONS_PLACED: Sql = Sql::both(
    "partitions_placed",
    "select id, table_id, location from partition where location is not null and id > $1 order by id limit $2",
);
const PARTITIONS_KEY: Sql = Sql::per_dialect(
    "partitions_key",
    "update partition p set place = u.key from unnest($1::bigint[], $2::text[]) u (id, key) where p.id = u.id",
    "update partition set place = u.value->>1 from json_each($1) u where partition.id = u.value->>0",
);
/// Partitions whose data another row has from now on: their earlier rows hold no place any more.
const PARTITION_PLACE_FORGET: Sql = Sql::per_dialect(
    "partition_place_forget",
    "update partition set place = null where table_id = $1 and removed = $2 and name = any($3) and place is not null",
    "update partition set place = null where table_id = $1 and removed = $2 \
     and name in (select value from json_each($3)) and place is not null",
);

pub(super) const ALL: &[&Sql] = &[
    &PLACES_LOCK,
    &PLACES_RELATED,
    &PARTITIONS_RELATED,
    &PLACE_TASKS,
    &PARTITIONS_BELOW_BASE,
    &PARTITIONS_OF_BASE,
    &PLACE_INSERT,
    &PLACE_INSERT_TASK,
    &PLACE_DELETE,
    &PLACES_LEAVE,
    &PLACE_DELETE_NAMED,
    &PLACE_DELETE_AT,
    &TABLE_DEFINITIONS,
    &PLACE_OF,
    &PLACE_CROWDED,
    &PLACE_CROWD_TABLES,
    &PLACE_CROWD_DATABASES,
    &PARTITION_PLACE_FORGET,
    &PLACE_ALONE,
    &BASES_OF,
    &PARTITIONS_PLACED,
    &PARTITIONS_KEY,
];

/// More places than this are locked by what holds them all.
const LOCKS_MAX: usize = 64;

/// What holds a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    Table,
    Database,
    /// An earlier place of a partitioned table, with partitions whose places follow from it.
    Base,
    /// An earlier place of a table without partitions, which a kept version shows.
    Kept,
    /// Where a partition's own place leads by links; `location` is the place as the partition has it.
    Link,
    /// Where the compaction of an event log writes; `name` is its token.
    Compaction,
    /// Files of a batch in quarantine; `name` is its id.
    Quarantine,
    /// It is being deleted; `owner` is the task.
    Deletion,
    /// Something is being moved there; `owner` is the task.
    Move,
}

const KINDS: [(PlaceKind, i64); 9] = [
    (PlaceKind::Table, 0),
    (PlaceKind::Database, 1),
    (PlaceKind::Base, 2),
    (PlaceKind::Kept, 3),
    (PlaceKind::Link, 4),
    (PlaceKind::Compaction, 5),
    (PlaceKind::Quarantine, 6),
    (PlaceKind::Deletion, 10),
    (PlaceKind::Move, 11),
];

impl PlaceKind {
    /// The number by which it is stored.
    pub fn code(self) -> i64 {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or(-1, |(_, code)| *code)
    }
    fn read(code: i64) -> Result<Self> {
        let kind = KINDS.iter().find(|(_, known)| *known == code).map(|(kind, _)| *kind);
        kind.ok_or_else(|| Error::new(Kind::Corrupt, format!("a place has the unknown kind {code}")))
    }
    /// Tells whether it stands for something that is done to files.
    pub fn is_task(self) -> bool {
        matches!(self, Self::Deletion | Self::Move)
    }
}

/// A holder of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRow {
    pub key: PlaceKey,
    pub kind: PlaceKind,
    /// The id of the table, the database or the task.
    pub owner: i64,
    pub name: String,
    /// All that lies below belongs to it, too.
    pub is_leaf: bool,
    /// As the holder's definition has it.
    pub location: String,
}

/// A partition with a place of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedPartition {
    pub id: i64,
    pub table_id: i64,
    pub key: PlaceKey,
    pub name: String,
    /// It is in the newest version; else in a kept one.
    pub is_live: bool,
    pub location: String,
}

fn read_place(row: &Row) -> Result<PlaceRow> {
    Ok(PlaceRow {
        key: PlaceKey::stored(row.string(0)?),
        kind: PlaceKind::read(row.i64(1)?)?,
        owner: row.i64(2)?,
        name: row.string(3)?,
        is_leaf: row.i64(4)? != 0,
        location: row.string(5)?,
    })
}

fn hash(key: &str) -> i64 {
    let digest = Sha256::digest(format!("place {key}").as_bytes());
    digest.iter().take(8).fold(0_i64, |hash, byte| (hash << 8) | i64::from(*byte))
}

/// All keys above these, each once.
fn above(keys: &[PlaceKey]) -> Vec<String> {
    let mut above: Vec<String> = keys.iter().flat_map(PlaceKey::above).map(str::to_owned).collect();
    above.sort_unstable();
    above.dedup();
    above
}

/// The bounds of what lies at or below each key, as columns.
fn ranges(keys: &[PlaceKey]) -> [ColumnArg<'_>; 2] {
    [
        ColumnArg::Str(keys.iter().map(PlaceKey::as_str).collect()),
        ColumnArg::Text(keys.iter().map(|key| key.range().1).collect()),
    ]
}

impl Txn {
    /// Locks these places against all who place, move or delete something at, above or below one of them, until the
    /// transaction ends. Who only adds a table at the default place of a database that is not crowded need not.
    pub async fn places_lock(&mut self, keys: &[PlaceKey]) -> Result<()> {
        let mut alone: Vec<&PlaceKey> = keys.iter().collect();
        alone.sort_unstable();
        alone.dedup();
        let common = if alone.len() > LOCKS_MAX { PlaceKey::common(alone.iter().copied()) } else { None };
        let (alone, everything) = match (&common, alone.len() > LOCKS_MAX) {
            (Some(common), _) => (vec![common], false),
            (None, true) => (Vec::new(), true),
            (None, false) => (alone, false),
        };
        // In the order of keys, the outermost first: two that lock the same never wait for each other in a circle.
        let mut locks: std::collections::BTreeMap<&str, i64> = alone.iter().map(|key| (key.as_str(), 1)).collect();
        for above in alone.iter().flat_map(|key| key.above()) {
            locks.entry(above).or_insert(0);
        }
        locks.insert("", i64::from(everything));
        let columns = [
            ColumnArg::I64(locks.keys().map(|key| hash(key)).collect()),
            ColumnArg::I64(locks.values().copied().collect()),
        ];
        self.one(&PLACES_LOCK, &[Arg::Columns(&columns)]).await.map(drop)
    }

    /// Gives who holds places at, above or below any of these.
    pub async fn places_related(&mut self, keys: &[PlaceKey]) -> Result<Vec<PlaceRow>> {
        let (above, ranges) = (above(keys), ranges(keys));
        let args = [Arg::Texts(&above), Arg::Columns(&ranges)];
        self.list(&PLACES_RELATED, &args, read_place).await
    }

    /// Gives the partitions of live tables, but these, that have places of their own at, above or below any of these,
    /// by versions that are kept.
    pub async fn partitions_related(&mut self, keys: &[PlaceKey], but: &[i64]) -> Result<Vec<PlacedPartition>> {
        let (above, ranges) = (above(keys), ranges(keys));
        let args = [Arg::Texts(&above), Arg::I64s(but), Arg::Columns(&ranges)];
        self.list(&PARTITIONS_RELATED, &args, |row| {
            Ok(PlacedPartition {
                id: row.i64(0)?,
                table_id: row.i64(1)?,
                key: PlaceKey::stored(row.string(2)?),
                name: row.string(3)?,
                is_live: row.i64(4)? != 0,
                location: row.opt_string(5)?.unwrap_or_default(),
            })
        })
        .await
    }

    /// Gives what is being deleted or moved around these places; some of it may only lie in what holds all of them.
    pub async fn place_tasks(&mut self, keys: &[PlaceKey]) -> Result<Vec<PlaceRow>> {
        let Some(common) = PlaceKey::common(keys) else { return self.places_related(keys).await.map(tasks_of) };
        let above = above(keys);
        let (low, high) = common.range();
        let args = [Arg::Texts(&above), Arg::Text(low), Arg::Text(&high)];
        self.list(&PLACE_TASKS, &args, read_place).await
    }

    /// Gives the names of current partitions that lie below this base by their name, at, above or below a path there.
    pub async fn partitions_below_base(&mut self, table_id: i64, base: &str, path: &str) -> Result<Vec<String>> {
        let names: Vec<String> =
            path.match_indices('/').map(|(at, _)| path[..at].to_owned()).chain([path.to_owned()]).collect();
        let (low, high) = (format!("{path}/"), format!("{path}0"));
        let args = [Arg::I64(table_id), Arg::Text(base), Arg::Texts(&names), Arg::Text(&low), Arg::Text(&high)];
        self.list(&PARTITIONS_BELOW_BASE, &args, |row| row.string(0)).await
    }

    /// Tells whether partitions of any kept version lie below this base by their name.
    pub async fn base_is_used(&mut self, table_id: i64, base: &str) -> Result<bool> {
        Ok(self.first(&PARTITIONS_OF_BASE, &[Arg::I64(table_id), Arg::Text(base)]).await?.is_some())
    }

    /// Notes a holder, behind those that have the place already. Errors: Conflict where somebody took the place at the
    /// same moment.
    pub async fn place_insert(&mut self, place: &PlaceRow) -> Result<()> {
        let args = [
            Arg::Text(place.key.as_str()),
            Arg::I64(place.kind.code()),
            Arg::I64(place.owner),
            Arg::Text(&place.name),
            Arg::I64(i64::from(place.is_leaf)),
            Arg::Text(&place.location),
        ];
        let inserted = self.execute(&PLACE_INSERT, &args).await;
        inserted.map(drop).map_err(|e| e.recast(Kind::AlreadyExists, Kind::Conflict))
    }

    /// Notes that a task holds these places, each of which is given once. Errors: Conflict where somebody took one at the
    /// same moment.
    pub async fn place_insert_task(&mut self, kind: PlaceKind, task: i64, keys: &[PlaceKey]) -> Result<()> {
        let columns = [ColumnArg::Str(keys.iter().map(PlaceKey::as_str).collect())];
        let args = [Arg::I64(kind.code()), Arg::I64(task), Arg::Columns(&columns)];
        self.execute(&PLACE_INSERT_TASK, &args).await.map(drop)
    }

    /// Forgets all places that an owner holds in one way.
    pub async fn place_delete(&mut self, kind: PlaceKind, owner: i64) -> Result<()> {
        self.execute(&PLACE_DELETE, &[Arg::I64(kind.code()), Arg::I64(owner)]).await.map(drop)
    }

    /// Forgets the earlier places of a table that was dropped, and, unless a deletion takes it over, its own.
    pub async fn places_leave(&mut self, table_id: i64) -> Result<()> {
        self.execute(&PLACES_LEAVE, &[Arg::I64(table_id)]).await?;
        self.place_delete(PlaceKind::Table, table_id).await
    }

    /// Forgets those of a name.
    pub async fn place_delete_named(&mut self, kind: PlaceKind, owner: i64, name: &str) -> Result<()> {
        self.execute(&PLACE_DELETE_NAMED, &[Arg::I64(kind.code()), Arg::I64(owner), Arg::Text(name)]).await.map(drop)
    }

    /// Forgets one place of an owner.
    pub async fn place_delete_at(&mut self, place: &PlaceRow) -> Result<()> {
        let args = [
            Arg::I64(place.kind.code()),
            Arg::I64(place.owner),
            Arg::Text(place.key.as_str()),
            Arg::Text(&place.location),
        ];
        self.execute(&PLACE_DELETE_AT, &args).await.map(drop)
    }

    /// Gives the locations that a table has by the versions that are kept; of a damaged definition, all that it can mean.
    pub async fn table_locations(&mut self, table_id: i64) -> Result<Vec<String>> {
        let all = self
            .list(&TABLE_DEFINITIONS, &[Arg::I64(table_id)], |row| Ok(TableSketch::of(table_id, row.text(0)?)))
            .await?;
        Ok(all.into_iter().flat_map(|sketch| sketch.locations).collect())
    }

    /// Gives the places that an owner holds in one way.
    pub async fn place_of(&mut self, kind: PlaceKind, owner: i64) -> Result<Vec<PlaceRow>> {
        self.list(&PLACE_OF, &[Arg::I64(kind.code()), Arg::I64(owner)], read_place).await
    }

    /// Tells whether something else lies at, above or below a locked table's place: only then it must be asked what.
    pub async fn table_is_crowded(&mut self, table_id: i64) -> Result<bool> {
        Ok(self.first(&PLACE_CROWDED, &[Arg::I64(table_id)]).await?.map_or(Ok(0), |row| row.i64(0))? != 0)
    }

    /// Notes that something else lies around the places of these tables and databases.
    pub async fn places_crowd(&mut self, tables: &[i64], databases: &[i64]) -> Result<()> {
        if !tables.is_empty() {
            self.execute(&PLACE_CROWD_TABLES, &[Arg::I64s(tables)]).await?;
        }
        if !databases.is_empty() {
            self.execute(&PLACE_CROWD_DATABASES, &[Arg::I64s(databases)]).await?;
        }
        Ok(())
    }

    /// Notes that nothing else lies around the place of a locked table any more.
    pub async fn table_alone(&mut self, table_id: i64) -> Result<()> {
        self.execute(&PLACE_ALONE, &[Arg::I64(table_id)]).await.map(drop)
    }

    /// Gives the places below which partitions of a table, of any version, lie by their names.
    pub async fn bases_of(&mut self, table_id: i64) -> Result<Vec<String>> {
        self.list(&BASES_OF, &[Arg::I64(table_id)], |row| row.string(0)).await
    }

    /// Gives partitions with places of their own: id, table and location, by id, behind `after`.
    pub async fn partitions_placed(&mut self, after: i64, limit: i64) -> Result<Vec<(i64, i64, String)>> {
        let args = [Arg::I64(after), Arg::I64(limit)];
        self.list(&PARTITIONS_PLACED, &args, |row| Ok((row.i64(0)?, row.i64(1)?, row.string(2)?))).await
    }

    /// Sets the keys of partitions' own places.
    pub async fn partitions_key(&mut self, keys: &[(i64, PlaceKey)]) -> Result<()> {
        let columns = [
            ColumnArg::I64(keys.iter().map(|(id, _)| *id).collect()),
            ColumnArg::Str(keys.iter().map(|(_, key)| key.as_str()).collect()),
        ];
        self.execute(&PARTITIONS_KEY, &[Arg::Columns(&columns)]).await.map(drop)
    }

    /// Lets rows that were removed in a version hold no place: their data is another row's.
    pub async fn partition_place_forget(&mut self, table_id: i64, version: i64, names: &[String]) -> Result<()> {
        let args = [Arg::I64(table_id), Arg::I64(version), Arg::Texts(names)];
        self.execute(&PARTITION_PLACE_FORGET, &args).await.map(drop)
    }
}

fn tasks_of(mut all: Vec<PlaceRow>) -> Vec<PlaceRow> {
    all.retain(|place| place.kind.is_task());
    all
}
