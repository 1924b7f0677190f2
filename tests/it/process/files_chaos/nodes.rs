//! The nodes of a run: started, killed and started again.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::super::server::{Server, log_of};
use super::random::Random;

/// The longest time that a client waits for a node.
const WAIT_MAX: Duration = Duration::from_mins(2);
/// How long a poll waits before it looks again.
pub const POLL: Duration = Duration::from_millis(5);

/// Waits until the condition holds; fails with the text after the longest time.
pub fn wait_until(longest: Duration, what: &str, mut is_met: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_met() {
        assert!(begin.elapsed() < longest, "{what}: not within {longest:?}");
        std::thread::sleep(POLL);
    }
}

/// Where a node listened at some time: it may have been killed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    pub node: usize,
    /// Counts the node's starts.
    pub generation: u64,
    pub thrift: SocketAddr,
    pub api: SocketAddr,
}

struct Running {
    server: Server,
    address: Address,
}

struct Node {
    folder: PathBuf,
    running: Mutex<Option<Running>>,
    starts: Mutex<u64>,
}

/// What every node is started with.
pub struct Start {
    pub store: String,
    pub warehouse: String,
    pub variables: Vec<(String, String)>,
}

pub struct Nodes {
    all: Vec<Node>,
    start: Start,
}

impl Nodes {
    /// Starts so many nodes, each with a folder of its own.
    pub fn start(folder: &Path, count: usize, start: Start) -> Self {
        let node = |number| {
            let folder = folder.join(format!("node{number}"));
            std::fs::create_dir(&folder).unwrap();
            Node { folder, running: Mutex::new(None), starts: Mutex::new(0) }
        };
        let nodes = Self { all: (0..count).map(node).collect(), start };
        (0..count).for_each(|node| nodes.restart(node));
        nodes
    }

    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// Gives the address of a node that runs; waits where none does.
    pub fn any(&self, random: &mut Random) -> Address {
        let first = random.below(self.all.len());
        let mut found = None;
        wait_until(WAIT_MAX, "a running node", || {
            found = (0..self.all.len()).find_map(|at| self.address((first + at) % self.all.len()));
            found.is_some()
        });
        found.unwrap()
    }

    /// Gives the address of a node, if it runs.
    pub fn address(&self, node: usize) -> Option<Address> {
        self.all[node].running.lock().unwrap().as_ref().map(|running| running.address)
    }

    /// Kills a node with SIGKILL and gives the local ports that it had open.
    pub fn kill(&self, node: usize) -> Vec<u16> {
        let Some(mut running) = self.all[node].running.lock().unwrap().take() else { return Vec::new() };
        running.server.signal("STOP");
        let ports = local_ports(running.server.id());
        running.server.kill();
        ports
    }

    /// Starts a node that does not run.
    pub fn restart(&self, node: usize) {
        let it = &self.all[node];
        let variables: Vec<(&str, &str)> =
            self.start.variables.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let started = Server::start_at(&it.folder, &self.start.store, &self.start.warehouse, &variables);
        let server = started.unwrap_or_else(|said| panic!("not ready: {said:?} {}", log_of(&it.folder)));
        let mut starts = it.starts.lock().unwrap();
        *starts += 1;
        let address = Address { node, generation: *starts, thrift: server.address, api: server.api };
        *it.running.lock().unwrap() = Some(Running { server, address });
    }

    /// Gives the log of a node.
    pub fn log(&self, node: usize) -> String {
        log_of(&self.all[node].folder)
    }
}

/// Gives the local ports of a process's TCP connections.
fn local_ports(process: u32) -> Vec<u16> {
    let mut inodes = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir(format!("/proc/{process}/fd")).unwrap().flatten() {
        let link = std::fs::read_link(entry.path()).unwrap_or_default();
        let link = link.to_string_lossy();
        inodes.extend(link.strip_prefix("socket:[").and_then(|rest| rest.strip_suffix(']')).map(str::to_owned));
    }
    let table = std::fs::read_to_string(format!("/proc/{process}/net/tcp")).unwrap_or_default();
    let port = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (local, inode) = (words.get(1)?, words.get(9)?);
        let port = u16::from_str_radix(local.split_once(':')?.1, 16).ok()?;
        inodes.contains(*inode).then_some(port)
    };
    table.lines().filter_map(port).collect()
}
