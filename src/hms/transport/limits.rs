//! What one client, or all of them together, may take of a node.

use std::time::Duration;

/// Bounds of the Thrift listener and of each of its connections. Every one is a promise that a stranger can't use
/// more of the node than this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections open at once; one more is closed right after it was accepted. Hive's clients stay connected for
    /// hours, so this is about how many clients there are, not how many calls.
    pub connections_max: usize,
    /// Bytes of one message without its frame header. Hive refuses more than 100 MiB as well.
    pub message_bytes_max: usize,
    /// Bytes of half-received messages of all connections together; who would pass it waits for the others.
    pub buffered_bytes_max: usize,
    /// From connecting to the first byte. As long as a Hive client's own patience: pools connect ahead of use.
    pub first_byte_timeout: Duration,
    /// From the first byte of a message to its last, so that a slow sender can't hold a buffer for ever.
    pub message_timeout: Duration,
    /// Between two calls. Generous: pools of Hive clients keep idle connections and take a closed one for a fault.
    pub idle_timeout: Duration,
    /// For each 64 KiB of a reply to be taken by the client's machine; the reply as a whole must also move at
    /// 256 KiB a second once this time has passed.
    pub write_timeout: Duration,
    /// For running calls to end once the server drains; then their connections are dropped.
    pub drain_timeout: Duration,
    /// Silence after which the operating system probes whether the peer's machine is still there.
    pub keepalive_after: Duration,
}

impl ConnectionLimits {
    /// The codec's bounds that follow from ours.
    pub(super) fn wire(&self) -> skep_thrift::Limits {
        let bytes = self.message_bytes_max;
        skep_thrift::Limits { message_bytes: bytes, string_bytes: bytes, ..skep_thrift::Limits::default() }
    }
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections_max: 4096,
            message_bytes_max: 100 << 20,
            buffered_bytes_max: 1 << 30,
            first_byte_timeout: Duration::from_mins(10),
            message_timeout: Duration::from_mins(1),
            idle_timeout: Duration::from_hours(24),
            write_timeout: Duration::from_mins(1),
            drain_timeout: Duration::from_secs(8),
            keepalive_after: Duration::from_mins(1),
        }
    }
}
