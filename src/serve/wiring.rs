//! The configuration in the words of the rooms that it configures. None of them knows it.

use skep_core::kryo::ClientZone;

use crate::catalog::Settings;
use crate::clock::{self, Clock};
use crate::config::{self, Config, Order, StoreKind};
use crate::hms::ConnectionLimits;
use crate::store::{SingleNode, StoreOptions};
use crate::warehouse::{FileScope, WarehouseConfig};

/// How to open the store. Holds the password: never print it.
pub fn store_options(store: &config::Store) -> StoreOptions {
    StoreOptions {
        url: store.url.expose().to_owned(),
        connections_max: store.pool_size,
        acquire_timeout: store.acquire_timeout,
        statement_timeout: store.statement_timeout,
        schema: store.schema.clone(),
        single_node: store.single_node.then(|| SingleNode {
            holder: node_name(),
            lease: store.single_node_lease,
            monotonic: clock::monotonic,
        }),
        lease: store.single_node_lease,
        clock: Some(store_clock(store)),
        observer: None,
    }
}

/// Gives the clock that what nodes compare goes by: of a Postgres, which several share, or this machine's.
pub fn store_clock(store: &config::Store) -> Clock {
    match store.url.kind() {
        StoreKind::Postgres => Clock::database(clock::system_ms()),
        StoreKind::Sqlite => Clock::system(),
    }
}

/// Tells this process from all others, and people where it runs.
pub fn node_name() -> String {
    let host = rustix::system::uname();
    let host = host.nodename().to_string_lossy();
    format!("{host}, process {}, started {}", std::process::id(), clock::system_ms())
}

/// What clients of the Thrift port may take.
pub fn connection_limits(server: &config::Server) -> ConnectionLimits {
    ConnectionLimits {
        connections_max: server.max_connections as usize,
        message_bytes_max: server.max_message.as_usize(),
        buffered_bytes_max: server.max_buffered.max(server.max_message).as_usize(),
        first_byte_timeout: server.first_byte_timeout,
        message_timeout: server.message_timeout,
        idle_timeout: server.idle_timeout,
        write_timeout: server.write_timeout,
        drain_timeout: server.drain_timeout,
        ..ConnectionLimits::default()
    }
}

/// What the warehouse may touch.
pub fn warehouse_config(warehouse: &config::Warehouse) -> WarehouseConfig {
    let minutes = warehouse.trash_interval.as_secs() / 60;
    WarehouseConfig {
        managed_root: warehouse.root.clone(),
        external_root: warehouse.external_root.clone(),
        allowed_roots: warehouse.allowed_roots.clone(),
        file_scope: match warehouse.file_scope {
            config::FileScope::Roots => FileScope::Roots,
            config::FileScope::Made => FileScope::Made,
            config::FileScope::Anywhere => FileScope::Anywhere,
        },
        trash_interval_minutes: u32::try_from(minutes).unwrap_or(u32::MAX),
        trash_home: warehouse.trash_home.clone(),
        storage_checks: warehouse.storage_checks,
        object_store_options: warehouse.object_store.0.clone(),
        object_store_retry: Some(warehouse.object_store_retry),
    }
}

/// How the catalog behaves.
pub fn settings(config: &Config) -> Settings {
    let metastore = &config.metastore;
    Settings {
        default_catalog: metastore.default_catalog.clone(),
        translate_tables: metastore.translate_tables,
        stats_autogather: metastore.stats_autogather,
        stats_fetch_bitvector: metastore.stats_fetch_bitvector,
        stats_fetch_kll: metastore.stats_fetch_kll,
        stats_ndv_tuner: metastore.stats_ndv_tuner,
        disallow_incompatible_col_type_changes: metastore.disallow_incompatible_col_type_changes,
        client_capability_check: metastore.client_capability_check,
        partition_name_whitelist_pattern: metastore.partition_name_whitelist_pattern.clone(),
        client_zone: match metastore.hive2_zone_offset() {
            Some(Some(offset)) => ClientZone::Fixed { offset },
            Some(None) | None => ClientZone::Unknown,
        },
        partition_order_descending: metastore.partition_order() == Some(Order::Falling),
        partition_inherit_table_properties: metastore.partition_inherit_table_properties.clone(),
        special_characters_in_table_names: metastore.special_characters_in_table_names,
        limit_partition_request: metastore.limit_partition_request,
        cache_memory_max: metastore.cache_memory_max.0,
        txn_timeout: metastore.txn_timeout,
        txn_max_open_batch: metastore.txn_max_open_batch,
        event_ttl: metastore.event_ttl,
        max_event_response: metastore.max_event_response,
        dml_events: metastore.dml_events,
        storage_checks: config.warehouse.storage_checks,
        retention: metastore.retention,
        versions_max: metastore.versions_max,
        versions_min: metastore.versions_min,
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, ConnectionLimits, connection_limits, settings, store_options};
    use crate::catalog::Settings;

    #[test]
    fn both_defaults_are_the_same() {
        assert_eq!(connection_limits(&Config::default().server), ConnectionLimits::default());
        assert_eq!(format!("{:?}", settings(&Config::default())), format!("{:?}", Settings::default()));
        assert_eq!(store_options(&Config::default().store).url, "sqlite:skep-data/skep.db");
    }
}
