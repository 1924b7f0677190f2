//! An event log beside it all: arrivals, compactions, rollbacks, expiry and clean-up of abandoned compactions.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use skep_proto::admin::v1 as a;
use skep_proto::admin::v1::database_service_client::DatabaseServiceClient;
use skep_proto::log::v1 as p;
use skep_proto::log::v1::compaction_service_client::CompactionServiceClient;
use skep_proto::log::v1::snapshot_service_client::SnapshotServiceClient;
use tonic::Status;
use tonic::transport::Endpoint;

use super::actor::Actor;
use super::judge::{Complaint, Fault};
use super::nodes::Address;
use super::places::normal;
use super::world::World;
use crate::etl::final_view::{Book, DATABASE, LOG, Lake, Load};
use crate::grpc::fixture::at;

/// A compactor that was not heard of for so long has lost its place.
const LEASE_MS: i64 = 10_000;
const SNAPSHOTS_KEPT: i32 = 3;

/// What the compactors know of the log.
#[derive(Default)]
pub struct Logs {
    book: Arc<Book>,
    lake: Arc<Lake>,
}

fn load(world: &World, address: Address) -> Load {
    let _within = world.runtime.enter();
    Load {
        channel: Endpoint::from_shared(format!("http://{}", address.api)).unwrap().connect_lazy(),
        thrift: address.thrift,
        base: format!("{}/{LOG}", folder(world)),
        book: Arc::clone(&world.logs.book),
        lake: Arc::clone(&world.logs.lake),
    }
}

/// Gives the place of the log and its snapshots.
pub fn folder(world: &World) -> String {
    format!("{}/logs", world.places.file_root())
}

/// Makes the log.
pub fn make(world: &World, address: Address) {
    let load = load(world, address);
    world.runtime.block_on(async {
        let database = Some(a::Database { name: DATABASE.to_owned(), ..a::Database::default() });
        let create = a::CreateDatabaseRequest { database, ..a::CreateDatabaseRequest::default() };
        DatabaseServiceClient::new(load.channel.clone()).create_database(create).await.unwrap();
        load.make().await.unwrap();
    });
}

impl Actor<'_> {
    /// Changes the event log. What is refused, or not answered, is of no account: only files are judged.
    pub fn log(&mut self) -> bool {
        self.begin();
        let address = self.world.nodes.any(&mut self.random);
        let load = load(self.world, address);
        let chance = self.random.chance();
        let choice = self.random.below(20);
        let _ = self.world.runtime.block_on(async {
            match choice {
                0..=8 => load.arrive(chance).await,
                9..=14 => load.compact("chaos", LEASE_MS, chance).await.map(drop),
                15..=16 => load.roll(chance).await,
                17..=18 => load.expire(SNAPSHOTS_KEPT, 0).await,
                _ => clean(&load).await,
            }
        });
        true
    }
}

/// Deletes the files of compactions that were given up.
async fn clean(load: &Load) -> Result<(), Status> {
    let clean = p::CleanCompactionsRequest { table: at(LOG), delete_files: true, ..Default::default() };
    CompactionServiceClient::new(load.channel.clone()).clean_compactions(clean).await.map(drop)
}

/// Gives what is wrong with the snapshots' files: each snapshot has its own, and nothing else lies there but what a
/// compaction that did not end yet may have written.
pub fn complaints(world: &World) -> Vec<Complaint> {
    let address = world.nodes.address(0).expect("all nodes run at a quiet point");
    let load = load(world, address);
    let asked: Result<(BTreeSet<String>, BTreeSet<String>), Status> = world.runtime.block_on(async {
        clean(&load).await?;
        let mut snapshots = BTreeSet::new();
        for snapshot in load.snapshots().await? {
            let get = p::GetSnapshotRequest { table: at(LOG), snapshot_id: snapshot.snapshot_id };
            let got = SnapshotServiceClient::new(load.channel.clone()).get_snapshot(get).await?.into_inner();
            snapshots.insert(normal(&got.location));
        }
        let list = p::ListCompactionsRequest { table: at(LOG), ..Default::default() };
        let listed = CompactionServiceClient::new(load.channel.clone()).list_compactions(list).await?.into_inner();
        let states = listed.compactions.into_iter().filter_map(|one| one.state);
        let open = states.filter(|state| state.status() != p::CompactionStatus::Committed);
        Ok((snapshots, open.map(|state| normal(&state.location)).collect()))
    });
    let (snapshots, open) = asked.expect("a quiet server answers");
    let found = directories(&folder(world));
    let complaint = |fault, uri: &String, why: &str| Complaint {
        fault,
        file: None,
        object: None,
        family: None,
        uri: format!("{uri}/part-0.parquet"),
        why: why.to_owned(),
        may_end: fault != Fault::Lost,
    };
    let lost = snapshots.difference(&found).map(|uri| complaint(Fault::Lost, uri, "files of a snapshot"));
    let left = found.iter().filter(|uri| !snapshots.contains(*uri) && !open.contains(*uri));
    let left = left.map(|uri| complaint(Fault::LeftOver, uri, "files of no snapshot and of no compaction"));
    lost.chain(left).collect()
}

/// Gives the directories below a place that have files.
fn directories(place: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(place.strip_prefix("file:").unwrap_or(place)).to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            } else {
                found.insert(format!("file:{}", folder.display()));
            }
        }
    }
    found
}
