//! Shapes and bases: what partitions share, stored once.

use std::collections::HashMap;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use skep_core::Result;
use skep_core::table::Shape;

use super::driver::{Arg, Sql};
use super::txn::{Txn, to_json};

const SHAPE_INSERT: Sql =
    Sql::both("shape_insert", "insert into shape (hash, body) values ($1, $2) on conflict (hash) do nothing");
const SHAPE_ID: Sql = Sql::both("shape_id", "select id from shape where hash = $1");
const SLOT_LIST: Sql = Sql::both(
    "slot_list",
    "select ts.slot, ts.shape_id, s.body from table_shape ts join shape s on s.id = ts.shape_id \
     where ts.table_id = $1 and ts.added <= $2 and (ts.removed is null or ts.removed > $2) order by ts.slot",
);
const SLOT_MAX: Sql = Sql::both("slot_max", "select coalesce(max(slot), -1) from table_shape where table_id = $1");
const SLOT_INSERT: Sql =
    Sql::both("slot_insert", "insert into table_shape (table_id, slot, added, shape_id) values ($1, $2, $3, $4)");
const SLOT_REMOVE: Sql = Sql::both(
    "slot_remove",
    "update table_shape set removed = $3 where table_id = $1 and slot = $2 and removed is null",
);
const BASE_INSERT: Sql = Sql::both("base_insert", "insert into base (uri) values ($1) on conflict (uri) do nothing");
const BASE_ID: Sql = Sql::both("base_id", "select id from base where uri = $1");

pub(super) const ALL: &[&Sql] =
    &[&SHAPE_INSERT, &SHAPE_ID, &SLOT_LIST, &SLOT_MAX, &SLOT_INSERT, &SLOT_REMOVE, &BASE_INSERT, &BASE_ID];

/// A slot of a table and what it means in the version that was asked for.
#[derive(Debug, Clone)]
pub struct Slot {
    pub slot: i64,
    pub shape_id: i64,
    pub shape: Arc<Shape>,
}

fn hash(body: &str) -> String {
    Sha256::digest(body.as_bytes()).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

impl Txn {
    /// The id of the shape that equals this one.
    pub(super) async fn shape_intern(&mut self, shape: &Shape) -> Result<i64> {
        let body = to_json("a storage descriptor", shape)?;
        let hash = hash(&body);
        if let Some(row) = self.first(&SHAPE_ID, &[Arg::Text(&hash)]).await? {
            return row.i64(0);
        }
        self.execute(&SHAPE_INSERT, &[Arg::Text(&hash), Arg::Text(&body)]).await?;
        self.one(&SHAPE_ID, &[Arg::Text(&hash)]).await?.i64(0)
    }

    /// The id of a location prefix.
    pub(super) async fn base_intern(&mut self, uri: &str) -> Result<i64> {
        if let Some(row) = self.first(&BASE_ID, &[Arg::Text(uri)]).await? {
            return row.i64(0);
        }
        self.execute(&BASE_INSERT, &[Arg::Text(uri)]).await?;
        self.one(&BASE_ID, &[Arg::Text(uri)]).await?.i64(0)
    }

    /// The slots of a table as of a version.
    pub async fn slot_list(&mut self, table_id: i64, version: i64) -> Result<Vec<Slot>> {
        self.list(&SLOT_LIST, &[Arg::I64(table_id), Arg::I64(version)], |row| {
            Ok(Slot { slot: row.i64(0)?, shape_id: row.i64(1)?, shape: Arc::new(row.json(2)?) })
        })
        .await
    }

    /// A slot for each of these shapes: one that means it already, else a new one as of `version`.
    pub(super) async fn slots_for(&mut self, table_id: i64, version: i64, shapes: &[Arc<Shape>]) -> Result<Vec<i64>> {
        let mut known: HashMap<i64, i64> =
            self.slot_list(table_id, version).await?.iter().map(|s| (s.shape_id, s.slot)).collect();
        let mut next = None;
        let mut slots = Vec::with_capacity(shapes.len());
        for shape in shapes {
            let shape_id = self.shape_intern(shape).await?;
            if let Some(slot) = known.get(&shape_id) {
                slots.push(*slot);
                continue;
            }
            let slot = match next {
                Some(slot) => slot,
                None => self.one(&SLOT_MAX, &[Arg::I64(table_id)]).await?.i64(0)? + 1,
            };
            let args = [Arg::I64(table_id), Arg::I64(slot), Arg::I64(version), Arg::I64(shape_id)];
            self.execute(&SLOT_INSERT, &args).await?;
            known.insert(shape_id, slot);
            next = Some(slot + 1);
            slots.push(slot);
        }
        Ok(slots)
    }

    /// Lets a slot mean another shape from `version` on: all its partitions change, none is touched.
    pub async fn slot_reshape(&mut self, table_id: i64, slot: i64, version: i64, shape: &Shape) -> Result<()> {
        let shape_id = self.shape_intern(shape).await?;
        self.execute(&SLOT_REMOVE, &[Arg::I64(table_id), Arg::I64(slot), Arg::I64(version)]).await?;
        let args = [Arg::I64(table_id), Arg::I64(slot), Arg::I64(version), Arg::I64(shape_id)];
        self.execute(&SLOT_INSERT, &args).await.map(drop)
    }
}
