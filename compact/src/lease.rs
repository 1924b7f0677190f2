//! The protocol of a compaction: begin, heartbeats beside the work, commit or abort.

use std::time::Duration;

use skep_proto::admin::v1::TableName;
use skep_proto::etl::v1::Severity;
use skep_proto::log::v1 as p;
use skep_proto::log::v1::compaction_service_client::CompactionServiceClient;
use tonic::Code;
use tonic::transport::{Channel, Endpoint};

use crate::error::{Error, Result, UNREACHABLE};

/// A lease without a heartbeat.
const TTL: Duration = Duration::from_mins(1);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const KEEPALIVE: Duration = Duration::from_secs(20);
/// The work can name many partitions.
const MESSAGE_BYTES_MAX: usize = 64 << 20;
const REASON_BYTES_MAX: usize = 500;

/// Calls about one log.
#[derive(Debug, Clone)]
pub struct Calls {
    client: CompactionServiceClient<Channel>,
    table: TableName,
}

/// What `begin` asks for.
#[derive(Debug)]
pub struct Begin {
    pub holder: String,
    pub seal_newest: bool,
    pub request_id: String,
    pub user: String,
}

fn ttl_ms() -> i64 {
    i64::try_from(TTL.as_millis()).unwrap_or(i64::MAX)
}

impl Calls {
    pub async fn connect(address: &str, table: TableName) -> Result<Self> {
        let url = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
        if !url.starts_with("http://") {
            return Err(Error::usage(format!("--endpoint {address}: only http://HOST:PORT can be spoken to")));
        }
        let endpoint =
            Endpoint::from_shared(url).map_err(|error| Error::usage(format!("--endpoint {address}: {error}")))?;
        let endpoint = endpoint
            .connect_timeout(CONNECT_TIMEOUT)
            .http2_keep_alive_interval(KEEPALIVE)
            .keep_alive_timeout(KEEPALIVE)
            .tcp_nodelay(true);
        let channel = endpoint.connect().await.map_err(|_| Error {
            code: UNREACHABLE,
            message: format!("no server at {address}; --endpoint or SKEP_ENDPOINT names another one"),
        })?;
        let client = CompactionServiceClient::new(channel).max_decoding_message_size(MESSAGE_BYTES_MAX);
        Ok(Self { client, table })
    }

    /// What is to be done; None if nothing.
    pub async fn begin(&mut self, begin: Begin) -> Result<Option<p::Compaction>> {
        let request = p::BeginCompactionRequest {
            table: Some(self.table.clone()),
            holder: begin.holder,
            ttl_ms: ttl_ms(),
            up_to: None,
            seal_newest: begin.seal_newest,
            request_id: begin.request_id,
            user: begin.user,
        };
        Ok(self.client.begin_compaction(request).await?.into_inner().compaction)
    }

    /// Says that the compactor is alive until it is dropped; ends only when somebody else has taken over.
    pub async fn alive(mut self, token: i64) -> Error {
        loop {
            tokio::time::sleep(TTL / 3).await;
            let request = p::HeartbeatCompactionRequest { table: Some(self.table.clone()), token, ttl_ms: ttl_ms() };
            match self.client.heartbeat_compaction(request).await {
                Err(no) if matches!(no.code(), Code::FailedPrecondition | Code::NotFound | Code::InvalidArgument) => {
                    return Error::from(no);
                }
                // A server that is away for a while: the lease may outlast it, and the commit will tell.
                Ok(_) | Err(_) => {}
            }
        }
    }

    pub async fn commit(&mut self, token: i64, files: Vec<String>, user: String) -> Result<p::Snapshot> {
        let request = p::CommitCompactionRequest { table: Some(self.table.clone()), token, files, user };
        let done = self.client.commit_compaction(request).await?.into_inner();
        let wrong = done.findings.iter().find(|finding| finding.severity() == Severity::Error);
        let why = wrong.map(|finding| format!("{}: {} [{}]", finding.uri, finding.message, finding.code));
        done.snapshot.ok_or_else(|| Error::new(format!("refused: {}", why.unwrap_or_default())))
    }

    /// Gives the compaction up. Where somebody has taken over, nothing is left to be given up.
    pub async fn abort(&mut self, token: i64, reason: &str) {
        let mut end = reason.len().min(REASON_BYTES_MAX);
        while !reason.is_char_boundary(end) {
            end -= 1;
        }
        let reason = reason[..end].to_owned();
        let _ = self
            .client
            .abort_compaction(p::AbortCompactionRequest { table: Some(self.table.clone()), token, reason })
            .await;
    }
}
