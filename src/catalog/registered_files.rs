//! What is known of the files of registered partitions. Only those of objects that are marked as registered are complete.
//! A partition `""` is the table itself. See [`super::PartitionWalk`] for how long a version lasts.

use skep_core::Result;
use skep_core::partition::Partition;
use skep_core::registration::is_registered;

use super::metastore::Metastore;
use crate::store::{BlockBrief, FileBrief, FoundFile, StoredBlock, StoredFile, Txn};

/// Files of partitions that go in `version`, or whose files are not known any more from then on, go with that.
pub(super) async fn registered_files_leave(
    txn: &mut Txn,
    table_id: i64,
    version: i64,
    partitions: impl IntoIterator<Item = &Partition>,
) -> Result<()> {
    let registered = partitions.into_iter().filter(|partition| is_registered(&partition.parameters));
    let names: Vec<String> = registered.map(|partition| partition.name.clone()).collect();
    let removed = txn.file_remove_of(table_id, version, &names).await?;
    txn.block_break(table_id, version, removed).await
}

impl Metastore {
    /// Files of these partitions as of a version, by partition and path.
    pub async fn files(&self, table_id: i64, version: i64, partitions: &[String]) -> Result<Vec<StoredFile>> {
        self.store.peek().await?.file_list(table_id, version, partitions).await
    }

    /// The same, each file as it is read; nothing is kept.
    pub async fn files_each(
        &self,
        (table_id, version): (i64, i64),
        partitions: &[String],
        each: impl FnMut(StoredFile) -> Result<()> + Send,
    ) -> Result<()> {
        self.store.peek().await?.file_each(table_id, version, partitions, each).await
    }

    /// Those that are in some blocks, given by partition and number, by partition, block and path.
    pub async fn files_of_blocks(
        &self,
        at_version: (i64, i64),
        blocks: &[(&str, i64)],
        each: impl FnMut(StoredFile) -> Result<()> + Send,
    ) -> Result<()> {
        self.store.peek().await?.file_of_blocks(at_version, blocks, each).await
    }

    /// At most `limit` files of one partition, by path, behind the path `after`.
    pub async fn files_page(
        &self,
        at_version: (i64, i64),
        partition: &str,
        (after, limit): (&str, usize),
        each: impl FnMut(StoredFile) -> Result<()> + Send,
    ) -> Result<()> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.store.peek().await?.file_page(at_version, partition, (after, limit), each).await
    }

    /// Those of some files, given by partition and path, that are there now, by partition and path.
    pub async fn files_find(&self, table_id: i64, files: &[(&str, &str)]) -> Result<Vec<FoundFile>> {
        self.store.peek().await?.file_find(table_id, files).await
    }

    /// All files of these partitions that are there now, by partition and path.
    pub async fn files_find_of(&self, table_id: i64, partitions: &[String]) -> Result<Vec<FoundFile>> {
        self.store.peek().await?.file_find_of(table_id, partitions).await
    }

    /// The files of all partitions as of a version, by partition and path, without their facts.
    pub async fn files_brief(
        &self,
        (table_id, version): (i64, i64),
        each: impl FnMut(FileBrief<'_>) -> Result<()> + Send,
    ) -> Result<()> {
        self.store.peek().await?.file_brief_each(table_id, version, each).await
    }

    /// The blocks that files of these partitions are in, by partition and number.
    pub async fn blocks(&self, table_id: i64, partitions: &[String]) -> Result<Vec<StoredBlock>> {
        self.store.peek().await?.block_list(table_id, partitions).await
    }

    /// The same as they arrive, without what a plan has no use for; and where files are in none.
    pub async fn blocks_each(
        &self,
        table_id: i64,
        partitions: &[String],
        each: impl FnMut(BlockBrief<'_>) -> Result<()> + Send,
    ) -> Result<()> {
        self.store.peek().await?.block_each(table_id, partitions, each).await
    }
}
