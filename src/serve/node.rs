//! A node's life.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::FutureExt as _;
use skep_core::{Error, Result};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::background;
use super::observer::Counted;
use super::signal::stop_on_signal;
use super::wiring::{connection_limits, node_name, settings, store_options, warehouse_config};
use crate::catalog::Metastore;
use crate::clock::{self, Clock};
use crate::config::{Config, Loaded};
use crate::etl::Etl;
use crate::hms::{self, Dispatcher, Services};
use crate::lake::{self, Lake};
use crate::store::{self, Store, StoreOptions};
use crate::telemetry::{Metrics, NodeStatus, Probe};
use crate::warehouse::Warehouse;
use crate::web::{ApiLimits, Refresh};
use crate::{rpc, web};

/// Runs a node until SIGTERM or SIGINT.
pub async fn serve(loaded: Loaded) -> Result<()> {
    let config = told(loaded);
    let stop = stop_on_signal()?;
    let metrics = Arc::new(Metrics::new(config.store.url.kind().name()));
    let counted = Arc::new(Counted(Arc::clone(&metrics)));
    let options = StoreOptions { observer: Some(counted.clone()), ..store_options(&config.store) };
    let clock = options.clock.clone().unwrap_or_default();
    let store = store::open(&options, clock::system_ms).await?;
    let node = NodeStatus::new(Clock::system(), store.kind(), probe(&store));

    let metastore = metastore(&config, store.clone(), clock.clone())?;
    let addresses = Arc::new(rpc::Addresses::default());
    let etl =
        Etl { metastore: metastore.clone(), lake: Lake::new(&metastore.warehouse(), lake::Limits::default()), clock };
    let services = rpc::Services {
        metastore: metastore.clone(),
        etl: etl.clone(),
        node: node.clone(),
        metrics: Arc::clone(&metrics),
        addresses: Arc::clone(&addresses),
        warehouse: config.warehouse.root.clone(),
        stop: stop.clone(),
    };
    let (grpc, health) = rpc::routes(rpc::Front::new(services)).await?;
    let router = web::router(node, Arc::clone(&metrics), refresh(&metastore)).merge(grpc);
    let listener = bind("server.api_listen", config.server.api_listen).await?;
    let api = address(&listener)?;
    let _ = addresses.api.set(api);
    let front = web::serve(listener, router, ApiLimits::default(), Arc::clone(&metrics), stop.clone());
    let front = tokio::spawn(front);

    metastore.bootstrap().await?;
    let config = Arc::new(config);
    let listener = bind("server.thrift_listen", config.server.thrift_listen).await?;
    let thrift = address(&listener)?;
    let _ = addresses.thrift.set(thrift);
    let services = Services {
        metastore: metastore.clone(),
        config: Arc::clone(&config),
        started_at: Clock::system().now_seconds(),
    };
    let dispatcher = Dispatcher::new(hms::routes(), Arc::new(services), counted);
    let limits = connection_limits(&config.server);
    let hive = tokio::spawn(hms::serve(listener, Arc::new(dispatcher), limits, stop.clone()));
    let background = tokio::spawn(background::run(metastore, Arc::clone(&metrics), stop.clone()));
    let managing = tokio::spawn(managing(etl, &config, metrics, stop.clone()));
    ready_line(thrift, api, &config)?;

    stop.cancelled().await;
    health.drain().await;
    let all = async { tokio::join!(front, hive, background, managing) };
    // The fronts keep to the drain's time by themselves; the second more is for what they must close.
    let drained = tokio::time::timeout(config.server.drain_timeout + DRAIN_SLACK, all).await;
    store.close().await;
    tracing::info!(complete = drained.is_ok(), "stopped");
    Ok(())
}

/// Partition management, where it is switched on.
fn managing(
    etl: Etl,
    config: &Config,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) -> impl Future<Output = ()> + use<> {
    let interval = config.metastore.partition_management_interval;
    async move {
        if !interval.is_zero() {
            background::manage(etl, node_name(), interval, metrics, stop).await;
        }
    }
}

const DRAIN_SLACK: std::time::Duration = std::time::Duration::from_secs(1);

fn metastore(config: &Config, store: Store, clock: Clock) -> Result<Metastore> {
    let now: crate::warehouse::NowMillis = Arc::new(clock::system_ms);
    let warehouse = Warehouse::new(warehouse_config(&config.warehouse), now)?;
    Ok(Metastore::new(store, Arc::new(warehouse), settings(config), clock))
}

/// Brings the store's schema up to this version.
pub async fn migrate(loaded: Loaded) -> Result<()> {
    let config = told(loaded);
    let options = StoreOptions { single_node: None, ..store_options(&config.store) };
    let store = store::open(&options, clock::system_ms).await?;
    tracing::info!(store = %config.store.url, "the schema is up to date");
    store.close().await;
    Ok(())
}

/// The configuration, after its notices went to the log.
fn told(loaded: Loaded) -> Config {
    for notice in loaded.notices {
        tracing::warn!("{notice}");
    }
    loaded.config
}

fn probe(store: &Store) -> Probe {
    let store = store.clone();
    Arc::new(move || {
        let store = store.clone();
        async move { store.ping().await }.boxed()
    })
}

/// What is read when somebody asks: the pool and the caches.
fn refresh(metastore: &Metastore) -> Refresh {
    let metastore = metastore.clone();
    Arc::new(move |metrics| {
        let (all, idle) = metastore.store().pool_size();
        let idle = u32::try_from(idle).unwrap_or(u32::MAX);
        metrics.pool_set(all.saturating_sub(idle), idle);
        let (hits, misses) = metastore.cache_reads();
        let bytes = metastore.table_cache_bytes() + metastore.partition_cache_bytes();
        metrics.cache_set(metastore.table_cache_len(), bytes);
        metrics.cache_reads_set(hits, misses);
    })
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| Error::internal(format!("{key} = {address} cannot be listened on: {error}")))
}

fn address(listener: &TcpListener) -> Result<SocketAddr> {
    listener.local_addr().map_err(|error| Error::internal(format!("a listener has no address: {error}")))
}

/// The one line on standard output that scripts wait for.
fn ready_line(thrift: SocketAddr, api: SocketAddr, config: &Config) -> Result<()> {
    let (store, warehouse) = (&config.store.url, &config.warehouse.root);
    let line = format!("skep ready thrift={thrift} api={api} store={store} warehouse={warehouse}\n");
    let mut out = std::io::stdout().lock();
    let written = out.write_all(line.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Error::internal(format!("standard output: {error}")))
}
