//! Two nodes over one Postgres, several clients, each of which speaks to both: what they saw must be explained by one
//! order of the writes of each table. `SKEP_HISTORY_OPERATIONS` says how many calls (4,000).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use skep_thrift::{methods as m, types as t};

use super::client::Client;
use super::cluster::Cluster;
use super::history_check::{ADDED, Effect, Kept, Mark, Record, Seen, check};
use super::ledger::{BATCH, Write};
use super::server::{Server, log_of};
use super::writer::{DATABASE, batch_as, write};

const CLIENTS: usize = 8;
const TABLES: usize = 4;
/// Batches that a client keeps in a table.
const BATCHES: usize = 4;

fn operations() -> usize {
    let set = std::env::var("SKEP_HISTORY_OPERATIONS");
    set.map_or(4_000, |count| count.parse().expect("SKEP_HISTORY_OPERATIONS is a number"))
}

fn table(number: usize) -> String {
    format!("t{number}")
}

fn name(batch: Mark) -> String {
    format!("b{batch}")
}

/// One client: it alone touches its batches, so that its writes succeed, and looks at everybody's.
struct Actor {
    number: u32,
    clients: Vec<Client>,
    start: Instant,
    random: u64,
    count: u32,
    /// By table.
    batches: Vec<Vec<Mark>>,
    records: Vec<Record>,
}

impl Actor {
    fn new(number: u32, addresses: &[SocketAddr], start: Instant) -> Self {
        Self {
            number,
            clients: addresses.iter().map(|address| Client::connect(*address).unwrap()).collect(),
            start,
            random: 88_172_645_463_325_252 + u64::from(number),
            count: 0,
            batches: vec![Vec::new(); TABLES],
            records: Vec::new(),
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as usize % bound
    }

    fn step(&mut self) {
        let (table, node, dice) = (self.below(TABLES), self.below(self.clients.len()), self.below(10));
        let known = self.batches[table].len();
        self.count += 1;
        let begin = self.start.elapsed();
        let seen = match dice {
            0..=3 => self.partitions(table, node),
            4..=5 => self.names(table, node),
            6..=7 if known < BATCHES => self.add(table, node),
            8 if known > 0 => self.drop_batch(table, node),
            _ if known > 0 => self.alter(table, node),
            _ => self.add(table, node),
        };
        self.records.push(Record { table, begin, end: self.start.elapsed(), seen });
    }

    /// What this call calls its batch or state.
    fn mark(&self) -> Mark {
        Mark { client: self.number, call: self.count }
    }

    fn add(&mut self, table: usize, node: usize) -> Seen {
        let batch = self.mark();
        let call = Write::Add { table: super::history::table(table), batch: name(batch) };
        write(&mut self.clients[node], &call).unwrap();
        self.batches[table].push(batch);
        Seen::Wrote(Effect::Add { batch })
    }

    fn alter(&mut self, table: usize, node: usize) -> Seen {
        let at = self.below(self.batches[table].len());
        let (batch, state) = (self.batches[table][at], self.mark());
        let args = m::AlterPartitionsArgs {
            db_name: Some(DATABASE.to_owned()),
            tbl_name: Some(super::history::table(table)),
            new_parts: Some(batch_as(&super::history::table(table), &name(batch), &format!("w{state}"))),
        };
        self.clients[node].get::<m::AlterPartitions>(&args);
        Seen::Wrote(Effect::Alter { batch, state })
    }

    fn drop_batch(&mut self, table: usize, node: usize) -> Seen {
        let at = self.below(self.batches[table].len());
        let batch = self.batches[table].remove(at);
        let names = (0..BATCH).map(|at| format!("batch={}/at={at}", name(batch))).collect();
        let request = t::DropPartitionsRequest {
            db_name: DATABASE.to_owned(),
            tbl_name: super::history::table(table),
            parts: t::RequestPartsSpec { names: Some(names), ..Default::default() },
            delete_data: Some(false),
            ..Default::default()
        };
        self.clients[node].get::<m::DropPartitionsReq>(&m::DropPartitionsReqArgs { req: Some(request) });
        Seen::Wrote(Effect::Drop { batch })
    }

    fn partitions(&mut self, table: usize, node: usize) -> Seen {
        let (db_name, tbl_name) = (Some(DATABASE.to_owned()), Some(super::history::table(table)));
        let args = m::GetPartitionsArgs { db_name, tbl_name, max_parts: -1 };
        let mut batches: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for partition in self.clients[node].get::<m::GetPartitions>(&args) {
            let state = partition.parameters.unwrap().into_iter().find(|(key, _)| key == "state").unwrap().1;
            batches.entry(partition.values.unwrap().swap_remove(0)).or_default().push(state);
        }
        let whole = |(batch, states): (String, Vec<String>)| {
            assert!(
                states.len() == BATCH && states.iter().all(|state| *state == states[0]),
                "torn: {batch} {states:?}"
            );
            let state = if states[0] == "added" { ADDED } else { Mark::parse(&states[0]).unwrap() };
            (Mark::parse(&batch).unwrap(), state)
        };
        Seen::Partitions(batches.into_iter().map(whole).collect())
    }

    fn names(&mut self, table: usize, node: usize) -> Seen {
        let (db_name, tbl_name) = (Some(DATABASE.to_owned()), Some(super::history::table(table)));
        let args = m::GetPartitionNamesArgs { db_name, tbl_name, max_parts: -1 };
        let names = self.clients[node].get::<m::GetPartitionNames>(&args);
        let batch = |name: &String| Mark::parse(name["batch=".len()..].split('/').next().unwrap()).unwrap();
        let mut batches: Vec<Mark> = names.iter().map(batch).collect();
        batches.sort_unstable();
        batches.dedup();
        assert_eq!(names.len(), batches.len() * BATCH, "torn: {names:?}");
        Seen::Names(batches.into())
    }
}

/// The writes of each table in the order of the notification log.
fn order(client: &mut Client) -> Vec<Vec<Effect>> {
    let mut order: Vec<Vec<Effect>> = vec![Vec::new(); TABLES];
    let mut last = 0;
    loop {
        let request = t::NotificationEventRequest { last_event: last, max_events: Some(10_000), ..Default::default() };
        let args = m::GetNextNotificationArgs { rqst: Some(request) };
        let events = client.get::<m::GetNextNotification>(&args).events;
        let Some(newest) = events.last() else { return order };
        assert_eq!(newest.event_id, last + events.len() as i64, "a gap in the notification log");
        last = newest.event_id;
        for event in &events {
            let Some(effect) = effect(event) else { continue };
            let number: usize = event.table_name.as_ref().unwrap()[1..].parse().unwrap();
            // A call that alters several partitions leaves an event for each.
            if order[number].last() != Some(&effect) {
                order[number].push(effect);
            }
        }
    }
}

fn effect(event: &t::NotificationEvent) -> Option<Effect> {
    let message: serde_json::Value = serde_json::from_str(&event.message).unwrap();
    let batch = || Mark::parse(message["partitions"][0]["batch"].as_str().unwrap()).unwrap();
    match event.event_type.as_str() {
        "ADD_PARTITION" => Some(Effect::Add { batch: batch() }),
        "DROP_PARTITION" => Some(Effect::Drop { batch: batch() }),
        "ALTER_PARTITION" => {
            let after = message["partitionObjAfterJson"].as_str().unwrap();
            let state = after.split('"').find(|word| word.starts_with('w') && word.contains('x')).unwrap();
            let batch = Mark::parse(message["keyValues"]["batch"].as_str().unwrap()).unwrap();
            Some(Effect::Alter { batch, state: Mark::parse(state).unwrap() })
        }
        _ => None,
    }
}

fn begin(address: SocketAddr) {
    let mut client = Client::connect(address).unwrap();
    let database = t::Database { name: Some(DATABASE.to_owned()), ..Default::default() };
    client.get::<m::CreateDatabase>(&m::CreateDatabaseArgs { database: Some(database) });
    for number in 0..TABLES {
        write(&mut client, &Write::Create { table: table(number) }).unwrap();
    }
}

fn servers(folder: &Path, url: &str) -> Vec<Server> {
    let start = |name: &str| {
        let folder = folder.join(name);
        std::fs::create_dir(&folder).unwrap();
        Server::start(&folder, url)
    };
    ["first", "second"].map(start).into()
}

#[test]
fn two_nodes_are_one_to_their_clients() {
    let folder = tempfile::tempdir().unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let cluster = Cluster::start(folder.path());
    let servers = servers(folder.path(), &cluster.url());
    let addresses: Vec<SocketAddr> = servers.iter().map(|server| server.address).collect();
    begin(addresses[0]);
    let start = Instant::now();
    let records: Vec<Record> = std::thread::scope(|scope| {
        let actors: Vec<_> = (0..CLIENTS as u32)
            .map(|number| {
                let mut actor = Actor::new(number, &addresses, start);
                scope.spawn(move || {
                    (0..operations() / CLIENTS).for_each(|_| actor.step());
                    actor.records
                })
            })
            .collect();
        actors.into_iter().flat_map(|actor| actor.join().unwrap()).collect()
    });
    let took = start.elapsed();
    eprintln!("{} calls in {took:?}", records.len());
    let order = order(&mut Client::connect(addresses[1]).unwrap());
    let mut kept = Kept::default();
    for (number, order) in order.iter().enumerate() {
        let of_table: Vec<&Record> = records.iter().filter(|record| record.table == number).collect();
        kept += check(&of_table, order).unwrap_or_else(|anomaly| panic!("table t{number}: {anomaly}"));
    }
    eprintln!("{} reads and {} writes are explained by one order of each table", kept.reads, kept.writes);
    assert_eq!(kept.reads + kept.writes, records.len());
    for name in ["first", "second"] {
        let log = log_of(&folder.path().join(name));
        assert!(!log.contains("panic"), "{log}");
    }
}
