//! A node that is the only one over its Postgres: what it remembers, it remembers by a lease, and a lease ends.

use std::path::Path;

use skep_thrift::call::Answer;
use skep_thrift::{methods as m, types as t};

use super::client::Client;
use super::cluster::Cluster;
use super::ledger::Write;
use super::server::{Server, log_of};
use super::writer::{DATABASE, write};

const ALONE: &[(&str, &str)] = &[("SKEP_STORE_SINGLE_NODE", "true"), ("SKEP_STORE_SINGLE_NODE_LEASE", "2s")];

fn folder(parent: &Path, name: &str) -> std::path::PathBuf {
    let folder = parent.join(name);
    std::fs::create_dir(&folder).unwrap();
    folder
}

fn begin(server: &Server) -> Client {
    let mut client = Client::connect(server.address).unwrap();
    let database = t::Database { name: Some(DATABASE.to_owned()), ..Default::default() };
    client.get::<m::CreateDatabase>(&m::CreateDatabaseArgs { database: Some(database) });
    client
}

fn create(client: &mut Client, table: &str) -> Result<(), String> {
    write(client, &Write::Create { table: table.to_owned() })
}

fn table(name: &str) -> m::GetTableArgs {
    m::GetTableArgs { dbname: Some(DATABASE.to_owned()), tbl_name: Some(name.to_owned()) }
}

fn partitions(table: &str) -> m::GetPartitionNamesArgs {
    let (db_name, tbl_name) = (Some(DATABASE.to_owned()), Some(table.to_owned()));
    m::GetPartitionNamesArgs { db_name, tbl_name, max_parts: -1 }
}

fn drop_table(client: &mut Client, name: &str) {
    let (dbname, name) = (Some(DATABASE.to_owned()), Some(name.to_owned()));
    client.get::<m::DropTable>(&m::DropTableArgs { dbname, name, delete_data: false });
}

fn postgres() -> (tempfile::TempDir, Cluster) {
    let parent = tempfile::tempdir().unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(parent.path(), open).unwrap();
    let cluster = Cluster::start(parent.path());
    (parent, cluster)
}

/// The first node is halted, as by a hypervisor, for longer than its lease; another takes over and writes. When the
/// first goes on, it must serve nothing of what it remembers and write nothing.
#[test]
fn a_halted_node_wakes_up_beside_its_successor() {
    let (parent, cluster) = postgres();
    let folders = ["first", "second"].map(|name| folder(parent.path(), name));
    let first = Server::start_with(&folders[0], &cluster.url(), ALONE).unwrap();
    let mut old = begin(&first);
    for name in ["stays", "goes"] {
        create(&mut old, name).unwrap();
        old.get::<m::GetTable>(&table(name));
    }
    assert!(old.get::<m::GetPartitionNames>(&partitions("stays")).is_empty());
    // Connections whose calls wait in the sockets of the halted node.
    let mut waiting: Vec<_> = (0..4).map(|_| Client::connect(first.address).unwrap()).collect();
    for client in &mut waiting {
        client.get::<m::GetTable>(&table("goes"));
    }
    first.signal("STOP");
    // Ready only when the lease is over.
    let mut second = Server::start_with(&folders[1], &cluster.url(), ALONE).unwrap();
    let mut new = Client::connect(second.address).unwrap();
    drop_table(&mut new, "goes");
    let add = |batch: &str| Write::Add { table: "stays".to_owned(), batch: batch.to_owned() };
    write(&mut new, &add("b")).unwrap();
    waiting[0].send::<m::GetTable>(&table("goes")).unwrap();
    waiting[1].send::<m::GetTable>(&table("goes")).unwrap();
    waiting[2].send::<m::GetPartitionNames>(&partitions("stays")).unwrap();
    waiting[3].send::<m::GetPartitionNames>(&partitions("stays")).unwrap();
    first.signal("CONT");
    for client in &mut waiting[..2] {
        let answer = client.answer::<m::GetTable>().unwrap();
        assert!(matches!(answer, Answer::Exception(..)), "{answer:?}");
    }
    for client in &mut waiting[2..] {
        let Answer::Reply(names) = client.answer::<m::GetPartitionNames>().unwrap() else { panic!("no names") };
        assert_eq!(names.len(), super::ledger::BATCH);
    }
    let refused = create(&mut old, "never").unwrap_err();
    assert!(refused.contains("alone") || log_of(&folders[0]).contains("holds this store alone"), "{refused}");
    // It goes on seeing what the other does.
    write(&mut new, &add("c")).unwrap();
    assert_eq!(old.get::<m::GetPartitionNames>(&partitions("stays")).len(), 2 * super::ledger::BATCH);
    // Its turn comes when the other is dead and that one's lease is over.
    second.kill();
    while create(&mut old, "again").is_err() {
        std::thread::yield_now();
    }
    old.get::<m::GetTable>(&table("again"));
    let tables = old.get::<m::GetAllTables>(&m::GetAllTablesArgs { db_name: Some(DATABASE.to_owned()) });
    assert_eq!(tables, ["again", "stays"]);
}

/// Who starts beside a node that is alone is told so; a node that was there before may read and not write, until the
/// other says goodbye.
#[test]
fn no_node_writes_beside_one_that_is_alone() {
    let (parent, cluster) = postgres();
    let folders = ["many", "single", "late"].map(|name| folder(parent.path(), name));
    let many = Server::start_with(&folders[0], &cluster.url(), &[]).unwrap();
    let mut client = begin(&many);
    create(&mut client, "t").unwrap();
    let mut single = Server::start_with(&folders[1], &cluster.url(), ALONE).unwrap();
    let mut its = Client::connect(single.address).unwrap();
    create(&mut its, "u").unwrap();
    client.get::<m::GetTable>(&table("u"));
    create(&mut client, "never").unwrap_err();
    for variables in [&[][..], ALONE] {
        assert!(Server::start_with(&folders[2], &cluster.url(), variables).is_err());
        let log = log_of(&folders[2]);
        assert!(log.contains("holds this store alone") && log.contains("single_node"), "{log}");
    }
    single.signal("TERM");
    assert!(single.wait());
    create(&mut client, "v").unwrap();
}
