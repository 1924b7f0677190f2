//! Which versions are kept: how far retention has come, and what is pinned.

use skep_core::Result;

use super::driver::{Arg, Sql};
use super::txn::Txn;

const FLOOR_GET: Sql = Sql::both("version_floor_get", "select kept_from from version_floor where table_id = $1");
const FLOOR_SET: Sql = Sql::both(
    "version_floor_set",
    "insert into version_floor (table_id, kept_from, swept_to) values ($1, $2, 0) \
     on conflict (table_id) do update set kept_from = $2 where version_floor.kept_from < $2",
);
const FLOOR_SWEPT: Sql =
    Sql::both("version_floor_swept", "update version_floor set swept_to = $2 where table_id = $1 and kept_from >= $2");
const FLOOR_FORGET: Sql = Sql::both("version_floor_forget", "delete from version_floor where table_id = $1");
/// A version that is there, and not below the floor unless it is pinned.
const VERSION_IS_WHOLE: Sql = Sql::both(
    "version_is_whole",
    "select case when exists (select 1 from table_version where table_id = $1 and version = $2) \
     and ($2 >= coalesce((select kept_from from version_floor where table_id = $1), 0) \
     or exists (select 1 from version_pin where table_id = $1 and version = $2)) then 1 else 0 end",
);
const PIN_PUT: Sql = Sql::both(
    "version_pin_put",
    "insert into version_pin (table_id, version, at, by_user, note) values ($1, $2, $3, $4, $5) \
     on conflict (table_id, version) do update set note = $5",
);
const PIN_DELETE: Sql = Sql::both("version_pin_delete", "delete from version_pin where table_id = $1 and version = $2");
const PIN_FORGET: Sql = Sql::both("version_pin_forget", "delete from version_pin where table_id = $1");
const PIN_LIST: Sql = Sql::both(
    "version_pin_list",
    "select version, at, by_user, note from version_pin where table_id = $1 order by version",
);

pub(super) const ALL: &[&Sql] = &[
    &FLOOR_GET,
    &FLOOR_SET,
    &FLOOR_SWEPT,
    &FLOOR_FORGET,
    &VERSION_IS_WHOLE,
    &PIN_PUT,
    &PIN_DELETE,
    &PIN_FORGET,
    &PIN_LIST,
];

/// A version that stays until somebody says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionPin {
    pub version: i64,
    /// Milliseconds since the epoch.
    pub at_ms: i64,
    pub by: Option<String>,
    pub note: Option<String>,
}

impl Txn {
    /// The first version that retention has left whole; 0 where it has taken none.
    pub async fn version_floor(&mut self, table_id: i64) -> Result<i64> {
        self.first(&FLOOR_GET, &[Arg::I64(table_id)]).await?.map_or(Ok(0), |row| row.i64(0))
    }

    /// Says that versions before this are not whole from now on. Under the lock of the table's row, and committed before
    /// anything of them goes.
    pub async fn version_floor_raise(&mut self, table_id: i64, kept_from: i64) -> Result<()> {
        self.execute(&FLOOR_SET, &[Arg::I64(table_id), Arg::I64(kept_from)]).await.map(drop)
    }

    /// Says that nothing is left of versions before this that is not kept; 0: that there may be.
    pub async fn version_floor_swept(&mut self, table_id: i64, to: i64) -> Result<()> {
        self.execute(&FLOOR_SWEPT, &[Arg::I64(table_id), Arg::I64(to)]).await.map(drop)
    }

    /// Whether all that a version shows is still there. Asked in the snapshot that reads it, or after the reading.
    pub async fn version_is_whole(&mut self, table_id: i64, version: i64) -> Result<bool> {
        Ok(self.one(&VERSION_IS_WHOLE, &[Arg::I64(table_id), Arg::I64(version)]).await?.i64(0)? != 0)
    }

    /// Keeps a version, under the lock of the table's row.
    pub async fn version_pin(&mut self, table_id: i64, pin: &VersionPin) -> Result<()> {
        let (by, note) = (Arg::OptText(pin.by.as_deref()), Arg::OptText(pin.note.as_deref()));
        let args = [Arg::I64(table_id), Arg::I64(pin.version), Arg::I64(pin.at_ms), by, note];
        self.execute(&PIN_PUT, &args).await.map(drop)
    }

    /// False when it was not pinned. What only it kept goes with the next clean-up.
    pub async fn version_unpin(&mut self, table_id: i64, version: i64) -> Result<bool> {
        self.version_floor_swept(table_id, 0).await?;
        Ok(self.execute(&PIN_DELETE, &[Arg::I64(table_id), Arg::I64(version)]).await? > 0)
    }

    /// By version.
    pub async fn version_pins(&mut self, table_id: i64) -> Result<Vec<VersionPin>> {
        self.list(&PIN_LIST, &[Arg::I64(table_id)], |row| {
            Ok(VersionPin {
                version: row.i64(0)?,
                at_ms: row.i64(1)?,
                by: row.opt_string(2)?,
                note: row.opt_string(3)?,
            })
        })
        .await
    }

    /// Of a table that is gone for good.
    pub(super) async fn version_kept_forget(&mut self, table_id: i64) -> Result<()> {
        self.execute(&FLOOR_FORGET, &[Arg::I64(table_id)]).await?;
        self.execute(&PIN_FORGET, &[Arg::I64(table_id)]).await.map(drop)
    }
}
