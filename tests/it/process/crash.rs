//! Killed in the midst of a writing load: whatever was acknowledged is there, no call is there by half, and the
//! notification log has no gap. `SKEP_CRASH_KILLS` says how often (5); scripts/crash.sh asks for hundreds.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use skep_thrift::{methods as m, types as t};

use super::client::Client;
use super::cluster::Cluster;
use super::ledger::{Contents, Write};
use super::server::{Server, log_of};
use super::writer::{DATABASE, Written, work, write};

const WRITERS: usize = 4;

fn kills() -> usize {
    std::env::var("SKEP_CRASH_KILLS").map_or(5, |kills| kills.parse().expect("SKEP_CRASH_KILLS is a number"))
}

/// What the writers wrote, and what of it was seen.
#[derive(Default)]
struct Book {
    contents: Contents,
    event: i64,
    acknowledged: usize,
    settled: usize,
}

fn partitions(client: &mut Client, table: &str) -> BTreeMap<String, String> {
    let args =
        m::GetPartitionsArgs { db_name: Some(DATABASE.to_owned()), tbl_name: Some(table.to_owned()), max_parts: -1 };
    let read = |partition: t::Partition| {
        let values = partition.values.unwrap();
        let state = partition.parameters.unwrap().into_iter().find(|(key, _)| key == "state").unwrap().1;
        (format!("batch={}/at={}", values[0], values[1]), state)
    };
    client.get::<m::GetPartitions>(&args).into_iter().map(read).collect()
}

fn tables(client: &mut Client) -> Vec<String> {
    let mut tables = client.get::<m::GetAllTables>(&m::GetAllTablesArgs { db_name: Some(DATABASE.to_owned()) });
    tables.sort();
    tables
}

/// How many events of each type came since; ids without a gap.
fn events(client: &mut Client, since: &mut i64) -> BTreeMap<String, usize> {
    let request = t::NotificationEventRequest { last_event: *since, max_events: Some(-1), ..Default::default() };
    let mut counts = BTreeMap::new();
    let args = m::GetNextNotificationArgs { rqst: Some(request) };
    for event in client.get::<m::GetNextNotification>(&args).events {
        assert_eq!(event.event_id, *since + 1, "a gap in the notification log");
        *since = event.event_id;
        *counts.entry(event.event_type).or_default() += 1;
    }
    counts
}

impl Book {
    /// Compares what is there with what was written in a round; what is unknown is there as a whole or not at all.
    /// Looks into the tables whose names begin with `prefix`, those of the round.
    fn check(&mut self, client: &mut Client, prefix: &str, written: Vec<Written>) {
        let tables = tables(client);
        let of_round = tables.iter().filter(|table| table.starts_with(prefix));
        let seen: Contents = of_round.map(|table| (table.clone(), partitions(client, table))).collect();
        let mut expected_events = BTreeMap::new();
        let mut enter = |write: &Write| {
            write.apply(&mut self.contents);
            let (event, count) = write.events();
            *expected_events.entry(event.to_owned()).or_default() += count;
        };
        for Written { acknowledged, unknown } in written {
            self.acknowledged += acknowledged.len();
            acknowledged.iter().for_each(&mut enter);
            if let Some(write) = unknown.filter(|write| write.shows_in(&seen)) {
                self.settled += 1;
                enter(&write);
            }
        }
        assert!(tables.iter().eq(self.contents.keys()), "{tables:?} {:?}", self.contents.keys());
        for (table, partitions) in &seen {
            assert_eq!(partitions, &self.contents[table], "{table}");
        }
        assert_eq!(events(client, &mut self.event), expected_events);
    }
}

/// Lets writers write until `answers` calls are done, kills by `kill`, and gives what they wrote.
fn round(server: &mut Server, table: &str, answers: usize, kill: impl FnOnce(&mut Server)) -> Vec<Written> {
    let create = Write::Create { table: table.to_owned() };
    write(&mut Client::connect(server.address).unwrap(), &create).unwrap();
    let stop = AtomicBool::new(false);
    let (tell, heard) = mpsc::channel();
    let address = server.address;
    let mut written = vec![Written { acknowledged: vec![create], unknown: None }];
    std::thread::scope(|scope| {
        let stop = &stop;
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let tell = tell.clone();
                scope.spawn(move || work(address, table, writer, stop, &tell))
            })
            .collect();
        for _ in 0..answers {
            heard.recv().unwrap().expect("every call is answered well as long as nobody was killed");
        }
        kill(server);
        stop.store(true, Ordering::SeqCst);
        written.extend(writers.into_iter().map(|writer| writer.join().unwrap()));
    });
    written
}

/// When to kill: after so many answers. Reproducible, and of any size up to a hundred.
fn moments() -> impl Iterator<Item = usize> {
    let step =
        |state: &u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    std::iter::successors(Some(20_261_122_u64), step).map(|state| 1 + (state >> 33) as usize % 100)
}

fn begin(server: &Server) -> Book {
    let mut client = Client::connect(server.address).unwrap();
    let database = t::Database { name: Some(DATABASE.to_owned()), ..Default::default() };
    client.get::<m::CreateDatabase>(&m::CreateDatabaseArgs { database: Some(database) });
    let mut book = Book::default();
    events(&mut client, &mut book.event);
    book
}

fn end(book: &mut Book, server: &Server, folder: &Path) {
    book.check(&mut Client::connect(server.address).unwrap(), "", Vec::new());
    eprintln!("{} writes acknowledged, {} more found done", book.acknowledged, book.settled);
    let log = log_of(folder);
    assert!(!log.contains("panic"), "{log}");
}

#[test]
fn a_killed_server_over_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let start = || Server::start(folder.path(), "sqlite:skep.db");
    let mut server = start();
    let mut book = begin(&server);
    for (kill, answers) in (0..kills()).zip(moments()) {
        let table = format!("round{kill:04}");
        let written = round(&mut server, &table, answers, Server::kill);
        server = start();
        book.check(&mut Client::connect(server.address).unwrap(), &table, written);
    }
    end(&mut book, &server, folder.path());
}

/// The server and its database by turns. A database that comes back is taken up again without a restart of the server.
#[test]
fn a_killed_server_and_a_killed_postgres() {
    let folder = tempfile::tempdir().unwrap();
    // The folder is entered by the user that Postgres runs as.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let cluster = Cluster::start(folder.path());
    let start = || Server::start(folder.path(), &cluster.url());
    let mut server = start();
    let mut book = begin(&server);
    for (kill, answers) in (0..kills()).zip(moments()) {
        let table = format!("round{kill:04}");
        let written = if kill % 2 == 0 {
            let written = round(&mut server, &table, answers, Server::kill);
            cluster.wait_alone();
            server = start();
            written
        } else {
            round(&mut server, &table, answers, |_| {
                cluster.kill();
                cluster.restart();
            })
        };
        book.check(&mut Client::connect(server.address).unwrap(), &table, written);
    }
    end(&mut book, &server, folder.path());
}
