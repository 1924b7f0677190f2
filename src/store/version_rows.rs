//! What lies between two versions of a table, partition by partition in the order of names, and rows of an earlier version
//! put back: as they are stored, so that nothing is lost on the way.

use std::cmp::Ordering;
use std::collections::{HashSet, VecDeque};

use skep_core::name::partition_name_values;
use skep_core::registration::is_registered;
use skep_core::table::Parameters;
use skep_core::{Error, Kind, Result};

use super::driver::{Arg, ColumnArg, Row, Sql, without_nul};
use super::files::FilesRemoved;
use super::partition_row::PARAMETERS;
use super::txn::{Txn, to_json};
use super::versions::VersionSpan;

/// A page of rows by name, from an inner query that has found and cut them. `added + 0` leaves planners the index on what was
/// removed: few rows of many.
macro_rules! rows {
    ($which:literal) => {
        concat!(
            "select p.id, p.name, p.slot, p.base_id, b.uri, p.location, p.partition_values, p.params, p.created_at, \
             p.accessed_at, p.write_id from (select * from partition where table_id = $1 and ",
            $which,
            " and name > $4 order by name limit $5) p left join base b on b.id = p.base_id order by p.name"
        )
    };
}

/// In the earlier version and not, as they are, in the later one.
const ROWS_EARLIER: Sql =
    Sql::both("version_rows_earlier", rows!("added + 0 <= $2 and removed > $2 and removed <= $3"));
/// In the later version and not, as they are, in the earlier one.
const ROWS_LATER: Sql =
    Sql::both("version_rows_later", rows!("added > $2 and added <= $3 and (removed is null or removed > $3)"));
/// Partitions whose files are not the same ones in both versions.
const FILES_DIFFER: Sql = Sql::per_dialect(
    "version_files_differ",
    "select distinct g.partition from (select f.partition from (select distinct unnest($4::text[]) as name) n \
     cross join lateral (select * from file where table_id = $1 and partition = n.name offset 0) f \
     group by f.partition, f.path, f.size, f.modified_at, coalesce(f.etag, '') \
     having max(case when f.added <= $2 and (f.removed is null or f.removed > $2) then 1 else 0 end) \
     <> max(case when f.added <= $3 and (f.removed is null or f.removed > $3) then 1 else 0 end)) g",
    "select distinct g.partition from (select f.partition from file f where f.table_id = $1 \
     and f.partition in (select value from json_each($4)) \
     group by f.partition, f.path, f.size, f.modified_at, coalesce(f.etag, '') \
     having max(case when f.added <= $2 and (f.removed is null or f.removed > $2) then 1 else 0 end) \
     <> max(case when f.added <= $3 and (f.removed is null or f.removed > $3) then 1 else 0 end)) g",
);
const PARTITION_RESTORE: Sql = Sql::per_dialect(
    "partition_restore",
    "insert into partition (table_id, added, name, slot, base_id, location, partition_values, params, created_at, \
     accessed_at, write_id, place) select p.table_id, $2, p.name, p.slot, p.base_id, p.location, p.partition_values, \
     u.params, p.created_at, p.accessed_at, p.write_id, p.place from unnest($3::bigint[], $4::text[]) u (id, params) \
     join partition p on p.id = u.id where p.table_id = $1",
    "insert into partition (table_id, added, name, slot, base_id, location, partition_values, params, created_at, \
     accessed_at, write_id, place) select p.table_id, $2, p.name, p.slot, p.base_id, p.location, p.partition_values, \
     u.value->>1, p.created_at, p.accessed_at, p.write_id, p.place from json_each($3) u cross join partition p \
     on p.id = u.value->>0 where p.table_id = $1",
);
/// Files that came after version $3 go in version $2.
const FILE_LEAVE: Sql = Sql::per_dialect(
    "file_leave",
    "update file set removed = $2 where id = any(array(select f.id \
     from (select distinct unnest($4::text[]) as name) n cross join lateral (select id from file \
     where table_id = $1 and partition = n.name and removed is null and added > $3 offset 0) f))",
    "update file set removed = $2 where table_id = $1 and removed is null and added > $3 \
     and partition in (select value from json_each($4))",
);
/// Files that version $3 had and that went since come back in version $2.
const FILE_RESTORE: Sql = Sql::per_dialect(
    "file_restore",
    "insert into file (table_id, added, partition, path, size, modified_at, etag, row_count, facts, block) \
     select $1, $2, f.partition, f.path, f.size, f.modified_at, f.etag, f.row_count, f.facts, f.block \
     from (select distinct unnest($4::text[]) as name) n cross join lateral (select * from file \
     where table_id = $1 and partition = n.name and added <= $3 and removed > $3 offset 0) f",
    "insert into file (table_id, added, partition, path, size, modified_at, etag, row_count, facts, block) \
     select $1, $2, partition, path, size, modified_at, etag, row_count, facts, block from file \
     where table_id = $1 and added <= $3 and removed > $3 and partition in (select value from json_each($4))",
);

pub(super) const ALL: &[&Sql] =
    &[&ROWS_EARLIER, &ROWS_LATER, &FILES_DIFFER, &PARTITION_RESTORE, &FILE_LEAVE, &FILE_RESTORE];

/// So many rows one statement reads.
const PAGE: usize = 10_000;
/// So many partitions one statement writes.
const BATCH: usize = 2_500;

/// A partition's row as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRow {
    pub id: i64,
    pub name: String,
    /// Where its data lies.
    pub location: Option<String>,
    slot: Option<i64>,
    base: Option<i64>,
    own_location: Option<String>,
    values: Option<String>,
    parameters: Option<String>,
    created_at: i64,
    accessed_at: i64,
    write_id: Option<i64>,
}

fn read(row: &Row) -> Result<VersionRow> {
    let name = row.string(1)?;
    let own_location = row.opt_string(5)?;
    let below = |base: &str| format!("{base}/{name}");
    Ok(VersionRow {
        id: row.i64(0)?,
        location: own_location.clone().or(row.opt_text(4)?.map(below)),
        slot: row.opt_i64(2)?,
        base: row.opt_i64(3)?,
        own_location,
        values: row.opt_string(6)?,
        parameters: row.opt_string(7)?,
        created_at: row.i64(8)?,
        accessed_at: row.i64(9)?,
        write_id: row.opt_i64(10)?,
        name,
    })
}

impl VersionRow {
    fn is_alike(&self, other: &Self) -> bool {
        Self { id: 0, ..self.clone() } == Self { id: 0, ..other.clone() }
    }

    fn damaged(&self, error: &serde_json::Error) -> Error {
        Error::new(Kind::Corrupt, format!("the stored partition {} is damaged: {error}", self.name))
    }

    /// In the order of the table's keys.
    pub fn values(&self) -> Result<Vec<String>> {
        match &self.values {
            None => Ok(partition_name_values(&self.name)?.into_iter().map(std::borrow::Cow::into_owned).collect()),
            Some(json) => serde_json::from_str(&without_nul(json)).map_err(|e| self.damaged(&e)),
        }
    }

    pub fn parameters(&self) -> Result<Parameters> {
        match &self.parameters {
            None => Ok(Parameters::new()),
            Some(json) => serde_json::from_str(&without_nul(json)).map_err(|e| self.damaged(&e)),
        }
    }
}

/// What became of one partition between two versions: it went, came, or is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    pub earlier: Option<VersionRow>,
    pub later: Option<VersionRow>,
}

/// A walk over what lies between two versions, by name. Rows that were replaced by their like are not told of.
#[derive(Debug)]
pub struct VersionWalk {
    span: VersionSpan,
    earlier: Side,
    later: Side,
}

/// The rows of one side that were read and not told of yet.
#[derive(Debug, Default)]
struct Side {
    rows: VecDeque<VersionRow>,
    /// The last name that was read.
    after: String,
    is_over: bool,
}

impl Side {
    async fn fill(&mut self, txn: &mut Txn, sql: &'static Sql, span: VersionSpan) -> Result<()> {
        if self.is_over || !self.rows.is_empty() {
            return Ok(());
        }
        let args = [
            Arg::I64(span.table_id),
            Arg::I64(span.from),
            Arg::I64(span.to),
            Arg::Text(&self.after),
            Arg::I64(PAGE as i64),
        ];
        let page = txn.list(sql, &args, read).await?;
        self.is_over = page.len() < PAGE;
        if let Some(last) = page.last() {
            self.after.clone_from(&last.name);
        }
        self.rows = page.into();
        Ok(())
    }
}

impl VersionWalk {
    pub fn new(span: VersionSpan) -> Self {
        Self { span, earlier: Side::default(), later: Side::default() }
    }

    /// The next changes, some thousand; none behind the last.
    pub async fn next(&mut self, txn: &mut Txn) -> Result<Vec<RowChange>> {
        loop {
            self.earlier.fill(txn, &ROWS_EARLIER, self.span).await?;
            self.later.fill(txn, &ROWS_LATER, self.span).await?;
            let (mut changes, mut alike) = (Vec::new(), Vec::new());
            while let Some(change) = self.step() {
                match (&change.earlier, &change.later) {
                    (Some(earlier), Some(later)) if earlier.is_alike(later) => alike.push(change),
                    _ => changes.push(change),
                }
            }
            if !alike.is_empty() {
                self.alike_settle(txn, alike, &mut changes).await?;
            }
            let is_over = |side: &Side| side.is_over && side.rows.is_empty();
            if !changes.is_empty() || (is_over(&self.earlier) && is_over(&self.later)) {
                return Ok(changes);
            }
        }
    }

    /// The next name of what was read; none where more must be read to know it.
    fn step(&mut self) -> Option<RowChange> {
        let order = match (self.earlier.rows.front(), self.later.rows.front()) {
            (Some(earlier), Some(later)) => earlier.name.cmp(&later.name),
            (Some(_), None) if self.later.is_over => Ordering::Less,
            (None, Some(_)) if self.earlier.is_over => Ordering::Greater,
            _ => return None,
        };
        let earlier = if order.is_le() { self.earlier.rows.pop_front() } else { None };
        let later = if order.is_ge() { self.later.rows.pop_front() } else { None };
        Some(RowChange { earlier, later })
    }

    /// Of rows that are alike, those with other files changed.
    async fn alike_settle(&self, txn: &mut Txn, alike: Vec<RowChange>, changes: &mut Vec<RowChange>) -> Result<()> {
        let VersionSpan { table_id, from, to } = self.span;
        let mut names = Vec::new();
        for row in alike.iter().filter_map(|change| change.earlier.as_ref()) {
            if is_registered(&row.parameters()?) {
                names.push(row.name.clone());
            }
        }
        if names.is_empty() {
            return Ok(());
        }
        let args = [Arg::I64(table_id), Arg::I64(from), Arg::I64(to), Arg::Texts(&names)];
        let differ: HashSet<String> = txn.list(&FILES_DIFFER, &args, |row| row.string(0)).await?.into_iter().collect();
        let name = |change: &RowChange| change.earlier.as_ref().map(|row| row.name.clone()).unwrap_or_default();
        if !differ.is_empty() {
            changes.extend(alike.into_iter().filter(|change| differ.contains(&name(change))));
            changes.sort_by_key(|change| change.name().to_owned());
        }
        Ok(())
    }
}

impl RowChange {
    pub fn name(&self) -> &str {
        self.earlier.as_ref().or(self.later.as_ref()).map_or("", |row| row.name.as_str())
    }
}

impl Txn {
    /// Adds rows of this table again in `version`, each with these parameters. Names that they have must be free.
    pub async fn partition_restore(
        &mut self,
        table_id: i64,
        version: i64,
        rows: &[(&VersionRow, Parameters)],
    ) -> Result<()> {
        for batch in rows.chunks(BATCH) {
            let text =
                |parameters: &Parameters| (!parameters.is_empty()).then(|| to_json(PARAMETERS, parameters)).transpose();
            let columns = [
                ColumnArg::I64(batch.iter().map(|(row, _)| row.id).collect()),
                ColumnArg::OptText(batch.iter().map(|(_, parameters)| text(parameters)).collect::<Result<_>>()?),
            ];
            let args = [Arg::I64(table_id), Arg::I64(version), Arg::Columns(&columns)];
            let added = self.execute(&PARTITION_RESTORE, &args).await?;
            if added != batch.len() as u64 {
                return Err(Error::new(Kind::Conflict, "rows of the earlier version went while they were restored"));
            }
        }
        Ok(())
    }

    /// Lets these partitions (`""`: the table) have in `version` the files that they had in an earlier one.
    pub async fn file_restore(
        &mut self,
        table_id: i64,
        version: i64,
        earlier: i64,
        partitions: &[String],
    ) -> Result<FilesRemoved> {
        let mut removed = 0;
        for batch in partitions.chunks(BATCH) {
            let args = [Arg::I64(table_id), Arg::I64(version), Arg::I64(earlier), Arg::Texts(batch)];
            removed += self.execute(&FILE_LEAVE, &args).await?;
            self.execute(&FILE_RESTORE, &args).await?;
        }
        Ok(FilesRemoved(removed))
    }

    /// Whether a table without partitions has other files in one version than in another.
    pub async fn table_files_differ(&mut self, span: VersionSpan) -> Result<bool> {
        let VersionSpan { table_id, from, to } = span;
        let names = [String::new()];
        let args = [Arg::I64(table_id), Arg::I64(from), Arg::I64(to), Arg::Texts(&names)];
        Ok(!self.list(&FILES_DIFFER, &args, |row| row.string(0)).await?.is_empty())
    }
}
