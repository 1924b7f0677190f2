//! `skep status`.

use serde_json::json;
use skep_proto::admin::v1::GetServerStatusRequest;
use skep_proto::admin::v1::status_service_client::StatusServiceClient;

use super::client::{ClientArgs, client};
use super::failure::Failure;
use super::moment::{bytes_text, span_text};
use super::output::Format;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  skep status\n  skep status --endpoint metastore:9084 --output json\n\n\
Exit codes: 0 ready; 1 not ready; 2 wrong command line; 3 nobody answers")]
pub struct StatusArgs {
    #[command(flatten)]
    client: ClientArgs,
}

pub async fn run(args: StatusArgs) -> Result<(), Failure> {
    let mut client = client!(StatusServiceClient, args.client.connect().await?);
    let answer = client.get_server_status(GetServerStatusRequest {}).await?.into_inner();
    let status = answer.status.unwrap_or_default();
    let (pool, caches) = (status.pool.unwrap_or_default(), status.caches.unwrap_or_default());
    let tasks = status.file_tasks.unwrap_or_default();
    let mut output = args.client.output();
    let is_table = output.format() == Format::Table;
    let span = |ms: u64| if is_table { json!(span_text((ms / 1_000) as i64)) } else { json!(ms) };
    let bytes = |bytes: u64| if is_table { json!(bytes_text(bytes)) } else { json!(bytes) };
    output.record(&[
        ("endpoint", json!(args.client.endpoint)),
        ("ready", json!(status.ready)),
        ("problem", json!(status.problem)),
        ("version", json!(status.version)),
        (if is_table { "uptime" } else { "uptime_ms" }, span(status.uptime_ms)),
        ("store", json!(status.store)),
        ("schema_version", json!(status.schema_version)),
        ("warehouse", json!(status.warehouse)),
        ("default_catalog", json!(status.default_catalog)),
        ("thrift_address", json!(status.thrift_address)),
        ("api_address", json!(status.api_address)),
        ("pool_in_use", json!(pool.in_use)),
        ("pool_idle", json!(pool.idle)),
        ("cached_tables", json!(caches.tables)),
        ("cached_table_bytes", bytes(caches.table_bytes)),
        ("cached_partition_bytes", bytes(caches.partition_bytes)),
        ("cache_hits", json!(caches.hits)),
        ("cache_misses", json!(caches.misses)),
        ("pending_deletions", json!(tasks.deletions)),
        ("pending_moves", json!(tasks.moves)),
        (if is_table { "oldest_pending" } else { "oldest_pending_ms" }, span(tasks.oldest_age_ms.max(0) as u64)),
    ])?;
    if status.ready { Ok(()) } else { Err(Failure::new(Failure::SERVER, format!("not ready: {}", status.problem))) }
}
