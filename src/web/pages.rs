//! The paths of the HTTP side.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::page::page;
use crate::telemetry::{CONTENT_TYPE, Metrics, NodeStatus};

/// No script, nothing from elsewhere, in no frame.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");

/// Sets the gauges of the moment (pool, cache) right before metrics are told.
pub type Refresh = Arc<dyn Fn(&Metrics) + Send + Sync>;

/// What the pages show.
#[derive(Clone)]
struct Shown {
    node: NodeStatus,
    metrics: Arc<Metrics>,
    refresh: Refresh,
}

/// `/metrics`, `/healthz`, `/readyz` and `/`. Merge it with the gRPC routes.
pub fn router(node: NodeStatus, metrics: Arc<Metrics>, refresh: Refresh) -> Router {
    Router::new()
        .route("/", get(front))
        .route("/metrics", get(metrics_text))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .with_state(Shown { node, metrics, refresh })
}

async fn front(State(shown): State<Shown>) -> impl IntoResponse {
    let problem = shown.node.ready().await.err();
    let html = page(&shown.node, problem.as_ref().map(|error| error.message.as_ref()));
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(html))
}

async fn metrics_text(State(shown): State<Shown>) -> Response {
    (shown.refresh)(&shown.metrics);
    match shown.metrics.encode() {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n")).into_response(),
    }
}

/// The process runs and answers. Says nothing of the store: a restart would not mend that.
async fn healthz() -> &'static str {
    "ok\n"
}

/// The store answers, so calls may be sent here.
async fn readyz(State(shown): State<Shown>) -> (StatusCode, String) {
    match shown.node.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
    }
}
