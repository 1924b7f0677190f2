//! `[server]`: where it listens and what it takes from a stranger.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::quantity::ByteSize;
use super::section::section;

section! {
    /// Addresses, and bounds on what a client may send.
    Server in "server" {
        /// Address of the Hive (Thrift) front. Port 0 picks a free one.
        thrift_listen: SocketAddr = SocketAddr::from((Ipv4Addr::LOCALHOST, 9083)),
        /// Address of gRPC and HTTP (metrics, health, page). Port 0 picks a free one.
        api_listen: SocketAddr = SocketAddr::from((Ipv4Addr::LOCALHOST, 9084)),
        /// Agree to listen beyond this machine although clients are not authenticated: whoever reaches the port may
        /// read and change everything.
        allow_unauthenticated: bool = false,
        /// A Hive configuration to take over: hive-site.xml, metastore-site.xml, or the folder that holds them.
        hive_conf: Option<PathBuf> = None,
        /// Thrift connections at a time; more are closed at once and counted as refused.
        max_connections: u32 = 4_096,
        /// Largest Thrift message.
        max_message: ByteSize = ByteSize::mib(100),
        /// Half-received messages of all connections together; who would pass it waits for the others. Never less
        /// than one largest message.
        max_buffered: ByteSize = ByteSize::mib(1_024),
        /// From connecting to the first byte. Pools of Hive clients connect ahead of use.
        first_byte_timeout: Duration = Duration::from_mins(10),
        /// A connection is closed when no call has come for so long. Hive clients keep idle connections in pools.
        idle_timeout: Duration = Duration::from_hours(24),
        /// From a message's first byte to its last.
        message_timeout: Duration = Duration::from_mins(1),
        /// For each 64 KiB of an answer to be taken by the client's machine.
        write_timeout: Duration = Duration::from_mins(1),
        /// On SIGTERM, calls that are running get so long to end.
        drain_timeout: Duration = Duration::from_secs(8),
    }
}
