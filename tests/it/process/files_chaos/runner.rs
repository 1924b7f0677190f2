//! Runs: phases of operations, and a quiet point after each.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::actor::Actor;
use super::check::{Count, check};
use super::families::{GROUPS, databases};
use super::logs;
use super::mix::{Mix, Operation};
use super::nemesis::rage;
use super::random::Random;
use super::world::{Root, World};

const CLIENTS: usize = 8;
/// Operations between two quiet points.
const PHASE: u64 = 2_000;
/// Stores and roots that share the operations of a run.
const RUNS: u64 = 4;
/// Operations for each kill.
const OPERATIONS_A_KILL: u64 = 1_000;

fn number(variable: &str) -> Option<u64> {
    let set = std::env::var(variable).ok()?;
    Some(set.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

/// What a run shall do, by the environment.
struct Plan {
    operations: u64,
    kills: u64,
    seed: u64,
}

impl Plan {
    fn read() -> Self {
        let all = number("SKEP_CHAOS_OPERATIONS").unwrap_or(300);
        let kills = number("SKEP_CHAOS_KILLS").unwrap_or(all / OPERATIONS_A_KILL);
        let seed = number("SKEP_CHAOS_SEED").unwrap_or_else(|| u64::from(std::process::id()));
        Self { operations: all.div_ceil(RUNS), kills: kills.div_ceil(RUNS), seed }
    }

    /// At which operations of a phase somebody is killed: evenly, and a bit off.
    fn kills_of(&self, phase: std::ops::Range<u64>, random: &mut Random) -> Vec<u64> {
        let every = self.operations / self.kills.max(1);
        let all = (0..self.kills).map(|kill| kill * every + 1 + random.below((every / 2).max(1) as usize) as u64);
        all.filter(|at| phase.contains(at)).collect()
    }
}

/// Runs one phase with all clients; gives how often somebody was killed.
fn phase(world: &World, plan: &Plan, number: u64, until: u64) -> usize {
    let mut random = Random::new(plan.seed, number << 8 | 0xff);
    let kills = plan.kills_of(world.now()..until, &mut random);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let nemesis = scope.spawn(|| rage(world, random, &kills, &is_over));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let mut actor = Actor::new(world, client as u32, Random::new(plan.seed, number << 8 | client as u64));
                scope.spawn(move || {
                    while world.now() < until {
                        actor.step();
                    }
                })
            })
            .collect();
        let ended: Vec<_> = clients.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        is_over.store(true, Ordering::SeqCst);
        let killed = nemesis.join().unwrap();
        for one in ended {
            one.unwrap();
        }
        killed
    })
}

fn run(name: &str, root: Root, is_postgres: bool, has_trash: bool) {
    let folder = tempfile::tempdir().unwrap();
    // The folder is entered by the user that Postgres runs as.
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).unwrap();
    let plan = Plan::read();
    let seed = plan.seed;
    eprintln!("{name}: SKEP_CHAOS_SEED={seed}");
    let mix = Mix::parse(&std::env::var("SKEP_CHAOS_MIX").unwrap_or_else(|_| "full".to_owned()));
    let world = World::start(folder.path(), root, is_postgres, has_trash, mix);
    let mut first = Actor::new(&world, 0, Random::new(seed, 0));
    for group in 0..GROUPS {
        let family = *world.families.iter().find(|family| family.group == group).unwrap();
        for name in &databases(group) {
            first.create_database(&family, name).unwrap();
        }
    }
    if world.mix.has(Operation::Log) {
        logs::make(&world, world.nodes.address(0).unwrap());
    }
    let begin = Instant::now();
    let (mut killed, mut count, mut phases) = (0, Count::default(), 0);
    while world.now() < plan.operations {
        phases += 1;
        killed += phase(&world, &plan, phases, (world.now() + PHASE).min(plan.operations));
        let took = begin.elapsed();
        count += check(&world, name);
        let done = world.now();
        eprintln!(
            "{name}: {done} operations in {took:?}, quiet after {:?}: {count:?}",
            begin.elapsed().saturating_sub(took)
        );
    }
    for node in 0..world.nodes.count() {
        let log = world.nodes.log(node);
        assert!(!log.contains("panic"), "{log}");
    }
    let (operations, Count { lost, foreign, left_over }) = (world.now(), count);
    eprintln!(
        "{name}: {operations} operations, {killed} kills, {lost} lost, {foreign} foreign, {left_over} left over (seed {seed})"
    );
    assert_eq!(count, Count::default(), "{name}, SKEP_CHAOS_SEED={seed}");
}

#[test]
fn two_nodes_over_postgres_and_files() {
    run("postgres, file", Root::File, true, false);
}

#[test]
fn two_nodes_over_postgres_and_s3() {
    run("postgres, s3", Root::S3, true, false);
}

#[test]
fn a_node_over_sqlite_and_files() {
    run("sqlite, file", Root::File, false, true);
}

#[test]
fn a_node_over_sqlite_and_s3() {
    run("sqlite, s3", Root::S3, false, false);
}
