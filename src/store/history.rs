//! Earlier versions, of many tables at once: what the notification log tells of.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use skep_core::Result;
use skep_core::partition::Partition;
use skep_core::table::{Shape, Table};

use super::driver::{Arg, ColumnArg, Sql};
use super::partition_row::Reader;
use super::shapes::Slot;
use super::txn::Txn;

/// The columns of `select_partition`, and where the partition belongs.
macro_rules! select_partition_of {
    ($tail:literal) => {
        concat!(
            "select p.id, p.name, p.slot, b.uri, p.location, p.partition_values, p.params, p.created_at, \
             p.accessed_at, p.write_id, p.table_id, ",
            $tail
        )
    };
}

const DEFINITIONS_AT: Sql = Sql::per_dialect(
    "definitions_at",
    "select r.table_id, r.version, (select v.definition from table_version v where v.table_id = r.table_id \
     and v.version <= r.version and v.definition is not null order by v.version desc limit 1) \
     from unnest($1::bigint[], $2::bigint[]) r (table_id, version)",
    "select r.value->>0, r.value->>1, (select v.definition from table_version v where v.table_id = r.value->>0 \
     and v.version <= r.value->>1 and v.definition is not null order by v.version desc limit 1) from json_each($1) r",
);
const PARTITIONS_ADDED: Sql = Sql::per_dialect(
    "partitions_added",
    select_partition_of!(
        "p.added from unnest($1::bigint[], $2::bigint[]) r (table_id, version) join partition p \
         on p.table_id = r.table_id and p.added = r.version left join base b on b.id = p.base_id order by p.name"
    ),
    select_partition_of!(
        "p.added from json_each($1) r join partition p on p.table_id = r.value->>0 and p.added = r.value->>1 \
         left join base b on b.id = p.base_id order by p.name"
    ),
);
const PARTITIONS_REMOVED: Sql = Sql::per_dialect(
    "partitions_removed",
    select_partition_of!(
        "p.removed from unnest($1::bigint[], $2::bigint[]) r (table_id, version) join partition p \
         on p.table_id = r.table_id and p.removed = r.version left join base b on b.id = p.base_id order by p.name"
    ),
    select_partition_of!(
        "p.removed from json_each($1) r join partition p on p.table_id = r.value->>0 and p.removed = r.value->>1 \
         left join base b on b.id = p.base_id order by p.name"
    ),
);
const PARTITIONS_BY_ID: Sql = Sql::per_dialect(
    "partitions_by_id",
    select_partition_of!(
        "r.version from unnest($1::bigint[], $2::bigint[]) r (id, version) join partition p on p.id = r.id \
         left join base b on b.id = p.base_id"
    ),
    select_partition_of!(
        "r.value->>1 from json_each($1) r join partition p on p.id = r.value->>0 left join base b on b.id = p.base_id"
    ),
);
/// All that slots of these tables ever meant.
const SLOTS_EVER: Sql = Sql::per_dialect(
    "slots_ever",
    "select ts.table_id, ts.slot, ts.added, ts.removed, ts.shape_id, s.body from table_shape ts \
     join shape s on s.id = ts.shape_id where ts.table_id = any($1)",
    "select ts.table_id, ts.slot, ts.added, ts.removed, ts.shape_id, s.body from table_shape ts \
     join shape s on s.id = ts.shape_id where ts.table_id in (select value from json_each($1))",
);

pub(super) const ALL: &[&Sql] =
    &[&DEFINITIONS_AT, &PARTITIONS_ADDED, &PARTITIONS_REMOVED, &PARTITIONS_BY_ID, &SLOTS_EVER];

/// A table's id and a version of it.
pub type AtVersion = (i64, i64);

/// What a version did to partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Added,
    Removed,
}

/// A slot's meaning from a version to another.
struct SlotSpan {
    slot: Slot,
    added: i64,
    removed: Option<i64>,
}

fn pairs(of: &[AtVersion]) -> [ColumnArg<'static>; 2] {
    [ColumnArg::I64(of.iter().map(|p| p.0).collect()), ColumnArg::I64(of.iter().map(|p| p.1).collect())]
}

impl Txn {
    /// Definitions as of these versions, of dropped tables too.
    pub async fn table_at_many(&mut self, at: &[AtVersion]) -> Result<HashMap<AtVersion, Table>> {
        let mut all = HashMap::new();
        if at.is_empty() {
            return Ok(all);
        }
        self.for_each(&DEFINITIONS_AT, &[Arg::Columns(&pairs(at))], |row| {
            if row.opt_text(2)?.is_some() {
                let (id, version) = (row.i64(0)?, row.i64(1)?);
                let table: Table = row.json(2)?;
                all.insert((id, version), Table { id, version, ..table });
            }
            Ok(())
        })
        .await?;
        Ok(all)
    }

    /// What these versions added or removed, by name.
    pub async fn partition_changes(
        &mut self,
        side: Side,
        at: &[AtVersion],
    ) -> Result<HashMap<AtVersion, Vec<Partition>>> {
        let mut all: HashMap<AtVersion, Vec<Partition>> = HashMap::new();
        if at.is_empty() {
            return Ok(all);
        }
        let slots = self.slots_ever(at.iter().map(|p| p.0)).await?;
        // A removed partition is told of as it was in the version before.
        let (sql, back) = match side {
            Side::Added => (&PARTITIONS_ADDED, 0),
            Side::Removed => (&PARTITIONS_REMOVED, 1),
        };
        let mut readers: HashMap<AtVersion, Reader> = HashMap::new();
        self.for_each(sql, &[Arg::Columns(&pairs(at))], |row| {
            let place = (row.i64(10)?, row.i64(11)?);
            let reader = readers.entry(place).or_insert_with(|| reader(&slots, place.0, place.1 - back));
            all.entry(place).or_default().push(reader.read(row)?);
            Ok(())
        })
        .await?;
        Ok(all)
    }

    /// Partition rows by id, each as of a version: (row, version).
    pub async fn partition_by_ids(&mut self, ids: &[(i64, i64)], table_ids: &[i64]) -> Result<HashMap<i64, Partition>> {
        let mut all = HashMap::new();
        if ids.is_empty() {
            return Ok(all);
        }
        let slots = self.slots_ever(table_ids.iter().copied()).await?;
        self.for_each(&PARTITIONS_BY_ID, &[Arg::Columns(&pairs(ids))], |row| {
            let partition = reader(&slots, row.i64(10)?, row.i64(11)?).read(row)?;
            all.insert(partition.id, partition);
            Ok(())
        })
        .await?;
        Ok(all)
    }

    async fn slots_ever(&mut self, table_ids: impl Iterator<Item = i64>) -> Result<HashMap<i64, Vec<SlotSpan>>> {
        let ids: Vec<i64> = table_ids.collect::<HashSet<_>>().into_iter().collect();
        let mut shapes: HashMap<i64, Arc<Shape>> = HashMap::new();
        let mut all: HashMap<i64, Vec<SlotSpan>> = HashMap::new();
        self.for_each(&SLOTS_EVER, &[Arg::I64s(&ids)], |row| {
            let shape_id = row.i64(4)?;
            let shape = match shapes.entry(shape_id) {
                Entry::Occupied(known) => Arc::clone(known.get()),
                Entry::Vacant(unknown) => Arc::clone(unknown.insert(Arc::new(row.json(5)?))),
            };
            let slot = Slot { slot: row.i64(1)?, shape_id, shape };
            let span = SlotSpan { slot, added: row.i64(2)?, removed: row.opt_i64(3)? };
            all.entry(row.i64(0)?).or_default().push(span);
            Ok(())
        })
        .await?;
        Ok(all)
    }
}

fn reader(slots: &HashMap<i64, Vec<SlotSpan>>, table_id: i64, version: i64) -> Reader {
    let spans = slots.get(&table_id).map(Vec::as_slice).unwrap_or_default();
    let then = spans.iter().filter(|s| s.added <= version && s.removed.is_none_or(|removed| removed > version));
    Reader::new(then.map(|s| s.slot.clone()).collect())
}
