//! Partitions: rows that are added in one version and removed in a later one, never updated in between.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::sync::Arc;

use skep_core::Result;
use skep_core::name::partition_name_values;
use skep_core::partition::Partition;
use skep_core::table::Shape;
use skep_core::{Location, PlaceKey};

use super::driver::{Arg, ColumnArg, Sql};
use super::partition_row::{PARAMETERS, Reader, StoredPartition, read_values};
use super::shapes::Slot;
use super::txn::{BATCH, Txn, to_json};

// Look-ups of many names are written for Postgres as what they are, one index look-up a name: `offset 0` keeps the planner
// from doing anything else. With `name = any(…)` it reads *all* partitions of a table that it knows nothing of yet, once for
// each name, since it takes them to be one.

/// The rows of some names, as `f`.
macro_rules! named {
    ($columns:literal, $names:literal) => {
        concat!(
            "(select distinct unnest(",
            $names,
            "::text[]) as name) n cross join lateral (select ",
            $columns,
            " from partition where table_id = $1 and removed is null and name = n.name offset 0) f"
        )
    };
}

macro_rules! select_partition {
    ($tail:literal) => {
        concat!(
            "select p.id, p.name, p.slot, b.uri, p.location, p.partition_values, p.params, p.created_at, \
             p.accessed_at, p.write_id from partition p left join base b on b.id = p.base_id where p.table_id = $1",
            $tail
        )
    };
}

const PARTITION_LIST: Sql =
    Sql::both("partition_list", select_partition!(" and p.removed is null order by p.name limit $2"));
const PARTITION_LAST: Sql = Sql::both(
    "partition_last",
    select_partition!(
        " and p.id in (select id from partition where table_id = $1 and removed is null order by name desc limit $2) \
         order by p.name"
    ),
);
const PARTITION_BY_NAMES: Sql = Sql::per_dialect(
    "partition_by_names",
    concat!(
        "select f.id, f.name, f.slot, b.uri, f.location, f.partition_values, f.params, f.created_at, f.accessed_at, \
         f.write_id from ",
        named!("*", "$2"),
        " left join base b on b.id = f.base_id order by f.name"
    ),
    select_partition!(" and p.removed is null and p.name in (select value from json_each($2)) order by p.name"),
);
const PARTITION_ADDED_IN: Sql = Sql::both("partition_added_in", select_partition!(" and p.added = $2 order by p.name"));
const PARTITION_REMOVED_IN: Sql =
    Sql::both("partition_removed_in", select_partition!(" and p.removed = $2 order by p.name"));
/// What a set of an earlier version lacks.
const PARTITION_ADDED_SINCE: Sql =
    Sql::both("partition_added_since", select_partition!(" and p.added > $2 and p.removed is null order by p.name"));
const PARTITION_GONE_SINCE: Sql = Sql::both(
    "partition_gone_since",
    "select name from partition where table_id = $1 and removed > $2 and added <= $2",
);
/// Places of partitions that do not lie where the table's location and their name say.
const PARTITION_APART: Sql = Sql::both(
    "partition_apart",
    "select coalesce(p.location, b.uri || '/' || p.name) from partition p left join base b on b.id = p.base_id \
     where p.table_id = $1 and p.removed is null and (p.location is not null or b.uri <> $2)",
);
const PARTITION_NAMES: Sql = Sql::both(
    "partition_names",
    "select name from partition where table_id = $1 and removed is null order by name limit $2",
);
/// What a filter needs: names, and values where the name does not hold them.
const PARTITION_VALUES: Sql = Sql::both(
    "partition_values",
    "select name, partition_values from partition where table_id = $1 and removed is null order by name",
);
const PARTITION_COUNT: Sql =
    Sql::both("partition_count", "select count(*) from partition where table_id = $1 and removed is null");
const PARTITION_EXISTING: Sql = Sql::per_dialect(
    "partition_existing",
    concat!("select f.name from ", named!("name", "$2")),
    "select name from partition where table_id = $1 and removed is null and name in (select value from json_each($2))",
);
const PARTITION_INSERT: Sql = Sql::per_dialect(
    "partition_insert",
    "insert into partition (table_id, added, name, slot, base_id, location, partition_values, params, created_at, \
     accessed_at, write_id, place) select $1, $2, u.* from unnest($3::text[], $4::bigint[], $5::bigint[], $6::text[], \
     $7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[]) u",
    "insert into partition (table_id, added, name, slot, base_id, location, partition_values, params, created_at, \
     accessed_at, write_id, place) select $1, $2, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, \
     value->>6, value->>7, value->>8, value->>9 from json_each($3) where true",
);
const PARTITION_REMOVE: Sql = Sql::per_dialect(
    "partition_remove",
    concat!("update partition set removed = $2 where ctid = any(array(select f.ctid from ", named!("ctid", "$3"), "))"),
    "update partition set removed = $2 where table_id = $1 and removed is null \
     and name in (select value from json_each($3))",
);
const PARTITION_REMOVE_ALL: Sql =
    Sql::both("partition_remove_all", "update partition set removed = $2 where table_id = $1 and removed is null");

pub(super) const ALL: &[&Sql] = &[
    &PARTITION_LIST,
    &PARTITION_LAST,
    &PARTITION_BY_NAMES,
    &PARTITION_ADDED_IN,
    &PARTITION_REMOVED_IN,
    &PARTITION_ADDED_SINCE,
    &PARTITION_GONE_SINCE,
    &PARTITION_APART,
    &PARTITION_NAMES,
    &PARTITION_VALUES,
    &PARTITION_COUNT,
    &PARTITION_EXISTING,
    &PARTITION_INSERT,
    &PARTITION_REMOVE,
    &PARTITION_REMOVE_ALL,
];

fn limit_arg(limit: Option<usize>) -> i64 {
    limit.and_then(|n| i64::try_from(n).ok()).unwrap_or(i64::MAX)
}

/// Which current partitions of a table a scan reads, and in which order.
#[derive(Debug, Clone, Copy)]
pub enum PartitionScan<'a> {
    /// By name, the first so many.
    First(Option<usize>),
    /// By name, the last so many.
    Last(usize),
    /// Those of the named that are there, by name.
    Named(&'a [String]),
}

impl Txn {
    /// Calls `each` with every partition of a scan, as the rows arrive.
    pub async fn partition_scan(
        &mut self,
        table_id: i64,
        scan: PartitionScan<'_>,
        mut each: impl FnMut(StoredPartition<'_>) -> Result<()> + Send,
    ) -> Result<()> {
        let (sql, arg) = match scan {
            PartitionScan::First(limit) => (&PARTITION_LIST, Arg::I64(limit_arg(limit))),
            PartitionScan::Last(limit) => (&PARTITION_LAST, Arg::I64(limit_arg(Some(limit)))),
            PartitionScan::Named(names) => (&PARTITION_BY_NAMES, Arg::Texts(names)),
        };
        self.for_each(sql, &[Arg::I64(table_id), arg], |row| each(StoredPartition::of(row)?)).await
    }

    async fn partitions_by(
        &mut self,
        sql: &'static Sql,
        table_id: i64,
        version: i64,
        arg: Arg<'_>,
    ) -> Result<Vec<Partition>> {
        let reader = Reader::new(self.slot_list(table_id, version).await?);
        self.list(sql, &[Arg::I64(table_id), arg], |row| reader.read(row)).await
    }

    /// Partitions by name order, the first `limit`. `version` is the table's as this transaction sees it.
    pub async fn partition_list(
        &mut self,
        table_id: i64,
        version: i64,
        limit: Option<usize>,
    ) -> Result<Vec<Partition>> {
        self.partitions_by(&PARTITION_LIST, table_id, version, Arg::I64(limit_arg(limit))).await
    }
    /// Those of the named partitions that are there, by name.
    pub async fn partition_by_names(
        &mut self,
        table_id: i64,
        version: i64,
        names: &[String],
    ) -> Result<Vec<Partition>> {
        self.partitions_by(&PARTITION_BY_NAMES, table_id, version, Arg::Texts(names)).await
    }
    pub async fn partition_get(&mut self, table_id: i64, version: i64, name: &str) -> Result<Option<Partition>> {
        Ok(self.partition_by_names(table_id, version, &[name.to_owned()]).await?.pop())
    }
    /// What a version added (a changed partition's new state among it).
    pub async fn partition_added_in(&mut self, table_id: i64, version: i64) -> Result<Vec<Partition>> {
        self.partitions_by(&PARTITION_ADDED_IN, table_id, version, Arg::I64(version)).await
    }
    /// What a version removed (a changed partition's old state among it).
    pub async fn partition_removed_in(&mut self, table_id: i64, version: i64) -> Result<Vec<Partition>> {
        let reader = Reader::new(self.slot_list(table_id, version - 1).await?);
        self.list(&PARTITION_REMOVED_IN, &[Arg::I64(table_id), Arg::I64(version)], |row| reader.read(row)).await
    }
    /// What came after version `since` and is still there, each with its slot, by name.
    pub async fn partition_added_since(
        &mut self,
        table_id: i64,
        slots: &[Slot],
        since: i64,
    ) -> Result<Vec<(Partition, Option<i64>)>> {
        let reader = Reader::new(slots.to_vec());
        self.list(&PARTITION_ADDED_SINCE, &[Arg::I64(table_id), Arg::I64(since)], |row| {
            Ok((reader.read(row)?, row.opt_i64(2)?))
        })
        .await
    }
    /// Names that were there in version `since` and whose row has been removed.
    pub async fn partition_gone_since(&mut self, table_id: i64, since: i64) -> Result<Vec<String>> {
        let args = [Arg::I64(table_id), Arg::I64(since)];
        self.list(&PARTITION_GONE_SINCE, &args, |row| row.text(0).map(str::to_owned)).await
    }
    /// Names, sorted by bytes.
    pub async fn partition_names(&mut self, table_id: i64, limit: Option<usize>) -> Result<Vec<String>> {
        let args = [Arg::I64(table_id), Arg::I64(limit_arg(limit))];
        self.list(&PARTITION_NAMES, &args, |row| row.text(0).map(str::to_owned)).await
    }
    /// Names and values of all partitions, by name.
    pub async fn partition_values(&mut self, table_id: i64) -> Result<Vec<(String, Vec<String>)>> {
        self.list(&PARTITION_VALUES, &[Arg::I64(table_id)], |row| {
            let name = row.string(0)?;
            let values = read_values(row, &name, 1)?;
            Ok((name, values))
        })
        .await
    }
    /// Locations of partitions that do not lie at `base` and their name.
    pub async fn partition_apart(&mut self, table_id: i64, base: &str) -> Result<Vec<String>> {
        let args = [Arg::I64(table_id), Arg::Text(base)];
        self.list(&PARTITION_APART, &args, |row| row.text(0).map(str::to_owned)).await
    }
    pub async fn partition_count(&mut self, table_id: i64) -> Result<i64> {
        self.one(&PARTITION_COUNT, &[Arg::I64(table_id)]).await?.i64(0)
    }
    /// Which of these names are taken.
    pub async fn partition_existing(&mut self, table_id: i64, names: &[String]) -> Result<Vec<String>> {
        let args = [Arg::I64(table_id), Arg::Texts(names)];
        self.list(&PARTITION_EXISTING, &args, |row| row.text(0).map(str::to_owned)).await
    }

    /// Adds partitions in `version`, which `table_commit` began, and gives the slot of each. `base` is the table's
    /// location as of now.
    pub async fn partition_add_many(
        &mut self,
        table_id: i64,
        version: i64,
        base: Option<&str>,
        partitions: &[impl Borrow<Partition>],
    ) -> Result<Vec<Option<i64>>> {
        let partitions: Vec<&Partition> = partitions.iter().map(Borrow::borrow).collect();
        let base_id = match base {
            Some(uri) => Some(self.base_intern(uri).await?),
            None => None,
        };
        let mut shapes: Vec<Arc<Shape>> = Vec::new();
        // By where they lie: callers share what is equal, and what they missed is found by its hash.
        let mut places: HashMap<usize, usize> = HashMap::new();
        for storage in partitions.iter().filter_map(|p| p.storage.as_ref()) {
            places.entry(Arc::as_ptr(&storage.shape).addr()).or_insert_with(|| {
                shapes.push(Arc::clone(&storage.shape));
                shapes.len() - 1
            });
        }
        let slots = self.slots_for(table_id, version, &shapes).await?;
        let slot_of = |p: &Partition| {
            p.storage
                .as_ref()
                .and_then(|s| places.get(&Arc::as_ptr(&s.shape).addr()))
                .and_then(|at| slots.get(*at))
                .copied()
        };
        self.execute_rows(&PARTITION_INSERT, &[Arg::I64(table_id), Arg::I64(version)], &partitions, |batch| {
            columns(batch, base, base_id, &slot_of)
        })
        .await?;
        Ok(partitions.into_iter().map(slot_of).collect())
    }

    /// Removes partitions by name in `version`; gives how many there were.
    pub async fn partition_remove_many(&mut self, table_id: i64, version: i64, names: &[String]) -> Result<u64> {
        let mut count = 0;
        for batch in names.chunks(BATCH) {
            count +=
                self.execute(&PARTITION_REMOVE, &[Arg::I64(table_id), Arg::I64(version), Arg::Texts(batch)]).await?;
        }
        Ok(count)
    }

    /// Removes all partitions in `version`.
    pub async fn partition_remove_all(&mut self, table_id: i64, version: i64) -> Result<u64> {
        self.execute(&PARTITION_REMOVE_ALL, &[Arg::I64(table_id), Arg::I64(version)]).await
    }
}

/// The rows to insert, by column.
fn columns<'a>(
    batch: &[&'a Partition],
    base: Option<&str>,
    base_id: Option<i64>,
    slot_of: &(dyn Fn(&Partition) -> Option<i64> + Sync),
) -> Result<Vec<ColumnArg<'a>>> {
    let (mut bases, mut locations, mut values, mut params) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut places = Vec::new();
    for partition in batch {
        let is_default = match (base, partition.location()) {
            (Some(base), Some(location)) => {
                location.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')) == Some(&partition.name)
            }
            _ => false,
        };
        bases.push(if is_default { base_id } else { None });
        let own = if is_default { None } else { partition.location() };
        locations.push(own);
        // What is no location holds no place.
        let place = own.and_then(|own| Location::parse(own).ok()).map(|own| PlaceKey::of(&own));
        places.push(place.map(|key| key.as_str().to_owned()));
        let derivable = partition_name_values(&partition.name)?.iter().eq(partition.values.iter());
        values.push(if derivable { None } else { Some(to_json("a partition's list of values", &partition.values)?) });
        params.push(if partition.parameters.is_empty() {
            None
        } else {
            Some(to_json(PARAMETERS, &partition.parameters)?)
        });
    }
    Ok(vec![
        ColumnArg::Str(batch.iter().map(|p| p.name.as_str()).collect()),
        ColumnArg::OptI64(batch.iter().map(|partition| slot_of(partition)).collect()),
        ColumnArg::OptI64(bases),
        ColumnArg::OptStr(locations),
        ColumnArg::OptText(values),
        ColumnArg::OptText(params),
        ColumnArg::I64(batch.iter().map(|p| i64::from(p.create_time)).collect()),
        ColumnArg::I64(batch.iter().map(|p| i64::from(p.last_access_time)).collect()),
        ColumnArg::OptI64(batch.iter().map(|p| p.write_id).collect()),
        ColumnArg::OptText(places),
    ])
}
