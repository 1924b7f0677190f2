//! A table's versions: who made them, and what they changed.

use skep_core::Result;
use skep_core::partition::Partition;

use super::driver::{Arg, Sql};
use super::partition_row::Reader;
use super::txn::Txn;

const VERSION_LIST: Sql = Sql::both(
    "version_list",
    "select v.version, v.operation, v.at, v.by_user, v.request_id, case when v.definition is null then 0 else 1 end, \
     case when k.version is null then 0 else 1 end, k.note \
     from table_version v left join version_pin k on k.table_id = v.table_id and k.version = v.version \
     where v.table_id = $1 and v.version < $2 and (k.version is not null \
     or v.version >= coalesce((select f.kept_from from version_floor f where f.table_id = $1), 0)) \
     order by v.version desc limit $3",
);
const VERSION_AT: Sql =
    Sql::both("version_at", "select max(version) from table_version where table_id = $1 and at <= $2");
/// What a later version shows that an earlier one does not: came, in the order of names.
const VERSION_CAME: Sql = Sql::both(
    "version_came",
    "select name from partition where table_id = $1 and added > $2 and added <= $3 \
     and (removed is null or removed > $3) and name > $4 order by name limit $5",
);
/// What an earlier version shows that a later one does not; `added + 0` leaves planners the index on what was removed.
const VERSION_WENT: Sql = Sql::both(
    "version_went",
    "select name from partition where table_id = $1 and added + 0 <= $2 and removed > $2 and removed <= $3 \
     and name > $4 order by name limit $5",
);
const VERSION_PARTITIONS: Sql = Sql::both(
    "version_partitions",
    "select p.id, p.name, p.slot, b.uri, p.location, p.partition_values, p.params, p.created_at, p.accessed_at, \
     p.write_id from partition p left join base b on b.id = p.base_id where p.table_id = $1 and p.added <= $2 \
     and (p.removed is null or p.removed > $2) and p.name > $3 order by p.name limit $4",
);

/// Rows that a later version has and an earlier one has not.
const VERSION_ROWS_CAME: Sql = Sql::both(
    "version_rows_came",
    "select p.id, p.name, p.slot, b.uri, p.location, p.partition_values, p.params, p.created_at, p.accessed_at, \
     p.write_id from partition p left join base b on b.id = p.base_id where p.table_id = $1 and p.added > $2 \
     and p.added <= $3 and (p.removed is null or p.removed > $3) order by p.name",
);
/// Rows that an earlier version has and a later one has not.
const VERSION_ROWS_WENT: Sql = Sql::both(
    "version_rows_went",
    "select p.id, p.name, p.slot, b.uri, p.location, p.partition_values, p.params, p.created_at, p.accessed_at, \
     p.write_id from partition p left join base b on b.id = p.base_id where p.table_id = $1 \
     and p.added + 0 <= $2 and p.removed > $2 and p.removed <= $3 order by p.name",
);

pub(super) const ALL: &[&Sql] = &[
    &VERSION_LIST,
    &VERSION_AT,
    &VERSION_CAME,
    &VERSION_WENT,
    &VERSION_PARTITIONS,
    &VERSION_ROWS_CAME,
    &VERSION_ROWS_WENT,
];

/// One version of a table, as its log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableVersion {
    pub version: i64,
    /// `create_table`, `add_partitions`, …
    pub operation: String,
    /// Milliseconds since the epoch, by the database's clock.
    pub at_ms: i64,
    pub by: Option<String>,
    pub request_id: Option<String>,
    /// Whether the definition changed, not only partitions.
    pub defines: bool,
    /// Kept whatever retention says, and why.
    pub is_pinned: bool,
    pub note: Option<String>,
}

/// Between two versions of a table, the earlier first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionSpan {
    pub table_id: i64,
    pub from: i64,
    pub to: i64,
}

impl Txn {
    /// The versions before `before` (None: all) that are kept, the newest first.
    pub async fn version_list(&mut self, table_id: i64, before: Option<i64>, limit: i64) -> Result<Vec<TableVersion>> {
        let args = [Arg::I64(table_id), Arg::I64(before.unwrap_or(i64::MAX)), Arg::I64(limit)];
        self.list(&VERSION_LIST, &args, |row| {
            Ok(TableVersion {
                version: row.i64(0)?,
                operation: row.string(1)?,
                at_ms: row.i64(2)?,
                by: row.opt_string(3)?,
                request_id: row.opt_string(4)?,
                defines: row.i64(5)? != 0,
                is_pinned: row.i64(6)? != 0,
                note: row.opt_string(7)?,
            })
        })
        .await
    }

    /// The version that was current at a time; none before the table's first, or beyond retention.
    pub async fn version_at(&mut self, table_id: i64, at_ms: i64) -> Result<Option<i64>> {
        self.one(&VERSION_AT, &[Arg::I64(table_id), Arg::I64(at_ms)]).await?.opt_i64(0)
    }

    /// Names after `after`, in order, of partitions that are in the later version and were not, as they are, in the
    /// earlier one. What changed has come and gone.
    pub async fn version_came(&mut self, span: VersionSpan, after: &str, limit: i64) -> Result<Vec<String>> {
        self.version_names(&VERSION_CAME, span, after, limit).await
    }

    /// The same of partitions that were in the earlier version and are not, as they were, in the later one.
    pub async fn version_went(&mut self, span: VersionSpan, after: &str, limit: i64) -> Result<Vec<String>> {
        self.version_names(&VERSION_WENT, span, after, limit).await
    }

    async fn version_names(
        &mut self,
        sql: &'static Sql,
        span: VersionSpan,
        after: &str,
        limit: i64,
    ) -> Result<Vec<String>> {
        let VersionSpan { table_id, from, to } = span;
        let args = [Arg::I64(table_id), Arg::I64(from), Arg::I64(to), Arg::Text(after), Arg::I64(limit)];
        self.list(sql, &args, |row| row.string(0)).await
    }

    /// Partitions that came and those that went between two versions, by name. A changed one is in both.
    pub async fn partition_changes_between(
        &mut self,
        table_id: i64,
        from: i64,
        to: i64,
    ) -> Result<(Vec<Partition>, Vec<Partition>)> {
        let args = [Arg::I64(table_id), Arg::I64(from), Arg::I64(to)];
        let reader = Reader::new(self.slot_list(table_id, to).await?);
        let came = self.list(&VERSION_ROWS_CAME, &args, |row| reader.read(row)).await?;
        let reader = Reader::new(self.slot_list(table_id, from).await?);
        let went = self.list(&VERSION_ROWS_WENT, &args, |row| reader.read(row)).await?;
        Ok((came, went))
    }

    /// Partitions as of a version that is still kept, by name, after `after`.
    pub async fn version_partitions(
        &mut self,
        table_id: i64,
        version: i64,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Partition>> {
        let reader = Reader::new(self.slot_list(table_id, version).await?);
        let args = [Arg::I64(table_id), Arg::I64(version), Arg::Text(after), Arg::I64(limit)];
        self.list(&VERSION_PARTITIONS, &args, |row| reader.read(row)).await
    }

    /// The same of those of these names.
    pub async fn version_partitions_named(
        &mut self,
        table_id: i64,
        version: i64,
        names: &[String],
    ) -> Result<Vec<Partition>> {
        let reader = Reader::new(self.slot_list(table_id, version).await?);
        let mut found = Vec::new();
        self.partition_named_at((table_id, version), names, |stored| {
            found.push(reader.partition(&stored)?);
            Ok(())
        })
        .await?;
        Ok(found)
    }
}
