//! A row of a partition, as it is stored.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use skep_core::name::partition_name_values;
use skep_core::partition::Partition;
use skep_core::table::{Parameters, Shape, Storage};
use skep_core::{Error, Kind, Result};

use super::driver::{Row, without_nul};
use super::shapes::Slot;

/// What messages call a partition's parameters.
pub(super) const PARAMETERS: &str = "a partition";

/// Reads partition rows of one table in one version.
pub(super) struct Reader {
    shapes: HashMap<i64, Arc<Shape>>,
}

impl Reader {
    pub(super) fn new(slots: Vec<Slot>) -> Self {
        Self { shapes: slots.into_iter().map(|s| (s.slot, s.shape)).collect() }
    }

    /// Columns in the order of `select_partition`.
    pub(super) fn read(&self, row: &Row) -> Result<Partition> {
        self.partition(&StoredPartition::of(row)?)
    }

    pub(super) fn partition(&self, stored: &StoredPartition<'_>) -> Result<Partition> {
        let name = stored.name.to_owned();
        let location = match (stored.base, stored.location) {
            (_, Some(location)) => Some(location.to_owned()),
            (Some(base), None) => Some(format!("{base}/{name}")),
            (None, None) => None,
        };
        let storage = match stored.slot {
            None => None,
            Some(slot) => {
                let shape = self.shapes.get(&slot).cloned().ok_or_else(|| {
                    Error::new(Kind::Corrupt, format!("partition {name} has the unknown slot {slot}"))
                })?;
                Some(Storage { shape, location })
            }
        };
        Ok(Partition {
            id: stored.id,
            values: stored.values()?.into_iter().map(Cow::into_owned).collect(),
            name,
            create_time: stored.create_time,
            last_access_time: stored.last_access_time,
            storage,
            parameters: match stored.parameters {
                None => Parameters::new(),
                Some(json) => serde_json::from_str(&without_nul(json)).map_err(|e| damaged(stored.name, &e))?,
            },
            write_id: stored.write_id,
        })
    }
}

/// A partition as its row has it, nothing copied.
#[derive(Debug, Clone, Copy)]
pub struct StoredPartition<'r> {
    pub id: i64,
    pub name: &'r str,
    pub slot: Option<i64>,
    /// The location is this, a `/` and the name, but for an own one.
    pub base: Option<&'r str>,
    pub location: Option<&'r str>,
    values: Option<&'r str>,
    parameters: Option<&'r str>,
    /// Seconds since the epoch.
    pub create_time: i32,
    pub last_access_time: i32,
    pub write_id: Option<i64>,
}

fn damaged(name: &str, error: &serde_json::Error) -> Error {
    Error::new(Kind::Corrupt, format!("the stored partition {name} is damaged: {error}"))
}

impl<'r> StoredPartition<'r> {
    pub(super) fn of(row: &'r Row) -> Result<Self> {
        Ok(Self {
            id: row.i64(0)?,
            name: row.text(1)?,
            slot: row.opt_i64(2)?,
            base: row.opt_text(3)?,
            location: row.opt_text(4)?,
            values: row.opt_text(5)?,
            parameters: row.opt_text(6)?,
            create_time: row.i64(7)? as i32,
            last_access_time: row.i64(8)? as i32,
            write_id: row.opt_i64(9)?,
        })
    }

    /// Of a row whose base stands in it only where it is not a usual one.
    pub(super) fn beside(row: &'r Row, usual: &'r [(i64, String)]) -> Result<Self> {
        let base = match row.opt_i64(2)? {
            Some(id) => match usual.iter().find(|(usual, _)| *usual == id) {
                Some((_, uri)) => Some(uri.as_str()),
                None => row.opt_text(3)?,
            },
            None => None,
        };
        Ok(Self {
            id: 0,
            name: row.text(0)?,
            slot: row.opt_i64(1)?,
            base,
            location: row.opt_text(4)?,
            values: row.opt_text(5)?,
            parameters: row.opt_text(6)?,
            create_time: row.i64(7)? as i32,
            last_access_time: row.i64(8)? as i32,
            write_id: row.opt_i64(9)?,
        })
    }

    /// Of a row with nothing but the name and the values.
    pub(super) fn named(row: &'r Row) -> Result<Self> {
        Ok(Self {
            id: 0,
            name: row.text(0)?,
            slot: None,
            base: None,
            location: None,
            values: row.opt_text(1)?,
            parameters: None,
            create_time: 0,
            last_access_time: 0,
            write_id: None,
        })
    }

    /// In the order of the table's keys; they are stored only where the name does not say them.
    pub fn values(&self) -> Result<Vec<Cow<'r, str>>> {
        match self.values {
            None => partition_name_values(self.name),
            Some(json) => {
                let values: Vec<String> =
                    serde_json::from_str(&without_nul(json)).map_err(|e| damaged(self.name, &e))?;
                Ok(values.into_iter().map(Cow::Owned).collect())
            }
        }
    }

    /// Sorted by key.
    pub fn parameters(&self) -> Result<Vec<(Cow<'r, str>, Cow<'r, str>)>> {
        let Some(json) = self.parameters else { return Ok(Vec::new()) };
        let Pairs(pairs) = serde_json::from_str(json).map_err(|e| damaged(self.name, &e))?;
        Ok(pairs)
    }
}

/// A JSON object of texts in its own order, borrowed where nothing is escaped. Parameters are written sorted.
struct Pairs<'r>(Vec<(Cow<'r, str>, Cow<'r, str>)>);

impl<'de> serde::Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Pairs<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of texts")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> std::result::Result<Pairs<'de>, A::Error> {
                let mut pairs = Vec::with_capacity(8);
                while let Some((Text(key), Text(value))) = map.next_entry()? {
                    pairs.push((without(key), without(value)));
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// [`without_nul`] of what was read already: what is borrowed had no escape.
fn without(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Owned(text) if text.contains('\0') => Cow::Owned(text.replace('\0', "\u{fffd}")),
        text => text,
    }
}

#[derive(serde::Deserialize)]
struct Text<'r>(#[serde(borrow)] Cow<'r, str>);

/// A partition's values; they are stored only where the name does not say them.
pub(super) fn read_values(row: &Row, name: &str, index: usize) -> Result<Vec<String>> {
    match row.opt_text(index)? {
        Some(_) => row.json(index),
        None => Ok(partition_name_values(name)?.into_iter().map(Cow::into_owned).collect()),
    }
}
