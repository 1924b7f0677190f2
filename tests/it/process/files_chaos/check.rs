//! Quiet points: nothing runs, and what lies in the warehouses is held against what is known.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use skep_proto::etl::v1 as p;
use skep_proto::etl::v1::registration_service_client::RegistrationServiceClient;
use skep_thrift::methods as m;

use super::calls::Caller;
use super::families::Name;
use super::judge::{Complaint, Fault, Live, Verdict, judge};
use super::lakes::BATCH;
use super::logs;
use super::mix::Operation;
use super::model::{Expected, State};
use super::nodes::wait_until;
use super::places::{Found, parent};
use super::world::World;

/// The longest time until nothing is left to be deleted or moved: a minute that another node's deletions are left alone,
/// again that after a failure, and the sweeper's rounds.
const QUIET_MAX: Duration = Duration::from_mins(3);
/// What did not change for so long and is no deletion will not change.
const STILL: Duration = Duration::from_secs(20);
/// How long a look is good for.
const PAUSE: Duration = Duration::from_millis(250);
/// Lines of a family's history that are told with a complaint.
const HISTORY_TOLD: usize = 30;
/// Complaints that are told with their history.
const TOLD_MAX: usize = 10;

/// How many files of each fault were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub lost: usize,
    pub foreign: usize,
    pub left_over: usize,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.foreign += other.foreign;
        self.left_over += other.left_over;
    }
}

/// Lists all tables and partitions that the metastore shows.
fn live(world: &World) -> Vec<Live> {
    let address = world.nodes.address(0).expect("all nodes run at a quiet point");
    let mut caller = Caller::new(world, address);
    let mut all = Vec::new();
    let databases = caller.thrift::<m::GetAllDatabases>(&m::GetAllDatabasesArgs {}).unwrap().unwrap();
    for database in databases.into_iter().filter(|name| name.starts_with('g')) {
        let args = m::GetAllTablesArgs { db_name: Some(database.clone()) };
        for table in caller.thrift::<m::GetAllTables>(&args).unwrap().unwrap() {
            let name = Name { database: database.clone(), table };
            let Some(found) = caller.table(&name).unwrap() else { continue };
            let is_partitioned = !found.definition.partition_keys.unwrap_or_default().is_empty();
            let holds_files = !is_partitioned;
            all.push(Live { object: found.object, name: name.to_string(), place: found.place, holds_files });
            if is_partitioned {
                let partition = |one: super::calls::Shown<skep_thrift::types::Partition>| Live {
                    object: one.object,
                    name: format!("{name} {}", one.definition.values.unwrap_or_default().join("/")),
                    place: one.place,
                    holds_files: true,
                };
                all.extend(caller.partitions(&name).unwrap().into_iter().map(partition));
            }
        }
    }
    let listed = caller.grpc(|channel| async move {
        RegistrationServiceClient::new(channel).list_quarantine(p::ListQuarantineRequest::default()).await
    });
    let mut state = world.model.lock();
    for batch in listed.unwrap().unwrap().batches {
        let object = batch.user.strip_prefix(BATCH).and_then(|number| number.parse().ok()).unwrap_or_default();
        let Some(place) = state.objects.get(&object).and_then(|known| known.places.first().cloned()) else { continue };
        all.push(Live { object, name: format!("batch {}", batch.quarantine_id), place, holds_files: true });
    }
    for one in &all {
        state.seen(one.object, &one.place);
    }
    all
}

/// Waits until nothing is left to be done, and gives what is wrong then.
///
/// The server will tell what it still has to delete and to move (`skep status`): then this waits for that alone, and
/// judges once. Until then it looks again as long as something may still go.
fn quiet(world: &World) -> (Verdict, Vec<Live>) {
    let begin = Instant::now();
    let mut before: (Vec<Found>, Instant) = (Vec::new(), Instant::now());
    loop {
        let live = live(world);
        let found = world.places.list();
        let mut verdict = judge(&world.model.lock(), &live, &found);
        if world.mix.has(Operation::Log) {
            verdict.complaints.extend(logs::complaints(world));
        }
        let may_go = verdict.complaints.iter().any(|one| one.may_end);
        if found != before.0 {
            before = (found, Instant::now());
        }
        let is_still = before.1.elapsed() > STILL && !may_go;
        if verdict.complaints.is_empty() || is_still || begin.elapsed() > QUIET_MAX {
            return (verdict, live);
        }
        std::thread::sleep(PAUSE);
    }
}

/// Judges a quiet point, tells what is wrong, and goes on from what is there.
pub fn check(world: &World, run: &str) -> Count {
    wait_until(QUIET_MAX, "answers that were lost", || !world.has_doubts());
    let (verdict, live) = quiet(world);
    let mut count = Count::default();
    for (at, complaint) in verdict.complaints.iter().enumerate() {
        match complaint.fault {
            Fault::Lost => count.lost += 1,
            Fault::Foreign => count.foreign += 1,
            Fault::LeftOver => count.left_over += 1,
        }
        eprintln!("{run}: {complaint}");
        if at < TOLD_MAX {
            history(&world.model.lock(), complaint);
        }
    }
    settle(world, &verdict, &live);
    count
}

/// Tells the history of a complaint's family, from the birth of the object on, and what others did at the same place.
fn history(state: &State, complaint: &Complaint) {
    let Some(family) = complaint.family else { return };
    let born = complaint.object.and_then(|object| state.objects.get(&object)).map_or(0, |object| object.born);
    let is_later = |line: &&String| {
        line.split(' ').next().and_then(|number| number.parse::<u64>().ok()).is_some_and(|number| number >= born)
    };
    let place = parent(&complaint.uri);
    let of_family = state.knowledge[family].history.iter();
    let others = state.knowledge.iter().enumerate().filter(|(number, _)| *number != family);
    let of_place = others.flat_map(|(_, known)| known.history.iter()).filter(|line| line.contains(place));
    let mut lines: Vec<&String> = of_family.chain(of_place).filter(is_later).collect();
    lines.sort_by_key(|line| line.split(' ').next().and_then(|number| number.parse::<u64>().ok()));
    for line in lines.iter().take(HISTORY_TOLD) {
        eprintln!("    {line}");
    }
    if lines.len() > HISTORY_TOLD {
        eprintln!("    … and {} more", lines.len() - HISTORY_TOLD);
    }
}

/// Goes on from what is there: what was told once is not told again, and what may stay of dropped objects goes, so that
/// the warehouses do not grow.
fn settle(world: &World, verdict: &Verdict, live: &[Live]) {
    let told: BTreeSet<u64> = verdict.complaints.iter().filter_map(|one| one.file).collect();
    let unnumbered = verdict.complaints.iter().filter(|one| one.file.is_none());
    unnumbered.for_each(|one| world.places.remove(&one.uri));
    let mut state = world.model.lock();
    state.files.retain(|number, entry| {
        let Some(object) = verdict.good.get(number).filter(|_| !told.contains(number)) else { return false };
        entry.object = *object;
        if entry.expected == Expected::Either {
            entry.expected = Expected::Present;
        }
        true
    });
    for found in world.places.list() {
        if found.number.is_none_or(|number| !state.files.contains_key(&number)) {
            world.places.remove(&found.uri);
        }
    }
    let alive: BTreeSet<u32> = live.iter().map(|one| one.object).collect();
    state.go_on(&alive);
    for one in live {
        state.seen(one.object, &one.place);
    }
}
