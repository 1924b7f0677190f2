//! The services of the gRPC front as one router.

use axum::Router;
use skep_core::{Error, Result};
use skep_proto::FILE_DESCRIPTOR_SET;
use skep_proto::admin::v1::status_service_server::StatusServiceServer;
use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use super::status::StatusFront;
use crate::telemetry::NodeStatus;

/// Tells `grpc.health.v1` clients that the node is going.
#[derive(Clone)]
pub struct Health(HealthReporter);

impl Health {
    /// From now on the node serves nothing new; clients that watch learn it at once.
    pub async fn drain(&self) {
        self.0.set_service_status("", ServingStatus::NotServing).await;
        self.0.set_not_serving::<StatusServiceServer<StatusFront>>().await;
    }
}

/// All services, health and reflection; merge it with the web front's router.
pub async fn routes(node: NodeStatus) -> Result<(Router, Health)> {
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_serving::<StatusServiceServer<StatusFront>>().await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .map_err(|error| Error::internal(format!("gRPC descriptors: {error}")))?;
    let routes =
        Routes::new(StatusServiceServer::new(StatusFront { node })).add_service(health).add_service(reflection);
    // Tonic answers every unknown path with a gRPC status; a browser wants 404, which gRPC clients understand too.
    Ok((routes.into_axum_router().reset_fallback(), Health(reporter)))
}
