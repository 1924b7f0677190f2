//! The connection to a server.

use std::time::Duration;

use tonic::transport::{Channel, Endpoint};

use super::failure::Failure;
use super::output::{Format, Output};

/// Lists come in pieces of far less; a table's definition can be large.
pub const MESSAGE_BYTES_MAX: usize = 64 << 20;
/// Without TLS: that is a proxy's, as for the other ports.
const SCHEME: &str = "http";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A server that does not answer a ping for so long is gone.
const KEEPALIVE: Duration = Duration::from_secs(20);

/// Where the server is, and how its answers are printed. Every command that talks to a server has these.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Server and output")]
pub struct ClientArgs {
    /// gRPC address of the server (its --api-listen)
    #[arg(
        long,
        env = "SKEP_ENDPOINT",
        value_name = "URL",
        default_value = "http://127.0.0.1:9084",
        hide_env_values = true
    )]
    pub endpoint: String,
    /// Form of the output
    #[arg(long, short, value_enum, default_value_t = Format::Table)]
    pub output: Format,
}

impl ClientArgs {
    /// Connects; nobody there is [`Failure::UNREACHABLE`].
    pub async fn connect(&self) -> Result<Channel, Failure> {
        let endpoint = endpoint(&self.endpoint)?;
        endpoint.connect().await.map_err(|error| {
            let why = cause(&error);
            let hint = "is it running (`skep serve`)? --endpoint or SKEP_ENDPOINT names another one";
            Failure::new(Failure::UNREACHABLE, format!("no server at {}: {why}; {hint}", self.endpoint))
        })
    }

    pub fn output(&self) -> Output {
        Output::of_process(self.output)
    }
}

/// `HOST:PORT` is enough.
fn endpoint(text: &str) -> Result<Endpoint, Failure> {
    let url = if text.contains("://") { text.to_owned() } else { format!("{SCHEME}://{text}") };
    if url.split("://").next() != Some(SCHEME) {
        return Err(Failure::usage(format!("--endpoint {text}: only {SCHEME}://HOST:PORT can be spoken to")));
    }
    let endpoint = Endpoint::from_shared(url).map_err(|error| Failure::usage(format!("--endpoint {text}: {error}")))?;
    Ok(endpoint
        .connect_timeout(CONNECT_TIMEOUT)
        .http2_keep_alive_interval(KEEPALIVE)
        .keep_alive_timeout(KEEPALIVE)
        .tcp_nodelay(true))
}

/// The last cause: "transport error" says nothing.
fn cause(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// A client of a service over a channel, which takes large messages.
macro_rules! client {
    ($client:ident, $channel:expr) => {
        $client::new($channel).max_decoding_message_size($crate::cli::client::MESSAGE_BYTES_MAX)
    };
}
pub(crate) use client;

#[cfg(test)]
mod tests {
    use super::endpoint;

    #[test]
    fn endpoints() {
        for good in ["127.0.0.1:9084", "http://localhost:1", "[::1]:9084"] {
            assert!(endpoint(good).is_ok(), "{good}");
        }
        for bad in ["https://localhost:1", "thrift://h:1", "", "a b"] {
            assert!(endpoint(bad).is_err(), "{bad}");
        }
    }
}
