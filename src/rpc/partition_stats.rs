//! Partitions in figures: age and size, as their parameters have them.

use futures_util::StreamExt as _;
use skep_core::rows::RowView;
use skep_proto::admin::v1 as p;

use super::convert::seconds_out;
use super::cx::Cx;
use super::error::{Answer, Refusal};
use super::front::Answers;
use super::partition_list::{Rows, head, query};
use crate::catalog::PartitionColumns;

/// Partitions in one message.
const ROWS_AT_ONCE: usize = 2_000;

pub async fn list_stats(
    cx: Cx,
    request: p::ListPartitionStatsRequest,
) -> Answer<Answers<p::ListPartitionStatsResponse>> {
    let at = cx.table(request.table, "table")?;
    let query = query(at, request.filter, Vec::new(), 0)?;
    let reading = cx.metastore().partitions_stream(&query).await.map_err(|error| Refusal::from(error).at("filter"))?;
    let head = head(reading.table(), Some(reading.len()));
    let rows = Rows::new(reading, PartitionColumns::All);
    let first = p::ListPartitionStatsResponse { item: Some(p::list_partition_stats_response::Item::Head(head)) };
    let rest = futures_util::stream::try_unfold(rows, |mut rows| async move {
        let mut partitions = Vec::new();
        rows.next(|row| {
            partitions.push(stats(row));
            partitions.len() < ROWS_AT_ONCE
        })
        .await?;
        if partitions.is_empty() {
            return Ok(None);
        }
        let item = p::list_partition_stats_response::Item::Batch(p::PartitionStatsBatch { partitions });
        Ok(Some((p::ListPartitionStatsResponse { item: Some(item) }, rows)))
    });
    Ok(futures_util::stream::once(async { Ok(first) }).chain(rest).boxed())
}

fn stats(row: RowView<'_>) -> p::PartitionStats {
    let mut stats = p::PartitionStats {
        values: row.values().map(str::to_owned).collect(),
        create_time: seconds_out(row.create_time()),
        ..p::PartitionStats::default()
    };
    for (key, value) in row.parameters() {
        // Hive writes -1 where it does not know.
        let number = || value.parse().ok().filter(|number: &i64| *number >= 0);
        match key {
            "transient_lastDdlTime" => stats.change_time = number(),
            "numFiles" => stats.num_files = number(),
            "totalSize" => stats.total_size = number(),
            "numRows" => stats.num_rows = number(),
            _ => {}
        }
    }
    stats
}
