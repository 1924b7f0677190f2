//! All that the clients, the nemesis and the checks of a run share.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use super::super::cluster::Cluster;
use super::families::{Family, families};
use super::locks::{Held, Locks};
use super::logs::Logs;
use super::mix::Mix;
use super::model::Model;
use super::nodes::{Address, Nodes, Start};
use super::places::{Places, S3_ROOT};
use crate::etl::s3::server::S3;

/// A call whose answer broke off although its node goes on is over after so long.
const DOUBT_MAX: Duration = Duration::from_secs(5);

/// Which of the two warehouses is the root; the other one is used by LOCATIONs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    File,
    S3,
}

/// Locks of a call of which nobody knows whether it is over.
struct Doubt {
    address: Address,
    since: Instant,
    _held: Held,
}

pub struct World {
    pub runtime: Runtime,
    pub root: Root,
    pub places: Places,
    pub cluster: Option<Cluster>,
    pub nodes: Nodes,
    pub families: Vec<Family>,
    pub locks: Arc<Locks>,
    pub model: Model,
    pub mix: Mix,
    pub logs: Logs,
    /// Operations that were begun.
    pub begun: AtomicU64,
    /// The database is away: clients wait.
    pub is_paused: AtomicBool,
    /// Somebody is about to be killed.
    pub is_storm: AtomicBool,
    doubts: Mutex<Vec<Doubt>>,
}

impl World {
    /// Starts S3, the database and the nodes in a folder.
    pub fn start(folder: &Path, root: Root, is_postgres: bool, has_trash: bool, mix: Mix) -> Self {
        let runtime = Runtime::new().unwrap();
        let s3 = runtime.block_on(S3::start());
        let file_root = folder.join("warehouse");
        std::fs::create_dir(&file_root).unwrap();
        let cluster = is_postgres.then(|| Cluster::start(folder));
        let places = Places { s3, root: file_root, scratch: folder.join("scratch") };
        let (warehouse, other) = match root {
            Root::File => (places.file_root(), S3_ROOT.to_owned()),
            Root::S3 => (S3_ROOT.to_owned(), places.file_root()),
        };
        let given = places.s3.variables();
        let mut variables: Vec<(String, String)> =
            given.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        variables.push(("SKEP_WAREHOUSE_ALLOWED_ROOTS".to_owned(), other));
        variables.push(("SKEP_WAREHOUSE_OBJECT_STORE".to_owned(), "timeout=1s".to_owned()));
        if has_trash {
            variables.push(("SKEP_WAREHOUSE_TRASH_INTERVAL".to_owned(), "1h".to_owned()));
            let home = folder.join("home");
            std::fs::create_dir(&home).unwrap();
            variables.push(("SKEP_WAREHOUSE_TRASH_HOME".to_owned(), home.display().to_string()));
        }
        let store = cluster.as_ref().map_or("sqlite:skep.db".to_owned(), Cluster::url);
        let count = if is_postgres { 2 } else { 1 };
        let nodes = Nodes::start(folder, count, Start { store, warehouse, variables });
        let families = families();
        Self {
            runtime,
            root,
            places,
            cluster,
            nodes,
            locks: Locks::new(families.len()),
            model: Model::new(families.clone()),
            families,
            mix,
            logs: Logs::default(),
            begun: AtomicU64::new(0),
            is_paused: AtomicBool::new(false),
            is_storm: AtomicBool::new(false),
            doubts: Mutex::default(),
        }
    }

    /// Gives the given place of a group's second database: in the warehouse that is not the root.
    pub fn database_place(&self, name: &str) -> Option<String> {
        name.ends_with('y').then(|| format!("{}/{name}.db", self.other_root()))
    }

    /// Gives the root of the warehouse that is not the default one.
    fn other_root(&self) -> String {
        if self.root == Root::File { S3_ROOT.to_owned() } else { self.places.file_root() }
    }

    pub fn now(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }

    /// Keeps locks of a call whose answer was lost until its node has restarted.
    pub fn doubt(&self, address: Address, held: Held) {
        self.doubts.lock().unwrap().push(Doubt { address, since: Instant::now(), _held: held });
    }

    /// Lets go of locks whose node runs again, or whose call must be over.
    pub fn doubts_settle(&self) {
        let is_open = |doubt: &Doubt| {
            let running = self.nodes.address(doubt.address.node);
            let is_restarted = running.is_some_and(|running| running.generation > doubt.address.generation);
            !is_restarted && doubt.since.elapsed() < DOUBT_MAX
        };
        self.doubts.lock().unwrap().retain(is_open);
    }

    /// Whether calls may still be under way of which nobody heard.
    pub fn has_doubts(&self) -> bool {
        self.doubts_settle();
        !self.doubts.lock().unwrap().is_empty()
    }
}
