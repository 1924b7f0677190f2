//! The connection and the server: who calls, configuration, fb303 (`semantics.md §1`).

use skep_core::{Error, Kind, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::config::Config;
use crate::hms::context::{Cx, IMPORT, IMPORT_TIME, given};
use crate::hms::routes::Routes;

/// What `getVersion` answers: the Hive release whose behaviour this is measured against.
const VERSION: &str = "4.0.1";

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::SetUgi>(set_ugi)
        .on::<m::FlushCache>(flush_cache)
        .on::<m::GetConfigValue>(config_value)
        .on::<m::GetMetaConf>(meta_conf_get)
        .on::<m::SetMetaConf>(meta_conf_set)
        .on::<m::GetMetastoreDbUuid>(uuid)
        .on::<m::GetName>(name)
        .on::<m::GetVersion>(version)
        .on::<m::GetStatus>(status)
        .on::<m::GetStatusDetails>(status_details)
        .on::<m::AliveSince>(alive_since)
        .on::<m::GetCounters>(counters)
        .on::<m::GetCounter>(counter)
        .on::<m::GetOptions>(options)
        .on::<m::GetOption>(option)
        .on::<m::SetOption>(option_set)
        .on::<m::GetCpuProfile>(cpu_profile)
        .on::<m::Reinitialize>(reinitialize)
        .on::<m::Shutdown>(shutdown)
}

/// Gives the group list back, as Hive's default processor does.
async fn set_ugi(cx: Cx, args: m::SetUgiArgs) -> Result<Vec<String>> {
    let groups = args.group_names.unwrap_or_default();
    cx.session.identity_set(args.user_name.unwrap_or_default(), groups.clone())?;
    Ok(groups)
}

/// Caches here are checked against the store by every read: there is nothing to flush.
async fn flush_cache(_: Cx, _: m::FlushCacheArgs) -> Result<()> {
    Ok(())
}

async fn config_value(cx: Cx, args: m::GetConfigValueArgs) -> Result<Option<String>> {
    let Some(name) = args.name else { return Ok(args.default_value) };
    if !["hive", "hdfs", "mapred", "metastore"].iter().any(|prefix| name.starts_with(prefix)) {
        return Err(Error::new(
            Kind::ConfigValue,
            format!(
                "For security reasons, the config key {name} cannot be accessed: keys of hive, hdfs, mapred and metastore can"
            ),
        ));
    }
    Ok(cx.services.config.hive_value(&name).or(args.default_value))
}

fn meta_conf_key(key: Option<String>) -> Result<&'static str> {
    let key = given(key, "the configuration key")?;
    Config::meta_conf_name(&key).ok_or_else(|| Error::meta(format!("Invalid configuration key {key}")))
}

/// The keys that are ours.
fn import_key(key: &str) -> Option<&'static str> {
    [IMPORT, IMPORT_TIME].into_iter().find(|known| *known == key)
}

async fn meta_conf_get(cx: Cx, args: m::GetMetaConfArgs) -> Result<String> {
    if let Some(key) = args.key.as_deref().and_then(import_key) {
        return Ok(cx.session.meta_conf(key).unwrap_or_default());
    }
    let key = meta_conf_key(args.key)?;
    Ok(cx.session.meta_conf(key).or_else(|| cx.services.config.hive_value(key)).unwrap_or_default())
}

async fn meta_conf_set(cx: Cx, args: m::SetMetaConfArgs) -> Result<()> {
    if let Some(key) = args.key.as_deref().and_then(import_key) {
        let value = given(args.value, "the configuration value")?;
        let is_valid =
            if key == IMPORT { matches!(value.as_str(), "true" | "false") } else { value.parse::<i32>().is_ok() };
        if !is_valid {
            return Err(Error::meta(format!("Invalid configuration value {value} for key {key}")));
        }
        return cx.session.meta_conf_set(key, &value);
    }
    let key = meta_conf_key(args.key)?;
    let value = given(args.value, "the configuration value")?;
    let is_flag = matches!(cx.services.config.hive_value(key).as_deref(), Some("true" | "false"));
    if is_flag && !["true", "false"].iter().any(|flag| value.eq_ignore_ascii_case(flag)) {
        return Err(Error::meta(format!("Invalid configuration value {value} for key {key}: true or false")));
    }
    cx.session.meta_conf_set(key, &value)
}

async fn uuid(cx: Cx, _: m::GetMetastoreDbUuidArgs) -> Result<String> {
    cx.metastore().uuid().await
}

async fn name(_: Cx, _: m::GetNameArgs) -> Result<String> {
    Ok("skep".to_owned())
}

async fn version(_: Cx, _: m::GetVersionArgs) -> Result<String> {
    Ok(VERSION.to_owned())
}

async fn status(_: Cx, _: m::GetStatusArgs) -> Result<t::FbStatus> {
    Ok(t::FbStatus::ALIVE)
}

async fn status_details(_: Cx, _: m::GetStatusDetailsArgs) -> Result<String> {
    Ok(concat!("skep ", env!("CARGO_PKG_VERSION")).to_owned())
}

async fn alive_since(cx: Cx, _: m::AliveSinceArgs) -> Result<i64> {
    Ok(cx.services.started_at)
}

/// Figures of the node are at `/metrics`; fb303's map of them is empty here, as in Hive before 4.
async fn counters(_: Cx, _: m::GetCountersArgs) -> Result<Vec<(String, i64)>> {
    Ok(Vec::new())
}

async fn counter(_: Cx, _: m::GetCounterArgs) -> Result<i64> {
    Ok(0)
}

async fn options(_: Cx, _: m::GetOptionsArgs) -> Result<Vec<(String, String)>> {
    Ok(Vec::new())
}

async fn option(_: Cx, _: m::GetOptionArgs) -> Result<String> {
    Ok(String::new())
}

/// fb303 has options for its own use; Hive never had one.
async fn option_set(_: Cx, _: m::SetOptionArgs) -> Result<()> {
    Ok(())
}

async fn cpu_profile(_: Cx, _: m::GetCpuProfileArgs) -> Result<String> {
    Ok(String::new())
}

async fn reinitialize(_: Cx, _: m::ReinitializeArgs) -> Result<()> {
    Ok(())
}

/// Every Java client sends this when it closes: it ends that connection and nothing else.
async fn shutdown(cx: Cx, _: m::ShutdownArgs) -> Result<()> {
    cx.session.end();
    Ok(())
}
