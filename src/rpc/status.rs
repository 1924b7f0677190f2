//! `skep.admin.v1.StatusService`.

use skep_proto::admin::v1::status_service_server::StatusService;
use skep_proto::admin::v1::{GetServerStatusRequest, GetServerStatusResponse, ServerStatus};
use tonic::{Request, Response, Status};

use crate::telemetry::NodeStatus;

/// Answers from the node's state.
pub struct StatusFront {
    pub node: NodeStatus,
}

#[tonic::async_trait]
impl StatusService for StatusFront {
    async fn get_server_status(
        &self,
        _request: Request<GetServerStatusRequest>,
    ) -> Result<Response<GetServerStatusResponse>, Status> {
        let problem = self.node.ready().await.err();
        let status = ServerStatus {
            version: self.node.version().to_owned(),
            store: self.node.store().to_owned(),
            uptime_ms: self.node.uptime_ms(),
            ready: problem.is_none(),
            problem: problem.map(|error| error.message.into_owned()).unwrap_or_default(),
        };
        Ok(Response::new(GetServerStatusResponse { status: Some(status) }))
    }
}
