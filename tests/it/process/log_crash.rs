//! Killed in the midst of compactions: the server, its database, the compactor. Whatever was acknowledged is in the final
//! view, once; the view shows one snapshot, which is there with its files; ids of notifications have no gap.
//! `SKEP_LOG_CRASH_KILLS` says how often (6); scripts/log-crash.sh asks for hundreds.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use skep_proto::admin::v1 as a;
use skep_proto::admin::v1::database_service_client::DatabaseServiceClient;
use skep_proto::log::v1 as p;
use skep_proto::log::v1::event_log_service_client::EventLogServiceClient;
use skep_thrift::{methods as m, types as t};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tonic::transport::{Channel, Endpoint};

use super::client::Client;
use super::cluster::Cluster;
use super::server::{Server, log_of};
use crate::etl::final_view::{Book, DATABASE, LOG, Lake, Load, Pace, Reader, SNAPSHOTS};
use crate::grpc::fixture::at;

/// Where the compactor finds its server; a process without it is none.
const COMPACTOR: &str = "SKEP_TEST_COMPACTOR";
/// A dead compactor is waited for so long.
const LEASE_MS: i64 = 1_000;
const SNAPSHOTS_KEPT: i32 = 3;
/// Calls of the others for each compaction.
const TURNS: usize = 20;

fn kills() -> usize {
    std::env::var("SKEP_LOG_CRASH_KILLS").map_or(6, |kills| kills.parse().expect("SKEP_LOG_CRASH_KILLS is a number"))
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Victim {
    Server,
    Database,
    Compactor,
}

/// A log, its server, and what is known of both.
struct Field<'f> {
    folder: &'f Path,
    runtime: Runtime,
    cluster: Option<Cluster>,
    server: Server,
    book: Arc<Book>,
    /// The last notification.
    event: i64,
    /// Snapshots that the compactor was told of and that did not expire since.
    committed: BTreeSet<String>,
    compactions: usize,
}

fn connect(api: &str) -> Channel {
    Endpoint::from_shared(format!("http://{}", api.trim())).unwrap().connect_lazy()
}

fn start(folder: &Path, cluster: Option<&Cluster>) -> Server {
    Server::start(folder, &cluster.map_or("sqlite:skep.db".to_owned(), Cluster::url))
}

/// The compactor: this very program, which does nothing else then. It goes on until the server does not answer.
#[test]
fn a_compactor_that_is_to_be_killed() {
    let Ok(told) = std::env::var(COMPACTOR) else { return };
    let [api, thrift, base, seed] = told.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let runtime = Runtime::new().unwrap();
    let _within = runtime.enter();
    let load = Load {
        channel: connect(api),
        thrift: thrift.parse().unwrap(),
        base: base.to_owned(),
        book: Arc::default(),
        lake: Arc::new(Lake::default()),
    };
    for chance in Load::chances(seed.parse().unwrap()) {
        match runtime.block_on(load.compact("who is to be killed", LEASE_MS, chance)) {
            // In one piece, whose end is told: it may be killed in the midst of a line.
            Ok(Some(snapshot)) => std::io::stderr().write_all(format!("committed {snapshot}.\n").as_bytes()).unwrap(),
            Ok(None) => {}
            Err(_) => return,
        }
    }
}

impl<'f> Field<'f> {
    fn begin(folder: &'f Path, cluster: Option<Cluster>) -> Self {
        let server = start(folder, cluster.as_ref());
        let field = Self {
            folder,
            runtime: Runtime::new().unwrap(),
            cluster,
            server,
            book: Arc::default(),
            event: 0,
            committed: BTreeSet::new(),
            compactions: 0,
        };
        let load = field.load();
        field.runtime.block_on(async {
            let database = Some(a::Database { name: DATABASE.to_owned(), ..a::Database::default() });
            let create = a::CreateDatabaseRequest { database, ..a::CreateDatabaseRequest::default() };
            DatabaseServiceClient::new(load.channel.clone()).create_database(create).await.unwrap();
            load.make().await.unwrap();
        });
        field
    }

    fn load(&self) -> Load {
        let _within = self.runtime.enter();
        Load {
            channel: connect(&self.server.api.to_string()),
            thrift: self.server.address,
            base: format!("file:{}/lake/{LOG}", self.folder.display()),
            book: Arc::clone(&self.book),
            lake: Arc::new(Lake::default()),
        }
    }

    fn compactor(&self, load: &Load, seed: usize) -> Child {
        let told = format!("{} {} {} {seed}", self.server.api, load.thrift, load.base);
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "process::log_crash::a_compactor_that_is_to_be_killed", "--nocapture"])
            .env(COMPACTOR, told)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Lets arrivals come, compactions run and the view be rolled until so much was done; then somebody dies.
    fn round(&mut self, number: usize, answers: usize, victim: Victim) {
        let load = self.load();
        let pace = Arc::new(Pace::new(TURNS));
        let (tell, mut heard) = watch::channel(0_usize);
        let tell = Arc::new(tell);
        let mut compactor = self.compactor(&load, number);
        let told = BufReader::new(compactor.stderr.take().unwrap());
        let listening = std::thread::spawn({
            let (tell, pace) = (Arc::clone(&tell), Arc::clone(&pace));
            move || {
                let lines = told.lines().map_while(Result::ok);
                let ids = lines.filter_map(|line| {
                    Some(line.strip_prefix("committed ")?.strip_suffix('.')?.to_owned())
                });
                let answered = |_: &String| {
                    (0..TURNS).for_each(|_| pace.give());
                    tell.send_modify(|count| *count += TURNS);
                };
                ids.inspect(answered).collect::<Vec<_>>()
            }
        });
        let mut writers = Vec::new();
        for writer in 0..3_u64 {
            let (load, pace, tell) = (load.clone(), Arc::clone(&pace), Arc::clone(&tell));
            writers.push(self.runtime.spawn(async move {
                for chance in Load::chances((number as u64) << 8 | writer) {
                    if !pace.take(1).await {
                        return;
                    }
                    let done = if writer < 2 { load.arrive(chance).await } else { load.roll(chance).await };
                    if done.is_err() {
                        return;
                    }
                    tell.send_modify(|count| *count += 1);
                }
            }));
        }
        // Somebody may have died of itself: then nothing more is heard, and the checks say what is wrong.
        drop(tell);
        let enough = self.runtime.block_on(async { heard.wait_for(|count| *count >= answers).await.is_ok() });
        assert!(enough, "writers gave up before anybody was killed: {}", log_of(self.folder));
        match victim {
            Victim::Server => self.server.kill(),
            Victim::Database => self.cluster.as_ref().unwrap().kill(),
            Victim::Compactor => {}
        }
        // Its end is the end of its lines.
        compactor.kill().unwrap();
        compactor.wait().unwrap();
        pace.end();
        for writer in writers {
            self.runtime.block_on(writer).unwrap();
        }
        let committed = listening.join().unwrap();
        self.compactions += committed.len();
        self.committed.extend(committed);
        match victim {
            Victim::Server => {
                if let Some(cluster) = &self.cluster {
                    cluster.wait_alone();
                }
                self.server = start(self.folder, self.cluster.as_ref());
            }
            Victim::Database => self.cluster.as_ref().unwrap().restart(),
            Victim::Compactor => {}
        }
    }

    /// What must be so whoever died.
    fn check(&mut self) {
        let load = self.load();
        let mut reader = Reader::new(Client::connect(self.server.address).unwrap(), &load.lake);
        let names: BTreeSet<String> = reader.names(LOG).unwrap().into_iter().collect();
        self.book.settle(|one| names.contains(&one.name()));
        let expected: BTreeSet<String> = self.book.acknowledged().iter().map(|one| one.name()).collect();
        assert_eq!(names, expected, "registered is what was acknowledged");
        for _ in 0..2 {
            let begun = self.book.read_begins();
            assert!(self.book.explain(begun, &reader.read().unwrap()).unwrap());
        }

        let shown = reader.text().unwrap().snapshot;
        let known = self.runtime.block_on(load.snapshots()).unwrap();
        let current: Vec<_> = known.iter().filter(|one| one.current).map(|one| one.snapshot_id.clone()).collect();
        assert_eq!(current, Vec::from_iter(shown), "one snapshot is current, the one that the text names");
        let ids: BTreeSet<String> = known.iter().map(|one| one.snapshot_id.clone()).collect();
        let there: BTreeSet<String> = reader.names(SNAPSHOTS).unwrap().into_iter().collect();
        assert_eq!(there, ids.iter().map(|id| format!("snapshot_id={id}")).collect(), "each is a partition");
        assert!(self.committed.is_subset(&ids), "{:?} were committed, {ids:?} are there", self.committed);
        let state = self.runtime.block_on(async {
            let get = p::GetEventLogRequest { table: at(LOG) };
            EventLogServiceClient::new(load.channel.clone())
                .get_event_log(get)
                .await
                .unwrap()
                .into_inner()
                .state
                .unwrap()
        });
        for late in &state.late {
            let name = format!("dt={}/hour={}", late.values[0], late.values[1]);
            assert!(names.contains(&name), "the view names {name}, which is not there");
        }
        self.events();

        self.runtime.block_on(load.expire(SNAPSHOTS_KEPT, 0)).unwrap();
        let kept = self.runtime.block_on(load.snapshots()).unwrap();
        self.committed.retain(|id| kept.iter().any(|one| one.snapshot_id == *id));
    }

    /// Ids of notifications follow each other.
    fn events(&mut self) {
        let request =
            t::NotificationEventRequest { last_event: self.event, max_events: Some(-1), ..Default::default() };
        let args = m::GetNextNotificationArgs { rqst: Some(request) };
        for event in Client::connect(self.server.address).unwrap().get::<m::GetNextNotification>(&args).events {
            assert_eq!(event.event_id, self.event + 1, "a gap in the notification log");
            self.event = event.event_id;
        }
    }

    fn end(&self) {
        let log = log_of(self.folder);
        assert!(!log.contains("panic"), "{log}");
        assert!(self.compactions > 0, "nothing was compacted: {log}");
        eprintln!(
            "{} kills amid {} registrations and {} compactions: every one was whole",
            kills(),
            self.book.count(),
            self.compactions
        );
    }
}

/// When to kill: after so many answers.
fn answers(round: usize) -> usize {
    1 + crate::etl::final_view::mix(round as u64) as usize % (6 * TURNS)
}

#[test]
fn compactions_over_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let mut field = Field::begin(folder.path(), None);
    for round in 0..kills() {
        let victim = if round % 2 == 0 { Victim::Server } else { Victim::Compactor };
        field.round(round, answers(round), victim);
        field.check();
    }
    field.end();
}

#[test]
fn compactions_over_postgres() {
    let folder = tempfile::tempdir().unwrap();
    // The folder is entered by the user that Postgres runs as.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let cluster = Cluster::start(folder.path());
    let mut field = Field::begin(folder.path(), Some(cluster));
    for round in 0..kills() {
        let victim = [Victim::Server, Victim::Database, Victim::Compactor][round % 3];
        field.round(round, answers(round), victim);
        field.check();
    }
    field.end();
}
