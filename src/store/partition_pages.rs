//! Partitions by ranges of names: current ones, and page by page those of a version that need not be current any more.

use skep_core::Result;

use super::driver::{Arg, Sql};
use super::partition_row::StoredPartition;
use super::txn::Txn;

// A planner that knows nothing of a table yet takes all its rows to be one, and any index for as good. What is in no
// index's way (`added + 0`) and what only the index on names sorts leave it this one.

/// A page of the state at version $5: current rows by their index, and the few that were removed since, which are all
/// looked at (`materialized` keeps planners from walking all that was ever removed in the order of names instead).
macro_rules! page_at {
    ($columns:expr, $join:literal) => {
        concat!(
            "with gone as materialized (select * from partition where table_id = $1 and removed > $5 \
             and added + 0 <= $5) \
             select ",
            $columns,
            " from (select * from (select * from partition where table_id = $1 and removed is null and added + 0 <= $5 \
             and name >= $2 and name < $3 order by name limit $4) as still \
             union all select * from gone where name >= $2 and name < $3) p ",
            $join,
            " order by p.name limit $4"
        )
    };
}
/// The columns of `StoredPartition::of`.
macro_rules! whole {
    () => {
        "p.id, p.name, p.slot, b.uri, p.location, p.partition_values, p.params, p.created_at, p.accessed_at, p.write_id"
    };
}
/// Of the state at version $3 those with the names $2, of which `$current` are rows.
macro_rules! named_at {
    ($current:literal, $is_named:literal) => {
        concat!(
            "with gone as materialized (select * from partition where table_id = $1 and removed > $3 \
             and added + 0 <= $3) select ",
            whole!(),
            " from (",
            $current,
            " union all select * from gone where ",
            $is_named,
            ") p left join base b on b.id = p.base_id order by p.name"
        )
    };
}

const PARTITION_PAGE: Sql = Sql::both("partition_page", page_at!(whole!(), "left join base b on b.id = p.base_id"));
const PARTITION_PAGE_NAMES: Sql = Sql::both("partition_page_names", page_at!("p.name, p.partition_values", ""));
/// As all look-ups of many names, on Postgres one index look-up a name.
const PARTITION_NAMED_AT: Sql = Sql::per_dialect(
    "partition_named_at",
    named_at!(
        "select c.* from (select distinct unnest($2::text[]) as name) n cross join lateral (select * from partition \
         where table_id = $1 and removed is null and name = n.name and added + 0 <= $3 offset 0) c",
        "name = any($2)"
    ),
    named_at!(
        "select * from partition where table_id = $1 and removed is null and added <= $3 \
         and name in (select value from json_each($2))",
        "name in (select value from json_each($2))"
    ),
);
const PARTITION_RANGE: Sql = Sql::both(
    "partition_range",
    concat!(
        "select ",
        whole!(),
        " from partition p left join base b on b.id = p.base_id where p.table_id = $1 and p.removed is null \
         and p.name >= $2 and p.name < $3 order by p.name"
    ),
);
const PARTITION_RANGE_VALUES: Sql = Sql::both(
    "partition_range_values",
    "select name, partition_values from partition where table_id = $1 and removed is null and name >= $2 \
     and name < $3 order by name",
);
/// Two look-ups in the index.
const PARTITION_RANGE_ENDS: Sql = Sql::both(
    "partition_range_ends",
    "select (select min(name) from partition where table_id = $1 and removed is null and name >= $2 and name < $3), \
     (select max(name) from partition where table_id = $1 and removed is null and name >= $2 and name < $3)",
);
const PARTITION_ENDS: Sql = Sql::both(
    "partition_ends",
    "select (select min(name) from partition where table_id = $1 and removed is null), \
     (select max(name) from partition where table_id = $1 and removed is null)",
);
const PARTITION_RANGE_COUNT: Sql = Sql::both(
    "partition_range_count",
    "select count(*) from (select 1 from partition where table_id = $1 and removed is null and name >= $2 \
     and name < $3 order by name limit $4) as counted",
);

pub(super) const ALL: &[&Sql] = &[
    &PARTITION_PAGE,
    &PARTITION_PAGE_NAMES,
    &PARTITION_NAMED_AT,
    &PARTITION_RANGE,
    &PARTITION_RANGE_VALUES,
    &PARTITION_RANGE_ENDS,
    &PARTITION_ENDS,
    &PARTITION_RANGE_COUNT,
];

/// Names from `low` on and before `high`, by their bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameRange {
    pub low: String,
    pub high: String,
}

/// No name has it unescaped, and no text that can be stored lies between a name and the name with it.
const NEXT: char = '\u{1}';

impl NameRange {
    /// All names: none begins with what Unicode has last.
    pub fn all() -> Self {
        Self { low: String::new(), high: char::MAX.to_string() }
    }
    /// From one name to another, both of them in it.
    pub fn through(first: &str, last: &str) -> Self {
        Self { low: first.to_owned(), high: format!("{last}{NEXT}") }
    }
    /// All names that begin so; the text ends in ASCII and is not empty.
    pub fn beginning(text: &str) -> Self {
        let mut high = text.to_owned();
        if let Some(next) = high.pop().and_then(|last| u8::try_from(last).ok()).map(|last| char::from(last + 1)) {
            high.push(next);
        }
        Self { low: text.to_owned(), high }
    }
    /// What is behind a name.
    #[must_use]
    pub fn after(&self, name: &str) -> Self {
        Self { low: format!("{name}{NEXT}"), high: self.high.clone() }
    }
}

/// What is read of partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartitionColumns {
    All,
    /// Names, and the values with them.
    Names,
}

impl Txn {
    /// At most `limit` partitions of a range as they were in a version, by name. One statement.
    pub async fn partition_page(
        &mut self,
        (table_id, version): (i64, i64),
        columns: PartitionColumns,
        range: &NameRange,
        limit: i64,
        mut each: impl FnMut(StoredPartition<'_>) -> Result<()> + Send,
    ) -> Result<()> {
        let texts = [&range.low, &range.high].map(|text| Arg::Text(text));
        let [low, high] = texts;
        let args = [Arg::I64(table_id), low, high, Arg::I64(limit), Arg::I64(version)];
        match columns {
            PartitionColumns::All => self.for_each(&PARTITION_PAGE, &args, |row| each(StoredPartition::of(row)?)).await,
            PartitionColumns::Names => {
                self.for_each(&PARTITION_PAGE_NAMES, &args, |row| each(StoredPartition::named(row)?)).await
            }
        }
    }

    /// Those of the named partitions that were there in a version, by name. One statement.
    pub async fn partition_named_at(
        &mut self,
        (table_id, version): (i64, i64),
        names: &[String],
        mut each: impl FnMut(StoredPartition<'_>) -> Result<()> + Send,
    ) -> Result<()> {
        let args = [Arg::I64(table_id), Arg::Texts(names), Arg::I64(version)];
        self.for_each(&PARTITION_NAMED_AT, &args, |row| each(StoredPartition::of(row)?)).await
    }

    /// All current partitions of a range, by name, as the rows arrive.
    pub async fn partition_range(
        &mut self,
        table_id: i64,
        columns: PartitionColumns,
        range: &NameRange,
        mut each: impl FnMut(StoredPartition<'_>) -> Result<()> + Send,
    ) -> Result<()> {
        let args = [Arg::I64(table_id), Arg::Text(&range.low), Arg::Text(&range.high)];
        match columns {
            PartitionColumns::All => {
                self.for_each(&PARTITION_RANGE, &args, |row| each(StoredPartition::of(row)?)).await
            }
            PartitionColumns::Names => {
                self.for_each(&PARTITION_RANGE_VALUES, &args, |row| each(StoredPartition::named(row)?)).await
            }
        }
    }

    /// The first and the last current name, of a range or of all. None where there is none.
    pub async fn partition_ends(
        &mut self,
        table_id: i64,
        range: Option<&NameRange>,
    ) -> Result<Option<(String, String)>> {
        let row = match range {
            Some(range) => {
                let args = [Arg::I64(table_id), Arg::Text(&range.low), Arg::Text(&range.high)];
                self.one(&PARTITION_RANGE_ENDS, &args).await?
            }
            None => self.one(&PARTITION_ENDS, &[Arg::I64(table_id)]).await?,
        };
        Ok(row.opt_string(0)?.zip(row.opt_string(1)?))
    }

    /// How many current partitions a range has; more than `limit` are not counted.
    pub async fn partition_range_count(&mut self, table_id: i64, range: &NameRange, limit: i64) -> Result<i64> {
        let args = [Arg::I64(table_id), Arg::Text(&range.low), Arg::Text(&range.high), Arg::I64(limit)];
        self.one(&PARTITION_RANGE_COUNT, &args).await?.i64(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(range: &NameRange, name: &str) -> bool {
        *range.low <= *name && *name < *range.high
    }

    #[test]
    fn ranges_end_where_they_should() {
        let day = NameRange::beginning("ds=a/");
        assert!(has(&day, "ds=a/hr=1") && has(&day, "ds=a/hr=\u{10FFFF}"));
        assert!(
            !has(&day, "ds=a") && !has(&day, "ds=a%2Fhr=1") && !has(&day, "ds=a0/hr=1") && !has(&day, "ds=a-/hr=1")
        );
        let some = NameRange::through("b", "d");
        assert!(has(&some, "b") && has(&some, "cz") && has(&some, "d") && !has(&some, "d ") && !has(&some, "a"));
        let rest = some.after("c");
        assert!(!has(&rest, "c") && has(&rest, "c ") && has(&rest, "d"));
    }
}
