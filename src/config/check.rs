//! What must hold between keys, before anything is opened.

use std::net::SocketAddr;

use super::error::ConfigError;
use super::origin::Origin;
use super::settings::Config;
use super::store_url::StoreKind;

/// Checks the whole; answers with notices for the log. `protection` is what a Hive file demands and is not served.
pub fn check(
    config: &Config,
    protection: &[String],
    origin: impl Fn(&str) -> Origin,
) -> Result<Vec<String>, ConfigError> {
    let mut notices = Vec::new();
    check_listen(config, &mut notices, &origin)?;
    check_protection(config, protection, &mut notices)?;
    check_bounds(config).map_err(|(key, wanted)| ConfigError::new(format!("{key} ({}): {wanted}", origin(key))))?;
    if config.store.single_node && config.store.url.kind() == StoreKind::Sqlite {
        notices.push("store.single_node says nothing about SQLite, which is always a single node's".to_owned());
    }
    Ok(notices)
}

fn check_listen(
    config: &Config,
    notices: &mut Vec<String>,
    origin: &impl Fn(&str) -> Origin,
) -> Result<(), ConfigError> {
    let server = &config.server;
    for (key, address) in [("server.thrift_listen", server.thrift_listen), ("server.api_listen", server.api_listen)] {
        if address.ip().to_canonical().is_loopback() {
            continue;
        }
        if !server.allow_unauthenticated {
            return Err(ConfigError::new(format!(
                "{key} = {address} ({}) can be reached from other machines, and clients are not authenticated: whoever \
                 connects may read and change everything. Listen on 127.0.0.1, or agree with --allow-unauthenticated",
                origin(key)
            )));
        }
        notices
            .push(format!("{key} = {address}: clients are not authenticated; only the network protects this server"));
    }
    if clash(server.thrift_listen, server.api_listen) {
        return Err(ConfigError::new(format!("{} cannot be both fronts' address", server.api_listen)));
    }
    Ok(())
}

/// Whether both cannot be bound at once. Port 0 never clashes.
fn clash(one: SocketAddr, other: SocketAddr) -> bool {
    one.port() != 0
        && one.port() == other.port()
        && (one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified())
}

fn check_protection(config: &Config, protection: &[String], notices: &mut Vec<String>) -> Result<(), ConfigError> {
    if protection.is_empty() {
        return Ok(());
    }
    let demanded = protection.join(", ");
    if !config.server.allow_unauthenticated {
        return Err(ConfigError::new(format!(
            "the Hive file demands {demanded}, which is not served yet. Take it out, or agree with --allow-unauthenticated \
             to serve without"
        )));
    }
    notices.push(format!("the Hive file's {demanded} is not obeyed: this server serves without"));
    Ok(())
}

type Wrong = (&'static str, &'static str);

fn check_bounds(config: &Config) -> Result<(), Wrong> {
    let (server, store, metastore) = (&config.server, &config.store, &config.metastore);
    let schema_fits = store.schema.as_ref().is_none_or(|schema| {
        schema.len() <= 63
            && schema.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && schema.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    });
    let catalog_fits = !metastore.default_catalog.is_empty()
        && metastore.default_catalog.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let trash_fits = config.warehouse.trash_interval.as_millis().is_multiple_of(60_000);
    let order_fits = metastore.partition_order().is_some();
    // Frames carry a 31-bit length.
    let message_max = (1 << 31) - 1;
    let rules = [
        ("server.max_connections", server.max_connections > 0, "at least 1"),
        ("server.max_message", (1 << 10..=message_max).contains(&server.max_message.bytes()), "1KiB to 2GiB - 1"),
        ("server.first_byte_timeout", !server.first_byte_timeout.is_zero(), "longer than 0"),
        ("server.idle_timeout", !server.idle_timeout.is_zero(), "longer than 0"),
        ("server.write_timeout", !server.write_timeout.is_zero(), "longer than 0"),
        ("server.message_timeout", !server.message_timeout.is_zero(), "longer than 0"),
        ("store.schema", schema_fits, "1 to 63 of a-z, 0-9 and _, no digit first"),
        ("store.pool_size", (1..=10_000).contains(&store.pool_size), "1 to 10000"),
        ("store.acquire_timeout", !store.acquire_timeout.is_zero(), "longer than 0"),
        ("store.statement_timeout", !store.statement_timeout.is_zero(), "longer than 0"),
        ("store.single_node_lease", (1..=3600).contains(&store.single_node_lease.as_secs()), "1s to 1h"),
        ("warehouse.trash_interval", trash_fits, "whole minutes, or 0"),
        ("metastore.hive2_time_zone", metastore.hive2_zone_offset().is_some(), "unknown, UTC or an offset as +02:00"),
        ("metastore.partition_order_expr", order_fits, "PART_NAME asc or PART_NAME desc"),
        ("metastore.default_catalog", catalog_fits, "letters, digits and _"),
        ("metastore.batch_retrieve_max", metastore.batch_retrieve_max > 0, "at least 1"),
        ("metastore.batch_retrieve_partition_max", metastore.batch_retrieve_partition_max > 0, "at least 1"),
        ("metastore.stats_ndv_tuner", (0.0..=1.0).contains(&metastore.stats_ndv_tuner), "0 to 1"),
        ("metastore.txn_timeout", !metastore.txn_timeout.is_zero(), "longer than 0"),
        ("metastore.txn_max_open_batch", metastore.txn_max_open_batch > 0, "at least 1"),
        ("metastore.event_ttl", !metastore.event_ttl.is_zero(), "longer than 0"),
        ("metastore.max_event_response", metastore.max_event_response > 0, "at least 1"),
    ];
    match rules.into_iter().find(|(_, holds, _)| !holds) {
        Some((key, _, wanted)) => Err((key, wanted)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::section::Section;
    use super::super::{Config, Origin, Server};
    use super::check;

    fn checked(config: &Config) -> Result<Vec<String>, String> {
        check(config, &[], |_| Origin::Default).map_err(|error| error.to_string())
    }

    fn listening(address: &str, agreed: bool) -> Config {
        let mut server = Server { allow_unauthenticated: agreed, ..Server::default() };
        server.set("thrift_listen", address).unwrap().unwrap();
        Config { server, ..Config::default() }
    }

    #[test]
    fn listening_beyond_the_machine_needs_an_agreement() {
        for address in ["0.0.0.0:9083", "[::]:9083", "10.0.0.1:0", "[::ffff:10.0.0.1]:1"] {
            let error = checked(&listening(address, false)).unwrap_err();
            assert!(error.contains("--allow-unauthenticated") && error.contains("server.thrift_listen"), "{error}");
            assert_eq!(checked(&listening(address, true)).unwrap().len(), 1, "{address}");
        }
        for address in ["127.0.0.1:9083", "127.8.8.8:1", "[::1]:0", "[::ffff:127.0.0.1]:1"] {
            assert_eq!(checked(&listening(address, false)), Ok(vec![]), "{address}");
        }
    }

    #[test]
    fn bounds_are_held_one_past_the_end() {
        let cases = [
            ("server.max_message", "2GiB", "2147483647"),
            ("store.pool_size", "0", "1"),
            ("store.pool_size", "10001", "10000"),
            ("store.schema", "Skep; drop", "skep"),
            ("metastore.stats_ndv_tuner", "1.01", "1"),
            ("metastore.default_catalog", "a#b", "a_b"),
            ("metastore.hive2_time_zone", "Europe/Berlin", "+02:00"),
            ("metastore.hive2_time_zone", "+2:00", "UTC"),
            ("metastore.hive2_time_zone", "+02:60", "-09:30"),
            ("metastore.partition_order_expr", "rand()", "part_name  DESC"),
            ("warehouse.trash_interval", "90s", "2m"),
            ("server.api_listen", "127.0.0.1:9083", "127.0.0.1:9085"),
        ];
        for (key, wrong, right) in cases {
            let mut config = Config::default();
            config.set(key, wrong).unwrap().unwrap();
            assert!(checked(&config).is_err(), "{key} = {wrong}");
            config.set(key, right).unwrap().unwrap();
            assert_eq!(checked(&config), Ok(vec![]), "{key} = {right}");
        }
    }
}
