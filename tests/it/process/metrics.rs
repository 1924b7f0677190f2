//! Every metric is moved by something that a node does: an alarm on one that nobody moves is silent for ever.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use skep_proto::admin::v1 as a;
use skep_proto::admin::v1::database_service_client::DatabaseServiceClient;
use skep_proto::admin::v1::partition_service_client::PartitionServiceClient;
use skep_thrift::{methods as m, types as t};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::runtime::Runtime;
use tonic::transport::Endpoint;

use super::client::Client;
use super::cluster::Cluster;
use super::server::Server;
use super::writer::{columns, storage};
use crate::etl::final_view::{DATABASE, LOG, Load};
use crate::grpc::fixture::at;

/// The names are read where they are registered: one that never has a value is in no answer.
const SOURCE: &str = include_str!("../../../src/telemetry/metrics.rs");
/// The longest time until all have moved: some are measured every minute.
const PATIENCE: Duration = Duration::from_mins(3);

fn registered() -> BTreeSet<String> {
    let names = SOURCE.split("to.register").skip(1).filter_map(|rest| rest.split('"').nth(1));
    names.map(|name| format!("skep_{name}")).collect()
}

fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: skep\r\nconnection: close\r\n\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Takes away those that have a value other than 0 now.
fn strike(left: &mut BTreeSet<String>, server: &Server) {
    const ENDS: [&str; 7] = ["", "_total", "_info", "_bytes", "_bytes_total", "_seconds", "_seconds_count"];
    let text = get(server.api, "/metrics");
    let samples = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
    let moved = samples.filter(|(_, value)| value.parse::<f64>().is_ok_and(|value| value != 0.0));
    let names: BTreeSet<&str> = moved.filter_map(|(sample, _)| sample.split('{').next()).collect();
    left.retain(|name| !ENDS.iter().any(|end| names.contains(format!("{name}{end}").as_str())));
}

/// A log with a snapshot and a partition that came too late for it.
fn log_make(runtime: &Runtime, server: &Server, base: String) {
    let channel = runtime
        .block_on(async { Endpoint::from_shared(format!("http://{}", server.api)).unwrap().connect().await.unwrap() });
    let load = Load { channel, thrift: server.address, base, book: Arc::default(), lake: Arc::default() };
    runtime.block_on(async {
        let database = Some(a::Database { name: DATABASE.to_owned(), ..a::Database::default() });
        let create = a::CreateDatabaseRequest { database, ..a::CreateDatabaseRequest::default() };
        DatabaseServiceClient::new(load.channel.clone()).create_database(create).await.unwrap();
        load.make().await.unwrap();
        for chance in [2, 1, 2] {
            load.arrive(chance).await.unwrap();
        }
        // Sealed, not given up.
        load.compact("the test", 60_000, 0x1_0100).await.unwrap().unwrap();
        let late = a::Partition {
            values: vec!["1999-12-31".to_owned(), "1".to_owned()],
            parameters: [("numRows", "5"), ("totalSize", "100")]
                .map(|(key, of)| (key.to_owned(), of.to_owned()))
                .into(),
            ..a::Partition::default()
        };
        let add = a::AddPartitionsRequest { table: at(LOG), partitions: vec![late], ..Default::default() };
        PartitionServiceClient::new(load.channel.clone()).add_partitions(add).await.unwrap();
    });
}

/// A table whose only partition is too old as soon as it is there.
fn managed_make(client: &mut Client) {
    let parameter = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let table = t::Table {
        table_name: Some("old".to_owned()),
        db_name: Some(DATABASE.to_owned()),
        sd: Some(storage()),
        partition_keys: Some(columns(&["p"])),
        table_type: Some("EXTERNAL_TABLE".to_owned()),
        parameters: Some(vec![
            parameter("EXTERNAL", "TRUE"),
            parameter("discover.partitions", "true"),
            parameter("partition.retention.period", "1s"),
        ]),
        ..Default::default()
    };
    client.get::<m::CreateTable>(&m::CreateTableArgs { tbl: Some(table) });
    let partition = t::Partition {
        values: Some(vec!["1".to_owned()]),
        db_name: Some(DATABASE.to_owned()),
        table_name: Some("old".to_owned()),
        sd: Some(storage()),
        ..Default::default()
    };
    client.get::<m::AddPartition>(&m::AddPartitionArgs { new_part: Some(partition) });
}

fn transaction_open(client: &mut Client) {
    let rqst =
        t::OpenTxnRequest { num_txns: 1, user: "ann".to_owned(), hostname: "h".to_owned(), ..Default::default() };
    client.get::<m::OpenTxns>(&m::OpenTxnsArgs { rqst: Some(rqst) });
}

/// A transaction of a client's is beaten by another one, and meanwhile keeps a connection.
fn give_way(runtime: &Runtime, cluster: &Cluster, client: &mut Client, left: &mut BTreeSet<String>, server: &Server) {
    // Makes the counter that is locked.
    transaction_open(client);
    let mut other = runtime.block_on(PgConnection::connect(&cluster.url())).unwrap();
    runtime.block_on(other.execute("begin; update counter set last = last where name = 'lock'")).unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| transaction_open(client));
        let blocked =
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and pid <> pg_backend_pid()";
        let count = || runtime.block_on(sqlx::query_scalar::<_, i64>(blocked).fetch_one(&mut other)).unwrap();
        std::iter::repeat_with(count).find(|count| *count > 0);
        strike(left, server);
        runtime.block_on(other.execute("commit")).unwrap();
        waiting.join().unwrap();
    });
}

#[test]
fn every_metric_is_moved() {
    let parent = tempfile::tempdir().unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(parent.path(), open).unwrap();
    let cluster = Cluster::start(parent.path());
    let runtime = Runtime::new().unwrap();
    let mut admin = runtime.block_on(PgConnection::connect(&cluster.url())).unwrap();
    // Who waited for another's commit then has to begin anew.
    let isolation = "alter database postgres set default_transaction_isolation = 'repeatable read'";
    runtime.block_on(admin.execute(isolation)).unwrap();
    let variables = [
        ("SKEP_METASTORE_PARTITION_MANAGEMENT_INTERVAL", "1s"),
        // What partitions tell of their size stays.
        ("SKEP_METASTORE_STATS_AUTOGATHER", "false"),
    ];
    let server = Server::start_with(parent.path(), &cluster.url(), &variables).unwrap();
    let mut client = Client::connect(server.address).unwrap();
    let mut left = registered();
    assert!(left.len() > 20, "{left:?}");

    log_make(&runtime, &server, format!("file:{}/lake/{LOG}", parent.path().display()));
    managed_make(&mut client);
    let get_table = m::GetTableArgs { dbname: Some(DATABASE.to_owned()), tbl_name: Some("old".to_owned()) };
    for _ in 0..2 {
        client.get::<m::GetTable>(&get_table);
    }
    give_way(&runtime, &cluster, &mut client, &mut left, &server);
    // Another protocol's client.
    let mut stranger = TcpStream::connect(server.address).unwrap();
    stranger.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let _ = stranger.read_to_end(&mut Vec::new());
    // Left by a node that died a moment ago: others wait a little until they do them.
    let tasks = "insert into file_task (body, since, at, attempts) values ('{\"kind\":\"delete\",\"places\":[]}', 0, 0, 0); \
         with t as (insert into file_task (body, since, at, attempts) \
         values ('{\"kind\":\"move\",\"tables\":[],\"moves\":[],\"at_ms\":0}', 0, 0, 0) returning id) \
         insert into place (key, rank, kind, owner, leaf, location) select 'file:/nowhere/', 0, 11, id, 0, '' from t";
    runtime.block_on(admin.execute(tasks)).unwrap();

    let begun = Instant::now();
    while !left.is_empty() {
        assert!(begun.elapsed() < PATIENCE, "nobody moves {left:?}");
        strike(&mut left, &server);
        std::thread::yield_now();
    }
}
