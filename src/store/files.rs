//! Files of registered partitions: rows that are added in one version and removed in a later one, as partitions are.
//! What a footer told is kept as the text that the layer above made of it.

use std::borrow::Borrow;
use std::ops::AddAssign;
use std::sync::Arc;

use skep_core::Result;

use super::driver::{Arg, ColumnArg, Row, Sql};
use super::txn::{BATCH, Txn};

const FILE_INSERT: Sql = Sql::per_dialect(
    "file_insert",
    "insert into file (table_id, added, partition, path, size, modified_at, etag, row_count, facts, block) \
     select $1, $2, u.* from unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[], \
     $9::text[], $10::bigint[]) u",
    "insert into file (table_id, added, partition, path, size, modified_at, etag, row_count, facts, block) \
     select $1, $2, value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7 \
     from json_each($3) where true",
);
// Look-ups of many partitions are written one by one, as in `partitions`.
const FILE_LIST: Sql = Sql::per_dialect(
    "file_list",
    "select f.partition, f.path, f.added, f.size, f.modified_at, f.etag, f.row_count, f.facts, f.block \
     from (select distinct unnest($3::text[]) as name) n cross join lateral (select * from file \
     where table_id = $1 and partition = n.name and added <= $2 and (removed is null or removed > $2) offset 0) f \
     order by f.partition, f.path",
    "select f.partition, f.path, f.added, f.size, f.modified_at, f.etag, f.row_count, f.facts, f.block \
     from (select distinct value as name from json_each($3)) n cross join file f where f.table_id = $1 \
     and f.partition = n.name and f.added <= $2 and (f.removed is null or f.removed > $2) \
     order by f.partition, f.path",
);
/// Those of some blocks; the indexes that know blocks are one of those that are, and one of files in none.
const FILE_OF_BLOCKS: Sql = Sql::per_dialect(
    "file_of_blocks",
    "select f.partition, f.path, f.added, f.size, f.modified_at, f.etag, f.row_count, f.facts, f.block \
     from unnest($3::text[], $4::bigint[]) n (name, block) cross join lateral (select * from file where table_id = $1 \
     and partition = n.name and block = n.block and block > 0 union all select * from file where table_id = $1 \
     and partition = n.name and block = 0 and n.block = 0 offset 0) f \
     where f.added <= $2 and (f.removed is null or f.removed > $2) order by f.partition, f.block, f.path",
    "select f.partition, f.path, f.added, f.size, f.modified_at, f.etag, f.row_count, f.facts, f.block \
     from json_each($3) n cross join file f where f.table_id = $1 and f.partition = n.value->>0 \
     and f.block = n.value->>1 and f.block > 0 and f.added <= $2 and (f.removed is null or f.removed > $2) union all \
     select f.partition, f.path, f.added, f.size, f.modified_at, f.etag, f.row_count, f.facts, f.block \
     from json_each($3) n cross join file f where n.value->>1 = 0 and f.table_id = $1 and f.partition = n.value->>0 \
     and f.block = 0 and f.added <= $2 and (f.removed is null or f.removed > $2) order by 1, 9, 2",
);
/// Of one partition, by the index that has it in this order.
const FILE_PAGE: Sql = Sql::both(
    "file_page",
    "select partition, path, added, size, modified_at, etag, row_count, facts, block from file where table_id = $1 \
     and partition = $3 and path > $4 and added <= $2 and (removed is null or removed > $2) order by path limit $5",
);
/// Those of these paths that are there now.
const FILE_FIND: Sql = Sql::per_dialect(
    "file_find",
    "select f.partition, f.path, f.size, f.modified_at, f.etag, f.block from unnest($2::text[], $3::text[]) \
     u (name, path) cross join lateral (select * from file where table_id = $1 and partition = u.name \
     and path = u.path and removed is null offset 0) f order by f.partition, f.path",
    "select f.partition, f.path, f.size, f.modified_at, f.etag, f.block from json_each($2) u cross join file f \
     where f.table_id = $1 and f.partition = u.value->>0 and f.path = u.value->>1 and f.removed is null \
     order by f.partition, f.path",
);
/// All that are there now of some partitions.
const FILE_FIND_OF: Sql = Sql::per_dialect(
    "file_find_of",
    "select f.partition, f.path, f.size, f.modified_at, f.etag, f.block from (select distinct unnest($2::text[]) as name) n \
     cross join lateral (select * from file where table_id = $1 and partition = n.name and removed is null offset 0) f \
     order by f.partition, f.path",
    "select f.partition, f.path, f.size, f.modified_at, f.etag, f.block \
     from (select distinct value as name from json_each($2)) n cross join file f where f.table_id = $1 \
     and f.partition = n.name and f.removed is null order by f.partition, f.path",
);
/// What a comparison with the lake needs, of all partitions.
const FILE_BRIEF: Sql = Sql::both(
    "file_brief",
    "select partition, path, size, modified_at, etag from file where table_id = $1 and added <= $2 \
     and (removed is null or removed > $2) order by partition, path",
);
const FILE_REMOVE: Sql = Sql::per_dialect(
    "file_remove",
    "update file set removed = $2 where id = any(array(select f.id \
     from unnest($3::text[], $4::text[]) as u (name, path) cross join lateral (select id from file \
     where table_id = $1 and partition = u.name and path = u.path and removed is null offset 0) f))",
    "update file set removed = $2 where table_id = $1 and removed is null and (partition, path) in \
     (select value->>0, value->>1 from json_each($3))",
);
const FILE_REMOVE_OF: Sql = Sql::per_dialect(
    "file_remove_of",
    "update file set removed = $2 where id = any(array(select f.id \
     from (select distinct unnest($3::text[]) as name) n cross join lateral (select id from file \
     where table_id = $1 and partition = n.name and removed is null offset 0) f))",
    "update file set removed = $2 where table_id = $1 and removed is null \
     and partition in (select value from json_each($3))",
);
/// Of no version from $2 on, and none of those in $3.
const FILE_PURGE: Sql = Sql::per_dialect(
    "file_purge",
    "delete from file where id in (select id from file where table_id = $1 and removed is not null and removed <= $2 \
     and not exists (select 1 from unnest($3::bigint[]) k (version) where added <= k.version and removed > k.version) \
     limit $4)",
    "delete from file where id in (select id from file where table_id = $1 and removed is not null and removed <= $2 \
     and not exists (select 1 from json_each($3) k where added <= k.value and removed > k.value) limit $4)",
);
const FILE_PURGE_ALL: Sql =
    Sql::both("file_purge_all", "delete from file where id in (select id from file where table_id = $1 limit $2)");

pub(super) const ALL: &[&Sql] = &[
    &FILE_INSERT,
    &FILE_LIST,
    &FILE_OF_BLOCKS,
    &FILE_PAGE,
    &FILE_FIND,
    &FILE_FIND_OF,
    &FILE_BRIEF,
    &FILE_REMOVE,
    &FILE_REMOVE_OF,
    &FILE_PURGE,
    &FILE_PURGE_ALL,
];

/// A file as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// The partition's name; empty for a table without partitions. Many files share it.
    pub partition: Arc<str>,
    /// Below the partition's location.
    pub path: String,
    /// The version that added it; given by the store.
    pub added: i64,
    /// Bytes.
    pub size: i64,
    /// Milliseconds since the epoch, by the clock of where it lies.
    pub modified_at: i64,
    pub etag: Option<String>,
    pub row_count: i64,
    pub facts: String,
    /// The block of its partition that it is in; 0: none.
    pub block: i64,
}

/// A file that is there now, without its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    pub partition: String,
    pub path: String,
    /// Bytes.
    pub size: i64,
    /// Milliseconds since the epoch, by the clock of where it lies.
    pub modified_at: i64,
    pub etag: Option<String>,
    /// 0: none.
    pub block: i64,
}

/// How many files were removed in a version. Their blocks are not whole any more, which is said once for all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use = "`block_break` says it of their blocks"]
pub struct FilesRemoved(pub(super) u64);

impl AddAssign for FilesRemoved {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

/// A file without its facts, as its row has it.
#[derive(Debug, Clone, Copy)]
pub struct FileBrief<'r> {
    pub partition: &'r str,
    pub path: &'r str,
    pub size: i64,
    pub modified_at: i64,
    pub etag: Option<&'r str>,
}

fn read(row: &Row) -> Result<StoredFile> {
    Ok(StoredFile {
        partition: row.text(0)?.into(),
        path: row.string(1)?,
        added: row.i64(2)?,
        size: row.i64(3)?,
        modified_at: row.i64(4)?,
        etag: row.opt_string(5)?,
        row_count: row.i64(6)?,
        facts: row.string(7)?,
        block: row.i64(8)?,
    })
}

fn read_found(row: &Row) -> Result<FoundFile> {
    Ok(FoundFile {
        partition: row.string(0)?,
        path: row.string(1)?,
        size: row.i64(2)?,
        modified_at: row.i64(3)?,
        etag: row.opt_string(4)?,
        block: row.i64(5)?,
    })
}

impl Txn {
    /// Adds files in `version`, which `table_commit` began.
    pub async fn file_add_many(
        &mut self,
        table_id: i64,
        version: i64,
        files: &[impl Borrow<StoredFile> + Sync],
    ) -> Result<()> {
        self.execute_rows(&FILE_INSERT, &[Arg::I64(table_id), Arg::I64(version)], files, |batch| {
            let batch = || batch.iter().map(Borrow::borrow);
            Ok(vec![
                ColumnArg::Str(batch().map(|f: &StoredFile| &*f.partition).collect()),
                ColumnArg::Str(batch().map(|f| f.path.as_str()).collect()),
                ColumnArg::I64(batch().map(|f| f.size).collect()),
                ColumnArg::I64(batch().map(|f| f.modified_at).collect()),
                ColumnArg::OptStr(batch().map(|f| f.etag.as_deref()).collect()),
                ColumnArg::I64(batch().map(|f| f.row_count).collect()),
                ColumnArg::Str(batch().map(|f| f.facts.as_str()).collect()),
                ColumnArg::I64(batch().map(|f| f.block).collect()),
            ])
        })
        .await
    }

    /// Files of the named partitions as of a version, by partition and path.
    pub async fn file_list(&mut self, table_id: i64, version: i64, partitions: &[String]) -> Result<Vec<StoredFile>> {
        let args = [Arg::I64(table_id), Arg::I64(version), Arg::Texts(partitions)];
        self.list(&FILE_LIST, &args, read).await
    }

    /// The same, each file as it arrives: one statement that keeps nothing.
    pub async fn file_each(
        &mut self,
        table_id: i64,
        version: i64,
        partitions: &[String],
        mut each: impl FnMut(StoredFile) -> Result<()> + Send,
    ) -> Result<()> {
        let args = [Arg::I64(table_id), Arg::I64(version), Arg::Texts(partitions)];
        self.for_each(&FILE_LIST, &args, |row| each(read(row)?)).await
    }

    /// Files of these blocks, each of a partition, as of a version, by partition, block and path.
    pub async fn file_of_blocks(
        &mut self,
        (table_id, version): (i64, i64),
        blocks: &[(&str, i64)],
        mut each: impl FnMut(StoredFile) -> Result<()> + Send,
    ) -> Result<()> {
        for batch in blocks.chunks(BATCH) {
            let columns = [
                ColumnArg::Str(batch.iter().map(|(partition, _)| *partition).collect()),
                ColumnArg::I64(batch.iter().map(|(_, block)| *block).collect()),
            ];
            let args = [Arg::I64(table_id), Arg::I64(version), Arg::Columns(&columns)];
            self.for_each(&FILE_OF_BLOCKS, &args, |row| each(read(row)?)).await?;
        }
        Ok(())
    }

    /// At most `limit` files of one partition as of a version, by path, behind the path `after`.
    pub async fn file_page(
        &mut self,
        (table_id, version): (i64, i64),
        partition: &str,
        (after, limit): (&str, i64),
        mut each: impl FnMut(StoredFile) -> Result<()> + Send,
    ) -> Result<()> {
        let args = [Arg::I64(table_id), Arg::I64(version), Arg::Text(partition), Arg::Text(after), Arg::I64(limit)];
        self.for_each(&FILE_PAGE, &args, |row| each(read(row)?)).await
    }

    /// Those files, given by partition and path, that are there now, by partition and path.
    pub async fn file_find(&mut self, table_id: i64, files: &[(&str, &str)]) -> Result<Vec<FoundFile>> {
        let mut found = Vec::new();
        for batch in files.chunks(BATCH) {
            let columns = [
                ColumnArg::Str(batch.iter().map(|(partition, _)| *partition).collect()),
                ColumnArg::Str(batch.iter().map(|(_, path)| *path).collect()),
            ];
            let args = [Arg::I64(table_id), Arg::Columns(&columns)];
            found.append(&mut self.list(&FILE_FIND, &args, read_found).await?);
        }
        Ok(found)
    }

    /// All files of some partitions that are there now, by partition and path.
    pub async fn file_find_of(&mut self, table_id: i64, partitions: &[String]) -> Result<Vec<FoundFile>> {
        self.list(&FILE_FIND_OF, &[Arg::I64(table_id), Arg::Texts(partitions)], read_found).await
    }

    /// All files of a version, by partition and path, each as it arrives.
    pub async fn file_brief_each(
        &mut self,
        table_id: i64,
        version: i64,
        mut each: impl FnMut(FileBrief<'_>) -> Result<()> + Send,
    ) -> Result<()> {
        self.for_each(&FILE_BRIEF, &[Arg::I64(table_id), Arg::I64(version)], |row| {
            each(FileBrief {
                partition: row.text(0)?,
                path: row.text(1)?,
                size: row.i64(2)?,
                modified_at: row.i64(3)?,
                etag: row.opt_text(4)?,
            })
        })
        .await
    }

    /// Removes files, given by partition and path, in `version`.
    pub async fn file_remove_many(
        &mut self,
        table_id: i64,
        version: i64,
        files: &[(String, String)],
    ) -> Result<FilesRemoved> {
        let mut removed = 0;
        for batch in files.chunks(BATCH) {
            let columns = [
                ColumnArg::Str(batch.iter().map(|(partition, _)| partition.as_str()).collect()),
                ColumnArg::Str(batch.iter().map(|(_, path)| path.as_str()).collect()),
            ];
            let args = [Arg::I64(table_id), Arg::I64(version), Arg::Columns(&columns)];
            removed += self.execute(&FILE_REMOVE, &args).await?;
        }
        Ok(FilesRemoved(removed))
    }

    /// Removes all files of these partitions in `version`.
    pub async fn file_remove_of(&mut self, table_id: i64, version: i64, partitions: &[String]) -> Result<FilesRemoved> {
        let mut removed = 0;
        for batch in partitions.chunks(BATCH) {
            let args = [Arg::I64(table_id), Arg::I64(version), Arg::Texts(batch)];
            removed += self.execute(&FILE_REMOVE_OF, &args).await?;
        }
        Ok(FilesRemoved(removed))
    }

    /// Deletes files that no kept version shows: of a table, before a version, but those of some, at most so many.
    pub(super) async fn file_purge(&mut self, args: &[Arg<'_>; 4]) -> Result<u64> {
        self.execute(&FILE_PURGE, args).await
    }
    /// Deletes at most so many files of a table.
    pub(super) async fn file_purge_all(&mut self, table_id: i64, limit: i64) -> Result<u64> {
        self.execute(&FILE_PURGE_ALL, &[Arg::I64(table_id), Arg::I64(limit)]).await
    }
}
