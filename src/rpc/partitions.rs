//! `skep.admin.v1.PartitionService`: single reads; lists are in `partition_list`, what changes partitions in
//! `partition_changes`.

use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::partition_service_server::PartitionService;
use tonic::{Request, Response, Status};

use super::convert::PartitionForm;
use super::cx::Cx;
use super::error::{Answer, refused_field};
use super::front::{Front, Replies};
use super::partition_changes::{ADD, ALTER, DROP, add, alter, drop_many};
use super::partition_list::{list, query};
use super::partition_stats::list_stats;
use crate::catalog::PartitionKey;

/// Calls of partitions.
pub struct Partitions(pub Front);

#[tonic::async_trait]
impl PartitionService for Partitions {
    type ListPartitionsStream = Replies<p::ListPartitionsResponse>;

    async fn list_partitions(
        &self,
        request: Request<p::ListPartitionsRequest>,
    ) -> Result<Response<Self::ListPartitionsStream>, Status> {
        self.0.stream("PartitionService/ListPartitions", request, list).await
    }

    async fn get_partition(
        &self,
        request: Request<p::GetPartitionRequest>,
    ) -> Result<Response<p::GetPartitionResponse>, Status> {
        self.0.call("PartitionService/GetPartition", request, get).await
    }

    async fn count_partitions(
        &self,
        request: Request<p::CountPartitionsRequest>,
    ) -> Result<Response<p::CountPartitionsResponse>, Status> {
        self.0.call("PartitionService/CountPartitions", request, count).await
    }

    async fn add_partitions(
        &self,
        request: Request<p::AddPartitionsRequest>,
    ) -> Result<Response<p::AddPartitionsResponse>, Status> {
        self.0.change(ADD, request, add).await
    }

    async fn alter_partitions(
        &self,
        request: Request<p::AlterPartitionsRequest>,
    ) -> Result<Response<p::AlterPartitionsResponse>, Status> {
        self.0.change(ALTER, request, alter).await
    }

    async fn drop_partitions(
        &self,
        request: Request<p::DropPartitionsRequest>,
    ) -> Result<Response<p::DropPartitionsResponse>, Status> {
        self.0.change(DROP, request, drop_many).await
    }

    type ListPartitionStatsStream = Replies<p::ListPartitionStatsResponse>;

    async fn list_partition_stats(
        &self,
        request: Request<p::ListPartitionStatsRequest>,
    ) -> Result<Response<Self::ListPartitionStatsStream>, Status> {
        self.0.stream("PartitionService/ListPartitionStats", request, list_stats).await
    }
}

async fn get(cx: Cx, request: p::GetPartitionRequest) -> Answer<p::GetPartitionResponse> {
    let at = cx.table(request.table, "table")?;
    let (key, field) = match request.key {
        Some(p::get_partition_request::Key::Name(name)) => (PartitionKey::Name(name), "name"),
        Some(p::get_partition_request::Key::Values(list)) => (PartitionKey::Values(list.values), "values"),
        None => return Err(refused_field("key", "the name or the values of a partition are needed")),
    };
    let found = cx.metastore().partition_get(&at, &key).await;
    let found = found.map_err(|error| super::error::Refusal::from(error).at(field))?;
    let mut form = PartitionForm::new(p::PartitionView::Full);
    let partition = found.rows().into_iter().next().map(|row| form.row(row));
    Ok(p::GetPartitionResponse { partition, version: found.table().version })
}

async fn count(cx: Cx, request: p::CountPartitionsRequest) -> Answer<p::CountPartitionsResponse> {
    let at = cx.table(request.table, "table")?;
    let query = query(at, request.filter, Vec::new(), 0)?;
    let found = cx.metastore().partitions_stream(&query).await;
    let found = found.map_err(|error| super::error::Refusal::from(error).at("filter"))?;
    Ok(p::CountPartitionsResponse { count: found.len() as i64, version: found.table().version })
}
