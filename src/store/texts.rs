//! All statements in one list, so that a test can hold every text to both schemas.

use skep_core::Result;

use super::driver::Sql;
use super::store::Store;
use super::{
    compactions, databases, documents, events, expired, file_blocks, file_tasks, files, heads, history, lease, locks,
    moment, partition_pages, partition_whole, partitions, places, purge, requests, shapes, statistics, table_commits,
    tables, transactions, version_kept, version_rows, versions, write_ids,
};

const ALL: &[&[&Sql]] = &[
    databases::ALL,
    table_commits::ALL,
    tables::ALL,
    heads::ALL,
    lease::ALL,
    shapes::ALL,
    partitions::ALL,
    partition_pages::ALL,
    partition_whole::ALL,
    statistics::ALL,
    documents::ALL,
    events::ALL,
    file_tasks::ALL,
    places::ALL,
    history::ALL,
    files::ALL,
    file_blocks::ALL,
    requests::ALL,
    versions::ALL,
    version_rows::ALL,
    version_kept::ALL,
    expired::ALL,
    purge::ALL,
    moment::ALL,
    locks::ALL,
    transactions::ALL,
    write_ids::ALL,
    compactions::ALL,
];

/// Prepares every statement; gives how many there are.
pub async fn statements_check(store: &Store) -> Result<usize> {
    let mut conn = store.conn_write().await?;
    let mut count = 0;
    for sql in ALL.iter().copied().flatten() {
        conn.prepare(sql).await?;
        count += 1;
    }
    conn.rollback().await?;
    Ok(count)
}
