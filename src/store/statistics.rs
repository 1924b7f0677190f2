//! Column statistics, by table, partition name, engine and column.

use serde::Serialize;
use serde::de::DeserializeOwned;
use skep_core::Result;

use super::driver::{Arg, ColumnArg, Sql};
use super::txn::{Txn, to_json};

// Look-ups of many partitions are written one by one, as in `partitions`.

const STATISTICS_TABLE: Sql = Sql::both(
    "statistics_table",
    "select body from statistics where table_id = $1 and partition = '' and engine = $2 order by column_name",
);
const STATISTICS_PARTITIONS: Sql = Sql::per_dialect(
    "statistics_partitions",
    "select s.partition, s.body from (select distinct unnest($3::text[]) as name) n cross join lateral \
     (select partition, column_name, body from statistics where table_id = $1 and partition = n.name and engine = $2 \
     and column_name = any($4) offset 0) s order by s.partition, s.column_name",
    "select partition, body from statistics where table_id = $1 and engine = $2 \
     and partition in (select value from json_each($3)) and column_name in (select value from json_each($4)) \
     order by partition, column_name",
);
const STATISTICS_PUT: Sql = Sql::per_dialect(
    "statistics_put",
    "insert into statistics (table_id, partition, engine, column_name, body) \
     select $1, u.* from unnest($2::text[], $3::text[], $4::text[], $5::text[]) u \
     on conflict (table_id, partition, engine, column_name) do update set body = excluded.body",
    "insert into statistics (table_id, partition, engine, column_name, body) \
     select $1, value->>0, value->>1, value->>2, value->>3 from json_each($2) where true \
     on conflict (table_id, partition, engine, column_name) do update set body = excluded.body",
);
/// Where none can be, which halves the work of Postgres.
const STATISTICS_ADD: Sql = Sql::per_dialect(
    "statistics_add",
    "insert into statistics (table_id, partition, engine, column_name, body) \
     select $1, u.* from unnest($2::text[], $3::text[], $4::text[], $5::text[]) u",
    "insert into statistics (table_id, partition, engine, column_name, body) \
     select $1, value->>0, value->>1, value->>2, value->>3 from json_each($2) where true",
);
const STATISTICS_DELETE: Sql = Sql::per_dialect(
    "statistics_delete",
    "delete from statistics where ctid = any(array(select s.ctid \
     from (select distinct unnest($2::text[]) as name) n cross join lateral \
     (select ctid from statistics where table_id = $1 and partition = n.name and ($3::text is null or engine = $3) \
     and column_name = any($4) offset 0) s))",
    "delete from statistics where table_id = $1 and partition in (select value from json_each($2)) \
     and ($3 is null or engine = $3) and column_name in (select value from json_each($4))",
);
const STATISTICS_DELETE_OF: Sql = Sql::per_dialect(
    "statistics_delete_of",
    "delete from statistics where ctid = any(array(select s.ctid \
     from (select distinct unnest($2::text[]) as name) n cross join lateral \
     (select ctid from statistics where table_id = $1 and partition = n.name and ($3::text is null or engine = $3) \
     offset 0) s))",
    "delete from statistics where table_id = $1 and partition in (select value from json_each($2)) \
     and ($3 is null or engine = $3)",
);
const STATISTICS_DELETE_COLUMNS: Sql = Sql::per_dialect(
    "statistics_delete_columns",
    "delete from statistics where table_id = $1 and column_name = any($2) and ($3 = 1 or partition = '')",
    "delete from statistics where table_id = $1 and column_name in (select value from json_each($2)) \
     and ($3 = 1 or partition = '')",
);
const STATISTICS_DELETE_ALL: Sql = Sql::both("statistics_delete_all", "delete from statistics where table_id = $1");
const STATISTICS_MOVE: Sql = Sql::both(
    "statistics_move",
    "update statistics set table_id = $3, partition = $4 where table_id = $1 and partition = $2",
);
const STATISTICS_HAND_OVER: Sql = Sql::per_dialect(
    "statistics_hand_over",
    "update statistics set table_id = $2 where table_id = $1 and partition = any($3)",
    "update statistics set table_id = $2 where table_id = $1 and partition in (select value from json_each($3))",
);

pub(super) const ALL: &[&Sql] = &[
    &STATISTICS_TABLE,
    &STATISTICS_PARTITIONS,
    &STATISTICS_PUT,
    &STATISTICS_ADD,
    &STATISTICS_DELETE,
    &STATISTICS_DELETE_OF,
    &STATISTICS_DELETE_COLUMNS,
    &STATISTICS_DELETE_ALL,
    &STATISTICS_MOVE,
    &STATISTICS_HAND_OVER,
];

/// One column's statistics to store.
#[derive(Debug, Clone)]
pub struct StatisticsRow<'a, T> {
    /// Partition name; empty for the table itself.
    pub partition: &'a str,
    pub engine: &'a str,
    pub column: &'a str,
    pub body: &'a T,
}

fn columns<'b, T: Serialize>(batch: &'b [StatisticsRow<'_, T>]) -> Result<Vec<ColumnArg<'b>>> {
    Ok(vec![
        ColumnArg::Str(batch.iter().map(|r| r.partition).collect()),
        ColumnArg::Str(batch.iter().map(|r| r.engine).collect()),
        ColumnArg::Str(batch.iter().map(|r| r.column).collect()),
        ColumnArg::Text(batch.iter().map(|r| to_json("column statistics", r.body)).collect::<Result<_>>()?),
    ])
}

impl Txn {
    /// Statistics of the table itself, by column.
    pub async fn statistics_table<T: DeserializeOwned + Send>(
        &mut self,
        table_id: i64,
        engine: &str,
    ) -> Result<Vec<T>> {
        self.list(&STATISTICS_TABLE, &[Arg::I64(table_id), Arg::Text(engine)], |row| row.json(0)).await
    }
    /// Statistics of partitions: (partition name, statistics), by partition and column.
    pub async fn statistics_partitions<T: DeserializeOwned + Send>(
        &mut self,
        table_id: i64,
        engine: &str,
        partitions: &[String],
        columns: &[String],
    ) -> Result<Vec<(String, T)>> {
        let args = [Arg::I64(table_id), Arg::Text(engine), Arg::Texts(partitions), Arg::Texts(columns)];
        self.list(&STATISTICS_PARTITIONS, &args, |row| Ok((row.string(0)?, row.json(1)?))).await
    }
    /// Stores or replaces. A partition's column must not come twice for one engine.
    pub async fn statistics_put<T: Serialize + Sync>(
        &mut self,
        table_id: i64,
        rows: &[StatisticsRow<'_, T>],
    ) -> Result<()> {
        self.execute_rows(&STATISTICS_PUT, &[Arg::I64(table_id)], rows, columns).await
    }
    /// Stores those of partitions that have none.
    pub async fn statistics_add<T: Serialize + Sync>(
        &mut self,
        table_id: i64,
        rows: &[StatisticsRow<'_, T>],
    ) -> Result<()> {
        self.execute_rows(&STATISTICS_ADD, &[Arg::I64(table_id)], rows, columns).await
    }
    /// Deletes statistics of partitions (`""`: the table itself): of the named columns, or all; of one engine, or
    /// all. Gives how many.
    pub async fn statistics_delete(
        &mut self,
        table_id: i64,
        partitions: &[String],
        engine: Option<&str>,
        columns: Option<&[String]>,
    ) -> Result<u64> {
        let (table, parts, engine) = (Arg::I64(table_id), Arg::Texts(partitions), Arg::OptText(engine));
        match columns {
            Some(columns) => self.execute(&STATISTICS_DELETE, &[table, parts, engine, Arg::Texts(columns)]).await,
            None => self.execute(&STATISTICS_DELETE_OF, &[table, parts, engine]).await,
        }
    }
    /// Deletes statistics of columns, of the table and (when asked) of all its partitions.
    pub async fn statistics_delete_columns(
        &mut self,
        table_id: i64,
        columns: &[String],
        partitions_too: bool,
    ) -> Result<u64> {
        let args = [Arg::I64(table_id), Arg::Texts(columns), Arg::I64(i64::from(partitions_too))];
        self.execute(&STATISTICS_DELETE_COLUMNS, &args).await
    }
    pub async fn statistics_delete_all(&mut self, table_id: i64) -> Result<u64> {
        self.execute(&STATISTICS_DELETE_ALL, &[Arg::I64(table_id)]).await
    }
    /// Statistics follow a partition that is renamed or moved to another table.
    pub async fn statistics_move(&mut self, from: (i64, &str), to: (i64, &str)) -> Result<()> {
        let args = [Arg::I64(from.0), Arg::Text(from.1), Arg::I64(to.0), Arg::Text(to.1)];
        self.execute(&STATISTICS_MOVE, &args).await.map(drop)
    }
    /// Statistics of these partitions become those of another table's partitions of the same names.
    pub async fn statistics_hand_over(&mut self, from: i64, to: i64, partitions: &[String]) -> Result<()> {
        let args = [Arg::I64(from), Arg::I64(to), Arg::Texts(partitions)];
        self.execute(&STATISTICS_HAND_OVER, &args).await.map(drop)
    }
}
