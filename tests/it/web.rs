//! The API port over a real socket: HTTP and gRPC side by side, bounds, drain.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use skep::clock::Clock;
use skep::telemetry::{Metrics, NodeStatus};
use skep::web::ApiLimits;
use skep::{rpc, web};
use skep_core::{Error, Kind};
use skep_proto::admin::v1::GetServerStatusRequest;
use skep_proto::admin::v1::status_service_client::StatusServiceClient;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

/// A running API port.
struct Api {
    address: SocketAddr,
    store_answers: Arc<AtomicBool>,
    clock: Clock,
    metrics: Arc<Metrics>,
    health: rpc::Health,
    stop: CancellationToken,
    front: JoinHandle<()>,
}

impl Api {
    async fn start(limits: ApiLimits) -> Self {
        let store_answers = Arc::new(AtomicBool::new(true));
        let asked = Arc::clone(&store_answers);
        let clock = Clock::manual(1_000);
        let probe = move || -> futures_util::future::BoxFuture<'static, skep_core::Result<()>> {
            let answers = asked.load(Ordering::SeqCst);
            let error = || Error::new(Kind::Unavailable, "no connection to <db>");
            Box::pin(std::future::ready(answers.then_some(()).ok_or_else(error)))
        };
        let node = NodeStatus::new(clock.clone(), "sqlite", Arc::new(probe));
        let metrics = Arc::new(Metrics::new("sqlite"));
        let stop = CancellationToken::new();
        let metastore = crate::backend::services().await.metastore.clone();
        let lake = skep::lake::Lake::new(&metastore.warehouse(), skep::lake::Limits::default());
        let services = rpc::Services {
            etl: skep::etl::Etl { metastore: metastore.clone(), lake, clock: clock.clone() },
            metastore,
            node: node.clone(),
            metrics: Arc::clone(&metrics),
            addresses: Arc::default(),
            warehouse: "file:/warehouse".to_owned(),
            stop: stop.clone(),
        };
        let (grpc, health) = rpc::routes(rpc::Front::new(services)).await.unwrap();
        let router = web::router(node, Arc::clone(&metrics), Arc::new(|metrics| metrics.pool_set(3, 4))).merge(grpc);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let front = tokio::spawn(web::serve(listener, router, limits, Arc::clone(&metrics), stop.clone()));
        Self { address, store_answers, clock, metrics, health, stop, front }
    }

    /// The whole answer to a GET, head and body.
    async fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: skep\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.address)).unwrap().connect().await.unwrap()
    }
}

#[tokio::test]
async fn health_says_the_process_is_up_and_readiness_that_the_store_is() {
    let api = Api::start(ApiLimits::default()).await;
    assert!(api.get("/healthz").await.starts_with("HTTP/1.1 200 OK"));
    assert!(api.get("/readyz").await.starts_with("HTTP/1.1 200 OK"));
    api.store_answers.store(false, Ordering::SeqCst);
    assert!(api.get("/healthz").await.starts_with("HTTP/1.1 200 OK"));
    let answer = api.get("/readyz").await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.ends_with("no connection to <db>\n"), "{answer}");
}

#[tokio::test]
async fn metrics_and_the_page_are_served() {
    let api = Api::start(ApiLimits::default()).await;
    api.metrics.call_finished("get_table", "ok", 0.001);
    let answer = api.get("/metrics").await;
    assert!(answer.contains("content-type: application/openmetrics-text"), "{answer}");
    assert!(answer.contains("skep_calls_total{method=\"get_table\",outcome=\"ok\"} 1\n"), "{answer}");
    assert!(answer.contains("skep_pool_in_use 3\n") && answer.contains("skep_pool_idle 4\n"), "{answer}");
    assert!(answer.contains("skep_connections_open{front=\"api\"} 1\n"), "{answer}");

    api.clock.advance_ms(61_000);
    let page = api.get("/").await;
    assert!(page.contains("content-security-policy: default-src 'none'") && page.contains("1 min 1 s"), "{page}");
    api.store_answers.store(false, Ordering::SeqCst);
    assert!(api.get("/").await.contains("no connection to &#60;db&#62;"));
    assert!(api.get("/nothing").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn grpc_answers_on_the_same_port() {
    let api = Api::start(ApiLimits::default()).await;
    api.clock.advance_ms(1_234);
    let mut client = StatusServiceClient::new(api.channel().await);
    let status = client.get_server_status(GetServerStatusRequest {}).await.unwrap().into_inner().status.unwrap();
    assert_eq!((status.version.as_str(), status.store.as_str()), (env!("CARGO_PKG_VERSION"), "sqlite"));
    assert_eq!((status.uptime_ms, status.ready, status.problem.as_str()), (1_234, true, ""));

    api.store_answers.store(false, Ordering::SeqCst);
    let status = client.get_server_status(GetServerStatusRequest {}).await.unwrap().into_inner().status.unwrap();
    assert_eq!((status.ready, status.problem.as_str()), (false, "no connection to <db>"));
}

#[tokio::test]
async fn reflection_names_the_services_and_an_unknown_method_is_unimplemented() {
    let api = Api::start(ApiLimits::default()).await;
    let mut client = ServerReflectionClient::new(api.channel().await);
    let message_request = Some(MessageRequest::ListServices(String::new()));
    let asked = ServerReflectionRequest { host: String::new(), message_request };
    let mut answers = client
        .server_reflection_info(futures_util::stream::once(std::future::ready(asked)))
        .await
        .unwrap()
        .into_inner();
    let answer = answers.message().await.unwrap().unwrap().message_response;
    let Some(MessageResponse::ListServicesResponse(list)) = answer else { panic!("{answer:?}") };
    let mut names: Vec<_> = list.service.into_iter().map(|service| service.name).collect();
    names.sort();
    let ours = ["Change", "Commit", "Database", "Partition", "Status", "Table", "Version", "View"];
    let ours = ours.map(|name| format!("skep.admin.v1.{name}Service"));
    let shown: Vec<_> = names.iter().filter(|name| name.starts_with("skep.admin.")).collect();
    assert_eq!(shown, ours.iter().collect::<Vec<_>>());
    for name in ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"] {
        assert!(names.iter().any(|shown| shown == name), "{name}");
    }

    let mut grpc = tonic::client::Grpc::new(api.channel().await);
    grpc.ready().await.unwrap();
    let path = axum::http::uri::PathAndQuery::from_static("/skep.admin.v1.StatusService/Nothing");
    let codec = tonic_prost::ProstCodec::<GetServerStatusRequest, GetServerStatusRequest>::default();
    let status = grpc.unary(tonic::Request::new(GetServerStatusRequest {}), path, codec).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unimplemented);
}

#[tokio::test]
async fn a_draining_node_tells_who_watches_and_ends() {
    let api = Api::start(ApiLimits::default()).await;
    let mut client = HealthClient::new(api.channel().await);
    let request = HealthCheckRequest { service: "skep.admin.v1.StatusService".to_owned() };
    let mut watched = client.watch(request).await.unwrap().into_inner();
    assert_eq!(watched.message().await.unwrap().unwrap().status, 1, "serving");
    api.health.drain().await;
    assert_eq!(watched.message().await.unwrap().unwrap().status, 2, "not serving");
    drop((watched, client));
    let mut idle = TcpStream::connect(api.address).await.unwrap();
    api.stop.cancel();
    api.front.await.unwrap();
    assert_eq!(idle.read(&mut [0]).await.unwrap_or(0), 0, "an idle connection is closed");
    assert!(TcpStream::connect(api.address).await.is_err());
}

#[tokio::test]
async fn connections_over_the_limit_are_closed_and_counted() {
    let api = Api::start(ApiLimits { connections: 1, ..ApiLimits::default() }).await;
    let mut kept = TcpStream::connect(api.address).await.unwrap();
    kept.write_all(b"GET /healthz HTTP/1.1\r\nhost: skep\r\n\r\n").await.unwrap();
    kept.read_exact(&mut [0; 8]).await.unwrap();
    let mut refused = TcpStream::connect(api.address).await.unwrap();
    assert_eq!(refused.read(&mut [0]).await.unwrap_or(0), 0);
    assert!(api.metrics.encode().unwrap().contains("skep_connections_refused_total{front=\"api\"} 1"));
}

#[tokio::test]
async fn clients_that_stall_are_closed() {
    let limits = ApiLimits { header_timeout: Duration::from_millis(50), ..ApiLimits::default() };
    let api = Api::start(limits).await;
    for said in [&b""[..], b"P", b"PRI * HTTP/2.0\r\n", b"GET / HTT", b"GET /healthz HTTP/1.1\r\nx"] {
        let mut stream = TcpStream::connect(api.address).await.unwrap();
        stream.write_all(said).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
    }
}
