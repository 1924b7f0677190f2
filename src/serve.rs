//! `skep serve`: opens everything, wires the fronts, waits for the signal, drains.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::FutureExt;
use skep_core::{Error, Kind, Result};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::{Config, Loaded};
use crate::telemetry::{Metrics, NodeStatus, Probe};
use crate::web::ApiLimits;
use crate::{rpc, web};

/// Runs a node until SIGTERM or SIGINT.
pub async fn serve(loaded: Loaded) -> Result<()> {
    let Loaded { config, notices, .. } = loaded;
    for notice in notices {
        tracing::warn!("{notice}");
    }
    let stop = stop_on_signal()?;
    let store = config.store.url.kind().name();
    let metrics = Arc::new(Metrics::new(store));
    let probe: Probe = Arc::new(|| std::future::ready(Ok(())).boxed());
    let node = NodeStatus::new(Clock::system(), store, probe);

    let (grpc, health) = rpc::routes(node.clone()).await?;
    let router = web::router(node, Arc::clone(&metrics)).merge(grpc);
    let listener = bind("server.api_listen", config.server.api_listen).await?;
    let api = address(&listener)?;
    let front = web::serve(listener, router, ApiLimits::default(), metrics, stop.clone());
    let front = tokio::spawn(front);
    ready_line(api, &config)?;

    stop.cancelled().await;
    health.drain().await;
    let drained = tokio::time::timeout(config.server.drain_timeout, front).await;
    tracing::info!(complete = drained.is_ok(), "stopped");
    Ok(())
}

/// Brings the store's schema up to this version.
pub fn migrate(loaded: Loaded) -> Result<()> {
    let url = loaded.config.store.url;
    Err(Error::new(Kind::Unavailable, format!("{url}: this build has no store to migrate")))
}

/// A token that SIGTERM and SIGINT cancel.
fn stop_on_signal() -> Result<CancellationToken> {
    let listen = |kind| signal(kind).map_err(|error| Error::internal(format!("signals: {error}")));
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    tokio::spawn(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!(signal = name, "draining");
        cancel.cancel();
    });
    Ok(stop)
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| Error::internal(format!("{key} = {address} cannot be listened on: {error}")))
}

fn address(listener: &TcpListener) -> Result<SocketAddr> {
    listener.local_addr().map_err(|error| Error::internal(format!("a listener has no address: {error}")))
}

/// The one line on standard output that scripts wait for.
fn ready_line(api: SocketAddr, config: &Config) -> Result<()> {
    let line = format!("skep ready api={api} store={} warehouse={}\n", config.store.url, config.warehouse.root);
    let mut out = std::io::stdout().lock();
    let written = out.write_all(line.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Error::internal(format!("standard output: {error}")))
}
