//! The services of the gRPC front as one router.

use axum::Router;
use skep_core::{Error, Result};
use skep_proto::FILE_DESCRIPTOR_SET;
use skep_proto::admin::v1::change_service_server::ChangeServiceServer;
use skep_proto::admin::v1::commit_service_server::CommitServiceServer;
use skep_proto::admin::v1::database_service_server::DatabaseServiceServer;
use skep_proto::admin::v1::partition_service_server::PartitionServiceServer;
use skep_proto::admin::v1::status_service_server::StatusServiceServer;
use skep_proto::admin::v1::table_service_server::TableServiceServer;
use skep_proto::admin::v1::version_service_server::VersionServiceServer;
use skep_proto::admin::v1::view_service_server::ViewServiceServer;
use skep_proto::etl::v1::discovery_service_server::DiscoveryServiceServer;
use skep_proto::etl::v1::plan_service_server::PlanServiceServer;
use skep_proto::etl::v1::registration_service_server::RegistrationServiceServer;
use skep_proto::log::v1::compaction_service_server::CompactionServiceServer;
use skep_proto::log::v1::event_log_service_server::EventLogServiceServer;
use skep_proto::log::v1::snapshot_service_server::SnapshotServiceServer;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use super::changes::Changes;
use super::commits::Commits;
use super::databases::Databases;
use super::discoveries::Discoveries;
use super::event_logs::EventLogs;
use super::front::Front;
use super::log_compactions::LogCompactions;
use super::partitions::Partitions;
use super::plans::Plans;
use super::registrations::Registrations;
use super::snapshots::Snapshots;
use super::status::StatusFront;
use super::tables::Tables;
use super::versions::Versions;
use super::views::Views;

/// The largest request. A hundred thousand partitions go in several.
const REQUEST_BYTES_MAX: usize = 32 << 20;

/// Tells `grpc.health.v1` clients that the node is going.
#[derive(Clone)]
pub struct Health {
    reporter: HealthReporter,
    services: Vec<&'static str>,
}

impl Health {
    /// From now on the node serves nothing new; clients that watch learn it at once.
    pub async fn drain(&self) {
        for service in std::iter::once("").chain(self.services.iter().copied()) {
            self.reporter.set_service_status(service, ServingStatus::NotServing).await;
        }
    }
}

/// All services, health and reflection; merge it with the web front's router.
pub async fn routes(front: Front) -> Result<(Router, Health)> {
    let (reporter, health) = tonic_health::server::health_reporter();
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .map_err(|error| Error::internal(format!("gRPC descriptors: {error}")))?;
    // Older clients (grpcurl, Python's grpcio-reflection) ask the version before.
    let reflection_before = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1alpha()
        .map_err(|error| Error::internal(format!("gRPC descriptors: {error}")))?;
    let mut routes = Routes::new(health).add_service(reflection).add_service(reflection_before);
    let mut services = Vec::new();
    macro_rules! serve {
        ($server:ident, $calls:expr) => {
            let server = $server::new($calls).max_decoding_message_size(REQUEST_BYTES_MAX);
            services.push(name(&server));
            routes = routes.add_service(server);
        };
    }
    serve!(StatusServiceServer, StatusFront(front.clone()));
    serve!(DatabaseServiceServer, Databases(front.clone()));
    serve!(TableServiceServer, Tables(front.clone()));
    serve!(PartitionServiceServer, Partitions(front.clone()));
    serve!(VersionServiceServer, Versions(front.clone()));
    serve!(ViewServiceServer, Views(front.clone()));
    serve!(ChangeServiceServer, Changes(front.clone()));
    serve!(CommitServiceServer, Commits(front.clone()));
    serve!(PlanServiceServer, Plans(front.clone()));
    serve!(RegistrationServiceServer, Registrations(front.clone()));
    serve!(EventLogServiceServer, EventLogs(front.clone()));
    serve!(SnapshotServiceServer, Snapshots(front.clone()));
    serve!(CompactionServiceServer, LogCompactions(front.clone()));
    serve!(DiscoveryServiceServer, Discoveries(front.clone()));
    for service in &services {
        reporter.set_service_status(service, ServingStatus::Serving).await;
    }
    // Tonic answers every unknown path with a gRPC status; a browser wants 404, which gRPC clients understand too.
    Ok((routes.into_axum_router().reset_fallback(), Health { reporter, services }))
}

fn name<S: NamedService>(_: &S) -> &'static str {
    S::NAME
}
