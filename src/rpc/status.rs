//! `skep.admin.v1.StatusService`.

use std::net::SocketAddr;
use std::sync::OnceLock;

use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::status_service_server::StatusService;
use tonic::{Request, Response, Status};

use super::cx::Cx;
use super::error::Answer;
use super::front::Front;

/// Answers from the node's state.
pub struct StatusFront(pub Front);

#[tonic::async_trait]
impl StatusService for StatusFront {
    async fn get_server_status(
        &self,
        request: Request<p::GetServerStatusRequest>,
    ) -> Result<Response<p::GetServerStatusResponse>, Status> {
        self.0.call("StatusService/GetServerStatus", request, get).await
    }
}

async fn get(cx: Cx, _: p::GetServerStatusRequest) -> Answer<p::GetServerStatusResponse> {
    let services = cx.services();
    let (node, metastore) = (&services.node, &services.metastore);
    let problem = node.ready().await.err();
    let (all, idle) = metastore.store().pool_size();
    let idle = u32::try_from(idle).unwrap_or(u32::MAX);
    let (hits, misses) = metastore.cache_reads();
    let tasks = if problem.is_none() { metastore.file_tasks().await.ok() } else { None };
    let status = p::ServerStatus {
        version: node.version().to_owned(),
        store: node.store().to_owned(),
        uptime_ms: node.uptime_ms(),
        ready: problem.is_none(),
        problem: problem.map(|error| error.message.into_owned()).unwrap_or_default(),
        thrift_address: address(&services.addresses.thrift),
        api_address: address(&services.addresses.api),
        warehouse: services.warehouse.clone(),
        default_catalog: metastore.default_catalog().to_owned(),
        schema_version: metastore.schema_version(),
        pool: Some(p::ConnectionPool { in_use: all.saturating_sub(idle), idle }),
        caches: Some(p::Caches {
            tables: metastore.table_cache_len() as u64,
            table_bytes: metastore.table_cache_bytes() as u64,
            partition_bytes: metastore.partition_cache_bytes() as u64,
            hits,
            misses,
        }),
        file_tasks: tasks.map(|tasks| p::FileTasks {
            deletions: tasks.deletions,
            moves: tasks.moves,
            oldest_age_ms: tasks.oldest_age_ms,
        }),
    };
    Ok(p::GetServerStatusResponse { status: Some(status) })
}

fn address(known: &OnceLock<SocketAddr>) -> String {
    known.get().map(SocketAddr::to_string).unwrap_or_default()
}
