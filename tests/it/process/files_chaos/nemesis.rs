//! Who kills: nodes and Postgres with SIGKILL, and requests to the object store.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::nodes::POLL;
use super::random::Random;
use super::world::World;
use crate::etl::s3::server::Fault;

/// What goes wrong with the object store.
const FAULTS: [Fault; 5] = [Fault::SlowDown, Fault::Broken, Fault::Silence, Fault::Stall, Fault::Reset];
/// With which requests.
const PARTS: [&str; 3] = ["list-type=2", "?delete", "/lake"];
/// Operations between two series of faults.
const FAULTS_EVERY: u64 = 60;
/// Operations before a kill of which most move or delete directories.
const STORM: u64 = 12;

/// Lets things fail until the clients are done; kills when these operations have begun. Gives how many it killed.
pub fn rage(world: &World, mut random: Random, kills: &[u64], is_over: &AtomicBool) -> usize {
    let (mut killed, mut next_fault) = (0, world.now() + FAULTS_EVERY);
    while !is_over.load(Ordering::SeqCst) {
        let now = world.now();
        if let Some(at) = kills.get(killed) {
            world.is_storm.store(now + STORM >= *at, Ordering::SeqCst);
            if now >= *at {
                kill(world, &mut random);
                world.is_storm.store(false, Ordering::SeqCst);
                killed += 1;
            }
        }
        if now >= next_fault {
            next_fault = now + FAULTS_EVERY;
            world.places.s3.fail(*random.pick(&FAULTS), PARTS[random.below(PARTS.len())], 1 + random.below(4));
            // Nobody asks for these.
            world.places.s3.seen();
        }
        std::thread::sleep(POLL / 5);
    }
    world.is_storm.store(false, Ordering::SeqCst);
    world.places.s3.mend();
    killed
}

/// Kills a node, or Postgres, and starts it again.
fn kill(world: &World, random: &mut Random) {
    // Not always at the beginning of a call.
    std::thread::sleep(Duration::from_micros(random.below(3_000) as u64));
    match &world.cluster {
        Some(cluster) if random.percent(35) => {
            cluster.kill();
            world.is_paused.store(true, Ordering::SeqCst);
            cluster.restart();
            world.is_paused.store(false, Ordering::SeqCst);
        }
        cluster => {
            let node = random.below(world.nodes.count());
            let ports = world.nodes.kill(node);
            // Its last statements are over before anybody takes it for gone.
            if let Some(cluster) = cluster {
                cluster.wait_ended(&ports);
            }
            world.nodes.restart(node);
        }
    }
    world.doubts_settle();
}
