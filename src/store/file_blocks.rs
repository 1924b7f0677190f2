//! Blocks of files: what many files of a partition tell together. They are no part of a version: a block holds of every
//! version's files that are in it.

use skep_core::{Error, Kind, Result};

use super::driver::{Arg, ColumnArg, Row, Sql};
use super::files::FilesRemoved;
use super::txn::{BATCH, Txn};

// Look-ups of many partitions are written one by one, as in `partitions`.
const BLOCK_LIST: Sql = Sql::per_dialect(
    "block_list",
    "select b.partition, b.block, b.file_count, b.size, b.broken, b.facts \
     from (select distinct unnest($2::text[]) as name) n cross join lateral (select * from file_block \
     where table_id = $1 and partition = n.name offset 0) b order by b.partition, b.block",
    "select b.partition, b.block, b.file_count, b.size, b.broken, b.facts \
     from (select distinct value as name from json_each($2)) n cross join file_block b where b.table_id = $1 \
     and b.partition = n.name order by b.partition, b.block",
);
/// The same, with a block 0 without facts where there are files in none, which are counted up to 1,000.
const BLOCK_SIEVE: Sql = Sql::per_dialect(
    "block_sieve",
    "select b.partition, b.block, b.file_count, b.facts from (select distinct unnest($2::text[]) as name) n \
     cross join lateral (select * from file_block where table_id = $1 and partition = n.name offset 0) b \
     union all select n.name, 0, n.files, null from (select d.name, (select count(*) from (select 1 from file \
     where table_id = $1 and partition = d.name and block = 0 limit 1000) f) as files \
     from (select distinct unnest($2::text[]) as name) d) n where n.files > 0 order by 1, 2",
    "select b.partition, b.block, b.file_count, b.facts from (select distinct value as name from json_each($2)) n \
     cross join file_block b where b.table_id = $1 and b.partition = n.name \
     union all select n.name, 0, n.files, null from (select d.name, (select count(*) from (select 1 from file \
     where table_id = $1 and partition = d.name and block = 0 limit 1000) f) as files \
     from (select distinct value as name from json_each($2)) d) n where n.files > 0 order by 1, 2",
);
const BLOCK_INSERT: Sql = Sql::per_dialect(
    "block_insert",
    "insert into file_block (table_id, partition, block, file_count, size, facts) \
     select $1, u.* from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[]) u",
    "insert into file_block (table_id, partition, block, file_count, size, facts) \
     select $1, value->>0, value->>1, value->>2, value->>3, value->>4 from json_each($2) where true",
);
const BLOCK_GROW: Sql = Sql::per_dialect(
    "block_grow",
    "update file_block b set file_count = u.file_count, size = u.size, facts = u.facts \
     from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[]) \
     u (name, block, file_count, size, facts) where b.table_id = $1 and b.partition = u.name and b.block = u.block \
     and b.broken is null and b.file_count < u.file_count",
    "update file_block as b set file_count = u.value->>2, size = u.value->>3, facts = u.value->>4 \
     from json_each($2) u where b.table_id = $1 and b.partition = u.value->>0 and b.block = u.value->>1 \
     and b.broken is null and b.file_count < u.value->>2",
);
/// Those that files were removed from in this version.
const BLOCK_BREAK: Sql = Sql::both(
    "block_break",
    "update file_block as b set broken = $2 from (select distinct partition, block from file where table_id = $1 \
     and removed = $2 and block > 0) f where b.table_id = $1 and b.partition = f.partition and b.block = f.block \
     and b.broken is null",
);
/// Nobody puts files into broken ones: those that have none left stay empty.
const BLOCK_PURGE: Sql = Sql::both(
    "block_purge",
    "delete from file_block where table_id = $1 and broken is not null and broken <= $2 and not exists \
     (select 1 from file f where f.table_id = $1 and f.partition = file_block.partition and f.block = file_block.block \
     and f.block > 0)",
);
const BLOCK_PURGE_ALL: Sql = Sql::both("block_purge_all", "delete from file_block where table_id = $1");

pub(super) const ALL: &[&Sql] =
    &[&BLOCK_LIST, &BLOCK_SIEVE, &BLOCK_INSERT, &BLOCK_GROW, &BLOCK_BREAK, &BLOCK_PURGE, &BLOCK_PURGE_ALL];

/// A block as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlock {
    /// The partition's name; empty for a table without partitions.
    pub partition: String,
    /// From 1 on.
    pub number: i64,
    /// How many files were put into it, and their bytes.
    pub files: i64,
    pub size: i64,
    /// None was removed since.
    pub is_whole: bool,
    /// What they tell together.
    pub facts: String,
}

/// So many files that are in no block are counted; more are many. Only stores have that many that are older than blocks.
pub const UNBLOCKED_MAX: i64 = 1_000;

/// What a plan needs to know of a block.
#[derive(Debug, Clone, Copy)]
pub struct BlockBrief<'r> {
    pub partition: &'r str,
    /// 0: files that are in none.
    pub number: i64,
    /// How many files were ever put into it; of number 0 they are counted up to [`UNBLOCKED_MAX`].
    pub files: i64,
    /// None: of number 0.
    pub facts: Option<&'r str>,
}

fn read(row: &Row) -> Result<StoredBlock> {
    Ok(StoredBlock {
        partition: row.string(0)?,
        number: row.i64(1)?,
        files: row.i64(2)?,
        size: row.i64(3)?,
        is_whole: row.opt_i64(4)?.is_none(),
        facts: row.string(5)?,
    })
}

fn columns<'b>(blocks: &[&'b StoredBlock]) -> Vec<ColumnArg<'b>> {
    vec![
        ColumnArg::Str(blocks.iter().map(|block| block.partition.as_str()).collect()),
        ColumnArg::I64(blocks.iter().map(|block| block.number).collect()),
        ColumnArg::I64(blocks.iter().map(|block| block.files).collect()),
        ColumnArg::I64(blocks.iter().map(|block| block.size).collect()),
        ColumnArg::Str(blocks.iter().map(|block| block.facts.as_str()).collect()),
    ]
}

impl Txn {
    /// All blocks of the named partitions, by partition and number.
    pub async fn block_list(&mut self, table_id: i64, partitions: &[String]) -> Result<Vec<StoredBlock>> {
        self.list(&BLOCK_LIST, &[Arg::I64(table_id), Arg::Texts(partitions)], read).await
    }

    /// The same as they arrive, and where there are files in no block, by partition and number.
    pub async fn block_each(
        &mut self,
        table_id: i64,
        partitions: &[String],
        mut each: impl FnMut(BlockBrief<'_>) -> Result<()> + Send,
    ) -> Result<()> {
        self.for_each(&BLOCK_SIEVE, &[Arg::I64(table_id), Arg::Texts(partitions)], |row| {
            let (partition, facts) = (row.text(0)?, row.opt_text(3)?);
            each(BlockBrief { partition, number: row.i64(1)?, files: row.i64(2)?, facts })
        })
        .await
    }

    /// Adds blocks, and gives others what new files make of them.
    ///
    /// # Errors
    /// Conflict where a block is another one than it was when its files were put into it.
    pub async fn block_put(&mut self, table_id: i64, new: &[&StoredBlock], grown: &[&StoredBlock]) -> Result<()> {
        let overtaken = || Error::new(Kind::Conflict, "blocks of files were changed meanwhile");
        match self.execute_rows(&BLOCK_INSERT, &[Arg::I64(table_id)], new, |batch| Ok(columns(batch))).await {
            Err(error) if error.kind == Kind::AlreadyExists => return Err(overtaken()),
            done => done?,
        }
        for batch in grown.chunks(BATCH) {
            let columns = columns(batch);
            let args = [Arg::I64(table_id), Arg::Columns(&columns)];
            if self.execute(&BLOCK_GROW, &args).await? != batch.len() as u64 {
                return Err(overtaken());
            }
        }
        Ok(())
    }

    /// Blocks that lost files in `version` are not whole any more. To be called once, when all of them are removed.
    pub async fn block_break(&mut self, table_id: i64, version: i64, removed: FilesRemoved) -> Result<()> {
        if removed == FilesRemoved::default() {
            return Ok(());
        }
        self.execute(&BLOCK_BREAK, &[Arg::I64(table_id), Arg::I64(version)]).await.map(drop)
    }

    /// Deletes blocks that lost files before a version and have none left.
    pub(super) async fn block_purge(&mut self, table_id: i64, before: i64) -> Result<u64> {
        self.execute(&BLOCK_PURGE, &[Arg::I64(table_id), Arg::I64(before)]).await
    }
    pub(super) async fn block_purge_all(&mut self, table_id: i64) -> Result<()> {
        self.execute(&BLOCK_PURGE_ALL, &[Arg::I64(table_id)]).await.map(drop)
    }
}
