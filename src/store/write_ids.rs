//! Write ids: the numbers that transactions have within a table.

use skep_core::Result;

use super::driver::{Arg, ColumnArg, Sql};
use super::txn::Txn;

const WRITE_ID_OF_TXNS: Sql = Sql::per_dialect(
    "write_id_of_txns",
    "select txn_id, id from write_id where catalog = $1 and database = $2 and tbl = $3 and txn_id = any($4) \
     order by txn_id",
    "select txn_id, id from write_id where catalog = $1 and database = $2 and tbl = $3 \
     and txn_id in (select value from json_each($4)) order by txn_id",
);
const WRITE_ID_DELETE: Sql = Sql::per_dialect(
    "write_id_delete",
    "delete from write_id where catalog = $1 and database = $2 and tbl = $3 and txn_id = any($4)",
    "delete from write_id where catalog = $1 and database = $2 and tbl = $3 \
     and txn_id in (select value from json_each($4))",
);
const WRITE_ID_MAX: Sql = Sql::both(
    "write_id_max",
    "select coalesce(max(id), 0) from write_id where catalog = $1 and database = $2 and tbl = $3",
);
const WRITE_ID_INSERT: Sql = Sql::per_dialect(
    "write_id_insert",
    "insert into write_id (catalog, database, tbl, id, txn_id) select $1, $2, $3, u.* \
     from unnest($4::bigint[], $5::bigint[]) u",
    "insert into write_id (catalog, database, tbl, id, txn_id) select $1, $2, $3, value->>0, value->>1 \
     from json_each($4) where true",
);
/// By a snapshot's high-water mark. What was purged before was committed and older than all that is left.
const WRITE_ID_HIGH_WATER_MARK: Sql = Sql::both(
    "write_id_high_water_mark",
    "select coalesce(max(case when txn_id <= $4 then id end), min(id) - 1, 0) from write_id \
     where catalog = $1 and database = $2 and tbl = $3",
);
const WRITE_ID_LIST: Sql = Sql::both(
    "write_id_list",
    "select id, txn_id from write_id where catalog = $1 and database = $2 and tbl = $3 and txn_id <= $4 order by id",
);
const WRITE_ID_TXN: Sql = Sql::both(
    "write_id_txn",
    "select txn_id from write_id where catalog = $1 and database = $2 and tbl = $3 and id = $4",
);
const WRITE_ID_FORGET: Sql =
    Sql::both("write_id_forget", "delete from write_id where catalog = $1 and database = $2 and tbl = $3");
const WRITE_ID_RENAME: Sql = Sql::both(
    "write_id_rename",
    "update write_id set database = $4, tbl = $5 where catalog = $1 and database = $2 and tbl = $3",
);
/// The last of a table stays: the next one comes after it.
const WRITE_ID_PURGE: Sql = Sql::both(
    "write_id_purge",
    "delete from write_id where not exists (select 1 from txn t where t.id = write_id.txn_id) \
     and exists (select 1 from write_id l where l.catalog = write_id.catalog and l.database = write_id.database \
                 and l.tbl = write_id.tbl and l.id > write_id.id)",
);

pub(super) const ALL: &[&Sql] = &[
    &WRITE_ID_OF_TXNS,
    &WRITE_ID_DELETE,
    &WRITE_ID_MAX,
    &WRITE_ID_INSERT,
    &WRITE_ID_HIGH_WATER_MARK,
    &WRITE_ID_LIST,
    &WRITE_ID_TXN,
    &WRITE_ID_FORGET,
    &WRITE_ID_RENAME,
    &WRITE_ID_PURGE,
];

/// Catalog, database and table; the table need not be there.
pub type WriteIdPlace<'a> = (&'a str, &'a str, &'a str);

fn place(at: WriteIdPlace<'_>) -> [Arg<'_>; 3] {
    [Arg::Text(at.0), Arg::Text(at.1), Arg::Text(at.2)]
}

fn with<'a>(at: WriteIdPlace<'a>, last: Arg<'a>) -> [Arg<'a>; 4] {
    let [catalog, database, table] = place(at);
    [catalog, database, table, last]
}

impl Txn {
    /// Write ids of these transactions, one each, those that they have or new ones: (transaction, write id) by
    /// transaction. After [`Self::lock_serialize`].
    pub async fn write_id_allocate(&mut self, at: WriteIdPlace<'_>, txn_ids: &[i64]) -> Result<Vec<(i64, i64)>> {
        let known = with(at, Arg::I64s(txn_ids));
        let mut all = self.list(&WRITE_ID_OF_TXNS, &known, |row| Ok((row.i64(0)?, row.i64(1)?))).await?;
        let mut new: Vec<i64> =
            txn_ids.iter().copied().filter(|id| all.binary_search_by_key(id, |(txn, _)| *txn).is_err()).collect();
        new.sort_unstable();
        new.dedup();
        if new.is_empty() {
            return Ok(all);
        }
        let last = self.one(&WRITE_ID_MAX, &place(at)).await?.i64(0)?;
        let ids: Vec<i64> = (last + 1..).take(new.len()).collect();
        all.extend(new.iter().copied().zip(ids.iter().copied()));
        all.sort_unstable();
        let columns = [ColumnArg::I64(ids), ColumnArg::I64(new)];
        self.execute(&WRITE_ID_INSERT, &with(at, Arg::Columns(&columns))).await?;
        Ok(all)
    }
    /// Takes these transactions' write ids back.
    pub async fn write_id_delete(&mut self, at: WriteIdPlace<'_>, txn_ids: &[i64]) -> Result<()> {
        self.execute(&WRITE_ID_DELETE, &with(at, Arg::I64s(txn_ids))).await.map(drop)
    }
    /// The highest write id; 0 before the first.
    pub async fn write_id_max(&mut self, at: WriteIdPlace<'_>) -> Result<i64> {
        self.one(&WRITE_ID_MAX, &place(at)).await?.i64(0)
    }
    /// The highest write id among transactions up to this one.
    pub async fn write_id_high_water_mark(&mut self, at: WriteIdPlace<'_>, txn_id: i64) -> Result<i64> {
        self.one(&WRITE_ID_HIGH_WATER_MARK, &with(at, Arg::I64(txn_id))).await?.i64(0)
    }
    /// (write id, transaction) by write id, of transactions up to this one.
    pub async fn write_id_list(&mut self, at: WriteIdPlace<'_>, txn_id: i64) -> Result<Vec<(i64, i64)>> {
        self.list(&WRITE_ID_LIST, &with(at, Arg::I64(txn_id)), |row| Ok((row.i64(0)?, row.i64(1)?))).await
    }
    /// Whose write id this is.
    pub async fn write_id_txn(&mut self, at: WriteIdPlace<'_>, id: i64) -> Result<Option<i64>> {
        self.first(&WRITE_ID_TXN, &with(at, Arg::I64(id))).await?.map(|row| row.i64(0)).transpose()
    }
    /// The table is dropped: a later one of its name begins anew.
    pub async fn write_id_forget(&mut self, at: WriteIdPlace<'_>) -> Result<()> {
        self.execute(&WRITE_ID_FORGET, &place(at)).await.map(drop)
    }
    /// The table takes its write ids along.
    pub async fn write_id_rename(&mut self, at: WriteIdPlace<'_>, database: &str, table: &str) -> Result<()> {
        self.write_id_forget((at.0, database, table)).await?;
        let [catalog, old_database, old_table] = place(at);
        let args = [catalog, old_database, old_table, Arg::Text(database), Arg::Text(table)];
        self.execute(&WRITE_ID_RENAME, &args).await.map(drop)
    }
    /// Forgets write ids of transactions that were purged.
    pub async fn write_id_purge(&mut self) -> Result<u64> {
        self.execute(&WRITE_ID_PURGE, &[]).await
    }
}
